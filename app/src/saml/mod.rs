//! SAML providers of the cluster: their list, each with its configuration and attribute mappers, and what
//! changes them.

mod actions;
mod certificate;
mod config;
mod detail;
mod draft;
mod form;
mod list;
mod mappers;

pub use actions::{
    CreateSamlProvider, DeleteSamlProvider, DisableSamlProvider, EnableSamlProvider, UpdateSamlProvider,
    create_saml_provider, delete_saml_provider, disable_saml_provider, enable_saml_provider,
    update_saml_provider,
};
pub use detail::SamlProviderPage;
pub use form::{EditSamlProviderPage, NewSamlProviderPage};
pub use list::SamlProvidersPage;
pub(crate) use list::export;
pub use mappers::{CreateSamlMapper, DeleteSamlMapper, create_saml_mapper, delete_saml_mapper};

use leptos::prelude::*;
use protegrity::{Alias, SamlProvider};
use serde_json::Value;

use crate::{
    act::{below, is_one_segment},
    error::{ErrorKind, PortalError},
    ui::{Badge, Tone},
};

/// The longest alias that is looked at, in characters; Keycloak's column holds as many.
const LONGEST_ALIAS: usize = 255;

/// The address of a provider's page.
fn path(alias: &Alias) -> String {
    below("/saml", alias.as_str())
}

/// An alias, as an address or a form gives it.
///
/// # Errors
/// When it cannot be one that has a page.
fn alias(text: &str) -> Result<Alias, PortalError> {
    if is_one_segment(text, LONGEST_ALIAS) {
        Ok(Alias::from(text))
    } else {
        Err(
            PortalError::new(ErrorKind::NotFound, "There is no such SAML provider.")
                .with_detail("The address does not hold an alias."),
        )
    }
}

/// A value of a config as text: most are texts (row 45), and the rest reads as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

/// A value of the provider's config, if there is one that says something.
fn setting(provider: &SamlProvider, key: &str) -> Option<String> {
    let value = provider.config.get(key).filter(|value| !value.is_null())?;
    Some(plain(value)).filter(|text| !text.is_empty())
}

/// What the provider is called: its display name, else its alias.
fn title(provider: &SamlProvider) -> String {
    let name = provider
        .display_name
        .clone()
        .filter(|name| !name.trim().is_empty());
    name.unwrap_or_else(|| provider.alias.to_string())
}

/// Whether people can sign in by it.
const fn state(enabled: Option<bool>) -> (Tone, &'static str) {
    match enabled {
        Some(true) => (Tone::Good, "Enabled"),
        Some(false) => (Tone::Neutral, "Disabled"),
        None => (Tone::Warning, "Not told"),
    }
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
    fn aliases_that_would_change_the_way_are_refused() {
        for text in [
            "",
            " ",
            ".",
            "..",
            "a/b",
            "a\\b",
            "a?b",
            "a#b",
            "a\nb",
            &"x".repeat(256),
        ] {
            assert!(alias(text).is_err(), "{text:?} passed");
        }
        assert_eq!(
            alias("azure-ad").map(|alias| path(&alias)),
            Ok("/saml/azure-ad".to_owned())
        );
        assert_eq!(path(&Alias::from("a b+ü")), "/saml/a%20b%2B%C3%BC");
    }

    #[test]
    fn settings_are_read_whatever_their_shape() {
        let config = [
            ("text", Value::String("x".to_owned())),
            ("empty", Value::String(String::new())),
            ("flag", Value::Bool(true)),
            ("none", Value::Null),
            ("object", Value::Object(serde_json::Map::new())),
        ];
        let provider = SamlProvider {
            config: config.map(|(key, value)| (key.to_owned(), value)).into(),
            ..SamlProvider::default()
        };
        assert_eq!(setting(&provider, "text").as_deref(), Some("x"));
        assert_eq!(setting(&provider, "flag").as_deref(), Some("true"));
        assert_eq!(setting(&provider, "object").as_deref(), Some("{}"));
        for absent in ["empty", "none", "unheard-of"] {
            assert_eq!(setting(&provider, absent), None, "{absent}");
        }
    }
}
