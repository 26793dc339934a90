//! `/saml/{alias}`: one SAML provider with its configuration and attribute mappers, and what can be done.

use gate::Action;
use leptos::prelude::*;
use protegrity::{SamlMapper, SamlProvider};
use server_fn::ServerFn;

use super::{
    DeleteSamlProvider, DisableSamlProvider, EnableSamlProvider, StateBadge, actions::target, alias,
    config::Configuration, mappers::Mappers, path, setting, title,
};
use crate::{
    error::{ErrorKind, PortalError},
    shell::{ComparedSection, Frame, failed, param},
    ui::{
        ConfirmDialog, Copyable, DescriptionList, Detail, DialogButton, EmptyState, LinkButton, PageHeader,
        Section, TextField,
    },
    visit::{Visit, visit},
};

/// What the page shows.
struct Shown {
    provider: SamlProvider,
    mappers: Result<Vec<SamlMapper>, PortalError>,
}

/// `/saml/{alias}`
#[component]
pub fn SamlProviderPage() -> impl IntoView {
    let visit = visit();
    let alias = param("alias");
    view! {
        <Frame area="/saml">
            <p class="back"><a href="/saml">"SAML"</a></p>
            {Suspend::new(async move {
                match load(&visit, &alias).await {
                    Ok(shown) => view! { <ProviderView visit shown/> }.into_any(),
                    Err(error) => failed(&visit, "SAML provider", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The provider and its mappers, asked for at the same time.
async fn load(visit: &Visit, text: &str) -> Result<Shown, PortalError> {
    let alias = alias(text)?;
    let passage = visit.open(Action::SeeSamlProvider, target(&alias))?;
    let provider = passage.call(|cluster| {
        let alias = alias.clone();
        async move { cluster.saml_provider(&alias).await }
    });
    let mappers = passage.read(|cluster| {
        let alias = alias.clone();
        async move { cluster.saml_mappers(&alias).await }
    });
    let (provider, mappers) = futures::join!(provider, mappers);
    let explain = |error| visit.explain(Action::SeeSamlProvider, &error);
    let provider = provider.map_err(explain)?;
    Ok(Shown {
        // What the address says, not what the answer repeats: what is done here is done to this one.
        provider: SamlProvider { alias, ..provider },
        mappers: mappers.map_err(explain),
    })
}

#[component]
fn ProviderView(visit: Visit, shown: Shown) -> impl IntoView {
    let Shown { provider, mappers } = shown;
    let enabled = provider.enabled;
    let denied = visit.denied(Action::UpdateSamlProvider);
    let may_not_delete = visit.denied(Action::DeleteSamlProvider);
    let edit = format!("{}/edit", path(&provider.alias));
    let configured = provider.clone();
    view! {
        <PageHeader title=title(&provider) lead=provider.alias.to_string()>
            {(enabled != Some(true)).then(|| view! {
                <DialogButton label="Enable" dialog="enable-dialog" denied=denied.clone()/>
            })}
            {(enabled != Some(false)).then(|| view! {
                <DialogButton label="Disable" dialog="disable-dialog" danger=true denied=denied.clone()/>
            })}
            <LinkButton label="Edit" href=edit denied=denied.clone()/>
            <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=may_not_delete/>
        </PageHeader>
        <ComparedSection visit=visit.clone() title="What differs from what was sent"/>
        <Facts provider=provider.clone()/>
        <Mappers visit=visit.clone() alias=provider.alias.clone() mappers/>
        <Section title="Configuration">
            {if configured.config.is_empty() {
                view! { <EmptyState title="No configuration" hint="The cluster tells none for this provider."/> }.into_any()
            } else {
                view! { <Configuration provider=configured/> }.into_any()
            }}
        </Section>
        <SwitchDialogs visit=visit.clone() provider=provider.clone()/>
        <DeleteDialog visit provider/>
    }
    .into_any()
}

#[component]
fn Facts(provider: SamlProvider) -> impl IntoView {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
    let kind = or_dash(provider.provider_id.clone());
    let name = or_dash(provider.display_name.clone());
    let entity = setting(&provider, "idpEntityId");
    let metadata = setting(&provider, "metadataDescriptorUrl");
    let copyable = |text: Option<String>, label: &'static str| match text {
        Some(text) => view! { <Copyable text label/> }.into_any(),
        None => "—".into_any(),
    };
    view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="State"><StateBadge enabled=provider.enabled/></Detail>
                <Detail label="Display name"><bdi>{name}</bdi></Detail>
                <Detail label="Alias"><Copyable text=provider.alias.to_string() label="the alias"/></Detail>
                <Detail label="Kind">{kind}</Detail>
                <Detail label="Entity ID">{copyable(entity, "the entity ID")}</Detail>
                <Detail label="Metadata URL">{copyable(metadata, "the metadata URL")}</Detail>
            </DescriptionList>
        </Section>
    }
    .into_any()
}

#[component]
fn SwitchDialogs(visit: Visit, provider: SamlProvider) -> impl IntoView {
    if visit.denied(Action::UpdateSamlProvider).is_some() {
        return None;
    }
    let name = title(&provider);
    let hidden = vec![("alias", provider.alias.to_string())];
    let untold = setting(&provider, "metadataDescriptorUrl").is_none();
    let how = move || {
        view! {
            <p>
                "The cluster has no call for this alone: the provider is sent to it as it is, with this one change, and
                read again afterwards."
                {untold.then_some(" Its metadata URL is not told, so none is sent; the cluster may refuse that.")}
            </p>
        }
    };
    Some(view! {
        <ConfirmDialog id="enable-dialog" title=format!("Enable {name}?") action=EnableSamlProvider::url()
            confirm="Enable" hidden=hidden.clone()>
            <p>"People can sign in to the cluster by it."</p>
            {how()}
        </ConfirmDialog>
        <ConfirmDialog id="disable-dialog" title=format!("Disable {name}?") action=DisableSamlProvider::url()
            confirm="Disable" danger=true hidden>
            <p>"Whoever signs in by it alone can no longer sign in. Its configuration and mappers stay."</p>
            {how()}
        </ConfirmDialog>
    })
}

#[component]
fn DeleteDialog(visit: Visit, provider: SamlProvider) -> impl IntoView {
    if visit.denied(Action::DeleteSamlProvider).is_some() {
        return None;
    }
    let form = DeleteSamlProvider::url();
    let failed = visit.failed(form).map(|failed| failed.error.clone());
    let error = failed.filter(|error| error.kind == ErrorKind::Invalid);
    let alias = provider.alias.to_string();
    Some(view! {
        <ConfirmDialog id="delete-dialog" title=format!("Delete {}?", title(&provider)) action=form confirm="Delete"
            danger=true hidden=vec![("alias", alias.clone())] error=error.clone()>
            <p>"Its configuration and its attribute mappers are gone, and whoever signs in by it alone can no longer sign in."</p>
            <TextField name="typed" id_prefix="delete-" label=format!("Type {alias} to go on") required=true
                maxlength=255 error=error.clone()/>
        </ConfirmDialog>
    })
}
