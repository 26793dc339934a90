//! `/roles/{name}/review`: what a change of a role's permissions does, before it is saved.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    access::known_access,
    reviews::{form_of, reviewed},
    roles::{self, Holders, RoleChange},
};
use server_fn::ServerFn;

use super::{EditRole, role_name};
use crate::{
    access::ImpactSection,
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{ChangeList, ErrorState, NothingToReview, Page, ReviewForm, Section, counted},
};

/// `/roles/{name}/review`
pub async fn review(context: RequestContext) -> PageResult {
    let name = role_name(context.param("name"))?;
    let operation = context
        .begin(Action::UpdateRole, Target::of("role", &name))
        .await?;
    let page = links::role(&name);
    let title = format!("Review the change of {name}");
    let change = context.query_value("change").unwrap_or_default();
    let services = &context.services;
    let Some(values) = services.reviews.get(operation.principal(), &change) else {
        let nothing = view! { <NothingToReview edit=links::edit(&page)/> };
        return Ok(Page::new(title, nothing)
            .crumb("Roles", "/roles")
            .crumb(name.to_string(), page));
    };
    let planned = roles::plan(services, &operation, &name, &form_of(&values)).await?;
    let is_asked_for = context.query_value("count").is_some();
    let access = known_access(services, &operation, is_asked_for).await?;
    let holders = roles::holders(services, &operation, &name).await;
    let hidden = reviewed(values, planned.fingerprint());
    let sees_review = context.denied(Action::ViewAccess).is_none();
    let everyone = sees_review.then(|| links::access_by_role(&name));
    let fields = context.fields(EditRole::url());
    let body = view! {
        <Permissions planned=planned.clone()/>
        <Groups holders/>
        <ImpactSection change=planned.change() access count=format!("{}&count=1", links::review(&page, &change))
            everyone/>
        <ReviewForm action=EditRole::url() hidden error=fields.error() again=links::edit_again(&page, &change) cancel=page.clone()/>
    };
    Ok(Page::new(title, body)
        .crumb("Roles", "/roles")
        .crumb(name.to_string(), page)
        .lead("Nothing is saved yet."))
}

#[component]
fn Permissions(planned: RoleChange) -> impl IntoView {
    let names = |names: Vec<_>| names.into_iter().map(ToString::to_string).collect::<Vec<_>>();
    let (added, removed) = (names(planned.added()), names(planned.removed()));
    view! { <Section title="Permissions"><ChangeList added removed/></Section> }.into_any()
}

/// The groups that have the role.
#[component]
fn Groups(holders: Holders) -> impl IntoView {
    let content = match holders.groups {
        Err(error) => view! { <ErrorState error=error.into()/> }.into_any(),
        Ok(groups) if groups.is_empty() => view! { <p>"No group has this role."</p> }.into_any(),
        Ok(groups) => {
            let count = counted(groups.len(), ("group has this role:", "groups have this role:"));
            let links = groups.into_iter().enumerate().map(|(at, group)| {
                let separator = (at > 0).then_some(", ");
                view! { {separator}<a href=links::group(&group.id)><bdi>{group.name}</bdi></a> }
            });
            view! { <p>{count} " " {links.collect_view()}</p> }.into_any()
        }
    };
    view! { <Section title="Groups">{content}</Section> }.into_any()
}
