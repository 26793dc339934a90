//! The state that a review showed, compared with the state now.

use std::collections::BTreeMap;

use protegrity::pim::{DataStoreUid, PolicyUid, Rule};
use serde::{Deserialize, Serialize};

use super::{DeployStores, Deployed, Rules, StoreDeployment};
use crate::baseline::digest;

/// The state that a review showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reviewed {
    /// What each data store had.
    pub(super) deployed: BTreeMap<DataStoreUid, Deployed>,
    /// A digest of the rules of each policy that is deployed.
    pub(super) rules: BTreeMap<PolicyUid, String>,
}

/// A digest of the rules of each policy.
pub(super) fn digests(rules: &Rules) -> BTreeMap<PolicyUid, String> {
    let digest_of = |rules: &Vec<Rule>| {
        let mut rules: Vec<_> = rules.iter().map(|rule| (rule.key(), rule)).collect();
        rules.sort_by_key(|(key, _)| *key);
        digest(&rules)
    };
    rules
        .iter()
        .map(|(policy, rules)| (policy.clone(), digest_of(rules)))
        .collect()
}

impl DeployStores {
    /// Whether everything is as it was reviewed, apart from what this deployment itself has done.
    pub(super) fn is_still_reviewed(
        &self,
        deployed: &BTreeMap<DataStoreUid, Deployed>,
        rules: &Rules,
    ) -> bool {
        let is_done = |uid: &DataStoreUid, now: &Deployed| {
            let tried = self.tried.iter().find(|store| store.uid == *uid);
            tried.is_some_and(|store| now.is(&store.wanted))
        };
        let is_same_store = |(uid, now): (&DataStoreUid, &Deployed)| {
            self.reviewed.deployed.get(uid) == Some(now) || is_done(uid, now)
        };
        deployed.len() == self.reviewed.deployed.len()
            && deployed.iter().all(is_same_store)
            && self.are_rules_reviewed(rules)
    }

    /// Whether one store and the policies that it gets are as they were reviewed.
    pub(super) fn is_store_still_reviewed(
        &self,
        store: &StoreDeployment,
        now: &Deployed,
        rules: &Rules,
    ) -> bool {
        self.reviewed.deployed.get(&store.uid) == Some(now) && self.are_rules_reviewed(rules)
    }

    fn are_rules_reviewed(&self, rules: &Rules) -> bool {
        let mut digests = digests(rules).into_iter();
        digests.all(|(policy, digest)| self.reviewed.rules.get(&policy) == Some(&digest))
    }
}

#[cfg(test)]
mod tests {
    use protegrity::pim::Operations;

    use super::*;
    use crate::{
        deployments::{Assignment, access::tests::rule},
        jobs::Command,
    };

    fn has(policies: &[&str]) -> Assignment {
        Assignment {
            policies: policies.iter().map(|uid| (*uid).into()).collect(),
            ..Assignment::default()
        }
    }

    fn rules(access: Operations) -> Rules {
        [(
            "p".into(),
            vec![rule("a", "x", None, Some(access)), rule("b", "x", None, None)],
        )]
        .into()
    }

    fn state(stores: &[(&str, &[&str])]) -> BTreeMap<DataStoreUid, Deployed> {
        let stores = stores.iter();
        stores
            .map(|(uid, policies)| ((*uid).into(), Deployed::from(&has(policies))))
            .collect()
    }

    fn command() -> DeployStores {
        let store = |uid: &str| StoreDeployment {
            uid: uid.into(),
            name: uid.to_owned(),
            wanted: has(&["p"]),
        };
        DeployStores {
            reason: "a test".to_owned(),
            stores: vec![store("1"), store("2")],
            tried: Vec::new(),
            fingerprint: String::new(),
            requested_by: None,
            reviewed: Reviewed {
                deployed: state(&[("1", &[]), ("2", &["q"]), ("3", &[])]),
                rules: digests(&rules(Operations::ALL)),
            },
        }
    }

    #[test]
    fn a_state_that_has_changed_is_not_the_reviewed_one() {
        let check = |stores: &[(&str, &[&str])], access, expected: bool| {
            let is_reviewed = command().is_still_reviewed(&state(stores), &rules(access));
            assert_eq!(is_reviewed, expected, "{stores:?}");
        };
        check(&[("1", &[]), ("2", &["q"]), ("3", &[])], Operations::ALL, true);
        check(&[("1", &[]), ("2", &["q"]), ("3", &[])], Operations::NONE, false);
        check(
            &[("1", &[]), ("2", &["q"]), ("3", &["q"])],
            Operations::ALL,
            false,
        );
        check(
            &[("1", &["p"]), ("2", &["q"]), ("3", &[])],
            Operations::ALL,
            false,
        );
        check(&[("1", &[]), ("2", &["q"])], Operations::ALL, false);
        check(
            &[("1", &[]), ("2", &["q"]), ("3", &[]), ("4", &[])],
            Operations::ALL,
            false,
        );
    }

    #[test]
    fn what_the_deployment_has_done_itself_does_not_stop_its_second_try() {
        let second = command().only(&[1]);
        assert_eq!((second.stores.len(), second.tried.len()), (1, 1));
        let all = rules(Operations::ALL);
        let done = state(&[("1", &["p"]), ("2", &["q"]), ("3", &[])]);
        assert!(second.is_still_reviewed(&done, &all));
        let not_done = state(&[("1", &[]), ("2", &["q"]), ("3", &[])]);
        assert!(second.is_still_reviewed(&not_done, &all));
        let other = state(&[("1", &["r"]), ("2", &["q"]), ("3", &[])]);
        assert!(!second.is_still_reviewed(&other, &all));
    }

    #[test]
    fn a_deployment_is_stored_and_read_again() {
        let command = Command::Deploy(command().only(&[0]));
        let stored = serde_json::to_string(&command).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Command>(&stored).expect("a command"),
            command
        );
        assert_eq!(command.title(), "Deploy to 1");
    }

    #[test]
    fn the_order_of_rules_does_not_count() {
        let one = rules(Operations::ALL);
        let mut other = one.clone();
        for rules in other.values_mut() {
            rules.reverse();
        }
        assert_eq!(digests(&one), digests(&other));
        assert_ne!(digests(&one), digests(&rules(Operations::NONE)));
    }
}
