//! The rules of a password, each with whether it is met, while one types.

use std::{rc::Rc, time::Duration};

use leptos::{prelude::*, wasm_bindgen::JsCast};
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement, UrlSearchParams};

use crate::{debounce::Turns, dom, http::ask, json};

/// The server judges: no more often than somebody pauses.
const PAUSE: Duration = Duration::from_millis(200);
/// The form's fields that say whose password it is, where the page does not.
const NAME_FIELDS: [&str; 2] = ["username", "user_name"];
const EMAIL_FIELDS: [&str; 1] = ["email"];

/// Wraps one `[data-password-rules]` inside the form of the password, whose field is named in
/// `data-field`. `data-judge` says which rules are broken; the page may say whose password it is in
/// `data-owner-name` and `data-owner-email`.
#[island]
pub fn PasswordRules(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:enliven>
            {children()}
        </div>
    }
}

fn enliven(island: Element) {
    let Some(rules) = Rules::below(&island).map(Rc::new) else {
        return;
    };
    dom::on(&rules.form, "input", &rules, |rules, event| {
        if rules.depend_on(event) {
            rules.judge();
        }
    });
    // A browser may have filled the field in.
    rules.judge();
}

struct Rules {
    whole: Element,
    form: HtmlFormElement,
    /// Who judges.
    judge: String,
    /// The password's field.
    field: String,
    turns: Turns,
}

impl Rules {
    fn below(island: &Element) -> Option<Self> {
        let whole: Element = dom::find(island, "[data-password-rules]")?;
        Some(Self {
            form: dom::around(island, "form")?,
            judge: whole.get_attribute("data-judge")?,
            field: whole.get_attribute("data-field")?,
            whole,
            turns: Turns::default(),
        })
    }

    fn depend_on(&self, event: &Event) -> bool {
        let name = dom::target::<Element>(event, "[name]").and_then(|field| field.get_attribute("name"));
        name.is_some_and(|name| {
            name == self.field
                || NAME_FIELDS.contains(&name.as_str())
                || EMAIL_FIELDS.contains(&name.as_str())
        })
    }

    /// Asks which rules the password breaks. It goes to the judge and nowhere else.
    fn judge(self: &Rc<Self>) {
        if self.password().is_empty() {
            self.turns.end();
            self.show(None);
            return;
        }
        let rules = self.clone();
        self.turns.begin(PAUSE, move |turn| async move {
            let Ok(question) = rules.question() else { return };
            let answer = ask(&rules.judge, &question).await;
            if turn.is_newest() {
                rules.show(answer.ok().as_ref());
            }
        });
    }

    fn password(&self) -> String {
        self.value(&[&self.field]).unwrap_or_default()
    }

    fn question(&self) -> Result<UrlSearchParams, JsValue> {
        let question = UrlSearchParams::new()?;
        question.append("password", &self.password());
        for (name, said, fields) in [
            ("username", "data-owner-name", &NAME_FIELDS[..]),
            ("email", "data-owner-email", &EMAIL_FIELDS[..]),
        ] {
            let owner = self.whole.get_attribute(said).or_else(|| self.value(fields));
            question.append(name, &owner.unwrap_or_default());
        }
        Ok(question)
    }

    /// The value of the form's first field that has one of these names.
    fn value(&self, names: &[&str]) -> Option<String> {
        dom::controls(&self.form)
            .filter_map(|control| control.dyn_into::<HtmlInputElement>().ok())
            .find(|control| names.contains(&control.name().as_str()))
            .map(|control| control.value())
    }

    /// Marks each rule; without an answer, none.
    fn show(&self, answer: Option<&JsValue>) {
        let broken: Option<Vec<String>> = answer.map(|answer| {
            let broken = json::list(answer, "broken");
            broken.iter().filter_map(JsValue::as_string).collect()
        });
        for line in dom::find_all::<Element>(&self.whole, "[data-rule]") {
            let rule = line.get_attribute("data-rule").unwrap_or_default();
            let (met, words) = match broken.as_ref().map(|broken| broken.contains(&rule)) {
                Some(false) => (Some("true"), " – met"),
                Some(true) => (Some("false"), " – not met yet"),
                None => (None, ""),
            };
            dom::put(&line, "data-met", met);
            if let Some(state) = dom::find(&line, "[data-rule-state]") {
                dom::say(&state, words);
            }
        }
    }
}
