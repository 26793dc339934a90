//! A button that copies an identifier.

use std::time::Duration;

use js_sys::{Reflect, futures::spawn_local};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Clipboard, Element};

use crate::dom;

/// How long the result is shown.
const RESULT_DURATION: Duration = Duration::from_secs(2);

/// Copies `text`; the children are its icon. The style sheet hides it until hydration is done,
/// because it does nothing before.
#[component]
pub fn CopyButton(
    /// The text to copy.
    text: String,
    /// The accessible name: "Copy request id".
    label: String,
    /// The icon.
    children: Children,
) -> impl IntoView {
    view! {
        <LiveCopy>
            <button type="button" class="copy-button" aria-label=label data-copy=text>
                {children()}
            </button>
            <span class="copy-said" aria-live="polite"></span>
        </LiveCopy>
    }
}

/// Wraps a button with its text in `data-copy`, and the element that shows the result.
#[island]
fn LiveCopy(children: Children) -> impl IntoView {
    view! {
        <span class="island" use:attach>
            {children()}
        </span>
    }
}

fn attach(island: Element) {
    if let Some(button) = dom::find::<Element>(&island, "[data-copy]") {
        dom::on(&button, "click", &island, |island, _| {
            spawn_local(copy(island.clone()));
        });
    }
}

async fn copy(island: Element) {
    let button: Option<Element> = dom::find(&island, "[data-copy]");
    let text = button.and_then(|button| button.get_attribute("data-copy"));
    let Some(announcement) = dom::find::<Element>(&island, "[aria-live]") else {
        return;
    };
    let copied = match clipboard().zip(text) {
        Some((clipboard, text)) => clipboard.write_text(&text).await.is_ok(),
        None => false,
    };
    dom::set_text(
        &announcement,
        if copied {
            "Copied"
        } else {
            "Select the text and copy it"
        },
    );
    set_timeout(move || dom::set_text(&announcement, ""), RESULT_DURATION);
}

/// The clipboard, which the browser does not offer to a page without HTTPS.
fn clipboard() -> Option<Clipboard> {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
    clipboard.is_object().then(|| clipboard.unchecked_into())
}
