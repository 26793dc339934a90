//! `/entra/edit`: configuring Entra ID, for the first time or again.

use gate::Action;
use leptos::prelude::*;
use protegrity::EntraConfig;
use server_fn::ServerFn;

use super::{
    CONFIG, SaveEntra,
    actions::{LONGEST_CLIENT_ID, LONGEST_SECRET, TEST_PASSED},
    config::load,
};
use crate::{
    error::PortalError,
    shell::{Frame, failed},
    ui::{CheckField, FieldKind, PageHeader, PostForm, SubmitButton, TextField},
    visit::{Visit, visit},
};

/// `/entra/edit`
#[component]
pub fn EditEntraPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area=CONFIG>
            <p class="back"><a href=CONFIG>"Entra ID"</a></p>
            {Suspend::new(async move {
                match load(&visit).await {
                    Ok(config) => view! { <EditForm visit config/> }.into_any(),
                    Err(error) => failed(&visit, "Configure Entra ID", error, visit.address()),
                }
            })}
        </Frame>
    }
    .into_any()
}

#[component]
fn EditForm(visit: Visit, config: Option<EntraConfig>) -> impl IntoView {
    let fields = visit.fields(SaveEntra::url());
    let error = fields.error();
    let is_new = config.is_none();
    let config = config.unwrap_or_default();
    let (title, save) = if is_new {
        ("Configure Entra ID", "Configure")
    } else {
        ("Edit Entra ID", "Save")
    };
    view! {
        <PageHeader title lead="The application in Microsoft Entra ID that the cluster signs in as."/>
        <PostForm action=SaveEntra::url() error=error.clone() class="form page entra-form">
            <TextField name="tenant_id" label="Tenant ID" required=true maxlength=36 error=error.clone()
                value=fields.text("tenant_id", &config.tenant_id.unwrap_or_default())
                hint="The directory's id, such as 12345678-1234-1234-1234-123456789012."/>
            <TextField name="client_id" label="Client ID" required=true maxlength=LONGEST_CLIENT_ID error=error.clone()
                value=fields.text("client_id", &config.client_id.unwrap_or_default())
                hint="The id of the application in that directory."/>
            <TextField name="client_secret" label="Client secret" kind=FieldKind::Password required=true
                maxlength=LONGEST_SECRET autocomplete="new-password" error=error.clone()
                hint=secret_hint(is_new, fields.are_typed())/>
            <CheckField name="enabled" label="Enabled" checked=fields.flag("enabled", config.enabled.unwrap_or(true))
                hint="While it is not enabled, nobody can search Entra ID or import from it." error=error.clone()/>
            <TestPassed error/>
            <div class="form-actions">
                <a class="button" href=CONFIG>"Cancel"</a>
                <SubmitButton label=save/>
                <SubmitButton label="Test" quiet=true name=Some("step") value="test" denied=visit.denied(Action::TestEntra)/>
            </div>
            <p class="field-hint">"“Test” tries what is typed here without storing it."</p>
        </PostForm>
    }
    .into_any()
}

/// Why the secret has to be typed (notes, row 55).
fn secret_hint(is_new: bool, comes_back: bool) -> &'static str {
    match (is_new, comes_back) {
        (_, true) => "The portal keeps no secret, not even for this form: type it again.",
        (true, false) => "A secret of that application. It goes to the cluster and is never shown again.",
        (false, false) => {
            "Type it again, or a new one: the cluster does not tell the stored one, and takes no change without it."
        }
    }
}

/// Where the form says that the test passed: it came back like one that failed, with all that was typed.
#[component]
fn TestPassed(error: Option<PortalError>) -> impl IntoView {
    let fields = error.map(|error| error.fields).unwrap_or_default();
    let passed = fields.into_iter().find(|field| field.field == TEST_PASSED);
    view! {
        <div role="status">
            <p class="test-passed" data-error-for=TEST_PASSED>{passed.map(|field| field.message)}</p>
        </div>
    }
    .into_any()
}
