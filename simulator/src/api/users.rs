//! Users (reference, lines 952-1299).

use super::{links::Links, paging::Paging, passwords::find};
use crate::{
    Simulator,
    body::{Fields, flaw},
    clock::now_ms,
    refusal::Refusal,
    world::{Caller, NewUser, User, World, is_email},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const READ: &[&str] = &["user_manager_viewer"];
pub(crate) const WRITE: &[&str] = &["user_manager_admin"];

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/users", get(list).post(create).put(update))
        .route("/users/{id}", get(fetch).delete(delete))
}

async fn list(
    State(simulator): State<Simulator>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Response, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    let page = paging.page()?;
    let rows: Vec<_> = world
        .directory
        .page(page.first, page.max)
        .map(User::row)
        .collect();
    Ok(Json(rows).into_response())
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
    Ok(Json(user.item(world.groups_of(user))).into_response())
}

async fn delete(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let id = find(&world, &id)?;
    world.remove_user(id);
    Ok(Json(json!({ "status": "deleted", "user_id": id })))
}

/// The body of a create and of an update, but for the id.
struct Wanted {
    username: Option<String>,
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    enabled: Option<bool>,
    password: Option<String>,
    roles: Option<Vec<String>>,
    groups: Option<Vec<String>>,
    links: Option<Links>,
}

impl Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self {
            username: fields.text("username").map(|name| name.trim().to_lowercase()),
            email: fields.text("email").map(|email| email.trim().to_lowercase()),
            first_name: fields.text("firstName"),
            last_name: fields.text("lastName"),
            enabled: fields.flag("enabled"),
            password: fields.text("password"),
            roles: fields.names("roles"),
            groups: fields.names("groups"),
            links: Links::read(fields),
        }
    }

    /// Checks what is named against what there is; the user is a new one when `None`.
    fn check(&self, world: &World, user: Option<&User>) -> Result<(), Refusal> {
        self.check_email(world, user)?;
        world.check_roles(self.roles.as_deref().unwrap_or_default())?;
        world.group_ids(self.groups.as_deref().unwrap_or_default())?;
        self.links
            .as_ref()
            .map_or(Ok(()), |links| links.check(&world.providers))
    }

    /// The email given, if it is one that the user may have.
    fn check_email(&self, world: &World, user: Option<&User>) -> Result<(), Refusal> {
        let Some(email) = self.email.as_deref().filter(|email| !email.is_empty()) else {
            return Ok(());
        };
        if !is_email(email) {
            return Err(Refusal::keycloak(400, "error-invalid-email"));
        }
        let own = user.and_then(|user| user.email.as_deref());
        if own != Some(email) && world.directory.owner_of(email).is_some() {
            return Err(Refusal::keycloak(409, "User exists with same email"));
        }
        Ok(())
    }
}

/// The groups and the links of a user who is there; what was not sent stays.
fn tie(
    world: &mut World,
    id: Uuid,
    groups: Option<Vec<String>>,
    links: Option<Links>,
) -> Result<(), Refusal> {
    if let Some(groups) = groups {
        let groups = world.group_ids(&groups)?;
        world.set_groups(id, &groups);
    }
    if let Some((links, user)) = links.zip(world.directory.get(id)) {
        let links = links.of(user.email.as_deref().unwrap_or(&user.username));
        world.providers.set_links(id, links);
    }
    Ok(())
}

async fn create(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let mut fields = Fields::parse(&body)?;
    let wanted = Wanted::read(&mut fields);
    fields.finish()?;
    let username = wanted.username.clone().filter(|name| !name.is_empty());
    let username = username.ok_or_else(|| Refusal::keycloak(400, "User name is missing"))?;
    if world.directory.id_of(&username).is_some() {
        return Err(Refusal::keycloak(409, "User exists with same username"));
    }
    wanted.check(&world, None)?;
    let id = world.prng.uuid();
    let new = NewUser {
        username: username.clone(),
        email: wanted.email.filter(|email| !email.is_empty()),
        first_name: wanted.first_name,
        last_name: wanted.last_name,
        enabled: wanted.enabled.unwrap_or(true),
        email_verified: false,
        created: Some(now_ms()),
        roles: wanted.roles.unwrap_or_default(),
    };
    let mut user = User::new(id, new);
    if let Some(password) = wanted.password {
        // The administration's create says no more than this about a broken policy (notes, section 7).
        let unmet = |_| Refusal::keycloak(400, "Password policy not met");
        user.set_password(&world.policy, &password, false)
            .map_err(unmet)?;
    }
    world.directory.insert(user);
    tie(&mut world, id, wanted.groups, wanted.links)?;
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
    let mut fields = Fields::parse(&body)?;
    let id = fields.text("id");
    let wanted = Wanted::read(&mut fields);
    fields.finish()?;
    let id = identify(&world, id.as_deref(), wanted.username.as_deref())?;
    let user = world.directory.get(id).ok_or_else(Refusal::user_not_found)?;
    wanted.check(&world, Some(user))?;
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
    tie(&mut world, id, wanted.groups, wanted.links)?;
    Ok(Json(json!({ "status": "updated", "userId": id })))
}

fn identify(world: &World, id: Option<&str>, username: Option<&str>) -> Result<Uuid, Refusal> {
    match (id, username) {
        (Some(id), _) => find(world, id),
        (None, Some(name)) => world.directory.id_of(name).ok_or_else(Refusal::user_not_found),
        (None, None) => {
            let missing = flaw("missing", vec!["body".into(), "id".into()], "Field required");
            Err(Refusal::Invalid(vec![missing]))
        }
    }
}
