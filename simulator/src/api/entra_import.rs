//! Imports from Entra ID (reference, lines 2655-2724 and 2837-2902). The answers count, and tell of no row.

use super::users::WRITE;
use crate::{
    Simulator,
    body::Fields,
    refusal::Refusal,
    world::{Caller, GroupRow, UserRow},
};
use axum::{Json, Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use serde::Serialize;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/federation/entra/users", post(users))
        .route("/federation/entra/groups", post(groups))
}

/// Either the principal name or the email must be there (reference, line 2668).
fn user(fields: &mut Fields) -> UserRow {
    let row = UserRow {
        user_principal_name: fields.text("userPrincipalName"),
        email: fields.text("email"),
        first_name: fields.text("firstName"),
        last_name: fields.text("lastName"),
        roles: fields.required_value("roles", Fields::names).unwrap_or_default(),
        identity_providers: fields.names("identityProviders").unwrap_or_default(),
    };
    if row.user_principal_name.is_none() && row.email.is_none() {
        fields.flaw("userPrincipalName", "missing", "Field required");
    }
    row
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UsersDone {
    status: &'static str,
    message: &'static str,
    total_users: usize,
    success_count: usize,
    failed_count: usize,
}

async fn users(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<UsersDone>), Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let mut fields = Fields::parse(&body)?;
    fields.must_have("users");
    let rows = fields.each("users", user).unwrap_or_default();
    let dry_run = fields.flag("dryRun").unwrap_or(false);
    fields.finish()?;
    world.entra.reach()?;
    let total_users = rows.len();
    let success_count = world.import_users(rows, dry_run);
    let done = UsersDone {
        status: "success",
        message: "Users imported successfully",
        total_users,
        success_count,
        failed_count: total_users - success_count,
    };
    Ok((StatusCode::CREATED, Json(done)))
}

/// Id and name: "or" says one line, "required" each says the next (reference, lines 2850-2852).
fn group(fields: &mut Fields) -> GroupRow {
    GroupRow {
        id: fields.required("id"),
        display_name: fields.required("displayName"),
        description: fields.text("description"),
        import_members: fields.flag("importMembers").unwrap_or(false),
        member_roles: fields.names("memberRoles").unwrap_or_default(),
        identity_providers: fields.names("identityProviders").unwrap_or_default(),
    }
}

/// Without a count of failures (reference, line 2896).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupsDone {
    status: &'static str,
    message: &'static str,
    total_groups: usize,
    success_count: usize,
    total_members_imported: usize,
}

async fn groups(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<GroupsDone>), Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let mut fields = Fields::parse(&body)?;
    fields.must_have("groups");
    let rows = fields.each("groups", group).unwrap_or_default();
    let dry_run = fields.flag("dryRun").unwrap_or(false);
    fields.finish()?;
    world.entra.reach()?;
    let total_groups = rows.len();
    let tally = world.import_groups(rows, dry_run);
    let done = GroupsDone {
        status: "success",
        message: "Groups imported successfully",
        total_groups,
        success_count: tally.groups,
        total_members_imported: tally.members,
    };
    Ok((StatusCode::CREATED, Json(done)))
}
