//! `/entra`: how the cluster reaches Entra ID.

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::EntraConfig;
use server_fn::ServerFn;

use super::{CONFIG, DeleteEntra, EDIT, NaiveTime, Tabs, TestEntra, or_dash};
use crate::{
    error::PortalError,
    shell::{Frame, fail_page},
    ui::{
        Badge, ConfirmDialog, Copyable, DescriptionList, Detail, DialogButton, EmptyState, ErrorState,
        LinkButton, PageHeader, PostForm, Section, SubmitButton, Tone,
    },
    visit::{Visit, visit},
};

/// `/entra`
#[component]
pub fn EntraPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area=CONFIG>
            {Suspend::new(async move {
                match load(&visit).await {
                    Ok(Some(config)) => view! { <Configured visit config/> }.into_any(),
                    Ok(None) => view! { <NotConfigured visit/> }.into_any(),
                    Err(error) => {
                        fail_page(&visit, &error);
                        view! { <PageHeader title="Entra ID"/><Tabs here=CONFIG/><ErrorState error retry=CONFIG/> }
                            .into_any()
                    }
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The configuration, if there is one (`GET /federation/entra/config`; notes, row 63).
pub(super) async fn load(visit: &Visit) -> Result<Option<EntraConfig>, PortalError> {
    let passage = visit.open(Action::SeeEntra, Target::portal())?;
    let config = passage.call(|cluster| async move { cluster.entra_config().await });
    config
        .await
        .map_err(|error| visit.explain(Action::SeeEntra, &error))
}

#[component]
fn NotConfigured(visit: Visit) -> impl IntoView {
    let denied = visit.denied(Action::ConfigureEntra);
    view! {
        <PageHeader title="Entra ID"/>
        <Tabs here=CONFIG/>
        <EmptyState title="Entra ID is not configured"
            hint="With the tenant and an application in it, the cluster can search Microsoft Entra ID and import users and groups from there.">
            <LinkButton label="Configure" href=EDIT primary=true denied/>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn Configured(visit: Visit, config: EntraConfig) -> impl IntoView {
    let may_not_edit = visit.denied(Action::ConfigureEntra);
    let may_not_delete = visit.denied(Action::DeleteEntra);
    view! {
        <PageHeader title="Entra ID" lead="Microsoft Entra ID, from which users and groups can be imported.">
            <LinkButton label="Edit" href=EDIT denied=may_not_edit/>
            <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=may_not_delete/>
        </PageHeader>
        <Tabs here=CONFIG/>
        <Details config/>
        <Connection visit=visit.clone()/>
        <DeleteDialog visit/>
    }
    .into_any()
}

#[component]
fn Details(config: EntraConfig) -> impl IntoView {
    let state = match config.enabled {
        Some(true) => view! { <Badge tone=Tone::Good text="Enabled"/> }.into_any(),
        Some(false) => {
            view! { <Badge tone=Tone::Warning text="Not enabled"/> " Nothing can be searched or imported." }
                .into_any()
        }
        None => or_dash(None).into_any(),
    };
    view! {
        <Section title="Configuration">
            <DescriptionList>
                <Detail label="State">{state}</Detail>
                <Detail label="Tenant ID"><Id id=config.tenant_id what="the tenant id"/></Detail>
                <Detail label="Client ID"><Id id=config.client_id what="the client id"/></Detail>
                <Detail label="Client secret">"Never shown: the cluster does not tell it."</Detail>
                <Detail label="Created"><NaiveTime text=config.created_at/></Detail>
                <Detail label="Updated"><NaiveTime text=config.updated_at/></Detail>
            </DescriptionList>
            <p class="field-hint">"The cluster writes these times without a zone; they are taken for UTC."</p>
        </Section>
    }
    .into_any()
}

#[component]
fn Id(id: Option<String>, what: &'static str) -> impl IntoView {
    match id.filter(|id| !id.is_empty()) {
        Some(id) => view! { <Copyable text=id label=what/> }.into_any(),
        None => or_dash(None).into_any(),
    }
}

#[component]
fn Connection(visit: Visit) -> impl IntoView {
    let denied = visit.denied(Action::TestEntra);
    let error = visit.fields(TestEntra::url()).error();
    view! {
        <Section title="Connection">
            <PostForm action=TestEntra::url() error>
                <p>"Signs in to Entra ID with the stored configuration and counts the users there. Nothing is changed."</p>
                <div class="form-actions">
                    <SubmitButton label="Test connection" quiet=true denied/>
                </div>
            </PostForm>
        </Section>
    }
    .into_any()
}

#[component]
fn DeleteDialog(visit: Visit) -> impl IntoView {
    if visit.denied(Action::DeleteEntra).is_some() {
        return None;
    }
    let form = DeleteEntra::url();
    Some(view! {
        <ConfirmDialog id="delete-dialog" title="Delete the Entra ID configuration?" action=form confirm="Delete"
            danger=true error=visit.fields(form).error()>
            <p>
                "Nobody can search Entra ID or import from it any more, until it is configured anew. That takes the "
                "client secret again, which the cluster does not tell."
            </p>
            <p>"Users and groups that were imported stay."</p>
        </ConfirmDialog>
    })
}
