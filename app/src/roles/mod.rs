//! Roles of the cluster: what each grants, who has it, how two differ, and changing them.

mod actions;
mod areas;
mod compare;
mod detail;
mod form;
mod holders;
mod list;

pub use actions::{CreateRole, DeleteRole, EditRole, create_role, delete_role, edit_role};
pub use compare::CompareRolesPage;
pub use detail::RolePage;
pub use form::{EditRolePage, NewRolePage};
pub use list::RolesPage;
pub(crate) use list::export;

use std::sync::Arc;

use gate::{Action, Passage};
use leptos::prelude::*;
use protegrity::{Role, RoleName, permissions as known};

use crate::{
    act::below,
    error::{ErrorKind, PortalError},
    ui::{Caution, missing_permission},
    visit::Visit,
};

/// The names that addresses below `/roles/` have taken already.
const TAKEN: [&str; 2] = ["new", "compare"];

/// The address of a role's page.
pub(crate) fn path(name: &RoleName) -> String {
    let name = name.as_str();
    if TAKEN.contains(&name) {
        // The same name spelled otherwise, so that it does not lead to the page that has it.
        return format!("/roles/%{:02X}{}", name.as_bytes()[0], &name[1..]);
    }
    below("/roles", name)
}

/// Whether it is enough to sign in with: without `can_create_token` the cluster answers the login with 403
/// (notes on the reference, section 1).
fn may_sign_in(role: &Role) -> bool {
    grants(role, known::CAN_CREATE_TOKEN)
}

fn grants(role: &Role, permission: &str) -> bool {
    role.permissions
        .iter()
        .any(|granted| granted.as_str() == permission)
}

/// Says that a role is not enough to sign in with.
#[component]
fn NoSignIn() -> impl IntoView {
    view! {
        <Caution
            class="no-sign-in"
            title="Whoever has only this role cannot sign in."
            detail="It does not grant can_create_token, without which the cluster gives nobody a token."
        />
    }
}

/// The role of this name, if the cluster lists it to this person.
///
/// # Errors
/// Says that it may exist all the same: the list is the one "available for the logged-in user" (notes,
/// row 14).
fn find(roles: &[Role], name: &str) -> Result<Role, PortalError> {
    let found = roles.iter().find(|role| role.name.as_str() == name);
    found.cloned().ok_or_else(|| {
        PortalError::new(ErrorKind::NotFound, "The cluster does not list this role to you.")
            .with_detail("It may have been deleted, or be one that you may not see.")
    })
}

/// The role of this name. One that a list from a moment ago does not have is looked for in a new one: it
/// may have been created since.
async fn look_up(visit: &Visit, passage: &Passage, name: &str) -> Result<Role, PortalError> {
    let explain = |error| visit.explain(passage.action(), &error);
    let roles = passage.roles(false).await.map_err(explain)?;
    if let Ok(role) = find(&roles, name) {
        return Ok(role);
    }
    let roles = passage.roles(true).await.map_err(explain)?;
    find(&roles, name)
}

/// The cluster's roles beside what `action` shows, unless this person may not read them.
///
/// # Errors
/// What permission is missing, or what the cluster says.
pub(crate) async fn catalogue(
    visit: &Visit,
    passage: &Passage,
    action: Action,
) -> Result<Arc<Vec<Role>>, PortalError> {
    if passage.lacks(known::ROLE_VIEWER) {
        return Err(
            PortalError::new(ErrorKind::Forbidden, "What the roles grant is not shown.")
                .with_detail(missing_permission::<RoleName>(known::ROLE_VIEWER, &[])),
        );
    }
    let roles = passage.roles(false).await;
    roles.map_err(|error| visit.explain(action, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_an_address_of_its_own() {
        let check = |name: &str, expected: &str| assert_eq!(path(&RoleName::from(name)), expected);
        check("policy_officer", "/roles/policy_officer");
        check("two words", "/roles/two%20words");
        check("new", "/roles/%6Eew");
        check("compare", "/roles/%63ompare");
    }

    #[test]
    fn signing_in_takes_the_permission_to_create_a_token() {
        let role = |permissions: &[&str]| Role {
            name: "r".into(),
            description: None,
            composite: true,
            permissions: permissions.iter().map(|name| (*name).into()).collect(),
        };
        assert!(may_sign_in(&role(&[known::ROLE_ADMIN, known::CAN_CREATE_TOKEN])));
        assert!(!may_sign_in(&role(&[known::ROLE_ADMIN])));
    }
}
