//! Icons: strokes from one sprite, `style/static/icons.svg`.

use leptos::prelude::*;

use super::asset;

/// A decorative icon: what it means is always said in text beside it.
#[component]
pub fn Icon(
    /// The id of a symbol in the sprite.
    name: &'static str,
) -> AnyView {
    let href = format!("{}#{name}", asset("icons.svg"));
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use_ href=href></use_>
        </svg>
    }
    .into_any()
}
