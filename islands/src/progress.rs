//! A piece of work that takes its time, followed while it is done: the server sends an event for each
//! row, for the count, and for the end, after which it renders the page again.

use std::{cell::Cell, rc::Rc, time::Duration};

use js_sys::JSON;
use leptos::{prelude::*, wasm_bindgen::JsCast};
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, EventSource, MessageEvent};

use crate::{dom, json};

/// How often in a row the stream may fail.
const MOST_FAILURES: u32 = 5;
const BEFORE_RELOAD: Duration = Duration::from_secs(3);
/// The state of a page in the history that was loaded again because its stream failed.
const RELOADED: &str = "postern:progress-lost";

/// Wraps one `[data-progress]`; `data-events` is the address of the stream. Without it the work is
/// over, and there is nothing to follow.
#[island]
pub fn LiveProgress(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:enliven>
            {children()}
        </div>
    }
}

fn enliven(island: Element) {
    let Some(progress) = Progress::below(&island).map(Rc::new) else {
        return;
    };
    for event in ["open", "row", "count", "end", "error"] {
        dom::on(&progress.stream, event, &progress, |progress, event| {
            progress.hear(event);
        });
    }
    let stream = StoredValue::new_local(progress.stream.clone());
    on_cleanup(move || {
        stream.try_with_value(EventSource::close);
    });
}

struct Progress {
    whole: Element,
    stream: EventSource,
    /// In a row.
    failures: Cell<u32>,
}

impl Progress {
    fn below(island: &Element) -> Option<Self> {
        let whole: Element = dom::find(island, "[data-progress]")?;
        let stream = EventSource::new(&whole.get_attribute("data-events")?).ok()?;
        Some(Self {
            whole,
            stream,
            failures: Cell::new(0),
        })
    }

    fn hear(&self, event: &Event) {
        match event.type_().as_str() {
            "open" => {
                self.failures.set(0);
                remember(&JsValue::NULL);
            }
            "row" => self.show_row(&news(event)),
            "count" => self.show_count(&news(event)),
            "end" => {
                self.stream.close();
                reload();
            }
            _ => self.fail(),
        }
    }

    fn show_row(&self, news: &JsValue) {
        let row = json::count(news, "index")
            .and_then(|index| dom::find::<Element>(&self.whole, &format!("[data-progress-row=\"{index}\"]")));
        let Some(row) = row else { return };
        dom::put(&row, "data-state", json::text(news, "state").as_deref());
        if let Some(cell) = dom::find::<Element>(&row, "[data-progress-state]") {
            let label = json::text(news, "label").unwrap_or_default();
            let badge = dom::find::<Element>(&cell, "[data-badge], .badge");
            dom::say(badge.as_ref().unwrap_or(&cell), &label);
            if let (Some(badge), Some(tone)) = (badge, json::text(news, "tone")) {
                badge.set_class_name(&format!("badge {tone}"));
            }
        }
        if let Some(words) = dom::find(&row, "[data-progress-words]") {
            dom::say(&words, &json::text(news, "words").unwrap_or_default());
        }
    }

    fn show_count(&self, news: &JsValue) {
        if let Some(bar) = dom::find::<Element>(&self.whole, "[data-progress-bar]") {
            for name in ["max", "value"] {
                if let Some(count) = json::count(news, name) {
                    dom::set(&bar, name, &count.to_string());
                }
            }
        }
        if let Some(text) = json::text(news, "text") {
            self.say(&text);
        }
    }

    fn say(&self, text: &str) {
        if let Some(place) = dom::find(&self.whole, "[data-progress-text]") {
            dom::say(&place, text);
        }
    }

    /// The browser tries again by itself, unless the answer was no stream at all. When it cannot go on,
    /// the page itself may know more; but it is asked only once.
    fn fail(&self) {
        self.failures.set(self.failures.get() + 1);
        if self.failures.get() < MOST_FAILURES && self.stream.ready_state() != EventSource::CLOSED {
            return;
        }
        self.stream.close();
        if was_reloaded() {
            self.say("The connection was lost. Load the page again to see how far it is.");
            return;
        }
        self.say("The connection was lost. The page is about to be loaded again.");
        remember(&RELOADED.into());
        set_timeout(reload, BEFORE_RELOAD);
    }
}

/// What an event says.
fn news(event: &Event) -> JsValue {
    event
        .dyn_ref()
        .and_then(|event: &MessageEvent| event.data().as_string())
        .and_then(|text| JSON::parse(&text).ok())
        .unwrap_or(JsValue::NULL)
}

fn reload() {
    let _ = window().location().reload();
}

/// Keeps a word with this page in the history, where it outlives a reload.
fn remember(state: &JsValue) {
    let _ = window()
        .history()
        .and_then(|history| history.replace_state(state, ""));
}

fn was_reloaded() -> bool {
    let state = window().history().and_then(|history| history.state());
    state.is_ok_and(|state| state.as_string().as_deref() == Some(RELOADED))
}
