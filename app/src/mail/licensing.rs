//! `/proofpoint/orgs/{domain}/licensing`: the seats and the package of an organisation, and changing them after a review.

use gate::{Action, Operation};
use leptos::prelude::*;
use operations::{
    baseline,
    mail::{
        licensing::{
            self, Licensed, LicensingChange, LicensingOutcome, PackageForm, SeatsForm, packages,
            plan_package, plan_seats,
        },
        organizations::package_name,
    },
    reviews::{FormValues, form_of, reviewed, values_of},
};
use proofpoint::{DomainName, Licensing};
use server_fn::ServerFn;

use super::{PROOFPOINT, addressed, begin, number, or_unknown, organization_domain};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    form::Fields,
    links,
    ui::{
        ChangeTable, CheckField, Choice, DescriptionList, Detail, FieldKind, NothingToReview, Page, PostForm,
        ReviewForm, Section, SelectField, SubmitButton, TextField,
    },
};

/// The longest number of seats, in characters.
const MAX_DIGITS: usize = 7;

/// Changes the seats of an organisation.
#[server(prefix = "/api", endpoint = "proofpoint/licensing/seats")]
pub async fn change_mail_seats(#[server(flatten)] form: SeatsForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.organization)?;
    let operation = begin(&context, Action::ChangeMailSeats, &organization).await?;
    let outcome = licensing::set_seats(&context.services, &operation, &organization, &form).await?;
    Ok(done(
        &context,
        &operation,
        &organization,
        outcome,
        values_of(&form),
    ))
}

/// Gives an organisation another package.
#[server(prefix = "/api", endpoint = "proofpoint/licensing/package")]
pub async fn change_mail_package(#[server(flatten)] form: PackageForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.organization)?;
    let operation = begin(&context, Action::ChangeMailPackage, &organization).await?;
    let outcome = licensing::set_package(&context.services, &operation, &organization, &form).await?;
    Ok(done(
        &context,
        &operation,
        &organization,
        outcome,
        values_of(&form),
    ))
}

fn done(
    context: &RequestContext,
    operation: &Operation,
    organization: &DomainName,
    outcome: LicensingOutcome,
    values: FormValues,
) -> Done {
    let page = links::mail_licensing(organization);
    let (change, read_back) = match outcome {
        LicensingOutcome::Saved(change, read_back) => (change, read_back),
        LicensingOutcome::NeedsReview => {
            return Done::default().with_next(context.keep_for_review(operation, &page, values));
        }
    };
    let LicensingChange {
        organization,
        what,
        to,
        ..
    } = change;
    let title = match what {
        Licensed::Seats => format!("The organisation of {organization} has {to} seats."),
        Licensed::Package => format!("The organisation of {organization} has the package {to}."),
    };
    Done::new(title).with_next(page).with_read_back(Some(&read_back))
}

/// `/proofpoint/orgs/{domain}/licensing`
pub async fn licensing(context: RequestContext) -> PageResult {
    let (domain, organization_page) = addressed(&context)?;
    let operation = begin(&context, Action::ViewMailOrganization, &domain).await?;
    let services = &context.services;
    let (found, licensing) = futures::join!(
        services.mail.organization(&operation, &domain),
        licensing::read(services, &operation, &domain)
    );
    let licensing = licensing?;
    // The page is about the licensing: without the organisation it lacks a name and a count.
    let found = found.ok();
    let active = number(found.as_ref().and_then(|found| found.active_users));
    let name = found.map(|found| found.name).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| domain.to_string());
    let package = or_unknown(licensing.package.as_ref().map(package_name).unwrap_or_default());
    let trial = licensing
        .is_on_trial
        .map(|is_so| if is_so { "Yes" } else { "No" });
    let seats = or_unknown(number(licensing.licenses));
    let facts = view! {
        <Section title="Now">
            <DescriptionList>
                <Detail label="Seats bought">{seats}</Detail>
                <Detail label="Active users, by Proofpoint's own count">{or_unknown(active)}</Detail>
                <Detail label="Package"><bdi>{package}</bdi></Detail>
                <Detail label="On trial">{trial.unwrap_or("Unknown")}</Detail>
            </DescriptionList>
        </Section>
    };
    let (of_seats, of_package) = fields(&context, &operation);
    let content = view! {
        {facts}
        {seats_form(&context, &of_seats, &domain, &licensing)}
        {package_form(&context, &of_package, &domain, &licensing)}
    };
    Ok(Page::new(format!("Licensing of {name}"), content)
        .crumb("Proofpoint", PROOFPOINT)
        .crumb(name, organization_page)
        .lead("A change of seats or package changes what is billed. It is shown before it is sent."))
}

/// The values of both forms: of the one whose change comes back from its review, those that were typed.
fn fields(context: &RequestContext, operation: &Operation) -> (Fields, Fields) {
    let (seats, package) = (ChangeMailSeats::url(), ChangeMailPackage::url());
    let change = context.query_value("change").unwrap_or_default();
    match context.services.reviews.get(operation.principal(), &change) {
        Some(values) if is_of_package(&values) => (context.fields(seats), context.fields_to_review(package)),
        Some(_) => (context.fields_to_review(seats), context.fields(package)),
        None => (context.fields(seats), context.fields(package)),
    }
}

fn is_of_package(values: &FormValues) -> bool {
    values.iter().any(|(name, _)| name == "package")
}

fn seats_form(context: &RequestContext, fields: &Fields, domain: &DomainName, now: &Licensing) -> AnyView {
    let (seats, _) = licensing::shown(now);
    let error = fields.error();
    let denied = context.denied(Action::ChangeMailSeats);
    let hidden = vec![
        ("organization", domain.to_string()),
        ("baseline", fields.text("baseline", &baseline::encode(&seats))),
    ];
    let value = fields.text("seats", &seats);
    view! {
        <Section title="Seats">
            <PostForm action=ChangeMailSeats::url() error=error.clone() class="form page" hidden>
                <TextField name="seats" label="Seats" kind=FieldKind::Number required=true maxlength=MAX_DIGITS value error
                    hint="How many users may be active."/>
                <div class="form-actions"><SubmitButton label="Review the seats" denied/></div>
            </PostForm>
        </Section>
    }
    .into_any()
}

fn package_form(context: &RequestContext, fields: &Fields, domain: &DomainName, now: &Licensing) -> AnyView {
    let (_, present) = licensing::shown(now);
    let error = fields.error();
    let denied = context.denied(Action::ChangeMailPackage);
    let hidden = vec![
        ("organization", domain.to_string()),
        ("baseline", fields.text("baseline", &baseline::encode(&present))),
    ];
    let mut choices: Vec<_> = packages()
        .map(|package| Choice::new(package.as_str(), package_name(package)))
        .collect();
    // One that no form offers stays as it is.
    if choices.iter().all(|choice| choice.value != present) {
        let label = now.package.as_ref().map(package_name);
        choices.insert(
            0,
            Choice::new(present.clone(), label.unwrap_or_else(|| "Unknown".to_owned())),
        );
    }
    let (value, eula) = (fields.text("package", &present), fields.flag("eula", false));
    view! {
        <Section title="Package">
            <PostForm action=ChangeMailPackage::url() error=error.clone() class="form page" hidden>
                <SelectField name="package" label="Package" choices value error=error.clone()
                    hint="A smaller package turns features off that it does not have."/>
                <CheckField name="eula" label="I accept Proofpoint's licence agreement for this package" checked=eula error/>
                <div class="form-actions"><SubmitButton label="Review the package" denied/></div>
            </PostForm>
        </Section>
    }
    .into_any()
}

/// `/proofpoint/orgs/{domain}/licensing/review`
pub async fn review_licensing(context: RequestContext) -> PageResult {
    let (domain, organization_page) = addressed(&context)?;
    let operation = begin(&context, Action::ChangeMailSeats, &domain).await?;
    let page = links::mail_licensing(&domain);
    let change = context.query_value("change").unwrap_or_default();
    let services = &context.services;
    let Some(values) = services.reviews.get(operation.principal(), &change) else {
        let nothing = view! { <NothingToReview edit=page.clone()/> };
        return Ok(Page::new("Review the change of licensing", nothing).crumb("Licensing", page));
    };
    let (action, planned) = if is_of_package(&values) {
        let form: PackageForm = form_of(&values);
        let organization = organization_domain(&form.organization)?;
        let planned = plan_package(services, &operation, &organization, &form).await?;
        (ChangeMailPackage::url(), planned)
    } else {
        let form: SeatsForm = form_of(&values);
        let organization = organization_domain(&form.organization)?;
        let planned = plan_seats(services, &operation, &organization, &form).await?;
        (ChangeMailSeats::url(), planned)
    };
    let hidden = reviewed(values, planned.fingerprint());
    let LicensingChange {
        organization,
        what,
        from,
        to,
    } = planned;
    let what = match what {
        Licensed::Seats => "Seats",
        Licensed::Package => "Package",
    };
    let (from, error) = (or_unknown(from), context.fields(action).error());
    let again = links::change_again(&page, &change);
    let content = view! {
        <Section title="Change">
            <ChangeTable rows=vec![(what.to_owned(), from, to)]/>
        </Section>
        <ReviewForm action hidden error again cancel=page.clone()/>
    };
    Ok(Page::new(format!("Review the change of {organization}"), content)
        .crumb("Proofpoint", PROOFPOINT)
        .crumb(organization.to_string(), organization_page)
        .crumb("Licensing", page)
        .lead("Nothing is saved yet. The change takes effect at once, and on the next bill."))
}
