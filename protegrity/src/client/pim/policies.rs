//! Policies and their rules (reference lines 2993-3035).

use upstream::{Endpoint, Error, check_filled, encode_segment};

use crate::pim::{NewPolicy, NewRule, Policy, PolicyUid, Rule, RuleUid};

use super::{Created, Pim, endpoint};

impl Pim<'_> {
    /// All policies, `GET /pim/policies`. Rows that name nothing are left out.
    pub async fn policies(self) -> Result<Vec<Policy>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /pim/policies");
        self.objects(ENDPOINT, "/policies", "policies").await
    }

    /// Creates a policy without rules, `POST /pim/policies` (reference lines 2993-3013).
    pub async fn create_policy(self, policy: &NewPolicy) -> Result<Created<PolicyUid>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/policies");
        check_filled(ENDPOINT, "policy's name", &policy.name)?;
        self.create(ENDPOINT, "/policies", policy).await
    }

    /// The rules of a policy, `GET /pim/policies/{uid}/rules`. Rows that say nothing are left out.
    pub async fn rules(self, policy: &PolicyUid) -> Result<Vec<Rule>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /pim/policies/{uid}/rules");
        let mut rows: Vec<Rule> = self
            .list(ENDPOINT, &rules_path(ENDPOINT, policy)?, "rules")
            .await?;
        rows.retain(|row| !row.role.is_empty() || !row.data_element.is_empty() || row.uid.is_some());
        Ok(rows)
    }

    /// Adds a rule to a policy, `POST /pim/policies/{uid}/rules` (reference lines 3015-3035; row 68). The answer that is
    /// documented has no uid (notes section 9): look for the rule's [key](Rule::key) in [`rules`](Self::rules).
    pub async fn create_rule(self, policy: &PolicyUid, rule: &NewRule) -> Result<Created<RuleUid>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/policies/{uid}/rules");
        let path = rules_path(ENDPOINT, policy)?;
        check_filled(ENDPOINT, "rule's role", &rule.role)?;
        check_filled(ENDPOINT, "rule's data element", &rule.data_element)?;
        self.create(ENDPOINT, &path, rule).await
    }
}

fn rules_path(endpoint: Endpoint, policy: &PolicyUid) -> Result<String, Error> {
    let policy = encode_segment(endpoint, "policy's uid", policy)?;
    Ok(format!("/policies/{policy}/rules"))
}
