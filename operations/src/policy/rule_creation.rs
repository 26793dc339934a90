//! Adding the rules of a policy, one by one (reference lines 3015-3035).

use std::collections::BTreeSet;

use gate::{Operation, OperationError, Target};
use protegrity::pim::{NewRule, PolicyUid, Rule, already_exists};

use super::{
    RuleKey,
    added_rules::{AddedRules, RulesReport, compared, read_back},
    configuration::rules,
    policies::in_fields,
};
use crate::{
    Error, Services,
    jobs::{CreateRules, RowFailure, RowOutcome, RuleRow},
    locks::KeyedGuard,
    read_back::{ReadBack, settle},
    refusal,
};

/// The words of the cluster's refusals of a rule, with the fields that they are about.
const RULE: &refusal::Words = &[
    ("protected value", "no_access"),
    ("no access operation", "no_access"),
    ("mask", "mask"),
    ("permission", "access"),
    ("audit", "audit_failed"),
    ("data element", "elements"),
    ("role", "roles"),
];

/// Adds one rule (`POST /pim/policies/{uid}/rules`), and reads it back.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create_rule(
    services: &Services,
    operation: &Operation,
    policy: &PolicyUid,
    rule: &NewRule,
) -> Result<ReadBack, Error> {
    let _lock = lock(services, policy).await;
    if find(&rules(operation, policy).await?, rule).is_some() {
        return Err(exists());
    }
    send(operation, policy, rule).await?;
    Ok(match rules(operation, policy).await {
        Ok(listed) => read_back(rule, find(&listed, rule)),
        Err(error) => {
            tracing::warn!(%error, "a new rule could not be read back");
            ReadBack::Unread
        }
    })
}

/// Keeps out other changes of the policy, and deployments of it: each policy is deployed with the rules that were
/// reviewed.
pub(super) async fn lock(services: &Services, policy: &PolicyUid) -> KeyedGuard {
    services.locks.lock(("policy", policy.to_string())).await
}

pub(super) fn target(policy: &PolicyUid, rule: &NewRule) -> Target {
    let NewRule {
        role, data_element, ..
    } = rule;
    let id = format!("policy {policy}, role {role}, data element {data_element}");
    Target::of("rule", id)
}

/// Adds a rule that the policy does not have, as far as is known. The call names its own target in the audit log.
pub(super) async fn send(operation: &Operation, policy: &PolicyUid, rule: &NewRule) -> Result<(), Error> {
    let operation = &operation.on(target(policy, rule));
    let added = operation
        .perform(|cluster| async move { cluster.pim().create_rule(policy, rule).await.map(drop) })
        .await;
    let added = settle(added, || async {
        let listed = rules(operation, policy).await.ok()?;
        (compared(rule, find(&listed, rule)?) == ReadBack::AsSent).then_some(())
    });
    added.await.map_err(refused)
}

fn find<'a>(rules: &'a [Rule], rule: &NewRule) -> Option<&'a Rule> {
    rules.iter().find(|listed| listed.key() == rule.key())
}

fn exists() -> Error {
    Error::at(
        "elements",
        "The policy has a rule for this role and data element already.",
    )
}

pub(super) fn refused(error: OperationError) -> Error {
    if error.error.upstream().is_some_and(already_exists) {
        return exists();
    }
    in_fields(error, RULE)
}

/// One run of a job that adds rules.
pub(crate) struct RulesRun {
    policy: PolicyUid,
    policy_name: String,
    rules: Vec<RuleRow>,
    /// The rules that the policy had when the run began, read once for all rows.
    taken: BTreeSet<RuleKey>,
    added: AddedRules,
}

impl RulesRun {
    pub async fn new(operation: &Operation, command: &CreateRules) -> Result<Self, Error> {
        let taken = rules(operation, &command.policy).await?;
        let taken = taken.into_iter().map(|rule| (rule.role, rule.data_element));
        Ok(Self {
            policy: command.policy.clone(),
            policy_name: command.policy_name.clone(),
            rules: command.rules.clone(),
            taken: taken.collect(),
            added: AddedRules::default(),
        })
    }

    /// Adds one rule.
    pub async fn row(
        &self,
        services: &Services,
        operation: &Operation,
        place: usize,
    ) -> Result<RowOutcome, RowFailure> {
        let row = &self.rules[place];
        let rule = &row.rule;
        let has_one = (rule.role.clone(), rule.data_element.clone());
        if self.taken.contains(&has_one) {
            return Err(RowFailure::new(
                "The policy has a rule for them already. It is left as it is.",
            ));
        }
        let _lock = lock(services, &self.policy).await;
        send(operation, &self.policy, rule).await?;
        self.added
            .add(&self.policy, &self.policy_name, row.name(), rule.clone());
        Ok(RowOutcome::new("Added."))
    }

    /// The rules that were added, read back; nothing where none was.
    pub async fn report(&self, operation: &Operation) -> Option<RulesReport> {
        self.added.report(operation).await
    }
}
