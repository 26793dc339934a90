//! Numbers for whoever runs the portal, in the text form that Prometheus reads.

use std::{sync::OnceLock, time::Duration};

use axum::{extract::Request, http::StatusCode};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

const ANSWERS: &str = "postern_http_requests_total";
const DURATION: &str = "postern_http_request_duration_seconds";

/// Bounds of the durations that are counted, in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// The one recorder of the process. `None` when another has taken its place.
fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let install = || {
        let builder =
            PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BOUNDS);
        let handle = builder.and_then(PrometheusBuilder::install_recorder);
        handle
            .inspect_err(|error| tracing::warn!(%error, "there are no metrics"))
            .ok()
    };
    RECORDER.get_or_init(install).as_ref()
}

/// Readies the recorder, so that nothing is missed from the start on.
pub(super) fn start() {
    recorder();
}

/// What `/metrics` answers.
pub(super) fn render() -> String {
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}

/// The page of a request as the router knows it: never the address itself, which could hold
/// anything and would make a row each.
pub(super) fn page_of(request: &Request) -> String {
    let path = request.extensions().get::<axum::extract::MatchedPath>();
    match path.map(axum::extract::MatchedPath::as_str) {
        Some("/api/{*function}") => {
            let path = request.uri().path();
            if app::routes::function_action(path).is_some() {
                path.to_owned()
            } else {
                "other".to_owned()
            }
        }
        Some(path) => path.to_owned(),
        None => "other".to_owned(),
    }
}

/// Counts one answer.
pub(super) fn count(page: String, status: StatusCode, took: Duration) {
    let class = format!("{}xx", status.as_u16() / 100);
    metrics::counter!(ANSWERS, "page" => page.clone(), "status" => class).increment(1);
    metrics::histogram!(DURATION, "page" => page).record(took.as_secs_f64());
}
