//! What the stores of the portal's own state have in common.

use gate::{GateError, Operation, OperationError};

/// A store of the portal's own state failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("a store failed: {0}")]
pub struct StoreError(pub String);

/// The failure of a store, as that of the operation.
pub(crate) fn stored<T>(operation: &Operation, result: Result<T, StoreError>) -> Result<T, OperationError> {
    operation.in_context(result.map_err(|error| GateError::Store(error.to_string())))
}
