//! Deployments: what each data store has, the difference that a deployment makes, its review, and the job that deploys.
//!
//! A deployment gives a data store a list of policies and a list of trusted applications, each in the place of what is
//! there (reference, lines 3059-3107). Which rules the protectors apply now is not readable: only the rules as they are
//! configured are, and those that this portal deployed last.

mod access;
mod assignment;
mod check;
mod command;
mod difference;
mod form;
mod names;
mod order;
mod review;
mod run;
mod snapshots;
mod state;

pub use self::{
    access::{Access, Right, Rules, access},
    assignment::{Assignment, Deployed},
    command::{DeployStores, DeploymentReport, StoreDeployment, StoreReport, StoreState},
    difference::Difference,
    form::{DeploymentForm, MAX_REASON_LENGTH, choice},
    names::Names,
    review::{Move, Review, StoreReview, Unreviewed, plan, start},
    snapshots::{Snapshot, Snapshots},
    state::{State, state},
};
pub(crate) use self::{check::Reviewed, run::DeployRun};
