//! [`System`]: what differs between the simulated systems. The handle, the accept loop, the faults, the call log and
//! the controls serve every one of them.

use crate::{Simulator, TokenKind};
use axum::{
    Router,
    http::{HeaderMap, HeaderName},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt, time::Duration};

/// A simulated system, which the type of its options names.
pub trait System: Clone + fmt::Debug + Send + Sync + 'static {
    /// The state that a reset restores.
    type State: Send + 'static;
    /// What tests change while the simulator runs.
    type Settings: Clone + Serialize + DeserializeOwned + Send + 'static;
    /// The header of the requests and responses that has the id of a call.
    const CALL_ID: HeaderName;
    /// The value of the header `Server`.
    const SERVER: &'static str;

    /// The seeded state.
    fn seed(&self) -> Self::State;

    /// The settings inside the state.
    fn settings(state: &mut Self::State) -> &mut Self::Settings;

    /// The delay before every response.
    fn latency(settings: &Self::Settings) -> Duration;

    /// The id of a call that arrives without one; `None` when the system gives none.
    fn new_call_id(state: &mut Self::State) -> Option<String>;

    /// The kind of credential in a request, for the call log.
    fn credential(state: &Self::State, headers: &HeaderMap) -> TokenKind;

    /// The endpoints, and the answers where there is none.
    fn endpoints() -> Router<Simulator<Self>>;

    /// The controls under `/_simulator` that only this system has.
    fn controls() -> Router<Simulator<Self>>;
}
