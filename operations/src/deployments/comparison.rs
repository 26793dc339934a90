//! The difference between what all data stores have at one time and at another.

use std::collections::BTreeSet;

use protegrity::pim::{ApplicationUid, DataStoreUid, PolicyUid};

use super::{Access, Difference, Moment, RuleChange, access, rule_changes};

/// What differs on one data store.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreComparison {
    /// The store.
    pub uid: DataStoreUid,
    /// The policies; `None` where those of the later time are not known.
    pub policies: Option<Difference<PolicyUid>>,
    /// The trusted applications; `None` where those of the later time are not known.
    pub applications: Option<Difference<ApplicationUid>>,
    /// The access that roles gain and lose; `None` where the rules of one time are not known.
    pub access: Option<Difference<Access>>,
    /// The rules that differ, of the policies that are there at both times; `None` where they are not known at one.
    pub rules: Option<Vec<(PolicyUid, Vec<RuleChange>)>>,
}

impl StoreComparison {
    /// Whether everything is known, and the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.has_same_assignment()
            && is_none(self.access.as_ref())
            && self.rules.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether the policies and the trusted applications are known, and the same.
    #[must_use]
    pub fn has_same_assignment(&self) -> bool {
        is_none(self.policies.as_ref()) && is_none(self.applications.as_ref())
    }
}

fn is_none<T: Ord + Clone>(difference: Option<&Difference<T>>) -> bool {
    difference.is_some_and(Difference::is_none)
}

/// Compares what every store has, those first that the cluster lists first.
#[must_use]
pub fn compare(before: &Moment, after: &Moment) -> Vec<StoreComparison> {
    let stores: BTreeSet<_> = before.deployed.keys().chain(after.deployed.keys()).collect();
    let stores = stores.into_iter();
    stores.map(|store| compare_store(store, before, after)).collect()
}

fn compare_store(store: &DataStoreUid, before: &Moment, after: &Moment) -> StoreComparison {
    let (had, has) = (before.deployed_to(store), after.deployed_to(store));
    let rules = before.rules_of(store).zip(after.rules_of(store));
    let policies = had.policies.as_ref().zip(has.policies.as_ref());
    let access = policies
        .zip(rules)
        .and_then(|((had, has), (rules_before, rules_after))| {
            let (before, after) = (access(had, rules_before)?, access(has, rules_after)?);
            Some(Difference::between(Some(&before), &after))
        });
    let rules = policies
        .zip(rules)
        .and_then(|((had, has), (rules_before, rules_after))| {
            let changes = had.intersection(has).map(|policy| {
                let changes = rule_changes(rules_before.get(policy)?, rules_after.get(policy)?);
                Some((policy.clone(), changes))
            });
            let changes: Option<Vec<_>> = changes.collect();
            Some(
                changes?
                    .into_iter()
                    .filter(|(_, changes)| !changes.is_empty())
                    .collect(),
            )
        });
    let applications = has.applications.as_ref();
    StoreComparison {
        uid: store.clone(),
        policies: has
            .policies
            .as_ref()
            .map(|has| Difference::between(had.policies.as_ref(), has)),
        applications: applications.map(|has| Difference::between(had.applications.as_ref(), has)),
        access,
        rules,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use proptest::{collection::btree_set, option, prelude::*};

    use super::{
        super::{Assignment, Deployed, Snapshot, access::tests::rules},
        *,
    };

    prop_compose! {
        fn moment()(
            policies in option::of(btree_set("[pq]", 0..3)),
            p in rules(),
            q in rules(),
            is_known in any::<bool>(),
        ) -> Moment {
            let policies = policies.map(|all| all.iter().map(|uid| uid.as_str().into()).collect::<BTreeSet<PolicyUid>>());
            let deployed = Deployed { policies: policies.clone(), applications: Some(BTreeSet::new()) };
            let snapshot = is_known.then(|| Snapshot {
                deployment: "1".into(),
                at: Timestamp::UNIX_EPOCH,
                by: "officer".to_owned(),
                assignment: Assignment { policies: policies.unwrap_or_default(), ..Assignment::default() },
                rules: Arc::new([("p".into(), p), ("q".into(), q)].into()),
            });
            Moment {
                deployed: [("1".into(), deployed)].into(),
                snapshots: snapshot.map(|snapshot| ("1".into(), snapshot)).into_iter().collect(),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_said_to_be_the_same_gives_the_same_access(before in moment(), after in moment()) {
            let store = DataStoreUid::from("1");
            let [compared] = compare(&before, &after).try_into().expect("one store");
            let given = |moment: &Moment| {
                let policies = moment.deployed_to(&store).policies?;
                access(&policies, moment.rules_of(&store)?)
            };
            let same = given(&before).is_some() && given(&before) == given(&after);
            if compared.is_same() {
                prop_assert!(same);
            }
            match compared.access {
                Some(difference) => prop_assert_eq!(Some(difference.apply(given(&before).as_ref())), given(&after)),
                None => prop_assert!(given(&before).is_none() || given(&after).is_none()),
            }
        }

        #[test]
        fn a_moment_is_the_same_as_itself_where_it_is_known(moment in moment()) {
            let [compared] = compare(&moment, &moment).try_into().expect("one store");
            let is_known = moment.rules_of(&"1".into()).is_some();
            prop_assert_eq!(compared.is_same(), is_known);
        }
    }
}
