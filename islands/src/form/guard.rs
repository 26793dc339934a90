//! Asks before the page is left while a form with `data-guard` has unsent changes.

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{BeforeUnloadEvent, Element, Event, HtmlFormElement};

use crate::dom;

/// Marks a form with unsent changes.
const CHANGED: &str = "data-changed";

/// Marks the form around a field that was changed. A picker's search field is no part of the data.
pub fn on_input(event: &Event) {
    let form = dom::target::<Element>(event, "[name]:not([data-picker-search])")
        .and_then(|field| dom::closest::<Element>(&field, "form[data-guard]:not([data-changed])"));
    let Some(form) = form else { return };
    dom::set(&form, CHANGED, "");
    // Added at the first change, because some browsers do not keep a page with this listener in memory.
    dom::on(&window(), "beforeunload", &form, |form, event| {
        if form.has_attribute(CHANGED) {
            event.prevent_default();
            // Browsers from before 2023 need the return value.
            if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
                event.set_return_value("changed");
            }
        }
    });
}

/// Removes the mark: the changes have been sent.
pub fn release(form: &HtmlFormElement) {
    dom::unset(form, CHANGED);
}
