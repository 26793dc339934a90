//! How the objects of policy management hang together: what the rules name, and what is deployed where.

use std::collections::BTreeMap;

use gate::Operation;
use protegrity::pim::{DataElement, PolicyUid, Role, Rule};

use super::configuration::{data_elements, roles, rules_of};
use crate::{
    Error,
    deployments::{self, State},
};

/// The objects that hang together, as they were read one list after the other.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// The roles.
    pub roles: Vec<Role>,
    /// The data elements.
    pub data_elements: Vec<DataElement>,
    /// The policies, data stores and trusted applications, and what each data store has.
    pub state: State,
    /// The rules of each policy, or of the one that was asked for.
    pub rules: BTreeMap<PolicyUid, Vec<Rule>>,
}

impl Connections {
    /// Reads them, with the rules of this policy, or of all.
    ///
    /// # Errors
    /// The cluster's error for a list. Where it does not say what is deployed, that is not known.
    pub async fn read(operation: &Operation, only: Option<&PolicyUid>) -> Result<Self, Error> {
        let (roles, data_elements, state) = futures::try_join!(
            roles(operation),
            data_elements(operation),
            deployments::state(operation)
        )?;
        let policies = state.policies.iter().map(|policy| &policy.uid);
        let policies = policies.filter(|uid| !uid.is_empty() && only.is_none_or(|only| only == *uid));
        let policies = policies.cloned().collect();
        Ok(Self {
            rules: rules_of(operation, policies).await?,
            roles,
            data_elements,
            state,
        })
    }
}
