//! The control API under `/_simulator`. It takes no credentials, and the call log leaves it out. Proofpoint Essentials
//! has the calls, faults, held requests, settings and reset; its settings are [`ProofpointSettings`].
//!
//! | call | body | effect |
//! | --- | --- | --- |
//! | `GET /calls` | | lists the calls: `[{sequence, method, host, path, query, status, millis, correlation_id, token}]` |
//! | `DELETE /calls` | | clears the call log |
//! | `GET /faults` | | lists the rules with the remaining `times` |
//! | `PUT /faults` | `[{"method":"GET","path":"/pty/v1/auth/users/*/lock","fault":{"status":503,"body":""},"times":1}]` | replaces the rules, releases the held requests |
//! | `DELETE /faults` | | removes the rules, releases the held requests |
//! | `GET /held` | | lists the held requests, the oldest first: `[{method, path}]` |
//! | `POST /release` | `{"count":4}` | waits until 4 requests are held, then releases the oldest 4 |
//! | `GET /settings` | | shows [`Settings`] |
//! | `PUT /settings` | any of its fields | changes these, shows all |
//! | `GET /links/{username}` | | shows a user's identities at the SAML providers, which no endpoint of the cluster does: `{"AWS-IDP":{"userId":"…","userName":"…"}}` |
//! | `GET /deployed` | | shows what is deployed to each data store: `[{uid, name, deployments, policies, applications, content}]` |
//! | `PUT /pim` | `"seeded"` or `"empty"` | replaces the policy repository by the seeded one, or removes it |
//! | `POST /pim` | any of `{"roles":60,"data_elements":300,"data_stores":40,"rules":2000}` | adds generated objects to the policy repository |
//! | `POST /reset` | | restores the seeded state |
//! | `POST /expire` | `{"what":"access"}`, `"refresh"` or `"all"` | expires the tokens issued so far |
//!
//! A fault is `{"delay_ms":500}`, `"hold"`, `"lose"`, `{"busy":30}`, `{"unavailable":30}`, `{"status":503,"body":"…"}`, `"drop"`,
//! `"truncate"`, `"not_json"` or `"html"`. Its path is a prefix in whole segments; `*` stands for any one segment.
//!
//! Three settings select a behaviour that the reference leaves open: `group_update` is `"replace"` or `"add"`,
//! `policy_update` is `"merge"`, `"replace"` or `"clamp"`, `pim_answers` is `"plain"`, `"wrapped"` or `"silent"`.
//! `pim_items` is `true` for a cluster that changes and deletes single objects of Policy Management.
//!
//! [`ProofpointSettings`]: crate::ProofpointSettings
//! [`Settings`]: crate::Settings

use crate::{
    Call, DeployedStore, Expire, FaultRule, HeldRequest, IdentityLink, Simulator, refusal::Refusal,
    system::System,
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The controls of every system.
pub(crate) fn routes<O: System>() -> Router<Simulator<O>> {
    Router::new()
        .route("/calls", get(calls::<O>).delete(clear_calls::<O>))
        .route(
            "/faults",
            get(faults::<O>).put(set_faults::<O>).delete(clear_faults::<O>),
        )
        .route("/held", get(held::<O>))
        .route("/release", post(release::<O>))
        .route("/settings", get(settings::<O>).put(change_settings::<O>))
        .route("/reset", post(reset::<O>))
}

/// The controls that only the cluster has.
pub(crate) fn cluster_routes() -> Router<Simulator> {
    Router::new()
        .route("/links/{username}", get(links))
        .route("/deployed", get(deployed))
        .route("/pim", put(reset_pim).post(add_pim_objects))
        .route("/expire", post(expire))
}

async fn calls<O: System>(State(simulator): State<Simulator<O>>) -> Json<Vec<Call>> {
    Json(simulator.calls())
}

async fn clear_calls<O: System>(State(simulator): State<Simulator<O>>) -> StatusCode {
    simulator.clear_calls();
    StatusCode::NO_CONTENT
}

async fn faults<O: System>(State(simulator): State<Simulator<O>>) -> Json<Vec<FaultRule>> {
    Json(simulator.faults())
}

async fn set_faults<O: System>(
    State(simulator): State<Simulator<O>>,
    body: Bytes,
) -> Result<Json<Vec<FaultRule>>, Refusal> {
    simulator.set_faults(read(&body)?);
    Ok(Json(simulator.faults()))
}

async fn clear_faults<O: System>(State(simulator): State<Simulator<O>>) -> StatusCode {
    simulator.set_faults(Vec::new());
    StatusCode::NO_CONTENT
}

async fn held<O: System>(State(simulator): State<Simulator<O>>) -> Json<Vec<HeldRequest>> {
    Json(simulator.held())
}

#[derive(Deserialize)]
struct Release {
    count: usize,
}

async fn release<O: System>(
    State(simulator): State<Simulator<O>>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let Release { count } = read(&body)?;
    simulator.release(count).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn settings<O: System>(State(simulator): State<Simulator<O>>) -> Json<O::Settings> {
    Json(simulator.settings(|_| ()))
}

async fn change_settings<O: System>(
    State(simulator): State<Simulator<O>>,
    body: Bytes,
) -> Result<Json<O::Settings>, Refusal> {
    let changes: Map<String, Value> = read(&body)?;
    let before = simulator.settings(|_| ());
    let Ok(Value::Object(mut all)) = serde_json::to_value(before) else {
        return Err(Refusal::detail(500, "the settings are not an object"));
    };
    all.extend(changes);
    let settings: O::Settings = serde_json::from_value(Value::Object(all))
        .map_err(|error| Refusal::detail(422, error.to_string()))?;
    Ok(Json(simulator.settings(|present| *present = settings)))
}

/// Seeding many users takes long enough to block other requests, so it runs on a blocking thread.
async fn reset<O: System>(State(simulator): State<Simulator<O>>) -> Result<StatusCode, Refusal> {
    let done = tokio::task::spawn_blocking(move || simulator.reset()).await;
    done.map(|()| StatusCode::NO_CONTENT)
        .map_err(|error| Refusal::detail(500, error.to_string()))
}

async fn links(
    State(simulator): State<Simulator>,
    Path(username): Path<String>,
) -> Json<BTreeMap<String, IdentityLink>> {
    Json(simulator.links(&username))
}

async fn deployed(State(simulator): State<Simulator>) -> Json<Vec<DeployedStore>> {
    Json(simulator.deployed())
}

async fn reset_pim(State(simulator): State<Simulator>, body: Bytes) -> Result<StatusCode, Refusal> {
    simulator.reset_pim(read(&body)?);
    Ok(StatusCode::NO_CONTENT)
}

async fn add_pim_objects(State(simulator): State<Simulator>, body: Bytes) -> Result<StatusCode, Refusal> {
    simulator.add_pim_objects(read(&body)?);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct ExpireRequest {
    what: Expire,
}

async fn expire(State(simulator): State<Simulator>, body: Bytes) -> Result<StatusCode, Refusal> {
    let ExpireRequest { what } = read(&body)?;
    simulator.expire(what);
    Ok(StatusCode::NO_CONTENT)
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::detail(422, error.to_string()))
}
