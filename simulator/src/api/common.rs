//! The endpoints that every API of the cluster has (reference, lines 105-399).

use crate::{Simulator, body::Fields, refusal::Refusal, world::Caller};
use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use serde_json::{Value, json};

/// The APIs, with the versions of the reference's line 98.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Api {
    Auth,
    Pim,
    Rps,
}

/// What Python's logging and `java.util.logging` call their levels (reference, lines 220 and 253).
const LOG_LEVELS: [&str; 12] = [
    "debug", "info", "warning", "error", "critical", "severe", "config", "fine", "finer", "finest", "all",
    "off",
];

impl Api {
    pub(crate) const ALL: [Self; 3] = [Self::Auth, Self::Pim, Self::Rps];

    pub(crate) const fn base(self) -> &'static str {
        match self {
            Self::Auth => "/pty/v1/auth",
            Self::Pim => "/pty/v2/pim",
            Self::Rps => "/pty/v1/rps",
        }
    }

    pub(crate) const fn first_log_level(self) -> &'static str {
        match self {
            Self::Auth => "info",
            Self::Pim | Self::Rps => "INFO",
        }
    }

    const fn specification(self) -> &'static str {
        match self {
            Self::Auth => include_str!("../../openapi/auth.yaml"),
            Self::Pim => include_str!("../../openapi/pim.yaml"),
            Self::Rps => include_str!("../../openapi/rps.yaml"),
        }
    }
}

pub(crate) fn routes(api: Api) -> Router<Simulator> {
    Router::new()
        .route("/version", get(version))
        .route("/doc", get(doc))
        .route("/health", get(health))
        .route("/log", get(log_level).post(set_log_level))
        .route("/ready", get(alive))
        .route("/live", get(alive))
        .layer(Extension(api))
}

async fn version() -> Json<Value> {
    Json(
        json!({ "version": "1.2.3", "buildVersion": concat!("1.2.3+simulator.", env!("CARGO_PKG_VERSION")) }),
    )
}

async fn doc(Extension(api): Extension<Api>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/x-yaml")],
        api.specification(),
    )
}

async fn health(_: Caller) -> Json<Value> {
    Json(json!({ "isHealthy": true }))
}

async fn alive(_: Caller) -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn log_level(
    State(simulator): State<Simulator>,
    Extension(api): Extension<Api>,
    _: Caller,
) -> Json<Value> {
    let level = simulator.world().log_levels.get(&api).cloned();
    Json(json!({ "level": level }))
}

/// The answer is a sentence (reference, line 263). Who may do this is not documented: the administrators, here.
async fn set_log_level(
    State(simulator): State<Simulator>,
    Extension(api): Extension<Api>,
    caller: Caller,
    body: Bytes,
) -> Result<&'static str, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, &["web_admin", "role_admin"])?;
    let mut fields = Fields::parse(&body)?;
    let level = fields.required("level");
    fields.finish()?;
    if !LOG_LEVELS.contains(&level.to_lowercase().as_str()) {
        return Err(Refusal::detail(400, format!("Unknown log level: {level}")));
    }
    world.log_levels.insert(api, level);
    Ok("The log level is set successfully.")
}
