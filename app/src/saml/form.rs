//! `/saml/new` and `/saml/{alias}/edit`: the form of a SAML provider.

use gate::Action;
use leptos::prelude::*;
use operations::{
    baseline,
    saml::{
        draft::{NAME_ID_FORMATS, OWN, SIGNATURE_ALGORITHMS, SamlForm},
        load, target, title,
    },
};
use server_fn::ServerFn;

use super::{CreateSamlProvider, UpdateSamlProvider, alias};
use crate::{
    answer::PageResult,
    context::RequestContext,
    form::Fields,
    links,
    ui::{
        CheckField, Choice, ConfirmField, FieldGroup, FieldKind, FormActions, Notice, Page, PostForm,
        SelectField, TextAreaField, TextField, Tone,
    },
};

/// `/saml/new`
#[allow(clippy::unused_async, reason = "pages are async")]
pub async fn new(context: RequestContext) -> PageResult {
    let fields = context.fields(CreateSamlProvider::url());
    let error = fields.error();
    let start = SamlForm::new_provider();
    let mapping = fields.text("attribute_mapping", "");
    let content = view! {
        <PostForm action=CreateSamlProvider::url() class="form page" error=error.clone()>
            <ProviderFields fields start is_new=true/>
            <TextAreaField name="attribute_mapping" label="Attribute mapping" rows=4 value=mapping error
                hint="One a line: SAML attribute = user attribute. For example http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress = email. Mappers with more settings are added on the provider's page."/>
            <FormActions back="/saml" submit="Create"/>
        </PostForm>
    };
    Ok(Page::new("New SAML provider", content).crumb("SAML", "/saml").lead(
        "The cluster reads the identity provider's metadata from a URL; a metadata file is not supported.",
    ))
}

/// `/saml/{alias}/edit`
pub async fn edit(context: RequestContext) -> PageResult {
    let alias = alias(context.param("alias"))?;
    let operation = context.begin(Action::UpdateSamlProvider, target(&alias)).await?;
    let provider = load(&operation, &alias).await?;
    let start = SamlForm::of(&provider);
    let fields = context.fields(UpdateSamlProvider::url());
    let error = fields.error();
    let (page, name) = (links::saml_provider(&alias), title(&provider));
    let unreported = start.metadata_url.is_empty();
    let baseline = fields.text("baseline", &baseline::encode(&start));
    let hidden = vec![("alias", alias.to_string()), ("baseline", baseline)];
    let content = view! {
        {unreported.then(|| view! {
            <Notice standing=true tone=Tone::Info title="The cluster does not report the URL of this provider's metadata."
                detail="Left empty, none is sent, and the cluster may require it."/>
        })}
        <PostForm action=UpdateSamlProvider::url() class="form page" error hidden>
            <ProviderFields fields start is_new=false/>
            <FormActions back=page submit="Save"/>
        </PostForm>
    };
    Ok(Page::new(format!("Edit {name}"), content)
        .crumb("SAML", "/saml")
        .crumb(name, links::saml_provider(&alias))
        .lead("The whole provider is sent. Settings that the form does not show stay as they are, or follow the metadata."))
}

/// The fields that a new provider and an existing one have in common.
#[component]
fn ProviderFields(fields: Fields, start: SamlForm, is_new: bool) -> impl IntoView {
    let error = fields.error();
    view! {
        <Naming fields=fields.clone() start=start.clone() is_new/>
        <NameId fields=fields.clone() start=start.clone()/>
        <Trust fields start/>
        <ConfirmField name="confirm_unsigned" label="I confirm that signatures are not validated" error/>
    }
    .into_any()
}

/// Alias, display name and the two addresses.
#[component]
fn Naming(fields: Fields, start: SamlForm, is_new: bool) -> impl IntoView {
    let error = fields.error();
    let alias = fields.text("alias", &start.alias);
    view! {
        <div class="field-pair">
            {if is_new {
                view! {
                    <TextField name="alias" label="Alias" required=true maxlength=255 value=alias error=error.clone()
                        hint="Letters, digits, dots, hyphens and underscores. It cannot be changed later."/>
                }
                .into_any()
            } else {
                view! {
                    <TextField name="shown_alias" label="Alias" readonly=true value=start.alias.clone()
                        hint="It cannot be changed."/>
                }
                .into_any()
            }}
            <TextField name="display_name" label="Display name" required=true maxlength=255
                value=fields.text("display_name", &start.display_name) error=error.clone()
                hint="As it appears on the login page."/>
        </div>
        <TextField name="metadata_url" label="Metadata URL" kind=FieldKind::Url required=is_new maxlength=2000
            value=fields.text("metadata_url", &start.metadata_url) error=error.clone()
            hint="https, because the metadata say whose signatures the cluster trusts. http only to the local machine."/>
        <TextField name="entity_id" label="Service provider entity ID" maxlength=255
            value=fields.text("entity_id", &start.entity_id) error=error.clone()
            hint="The identity provider knows the cluster by this name. Left empty, the cluster keeps or chooses it."/>
        <CheckField name="enabled" label="Enabled" checked=fields.flag("enabled", start.enabled == "true") error
            hint="People can sign in by it."/>
    }
    .into_any()
}

/// The format in which the identity provider names people.
#[component]
fn NameId(fields: Fields, start: SamlForm) -> impl IntoView {
    let error = fields.error();
    let known = NAME_ID_FORMATS
        .iter()
        .map(|(urn, name)| Choice::new(*urn, format!("{name} ({urn})")));
    let formats = [Choice::new("", "The cluster's default")]
        .into_iter()
        .chain(known)
        .chain([Choice::new(OWN, "Another format, entered beside this")])
        .collect();
    view! {
        <div class="field-pair">
            <SelectField name="name_id_format" label="NameID policy format" choices=formats
                value=fields.text("name_id_format", &start.name_id_format) error=error.clone()
                hint="The identity provider names a person in this format."/>
            <TextField name="name_id_own" label="Another NameID policy format" maxlength=255
                value=fields.text("name_id_own", &start.name_id_own) error=error.clone()
                hint="A URN. It counts only where “Another format” is chosen."/>
        </div>
        <CheckField name="force_authn" label="Force authentication" error
            checked=fields.flag("force_authn", start.force_authn == "true")
            hint="The identity provider asks for authentication also from people who are signed in there."/>
    }
    .into_any()
}

/// Signatures and encryption.
#[component]
fn Trust(fields: Fields, start: SamlForm) -> impl IntoView {
    let error = fields.error();
    let current = start.signature_algorithm.clone();
    let is_listed = SIGNATURE_ALGORITHMS.iter().any(|(name, _)| *name == current);
    let kept = Choice::new(current.clone(), format!("{current} (present)"));
    let kept = (!current.is_empty() && !is_listed).then_some(kept);
    let algorithms = [Choice::new("", "The cluster's default")]
        .into_iter()
        .chain(kept)
        .chain(
            SIGNATURE_ALGORITHMS
                .iter()
                .map(|(name, label)| Choice::new(*name, *label)),
        )
        .collect();
    view! {
        <Checks fields=fields.clone() start=start.clone()/>
        <SelectField name="signature_algorithm" label="Signature algorithm" choices=algorithms
            value=fields.text("signature_algorithm", &start.signature_algorithm) error=error.clone()
            hint="For requests to the identity provider."/>
        <TextAreaField name="signing_certificate" label="Signing certificate" rows=5
            value=fields.text("signing_certificate", &start.signing_certificate) error
            hint="X.509 in PEM, or its base64 alone. What stands around the certificate is left out. Left empty, the metadata decide."/>
    }
    .into_any()
}

/// The checks of a response.
#[component]
fn Checks(fields: Fields, start: SamlForm) -> impl IntoView {
    let flag = move |name: &str, start: &str| fields.flag(name, start == "true");
    let validates = flag("validate_signature", &start.validate_signature);
    let signed = flag("want_assertions_signed", &start.want_assertions_signed);
    let encrypted = flag("want_assertions_encrypted", &start.want_assertions_encrypted);
    view! {
        <FieldGroup name="checks" label="Signatures and encryption">
            <CheckField name="validate_signature" label="Validate signatures" checked=validates
                hint="Of responses and assertions."/>
            <CheckField name="want_assertions_signed" label="Want assertions signed" checked=signed/>
            <CheckField name="want_assertions_encrypted" label="Want assertions encrypted" checked=encrypted/>
        </FieldGroup>
    }
    .into_any()
}
