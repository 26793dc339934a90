//! A body that is passed on as it comes.

use std::{fmt, time::Duration};

use bytes::Bytes;
use futures::{Stream, stream};
use tokio::time::{Instant, timeout_at};

use crate::{Error, ErrorKind, receive::Success};

/// How long a body may take from its beginning to its end. The silence between two pieces has the transport's own,
/// shorter bound.
const MAX_DURATION: Duration = Duration::from_mins(10);

/// A successful answer whose body is handed over piece by piece: bounded in length and time, never kept, never changed.
///
/// A body that is too long, takes too long or breaks off ends in an error, also after pieces that were handed over:
/// a caller that passes it on must break off too.
pub struct Download {
    success: Success,
    beginning: Option<Bytes>,
    length: Option<u64>,
    /// How many bytes may still come.
    remaining: u64,
    deadline: Instant,
}

impl Download {
    /// # Errors
    /// Where the answer says that it is longer than allowed.
    pub(crate) fn of(success: Success, max_bytes: u64) -> Result<Self, Error> {
        let length = success.response.content_length();
        if length.is_some_and(|length| length > max_bytes) {
            return Err(too_long(&success));
        }
        Ok(Self {
            success,
            beginning: None,
            length,
            remaining: max_bytes,
            deadline: Instant::now() + MAX_DURATION,
        })
    }

    /// Puts back what was read to look at it.
    pub(crate) fn beginning_with(mut self, beginning: Bytes) -> Self {
        self.beginning = Some(beginning);
        self
    }

    pub(crate) fn success(&self) -> &Success {
        &self.success
    }

    /// How many bytes the whole body has, where the answer says so.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The `x-correlation-id` of the answer, else the one sent.
    pub fn correlation_id(&self) -> &str {
        &self.success.correlation_id
    }

    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] where the body breaks off or is longer than allowed, [`ErrorKind::Timeout`] where it
    /// takes too long.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if let Some(beginning) = self.beginning.take() {
            return Ok(Some(beginning));
        }
        let Ok(read) = timeout_at(self.deadline, self.success.response.chunk()).await else {
            return Err(self.success.error(ErrorKind::Timeout));
        };
        let Some(chunk) = read.map_err(|error| self.success.broken(error))? else {
            return Ok(None);
        };
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        let Some(remaining) = self.remaining.checked_sub(length) else {
            return Err(too_long(&self.success));
        };
        self.remaining = remaining;
        Ok(Some(chunk))
    }

    /// The pieces as a stream, for the body of another answer. It ends with the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        stream::try_unfold(self, |mut download| async move {
            let chunk = download.chunk().await?;
            Ok(chunk.map(|chunk| (chunk, download)))
        })
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("length", &self.length)
            .field("correlation_id", &self.success.correlation_id)
            .finish_non_exhaustive()
    }
}

fn too_long(success: &Success) -> Error {
    success.unreadable("the answer is longer than allowed")
}
