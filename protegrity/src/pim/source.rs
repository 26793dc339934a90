//! Member sources: where the members of roles come from (notes section 3).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use upstream::{lenient::Fields, word_type};

use super::{
    SourceUid,
    read::{UID, row, take_identity, take_word},
};

word_type! {
    /// What kind of system a source reads. The vendor's screens have Active Directory, LDAP, POSIX, Azure AD and
    /// databases besides, whose words in the API are not documented.
    SourceType {
        /// Two files on the cluster.
        File = "FILE",
    }
}

/// A member source as `GET /pim/sources` gives it.
///
/// Of its connection only the paths of a file source are read: the others hold credentials of directories and
/// databases, and what is not read can be shown nowhere. So a source cannot be sent back either.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct Source {
    /// Empty where the cluster left it out.
    pub uid: SourceUid,
    pub name: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<SourceType>,
    #[serde(rename = "connection", skip_serializing_if = "Option::is_none")]
    pub file: Option<FileConnection>,
}

/// The two files of a source of the type `FILE`, as paths on the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileConnection {
    pub user_file: String,
    pub group_file: String,
}

/// `POST /pim/sources`, of the one type whose connection is known: `{name, type: "FILE", connection}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFileSource {
    pub name: String,
    pub connection: FileConnection,
}

impl From<Value> for Source {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        Self {
            uid: take_identity(&mut fields, UID),
            name: take_identity(&mut fields, &["name"]),
            kind: take_word(&mut fields, "type"),
            file: fields.0.remove("connection").and_then(file_connection),
        }
    }
}

fn file_connection(value: Value) -> Option<FileConnection> {
    let mut fields = Fields::of(value);
    let (user_file, group_file) = (fields.text("userFile"), fields.text("groupFile"));
    if user_file.is_none() && group_file.is_none() {
        return None;
    }
    Some(FileConnection {
        user_file: user_file.unwrap_or_default(),
        group_file: group_file.unwrap_or_default(),
    })
}
