//! The controls over HTTP, under `/_simulator`: no token, and not in the log of calls.
//!
//! | call | body | does |
//! | --- | --- | --- |
//! | `GET /calls` | | lists the calls: `[{sequence, method, path, query, status, millis, correlation_id, token}]` |
//! | `DELETE /calls` | | forgets them |
//! | `GET /faults` | | lists the rules with the times that are left |
//! | `PUT /faults` | `[{"method":"GET","path":"/pty/v1/auth/users/*/lock","fault":{"status":503,"body":""},"times":1}]` | replaces the rules |
//! | `DELETE /faults` | | removes them |
//! | `GET /settings` | | shows [`Settings`] |
//! | `PUT /settings` | any of its fields | changes these, shows all |
//! | `GET /links/{username}` | | who a user is at each SAML provider, which no endpoint of the cluster shows: `{"AWS-IDP":{"userId":"…","userName":"…"}}` |
//! | `POST /reset` | | back to the seeded state |
//! | `POST /expire` | `{"what":"access"}`, `"refresh"` or `"all"` | makes the tokens issued so far expired |
//!
//! A fault is `{"delay_ms":500}`, `{"status":503,"body":"…"}`, `"drop"`, `"truncate"`, `"not_json"` or `"html"`. Its
//! path matches by whole segments from the start; `*` stands for any one segment.
//!
//! Two settings choose what the reference leaves open: `group_update` is `"replace"` or `"add"`, `policy_update` is
//! `"merge"`, `"replace"` or `"clamp"`.

use crate::{Call, Expire, FaultRule, IdentityLink, Settings, Simulator, body::Fields, refusal::Refusal};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/calls", get(calls).delete(clear_calls))
        .route("/faults", get(faults).put(set_faults).delete(clear_faults))
        .route("/settings", get(settings).put(change_settings))
        .route("/links/{username}", get(links))
        .route("/reset", post(reset))
        .route("/expire", post(expire))
}

async fn calls(State(simulator): State<Simulator>) -> Json<Vec<Call>> {
    Json(simulator.calls())
}

async fn clear_calls(State(simulator): State<Simulator>) -> StatusCode {
    simulator.clear_calls();
    StatusCode::NO_CONTENT
}

async fn faults(State(simulator): State<Simulator>) -> Json<Vec<FaultRule>> {
    Json(simulator.faults())
}

async fn set_faults(
    State(simulator): State<Simulator>,
    body: Bytes,
) -> Result<Json<Vec<FaultRule>>, Refusal> {
    simulator.set_faults(read(&body)?);
    Ok(Json(simulator.faults()))
}

async fn clear_faults(State(simulator): State<Simulator>) -> StatusCode {
    simulator.set_faults(Vec::new());
    StatusCode::NO_CONTENT
}

async fn settings(State(simulator): State<Simulator>) -> Json<Settings> {
    Json(simulator.settings(|_| ()))
}

async fn change_settings(State(simulator): State<Simulator>, body: Bytes) -> Result<Json<Settings>, Refusal> {
    let changes = Fields::parse(&body)?.into_map();
    let before = simulator.settings(|_| ());
    let Ok(Value::Object(mut all)) = serde_json::to_value(before) else {
        return Err(Refusal::detail(500, "the settings are an object"));
    };
    all.extend(changes);
    let wanted: Settings = serde_json::from_value(Value::Object(all))
        .map_err(|error| Refusal::detail(422, error.to_string()))?;
    Ok(Json(simulator.settings(|settings| *settings = wanted)))
}

async fn links(
    State(simulator): State<Simulator>,
    Path(username): Path<String>,
) -> Json<BTreeMap<String, IdentityLink>> {
    Json(simulator.links(&username))
}

/// Seeding many users takes a moment, which is not spent on a thread that answers others.
async fn reset(State(simulator): State<Simulator>) -> Result<StatusCode, Refusal> {
    let done = tokio::task::spawn_blocking(move || simulator.reset()).await;
    done.map(|()| StatusCode::NO_CONTENT)
        .map_err(|error| Refusal::detail(500, error.to_string()))
}

#[derive(Deserialize)]
struct WhatToExpire {
    what: Expire,
}

async fn expire(State(simulator): State<Simulator>, body: Bytes) -> Result<StatusCode, Refusal> {
    let WhatToExpire { what } = read(&body)?;
    simulator.expire(what);
    Ok(StatusCode::NO_CONTENT)
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::detail(422, error.to_string()))
}
