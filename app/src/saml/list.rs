//! `/saml`: the SAML providers, searched, sorted and filtered in the address.

use gate::{Action, Target};
use jiff::Timestamp;
use leptos::prelude::*;
use operations::saml::{
    self,
    certificate::{Certificate, Validity, worst_validity},
    setting,
};
use protegrity::SamlProvider;

use super::{StateBadge, ValidityBadge, state};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    links,
    ui::{Column, EmptyState, LinkButton, List, Page},
};

/// The list as of this time, at which certificates are valid or not.
fn providers(now: Timestamp) -> List<SamlProvider> {
    let columns = vec![
        Column::text("alias", "Alias", |provider: &SamlProvider| {
            provider.alias.as_str()
        })
        .link(|provider| links::saml_provider(&provider.alias)),
        Column::text("name", "Display name", |provider: &SamlProvider| {
            provider.display_name.as_deref().unwrap_or_default()
        }),
        Column::text("state", "State", |provider: &SamlProvider| {
            state(provider.enabled).1
        })
        .cell(|provider| view! { <StateBadge enabled=provider.enabled/> }.into_any()),
        Column::computed("entity", "Entity ID", |provider: &SamlProvider| {
            setting(provider, "idpEntityId").unwrap_or_default()
        }),
        Column::computed("metadata", "Metadata from", metadata_host),
        Column::computed("certificate", "Certificate", move |provider: &SamlProvider| {
            validity(provider, now).map_or_else(String::new, Validity::in_words)
        })
        .cell(move |provider| match validity(provider, now) {
            Some(validity) => view! { <ValidityBadge validity/> }.into_any(),
            None => "—".into_any(),
        }),
        Column::computed(
            "provider",
            "Entity ID of the service provider",
            |provider: &SamlProvider| setting(provider, "entityId").unwrap_or_default(),
        )
        .hidden(),
    ];
    List::new("/saml", ("SAML provider", "SAML providers"), columns)
        .filter(
            "state",
            "State",
            [("enabled", "Enabled"), ("disabled", "Disabled")],
            |provider, value| provider.enabled == Some(value == "enabled"),
        )
        .exported()
}

/// The worst validity of the provider's certificates; `None` where there is none that can be read.
fn validity(provider: &SamlProvider, now: Timestamp) -> Option<Validity> {
    let certificates = Certificate::of_setting(&setting(provider, "signingCertificate")?);
    worst_validity(&certificates, now)
}

/// The host of the metadata URL; empty without one.
fn metadata_host(provider: &SamlProvider) -> String {
    let address = setting(provider, "metadataDescriptorUrl").and_then(|url| url::Url::parse(&url).ok());
    let host = address.and_then(|address| address.host_str().map(ToOwned::to_owned));
    host.unwrap_or_default()
}

/// `/saml`
pub async fn list(context: RequestContext) -> PageResult {
    let rows = load(&context).await?;
    let new_provider = || {
        let denied = context.denied(Action::CreateSamlProvider);
        view! { <LinkButton label="New SAML provider" href="/saml/new" primary=true icon=Some("plus") denied/> }
    };
    let create = new_provider();
    let empty = view! {
        <EmptyState title="No SAML providers yet"
            hint="With one, people sign in to the cluster with the account of their organisation.">
            {create}
        </EmptyState>
    };
    let list = providers(context.gate.now()).empty(empty);
    let state = list.state(&context.query);
    let page = list.page(rows, &state);
    Ok(Page::new("SAML", list.view(&state, &page))
        .lead("The identity providers by which people sign in to the cluster.")
        .actions(new_provider()))
}

/// The providers that match the address's search, as CSV.
pub async fn export(context: RequestContext) -> Result<String, PortalError> {
    let rows = load(&context).await?;
    Ok(providers(context.gate.now()).export(rows, &context.query))
}

async fn load(context: &RequestContext) -> Result<Vec<SamlProvider>, PortalError> {
    let operation = context.begin(Action::ListSamlProviders, Target::portal()).await?;
    Ok(saml::providers(&operation).await?)
}

#[cfg(test)]
mod tests {
    use protegrity::Alias;
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_filter_separates_enabled_disabled_and_unknown() {
        let rows = [Some(true), Some(false), None].map(|enabled| SamlProvider {
            alias: Alias::from("a"),
            enabled,
            ..SamlProvider::default()
        });
        let check = |query: &str, expected: &[Option<bool>]| {
            let list = providers(Timestamp::UNIX_EPOCH);
            let found = list.matching(rows.to_vec(), &list.state(query));
            let found: Vec<_> = found.into_iter().map(|provider| provider.enabled).collect();
            assert_eq!(found, expected, "{query}");
        };
        check("state=enabled", &[Some(true)]);
        check("state=disabled", &[Some(false)]);
    }

    #[test]
    fn only_the_host_of_the_metadata_is_shown() {
        let mut provider = SamlProvider::default();
        assert_eq!(metadata_host(&provider), "");
        let url = Value::String("https://login.example.com/tenant/metadata.xml?appid=7".to_owned());
        provider.config.insert("metadataDescriptorUrl".to_owned(), url);
        assert_eq!(metadata_host(&provider), "login.example.com");
    }
}
