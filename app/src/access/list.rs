//! The people of the review as a list: narrowed by permission, role, state and words, a page at a time.

use std::collections::BTreeSet;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::access::{AccessReview, AccessRow, AccessState};
use protegrity::{PermissionName, permissions as known};

use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    links,
    ui::{Badge, Column, EmptyState, List, ListPage, ListState, Tone, counted, csv_of},
};

/// The permission that the address asks about.
pub(super) fn permission_of(state: &ListState) -> Option<&str> {
    state.filters.get("permission").map(String::as_str)
}

/// The role that the address asks about.
pub(super) fn role_of(state: &ListState) -> Option<&str> {
    state.filters.get("role").map(String::as_str)
}

/// The people who have what the address asks about.
fn rows(review: &AccessReview, state: &ListState) -> Vec<AccessRow> {
    review.rows(permission_of(state), role_of(state))
}

/// The list of these people. Permissions and roles to filter by are those of the review; its rows are the answer to
/// these two filters already.
pub(super) fn people(review: &AccessReview) -> List<AccessRow> {
    let granted = review.roles.iter().flat_map(|role| &role.permissions);
    let granted = granted.map(PermissionName::as_str);
    let permissions: BTreeSet<_> = known::KNOWN.iter().copied().chain(granted).collect();
    let roles = review.roles.iter().map(|role| role.name.as_str());
    let choice = |name: &str| (name.to_owned(), name.to_owned());
    let columns = vec![
        Column::text("username", "User name", |row: &AccessRow| &row.person().user_name)
            .link(|row| links::user(&row.person().id)),
        Column::text("name", "Name", |row: &AccessRow| &row.person().name),
        Column::text("email", "E-mail", |row: &AccessRow| {
            row.person().email.as_deref().unwrap_or_default()
        })
        .hidden(),
        Column::computed("state", "State", |row| state(row).1.to_owned()).cell(|row| {
            let (tone, text) = state(row);
            view! { <Badge tone text/> }.into_any()
        }),
        Column::computed("through", "Through", |row: &AccessRow| row.paths.join("; ")).cell(|row| {
            let paths = row.paths.iter().map(|path| view! { <li>{path.clone()}</li> });
            view! { <ul class="ways">{paths.collect_view()}</ul> }.into_any()
        }),
        Column::computed("groups", "Groups", |row: &AccessRow| row.groups.join(", ")),
        Column::text("id", "ID", |row: &AccessRow| row.person().id.as_str())
            .cell(|row| view! { <code>{row.person().id.to_string()}</code> }.into_any())
            .hidden(),
    ];
    List::new("/access", ("person", "people"), columns)
        .filter(
            "permission",
            "Permission",
            permissions.into_iter().map(choice),
            |_, _| true,
        )
        .filter("role", "Role", roles.map(choice), |_, _| true)
        .filter(
            "state",
            "State",
            [("open", "Open"), ("locked", "Locked")],
            |row, value| row.person().enabled == (value == "open"),
        )
        .empty(view! { <EmptyState title="No people" hint="The cluster lists no users."/> })
        .exported()
}

fn state(row: &AccessRow) -> (Tone, &'static str) {
    if row.person().enabled {
        (Tone::Good, "Open")
    } else {
        (Tone::Bad, "Locked")
    }
}

/// The page of the list that the address asks for.
pub(super) fn page(review: &AccessReview, list: &List<AccessRow>, state: &ListState) -> ListPage<AccessRow> {
    ListPage {
        total: review.people.len() as u64,
        as_of_millis: Some(review.as_of.as_millisecond()),
        ..list.page(rows(review, state), state)
    }
}

/// All people who match the address's question, as CSV.
pub async fn export(context: RequestContext) -> Result<String, PortalError> {
    let operation = context.begin(Action::ViewAccess, Target::portal()).await?;
    let AccessState::Ready(review) = context.services.access.review(&operation, false).await? else {
        let title = "The users are still being read.";
        return Err(PortalError::new(ErrorKind::Unreachable, title)
            .with_detail("The access review shows the progress. Export the file when it is complete."));
    };
    let list = people(&review);
    let mut file = list.export(rows(&review, &list.state(&context.query)), &context.query);
    if review.unread > 0 {
        let users = counted(review.unread, ("user", "users"));
        let note = format!("{users} of the list are missing in this file: their access is unknown.");
        file.push_str(&csv_of(vec![note], std::iter::empty()));
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use operations::access::Person;
    use protegrity::{Group, Role, RoleName};

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
            roles_visible: true,
            groups_visible: true,
            as_of: Timestamp::UNIX_EPOCH,
            unread: 0,
        }
    }

    fn check(query: &str, expected: &[(&str, &str)]) {
        let review = review();
        let list = people(&review);
        let page = page(&review, &list, &list.state(query));
        let rows: Vec<_> = page
            .rows
            .iter()
            .map(|row| (row.person().user_name.clone(), row.paths.join("; ")))
            .collect();
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, paths)| (name.as_str(), paths.as_str()))
            .collect();
        assert_eq!(rows, expected, "{query}");
        assert_eq!(page.total, 3);
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
    fn every_person_is_listed_when_nothing_is_asked() {
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
