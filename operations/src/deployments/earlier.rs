//! What a data store had once, for a deployment that brings it back.

use std::collections::{BTreeMap, BTreeSet};

use gate::Operation;
use protegrity::pim::{DataStoreUid, PolicyUid};

use super::{
    Assignment, DeploymentRecord, Moment, RuleChange, Rules, State, review::read_rules, rule_changes,
};
use crate::Error;

/// What the data stores of an earlier deployment had, as far as it can be deployed again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Earlier {
    /// What each store had, of what the cluster still lists.
    pub stores: BTreeMap<DataStoreUid, Assignment>,
    /// The names of stores, policies and trusted applications that the cluster does not list any more.
    pub gone: BTreeSet<String>,
    /// The names of stores of which it is not known what they had.
    pub unknown: BTreeSet<String>,
    /// The policies whose rules are others now, and how: a deployment takes the present rules.
    pub changed: Vec<(PolicyUid, Vec<RuleChange>)>,
    /// The policies of which it is not known with which rules they were deployed.
    pub unknown_rules: BTreeSet<PolicyUid>,
}

/// What the stores of a deployment had at this moment of it.
///
/// # Errors
/// The cluster's error for the rules of a policy.
pub async fn earlier(
    operation: &Operation,
    state: &State,
    deployment: &DeploymentRecord,
    moment: &Moment,
) -> Result<Earlier, Error> {
    let mut earlier = assignments(state, deployment, moment);
    let policies: BTreeSet<_> = earlier
        .stores
        .values()
        .flat_map(|had| had.policies.clone())
        .collect();
    let now = read_rules(operation, &state.names(), policies).await?;
    earlier.compare_rules(moment, &now);
    Ok(earlier)
}

fn assignments(state: &State, deployment: &DeploymentRecord, moment: &Moment) -> Earlier {
    let mut earlier = Earlier::default();
    let (now, then) = (state.names(), &deployment.names);
    for store in &deployment.stores {
        let had = moment.deployed_to(&store.uid);
        if !now.data_stores.contains_key(&store.uid) {
            earlier.gone.insert(then.data_store(&store.uid));
            continue;
        }
        let (Some(policies), Some(applications)) = (had.policies, had.applications) else {
            earlier.unknown.insert(then.data_store(&store.uid));
            continue;
        };
        let (policies, gone): (_, BTreeSet<_>) = policies
            .into_iter()
            .partition(|uid| now.policies.contains_key(uid));
        earlier.gone.extend(then.all_policies(&gone));
        let (applications, gone): (_, BTreeSet<_>) = applications
            .into_iter()
            .partition(|uid| now.applications.contains_key(uid));
        earlier.gone.extend(then.all_applications(&gone));
        let assignment = Assignment {
            policies,
            applications,
        };
        earlier.stores.insert(store.uid.clone(), assignment);
    }
    earlier
}

impl Earlier {
    fn compare_rules(&mut self, moment: &Moment, now: &Rules) {
        for (store, had) in &self.stores {
            let then = moment.rules_of(store);
            for policy in &had.policies {
                let both = then.and_then(|then| then.get(policy)).zip(now.get(policy));
                let Some((then, now)) = both else {
                    self.unknown_rules.insert(policy.clone());
                    continue;
                };
                let changes = rule_changes(then, now);
                let change = (policy.clone(), changes);
                if !change.1.is_empty() && !self.changed.contains(&change) {
                    self.changed.push(change);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use protegrity::pim::{DataStore, Policy};

    use super::{
        super::{Deployed, Names, Snapshot, StoreRecord, StoreState, access::tests::rule},
        *,
    };

    fn had(policies: &[&str], applications: &[&str]) -> Assignment {
        Assignment {
            policies: policies.iter().map(|uid| (*uid).into()).collect(),
            applications: applications.iter().map(|uid| (*uid).into()).collect(),
        }
    }

    #[test]
    fn what_is_not_listed_any_more_is_named_and_left_out() {
        let state = State {
            data_stores: vec![DataStore {
                uid: "1".into(),
                name: "PROD".to_owned(),
                ..DataStore::default()
            }],
            policies: vec![Policy {
                uid: "p".into(),
                name: "CARDS".to_owned(),
                ..Policy::default()
            }],
            ..State::default()
        };
        let record = |uid: &str| StoreRecord {
            uid: uid.into(),
            wanted: Assignment::default(),
            state: StoreState::AsWanted,
        };
        let deployed = [
            ("1".into(), Deployed::from(&had(&["p", "q"], &["a"]))),
            ("2".into(), Deployed::nothing()),
        ];
        let snapshot = Snapshot {
            deployment: "1".into(),
            at: Timestamp::UNIX_EPOCH,
            by: "officer".to_owned(),
            assignment: had(&["p", "q"], &["a"]),
            rules: std::sync::Arc::new([("p".into(), vec![rule("r", "x", None, None)])].into()),
        };
        let moment = Moment {
            deployed: deployed.into(),
            snapshots: [("1".into(), snapshot)].into(),
        };
        let deployment = DeploymentRecord {
            id: "1".into(),
            at: Timestamp::UNIX_EPOCH,
            by: "officer".to_owned(),
            approved: None,
            reason: "a test".to_owned(),
            stores: ["1", "2"].map(record).into(),
            names: Names {
                policies: [("q".into(), "OLD".to_owned())].into(),
                ..Names::default()
            },
            before: Moment::default(),
            after: moment.clone(),
        };
        let mut earlier = assignments(&state, &deployment, &moment);
        assert_eq!(earlier.stores, [("1".into(), had(&["p"], &[]))].into());
        let gone = ["OLD", "uid 2", "uid a"].map(str::to_owned);
        assert_eq!(earlier.gone, gone.into());
        earlier.compare_rules(&moment, &[("p".into(), Vec::new())].into());
        assert_eq!((earlier.changed.len(), earlier.unknown_rules.len()), (1, 0));
        let unknown = assignments(&state, &deployment, &deployment.before);
        assert_eq!(unknown.stores, BTreeMap::new());
        assert_eq!(unknown.unknown, ["uid 1".to_owned()].into());
    }
}
