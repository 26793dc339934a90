//! [`Mapper`]: an attribute mapper of a SAML provider, with Keycloak's names (reference, line 2101; notes, section 7).

use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The type of the reference's sample, and the only type whose fields the request has.
pub(crate) const ATTRIBUTE_MAPPER: &str = "saml-user-attribute-idp-mapper";

/// Keycloak's mapper types for a SAML provider, and those for any provider.
pub(crate) const MAPPER_TYPES: &[&str] = &[
    ATTRIBUTE_MAPPER,
    "saml-role-idp-mapper",
    "saml-advanced-role-idp-mapper",
    "saml-advanced-group-idp-mapper",
    "saml-username-idp-mapper",
    "saml-xpath-attribute-idp-mapper",
    "hardcoded-attribute-idp-mapper",
    "hardcoded-user-session-attribute-idp-mapper",
    "oidc-hardcoded-role-idp-mapper",
    "oidc-hardcoded-group-idp-mapper",
];

pub(crate) const SYNC_MODES: &[&str] = &["INHERIT", "IMPORT", "LEGACY", "FORCE"];

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Mapper {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    #[serde(rename = "identityProviderMapper")]
    kind: String,
    #[serde(rename = "identityProviderAlias")]
    alias: String,
    config: BTreeMap<&'static str, String>,
}

/// A mapper as the request describes it (reference, line 2139).
#[derive(Clone, Debug)]
pub(crate) struct NewMapper {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) attribute_name: Option<String>,
    pub(crate) user_attribute: Option<String>,
    pub(crate) sync_mode: Option<String>,
}

impl NewMapper {
    /// The mapper for an entry of a provider's `attributeMapping`.
    pub(crate) fn attribute(saml: String, user: String) -> Self {
        Self {
            name: format!("{user}-mapper"),
            kind: ATTRIBUTE_MAPPER.to_owned(),
            attribute_name: Some(saml),
            user_attribute: Some(user),
            sync_mode: None,
        }
    }

    pub(crate) fn into_mapper(self, alias: &str, id: Uuid) -> Mapper {
        let sync_mode = self.sync_mode.unwrap_or_else(|| "INHERIT".to_owned());
        let config = [
            ("attribute.name", self.attribute_name),
            ("user.attribute", self.user_attribute),
            ("syncMode", Some(sync_mode)),
        ];
        Mapper {
            id,
            name: self.name,
            kind: self.kind,
            alias: alias.to_owned(),
            config: config
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
                .collect(),
        }
    }
}
