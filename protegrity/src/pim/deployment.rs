//! Deployments: which policies and trusted applications the protectors of a data store get (reference lines 3059-3129).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use upstream::lenient::Fields;

use super::{
    ApplicationUid, DataStoreUid, PolicyUid,
    read::{UID, references, rest, take_identity, take_object},
};

/// What a data store shall have. It takes the place of all that is there: with an empty list the connected protectors
/// get empty definitions (reference lines 3069 and 3091).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    #[serde(rename = "uid")]
    pub data_store: DataStoreUid,
    pub policies: Vec<PolicyUid>,
    pub applications: Vec<ApplicationUid>,
}

/// `GET /pim/deploy` (reference lines 3109-3129): the stores with the policies and trusted applications connected to
/// them. Some of it may still wait for a deployment (reference line 3113); no field that says so is documented.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value", untagged)]
pub enum DeploymentInfo {
    Stores(Vec<DeployedStore>),
    /// An answer of another shape, as it came; the reference shows none. It can be shown, and says nothing of what is
    /// deployed.
    Unknown(Value),
}

/// One data store of a [`DeploymentInfo`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct DeployedStore {
    #[serde(rename = "uid")]
    pub data_store: DataStoreUid,
    /// `None` means "unknown", never "none", and so it does for `applications`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<Vec<PolicyUid>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applications: Option<Vec<ApplicationUid>>,
    /// Fields that are not documented, like the store's name.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

impl DeployedStore {
    /// The deployment that would bring this state back; nothing where a part of it is unknown.
    pub fn to_deployment(&self) -> Option<Deployment> {
        Some(Deployment {
            data_store: self.data_store.clone(),
            policies: self.policies.clone()?,
            applications: self.applications.clone()?,
        })
    }
}

impl DeploymentInfo {
    /// The stores, where they could be read.
    pub fn stores(&self) -> Option<&[DeployedStore]> {
        match self {
            Self::Stores(stores) => Some(stores),
            Self::Unknown(_) => None,
        }
    }
}

impl From<Value> for DeploymentInfo {
    /// An array, or an object with one under a key that says so.
    fn from(value: Value) -> Self {
        let rows = match &value {
            Value::Array(rows) => Some(rows),
            Value::Object(object) => ["dataStores", "datastores", "data", "items", "deployments"]
                .into_iter()
                .find_map(|key| object.get(key)?.as_array()),
            _ => None,
        };
        let stores = rows.map(|rows| rows.iter().cloned().map(DeployedStore::from).collect::<Vec<_>>());
        match stores {
            // A row without a store's uid: then the list is not one of stores.
            Some(stores) if stores.iter().all(|store| !store.data_store.is_empty()) => Self::Stores(stores),
            _ => Self::Unknown(value),
        }
    }
}

impl From<Value> for DeployedStore {
    fn from(value: Value) -> Self {
        let mut fields = Fields::of(value);
        let keys: Vec<&str> = ["dataStoreUid"].into_iter().chain(UID.iter().copied()).collect();
        Self {
            data_store: take_identity(&mut fields, &keys),
            policies: take_object(&mut fields, "policies", references),
            applications: take_object(&mut fields, "applications", references),
            rest: rest(fields),
        }
    }
}
