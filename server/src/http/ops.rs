//! Health and metrics, for the administrator of the portal.

use std::sync::Arc;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use gate::Gate;
use jiff::{SignedDuration, Timestamp};
use protegrity::Api;
use tokio::sync::Mutex;

use super::metrics;

/// How long an answer of the cluster counts: checks from several sides make one call.
const RETENTION: SignedDuration = SignedDuration::from_secs(3);

/// Whether the cluster answers, and when it was asked.
#[derive(Clone)]
struct Readiness {
    gate: Gate,
    last: Arc<Mutex<Option<(Timestamp, bool)>>>,
}

/// `/healthz`, `/readyz` and `/metrics`.
pub fn router<S: Clone + Send + Sync + 'static>(gate: Gate) -> Router<S> {
    metrics::start();
    let readiness = Readiness {
        gate,
        last: Arc::default(),
    };
    Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .route("/metrics", get(async || metrics::render()))
        .with_state(readiness)
}

/// The process answers.
async fn health() -> &'static str {
    "ok\n"
}

/// The cluster answers as well.
async fn ready(State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    if readiness.is_ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the cluster cannot be reached\n")
    }
}

impl Readiness {
    /// Asks the cluster, unless it was asked just now; those who ask at once share one call.
    async fn is_ready(&self) -> bool {
        let mut last = self.last.lock().await;
        if let Some((at, is_ready)) = *last
            && self.gate.now().duration_since(at) < RETENTION
        {
            return is_ready;
        }
        let reached = self.gate.reach(Api::Auth).await;
        let is_ready = reached
            .inspect_err(|error| tracing::warn!(%error, "not ready"))
            .is_ok();
        *last = Some((self.gate.now(), is_ready));
        is_ready
    }
}
