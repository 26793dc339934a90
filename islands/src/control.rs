//! The values of a form's controls: those in the HTML, and those on the screen. They differ before an island comes to life,
//! too: a person types as soon as the page is painted, and the browser fills in what it remembers.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlOptionElement, HtmlTextAreaElement};

use crate::dom;

/// Which value of a control.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one in the HTML.
    Rendered,
    /// The one on the screen.
    Present,
}

/// Whether the control holds something other than what the server rendered.
pub fn is_changed(control: &Element) -> bool {
    value(control, Which::Present) != value(control, Which::Rendered)
}

/// The value of a field, or `None` for a button and for a box that is not checked.
pub fn value(control: &Element, which: Which) -> Option<String> {
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        of_input(input, which)
    } else if let Some(text) = control.dyn_ref::<HtmlTextAreaElement>() {
        Some(match which {
            Which::Rendered => text.default_value().unwrap_or_default(),
            Which::Present => text.value(),
        })
    } else if control.matches("select").unwrap_or(false) {
        of_select(control, which)
    } else {
        None
    }
}

fn of_input(input: &HtmlInputElement, which: Which) -> Option<String> {
    let is_rendered = which == Which::Rendered;
    match input.type_().as_str() {
        "checkbox" | "radio" => {
            let is_checked = if is_rendered {
                input.default_checked()
            } else {
                input.checked()
            };
            is_checked.then(|| input.value())
        }
        // A file has no rendered value.
        "file" if is_rendered => Some(String::new()),
        "submit" | "button" | "reset" | "image" => None,
        _ if is_rendered => Some(input.default_value()),
        _ => Some(input.value()),
    }
}

/// The option that is chosen. Where none is, the browser shows the first.
fn of_select(select: &Element, which: Which) -> Option<String> {
    let options: Vec<HtmlOptionElement> = dom::find_all(select, "option");
    let is_chosen = |option: &&HtmlOptionElement| match which {
        Which::Rendered => option.default_selected(),
        Which::Present => option.selected(),
    };
    let chosen = options.iter().find(is_chosen).or_else(|| options.first());
    chosen.map(HtmlOptionElement::value)
}
