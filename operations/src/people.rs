//! One human being across both systems: the account of the cluster, and the mailbox at Proofpoint Essentials.
//!
//! Nothing links the two but addresses. Each half is read by itself: one system that is down, slow or not connected never
//! keeps the other from being shown.

mod compare;
mod find;
mod guide;
mod leaver;
mod starter;

pub use self::{
    compare::{Inconsistency, inconsistencies},
    find::{Mailbox, Person, Suggestion, Systems, find, suggest},
    guide::{Guide, GuideKind, GuideStep, MailUserRef, NewAccount, NewMailbox},
    leaver::{LeaverForm, LeaverSteps, leaver_steps, plan_leaver},
    starter::{StarterForm, plan_starter},
};
pub(crate) use guide::GuideRun;
