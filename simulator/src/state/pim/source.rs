//! [`Source`]: a member source, from which the users of roles come (notes, section 3).

use super::Object;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Source {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: SourceKind,
    pub(crate) connection: FileConnection,
}

/// The only type whose literal and connection are public.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum SourceKind {
    #[default]
    File,
}

/// The files on the cluster with the names of users and groups.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileConnection {
    pub(crate) user_file: String,
    pub(crate) group_file: String,
}

impl Object for Source {
    const KIND: &'static str = "Source";

    fn name(&self) -> &str {
        &self.name
    }
}
