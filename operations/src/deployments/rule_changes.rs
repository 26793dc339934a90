//! What has changed in the rules of a policy.

use std::collections::{BTreeMap, BTreeSet};

use protegrity::pim::{DataElementUid, RoleUid, Rule};

/// The rules of one role for one data element, where they are not the same before and afterwards. The cluster keeps one;
/// an answer can have several.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleChange {
    /// The role.
    pub role: RoleUid,
    /// The data element.
    pub data_element: DataElementUid,
    /// The rules before.
    pub before: Vec<Rule>,
    /// The rules afterwards.
    pub after: Vec<Rule>,
}

type Key<'a> = (&'a RoleUid, &'a DataElementUid);

fn by_key(rules: &[Rule]) -> BTreeMap<Key<'_>, Vec<&Rule>> {
    let mut by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for rule in rules {
        by_key.entry(rule.key()).or_default().push(rule);
    }
    by_key
}

/// Whether these are the same rules, each as often.
fn are_same(one: &[&Rule], other: &[&Rule]) -> bool {
    let count = |rules: &[&Rule], rule: &Rule| rules.iter().filter(|other| **other == rule).count();
    one.len() == other.len() && one.iter().all(|rule| count(one, rule) == count(other, rule))
}

/// The changes from these rules to those, by role and data element. The order of rules says nothing.
#[must_use]
pub fn rule_changes(before: &[Rule], after: &[Rule]) -> Vec<RuleChange> {
    let (before, after) = (by_key(before), by_key(after));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let change = |key: Key<'_>| {
        let before = before.get(&key).cloned().unwrap_or_default();
        let after = after.get(&key).cloned().unwrap_or_default();
        let owned = |rules: Vec<&Rule>| rules.into_iter().cloned().collect();
        (!are_same(&before, &after)).then(|| RuleChange {
            role: key.0.clone(),
            data_element: key.1.clone(),
            before: owned(before),
            after: owned(after),
        })
    };
    keys.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::access::tests::rules, *};

    /// The rules after these changes, from those before.
    fn applied(changes: &[RuleChange], before: &[Rule]) -> Vec<Rule> {
        let is_changed = |rule: &&Rule| {
            let mut changes = changes.iter();
            changes.any(|change| rule.key() == (&change.role, &change.data_element))
        };
        let kept = before.iter().filter(|rule| !is_changed(rule)).cloned();
        let new = changes.iter().flat_map(|change| change.after.clone());
        kept.chain(new).collect()
    }

    fn refs(rules: &[Rule]) -> Vec<&Rule> {
        rules.iter().collect()
    }

    proptest! {
        #[test]
        fn changes_lead_from_some_rules_to_the_others(before in rules(), after in rules()) {
            let changes = rule_changes(&before, &after);
            let applied = applied(&changes, &before);
            prop_assert!(are_same(&refs(&applied), &refs(&after)), "{applied:?} {after:?}");
        }

        #[test]
        fn no_rule_that_differs_is_left_out(before in rules(), after in rules()) {
            let changes = rule_changes(&before, &after);
            for rule in before.iter().chain(&after) {
                let is_listed = changes.iter().any(|change| rule.key() == (&change.role, &change.data_element));
                let of_key = |rules: &[Rule]| {
                    rules.iter().filter(|other| other.key() == rule.key()).cloned().collect::<Vec<_>>()
                };
                let (before, after) = (of_key(&before), of_key(&after));
                prop_assert_eq!(is_listed, !are_same(&refs(&before), &refs(&after)));
            }
        }

        #[test]
        fn the_order_of_rules_is_no_change(mut rules in rules()) {
            let before = rules.clone();
            rules.reverse();
            prop_assert_eq!(rule_changes(&before, &rules), Vec::new());
        }
    }
}
