//! Requests to the portal, as a script makes them.

use js_sys::futures::JsFuture;
use leptos::{prelude::window, wasm_bindgen::JsCast};
use wasm_bindgen::JsValue;
use web_sys::{Headers, RequestInit, Response, UrlSearchParams};

use crate::failure::Failure;

/// Sends the fields by POST and reads the JSON that answers them.
pub async fn ask(address: &str, fields: &UrlSearchParams) -> Result<JsValue, Failure> {
    let response = post(address, fields).await?;
    match read(&response).await {
        Some(answer) => Ok(answer),
        None => Err(Failure::unreadable(&response)),
    }
}

/// Sends the body by POST. An answer that is not a success becomes the failure that it tells of.
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
    Err(match read(&response).await {
        Some(error) => Failure::told(&error, &response),
        None => Failure::unreadable(&response),
    })
}

/// The answer to a request, or nothing when none came.
pub async fn fetch(address: &str, request: &RequestInit, accept: &str) -> Option<Response> {
    let headers = Headers::new().ok()?;
    headers.set("Accept", accept).ok()?;
    request.set_headers(&headers);
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, request));
    answer.await.ok()?.dyn_into().ok()
}

/// The JSON of an answer, if that is what it is.
async fn read(response: &Response) -> Option<JsValue> {
    JsFuture::from(response.json().ok()?).await.ok()
}
