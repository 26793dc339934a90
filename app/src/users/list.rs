//! `/users`: every user of the cluster, searched, sorted and filtered by the directory index.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    directory::{Listing, Loading, Sort, SortKey, UserQuery, full_name, is_open},
    jobs::BulkAction,
};
use protegrity::User;

use super::StateBadge;
use crate::{
    answer::{Events, PageResult},
    context::RequestContext,
    error::PortalError,
    links,
    ui::{
        Column, LinkButton, List, ListPage, ListState, LoadingList, Page, Selection, When, iso_time,
        loading_events,
    },
};

/// The most users in a file.
const MAX_EXPORTED: usize = 1_000_000;

const NOUNS: (&str, &str) = ("user", "users");

pub(super) fn users() -> List<User> {
    let columns = vec![
        Column::text("username", "User name", |user: &User| &user.username)
            .link(|user| links::user(&user.id)),
        Column::computed("name", "Name", full_name),
        Column::text("email", "E-mail", |user: &User| {
            user.email.as_deref().unwrap_or_default()
        }),
        Column::computed("state", "State", |user: &User| {
            if is_open(user) { "Open" } else { "Locked" }.to_owned()
        })
        .cell(|user| view! { <StateBadge open=is_open(user)/> }.into_any()),
        Column::computed("created", "Created", |user: &User| iso_time(user.created))
            .cell(|user| view! { <When millis=user.created/> }.into_any()),
        Column::text("id", "ID", |user: &User| user.id.as_str())
            .cell(|user| view! { <code>{user.id.to_string()}</code> }.into_any())
            .unsorted()
            .hidden(),
    ];
    List::new("/users", NOUNS, columns)
        .filter(
            "state",
            "State",
            [("open", "Open"), ("locked", "Locked")],
            |user, value| is_open(user) == (value == "open"),
        )
        .exported()
}

/// The column by which the directory index sorts.
fn sort_key(column: &str) -> SortKey {
    match column {
        "name" => SortKey::Name,
        "email" => SortKey::Email,
        "state" => SortKey::State,
        "created" => SortKey::Created,
        _ => SortKey::UserName,
    }
}

/// The query of the address for the directory index, without its page.
pub(super) fn query(state: &ListState) -> UserQuery {
    let (column, descending) = state.sort.clone().unwrap_or_default();
    UserQuery {
        text: state.q.clone(),
        enabled: state.filters.get("state").map(|value| value == "open"),
        sort: Sort {
            key: sort_key(&column),
            descending,
        },
        ..UserQuery::default()
    }
}

async fn load(context: &RequestContext, query: UserQuery) -> Result<Listing, PortalError> {
    let operation = context.begin(Action::ListUsers, Target::portal()).await?;
    Ok(context.services.directory.users(&operation, &query).await?)
}

/// `/users`
pub async fn list(context: RequestContext) -> PageResult {
    let choices = BulkAction::ALL.map(|bulk| (bulk.name(), bulk.label(), context.denied(bulk.action())));
    let list = users().selection(Selection {
        action: "/users/many".into(),
        row: |user| (user.username.clone(), user.username.clone()),
        choices: choices.into(),
    });
    let state = list.state(&context.query);
    let take = usize::try_from(state.per_page).unwrap_or(25);
    let pages_before = usize::try_from(state.page.saturating_sub(1)).unwrap_or(usize::MAX);
    let query = UserQuery {
        skip: pages_before.saturating_mul(take),
        take,
        refresh: context.query_value("fresh").is_some(),
        ..query(&state)
    };
    let operation = context.begin(Action::ListUsers, Target::portal()).await?;
    let listing = context.services.directory.users_soon(&operation, &query).await?;
    let actions = actions(&context);
    let listing = match listing {
        Loading::Ready(listing) => listing,
        Loading::UnderWay(rows) => {
            let next = state.href("/users");
            let progress = view! { <LoadingList rows nouns=NOUNS events="/users/events" next/> };
            return Ok(Page::new("Users", progress).actions(actions));
        }
    };
    let page = ListPage {
        rows: listing.users,
        matching: listing.matching as u64,
        total: listing.total as u64,
        as_of_millis: Some(listing.as_of.as_millisecond()),
    };
    Ok(Page::new("Users", list.view(&state, &page)).actions(actions))
}

fn actions(context: &RequestContext) -> impl IntoAny + use<> {
    view! {
        <LinkButton label="Create from a file" href="/users/import" denied=context.denied(Action::ImportUsers)/>
        <LinkButton label="New user" href="/users/new" primary=true icon=Some("plus")
            denied=context.denied(Action::CreateUser)/>
    }
}

/// `/users/events`: how many users have been read from the cluster so far.
pub async fn list_events(context: RequestContext) -> Result<Events, PortalError> {
    context.begin(Action::ListUsers, Target::portal()).await?;
    Ok(loading_events(context.services.directory.users_progress(), NOUNS))
}

/// All users that match the address's search, as CSV.
pub async fn export(context: RequestContext) -> Result<String, PortalError> {
    let list = users();
    let state = list.state(&context.query);
    let query = UserQuery {
        take: MAX_EXPORTED,
        ..query(&state)
    };
    let listing = load(&context, query).await?;
    Ok(list.csv(&listing.users, &state))
}
