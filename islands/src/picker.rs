//! Members picked by search: what is typed is looked up, and what is checked among the found moves to
//! the chosen.

use std::{rc::Rc, time::Duration};

use leptos::{prelude::*, wasm_bindgen::JsCast};
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent, UrlSearchParams};

use crate::{debounce::Turns, dom, failure::Failure, http::ask, json};

/// As long as a pause between two keys, and no longer.
const PAUSE: Duration = Duration::from_millis(150);
/// Marks the line that says what came of a search, when that is a failure.
const FAILED: &str = "picker-failed";

/// Wraps one `[data-picker]`: the lists of the chosen and the found, and the search field between them
/// with a button that looks them up without script. `data-source` is asked, and a box that is found is
/// called `data-name`. An unchecked box among the chosen stays, so that it can be taken back.
#[island]
pub fn Picker(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:enliven>
            {children()}
        </div>
    }
}

fn enliven(island: Element) {
    let Some(search) = Search::below(&island).map(Rc::new) else {
        return;
    };
    dom::on(&search.field, "input", &search, |search, _| search.look(PAUSE));
    dom::on(&search.field, "keydown", &search, |search, event| {
        if event
            .dyn_ref()
            .is_some_and(|key: &KeyboardEvent| key.key() == "Enter")
        {
            event.prevent_default();
            search.look(Duration::ZERO);
        }
    });
    if let Some(button) = dom::find::<Element>(&island, ".picker-search button") {
        dom::on(&button, "click", &search, |search, event| {
            event.prevent_default();
            search.look(Duration::ZERO);
        });
    }
    dom::on(&search.found, "change", &search, |search, event| {
        if let Some(choice) = dom::target(event, "input:checked") {
            search.choose(&choice);
        }
    });
}

struct Search {
    /// Who is asked.
    source: String,
    /// What a box is called in the form.
    name: String,
    field: HtmlInputElement,
    chosen: Element,
    found: Element,
    announcement: Element,
    turns: Turns,
}

impl Search {
    fn below(island: &Element) -> Option<Self> {
        let picker: Element = dom::find(island, "[data-picker]")?;
        Some(Self {
            source: picker.get_attribute("data-source")?,
            name: picker.get_attribute("data-name")?,
            field: dom::find(&picker, "[data-picker-search]")?,
            chosen: dom::find(&picker, "[data-picker-chosen]")?,
            found: dom::find(&picker, "[data-picker-found]")?,
            announcement: dom::find(&picker, "[data-picker-announce]")?,
            turns: Turns::default(),
        })
    }

    /// Looks up what is in the field.
    fn look(self: &Rc<Self>, pause: Duration) {
        let text = self.field.value();
        if text.trim().is_empty() {
            self.turns.end();
            self.clear();
            self.announce("");
            return;
        }
        let search = self.clone();
        self.turns.begin(pause, move |turn| async move {
            dom::set(&search.found, "aria-busy", "true");
            let answer = search.ask(text.trim()).await;
            if turn.is_newest() {
                search.clear();
                match answer {
                    Ok(answer) => search.show(&answer),
                    Err(failure) => search.fail(&failure),
                }
            }
        });
    }

    async fn ask(&self, text: &str) -> Result<JsValue, Failure> {
        let question = UrlSearchParams::new().map_err(|_| Failure::unreachable())?;
        question.append("q", text);
        ask(&self.source, &question).await
    }

    /// Shows whom the server found, without those already chosen.
    fn show(&self, answer: &JsValue) {
        let found = json::list(answer, "found");
        let all = found.len();
        let offered: Vec<Candidate> = found
            .iter()
            .filter_map(Candidate::read)
            .filter(|candidate| !self.has(&candidate.value))
            .collect();
        for candidate in &offered {
            self.offer(candidate);
        }
        let more = json::count(answer, "more").unwrap_or_default();
        self.announce(&summary(offered.len(), all, more));
    }

    /// Whether this one is chosen.
    fn has(&self, value: &str) -> bool {
        let chosen: Vec<HtmlInputElement> = dom::find_all(&self.chosen, "input:checked");
        chosen.iter().any(|choice| choice.value() == value)
    }

    /// One more line among the found, as the server renders the chosen.
    fn offer(&self, candidate: &Candidate) -> Option<()> {
        let line = dom::append(&self.found, "li", "")?;
        let label = dom::append(&line, "label", "")?;
        label.set_class_name("check-line");
        let choice = dom::append(&label, "input", "")?;
        for (name, value) in [
            ("type", "checkbox"),
            ("name", &self.name),
            ("value", &candidate.value),
        ] {
            dom::set(&choice, name, value);
        }
        label.append_with_str_1(" ").ok()?;
        dom::append(&label, "span", &candidate.label)?;
        if let Some(detail) = &candidate.detail {
            label.append_with_str_1(" ").ok()?;
            dom::append(&label, "span", detail)?.set_class_name("picker-detail");
        }
        Some(())
    }

    /// Moves one of the found to the chosen, and the focus on to the next.
    fn choose(&self, choice: &HtmlInputElement) {
        let Some(line) = dom::around::<Element>(choice, "li") else {
            return;
        };
        let next = line
            .next_element_sibling()
            .and_then(|next| dom::find::<HtmlElement>(&next, "input"));
        // The same one may be there unchecked, chosen before and taken back.
        for other in dom::find_all::<HtmlInputElement>(&self.chosen, "input") {
            if other.value() == choice.value()
                && let Some(line) = dom::around::<Element>(&other, "li")
            {
                line.remove();
            }
        }
        let _ = self.chosen.append_child(&line);
        let _ = next.as_ref().unwrap_or(&self.field).focus();
        let label = dom::find::<Element>(&line, "span").and_then(|label| label.text_content());
        self.announce(&format!("{} added", label.unwrap_or_else(|| choice.value())));
    }

    fn clear(&self) {
        dom::unset(&self.found, "aria-busy");
        self.found.set_text_content(None);
    }

    fn fail(&self, failure: &Failure) {
        let words = if failure.wants_sign_in() {
            "Sign in again to search."
        } else {
            &failure.title
        };
        self.announce(words);
        let _ = self.announcement.class_list().add_1(FAILED);
    }

    fn announce(&self, words: &str) {
        let _ = self.announcement.class_list().remove_1(FAILED);
        dom::say(&self.announcement, words);
    }
}

/// Somebody who was found.
struct Candidate {
    value: String,
    label: String,
    detail: Option<String>,
}

impl Candidate {
    fn read(found: &JsValue) -> Option<Self> {
        let value = json::text(found, "value")?;
        Some(Self {
            label: json::text(found, "label").unwrap_or_else(|| value.clone()),
            detail: json::text(found, "detail"),
            value,
        })
    }
}

/// How many were found: those that can be chosen, all that came, and more that did not.
fn summary(offered: usize, all: usize, more: u32) -> String {
    match (offered, all, more) {
        (0, 0, _) => "Nothing found".to_owned(),
        (0, _, 0) => "All that match are chosen already".to_owned(),
        (_, _, 0) => format!("{offered} found"),
        (_, _, _) => format!("{offered} shown, {more} more match. Type more to find them."),
    }
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn what_was_found_is_counted() {
        let check = |offered, all, more, expected: &str| assert_eq!(summary(offered, all, more), expected);
        check(0, 0, 0, "Nothing found");
        check(0, 2, 0, "All that match are chosen already");
        check(1, 2, 0, "1 found");
        check(20, 20, 12, "20 shown, 12 more match. Type more to find them.");
        check(0, 20, 12, "0 shown, 12 more match. Type more to find them.");
    }
}
