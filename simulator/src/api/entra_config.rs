//! The configuration of the Entra ID federation (reference, lines 2345-2597).
//!
//! Which permission it takes is not documented; it is about whose users there are, so: that of users.

use super::users::{READ, WRITE};
use crate::{
    Simulator,
    body::Fields,
    clock::timestamp,
    refusal::Refusal,
    world::{Caller, EntraConfig, EntraCredentials},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
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

async fn fetch(State(simulator): State<Simulator>, caller: Caller) -> Result<Json<EntraConfig>, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    Ok(Json(world.entra.config()?.clone()))
}

/// The secret is never shown, so an update has to bring one too (notes, section 6, no. 55).
fn credentials(fields: &mut Fields) -> EntraCredentials {
    EntraCredentials {
        tenant_id: fields.uuid("tenantId"),
        client_id: fields.required("clientId"),
        client_secret: fields.required("clientSecret"),
    }
}

fn read(body: &[u8]) -> Result<(EntraCredentials, Option<bool>), Refusal> {
    let mut fields = Fields::parse(body)?;
    let wanted = (credentials(&mut fields), fields.flag("enabled"));
    fields.finish()?;
    Ok(wanted)
}

#[derive(Serialize)]
struct Saved {
    status: &'static str,
    message: &'static str,
    config: EntraConfig,
}

/// The update's sample answer says "created" too, and with 201 (reference, lines 2489-2495).
fn saved(config: EntraConfig) -> (StatusCode, Json<Saved>) {
    let saved = Saved {
        status: "created",
        message: "Entra ID configuration created successfully",
        config,
    };
    (StatusCode::CREATED, Json(saved))
}

async fn create(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<Saved>), Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let (credentials, enabled) = read(&body)?;
    let config = world.entra.create(credentials, enabled.unwrap_or(true))?;
    Ok(saved(config.clone()))
}

async fn update(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<Saved>), Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let (credentials, enabled) = read(&body)?;
    Ok(saved(world.entra.update(credentials, enabled)?.clone()))
}

#[derive(Serialize)]
struct Deleted {
    status: &'static str,
    message: &'static str,
}

async fn delete(State(simulator): State<Simulator>, caller: Caller) -> Result<Json<Deleted>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    world.entra.delete()?;
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

/// Tests what is stored, or the credentials sent, which are mandatory then. A configuration that is not enabled can be
/// tested.
async fn test(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Tested>, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    let mut fields = Fields::parse(&body)?;
    let tenant_id = if fields.flag("useStoredConfig").unwrap_or(false) {
        for unused in ["tenantId", "clientId", "clientSecret"] {
            fields.text(unused);
        }
        fields.finish()?;
        let config = world.entra.config()?;
        config.connect()?;
        config.tenant_id.clone()
    } else {
        let credentials = credentials(&mut fields);
        fields.finish()?;
        credentials.connect()?;
        credentials.tenant_id
    };
    Ok(Json(Tested {
        status: "success",
        message: "Entra ID connection test successful",
        tenant_id,
        user_count: world.entra.tenant.users.len(),
        test_timestamp: timestamp(),
    }))
}
