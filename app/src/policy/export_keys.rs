//! The export keys of a data store, on its page.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::policy::export_keys::{self, ExportKeyForm, MIN_BITS};
use protegrity::{
    Fingerprint,
    pim::{DataStoreUid, ExportKey, KeyAlgorithm},
};
use server_fn::ServerFn;

use super::object::{DATA_STORES, reported};
use crate::{
    context::RequestContext,
    error::PortalError,
    flash::Done,
    ui::{
        Choice, Copyable, EmptyState, ErrorState, PostForm, RadioGroup, Section, SubmitButton, Table,
        TextAreaField, TextField,
    },
};

/// Adds an export key to a data store.
#[server(prefix = "/api", endpoint = "policy/export-keys/add")]
pub async fn add_export_key(#[server(flatten)] form: ExportKeyForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let uid: DataStoreUid = DATA_STORES.uid(&form.uid)?;
    let operation = context
        .begin(Action::AddExportKey, Target::of("data_store", &uid))
        .await?;
    let added = export_keys::add(&operation, &uid, &form).await?;
    let named = match &added.fingerprint {
        Some(fingerprint) => format!("Its fingerprint is {}.", written(fingerprint)),
        None => "The cluster did not say its fingerprint.".to_owned(),
    };
    let title = format!("A key of {} bits is added to {}.", added.bits, added.store);
    Ok(Done::new(title)
        .with_detail(named)
        .with_next(DATA_STORES.page(uid.as_str()))
        .with_read_back(Some(&added.read_back)))
}

/// A fingerprint as the cluster writes it.
pub(crate) fn written(fingerprint: &Fingerprint) -> String {
    fingerprint
        .with_colons()
        .unwrap_or_else(|| fingerprint.to_string())
}

/// The export keys of a data store.
#[component]
pub(super) fn ExportKeys(keys: Result<Vec<ExportKey>, PortalError>) -> impl IntoView {
    let content = match keys {
        Err(error) => view! { <ErrorState error/> }.into_any(),
        Ok(keys) if keys.is_empty() => view! {
            <EmptyState title="No export keys" hint="Without one, no resilient package of this data store can be exported."/>
        }
        .into_any(),
        Ok(keys) => {
            let rows = keys.into_iter().map(row).collect_view();
            view! {
                <Table label="Export keys" columns=&["Fingerprint", "Algorithm", "Description"]>{rows}</Table>
            }
            .into_any()
        }
    };
    view! { <Section title="Export keys">{content}</Section> }.into_any()
}

fn row(key: ExportKey) -> AnyView {
    let fingerprint = match &key.fingerprint {
        Some(fingerprint) => {
            view! { <Copyable text=written(fingerprint) label="the fingerprint"/> }.into_any()
        }
        None => reported(None),
    };
    view! {
        <tr>
            <th scope="row" class="wraps">{fingerprint}</th>
            <td>{reported(key.algorithm.as_ref().map(KeyAlgorithm::as_str))}</td>
            <td class="wraps">{reported(key.description.as_deref())}</td>
        </tr>
    }
    .into_any()
}

/// The form that adds a key.
#[component]
pub(super) fn AddKey(context: RequestContext, uid: DataStoreUid) -> impl IntoView {
    let fields = context.fields(AddExportKey::url());
    let error = fields.error();
    let denied = context.denied(Action::AddExportKey);
    let algorithms = KeyAlgorithm::KNOWN
        .iter()
        .map(|algorithm| Choice {
            hint: (*algorithm == KeyAlgorithm::RsaOaep256)
                .then(|| "The one that a key in AWS KMS can have.".to_owned()),
            ..Choice::new(algorithm.as_str(), algorithm.as_str())
        })
        .collect();
    view! {
        <Section title="Add export key">
            <PostForm action=AddExportKey::url() class="form page" error=error.clone()
                hidden=vec![("uid", uid.to_string())]>
                <TextAreaField name="pem" label="Public key" rows=8 required=true value=fields.text("pem", "")
                    error=error.clone()
                    hint=format!(
                        "An RSA key of at least {MIN_BITS} bits in PEM, which begins with -----BEGIN PUBLIC KEY-----. Never the private key."
                    )/>
                <RadioGroup name="algorithm" label="Algorithm" choices=algorithms
                    value=fields.text("algorithm", KeyAlgorithm::RsaOaep256.as_str()) error=error.clone()/>
                <TextField name="description" id_prefix="key-" label="Description of the key"
                    value=fields.text("description", "") error/>
                <div class="form-actions"><SubmitButton label="Add export key" denied/></div>
            </PostForm>
        </Section>
    }
    .into_any()
}
