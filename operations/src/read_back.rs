//! The state of an object after a write, beside what was sent; and the result of a write whose answer did not come.

use std::time::Duration;

use gate::OperationError;
use protegrity::ErrorKind;
use serde::{Deserialize, Serialize};

use crate::Error;

/// How long the effect of a write is looked for whose answer did not come.
const PATIENCE: Duration = Duration::from_secs(10);

/// The result of a write. Where its answer did not come, `find` looks for its effect, and what it finds stands for the
/// answer.
///
/// # Errors
/// The write's own error, also where no effect was found: it may still come.
pub(crate) async fn settle<T, F>(
    written: Result<T, OperationError>,
    find: impl FnOnce() -> F,
) -> Result<T, OperationError>
where
    F: Future<Output = Option<T>>,
{
    let find = || async {
        tokio::time::timeout(PATIENCE, Box::pin(find()))
            .await
            .ok()
            .flatten()
    };
    settle_patiently(written, find).await
}

/// The result of a write. Where its answer did not come, what `find` finds stands for it; see [`settle`].
///
/// # Errors
/// The write's own error, also where no effect was found: it may still come.
pub(crate) async fn settled<T, F>(written: Result<T, Error>, find: impl FnOnce() -> F) -> Result<T, Error>
where
    F: Future<Output = Option<T>>,
{
    match written {
        Err(Error::Operation(error)) => Ok(settle(Err(error), find).await?),
        written => written,
    }
}

/// The same as [`settle`] for a job, which waits while the system asks for that: `find` takes as long as it takes.
///
/// # Errors
/// As for [`settle`].
pub(crate) async fn settle_patiently<T, F>(
    written: Result<T, OperationError>,
    find: impl FnOnce() -> F,
) -> Result<T, OperationError>
where
    F: Future<Output = Option<T>>,
{
    let error = match written {
        Err(error) if error.error.is_unknown_outcome() => error,
        written => return written,
    };
    // Boxed: few writes come here, and every caller would carry this future in its own.
    let found = Box::pin(find()).await;
    tracing::info!(
        %error,
        request_id = error.request_id,
        action = ?error.action,
        took_effect = found.is_some(),
        "the answer to a write did not come"
    );
    found.ok_or(error)
}

/// Whether reading an object again shows that it was deleted.
pub(crate) fn is_gone<T>(now: Result<T, OperationError>) -> bool {
    now.is_err_and(|error| error.kind() == Some(ErrorKind::NotFound))
}

/// The result of reading an object again after it was written. Whether the cluster replaces its lists by what it is
/// sent or adds to them is not documented (notes on the reference, row 36).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadBack {
    /// It is as it was sent.
    AsSent,
    /// It differs, in sentences.
    Differs(String),
    /// It could not be read again.
    Unread,
}

impl ReadBack {
    /// What these comparisons come to, each a sentence where something differs; see [`crate::merge::difference`].
    pub fn of(differences: impl IntoIterator<Item = Option<String>>) -> Self {
        let sentences: Vec<_> = differences.into_iter().flatten().collect();
        if sentences.is_empty() {
            Self::AsSent
        } else {
            Self::Differs(sentences.join(" "))
        }
    }

    /// What the person has to know, if anything.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::AsSent => None,
            Self::Differs(sentences) => Some(sentences),
            Self::Unread => Some("The result could not be read back."),
        }
    }
}

/// One value that was sent, and the cluster's value when it is read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The value's label.
    pub what: String,
    /// The value that was sent.
    pub sent: String,
    /// The cluster's value now.
    pub now: String,
}

impl Compared {
    /// Whether the cluster has the value as it was sent.
    pub fn is_same(&self) -> bool {
        self.sent == self.now
    }
}
