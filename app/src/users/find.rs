//! Finding users and groups for a picker, as one types.

use gate::{Action, Passage, Target, UserQuery};
use leptos::prelude::*;
use serde::Serialize;

use super::full_name;
use crate::{
    error::PortalError,
    flash::Done,
    ui::Pick,
    visit::{Visit, visit},
};

/// How many are shown; whoever wants another one types more.
const MOST_FOUND: usize = 20;

/// The longest search that is looked at, in characters.
const LONGEST_SEARCH: usize = 200;

/// What was found, for a picker.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Found {
    /// The first ones.
    pub found: Vec<Pick>,
    /// How many more there are.
    pub more: usize,
}

/// Users whose names or address have these words in them.
#[server(prefix = "/api", endpoint = "users/find")]
pub async fn find_users(#[server(default)] q: String) -> Result<(), PortalError> {
    let visit = visit();
    let found = users(&visit, &q).await?;
    visit.done(Done::answer(&found));
    Ok(())
}

/// Groups whose names have these words in them.
#[server(prefix = "/api", endpoint = "groups/find")]
pub async fn find_groups(#[server(default)] q: String) -> Result<(), PortalError> {
    let visit = visit();
    let found = groups(&visit, &q).await?;
    visit.done(Done::answer(&found));
    Ok(())
}

/// See [`find_users`]; an empty search finds nobody.
pub(crate) async fn users(visit: &Visit, q: &str) -> Result<Found, PortalError> {
    let q = bounded(q);
    if q.is_empty() {
        return Ok(Found::default());
    }
    let passage = visit.open(Action::ListUsers, Target::portal())?;
    let query = UserQuery {
        text: q,
        take: MOST_FOUND,
        ..UserQuery::default()
    };
    let listing = passage
        .users(&query)
        .await
        .map_err(|error| visit.explain(Action::ListUsers, &error))?;
    let more = listing.matching.saturating_sub(listing.users.len());
    let found = listing.users.iter().map(|user| Pick {
        value: user.username.clone(),
        label: user.username.clone(),
        detail: full_name(user),
    });
    Ok(Found {
        found: found.collect(),
        more,
    })
}

/// See [`find_groups`]; an empty search finds none.
pub(crate) async fn groups(visit: &Visit, q: &str) -> Result<Found, PortalError> {
    let q = bounded(q).to_lowercase();
    if q.is_empty() {
        return Ok(Found::default());
    }
    let passage = visit.open(Action::ListGroups, Target::portal())?;
    let listing = passage
        .groups(false)
        .await
        .map_err(|error| visit.explain(Action::ListGroups, &error))?;
    let matching: Vec<_> = listing
        .groups
        .iter()
        .filter(|group| {
            q.split_whitespace()
                .all(|word| group.name.to_lowercase().contains(word))
        })
        .collect();
    let found = matching.iter().take(MOST_FOUND).map(|group| Pick {
        value: group.name.clone(),
        label: group.name.clone(),
        detail: group.description.clone().unwrap_or_default(),
    });
    Ok(Found {
        more: matching.len().saturating_sub(MOST_FOUND),
        found: found.collect(),
    })
}

fn bounded(q: &str) -> String {
    q.trim().chars().take(LONGEST_SEARCH).collect()
}

/// The groups of these names as a picker shows them; one whose description is not known has none.
pub(crate) async fn picked_groups(passage: &Passage, names: &[String]) -> Vec<Pick> {
    if names.is_empty() {
        return Vec::new();
    }
    let listing = passage.groups(false).await.ok();
    let describe = |name: &String| {
        let known = listing
            .as_ref()?
            .groups
            .iter()
            .find(|group| group.name == *name)?;
        known.description.clone()
    };
    let pick = |name: &String| Pick {
        value: name.clone(),
        label: name.clone(),
        detail: describe(name).unwrap_or_default(),
    };
    names.iter().map(pick).collect()
}
