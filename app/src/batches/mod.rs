//! Work on many at once: how far it is, what became of each row, stopping it, and trying again.

mod actions;
mod page;
mod report;

pub use actions::{FollowBatch, RetryBatch, StopBatch, follow_batch, retry_batch, stop_batch};
pub use page::BatchPage;
pub use report::{RowEvent, count_event, result_csv};

use gate::{Batch, BatchError, GateError, RowFailure};
use std::sync::Arc;

use crate::{
    error::{ErrorKind, PortalError},
    visit::Visit,
};

/// The address of a batch's page.
pub(crate) fn path(id: &gate::BatchId) -> String {
    format!("/batches/{id}")
}

/// The batch of this id, if it belongs to whoever asks.
///
/// # Errors
/// When it does not, or when it is not remembered any more.
pub fn find(visit: &Visit, id: &str) -> Result<Arc<Batch>, PortalError> {
    let found = visit
        .visitor
        .as_ref()
        .and_then(|visitor| visit.gate.batches().find(id, visitor));
    found.ok_or_else(|| {
        PortalError::new(ErrorKind::NotFound, "This is not remembered any more.")
            .with_detail("What was done to many at once is kept for an hour, for the person who did it.")
    })
}

/// Why a batch was not begun, in words for the person.
pub(crate) fn refused(error: BatchError) -> PortalError {
    let kind = match error {
        BatchError::NotFound => ErrorKind::NotFound,
        BatchError::Empty | BatchError::TooMany { .. } => ErrorKind::Invalid,
        _ => ErrorKind::Conflict,
    };
    PortalError::new(kind, error.to_string())
}

/// What is said of a row that failed: the title and the detail of what the person would see if it were the only
/// one.
pub(crate) fn row_failure(visit: &Visit, action: gate::Action, error: &GateError) -> RowFailure {
    let explained = visit.explain(action, error);
    RowFailure {
        words: in_one_line(&explained),
        ends: matches!(explained.kind, ErrorKind::SignIn | ErrorKind::SignInAgain),
    }
}

/// A row that was not done, for a reason of its own.
pub(crate) fn failure(words: impl Into<String>) -> RowFailure {
    RowFailure {
        words: words.into(),
        ends: false,
    }
}

/// An error as one line of a table.
pub(crate) fn in_one_line(error: &PortalError) -> String {
    let fields = error.fields.iter().map(|fault| fault.message.clone());
    let title = error.fields.is_empty().then(|| error.title.clone());
    let words: Vec<String> = title
        .into_iter()
        .chain(fields)
        .chain(error.detail.clone())
        .collect();
    words.join(" ")
}
