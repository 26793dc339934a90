//! Users (reference, lines 952-1299).

use super::passwords::find;
use crate::{
    Simulator,
    body::{Fields, flaw},
    clock::now_ms,
    refusal::Refusal,
    world::{Caller, NewUser, User, World},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

pub(crate) const READ: &[&str] = &["user_manager_viewer"];
pub(crate) const WRITE: &[&str] = &["user_manager_admin"];

/// Keycloak's, when `max` is absent (notes, section 7).
const DEFAULT_MAX: usize = 100;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/users", get(list).post(create).put(update))
        .route("/users/{id}", get(fetch).delete(delete))
}

async fn list(
    State(simulator): State<Simulator>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    let first = count(&query, "first", 0)?;
    let max = count(&query, "max", DEFAULT_MAX)?;
    let rows: Vec<_> = world.directory.page(first, max).map(User::row).collect();
    Ok(Json(rows).into_response())
}

fn count(query: &HashMap<String, String>, name: &str, default: usize) -> Result<usize, Refusal> {
    let Some(text) = query.get(name) else {
        return Ok(default);
    };
    let message = "Input should be a valid integer, unable to parse string as an integer";
    text.parse().map_err(|_| {
        Refusal::Invalid(vec![flaw(
            "int_parsing",
            vec!["query".into(), name.into()],
            message,
        )])
    })
}

async fn fetch(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    let user = world
        .directory
        .get(find(&world, &id)?)
        .ok_or_else(Refusal::user_not_found)?;
    Ok(Json(user.item()).into_response())
}

async fn delete(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let id = find(&world, &id)?;
    world.directory.remove(id);
    Ok(Json(json!({ "status": "deleted", "user_id": id })))
}

/// The body of a create and of an update.
struct Wanted {
    id: Option<String>,
    username: Option<String>,
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    enabled: Option<bool>,
    password: Option<String>,
    roles: Option<Vec<String>>,
    groups: Option<Vec<String>>,
}

impl Wanted {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::parse(body)?;
        let wanted = Self {
            id: fields.text("id"),
            username: fields.text("username").map(|name| name.trim().to_lowercase()),
            email: fields.text("email").map(|email| email.trim().to_lowercase()),
            first_name: fields.text("firstName"),
            last_name: fields.text("lastName"),
            enabled: fields.flag("enabled"),
            password: fields.text("password"),
            roles: fields.names("roles"),
            groups: fields.names("groups"),
        };
        fields.object_or_list("identityProviders");
        fields.finish()?;
        Ok(wanted)
    }

    /// The email given, if it is one that the user (a new one when `None`) may have.
    fn check_email(&self, world: &World, user: Option<&User>) -> Result<(), Refusal> {
        let Some(email) = self.email.as_deref().filter(|email| !email.is_empty()) else {
            return Ok(());
        };
        if !is_email(email) {
            return Err(Refusal::keycloak(400, "error-invalid-email"));
        }
        let own = user.and_then(|user| user.email.as_deref());
        if own != Some(email) && world.directory.has_email(email) {
            return Err(Refusal::keycloak(409, "User exists with same email"));
        }
        Ok(())
    }
}

fn is_email(text: &str) -> bool {
    let bare = !text.contains(char::is_whitespace);
    bare && text
        .split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

async fn create(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let wanted = Wanted::read(&body)?;
    let username = wanted.username.clone().filter(|name| !name.is_empty());
    let username = username.ok_or_else(|| Refusal::keycloak(400, "User name is missing"))?;
    if world.directory.id_of(&username).is_some() {
        return Err(Refusal::keycloak(409, "User exists with same username"));
    }
    wanted.check_email(&world, None)?;
    let roles = wanted.roles.unwrap_or_default();
    world.check_roles(&roles)?;
    let id = world.prng.uuid();
    let new = NewUser {
        username: username.clone(),
        email: wanted.email.filter(|email| !email.is_empty()),
        first_name: wanted.first_name,
        last_name: wanted.last_name,
        enabled: wanted.enabled.unwrap_or(true),
        email_verified: false,
        created: Some(now_ms()),
        roles,
        groups: wanted.groups.unwrap_or_default(),
    };
    let mut user = User::new(id, new);
    if let Some(password) = wanted.password {
        // The administration's create says no more than this about a broken policy (notes, section 7).
        let unmet = |_| Refusal::keycloak(400, "Password policy not met");
        user.set_password(&world.policy, &password, false)
            .map_err(unmet)?;
    }
    world.directory.insert(user);
    Ok(Json(json!({ "user_id": id, "username": username })))
}

/// Only the fields given change. The id is mandatory and missing in the sample, which has the name (reference, lines
/// 1157 and 1177): either finds the user. A name is never changed.
async fn update(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let wanted = Wanted::read(&body)?;
    let id = identify(&world, &wanted)?;
    let user = world.directory.get(id).ok_or_else(Refusal::user_not_found)?;
    wanted.check_email(&world, Some(user))?;
    world.check_roles(wanted.roles.as_deref().unwrap_or_default())?;
    let mut changed = user.clone();
    if let Some(password) = &wanted.password {
        let unmet = |_| Refusal::keycloak(400, "Could not update user!");
        changed
            .set_password(&world.policy, password, false)
            .map_err(unmet)?;
    }
    changed.first_name = wanted.first_name.or(changed.first_name);
    changed.last_name = wanted.last_name.or(changed.last_name);
    changed.roles = wanted.roles.unwrap_or(changed.roles);
    changed.groups = wanted.groups.unwrap_or(changed.groups);
    if let Some(enabled) = wanted.enabled {
        changed.set_enabled(enabled);
    }
    if let Some(email) = wanted.email {
        world
            .directory
            .set_email(id, Some(email.clone()).filter(|email| !email.is_empty()));
        changed.email = Some(email).filter(|email| !email.is_empty());
    }
    if let Some(user) = world.directory.get_mut(id) {
        *user = changed;
    }
    Ok(Json(json!({ "status": "updated", "userId": id })))
}

fn identify(world: &World, wanted: &Wanted) -> Result<Uuid, Refusal> {
    match (&wanted.id, &wanted.username) {
        (Some(id), _) => find(world, id),
        (None, Some(name)) => world.directory.id_of(name).ok_or_else(Refusal::user_not_found),
        (None, None) => {
            let missing = flaw("missing", vec!["body".into(), "id".into()], "Field required");
            Err(Refusal::Invalid(vec![missing]))
        }
    }
}
