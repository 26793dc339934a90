//! `/roles`: every role that the cluster lists to the caller.

use std::collections::BTreeSet;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::roles::{grants, may_sign_in};
use protegrity::Role;

use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    links,
    ui::{Badge, Column, EmptyState, LinkButton, List, Page, Tone},
};

/// The list of these roles. The permissions to filter by are those that any of them grants.
fn roles(roles: &[Role]) -> List<Role> {
    let granted: BTreeSet<_> = roles.iter().flat_map(|role| &role.permissions).collect();
    let granted = granted
        .into_iter()
        .map(|name| (name.to_string(), name.to_string()));
    let columns = vec![
        Column::text("name", "Name", |role: &Role| role.name.as_str()).link(|role| links::role(&role.name)),
        Column::text("description", "Description", |role: &Role| {
            role.description.as_deref().unwrap_or_default()
        }),
        Column::number("permissions", "Permissions", |role: &Role| {
            Some(role.permissions.len())
        }),
        Column::computed("sign_in", "May sign in", |role| sign_in(role).1.to_owned()).cell(sign_in_badge),
        Column::computed("grants", "Grants", |role: &Role| {
            let names: Vec<_> = role.permissions.iter().map(ToString::to_string).collect();
            names.join(" ")
        })
        .unsorted()
        .hidden(),
    ];
    List::new("/roles", ("role", "roles"), columns)
        .filter(
            "sign_in",
            "May sign in",
            [("yes", "Yes"), ("no", "No")],
            |role, value| may_sign_in(role) == (value == "yes"),
        )
        .filter("grants", "Grants", granted, grants)
        .exported()
}

/// Whether the role suffices to sign in.
fn sign_in(role: &Role) -> (Tone, &'static str) {
    if may_sign_in(role) {
        (Tone::Good, "Yes")
    } else {
        (Tone::Warning, "No")
    }
}

pub(super) fn sign_in_badge(role: &Role) -> AnyView {
    let (tone, text) = sign_in(role);
    view! { <Badge tone text/> }.into_any()
}

/// `/roles`
pub async fn list(context: RequestContext) -> PageResult {
    let rows = load(&context).await?;
    let new_role = || {
        let denied = context.denied(Action::CreateRole);
        view! { <LinkButton label="New role" href="/roles/new" icon=Some("plus") primary=true denied/> }
    };
    let create = new_role();
    let hint = "The cluster lists no roles to you. Create a role, then give it to users and groups.";
    let list = roles(&rows).empty(view! { <EmptyState title="No roles" hint>{create}</EmptyState> });
    let state = list.state(&context.query);
    let page = list.page(rows, &state);
    let actions = view! {
        <LinkButton label="Compare roles" href="/roles/compare"/>
        {new_role()}
    };
    Ok(Page::new("Roles", list.view(&state, &page))
        .lead("A role is a set of permissions. Users have roles directly and through their groups.")
        .actions(actions))
}

/// All roles that match the address's search, as CSV.
pub async fn export(context: RequestContext) -> Result<String, PortalError> {
    let rows = load(&context).await?;
    Ok(roles(&rows).export(rows, &context.query))
}

/// The roles by name. Opening the list asks the cluster; searching and sorting it does not, for a minute.
pub(super) async fn load(context: &RequestContext) -> Result<Vec<Role>, PortalError> {
    let refresh = context.query.is_empty() || context.query_value("fresh").is_some();
    let operation = context.begin(Action::ListRoles, Target::portal()).await?;
    let mut roles = context
        .services
        .directory
        .roles(&operation, refresh)
        .await?
        .to_vec();
    roles.sort_by_cached_key(|role| role.name.as_str().to_lowercase());
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use protegrity::permissions as known;

    use super::*;

    fn role(name: &str, permissions: &[&str]) -> Role {
        Role {
            name: name.into(),
            description: Some("Looks".to_owned()),
            composite: true,
            permissions: permissions.iter().map(|name| (*name).into()).collect(),
        }
    }

    fn check(query: &str, expected: &[&str]) {
        let rows = vec![
            role("viewer", &[known::ROLE_VIEWER, known::SAML_VIEWER]),
            role(
                "operator",
                &[
                    known::ROLE_VIEWER,
                    known::CAN_CREATE_TOKEN,
                    known::USER_MANAGER_ADMIN,
                ],
            ),
        ];
        let list = roles(&rows);
        let state = list.state(query);
        let names: Vec<_> = list
            .matching(rows, &state)
            .into_iter()
            .map(|role| role.name.to_string())
            .collect();
        assert_eq!(names, expected, "{query}");
    }

    #[test]
    fn roles_are_found_by_what_they_are_and_what_they_grant() {
        check("q=OPER", &["operator"]);
        check("q=saml_viewer", &["viewer"]);
        check("sign_in=yes", &["operator"]);
        check("sign_in=no", &["viewer"]);
        check("grants=role_viewer&sort=-permissions", &["operator", "viewer"]);
        check("grants=web_admin", &["viewer", "operator"]);
    }
}
