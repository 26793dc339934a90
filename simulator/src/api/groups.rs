//! Groups (reference, lines 1458-1733).

use super::paging::Paging;
use crate::{
    GroupUpdate, Simulator,
    auth::Caller,
    body::Fields,
    refusal::Refusal,
    state::{ClusterState, Group, GroupKind},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

const READ: &[&str] = &["group_viewer"];
const WRITE: &[&str] = &["group_admin"];

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/groups", get(list).post(create).put(update))
        .route("/groups/{id}", get(fetch).delete(delete))
}

async fn list(caller: Caller, Query(paging): Query<Paging>) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    let page = paging.page()?;
    let groups: Vec<_> = state.groups.page(page.first, page.max).map(Group::item).collect();
    Ok(Json(groups).into_response())
}

async fn fetch(caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    Ok(Json(find(&state, &id)?.item()).into_response())
}

/// The group of an id in a path or body. A text that is not a UUID matches no group.
fn find<'a>(state: &'a ClusterState, id: &str) -> Result<&'a Group, Refusal> {
    let group = id.parse().ok().and_then(|id| state.groups.get(id));
    group.ok_or_else(|| Refusal::detail(404, "Group not found"))
}

fn distinct(names: &[String]) -> usize {
    names.iter().collect::<BTreeSet<_>>().len()
}

/// The fields in the order of the sample (reference, line 1573).
#[derive(Serialize)]
struct Created {
    group_id: Uuid,
    name: String,
    status: &'static str,
    members_added: usize,
    roles_assigned: usize,
}

async fn create(caller: Caller, body: Bytes) -> Result<Json<Created>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let (name, description, members, roles) = Fields::read(&body, |fields| {
        (
            fields.required("name").trim().to_owned(),
            fields.text("description").unwrap_or_default(),
            fields.texts("members").unwrap_or_default(),
            fields.texts("roles").unwrap_or_default(),
        )
    })?;
    if name.is_empty() {
        return Err(Refusal::keycloak(400, "Group name is missing"));
    }
    if state.groups.id_by_name(&name).is_some() {
        let text = format!("Top level group named '{name}' already exists.");
        return Err(Refusal::keycloak(409, text));
    }
    let members = state.user_ids(&members)?;
    state.check_roles(&roles)?;
    let group_id = state.prng.uuid();
    let group = Group::new(group_id, name.clone(), description, GroupKind::Local);
    state.groups.insert(group);
    state.set_members(group_id, &members);
    let roles_assigned = distinct(&roles);
    state.set_group_roles(group_id, roles);
    Ok(Json(Created {
        group_id,
        name,
        status: "created",
        members_added: members.len(),
        roles_assigned,
    }))
}

/// The fields in the order of the sample (reference, line 1622); null for an absent list.
#[derive(Serialize)]
struct UpdateDone {
    status: &'static str,
    group_id: Uuid,
    members_updated: Option<usize>,
    roles_updated: Option<usize>,
    identity_providers_updated: Option<usize>,
}

/// Changes members and roles, but not the name and the description. The id is in the body (reference, line 1588).
async fn update(caller: Caller, body: Bytes) -> Result<Json<UpdateDone>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let (id, members, roles) = Fields::read(&body, |fields| {
        (
            fields.required("group_id"),
            fields.texts("members"),
            fields.texts("roles"),
        )
    })?;
    let group = find(&state, &id)?;
    let (group_id, mut all_roles) = (group.id, group.roles.clone());
    let members = members.map(|names| state.user_ids(&names)).transpose()?;
    state.check_roles(roles.as_deref().unwrap_or_default())?;
    let adds = state.settings.group_update == GroupUpdate::Add;
    if let Some(members) = &members {
        let kept = if adds {
            state.members(group_id)
        } else {
            BTreeSet::new()
        };
        state.set_members(group_id, &(&kept | members));
    }
    if let Some(roles) = roles.clone() {
        all_roles.retain(|_| adds);
        all_roles.extend(roles);
        state.set_group_roles(group_id, all_roles);
    }
    Ok(Json(UpdateDone {
        status: "updated",
        group_id,
        members_updated: members.map(|members| members.len()),
        roles_updated: roles.as_deref().map(distinct),
        identity_providers_updated: None,
    }))
}

#[derive(Serialize)]
struct Deleted {
    status: &'static str,
    group_id: Uuid,
}

/// Deletes a group. The list of parameters is empty, but the sample has `deleteMembers` in the body (reference, lines
/// 1701 and 1718): without a body, the members stay.
async fn delete(caller: Caller, Path(id): Path<String>, body: Bytes) -> Result<Json<Deleted>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let with_members =
        !body.is_empty() && Fields::read(&body, |fields| fields.flag("deleteMembers").unwrap_or(false))?;
    let group_id = find(&state, &id)?.id;
    state.remove_group(group_id, with_members);
    Ok(Json(Deleted {
        status: "deleted",
        group_id,
    }))
}
