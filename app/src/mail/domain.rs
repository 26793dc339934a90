//! `/proofpoint/orgs/{domain}/domains/…`: one domain of an organisation, to be added, changed, deleted and verified.

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::{
    baseline,
    mail::domains::{
        self, DeleteDomainForm, DomainForm, DomainOutcome, DomainValues, MAX_HOST, VerifyDomainForm,
    },
};
use proofpoint::DomainName;
use server_fn::ServerFn;

use super::{PROOFPOINT, addressed, organization_domain};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    form::Fields,
    links,
    ui::{
        CheckField, Choice, Copyable, DeleteDialog, DialogButton, FormActions, Page, PostForm, Section,
        SelectField, SubmitButton, TextAreaField, TextField,
    },
};

/// Adds a domain to an organisation.
#[server(prefix = "/api", endpoint = "proofpoint/domains/add")]
pub async fn add_mail_domain(#[server(flatten)] form: DomainForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.organization)?;
    let target = Target::of("mail_organization", &organization);
    let operation = context.begin(Action::AddMailDomain, target).await?;
    let added = domains::add(&context.services, &operation, &organization, &form).await?;
    Ok(done(&added, "added"))
}

/// Changes a domain of an organisation.
#[server(prefix = "/api", endpoint = "proofpoint/domains/change")]
pub async fn change_mail_domain(#[server(flatten)] form: DomainForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.organization)?;
    let name = domain_name(&form.name)?;
    let operation = begin(&context, Action::ChangeMailDomain, &name).await?;
    let changed = domains::change(&context.services, &operation, &organization, &name, &form).await?;
    Ok(done(&changed, "changed"))
}

/// Deletes a domain of an organisation, once its name was typed out.
#[server(prefix = "/api", endpoint = "proofpoint/domains/delete")]
pub async fn delete_mail_domain(#[server(flatten)] form: DeleteDomainForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.organization)?;
    let name = domain_name(&form.name)?;
    let operation = begin(&context, Action::DeleteMailDomain, &name).await?;
    let services = &context.services;
    let deleted = domains::delete(services, &operation, &organization, &name, &form.typed).await?;
    Ok(done(&deleted, "deleted"))
}

/// Has Proofpoint look for the published code of a domain.
#[server(prefix = "/api", endpoint = "proofpoint/domains/verify")]
pub async fn verify_mail_domain(#[server(flatten)] form: VerifyDomainForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.organization)?;
    let name = domain_name(&form.name)?;
    let operation = begin(&context, Action::VerifyMailDomain, &name).await?;
    let services = &context.services;
    let verified = domains::verify(services, &operation, &organization, &name, &form.method).await?;
    Ok(done(&verified, "verified"))
}

async fn begin(
    context: &RequestContext,
    action: Action,
    name: &DomainName,
) -> Result<Operation, PortalError> {
    Ok(context.begin(action, Target::of("mail_domain", name)).await?)
}

fn done(outcome: &DomainOutcome, what: &str) -> Done {
    let DomainOutcome {
        name,
        organization,
        read_back,
    } = outcome;
    Done::new(format!("The domain {name} is {what}."))
        .with_next(links::mail_organization(organization))
        .with_read_back(Some(read_back))
}

fn domain_name(text: &str) -> Result<DomainName, PortalError> {
    text.parse().map_err(|error| {
        PortalError::new(ErrorKind::NotFound, "There is no such domain.")
            .with_detail(format!("The domain {error}."))
    })
}

/// `/proofpoint/orgs/{domain}/domains/new`
pub async fn new_mail_domain(context: RequestContext) -> PageResult {
    let (organization, page) = addressed(&context)?;
    let target = Target::of("mail_organization", &organization);
    context.begin(Action::AddMailDomain, target).await?;
    let fields = context.fields(AddMailDomain::url());
    let error = fields.error();
    let hidden = vec![("organization", organization.to_string())];
    let rest = values_fields(&fields, &DomainValues::default());
    let back = page.clone();
    let content = view! {
        <PostForm action=AddMailDomain::url() error=error.clone() class="form page" hidden>
            <TextField name="name" label="Domain" required=true maxlength=MAX_HOST value=fields.text("name", "")
                hint="Like example.com. It cannot be changed afterwards." error/>
            {rest}
            <FormActions back submit="Add domain"/>
        </PostForm>
    };
    Ok(Page::new("Add a domain", content)
        .crumb("Proofpoint", PROOFPOINT)
        .crumb(organization.to_string(), page)
        .lead("Proofpoint filters its mail once the domain is verified and active."))
}

/// `/proofpoint/orgs/{domain}/domains/{mail_domain}`
pub async fn mail_domain(context: RequestContext) -> PageResult {
    let (organization, page) = addressed(&context)?;
    let name = domain_name(context.param("mail_domain"))?;
    let operation = begin(&context, Action::ViewMailOrganization, &name).await?;
    let services = &context.services;
    let now = domains::read(services, &operation, &organization, &name).await?;
    let code = if now.is_active == Some(false) {
        domains::code(services, &operation, &organization, &name)
            .await
            .ok()
    } else {
        None
    };
    let verification = code.map(|code| verification(&context, &organization, &name, code));
    let values = DomainValues::from(&now);
    let fields = context.fields(ChangeMailDomain::url());
    let shown = fields.text("baseline", &baseline::encode(&values));
    let names = vec![
        ("organization", organization.to_string()),
        ("name", name.to_string()),
    ];
    let hidden = [names.clone(), vec![("baseline", shown)]].concat();
    let (denied, error) = (context.denied(Action::ChangeMailDomain), fields.error());
    let rest = values_fields(&fields, &values);
    let back = page.clone();
    let may_delete = context.denied(Action::DeleteMailDomain);
    let deletion = context.fields(DeleteMailDomain::url());
    let (typed, failed) = (deletion.text("typed", ""), deletion.error());
    let (object, label) = (format!("the domain {name}"), format!("Type {name} to go on"));
    let is_denied = may_delete.clone();
    let content = view! {
        <Section title="Settings">
            <PostForm action=ChangeMailDomain::url() error class="form page" hidden>
                {rest}
                <FormActions back submit="Save" denied/>
            </PostForm>
        </Section>
        {verification}
        <DeleteDialog object action=DeleteMailDomain::url() denied=is_denied hidden=names error=failed.clone()>
            <p>"Its mail is no longer filtered, and users cannot have addresses in it any more."</p>
            <p>"Mail that still arrives for it at Proofpoint is refused: point its MX record elsewhere first."</p>
            <TextField name="typed" id_prefix="delete-" label required=true value=typed error=failed/>
        </DeleteDialog>
    };
    let delete =
        view! { <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=may_delete/> };
    Ok(Page::new(name.to_string(), content)
        .crumb("Proofpoint", PROOFPOINT)
        .crumb(organization.to_string(), page)
        .lead("A domain of an organisation at Proofpoint.")
        .actions(delete))
}

/// The fields that a new domain and an existing one have in common.
fn values_fields(fields: &Fields, now: &DomainValues) -> AnyView {
    let error = fields.error();
    let (relay, active) = (
        fields.flag("relay", now.relay == "true"),
        fields.flag("active", now.active == "true"),
    );
    let (destination, failovers) = (
        fields.text("destination", &now.destination),
        fields.text("failovers", &now.failovers),
    );
    view! {
        <CheckField name="relay" label="Routes mail" checked=relay error=error.clone()
            hint="Proofpoint passes the mail of the domain on to its server."/>
        <TextField name="destination" label="Destination" maxlength=MAX_HOST value=destination error=error.clone()
            hint="The server its mail goes to, like mail.example.com."/>
        <TextAreaField name="failovers" label="Failovers" rows=2 value=failovers error=error.clone()
            hint="The servers its mail goes to when the first fails, one a line."/>
        <CheckField name="active" label="Active" checked=active error
            hint="Its mail is filtered. A domain that routes no mail is never active."/>
    }
    .into_any()
}

/// The code to publish, and the form that has Proofpoint look for it.
fn verification(
    context: &RequestContext,
    organization: &DomainName,
    name: &DomainName,
    code: String,
) -> AnyView {
    let form = verify_form(context, organization, name, "");
    let label = format!("the code of {name}");
    view! {
        <Section title="Verification">
            <p>"Publish this code in a TXT record of the domain, or in a META tag of its web site:"</p>
            <p><Copyable text=code label/></p>
            {form}
        </Section>
    }
    .into_any()
}

/// The form that has Proofpoint look for the code of a domain.
pub(super) fn verify_form(
    context: &RequestContext,
    organization: &DomainName,
    name: &DomainName,
    id_prefix: &str,
) -> AnyView {
    let fields = context.fields(VerifyMailDomain::url());
    let error = fields.error();
    let hidden = vec![
        ("organization", organization.to_string()),
        ("name", name.to_string()),
    ];
    let choices = vec![Choice::new("txt", "TXT record"), Choice::new("meta", "META tag")];
    let denied = context.denied(Action::VerifyMailDomain);
    let id_prefix = id_prefix.to_owned();
    view! {
        <PostForm action=VerifyMailDomain::url() error=error.clone() hidden unguarded=true>
            <SelectField name="method" label="Published in" choices value=fields.text("method", "txt") id_prefix error/>
            <div class="form-actions"><SubmitButton label="Verify" quiet=true denied/></div>
        </PostForm>
    }
    .into_any()
}
