//! The roles as each session sees them: the cluster may give every person a list of their own (notes on the
//! reference, row 14), so no two sessions share one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use protegrity::Role;

use super::shared::FRESH;
use crate::{clock::Clock, error::GateError, passage::Passage, vault::VaultKey};

/// The lists that are young enough.
pub(super) struct Roles {
    state: Mutex<State>,
    clock: Clock,
}

#[derive(Default)]
struct State {
    lists: HashMap<VaultKey, (Timestamp, Arc<Vec<Role>>)>,
    /// How often all were dropped: a list that was asked for before that is not kept.
    drops: u64,
}

impl Roles {
    pub fn new(clock: Clock) -> Self {
        Self {
            state: Mutex::default(),
            clock,
        }
    }

    pub async fn get(&self, passage: &Passage, afresh: bool) -> Result<Arc<Vec<Role>>, GateError> {
        let key = passage.visitor().key;
        let (kept, drops) = {
            let state = self.young();
            (state.lists.get(&key).cloned(), state.drops)
        };
        if let Some((_, roles)) = kept.filter(|_| !afresh) {
            return Ok(roles);
        }
        let asked_at = self.clock.now();
        let roles = passage.read(|cluster| async move { cluster.roles().await });
        let roles = Arc::new(roles.await?);
        let mut state = self.young();
        if state.drops == drops {
            state.lists.insert(key, (asked_at, Arc::clone(&roles)));
        }
        Ok(roles)
    }

    /// Drops every session's list.
    pub fn forget(&self) {
        let mut state = self.young();
        state.lists.clear();
        state.drops += 1;
    }

    /// Drops the lists that are too old.
    pub fn sweep(&self) {
        drop(self.young());
    }

    fn young(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        state.lists.retain(|_, (at, _)| now.duration_since(*at) < FRESH);
        state
    }
}
