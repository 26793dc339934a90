//! Data stores, which protectors belong to, and their export keys (reference lines 3037-3057; notes sections 3 and 9).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use upstream::word_type;

use super::{
    DataStoreUid, ExportKeyUid,
    read::{UID, rest, row, take_identity, take_word},
};
use crate::Fingerprint;

/// Characters in the name of a data store, at most (notes section 3).
pub const MAX_DATA_STORE_NAME: usize = 55;

word_type! {
    /// How a resilient package is encrypted to an export key.
    KeyAlgorithm {
        /// The one that a key in AWS KMS can have.
        RsaOaep256 = "RSA-OAEP-256",
        RsaOaep512 = "RSA-OAEP-512",
    }
}

/// A data store as `GET /pim/datastores` gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct DataStore {
    /// Empty where the cluster left it out.
    pub uid: DataStoreUid,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it serves the protectors that no other store lists. There is at most one; making another the default
    /// takes it over.
    #[serde(rename = "default", skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
    /// Fields that are not documented, like the addresses of protectors.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// `POST /pim/datastores` (reference line 3055).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDataStore {
    /// At most [`MAX_DATA_STORE_NAME`] characters.
    pub name: String,
    pub description: String,
    #[serde(rename = "default")]
    pub is_default: bool,
}

/// An export key of a data store as `GET /pim/datastores/{uid}/export/keys` gives it: the public key that resilient
/// packages of the store are encrypted to. A store can have several.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct ExportKey {
    /// Empty where the cluster left it out.
    pub uid: ExportKeyUid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<KeyAlgorithm>,
    /// What an export of a package names it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The public key. The answer of a new key has none (notes section 9).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pem: Option<String>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// `POST /pim/datastores/{uid}/export/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewExportKey {
    pub algorithm: KeyAlgorithm,
    /// The public key in PEM, as it is in its file. A private key is refused before it is sent.
    pub pem: String,
    /// Not sent where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

impl NewExportKey {
    /// Whether the text contains a private key, which must not be sent anywhere.
    pub fn has_private_key(&self) -> bool {
        self.pem.to_ascii_uppercase().contains("PRIVATE KEY")
    }
}

impl From<Value> for DataStore {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        Self {
            uid: take_identity(&mut fields, UID),
            name: take_identity(&mut fields, &["name"]),
            description: fields.text("description"),
            is_default: fields.boolean("default"),
            rest: rest(fields),
        }
    }
}

impl From<Value> for ExportKey {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        Self {
            uid: take_identity(&mut fields, UID),
            algorithm: take_word(&mut fields, "algorithm"),
            fingerprint: take_word(&mut fields, "fingerprint"),
            description: fields.text("description"),
            pem: fields.text("pem"),
            rest: rest(fields),
        }
    }
}
