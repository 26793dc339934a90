//! The endpoints that every API of the cluster has (reference, lines 105-399).

use crate::{Simulator, api_name::Api, auth::Caller, body::Fields, refusal::Refusal};
use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use serde_json::{Value, json};

/// The log levels of Python's `logging` and of `java.util.logging` (reference, lines 220 and 253).
const LOG_LEVELS: [&str; 12] = [
    "debug", "info", "warning", "error", "critical", "severe", "config", "fine", "finer", "finest", "all",
    "off",
];

pub(crate) fn routes(api: Api) -> Router<Simulator> {
    Router::new()
        .route("/version", get(version))
        .route("/doc", get(doc))
        .route("/health", get(health))
        .route("/log", get(log_level).post(set_log_level))
        .route("/ready", get(probe))
        .route("/live", get(probe))
        .layer(Extension(api))
}

async fn version() -> Json<Value> {
    Json(
        json!({ "version": "1.2.3", "buildVersion": concat!("1.2.3+simulator.", env!("CARGO_PKG_VERSION")) }),
    )
}

async fn doc(State(simulator): State<Simulator>, Extension(api): Extension<Api>) -> impl IntoResponse {
    let specification = if simulator.settings(|_| ()).pim_items {
        api.specification_with_items()
    } else {
        api.specification().to_owned()
    };
    ([(header::CONTENT_TYPE, "application/x-yaml")], specification)
}

async fn health(_: Caller) -> Json<Value> {
    Json(json!({ "isHealthy": true }))
}

async fn probe(_: Caller) -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn log_level(caller: Caller, Extension(api): Extension<Api>) -> Json<Value> {
    let level = caller.state().log_levels.get(&api).cloned();
    Json(json!({ "level": level }))
}

/// Sets the log level. The response is a sentence (reference, line 263). The reference names no permission; the
/// simulator requires that of an administrator.
async fn set_log_level(
    caller: Caller,
    Extension(api): Extension<Api>,
    body: Bytes,
) -> Result<&'static str, Refusal> {
    let mut state = caller.authorize(&["web_admin", "role_admin"])?;
    let level = Fields::read(&body, |fields| fields.required("level"))?;
    if !LOG_LEVELS.contains(&level.to_lowercase().as_str()) {
        return Err(Refusal::detail(400, format!("Unknown log level: {level}")));
    }
    state.log_levels.insert(api, level);
    Ok("The log level is set successfully.")
}
