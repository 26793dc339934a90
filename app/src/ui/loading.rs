//! The progress of a list that is still being read from the cluster, in place of the list.

use std::time::Duration;

use futures::stream;
use islands::LiveProgress;
use leptos::prelude::*;
use operations::directory::LoadProgress;

use super::counted;
use crate::answer::{Event, Events};

/// The shortest time between two events.
const PAUSE: Duration = Duration::from_millis(150);

/// How many of what have been read so far. The page is loaded again at `next` when all are.
#[component]
pub fn LoadingList(
    rows: usize,
    nouns: (&'static str, &'static str),
    events: &'static str,
    next: String,
) -> impl IntoView {
    let content = format!("2;url={next}");
    let lead = format!(
        "The {} are being read from the cluster. The page appears when all are.",
        nouns.1
    );
    view! {
        <noscript><meta http-equiv="refresh" content=content/></noscript>
        <LiveProgress>
            <div class="progress" data-progress data-events=events data-next=next>
                <p>{lead}</p>
                <progress data-progress-bar aria-label="Progress"></progress>
                <p data-progress-text>{in_words(rows, nouns)}</p>
            </div>
        </LiveProgress>
    }
    .into_any()
}

/// How many have been read, as they are, and `end` when all are.
pub fn loading_events(progress: LoadProgress, nouns: (&'static str, &'static str)) -> Events {
    let events = stream::unfold((progress, false), move |(mut progress, is_over)| async move {
        if is_over {
            return None;
        }
        tokio::time::sleep(PAUSE).await;
        let rows = *progress.borrow_and_update();
        let Some(rows) = rows else {
            let json = "{}".to_owned();
            return Some((Event { name: "end", json }, (progress, true)));
        };
        // The sender lives as long as the directory.
        let _ = progress.changed().await;
        let json = serde_json::json!({ "text": in_words(rows, nouns) }).to_string();
        Some((Event { name: "count", json }, (progress, false)))
    });
    Box::pin(events)
}

fn in_words(rows: usize, nouns: (&'static str, &'static str)) -> String {
    format!("{} read so far", counted(rows, nouns))
}
