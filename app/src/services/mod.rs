//! The cluster's services: whether they are up, their versions and log levels.

mod doc;
mod health;
mod log_level;

use std::time::Duration;

use futures::{StreamExt, future::join_all, stream};
use gate::{Action, Clock, Operation, Target};
use islands::LiveProgress;
use leptos::prelude::*;
use operations::cluster::{ServiceFacts, service_facts};
use protegrity::Api;
use serde::Serialize;

pub use self::{
    doc::{doc, doc_file},
    health::Health,
    log_level::{SetLogLevel, set_log_level},
};
use self::{health::State, log_level::LogLevels};
use crate::{
    answer::{Event, Events, PageResult},
    context::RequestContext,
    error::PortalError,
    ui::{Badge, Page, Section, Table, Tone},
};

/// The purpose of a service, and the name of its API.
const fn name(api: Api) -> &'static str {
    match api {
        Api::Auth => "Authentication and tokens (auth)",
        Api::Pim => "Policy management (pim)",
        Api::Rps => "Resilient packages (rps)",
    }
}

/// `/services`. A session's own page follows the services by the stream of [`events`]; without script it can be loaded
/// again at intervals, by the address: not always, because that would empty a form that is being filled in.
pub async fn page(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ViewServices, Target::portal()).await?;
    let follows = context.query_value("follow").is_some();
    let clock = context.gate.clock().clone();
    let rows = Suspend::new(async move {
        let rows = join_all(Api::ALL.map(|api| Reported::by(&operation, api))).await;
        let rows = rows
            .into_iter()
            .enumerate()
            .map(|(place, reported)| reported.row(place));
        let asked = asked_at(&clock);
        view! {
            <Table label="Services and what they report" columns=&COLUMNS>{rows.collect_view()}</Table>
            <p class="field-hint" data-progress-text>{asked}</p>
        }
    });
    let content = view! {
        <Section title="State">
            <LiveProgress>
                <div data-progress data-events=EVENTS>
                    <Suspense fallback=|| ()>{rows}</Suspense>
                </div>
            </LiveProgress>
            {without_script(follows)}
        </Section>
        <LogLevels context/>
    };
    Ok(Page::new("Services", content)
        .lead("The three services of the cluster, asked just now and again while this page is open.")
        .streamed())
}

/// The stream that follows the services.
const EVENTS: &str = "/services/events";
/// How long a service is left alone before it is asked again.
const PAUSE: Duration = Duration::from_secs(5);
/// The cells of a row: the state, and the texts beside it.
const CELLS: usize = 7;
const COLUMNS: [&str; CELLS + 1] = [
    "Service",
    "State",
    "Ready",
    "Live",
    "Version",
    "Build",
    "Log level",
    "Remark",
];

/// When the services have answered, to the second: the text shows that the page is followed.
fn asked_at(clock: &Clock) -> String {
    clock
        .now()
        .strftime("Asked at %Y-%m-%d %H:%M:%S UTC.")
        .to_string()
}

/// What a browser without script offers in place of the stream.
fn without_script(follows: bool) -> AnyView {
    let (href, label) = if follows {
        ("/services", "Stop reloading this page")
    } else {
        ("/services?follow=true", "Reload this page every 10 seconds")
    };
    let reload = follows.then(|| view! { <meta http-equiv="refresh" content="10"/> });
    view! { <noscript>{reload}<p><a href=href>{label}</a></p></noscript> }.into_any()
}

/// What one service reports, as the page shows it. Each fact is asked for separately; one that cannot be had is a dash.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reported {
    api: Api,
    tone: Tone,
    word: &'static str,
    /// The cells after the state.
    texts: [String; CELLS - 1],
}

/// One cell that has changed, as the island reads it.
#[derive(Debug, Serialize)]
struct CellEvent<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tone: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<&'a str>,
}

impl Reported {
    async fn by(operation: &Operation, api: Api) -> Self {
        let (state, facts) = futures::join!(health::ask(operation, api), service_facts(operation, api));
        let State { tone, word, detail } = state;
        let ServiceFacts {
            ready,
            live,
            version,
            log_level,
        } = facts;
        let yes = |answer: Option<()>| answer.map(|()| "yes".to_owned());
        let build = version.as_ref().and_then(|version| version.build_version.clone());
        let version = version.and_then(|version| version.version);
        let level = log_level.map(|level| level.level);
        let [ready, live, version, build, level] = [yes(ready), yes(live), version, build, level]
            .map(|answer| answer.unwrap_or_else(|| "—".to_owned()));
        Self {
            api,
            tone,
            word,
            texts: [ready, live, version, build, level, detail],
        }
    }

    /// The row at this place of the table. The island finds each cell by its number.
    fn row(self, place: usize) -> AnyView {
        let Self {
            api,
            tone,
            word,
            texts,
        } = self;
        let first = place * CELLS;
        let remark = first + CELLS - 1;
        let cells = texts.into_iter().zip(first + 1..).map(|(text, index)| {
            let class = (index == remark).then_some("wraps");
            view! { <td class=class data-progress-row=index><span data-progress-words>{text}</span></td> }
        });
        view! {
            <tr>
                <th scope="row"><a href=format!("/services/{}/doc", api.name())>{name(api)}</a></th>
                <td data-progress-row=first><span data-progress-state><Badge tone text=word/></span></td>
                {cells.collect_view()}
            </tr>
        }
        .into_any()
    }

    /// The cells that are not as they were before.
    fn changes(&self, place: usize, before: Option<&Self>) -> Vec<Event> {
        let first = place * CELLS;
        let is_same_state = before.is_some_and(|before| (before.tone, before.word) == (self.tone, self.word));
        let state = (!is_same_state).then(|| CellEvent {
            index: first,
            label: Some(self.word),
            tone: Some(self.tone.class()),
            words: None,
        });
        let texts = self.texts.iter().enumerate().filter_map(|(cell, text)| {
            let is_same = before.is_some_and(|before| before.texts[cell] == *text);
            (!is_same).then(|| CellEvent {
                index: first + 1 + cell,
                label: None,
                tone: None,
                words: Some(text),
            })
        });
        let cells = state.into_iter().chain(texts);
        cells
            .map(|cell| Event {
                name: "row",
                json: serde_json::to_string(&cell).unwrap_or_default(),
            })
            .collect()
    }
}

/// `/services/events`: the cells that change while the page is open, and when a service was asked.
pub async fn events(context: RequestContext) -> Result<Events, PortalError> {
    let operation = context.begin(Action::ViewServices, Target::portal()).await?;
    let clock = context.gate.clock().clone();
    let services = Api::ALL.into_iter().enumerate();
    let services = services.map(|(place, api)| follow(operation.clone(), clock.clone(), place, api));
    Ok(Box::pin(stream::select_all(services)))
}

/// Asks one service again and again. Each has a stream of its own, so that one that does not answer holds up no other.
fn follow(operation: Operation, clock: Clock, place: usize, api: Api) -> Events {
    let steps = stream::unfold(None, move |before: Option<Reported>| {
        let (operation, clock) = (operation.clone(), clock.clone());
        async move {
            // The first time at once: something can have changed since the page was made.
            if before.is_some() {
                tokio::time::sleep(PAUSE).await;
            }
            let now = Reported::by(&operation, api).await;
            let mut events = now.changes(place, before.as_ref());
            events.push(Event {
                name: "count",
                json: serde_json::json!({ "text": asked_at(&clock) }).to_string(),
            });
            Some((stream::iter(events), Some(now)))
        }
    });
    Box::pin(steps.flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(word: &'static str, version: &str) -> Reported {
        let texts = ["yes", "yes", version, "1", "INFO", ""];
        Reported {
            api: Api::Pim,
            tone: if word == "Up" { Tone::Good } else { Tone::Bad },
            word,
            texts: texts.map(str::to_owned),
        }
    }

    fn changes(now: &Reported, before: Option<&Reported>) -> Vec<String> {
        let changes = now.changes(1, before).into_iter();
        changes.map(|event| event.json).collect()
    }

    #[test]
    fn only_the_cells_that_have_changed_are_sent() {
        let before = reported("Up", "1.0");
        assert_eq!(changes(&before, Some(&before)), Vec::<String>::new());
        assert_eq!(changes(&before, None).len(), CELLS, "the first time all are");
        let now = reported("Down", "1.1");
        assert_eq!(
            changes(&now, Some(&before)),
            [
                r#"{"index":7,"label":"Down","tone":"bad"}"#,
                r#"{"index":10,"words":"1.1"}"#
            ]
        );
    }

    #[test]
    fn a_change_finds_its_cell_in_the_table() {
        let owner = Owner::new();
        let html = owner.with(|| reported("Up", "1.0").row(1).to_html());
        for (index, text) in [(7, "Up"), (10, "1.0"), (12, "INFO")] {
            let cell = format!("data-progress-row=\"{index}\"");
            let (_, after) = html.split_once(&cell).expect(&html);
            let (inside, _) = after.split_once("</td>").expect(&html);
            assert!(inside.contains(&format!(">{text}<")), "{index}: {inside}");
        }
    }
}
