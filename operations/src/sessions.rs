//! Ending the portal's sessions of an account that was changed.

use gate::{EndedSessions, Operation, OperationError, Person};

use crate::{Services, jobs};

/// Ends sessions of a person whose account was changed, or may have been, with the passwords that are kept for their
/// jobs.
pub(crate) async fn end<T>(
    services: &Services,
    operation: &Operation,
    person: &Person,
    which: EndedSessions,
    changed: &Result<T, OperationError>,
) {
    let is_unchanged = changed
        .as_ref()
        .is_err_and(|error| !error.error.is_unknown_outcome());
    if is_unchanged {
        return;
    }
    for session in operation.end_sessions(person, which).await {
        jobs::forget_secrets_of(services, session).await;
    }
}
