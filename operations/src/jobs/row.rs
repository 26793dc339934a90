//! One row of a job: the object, and the outcome.

use std::{sync::Arc, time::Duration};

use gate::{GateError, OperationError};
use proofpoint::{DomainName, EmailAddress};
use protegrity::UserId;
use serde::{Deserialize, Serialize};

use super::SecretRef;
use crate::Error;

/// The object of a row, for a link to its page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowObject {
    /// A user.
    User(UserId),
    /// A user whose id is not known: the name is searched for.
    UserNamed(String),
    /// A user of an organisation of Proofpoint.
    MailUser(DomainName, EmailAddress),
}

/// The progress of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowState {
    /// It has not been started.
    Waiting,
    /// It is being carried out.
    Running,
    /// It succeeded.
    Done,
    /// It was tried and failed.
    Failed,
    /// It was sent, and no answer came: whether it took effect is not known.
    Unknown,
    /// It will not be started: the job was stopped, or the session ended.
    Stopped,
}

/// One row of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The object's name on the screen.
    pub name: String,
    /// The object, where it has a page.
    pub object: Option<RowObject>,
    /// The progress.
    pub state: RowState,
    /// The outcome, or the reason why there is none. Empty until then. Rows with the same outcome share it.
    pub text: Arc<str>,
    /// The password that the row made.
    pub secret: Option<SecretRef>,
}

impl Row {
    /// A row that has not been started.
    pub fn waiting(name: impl Into<String>, object: Option<RowObject>) -> Self {
        Self {
            name: name.into(),
            object,
            state: RowState::Waiting,
            text: Arc::default(),
            secret: None,
        }
    }
}

/// The outcome of a row that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOutcome {
    /// In one sentence.
    pub text: String,
    /// The password that it made.
    pub secret: Option<SecretRef>,
}

impl RowOutcome {
    /// An outcome without a password.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            secret: None,
        }
    }
}

/// Why a row failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFailure {
    /// In words for the person.
    pub text: String,
    /// What the failure means for the row and for the job.
    pub kind: FailureKind,
    /// The password that the row has if it took effect all the same.
    pub secret: Option<SecretRef>,
}

/// What the failure of a row means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// This row failed.
    Failed,
    /// Whether the row took effect is not known: it is not tried again by itself.
    Unknown,
    /// The system asks to wait and has not carried out the row: it is tried again after this time.
    Busy(Duration),
    /// The session has ended: no later row can succeed, so none is started.
    EndsSession,
}

impl RowFailure {
    /// A failure of this row alone.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kind: FailureKind::Failed,
            secret: None,
        }
    }

    /// A row of which it is not known whether it took effect.
    pub fn unknown(text: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Unknown,
            ..Self::new(text)
        }
    }

    /// How long to wait before the row is tried again by itself.
    pub(super) const fn pause(&self) -> Option<Duration> {
        match self.kind {
            FailureKind::Busy(pause) => Some(pause),
            FailureKind::Failed | FailureKind::Unknown | FailureKind::EndsSession => None,
        }
    }

    /// The state of the row.
    pub(super) fn state(&self) -> RowState {
        match self.kind {
            FailureKind::Unknown => RowState::Unknown,
            FailureKind::Failed | FailureKind::Busy(_) | FailureKind::EndsSession => RowState::Failed,
        }
    }
}

impl From<Error> for RowFailure {
    /// The words that the person would see if the row were the only one. A failure of the system is logged here once.
    fn from(error: Error) -> Self {
        if let Error::Operation(failed) = &error {
            tracing::info!(error = %failed, request_id = failed.request_id, action = ?failed.action, "a row failed");
        }
        let kind = match &error {
            Error::Operation(failed) if failed.ends_session() => FailureKind::EndsSession,
            // No later row can succeed without the account at Proofpoint either.
            Error::Operation(failed) if matches!(failed.error, GateError::NotConnected) => {
                FailureKind::EndsSession
            }
            Error::Operation(failed) if failed.error.is_unknown_outcome() => FailureKind::Unknown,
            Error::Operation(failed) => failed.pause().map_or(FailureKind::Failed, FailureKind::Busy),
            _ => FailureKind::Failed,
        };
        Self {
            kind,
            ..Self::new(error.in_one_line())
        }
    }
}

impl From<OperationError> for RowFailure {
    fn from(error: OperationError) -> Self {
        Error::from(error).into()
    }
}
