//! `/saml`: the SAML providers, searched, sorted and filtered in the address.

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::SamlProvider;

use super::{StateBadge, path, setting, state};
use crate::{
    error::PortalError,
    shell::{Frame, failed},
    ui::{
        ColumnSpec, EmptyState, FilterSpec, LinkButton, ListSpec, ListState, ListView, PageHeader, csv,
        matching, options, page_of,
    },
    visit::{Visit, visit},
};

/// What the list of providers can do.
fn spec() -> ListSpec {
    let column = |key, title, shown| ColumnSpec {
        key,
        title,
        sortable: true,
        shown,
        numeric: false,
    };
    ListSpec {
        path: "/saml".to_owned(),
        noun: ("SAML provider", "SAML providers"),
        search_label: "Search SAML providers",
        columns: vec![
            column("alias", "Alias", true),
            column("name", "Display name", true),
            column("state", "State", true),
            column("entity", "Entity ID", true),
            column("metadata", "Metadata from", true),
            column("provider", "Entity ID of the service provider", false),
        ],
        filters: vec![FilterSpec {
            key: "state",
            label: "State",
            options: options(&[("enabled", "Enabled"), ("disabled", "Disabled")]),
        }],
        exports: true,
    }
}

/// `/saml`
#[component]
pub fn SamlProvidersPage() -> impl IntoView {
    let visit = visit();
    let denied = visit.denied(Action::CreateSamlProvider);
    let may_create = denied.is_none();
    view! {
        <Frame area="/saml">
            <PageHeader title="SAML" lead="The identity providers by which people sign in to the cluster.">
                <LinkButton label="New SAML provider" href="/saml/new" primary=true icon=Some("plus") denied/>
            </PageHeader>
            {Suspend::new(async move {
                let spec = spec();
                let state = ListState::parse(&visit.query, &spec);
                match load(&visit).await {
                    Ok(rows) => {
                        let page = page_of(rows, &spec, &state, text, keeps);
                        view! { <ListView spec state page cell empty=empty(may_create)/> }.into_any()
                    }
                    Err(error) => failed(&visit, "", error, visit.address()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// What stands there when the cluster has no provider.
fn empty(may_create: bool) -> AnyView {
    view! {
        <EmptyState title="No SAML providers yet"
            hint="With one, people sign in to the cluster with the account of their organisation.">
            {may_create.then(|| view! { <LinkButton label="Create the first" href="/saml/new" primary=true/> })}
        </EmptyState>
    }
    .into_any()
}

async fn load(visit: &Visit) -> Result<Vec<SamlProvider>, PortalError> {
    let passage = visit.open(Action::ListSamlProviders, Target::portal())?;
    passage
        .call(|cluster| async move { cluster.saml_providers().await })
        .await
        .map_err(|error| visit.explain(Action::ListSamlProviders, &error))
}

/// The providers that match the address's search, as CSV.
pub(crate) async fn export(visit: &Visit) -> Result<String, PortalError> {
    let spec = spec();
    let state = ListState::parse(&visit.query, &spec);
    let rows = matching(load(visit).await?, &spec, &state, text, keeps);
    Ok(csv(&rows, &spec, &state, text))
}

fn keeps(provider: &SamlProvider, _: &str, value: &str) -> bool {
    provider.enabled == Some(value == "enabled")
}

/// A provider's row as text, column by column.
fn text(provider: &SamlProvider, column: &str) -> String {
    match column {
        "alias" => provider.alias.to_string(),
        "name" => provider.display_name.clone().unwrap_or_default(),
        "state" => state(provider.enabled).1.to_owned(),
        "entity" => setting(provider, "idpEntityId").unwrap_or_default(),
        "metadata" => metadata_host(provider).unwrap_or_default(),
        _ => setting(provider, "entityId").unwrap_or_default(),
    }
}

/// The host of the metadata URL.
fn metadata_host(provider: &SamlProvider) -> Option<String> {
    let address = url::Url::parse(&setting(provider, "metadataDescriptorUrl")?).ok()?;
    address.host_str().map(ToOwned::to_owned)
}

fn cell(provider: &SamlProvider, column: &str) -> AnyView {
    match column {
        "alias" => {
            let path = path(&provider.alias);
            view! { <a href=path>{provider.alias.to_string()}</a> }.into_any()
        }
        "state" => view! { <StateBadge enabled=provider.enabled/> }.into_any(),
        column => match text(provider, column) {
            text if text.is_empty() => "—".into_any(),
            text => view! { <bdi>{text}</bdi> }.into_any(),
        },
    }
}

#[cfg(test)]
mod tests {
    use protegrity::Alias;
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_filter_tells_enabled_from_disabled_and_from_not_told() {
        let provider = |enabled| SamlProvider {
            alias: Alias::from("a"),
            enabled,
            ..SamlProvider::default()
        };
        assert!(keeps(&provider(Some(true)), "state", "enabled"));
        assert!(keeps(&provider(Some(false)), "state", "disabled"));
        for value in ["enabled", "disabled"] {
            assert!(!keeps(&provider(None), "state", value));
        }
    }

    #[test]
    fn the_host_of_the_metadata_is_told_alone() {
        let mut provider = SamlProvider::default();
        assert_eq!(metadata_host(&provider), None);
        let url = Value::String("https://login.example.com/tenant/metadata.xml?appid=7".to_owned());
        provider.config.insert("metadataDescriptorUrl".to_owned(), url);
        assert_eq!(text(&provider, "metadata"), "login.example.com");
    }
}
