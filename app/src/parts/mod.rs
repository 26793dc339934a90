//! The page `/ui`: every part in every state, with invented data of example.com.

mod actions;
mod forms;
mod lists;
mod states;

use leptos::prelude::*;

use crate::ui::{LinkButton, PageHeader, Section};

/// The content of `/ui`.
#[component]
pub fn PartsPage() -> impl IntoView {
    view! {
        <PageHeader title="Parts" lead="Every part of the screen in every state.">
            <LinkButton label="Second action" href="/ui" />
            <LinkButton label="Main action" href="/ui" icon=Some("plus") primary=true />
        </PageHeader>
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
    }
}
