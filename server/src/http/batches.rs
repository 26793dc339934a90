//! What a batch tells while it runs, as a stream of events, and what became of it, as a file.

use std::{convert::Infallible, time::Duration};

use app::{
    access::read_event,
    batches::{RowEvent, count_event, find, result_csv},
    visit::Visit,
};
use axum::{
    Extension,
    extract::Path,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::stream::{self, Stream, StreamExt};
use gate::{Action, Batch, Phase, Target};
use serde::Serialize;
use std::sync::Arc;

use super::exports::{attachment, refused};

/// How often a script is told what changed, at most.
const PAUSE: Duration = Duration::from_millis(150);

/// `GET /batches/{id}/events`: the rows that change, as they do, and `end` when nothing will any more.
pub(super) async fn events(Path(id): Path<String>, Extension(visit): Extension<Visit>) -> Response {
    match visit.permit(Action::SeeBatch).and_then(|()| find(&visit, &id)) {
        Ok(batch) => Sse::new(changes(batch))
            .keep_alive(KeepAlive::default())
            .into_response(),
        Err(error) => refused(&visit, &error),
    }
}

/// `GET /batches/{id}/result.csv`
pub(super) async fn result(Path(id): Path<String>, Extension(visit): Extension<Visit>) -> Response {
    match visit.permit(Action::SeeBatch).and_then(|()| find(&visit, &id)) {
        Ok(batch) => attachment(&visit, "result.csv", result_csv(batch.snapshot())),
        Err(error) => refused(&visit, &error),
    }
}

/// `GET /access/events`: how far the reading for the access review is, and `end` when it is over.
pub(super) async fn access(Extension(visit): Extension<Visit>) -> Response {
    let passage = match visit.open(Action::SeeAccess, Target::portal()) {
        Ok(passage) => passage,
        Err(error) => return refused(&visit, &error),
    };
    let from = (passage.access_changes(), false);
    let steps = stream::unfold(from, |(mut changes, is_over)| async move {
        if is_over {
            return None;
        }
        tokio::time::sleep(PAUSE).await;
        let now = *changes.borrow_and_update();
        let Some(progress) = now else {
            return Some((end(), (changes, true)));
        };
        // The sender lives as long as the gate.
        let _ = changes.changed().await;
        Some((told("count", &read_event(progress)), (changes, false)))
    });
    let steps = steps.map(Ok::<_, Infallible>);
    Sse::new(steps).keep_alive(KeepAlive::default()).into_response()
}

/// Nothing will change any more.
fn end() -> Event {
    Event::default().event("end").data("{}")
}

/// What changes, from the beginning: a row that changed before anybody listened is told first.
fn changes(batch: Arc<Batch>) -> impl Stream<Item = Result<Event, Infallible>> {
    let from = (batch.changes(), batch, 0, false);
    stream::unfold(from, |(mut changes, batch, version, is_over)| async move {
        if is_over {
            return None;
        }
        if version > 0 {
            // The sender lives as long as the batch.
            let _ = changes.changed().await;
            tokio::time::sleep(PAUSE).await;
            changes.mark_unchanged();
        }
        let tally = batch.tally();
        let (version, rows) = batch.rows_since(version);
        let rows = rows
            .into_iter()
            .map(|(index, row)| told("row", &RowEvent::new(index, row)));
        let mut events: Vec<Event> = rows.chain([told("count", &count_event(tally))]).collect();
        let is_over = tally.phase == Phase::Finished;
        if is_over {
            events.push(end());
        }
        Some((stream::iter(events), (changes, batch, version.max(1), is_over)))
    })
    .flatten()
    .map(Ok)
}

fn told(name: &str, what: &impl Serialize) -> Event {
    let json = serde_json::to_string(what).unwrap_or_default();
    Event::default().event(name).data(json)
}
