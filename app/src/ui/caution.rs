//! What to know before going on.

use leptos::prelude::*;

use super::{Icon, MaybeText};

/// A warning that is part of the page, such as what a choice leads to. Unlike a [`super::Notice`] it
/// tells of nothing that happened, so it does not interrupt.
#[component]
pub fn Caution(
    /// What to know, in one sentence.
    #[prop(into)]
    title: String,
    /// What follows from it.
    #[prop(optional, into)]
    detail: MaybeText,
    /// A class that sets it apart, for the style sheet.
    #[prop(optional)]
    class: &'static str,
) -> AnyView {
    view! {
        <div class=format!("notice warning {class}").trim_end().to_owned()>
            <Icon name="warning"/>
            <div class="notice-text">
                <p class="notice-title">{title}</p>
                {detail.0.map(|detail| view! { <p>{detail}</p> })}
            </div>
        </div>
    }
    .into_any()
}
