//! `/proofpoint/orgs/{domain}/users/{email}/review`: what a change of a user is, before it is saved.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    mail::users::{self, ChangedValue, MailUserChange},
    reviews::{form_of, reviewed},
};
use server_fn::ServerFn;

use super::{EditMailUser, below_users, organization_domain, user_address};
use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{ChangeTable, NothingToReview, Page, ReviewForm, Section},
};

/// `/proofpoint/orgs/{domain}/users/{email}/review`
pub async fn review(context: RequestContext) -> PageResult {
    let organization = organization_domain(context.param("domain"))?;
    let email = user_address(context.param("email"))?;
    let operation = context
        .begin(Action::EditMailUser, Target::of("mail_user", &email))
        .await?;
    let page = links::mail_user(&organization, &email);
    let change = context.query_value("change").unwrap_or_default();
    let services = &context.services;
    let Some(values) = services.reviews.get(operation.principal(), &change) else {
        let nothing = view! { <NothingToReview edit=links::edit(&page)/> };
        return Ok(below_users(
            Page::new("Review the change of a user", nothing),
            &organization,
        ));
    };
    let form = form_of(&values);
    let planned = users::plan_edit(services, &operation, &organization, &email, &form).await?;
    let hidden = reviewed(values, planned.fingerprint());
    let MailUserChange { address, values } = planned;
    let rows = values
        .into_iter()
        .map(|ChangedValue { what, from, to }| (what.to_owned(), from, to));
    let error = context.fields(EditMailUser::url()).error();
    let again = links::edit_again(&page, &change);
    let content = view! {
        <Section title="Change"><ChangeTable rows=rows.collect()/></Section>
        <ReviewForm action=EditMailUser::url() hidden error again cancel=page.clone()/>
    };
    let title = format!("Review the change of {address}");
    Ok(below_users(Page::new(title, content), &organization)
        .crumb(address.to_string(), page)
        .lead("Nothing is saved yet. Only what is listed here is sent."))
}
