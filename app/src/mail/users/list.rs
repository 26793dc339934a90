//! `/proofpoint/orgs/{domain}/users`: the users of an organisation, searched, sorted and filtered in memory.

use std::sync::Arc;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::mail::users::{BulkMailAction, MailUsers, full_name, type_name};
use proofpoint::{DomainName, User};

use super::{StateBadge, organization_domain, state, yes_or_no};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    links,
    ui::{Column, LinkButton, List, ListPage, ListState, Page, Selection},
};

const NOUNS: (&str, &str) = ("user", "users");

/// The list of these users. The types to filter by are those that occur.
fn users(organization: &DomainName, users: &MailUsers) -> List<Arc<User>> {
    let mut types: Vec<_> = users
        .types()
        .iter()
        .map(|user_type| (user_type.to_string(), type_name(Some(user_type))))
        .collect();
    types.sort_unstable_by(|one, other| one.1.cmp(&other.1));
    let organization = organization.clone();
    let (path, file) = (
        links::mail_users(&organization),
        links::mail_users_file(&organization),
    );
    let columns = vec![
        Column::text("email", "E-mail", |user: &Arc<User>| user.primary_email.as_str())
            .link(move |user| links::mail_user(&organization, &user.primary_email)),
        Column::computed("name", "Name", |user: &Arc<User>| full_name(user)),
        Column::computed("type", "Type", |user: &Arc<User>| {
            type_name(user.user_type.as_ref())
        }),
        Column::computed("state", "State", |user: &Arc<User>| state(user).to_owned())
            .cell(|user| view! { <StateBadge user=User::clone(user)/> }.into_any()),
        Column::computed("billable", "Takes a licence", |user: &Arc<User>| {
            yes_or_no(user.is_billable).to_owned()
        }),
        Column::computed("aliases", "Aliases", |user: &Arc<User>| {
            let aliases = user.alias_emails.iter().flatten();
            aliases.map(AsRef::as_ref).collect::<Vec<&str>>().join(", ")
        }),
        Column::computed("read_only", "May only look", |user: &Arc<User>| {
            yes_or_no(user.is_read_only).to_owned()
        })
        .hidden(),
    ];
    List::new(path, NOUNS, columns)
        .filter("type", "Type", types, |user, value| {
            user.user_type.as_ref().is_some_and(|own| own.as_str() == value)
        })
        .filter(
            "state",
            "State",
            [("active", "Active"), ("inactive", "Inactive")],
            |user, value| user.is_active == Some(value == "active"),
        )
        .exported_at(file)
}

/// The places of the users that match the search and the filters, in the order of the sort: the text of each user was
/// made ready when the list was read, and an order and a filter are kept from their first use.
fn found(list: &List<Arc<User>>, users: &MailUsers, state: &ListState) -> Vec<usize> {
    let matching = (!state.q.trim().is_empty()).then(|| users.matching(&state.q));
    let filters = state.filters.iter();
    let filters: Vec<_> = filters
        .map(|(key, value)| users.passing(key, value, |user| list.keeps(user, key, value)))
        .collect();
    let is_found = |place: &usize| {
        matching.as_ref().is_none_or(|matching| matching[*place])
            && filters.iter().all(|passing| passing[*place])
    };
    let order = state.sort.as_ref().and_then(|(column, descending)| {
        let (name, key) = list.sort_key(column)?;
        Some((users.order(name, key), *descending))
    });
    let Some((order, descending)) = order else {
        return (0..users.users.len()).filter(is_found).collect();
    };
    let places = order.iter().map(|place| *place as usize);
    if descending {
        places.rev().filter(is_found).collect()
    } else {
        places.filter(is_found).collect()
    }
}

/// The users that match the search and the filters, in the order of the sort.
fn rows(list: &List<Arc<User>>, users: &MailUsers, state: &ListState) -> Vec<Arc<User>> {
    let places = found(list, users, state).into_iter();
    places.map(|place| Arc::clone(&users.users[place])).collect()
}

async fn load(
    context: &RequestContext,
    organization: &DomainName,
    refresh: bool,
) -> Result<Arc<MailUsers>, PortalError> {
    let target = Target::of("mail_organization", organization);
    let operation = context.begin(Action::ViewMailUsers, target).await?;
    Ok(context
        .services
        .mail
        .users(&operation, organization, refresh)
        .await?)
}

/// `/proofpoint/orgs/{domain}/users`
pub async fn list(context: RequestContext) -> PageResult {
    let organization = organization_domain(context.param("domain"))?;
    let all = load(&context, &organization, context.query_value("fresh").is_some()).await?;
    let choices = BulkMailAction::ALL.map(|bulk| (bulk.name(), bulk.label(), context.denied(bulk.action())));
    let list = users(&organization, &all).selection(Selection {
        action: format!("{}/many", links::mail_users(&organization)).into(),
        row: |user| (user.primary_email.to_string(), user.primary_email.to_string()),
        choices: choices.into(),
    });
    let state = list.state(&context.query);
    let page = ListPage::of(found(&list, &all, &state), all.users.len(), &state);
    let page = ListPage {
        as_of_millis: Some(all.as_of.as_millisecond()),
        ..page.map(|place| Arc::clone(&all.users[place]))
    };
    let actions = view! {
        <LinkButton label="Create from a file" href=format!("{}/import", links::mail_users(&organization))
            denied=context.denied(Action::CreateMailUser)/>
        <LinkButton label="New user" href=format!("{}/new", links::mail_users(&organization)) primary=true
            icon=Some("plus") denied=context.denied(Action::CreateMailUser)/>
    };
    Ok(
        Page::new(format!("Users of {organization}"), list.view(&state, &page))
            .crumb("Proofpoint", "/proofpoint")
            .crumb(organization.to_string(), links::mail_organization(&organization))
            .actions(actions),
    )
}

/// All users that match this search.
pub(super) fn matching(organization: &DomainName, all: &MailUsers, query: &str) -> Vec<Arc<User>> {
    let list = users(organization, all);
    rows(&list, all, &list.state(query))
}

/// All users that match the address's search, as CSV.
pub async fn export(context: RequestContext) -> Result<String, PortalError> {
    let organization = organization_domain(&context.query_value("domain").unwrap_or_default())?;
    let all = load(&context, &organization, false).await?;
    let list = users(&organization, &all);
    let state = list.state(&context.query);
    Ok(list.csv(&rows(&list, &all, &state), &state))
}
