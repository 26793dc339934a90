//! The state of a form that is being sent: it is not sent twice, the style sheet draws a spinner, and the
//! submitting button shows its `data-busy-label`.

use web_sys::{Element, HtmlElement, HtmlFormElement, Text};

use crate::dom;

/// The button's label while its form is being sent.
const BUSY_LABEL: &str = "data-busy-label";
/// The button's label before that.
const LABEL: &str = "data-label";

/// Whether the form is being sent.
pub fn is_busy(form: &HtmlFormElement) -> bool {
    form.has_attribute("aria-busy")
}

/// Marks the form as being sent.
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

/// Removes what [`begin`] set.
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

/// Replaces the text beside the button's icon, and returns the previous one.
fn relabel(button: &Element, label: &str) -> Option<String> {
    let texts: Vec<Text> = dom::all(Ok(button.child_nodes()));
    let text = texts.iter().rfind(|text| !text.data().trim().is_empty())?;
    let before = text.data();
    text.set_data(label);
    Some(before)
}
