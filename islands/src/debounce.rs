//! Questions that are asked while somebody types: each waits for a pause, and only the newest is heard.

use std::{cell::Cell, future::Future, rc::Rc, time::Duration};

use js_sys::futures::spawn_local;
use leptos::prelude::set_timeout;

/// Counts the questions of one field.
#[derive(Clone, Default)]
pub struct Turns(Rc<Cell<u32>>);

/// One question of them.
pub struct Turn {
    turns: Turns,
    number: u32,
}

impl Turns {
    /// Asks after the pause, unless another question came by then.
    pub fn begin<F>(&self, pause: Duration, question: impl FnOnce(Turn) -> F + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        self.end();
        let turn = Turn {
            turns: self.clone(),
            number: self.0.get(),
        };
        set_timeout(
            move || {
                if turn.is_newest() {
                    spawn_local(question(turn));
                }
            },
            pause,
        );
    }

    /// Nobody waits for an answer any more.
    pub fn end(&self) {
        self.0.set(self.0.get().wrapping_add(1));
    }
}

impl Turn {
    /// Whether this is still what somebody wants to know.
    pub fn is_newest(&self) -> bool {
        self.turns.0.get() == self.number
    }
}
