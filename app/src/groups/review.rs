//! `/groups/{id}/review`: what a change of a group's roles does, before it is saved.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    access::known_access,
    groups,
    reviews::{form_of, reviewed},
};
use server_fn::ServerFn;

use super::{EditGroup, group_id};
use crate::{
    access::ImpactSection,
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{ChangeList, NothingToReview, Page, ReviewForm, Section},
};

/// `/groups/{id}/review`
pub async fn review(context: RequestContext) -> PageResult {
    let id = group_id(context.param("id"))?;
    let operation = context
        .begin(Action::UpdateGroup, Target::of("group", &id))
        .await?;
    let page = links::group(&id);
    let change = context.query_value("change").unwrap_or_default();
    let services = &context.services;
    let Some(values) = services.reviews.get(operation.principal(), &change) else {
        let nothing = view! { <NothingToReview edit=links::edit(&page)/> };
        return Ok(Page::new("Review the change of a group", nothing).crumb("Groups", "/groups"));
    };
    let planned = groups::plan(services, &operation, &id, &form_of(&values)).await?;
    let is_asked_for = context.query_value("count").is_some();
    let access = known_access(services, &operation, is_asked_for).await?;
    let names = |names: Vec<_>| names.into_iter().map(ToString::to_string).collect::<Vec<_>>();
    let (added, removed) = (names(planned.added()), names(planned.removed()));
    let hidden = reviewed(values, planned.fingerprint());
    let fields = context.fields(EditGroup::url());
    let body = view! {
        <Section title="Roles"><ChangeList added removed/></Section>
        <ImpactSection change=planned.change() access count=format!("{}&count=1", links::review(&page, &change))
            everyone=None/>
        <ReviewForm action=EditGroup::url() hidden error=fields.error() again=links::edit_again(&page, &change)
            cancel=page.clone()/>
    };
    let name = planned.before.name.clone();
    Ok(Page::new(format!("Review the change of {name}"), body)
        .crumb("Groups", "/groups")
        .crumb(name, page)
        .lead("Nothing is saved yet."))
}
