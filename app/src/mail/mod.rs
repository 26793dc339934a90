//! Proofpoint Essentials: the connection of the session, organisations, domains, licences and users.

mod children;
mod connect;
mod domain;
mod domains;
mod features;
mod find;
pub mod findings;
mod licensing;
mod organization;
mod senders;
mod totals;
pub mod users;

use gate::{Action, Operation, Target};
use operations::mail::users::Changed;
use proofpoint::{DateText, DomainName};

pub use self::{
    children::children_csv,
    connect::{ConnectProofpoint, DisconnectProofpoint, connect_proofpoint, disconnect_proofpoint, page},
    domain::{
        AddMailDomain, ChangeMailDomain, DeleteMailDomain, VerifyMailDomain, add_mail_domain,
        change_mail_domain, delete_mail_domain, mail_domain, new_mail_domain, verify_mail_domain,
    },
    features::{ChangeMailFeatures, change_mail_features, features, review_features},
    licensing::{
        ChangeMailPackage, ChangeMailSeats, change_mail_package, change_mail_seats, licensing,
        review_licensing,
    },
    organization::organization,
    senders::{AddMailSenders, RemoveMailSender, add_mail_senders, organization_senders, remove_mail_sender},
};
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    links,
    ui::ErrorState,
};

/// The page of the connection, above all others of the area.
const PROOFPOINT: &str = "/proofpoint";

/// The domain of an organisation, as an address or a form gives it.
fn organization_domain(text: &str) -> Result<DomainName, PortalError> {
    text.parse().map_err(|error| {
        PortalError::new(ErrorKind::NotFound, "There is no such organisation.")
            .with_detail(format!("The domain {error}."))
    })
}

/// The organisation of this address, and its page.
fn addressed(context: &RequestContext) -> Result<(DomainName, String), PortalError> {
    let domain = organization_domain(context.param("domain"))?;
    let page = links::mail_organization(&domain);
    Ok((domain, page))
}

/// Begins an action on an organisation.
async fn begin(
    context: &RequestContext,
    action: Action,
    organization: &DomainName,
) -> Result<Operation, PortalError> {
    let target = Target::of("mail_organization", organization);
    Ok(context.begin(action, target).await?)
}

/// What was done, or that nothing had to be.
fn outcome(done: String, same: impl Into<String>, changed: Changed) -> Done {
    let outcome = Done::new(if changed.was_so_already { same.into() } else { done });
    match changed.notice {
        Some(notice) => outcome.with_detail(notice),
        None => outcome,
    }
}

/// A date as Proofpoint wrote it, in the portal's way of writing dates.
fn date(text: Option<&DateText>) -> String {
    let date = |text: &DateText| {
        text.date()
            .map_or_else(|| text.to_string(), |date| date.to_string())
    };
    text.map(date).unwrap_or_default()
}

/// A number of an answer with its digits in groups; nothing where the answer has none.
fn number(count: Option<i64>) -> String {
    match count.map(u64::try_from) {
        Some(Ok(count)) => crate::ui::grouped(count),
        // What no count can be is shown as it came.
        Some(Err(_)) => count.map(|count| count.to_string()).unwrap_or_default(),
        None => String::new(),
    }
}

/// The text, or that Proofpoint does not say it.
fn or_unknown(text: String) -> String {
    if text.is_empty() {
        "Unknown".to_owned()
    } else {
        text
    }
}

/// In place of a part that could not be read; the other parts of the page stay.
fn failed_part(error: operations::Error, page: &str) -> leptos::prelude::AnyView {
    use leptos::prelude::*;

    let error = match error {
        // The organisation itself is shown, so this is about the part.
        operations::Error::NotFound(_) => PortalError::new(
            ErrorKind::NotFound,
            "Proofpoint does not show this to your account.",
        ),
        error => error.into(),
    };
    view! { <ErrorState error retry=page.to_owned()/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_are_shown_even_where_they_are_odd() {
        let date_of = |text: &str| date(Some(&DateText::new(text)));
        assert_eq!(date_of("2027/01/15"), "2027-01-15");
        assert_eq!(date_of("2027-01-15 08:00:00"), "2027-01-15");
        assert_eq!(date_of("one year from now"), "one year from now");
        assert_eq!(date(None), "");
        assert_eq!(number(Some(12_345)), "12,345");
        assert_eq!(number(Some(-1)), "-1");
        assert_eq!(number(None), "");
    }
}
