//! Passwords, locking and unlocking (reference, lines 1301-1456).

use super::users::WRITE;
use crate::{
    Simulator,
    body::Fields,
    refusal::Refusal,
    world::{Caller, World},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    routing::put,
};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/users/password", put(reset))
        .route("/users/{id}/password", put(change))
        .route("/users/{id}/lock", put(lock))
        .route("/users/{id}/unlock", put(unlock))
}

/// The user of an id in a path or body. A text that is no UUID is nobody's id.
pub(crate) fn find(world: &World, id: &str) -> Result<Uuid, Refusal> {
    let id = id.parse().map_err(|_| Refusal::user_not_found())?;
    world
        .directory
        .get(id)
        .map(|user| user.id)
        .ok_or_else(Refusal::user_not_found)
}

/// An administrator's reset: the path and body of the sample, which the answer matches (notes, section 6, no. 30).
async fn reset(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Updated>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let mut fields = Fields::parse(&body)?;
    let id = fields.required("userId");
    let password = fields.required("newPassword");
    let temporary = fields.flag("temporary").unwrap_or(false);
    fields.finish()?;
    let id = find(&world, &id)?;
    set_password(&mut world, id, &password, temporary)?;
    Ok(updated(id, temporary))
}

/// The own change, which wants the old password. An administrator may use it too, with the old password.
async fn change(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Updated>, Refusal> {
    let mut world = simulator.world();
    if id.parse() != Ok(caller.id) {
        world.require(&caller, WRITE)?;
    }
    let mut fields = Fields::parse(&body)?;
    let password = fields.required("newPassword");
    let old = fields.required("oldPassword");
    fields.finish()?;
    let id = find(&world, &id)?;
    if !world
        .directory
        .get(id)
        .is_some_and(|user| user.has_password(&old))
    {
        return Err(Refusal::detail(400, "Invalid old password"));
    }
    set_password(&mut world, id, &password, false)?;
    Ok(updated(id, false))
}

async fn lock(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let id = find(&world, &id)?;
    if let Some(user) = world.directory.get_mut(id) {
        user.set_enabled(false);
    }
    Ok(Json(json!({ "status": "locked", "user_id": id })))
}

#[derive(Serialize)]
struct Unlocked {
    status: &'static str,
    user_id: Uuid,
    password_temporary: bool,
}

/// The password is a temporary one (reference, line 1455), so the user still cannot sign in with it (notes, section
/// 7).
async fn unlock(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Unlocked>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let mut fields = Fields::parse(&body)?;
    let password = fields.required("password");
    fields.finish()?;
    let id = find(&world, &id)?;
    set_password(&mut world, id, &password, true)?;
    if let Some(user) = world.directory.get_mut(id) {
        user.set_enabled(true);
    }
    Ok(Json(Unlocked {
        status: "unlocked",
        user_id: id,
        password_temporary: true,
    }))
}

fn set_password(world: &mut World, id: Uuid, password: &str, temporary: bool) -> Result<(), Refusal> {
    let World {
        directory, policy, ..
    } = world;
    let user = directory.get_mut(id).ok_or_else(Refusal::user_not_found)?;
    user.set_password(policy, password, temporary)
        .map_err(Refusal::Password)
}

/// The fields in the order of the sample (reference, line 1358).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Updated {
    status: &'static str,
    user_id: Uuid,
    temporary: bool,
}

fn updated(user_id: Uuid, temporary: bool) -> Json<Updated> {
    Json(Updated {
        status: "password_updated",
        user_id,
        temporary,
    })
}
