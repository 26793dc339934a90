//! The messages of a failure on its form: each at its field, the others at the top.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement};

use crate::{dom, failure::Failure};

/// Shows the failure and moves the focus to the first field with a message.
pub fn show(failure: &Failure, form: &HtmlFormElement) {
    let mut first = None;
    let mut unplaced = Vec::new();
    for (name, message) in &failure.fields {
        let control = control(form, name);
        let slot = message_slot(form, name);
        control.iter().chain(&slot).for_each(reveal);
        let Some(slot) = slot else {
            unplaced.push(message);
            continue;
        };
        slot.set_text_content(Some(message));
        if let Some(control) = &control {
            dom::set(control, "aria-invalid", "true");
        }
        first = first.or(control);
    }
    show_at_top(failure, form, &unplaced);
    if let Some(control) = first.and_then(|control| control.dyn_into::<HtmlElement>().ok()) {
        let _ = control.focus();
    }
}

/// Removes the messages of the previous attempt.
pub fn clear(form: &HtmlFormElement) {
    for slot in dom::find_all::<Element>(form, "[data-error-for], [data-form-error]") {
        slot.set_text_content(None);
        dom::unset(&slot, "role");
    }
    for control in dom::find_all::<Element>(form, "[aria-invalid]") {
        dom::unset(&control, "aria-invalid");
    }
}

fn show_at_top(failure: &Failure, form: &HtmlFormElement, unplaced: &[&String]) {
    let Some(region) = dom::find::<Element>(form, "[data-form-error]") else {
        return;
    };
    dom::set(&region, "role", "alert");
    if let Some(title) = dom::append(&region, "p", &failure.title) {
        title.set_class_name("form-error-title");
    }
    for message in failure.detail.iter().chain(unplaced.iter().copied()) {
        dom::append(&region, "p", message);
    }
    if let Some(id) = &failure.request_id
        && let Some(line) = dom::append(&region, "p", "Request id ")
    {
        line.set_class_name("request-id");
        dom::append(&line, "code", id);
    }
    region.scroll_into_view_with_bool(true);
}

/// The element that holds a field's message. Names are compared in Rust, because a name from the server
/// could break a selector.
fn message_slot(form: &HtmlFormElement, name: &str) -> Option<Element> {
    let mut slots = dom::find_all::<Element>(form, "[data-error-for]").into_iter();
    slots.find(|slot| has_name(slot, "data-error-for", name))
}

fn control(form: &HtmlFormElement, name: &str) -> Option<Element> {
    dom::controls(form).find(|control| {
        has_name(control, "name", name) && control.get_attribute("type").as_deref() != Some("hidden")
    })
}

/// Whether the attribute is the field's name, with `[]` after it if the field has many values.
fn has_name(element: &Element, attribute: &str, name: &str) -> bool {
    let value = element.get_attribute(attribute);
    value.is_some_and(|value| value == name || value.strip_suffix("[]") == Some(name))
}

/// Makes an element visible that is hidden until a failure, or in a closed `<details>`.
fn reveal(element: &Element) {
    if let Some(hidden) = dom::closest::<Element>(element, "[data-shown-on-error]") {
        dom::unset(&hidden, "hidden");
    }
    if let Some(details) = dom::closest::<Element>(element, "details") {
        dom::set(&details, "open", "");
    }
}
