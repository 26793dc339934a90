//! Audit events: who tried what, on what, from where, with which outcome.
//!
//! Events go to the log under the target `postern::audit`, one before the call ("intent") and one
//! after it. They hold names and ids alone, never a token, a password or an upstream address.

use std::fmt;

use crate::{action::Action, error::GateError};

/// From which request an action comes.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The request id, which the person sees when something fails.
    pub request_id: String,
    /// The address of the connection, where known.
    pub address: Option<String>,
}

/// What an action is done to, in the words of the audit trail: `user 7636708c-…`.
#[derive(Clone, Debug)]
pub struct Target(String);

impl Target {
    /// The portal as a whole, or a list of it.
    pub fn portal() -> Self {
        Self("portal".to_owned())
    }

    /// One user of the cluster.
    pub fn user(id: &protegrity::UserId) -> Self {
        Self(format!("user {id}"))
    }

    /// Something that has a name, of this kind: `role portal_auditor`.
    pub fn named(kind: &'static str, name: impl fmt::Display) -> Self {
        Self(format!("{kind} {name}"))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes that somebody is about to do something.
pub(crate) fn intent(who: &str, caller: &Caller, action: Action, target: &Target) {
    tracing::info!(
        target: "postern::audit",
        who, action = ?action, %target, request_id = caller.request_id, address = caller.address,
        "intent"
    );
}

/// Writes how it ended.
pub(crate) fn outcome<T>(
    who: &str,
    caller: &Caller,
    action: Action,
    target: &Target,
    result: &Result<T, GateError>,
) {
    let outcome = match result {
        Ok(_) => "done".to_owned(),
        Err(error) => error.to_string(),
    };
    tracing::info!(
        target: "postern::audit",
        who, action = ?action, %target, request_id = caller.request_id, address = caller.address, outcome,
        "outcome"
    );
}
