//! `/groups`: every group of the cluster, searched, sorted and filtered in the address.

use std::collections::BTreeSet;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::directory::{GroupListing, Loading};
use protegrity::Group;

use super::kind;
use crate::{
    answer::{Events, PageResult},
    context::RequestContext,
    error::PortalError,
    links,
    ui::{Column, EmptyState, LinkButton, List, ListPage, LoadingList, Page, loading_events},
};

const NOUNS: (&str, &str) = ("group", "groups");

/// The list of these groups. The types to filter by are those that occur.
fn groups(groups: &[Group]) -> List<Group> {
    let types: BTreeSet<_> = groups.iter().map(kind).filter(|kind| !kind.is_empty()).collect();
    let columns = vec![
        Column::text("name", "Name", |group: &Group| &group.name).link(|group| links::group(&group.id)),
        Column::text("description", "Description", |group: &Group| {
            group.description.as_deref().unwrap_or_default()
        }),
        Column::computed("type", "Type", kind),
        Column::number("members", "Members", |group: &Group| {
            Some(group.members.as_ref()?.len())
        }),
        Column::computed("roles", "Roles", |group: &Group| {
            let roles: Vec<_> = group.roles.iter().flatten().map(ToString::to_string).collect();
            roles.join(", ")
        }),
        Column::text("id", "ID", |group: &Group| group.id.as_str())
            .cell(|group| view! { <code>{group.id.to_string()}</code> }.into_any())
            .unsorted()
            .hidden(),
    ];
    // A value that the cluster does not report passes no filter.
    let is_some =
        |count: Option<usize>, value: &str| count.is_some_and(|count| (count > 0) == (value == "with"));
    List::new("/groups", NOUNS, columns)
        .filter(
            "type",
            "Type",
            types.into_iter().map(|kind| (kind.clone(), kind)),
            |group, value| kind(group) == value,
        )
        .filter(
            "roles",
            "Roles",
            [("with", "With roles"), ("without", "Without roles")],
            move |group, value| is_some(group.roles.as_ref().map(Vec::len), value),
        )
        .filter(
            "members",
            "Members",
            [("with", "With members"), ("empty", "Empty")],
            move |group, value| is_some(group.members.as_ref().map(Vec::len), value),
        )
        .exported()
}

/// `/groups`
pub async fn list(context: RequestContext) -> PageResult {
    let refresh = context.query_value("fresh").is_some();
    let operation = context.begin(Action::ListGroups, Target::portal()).await?;
    let listing = context
        .services
        .directory
        .groups_soon(&operation, refresh)
        .await?;
    let new_group = || {
        let denied = context.denied(Action::CreateGroup);
        view! { <LinkButton label="New group" href="/groups/new" icon=Some("plus") primary=true denied/> }
    };
    let listing = match listing {
        Loading::Ready(listing) => listing,
        Loading::UnderWay(rows) => {
            let next = groups(&[]).state(&context.query).href("/groups");
            let progress = view! { <LoadingList rows nouns=NOUNS events="/groups/events" next/> };
            return Ok(Page::new("Groups", progress).actions(new_group()));
        }
    };
    let create = new_group();
    let empty = view! {
        <EmptyState title="No groups yet" hint="A group gives its roles to all of its members.">{create}</EmptyState>
    };
    let list = groups(&listing.groups).empty(empty);
    let state = list.state(&context.query);
    let page = ListPage {
        as_of_millis: Some(listing.as_of.as_millisecond()),
        ..list.page(listing.groups.to_vec(), &state)
    };
    Ok(Page::new("Groups", list.view(&state, &page))
        .lead("A group gives its roles to all of its members.")
        .actions(new_group()))
}

/// `/groups/events`: how many groups have been read from the cluster so far.
pub async fn list_events(context: RequestContext) -> Result<Events, PortalError> {
    context.begin(Action::ListGroups, Target::portal()).await?;
    Ok(loading_events(
        context.services.directory.groups_progress(),
        NOUNS,
    ))
}

/// All groups that match the address's search, as CSV.
pub async fn export(context: RequestContext) -> Result<String, PortalError> {
    let listing = load(&context).await?;
    Ok(groups(&listing.groups).export(listing.groups.to_vec(), &context.query))
}

async fn load(context: &RequestContext) -> Result<GroupListing, PortalError> {
    let operation = context.begin(Action::ListGroups, Target::portal()).await?;
    Ok(context.services.directory.groups(&operation, false).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(json: &str) -> Group {
        serde_json::from_str(json).expect("a group")
    }

    fn check(query: &str, expected: &[&str]) {
        let rows = vec![
            group(
                r#"{"id":"1","name":"developers","description":"Build","attributes":{"groupType":["local"]},"members":["a","b"],"roles":["viewer"]}"#,
            ),
            group(
                r#"{"id":"2","name":"contractors","attributes":{"groupType":["entra"]},"members":[],"roles":[]}"#,
            ),
            group(r#"{"id":"3","name":"not-reported"}"#),
        ];
        let list = groups(&rows);
        let state = list.state(query);
        let names: Vec<_> = list
            .matching(rows, &state)
            .into_iter()
            .map(|group| group.name)
            .collect();
        assert_eq!(names, expected, "{query}");
    }

    #[test]
    fn groups_are_found_by_their_values() {
        check("q=build", &["developers"]);
        check("q=viewer", &["developers"]);
        check("type=local", &["developers"]);
        check("type=entra", &["contractors"]);
        check("roles=without", &["contractors"]);
        check("members=empty", &["contractors"]);
        check("members=with", &["developers"]);
        check("sort=-members", &["not-reported", "developers", "contractors"]);
    }
}
