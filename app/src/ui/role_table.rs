//! Roles with their permissions, as a group or a user has them.

use std::sync::Arc;

use leptos::prelude::*;
use protegrity::{Role, RoleName};

use super::{ErrorState, Table};
use crate::{error::PortalError, links};

/// One role of the table.
pub struct RoleRow {
    /// The role.
    pub name: RoleName,
    /// The paths by which it is held, where the table shows them.
    pub via: Option<AnyView>,
}

/// A table of roles with what each grants, and why that is not known where it is not.
#[component]
pub fn RoleTable(
    /// The roles.
    rows: Vec<RoleRow>,
    /// The roles that the session can read.
    visible_roles: Result<Arc<Vec<Role>>, PortalError>,
) -> AnyView {
    let (visible, error) = match visible_roles {
        Ok(roles) => (roles, None),
        Err(error) => (Arc::default(), Some(error)),
    };
    let columns: &[_] = if rows.iter().any(|row| row.via.is_some()) {
        &["Role", "Through", "Description", "Grants"]
    } else {
        &["Role", "Description", "Grants"]
    };
    let rows = rows.into_iter().map(|RoleRow { name, via }| {
        let role = visible.iter().find(|role| role.name == name);
        let (description, grants) = match role {
            Some(role) => {
                let names: Vec<_> = role.permissions.iter().map(ToString::to_string).collect();
                (role.description.clone().unwrap_or_default(), names.join(", "))
            }
            None => (String::new(), "Unknown".to_owned()),
        };
        let or_dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
        view! {
            <tr>
                <th scope="row"><a href=links::role(&name)><bdi>{name.to_string()}</bdi></a></th>
                {via.map(|via| view! { <td>{via}</td> })}
                <td class="wraps">{or_dash(description)}</td>
                <td class="wraps">{or_dash(grants)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        {error.map(|error| view! { <ErrorState error/> })}
        <Table label="Roles and what they grant" columns>{rows}</Table>
    }
    .into_any()
}
