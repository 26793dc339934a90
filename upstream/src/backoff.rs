//! Backing off: when the system asks for fewer requests, all callers wait together.
//!
//! A system that answers 429, or 503 with `Retry-After`, gets no further request until the time that it names. Where
//! it names none, the pause doubles with each such answer in a row.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::{Error, ErrorKind};

/// The first pause when the system names none.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause that is kept, whatever the system names.
const LONGEST_PAUSE: Duration = Duration::from_mins(2);

/// How long a call waits for its turn. One that would wait longer fails at once and says how long.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pause that all calls to one system share.
#[derive(Debug, Default)]
pub(crate) struct Backoff(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// No request is sent before.
    until: Option<Instant>,
    /// How many answers in a row asked for fewer requests.
    in_a_row: u32,
}

impl Backoff {
    /// Waits until the system may be asked again.
    ///
    /// # Errors
    /// The rest of the pause, where it is longer than a call waits.
    pub async fn wait(&self) -> Result<(), Duration> {
        loop {
            let until = self.0.lock().until;
            let rest = until.map(|until| until.saturating_duration_since(Instant::now()));
            match rest.filter(|rest| !rest.is_zero()) {
                None => return Ok(()),
                Some(rest) if rest > PATIENCE => return Err(rest),
                Some(rest) => tokio::time::sleep(rest).await,
            }
        }
    }

    /// Learns from a failure.
    pub fn failed(&self, error: &Error) {
        if !asks_for_fewer(error) {
            return;
        }
        let mut state = self.0.lock();
        let pause = error.retry_after().unwrap_or_else(|| growing(state.in_a_row));
        state.in_a_row = state.in_a_row.saturating_add(1);
        let until = Instant::now() + pause.min(LONGEST_PAUSE);
        // Another answer may have named a later time.
        state.until = state.until.max(Some(until));
    }

    /// Learns from a success.
    pub fn succeeded(&self) {
        self.0.lock().in_a_row = 0;
    }
}

fn asks_for_fewer(error: &Error) -> bool {
    error.kind() == ErrorKind::TooManyRequests
        || (error.status() == Some(503) && error.retry_after().is_some())
}

fn growing(in_a_row: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(in_a_row))
        .min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::Endpoint;

    fn failure(kind: ErrorKind, status: StatusCode, retry_after: Option<u64>) -> Error {
        let endpoint = Endpoint {
            system: "cluster",
            name: "GET /users",
        };
        Error::new(kind, endpoint, "")
            .with_status(status)
            .with_retry_after(retry_after.map(Duration::from_secs))
    }

    fn too_many(retry_after: Option<u64>) -> Error {
        failure(
            ErrorKind::TooManyRequests,
            StatusCode::TOO_MANY_REQUESTS,
            retry_after,
        )
    }

    fn unavailable(retry_after: Option<u64>) -> Error {
        failure(ErrorKind::Upstream, StatusCode::SERVICE_UNAVAILABLE, retry_after)
    }

    #[tokio::test(start_paused = true)]
    async fn all_wait_until_the_time_that_the_system_names() {
        let backoff = Backoff::default();
        assert_eq!(backoff.wait().await, Ok(()));
        backoff.failed(&too_many(Some(30)));
        // A shorter pause does not end the longer one.
        backoff.failed(&unavailable(Some(1)));
        assert_eq!(backoff.wait().await, Err(Duration::from_secs(30)));
        tokio::time::advance(Duration::from_secs(29)).await;
        assert_eq!(backoff.wait().await, Ok(()), "a short rest is waited for");
        assert_eq!(backoff.wait().await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_pause_grows_while_the_system_names_none() {
        let backoff = Backoff::default();
        for seconds in [1, 2, 4, 8, 16, 32, 64, 120, 120] {
            let start = Instant::now();
            backoff.failed(&too_many(None));
            let until = backoff.0.lock().until.expect("a pause");
            assert_eq!(until - start, Duration::from_secs(seconds));
            tokio::time::advance(Duration::from_secs(seconds)).await;
        }
        backoff.succeeded();
        backoff.failed(&too_many(None));
        assert_eq!(backoff.wait().await, Ok(()));
        backoff.failed(&too_many(Some(u64::MAX)));
        assert_eq!(backoff.wait().await, Err(LONGEST_PAUSE));
    }

    #[tokio::test]
    async fn other_failures_start_no_pause() {
        let backoff = Backoff::default();
        backoff.failed(&unavailable(None));
        backoff.failed(&failure(ErrorKind::Upstream, StatusCode::BAD_GATEWAY, Some(5)));
        assert_eq!(backoff.wait().await, Ok(()));
    }
}
