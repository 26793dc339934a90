//! The Protegrity cluster as one of the simulated systems.

use crate::{
    Options, Settings, Simulator, TokenKind, api, auth::bearer, control, seed, state::ClusterState,
    system::System,
};
use axum::{
    Router,
    http::{HeaderMap, HeaderName},
};
use std::time::Duration;

impl System for Options {
    type State = ClusterState;
    type Settings = Settings;
    const CALL_ID: HeaderName = HeaderName::from_static("x-correlation-id");
    const SERVER: &'static str = "uvicorn";

    fn seed(&self) -> ClusterState {
        seed::cluster(self)
    }

    fn settings(state: &mut ClusterState) -> &mut Settings {
        &mut state.settings
    }

    fn latency(settings: &Settings) -> Duration {
        Duration::from_millis(settings.latency_ms)
    }

    fn new_call_id(state: &mut ClusterState) -> Option<String> {
        Some(state.prng.uuid().to_string())
    }

    fn credential(state: &ClusterState, headers: &HeaderMap) -> TokenKind {
        state.token_kind(bearer(headers))
    }

    fn endpoints() -> Router<Simulator> {
        api::routes()
    }

    fn controls() -> Router<Simulator> {
        control::cluster_routes()
    }
}
