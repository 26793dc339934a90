//! SAML providers of the cluster: the list, each with its configuration and attribute mappers, and changing them.

mod certificate;
mod config;
mod detail;
mod form;
mod list;
mod mappers;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::saml::{self, MAX_ALIAS_LENGTH, Saved, certificate::Validity, draft::SamlForm, target};
use protegrity::Alias;

pub use self::{
    detail::detail,
    form::{edit, new},
    list::{export, list},
    mappers::{CreateSamlMapper, DeleteSamlMapper, create_saml_mapper, delete_saml_mapper},
};
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    links,
    params::is_one_segment,
    ui::{Badge, Tone},
};

/// Creates a SAML provider.
#[server(prefix = "/api", endpoint = "saml/create")]
pub async fn create_saml_provider(#[server(flatten)] form: SamlForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context
        .begin(Action::CreateSamlProvider, Target::portal())
        .await?;
    let saved = saml::create(&operation, &form).await?;
    Ok(done("created", &saved).with_next(links::saml_provider(&saved.alias)))
}

/// Changes a SAML provider.
#[server(prefix = "/api", endpoint = "saml/update")]
pub async fn update_saml_provider(#[server(flatten)] form: SamlForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let alias = alias(&form.alias)?;
    let operation = context.begin(Action::UpdateSamlProvider, target(&alias)).await?;
    let saved = saml::update(&context.services, &operation, &alias, &form).await?;
    Ok(done("updated", &saved).with_next(links::saml_provider(&alias)))
}

/// Lets people sign in by this provider.
#[server(prefix = "/api", endpoint = "saml/enable")]
pub async fn enable_saml_provider(alias: String) -> Result<Done, PortalError> {
    set_enabled(&alias, true).await
}

/// Stops sign-ins by this provider; its configuration stays.
#[server(prefix = "/api", endpoint = "saml/disable")]
pub async fn disable_saml_provider(alias: String) -> Result<Done, PortalError> {
    set_enabled(&alias, false).await
}

async fn set_enabled(text: &str, enabled: bool) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let alias = alias(text)?;
    let operation = context.begin(Action::UpdateSamlProvider, target(&alias)).await?;
    let saved = saml::set_enabled(&context.services, &operation, &alias, enabled).await?;
    Ok(done(if enabled { "enabled" } else { "disabled" }, &saved))
}

/// Deletes a SAML provider with its mappers.
#[server(prefix = "/api", endpoint = "saml/delete")]
pub async fn delete_saml_provider(
    alias: String,
    #[server(default)] typed: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let alias = self::alias(&alias)?;
    let operation = context.begin(Action::DeleteSamlProvider, target(&alias)).await?;
    saml::delete(&operation, &alias, &typed).await?;
    Ok(Done::new(format!("{alias} is deleted."))
        .with_detail("Its attribute mappers are deleted with it. Sign-ins by it are no longer possible.")
        .with_next("/saml"))
}

/// The outcome of a write that was read again.
fn done(what: &str, saved: &Saved) -> Done {
    Done {
        compared: saved.differences.clone().unwrap_or_default(),
        ..Done::new(format!("{} is {what}.", saved.title)).with_detail(saved.detail())
    }
}

/// An alias, as an address or a form gives it.
///
/// # Errors
/// When it cannot be one that has a page.
fn alias(text: &str) -> Result<Alias, PortalError> {
    if is_one_segment(text, MAX_ALIAS_LENGTH) {
        return Ok(Alias::from(text));
    }
    Err(
        PortalError::new(ErrorKind::NotFound, "There is no such SAML provider.")
            .with_detail("The address does not hold an alias."),
    )
}

/// Whether people can sign in by it.
const fn state(enabled: Option<bool>) -> (Tone, &'static str) {
    match enabled {
        Some(true) => (Tone::Good, "Enabled"),
        Some(false) => (Tone::Neutral, "Disabled"),
        None => (Tone::Warning, "Unknown"),
    }
}

/// Whether a certificate is valid, and until when.
#[component]
fn ValidityBadge(validity: Validity) -> impl IntoView {
    let tone = match validity {
        Validity::Valid(_) => Tone::Good,
        Validity::Future(_) | Validity::Ending(_) => Tone::Warning,
        Validity::Ended(_) => Tone::Bad,
    };
    view! { <Badge tone text=validity.in_words()/> }
}

#[component]
fn StateBadge(enabled: Option<bool>) -> impl IntoView {
    let (tone, text) = state(enabled);
    view! { <Badge tone text/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_that_would_change_the_path_are_refused() {
        let long = "x".repeat(256);
        for text in ["", " ", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a\nb", &long] {
            assert!(alias(text).is_err(), "{text:?} passed");
        }
        let page = alias("azure-ad").map(|alias| links::saml_provider(&alias));
        assert_eq!(page, Ok("/saml/azure-ad".to_owned()));
        assert_eq!(
            links::saml_provider(&Alias::from("a b+ü")),
            "/saml/a%20b%2B%C3%BC"
        );
    }
}
