//! A button that copies an identifier.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// Copies `text`; the children are its icon. The style sheet hides it until the page is alive,
/// because it can do nothing before.
#[island]
pub fn CopyButton(
    /// What is copied.
    text: String,
    /// The accessible name: "Copy request id".
    label: String,
    /// The icon.
    children: Children,
) -> impl IntoView {
    let said = RwSignal::new("");
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            // The clipboard is not there at all on a page without HTTPS: then the promise is missing.
            let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
            let done = match clipboard {
                Ok(clipboard) if clipboard.is_object() => {
                    JsFuture::from(window().navigator().clipboard().write_text(&text))
                        .await
                        .is_ok()
                }
                _ => false,
            };
            said.set(if done {
                "Copied"
            } else {
                "Select the text and copy it"
            });
            set_timeout(move || said.set(""), Duration::from_secs(2));
        });
    };
    view! {
        <button type="button" class="copy-button" aria-label=label on:click=copy>
            {children()}
        </button>
        <span class="copy-said" aria-live="polite">
            {move || said.get()}
        </span>
    }
}
