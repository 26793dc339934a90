//! Words, moments and identifiers inside a page.

use std::time::{SystemTime, UNIX_EPOCH};

use islands::{CopyButton, time};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Icon;

/// What a colour says. A colour never says it alone: there is always a word or an icon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Neutral,
    /// Done, healthy, allowed.
    Good,
    /// Look at this.
    Warning,
    /// Failed, locked, refused.
    Bad,
    /// Good to know.
    Info,
}

impl Tone {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::Info => "info",
        }
    }

    pub(super) const fn icon(self) -> &'static str {
        match self {
            Self::Neutral | Self::Info => "info",
            Self::Good => "check",
            Self::Warning => "warning",
            Self::Bad => "error",
        }
    }

    /// A failure interrupts, an outcome waits its turn.
    pub(super) const fn role(self) -> &'static str {
        match self {
            Self::Warning | Self::Bad => "alert",
            Self::Neutral | Self::Good | Self::Info => "status",
        }
    }
}

/// A text that may be left out, from whatever the caller has at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaybeText(pub Option<String>);

impl From<&str> for MaybeText {
    fn from(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl From<String> for MaybeText {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl From<Option<String>> for MaybeText {
    fn from(text: Option<String>) -> Self {
        Self(text)
    }
}

impl From<Option<&str>> for MaybeText {
    fn from(text: Option<&str>) -> Self {
        Self(text.map(ToOwned::to_owned))
    }
}

/// A state in a word.
#[component]
pub fn Badge(
    /// How it is meant.
    tone: Tone,
    /// The word.
    #[prop(into)]
    text: String,
) -> AnyView {
    view! { <span class=format!("badge {}", tone.class())>{text}</span> }.into_any()
}

/// The moment that relative times are counted from, in milliseconds since 1970. A page that wants a
/// frozen clock provides it; otherwise it is the server's.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub i64);

fn now() -> i64 {
    use_context::<Now>().map_or_else(
        || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        },
        |Now(millis)| millis,
    )
}

/// A moment: absolute in UTC, relative as its tooltip.
#[component]
pub fn When(
    /// Milliseconds since 1970.
    #[prop(into)]
    millis: Option<i64>,
) -> AnyView {
    match millis {
        Some(millis) => view! {
            <time datetime=time::machine(millis) title=time::relative(millis, now())>
                {time::readable(millis)}
            </time>
        }
        .into_any(),
        None => view! { <span class="muted">"not known"</span> }.into_any(),
    }
}

/// A moment in a sentence or a choice: "2026-11-22 05:01 UTC".
#[must_use]
pub fn readable_time(millis: i64) -> String {
    time::readable(millis)
}

/// A moment as a file has it: RFC 3339 in UTC, or nothing.
#[must_use]
pub fn iso_time(millis: Option<i64>) -> String {
    millis.map(time::machine).unwrap_or_default()
}

/// An identifier that can be copied.
#[component]
pub fn Copyable(
    /// The identifier.
    #[prop(into)]
    text: String,
    /// What it is, for the button's name: "Copy {label}".
    #[prop(into)]
    label: String,
) -> AnyView {
    view! {
        <span class="copyable">
            <code>{text.clone()}</code>
            <CopyButton text label=format!("Copy {label}")>
                <Icon name="copy"/>
            </CopyButton>
        </span>
    }
    .into_any()
}
