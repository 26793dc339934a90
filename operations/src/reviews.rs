//! Changes that wait for their review: the values of their forms, kept in memory for the account that sent them.

use std::collections::HashMap;

use gate::{Clock, Principal};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

/// How long a change waits.
const RETENTION: SignedDuration = SignedDuration::from_mins(30);

/// How many changes wait at most for one account. The oldest goes.
const MAX_OF_ONE_ACCOUNT: usize = 8;

/// Names and values of a form, in its order.
pub type FormValues = Vec<(&'static str, String)>;

/// The changes that wait.
pub struct Reviews {
    changes: Mutex<HashMap<Uuid, Waiting>>,
    clock: Clock,
}

struct Waiting {
    owner: String,
    values: FormValues,
    at: Timestamp,
}

impl Reviews {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            changes: Mutex::default(),
            clock,
        }
    }

    /// Keeps a change of this person, and returns the key that leads to it.
    pub fn keep(&self, principal: &Principal, values: FormValues) -> String {
        self.sweep();
        let owner = &principal.user_name;
        let mut changes = self.changes.lock();
        let own = || changes.iter().filter(|(_, waiting)| waiting.owner == *owner);
        if own().count() >= MAX_OF_ONE_ACCOUNT {
            let oldest = own().min_by_key(|(_, waiting)| waiting.at).map(|(key, _)| *key);
            oldest.and_then(|oldest| changes.remove(&oldest));
        }
        let key = Uuid::new_v4();
        let waiting = Waiting {
            owner: owner.clone(),
            values,
            at: self.clock.now(),
        };
        changes.insert(key, waiting);
        key.simple().to_string()
    }

    /// The change of this key, if it is this person's and has not waited too long.
    pub fn get(&self, principal: &Principal, key: &str) -> Option<FormValues> {
        self.sweep();
        let key = Uuid::try_parse(key).ok()?;
        let changes = self.changes.lock();
        let waiting = changes.get(&key)?;
        (waiting.owner == principal.user_name).then(|| waiting.values.clone())
    }

    /// Drops changes that have waited too long.
    pub(crate) fn sweep(&self) {
        let now = self.clock.now();
        let mut changes = self.changes.lock();
        changes.retain(|_, waiting| now.duration_since(waiting.at) < RETENTION);
    }
}
