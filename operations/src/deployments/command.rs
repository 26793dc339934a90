//! A deployment as the command of a job, one row for each data store, and what the job reports at its end.

use jiff::Timestamp;
use protegrity::pim::DataStoreUid;
use serde::{Deserialize, Serialize};

use super::{Assignment, Reviewed};
use crate::{
    jobs::{Requester, Row},
    text::{at, counted},
};

/// A deployment to one or several data stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployStores {
    /// Why it is made, in the words of the person.
    pub reason: String,
    /// The stores, in the order in which they are deployed.
    pub stores: Vec<StoreDeployment>,
    /// Stores of the same deployment that are not in this run: a run before has tried them.
    pub tried: Vec<StoreDeployment>,
    /// The state that the review showed.
    pub(super) reviewed: Reviewed,
    /// What [`super::Review::fingerprint`] said.
    pub(super) fingerprint: String,
    /// Its approval, where one person asked for it and another gave it.
    pub(super) approved: Option<Box<Approved>>,
}

/// The approval of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// The person who asked for it.
    pub requested_by: Requester,
    /// The user name of the person who gave it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, in the words of that person.
    pub reason: String,
}

/// What one data store shall have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreDeployment {
    /// The store.
    pub uid: DataStoreUid,
    /// Its name.
    pub name: String,
    /// What takes the place of what it has.
    pub wanted: Assignment,
}

impl DeployStores {
    /// A heading: "Deploy to PROD".
    pub(crate) fn title(&self) -> String {
        match self.stores.as_slice() {
            [store] => format!("Deploy to {}", store.name),
            stores => format!(
                "Deploy to {}",
                counted(stores.len(), ("data store", "data stores"))
            ),
        }
    }

    /// Its rows, none of them started.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let stores = self.stores.iter();
        stores.map(|store| Row::waiting(&store.name, None)).collect()
    }

    /// The same for the stores at these places alone.
    pub(crate) fn only(&self, places: &[usize]) -> Self {
        let others = (0..self.stores.len()).filter(|place| !places.contains(place));
        let others: Vec<_> = others.collect();
        Self {
            reason: self.reason.clone(),
            stores: at(&self.stores, places),
            tried: [self.tried.clone(), at(&self.stores, &others)].concat(),
            reviewed: self.reviewed.clone(),
            fingerprint: self.fingerprint.clone(),
            approved: self.approved.clone(),
        }
    }
}

/// What is deployed when a deployment is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeploymentReport {
    /// The stores of the run, in its order.
    pub stores: Vec<StoreReport>,
}

/// One data store before and after a deployment, by names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoreReport {
    /// Its name.
    pub name: String,
    /// Whether it has what it shall have.
    pub state: StoreState,
    /// The policies that it had before, where they were known.
    pub policies_before: Option<Vec<String>>,
    /// The policies that it has, where they are known.
    pub policies: Option<Vec<String>>,
    /// The trusted applications that it had before, where they were known.
    pub applications_before: Option<Vec<String>>,
    /// The trusted applications that it has, where they are known.
    pub applications: Option<Vec<String>>,
}

/// What reading a data store again shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreState {
    /// The deployment was accepted, and the store has what it shall have.
    AsWanted,
    /// It has what it had before, which is something else.
    Unchanged,
    /// It has something else.
    Other,
    /// It is not known what it has, or whether the deployment took effect.
    Unknown,
}
