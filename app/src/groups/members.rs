//! The members of a group: names that may or may not be users whom the caller can see.

use gate::Operation;
use leptos::prelude::*;
use operations::{directory::full_name, groups::users_of};
use protegrity::{Group, User};

use crate::{
    context::RequestContext,
    links,
    ui::{Column, EmptyState, List, ListPage, ListState, Pick, Table},
};

/// More members than this are shown as a list with pages.
const MAX_IN_TABLE: usize = 50;

/// Names as a picker shows them.
pub(super) async fn picks(context: &RequestContext, operation: &Operation, names: &[String]) -> Vec<Pick> {
    let users = users_of(&context.services, operation, names)
        .await
        .unwrap_or_default();
    let detail = |name: &String| users.get(name).and_then(Option::as_ref).map(full_name);
    let pick = |name: &String| Pick {
        value: name.clone(),
        label: name.clone(),
        detail: detail(name).unwrap_or_default(),
    };
    names.iter().map(pick).collect()
}

/// One row of the table.
#[derive(Clone, Debug)]
pub(super) struct Member {
    name: String,
    /// The user, where users could be read.
    user: Option<User>,
    /// Whether it is known that there is no such user.
    is_unknown: bool,
}

/// The members as the page shows them.
pub(super) enum Members {
    /// The cluster does not report them.
    NotReported,
    /// All of them.
    Few(Vec<Member>),
    /// A page of them.
    Many(Box<ListState>, ListPage<Member>),
}

impl Members {
    /// The members of this group, with the users that they are, as far as the page shows them.
    pub(super) async fn load(context: &RequestContext, operation: &Operation, group: &Group) -> Self {
        let Some(mut names) = group.members.clone() else {
            return Self::NotReported;
        };
        names.sort_by_cached_key(|name| name.to_lowercase());
        let mut rows: Vec<_> = names.into_iter().map(Member::unread).collect();
        if rows.len() <= MAX_IN_TABLE {
            read_users(context, operation, &mut rows).await;
            return Self::Few(rows);
        }
        let list = members(group);
        let state = list.state(&context.query);
        let mut page = list.page(rows, &state);
        read_users(context, operation, &mut page.rows).await;
        Self::Many(Box::new(state), page)
    }
}

impl Member {
    fn unread(name: String) -> Self {
        Self {
            name,
            user: None,
            is_unknown: false,
        }
    }

    fn full_name(&self) -> String {
        self.user.as_ref().map(full_name).unwrap_or_default()
    }

    fn email(&self) -> String {
        let email = self.user.as_ref().and_then(|user| user.email.clone());
        email.unwrap_or_default()
    }
}

async fn read_users(context: &RequestContext, operation: &Operation, rows: &mut [Member]) {
    let names: Vec<_> = rows.iter().map(|row| row.name.clone()).collect();
    let Some(mut users) = users_of(&context.services, operation, &names).await else {
        return;
    };
    for row in rows {
        row.user = users.remove(&row.name).flatten();
        row.is_unknown = row.user.is_none();
    }
}

/// The list of a large group's members. Only names are searched: reading every user for it would take too long.
fn members(group: &Group) -> List<Member> {
    List::new(links::group(&group.id), ("member", "members"), columns())
}

fn columns() -> Vec<Column<Member>> {
    vec![
        Column::text("name", "User name", |member: &Member| &member.name).cell(name),
        Column::computed("full_name", "Name", Member::full_name)
            .cell(person)
            .unsorted(),
        Column::computed("email", "E-mail", Member::email).unsorted(),
    ]
}

fn name(member: &Member) -> AnyView {
    let name = view! { <bdi>{member.name.clone()}</bdi> };
    match &member.user {
        Some(user) => view! { <a href=links::user(&user.id)>{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

fn person(member: &Member) -> AnyView {
    if member.is_unknown {
        return view! { <span class="muted">"not in the list of users"</span> }.into_any();
    }
    match member.full_name() {
        name if name.is_empty() => "—".into_any(),
        name => view! { <bdi>{name}</bdi> }.into_any(),
    }
}

/// The members, in a table or, when they are many, in a list.
#[component]
pub(super) fn MembersTable(group: Group, members: Members) -> impl IntoView {
    match members {
        Members::NotReported => view! {
            <EmptyState title="Members unknown" hint="The cluster does not report who is in this group."/>
        }
        .into_any(),
        Members::Few(rows) if rows.is_empty() => view! {
            <EmptyState title="No members" hint="No account gets this group's roles. Add members with “Edit”."/>
        }
        .into_any(),
        Members::Few(rows) => {
            let row = |member: &Member| {
                let email = Some(member.email()).filter(|email| !email.is_empty());
                view! {
                    <tr>
                        <th scope="row">{name(member)}</th>
                        <td>{person(member)}</td>
                        <td>{email.unwrap_or_else(|| "—".to_owned())}</td>
                    </tr>
                }
            };
            let rows = rows.iter().map(row).collect_view();
            view! { <Table label="Members" columns=&["User name", "Name", "E-mail"]>{rows}</Table> }.into_any()
        }
        Members::Many(state, page) => self::members(&group).view(&state, &page),
    }
}
