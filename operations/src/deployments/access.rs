//! What the rules of policies give to roles: effective access, as far as a deployment changes it.

use std::collections::{BTreeMap, BTreeSet};

use protegrity::pim::{DataElementUid, MaskUid, NoAccessOperation, PolicyUid, RoleUid, Rule};

use super::Names;
use crate::policy::{Effective, effective_access, no_access_words};

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
    /// A rule does not say in a known way what it permits.
    Unknown,
    /// Get this instead of a value, as far as it is known.
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

    /// The rights of a role on a data element. A mask governs reading, and what stands in for a value takes its place (notes
    /// on the reference, section 9). Where rules have several masks, each of them is a right: which one the cluster applies
    /// is not documented.
    fn of(effective: Effective) -> impl Iterator<Item = Self> {
        let Effective {
            permitted,
            is_known,
            masks,
            no_access,
        } = effective;
        let read = masks
            .into_iter()
            .map(|mask| mask.map_or(Self::Read, Self::ReadMasked));
        let others = [
            (permitted.protect, Self::Protect),
            (permitted.re_protect, Self::Reprotect),
            (!is_known, Self::Unknown),
        ];
        let others = others
            .into_iter()
            .filter_map(|(is_given, right)| is_given.then_some(right));
        let instead = no_access.into_iter().filter(move |_| !permitted.un_protect);
        read.chain(others).chain(instead.map(Self::Instead))
    }
}

impl Access {
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
            Right::Reprotect => format!("{role} can re-protect {element} on {store}"),
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
            Right::Reprotect => format!("{role} can no longer re-protect {element} on {store}"),
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
    let rules = policies.into_iter().map(|policy| rules.get(policy));
    let rules: Vec<_> = rules.collect::<Option<_>>()?;
    Some(given(rules.into_iter().flatten()))
}

/// What the policies whose rules are known give together.
pub(super) fn known_access<'a>(
    policies: impl IntoIterator<Item = &'a PolicyUid>,
    rules: &Rules,
) -> BTreeSet<Access> {
    let rules = policies.into_iter().filter_map(|policy| rules.get(policy));
    given(rules.flatten())
}

/// What these rules give together, by the one evaluation that there is.
fn given<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> BTreeSet<Access> {
    let rights = effective_access(rules)
        .into_iter()
        .flat_map(|((role, data_element), effective)| {
            Right::of(effective).map(|right| Access {
                right,
                role: role.clone(),
                data_element: data_element.clone(),
            })
        });
    rights.collect()
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
        fn a_right_is_given_exactly_where_the_rules_give_it(p in rules(), q in rules()) {
            let all = access([&"p".into(), &"q".into()], &Rules::from([("p".into(), p.clone()), ("q".into(), q.clone())]));
            let all = all.expect("known");
            let rules: Vec<_> = p.iter().chain(&q).collect();
            prop_assert_eq!(all, naive(&rules));
        }
    }

    /// What rules give, asked right by right of each rule.
    fn naive(rules: &[&Rule]) -> BTreeSet<Access> {
        let mut all = BTreeSet::new();
        for rule in rules {
            let mut add = |right: Right| {
                all.insert(Access {
                    right,
                    role: rule.role.clone(),
                    data_element: rule.data_element.clone(),
                });
            };
            let same = rules
                .iter()
                .filter(|other| other.role == rule.role && other.data_element == rule.data_element);
            let reads = |rule: &Rule| {
                rule.permission
                    .is_some_and(|permission| permission.access.un_protect)
            };
            if same.clone().all(|rule| !reads(rule)) {
                add(Right::Instead(rule.no_access()));
            }
            let Some(permission) = rule.permission else {
                add(Right::Unknown);
                continue;
            };
            match (&rule.mask, permission.access.un_protect) {
                (None, true) => add(Right::Read),
                (Some(mask), true) => add(Right::ReadMasked(mask.clone())),
                (_, false) => {}
            }
            if permission.access.protect {
                add(Right::Protect);
            }
            if permission.access.re_protect {
                add(Right::Reprotect);
            }
        }
        all
    }

    #[test]
    fn what_one_policy_gives_no_other_takes() {
        let read = Operations {
            un_protect: true,
            ..Operations::NONE
        };
        let rules = Rules::from([
            ("p".into(), vec![rule("a", "x", None, Some(read))]),
            ("q".into(), vec![rule("a", "x", None, Some(Operations::NONE))]),
        ]);
        let rights = |policies: &[&str]| {
            let policies: Vec<PolicyUid> = policies.iter().map(|uid| (*uid).into()).collect();
            let all = access(&policies, &rules).expect("known");
            all.into_iter().map(|one| one.right).collect::<Vec<_>>()
        };
        assert_eq!(rights(&["p", "q"]), [Right::Read]);
        assert_eq!(rights(&["q"]), [Right::Instead(NoAccessOperation::NullValue)]);
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
