//! Failures of the connection, as errors.

use std::error::Error as _;

use crate::{Endpoint, Error, ErrorKind, message::hide};

/// No answer, or one that broke off.
pub(crate) fn broken(
    endpoint: Endpoint,
    correlation_id: &str,
    error: reqwest::Error,
    secrets: &[&str],
) -> Error {
    // Then nothing of the request has left this machine.
    let is_unsent = error.is_connect() || error.is_builder();
    let kind = if error.is_timeout() {
        ErrorKind::Timeout
    } else if error.is_connect() || error.is_request() {
        ErrorKind::Unreachable
    } else {
        ErrorKind::Unreadable
    };
    Error::new(kind, endpoint, correlation_id)
        .with_was_sent(!is_unsent)
        .with_cause(hide(chain(&error.without_url()), secrets))
}

/// An error with all that it came from.
pub(crate) fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
