//! Deploying (reference lines 3059-3129).

use std::collections::HashSet;

use serde_json::{Value, json};
use upstream::{Endpoint, Error, check_all_filled, check_filled, encode_segment};

use crate::pim::{Deployment, DeploymentInfo};

use super::{Pim, endpoint};

impl Pim<'_> {
    /// The policies and trusted applications of all data stores, `GET /pim/deploy` (reference lines 3109-3129). An answer that cannot be read is
    /// no error, see [`DeploymentInfo::Unknown`]; neither is one without a body, which says nothing.
    pub async fn deployments(self) -> Result<DeploymentInfo, Error> {
        let answer = self.get(endpoint("GET /pim/deploy"), "/deploy").await?;
        if answer.is_empty() {
            return Ok(DeploymentInfo::Unknown(Value::Null));
        }
        match answer.value_or_null() {
            Value::Null => Err(answer.unreadable("the answer is no JSON")),
            value => Ok(DeploymentInfo::from(value)),
        }
    }

    /// Deploys one data store, `POST /pim/datastores/{uid}/deploy` (reference lines 3065-3085). What is given takes the
    /// place of what is there, and an empty list clears it.
    ///
    /// An application that another store holds is refused, with 400 and words such as "does not exist" (notes sections 2
    /// and 3).
    pub async fn deploy_one(self, deployment: &Deployment) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/datastores/{uid}/deploy");
        check(ENDPOINT, deployment)?;
        let store = encode_segment(ENDPOINT, "data store's uid", &deployment.data_store)?;
        let body = json!({
            "policies": deployment.policies, "applications": deployment.applications,
        });
        self.post(ENDPOINT, &format!("/datastores/{store}/deploy"), body)
            .await
            .map(drop)
    }

    /// Deploys several data stores at once, `POST /pim/deploy` (reference lines 3087-3107). Each of them like
    /// [`deploy_one`](Self::deploy_one). What the call does to a store that is not in the list is not documented.
    ///
    /// An empty list, and a store that is in it twice, are refused here.
    pub async fn deploy(self, deployments: &[Deployment]) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/deploy");
        if deployments.is_empty() {
            return Err(Error::refused(ENDPOINT, "there is no data store to deploy"));
        }
        let mut stores = HashSet::new();
        for deployment in deployments {
            check(ENDPOINT, deployment)?;
            if !stores.insert(&deployment.data_store) {
                return Err(Error::refused(ENDPOINT, "a data store is named twice"));
            }
        }
        self.post(ENDPOINT, "/deploy", json!({"dataStores": deployments}))
            .await
            .map(drop)
    }
}

fn check(endpoint: Endpoint, deployment: &Deployment) -> Result<(), Error> {
    check_filled(endpoint, "data store's uid", &deployment.data_store)?;
    check_all_filled(endpoint, "uid of a policy", &deployment.policies)?;
    check_all_filled(endpoint, "uid of a trusted application", &deployment.applications)
}
