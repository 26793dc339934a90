//! Requests made while the user types: each waits for a pause, and only the latest one counts.

use std::{cell::Cell, future::Future, rc::Rc, time::Duration};

use js_sys::futures::spawn_local;
use leptos::prelude::set_timeout;

/// Numbers the requests of one field, so that a later one replaces an earlier one.
#[derive(Clone, Default)]
pub struct LatestOnly(Rc<Cell<u32>>);

/// Identifies one request.
pub struct Ticket {
    requests: LatestOnly,
    number: u32,
}

impl LatestOnly {
    /// Runs `request` after the pause, unless another one is scheduled or all are cancelled by then.
    pub fn schedule<F>(&self, pause: Duration, request: impl FnOnce(Ticket) -> F + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        self.cancel();
        let ticket = Ticket {
            requests: self.clone(),
            number: self.0.get(),
        };
        set_timeout(
            move || {
                if ticket.is_latest() {
                    spawn_local(request(ticket));
                }
            },
            pause,
        );
    }

    /// Drops the scheduled request, and makes the ticket of a running one outdated.
    pub fn cancel(&self) {
        self.0.set(self.0.get().wrapping_add(1));
    }
}

impl Ticket {
    /// Whether no later request has replaced this one.
    pub fn is_latest(&self) -> bool {
        self.requests.0.get() == self.number
    }
}
