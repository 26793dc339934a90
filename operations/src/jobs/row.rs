//! One row of a job: the object, and the outcome.

use gate::OperationError;
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
    /// The outcome, or the reason why there is none. Empty until then.
    pub text: String,
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
            text: String::new(),
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
    /// Whether the session has ended: no later row can succeed, so none is started.
    pub ends_session: bool,
}

impl RowFailure {
    /// A failure of this row alone.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ends_session: false,
        }
    }
}

impl From<Error> for RowFailure {
    /// The words that the person would see if the row were the only one. A failure of the system is logged here once.
    fn from(error: Error) -> Self {
        if let Error::Operation(failed) = &error {
            tracing::info!(error = %failed, request_id = failed.request_id, action = ?failed.action, "a row failed");
        }
        Self {
            text: error.in_one_line(),
            ends_session: error.ends_session(),
        }
    }
}

impl From<OperationError> for RowFailure {
    fn from(error: OperationError) -> Self {
        Error::from(error).into()
    }
}
