//! Requests to the portal.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, RequestInit, Response, UrlSearchParams};

use crate::{clock, failure::Failure};

/// The response header with the remaining time of the session, in milliseconds.
const SESSION_LEFT: &str = "X-Postern-Session-Left";

/// Sends the fields by POST and reads the answer as JSON.
pub async fn post_for_json(address: &str, fields: &UrlSearchParams) -> Result<JsValue, Failure> {
    let response = post(address, fields).await?;
    match read_json(&response).await {
        Some(answer) => Ok(answer),
        None => Err(Failure::unreadable(&response)),
    }
}

/// Sends the body by POST. An answer with an error status becomes a [`Failure`].
pub async fn post(address: &str, body: &JsValue) -> Result<Response, Failure> {
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(body);
    let response = fetch(address, &request, "application/json")
        .await
        .ok_or_else(Failure::unreachable)?;
    if response.ok() {
        return Ok(response);
    }
    Err(match read_json(&response).await {
        Some(error) => Failure::from_json(&error, &response),
        None => Failure::unreadable(&response),
    })
}

/// The answer to a request, or `None` if there is none.
pub async fn fetch(address: &str, request: &RequestInit, accept: &str) -> Option<Response> {
    let headers = Headers::new().ok()?;
    headers.set("Accept", accept).ok()?;
    request.set_headers(&headers);
    let answer = window().fetch_with_str_and_init(address, request);
    let response: Response = answer.await.ok()?.dyn_into().ok()?;
    let left = response.headers().get(SESSION_LEFT).ok().flatten();
    if let Some(left) = left.and_then(|left| left.parse().ok()) {
        clock::extend(left);
    }
    Some(response)
}

/// The body of an answer, if it is JSON.
async fn read_json(response: &Response) -> Option<JsValue> {
    response.json().ok()?.await.ok()
}
