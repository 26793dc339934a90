//! Since when a system has not answered, for pages that have to do without it.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use parking_lot::Mutex;
use protegrity::{Error, ErrorKind};

use crate::system::System;

/// The systems whose last call failed because of the system itself, each with the first failure since it last answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Availability(Arc<Mutex<BTreeMap<System, Timestamp>>>);

impl Availability {
    /// Notes the result of a call to this system.
    pub fn note<T>(&self, system: System, now: Timestamp, result: &Result<T, Error>) {
        match result.as_ref().err().map(Error::kind) {
            Some(ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Upstream) => {
                self.0.lock().entry(system).or_insert(now);
            }
            // Nothing was asked.
            Some(ErrorKind::NoToken(_)) => {}
            _ => {
                self.0.lock().remove(&system);
            }
        }
    }

    /// Since when this system has not answered; `None` where its last call was answered.
    pub fn failing_since(&self, system: System) -> Option<Timestamp> {
        self.0.lock().get(&system).copied()
    }
}
