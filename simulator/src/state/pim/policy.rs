//! [`Policy`] and [`Rule`], what a role may do with a data element (reference, lines 3011 and 3033; notes, section 9).

use super::{Object, Rights};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Policy {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// The rights that the product's own screens propose for a new rule.
    pub(crate) template: Rights,
    /// At their own endpoint, `/policies/{uid}/rules`.
    #[serde(skip)]
    pub(crate) rules: Vec<Rule>,
}

/// A rule, which has no uid unless the setting `pim_items` is on: its role and data element identify it. Answers leave
/// out what was not sent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    pub(crate) role: String,
    /// The uid of a mask, or "0".
    pub(crate) mask: String,
    pub(crate) data_element: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) no_access_operation: Option<NoAccess>,
    pub(crate) permission: Rights,
}

impl Rule {
    /// What a cluster that changes single rules calls it.
    pub(crate) fn uid(&self) -> String {
        format!("{}{:0>4}", self.role, self.data_element)
    }
}

/// The result of an unprotect that is not allowed; null when absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum NoAccess {
    NullValue,
    ProtectedValue,
    Exception,
}

impl Policy {
    /// Adds a rule unless one has its role and data element.
    pub(crate) fn add_rule(&mut self, rule: Rule) -> Result<(), Refusal> {
        let is_same = |other: &Rule| (&other.role, &other.data_element) == (&rule.role, &rule.data_element);
        if self.rules.iter().any(is_same) {
            let text = format!(
                "Rule for role '{}' and data element '{}' already exists",
                rule.role, rule.data_element
            );
            return Err(Refusal::detail(409, text));
        }
        self.rules.push(rule);
        Ok(())
    }

    pub(crate) fn rule_mut(&mut self, uid: &str) -> Result<&mut Rule, Refusal> {
        let found = self.rules.iter_mut().find(|rule| rule.uid() == uid);
        found.ok_or_else(|| Refusal::detail(404, format!("Rule '{uid}' does not exist")))
    }

    /// Removes a rule.
    pub(crate) fn remove_rule(&mut self, uid: &str) -> Result<(), Refusal> {
        self.rule_mut(uid)?;
        self.rules.retain(|rule| rule.uid() != uid);
        Ok(())
    }
}

impl Object for Policy {
    const KIND: &'static str = "Policy";

    fn name(&self) -> &str {
        &self.name
    }
}
