//! Metrics in the text format of Prometheus.

use std::{sync::OnceLock, time::Duration};

use axum::{
    extract::{MatchedPath, Request},
    http::StatusCode,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

const ANSWERS: &str = "postern_http_requests_total";
const DURATION: &str = "postern_http_request_duration_seconds";

/// Bounds of the histogram's buckets, in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// The process's only recorder. `None` when another one is installed.
fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let install = || {
        let builder =
            PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BOUNDS);
        let handle = builder.and_then(PrometheusBuilder::install_recorder);
        handle
            .inspect_err(|error| tracing::warn!(%error, "metrics are not recorded"))
            .ok()
    };
    RECORDER.get_or_init(install).as_ref()
}

/// Installs the recorder, so that metrics are counted from the start.
pub(super) fn start() {
    recorder();
}

/// The answer of `/metrics`.
pub(super) fn render() -> String {
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}

/// The row of the table that a request matches: never the address itself, which can hold anything and would make a
/// time series each.
pub(super) fn page_of(request: &Request) -> String {
    let path = request.extensions().get::<MatchedPath>();
    path.map_or("other", MatchedPath::as_str).to_owned()
}

/// Counts one answer.
pub(super) fn count(page: String, status: StatusCode, took: Duration) {
    let class = format!("{}xx", status.as_u16() / 100);
    metrics::counter!(ANSWERS, "page" => page.clone(), "status" => class).increment(1);
    metrics::histogram!(DURATION, "page" => page).record(took.as_secs_f64());
}
