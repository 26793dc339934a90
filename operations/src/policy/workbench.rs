//! Whether the cluster has policy management, and whether it was initialised.

use gate::{Operation, OperationError};
use protegrity::{ErrorKind, Initialization, pim::DataStore};

use crate::Error;

/// The state of policy management.
#[derive(Clone, Debug, PartialEq)]
pub enum Workbench {
    /// The cluster does not answer there: the Policy Workbench is not installed, or does not run (reference, line 2908).
    Missing,
    /// It has no keys and no repository yet.
    Uninitialized,
    /// It works, and has these data stores.
    Ready(Vec<DataStore>),
}

/// What a call to policy management says about the workbench where it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absence {
    Missing,
    Uninitialized,
}

/// The state of policy management, by `GET /pim/datastores` as the vendor's client finds it out (notes on the reference,
/// section 3).
///
/// # Errors
/// The cluster's error where it says neither.
pub async fn workbench(operation: &Operation) -> Result<Workbench, Error> {
    let stores = operation
        .read(|cluster| async move { cluster.pim().data_stores().await })
        .await;
    match stores {
        Ok(stores) => Ok(Workbench::Ready(stores)),
        Err(error) => match absence(&error) {
            Some(Absence::Missing) => Ok(Workbench::Missing),
            Some(Absence::Uninitialized) => Ok(Workbench::Uninitialized),
            None => Err(error.into()),
        },
    }
}

/// Creates the keys and the repository of policies (`POST /pim/init`). Done twice, it changes nothing.
///
/// # Errors
/// The cluster's error.
pub async fn initialize(operation: &Operation) -> Result<Initialization, Error> {
    let initialized = operation
        .perform(|cluster| async move { cluster.pim().initialize().await })
        .await;
    initialized.map_err(explained)
}

/// The error of a call to policy management, in words where the workbench is missing or not initialised.
pub(super) fn explained(error: OperationError) -> Error {
    match absence(&error) {
        Some(Absence::Missing) => Error::refused(
            "This cluster has no policy management.",
            "Its Policy Workbench is not installed, or does not run.",
        ),
        Some(Absence::Uninitialized) => Error::refused(
            "Policy management is not initialised yet.",
            "Open “Policy” and begin with its first step.",
        ),
        None => error.into(),
    }
}

fn absence(error: &OperationError) -> Option<Absence> {
    let upstream = error.error.upstream()?;
    let says_so = || upstream.to_string().to_lowercase().contains("initiali");
    // It is there, and says when it answers again.
    if error.pause().is_some() {
        return None;
    }
    match (upstream.kind(), upstream.status()) {
        // A gateway has no route, or no service behind it.
        (ErrorKind::NotFound, _) | (_, Some(503)) => Some(Absence::Missing),
        (ErrorKind::Rejected | ErrorKind::Conflict, _) if says_so() => Some(Absence::Uninitialized),
        _ => None,
    }
}
