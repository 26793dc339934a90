//! `/saml/{alias}`: one SAML provider with its configuration and attribute mappers, and the actions on it.

use gate::Action;
use leptos::prelude::*;
use operations::saml::{self, load, setting, target, title};
use protegrity::SamlProvider;
use server_fn::ServerFn;

use super::{
    DeleteSamlProvider, DisableSamlProvider, EnableSamlProvider, StateBadge, alias,
    certificate::Certificates, config::Configuration, mappers::Mappers,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    shell::ComparedSection,
    ui::{
        ConfirmDialog, Copyable, DeleteDialog, DescriptionList, Detail, DialogButton, EmptyState, LinkButton,
        Page, Section, TextField,
    },
};

/// `/saml/{alias}`
pub async fn detail(context: RequestContext) -> PageResult {
    let alias = alias(context.param("alias"))?;
    let operation = context.begin(Action::ViewSamlProvider, target(&alias)).await?;
    let (provider, mappers) =
        futures::join!(load(&operation, &alias), saml::mappers::list(&operation, &alias));
    let provider = provider?;
    let denied = context.denied(Action::UpdateSamlProvider);
    let may_not_delete = context.denied(Action::DeleteSamlProvider);
    let actions = view! {
        {(provider.enabled != Some(true)).then(|| view! {
            <DialogButton label="Enable" dialog="enable-dialog" denied=denied.clone()/>
        })}
        {(provider.enabled != Some(false)).then(|| view! {
            <DialogButton label="Disable" dialog="disable-dialog" danger=true denied=denied.clone()/>
        })}
        <LinkButton label="Edit" href=links::edit(&links::saml_provider(&alias)) denied/>
        <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=may_not_delete/>
    };
    let configuration = if provider.config.is_empty() {
        let hint = "The cluster reports none for this provider.";
        view! { <EmptyState title="No configuration" hint/> }.into_any()
    } else {
        view! { <Configuration provider=provider.clone()/> }.into_any()
    };
    let content = view! {
        <ComparedSection context=context.clone() title="Differences from what was sent"/>
        <Facts provider=provider.clone()/>
        <Certificates provider=provider.clone() now=context.gate.now()/>
        <Mappers context=context.clone() alias=alias.clone() mappers=mappers.map_err(Into::into)/>
        <Section title="Configuration">{configuration}</Section>
        <SwitchDialogs context=context.clone() provider=provider.clone()/>
        {delete_dialog(&context, &provider)}
    };
    Ok(Page::new(title(&provider), content)
        .crumb("SAML", "/saml")
        .lead(alias.to_string())
        .actions(actions))
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
fn SwitchDialogs(context: RequestContext, provider: SamlProvider) -> impl IntoView {
    if context.denied(Action::UpdateSamlProvider).is_some() {
        return None;
    }
    let name = title(&provider);
    let hidden = vec![("alias", provider.alias.to_string())];
    let unreported = setting(&provider, "metadataDescriptorUrl").is_none();
    let how = move || {
        view! {
            <p>
                "The whole provider is sent with this one change, and read again afterwards."
                {unreported.then_some(" Its metadata URL is unknown, so none is sent; the cluster may refuse that.")}
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
            <p>"People who sign in only by it can no longer sign in. Its configuration and mappers stay."</p>
            {how()}
        </ConfirmDialog>
    })
}

fn delete_dialog(context: &RequestContext, provider: &SamlProvider) -> AnyView {
    let fields = context.fields(DeleteSamlProvider::url());
    let error = fields.error();
    let (denied, alias) = (
        context.denied(Action::DeleteSamlProvider),
        provider.alias.to_string(),
    );
    view! {
        <DeleteDialog object=title(provider) action=DeleteSamlProvider::url() denied
            hidden=vec![("alias", alias.clone())] error=error.clone()>
            <p>"Its configuration and its attribute mappers are deleted. People who sign in only by it can no longer sign in."</p>
            <TextField name="typed" id_prefix="delete-" label=format!("Type {alias} to go on") required=true
                value=fields.text("typed", "") maxlength=255 error/>
        </DeleteDialog>
    }
    .into_any()
}
