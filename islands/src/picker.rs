//! Choosing members by search: the server finds matches for the typed text, and a checked match moves to
//! the chosen ones.

use std::{rc::Rc, time::Duration};

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent, UrlSearchParams};

use crate::{control, debounce::LatestOnly, dom, failure::Failure, http, json};

/// A little longer than the time between two keys.
const PAUSE: Duration = Duration::from_millis(150);
/// The class of the announcement of a failed search.
const FAILED: &str = "picker-failed";

/// Wraps one `[data-picker]`: the list of the chosen candidates, the list of the found ones, and the
/// search field with a button that searches without script. `data-source` is the address of the search,
/// `data-name` the name of the checkboxes. An unchecked checkbox stays among the chosen ones, so that it
/// can be checked again.
#[island]
pub fn Picker(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:attach>
            {children()}
        </div>
    }
}

fn attach(island: Element) {
    let Some(search) = Search::find(&island).map(Rc::new) else {
        return;
    };
    // The text may be older than the island.
    if control::is_changed(&search.field) {
        search.start(Duration::ZERO);
    }
    dom::on(&search.field, "input", &search, |search, _| search.start(PAUSE));
    dom::on(&search.field, "keydown", &search, |search, event| {
        if event
            .dyn_ref()
            .is_some_and(|key: &KeyboardEvent| key.key() == "Enter")
        {
            event.prevent_default();
            search.start(Duration::ZERO);
        }
    });
    if let Some(button) = dom::find::<Element>(&island, ".picker-search button") {
        dom::on(&button, "click", &search, |search, event| {
            event.prevent_default();
            search.start(Duration::ZERO);
        });
    }
    dom::on(&search.found, "change", &search, |search, event| {
        if let Some(choice) = dom::target(event, "input:checked") {
            search.choose(&choice);
        }
    });
}

struct Search {
    /// The address of the search.
    source: String,
    /// The name of a checkbox in the form.
    name: String,
    field: HtmlInputElement,
    chosen: Element,
    found: Element,
    announcement: Element,
    latest: LatestOnly,
}

impl Search {
    fn find(island: &Element) -> Option<Self> {
        let picker: Element = dom::find(island, "[data-picker]")?;
        Some(Self {
            source: picker.get_attribute("data-source")?,
            name: picker.get_attribute("data-name")?,
            field: dom::find(&picker, "[data-picker-search]")?,
            chosen: dom::find(&picker, "[data-picker-chosen]")?,
            found: dom::find(&picker, "[data-picker-found]")?,
            announcement: dom::find(&picker, "[data-picker-announce]")?,
            latest: LatestOnly::default(),
        })
    }

    /// Searches for the text in the field.
    fn start(self: &Rc<Self>, pause: Duration) {
        let text = self.field.value();
        if text.trim().is_empty() {
            self.latest.cancel();
            self.clear();
            self.announce("");
            return;
        }
        let search = self.clone();
        self.latest.schedule(pause, move |ticket| async move {
            dom::set(&search.found, "aria-busy", "true");
            let answer = search.request(text.trim()).await;
            if ticket.is_latest() {
                search.clear();
                match answer {
                    Ok(answer) => search.show(&answer),
                    Err(failure) => search.fail(&failure),
                }
            }
        });
    }

    async fn request(&self, text: &str) -> Result<JsValue, Failure> {
        let fields = UrlSearchParams::new().map_err(|_| Failure::unreachable())?;
        fields.append("q", text);
        http::post_for_json(&self.source, &fields).await
    }

    /// Shows the candidates that the server found and that are not chosen yet.
    fn show(&self, answer: &JsValue) {
        let found = json::list(answer, "found");
        let all = found.len();
        let offered: Vec<Candidate> = found
            .iter()
            .filter_map(Candidate::read)
            .filter(|candidate| !self.is_chosen(&candidate.value))
            .collect();
        for candidate in &offered {
            self.append_candidate(candidate);
        }
        let more = json::count(answer, "more").unwrap_or_default();
        self.announce(&summary(offered.len(), all, more));
    }

    /// Whether a candidate is chosen.
    fn is_chosen(&self, value: &str) -> bool {
        let chosen: Vec<HtmlInputElement> = dom::find_all(&self.chosen, "input:checked");
        chosen.iter().any(|choice| choice.value() == value)
    }

    /// Appends a candidate to the found ones, in the markup in which the server renders the chosen ones.
    fn append_candidate(&self, candidate: &Candidate) -> Option<()> {
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

    /// Moves a candidate from the found to the chosen ones, and the focus to the next one.
    fn choose(&self, choice: &HtmlInputElement) {
        let Some(line) = dom::closest::<Element>(choice, "li") else {
            return;
        };
        let next = line
            .next_element_sibling()
            .and_then(|next| dom::find::<HtmlElement>(&next, "input"));
        // It may be among the chosen ones already, unchecked.
        for other in dom::find_all::<HtmlInputElement>(&self.chosen, "input") {
            if other.value() == choice.value()
                && let Some(line) = dom::closest::<Element>(&other, "li")
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
        let text = if failure.needs_sign_in() {
            "Sign in again to search."
        } else {
            &failure.title
        };
        self.announce(text);
        let _ = self.announcement.class_list().add_1(FAILED);
    }

    fn announce(&self, text: &str) {
        let _ = self.announcement.class_list().remove_1(FAILED);
        dom::set_text(&self.announcement, text);
    }
}

/// A match of a search.
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

/// Describes how many candidates can be chosen, were in the answer, and match beyond the answer.
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
    fn the_summary_counts_candidates() {
        let check = |offered, all, more, expected: &str| assert_eq!(summary(offered, all, more), expected);
        check(0, 0, 0, "Nothing found");
        check(0, 2, 0, "All that match are chosen already");
        check(1, 2, 0, "1 found");
        check(20, 20, 12, "20 shown, 12 more match. Type more to find them.");
        check(0, 20, 12, "0 shown, 12 more match. Type more to find them.");
    }
}
