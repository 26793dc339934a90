//! The order in which stores are deployed: an application belongs to one store (notes on the reference, section 3), so
//! the store that gives it up comes before the one that gets it.

use std::collections::BTreeMap;

use protegrity::pim::{ApplicationUid, DataStoreUid};

use super::{Deployed, StoreDeployment};

/// The stores in an order that the cluster can carry out, otherwise as they were composed.
///
/// # Errors
/// The stores that wait for each other.
pub(super) fn ordered(
    mut waiting: Vec<StoreDeployment>,
    now: &BTreeMap<DataStoreUid, Deployed>,
) -> Result<Vec<StoreDeployment>, Vec<StoreDeployment>> {
    let holds = |store: &StoreDeployment, application: &ApplicationUid| {
        let has = now.get(&store.uid).and_then(|has| has.applications.as_ref());
        has.is_some_and(|has| has.contains(application))
    };
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_free = |store: &StoreDeployment| {
            let mut others = waiting.iter().filter(|other| other.uid != store.uid);
            others.all(|other| {
                store
                    .wanted
                    .applications
                    .iter()
                    .all(|wanted| !holds(other, wanted))
            })
        };
        let Some(next) = waiting.iter().position(is_free) else {
            return Err(waiting);
        };
        ordered.push(waiting.remove(next));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{collection::btree_set, prelude::*};

    use super::*;
    use crate::deployments::Assignment;

    fn store(uid: &str, applications: &[&str]) -> StoreDeployment {
        StoreDeployment {
            uid: uid.into(),
            name: uid.to_owned(),
            wanted: Assignment {
                applications: applications.iter().map(|uid| (*uid).into()).collect(),
                ..Assignment::default()
            },
        }
    }

    fn now(stores: &[(&str, &[&str])]) -> BTreeMap<DataStoreUid, Deployed> {
        let stores = stores.iter();
        let has = |applications: &[&str]| Deployed::from(&store("", applications).wanted);
        stores
            .map(|(uid, has_now)| ((*uid).into(), has(has_now)))
            .collect()
    }

    fn uids(stores: &[StoreDeployment]) -> Vec<&str> {
        stores.iter().map(|store| store.uid.as_str()).collect()
    }

    #[test]
    fn a_store_that_gives_an_application_comes_before_the_one_that_gets_it() {
        let now = now(&[("a", &[]), ("b", &["x"]), ("c", &["y"])]);
        let composed = vec![store("a", &["x"]), store("b", &["y"]), store("c", &[])];
        assert_eq!(uids(&ordered(composed, &now).expect("an order")), ["c", "b", "a"]);
    }

    #[test]
    fn stores_that_swap_applications_have_no_order() {
        let now = now(&[("a", &["x"]), ("b", &["y"]), ("c", &[])]);
        let composed = vec![store("a", &["y"]), store("b", &["x"]), store("c", &[])];
        assert_eq!(uids(&ordered(composed, &now).expect_err("none")), ["a", "b"]);
    }

    proptest! {
        #[test]
        fn no_store_gets_what_a_later_one_has(
            has in [btree_set(0..3_u8, 0..3), btree_set(3..6_u8, 0..3), btree_set(6..9_u8, 0..3)],
            wants in [btree_set(0..3_u8, 0..3), btree_set(3..6_u8, 0..3), btree_set(6..9_u8, 0..3)],
            turn in 0..3_usize,
        ) {
            let names = ["a", "b", "c"];
            let uids = |numbers: &BTreeSet<u8>| numbers.iter().map(|uid| uid.to_string().into()).collect();
            let mut now = BTreeMap::new();
            let mut composed = Vec::new();
            for place in 0..3 {
                let wanted = Assignment { applications: uids(&wants[(place + turn) % 3]), ..Assignment::default() };
                composed.push(StoreDeployment { wanted, ..store(names[place], &[]) });
                let has = Assignment { applications: uids(&has[place]), ..Assignment::default() };
                now.insert(names[place].into(), Deployed::from(&has));
            }
            let count = composed.len();
            if let Ok(ordered) = ordered(composed, &now) {
                prop_assert_eq!(ordered.len(), count);
                for (place, store) in ordered.iter().enumerate() {
                    for later in &ordered[place + 1..] {
                        let held = now[&later.uid].applications.as_ref().expect("known");
                        prop_assert!(held.is_disjoint(&store.wanted.applications));
                    }
                }
            }
        }
    }
}
