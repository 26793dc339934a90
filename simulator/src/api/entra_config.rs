//! The configuration of the Entra ID federation (reference, lines 2345-2597).
//!
//! The reference does not name the permissions. Federation decides which users exist, so the simulator requires the
//! permissions for users.

use super::{passwords::WRITE, users::READ};
use crate::{
    Simulator,
    auth::Caller,
    body::Fields,
    clock::timestamp,
    refusal::Refusal,
    state::{EntraConfig, EntraCredentials},
};
use axum::{
    Json, Router,
    body::Bytes,
    http::StatusCode,
    routing::{get, post},
};
use serde::Serialize;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route(
            "/federation/entra/config",
            get(fetch).post(create).put(update).delete(delete),
        )
        .route("/federation/entra/config/test", post(test))
}

async fn fetch(caller: Caller) -> Result<Json<EntraConfig>, Refusal> {
    let state = caller.authorize(READ)?;
    Ok(Json(state.entra.config()?.clone()))
}

/// Reads the credentials. The API never shows the secret, so an update has to contain it too (notes, section 6, no. 55).
fn credentials(fields: &mut Fields) -> EntraCredentials {
    EntraCredentials {
        tenant_id: fields.uuid("tenantId"),
        client_id: fields.required("clientId"),
        client_secret: fields.required("clientSecret"),
    }
}

fn read(body: &[u8]) -> Result<(EntraCredentials, Option<bool>), Refusal> {
    Fields::read(body, |fields| (credentials(fields), fields.flag("enabled")))
}

#[derive(Serialize)]
struct Saved {
    status: &'static str,
    message: &'static str,
    config: EntraConfig,
}

/// The response of a create and of an update: the update's sample has "created" and 201 too (reference, lines
/// 2489-2495).
fn saved(config: EntraConfig) -> (StatusCode, Json<Saved>) {
    let saved = Saved {
        status: "created",
        message: "Entra ID configuration created successfully",
        config,
    };
    (StatusCode::CREATED, Json(saved))
}

async fn create(caller: Caller, body: Bytes) -> Result<(StatusCode, Json<Saved>), Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let (credentials, enabled) = read(&body)?;
    let config = state.entra.create(credentials, enabled.unwrap_or(true))?;
    Ok(saved(config.clone()))
}

async fn update(caller: Caller, body: Bytes) -> Result<(StatusCode, Json<Saved>), Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let (credentials, enabled) = read(&body)?;
    Ok(saved(state.entra.update(credentials, enabled)?.clone()))
}

#[derive(Serialize)]
struct Deleted {
    status: &'static str,
    message: &'static str,
}

async fn delete(caller: Caller) -> Result<Json<Deleted>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    state.entra.delete()?;
    Ok(Json(Deleted {
        status: "deleted",
        message: "Entra ID configuration deleted successfully",
    }))
}

/// The fields in the order of the sample (reference, line 2590).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tested {
    status: &'static str,
    message: &'static str,
    tenant_id: String,
    user_count: usize,
    test_timestamp: String,
}

/// Tests the stored configuration, even a disabled one, or else the credentials in the body, which are mandatory then.
async fn test(caller: Caller, body: Bytes) -> Result<Json<Tested>, Refusal> {
    let state = caller.authorize(READ)?;
    let sent = Fields::read(&body, |fields| {
        if fields.flag("useStoredConfig").unwrap_or(false) {
            for unused in ["tenantId", "clientId", "clientSecret"] {
                fields.text(unused);
            }
            None
        } else {
            Some(credentials(fields))
        }
    })?;
    let tenant_id = if let Some(credentials) = sent {
        credentials.connect()?;
        credentials.tenant_id
    } else {
        let config = state.entra.config()?;
        config.connect()?;
        config.tenant_id.clone()
    };
    Ok(Json(Tested {
        status: "success",
        message: "Entra ID connection test successful",
        tenant_id,
        user_count: state.entra.tenant.users.len(),
        test_timestamp: timestamp(),
    }))
}
