//! The frame of a page's content: its title, its sections, its facts.

use leptos::prelude::*;
use leptos_meta::Title;

use super::MaybeText;

/// The title of the document: "Users – Postern".
#[component]
pub fn PageTitle(
    /// The page's title.
    #[prop(into)]
    title: String,
) -> AnyView {
    view! { <Title text=format!("{title} – Postern") /> }.into_any()
}

/// The page's title with its actions at the right; also the title of the document.
#[component]
pub fn PageHeader(
    /// The title.
    #[prop(into)]
    title: String,
    /// One sentence below it.
    #[prop(optional, into)]
    lead: MaybeText,
    /// The actions.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <PageTitle title=title.clone() />
        <div class="page-header">
            <div class="page-title">
                <h1>{title}</h1>
                {lead.0.map(|lead| view! { <p class="lead">{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// A part of the page with a heading of its own.
#[component]
pub fn Section(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What it holds.
    children: Children,
) -> AnyView {
    view! {
        <section class="section">
            <h2>{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}

/// Facts about one thing: rows of [`Detail`].
#[component]
pub fn DescriptionList(
    /// The rows.
    children: Children,
) -> AnyView {
    view! { <dl class="details">{children()}</dl> }.into_any()
}

/// One row of a [`DescriptionList`].
#[component]
pub fn Detail(
    /// What the fact is.
    #[prop(into)]
    label: String,
    /// The fact.
    children: Children,
) -> AnyView {
    view! {
        <div class="detail">
            <dt>{label}</dt>
            <dd>{children()}</dd>
        </div>
    }
    .into_any()
}
