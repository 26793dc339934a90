//! `/entra/users` and `/entra/groups`: a look at whom Entra ID holds.

use gate::Action;
use leptos::prelude::*;
use protegrity::{EntraGroup, EntraUser};
use url::form_urlencoded::Serializer;

use super::{
    GROUPS, IMPORT, Tabs, USERS,
    chosen::{Item, What},
    full_name, or_dash,
    search::{self, Asked, Found},
    trouble::TroubleView,
};
use crate::{
    act::below,
    shell::Frame,
    ui::{EmptyState, Icon, LinkButton, PageHeader, SubmitButton, Table, grouped},
    visit::{Visit, visit},
};

/// `/entra/users`
#[component]
pub fn EntraUsersPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/entra">
            <BrowseHeader visit=visit.clone() what=What::Users/>
            {Suspend::new(async move {
                let asked = Asked::of(&visit);
                let found = search::users(&visit, &asked).await;
                match found {
                    Ok(found) => {
                        let may_import = may_import(&visit);
                        let rows = user_rows(&found.rows, may_import);
                        view! {
                            <Results visit asked what=What::Users shown=found.rows.len() more=found.more>
                                <Table label="Users in Entra ID" columns=user_columns(may_import)>{rows}</Table>
                            </Results>
                        }
                        .into_any()
                    }
                    Err(trouble) => view! { <TroubleView visit trouble/> }.into_any(),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// `/entra/groups`
#[component]
pub fn EntraGroupsPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/entra">
            <BrowseHeader visit=visit.clone() what=What::Groups/>
            {Suspend::new(async move {
                let asked = Asked::of(&visit);
                let found: Result<Found<EntraGroup>, _> = search::groups(&visit, &asked).await;
                match found {
                    Ok(found) => {
                        let may_import = may_import(&visit);
                        let rows = group_rows(&found.rows, may_import);
                        view! {
                            <Results visit asked what=What::Groups shown=found.rows.len() more=found.more>
                                <Table label="Groups in Entra ID" columns=group_columns(may_import)>{rows}</Table>
                            </Results>
                        }
                        .into_any()
                    }
                    Err(trouble) => view! { <TroubleView visit trouble/> }.into_any(),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The columns of a list of users. The boxes come first, because a long name can push the others out of sight.
pub(super) const fn user_columns(may_import: bool) -> &'static [&'static str] {
    if may_import {
        &["Import", "User principal name", "Name", "E-mail"]
    } else {
        &["User principal name", "Name", "E-mail"]
    }
}

const fn group_columns(may_import: bool) -> &'static [&'static str] {
    if may_import {
        &["Import", "Name", "Description", "ID"]
    } else {
        &["Name", "Description", "ID"]
    }
}

fn may_import(visit: &Visit) -> bool {
    visit.denied(Action::ImportFromEntra).is_none()
}

#[component]
fn BrowseHeader(visit: Visit, what: What) -> impl IntoView {
    let (here, title) = match what {
        What::Users => (USERS, "Users in Entra ID"),
        What::Groups => (GROUPS, "Groups in Entra ID"),
    };
    let (_, many) = what.noun();
    let import = format!("{IMPORT}?what={}", what.name());
    let denied = visit.denied(Action::ImportFromEntra);
    view! {
        <PageHeader title lead="As the cluster finds them with its configuration.">
            <LinkButton label=format!("Import {many}") href=import denied/>
        </PageHeader>
        <Tabs here/>
    }
    .into_any()
}

/// The search, what it found, and the way to the other pages. The rows belong to the form that leads to
/// the import with those that are ticked.
#[component]
fn Results(
    visit: Visit,
    asked: Asked,
    what: What,
    shown: usize,
    more: bool,
    children: Children,
) -> impl IntoView {
    let (here, label) = match what {
        What::Users => (USERS, "Search users in Entra ID"),
        What::Groups => (GROUPS, "Search groups in Entra ID"),
    };
    let content = if shown == 0 {
        view! { <NothingFound here asked=asked.clone() what/> }.into_any()
    } else {
        view! { <ImportForm visit what>{children()}</ImportForm> }.into_any()
    };
    view! {
        <SearchForm action=here.to_owned() label q=asked.q.clone() hidden=Vec::new()/>
        {content}
        <Pager here asked shown more/>
    }
    .into_any()
}

/// The search field of a list that the cluster searches. It asks when it is sent and not at each key,
/// because each search goes on to Microsoft.
#[component]
pub(super) fn SearchForm(
    action: String,
    label: &'static str,
    q: String,
    hidden: Vec<(&'static str, String)>,
) -> impl IntoView {
    let hidden = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <div class="list-tools">
        <form class="list-search" method="get" action=action role="search" aria-label=label>
            <label class="search-box">
                <span class="visually-hidden">{label}</span>
                <Icon name="search"/>
                <input type="search" name="q" value=q maxlength="200" placeholder=label autocomplete="off" dir="auto"
                    spellcheck="false"/>
            </label>
            {hidden.collect_view()}
            <button type="submit" class="button">"Search"</button>
        </form>
        </div>
    }
    .into_any()
}

/// Rows with boxes, and the button that takes the ticked ones to the import.
#[component]
pub(super) fn ImportForm(visit: Visit, what: What, children: Children) -> impl IntoView {
    if !may_import(&visit) {
        return children().into_any();
    }
    view! {
        <form class="entra-rows" method="get" action=IMPORT>
            <input type="hidden" name="what" value=what.name()/>
            {children()}
            <div class="form-actions"><SubmitButton label="Import the ticked ones" quiet=true/></div>
        </form>
    }
    .into_any()
}

/// The rows of users.
pub(super) fn user_rows(users: &[EntraUser], may_import: bool) -> Vec<AnyView> {
    let row = |user: &EntraUser| {
        let item = Item::User(user.clone());
        view! {
            <tr>
                {may_import.then(|| pick_cell(&item))}
                <th scope="row"><bdi>{or_dash(user.user_principal_name.as_deref())}</bdi></th>
                <td><bdi>{or_dash(Some(&full_name(user)))}</bdi></td>
                <td><bdi>{or_dash(user.email.as_deref())}</bdi></td>
            </tr>
        }
        .into_any()
    };
    users.iter().map(row).collect()
}

fn group_rows(groups: &[EntraGroup], may_import: bool) -> Vec<AnyView> {
    let row = |group: &EntraGroup| {
        let item = Item::Group(group.clone());
        let name = or_dash(group.display_name.as_deref());
        view! {
            <tr>
                {may_import.then(|| pick_cell(&item))}
                <th scope="row"><a href=group_path(group)><bdi>{name}</bdi></a></th>
                <td class="wraps"><bdi>{or_dash(group.description.as_deref())}</bdi></td>
                <td><code>{group.id.clone()}</code></td>
            </tr>
        }
        .into_any()
    };
    groups.iter().map(row).collect()
}

/// The box that takes a row to the import, where that is possible.
fn pick_cell(item: &Item) -> AnyView {
    let label = format!("Import {}", item.name());
    let is_importable = item.key().is_some();
    let pick = is_importable
        .then(|| view! { <input type="checkbox" name="pick" value=item.value() aria-label=label/> });
    view! { <td class="select">{pick}</td> }.into_any()
}

/// The page of a group. Its name travels along, because a group is looked up by its name only.
fn group_path(group: &EntraGroup) -> String {
    let name = group.display_name.clone().unwrap_or_default();
    let query = Serializer::new(String::new()).append_pair("name", &name).finish();
    format!("{}?{query}", below(GROUPS, &group.id))
}

#[component]
fn NothingFound(here: &'static str, asked: Asked, what: What) -> impl IntoView {
    let (_, many) = what.noun();
    let (title, hint, link) = if asked.page > 1 {
        (
            "Nothing on this page".to_owned(),
            "The list ends before it.",
            "To the first page",
        )
    } else if asked.q.is_empty() {
        (
            format!("No {many} in Entra ID"),
            "The cluster finds none there.",
            "Search again",
        )
    } else {
        (
            format!("Nothing matches “{}”", asked.q),
            "Try fewer or other words, or clear the search.",
            "Clear the search",
        )
    };
    let href = if asked.page > 1 {
        address(here, &asked.q, 1)
    } else {
        here.to_owned()
    };
    view! {
        <EmptyState title hint><a class="button" href=href>{link}</a></EmptyState>
    }
    .into_any()
}

/// Which rows these are, and the pages before and after. Nothing tells how many there are in all (notes,
/// row 60).
#[component]
fn Pager(here: &'static str, asked: Asked, shown: usize, more: bool) -> impl IntoView {
    if shown == 0 {
        return None;
    }
    let first = u64::from(asked.first_row());
    let last = first + shown as u64 - 1;
    let end = if more { ", and there are more" } else { "" };
    let step = |page: u32, open: bool, label: &'static str, icon: &'static str| {
        let href = open.then(|| address(here, &asked.q, page));
        let disabled = (!open).then_some("true");
        view! {
            <li><a class="button" href=href role="link" aria-disabled=disabled aria-label=label><Icon name=icon/></a></li>
        }
    };
    let pages = (more || asked.page > 1).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                <ul>
                    {step(asked.page.saturating_sub(1), asked.page > 1, "Previous page", "chevron-left")}
                    <li><span class="pager-here" aria-current="page">{format!("Page {}", asked.page)}</span></li>
                    {step(asked.page + 1, more, "Next page", "chevron-right")}
                </ul>
            </nav>
        }
    });
    Some(view! {
        <div class="list-footer">
            <p class="list-summary">{format!("Rows {}–{}{end}", grouped(first), grouped(last))}</p>
            {pages}
        </div>
    })
}

/// The address of a page of a search.
fn address(path: &str, q: &str, page: u32) -> String {
    let mut query = Serializer::new(String::new());
    if !q.is_empty() {
        query.append_pair("q", q);
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    match query.finish().as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_not_the_default() {
        assert_eq!(address("/entra/users", "", 1), "/entra/users");
        assert_eq!(
            address("/entra/users", "a b&c", 3),
            "/entra/users?q=a+b%26c&page=3"
        );
    }

    #[test]
    fn a_groups_address_takes_any_id() {
        let path = |id: &str| {
            group_path(&EntraGroup {
                id: id.to_owned(),
                display_name: Some("R&D".to_owned()),
                description: None,
            })
        };
        assert_eq!(path("7-a"), "/entra/groups/7-a?name=R%26D");
        assert_eq!(path("a/b c+d"), "/entra/groups/a%2Fb%20c%2Bd?name=R%26D");
    }
}
