//! The log of calls that tests and people read at `/_simulator/calls`. It never holds a token, a password or a body.

use serde::Serialize;
use std::collections::VecDeque;

/// How many calls are kept; the oldest go first.
const KEPT: usize = 10_000;

/// One call to the simulated cluster.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// Counts up from 1, also across [`crate::Simulator::clear_calls`].
    pub sequence: u64,
    /// The request's method.
    pub method: String,
    /// The request's path.
    pub path: String,
    /// The request's query, without the question mark.
    pub query: Option<String>,
    /// The status of the answer; 0 when the connection was dropped.
    pub status: u16,
    /// How long the answer took.
    pub millis: u64,
    /// The `x-correlation-id` of the answer.
    pub correlation_id: String,
    /// What the request carried for a token.
    pub token: TokenKind,
}

/// What a request carried for a token, as far as it may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// No bearer token.
    None,
    /// A token of a login answer's header.
    Header,
    /// A token of a login answer's body.
    Body,
    /// A token whose time is over.
    Expired,
    /// Something that was never issued.
    Unknown,
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
        if self.calls.len() == KEPT {
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
