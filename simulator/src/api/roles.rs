//! Permissions and roles (reference, lines 643-950).

use crate::{
    Simulator,
    body::Fields,
    refusal::Refusal,
    world::{Caller, PERMISSIONS, Permission, Role},
};
use axum::{Json, Router, body::Bytes, extract::State, routing::get};
use serde::Serialize;

const READ: &[&str] = &["role_viewer"];
const WRITE: &[&str] = &["role_admin"];

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/permissions", get(permissions))
        .route("/roles", get(list).post(create).put(update).delete(delete))
}

#[derive(Serialize)]
struct Done {
    role_name: String,
    status: &'static str,
}

async fn permissions(
    State(simulator): State<Simulator>,
    caller: Caller,
) -> Result<Json<&'static [Permission]>, Refusal> {
    simulator.world().require(&caller, READ)?;
    Ok(Json(PERMISSIONS))
}

async fn list(State(simulator): State<Simulator>, caller: Caller) -> Result<Json<Vec<Role>>, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    Ok(Json(world.roles.clone()))
}

/// The body of a create and of an update. What an update leaves out stays as it is.
struct Wanted {
    name: String,
    description: Option<String>,
    permissions: Option<Vec<String>>,
}

impl Wanted {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::parse(body)?;
        let name = fields.required("name");
        let description = fields.text("description");
        let permissions = fields.names("permissions");
        fields.finish()?;
        Ok(Self {
            name,
            description,
            permissions,
        })
    }

    /// Only after it is known that the role may be written at all.
    fn check_permissions(&self) -> Result<(), Refusal> {
        let mut names = self.permissions.iter().flatten();
        match names.find(|name| PERMISSIONS.iter().all(|permission| permission.name != **name)) {
            Some(name) => Err(Refusal::detail(400, format!("Permission '{name}' not found"))),
            None => Ok(()),
        }
    }
}

async fn create(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Done>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let wanted = Wanted::read(&body)?;
    let role_name = wanted.name.clone();
    if world.role(&role_name).is_some() {
        return Err(Refusal::keycloak(
            409,
            format!("Role with name {role_name} already exists"),
        ));
    }
    wanted.check_permissions()?;
    let permissions = wanted.permissions.unwrap_or_default();
    world
        .roles
        .push(Role::new(wanted.name, wanted.description, permissions));
    Ok(Json(Done {
        role_name,
        status: "created",
    }))
}

async fn update(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Done>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let wanted = Wanted::read(&body)?;
    let role = world.role(&wanted.name).ok_or_else(not_found)?;
    wanted.check_permissions()?;
    if let Some(description) = wanted.description {
        role.description = Some(description);
    }
    if let Some(permissions) = wanted.permissions {
        role.set_permissions(permissions);
    }
    Ok(Json(Done {
        role_name: wanted.name,
        status: "updated",
    }))
}

/// The name is in the body of the DELETE (reference, line 926; its `-X POST` is a slip).
async fn delete(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Done>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let mut fields = Fields::parse(&body)?;
    let role_name = fields.required("name");
    fields.finish()?;
    world.role(&role_name).ok_or_else(not_found)?;
    world.remove_role(&role_name);
    Ok(Json(Done {
        role_name,
        status: "deleted",
    }))
}

fn not_found() -> Refusal {
    Refusal::detail(404, "Role not found")
}
