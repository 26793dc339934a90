//! What a lifespan of tokens means, said while one types it.

use leptos::{prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, Event, HtmlInputElement};

use crate::dom;

/// The shortest and the longest lifespan that the portal sets, in seconds. The cluster's own limits are not
/// documented; below a minute a token may end on its way, and beyond a day it hardly ends at all.
pub const BOUNDS: (u32, u32) = (60, 86_400);

/// By how much a refresh token lives longer (reference line 618).
const REFRESH_MORE: u32 = 600;

/// Wraps the field named `lifespan` and one `[data-lifespan-effect]`, whose lines follow what is typed.
#[island]
pub fn LiveLifespan(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:enliven>
            {children()}
        </div>
    }
}

fn enliven(island: Element) {
    if let Some(place) = dom::find::<Element>(&island, "[data-lifespan-effect]") {
        dom::on(&island, "input", &place, follow);
    }
}

fn follow(place: &Element, event: &Event) {
    let Some(field) = dom::target::<HtmlInputElement>(event, "[name=lifespan]") else {
        return;
    };
    let lines: Vec<Element> = dom::find_all(place.unchecked_ref(), "li");
    for (line, words) in lines.iter().zip(effect(&field.value())) {
        dom::say(line, &words);
    }
}

/// What this many seconds mean: for access tokens, for refresh tokens, and for people.
#[must_use]
pub fn effect(typed: &str) -> [String; 3] {
    let (least, most) = BOUNDS;
    let seconds = typed.trim().parse::<u32>().ok();
    let Some(seconds) = seconds.filter(|seconds| (least..=most).contains(seconds)) else {
        return [
            format!("Type a whole number of seconds from {least} to {most}."),
            String::new(),
            String::new(),
        ];
    };
    [
        format!("An access token lives {}.", span(seconds)),
        format!(
            "A refresh token, and with it an idle single sign-on, lives {}: always 10 minutes more.",
            span(seconds + REFRESH_MORE)
        ),
        meaning(seconds).to_owned(),
    ]
}

fn meaning(seconds: u32) -> &'static str {
    match seconds {
        0..180 => {
            "That is short: a stolen token is soon worth nothing, but scripts that cannot renew theirs stop early, and a clock that is a minute off shuts a client out."
        }
        180..=900 => "That is usual.",
        901..=3_600 => {
            "That is long: a token that was stolen, or whose owner has been locked, stays good for as long."
        }
        _ => {
            "That is very long: a token that was stolen, or whose owner has been locked, stays good for hours, and nothing calls it back."
        }
    }
}

/// A number of seconds in words: `1 hour 5 minutes`.
#[must_use]
pub fn span(seconds: u32) -> String {
    let mut words = String::new();
    for (count, unit) in [
        (seconds / 3_600, "hour"),
        (seconds / 60 % 60, "minute"),
        (seconds % 60, "second"),
    ] {
        if count == 0 {
            continue;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&count.to_string());
        words.push(' ');
        words.push_str(unit);
        if count != 1 {
            words.push('s');
        }
    }
    if words.is_empty() {
        "no time".to_owned()
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_words() {
        let check = |seconds, expected: &str| assert_eq!(span(seconds), expected);
        check(0, "no time");
        check(1, "1 second");
        check(60, "1 minute");
        check(3_905, "1 hour 5 minutes 5 seconds");
        check(86_400, "24 hours");
    }

    #[test]
    fn a_refresh_token_lives_ten_minutes_more() {
        let [access, refresh, meaning] = effect(" 300 ");
        assert_eq!(access, "An access token lives 5 minutes.");
        assert!(refresh.contains("lives 15 minutes"), "{refresh}");
        assert_eq!(meaning, "That is usual.");
    }

    #[test]
    fn what_is_out_of_bounds_has_no_effect() {
        for typed in ["", "59", "86401", "-5", "1e3", "٣٠٠", "<script>"] {
            let [told, refresh, meaning] = effect(typed);
            assert!(told.starts_with("Type a whole number"), "{typed}: {told}");
            assert!(refresh.is_empty() && meaning.is_empty(), "{typed}");
        }
    }
}
