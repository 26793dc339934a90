//! `/saml/new` and `/saml/{alias}/edit`: the form of a SAML provider.

use gate::Action;
use leptos::prelude::*;
use protegrity::SamlProvider;
use server_fn::ServerFn;

use super::{
    CreateSamlProvider, UpdateSamlProvider,
    actions::target,
    alias,
    draft::{NAME_ID_FORMATS, OWN, SIGNATURE_ALGORITHMS, SamlForm},
    path, title,
};
use crate::{
    error::PortalError,
    form::Fields,
    shell::{Frame, failed, param},
    ui::{
        CheckField, Choice, FieldGroup, FieldKind, LinkButton, Notice, PageHeader, PostForm, SelectField,
        SubmitButton, SureField, TextAreaField, TextField, Tone,
    },
    visit::{Visit, visit},
};

/// `/saml/new`
#[component]
pub fn NewSamlProviderPage() -> impl IntoView {
    let visit = visit();
    let fields = visit.fields(CreateSamlProvider::url());
    view! {
        <Frame area="/saml">
            <p class="back"><a href="/saml">"SAML"</a></p>
            <PageHeader title="New SAML provider"
                lead="The cluster reads the identity provider's metadata from their URL; a file of metadata is not supported."/>
            <ProviderForm fields start=SamlForm::fresh() is_new=true/>
        </Frame>
    }
    .into_any()
}

/// `/saml/{alias}/edit`
#[component]
pub fn EditSamlProviderPage() -> impl IntoView {
    let visit = visit();
    let alias = param("alias");
    view! {
        <Frame area="/saml">
            {Suspend::new(async move {
                match load(&visit, &alias).await {
                    Ok(provider) => view! { <EditView visit provider/> }.into_any(),
                    Err(error) => failed(&visit, "Edit SAML provider", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

async fn load(visit: &Visit, text: &str) -> Result<SamlProvider, PortalError> {
    let alias = alias(text)?;
    let passage = visit.open(Action::UpdateSamlProvider, target(&alias))?;
    let provider = passage
        .read(|cluster| {
            let alias = alias.clone();
            async move { cluster.saml_provider(&alias).await }
        })
        .await
        .map_err(|error| visit.explain(Action::SeeSamlProvider, &error))?;
    Ok(SamlProvider { alias, ..provider })
}

#[component]
fn EditView(visit: Visit, provider: SamlProvider) -> impl IntoView {
    let start = SamlForm::of(&provider);
    let fields = visit.fields(UpdateSamlProvider::url());
    let (back, name) = (path(&provider.alias), title(&provider));
    let untold = start.metadata_url.is_empty();
    view! {
        <p class="back"><a href=back>{name.clone()}</a></p>
        <PageHeader title=format!("Edit {name}")
            lead="All of the form is sent. What it does not show stays as the cluster has it, or as its metadata say."/>
        {untold.then(|| view! {
            <Notice standing=true tone=Tone::Info title="The cluster does not tell the URL of this provider's metadata."
                detail="Left empty, nothing is said of the metadata, and the cluster may ask for them."/>
        })}
        <ProviderForm fields start is_new=false/>
    }
    .into_any()
}

#[component]
fn ProviderForm(fields: Fields, start: SamlForm, is_new: bool) -> impl IntoView {
    let error = fields.error();
    let (action, label) = if is_new {
        (CreateSamlProvider::url(), "Create")
    } else {
        (UpdateSamlProvider::url(), "Save")
    };
    let hidden = if is_new {
        Vec::new()
    } else {
        vec![("alias", start.alias.clone())]
    };
    let back = if is_new {
        "/saml".to_owned()
    } else {
        path(&start.alias.as_str().into())
    };
    let mapping = fields.text("attribute_mapping", "");
    view! {
        <PostForm action class="form page" error=error.clone() hidden>
            <Naming fields=fields.clone() start=start.clone() is_new/>
            <NameId fields=fields.clone() start=start.clone()/>
            <Trust fields start/>
            <SureField name="sure_unsigned" label="I am sure that signatures need not be validated" error=error.clone()/>
            {is_new.then(|| view! {
                <TextAreaField name="attribute_mapping" label="Attribute mapping" rows=4 value=mapping error=error.clone()
                    hint="One a line: SAML attribute = user attribute. For example http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress = email. Mappers with more to them are added on the provider's page."/>
            })}
            <div class="form-actions">
                <LinkButton label="Cancel" href=back/>
                <SubmitButton label/>
            </div>
        </PostForm>
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
            hint="https, because the metadata say whose signatures the cluster trusts. http only to this machine itself."/>
        <TextField name="entity_id" label="Service provider entity ID" maxlength=255
            value=fields.text("entity_id", &start.entity_id) error=error.clone()
            hint="By this name the identity provider knows the cluster. Left empty, the cluster keeps or chooses it."/>
        <CheckField name="enabled" label="Enabled" checked=fields.flag("enabled", start.enabled == "true") error
            hint="People can sign in by it."/>
    }
    .into_any()
}

/// How the identity provider is to name people.
#[component]
fn NameId(fields: Fields, start: SamlForm) -> impl IntoView {
    let error = fields.error();
    let known = NAME_ID_FORMATS
        .iter()
        .map(|(urn, name)| Choice::new(*urn, format!("{name} ({urn})")));
    let formats = [Choice::new("", "Left to the cluster")]
        .into_iter()
        .chain(known)
        .chain([Choice::new(OWN, "Another format, typed below")])
        .collect();
    view! {
        <div class="field-pair">
            <SelectField name="name_id_format" label="NameID policy format" choices=formats
                value=fields.text("name_id_format", &start.name_id_format) error=error.clone()
                hint="How the identity provider is to name a person."/>
            <TextField name="name_id_own" label="Another NameID policy format" maxlength=255
                value=fields.text("name_id_own", &start.name_id_own) error=error.clone()
                hint="A URN. It counts only where “Another format” is chosen."/>
        </div>
        <CheckField name="force_authn" label="Force authentication" error
            checked=fields.flag("force_authn", start.force_authn == "true")
            hint="The identity provider asks again, also whoever is signed in there already."/>
    }
    .into_any()
}

/// Signatures and encryption.
#[component]
fn Trust(fields: Fields, start: SamlForm) -> impl IntoView {
    let error = fields.error();
    let current = start.signature_algorithm.clone();
    let is_listed = SIGNATURE_ALGORITHMS.iter().any(|(name, _)| *name == current);
    let kept = Choice::new(current.clone(), format!("{current} (as it is now)"));
    let kept = (!current.is_empty() && !is_listed).then_some(kept);
    let algorithms = [Choice::new("", "Left to the cluster")]
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
            hint="X.509 in PEM. The lines BEGIN and END CERTIFICATE are taken off before it is sent. Left empty, it is what the metadata say."/>
    }
    .into_any()
}

/// What is looked at in a response.
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
