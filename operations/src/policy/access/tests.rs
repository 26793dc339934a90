//! Tests of the effective access.

use proptest::prelude::*;
use protegrity::pim::{DeployedStore, Permission};

use super::*;

fn any_rule() -> impl Strategy<Value = Rule> {
    let mask = prop_oneof![Just(None), Just(Some("7")), Just(Some("8"))];
    let word = prop_oneof![
        Just(None),
        Just(Some(NoAccessOperation::Exception)),
        Just(Some(NoAccessOperation::ProtectedValue))
    ];
    let flags = proptest::option::weighted(0.9, any::<(bool, bool, bool)>());
    (0..3_u8, 0..3_u8, mask, word, flags).prop_map(|(role, element, mask, no_access_operation, flags)| Rule {
        role: role.to_string().into(),
        data_element: element.to_string().into(),
        mask: mask.map(Into::into),
        no_access_operation,
        permission: flags.map(|(protect, re_protect, un_protect)| Permission {
            access: Operations {
                protect,
                re_protect,
                un_protect,
            },
            audit: None,
        }),
        ..Rule::default()
    })
}

fn any_basis() -> impl Strategy<Value = AccessBasis> {
    let rules = proptest::collection::vec(proptest::collection::vec(any_rule(), 0..8), 3);
    let policies = proptest::option::weighted(0.8, proptest::sample::subsequence(vec!["0", "1", "2"], 0..3));
    let stores = proptest::collection::vec(policies, 0..3);
    (rules, proptest::option::weighted(0.8, stores)).prop_map(|(rules, stores)| {
        let rules = rules.into_iter().enumerate();
        let stores = stores.map(|stores| {
            let stores = stores.into_iter().enumerate();
            let stores = stores.map(|(uid, policies)| DeployedStore {
                data_store: uid.to_string().into(),
                policies: policies.map(|uids| uids.into_iter().map(Into::into).collect()),
                ..DeployedStore::default()
            });
            DeploymentInfo::Stores(stores.collect())
        });
        AccessBasis {
            rules: rules
                .map(|(uid, rules)| (uid.to_string().into(), rules))
                .collect(),
            deployed: stores,
            ..AccessBasis::default()
        }
    })
}

/// What a store's deployment gives to a role with a data element, asked rule by rule; nothing where none is about them.
fn naive(
    basis: &AccessBasis,
    policies: &[PolicyUid],
    role: u8,
    element: u8,
) -> Option<(Effective, Option<Operations>, Sight)> {
    let (role, element) = (role.to_string(), element.to_string());
    let mut rules = Vec::new();
    for policy in policies {
        for rule in &basis.rules[policy] {
            if rule.role.as_str() == role && rule.data_element.as_str() == element {
                rules.push(rule);
            }
        }
    }
    if rules.is_empty() {
        return None;
    }
    let may = |flag: fn(Operations) -> bool| {
        rules
            .iter()
            .any(|rule| rule.permission.is_some_and(|permission| flag(permission.access)))
    };
    let is_known = rules.iter().all(|rule| rule.permission.is_some());
    let seen: Vec<_> = rules
        .iter()
        .filter(|rule| {
            rule.permission
                .is_some_and(|permission| permission.access.un_protect)
        })
        .collect();
    let sight = if !is_known {
        Sight::Unknown
    } else if seen.is_empty() {
        Sight::Nothing
    } else if seen.iter().any(|rule| rule.mask != seen[0].mask) {
        Sight::MasksDiffer
    } else if seen[0].mask.is_some() {
        Sight::Masked
    } else {
        Sight::InClear
    };
    let access = Operations {
        protect: may(|access| access.protect),
        re_protect: may(|access| access.re_protect),
        un_protect: may(|access| access.un_protect),
    };
    let effective = Effective {
        permitted: access,
        is_known,
        masks: seen.iter().map(|rule| rule.mask.clone()).collect(),
        no_access: rules.iter().map(|rule| rule.no_access()).collect(),
    };
    Some((effective, is_known.then_some(access), sight))
}

proptest! {
    #[test]
    fn the_access_of_a_deployment_is_what_its_rules_say_one_by_one(basis in any_basis()) {
        let rows = access(&basis);
        let mut expected = 0;
        for (place, policies) in basis.places() {
            for (role, element) in (0..3).flat_map(|role| (0..3).map(move |element| (role, element))) {
                let found: Vec<_> = rows
                    .iter()
                    .filter(|row| {
                        row.deployed == place
                            && row.role.as_str() == role.to_string()
                            && row.element.as_str() == element.to_string()
                            && row.policies.iter().all(|policy| policies.contains(policy))
                    })
                    .map(|row| (row.effective.clone(), row.effective.access(), row.effective.sight()))
                    .collect();
                let naive = naive(&basis, &policies, role, element);
                expected += found.len();
                prop_assert_eq!(found, naive.into_iter().collect::<Vec<_>>());
            }
        }
        prop_assert_eq!(rows.len(), expected);
    }

    #[test]
    fn no_rule_is_left_out_wherever_its_policy_is(basis in any_basis()) {
        let rows = access(&basis);
        for (policy, rules) in &basis.rules {
            for rule in rules {
                let is_there = rows.iter().any(|row| {
                    (&row.role, &row.element) == rule.key() && row.policies.contains(policy)
                });
                prop_assert!(is_there, "{policy} {rule:?}");
            }
        }
    }
}

fn basis(deployed: Option<DeploymentInfo>) -> AccessBasis {
    let rule = |role: &str, mask: Option<&str>| Rule {
        role: role.into(),
        data_element: "1".into(),
        mask: mask.map(Into::into),
        permission: Some(Permission {
            access: Operations {
                un_protect: true,
                ..Operations::NONE
            },
            audit: None,
        }),
        ..Rule::default()
    };
    AccessBasis {
        rules: [
            ("1".into(), vec![rule("1", None), rule("2", Some("7"))]),
            ("2".into(), vec![rule("1", Some("7"))]),
        ]
        .into(),
        deployed,
        ..AccessBasis::default()
    }
}

fn stores(stores: &[(&str, Option<&[&str]>)]) -> DeploymentInfo {
    let store = |(uid, policies): &(&str, Option<&[&str]>)| DeployedStore {
        data_store: (*uid).into(),
        policies: policies.map(|uids| uids.iter().map(|uid| (*uid).into()).collect()),
        ..DeployedStore::default()
    };
    DeploymentInfo::Stores(stores.iter().map(store).collect())
}

fn check(deployed: Option<DeploymentInfo>, expected: &[(&str, Deployed, Sight)]) {
    let rows = access(&basis(deployed));
    let rows: Vec<_> = rows
        .iter()
        .map(|row| (row.role.as_str(), row.deployed.clone(), row.effective.sight()))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn rules_of_several_policies_on_one_store_hold_together() {
    let on = |uid: &str| Deployed::On(uid.into());
    check(
        Some(stores(&[("5", Some(&["1", "2"]))])),
        &[("1", on("5"), Sight::MasksDiffer), ("2", on("5"), Sight::Masked)],
    );
    check(
        Some(stores(&[("5", Some(&["1"])), ("6", Some(&[]))])),
        &[
            ("1", on("5"), Sight::InClear),
            ("2", on("5"), Sight::Masked),
            ("1", Deployed::Nowhere, Sight::Masked),
        ],
    );
}

#[test]
fn what_the_cluster_does_not_say_is_unknown_and_not_nowhere() {
    let unknown = |store: Option<&str>| Deployed::Unknown(store.map(Into::into));
    let everything = |place: Deployed| {
        [
            ("1", place.clone(), Sight::InClear),
            ("2", place.clone(), Sight::Masked),
            ("1", place, Sight::Masked),
        ]
    };
    check(None, &everything(unknown(None)));
    check(
        Some(DeploymentInfo::Unknown(serde_json::Value::Null)),
        &everything(unknown(None)),
    );
    check(Some(stores(&[("5", None)])), &everything(unknown(Some("5"))));
}

#[test]
fn a_deployed_policy_that_is_not_listed_is_told() {
    let basis = basis(Some(stores(&[("5", Some(&["1", "9"])), ("6", None)])));
    assert_eq!(basis.unlisted(), [("5".into(), "9".into())]);
}
