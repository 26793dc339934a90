//! `/proofpoint/orgs/{domain}/features`: the features of an organisation, and changing them after a review.

use gate::Action;
use leptos::prelude::*;
use operations::{
    baseline,
    mail::features::{self, FeaturesChange, FeaturesForm, FeaturesOutcome, feature_name, field_of, shown},
    reviews::{form_of, reviewed, values_of},
};
use proofpoint::{DomainName, FeatureSetting, Features};
use server_fn::ServerFn;

use super::{PROOFPOINT, addressed, begin, organization_domain};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    form::Fields,
    links,
    ui::{
        ChangeTable, CheckField, EmptyState, FieldKind, NothingToReview, Page, PostForm, ReviewForm, Section,
        SubmitButton, TextField,
    },
};

/// The longest number, in characters.
const MAX_DIGITS: usize = 6;

/// Changes the features of an organisation.
#[server(prefix = "/api", endpoint = "proofpoint/features")]
pub async fn change_mail_features(#[server(flatten)] form: FeaturesForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.organization)?;
    let operation = begin(&context, Action::ChangeMailFeatures, &organization).await?;
    let page = links::mail_features(&organization);
    let (change, read_back) =
        match features::change(&context.services, &operation, &organization, &form).await? {
            FeaturesOutcome::Saved(change, read_back) => (change, read_back),
            FeaturesOutcome::NeedsReview => {
                let review = context.keep_for_review(&operation, &page, values_of(&form));
                return Ok(Done::default().with_next(review));
            }
        };
    let title = format!("The features of {} are saved.", change.organization);
    Ok(Done::new(title).with_next(page).with_read_back(Some(&read_back)))
}

/// `/proofpoint/orgs/{domain}/features`
pub async fn features(context: RequestContext) -> PageResult {
    let (domain, organization_page) = addressed(&context)?;
    let operation = begin(&context, Action::ViewMailOrganization, &domain).await?;
    let now = features::read(&context.services, &operation, &domain).await?;
    let fields = context.fields_to_review(ChangeMailFeatures::url());
    let form = form(&context, &fields, &domain, &now);
    Ok(Page::new(format!("Features of {domain}"), form)
        .crumb("Proofpoint", PROOFPOINT)
        .crumb(domain.to_string(), organization_page)
        .lead("What the package of the organisation offers. A change is shown before it is sent."))
}

fn form(context: &RequestContext, fields: &Fields, domain: &DomainName, now: &Features) -> AnyView {
    let error = fields.error();
    let (mut controls, mut others) = (Vec::new(), Vec::new());
    for (name, setting) in now.iter() {
        let (label, error) = (feature_name(name), error.clone());
        let Some(field) = field_of(name, &setting) else {
            others.push(view! { <li><bdi>{label}</bdi>": "<bdi>{setting.to_string()}</bdi></li> });
            continue;
        };
        controls.push(if let FeatureSetting::Switch(on) = setting {
            let checked = fields.flag(&field, on);
            view! { <CheckField name=field label checked error/> }.into_any()
        } else {
            let (value, hint) = (fields.text(&field, &setting.to_string()), unit(name));
            view! {
                <TextField name=field label kind=FieldKind::Number maxlength=MAX_DIGITS required=true value hint error/>
            }
            .into_any()
        });
    }
    let others = (!others.is_empty()).then(|| {
        view! { <Section title="Not changed here"><ul>{others.collect_view()}</ul></Section> }
    });
    if controls.is_empty() {
        let empty = view! {
            <EmptyState title="No features" hint="Proofpoint lists no feature of this organisation that can be changed."/>
        };
        return view! { {empty}{others} }.into_any();
    }
    let hidden = vec![
        ("organization", domain.to_string()),
        (
            "baseline",
            fields.text("baseline", &baseline::encode(&shown(now))),
        ),
    ];
    let denied = context.denied(Action::ChangeMailFeatures);
    view! {
        <PostForm action=ChangeMailFeatures::url() error class="form page" hidden>
            {controls.collect_view()}
            <div class="form-actions"><SubmitButton label="Review the features" denied/></div>
        </PostForm>
        {others}
    }
    .into_any()
}

/// What a number counts, where a document says it.
fn unit(name: &str) -> Option<&'static str> {
    (name == "instant_replay").then_some("In days.")
}

/// `/proofpoint/orgs/{domain}/features/review`
pub async fn review_features(context: RequestContext) -> PageResult {
    let (domain, organization_page) = addressed(&context)?;
    let operation = begin(&context, Action::ChangeMailFeatures, &domain).await?;
    let page = links::mail_features(&domain);
    let key = context.query_value("change").unwrap_or_default();
    let services = &context.services;
    let Some(values) = services.reviews.get(operation.principal(), &key) else {
        let nothing = view! { <NothingToReview edit=page.clone()/> };
        return Ok(Page::new("Review the change of features", nothing).crumb("Features", page));
    };
    let form: FeaturesForm = form_of(&values);
    let planned = features::plan(
        services,
        &operation,
        &organization_domain(&form.organization)?,
        &form,
    )
    .await?;
    let hidden = reviewed(values, planned.fingerprint());
    let FeaturesChange { organization, rows } = planned;
    let rows = rows
        .into_iter()
        .map(|(name, from, to)| (feature_name(&name), from.to_string(), to.to_string()));
    let url = ChangeMailFeatures::url();
    let (error, again) = (context.fields(url).error(), links::change_again(&page, &key));
    let content = view! {
        <Section title="Change"><ChangeTable rows=rows.collect()/></Section>
        <ReviewForm action=url hidden error again cancel=page.clone()/>
    };
    Ok(
        Page::new(format!("Review the features of {organization}"), content)
            .crumb("Proofpoint", PROOFPOINT)
            .crumb(organization.to_string(), organization_page)
            .crumb("Features", page)
            .lead("Nothing is saved yet. The change takes effect at once for all mail of the organisation."),
    )
}
