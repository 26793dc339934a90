//! A button that copies an identifier.

use std::time::Duration;

use js_sys::Reflect;
use js_sys::futures::{JsFuture, spawn_local};
use leptos::{prelude::*, wasm_bindgen::JsCast};
use web_sys::{Clipboard, Element};

use crate::dom;

const SHOWN: Duration = Duration::from_secs(2);

/// Copies `text`; the children are its icon. The style sheet hides it until the page is alive,
/// because it can do nothing before.
#[component]
pub fn CopyButton(
    /// What is copied.
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

/// Wraps a button that names its text in `data-copy`, and the element that says what came of it.
#[island]
fn LiveCopy(children: Children) -> impl IntoView {
    view! {
        <span class="island" use:enliven>
            {children()}
        </span>
    }
}

fn enliven(island: Element) {
    if let Some(button) = dom::find::<Element>(&island, "[data-copy]") {
        dom::on(&button, "click", &island, |island, _| {
            spawn_local(copy(island.clone()));
        });
    }
}

async fn copy(island: Element) {
    let button: Option<Element> = dom::find(&island, "[data-copy]");
    let text = button.and_then(|button| button.get_attribute("data-copy"));
    let Some(said) = dom::find::<Element>(&island, "[aria-live]") else {
        return;
    };
    let done = match clipboard().zip(text) {
        Some((clipboard, text)) => JsFuture::from(clipboard.write_text(&text)).await.is_ok(),
        None => false,
    };
    dom::say(
        &said,
        if done {
            "Copied"
        } else {
            "Select the text and copy it"
        },
    );
    set_timeout(move || dom::say(&said, ""), SHOWN);
}

/// The clipboard, which is not there at all on a page without HTTPS.
fn clipboard() -> Option<Clipboard> {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
    clipboard.is_object().then(|| clipboard.unchecked_into())
}
