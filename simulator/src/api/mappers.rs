//! Attribute mappers of a SAML provider (reference, lines 2061-2205), at the paths of the samples (notes, section 6,
//! no. 47).

use super::saml::{READ, WRITE};
use crate::{
    Simulator,
    auth::Caller,
    body::Fields,
    refusal::Refusal,
    state::{ATTRIBUTE_MAPPER, MAPPER_TYPES, Mapper, NewMapper, SYNC_MODES},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::Path,
    routing::{delete as on_delete, get},
};
use serde::Serialize;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/saml/providers/{alias}/mappers", get(list).post(create))
        .route("/saml/providers/{alias}/mappers/{id}", on_delete(delete))
}

async fn list(caller: Caller, Path(alias): Path<String>) -> Result<Json<Vec<Mapper>>, Refusal> {
    let state = caller.authorize(READ)?;
    Ok(Json(state.providers.get(&alias)?.mappers.clone()))
}

/// Reads a mapper (reference, line 2139). Only the sampled type requires the two attributes.
fn read(fields: &mut Fields) -> NewMapper {
    let kind = fields.required("mapperType");
    let attribute = |fields: &mut Fields, name| match kind.as_str() {
        ATTRIBUTE_MAPPER => Some(fields.required(name)),
        _ => fields.text(name),
    };
    NewMapper {
        name: fields.required("name"),
        attribute_name: attribute(fields, "attributeName"),
        user_attribute: attribute(fields, "userAttribute"),
        sync_mode: fields.text("syncMode"),
        kind,
    }
}

fn check(mapper: &NewMapper) -> Result<(), Refusal> {
    if !MAPPER_TYPES.contains(&mapper.kind.as_str()) {
        return Err(Refusal::detail(
            400,
            format!("Unknown mapperType: {}", mapper.kind),
        ));
    }
    match mapper.sync_mode.as_deref() {
        Some(mode) if !SYNC_MODES.contains(&mode) => {
            Err(Refusal::detail(400, format!("Unknown syncMode: {mode}")))
        }
        _ => Ok(()),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    message: &'static str,
    mapper_id: Uuid,
}

async fn create(caller: Caller, Path(alias): Path<String>, body: Bytes) -> Result<Json<Created>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let new = Fields::read(&body, read)?;
    let mapper_id = state.prng.uuid();
    let provider = state.providers.get_mut(&alias)?;
    check(&new)?;
    if provider.mappers.iter().any(|mapper| mapper.name == new.name) {
        // Keycloak's text does not say that the name is in use.
        let name = new.name;
        let text = format!("Failed to add mapper '{name}' to identity provider [saml].");
        return Err(Refusal::keycloak(400, text));
    }
    provider.mappers.push(new.into_mapper(&alias, mapper_id));
    Ok(Json(Created {
        message: "Attribute mapper created successfully",
        mapper_id,
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleted {
    status: &'static str,
    mapper_id: Uuid,
    alias: String,
}

/// Deletes one mapper; "deletes all" in the reference's line 2183 is an error.
async fn delete(caller: Caller, Path((alias, id)): Path<(String, String)>) -> Result<Json<Deleted>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let mappers = &mut state.providers.get_mut(&alias)?.mappers;
    let index = mappers.iter().position(|mapper| mapper.id.to_string() == id);
    let index = index.ok_or_else(|| Refusal::detail(404, "Attribute mapper not found"))?;
    let mapper_id = mappers.remove(index).id;
    Ok(Json(Deleted {
        status: "deleted",
        mapper_id,
        alias,
    }))
}
