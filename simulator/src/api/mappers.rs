//! Attribute mappers of a SAML provider (reference, lines 2061-2205), at the sampled paths (notes, section 6, no. 47).

use super::saml::{READ, WRITE};
use crate::{
    Simulator,
    body::Fields,
    refusal::Refusal,
    world::{ATTRIBUTE_MAPPER, Caller, MAPPER_TYPES, Mapper, NewMapper, SYNC_MODES},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    routing::{delete as on_delete, get},
};
use serde::Serialize;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/saml/providers/{alias}/mappers", get(list).post(create))
        .route("/saml/providers/{alias}/mappers/{id}", on_delete(delete))
}

async fn list(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(alias): Path<String>,
) -> Result<Json<Vec<Mapper>>, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    Ok(Json(world.providers.get(&alias)?.mappers.clone()))
}

/// Reads a mapper (reference, line 2139). The two attributes are what the sampled type is about; the others have no
/// use for them, or for more than the API's request has.
fn read(body: &[u8]) -> Result<NewMapper, Refusal> {
    let mut fields = Fields::parse(body)?;
    let kind = fields.required("mapperType");
    let attribute = |fields: &mut Fields, name| match kind.as_str() {
        ATTRIBUTE_MAPPER => Some(fields.required(name)),
        _ => fields.text(name),
    };
    let mapper = NewMapper {
        name: fields.required("name"),
        attribute_name: attribute(&mut fields, "attributeName"),
        user_attribute: attribute(&mut fields, "userAttribute"),
        sync_mode: fields.text("syncMode"),
        kind,
    };
    fields.finish()?;
    Ok(mapper)
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

async fn create(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(alias): Path<String>,
    body: Bytes,
) -> Result<Json<Created>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let wanted = read(&body)?;
    let mapper_id = world.prng.uuid();
    let provider = world.providers.get_mut(&alias)?;
    check(&wanted)?;
    if provider.mappers.iter().any(|mapper| mapper.name == wanted.name) {
        // Keycloak says no more than this of a name that is taken.
        let name = wanted.name;
        let text = format!("Failed to add mapper '{name}' to identity provider [saml].");
        return Err(Refusal::keycloak(400, text));
    }
    provider.mappers.push(wanted.of_provider(&alias, mapper_id));
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

/// Deletes this one; "deletes all" of the reference's line 2183 is a slip.
async fn delete(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path((alias, id)): Path<(String, String)>,
) -> Result<Json<Deleted>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let mappers = &mut world.providers.get_mut(&alias)?.mappers;
    let at = mappers.iter().position(|mapper| mapper.id.to_string() == id);
    let at = at.ok_or_else(|| Refusal::detail(404, "Attribute mapper not found"))?;
    let mapper_id = mappers.remove(at).id;
    Ok(Json(Deleted {
        status: "deleted",
        mapper_id,
        alias,
    }))
}
