//! The command that adds rules to a policy.

use protegrity::pim::{NewRule, PolicyUid};
use serde::{Deserialize, Serialize};

use super::Row;
use crate::text::{at, counted};

/// Rules that are added to one policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRules {
    /// The policy.
    pub policy: PolicyUid,
    /// Its name.
    pub policy_name: String,
    /// The rules, one a row.
    pub rules: Vec<RuleRow>,
}

/// A rule with the names of what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRow {
    /// The rule.
    pub rule: NewRule,
    /// The role's name.
    pub role: String,
    /// The data element's name.
    pub element: String,
}

impl RuleRow {
    /// Its name on the screen.
    pub(crate) fn name(&self) -> String {
        format!("{}, {}", self.role, self.element)
    }

    fn row(&self) -> Row {
        Row::waiting(self.name(), None)
    }
}

impl CreateRules {
    pub(super) fn title(&self) -> String {
        let rules = counted(self.rules.len(), ("rule", "rules"));
        format!("Add {rules} to {}", self.policy_name)
    }

    pub(super) fn rows(&self) -> Vec<Row> {
        self.rules.iter().map(RuleRow::row).collect()
    }

    pub(super) fn only(&self, places: &[usize]) -> Self {
        Self {
            rules: at(&self.rules, places),
            ..self.clone()
        }
    }
}
