//! `/proofpoint/orgs/{domain}/users`: the users of an organisation, searched, sorted and filtered in memory.

use std::{collections::HashSet, sync::Arc};

use gate::{Action, Target};
use leptos::prelude::*;
use operations::mail::users::{BulkMailAction, MailUsers, full_name, type_name};
use proofpoint::{DomainName, User, UserType};

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
fn users(organization: &DomainName, users: &[Arc<User>]) -> List<Arc<User>> {
    let types: HashSet<&UserType> = users.iter().filter_map(|user| user.user_type.as_ref()).collect();
    let mut types: Vec<_> = types
        .into_iter()
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
            user.user_type
                .as_ref()
                .is_some_and(|own| own.to_string() == value)
        })
        .filter(
            "state",
            "State",
            [("active", "Active"), ("inactive", "Inactive")],
            |user, value| user.is_active == Some(value == "active"),
        )
        .exported_at(file)
}

/// The users that match the words of the search, and the state without them: the text of each user was made ready when
/// the list was read.
fn found(users: &MailUsers, state: &ListState) -> (Vec<Arc<User>>, ListState) {
    let rest = ListState {
        q: String::new(),
        ..state.clone()
    };
    if state.q.trim().is_empty() {
        return (users.users.clone(), rest);
    }
    let matching = users.matching(&state.q);
    let matching = users.users.iter().zip(matching).filter(|(_, matches)| *matches);
    (matching.map(|(user, _)| Arc::clone(user)).collect(), rest)
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
    let list = users(&organization, &all.users).selection(Selection {
        action: format!("{}/many", links::mail_users(&organization)).into(),
        row: |user| (user.primary_email.to_string(), user.primary_email.to_string()),
        choices: choices.into(),
    });
    let state = list.state(&context.query);
    let (rows, rest) = found(&all, &state);
    let page = ListPage {
        total: all.users.len() as u64,
        as_of_millis: Some(all.as_of.as_millisecond()),
        ..list.page(rows, &rest)
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
    let list = users(organization, &all.users);
    let (rows, rest) = found(all, &list.state(query));
    list.matching(rows, &rest)
}

/// All users that match the address's search, as CSV.
pub async fn export(context: RequestContext) -> Result<String, PortalError> {
    let organization = organization_domain(&context.query_value("domain").unwrap_or_default())?;
    let all = load(&context, &organization, false).await?;
    let list = users(&organization, &all.users);
    let state = list.state(&context.query);
    let (rows, rest) = found(&all, &state);
    Ok(list.csv(&list.matching(rows, &rest), &state))
}
