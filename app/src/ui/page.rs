//! A page and the parts of its content: heading, sections, facts.

use leptos::prelude::*;

use super::MaybeText;

/// A page: its heading and its content. The shell puts the document and the navigation around it.
pub struct Page {
    pub(crate) title: String,
    pub(crate) lead: Option<String>,
    pub(crate) crumbs: Vec<(String, String)>,
    pub(crate) actions: Option<AnyView>,
    pub(crate) content: AnyView,
    pub(crate) is_bare: bool,
    pub(crate) streams: bool,
}

impl Page {
    /// A page with this title, which is also the document's, and this content.
    pub fn new(title: impl Into<String>, content: impl IntoAny) -> Self {
        Self {
            title: title.into(),
            lead: None,
            crumbs: Vec::new(),
            actions: None,
            content: content.into_any(),
            is_bare: false,
            streams: false,
        }
    }

    /// With one sentence below the title.
    #[must_use]
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = Some(lead.into());
        self
    }

    /// With a link to a page above this one: its label and its address.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push((label.into(), href.into()));
        self
    }

    /// With actions at the right of the title.
    #[must_use]
    pub fn actions(mut self, actions: impl IntoAny) -> Self {
        self.actions = Some(actions.into_any());
        self
    }

    /// Without heading and navigation: the content is the whole body.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.is_bare = true;
        self
    }

    /// Sent in parts: sections behind a `Suspense` follow when they are loaded.
    #[must_use]
    pub fn streamed(mut self) -> Self {
        self.streams = true;
        self
    }
}

/// The heading of a page: the way up, the title, one sentence, the actions.
#[component]
pub fn PageHeader(
    /// The title.
    #[prop(into)]
    title: String,
    /// One sentence below it.
    #[prop(optional, into)]
    lead: MaybeText,
    /// Links to the pages above: label and address.
    #[prop(optional)]
    crumbs: Vec<(String, String)>,
    /// The actions.
    #[prop(optional_no_strip)]
    actions: Option<AnyView>,
) -> AnyView {
    let links = crumbs.into_iter().enumerate().map(|(at, (label, href))| {
        let separator = if at == 0 { "" } else { " / " };
        view! { {separator}<a href=href><bdi>{label}</bdi></a> }
    });
    let links = links.collect_view();
    view! {
        {(!links.is_empty()).then(|| view! { <p class="back">{links}</p> })}
        <div class="page-header">
            <div class="page-title">
                <h1>{title}</h1>
                {lead.0.map(|lead| view! { <p class="lead">{lead}</p> })}
            </div>
            {actions.map(|actions| view! { <div class="page-actions">{actions}</div> })}
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

/// Links to the pages before and after this one, with their words; nothing where there is one page.
#[component]
pub fn PageLinks(
    /// What has pages: "Pages of rows".
    label: &'static str,
    /// This page, from 1.
    page: usize,
    /// How many pages there are.
    pages: usize,
    /// The address of a page.
    href: impl Fn(usize) -> String,
) -> Option<AnyView> {
    if pages <= 1 {
        return None;
    }
    let link = |page: usize, words: &'static str| {
        let is_there = (1..=pages).contains(&page);
        let href = is_there.then(|| href(page));
        href.map(|href| view! { <li><a class="button" href=href>{words}</a></li> })
    };
    let (before, after) = (link(page - 1, "Previous page"), link(page + 1, "Next page"));
    let here = format!("Page {page} of {pages}");
    Some(
        view! { <nav class="pager" aria-label=label><ul>{before}<li>{here}</li>{after}</ul></nav> }
            .into_any(),
    )
}
