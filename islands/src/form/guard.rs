//! Asks before the page is left while a form with `data-guard` holds values that were not sent.
//!
//! The values are compared with those that the server rendered, when the page is left: a value that was put back is no
//! change, and it does not matter how a value was changed. A form in a closed dialog was given up already.

use std::{cell::Cell, rc::Rc};

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{BeforeUnloadEvent, Element, Event, HtmlFormElement};

use crate::{
    control::{self, Which},
    dom,
};

/// Marks a form whose values have been sent.
const SENT: &str = "data-sent";

/// Names and values.
type Values = Vec<(String, String)>;

/// Guards the form of this island, if it is to be guarded.
pub fn attach(island: &Element) {
    let Some(form) = dom::find::<HtmlFormElement>(island, "form[data-guard]") else {
        return;
    };
    let is_returned = form.get_attribute("data-guard").as_deref() == Some("returned");
    let guard = Rc::new(Guard {
        rendered: (!is_returned).then(|| values(&form, Which::Rendered)),
        form,
        is_armed: Cell::new(false),
    });
    // A change may be older than the island.
    if guard.has_changes() {
        guard.arm();
    }
    for event in ["input", "change"] {
        dom::on(island, event, &guard, |guard, _| guard.arm());
    }
}

/// The values have been sent: the page may be left.
pub fn release(form: &HtmlFormElement) {
    dom::set(form, SENT, "");
}

struct Guard {
    form: HtmlFormElement,
    /// `None` for a form that came back, whose values were not sent yet.
    rendered: Option<Values>,
    is_armed: Cell<bool>,
}

impl Guard {
    /// The listener is added at the first change, because some browsers do not keep a page with it in memory.
    fn arm(self: &Rc<Self>) {
        if !self.is_armed.replace(true) {
            dom::on(&window(), "beforeunload", self, |guard, event| guard.ask(event));
        }
    }

    fn ask(&self, event: &Event) {
        if !self.has_changes() {
            return;
        }
        event.prevent_default();
        // Browsers from before 2023 need the return value.
        if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
            event.set_return_value("changed");
        }
    }

    fn has_changes(&self) -> bool {
        let is_given_up = dom::closest::<Element>(&self.form, "dialog:not([open])").is_some();
        !self.form.has_attribute(SENT)
            && !is_given_up
            && self.rendered.as_ref() != Some(&values(&self.form, Which::Present))
    }
}

/// The values of a form in the order of their names. The search field of a picker is no part of the data.
fn values(form: &HtmlFormElement, which: Which) -> Values {
    let mut values = Values::new();
    for control in dom::controls(form) {
        let name = control.get_attribute("name").unwrap_or_default();
        if name.is_empty() || control.has_attribute("data-picker-search") {
            continue;
        }
        // The browser takes spaces off some values that it shows.
        values.extend(control::value(&control, which).map(|value| (name, value.trim().to_owned())));
    }
    values.sort();
    values
}
