//! Changing and deleting one rule. The reference promises neither; each is done only where the cluster's own specification
//! lists the call and its rules have uids (notes on the reference, sections 3 and 9).

use gate::Operation;
use protegrity::pim::{Item, ItemCall, ItemKind, NewRule, NoAccessOperation, PolicyUid, Rule};
use serde::{Deserialize, Serialize};

use super::{
    PermissionBoxes, PolicyRules,
    access::name_of,
    added_rules::compared,
    configuration::rules,
    items::{delete_item, offered},
    rule_creation::{lock, refused, target},
    rules::problems,
};
use crate::{
    Error, Services,
    baseline::{self, merged},
    read_back::{ReadBack, settle},
    validation::Validation,
};

/// The form that changes a rule.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeRuleForm {
    /// The policy's uid.
    pub policy: String,
    /// The rule's uid.
    pub rule: String,
    /// The operations that are permitted.
    pub access: Vec<String>,
    /// The operations whose success is audited.
    pub audit_success: Vec<String>,
    /// The operations whose failure is audited.
    pub audit_failed: Vec<String>,
    /// What a user without access gets; empty for null.
    pub no_access: String,
    /// The uid of the mask; empty for none.
    pub mask: String,
    /// The [`RuleValues`] that the form showed, encoded.
    pub baseline: String,
}

/// The form that deletes a rule.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteRuleForm {
    /// The policy's uid.
    pub policy: String,
    /// The rule's uid.
    pub rule: String,
}

/// What a rule says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleValues {
    /// The ticked boxes.
    #[serde(flatten)]
    pub boxes: PermissionBoxes,
    /// Empty for null.
    pub no_access: String,
    /// Empty for none.
    pub mask: String,
}

/// A rule that was changed or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOutcome {
    /// The role's name.
    pub role: String,
    /// The data element's name.
    pub element: String,
    /// The rule now, beside what was sent.
    pub read_back: ReadBack,
}

impl From<&Rule> for RuleValues {
    fn from(rule: &Rule) -> Self {
        let no_access = match rule.no_access() {
            NoAccessOperation::NullValue => String::new(),
            word => word.to_string(),
        };
        Self {
            boxes: rule
                .permission
                .as_ref()
                .map(PermissionBoxes::from)
                .unwrap_or_default(),
            no_access,
            mask: rule.mask.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }
}

impl From<&ChangeRuleForm> for RuleValues {
    fn from(form: &ChangeRuleForm) -> Self {
        Self {
            boxes: PermissionBoxes {
                access: form.access.clone(),
                audit_success: form.audit_success.clone(),
                audit_failed: form.audit_failed.clone(),
            },
            no_access: form.no_access.trim().to_owned(),
            mask: form.mask.clone(),
        }
    }
}

impl PolicyRules {
    /// The rule of this uid.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn rule(&self, uid: &str) -> Result<&Rule, Error> {
        let mut rules = self.rules.iter();
        let found = rules.find(|rule| !uid.is_empty() && has_uid(rule, uid));
        found.ok_or_else(|| Error::NotFound("The policy has no such rule.".to_owned()))
    }

    /// The names of the role and of the data element of a rule.
    pub fn names_of(&self, rule: &Rule) -> (String, String) {
        (
            name_of(&self.roles, rule.role.as_str()),
            name_of(&self.data_elements, rule.data_element.as_str()),
        )
    }

    fn outcome(&self, of: &Rule, read_back: ReadBack) -> RuleOutcome {
        let (role, element) = self.names_of(of);
        RuleOutcome {
            role,
            element,
            read_back,
        }
    }

    /// A rule with these values, after the checks of a new one. What stays is not checked: the cluster may have words and
    /// masks that no form offers.
    fn changed<'a>(&self, now: &Rule, values: &'a RuleValues) -> Result<NewRule, Error> {
        let mut validation = Validation::default();
        let present = RuleValues::from(now);
        let keeps_no_access = values.no_access == present.no_access;
        let keeps_mask = values.mask == present.mask;
        let typed = |keeps: bool, text: &'a str| if keeps { "" } else { text };
        let (no_access, mask) = (
            typed(keeps_no_access, &values.no_access),
            typed(keeps_mask, &values.mask),
        );
        let mut wanted = NewRule {
            role: now.role.clone(),
            data_element: now.data_element.clone(),
            ..self.template(&values.boxes, no_access, mask, &mut validation)
        };
        if keeps_no_access {
            wanted.no_access_operation.clone_from(&now.no_access_operation);
        }
        if keeps_mask {
            wanted.mask.clone_from(&now.mask);
        }
        let elements = self.data_elements.iter();
        let elements: Vec<_> = elements
            .filter(|element| element.uid == now.data_element)
            .collect();
        for (field, message) in problems(&wanted, &elements) {
            validation.add(field, message);
        }
        validation.finish()?;
        Ok(wanted)
    }
}

fn has_uid(rule: &Rule, uid: &str) -> bool {
    rule.uid.as_ref().is_some_and(|own| own.as_str() == uid)
}

/// Changes what the person has changed of a rule (`PUT /pim/policies/{uid}/rules/{uid}`), and reads it back. The whole
/// rule is sent, with the fields that are not documented: whether the cluster merges or replaces is not known.
///
/// # Errors
/// Where the cluster does not offer it, at the fields, or the cluster's error.
pub async fn change_rule(
    services: &Services,
    operation: &Operation,
    policy: &PolicyUid,
    form: &ChangeRuleForm,
) -> Result<RuleOutcome, Error> {
    let specification = offered(services, operation, ItemCall::Update, ItemKind::Rule).await?;
    let shown: RuleValues = baseline::decode(&form.baseline)?;
    let _lock = lock(services, policy).await;
    let known = PolicyRules::read(operation, policy).await?;
    let now = known.rule(&form.rule)?;
    let present = RuleValues::from(now);
    let mut validation = Validation::default();
    let values = merged(&mut validation, &shown, &RuleValues::from(form), &present);
    validation.finish()?;
    if values == present {
        return Err(Error::at("access", "No changes to save."));
    }
    let wanted = known.changed(now, &values)?;
    let no_access = wanted.no_access_operation.clone();
    let keeps_permission = values.boxes == present.boxes;
    let changed = Rule {
        // Where the cluster did not say it, the boxes that were left alone say nothing.
        permission: match now.permission {
            permission if keeps_permission => permission,
            _ => Some(wanted.permission),
        },
        mask: wanted.mask.clone(),
        // Left out, it might stay what it is.
        no_access_operation: no_access.or_else(|| {
            let has_one = now.no_access_operation.is_some();
            has_one.then_some(NoAccessOperation::NullValue)
        }),
        ..now.clone()
    };
    let target = &operation.on(target(policy, &wanted));
    let (specification, sent) = (specification.specification(), &changed);
    let written = target
        .perform(|cluster| async move { cluster.pim().update_rule(specification, policy, sent).await })
        .await;
    let is_as_sent = |rules: &[Rule]| {
        let found = rules.iter().find(|rule| has_uid(rule, &form.rule));
        found.map(|rule| compared(&wanted, rule))
    };
    settle(written, || async {
        let listed = rules(operation, policy).await.ok()?;
        (is_as_sent(&listed)? == ReadBack::AsSent).then_some(())
    })
    .await
    .map_err(refused)?;
    let read_back = match rules(operation, policy).await {
        Ok(listed) => is_as_sent(&listed)
            .unwrap_or_else(|| ReadBack::Differs("The cluster does not list the rule any more.".to_owned())),
        Err(error) => {
            tracing::warn!(%error, "a rule could not be read back");
            ReadBack::Unread
        }
    };
    Ok(known.outcome(now, read_back))
}

/// Deletes a rule (`DELETE /pim/policies/{uid}/rules/{uid}`), and looks whether it is gone.
///
/// # Errors
/// Where the cluster does not offer it, or the cluster's error.
pub async fn delete_rule(
    services: &Services,
    operation: &Operation,
    policy: &PolicyUid,
    uid: &str,
) -> Result<RuleOutcome, Error> {
    let specification = offered(services, operation, ItemCall::Delete, ItemKind::Rule).await?;
    let _lock = lock(services, policy).await;
    let known = PolicyRules::read(operation, policy).await?;
    let now = known.rule(uid)?;
    let of_rule = NewRule {
        role: now.role.clone(),
        data_element: now.data_element.clone(),
        ..NewRule::default()
    };
    let target = &operation.on(target(policy, &of_rule));
    let item = Item::Rule(policy.clone(), uid.into());
    let is_gone = || async move {
        let listed = rules(operation, policy).await?;
        Ok(!listed.iter().any(|rule| has_uid(rule, uid)))
    };
    let read_back = delete_item(target, specification.specification(), &item, is_gone).await?;
    Ok(known.outcome(now, read_back))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protegrity::pim::{Audit, Permission};

    use super::*;
    use crate::policy::policies::tests::any_operations;

    proptest! {
        /// A form that comes back as it was shown asks for the rule that is there.
        #[test]
        fn values_lead_back_to_the_rule(
            access in any_operations(), success in any_operations(), failed in any_operations(), mask in "|4",
        ) {
            let permission = Permission { access, audit: Some(Audit { success, failed }) };
            let rule = Rule {
                permission: Some(permission),
                mask: (!mask.is_empty()).then(|| mask.as_str().into()),
                ..Rule::default()
            };
            let values = RuleValues::from(&rule);
            let mut validation = Validation::default();
            prop_assert_eq!(values.boxes.permission(&mut validation), permission);
            prop_assert_eq!(&values.mask, &mask);
            prop_assert_eq!(values.no_access, "");
        }
    }
}
