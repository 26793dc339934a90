//! `/users`: every user of the cluster, searched, sorted and filtered in the address.

use gate::{Action, Sort, SortKey, Target, UserQuery};
use leptos::prelude::*;
use protegrity::User;

use super::{StateBadge, full_name, is_open, many::Deed};
use crate::{
    error::PortalError,
    shell::{Frame, failed},
    ui::{
        ColumnSpec, FilterSpec, LinkButton, ListPage, ListSpec, ListState, ListView, PageHeader, Selection,
        When, csv, iso_time, options,
    },
    visit::{Visit, visit},
};

/// The columns, with how the directory index sorts each.
const COLUMNS: &[(&str, &str, Option<SortKey>, bool)] = &[
    ("username", "User name", Some(SortKey::UserName), true),
    ("name", "Name", Some(SortKey::Name), true),
    ("email", "E-mail", Some(SortKey::Email), true),
    ("state", "State", Some(SortKey::State), true),
    ("created", "Created", Some(SortKey::Created), true),
    ("id", "ID", None, false),
];

/// What the list of users can do.
fn spec() -> ListSpec {
    let column =
        |(key, title, sort, shown): &(&'static str, &'static str, Option<SortKey>, bool)| ColumnSpec {
            key,
            title,
            sortable: sort.is_some(),
            shown: *shown,
            numeric: false,
        };
    ListSpec {
        path: "/users".to_owned(),
        noun: ("user", "users"),
        search_label: "Search users",
        columns: COLUMNS.iter().map(column).collect(),
        filters: vec![FilterSpec {
            key: "state",
            label: "State",
            options: options(&[("open", "Open"), ("locked", "Locked")]),
        }],
        exports: true,
    }
}

/// What the address asks of the directory index.
fn query(state: &ListState, afresh: bool) -> UserQuery {
    let (key, descending) = state.sort.clone().unwrap_or_default();
    let sort_key = COLUMNS
        .iter()
        .find(|(column, ..)| *column == key)
        .and_then(|(_, _, sort, _)| *sort);
    let per_page = usize::try_from(state.per_page).unwrap_or(25);
    let before = usize::try_from(state.page.saturating_sub(1)).unwrap_or(usize::MAX);
    UserQuery {
        text: state.q.clone(),
        enabled: state.filters.get("state").map(|value| value == "open"),
        sort: Sort {
            key: sort_key.unwrap_or_default(),
            descending,
        },
        skip: before.saturating_mul(per_page),
        take: per_page,
        afresh,
    }
}

/// `/users`
#[component]
pub fn UsersPage() -> impl IntoView {
    let visit = visit();
    let (may_not_import, may_not_create) = (
        visit.denied(Action::ImportUsers),
        visit.denied(Action::CreateUser),
    );
    view! {
        <Frame area="/users">
            <PageHeader title="Users">
                <LinkButton label="Create from a file" href="/users/import" denied=may_not_import/>
                <LinkButton label="New user" href="/users/new" primary=true icon=Some("plus")
                    denied=may_not_create/>
            </PageHeader>
            {Suspend::new(async move {
                let spec = spec();
                let state = ListState::parse(&visit.query, &spec);
                match load(&visit, &state).await {
                    Ok(page) => {
                        let selection = Some(selection(&visit));
                        view! { <ListView spec state page cell selection/> }.into_any()
                    },
                    Err(error) => failed(&visit, "", error, visit.address()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// What can be done with several users at once.
fn selection(visit: &Visit) -> Selection<User> {
    let choices = Deed::ALL
        .iter()
        .map(|deed| (deed.name(), deed.label(), visit.denied(deed.action())));
    Selection {
        action: "/users/many",
        row: |user| (user.username.clone(), user.username.clone()),
        choices: choices.collect(),
    }
}

async fn load(visit: &Visit, state: &ListState) -> Result<ListPage<User>, PortalError> {
    let afresh = visit.query_value("fresh").is_some();
    let passage = visit.open(Action::ListUsers, Target::portal())?;
    let listing = passage
        .users(&query(state, afresh))
        .await
        .map_err(|error| visit.explain(Action::ListUsers, &error))?;
    Ok(ListPage {
        rows: listing.users,
        matching: listing.matching as u64,
        total: listing.total as u64,
        as_of_millis: Some(listing.as_of.as_millisecond()),
    })
}

/// How many users a file holds at most.
const MOST_EXPORTED: usize = 1_000_000;

/// All users that match the address's search, as CSV.
pub(crate) async fn export(visit: &Visit) -> Result<String, PortalError> {
    let (spec, passage) = (spec(), visit.open(Action::ListUsers, Target::portal())?);
    let state = ListState::parse(&visit.query, &spec);
    let query = UserQuery {
        skip: 0,
        take: MOST_EXPORTED,
        ..query(&state, false)
    };
    let listing = passage
        .users(&query)
        .await
        .map_err(|error| visit.explain(Action::ListUsers, &error))?;
    Ok(csv(&listing.users, &spec, &state, text))
}

/// A user's row as text, column by column.
fn text(user: &User, column: &str) -> String {
    match column {
        "username" => user.username.clone(),
        "name" => full_name(user),
        "email" => user.email.clone().unwrap_or_default(),
        "state" => if is_open(user) { "Open" } else { "Locked" }.to_owned(),
        "created" => iso_time(user.created),
        _ => user.id.to_string(),
    }
}

/// One cell of a user's row.
fn cell(user: &User, column: &str) -> AnyView {
    let text = |text: Option<&str>| text.unwrap_or("—").to_owned();
    match column {
        "username" => {
            let path = super::path(&user.id);
            view! { <a href=path>{user.username.clone()}</a> }.into_any()
        }
        "name" => view! { <bdi>{full_name(user)}</bdi> }.into_any(),
        "email" => text(user.email.as_deref()).into_any(),
        "state" => view! { <StateBadge open=is_open(user)/> }.into_any(),
        "created" => view! { <When millis=user.created/> }.into_any(),
        _ => view! { <code>{user.id.to_string()}</code> }.into_any(),
    }
}
