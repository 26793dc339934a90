//! The errors of the gate.

use std::time::Duration;

use protegrity::{ErrorKind, RoleName, TokenFailure};

use crate::{action::Action, audit::AuditError, system::Permission, vault::VaultError};

/// Why the gate refused a request, or what failed behind it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GateError {
    /// No session, or one that has ended.
    #[error("not signed in")]
    NotSignedIn,
    /// The session stands, but the system no longer accepts its tokens: the person signs in again in place.
    #[error("the system requires the password again")]
    SignInAgain,
    /// The session is not connected with Proofpoint, or no longer.
    #[error("the session is not connected with Proofpoint Essentials")]
    NotConnected,
    /// A permission is missing. The roles are those that would give it, as far as the session could list them.
    #[error("the permission {} is missing", .permission.name)]
    Forbidden {
        /// The permission that the action needs.
        permission: Permission,
        /// Roles that grant that permission.
        roles: Vec<RoleName>,
    },
    /// Too many sign-ins were tried, so this one was not.
    #[error("too many sign-ins were tried")]
    TooManySignIns {
        /// How long to wait before the next one.
        retry_after: Duration,
    },
    /// The system could not be reached, refused, or sent an unreadable answer.
    #[error(transparent)]
    Upstream(protegrity::Error),
    /// The audit log could not be written, so nothing was called.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The vault or the session store failed.
    #[error("the session could not be read or written: {0}")]
    Store(String),
}

impl GateError {
    /// The system's own error, where there is one.
    pub fn upstream(&self) -> Option<&protegrity::Error> {
        match self {
            Self::Upstream(error) => Some(error),
            _ => None,
        }
    }

    /// Whether a write may have taken effect all the same: the request was sent, and the answer did not arrive or
    /// is not the system's own. It must not be reported as "not done" or retried.
    pub fn is_unknown_outcome(&self) -> bool {
        self.upstream().is_some_and(|error| {
            let no_answer = matches!(
                error.kind(),
                ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Unreadable
            );
            // A gateway's own answers: it lost the system's, or did not wait for it.
            error.was_sent() && (no_answer || matches!(error.status(), Some(502 | 504)))
        })
    }
}

/// A [`GateError`] with the action and the request that it ended.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct OperationError {
    /// What was attempted.
    pub action: Action,
    /// The request id, which the person sees when something fails.
    pub request_id: String,
    /// Why it failed.
    pub error: GateError,
}

impl OperationError {
    /// The kind of the system's failure, where the system failed.
    pub fn kind(&self) -> Option<ErrorKind> {
        self.error.upstream().map(protegrity::Error::kind)
    }

    /// How long the system asks to wait, where it asks for fewer requests, or says when it is available again (503 with
    /// `Retry-After`). It has not carried out the call.
    pub fn pause(&self) -> Option<Duration> {
        let error = self.error.upstream()?;
        match (error.kind(), error.status()) {
            (ErrorKind::TooManyRequests, _) => Some(error.retry_after().unwrap_or(Duration::from_secs(1))),
            (_, Some(503)) => error.retry_after(),
            _ => None,
        }
    }

    /// Whether the session can make no further call until the person signs in again.
    pub fn ends_session(&self) -> bool {
        matches!(self.error, GateError::NotSignedIn | GateError::SignInAgain)
    }
}

impl From<protegrity::Error> for GateError {
    /// A token that could not be had is the session's failure and not the system's.
    fn from(error: protegrity::Error) -> Self {
        match error.kind() {
            ErrorKind::NoToken(TokenFailure::NoSession) => Self::NotSignedIn,
            ErrorKind::NoToken(TokenFailure::SignInAgain) if error.system() == proofpoint::SYSTEM => {
                Self::NotConnected
            }
            ErrorKind::NoToken(TokenFailure::SignInAgain) => Self::SignInAgain,
            ErrorKind::NoToken(TokenFailure::Store) => {
                Self::Store(error.cause().unwrap_or_default().to_owned())
            }
            _ => Self::Upstream(error),
        }
    }
}

impl From<VaultError> for GateError {
    fn from(error: VaultError) -> Self {
        Self::Store(error.to_string())
    }
}

impl From<tower_sessions::session::Error> for GateError {
    fn from(error: tower_sessions::session::Error) -> Self {
        Self::Store(error.to_string())
    }
}
