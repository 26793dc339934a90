//! The request id: in every answer, in every log line of the request, in every error that a person sees.

use std::{any::Any, net::SocketAddr, time::Instant};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use gate::RequestOrigin;
use tracing::Instrument;
use uuid::Uuid;

use super::{client_address::TrustedProxies, metrics};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request its id and its log span. An id that the browser sends is ignored: it could be anything.
pub(super) async fn add(State(proxies): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    let request_id = Uuid::new_v4().to_string();
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| proxies.client(info.0.ip(), request.headers()).to_string());
    request.extensions_mut().insert(RequestOrigin {
        request_id: request_id.clone(),
        address,
    });
    // The path alone: a query can hold what a person searched for.
    let span =
        tracing::info_span!("request", request_id, method = %request.method(), path = request.uri().path());
    let page = metrics::page_of(&request);
    let started = Instant::now();
    let mut response = async {
        let response = next.run(request).await;
        let (status, took) = (response.status(), started.elapsed());
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = status.as_u16(), millis, "answered");
        metrics::count(page, status, took);
        response
    }
    .instrument(span)
    .await;
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// The answer after a panic, whose message is logged and not sent.
#[allow(clippy::needless_pass_by_value, reason = "the layer hands over the box")]
pub(super) fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<&str>().map(ToString::to_string);
    let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(message, "a request panicked");
    let words = "Something went wrong in the portal. Go back and try again; if it happens again, report the time and \
                 the x-request-id header of this answer.";
    (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
}
