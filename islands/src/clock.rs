//! The remaining time of the session.
//!
//! The server gives it as a duration, because the clocks of server and browser need not agree; from then on it is
//! measured with the browser's monotonic clock, which a change of the time does not move. A request of any tab extends
//! the session for all of them, so each tab tells the others.

use std::{cell::Cell, time::Duration};

use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, Element, MessageEvent};

use crate::{dom, time};

/// With less time than this, the clock is a warning.
const WARN_MILLIS: i64 = 2 * 60_000;
const TICK: Duration = Duration::from_secs(30);
/// The attribute with the remaining time in milliseconds.
const LEFT: &str = "data-session-left";
/// The channel between the tabs: the remaining time, and when it was that.
const CHANNEL: &str = "postern-session";

thread_local! {
    /// When the session ends, on the monotonic clock.
    static DEADLINE: Cell<Option<f64>> = const { Cell::new(None) };
}

/// The end of the session: as absolute time from the server, as remaining time after hydration.
#[component]
pub fn SessionClock(
    /// When the session ends, in milliseconds since 1970 by the server's clock.
    ends_at: i64,
    /// The time until then, in milliseconds.
    left: i64,
) -> impl IntoView {
    view! {
        <LiveClock>
            <span class="session-clock" data-session-left=left.to_string()>
                <span class="session-clock-label">"Session "</span>
                <time datetime=time::machine(ends_at)>{format!("until {}", time::readable(ends_at))}</time>
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
    let Some(left) = left_in(&island) else { return };
    listen();
    extend(left);
    if let Ok(handle) = set_interval_with_handle(tick, TICK) {
        on_cleanup(move || handle.clear());
    }
}

/// The remaining time that a page or a part of it shows.
pub fn left_in(page: &Element) -> Option<f64> {
    let clock: Element = dom::find(page, "[data-session-left]")?;
    clock.get_attribute(LEFT)?.parse().ok()
}

/// The server has just said how many milliseconds are left: shows this, and tells the other tabs.
pub fn extend(left: f64) {
    DEADLINE.set(Some(now() + left));
    tick();
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        let message: Array = [left, js_sys::Date::now()]
            .into_iter()
            .map(JsValue::from)
            .collect();
        let _ = channel.post_message(&message);
        channel.close();
    }
}

/// Takes over what the other tabs say.
fn listen() {
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else {
        return;
    };
    dom::on(&channel, "message", &(), |(), event| {
        let data = event.dyn_ref().map(MessageEvent::data);
        let numbers: Option<Array> = data.and_then(|data| data.dyn_into().ok());
        let numbers = numbers.map(|numbers| (numbers.get(0).as_f64(), numbers.get(1).as_f64()));
        if let Some((Some(left), Some(sent_at))) = numbers {
            // A tab that was asleep reads its messages late. Both times are of the same clock.
            let age = (js_sys::Date::now() - sent_at).max(0.0);
            DEADLINE.set(Some(now() + left - age));
            tick();
        }
    });
    // It is open as long as the page is.
    std::mem::forget(channel);
}

/// Shows the remaining time.
fn tick() {
    let clock = document().query_selector("[data-session-left]").ok().flatten();
    let (Some(clock), Some(deadline)) = (clock, DEADLINE.get()) else {
        return;
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a session is far shorter than 2^53 milliseconds"
    )]
    let remaining = (deadline - now()) as i64;
    let (class, text) = match remaining {
        WARN_MILLIS.. => ("session-clock", ""),
        1..WARN_MILLIS => (
            "session-clock ending",
            "The session is about to end. Anything you do keeps it alive.",
        ),
        _ => ("session-clock ending", "The session has ended."),
    };
    clock.set_class_name(class);
    if let Some(shown) = dom::find::<Element>(&clock, "time") {
        dom::set_text(&shown, &time::remaining(remaining));
    }
    if let Some(announcement) = dom::find::<Element>(&clock, "[aria-live]") {
        dom::set_text(&announcement, text);
    }
}

/// Milliseconds by the monotonic clock.
fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
