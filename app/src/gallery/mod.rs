//! The page `/ui`: every part in every state, with invented data of example.com.

mod actions;
mod forms;
mod lists;
mod states;

use leptos::prelude::*;

use crate::{
    answer::PageResult,
    context::RequestContext,
    ui::{LinkButton, Page, Section},
};

/// `/ui`
#[allow(clippy::unused_async, reason = "pages are async")]
pub async fn page(_: RequestContext) -> PageResult {
    let actions = view! {
        <LinkButton label="Second action" href="/ui"/>
        <LinkButton label="Main action" href="/ui" icon=Some("plus") primary=true/>
    };
    let content = view! {
        <Section title="Outcomes and notices">{states::notices()}</Section>
        <Section title="Flash message with a secret">{states::flash()}</Section>
        <Section title="Nothing, not yet, failed">{states::places()}</Section>
        <Section title="Badges, moments, identifiers">{states::facts()}</Section>
        <Section title="Icons">{states::icons()}</Section>
        <Section title="Buttons">{actions::buttons()}</Section>
        <Section title="Dialogs">{actions::dialogs()}</Section>
        <Section title="A form">{forms::plain()}</Section>
        <Section title="A form that came back with errors">{forms::with_errors()}</Section>
        <Section title="A list">{lists::rows()}</Section>
        <Section title="A wide list of one page">{lists::wide()}</Section>
        <Section title="A list where nothing matches">{lists::no_match()}</Section>
        <Section title="A list of nothing">{lists::nothing()}</Section>
    };
    Ok(Page::new("Gallery", content)
        .lead("Every part of the screen in every state.")
        .actions(actions))
}
