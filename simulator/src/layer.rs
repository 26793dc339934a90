//! The whole router, and what happens around every call: faults, correlation ids, the log of calls.

use crate::{
    Call, Simulator, api, calls::TokenKind, control, faults::Hangup, gate::bearer, refusal::Refusal,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use std::time::{Duration, Instant};

const BODY_LIMIT: usize = 1024 * 1024;
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

pub(crate) fn router(simulator: Simulator) -> Router {
    let cluster = api::routes()
        .fallback(|| async { Refusal::detail(404, "Not Found") })
        .method_not_allowed_fallback(|| async { Refusal::detail(405, "Method Not Allowed") })
        .layer(from_fn_with_state(simulator.clone(), around));
    Router::new()
        .nest("/_simulator", control::routes())
        .merge(cluster)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(simulator)
}

async fn around(State(simulator): State<Simulator>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let verdict = simulator.judge(request.method(), request.uri().path());
    let (mut call, latency) = begin(&simulator, &request);
    let delay = verdict.delay + latency;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut answer = match verdict.failure {
        Some(failure) => failure.into_response(),
        None => next.run(request).await,
    };
    let headers = answer.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_static("uvicorn"));
    if let Ok(id) = HeaderValue::from_str(&call.correlation_id) {
        headers.insert(CORRELATION_ID, id);
    }
    let hung_up = answer.extensions().get::<Hangup>().is_some();
    call.status = if hung_up { 0 } else { answer.status().as_u16() };
    call.millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    simulator.record(call);
    answer
}

/// What is known of a call before it is answered, and the latency of the settings.
fn begin(simulator: &Simulator, request: &Request) -> (Call, Duration) {
    let sent = request
        .headers()
        .get(CORRELATION_ID)
        .and_then(|id| id.to_str().ok());
    let mut world = simulator.world();
    let correlation_id = sent.map_or_else(|| world.prng.uuid().to_string(), str::to_owned);
    let token: TokenKind = world.token_kind(bearer(request.headers()));
    let call = Call {
        sequence: 0,
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        status: 0,
        millis: 0,
        correlation_id,
        token,
    };
    (call, Duration::from_millis(world.settings.latency_ms))
}
