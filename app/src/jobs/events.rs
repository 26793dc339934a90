//! The changes of a job as a stream of events.

use std::{ops::Range, sync::Arc, time::Duration};

use futures::stream::{self, Stream, StreamExt};
use gate::{Action, Operation};
use operations::{Services, jobs::Job};
use serde::Serialize;

use super::{
    find,
    page::places_asked,
    report::{RowEvent, count_event, outcome},
};
use crate::{
    answer::{Event, Events},
    context::RequestContext,
    error::PortalError,
};

/// The shortest time between two events.
const PAUSE: Duration = Duration::from_millis(150);

/// The rows that change, as they do, and `end` when the job is over. A page asks for its own rows: there can be
/// thousands of others.
pub async fn events(context: RequestContext) -> Result<Events, PortalError> {
    let (operation, job) = find(&context, Action::ViewJob, context.param("id")).await?;
    let places = places_asked(&context);
    Ok(Box::pin(changes(
        context.services.clone(),
        operation,
        job,
        places,
    )))
}

/// All changes of these rows from the beginning: a row that changed before the stream was opened comes first.
fn changes(
    services: Services,
    operation: Operation,
    job: Arc<Job>,
    places: Range<usize>,
) -> impl Stream<Item = Event> {
    let start = (job.changes(), 0, false);
    let steps = stream::unfold(start, move |(mut changes, version, is_over)| {
        let (services, operation, job) = (services.clone(), operation.clone(), Arc::clone(&job));
        let places = places.clone();
        async move {
            if is_over {
                return None;
            }
            if version > 0 {
                // The sender lives as long as the job.
                let _ = changes.changed().await;
                tokio::time::sleep(PAUSE).await;
                changes.mark_unchanged();
            }
            // The counts first: when the job is over by them, the rows are the last ones.
            let counts = job.counts();
            let (version, rows) = job.rows_since(version);
            let mut events = Vec::new();
            for (place, row) in rows.into_iter().filter(|(place, _)| places.contains(place)) {
                let text = outcome(&services, &operation, &row).await;
                events.push(event(
                    "row",
                    &RowEvent::new(job.command(), place, row.state, text),
                ));
            }
            events.push(event("count", &count_event(job.command(), counts)));
            let is_over = !counts.state.is_moving();
            if is_over {
                events.push(event("end", &serde_json::json!({})));
            }
            Some((stream::iter(events), (changes, version, is_over)))
        }
    });
    steps.flatten()
}

fn event(name: &'static str, data: &impl Serialize) -> Event {
    let json = serde_json::to_string(data).unwrap_or_default();
    Event { name, json }
}
