//! A form on its way: it is not sent twice, the style sheet draws the spinner, and the button that was
//! pressed says what is under way if it has `data-busy-label`.

use web_sys::{Element, HtmlElement, HtmlFormElement, Text};

use crate::dom;

/// What the button says while its form is under way.
const BUSY_LABEL: &str = "data-busy-label";
/// What it said before.
const LABEL: &str = "data-label";

pub fn is(form: &HtmlFormElement) -> bool {
    form.has_attribute("aria-busy")
}

pub fn begin(form: &HtmlFormElement, submitter: Option<&HtmlElement>) {
    dom::set(form, "aria-busy", "true");
    for button in buttons(form) {
        dom::set(&button, "aria-disabled", "true");
    }
    if let Some(button) = submitter
        && let Some(label) = button.get_attribute(BUSY_LABEL)
        && let Some(before) = relabel(button, &label)
    {
        dom::set(button, LABEL, &before);
    }
}

pub fn end(form: &HtmlFormElement) {
    dom::unset(form, "aria-busy");
    for button in buttons(form) {
        dom::unset(&button, "aria-disabled");
        if let Some(label) = button.get_attribute(LABEL) {
            relabel(&button, &label);
            dom::unset(&button, LABEL);
        }
    }
}

fn buttons(form: &HtmlFormElement) -> impl Iterator<Item = Element> {
    dom::controls(form).filter(|control| control.matches("button[type=submit]").unwrap_or(false))
}

/// Puts other words beside the button's icon; these were there before.
fn relabel(button: &Element, label: &str) -> Option<String> {
    let texts: Vec<Text> = dom::all(Ok(button.child_nodes()));
    let words = texts.iter().rfind(|text| !text.data().trim().is_empty())?;
    let before = words.data();
    words.set_data(label);
    Some(before)
}
