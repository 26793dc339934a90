//! What the rules of policies give to roles: effective access, as far as a deployment changes it.

use std::collections::{BTreeMap, BTreeSet};

use protegrity::pim::{DataElementUid, MaskUid, NoAccessOperation, PolicyUid, RoleUid, Rule};

use super::Names;
use crate::policy::no_access_words;

/// The rules of each policy whose rules are known.
pub type Rules = BTreeMap<PolicyUid, Vec<Rule>>;

/// What a role can do with a data element, or gets instead of it. The order is that of the screen: what gives most first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Read values in clear.
    Read,
    /// Read values with a mask over them.
    ReadMasked(MaskUid),
    /// Protect values.
    Protect,
    /// Protect values again, with another key or another data element.
    Reprotect,
    /// The rule does not say in a known way what it permits.
    Unknown,
    /// Get this instead of a value.
    Instead(NoAccessOperation),
}

/// One right of a role on a data element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Access {
    /// The right.
    pub right: Right,
    /// Who has it.
    pub role: RoleUid,
    /// On what.
    pub data_element: DataElementUid,
}

impl Right {
    /// Whether it gives something, or may.
    #[must_use]
    pub const fn gives(&self) -> bool {
        !matches!(self, Self::Instead(_))
    }
}

impl Access {
    /// What a rule gives. A mask governs reading, and what stands in for a value governs it too (notes on the reference,
    /// section 9).
    fn of(rule: &Rule) -> impl Iterator<Item = Self> {
        let rights = match &rule.permission {
            None => [Some(Right::Unknown), None, None],
            Some(permission) => {
                let allowed = permission.access;
                let read = match (&rule.mask, allowed.un_protect) {
                    (None, true) => Right::Read,
                    (Some(mask), true) => Right::ReadMasked(mask.clone()),
                    (_, false) => Right::Instead(rule.no_access()),
                };
                let protect = allowed.protect.then_some(Right::Protect);
                let reprotect = allowed.re_protect.then_some(Right::Reprotect);
                [Some(read), protect, reprotect]
            }
        };
        rights.into_iter().flatten().map(|right| Self {
            right,
            role: rule.role.clone(),
            data_element: rule.data_element.clone(),
        })
    }

    /// In a sentence, as something that comes: "`ANALYST` can read `DE_SSN` in clear on `PROD`".
    #[must_use]
    pub fn gained(&self, names: &Names, store: &str) -> String {
        let (role, element) = (names.role(&self.role), names.data_element(&self.data_element));
        match &self.right {
            Right::Read => format!("{role} can read {element} in clear on {store}"),
            Right::ReadMasked(mask) => {
                format!(
                    "{role} can read {element} with the mask {} on {store}",
                    names.mask(mask)
                )
            }
            Right::Protect => format!("{role} can protect {element} on {store}"),
            Right::Reprotect => format!("{role} can reprotect {element} on {store}"),
            Right::Unknown => format!("What {role} can do with {element} on {store} is not known"),
            Right::Instead(operation) => {
                format!(
                    "{role} gets {} instead of {element} on {store}",
                    no_access_words(operation)
                )
            }
        }
    }

    /// In a sentence, as something that goes: "`ANALYST` can no longer read `DE_SSN`".
    #[must_use]
    pub fn lost(&self, names: &Names, store: &str) -> String {
        let (role, element) = (names.role(&self.role), names.data_element(&self.data_element));
        match &self.right {
            Right::Read => format!("{role} can no longer read {element} in clear on {store}"),
            Right::ReadMasked(mask) => {
                let mask = names.mask(mask);
                format!("{role} can no longer read {element} with the mask {mask} on {store}")
            }
            Right::Protect => format!("{role} can no longer protect {element} on {store}"),
            Right::Reprotect => format!("{role} can no longer reprotect {element} on {store}"),
            Right::Unknown => format!("What {role} loses of {element} on {store} is not known"),
            Right::Instead(operation) => {
                let instead = no_access_words(operation);
                format!("{role} no longer gets {instead} instead of {element} on {store}")
            }
        }
    }
}

/// What the policies give together; `None` where the rules of one are not known.
#[must_use]
pub fn access<'a>(
    policies: impl IntoIterator<Item = &'a PolicyUid>,
    rules: &Rules,
) -> Option<BTreeSet<Access>> {
    // Collected at once, which sorts once: a large policy on many stores is put together for each of them.
    let mut all = Vec::new();
    for policy in policies {
        all.extend(rules.get(policy)?.iter().flat_map(Access::of));
    }
    Some(all.into_iter().collect())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::{collection::vec, option, prelude::*};
    use protegrity::pim::{Operations, Permission};

    use super::*;
    use crate::deployments::Difference;

    /// A rule of this role for this data element; `None` is a rule that cannot be read.
    pub(in crate::deployments) fn rule(
        role: &str,
        element: &str,
        mask: Option<&str>,
        access: Option<Operations>,
    ) -> Rule {
        Rule {
            role: role.into(),
            data_element: element.into(),
            mask: mask.map(Into::into),
            permission: access.map(|access| Permission { access, audit: None }),
            ..Rule::default()
        }
    }

    /// A few rules of a few roles for a few data elements.
    pub(in crate::deployments) fn rules() -> impl Strategy<Value = Vec<Rule>> {
        let operations =
            any::<(bool, bool, bool)>().prop_map(|(protect, re_protect, un_protect)| Operations {
                protect,
                re_protect,
                un_protect,
            });
        let one = ("[ab]", "[xy]", option::of("[12]"), option::of(operations));
        let one =
            one.prop_map(|(role, element, mask, access)| rule(&role, &element, mask.as_deref(), access));
        vec(one, 0..6)
    }

    fn policies(rules: [Vec<Rule>; 3]) -> Rules {
        ["p", "q", "r"].map(Into::into).into_iter().zip(rules).collect()
    }

    proptest! {
        #[test]
        fn what_is_in_no_list_is_given_before_and_after_or_neither(
            rules in [rules(), rules(), rules()],
            before in proptest::sample::subsequence(vec!["p", "q", "r"], 0..=3),
            after in proptest::sample::subsequence(vec!["p", "q", "r"], 0..=3),
        ) {
            let rules = policies(rules);
            let given = |uids: &[&str]| {
                let uids: Vec<PolicyUid> = uids.iter().map(|uid| (*uid).into()).collect();
                access(&uids, &rules).expect("all rules are known")
            };
            let (before, after) = (given(&before), given(&after));
            let difference = Difference::between(Some(&before), &after);
            prop_assert_eq!(difference.apply(Some(&before)), after.clone());
            let Difference::Known { added, removed } = difference else { panic!("both are known") };
            for one in before.union(&after) {
                let is_listed = added.contains(one) || removed.contains(one);
                prop_assert_eq!(is_listed, before.contains(one) != after.contains(one));
            }
        }

        #[test]
        fn a_right_is_given_exactly_where_a_rule_gives_it(rules in rules()) {
            let all = access([&"p".into()], &Rules::from([("p".into(), rules.clone())])).expect("known");
            let reads = |rule: &Rule| rule.permission.is_some_and(|permission| permission.access.un_protect);
            for rule in &rules {
                let has = |right: Right| all.contains(&Access {
                    right,
                    role: rule.role.clone(),
                    data_element: rule.data_element.clone(),
                });
                match (&rule.permission, &rule.mask) {
                    (None, _) => prop_assert!(has(Right::Unknown)),
                    (Some(_), None) if reads(rule) => prop_assert!(has(Right::Read)),
                    (Some(_), Some(mask)) if reads(rule) => prop_assert!(has(Right::ReadMasked(mask.clone()))),
                    (Some(_), _) => prop_assert!(has(Right::Instead(NoAccessOperation::NullValue))),
                }
            }
            for one in all.iter().filter(|one| one.right == Right::Read) {
                let gives = |rule: &&Rule| rule.key() == (&one.role, &one.data_element)
                    && rule.mask.is_none() && reads(rule);
                prop_assert!(rules.iter().any(|rule| gives(&rule)));
            }
        }
    }

    #[test]
    fn the_rules_of_every_policy_must_be_known() {
        let rules = Rules::from([("p".into(), Vec::new())]);
        assert_eq!(access([&"p".into()], &rules), Some(BTreeSet::new()));
        assert_eq!(access([&"p".into(), &"q".into()], &rules), None);
        assert_eq!(access([], &rules), Some(BTreeSet::new()));
    }

    #[test]
    fn access_is_said_in_sentences() {
        let names = Names {
            roles: [("1".into(), "ANALYST".to_owned())].into(),
            data_elements: [("2".into(), "DE_SSN".to_owned())].into(),
            masks: [("3".into(), "LAST_4".to_owned())].into(),
            ..Names::default()
        };
        let check = |right: Right, gained: &str, lost: &str| {
            let one = Access {
                right,
                role: "1".into(),
                data_element: "2".into(),
            };
            assert_eq!(one.gained(&names, "PROD"), gained);
            assert_eq!(one.lost(&names, "PROD"), lost);
        };
        check(
            Right::Read,
            "ANALYST can read DE_SSN in clear on PROD",
            "ANALYST can no longer read DE_SSN in clear on PROD",
        );
        check(
            Right::ReadMasked("3".into()),
            "ANALYST can read DE_SSN with the mask LAST_4 on PROD",
            "ANALYST can no longer read DE_SSN with the mask LAST_4 on PROD",
        );
        check(
            Right::Instead(NoAccessOperation::ProtectedValue),
            "ANALYST gets the protected value instead of DE_SSN on PROD",
            "ANALYST no longer gets the protected value instead of DE_SSN on PROD",
        );
        check(
            Right::Unknown,
            "What ANALYST can do with DE_SSN on PROD is not known",
            "What ANALYST loses of DE_SSN on PROD is not known",
        );
    }
}
