//! The members of a group: names that may or may not be users that this person can see.

use std::collections::HashMap;

use gate::Passage;
use leptos::prelude::*;
use protegrity::{Group, User, permissions as known};

use super::path;
use crate::{
    ui::{ColumnSpec, EmptyState, ListPage, ListSpec, ListState, ListView, Pick, Table, page_of},
    users,
    visit::Visit,
};

/// More members than this are shown as a list with pages.
const MANY: usize = 50;

/// Whether this person is not known to lack what it takes to read users.
pub(super) fn may_see_users(passage: &Passage) -> bool {
    !passage.lacks(known::USER_MANAGER_VIEWER)
}

/// The users of these names, by the name; nothing where users may not or cannot be read.
pub(super) async fn users_of(passage: &Passage, names: &[String]) -> Option<HashMap<String, Option<User>>> {
    if !may_see_users(passage) {
        return None;
    }
    match passage.users_named(names).await {
        Ok(users) => Some(names.iter().cloned().zip(users).collect()),
        Err(error) => {
            tracing::warn!(%error, "the members of a group could not be looked up");
            None
        }
    }
}

/// Names as a picker shows them.
pub(super) async fn picks(passage: &Passage, names: &[String]) -> Vec<Pick> {
    let users = users_of(passage, names).await.unwrap_or_default();
    let detail = |name: &String| users.get(name).and_then(Option::as_ref).map(users::full_name);
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
    /// Who it is, where users could be read.
    user: Option<User>,
    /// Whether it is known that there is no such user.
    is_unknown: bool,
}

/// What the page shows of the members.
pub(super) enum Members {
    /// The cluster does not tell them.
    NotTold,
    /// All of them.
    Few(Vec<Member>),
    /// A page of them.
    Many(ListState, ListPage<Member>),
}

impl Members {
    /// The members of this group as far as the page shows them, with the users that they are.
    pub(super) async fn of(visit: &Visit, passage: &Passage, group: &Group) -> Self {
        let Some(names) = group.members.clone() else {
            return Self::NotTold;
        };
        let mut names = names;
        names.sort_by_cached_key(|name| name.to_lowercase());
        if names.len() <= MANY {
            return Self::Few(named(passage, names).await);
        }
        let spec = spec(group);
        let state = ListState::parse(&visit.query, &spec);
        let page = page_of(names, &spec, &state, |name, _| name.clone(), |_, _, _| true);
        let ListPage {
            rows,
            matching,
            total,
            as_of_millis,
        } = page;
        let page = ListPage {
            rows: named(passage, rows).await,
            matching,
            total,
            as_of_millis,
        };
        Self::Many(state, page)
    }
}

async fn named(passage: &Passage, names: Vec<String>) -> Vec<Member> {
    let users = users_of(passage, &names).await;
    let member = |name: String| {
        let user = users
            .as_ref()
            .and_then(|users| users.get(&name).cloned().flatten());
        Member {
            is_unknown: users.is_some() && user.is_none(),
            user,
            name,
        }
    };
    names.into_iter().map(member).collect()
}

/// The list of a large group's members.
fn spec(group: &Group) -> ListSpec {
    let column = |key, title| ColumnSpec {
        key,
        title,
        sortable: key == "name",
        shown: true,
        numeric: false,
    };
    ListSpec {
        path: path(&group.id),
        noun: ("member", "members"),
        search_label: "Search members",
        columns: vec![
            column("name", "User name"),
            column("full_name", "Name"),
            column("email", "E-mail"),
        ],
        filters: Vec::new(),
        exports: false,
    }
}

fn cell(member: &Member, column: &str) -> AnyView {
    let user = member.user.as_ref();
    let or_dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
    match column {
        "name" => match user {
            Some(user) => {
                view! { <a href=users::path(&user.id)><bdi>{member.name.clone()}</bdi></a> }.into_any()
            }
            None => view! { <bdi>{member.name.clone()}</bdi> }.into_any(),
        },
        "full_name" => match user {
            Some(user) => view! { <bdi>{or_dash(users::full_name(user))}</bdi> }.into_any(),
            None if member.is_unknown => {
                view! { <span class="muted">"not in the list of users"</span> }.into_any()
            }
            None => "—".into_any(),
        },
        _ => or_dash(user.and_then(|user| user.email.clone()).unwrap_or_default()).into_any(),
    }
}

/// The members, in a table or, when they are many, in a list.
#[component]
pub(super) fn MembersTable(group: Group, members: Members) -> impl IntoView {
    match members {
        Members::NotTold => view! {
            <EmptyState title="Members not told" hint="The cluster does not say who is in this group."/>
        }
        .into_any(),
        Members::Few(rows) if rows.is_empty() => view! {
            <EmptyState title="No members" hint="Nobody gets this group's roles. Members are added with “Edit”."/>
        }
        .into_any(),
        Members::Few(rows) => {
            let row = |member: &Member| {
                view! {
                    <tr>
                        <th scope="row">{cell(member, "name")}</th>
                        <td>{cell(member, "full_name")}</td>
                        <td>{cell(member, "email")}</td>
                    </tr>
                }
            };
            let rows = rows.iter().map(row).collect_view();
            view! { <Table label="Members" columns=&["User name", "Name", "E-mail"]>{rows}</Table> }.into_any()
        }
        Members::Many(state, page) => view! { <ListView spec=spec(&group) state page cell/> }.into_any(),
    }
}
