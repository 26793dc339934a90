//! Users of an organisation of Proofpoint Essentials: finding one, seeing and changing what they get.

mod detail;
mod list;

use leptos::prelude::*;
use proofpoint::{DomainName, EmailAddress, NameError, User};

pub use self::{
    detail::detail,
    list::{export, list},
};
use crate::{
    error::{ErrorKind, PortalError},
    ui::{Badge, Page, Tone},
};

/// The domain of an organisation, as an address or a form gives it.
fn organization_domain(text: &str) -> Result<DomainName, PortalError> {
    text.parse()
        .map_err(|error| no_such("There is no such organisation.", "domain", error))
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
        .crumb(
            organization.to_string(),
            crate::links::mail_organization(organization),
        )
        .crumb("Users", crate::links::mail_users(organization))
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
fn StateBadge(user: User) -> impl IntoView {
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
