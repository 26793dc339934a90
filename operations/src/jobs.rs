//! Jobs: work on many objects that one request starts and a page of its own follows: "lock these 200 users".
//!
//! A [`Command`] says what is done to which rows. [`start`] runs it a few rows at a time, whether or not a browser
//! looks, and keeps the outcome of each row for the job's owner alone. A row that fails does not stop the others.
//!
//! A command and the outcomes are serialisable and hold no secret. A password that a row needs or makes is kept in
//! [`JobSecrets`] under the owner's session; the row holds a [`SecretRef`].

mod approval;
mod bulk;
mod command;
mod membership;
mod passwords;
mod record;
mod registry;
mod row;
mod rules;
mod run;
mod secrets;
mod state;
mod store;
mod unfinished;

pub(crate) use self::approval::{approve, decline};
pub(crate) use self::passwords::{drop_secret, forget_secrets_of, keep_secret};
pub use self::{
    approval::{await_approval, awaiting, is_open, open_request, request},
    bulk::{BulkUsersForm, Selection, plan_bulk, select},
    command::{
        BulkAction, BulkChange, BulkUsers, Command, GroupRef, ImportEntra, ImportRow, ImportUsers, NextStep,
        UserRef,
    },
    passwords::{forget_secrets, secret},
    record::{
        Approval, Counts, Decision, DecisionKind, FormToken, JobId, JobOwner, JobRecord, JobReport, JobState,
        Requester,
    },
    registry::{JobError, Jobs},
    row::{FailureKind, Row, RowFailure, RowObject, RowOutcome, RowState},
    rules::{CreateRules, RuleRow},
    run::{find, keep_done, list, retry, start, start_next, started_by},
    secrets::{JobSecrets, MemoryJobSecrets, SecretRef, StoredSecret},
    state::Job,
    store::{FollowUp, JobStore, JobSummary, MemoryJobStore},
    unfinished::unfinished_users,
};
