//! Where on a form its failure is said: each message at its field, the rest at the top.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement};

use crate::{dom, failure::Failure};

/// Says what is the matter, and takes the reader there.
pub fn show(failure: &Failure, form: &HtmlFormElement) {
    let mut first = None;
    let mut homeless = Vec::new();
    for (name, message) in &failure.fields {
        let control = control(form, name);
        let place = place(form, name);
        control.iter().chain(&place).for_each(unfold);
        let Some(place) = place else {
            homeless.push(message);
            continue;
        };
        place.set_text_content(Some(message));
        if let Some(control) = &control {
            dom::set(control, "aria-invalid", "true");
        }
        first = first.or(control);
    }
    show_at_top(failure, form, &homeless);
    if let Some(control) = first.and_then(|control| control.dyn_into::<HtmlElement>().ok()) {
        let _ = control.focus();
    }
}

/// Takes the messages of the attempt before away.
pub fn clear(form: &HtmlFormElement) {
    for place in dom::find_all::<Element>(form, "[data-error-for], [data-form-error]") {
        place.set_text_content(None);
        dom::unset(&place, "role");
    }
    for control in dom::find_all::<Element>(form, "[aria-invalid]") {
        dom::unset(&control, "aria-invalid");
    }
}

fn show_at_top(failure: &Failure, form: &HtmlFormElement, homeless: &[&String]) {
    let Some(region) = dom::find::<Element>(form, "[data-form-error]") else {
        return;
    };
    dom::set(&region, "role", "alert");
    if let Some(title) = dom::append(&region, "p", &failure.title) {
        title.set_class_name("form-error-title");
    }
    for message in failure.detail.iter().chain(homeless.iter().copied()) {
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

/// The element that holds a field's message. Names are compared here, so that none can break a selector.
fn place(form: &HtmlFormElement, name: &str) -> Option<Element> {
    let mut places = dom::find_all::<Element>(form, "[data-error-for]").into_iter();
    places.find(|place| is_called(place, "data-error-for", name))
}

fn control(form: &HtmlFormElement, name: &str) -> Option<Element> {
    dom::controls(form).find(|control| {
        is_called(control, "name", name) && control.get_attribute("type").as_deref() != Some("hidden")
    })
}

/// Whether the attribute has the field's name, or `[]` after it: a field of many values.
fn is_called(element: &Element, attribute: &str, name: &str) -> bool {
    let called = element.get_attribute(attribute);
    called.is_some_and(|called| called == name || called.strip_suffix("[]") == Some(name))
}

/// Brings into sight what is there for a failure only, or folded away.
fn unfold(element: &Element) {
    if let Some(hidden) = dom::around::<Element>(element, "[data-shown-on-error]") {
        dom::unset(&hidden, "hidden");
    }
    if let Some(details) = dom::around::<Element>(element, "details") {
        dom::set(&details, "open", "");
    }
}
