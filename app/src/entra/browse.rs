//! `/entra/users`, `/entra/groups` and `/entra/groups/{id}`: the users and groups of Entra ID.
//!
//! The cluster searches and pages them and reports no total, so they are no [`crate::ui::List`].

use gate::{Action, Target};
use leptos::prelude::*;
use operations::entra::{self, Candidate, ObjectKind, Query, normalize};
use url::form_urlencoded::Serializer;

use super::{GROUPS, IMPORT, USERS, cells, page};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::{ErrorKind, PortalError},
    links,
    ui::{
        Copyable, DescriptionList, Detail, EmptyState, Icon, LinkButton, Section, SubmitButton, Table,
        counted, grouped,
    },
};

/// How many members of a group are shown. There are no pages of them (notes, row 59), but a search.
const MAX_MEMBERS_SHOWN: usize = 100;

/// The longest id that is accepted, in characters. Entra ID's are UUIDs of 36.
const MAX_ID_LENGTH: usize = 128;

/// `/entra/users`
pub async fn users(context: RequestContext) -> PageResult {
    browse(&context, ObjectKind::Users, USERS, "Users in Entra ID").await
}

/// `/entra/groups`
pub async fn groups(context: RequestContext) -> PageResult {
    browse(&context, ObjectKind::Groups, GROUPS, "Groups in Entra ID").await
}

async fn browse(
    context: &RequestContext,
    kind: ObjectKind,
    here: &'static str,
    title: &'static str,
) -> PageResult {
    let operation = context.begin(Action::ViewEntra, Target::portal()).await?;
    let value = |name| context.query_value(name).unwrap_or_default();
    let query = Query::new(&value("q"), &value("page"));
    let found = entra::search(&operation, kind, &query).await;
    let body = found.map(|found| {
        let label = format!("Search {} in Entra ID", kind.name());
        let (pager, rows) = (pager(here, &query, found.rows.len(), found.more), found.rows);
        let body = if rows.is_empty() {
            nothing_found(here, &query, kind)
        } else {
            view! { <ImportTable context=context.clone() kind label=title rows/> }.into_any()
        };
        view! {
            <SearchForm action=here label text=query.text/>
            {body}
            {pager}
        }
        .into_any()
    });
    let denied = context.denied(Action::ImportFromEntra);
    let import = links::entra_import(kind, None);
    let label = format!("Import {}", kind.name());
    Ok(page(title, here, body)?
        .lead("As the cluster finds them with its configuration.")
        .actions(view! { <LinkButton label href=import denied/> }))
}

/// The search field. It searches when it is sent and not at each key, because each search goes on to Microsoft.
#[component]
fn SearchForm(
    #[prop(into)] action: String,
    #[prop(into)] label: String,
    text: String,
    #[prop(optional_no_strip)] name: Option<String>,
) -> impl IntoView {
    let (title, placeholder) = (label.clone(), label.clone());
    view! {
        <div class="list-tools">
        <form class="list-search" method="get" action=action role="search" aria-label=label>
            <label class="search-box">
                <span class="visually-hidden">{title}</span>
                <Icon name="search"/>
                <input type="search" name="q" value=text maxlength="200" placeholder=placeholder autocomplete="off" dir="auto"
                    spellcheck="false"/>
            </label>
            {name.map(|name| view! { <input type="hidden" name="name" value=name/> })}
            <button type="submit" class="button">"Search"</button>
        </form>
        </div>
    }
    .into_any()
}

/// The rows. Where the caller may import they have boxes, and a button that takes the ticked ones to the import; the
/// boxes come first, because a long name can push the other columns out of sight.
#[component]
fn ImportTable(
    context: RequestContext,
    kind: ObjectKind,
    label: &'static str,
    rows: Vec<Candidate>,
) -> impl IntoView {
    let may_import = context.denied(Action::ImportFromEntra).is_none();
    let columns: &[&str] = match kind {
        ObjectKind::Users => &["Import", "User principal name", "Name", "E-mail"],
        ObjectKind::Groups => &["Import", "Name", "Description", "ID"],
    };
    let columns = &columns[usize::from(!may_import)..];
    let rows = rows
        .iter()
        .map(|row| view! { <tr>{may_import.then(|| box_cell(row))}{cells(row)}</tr> })
        .collect_view();
    let table = view! { <Table label columns>{rows}</Table> };
    if !may_import {
        return table.into_any();
    }
    view! {
        <form class="entra-rows" method="get" action=IMPORT>
            <input type="hidden" name="what" value=kind.name()/>
            {table}
            <div class="form-actions"><SubmitButton label="Import the ticked ones" quiet=true/></div>
        </form>
    }
    .into_any()
}

/// The box of a row that can be imported.
fn box_cell(row: &Candidate) -> AnyView {
    let label = format!("Import {}", row.name());
    let tick = row
        .key()
        .map(|_| view! { <input type="checkbox" name="pick" value=row.value() aria-label=label/> });
    view! { <td class="select">{tick}</td> }.into_any()
}

fn nothing_found(here: &'static str, query: &Query, kind: ObjectKind) -> AnyView {
    let (title, hint, link, href) = if query.page > 1 {
        let first = address(here, &query.text, 1);
        let hint = "The list ends before it.";
        (
            "Nothing on this page".to_owned(),
            hint,
            "To the first page",
            first,
        )
    } else if query.text.is_empty() {
        let title = format!("No {} in Entra ID", kind.name());
        (
            title,
            "The cluster finds none there.",
            "Search again",
            here.to_owned(),
        )
    } else {
        let title = format!("Nothing matches “{}”", query.text);
        let hint = "Try fewer or other words, or clear the search.";
        (title, hint, "Clear the search", here.to_owned())
    };
    view! {
        <EmptyState title hint><a class="button" href=href>{link}</a></EmptyState>
    }
    .into_any()
}

/// Which rows these are, and links to the pages before and after. The total is not known (notes, row 60).
fn pager(here: &'static str, query: &Query, shown: usize, more: bool) -> Option<AnyView> {
    if shown == 0 {
        return None;
    }
    let first = u64::from(query.first());
    let last = first + shown as u64;
    let end = if more { ", and there are more" } else { "" };
    let step = |page: u32, open: bool, label: &'static str, icon: &'static str| {
        let href = open.then(|| address(here, &query.text, page));
        let disabled = (!open).then_some("true");
        view! {
            <li><a class="button" href=href role="link" aria-disabled=disabled aria-label=label><Icon name=icon/></a></li>
        }
    };
    let page = query.page;
    let pages = (more || page > 1).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                <ul>
                    {step(page.saturating_sub(1), page > 1, "Previous page", "chevron-left")}
                    <li><span class="pager-here" aria-current="page">{format!("Page {page}")}</span></li>
                    {step(page + 1, more, "Next page", "chevron-right")}
                </ul>
            </nav>
        }
    });
    let footer = view! {
        <div class="list-footer">
            <p class="list-summary">{format!("Rows {}–{}{end}", grouped(first + 1), grouped(last))}</p>
            {pages}
        </div>
    };
    Some(footer.into_any())
}

/// The address of a page of a search.
fn address(path: &str, text: &str, page: u32) -> String {
    let mut query = Serializer::new(String::new());
    if !text.is_empty() {
        query.append_pair("q", text);
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    match query.finish().as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// `/entra/groups/{id}`
pub async fn group(context: RequestContext) -> PageResult {
    let id = group_id(context.param("id"))?.to_owned();
    let operation = context.begin(Action::ViewEntra, Target::portal()).await?;
    let value = |name| normalize(&context.query_value(name).unwrap_or_default());
    let text = value("q");
    let found = entra::group(&operation, &id, &value("name"), &text).await;
    let group = found.as_ref().ok().and_then(|found| found.group.clone());
    let name = group.as_ref().and_then(|group| group.display_name.clone());
    let description = group.as_ref().and_then(|group| group.description.clone());
    let description = description.filter(|description| !description.is_empty());
    let address = links::child_path(GROUPS, &id);
    let search_name = name.clone();
    let body = found.map(|found| {
        let members = members(&context, found.members, &text);
        view! {
            <DescriptionList>
                <Detail label="ID"><Copyable text=id label="the id"/></Detail>
                {description.map(|text| view! { <Detail label="Description"><bdi>{text}</bdi></Detail> })}
            </DescriptionList>
            <Section title="Members">
                <SearchForm action=address label="Search members" text name=search_name/>
                {members}
            </Section>
        }
        .into_any()
    });
    let title = name.unwrap_or_else(|| "Group in Entra ID".to_owned());
    let page = page(title, GROUPS, body)?.crumb("Groups in Entra ID", GROUPS);
    let Some(group) = group else { return Ok(page) };
    let denied = context.denied(Action::ImportFromEntra);
    let import = links::entra_import(ObjectKind::Groups, Some(&Candidate::Group(group)));
    Ok(page.actions(view! { <LinkButton label="Import group" href=import denied/> }))
}

/// A group's id, as an address gives it: anything of a bounded length, because it is sent in a body.
fn group_id(text: &str) -> Result<&str, PortalError> {
    let is_id = !text.trim().is_empty()
        && text.chars().count() <= MAX_ID_LENGTH
        && !text.chars().any(char::is_control);
    if is_id {
        return Ok(text);
    }
    Err(
        PortalError::new(ErrorKind::NotFound, "There is no such group in Entra ID.")
            .with_detail("The address does not hold a group's id."),
    )
}

fn members(context: &RequestContext, mut rows: Vec<Candidate>, text: &str) -> AnyView {
    if rows.is_empty() {
        let (title, hint) = if text.is_empty() {
            ("No members".to_owned(), "The cluster finds none in this group.")
        } else {
            (format!("No member matches “{text}”"), "Try fewer or other words.")
        };
        return view! { <EmptyState title hint/> }.into_any();
    }
    let summary = summary(rows.len());
    rows.truncate(MAX_MEMBERS_SHOWN);
    view! {
        <ImportTable context=context.clone() kind=ObjectKind::Users label="Members" rows/>
        <p class="list-summary">{summary}</p>
    }
    .into_any()
}

fn summary(count: usize) -> String {
    let all = counted(count, ("member", "members"));
    if count > MAX_MEMBERS_SHOWN {
        format!("The first {MAX_MEMBERS_SHOWN} of {all}: search to find the others")
    } else {
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_what_is_not_the_default() {
        assert_eq!(address("/entra/users", "", 1), "/entra/users");
        assert_eq!(
            address("/entra/users", "a b&c", 3),
            "/entra/users?q=a+b%26c&page=3"
        );
    }

    #[test]
    fn members_that_are_not_shown_are_counted() {
        assert_eq!(summary(1), "1 member");
        assert_eq!(summary(100), "100 members");
        assert_eq!(
            summary(1260),
            "The first 100 of 1,260 members: search to find the others"
        );
    }

    #[test]
    fn what_is_no_id_is_not_requested() {
        assert!(group_id("12345678-1234").is_ok());
        for text in ["", " ", "a\nb", &"x".repeat(129)] {
            assert!(group_id(text).is_err(), "{text:?}");
        }
    }
}
