//! A form with `data-guard` that was changed and not sent asks before the page is left.

use leptos::{prelude::window, wasm_bindgen::JsCast};
use web_sys::{BeforeUnloadEvent, Element, Event, HtmlFormElement};

use crate::dom;

/// Marks the form that was changed.
const CHANGED: &str = "data-changed";

/// Something was typed or chosen. What only searches is not part of what would be lost.
pub fn notice(event: &Event) {
    let form = dom::target::<Element>(event, "[name]:not([data-picker-search])")
        .and_then(|field| dom::around::<Element>(&field, "form[data-guard]:not([data-changed])"));
    let Some(form) = form else { return };
    dom::set(&form, CHANGED, "");
    // Only now: a page that listens to this is kept in memory by fewer browsers.
    dom::on(&window(), "beforeunload", &form, |form, event| {
        if form.has_attribute(CHANGED) {
            event.prevent_default();
            // Browsers from before 2023 go by this.
            if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
                event.set_return_value("changed");
            }
        }
    });
}

/// Nothing would be lost any more.
pub fn release(form: &HtmlFormElement) {
    dom::unset(form, CHANGED);
}
