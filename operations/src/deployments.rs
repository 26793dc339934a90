//! Deployments: what each data store has, the difference that a deployment makes, its review, and the job that deploys.
//!
//! A deployment gives a data store a list of policies and a list of trusted applications, each in the place of what is
//! there (reference, lines 3059-3107). Which rules the protectors apply now is not readable: only the rules as they are
//! configured are, and those that this portal deployed last.

mod access;
mod approval;
mod assignment;
mod check;
mod command;
mod comparison;
mod difference;
mod earlier;
mod form;
mod history;
mod names;
mod objects;
mod order;
mod review;
mod rule_changes;
mod run;
mod state;

use self::objects::Objects;
pub use self::{
    access::{Access, Right, Rules, access},
    approval::{Request, RequestReview, approve, reject, request, request_approval, withdraw},
    assignment::{Assignment, Deployed},
    check::{Part, changed_words},
    command::{Approved, DeployStores, DeploymentReport, StoreDeployment, StoreReport, StoreState},
    comparison::{StoreComparison, compare},
    difference::Difference,
    earlier::{Earlier, earlier},
    form::{DeploymentForm, MAX_REASON_LENGTH, choice},
    history::{
        DeploymentRecord, DeploymentStore, Deployments, History, MemoryDeploymentStore, Moment, Snapshot,
        StoreRecord,
    },
    names::Names,
    review::{Move, PolicyReview, Review, StoreReview, Unreviewed, plan, start},
    rule_changes::{RuleChange, rule_changes},
    state::{State, state},
};
pub(crate) use self::{check::Reviewed, run::DeployRun};
