//! Users (reference, lines 952-1299).

use super::{
    links::Links,
    paging::Paging,
    passwords::{WRITE, find},
};
use crate::{
    Simulator,
    auth::Caller,
    body::{Fields, field_error},
    clock::now_ms,
    refusal::Refusal,
    state::{ClusterState, NewUser, User, is_email},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const READ: &[&str] = &["user_manager_viewer"];

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/users", get(list).post(create).put(update))
        .route("/users/{id}", get(fetch).delete(delete))
}

async fn list(caller: Caller, Query(paging): Query<Paging>) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    let page = paging.page()?;
    let rows: Vec<_> = state
        .directory
        .page(page.first, page.max)
        .map(User::row)
        .collect();
    Ok(Json(rows).into_response())
}

async fn fetch(caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    let user = state
        .directory
        .get(find(&state, &id)?)
        .ok_or_else(Refusal::user_not_found)?;
    Ok(Json(user.item(state.groups_of(user))).into_response())
}

async fn delete(caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let id = find(&state, &id)?;
    state.remove_user(id);
    Ok(Json(json!({ "status": "deleted", "user_id": id })))
}

/// The body of a create and of an update, without the id.
struct UserFields {
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

impl UserFields {
    fn read(fields: &mut Fields) -> Self {
        Self {
            username: fields.text("username").map(|name| name.trim().to_lowercase()),
            email: fields.text("email").map(|email| email.trim().to_lowercase()),
            first_name: fields.text("firstName"),
            last_name: fields.text("lastName"),
            enabled: fields.flag("enabled"),
            password: fields.text("password"),
            roles: fields.texts("roles"),
            groups: fields.texts("groups"),
            links: Links::read(fields),
        }
    }

    /// Checks the email, and that every role, group and provider exists. `user` is `None` for a new user.
    fn check(&self, state: &ClusterState, user: Option<&User>) -> Result<(), Refusal> {
        self.check_email(state, user)?;
        state.check_roles(self.roles.as_deref().unwrap_or_default())?;
        state.group_ids(self.groups.as_deref().unwrap_or_default())?;
        self.links
            .as_ref()
            .map_or(Ok(()), |links| links.check(&state.providers))
    }

    /// Checks the form of the email, and that no other user has it.
    fn check_email(&self, state: &ClusterState, user: Option<&User>) -> Result<(), Refusal> {
        let Some(email) = self.email.as_deref().filter(|email| !email.is_empty()) else {
            return Ok(());
        };
        if !is_email(email) {
            return Err(Refusal::keycloak(400, "error-invalid-email"));
        }
        let own = user.and_then(|user| user.email.as_deref());
        if own != Some(email) && state.directory.id_by_email(email).is_some() {
            return Err(Refusal::keycloak(409, "User exists with same email"));
        }
        Ok(())
    }
}

/// Replaces the groups and the links of an existing user. Those of an absent field stay.
fn set_relations(
    state: &mut ClusterState,
    id: Uuid,
    groups: Option<Vec<String>>,
    links: Option<Links>,
) -> Result<(), Refusal> {
    if let Some(groups) = groups {
        let groups = state.group_ids(&groups)?;
        state.set_groups(id, &groups);
    }
    if let Some((links, user)) = links.zip(state.directory.get(id)) {
        let links = links.into_links(user.email.as_deref().unwrap_or(&user.username));
        state.providers.set_links(id, links);
    }
    Ok(())
}

async fn create(caller: Caller, body: Bytes) -> Result<Json<Value>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let fields = Fields::read(&body, UserFields::read)?;
    let username = fields.username.clone().filter(|name| !name.is_empty());
    let username = username.ok_or_else(|| Refusal::keycloak(400, "User name is missing"))?;
    if state.directory.id_by_name(&username).is_some() {
        return Err(Refusal::keycloak(409, "User exists with same username"));
    }
    fields.check(&state, None)?;
    let id = state.prng.uuid();
    let new = NewUser {
        username: username.clone(),
        email: fields.email.filter(|email| !email.is_empty()),
        first_name: fields.first_name,
        last_name: fields.last_name,
        enabled: fields.enabled.unwrap_or(true),
        email_verified: false,
        created: Some(now_ms()),
        roles: fields.roles.unwrap_or_default(),
    };
    let mut user = User::new(id, new);
    if let Some(password) = fields.password {
        // Keycloak's admin API does not name the violated rule when it creates a user (notes, section 7).
        let unmet = |_| Refusal::keycloak(400, "Password policy not met");
        user.set_password(&state.policy, &password, false)
            .map_err(unmet)?;
    }
    state.directory.insert(user);
    set_relations(&mut state, id, fields.groups, fields.links)?;
    Ok(Json(json!({ "user_id": id, "username": username })))
}

/// Changes the fields that the body has, but never the name. By the description the id is mandatory, but the sample has
/// the name instead (reference, lines 1157 and 1177): either identifies the user.
async fn update(caller: Caller, body: Bytes) -> Result<Json<Value>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let (id, fields) = Fields::read(&body, |fields| (fields.text("id"), UserFields::read(fields)))?;
    let id = identify(&state, id.as_deref(), fields.username.as_deref())?;
    let user = state.directory.get(id).ok_or_else(Refusal::user_not_found)?;
    fields.check(&state, Some(user))?;
    let mut changed = user.clone();
    if let Some(password) = &fields.password {
        let unmet = |_| Refusal::keycloak(400, "Could not update user!");
        changed
            .set_password(&state.policy, password, false)
            .map_err(unmet)?;
    }
    changed.first_name = fields.first_name.or(changed.first_name);
    changed.last_name = fields.last_name.or(changed.last_name);
    changed.roles = fields.roles.unwrap_or(changed.roles);
    if let Some(enabled) = fields.enabled {
        changed.set_enabled(enabled);
    }
    if let Some(email) = fields.email {
        state
            .directory
            .set_email(id, Some(email.clone()).filter(|email| !email.is_empty()));
        changed.email = Some(email).filter(|email| !email.is_empty());
    }
    if let Some(user) = state.directory.get_mut(id) {
        *user = changed;
    }
    set_relations(&mut state, id, fields.groups, fields.links)?;
    Ok(Json(json!({ "status": "updated", "userId": id })))
}

fn identify(state: &ClusterState, id: Option<&str>, username: Option<&str>) -> Result<Uuid, Refusal> {
    match (id, username) {
        (Some(id), _) => find(state, id),
        (None, Some(name)) => state
            .directory
            .id_by_name(name)
            .ok_or_else(Refusal::user_not_found),
        (None, None) => {
            let missing = field_error("missing", vec!["body".into(), "id".into()], "Field required");
            Err(Refusal::Invalid(vec![missing]))
        }
    }
}
