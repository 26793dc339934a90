//! The rules of a policy: what one role may do with one data element (reference lines 3015-3035; notes sections 3 and 9).
//!
//! A rule has no uid in the documented answers: it is known by its role and its data element.

use std::collections::{BTreeMap, BTreeSet};

use gate::Operation;
use protegrity::pim::{
    DataElement, DataElementUid, Mask, MaskUid, NewRule, NoAccessOperation, Policy, PolicyUid, Role, RoleUid,
    Rule, RuleProblem,
};
use serde::{Deserialize, Serialize};

use super::{
    configuration::{data_elements, masks, roles, rules},
    policies::{PermissionBoxes, policy},
};
use crate::{
    Error,
    jobs::{Command, CreateRules, JobError, Jobs, RuleRow},
    merge::listed,
    validation::Validation,
};

/// What identifies a rule within its policy.
pub type RuleKey = (RoleUid, DataElementUid);

/// The form that adds the same rule for each pair of the chosen roles and data elements.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewRulesForm {
    /// The policy's uid.
    pub policy: String,
    /// The uids of the roles.
    pub roles: Vec<String>,
    /// The uids of the data elements.
    pub elements: Vec<String>,
    /// `true` for all roles, whichever are chosen: each pair without a rule gets one.
    pub all_roles: String,
    /// The same of the data elements.
    pub all_elements: String,
    /// The operations that are permitted.
    pub access: Vec<String>,
    /// The operations whose success is audited.
    pub audit_success: Vec<String>,
    /// The operations whose failure is audited.
    pub audit_failed: Vec<String>,
    /// What a user without access gets; empty for null, which is what a rule without the field means.
    pub no_access: String,
    /// The uid of the mask; empty for none.
    pub mask: String,
}

/// A policy with its rules, and what a rule can name.
#[derive(Clone, Debug, Default)]
pub struct PolicyRules {
    /// The policy.
    pub policy: Policy,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// The roles of the cluster.
    pub roles: Vec<Role>,
    /// Its data elements.
    pub data_elements: Vec<DataElement>,
    /// Its masks.
    pub masks: Vec<Mask>,
}

/// What a submitted form adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlannedRules {
    /// One rule, which the request adds itself.
    One(Box<RuleRow>),
    /// Several, which a job adds.
    Many(Command),
}

impl PolicyRules {
    /// Reads all of it.
    ///
    /// # Errors
    /// When there is no such policy, or the cluster's error.
    pub async fn read(operation: &Operation, uid: &PolicyUid) -> Result<Self, Error> {
        let (policy, roles) = futures::try_join!(policy(operation, uid), roles(operation))?;
        let (listed, data_elements, masks) =
            futures::try_join!(rules(operation, uid), data_elements(operation), masks(operation))?;
        Ok(Self {
            policy,
            rules: listed,
            roles,
            data_elements,
            masks,
        })
    }

    /// The rules by what identifies them. A policy that has a pair twice keeps both.
    pub fn by_key(&self) -> BTreeMap<(&RoleUid, &DataElementUid), Vec<&Rule>> {
        let mut found: BTreeMap<_, Vec<&Rule>> = BTreeMap::new();
        for rule in &self.rules {
            found.entry(rule.key()).or_default().push(rule);
        }
        found
    }

    /// What this form adds, after all checks that the vendor's documents allow.
    ///
    /// # Errors
    /// At the fields.
    pub fn plan(&self, form: &NewRulesForm) -> Result<PlannedRules, Error> {
        let mut validation = Validation::default();
        let (all_roles, all_elements) = (form.all_roles == "true", form.all_elements == "true");
        let roles = chosen(all_roles, &form.roles, &self.roles, |role| role.uid.as_str());
        let elements = chosen(all_elements, &form.elements, &self.data_elements, |element| {
            element.uid.as_str()
        });
        let (roles, elements) = match (roles, elements) {
            (Some(roles), Some(elements)) => (roles, elements),
            (roles, elements) => {
                validation.require(roles.is_some(), "roles", "Choose a role that the cluster lists.");
                let words = "Choose a data element that the cluster lists.";
                validation.require(elements.is_some(), "elements", words);
                (roles.unwrap_or_default(), elements.unwrap_or_default())
            }
        };
        let boxes = PermissionBoxes {
            access: form.access.clone(),
            audit_success: form.audit_success.clone(),
            audit_failed: form.audit_failed.clone(),
        };
        let template = self.template(&boxes, &form.no_access, &form.mask, &mut validation);
        for problem in problems(&template, &elements) {
            validation.add(problem.0, problem.1);
        }
        let taken: BTreeSet<_> = self.rules.iter().map(Rule::key).collect();
        let row = |role: &Role, element: &DataElement| RuleRow {
            rule: NewRule {
                role: role.uid.clone(),
                data_element: element.uid.clone(),
                ..template.clone()
            },
            role: role.name.clone(),
            element: element.name.clone(),
        };
        let pairs = elements
            .iter()
            .flat_map(|element| roles.iter().map(move |role| (*role, *element)));
        let (mut old, new): (Vec<_>, Vec<_>) =
            pairs.partition(|(role, element)| taken.contains(&(&role.uid, &element.uid)));
        if new.is_empty() && !old.is_empty() {
            let words = match old.len() {
                1 => "The policy has a rule for this role and data element already.",
                _ => "The policy has a rule for each of these roles and data elements already.",
            };
            validation.add("elements", words);
        }
        validation.finish()?;
        // Who asks for all means those without a rule.
        if all_roles || all_elements {
            old.clear();
        }
        let (count, most) = (old.len() + new.len(), Jobs::MAX_ROWS);
        if count > most {
            return Err(JobError::TooMany { rows: count, most }.into());
        }
        // Pairs with a rule stay in the job: the row says that its rule was left as it is.
        let pairs = if count == 1 { new } else { [new, old].concat() };
        let mut rows: Vec<_> = pairs
            .into_iter()
            .map(|(role, element)| row(role, element))
            .collect();
        match (rows.pop(), rows.is_empty()) {
            (Some(only), true) => Ok(PlannedRules::One(Box::new(only))),
            (last, _) => {
                rows.extend(last);
                Ok(PlannedRules::Many(Command::CreateRules(CreateRules {
                    policy: self.policy.uid.clone(),
                    policy_name: self.policy.name.clone(),
                    rules: rows,
                })))
            }
        }
    }

    /// The rule without its role and data element.
    pub(super) fn template(
        &self,
        boxes: &PermissionBoxes,
        no_access: &str,
        mask: &str,
        validation: &mut Validation,
    ) -> NewRule {
        let no_access = Some(no_access.trim()).filter(|word| !word.is_empty());
        let no_access = no_access.map(NoAccessOperation::from);
        let is_known = no_access
            .as_ref()
            .is_none_or(|word| NoAccessOperation::KNOWN.contains(word));
        validation.require(is_known, "no_access", "Choose what users without access get.");
        let mask = Some(mask).filter(|uid| !uid.is_empty());
        let is_listed = mask.is_none_or(|uid| self.masks.iter().any(|mask| mask.uid.as_str() == uid));
        validation.require(is_listed, "mask", "The cluster lists no such mask.");
        NewRule {
            // Null is what the cluster takes a missing field for, and the only spelling that the reference lacks.
            no_access_operation: no_access.filter(|word| *word != NoAccessOperation::NullValue),
            mask: mask.map(MaskUid::from),
            permission: boxes.permission(validation),
            ..NewRule::default()
        }
    }
}

/// The objects of these uids, none twice, or all that have one; nothing where there is none, or one is not listed.
fn chosen<'a, T>(
    is_all: bool,
    uids: &[String],
    listed: &'a [T],
    uid: impl Fn(&T) -> &str,
) -> Option<Vec<&'a T>> {
    if is_all {
        let all: Vec<_> = listed.iter().filter(|row| !uid(row).is_empty()).collect();
        return (!all.is_empty()).then_some(all);
    }
    let uids: BTreeSet<&str> = uids
        .iter()
        .map(String::as_str)
        .filter(|uid| !uid.is_empty())
        .collect();
    let found: Vec<&T> = listed.iter().filter(|row| uids.contains(uid(row))).collect();
    (!uids.is_empty() && found.len() == uids.len()).then_some(found)
}

/// The problems of a rule with each of these data elements, each at its field and with the data elements that it is about.
pub(super) fn problems(rule: &NewRule, elements: &[&DataElement]) -> Vec<(&'static str, String)> {
    let mut found: BTreeMap<RuleProblem, Vec<&str>> = BTreeMap::new();
    for element in elements {
        let Some(method) = &element.method else { continue };
        for problem in rule.problems(method) {
            found.entry(problem).or_default().push(&element.name);
        }
    }
    let in_words = |(problem, names): (RuleProblem, Vec<&str>)| {
        let names = listed(&names);
        match problem {
            RuleProblem::ProtectedValueOfCbc => (
                "no_access",
                format!(
                    "{names}: an encryption in CBC mode (aes256CbcEnc) cannot give its protected value to \
                     users without access. Choose null or an error."
                ),
            ),
            RuleProblem::OneWay => (
                "access",
                format!(
                    "{names}: a keyed hash (HMAC) is one-way. It can be protected only: untick re-protect and unprotect."
                ),
            ),
            RuleProblem::MaskWithoutUnprotect => (
                "mask",
                "A mask is applied when a value is unprotected. Permit unprotect, or choose no mask."
                    .to_owned(),
            ),
        }
    };
    found.into_iter().map(in_words).collect()
}

#[cfg(test)]
mod tests {
    use protegrity::pim::ProtectionMethod;

    use super::*;

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn element(uid: &str, key: &str) -> DataElement {
        let method = serde_json::json!({ "uid": uid, "name": format!("DE_{uid}"), key: {} });
        DataElement::from(method)
    }

    /// Two roles; a data element of a token, one in CBC mode and one of a keyed hash; a mask; a rule for role 1 and
    /// data element 1.
    fn world() -> PolicyRules {
        let role = |uid: &str| Role {
            uid: uid.into(),
            name: format!("ROLE_{uid}"),
            ..Role::default()
        };
        PolicyRules {
            policy: Policy {
                uid: "9".into(),
                name: "CUSTOMERS".to_owned(),
                ..Policy::default()
            },
            rules: vec![Rule {
                role: "1".into(),
                data_element: "1".into(),
                ..Rule::default()
            }],
            roles: vec![role("1"), role("2")],
            data_elements: vec![
                element("1", "numericToken"),
                element("2", "aes256CbcEnc"),
                element("3", "hmacSha256"),
            ],
            masks: vec![Mask {
                uid: "5".into(),
                ..Mask::default()
            }],
        }
    }

    fn form(roles: &[&str], elements: &[&str], access: &[&str]) -> NewRulesForm {
        NewRulesForm {
            policy: "9".to_owned(),
            roles: strings(roles),
            elements: strings(elements),
            access: strings(access),
            ..NewRulesForm::default()
        }
    }

    fn fields(form: &NewRulesForm) -> Vec<String> {
        match world().plan(form) {
            Err(Error::Invalid(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_the_vendor_refuses_is_told_at_its_field() {
        let check = |form: NewRulesForm, expected: &[&str]| assert_eq!(fields(&form), expected, "{form:?}");
        check(form(&[], &[], &[]), &["roles", "elements"]);
        check(form(&["1", "7"], &["2"], &[]), &["roles"]);
        check(form(&["1"], &["1"], &["protect"]), &["elements"]);
        check(form(&["2"], &["3"], &["protect", "un_protect"]), &["access"]);
        check(form(&["2"], &["3"], &["protect"]), &[]);
        let protected = |element| NewRulesForm {
            no_access: "PROTECTED_VALUE".to_owned(),
            ..form(&["2"], &[element], &[])
        };
        check(protected("1"), &[]);
        check(protected("2"), &["no_access"]);
        let masked = |mask: &str, access: &[&str]| NewRulesForm {
            mask: mask.to_owned(),
            ..form(&["2"], &["1"], access)
        };
        check(masked("5", &["protect"]), &["mask"]);
        check(masked("5", &["un_protect"]), &[]);
        check(masked("6", &["un_protect"]), &["mask"]);
        let dance = NewRulesForm {
            no_access: "DANCE".to_owned(),
            ..form(&["2"], &["1"], &["dance"])
        };
        check(dance, &["no_access", "access"]);
    }

    #[test]
    fn one_pair_is_one_rule_and_several_are_a_job() {
        let planned = world().plan(&form(&["2"], &["1"], &["un_protect"]));
        let Ok(PlannedRules::One(row)) = planned else {
            panic!("{planned:?}");
        };
        assert_eq!((row.role.as_str(), row.element.as_str()), ("ROLE_2", "DE_1"));
        assert!(row.rule.permission.access.un_protect && !row.rule.permission.access.protect);

        let planned = world().plan(&form(&["1", "2", "2"], &["1", "2"], &["un_protect"]));
        let Ok(PlannedRules::Many(Command::CreateRules(job))) = planned else {
            panic!("{planned:?}");
        };
        let pairs: Vec<_> = job
            .rules
            .iter()
            .map(|row| (row.rule.role.as_str(), row.rule.data_element.as_str()))
            .collect();
        // The pair that has a rule comes last.
        assert_eq!(pairs, [("2", "1"), ("1", "2"), ("2", "2"), ("1", "1")]);
    }

    #[test]
    fn all_roles_or_data_elements_are_those_without_a_rule() {
        let pairs = |form: &NewRulesForm| match world().plan(form) {
            Ok(PlannedRules::Many(Command::CreateRules(job))) => {
                let pairs = job
                    .rules
                    .iter()
                    .map(|row| format!("{} {}", row.role, row.element));
                pairs.collect::<Vec<_>>()
            }
            Ok(PlannedRules::One(row)) => vec![format!("{} {}", row.role, row.element)],
            other => panic!("{other:?}"),
        };
        // Role 1 has a rule for data element 1.
        let column = NewRulesForm {
            all_elements: "true".to_owned(),
            ..form(&["1"], &["2"], &["protect"])
        };
        assert_eq!(pairs(&column), ["ROLE_1 DE_2", "ROLE_1 DE_3"]);
        let row = NewRulesForm {
            all_roles: "true".to_owned(),
            ..form(&[], &["1"], &["protect"])
        };
        assert_eq!(pairs(&row), ["ROLE_2 DE_1"]);
        let all = NewRulesForm {
            all_elements: "true".to_owned(),
            ..row
        };
        assert_eq!(pairs(&all).len(), 5);
        let unticked = NewRulesForm {
            all_roles: "false".to_owned(),
            ..form(&[], &["1"], &[])
        };
        assert_eq!(fields(&unticked), ["roles"]);
        let nobody = PolicyRules {
            roles: Vec::new(),
            ..world()
        };
        assert!(nobody.plan(&all).is_err());
    }

    #[test]
    fn null_is_said_by_leaving_the_field_out() {
        let null = NewRulesForm {
            no_access: "NULL_VALUE".to_owned(),
            ..form(&["2"], &["1"], &[])
        };
        let Ok(PlannedRules::One(row)) = world().plan(&null) else {
            panic!("one rule");
        };
        assert_eq!(row.rule.no_access_operation, None);
    }

    #[test]
    fn an_unknown_method_has_no_problems() {
        let unknown = DataElement {
            method: None::<ProtectionMethod>,
            ..DataElement::default()
        };
        assert_eq!(problems(&NewRule::default(), &[&unknown]), []);
    }
}
