//! Streams of events, guarded like pages.

use std::convert::Infallible;

use app::{
    answer::{Event, Events},
    context::RequestContext,
};
use axum::response::{
    IntoResponse, Response,
    sse::{self, KeepAlive, Sse},
};
use futures::StreamExt;
use gate::Action;

use super::{
    exports::refused,
    guard::{self, Load},
};

/// The answer to a request for a stream of events.
pub(super) async fn answer(context: RequestContext, action: Action, open: &'static Load<Events>) -> Response {
    match guard::load(context.clone(), action, open).await {
        Ok(events) => {
            let events = events.map(sse_event).map(Ok::<_, Infallible>);
            Sse::new(events).keep_alive(KeepAlive::default()).into_response()
        }
        Err(error) => refused(&context, &error),
    }
}

fn sse_event(Event { name, json }: Event) -> sse::Event {
    sse::Event::default().event(name).data(json)
}
