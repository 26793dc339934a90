//! The overview: what the person can do here, the state of the cluster's services, the session.

use gate::{Action, Needs, System};
use leptos::prelude::*;

use crate::{
    answer::PageResult,
    context::RequestContext,
    services::Health,
    session::Summary,
    ui::{Badge, Page, Section, Tone, missing_permission},
};

/// `/`
#[allow(clippy::unused_async, reason = "pages are async")]
pub async fn page(context: RequestContext) -> PageResult {
    let name = context
        .principal
        .as_ref()
        .map(|principal| principal.user_name.clone());
    let content = view! {
        <Abilities context=context.clone()/>
        <Summary context=context.clone()/>
        <Health context/>
    };
    Ok(Page::new("Overview", content)
        .lead(name.map_or_else(|| "Signed in.".to_owned(), |name| format!("Signed in as {name}.")))
        .streamed())
}

/// Every action that needs a permission, and whether it is open to this person.
#[component]
fn Abilities(context: RequestContext) -> impl IntoView {
    let needs_permission = |action: &&Action| matches!(action.rule().needs, Needs::Permission(_));
    let rows = Action::ALL.iter().filter(needs_permission);
    let rows = rows.map(|action| ability(&context, *action)).collect_view();
    let permissions = context.principal.as_ref().map(|principal| &principal.permissions);
    let is_known = permissions.is_some_and(|permissions| permissions.is_known(System::Protegrity));
    view! {
        <Section title="What you can do here">
            {(!is_known).then(|| view! {
                <p>"The cluster did not report your permissions. Nothing is hidden from you; it decides each time."</p>
            })}
            <ul class="abilities">{rows}</ul>
        </Section>
    }
}

fn ability(context: &RequestContext, action: Action) -> AnyView {
    let wording = action.rule().wording;
    let wording = format!("{}{}", wording[..1].to_uppercase(), &wording[1..]);
    if let Some(denied) = context.denied(action) {
        let reason = missing_permission(&denied.permission, &denied.roles);
        return view! {
            <li><Badge tone=Tone::Neutral text="No"/><span>{wording}</span><small>{reason}</small></li>
        }
        .into_any();
    }
    let words = match context.site_map.page_of(action) {
        Some(page) => view! { <a href=page>{wording}</a> }.into_any(),
        None => wording.into_any(),
    };
    view! { <li><Badge tone=Tone::Good text="Yes"/>{words}</li> }.into_any()
}
