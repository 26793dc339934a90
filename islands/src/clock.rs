//! The remaining time of the session.

use std::{rc::Rc, time::Duration};

use leptos::prelude::*;
use web_sys::Element;

use crate::{dom, time};

/// With less time than this, the clock is a warning.
const WARN_MILLIS: i64 = 2 * 60_000;
const TICK: Duration = Duration::from_secs(30);

/// The end of the session: as absolute time from the server, as remaining time after hydration.
#[component]
pub fn SessionClock(
    /// When the session ends, in milliseconds since 1970.
    ends_at: i64,
) -> impl IntoView {
    view! {
        <LiveClock>
            <span class="session-clock" data-session-ends=ends_at.to_string()>
                <span class="session-clock-label">"Session "</span>
                <time datetime=time::machine(ends_at)>{time::readable(ends_at)}</time>
                <span class="visually-hidden" aria-live="polite"></span>
            </span>
        </LiveClock>
    }
}

/// Wraps the clock and updates the remaining time.
#[island]
fn LiveClock(children: Children) -> impl IntoView {
    view! {
        <span class="island" use:attach>
            {children()}
        </span>
    }
}

fn attach(island: Element) {
    let Some(clock) = Clock::find(&island).map(Rc::new) else {
        return;
    };
    clock.tick();
    if let Ok(handle) = set_interval_with_handle(move || clock.tick(), TICK) {
        on_cleanup(move || handle.clear());
    }
}

struct Clock {
    element: Element,
    remaining: Element,
    announcement: Element,
}

impl Clock {
    fn find(island: &Element) -> Option<Self> {
        let element: Element = dom::find(island, "[data-session-ends]")?;
        Some(Self {
            remaining: dom::find(&element, "time")?,
            announcement: dom::find(&element, "[aria-live]")?,
            element,
        })
    }

    /// Shows the remaining time. The deadline is read from the attribute each time, because `LiveList`
    /// writes the new one there after it has fetched a page.
    fn tick(&self) {
        let ends = self.element.get_attribute("data-session-ends");
        let Some(ends) = ends.and_then(|ends| ends.parse::<i64>().ok()) else {
            return;
        };
        let remaining = ends - now();
        let (class, text) = match remaining {
            WARN_MILLIS.. => ("session-clock", ""),
            1..WARN_MILLIS => (
                "session-clock ending",
                "The session is about to end. Anything you do keeps it alive.",
            ),
            _ => ("session-clock ending", "The session has ended."),
        };
        self.element.set_class_name(class);
        self.remaining.set_text_content(Some(&time::remaining(remaining)));
        dom::set_text(&self.announcement, text);
    }
}

/// The browser's clock in whole milliseconds, which an `f64` holds exactly.
#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds since 1970 are far below 2^53"
)]
fn now() -> i64 {
    js_sys::Date::now() as i64
}
