//! Suggestions for a search field while the person types: the browser's own list, filled by the server.

use std::{rc::Rc, time::Duration};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement, UrlSearchParams};

use crate::{control, debounce::LatestOnly, dom, failure::Failure, http, json};

/// A little longer than the time between two keys.
const PAUSE: Duration = Duration::from_millis(150);

/// What `inputType` is when a key or the clipboard changes the text. A choice from the list has another, or none.
const TYPED: [&str; 3] = ["insertText", "insertFromPaste", "insertCompositionText"];

/// Wraps one form with `data-suggestions`, the address of the search, whose field names a `datalist`. A chosen
/// suggestion sends the form.
#[island]
pub fn Suggestions(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:attach>
            {children()}
        </div>
    }
}

struct Search {
    /// The address of the search.
    source: String,
    form: HtmlFormElement,
    field: HtmlInputElement,
    list: Element,
    latest: LatestOnly,
}

fn attach(island: Element) {
    let Some(search) = Search::find(&island).map(Rc::new) else {
        return;
    };
    // The text may be older than the island.
    if control::is_changed(&search.field) {
        search.suggest(&search.field.value());
    }
    dom::on(&search.field, "input", &search, Search::changed);
}

impl Search {
    fn find(island: &Element) -> Option<Self> {
        let form: HtmlFormElement = dom::find(island, "form[data-suggestions]")?;
        Some(Self {
            source: form.get_attribute("data-suggestions")?,
            field: dom::find(&form, "input[list]")?,
            list: dom::find(&form, "datalist")?,
            form,
            latest: LatestOnly::default(),
        })
    }

    fn changed(self: &Rc<Self>, event: &Event) {
        let text = self.field.value();
        let input = event
            .dyn_ref::<web_sys::InputEvent>()
            .map(web_sys::InputEvent::input_type);
        let is_typed = input.is_some_and(|kind| TYPED.contains(&kind.as_str()) || kind.starts_with("delete"));
        if !is_typed && self.is_suggested(&text) {
            self.latest.cancel();
            let _ = self.form.request_submit();
        } else {
            self.suggest(&text);
        }
    }

    /// Fills the list with what the server finds for the text.
    fn suggest(self: &Rc<Self>, text: &str) {
        let text = text.trim().to_owned();
        if text.is_empty() {
            self.latest.cancel();
            self.list.set_text_content(None);
            return;
        }
        let search = Rc::clone(self);
        self.latest.schedule(PAUSE, move |ticket| async move {
            // A failed search is no news: the form itself still finds.
            let Ok(answer) = search.request(&text).await else {
                return;
            };
            if ticket.is_latest() {
                search.show(&answer);
            }
        });
    }

    fn is_suggested(&self, text: &str) -> bool {
        let options: Vec<Element> = dom::find_all(&self.list, "option");
        options
            .iter()
            .any(|option| option.get_attribute("value").as_deref() == Some(text))
    }

    async fn request(&self, text: &str) -> Result<wasm_bindgen::JsValue, Failure> {
        let fields = UrlSearchParams::new().map_err(|_| Failure::unreachable())?;
        fields.append("q", text);
        http::post_for_json(&self.source, &fields).await
    }

    fn show(&self, answer: &wasm_bindgen::JsValue) {
        self.list.set_text_content(None);
        for found in json::list(answer, "found") {
            let Some(value) = json::text(&found, "value") else {
                continue;
            };
            let label = json::text(&found, "label").unwrap_or_default();
            if let Some(option) = dom::append(&self.list, "option", &label) {
                dom::set(&option, "value", &value);
            }
        }
    }
}
