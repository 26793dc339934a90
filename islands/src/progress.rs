//! The progress of long work: the server sends an event for each row, for the count and for the end, after which the
//! page that follows is loaded.

use std::{cell::Cell, rc::Rc, time::Duration};

use js_sys::JSON;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventSource, MessageEvent};

use crate::{dom, json};

/// How many consecutive failures of the stream end the attempts.
const MAX_CONSECUTIVE_FAILURES: u32 = 5;
const RELOAD_DELAY: Duration = Duration::from_secs(3);
/// The history state of a page that was loaded again because its stream failed.
const RELOADED: &str = "postern:progress-lost";

/// Wraps one `[data-progress]`; `data-events` is the address of the stream, `data-next` that of the page that follows
/// its end, where it is another. A job that has ended has no stream.
#[island]
pub fn LiveProgress(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:attach>
            {children()}
        </div>
    }
}

fn attach(island: Element) {
    let Some(progress) = Progress::find(&island).map(Rc::new) else {
        return;
    };
    for event in ["open", "row", "count", "end", "error"] {
        dom::on(&progress.stream, event, &progress, |progress, event| {
            progress.handle(event);
        });
    }
    let stream = StoredValue::new_local(progress.stream.clone());
    on_cleanup(move || {
        stream.try_with_value(EventSource::close);
    });
}

struct Progress {
    element: Element,
    stream: EventSource,
    /// Without a success between them.
    consecutive_failures: Cell<u32>,
}

impl Progress {
    fn find(island: &Element) -> Option<Self> {
        let element: Element = dom::find(island, "[data-progress]")?;
        let stream = EventSource::new(&element.get_attribute("data-events")?).ok()?;
        Some(Self {
            element,
            stream,
            consecutive_failures: Cell::new(0),
        })
    }

    fn handle(&self, event: &Event) {
        match event.type_().as_str() {
            "open" => {
                self.consecutive_failures.set(0);
                set_history_state(&JsValue::NULL);
            }
            "row" => self.show_row(&payload(event)),
            "count" => self.show_count(&payload(event)),
            "end" => {
                self.stream.close();
                self.go_on();
            }
            _ => self.fail(),
        }
    }

    /// Loads the page that follows: another address where the element names one, else this page again.
    fn go_on(&self) {
        match self.element.get_attribute("data-next") {
            Some(next) => {
                let _ = window().location().replace(&next);
            }
            None => reload(),
        }
    }

    fn show_row(&self, payload: &JsValue) {
        let row = json::count(payload, "index").and_then(|index| {
            dom::find::<Element>(&self.element, &format!("[data-progress-row=\"{index}\"]"))
        });
        let Some(row) = row else { return };
        dom::set_or_unset(&row, "data-state", json::text(payload, "state").as_deref());
        if let Some(cell) = dom::find::<Element>(&row, "[data-progress-state]") {
            let label = json::text(payload, "label").unwrap_or_default();
            let badge = dom::find::<Element>(&cell, "[data-badge], .badge");
            dom::set_text(badge.as_ref().unwrap_or(&cell), &label);
            if let (Some(badge), Some(tone)) = (badge, json::text(payload, "tone")) {
                badge.set_class_name(&format!("badge {tone}"));
            }
        }
        if let Some(detail) = dom::find(&row, "[data-progress-words]") {
            dom::set_text(&detail, &json::text(payload, "words").unwrap_or_default());
        }
    }

    fn show_count(&self, payload: &JsValue) {
        if let Some(bar) = dom::find::<Element>(&self.element, "[data-progress-bar]") {
            for name in ["max", "value"] {
                if let Some(count) = json::count(payload, name) {
                    dom::set(&bar, name, &count.to_string());
                }
            }
        }
        if let Some(text) = json::text(payload, "text") {
            self.set_text(&text);
        }
    }

    fn set_text(&self, text: &str) {
        if let Some(element) = dom::find(&self.element, "[data-progress-text]") {
            dom::set_text(&element, text);
        }
    }

    /// The browser reconnects by itself, unless the answer was not a stream. When it gives up, the page is
    /// loaded again, because it may show the reason; but only once.
    fn fail(&self) {
        self.consecutive_failures.set(self.consecutive_failures.get() + 1);
        if self.consecutive_failures.get() < MAX_CONSECUTIVE_FAILURES
            && self.stream.ready_state() != EventSource::CLOSED
        {
            return;
        }
        self.stream.close();
        if was_reloaded() {
            self.set_text("The connection was lost. Load the page again to see how far it is.");
            return;
        }
        self.set_text("The connection was lost. The page is about to be loaded again.");
        set_history_state(&RELOADED.into());
        set_timeout(reload, RELOAD_DELAY);
    }
}

/// The JSON that an event carries.
fn payload(event: &Event) -> JsValue {
    event
        .dyn_ref()
        .and_then(|event: &MessageEvent| event.data().as_string())
        .and_then(|text| JSON::parse(&text).ok())
        .unwrap_or(JsValue::NULL)
}

fn reload() {
    let _ = window().location().reload();
}

/// Stores a value with this page in the history, where it survives a reload.
fn set_history_state(state: &JsValue) {
    let _ = window()
        .history()
        .and_then(|history| history.replace_state(state, ""));
}

fn was_reloaded() -> bool {
    let state = window().history().and_then(|history| history.state());
    state.is_ok_and(|state| state.as_string().as_deref() == Some(RELOADED))
}
