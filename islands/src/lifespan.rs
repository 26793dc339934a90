//! The effect of a token lifespan, shown while the user types it.

use leptos::prelude::*;
use web_sys::{Element, Event, HtmlInputElement};

use crate::dom;

/// The shortest and the longest lifespan that the portal sets, in seconds. The cluster's own limits are not
/// documented; below a minute a token may expire before it is used, and beyond a day it hardly expires at all.
pub const BOUNDS: (u32, u32) = (60, 86_400);

/// How much longer a refresh token lives than an access token (reference line 618).
const REFRESH_EXTRA: u32 = 600;

/// Wraps the field named `lifespan` and one `[data-lifespan-effect]`, whose lines show the effect of its value.
#[island]
pub fn LiveLifespan(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:attach>
            {children()}
        </div>
    }
}

fn attach(island: Element) {
    if let Some(effects) = dom::find::<Element>(&island, "[data-lifespan-effect]") {
        dom::on(&island, "input", &effects, update);
    }
}

fn update(effects: &Element, event: &Event) {
    let Some(field) = dom::target::<HtmlInputElement>(event, "[name=lifespan]") else {
        return;
    };
    let lines: Vec<Element> = dom::find_all(effects, "li");
    for (line, text) in lines.iter().zip(effect(&field.value())) {
        dom::set_text(line, &text);
    }
}

/// The effect of a typed number of seconds: on access tokens, on refresh tokens, and an assessment.
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
            span(seconds + REFRESH_EXTRA)
        ),
        assessment(seconds).to_owned(),
    ]
}

fn assessment(seconds: u32) -> &'static str {
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

/// A number of seconds as text: `1 hour 5 minutes`.
#[must_use]
pub fn span(seconds: u32) -> String {
    let mut text = String::new();
    for (count, unit) in [
        (seconds / 3_600, "hour"),
        (seconds / 60 % 60, "minute"),
        (seconds % 60, "second"),
    ] {
        if count == 0 {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&count.to_string());
        text.push(' ');
        text.push_str(unit);
        if count != 1 {
            text.push('s');
        }
    }
    if text.is_empty() {
        "no time".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_names_its_units() {
        let check = |seconds, expected: &str| assert_eq!(span(seconds), expected);
        check(0, "no time");
        check(1, "1 second");
        check(60, "1 minute");
        check(3_905, "1 hour 5 minutes 5 seconds");
        check(86_400, "24 hours");
    }

    #[test]
    fn a_refresh_token_lives_ten_minutes_more() {
        let [access, refresh, assessment] = effect(" 300 ");
        assert_eq!(access, "An access token lives 5 minutes.");
        assert!(refresh.contains("lives 15 minutes"), "{refresh}");
        assert_eq!(assessment, "That is usual.");
    }

    #[test]
    fn a_value_out_of_bounds_has_no_effect() {
        for typed in ["", "59", "86401", "-5", "1e3", "٣٠٠", "<script>"] {
            let [hint, refresh, assessment] = effect(typed);
            assert!(hint.starts_with("Type a whole number"), "{typed}: {hint}");
            assert!(refresh.is_empty() && assessment.is_empty(), "{typed}");
        }
    }
}
