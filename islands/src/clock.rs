//! How long the session still lasts.

use std::{rc::Rc, time::Duration};

use leptos::prelude::*;
use web_sys::Element;

use crate::{dom, time};

/// From here on the clock is a warning.
const WARN_MILLIS: i64 = 2 * 60_000;
const TICK: Duration = Duration::from_secs(30);

/// The end of the session: absolute from the server, what is left once the page is alive.
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

/// Wraps the clock and counts it down.
#[island]
fn LiveClock(children: Children) -> impl IntoView {
    view! {
        <span class="island" use:enliven>
            {children()}
        </span>
    }
}

fn enliven(island: Element) {
    let Some(clock) = Clock::below(&island).map(Rc::new) else {
        return;
    };
    clock.tick();
    if let Ok(handle) = set_interval_with_handle(move || clock.tick(), TICK) {
        on_cleanup(move || handle.clear());
    }
}

struct Clock {
    whole: Element,
    left: Element,
    said: Element,
}

impl Clock {
    fn below(island: &Element) -> Option<Self> {
        let whole: Element = dom::find(island, "[data-session-ends]")?;
        Some(Self {
            left: dom::find(&whole, "time")?,
            said: dom::find(&whole, "[aria-live]")?,
            whole,
        })
    }

    /// Shows what is left. The deadline is read each time, because a list that fetches its page writes
    /// the new one there (see `LiveList`).
    fn tick(&self) {
        let ends = self.whole.get_attribute("data-session-ends");
        let Some(ends) = ends.and_then(|ends| ends.parse::<i64>().ok()) else {
            return;
        };
        let left = ends - now();
        let (class, words) = match left {
            WARN_MILLIS.. => ("session-clock", ""),
            1..WARN_MILLIS => (
                "session-clock ending",
                "The session is about to end. Anything you do keeps it alive.",
            ),
            _ => ("session-clock ending", "The session has ended."),
        };
        self.whole.set_class_name(class);
        self.left.set_text_content(Some(&time::remaining(left)));
        dom::say(&self.said, words);
    }
}

/// The browser's clock in whole milliseconds, which a double holds exactly.
#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds since 1970 are far below 2^53"
)]
fn now() -> i64 {
    js_sys::Date::now() as i64
}
