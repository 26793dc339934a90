//! Whether Entra ID can be searched: it may not be configured, or not enabled.

use gate::{Operation, OperationError};
use protegrity::{EntraConfig, ErrorKind};

use crate::Error;

/// Why Entra ID cannot be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// There is no configuration.
    #[error("Entra ID is not configured")]
    NotConfigured,
    /// There is one that is not enabled.
    #[error("The Entra ID configuration is not enabled")]
    Disabled,
}

impl Unavailable {
    /// What follows from it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::NotConfigured => {
                "Nothing can be searched or imported until the cluster knows the tenant and the application."
            }
            Self::Disabled => "Nothing can be searched or imported until it is enabled again.",
        }
    }

    fn of(config: Option<&EntraConfig>) -> Option<Self> {
        match config {
            None => Some(Self::NotConfigured),
            Some(config) if config.enabled == Some(false) => Some(Self::Disabled),
            Some(_) => None,
        }
    }
}

/// Why a search or an import failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EntraError {
    /// Entra ID cannot be searched at all.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The gate refused, or the cluster failed.
    #[error(transparent)]
    Operation(#[from] OperationError),
}

impl From<EntraError> for Error {
    fn from(error: EntraError) -> Self {
        match error {
            EntraError::Unavailable(reason) => Self::refused(
                format!("{reason}."),
                format!("{} See the tab “Configuration”.", reason.hint()),
            ),
            EntraError::Operation(error) => error.into(),
        }
    }
}

/// Succeeds when there is a configuration that is enabled.
///
/// # Errors
/// What is missing, or the cluster's error.
pub async fn check_available(operation: &Operation) -> Result<(), EntraError> {
    let config = operation.read(|cluster| async move { cluster.entra_config().await });
    match Unavailable::of(config.await?.as_ref()) {
        Some(reason) => Err(reason.into()),
        None => Ok(()),
    }
}

/// The reason of a failure. How the cluster reports that there is no configuration, or none that is enabled, is not
/// documented: when it refuses, the configuration is read.
pub(super) async fn explain(operation: &Operation, error: OperationError) -> EntraError {
    let is_refusal = matches!(
        error.kind(),
        Some(ErrorKind::Rejected | ErrorKind::NotFound | ErrorKind::Conflict)
    );
    if is_refusal && let Err(EntraError::Unavailable(reason)) = check_available(operation).await {
        return reason.into();
    }
    error.into()
}
