//! Passwords, lock and unlock (reference, lines 1301-1456).

use crate::{Simulator, auth::Caller, body::Fields, refusal::Refusal, state::ClusterState};
use axum::{Json, Router, body::Bytes, extract::Path, routing::put};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const WRITE: &[&str] = &["user_manager_admin"];

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/users/password", put(reset))
        .route("/users/{id}/password", put(change))
        .route("/users/{id}/lock", put(lock))
        .route("/users/{id}/unlock", put(unlock))
}

/// The id of an existing user, from the text of a path or body. A text that is not a UUID matches no user.
pub(crate) fn find(state: &ClusterState, id: &str) -> Result<Uuid, Refusal> {
    let id = id.parse().map_err(|_| Refusal::user_not_found())?;
    state
        .directory
        .get(id)
        .map(|user| user.id)
        .ok_or_else(Refusal::user_not_found)
}

/// A reset by an administrator, with the path and body of the sample, which agree with its response (notes, section 6,
/// no. 30).
async fn reset(caller: Caller, body: Bytes) -> Result<Json<Updated>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let (id, password, temporary) = Fields::read(&body, |fields| {
        (
            fields.required("userId"),
            fields.required("newPassword"),
            fields.flag("temporary").unwrap_or(false),
        )
    })?;
    let id = find(&state, &id)?;
    set_password(&mut state, id, &password, temporary)?;
    Ok(updated(id, temporary))
}

/// A change of the caller's own password, which requires the old password. An administrator may change any user's
/// password in this way, but needs the old password too.
async fn change(caller: Caller, Path(id): Path<String>, body: Bytes) -> Result<Json<Updated>, Refusal> {
    let mut state = if id.parse() == Ok(caller.identity.id) {
        caller.state()
    } else {
        caller.authorize(WRITE)?
    };
    let (password, old) = Fields::read(&body, |fields| {
        (fields.required("newPassword"), fields.required("oldPassword"))
    })?;
    let id = find(&state, &id)?;
    if !state
        .directory
        .get(id)
        .is_some_and(|user| user.has_password(&old))
    {
        return Err(Refusal::detail(400, "Invalid old password"));
    }
    set_password(&mut state, id, &password, false)?;
    Ok(updated(id, false))
}

async fn lock(caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let id = find(&state, &id)?;
    if let Some(user) = state.directory.get_mut(id) {
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

/// Unlocks a user. The password is temporary (reference, line 1455), so the user has to change it before the next
/// sign-in (notes, section 7).
async fn unlock(caller: Caller, Path(id): Path<String>, body: Bytes) -> Result<Json<Unlocked>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let password = Fields::read(&body, |fields| fields.required("password"))?;
    let id = find(&state, &id)?;
    set_password(&mut state, id, &password, true)?;
    if let Some(user) = state.directory.get_mut(id) {
        user.set_enabled(true);
    }
    Ok(Json(Unlocked {
        status: "unlocked",
        user_id: id,
        password_temporary: true,
    }))
}

fn set_password(state: &mut ClusterState, id: Uuid, password: &str, temporary: bool) -> Result<(), Refusal> {
    let ClusterState {
        directory, policy, ..
    } = state;
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
