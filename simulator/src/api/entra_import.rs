//! Imports from Entra ID (reference, lines 2655-2724 and 2837-2902). The responses have counts, but no outcome of a
//! single row.

use super::passwords::WRITE;
use crate::{
    Simulator,
    auth::Caller,
    body::Fields,
    refusal::Refusal,
    state::{GroupRow, UserRow},
};
use axum::{Json, Router, body::Bytes, http::StatusCode, routing::post};
use serde::Serialize;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/federation/entra/users", post(users))
        .route("/federation/entra/groups", post(groups))
}

/// Reads a user, which needs the principal name or the email (reference, line 2668).
fn user(fields: &mut Fields) -> UserRow {
    let row = UserRow {
        user_principal_name: fields.text("userPrincipalName"),
        email: fields.text("email"),
        first_name: fields.text("firstName"),
        last_name: fields.text("lastName"),
        roles: fields.required_value("roles", Fields::texts).unwrap_or_default(),
        identity_providers: fields.texts("identityProviders").unwrap_or_default(),
    };
    if row.user_principal_name.is_none() && row.email.is_none() {
        fields.reject("userPrincipalName", "missing", "Field required");
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

async fn users(caller: Caller, body: Bytes) -> Result<(StatusCode, Json<UsersDone>), Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let (rows, dry_run) = read(&body, "users", user)?;
    state.entra.connected_tenant()?;
    let total_users = rows.len();
    let success_count = state.import_users(rows, dry_run);
    let done = UsersDone {
        status: "success",
        message: "Users imported successfully",
        total_users,
        success_count,
        failed_count: total_users - success_count,
    };
    Ok((StatusCode::CREATED, Json(done)))
}

/// Reads a group. By one line of the reference it needs the id or the name, by the next line both (lines 2850-2852).
fn group(fields: &mut Fields) -> GroupRow {
    GroupRow {
        id: fields.required("id"),
        display_name: fields.required("displayName"),
        description: fields.text("description"),
        import_members: fields.flag("importMembers").unwrap_or(false),
        member_roles: fields.texts("memberRoles").unwrap_or_default(),
        identity_providers: fields.texts("identityProviders").unwrap_or_default(),
    }
}

/// The response, which has no count of failures (reference, line 2896).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupsDone {
    status: &'static str,
    message: &'static str,
    total_groups: usize,
    success_count: usize,
    total_members_imported: usize,
}

async fn groups(caller: Caller, body: Bytes) -> Result<(StatusCode, Json<GroupsDone>), Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let (rows, dry_run) = read(&body, "groups", group)?;
    state.entra.connected_tenant()?;
    let total_groups = rows.len();
    let counts = state.import_groups(rows, dry_run);
    let done = GroupsDone {
        status: "success",
        message: "Groups imported successfully",
        total_groups,
        success_count: counts.groups,
        total_members_imported: counts.members,
    };
    Ok((StatusCode::CREATED, Json(done)))
}

/// Reads the mandatory rows and the optional flag `dryRun`.
fn read<T>(body: &[u8], name: &str, row: fn(&mut Fields) -> T) -> Result<(Vec<T>, bool), Refusal> {
    Fields::read(body, |fields| {
        fields.require(name);
        let rows = fields.objects(name, row).unwrap_or_default();
        (rows, fields.flag("dryRun").unwrap_or(false))
    })
}
