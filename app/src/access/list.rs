//! The people of the review as a list: narrowed by permission, role, state and words, a page at a time.

use std::{borrow::Cow, collections::HashMap};

use gate::{AccessReview, AccessState, Action, Grant, Held, Person, Target};
use protegrity::permissions as known;

use crate::{
    error::{ErrorKind, PortalError},
    ui::{ColumnSpec, FilterSpec, ListPage, ListSpec, ListState, csv, matching, options, page_of},
    visit::Visit,
};

/// One person and the ways that answer what was asked.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub person: Cow<'a, Person>,
    /// How the person comes to the permission or the role; to everything, when neither was asked about.
    pub through: Vec<String>,
    /// The groups that the person is in.
    pub groups: Vec<String>,
}

/// A permission as the list's filter and the page's heading have it.
pub(super) fn permission_of(state: &ListState) -> Option<&str> {
    state.filters.get("permission").map(String::as_str)
}

/// A role likewise.
pub(super) fn role_of(state: &ListState) -> Option<&str> {
    state.filters.get("role").map(String::as_str)
}

/// What the list can do. Its filters offer what the review has.
pub(super) fn spec(review: &AccessReview) -> ListSpec {
    let column = |key, title, shown| ColumnSpec {
        key,
        title,
        sortable: true,
        shown,
        numeric: false,
    };
    let mut permissions: Vec<String> = known::KNOWN.iter().map(ToString::to_string).collect();
    permissions.extend(
        review
            .roles
            .iter()
            .flat_map(|role| &role.permissions)
            .map(ToString::to_string),
    );
    permissions.sort_unstable();
    permissions.dedup();
    let own = |names: Vec<String>| {
        names
            .into_iter()
            .map(|name| (name.clone().into(), name.into()))
            .collect()
    };
    let filter = |key, label, options| FilterSpec { key, label, options };
    ListSpec {
        path: "/access".to_owned(),
        noun: ("person", "people"),
        search_label: "Search people",
        columns: vec![
            column("username", "User name", true),
            column("name", "Name", true),
            column("email", "E-mail", false),
            column("state", "State", true),
            column("through", "Through", true),
            column("groups", "Groups", true),
            column("id", "ID", false),
        ],
        filters: vec![
            filter("permission", "Permission", own(permissions)),
            filter(
                "role",
                "Role",
                own(review.roles.iter().map(|role| role.name.to_string()).collect()),
            ),
            filter(
                "state",
                "State",
                options(&[("open", "Open"), ("locked", "Locked")]),
            ),
        ],
        exports: true,
    }
}

/// Everybody who has what is asked about, with the ways to it.
fn candidates<'a>(review: &'a AccessReview, state: &ListState) -> Vec<Row<'a>> {
    let granted: Option<HashMap<&str, Vec<String>>> = permission_of(state).map(|permission| {
        let role = role_of(state);
        let of_the_role = |grant: &&Grant| role.is_none_or(|role| grant.role.as_str() == role);
        let holders = review.holders(permission).into_iter();
        let ways = holders.map(|(person, grants)| {
            let grants = grants.iter().filter(of_the_role);
            (person.user_name.as_str(), ways(grants, permission))
        });
        ways.filter(|(_, ways)| !ways.is_empty()).collect()
    });
    let row = |held: Held<'a>| {
        let through = match (&granted, role_of(state)) {
            (Some(granted), _) => granted.get(held.person.user_name.as_str())?.clone(),
            (None, role) => {
                let ways = held.roles.iter().filter(|(name, _)| {
                    let name = name.as_str();
                    role.is_none_or(|role| name == role)
                });
                let ways: Vec<_> = ways
                    .map(|(name, via)| way(name.as_str(), via.as_deref(), ""))
                    .collect();
                if role.is_some() && ways.is_empty() {
                    return None;
                }
                ways
            }
        };
        Some(Row {
            person: Cow::Borrowed(held.person),
            through,
            groups: held.groups,
        })
    };
    review.everybody().into_iter().filter_map(row).collect()
}

/// One way to a role or to what it grants, in words: `role auditor`, `group developers (role auditor)`.
fn way(role: &str, group: Option<&str>, implied: &str) -> String {
    match group {
        Some(group) => format!("group {group} (role {role}{implied})"),
        None => format!("role {role}{implied}"),
    }
}

/// The ways to a permission in words; where another permission implies it, with that one as well.
fn ways<'a>(grants: impl Iterator<Item = &'a Grant>, permission: &str) -> Vec<String> {
    let in_words = |grant: &Grant| {
        let implied = if grant.permission.as_str() == permission {
            String::new()
        } else {
            format!(", by {}", grant.permission)
        };
        way(grant.role.as_str(), grant.via.as_deref(), &implied)
    };
    let mut ways: Vec<String> = grants.map(in_words).collect();
    ways.dedup();
    ways
}

fn keeps(row: &Row<'_>, key: &str, value: &str) -> bool {
    key != "state" || row.person.enabled == (value == "open")
}

/// A row as text, column by column.
pub(super) fn text(row: &Row<'_>, column: &str) -> String {
    let person = &row.person;
    match column {
        "username" => person.user_name.clone(),
        "name" => person.name.clone(),
        "email" => person.email.clone().unwrap_or_default(),
        "state" => if person.enabled { "Open" } else { "Locked" }.to_owned(),
        "through" => row.through.join("; "),
        "groups" => row.groups.join(", "),
        _ => person.id.to_string(),
    }
}

/// The page of the list that the address asks for.
pub(super) fn page(review: &AccessReview, spec: &ListSpec, state: &ListState) -> ListPage<Row<'static>> {
    let page = page_of(candidates(review, state), spec, state, text, keeps);
    let owned = |row: Row<'_>| Row {
        person: Cow::Owned(row.person.into_owned()),
        through: row.through,
        groups: row.groups,
    };
    ListPage {
        rows: page.rows.into_iter().map(owned).collect(),
        matching: page.matching,
        total: review.people.len() as u64,
        as_of_millis: Some(review.as_of.as_millisecond()),
    }
}

/// Everybody who matches the address's question, as CSV.
pub(crate) async fn export(visit: &Visit) -> Result<String, PortalError> {
    let passage = visit.open(Action::SeeAccess, Target::portal())?;
    let state = passage
        .access(false)
        .await
        .map_err(|error| visit.explain(Action::SeeAccess, &error))?;
    let AccessState::Ready(review) = state else {
        return Err(
            PortalError::new(ErrorKind::Unreachable, "The users are still being read.").with_detail(
                "Look at the access review: it says how far that is. The file can be had afterwards.",
            ),
        );
    };
    let spec = spec(&review);
    let state = ListState::parse(&visit.query, &spec);
    let rows = matching(candidates(&review, &state), &spec, &state, text, keeps);
    Ok(csv(&rows, &spec, &state, text))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use protegrity::{Group, PermissionName, Role, RoleName};

    use super::*;

    fn review() -> AccessReview {
        let role = |name: &str, permission: &str| Role {
            name: RoleName::from(name),
            description: None,
            composite: true,
            permissions: vec![PermissionName::from(permission)],
        };
        let person = |name: &str, roles: &[&str], enabled| Person {
            id: name.into(),
            user_name: name.to_owned(),
            name: String::new(),
            email: None,
            enabled,
            roles: roles.iter().map(|role| RoleName::from(*role)).collect(),
            groups: Vec::new(),
        };
        let group = Group {
            name: "team".to_owned(),
            members: Some(vec!["bo".to_owned()]),
            roles: Some(vec![RoleName::from("admin")]),
            ..Group::default()
        };
        AccessReview {
            people: Arc::new(vec![
                person("ana", &["admin"], true),
                person("bo", &["viewer"], false),
                person("cy", &[], true),
            ]),
            roles: Arc::new(vec![
                role("admin", "user_manager_admin"),
                role("viewer", "user_manager_viewer"),
            ]),
            groups: Arc::new(vec![group]),
            roles_told: true,
            groups_told: true,
            as_of: Timestamp::UNIX_EPOCH,
            unread: 0,
        }
    }

    fn check(query: &str, expected: &[(&str, &str)]) {
        let review = review();
        let spec = spec(&review);
        let state = ListState::parse(query, &spec);
        let page = page(&review, &spec, &state);
        let rows: Vec<_> = page
            .rows
            .iter()
            .map(|row| (text(row, "username"), text(row, "through")))
            .collect();
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, through)| (name.as_str(), through.as_str()))
            .collect();
        assert_eq!(rows, expected, "{query}");
    }

    #[test]
    fn who_can_do_something_and_through_what() {
        check(
            "permission=user_manager_viewer",
            &[
                ("ana", "role admin, by user_manager_admin"),
                (
                    "bo",
                    "role viewer; group team (role admin, by user_manager_admin)",
                ),
            ],
        );
        check(
            "permission=user_manager_admin&state=open",
            &[("ana", "role admin")],
        );
        check(
            "role=admin",
            &[("ana", "role admin"), ("bo", "group team (role admin)")],
        );
        check(
            "permission=user_manager_viewer&role=viewer",
            &[("bo", "role viewer")],
        );
    }

    #[test]
    fn everybody_is_there_when_nothing_is_asked() {
        let all = [
            ("ana", "role admin"),
            ("bo", "role viewer; group team (role admin)"),
            ("cy", ""),
        ];
        check("", &all);
        check("q=cy", &[("cy", "")]);
        check("permission=made_up", &all);
    }
}
