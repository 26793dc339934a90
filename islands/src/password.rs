//! The rules of a password, each marked as met or not while the user types.

use std::{rc::Rc, time::Duration};

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement, UrlSearchParams};

use crate::{debounce::LatestOnly, dom, http, json};

/// The server checks the password, so it is sent only after a pause in typing.
const PAUSE: Duration = Duration::from_millis(200);
/// The fields of the form with the owner's name and address, where the page does not give them.
const NAME_FIELDS: [&str; 2] = ["username", "user_name"];
const EMAIL_FIELDS: [&str; 1] = ["email"];

/// Wraps one `[data-password-rules]` inside the form of the password. `data-field` is the name of the
/// password's field, `data-check` the address that answers with the rules it violates. The page may give
/// the owner's name and address in `data-owner-name` and `data-owner-email`.
#[island]
pub fn PasswordRules(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:attach>
            {children()}
        </div>
    }
}

fn attach(island: Element) {
    let Some(rules) = Rules::find(&island).map(Rc::new) else {
        return;
    };
    dom::on(&rules.form, "input", &rules, |rules, event| {
        if rules.depend_on(event) {
            rules.check();
        }
    });
    // The browser may have filled in the field.
    rules.check();
}

struct Rules {
    element: Element,
    form: HtmlFormElement,
    /// The address that checks the password.
    check_address: String,
    /// The name of the password's field.
    field: String,
    latest: LatestOnly,
}

impl Rules {
    fn find(island: &Element) -> Option<Self> {
        let element: Element = dom::find(island, "[data-password-rules]")?;
        Some(Self {
            form: dom::closest(island, "form")?,
            check_address: element.get_attribute("data-check")?,
            field: element.get_attribute("data-field")?,
            element,
            latest: LatestOnly::default(),
        })
    }

    /// Whether the event changed a field that the rules depend on.
    fn depend_on(&self, event: &Event) -> bool {
        let name = dom::target::<Element>(event, "[name]").and_then(|field| field.get_attribute("name"));
        name.is_some_and(|name| {
            name == self.field
                || NAME_FIELDS.contains(&name.as_str())
                || EMAIL_FIELDS.contains(&name.as_str())
        })
    }

    /// Asks the server which rules the password violates.
    fn check(self: &Rc<Self>) {
        if self.password().is_empty() {
            self.latest.cancel();
            self.show(None);
            return;
        }
        let rules = self.clone();
        self.latest.schedule(PAUSE, move |ticket| async move {
            let Ok(fields) = rules.fields() else { return };
            let answer = http::post_for_json(&rules.check_address, &fields).await;
            if ticket.is_latest() {
                rules.show(answer.ok().as_ref());
            }
        });
    }

    fn password(&self) -> String {
        self.value(&[&self.field]).unwrap_or_default()
    }

    fn fields(&self) -> Result<UrlSearchParams, JsValue> {
        let fields = UrlSearchParams::new()?;
        fields.append("password", &self.password());
        for (name, attribute, owner_fields) in [
            ("username", "data-owner-name", &NAME_FIELDS[..]),
            ("email", "data-owner-email", &EMAIL_FIELDS[..]),
        ] {
            let owner = self
                .element
                .get_attribute(attribute)
                .or_else(|| self.value(owner_fields));
            fields.append(name, &owner.unwrap_or_default());
        }
        Ok(fields)
    }

    /// The value of the form's first field that has one of these names.
    fn value(&self, names: &[&str]) -> Option<String> {
        dom::controls(&self.form)
            .filter_map(|control| control.dyn_into::<HtmlInputElement>().ok())
            .find(|control| names.contains(&control.name().as_str()))
            .map(|control| control.value())
    }

    /// Marks each rule as met or not; without an answer, as neither.
    fn show(&self, answer: Option<&JsValue>) {
        let violated: Option<Vec<String>> = answer.map(|answer| {
            let violated = json::list(answer, "broken");
            violated.iter().filter_map(JsValue::as_string).collect()
        });
        for line in dom::find_all::<Element>(&self.element, "[data-rule]") {
            let rule = line.get_attribute("data-rule").unwrap_or_default();
            let (met, text) = match violated.as_ref().map(|violated| violated.contains(&rule)) {
                Some(false) => (Some("true"), " – met"),
                Some(true) => (Some("false"), " – not met yet"),
                None => (None, ""),
            };
            dom::set_or_unset(&line, "data-met", met);
            if let Some(state) = dom::find(&line, "[data-rule-state]") {
                dom::set_text(&state, text);
            }
        }
    }
}
