//! How long the session still lasts.

use std::time::Duration;

use leptos::prelude::*;

use super::time;

/// From here on the clock is a warning.
const WARN_MILLIS: i64 = 2 * 60_000;

/// The end of the session: absolute from the server, what is left once the page is alive.
///
/// The deadline is read from `data-session-ends` at every tick, because an island that fetches a page
/// writes the new one there (see `LiveList`).
#[island]
pub fn SessionClock(
    /// When the session ends, in milliseconds since 1970.
    ends_at: i64,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Span>::new();
    let left = RwSignal::new(None::<i64>);
    let tick = move || {
        let Some(element) = element.get_untracked() else {
            return;
        };
        let ends = element
            .get_attribute("data-session-ends")
            .and_then(|text| text.parse().ok());
        left.set(Some(ends.unwrap_or(ends_at) - now()));
    };
    Effect::new(move |_| {
        tick();
        if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(30)) {
            on_cleanup(move || handle.clear());
        }
    });

    let ending = Memo::new(move |_| left.get().is_some_and(|left| left < WARN_MILLIS));
    let announced = move || match left.get() {
        Some(left) if left <= 0 => "The session has ended.",
        Some(left) if left < WARN_MILLIS => "The session is about to end. Anything you do keeps it alive.",
        _ => "",
    };
    let text = move || {
        left.get()
            .map_or_else(|| time::readable(ends_at), time::remaining)
    };
    view! {
        <span
            class="session-clock"
            class:ending=move || ending.get()
            data-session-ends=ends_at.to_string()
            node_ref=element
        >
            <span class="session-clock-label">"Session "</span>
            <time datetime=time::machine(ends_at)>{text}</time>
            <span class="visually-hidden" aria-live="polite">
                {announced}
            </span>
        </span>
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
