//! The shapes of answers, which depend on the settings.

use super::{ListNames, ListShape, ProofpointSettings, body, failure::Failure};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// What a handler returns.
pub(super) type Reply = Result<Response, Failure>;

/// 200 with this answer.
pub(super) fn ok(settings: &ProofpointSettings, value: Value) -> Response {
    with_status(settings, StatusCode::OK, value)
}

/// 204
pub(super) fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn with_status(settings: &ProofpointSettings, status: StatusCode, mut value: Value) -> Response {
    if settings.scalars_as_text {
        to_text(&mut value);
    }
    (status, Json(value)).into_response()
}

/// Makes strings of numbers and booleans.
fn to_text(value: &mut Value) {
    match value {
        Value::Bool(_) | Value::Number(_) => *value = Value::String(value.to_string()),
        Value::Array(items) => items.iter_mut().for_each(to_text),
        Value::Object(map) => map.values_mut().for_each(to_text),
        Value::Null | Value::String(_) => {}
    }
}

/// A list, which the document has as a bare array.
pub(super) fn list(settings: &ProofpointSettings, name: &str, items: Vec<Value>) -> Value {
    shaped(settings.lists == ListShape::Envelope, name, items)
}

/// A list, which the document has in an envelope.
pub(super) fn enveloped(settings: &ProofpointSettings, name: &str, items: Vec<Value>) -> Value {
    shaped(settings.lists != ListShape::Bare, name, items)
}

fn shaped(in_envelope: bool, name: &str, items: Vec<Value>) -> Value {
    let mut items = Value::Array(items);
    if in_envelope {
        items = Value::Object(Map::from_iter([(name.to_owned(), items)]));
    }
    items
}

/// Adds the sender lists under the names of the settings.
pub(super) fn add_sender_lists(
    settings: &ProofpointSettings,
    value: &mut Value,
    allowed: &[String],
    blocked: &[String],
) {
    if settings.list_names != ListNames::Old {
        value["safe_list_senders"] = json!(allowed);
        value["block_list_senders"] = json!(blocked);
    }
    if settings.list_names != ListNames::New {
        value["white_list_senders"] = json!(allowed);
        value["black_list_senders"] = json!(blocked);
    }
}

/// Creates one object or a batch of them: 201 with the object or the list, 207 when items of a batch fail.
pub(super) fn create(
    settings: &ProofpointSettings,
    name: &str,
    body: &[u8],
    mut create: impl FnMut(Value) -> Result<Value, Failure>,
) -> Reply {
    let items = match body::parse(body)? {
        Value::Array(items) => items,
        item => return Ok(with_status(settings, StatusCode::CREATED, create(item)?)),
    };
    if items.is_empty() {
        return Err(Failure::invalid("body", "the list is empty"));
    }
    let (mut created, mut errors) = (Vec::new(), Vec::new());
    for item in items {
        match create(item) {
            Ok(value) => created.push(value),
            Err(failure) => errors.push(failure.item()),
        }
    }
    if errors.is_empty() {
        let created = enveloped(settings, name, created);
        return Ok(with_status(settings, StatusCode::CREATED, created));
    }
    let mut batch = shaped(true, name, created);
    batch["errors"] = json!(errors);
    Ok(with_status(settings, StatusCode::MULTI_STATUS, batch))
}
