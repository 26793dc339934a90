//! The one error type of the gate.

use protegrity::RoleName;

use crate::{action::Action, vault::VaultError};

/// Why the gate did not let something through, or what went wrong behind it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GateError {
    /// No session, or one that has ended.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The session stands, but the cluster no longer takes its tokens: the person signs in again in
    /// place and goes on.
    #[error("the cluster wants the password again")]
    SignInAgain,
    /// A permission is missing. The roles are those of the cluster that would give it, as far as
    /// the person's own session could see them.
    #[error("the permission {permission} is missing")]
    Forbidden {
        /// What was asked for.
        action: Action,
        /// The permission it needs.
        permission: &'static str,
        /// Roles that grant that permission.
        roles: Vec<RoleName>,
    },
    /// The cluster could not be reached, refused, or answered something unreadable.
    #[error(transparent)]
    Cluster(#[from] protegrity::Error),
    /// The vault or the session store failed.
    #[error("the session could not be read or written: {0}")]
    Store(String),
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
