//! `/entra` and `/entra/edit`: how the cluster reaches Entra ID.

use gate::{Action, Target};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use leptos::prelude::*;
use operations::{
    baseline,
    entra::{self, MAX_CLIENT_ID_LENGTH, MAX_SECRET_LENGTH, Shown},
};
use protegrity::EntraConfig;
use server_fn::ServerFn;

use super::{CONFIG, DeleteEntra, EDIT, SaveEntra, TEST_PASSED, TestEntra, or_dash, page};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    ui::{
        Badge, CheckField, Copyable, DeleteDialog, DescriptionList, Detail, DialogButton, EmptyState,
        FieldKind, LinkButton, Page, PostForm, Section, SubmitButton, TextField, Tone, When,
    },
};

/// `/entra`
pub async fn overview(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ViewEntra, Target::portal()).await?;
    let denied = context.denied(Action::ConfigureEntra);
    let Some(config) = entra::config(&operation).await? else {
        let body = view! {
            <EmptyState title="Entra ID is not configured"
                hint="With the tenant and an application in it, the cluster can search Microsoft Entra ID and import users and groups from there.">
                <LinkButton label="Configure" href=EDIT primary=true denied/>
            </EmptyState>
        };
        return page("Entra ID", CONFIG, Ok(body.into_any()));
    };
    let actions = view! {
        <LinkButton label="Edit" href=EDIT denied/>
        <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=context.denied(Action::DeleteEntra)/>
    };
    let body = view! {
        <Details config/>
        <Connection context=context.clone()/>
        {delete_dialog(&context)}
    };
    Ok(page("Entra ID", CONFIG, Ok(body.into_any()))?
        .lead("Microsoft Entra ID, from which users and groups can be imported.")
        .actions(actions))
}

#[component]
fn Details(config: EntraConfig) -> impl IntoView {
    let state = match config.enabled {
        Some(true) => view! { <Badge tone=Tone::Good text="Enabled"/> }.into_any(),
        Some(false) => {
            view! { <Badge tone=Tone::Warning text="Not enabled"/> " Nothing can be searched or imported." }
                .into_any()
        }
        None => or_dash(String::new()).into_any(),
    };
    let id = |id: Option<String>, label: &'static str| match id.filter(|id| !id.is_empty()) {
        Some(id) => view! { <Copyable text=id label/> }.into_any(),
        None => or_dash(String::new()).into_any(),
    };
    view! {
        <Section title="Configuration">
            <DescriptionList>
                <Detail label="State">{state}</Detail>
                <Detail label="Tenant ID">{id(config.tenant_id, "the tenant id")}</Detail>
                <Detail label="Client ID">{id(config.client_id, "the client id")}</Detail>
                <Detail label="Client secret">"Never shown: the cluster does not return it."</Detail>
                <Detail label="Created">{naive_time(config.created_at)}</Detail>
                <Detail label="Updated">{naive_time(config.updated_at)}</Detail>
            </DescriptionList>
            <p class="field-hint">"The cluster writes these times without a zone; they are taken for UTC."</p>
        </Section>
    }
    .into_any()
}

#[component]
fn Connection(context: RequestContext) -> impl IntoView {
    let denied = context.denied(Action::TestEntra);
    let error = context.fields(TestEntra::url()).error();
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

fn delete_dialog(context: &RequestContext) -> AnyView {
    let error = context.fields(DeleteEntra::url()).error();
    let denied = context.denied(Action::DeleteEntra);
    view! {
        <DeleteDialog object="the Entra ID configuration" action=DeleteEntra::url() denied error>
            <p>
                "Entra ID can no longer be searched or imported from, until it is configured again. That requires the "
                "client secret, which the cluster does not return."
            </p>
            <p>"Users and groups that were imported stay."</p>
        </DeleteDialog>
    }
    .into_any()
}

/// `/entra/edit`
pub async fn edit(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ConfigureEntra, Target::portal()).await?;
    let config = entra::config(&operation).await?;
    let fields = context.fields(SaveEntra::url());
    let error = fields.error();
    let (title, save, secret_hint) = match (&config, fields.are_submitted()) {
        (None, false) => (
            "Configure Entra ID",
            "Configure",
            "A secret of that application. It goes to the cluster and is never shown again.",
        ),
        (None, true) => ("Configure Entra ID", "Configure", SECRET_NOT_KEPT),
        (Some(_), true) => ("Edit Entra ID", "Save", SECRET_NOT_KEPT),
        // Notes, row 55.
        (Some(_), false) => (
            "Edit Entra ID",
            "Save",
            "Type it again, or a new one: the cluster does not return the stored one, and accepts no change without it.",
        ),
    };
    let shown = config.as_ref().map(Shown::of);
    let baseline = fields.text("baseline", &baseline::encode(&shown));
    let shown = shown.unwrap_or_default();
    let body = view! {
        <PostForm action=SaveEntra::url() error=error.clone() class="form page entra-form" hidden=vec![("baseline", baseline)]>
            <TextField name="tenant_id" label="Tenant ID" required=true maxlength=36 error=error.clone()
                value=fields.text("tenant_id", &shown.tenant_id)
                hint="The directory's id, such as 12345678-1234-1234-1234-123456789012."/>
            <TextField name="client_id" label="Client ID" required=true maxlength=MAX_CLIENT_ID_LENGTH
                value=fields.text("client_id", &shown.client_id) error=error.clone()
                hint="The id of the application in that directory."/>
            <TextField name="client_secret" label="Client secret" kind=FieldKind::Password required=true
                maxlength=MAX_SECRET_LENGTH autocomplete="new-password" error=error.clone() hint=secret_hint/>
            <CheckField name="enabled" label="Enabled" checked=fields.flag("enabled", shown.enabled)
                hint="While it is not enabled, Entra ID cannot be searched or imported from." error=error.clone()/>
            <TestPassed error/>
            <div class="form-actions">
                <a class="button" href=CONFIG>"Cancel"</a>
                <SubmitButton label=save/>
                <SubmitButton label="Test" quiet=true name=Some("step") value="test" denied=context.denied(Action::TestEntra)/>
            </div>
            <p class="field-hint">"“Test” tries what is typed here without storing it."</p>
        </PostForm>
    };
    Ok(Page::new(title, body)
        .crumb("Entra ID", CONFIG)
        .lead("The application in Microsoft Entra ID that the cluster signs in as."))
}

const SECRET_NOT_KEPT: &str = "The portal keeps no secret, not even for this form: type it again.";

/// Reports that the test passed: the form came back like one that failed, with all that was typed.
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

/// A moment as this API writes it: without a zone (notes, row 56), and taken for UTC. One that cannot be read as a
/// moment is shown as it came.
fn naive_time(text: Option<String>) -> AnyView {
    match (text.as_deref().and_then(naive_utc), text) {
        (None, Some(text)) => text.into_any(),
        (millis, _) => view! { <When millis/> }.into_any(),
    }
}

/// See [`naive_time`]; if the cluster names a zone after all, it counts.
fn naive_utc(text: &str) -> Option<i64> {
    let text = text.trim();
    let moment = text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    });
    moment.map(Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_without_a_zone_is_taken_for_utc() {
        let check = |text, expected| assert_eq!(naive_utc(text), expected, "{text}");
        check("2026-01-16T11:02:43.259928", Some(1_768_561_363_259));
        check(" 2026-01-16T11:02:43 ", Some(1_768_561_363_000));
        check("2026-01-16T11:02:43+01:00", Some(1_768_557_763_000));
        check("2026-01-16T11:02:43Z", Some(1_768_561_363_000));
        check("yesterday", None);
        check("", None);
    }
}
