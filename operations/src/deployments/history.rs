//! The deployments that were made from here: what each data store had before and afterwards.
//!
//! The cluster says which policies a data store has, and not with which rules. What this portal deployed, it keeps.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use gate::{Clock, Operation};
use jiff::Timestamp;
use parking_lot::Mutex;
use protegrity::pim::{DataStoreUid, PolicyUid};
use serde::{Deserialize, Serialize};

use super::{Approved, Assignment, Deployed, Names, Rules, StoreState};
use crate::{
    Error,
    jobs::JobId,
    store::{StoreError, stored},
};

/// How many deployments are kept.
const MAX_KEPT: usize = 100;

/// A deployment that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeploymentRecord {
    /// The id of its job.
    pub id: JobId,
    /// When it was read back.
    pub at: Timestamp,
    /// The user name of the person with whose tokens it was made.
    pub by: String,
    /// Its approval, where one person asked for it and another gave it.
    pub approved: Option<Approved>,
    /// Why it was made.
    pub reason: String,
    /// The stores that it was for, in its order.
    pub stores: Vec<StoreRecord>,
    /// The names that everything had.
    pub names: Names,
    /// What all stores had when it began.
    pub before: Moment,
    /// What all stores had when it was over.
    pub after: Moment,
}

/// What came of a deployment to one data store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreRecord {
    /// The store.
    pub uid: DataStoreUid,
    /// What it was to have.
    pub wanted: Assignment,
    /// Whether it had that when the deployment was over.
    pub state: StoreState,
}

/// What all data stores have at one time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// What each has, as the cluster says it.
    pub deployed: BTreeMap<DataStoreUid, Deployed>,
    /// What this portal deployed last to each, where it is known that it took effect.
    pub snapshots: BTreeMap<DataStoreUid, Snapshot>,
}

/// The last deployment to a data store that was read back as it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The deployment.
    pub deployment: JobId,
    /// When it was read back.
    pub at: Timestamp,
    /// The user name of the person who deployed.
    pub by: String,
    /// What was deployed.
    pub assignment: Assignment,
    /// The rules of the policies, as they were configured then.
    pub rules: Arc<Rules>,
}

/// What a deployment that is over says of itself.
pub(super) struct Finished {
    pub id: JobId,
    pub by: String,
    pub approved: Option<Approved>,
    pub reason: String,
    pub names: Names,
    pub before: BTreeMap<DataStoreUid, Deployed>,
    pub after: BTreeMap<DataStoreUid, Deployed>,
    /// The stores, and whether something was sent to each that the cluster accepted.
    pub stores: Vec<(StoreRecord, bool)>,
    /// The rules with which the stores were deployed.
    pub rules: Rules,
}

impl DeploymentRecord {
    fn new(finished: Finished, at: Timestamp, before: &BTreeMap<DataStoreUid, Snapshot>) -> Self {
        let Finished {
            id,
            by,
            approved,
            reason,
            names,
            stores,
            rules,
            ..
        } = finished;
        let rules = Arc::new(rules);
        let mut snapshots = before.clone();
        for (store, is_sent) in &stores {
            match (store.state, is_sent) {
                (StoreState::AsWanted, true) => {
                    let snapshot = Snapshot {
                        deployment: id.clone(),
                        at,
                        by: by.clone(),
                        assignment: store.wanted.clone(),
                        rules: Arc::clone(&rules),
                    };
                    snapshots.insert(store.uid.clone(), snapshot);
                }
                (StoreState::Unchanged, false) => {}
                // What it has, or with which rules, is not known.
                _ => {
                    snapshots.remove(&store.uid);
                }
            }
        }
        Self {
            id,
            at,
            by,
            approved,
            reason,
            names,
            stores: stores.into_iter().map(|(store, _)| store).collect(),
            before: Moment {
                deployed: finished.before,
                snapshots: before.clone(),
            },
            after: Moment {
                deployed: finished.after,
                snapshots,
            },
        }
    }
}

impl Moment {
    /// What a store has; nothing is known of one that is not listed.
    #[must_use]
    pub fn deployed_to(&self, store: &DataStoreUid) -> Deployed {
        self.deployed.get(store).cloned().unwrap_or_default()
    }

    /// With which rules a store has what it has, where that is what this portal deployed.
    #[must_use]
    pub fn rules_of(&self, store: &DataStoreUid) -> Option<&Rules> {
        let snapshot = self.snapshots.get(store)?;
        let is_there = self.deployed_to(store).is(&snapshot.assignment);
        is_there.then_some(&*snapshot.rules)
    }
}

impl Snapshot {
    /// Whether a store that has this now is known to have something else than was deployed.
    #[must_use]
    pub fn is_drift(&self, now: &Deployed) -> bool {
        !now.is_incomplete() && !now.is(&self.assignment)
    }
}

/// Where deployments are kept.
#[async_trait]
pub trait DeploymentStore: Send + Sync + 'static {
    /// Adds one.
    async fn add(&self, deployment: Arc<DeploymentRecord>) -> Result<(), StoreError>;

    /// All that are kept, the newest first.
    async fn all(&self) -> Result<Vec<Arc<DeploymentRecord>>, StoreError>;
}

/// Deployments in memory, the oldest first.
#[derive(Debug, Default)]
pub struct MemoryDeploymentStore(Mutex<Vec<Arc<DeploymentRecord>>>);

#[async_trait]
impl DeploymentStore for MemoryDeploymentStore {
    async fn add(&self, deployment: Arc<DeploymentRecord>) -> Result<(), StoreError> {
        let mut all = self.0.lock();
        let surplus = (all.len() + 1).saturating_sub(MAX_KEPT);
        all.drain(..surplus);
        all.push(deployment);
        Ok(())
    }

    async fn all(&self) -> Result<Vec<Arc<DeploymentRecord>>, StoreError> {
        Ok(self.0.lock().iter().rev().cloned().collect())
    }
}

/// The deployments that were made from here.
pub struct Deployments {
    store: Arc<dyn DeploymentStore>,
    clock: Clock,
    /// Held while one is added: it takes over what the one before knew.
    adding: tokio::sync::Mutex<()>,
}

impl Deployments {
    /// Deployments that are kept in this store.
    pub fn new(clock: Clock, store: Arc<dyn DeploymentStore>) -> Self {
        Self {
            store,
            clock,
            adding: tokio::sync::Mutex::default(),
        }
    }

    /// The time now.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What is kept.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn history(&self, operation: &Operation) -> Result<History, Error> {
        Ok(History(stored(operation, self.store.all().await)?))
    }

    /// Keeps a deployment that is over.
    pub(super) async fn add(&self, finished: Finished) -> Result<(), StoreError> {
        let _adding = self.adding.lock().await;
        let history = History(self.store.all().await?);
        let record = DeploymentRecord::new(finished, self.clock.now(), &history.snapshots());
        self.store.add(Arc::new(record)).await
    }
}

/// Deployments, the newest first.
#[derive(Clone, Debug, Default)]
pub struct History(pub Vec<Arc<DeploymentRecord>>);

impl History {
    /// One deployment.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn find(&self, id: &str) -> Result<&Arc<DeploymentRecord>, Error> {
        let found = self.0.iter().find(|deployment| deployment.id.as_str() == id);
        found.ok_or_else(|| {
            let title = format!(
                "This deployment is not in the history, which keeps the last {MAX_KEPT} of this portal."
            );
            Error::NotFound(title)
        })
    }

    fn snapshots(&self) -> BTreeMap<DataStoreUid, Snapshot> {
        let newest = self.0.first();
        newest
            .map(|newest| newest.after.snapshots.clone())
            .unwrap_or_default()
    }

    /// What was deployed last to a store.
    #[must_use]
    pub fn snapshot(&self, store: &DataStoreUid) -> Option<&Snapshot> {
        self.0.first()?.after.snapshots.get(store)
    }

    /// The snapshot of a store that is known to have something else now: it was deployed to by other means.
    #[must_use]
    pub fn drift(&self, store: &DataStoreUid, now: &Deployed) -> Option<&Snapshot> {
        self.snapshot(store).filter(|snapshot| snapshot.is_drift(now))
    }

    /// The last deployment of a policy that took effect, to whichever store.
    #[must_use]
    pub fn last_of(&self, policy: &PolicyUid) -> Option<&Snapshot> {
        let made = self.0.iter().flat_map(|deployment| {
            let snapshots = deployment.after.snapshots.values();
            snapshots.filter(|snapshot| snapshot.deployment == deployment.id)
        });
        let mut made = made.filter(|snapshot| snapshot.assignment.policies.contains(policy));
        made.find(|snapshot| snapshot.rules.contains_key(policy))
    }
}

#[cfg(test)]
mod tests {
    use protegrity::pim::Operations;

    use super::{super::access::tests::rule, *};

    fn has(policies: &[&str]) -> Assignment {
        Assignment {
            policies: policies.iter().map(|uid| (*uid).into()).collect(),
            ..Assignment::default()
        }
    }

    /// A deployment of these policies to the store `1`, which had nothing.
    fn finished(id: &str, policies: &[&str], state: StoreState, is_sent: bool) -> Finished {
        let wanted = has(policies);
        let all = [rule("a", "x", None, Some(Operations::ALL))];
        Finished {
            id: id.into(),
            by: "officer".to_owned(),
            approved: None,
            reason: "a test".to_owned(),
            names: Names::default(),
            before: [("1".into(), Deployed::nothing())].into(),
            after: [("1".into(), Deployed::from(&wanted))].into(),
            rules: wanted
                .policies
                .iter()
                .map(|uid| (uid.clone(), all.to_vec()))
                .collect(),
            stores: vec![(
                StoreRecord {
                    uid: "1".into(),
                    wanted,
                    state,
                },
                is_sent,
            )],
        }
    }

    fn history(all: Vec<Finished>) -> History {
        let mut history = History::default();
        for one in all {
            let record = DeploymentRecord::new(one, Timestamp::UNIX_EPOCH, &history.snapshots());
            history.0.insert(0, Arc::new(record));
        }
        history
    }

    #[test]
    fn a_store_that_has_something_else_has_drifted() {
        let store = DataStoreUid::from("1");
        assert_eq!(History::default().drift(&store, &Deployed::nothing()), None);
        let history = history(vec![finished("1", &["p"], StoreState::AsWanted, true)]);
        assert_eq!(history.drift(&store, &Deployed::from(&has(&["p"]))), None);
        let unknown = Deployed::default();
        assert_eq!(
            history.drift(&store, &unknown),
            None,
            "what is not known is no drift"
        );
        let drift = history.drift(&store, &Deployed::nothing());
        assert_eq!(drift.map(|snapshot| snapshot.by.as_str()), Some("officer"));
    }

    #[test]
    fn only_what_took_effect_is_known_of_a_store() {
        let check = |state, is_sent, expected: Option<&str>| {
            let all = vec![
                finished("1", &["p"], StoreState::AsWanted, true),
                finished("2", &["q"], state, is_sent),
            ];
            let history = history(all);
            let snapshot = history.snapshot(&"1".into());
            let of = snapshot.map(|snapshot| snapshot.deployment.as_str());
            assert_eq!(of, expected, "{state:?} {is_sent}");
        };
        check(StoreState::AsWanted, true, Some("2"));
        check(StoreState::Unchanged, false, Some("1"));
        check(StoreState::Unchanged, true, None);
        check(StoreState::Unknown, true, None);
        check(StoreState::Unknown, false, None);
        check(StoreState::Other, true, None);
        check(StoreState::AsWanted, false, None);
    }

    #[test]
    fn the_last_deployment_of_a_policy_is_found_behind_others() {
        let history = history(vec![
            finished("1", &["p"], StoreState::AsWanted, true),
            finished("2", &["q"], StoreState::AsWanted, true),
            finished("3", &["p"], StoreState::Unknown, true),
        ]);
        let last = |policy: &str| {
            let snapshot = history.last_of(&policy.into());
            snapshot.map(|snapshot| snapshot.deployment.to_string())
        };
        assert_eq!(last("p"), Some("1".to_owned()));
        assert_eq!(last("q"), Some("2".to_owned()));
        assert_eq!(last("r"), None);
    }

    #[test]
    fn rules_are_known_of_what_is_there_alone() {
        let history = history(vec![finished("1", &["p"], StoreState::AsWanted, true)]);
        let mut moment = history.0[0].after.clone();
        assert!(moment.rules_of(&"1".into()).is_some());
        moment.deployed.insert("1".into(), Deployed::nothing());
        assert_eq!(moment.rules_of(&"1".into()), None);
    }

    #[test]
    fn a_deployment_is_stored_and_read_again() {
        let history = history(vec![finished("1", &["p"], StoreState::AsWanted, true)]);
        let stored = serde_json::to_string(&*history.0[0]).expect("JSON");
        let read: DeploymentRecord = serde_json::from_str(&stored).expect("a deployment");
        assert_eq!(read, *history.0[0]);
    }

    #[tokio::test]
    async fn the_oldest_deployments_go() {
        let store = MemoryDeploymentStore::default();
        let history = history(vec![finished("1", &["p"], StoreState::AsWanted, true)]);
        for number in 0..=MAX_KEPT {
            let id = JobId::from(number.to_string().as_str());
            let record = DeploymentRecord {
                id,
                ..(*history.0[0]).clone()
            };
            store.add(Arc::new(record)).await.expect("it is kept");
        }
        let all = store.all().await.expect("all");
        assert_eq!(
            (all.len(), all[0].id.as_str(), all[99].id.as_str()),
            (100, "100", "1")
        );
    }
}
