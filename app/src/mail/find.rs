//! Finding an organisation of Proofpoint Essentials by any of its domains.

use gate::{Action, Target};
use leptos::prelude::*;
use proofpoint::Organization;

use super::{PROOFPOINT, organization_domain};
use crate::{
    context::RequestContext,
    error::PortalError,
    links,
    ui::{ErrorState, Section, SubmitButton, TextField},
};

/// The longest domain, in characters.
const MAX_LENGTH: usize = 253;

/// The organisation that this page's search field asks for; `None` where it asks for none.
async fn found(context: &RequestContext, query: &str) -> Option<Result<Organization, PortalError>> {
    if query.is_empty() {
        return None;
    }
    let find = async {
        let domain = organization_domain(query)
            .map_err(|error| PortalError::invalid("domain", error.detail.unwrap_or(error.title)))?;
        let target = Target::of("mail_organization", &domain);
        let operation = context.begin(Action::ViewMailOrganization, target).await?;
        Ok(context.services.mail.organization(&operation, &domain).await?)
    };
    Some(find.await)
}

/// The search field, with the organisation that it found.
pub(super) async fn section(context: &RequestContext) -> AnyView {
    let query = context.query_value("domain").unwrap_or_default();
    let query: String = query.trim().chars().take(MAX_LENGTH).collect();
    let found = found(context, &query).await;
    let denied = context.denied(Action::ViewMailOrganization);
    let (invalid, outcome) = match found {
        None => (None, None),
        Some(Err(error)) if !error.fields.is_empty() => (Some(error), None),
        Some(Err(error)) => (None, Some(view! { <ErrorState error/> }.into_any())),
        Some(Ok(organization)) => (None, Some(link(&query, organization))),
    };
    view! {
        <Section title="Find an organisation">
            <form class="form page" method="get" action=PROOFPOINT role="search" aria-label="Find an organisation">
                <TextField name="domain" label="Find an organisation" value=query maxlength=MAX_LENGTH
                    hint="Any of its domains, like example.com." error=invalid/>
                <div class="form-actions"><SubmitButton label="Find" quiet=true denied/></div>
            </form>
            {outcome}
        </Section>
    }
    .into_any()
}

fn link(query: &str, organization: Organization) -> AnyView {
    // By the domain that was typed where the answer has none that could stand in an address.
    let domain =
        organization_domain(organization.primary_domain.as_str()).or_else(|_| organization_domain(query));
    let name = if organization.name.is_empty() {
        query.to_owned()
    } else {
        organization.name
    };
    let href = domain.map(|domain| links::mail_organization(&domain)).ok();
    view! { <p role="status">{format!("{query} belongs to ")}<a href=href><bdi>{name}</bdi></a>"."</p> }
        .into_any()
}
