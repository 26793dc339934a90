//! What is deployed now, and the objects that can be deployed.

use std::collections::BTreeMap;

use gate::Operation;
use protegrity::pim::{Application, DataStore, DataStoreUid, DeploymentInfo, Policy};

use super::{Deployed, Names, assignment::deployed_by_store};
use crate::{Error, policy};

/// The data stores with what they have, and what they can have.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The data stores. One without a uid cannot be deployed to.
    pub data_stores: Vec<DataStore>,
    /// The policies.
    pub policies: Vec<Policy>,
    /// The trusted applications.
    pub applications: Vec<Application>,
    /// What each data store has, also one that the cluster does not list any more.
    pub deployed: BTreeMap<DataStoreUid, Deployed>,
}

impl State {
    /// What this store has.
    #[must_use]
    pub fn deployed_to(&self, store: &DataStoreUid) -> Deployed {
        self.deployed.get(store).cloned().unwrap_or_default()
    }

    /// The names of the stores, policies and trusted applications.
    #[must_use]
    pub fn names(&self) -> Names {
        let stores = self.data_stores.iter();
        let policies = self.policies.iter();
        let applications = self.applications.iter();
        Names {
            data_stores: stores.map(|one| (one.uid.clone(), one.name.clone())).collect(),
            policies: policies.map(|one| (one.uid.clone(), one.name.clone())).collect(),
            applications: applications
                .map(|one| (one.uid.clone(), one.name.clone()))
                .collect(),
            ..Names::default()
        }
    }
}

/// Reads the stores, the policies, the trusted applications and what is deployed (`GET /pim/datastores`,
/// `/pim/policies`, `/pim/applications`, `/pim/deploy`; reference, lines 3109-3129).
///
/// # Errors
/// The cluster's error for a list. Where it does not say what is deployed, that is not known.
pub async fn state(operation: &Operation) -> Result<State, Error> {
    state_with(operation, policy::deployed_or_unknown(operation)).await
}

/// The same for a comparison: a cluster that asks to wait has not got something else.
pub(super) async fn state_or_pause(operation: &Operation) -> Result<State, Error> {
    state_with(operation, policy::deployed_or_pause(operation)).await
}

async fn state_with(
    operation: &Operation,
    deployed: impl Future<Output = Result<Option<DeploymentInfo>, Error>>,
) -> Result<State, Error> {
    let (data_stores, policies, applications, info) = futures::try_join!(
        policy::data_stores(operation),
        policy::policies(operation),
        policy::applications(operation),
        deployed,
    )?;
    Ok(State {
        deployed: deployed_by_store(info.as_ref(), data_stores.iter().map(|store| &store.uid)),
        data_stores,
        policies,
        applications,
    })
}
