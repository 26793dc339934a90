//! The roles as each session sees them: the cluster may return a different list to each person (notes on the
//! reference, row 14), so no two sessions share one.

use std::{collections::HashMap, sync::Arc};

use gate::{Clock, Operation, OperationError, VaultKey};
use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use protegrity::Role;

use super::cache::FRESH;

/// The lists that are young enough.
pub(super) struct Roles {
    state: Mutex<State>,
    clock: Clock,
}

#[derive(Default)]
struct State {
    lists: HashMap<VaultKey, (Timestamp, Arc<Vec<Role>>)>,
    /// Grows when all lists are invalidated: a list that was asked for in an earlier generation is not kept.
    generation: u64,
}

impl Roles {
    pub fn new(clock: Clock) -> Self {
        Self {
            state: Mutex::default(),
            clock,
        }
    }

    pub async fn get(&self, operation: &Operation, refresh: bool) -> Result<Arc<Vec<Role>>, OperationError> {
        let key = operation.principal().session_key();
        let (kept, generation) = {
            let state = self.young();
            (state.lists.get(&key).cloned(), state.generation)
        };
        if let Some((_, roles)) = kept.filter(|_| !refresh) {
            return Ok(roles);
        }
        let asked_at = self.clock.now();
        let roles = operation.read(|cluster| async move { cluster.roles().await });
        let roles = Arc::new(roles.await?);
        let mut state = self.young();
        if state.generation == generation {
            state.lists.insert(key, (asked_at, Arc::clone(&roles)));
        }
        Ok(roles)
    }

    /// Drops every session's list.
    pub fn invalidate(&self) {
        let mut state = self.young();
        state.lists.clear();
        state.generation += 1;
    }

    /// Drops the lists that are too old.
    pub fn sweep(&self) {
        drop(self.young());
    }

    fn young(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock();
        let now = self.clock.now();
        state.lists.retain(|_, (at, _)| now.duration_since(*at) < FRESH);
        state
    }
}
