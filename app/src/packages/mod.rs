//! `/packages`: resilient packages, exported by the fingerprint of an export key.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::packages::{self, KeyOfStore, PackageForm};
use protegrity::Fingerprint;

use crate::{
    answer::{Content, Download, PageResult},
    context::RequestContext,
    error::PortalError,
    policy::export_keys::written,
    ui::{
        Choice, EmptyState, FieldKind, LinkButton, Notice, Page, Section, SelectField, SubmitButton,
        TextField, Tone,
    },
};

/// `/packages`
pub async fn page(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ViewPackages, Target::portal()).await?;
    let content = match packages::keys(&operation).await {
        Ok(Some(keys)) if keys.is_empty() => no_keys(),
        Ok(Some(keys)) => view! { <ExportForm keys/> }.into_any(),
        Ok(None) => view! { <ExportForm keys=Vec::new()/> }.into_any(),
        Err(error) if error.ends_session() => return Err(error.into()),
        Err(error) => without_keys(error.into()),
    };
    Ok(Page::new("Packages", content)
        .lead("A resilient package is the policy of a data store, encrypted to one of its export keys, for protectors without a connection to the cluster."))
}

fn no_keys() -> AnyView {
    let hint = "A package is encrypted to an export key of a data store. Add the public key of the protector to its data store first.";
    view! {
        <EmptyState title="No export keys" hint>
            <LinkButton label="Data stores" href="/policy/data-stores"/>
        </EmptyState>
    }
    .into_any()
}

/// The keys could not be read: the fingerprint can be typed all the same.
fn without_keys(error: PortalError) -> AnyView {
    let detail = error.title;
    view! {
        <Notice standing=true tone=Tone::Warning title="The export keys could not be read: type the fingerprint." detail/>
        <ExportForm keys=Vec::new()/>
    }
    .into_any()
}

/// A plain form: the answer is a file, or says why there is none.
#[component]
fn ExportForm(keys: Vec<KeyOfStore>) -> impl IntoView {
    let choices: Vec<_> = keys.iter().filter_map(choice).collect();
    let key = if choices.is_empty() {
        view! {
            <TextField name="fingerprint" label="Fingerprint of the export key" required=true maxlength=95
                hint="64 hexadecimal digits, with or without colons."/>
        }
        .into_any()
    } else {
        view! { <SelectField name="fingerprint" label="Export key" choices required=true/> }.into_any()
    };
    view! {
        <Section title="Export a package">
            <form method="get" action="/packages/rps.json" class="form page">
                {key}
                <TextField name="version" label="Schema version of the package" kind=FieldKind::Number value="1" maxlength=4
                    hint="The one that the protector supports."/>
                <TextField name="core_version" label="Schema version of the core policy" kind=FieldKind::Number value="1" maxlength=4
                    hint="The one that the protector supports."/>
                <div class="form-actions"><SubmitButton label="Export package"/></div>
            </form>
            <p>"The file is passed on byte for byte, as the protector needs it, and kept nowhere in the portal. Only the owner of the private key can read it."</p>
        </Section>
    }
}

fn choice(KeyOfStore { store, key }: &KeyOfStore) -> Option<Choice> {
    let fingerprint = key.fingerprint.as_ref()?;
    let description = key.description.as_deref().unwrap_or_default();
    let algorithm = key
        .algorithm
        .as_ref()
        .map_or("unknown algorithm", |algorithm| algorithm.as_str());
    let label = format!(
        "{} – {} {description} ({algorithm})",
        store.name,
        short(fingerprint)
    );
    Some(Choice::new(fingerprint.as_str(), label))
}

/// The first bytes of a fingerprint, for recognising it.
fn short(fingerprint: &Fingerprint) -> String {
    let colons = written(fingerprint);
    match colons.get(..23) {
        Some(beginning) => format!("{beginning}…"),
        None => colons,
    }
}

/// `/packages/rps.json`: the package.
pub async fn export(context: RequestContext) -> Result<Download, PortalError> {
    let value = |name| context.query_value(name).unwrap_or_default();
    let form = PackageForm {
        fingerprint: value("fingerprint"),
        version: value("version"),
        core_version: value("core_version"),
    };
    let target = Target::of("resilient package", Fingerprint::new(&form.fingerprint));
    let operation = context.begin(Action::ExportPackage, target).await?;
    let package = packages::export(&operation, &form).await?;
    Ok(Download {
        name: "rps",
        content: Content::Passed {
            ending: "json",
            content_type: "application/json",
            body: Box::new(package),
        },
    })
}
