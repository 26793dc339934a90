//! The router, and the middleware around every call: faults, correlation ids, the call log.

use crate::{
    Call, Simulator, control,
    faults::{CloseConnection, closed},
    system::System,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use std::time::{Duration, Instant};

const MAX_BODY_BYTES: usize = 1024 * 1024;

pub(crate) fn router<O: System>(simulator: Simulator<O>) -> Router {
    let endpoints = O::endpoints().layer(from_fn_with_state(simulator.clone(), instrument::<O>));
    Router::new()
        .nest("/_simulator", control::routes().merge(O::controls()))
        .merge(endpoints)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(simulator)
}

async fn instrument<O: System>(
    State(simulator): State<Simulator<O>>,
    request: Request,
    next: Next,
) -> Response {
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
    headers.insert(header::SERVER, HeaderValue::from_static(O::SERVER));
    if !call.correlation_id.is_empty()
        && let Ok(id) = HeaderValue::from_str(&call.correlation_id)
    {
        headers.insert(O::CALL_ID, id);
    }
    let is_closed = response.extensions().get::<CloseConnection>().is_some();
    call.status = if is_closed { 0 } else { response.status().as_u16() };
    call.millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    simulator.record(call);
    response
}

/// The log entry of a call, as far as it is known before the response, and the latency of the settings.
fn describe<O: System>(simulator: &Simulator<O>, request: &Request) -> (Call, Duration) {
    let headers = request.headers();
    let sent = headers.get(O::CALL_ID).and_then(|id| id.to_str().ok());
    let mut state = simulator.state();
    let correlation_id = sent
        .map(str::to_owned)
        .or_else(|| O::new_call_id(&mut state))
        .unwrap_or_default();
    let call = Call {
        sequence: 0,
        method: request.method().to_string(),
        host: host(headers).to_owned(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        status: 0,
        millis: 0,
        correlation_id,
        token: O::credential(&state, headers),
    };
    (call, O::latency(O::settings(&mut state)))
}

/// The host of a request, without the port.
pub(crate) fn host(headers: &HeaderMap) -> &str {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    }
}
