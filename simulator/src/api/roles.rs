//! Permissions and roles (reference, lines 643-950).

use crate::{
    Simulator,
    auth::Caller,
    body::Fields,
    refusal::Refusal,
    state::{PERMISSIONS, Permission, Role},
};
use axum::{Json, Router, body::Bytes, routing::get};
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

async fn permissions(caller: Caller) -> Result<Json<&'static [Permission]>, Refusal> {
    drop(caller.authorize(READ)?);
    Ok(Json(PERMISSIONS))
}

async fn list(caller: Caller) -> Result<Json<Vec<Role>>, Refusal> {
    let state = caller.authorize(READ)?;
    Ok(Json(state.roles.clone()))
}

/// The body of a create and of an update. An update keeps the values of absent fields.
struct RoleFields {
    name: String,
    description: Option<String>,
    permissions: Option<Vec<String>>,
}

impl RoleFields {
    fn read(fields: &mut Fields) -> Self {
        Self {
            name: fields.required("name"),
            description: fields.text("description"),
            permissions: fields.texts("permissions"),
        }
    }

    /// Checks that the permissions exist. A handler reports a conflict or a missing role first.
    fn check_permissions(&self) -> Result<(), Refusal> {
        let mut names = self.permissions.iter().flatten();
        match names.find(|name| PERMISSIONS.iter().all(|permission| permission.name != **name)) {
            Some(name) => Err(Refusal::detail(400, format!("Permission '{name}' not found"))),
            None => Ok(()),
        }
    }
}

async fn create(caller: Caller, body: Bytes) -> Result<Json<Done>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let fields = Fields::read(&body, RoleFields::read)?;
    let role_name = fields.name.clone();
    if state.role(&role_name).is_some() {
        return Err(Refusal::keycloak(
            409,
            format!("Role with name {role_name} already exists"),
        ));
    }
    fields.check_permissions()?;
    let permissions = fields.permissions.unwrap_or_default();
    state
        .roles
        .push(Role::new(fields.name, fields.description, permissions));
    Ok(Json(Done {
        role_name,
        status: "created",
    }))
}

async fn update(caller: Caller, body: Bytes) -> Result<Json<Done>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let fields = Fields::read(&body, RoleFields::read)?;
    let role = state.role(&fields.name).ok_or_else(not_found)?;
    fields.check_permissions()?;
    if let Some(description) = fields.description {
        role.description = Some(description);
    }
    if let Some(permissions) = fields.permissions {
        role.set_permissions(permissions);
    }
    Ok(Json(Done {
        role_name: fields.name,
        status: "updated",
    }))
}

/// Deletes the role of the name in the body (reference, line 926; its `-X POST` is an error).
async fn delete(caller: Caller, body: Bytes) -> Result<Json<Done>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let role_name = Fields::read(&body, |fields| fields.required("name"))?;
    state.role(&role_name).ok_or_else(not_found)?;
    state.remove_role(&role_name);
    Ok(Json(Done {
        role_name,
        status: "deleted",
    }))
}

fn not_found() -> Refusal {
    Refusal::detail(404, "Role not found")
}
