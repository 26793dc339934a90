//! Locks by object: one read, merge, write and read back of an object at a time.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::OwnedMutexGuard;

/// The kind of an object and its id: `("group", "b020d984-…")`.
pub type LockKey = (&'static str, String);

/// One lock for each object that is being changed. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct KeyedLocks(Arc<Mutex<HashMap<LockKey, Arc<tokio::sync::Mutex<()>>>>>);

/// Holds the lock of one object until it is dropped.
#[derive(Debug)]
pub struct KeyedGuard {
    locks: KeyedLocks,
    key: LockKey,
    guard: Option<OwnedMutexGuard<()>>,
}

impl KeyedLocks {
    /// Waits until no other change of this object is under way, and keeps others out.
    ///
    /// Slow checks belong before the lock; what they saw is checked again inside.
    pub async fn lock(&self, key: LockKey) -> KeyedGuard {
        let lock = Arc::clone(self.0.lock().entry(key.clone()).or_default());
        KeyedGuard {
            guard: Some(lock.lock_owned().await),
            locks: self.clone(),
            key,
        }
    }
}

impl Drop for KeyedGuard {
    fn drop(&mut self) {
        let mut locks = self.locks.0.lock();
        self.guard = None;
        // The map holds one reference; others wait with one each.
        if locks
            .get(&self.key)
            .is_some_and(|lock| Arc::strong_count(lock) == 1)
        {
            locks.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_change_of_an_object_at_a_time() {
        let locks = KeyedLocks::default();
        let first = locks.lock(("group", "1".to_owned())).await;
        assert!(
            locks.lock(("group", "1".to_owned())).now_or_never().is_none(),
            "the same object waits"
        );
        assert!(
            locks.lock(("group", "2".to_owned())).now_or_never().is_some(),
            "another does not"
        );
        assert!(
            locks.lock(("role", "1".to_owned())).now_or_never().is_some(),
            "another kind does not"
        );
        drop(first);
        assert!(locks.lock(("group", "1".to_owned())).now_or_never().is_some());
    }

    #[tokio::test]
    async fn locks_are_forgotten_when_they_are_free() {
        let locks = KeyedLocks::default();
        let first = locks.lock(("group", "1".to_owned())).await;
        // A waiter that gives up leaves the lock to the others.
        assert!(locks.lock(("group", "1".to_owned())).now_or_never().is_none());
        drop(first);
        drop(locks.lock(("group", "1".to_owned())).await);
        assert!(locks.0.lock().is_empty());
    }
}
