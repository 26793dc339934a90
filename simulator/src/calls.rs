//! The call log that tests and people read at `/_simulator/calls`. It contains no tokens, passwords or bodies.

use serde::Serialize;
use std::collections::VecDeque;

/// The log drops its oldest calls above this number.
const MAX_CALLS: usize = 10_000;

/// One call to the simulated system.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// Counts up from 1, also across [`crate::Simulator::clear_calls`].
    pub sequence: u64,
    /// The request's method.
    pub method: String,
    /// The host that the request names, without the port.
    pub host: String,
    /// The request's path.
    pub path: String,
    /// The request's query, without the question mark.
    pub query: Option<String>,
    /// The status of the response; 0 when the connection was closed without one.
    pub status: u16,
    /// The time until the response, in milliseconds.
    pub millis: u64,
    /// The `x-correlation-id` of the response, or the `X-Correlator` of Proofpoint Essentials.
    pub correlation_id: String,
    /// The kind of token or password in the request.
    pub token: TokenKind,
}

/// The kind of token or password in a request. The log shows this in place of the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// No bearer token, or no `X-User` and `X-Password`.
    None,
    /// A token from the header of a login response.
    Header,
    /// A token from the body of a login response.
    Body,
    /// An expired token.
    Expired,
    /// A token that the cluster never issued, or the wrong password.
    Unknown,
    /// The password of an account of Proofpoint Essentials.
    Password,
}

#[derive(Debug, Default)]
pub(crate) struct CallLog {
    calls: VecDeque<Call>,
    sequence: u64,
}

impl CallLog {
    pub(crate) fn push(&mut self, mut call: Call) {
        self.sequence += 1;
        call.sequence = self.sequence;
        if self.calls.len() == MAX_CALLS {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    pub(crate) fn list(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
    }
}
