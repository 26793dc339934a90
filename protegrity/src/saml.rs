//! SAML providers and their attribute mappers (reference lines 1735-2205).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use upstream::lenient::{self, Fields};

use crate::{Alias, MapperId};

/// A SAML provider as `GET /saml/providers` and `GET /saml/providers/{alias}` give it.
///
/// `alias` is empty where the cluster left it out; such a row of the list is left out too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct SamlProvider {
    pub alias: Alias,
    pub display_name: Option<String>,
    /// `saml` in every sample.
    pub provider_id: Option<String>,
    pub enabled: Option<bool>,
    /// Texts in the sample, also for what is true or false; objects in another (row 45). The keys are
    /// Keycloak's, and one is spelt unlike the request's: `nameIDPolicyFormat` (row 44).
    pub config: BTreeMap<String, Value>,
}

/// An attribute mapper of a SAML provider as `GET /saml/providers/{alias}/mappers` gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct SamlMapper {
    pub id: MapperId,
    pub name: String,
    /// `identityProviderMapper` in the answer, `mapperType` in the request (reference lines 2104, 2141).
    #[serde(rename = "identityProviderMapper")]
    pub mapper_type: Option<String>,
    /// Texts in the sample; read as anything, like a provider's (row 45).
    pub config: BTreeMap<String, Value>,
}

impl From<Value> for SamlProvider {
    /// An object, or the bare alias.
    fn from(row: Value) -> Self {
        if !matches!(row, Value::Object(_)) {
            return Self {
                alias: lenient::into_name(row).unwrap_or_default().into(),
                ..Self::default()
            };
        }
        let mut fields = Fields::of(row);
        Self {
            alias: fields.identity(&["alias"]),
            display_name: fields.text("displayName"),
            provider_id: fields.text("providerId"),
            enabled: fields.boolean("enabled"),
            config: fields.object("config"),
        }
    }
}

impl From<Value> for SamlMapper {
    fn from(row: Value) -> Self {
        let mut fields = Fields::of(row);
        Self {
            id: fields.identity(&["id", "mapperId"]),
            name: fields.identity(&["name"]),
            mapper_type: fields.first_text(&["identityProviderMapper", "mapperType"]),
            config: fields.object("config"),
        }
    }
}
