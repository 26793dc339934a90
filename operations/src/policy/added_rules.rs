//! The rules that a job adds, and what it finds when it reads them again.

use std::collections::BTreeMap;

use gate::Operation;
use parking_lot::Mutex;
use protegrity::pim::{NewRule, NoAccessOperation, PolicyUid, Rule};
use serde::{Deserialize, Serialize};

use super::{configuration::rules, policies::ticked};
use crate::{merge::difference, read_back::ReadBack};

/// How many differences are kept.
const MAX_DIFFERENCES: usize = 20;

/// The rules that one run of a job has added. They are read back once for each policy: reading all of them after each
/// rule would take thousands of times as long.
#[derive(Default)]
pub(super) struct AddedRules(Mutex<BTreeMap<PolicyUid, OfPolicy>>);

/// The rules that were added to a policy of this name.
struct OfPolicy {
    name: String,
    added: Vec<AddedRule>,
}

/// A rule that was sent, and its name on the screen.
struct AddedRule {
    name: String,
    rule: NewRule,
}

impl AddedRules {
    /// Takes in a rule that the cluster has accepted.
    pub fn add(&self, uid: &PolicyUid, policy: &str, name: String, rule: NewRule) {
        let mut policies = self.0.lock();
        let of_policy = policies.entry(uid.clone()).or_insert_with(|| OfPolicy {
            name: policy.to_owned(),
            added: Vec::new(),
        });
        of_policy.added.push(AddedRule { name, rule });
    }

    /// The rules, read back; nothing where none was added.
    pub async fn report(&self, operation: &Operation) -> Option<RulesReport> {
        let policies = std::mem::take(&mut *self.0.lock());
        if policies.is_empty() {
            return None;
        }
        let mut report = RulesReport::default();
        for (uid, OfPolicy { name, added }) in &policies {
            match rules(operation, uid).await {
                Ok(listed) => report.compare(added, &listed),
                Err(error) => {
                    tracing::warn!(%error, "new rules could not be read back");
                    report.unread(name, added.len());
                }
            }
        }
        Some(report)
    }
}

/// The rules that a job added, beside those that the cluster lists afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesReport {
    /// How many rules are as they were sent.
    pub as_sent: usize,
    /// How many are not, or could not be read.
    pub others: usize,
    /// What differs, each in a sentence; of many, the first.
    pub differences: Vec<String>,
}

impl RulesReport {
    /// Takes in the rules that were added to one policy, beside all that the cluster lists for it.
    fn compare(&mut self, added: &[AddedRule], listed: &[Rule]) {
        let listed: BTreeMap<_, _> = listed.iter().rev().map(|rule| (rule.key(), rule)).collect();
        for AddedRule { name, rule } in added {
            match read_back(rule, listed.get(&rule.key()).copied()).detail() {
                None => self.as_sent += 1,
                Some(detail) => self.differ(1, format!("{name}: {detail}")),
            }
        }
    }

    /// Takes in that the rules of a policy could not be read.
    fn unread(&mut self, policy: &str, count: usize) {
        let words = format!("The rules of {policy} could not be read back from the cluster.");
        self.differ(count, words);
    }

    fn differ(&mut self, count: usize, words: String) {
        self.others += count;
        if self.differences.len() < MAX_DIFFERENCES {
            self.differences.push(words);
        }
    }
}

/// A rule that was sent, beside what the cluster lists for its role and data element.
pub(super) fn read_back(sent: &NewRule, now: Option<&Rule>) -> ReadBack {
    match now {
        Some(now) => compared(sent, now),
        None => ReadBack::Differs("The cluster does not list the rule yet.".to_owned()),
    }
}

/// The rule as the cluster lists it, beside what was sent. What it leaves out it says nothing of (notes section 9).
pub(super) fn compared(sent: &NewRule, now: &Rule) -> ReadBack {
    let access = now.permission.and_then(|permission| {
        let sent = ticked(sent.permission.access);
        difference("these operations", &sent, &ticked(permission.access))
    });
    let no_access = sent.no_access_operation.clone();
    let no_access = no_access.unwrap_or(NoAccessOperation::NullValue);
    ReadBack::of([
        access,
        (now.no_access() != no_access)
            .then(|| format!("Users without access get {} in the cluster.", now.no_access())),
        (now.mask != sent.mask).then(|| "The cluster has another mask.".to_owned()),
    ])
}

#[cfg(test)]
mod tests {
    use protegrity::pim::{Operations, Permission};

    use super::*;

    #[test]
    fn each_rule_is_compared_with_the_one_that_is_listed_for_it() {
        let rule = |element: &str| NewRule {
            role: "1".into(),
            data_element: element.into(),
            permission: Permission {
                access: Operations::ALL,
                audit: None,
            },
            ..NewRule::default()
        };
        let added = ["1", "2", "3"].map(|element| AddedRule {
            name: format!("R on {element}"),
            rule: rule(element),
        });
        let listed = |element: &str, access| Rule {
            role: "1".into(),
            data_element: element.into(),
            permission: Some(Permission { access, audit: None }),
            ..Rule::default()
        };
        let listed = [listed("2", Operations::default()), listed("1", Operations::ALL)];
        let mut report = RulesReport::default();
        report.compare(&added, &listed);
        assert_eq!((report.as_sent, report.others), (1, 2));
        assert!(report.differences[0].starts_with("R on 2: "), "{report:?}");
        assert!(
            report.differences[1].contains("R on 3: The cluster does not list"),
            "{report:?}"
        );

        report.unread("P", 40);
        assert_eq!((report.others, report.differences.len()), (42, 3));
        for _ in 0..MAX_DIFFERENCES {
            report.compare(&added, &[]);
        }
        assert_eq!(report.differences.len(), MAX_DIFFERENCES);
        assert_eq!(report.others, 42 + 3 * MAX_DIFFERENCES);
    }

    #[test]
    fn a_rule_that_was_read_back_is_compared_with_what_was_sent() {
        let sent = NewRule {
            role: "1".into(),
            data_element: "1".into(),
            permission: Permission {
                access: Operations::ALL,
                audit: None,
            },
            ..NewRule::default()
        };
        let same = Rule {
            permission: Some(sent.permission),
            ..Rule::default()
        };
        assert_eq!(compared(&sent, &same), ReadBack::AsSent);
        assert_eq!(
            compared(&sent, &Rule::default()),
            ReadBack::AsSent,
            "it says nothing"
        );
        let less = Rule {
            permission: Some(Permission::default()),
            mask: Some("5".into()),
            no_access_operation: Some(NoAccessOperation::Exception),
            ..Rule::default()
        };
        let ReadBack::Differs(words) = compared(&sent, &less) else {
            panic!("it differs");
        };
        assert!(
            words.contains("did not take") && words.contains("EXCEPTION") && words.contains("mask"),
            "{words}"
        );
    }
}
