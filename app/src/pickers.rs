//! Searching users and groups for a picker, while the person types.

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::{
    characters::folded,
    directory::{UserQuery, full_name},
};
use serde::Serialize;

use crate::{context::RequestContext, error::PortalError, flash::Done, ui::Pick};

/// How many matches are shown; more words narrow the search.
const MAX_FOUND: usize = 20;

/// The longest search text, in characters.
const MAX_SEARCH_LENGTH: usize = 200;

/// The matches, for a picker.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Found {
    /// The first ones.
    pub found: Vec<Pick>,
    /// How many more there are.
    pub more: usize,
}

/// Users whose names or address contain these words.
#[server(prefix = "/api", endpoint = "users/find")]
pub async fn find_users(#[server(default)] q: String) -> Result<Done, PortalError> {
    Ok(Done::answer(&users(&RequestContext::current(), &q).await?))
}

/// Groups whose names contain these words.
#[server(prefix = "/api", endpoint = "groups/find")]
pub async fn find_groups(#[server(default)] q: String) -> Result<Done, PortalError> {
    Ok(Done::answer(&groups(&RequestContext::current(), &q).await?))
}

/// See [`find_users`]; an empty search finds none.
pub(crate) async fn users(context: &RequestContext, q: &str) -> Result<Found, PortalError> {
    let text = bounded(q);
    if text.is_empty() {
        return Ok(Found::default());
    }
    let operation = context.begin(Action::ListUsers, Target::portal()).await?;
    let query = UserQuery {
        text,
        take: MAX_FOUND,
        ..UserQuery::default()
    };
    let listing = context.services.directory.users(&operation, &query).await?;
    let found = listing.users.iter().map(|user| Pick {
        value: user.username.clone(),
        label: user.username.clone(),
        detail: full_name(user),
    });
    Ok(Found {
        more: listing.matching.saturating_sub(listing.users.len()),
        found: found.collect(),
    })
}

/// See [`find_groups`]; an empty search finds none.
pub(crate) async fn groups(context: &RequestContext, q: &str) -> Result<Found, PortalError> {
    let text = folded(&bounded(q));
    if text.is_empty() {
        return Ok(Found::default());
    }
    let operation = context.begin(Action::ListGroups, Target::portal()).await?;
    let listing = context.services.directory.groups(&operation, false).await?;
    let matches = |name: &str| {
        let name = folded(name);
        text.split_whitespace().all(|word| name.contains(word))
    };
    let matching: Vec<_> = listing
        .groups
        .iter()
        .filter(|group| matches(&group.name))
        .collect();
    let found = matching.iter().take(MAX_FOUND).map(|group| Pick {
        value: group.name.clone(),
        label: group.name.clone(),
        detail: group.description.clone().unwrap_or_default(),
    });
    Ok(Found {
        more: matching.len().saturating_sub(MAX_FOUND),
        found: found.collect(),
    })
}

fn bounded(q: &str) -> String {
    q.trim().chars().take(MAX_SEARCH_LENGTH).collect()
}

/// The groups of these names as a picker shows them; one whose description is not known has none.
pub(crate) async fn picked_groups(
    context: &RequestContext,
    operation: &Operation,
    names: &[String],
) -> Vec<Pick> {
    if names.is_empty() {
        return Vec::new();
    }
    let listing = context.services.directory.groups(operation, false).await.ok();
    let describe = |name: &String| {
        let mut known = listing.as_ref()?.groups.iter();
        known.find(|group| group.name == *name)?.description.clone()
    };
    let pick = |name: &String| Pick {
        value: name.clone(),
        label: name.clone(),
        detail: describe(name).unwrap_or_default(),
    };
    names.iter().map(pick).collect()
}
