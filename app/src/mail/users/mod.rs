//! Users of an organisation of Proofpoint Essentials: finding one, seeing and changing what they get.

mod detail;
mod dialogs;
mod form;
mod import;
mod list;
mod many;
mod review;

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::{
    mail::{
        senders::{self, SenderList, SendersOf},
        users::{self, Edited, MailUserForm},
    },
    reviews::values_of,
};
use proofpoint::{DomainName, EmailAddress, NameError, SenderEntry, User};

pub(crate) use self::dialogs::{StateActions, StateDialogs};
pub use self::{
    detail::detail,
    form::{edit, new},
    import::{ImportMailUsers, import, import_mail_users},
    list::{export, list},
    many::{ManyMailUsers, many, many_mail_users},
    review::review,
};
use super::{
    organization_domain, outcome,
    senders::{added, removed},
};
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

/// Changes a user's address, names, type, aliases and rights.
#[server(prefix = "/api", endpoint = "proofpoint/users/edit")]
pub async fn edit_mail_user(#[server(flatten)] form: MailUserForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let of = OneUser::begin(&context, Action::EditMailUser, &form.domain, &form.email).await?;
    let services = &context.services;
    let changed = match users::edit(services, &of.operation, &of.organization, &of.email, &form).await? {
        Edited::Saved(changed) => changed,
        Edited::NeedsReview => {
            let review = context.keep_for_review(&of.operation, &of.page(), values_of(&form));
            return Ok(Done::default().with_next(review));
        }
    };
    let address = user_address(&form.address)?;
    let same = format!("No changes to save: {} stays as it is.", of.email);
    let page = links::mail_user(&of.organization, &address);
    Ok(outcome(format!("{address} is saved."), same, changed).with_next(page))
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
    let (list, user) = (SenderList::named(&list)?, SendersOf::User(of.email.clone()));
    let services = &context.services;
    let changed = senders::add(services, &of.operation, &of.organization, &user, list, &entries).await?;
    Ok(added(list, of.email.as_str(), changed))
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
    let (services, user) = (&context.services, SendersOf::User(of.email.clone()));
    let changed = senders::remove(services, &of.operation, &of.organization, &user, list, &entry).await?;
    Ok(removed(list, of.email.as_str(), &entry, changed))
}

/// Makes the synchronisation with Azure leave a user alone, or include the user again.
#[server(prefix = "/api", endpoint = "proofpoint/users/exempt")]
pub async fn exempt_mail_user(
    domain: String,
    email: String,
    #[server(default)] exempt: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let of = OneUser::begin(&context, Action::ExemptMailUser, &domain, &email).await?;
    let exempt = exempt == "true";
    let services = &context.services;
    let changed = users::set_exempt(services, &of.operation, &of.organization, &of.email, exempt).await?;
    let (now, already) = if exempt {
        (
            "is exempt from the synchronisation with Azure.",
            "was exempt already.",
        )
    } else {
        ("takes part in the synchronisation with Azure.", "was not exempt.")
    };
    Ok(outcome(
        format!("{} {now}", of.email),
        format!("{} {already}", of.email),
        changed,
    ))
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
