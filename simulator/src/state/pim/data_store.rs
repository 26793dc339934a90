//! [`DataStore`]: a set of protectors that get the same policies (reference, line 3055; notes, section 3).

use super::{Collection, Deployment, ExportKey, Object};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct DataStore {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// Whether the store serves the protectors that are on no other store's list.
    pub(crate) default: bool,
    /// At their own endpoint, `/datastores/{uid}/export/keys`.
    #[serde(skip)]
    pub(crate) export_keys: Collection<ExportKey>,
    /// At its own endpoint, `/deploy`. `None` until the first deployment.
    #[serde(skip)]
    pub(crate) deployment: Option<Deployment>,
}

impl DataStore {
    /// A store without export keys and without a deployment.
    pub(crate) fn new(name: String, description: Option<String>, default: bool) -> Self {
        Self {
            name,
            description,
            default,
            export_keys: Collection::default(),
            deployment: None,
        }
    }
}

impl Object for DataStore {
    const KIND: &'static str = "Data store";

    fn name(&self) -> &str {
        &self.name
    }
}
