//! The overview: what this person can do here, how the cluster's services are, the session.

use gate::{Action, Needs};
use leptos::prelude::*;

use crate::{
    services::Health,
    session::Summary,
    shell::Frame,
    ui::{Badge, PageHeader, Section, Tone, missing_permission},
    visit::{Visit, visit},
};

/// `/`
#[component]
pub fn OverviewPage() -> impl IntoView {
    let visit = visit();
    let name = visit
        .visitor
        .as_ref()
        .map(|visitor| visitor.profile.user_name.clone())
        .unwrap_or_default();
    view! {
        <Frame area="/">
            <PageHeader title="Overview" lead=format!("Signed in as {name}.")/>
            <Abilities visit=visit.clone()/>
            <Summary visit=visit.clone()/>
            <Health visit/>
        </Frame>
    }
    .into_any()
}

/// Where an action is done, for those that have a page of their own.
const fn page(action: Action) -> Option<&'static str> {
    match action {
        Action::ListUsers | Action::SeeUser | Action::LockUser | Action::UnlockUser => Some("/users"),
        _ => None,
    }
}

/// Every action that needs a permission, and whether it is open to this person.
#[component]
fn Abilities(visit: Visit) -> impl IntoView {
    let actions = Action::ALL
        .iter()
        .filter(|action| matches!(action.rule().needs, Needs::Permission(_)));
    let rows = actions
        .map(|action| view! { <Ability visit=visit.clone() action=*action/> })
        .collect_view();
    let known = visit
        .visitor
        .as_ref()
        .is_some_and(|visitor| visitor.profile.permissions.is_known());
    view! {
        <Section title="What you can do here">
            {(!known).then(|| view! {
                <p>"The cluster did not say which permissions you have. Nothing is hidden from you; it decides each time."</p>
            })}
            <ul class="abilities">{rows}</ul>
        </Section>
    }
    .into_any()
}

#[component]
fn Ability(visit: Visit, action: Action) -> impl IntoView {
    let wording = action.rule().wording;
    let wording = format!("{}{}", wording[..1].to_uppercase(), &wording[1..]);
    match visit.denied(action) {
        None => view! {
            <li>
                <Badge tone=Tone::Good text="Yes"/>
                {match page(action) {
                    Some(page) => view! { <a href=page>{wording}</a> }.into_any(),
                    None => wording.into_any(),
                }}
            </li>
        }
        .into_any(),
        Some(denied) => view! {
            <li>
                <Badge tone=Tone::Neutral text="No"/>
                <span>{wording}</span>
                <small>{missing_permission(&denied.permission, &denied.roles)}</small>
            </li>
        }
        .into_any(),
    }
}
