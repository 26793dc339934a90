//! Users of an organisation of Proofpoint Essentials: finding one, seeing and changing what they get.

mod detail;
mod dialogs;
mod form;
mod list;
mod many;

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::mail::users::{self, Changed, MailUserForm, SenderList};
use proofpoint::{DomainName, EmailAddress, NameError, SenderEntry, User};

pub(crate) use self::dialogs::{StateActions, StateDialogs};
pub use self::{
    detail::detail,
    form::{edit, new},
    list::{export, list},
    many::{ManyMailUsers, many, many_mail_users},
};
use super::organization_domain;
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    links,
    ui::{Badge, Page, Tone},
};

/// Creates a user.
#[server(prefix = "/api", endpoint = "proofpoint/users/create")]
pub async fn create_mail_user(#[server(flatten)] form: MailUserForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.domain)?;
    let target = Target::of("mail_organization", &organization);
    let operation = context.begin(Action::CreateMailUser, target).await?;
    let (email, changed) = users::create(&context.services, &operation, &organization, &form).await?;
    let done = outcome(format!("{email} is created."), "", changed);
    Ok(done.with_next(links::mail_user(&organization, &email)))
}

/// Changes a user's names, type and aliases.
#[server(prefix = "/api", endpoint = "proofpoint/users/edit")]
pub async fn edit_mail_user(#[server(flatten)] form: MailUserForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let of = OneUser::begin(&context, Action::EditMailUser, &form.domain, &form.email).await?;
    let changed = users::edit(
        &context.services,
        &of.operation,
        &of.organization,
        &of.email,
        &form,
    )
    .await?;
    let same = format!("No changes to save: {} stays as it is.", of.email);
    Ok(outcome(format!("{} is saved.", of.email), same, changed).with_next(of.page()))
}

/// Makes a user a functional account.
#[server(prefix = "/api", endpoint = "proofpoint/users/convert")]
pub async fn convert_mail_user(
    domain: String,
    email: String,
    #[server(default)] exempt: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let of = OneUser::begin(&context, Action::ConvertMailUser, &domain, &email).await?;
    let exempt = exempt == "true";
    let services = &context.services;
    let changed =
        users::make_functional(services, &of.operation, &of.organization, &of.email, exempt).await?;
    let same = format!("{} was a functional account already.", of.email);
    Ok(outcome(
        format!("{} is a functional account.", of.email),
        same,
        changed,
    ))
}

/// Lets a user get mail.
#[server(prefix = "/api", endpoint = "proofpoint/users/activate")]
pub async fn activate_mail_user(domain: String, email: String) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let of = OneUser::begin(&context, Action::ActivateMailUser, &domain, &email).await?;
    let changed = users::activate(&context.services, &of.operation, &of.organization, &of.email).await?;
    let same = format!("{} was active already.", of.email);
    Ok(outcome(format!("{} is active.", of.email), same, changed))
}

/// Stops the mail of a user.
#[server(prefix = "/api", endpoint = "proofpoint/users/deactivate")]
pub async fn deactivate_mail_user(domain: String, email: String) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let of = OneUser::begin(&context, Action::DeactivateMailUser, &domain, &email).await?;
    let changed = users::deactivate(&context.services, &of.operation, &of.organization, &of.email).await?;
    let same = format!("{} was inactive already.", of.email);
    Ok(outcome(format!("{} is inactive.", of.email), same, changed))
}

/// Deletes a user for good.
#[server(prefix = "/api", endpoint = "proofpoint/users/delete")]
pub async fn delete_mail_user(
    domain: String,
    email: String,
    #[server(default)] typed: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let of = OneUser::begin(&context, Action::DeleteMailUser, &domain, &email).await?;
    if EmailAddress::from(typed.trim().to_owned()) != of.email {
        return Err(PortalError::invalid(
            "typed",
            format!("Type {} to delete the user.", of.email),
        ));
    }
    let changed = users::delete(&context.services, &of.operation, &of.organization, &of.email).await?;
    let done = outcome(format!("{} is deleted.", of.email), "", changed);
    Ok(done.with_next(links::mail_users(&of.organization)))
}

/// Adds entries to a list of a user.
#[server(prefix = "/api", endpoint = "proofpoint/users/senders/add")]
pub async fn add_mail_user_senders(
    domain: String,
    email: String,
    #[server(default)] list: String,
    #[server(default)] entries: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let of = OneUser::begin(&context, Action::ChangeMailUserSenders, &domain, &email).await?;
    let list = SenderList::named(&list)?;
    let services = &context.services;
    let changed = users::add_senders(
        services,
        &of.operation,
        &of.organization,
        &of.email,
        list,
        &entries,
    )
    .await?;
    let title = format!("The {} senders of {} are saved.", list.name(), of.email);
    Ok(outcome(title, "All of these were in the list already.", changed))
}

/// Removes one entry from a list of a user.
#[server(prefix = "/api", endpoint = "proofpoint/users/senders/remove")]
pub async fn remove_mail_user_sender(
    domain: String,
    email: String,
    #[server(default)] list: String,
    #[server(default)] entry: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let of = OneUser::begin(&context, Action::ChangeMailUserSenders, &domain, &email).await?;
    let (list, entry) = (SenderList::named(&list)?, SenderEntry::from(entry));
    let services = &context.services;
    let changed =
        users::remove_sender(services, &of.operation, &of.organization, &of.email, list, &entry).await?;
    let title = format!("{entry} is no {} sender of {} any more.", list.name(), of.email);
    Ok(outcome(title, format!("{entry} was not in the list."), changed))
}

/// An action on one user.
struct OneUser {
    operation: Operation,
    organization: DomainName,
    email: EmailAddress,
}

impl OneUser {
    async fn begin(
        context: &RequestContext,
        action: Action,
        domain: &str,
        email: &str,
    ) -> Result<Self, PortalError> {
        let (organization, email) = (organization_domain(domain)?, user_address(email)?);
        let operation = context.begin(action, Target::of("mail_user", &email)).await?;
        Ok(Self {
            operation,
            organization,
            email,
        })
    }

    fn page(&self) -> String {
        links::mail_user(&self.organization, &self.email)
    }
}

/// What was done, or that nothing had to be.
fn outcome(done: String, same: impl Into<String>, changed: Changed) -> Done {
    let outcome = Done::new(if changed.was_so_already { same.into() } else { done });
    match changed.notice {
        Some(notice) => outcome.with_detail(notice),
        None => outcome,
    }
}

/// The address of a user, as an address of a page or a form gives it.
fn user_address(text: &str) -> Result<EmailAddress, PortalError> {
    text.parse()
        .map_err(|error| no_such("There is no such user.", "e-mail address", error))
}

fn no_such(title: &str, what: &str, error: NameError) -> PortalError {
    PortalError::new(ErrorKind::NotFound, title).with_detail(format!("The {what} {error}."))
}

/// A page below the users of an organisation.
fn below_users(page: Page, organization: &DomainName) -> Page {
    page.crumb("Proofpoint", "/proofpoint")
        .crumb(organization.to_string(), links::mail_organization(organization))
        .crumb("Users", links::mail_users(organization))
}

/// The state of a user in a word.
fn state(user: &User) -> &'static str {
    match user.is_active {
        Some(true) => "Active",
        Some(false) => "Inactive",
        None => "Unknown",
    }
}

/// The state of a user.
#[component]
pub(crate) fn StateBadge(user: User) -> impl IntoView {
    let tone = match user.is_active {
        Some(true) => Tone::Good,
        Some(false) => Tone::Bad,
        None => Tone::Neutral,
    };
    view! { <Badge tone text=state(&user)/> }
}

/// A fact that an answer may leave out.
const fn yes_or_no(fact: Option<bool>) -> &'static str {
    match fact {
        Some(true) => "Yes",
        Some(false) => "No",
        None => "Unknown",
    }
}
