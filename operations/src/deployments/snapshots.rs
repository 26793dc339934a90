//! What this portal deployed last to each data store, in memory: the cluster does not say which rules are in force.

use std::collections::BTreeMap;

use gate::Clock;
use jiff::Timestamp;
use parking_lot::Mutex;
use protegrity::pim::DataStoreUid;

use super::{Assignment, Deployed, Rules};

/// The last deployment to a data store that was read back as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// When it was read back.
    pub at: Timestamp,
    /// The user name of the person who deployed.
    pub by: String,
    /// What was deployed.
    pub assignment: Assignment,
    /// The rules of the policies, as they were configured then.
    pub rules: Rules,
}

/// The snapshots, by store.
pub struct Snapshots {
    by_store: Mutex<BTreeMap<DataStoreUid, Snapshot>>,
    clock: Clock,
}

impl Snapshots {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            by_store: Mutex::default(),
            clock,
        }
    }

    pub(super) fn put(&self, store: &DataStoreUid, by: &str, assignment: Assignment, rules: Rules) {
        let snapshot = Snapshot {
            at: self.clock.now(),
            by: by.to_owned(),
            assignment,
            rules,
        };
        self.by_store.lock().insert(store.clone(), snapshot);
    }

    /// Drops the snapshot of a store of which it is not known what it has.
    pub(super) fn forget(&self, store: &DataStoreUid) {
        self.by_store.lock().remove(store);
    }

    /// The snapshot of a store.
    pub fn get(&self, store: &DataStoreUid) -> Option<Snapshot> {
        self.by_store.lock().get(store).cloned()
    }

    /// The snapshot of a store that is known to have something else now: it was deployed to by other means.
    pub fn drift(&self, store: &DataStoreUid, now: &Deployed) -> Option<Snapshot> {
        let snapshot = self.get(store)?;
        (!now.is_incomplete() && !now.is(&snapshot.assignment)).then_some(snapshot)
    }
}

#[cfg(test)]
mod tests {
    use gate::ManualClock;

    use super::*;

    #[test]
    fn a_store_that_has_something_else_has_drifted() {
        let snapshots = Snapshots::new(ManualClock::starting_now().into());
        let store = DataStoreUid::from("1");
        assert_eq!(snapshots.drift(&store, &Deployed::nothing()), None);
        let cards = Assignment {
            policies: ["p".into()].into(),
            ..Assignment::default()
        };
        snapshots.put(&store, "officer", cards.clone(), Rules::new());
        assert_eq!(snapshots.drift(&store, &Deployed::from(&cards)), None);
        assert_eq!(
            snapshots.drift(&store, &Deployed::default()),
            None,
            "what is not known is no drift"
        );
        let drift = snapshots.drift(&store, &Deployed::nothing());
        assert_eq!(drift.map(|snapshot| snapshot.by), Some("officer".to_owned()));
        snapshots.forget(&store);
        assert_eq!(snapshots.get(&store), None);
    }
}
