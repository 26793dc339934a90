//! Proofpoint Essentials in memory: the six instances, their organisations, and the administrators who may call.
//!
//! What the reference leaves open is a field of [`ProofpointSettings`]. Beside those, the simulator decides:
//!
//! * Every call needs `X-User` and `X-Password` of an active user, on every instance; otherwise 401. An end user gets
//!   `/me` and 403 from everything else.
//! * An administrator reaches the own organisation and everything below it. Another organisation, and one of another
//!   instance, answers as if it did not exist.
//! * The header `Host` names the instance. Another host of the vendor has no organisation, and every other host, such as
//!   127.0.0.1, stands for all instances.
//! * Licensing, package and `PATCH` of an organisation take a partner's administrator (of a channel or above), and so do
//!   the lists of child organisations. A read-only administrator gets 403 for every write.
//! * Every address works with and without a slash at the end. The path and the e-mail of `X-User` ignore case.
//! * A list in a body is a batch: 201 when each item succeeds, otherwise 207 with what was created and `errors`.
//! * An error has `{"errors": [{status, error_message, identifier}]}`.
//! * A domain whose name begins with `pending.` cannot be verified (409); every other one can.

mod account;
mod answer;
mod api;
mod body;
mod caller;
mod failure;
mod instance;
mod options;
mod seed;
mod state;

pub use instance::Instance;
pub use options::{
    Endpoints, FeatureValues, ListNames, ListShape, ProofpointOptions, ProofpointSettings, Unknown,
    UserUpdate, WrongInstance,
};
pub use seed::PROOFPOINT_ACCOUNTS;

use crate::{Running, Simulator, TokenKind, system::System};
use axum::{
    Router,
    http::{HeaderMap, HeaderName},
};
use state::Essentials;
use std::time::Duration;

/// Proofpoint Essentials with its controls.
pub type ProofpointSimulator = Simulator<ProofpointOptions>;

/// Proofpoint Essentials, served on a free port of 127.0.0.1.
pub type RunningProofpoint = Running<ProofpointOptions>;

impl System for ProofpointOptions {
    type State = Essentials;
    type Settings = ProofpointSettings;
    const CALL_ID: HeaderName = HeaderName::from_static("x-correlator");
    const SERVER: &'static str = "Apache";

    fn seed(&self) -> Essentials {
        seed::essentials(self)
    }

    fn settings(state: &mut Essentials) -> &mut ProofpointSettings {
        &mut state.settings
    }

    fn latency(settings: &ProofpointSettings) -> Duration {
        Duration::from_millis(settings.latency_ms)
    }

    /// A response has an id only when the request has one.
    fn new_call_id(_: &mut Essentials) -> Option<String> {
        None
    }

    fn credential(state: &Essentials, headers: &HeaderMap) -> TokenKind {
        if !headers.contains_key(account::USER) && !headers.contains_key(account::PASSWORD) {
            return TokenKind::None;
        }
        match state.authenticate(headers) {
            Some(_) => TokenKind::Password,
            None => TokenKind::Unknown,
        }
    }

    fn endpoints() -> Router<ProofpointSimulator> {
        api::routes()
    }

    fn controls() -> Router<ProofpointSimulator> {
        Router::new()
    }
}

impl ProofpointSimulator {
    /// The secret of an organisation's Azure settings, which no endpoint shows. `None` without settings.
    pub fn azure_key(&self, domain: &str) -> Option<String> {
        let state = self.state();
        Some(state.find(domain)?.azure.as_ref()?.key.clone())
    }

    /// The password of a user, which no endpoint shows. `None` where there is no such user, or no password.
    pub fn password(&self, domain: &str, email: &str) -> Option<String> {
        let state = self.state();
        state.find(domain)?.users.get(email)?.password.clone()
    }
}
