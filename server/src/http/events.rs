//! Streams of events, guarded like pages, so many for one session, and none beyond its end.

use std::{collections::HashMap, convert::Infallible, sync::Arc};

use app::{
    answer::{Event, Events},
    context::RequestContext,
    error::{ErrorKind, PortalError},
};
use axum::response::{
    IntoResponse, Response,
    sse::{self, KeepAlive, Sse},
};
use futures::StreamExt;
use gate::{Action, VaultKey};
use parking_lot::Mutex;

use super::{
    exports::refused,
    guard::{self, Load},
};

/// How many streams one session has open at a time: each is a page that is open in a tab.
const MAX_OF_ONE_SESSION: usize = 8;

/// When a further stream may be opened.
const RETRY_AFTER: u64 = 10;

/// The streams that are open, by session.
#[derive(Clone, Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<VaultKey, usize>>>);

/// A stream that is open until this is dropped.
struct Open {
    streams: Streams,
    session: VaultKey,
}

impl Streams {
    fn open(&self, session: VaultKey) -> Option<Open> {
        let mut counts = self.0.lock();
        let count = counts.entry(session).or_default();
        if *count >= MAX_OF_ONE_SESSION {
            return None;
        }
        *count += 1;
        Some(Open {
            streams: self.clone(),
            session,
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut counts = self.streams.0.lock();
        if let Some(count) = counts.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.session);
            }
        }
    }
}

/// The answer to a request for a stream of events.
pub(super) async fn answer(
    streams: &Streams,
    context: RequestContext,
    action: Action,
    open: &'static Load<Events>,
) -> Response {
    let events = match guard::load(context.clone(), action, open).await {
        Ok(events) => events,
        Err(error) => return refused(&context, &error),
    };
    let Some(principal) = context.principal.clone() else {
        return Sse::new(events.map(sse_event).map(Ok::<_, Infallible>)).into_response();
    };
    let Some(place) = streams.open(principal.session_key()) else {
        let error = PortalError::new(
            ErrorKind::TooManyRequests,
            "Too many pages of this session follow something.",
        )
        .with_detail("Close some of them, then reload this page.")
        .with_retry_after(RETRY_AFTER);
        return refused(&context, &error);
    };
    let gate = context.gate.clone();
    let end = async move { gate.session_end(&principal).await };
    let events = events.take_until(Box::pin(end)).map(move |event| {
        // Counted as long as the stream lives.
        let _ = &place;
        Ok::<_, Infallible>(sse_event(event))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

fn sse_event(Event { name, json }: Event) -> sse::Event {
    sse::Event::default().event(name).data(json)
}
