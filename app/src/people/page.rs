//! `/people?email=`: what both systems have of a person.

use gate::{Action, System};
use leptos::prelude::*;
use operations::{
    access::UserAccess,
    directory::{full_name, is_open},
    mail,
    people::{Inconsistency, Mailbox, Person, Suggestion, find, inconsistencies, suggest},
    users::visible_groups,
};
use protegrity::User;

use super::{begin, missing_part, systems};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    links,
    mail::users::{StateActions, StateBadge as MailStateBadge, StateDialogs},
    ui::{
        DescriptionList, Detail, DialogButton, EmptyState, LinkButton, Notice, Page, Section, Tone, counted,
    },
    users::{Dialogs, StateBadge},
};

/// `/people`
pub async fn page(context: RequestContext) -> PageResult {
    let operation = begin(&context, Action::ViewPerson).await?;
    let text = context.query_value("email").unwrap_or_default();
    let text = text.trim();
    let starter = view! { <LinkButton label="Starter's guide" href=links::STARTER/> };
    if text.is_empty() {
        let hint = "Enter an address, an alias, a user name or a name.";
        let body = view! { <EmptyState title="Whom are you looking for?" hint>{search("")}</EmptyState> };
        return Ok(Page::new("People", body)
            .actions(starter)
            .lead("One person across the cluster and Proofpoint."));
    }
    let systems = systems(&operation);
    let person = find(&context.services, &systems, text).await;
    let title = person.name().unwrap_or_else(|| text.to_owned());
    let is_found = matches!(person.account, Ok(Some(_))) || matches!(person.mailbox, Ok(Some(_)));
    if !is_found {
        let suggestions = suggest(&context.services, &systems, text).await;
        if !suggestions.is_empty() || person.is_unknown() {
            let body = others(&context, text, &person, suggestions);
            return Ok(Page::new("People", body).actions(starter));
        }
    }
    let compared = match (&person.account, &person.mailbox) {
        (Ok(account), Ok(mailbox)) => {
            let mailbox = mailbox.as_ref().map(|mailbox| &mailbox.user);
            inconsistencies(account.as_ref(), mailbox, person.accounts)
        }
        _ => Vec::new(),
    };
    let actions = view! { <LinkButton label="Leaver's guide" href=links::leaver(text)/> };
    let account = account_section(&context, &operation, person.account).await;
    let mailbox = mailbox_section(&context, systems.mail.as_ref().ok(), person.mailbox).await;
    let body = view! {
        {compared.into_iter().map(inconsistency).collect_view()}
        <div class="halves">{account}{mailbox}</div>
    };
    Ok(Page::new(title, body)
        .crumb("People", links::PEOPLE)
        .actions(actions))
}

fn search(text: &str) -> AnyView {
    view! {
        <form class="person-search" method="get" action=links::PEOPLE role="search">
            <label for="person-text">"Address or name"</label>
            <input id="person-text" type="search" name="email" value=text.to_owned() maxlength="254"/>
            <button class="button" type="submit">"Find"</button>
        </form>
    }
    .into_any()
}

fn inconsistency(found: Inconsistency) -> AnyView {
    view! { <Notice standing=true tone=Tone::Warning title=found.title detail=found.detail/> }.into_any()
}

/// Nobody has exactly this address or user name: whom the words may mean.
fn others(context: &RequestContext, text: &str, person: &Person, suggestions: Vec<Suggestion>) -> AnyView {
    let part = |system, error: Option<&operations::Error>| {
        error.map(|error| missing_part(context, system, PortalError::from(error.clone())))
    };
    let missing = [
        part(System::Protegrity, person.account.as_ref().err()),
        part(System::Proofpoint, person.mailbox.as_ref().err()),
    ];
    let missing = missing.into_iter().flatten().collect_view();
    let again = search(text);
    if suggestions.is_empty() {
        let hint = "Check the spelling. A new mailbox is seen a minute later.";
        return view! {
            {missing}
            <EmptyState title=format!("No person with {text}") hint>{again}</EmptyState>
        }
        .into_any();
    }
    let items = suggestions.into_iter().map(|one| {
        view! {
            <li>
                <a href=links::person(&one.key)><bdi>{one.name}</bdi></a>
                " "
                <span class="muted"><bdi>{one.key.clone()}</bdi></span>
            </li>
        }
    });
    let title = format!("{} with “{text}”", counted(items.len(), ("person", "people")));
    view! {
        {missing}
        <Section title>{again} <ul class="remarks">{items.collect_view()}</ul></Section>
    }
    .into_any()
}

async fn account_section(
    context: &RequestContext,
    operation: &gate::Operation,
    account: Result<Option<User>, operations::Error>,
) -> AnyView {
    let content = match account {
        Err(error) => missing_part(context, System::Protegrity, error.into()),
        Ok(None) => {
            let hint = "No account of the cluster has this address.";
            view! { <EmptyState title="No account" hint/> }.into_any()
        }
        Ok(Some(user)) => self::account(context, operation, user).await,
    };
    view! { <Section title="Protegrity account">{content}</Section> }.into_any()
}

async fn account(context: &RequestContext, operation: &gate::Operation, user: User) -> AnyView {
    let services = &context.services;
    let policy = async {
        match context.denied(Action::ResetPassword) {
            Some(_) => None,
            None => services.password_policy(operation).await,
        }
    };
    let (roles, groups, policy) = futures::join!(
        services.visible_roles(operation),
        visible_groups(services, operation, &user),
        policy
    );
    let visible_roles = roles.as_deref().map_or(&[][..], Vec::as_slice);
    let visible_groups = groups.as_deref().map_or(&[][..], Vec::as_slice);
    let access = UserAccess::of(&user, visible_roles, visible_groups);
    let list = |names: Vec<String>| or_dash(names.join(", "));
    let role_names = access.roles.keys().map(ToString::to_string).collect();
    let permissions: Vec<_> = access.permissions.keys().map(ToString::to_string).collect();
    let may_do = roles.is_ok().then(|| {
        view! {
        <details>
            <summary>{counted(permissions.len(), ("permission", "permissions"))}</summary>
            <ul class="permissions">
                {permissions.iter().map(|name| view! { <li><code>{name.clone()}</code></li> }).collect_view()}
            </ul>
        </details>
    }
    .into_any()
    });
    let open = is_open(&user);
    let denied = |action| context.denied(action);
    let is_own = operation.is_self(&user);
    let page = links::user(&user.id);
    let edit = links::edit(&page);
    let (user_name, email) = (
        user.username.clone(),
        or_dash(user.email.clone().unwrap_or_default()),
    );
    let name = or_dash(full_name(&user));
    let (role_names, group_names) = (list(role_names), list(access.groups));
    let dialogs = view! { <Dialogs context=context.clone() user is_own policy/> };
    view! {
        <DescriptionList>
            <Detail label="User name"><a href=page><bdi>{user_name}</bdi></a></Detail>
            <Detail label="State"><StateBadge open/></Detail>
            <Detail label="Name"><bdi>{name}</bdi></Detail>
            <Detail label="E-mail"><bdi>{email}</bdi></Detail>
            <Detail label="Roles"><bdi>{role_names}</bdi></Detail>
            <Detail label="Groups"><bdi>{group_names}</bdi></Detail>
            <Detail label="May do">{may_do.unwrap_or_else(|| view! { "Unknown: roles may not be read" }.into_any())}</Detail>
        </DescriptionList>
        <div class="form-actions">
            {open.then(|| view! {
                <DialogButton label="Lock" dialog="lock-dialog" danger=true denied=denied(Action::LockUser)/>
            })}
            <DialogButton label="Unlock" dialog="unlock-dialog" denied=denied(Action::UnlockUser)/>
            <DialogButton label="Reset password" dialog="reset-dialog" denied=denied(Action::ResetPassword)/>
            <LinkButton label="Edit" href=edit denied=denied(Action::EditUser)/>
        </div>
        {dialogs}
    }
    .into_any()
}

async fn mailbox_section(
    context: &RequestContext,
    operation: Option<&gate::Operation>,
    mailbox: Result<Option<Mailbox>, operations::Error>,
) -> AnyView {
    let content = match mailbox {
        Err(error) => missing_part(context, System::Proofpoint, error.into()),
        Ok(None) => {
            let hint = "Proofpoint shows this account no mailbox with this address.";
            view! { <EmptyState title="No mailbox" hint/> }.into_any()
        }
        Ok(Some(mailbox)) => self::mailbox(context, operation, mailbox).await,
    };
    view! { <Section title="Proofpoint mailbox">{content}</Section> }.into_any()
}

async fn mailbox(
    context: &RequestContext,
    operation: Option<&gate::Operation>,
    Mailbox { organization, user }: Mailbox,
) -> AnyView {
    let exemptions = match operation {
        Some(operation) => mail::users::exemptions(&context.services, operation, &organization)
            .await
            .ok(),
        None => None,
    };
    let exempt = exemptions.flatten();
    let is_synchronised = exempt.is_some_and(|exempt| !exempt.contains(&user.primary_email));
    let aliases: Vec<_> = user
        .alias_emails
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    let aliases = or_dash(aliases.join(", "));
    let name = or_dash(mail::users::full_name(&user));
    let (address, domain) = (user.primary_email.to_string(), organization.to_string());
    let user_type = mail::users::type_name(user.user_type.as_ref());
    let page = links::mail_user(&organization, &user.primary_email);
    let organization_page = links::mail_organization(&organization);
    let state = view! { <MailStateBadge user=user.clone()/> };
    let actions = view! {
        <StateActions context=context.clone() organization=organization.clone() user=user.clone()/>
    };
    let dialogs = view! { <StateDialogs context=context.clone() organization user is_synchronised/> };
    view! {
        <DescriptionList>
            <Detail label="Address"><a href=page><bdi>{address}</bdi></a></Detail>
            <Detail label="State">{state}</Detail>
            <Detail label="Name"><bdi>{name}</bdi></Detail>
            <Detail label="Type"><bdi>{user_type}</bdi></Detail>
            <Detail label="Organisation"><a href=organization_page><bdi>{domain}</bdi></a></Detail>
            <Detail label="Aliases"><bdi>{aliases}</bdi></Detail>
        </DescriptionList>
        <div class="form-actions">
            {actions}
        </div>
        {dialogs}
    }
    .into_any()
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "—".to_owned() } else { text }
}
