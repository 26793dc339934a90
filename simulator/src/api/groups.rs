//! Groups (reference, lines 1458-1733).

use super::paging::Paging;
use crate::{
    GroupUpdate, Simulator,
    body::Fields,
    refusal::Refusal,
    world::{Caller, Group, GroupKind, World},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
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

async fn list(
    State(simulator): State<Simulator>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Response, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    let page = paging.page()?;
    let groups: Vec<_> = world.groups.page(page.first, page.max).map(Group::item).collect();
    Ok(Json(groups).into_response())
}

async fn fetch(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    Ok(Json(find(&world, &id)?.item()).into_response())
}

/// A text that is no UUID is no group's id.
fn find<'a>(world: &'a World, id: &str) -> Result<&'a Group, Refusal> {
    let group = id.parse().ok().and_then(|id| world.groups.get(id));
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

async fn create(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Created>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let mut fields = Fields::parse(&body)?;
    let name = fields.required("name").trim().to_owned();
    let description = fields.text("description").unwrap_or_default();
    let members = fields.names("members").unwrap_or_default();
    let roles = fields.names("roles").unwrap_or_default();
    fields.finish()?;
    if name.is_empty() {
        return Err(Refusal::keycloak(400, "Group name is missing"));
    }
    if world.groups.id_of(&name).is_some() {
        let text = format!("Top level group named '{name}' already exists.");
        return Err(Refusal::keycloak(409, text));
    }
    let members = world.user_ids(&members)?;
    world.check_roles(&roles)?;
    let group_id = world.prng.uuid();
    let group = Group::new(group_id, name.clone(), description, GroupKind::Local);
    world.groups.insert(group);
    world.set_members(group_id, &members);
    let roles_assigned = distinct(&roles);
    world.set_group_roles(group_id, roles);
    Ok(Json(Created {
        group_id,
        name,
        status: "created",
        members_added: members.len(),
        roles_assigned,
    }))
}

/// The fields in the order of the sample (reference, line 1622); null stands for what was not sent.
#[derive(Serialize)]
struct UpdateDone {
    status: &'static str,
    group_id: Uuid,
    members_updated: Option<usize>,
    roles_updated: Option<usize>,
    identity_providers_updated: Option<usize>,
}

/// The id is in the body (reference, line 1588). A name or a description cannot be changed.
async fn update(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<UpdateDone>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let mut fields = Fields::parse(&body)?;
    let id = fields.required("group_id");
    let members = fields.names("members");
    let roles = fields.names("roles");
    fields.finish()?;
    let group = find(&world, &id)?;
    let (group_id, mut all_roles) = (group.id, group.roles.clone());
    let members = members.map(|names| world.user_ids(&names)).transpose()?;
    world.check_roles(roles.as_deref().unwrap_or_default())?;
    let adds = world.settings.group_update == GroupUpdate::Add;
    if let Some(members) = &members {
        let stay = if adds {
            world.members(group_id)
        } else {
            BTreeSet::new()
        };
        world.set_members(group_id, &(&stay | members));
    }
    if let Some(roles) = roles.clone() {
        all_roles.retain(|_| adds);
        all_roles.extend(roles);
        world.set_group_roles(group_id, all_roles);
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

/// "No parameters" by the list, `deleteMembers` in the body by the sample (reference, lines 1701 and 1718): without a
/// body the members stay.
async fn delete(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Deleted>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let with_members = if body.is_empty() {
        false
    } else {
        let mut fields = Fields::parse(&body)?;
        let with_members = fields.flag("deleteMembers").unwrap_or(false);
        fields.finish()?;
        with_members
    };
    let group_id = find(&world, &id)?.id;
    world.remove_group(group_id, with_members);
    Ok(Json(Deleted {
        status: "deleted",
        group_id,
    }))
}
