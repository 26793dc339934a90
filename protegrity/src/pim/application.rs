//! Trusted applications: which program of which system user may call a protector (notes sections 3 and 9).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ApplicationUid,
    read::{UID, rest, row, take_identity},
};

/// Characters in the name of the object, at most (notes section 9).
pub const MAX_APPLICATION_OBJECT_NAME: usize = 55;

/// Characters in the name of the program, at most (notes section 3).
pub const MAX_APPLICATION_NAME: usize = 63;

/// A trusted application as `GET /pim/applications` gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct Application {
    /// Empty where the cluster left it out.
    pub uid: ApplicationUid,
    /// The name of this object, not the program's.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The program. `*` and `?` stand for any characters and any one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_name: Option<String>,
    /// The system user, with the same signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_user: Option<String>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// `POST /pim/applications`: one program and one system user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewApplication {
    /// At most [`MAX_APPLICATION_OBJECT_NAME`] characters.
    pub name: String,
    /// Not sent where it is empty: a cluster may refuse the field (notes section 9).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// At most [`MAX_APPLICATION_NAME`] characters.
    pub application_name: String,
    pub application_user: String,
}

impl From<Value> for Application {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        Self {
            uid: take_identity(&mut fields, UID),
            name: take_identity(&mut fields, &["name"]),
            description: fields.text("description"),
            application_name: fields.text("applicationName"),
            application_user: fields.text("applicationUser"),
            rest: rest(fields),
        }
    }
}
