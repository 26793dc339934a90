//! `/groups`: every group of the cluster, searched, sorted and filtered in the address.

use std::collections::BTreeSet;

use gate::{Action, GroupListing, Target};
use leptos::prelude::*;
use protegrity::Group;

use super::{kind, path};
use crate::{
    error::PortalError,
    shell::{Frame, failed},
    ui::{
        ColumnSpec, EmptyState, FilterSpec, LinkButton, ListPage, ListSpec, ListState, ListView, PageHeader,
        csv, grouped, matching, options, page_of,
    },
    visit::{Visit, visit},
};

/// The columns, and which are shown when nobody chose.
const COLUMNS: &[(&str, &str, bool)] = &[
    ("name", "Name", true),
    ("description", "Description", true),
    ("type", "Type", true),
    ("members", "Members", true),
    ("roles", "Roles", true),
    ("id", "ID", false),
];

/// What the list of these groups can do. The types to choose from are those that there are.
fn spec(groups: &[Group]) -> ListSpec {
    let types: BTreeSet<_> = groups.iter().filter_map(kind).collect();
    let types = types
        .into_iter()
        .map(|kind| (kind.clone().into(), kind.into()))
        .collect();
    let column = |(key, title, shown): &(&'static str, &'static str, bool)| ColumnSpec {
        key,
        title,
        sortable: *key != "id",
        shown: *shown,
        numeric: *key == "members",
    };
    let filter = |key, label, options| FilterSpec { key, label, options };
    ListSpec {
        path: "/groups".to_owned(),
        noun: ("group", "groups"),
        search_label: "Search groups",
        columns: COLUMNS.iter().map(column).collect(),
        filters: vec![
            filter("type", "Type", types),
            filter(
                "roles",
                "Roles",
                options(&[("with", "With roles"), ("without", "Without roles")]),
            ),
            filter(
                "members",
                "Members",
                options(&[("with", "With members"), ("empty", "Empty")]),
            ),
        ],
        exports: true,
    }
}

/// `/groups`
#[component]
pub fn GroupsPage() -> impl IntoView {
    let visit = visit();
    let may_not_create = visit.denied(Action::CreateGroup);
    view! {
        <Frame area="/groups">
            <PageHeader title="Groups" lead="A group gives its roles to all of its members.">
                <LinkButton label="New group" href="/groups/new" icon=Some("plus") primary=true denied=may_not_create/>
            </PageHeader>
            {Suspend::new(async move {
                match load(&visit).await {
                    Ok(listing) => view! { <Rows visit listing/> }.into_any(),
                    Err(error) => failed(&visit, "", error, visit.address()),
                }
            })}
        </Frame>
    }
    .into_any()
}

async fn load(visit: &Visit) -> Result<GroupListing, PortalError> {
    let afresh = visit.query_value("fresh").is_some();
    let passage = visit.open(Action::ListGroups, Target::portal())?;
    let listing = passage.groups(afresh).await;
    listing.map_err(|error| visit.explain(Action::ListGroups, &error))
}

#[component]
fn Rows(visit: Visit, listing: GroupListing) -> impl IntoView {
    let spec = spec(&listing.groups);
    let state = ListState::parse(&visit.query, &spec);
    let page = ListPage {
        as_of_millis: Some(listing.as_of.as_millisecond()),
        ..page_of(listing.groups.to_vec(), &spec, &state, text, keeps)
    };
    let may_not_create = visit.denied(Action::CreateGroup);
    let empty = view! {
        <EmptyState title="No groups yet" hint="A group gives its roles to all of its members.">
            <LinkButton label="New group" href="/groups/new" primary=true denied=may_not_create/>
        </EmptyState>
    }
    .into_any();
    view! { <ListView spec state page cell empty/> }
}

/// All groups that match the address's search, as CSV.
pub(crate) async fn export(visit: &Visit) -> Result<String, PortalError> {
    let listing = load(visit).await?;
    let spec = spec(&listing.groups);
    let state = ListState::parse(&visit.query, &spec);
    let rows = matching(listing.groups.to_vec(), &spec, &state, text, keeps);
    Ok(csv(&rows, &spec, &state, text))
}

/// What the cluster does not tell passes no filter.
fn keeps(group: &Group, filter: &str, value: &str) -> bool {
    let is_some = |count: Option<usize>| count.is_some_and(|count| (count > 0) == (value == "with"));
    match filter {
        "type" => kind(group).is_some_and(|kind| kind == value),
        "roles" => is_some(group.roles.as_ref().map(Vec::len)),
        _ => is_some(group.members.as_ref().map(Vec::len)),
    }
}

/// A group's row as text, column by column.
fn text(group: &Group, column: &str) -> String {
    match column {
        "name" => group.name.clone(),
        "description" => group.description.clone().unwrap_or_default(),
        "type" => kind(group).unwrap_or_default(),
        "members" => group
            .members
            .as_ref()
            .map(|members| members.len().to_string())
            .unwrap_or_default(),
        "roles" => {
            let roles: Vec<_> = group.roles.iter().flatten().map(ToString::to_string).collect();
            roles.join(", ")
        }
        _ => group.id.to_string(),
    }
}

/// One cell of a group's row.
fn cell(group: &Group, column: &str) -> AnyView {
    let or_dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
    match column {
        "name" => view! { <a href=path(&group.id)><bdi>{group.name.clone()}</bdi></a> }.into_any(),
        "members" => match &group.members {
            Some(members) => grouped(members.len() as u64).into_any(),
            None => "—".into_any(),
        },
        "id" => view! { <code>{group.id.to_string()}</code> }.into_any(),
        _ => view! { <bdi>{or_dash(text(group, column))}</bdi> }.into_any(),
    }
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
            group(r#"{"id":"3","name":"not-told"}"#),
        ];
        let spec = spec(&rows);
        let state = ListState::parse(query, &spec);
        let names: Vec<_> = matching(rows, &spec, &state, text, keeps)
            .into_iter()
            .map(|group| group.name)
            .collect();
        assert_eq!(names, expected, "{query}");
    }

    #[test]
    fn groups_are_found_by_what_they_are() {
        check("q=build", &["developers"]);
        check("q=viewer", &["developers"]);
        check("type=local", &["developers"]);
        check("type=entra", &["contractors"]);
        check("roles=without", &["contractors"]);
        check("members=empty", &["contractors"]);
        check("members=with", &["developers"]);
        check("sort=-members", &["not-told", "developers", "contractors"]);
    }
}
