use proptest::{collection::btree_set, option, prelude::*};
use protegrity::pim::{Operations, Rule};

use super::*;
use crate::deployments::{Right, access::tests::rule};

/// The review of one store.
fn store_review(
    store: &StoreDeployment,
    has: &Deployed,
    rules: &Rules,
    last: Option<&Snapshot>,
) -> StoreReview {
    super::store_review(store, has, &mut Evaluation::of(rules), last)
}

const READ: Operations = Operations {
    un_protect: true,
    ..Operations::NONE
};

fn policies(uids: &[&str]) -> Assignment {
    Assignment {
        policies: uids.iter().map(|uid| (*uid).into()).collect(),
        ..Assignment::default()
    }
}

fn store(wanted: Assignment) -> StoreDeployment {
    StoreDeployment {
        uid: "1".into(),
        name: "PROD".to_owned(),
        wanted,
    }
}

/// The policies `a` and `b` let ANALYST read X, `b` also Y; the rules of `c` are not known.
fn rules() -> Rules {
    let read = |element: &str| -> Rule { rule("ANALYST", element, None, Some(READ)) };
    [
        ("a".into(), vec![read("X")]),
        ("b".into(), vec![read("X"), read("Y")]),
    ]
    .into()
}

fn elements<'a>(access: impl IntoIterator<Item = &'a Access>) -> Vec<String> {
    let access = access.into_iter().filter(|one| one.right == Right::Read);
    access.map(|one| one.data_element.to_string()).collect()
}

fn gained(review: &StoreReview) -> Option<Vec<String>> {
    match review.access.as_deref()? {
        Difference::Known { added, .. } => Some(elements(added)),
        Difference::Unknown { after } => Some(elements(after)),
    }
}

#[test]
fn access_that_may_be_new_is_not_told_as_unchanged() {
    let has = Deployed::from(&policies(&["a"]));
    let review = store_review(&store(policies(&["a", "b"])), &has, &rules(), None);
    assert_eq!(gained(&review), Some(vec!["Y".to_owned()]));
    assert_eq!(elements(&*review.doubtful), ["X"]);
    assert_eq!(review.again, ["a".into()].into());
    assert_eq!(review.known_since, None);
}

#[test]
fn the_rules_that_this_portal_deployed_are_the_ones_before() {
    let mut deployed_rules = rules();
    deployed_rules.insert("a".into(), Vec::new());
    let snapshot = Snapshot {
        deployment: "1".into(),
        at: Timestamp::UNIX_EPOCH,
        by: "officer".to_owned(),
        assignment: policies(&["a"]),
        rules: deployed_rules.into(),
    };
    let has = Deployed::from(&policies(&["a"]));
    let same = store(policies(&["a"]));
    let review = store_review(&same, &has, &rules(), Some(&snapshot));
    assert_eq!(
        gained(&review),
        Some(vec!["X".to_owned()]),
        "a rule of a policy that stays has changed"
    );
    assert_eq!(review.known_since, Some(Timestamp::UNIX_EPOCH));
    // By other means something else was deployed meanwhile: the snapshot says nothing of it.
    let other = Deployed::from(&policies(&["b"]));
    let review = store_review(&same, &other, &rules(), Some(&snapshot));
    assert_eq!(review.known_since, None);
}

#[test]
fn what_is_not_known_is_told_as_unknown() {
    let review = store_review(&store(policies(&["a"])), &Deployed::default(), &rules(), None);
    assert!(matches!(review.policies, Difference::Unknown { .. }));
    assert!(matches!(
        review.access.as_deref(),
        Some(Difference::Unknown { .. })
    ));
    assert!(matches!(review.applications, Difference::Unknown { .. }));
    let has = Deployed::from(&policies(&["c"]));
    let review = store_review(&store(policies(&["a"])), &has, &rules(), None);
    assert_eq!(review.access, None, "the rules of c cannot be read");
}

#[test]
fn an_empty_list_clears_what_is_not_known_to_be_empty() {
    let check = |has: &Deployed, wanted: Assignment, expected: &[&str]| {
        assert_eq!(store_review(&store(wanted), has, &rules(), None).clears, expected);
    };
    let nothing = Assignment::default;
    check(&Deployed::nothing(), nothing(), &[]);
    check(&Deployed::from(&policies(&["a"])), nothing(), &["policies"]);
    check(
        &Deployed::default(),
        nothing(),
        &["policies", "trusted applications"],
    );
    check(&Deployed::default(), policies(&["a"]), &["trusted applications"]);
}

fn uids(numbers: &BTreeSet<u8>) -> Assignment {
    Assignment {
        policies: ["a", "b"]
            .into_iter()
            .enumerate()
            .filter(|(place, _)| numbers.iter().any(|number| usize::from(*number) == *place))
            .map(|(_, uid)| uid.into())
            .collect(),
        applications: numbers.iter().map(|uid| uid.to_string().into()).collect(),
    }
}

proptest! {
    #[test]
    fn the_review_leads_from_what_there_is_to_what_shall_be(
        has in option::of(btree_set(0..5_u8, 0..5)),
        wanted in btree_set(0..5_u8, 0..5),
    ) {
        let has = has.map_or_else(Deployed::default, |has| Deployed::from(&uids(&has)));
        let wanted = uids(&wanted);
        let review = store_review(&store(wanted.clone()), &has, &rules(), None);
        prop_assert_eq!(review.policies.apply(has.policies.as_ref()), wanted.policies.clone());
        prop_assert_eq!(review.applications.apply(has.applications.as_ref()), wanted.applications.clone());
        let before = has.policies.as_ref().map(|before| access(before, &rules()).expect("known"));
        let after = access(&wanted.policies, &rules()).expect("known");
        prop_assert_eq!(review.access.expect("known").apply(before.as_ref()), after);
        // A policy that is in no list of changes stays, and is listed as deployed again.
        if let Some(before) = &has.policies {
            for policy in before & &wanted.policies {
                prop_assert!(review.again.contains(&policy));
            }
        }
    }
}
