//! [`Deployment`]: what the protectors of a data store get (reference, lines 3059-3127).

use super::{Entry, Repository};
use crate::refusal::Refusal;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The well-known name of a data store, in any case of letters, to which every deployment fails.
const UNREACHABLE: &str = "unreachable";

/// The policies and trusted applications of a data store, all by uid. A deployment replaces them: an empty list leaves
/// the protectors without any (reference, lines 3069 and 3091).
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Assignment {
    #[serde(rename = "uid")]
    pub(crate) data_store: String,
    pub(crate) policies: Vec<String>,
    pub(crate) applications: Vec<String>,
}

/// The last deployment to a data store.
#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    assignment: Assignment,
    /// The number of deployments to the store so far.
    count: u32,
    /// The package's content at the time of the deployment.
    pub(crate) content: Value,
}

/// What is deployed to a data store, for the tests of a caller.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DeployedStore {
    /// The uid of the data store.
    pub uid: String,
    /// The name of the data store.
    pub name: String,
    /// The number of deployments to the store so far; 0 for one that has never had any.
    pub deployments: u32,
    /// The uids of the deployed policies.
    pub policies: Vec<String>,
    /// The uids of the deployed trusted applications.
    pub applications: Vec<String>,
    /// The plain content of the package as of the last deployment, `null` before the first: the object that
    /// `/export/{fingerprint}` encrypts.
    pub content: Value,
}

impl Repository {
    /// Deploys to several data stores, or to none of them when one cannot have what it is assigned.
    pub(crate) fn deploy(&mut self, assignments: Vec<Assignment>) -> Result<(), Refusal> {
        self.check(&assignments)?;
        for assignment in assignments {
            self.apply(assignment);
        }
        Ok(())
    }

    /// Deploys without checks. An unknown data store is left out.
    pub(crate) fn apply(&mut self, assignment: Assignment) {
        let content = self.package_content(&assignment);
        if let Some(store) = self.data_stores.get_mut(&assignment.data_store) {
            let deployment = &mut store.object.deployment;
            let count = deployment.as_ref().map_or(0, |earlier| earlier.count) + 1;
            *deployment = Some(Deployment {
                assignment,
                count,
                content,
            });
        }
    }

    fn check(&self, assignments: &[Assignment]) -> Result<(), Refusal> {
        check_distinct("Data store", assignments.iter().map(|one| &one.data_store))?;
        for assignment in assignments {
            let store = self.data_stores.referenced(&assignment.data_store)?;
            if store.object.name.eq_ignore_ascii_case(UNREACHABLE) {
                let text = format!("Deployment to data store '{}' failed", store.object.name);
                return Err(Refusal::detail(503, text));
            }
            check_distinct("Policy", &assignment.policies)?;
            check_distinct("Application", &assignment.applications)?;
            for uid in &assignment.policies {
                let policy = self.policies.referenced(uid)?;
                if policy.object.rules.is_empty() {
                    return Err(Refusal::detail(400, format!("Policy '{uid}' has no rules")));
                }
            }
            for uid in &assignment.applications {
                self.applications.referenced(uid)?;
            }
        }
        self.check_applications(assignments)
    }

    /// Checks that no application would be in two data stores (notes, sections 3 and 9).
    fn check_applications(&self, assignments: &[Assignment]) -> Result<(), Refusal> {
        let mut holders = BTreeMap::new();
        for present in self.assignments() {
            if assignments.iter().all(|one| one.data_store != present.data_store) {
                for uid in present.applications {
                    holders.insert(uid, present.data_store.clone());
                }
            }
        }
        for assignment in assignments {
            for uid in &assignment.applications {
                if let Some(holder) = holders.insert(uid.clone(), assignment.data_store.clone()) {
                    let text = format!("Application '{uid}' is in use by data store '{holder}'");
                    return Err(Refusal::detail(400, text));
                }
            }
        }
        Ok(())
    }

    /// The first data store that has what this is true of, as the text of a refusal names it.
    pub(crate) fn store_with(&self, has: impl Fn(&Assignment) -> bool) -> Option<String> {
        let assignment = self.assignments().into_iter().find(has)?;
        let store = self.data_stores.get(&assignment.data_store)?;
        Some(format!("data store '{}'", store.object.name))
    }

    /// What every data store has, also one without a deployment.
    pub(crate) fn assignments(&self) -> Vec<Assignment> {
        let assignment = |store: &Entry<super::DataStore>| match &store.object.deployment {
            Some(deployment) => deployment.assignment.clone(),
            None => Assignment {
                data_store: store.uid.clone(),
                ..Assignment::default()
            },
        };
        self.data_stores.iter().map(assignment).collect()
    }

    /// What every data store has, for the tests of a caller.
    pub(crate) fn deployed(&self) -> Vec<DeployedStore> {
        let stores = self.data_stores.iter().zip(self.assignments());
        let deployed = stores.map(|(store, assignment)| {
            let deployment = store.object.deployment.as_ref();
            DeployedStore {
                uid: assignment.data_store,
                name: store.object.name.clone(),
                deployments: deployment.map_or(0, |deployment| deployment.count),
                policies: assignment.policies,
                applications: assignment.applications,
                content: deployment.map_or(Value::Null, |deployment| deployment.content.clone()),
            }
        });
        deployed.collect()
    }
}

fn check_distinct<'a>(kind: &str, uids: impl IntoIterator<Item = &'a String>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    match uids.into_iter().find(|uid| !seen.insert(*uid)) {
        Some(uid) => Err(Refusal::detail(400, format!("{kind} '{uid}' is listed twice"))),
        None => Ok(()),
    }
}
