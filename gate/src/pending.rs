//! A form that arrived when the cluster required the password again: kept on the server until the
//! person has signed in, then carried out, so that no input is lost.

use jiff::{SignedDuration, Timestamp};

/// How long a form waits for its sender to sign in again.
const TIMEOUT: SignedDuration = SignedDuration::from_mins(10);

/// A form post that waits. It may hold a typed password: it stays in memory, and `Debug` shows the
/// path alone.
#[derive(Clone)]
pub struct PendingForm {
    /// The path of the server function.
    pub path: String,
    /// The form's body, URL-encoded.
    pub body: Vec<u8>,
    /// The page that the form stood on, a local path.
    pub page: String,
    /// When it arrived.
    pub at: Timestamp,
}

impl PendingForm {
    /// Whether it has waited too long.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) > TIMEOUT
    }
}

impl std::fmt::Debug for PendingForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingForm")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
