//! Health and metrics, for the administrator of the portal.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use gate::Gate;
use protegrity::Api;

use super::metrics;

/// `/healthz`, `/readyz` and `/metrics`.
pub fn router<S: Clone + Send + Sync + 'static>(gate: Gate) -> Router<S> {
    metrics::start();
    Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .route("/metrics", get(async || metrics::render()))
        .with_state(gate)
}

/// The process answers.
async fn health() -> &'static str {
    "ok\n"
}

/// The cluster answers as well.
async fn ready(State(gate): State<Gate>) -> (StatusCode, &'static str) {
    match gate.reach(Api::Auth).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the cluster cannot be reached\n")
        }
    }
}
