//! Data elements: how one kind of value is protected (reference lines 2971-2991; notes section 3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    DataElementUid, ProtectionMethod,
    method::take_method,
    read::{UID, rest, row, take_identity},
};

/// Characters in the name of a data element, at most (notes section 3).
pub const MAX_DATA_ELEMENT_NAME: usize = 56;

/// A data element as `GET /pim/dataelements` gives it. Nothing of it can be changed but the description (notes section
/// 9), and deleting it destroys its key: what was protected with it cannot be recovered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct DataElement {
    /// Empty where the cluster left it out.
    pub uid: DataElementUid,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `None` where the answer has no object that could be one.
    #[serde(flatten)]
    pub method: Option<ProtectionMethod>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// `POST /pim/dataelements` (reference line 2989): `{name, description, <method>: {options}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "DataElement")]
pub struct NewDataElement {
    /// At most [`MAX_DATA_ELEMENT_NAME`] characters.
    pub name: String,
    pub description: String,
    #[serde(flatten)]
    pub method: ProtectionMethod,
}

impl From<Value> for DataElement {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        let uid = take_identity(&mut fields, UID);
        let name = take_identity(&mut fields, &["name"]);
        let description = fields.text("description");
        Self {
            uid,
            name,
            description,
            method: take_method(&mut fields),
            rest: rest(fields),
        }
    }
}

impl TryFrom<DataElement> for NewDataElement {
    type Error = &'static str;

    fn try_from(element: DataElement) -> Result<Self, &'static str> {
        Ok(Self {
            name: element.name,
            description: element.description.unwrap_or_default(),
            method: element
                .method
                .ok_or("the data element has no protection method")?,
        })
    }
}
