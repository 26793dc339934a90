//! `/roles`: every role that the cluster lists to this person.

use std::collections::BTreeSet;

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::Role;

use super::{grants, may_sign_in, path};
use crate::{
    error::PortalError,
    shell::{Frame, failed},
    ui::{
        Badge, ColumnSpec, EmptyState, FilterSpec, LinkButton, ListSpec, ListState, ListView, PageHeader,
        Tone, csv, matching, options, page_of,
    },
    visit::{Visit, visit},
};

/// What the list of these roles can do. What a role grants is searched too, shown or not, and the
/// permissions to choose from are those that any of them grants.
fn spec(roles: &[Role]) -> ListSpec {
    let granted: BTreeSet<_> = roles.iter().flat_map(|role| &role.permissions).collect();
    let granted = granted
        .into_iter()
        .map(|name| (name.to_string().into(), name.to_string().into()));
    let column = |key, title, shown| ColumnSpec {
        key,
        title,
        sortable: key != "grants",
        shown,
        numeric: key == "permissions",
    };
    ListSpec {
        path: "/roles".to_owned(),
        noun: ("role", "roles"),
        search_label: "Search roles",
        columns: vec![
            column("name", "Name", true),
            column("description", "Description", true),
            column("permissions", "Permissions", true),
            column("sign_in", "May sign in", true),
            column("grants", "Grants", false),
        ],
        filters: vec![
            FilterSpec {
                key: "sign_in",
                label: "May sign in",
                options: options(&[("yes", "Yes"), ("no", "No")]),
            },
            FilterSpec {
                key: "grants",
                label: "Grants",
                options: granted.collect(),
            },
        ],
        exports: true,
    }
}

/// `/roles`
#[component]
pub fn RolesPage() -> impl IntoView {
    let visit = visit();
    let may_not_create = visit.denied(Action::CreateRole);
    view! {
        <Frame area="/roles">
            <PageHeader title="Roles" lead="A role is a set of permissions. Users have roles, themselves and through their groups.">
                <LinkButton label="Compare roles" href="/roles/compare"/>
                <LinkButton label="New role" href="/roles/new" icon=Some("plus") primary=true denied=may_not_create/>
            </PageHeader>
            {Suspend::new(async move {
                match load(&visit, Action::ListRoles).await {
                    Ok(roles) => view! { <Rows visit roles/> }.into_any(),
                    Err(error) => failed(&visit, "", error, visit.address()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The roles, in the order of their names. A visit of the list asks the cluster; searching and sorting it
/// does not, for a minute.
pub(super) async fn load(visit: &Visit, action: Action) -> Result<Vec<Role>, PortalError> {
    let afresh = visit.query.is_empty() || visit.query_value("fresh").is_some();
    let passage = visit.open(action, Target::portal())?;
    let roles = passage
        .roles(afresh)
        .await
        .map_err(|error| visit.explain(action, &error))?;
    let mut roles = roles.to_vec();
    roles.sort_by_cached_key(|role| role.name.as_str().to_lowercase());
    Ok(roles)
}

#[component]
fn Rows(visit: Visit, roles: Vec<Role>) -> impl IntoView {
    let spec = spec(&roles);
    let state = ListState::parse(&visit.query, &spec);
    let page = page_of(roles, &spec, &state, text, keeps);
    let may_not_create = visit.denied(Action::CreateRole);
    let empty = view! {
        <EmptyState title="No roles" hint="The cluster lists no roles to you. A role is created here, and then given to users and groups.">
            <LinkButton label="New role" href="/roles/new" primary=true denied=may_not_create/>
        </EmptyState>
    }
    .into_any();
    view! { <ListView spec state page cell empty/> }
}

/// All roles that match the address's search, as CSV.
pub(crate) async fn export(visit: &Visit) -> Result<String, PortalError> {
    let roles = load(visit, Action::ListRoles).await?;
    let spec = spec(&roles);
    let state = ListState::parse(&visit.query, &spec);
    let rows = matching(roles, &spec, &state, text, keeps);
    Ok(csv(&rows, &spec, &state, text))
}

fn keeps(role: &Role, filter: &str, value: &str) -> bool {
    match filter {
        "sign_in" => may_sign_in(role) == (value == "yes"),
        _ => grants(role, value),
    }
}

/// A role's row as text, column by column.
fn text(role: &Role, column: &str) -> String {
    match column {
        "name" => role.name.to_string(),
        "description" => role.description.clone().unwrap_or_default(),
        "permissions" => role.permissions.len().to_string(),
        "sign_in" => if may_sign_in(role) { "Yes" } else { "No" }.to_owned(),
        _ => {
            let names: Vec<_> = role.permissions.iter().map(ToString::to_string).collect();
            names.join(" ")
        }
    }
}

/// One cell of a role's row.
fn cell(role: &Role, column: &str) -> AnyView {
    match column {
        "name" => view! { <a href=path(&role.name)><bdi>{role.name.to_string()}</bdi></a> }.into_any(),
        "description" => view! { <bdi class="long">{text(role, column)}</bdi> }.into_any(),
        "sign_in" if may_sign_in(role) => view! { <Badge tone=Tone::Good text="Yes"/> }.into_any(),
        "sign_in" => view! { <Badge tone=Tone::Warning text="No"/> }.into_any(),
        _ => text(role, column).into_any(),
    }
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
        let spec = spec(&rows);
        let state = ListState::parse(query, &spec);
        let names: Vec<_> = matching(rows, &spec, &state, text, keeps)
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
