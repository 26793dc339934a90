//! The clock, in one place, so that tests can move it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

/// Tells the time. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<ManualClock>);

impl Clock {
    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.0.as_ref().map_or_else(Timestamp::now, ManualClock::now)
    }
}

impl From<ManualClock> for Clock {
    fn from(manual: ManualClock) -> Self {
        Self(Some(manual))
    }
}

/// A clock that stands still until it is moved.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    /// A clock that stands at the time now.
    pub fn starting_now() -> Self {
        Self(Arc::new(Mutex::new(Timestamp::now())))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: SignedDuration) {
        *self.0.lock() += by;
    }

    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}
