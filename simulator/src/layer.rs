//! The router, and the middleware around every call: faults, correlation ids, the call log.

use crate::{
    Call, Simulator, api,
    auth::bearer,
    calls::TokenKind,
    control,
    faults::{CloseConnection, closed},
    refusal::Refusal,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use std::time::{Duration, Instant};

const MAX_BODY_BYTES: usize = 1024 * 1024;
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

pub(crate) fn router(simulator: Simulator) -> Router {
    let cluster = api::routes()
        .fallback(|| async { Refusal::detail(404, "Not Found") })
        .method_not_allowed_fallback(|| async { Refusal::detail(405, "Method Not Allowed") })
        .layer(from_fn_with_state(simulator.clone(), instrument));
    Router::new()
        .nest("/_simulator", control::routes())
        .merge(cluster)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(simulator)
}

async fn instrument(State(simulator): State<Simulator>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let injected = simulator.inject(request.method(), request.uri().path());
    let (mut call, latency) = describe(&simulator, &request);
    if let Some(hold) = injected.hold {
        hold.released().await;
    }
    let delay = injected.delay + latency;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut response = match injected.response {
        Some(response) => response,
        None => next.run(request).await,
    };
    if injected.loses_answer {
        response = closed();
    }
    let headers = response.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_static("uvicorn"));
    if let Ok(id) = HeaderValue::from_str(&call.correlation_id) {
        headers.insert(CORRELATION_ID, id);
    }
    let is_closed = response.extensions().get::<CloseConnection>().is_some();
    call.status = if is_closed { 0 } else { response.status().as_u16() };
    call.millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    simulator.record(call);
    response
}

/// The log entry of a call, as far as it is known before the response, and the latency of the settings.
fn describe(simulator: &Simulator, request: &Request) -> (Call, Duration) {
    let sent = request
        .headers()
        .get(CORRELATION_ID)
        .and_then(|id| id.to_str().ok());
    let mut state = simulator.state();
    let correlation_id = sent.map_or_else(|| state.prng.uuid().to_string(), str::to_owned);
    let token: TokenKind = state.token_kind(bearer(request.headers()));
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
    (call, Duration::from_millis(state.settings.latency_ms))
}
