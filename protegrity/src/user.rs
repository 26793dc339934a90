//! A user as `GET /users` and `GET /users/{user_id}` give it (reference lines 1026-1264).

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use upstream::lenient;

use crate::{RoleName, UserId};

/// The SAML providers a user is linked to, by the provider's alias.
pub type IdentityProviders = BTreeMap<String, IdentityLink>;

/// One user, whether a row of the list or the item.
///
/// The two answers differ (notes, row 27): the list has no roles or groups, the item has both. So every field
/// but the identity is optional, and `roles: None` means "unknown", never "none". `id` and `username` are
/// empty where the cluster left them out; an empty id is refused before it is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub id: UserId,
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub username: String,
    #[serde(deserialize_with = "lenient::text")]
    pub email: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub first_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub last_name: Option<String>,
    #[serde(deserialize_with = "lenient::boolean")]
    pub enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::boolean")]
    pub email_verified: Option<bool>,
    /// Milliseconds since 1970 in UTC.
    #[serde(rename = "createdTimestamp", deserialize_with = "lenient::integer")]
    pub created: Option<i64>,
    #[serde(deserialize_with = "lenient::names")]
    pub roles: Option<Vec<RoleName>>,
    #[serde(deserialize_with = "lenient::names")]
    pub groups: Option<Vec<String>>,
    #[serde(deserialize_with = "identity_providers")]
    pub identity_providers: Option<IdentityProviders>,
}

/// Who the user is at one SAML provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityLink {
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
}

fn identity_providers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<IdentityProviders>, D::Error> {
    Ok(links(Value::deserialize(deserializer)?))
}

/// Row 21: an object by alias, or a list of aliases, or a list of objects that name their alias.
pub(crate) fn links(value: Value) -> Option<IdentityProviders> {
    match value {
        Value::Object(links) => Some(
            links
                .into_iter()
                .map(|(alias, value)| (alias, link(value)))
                .collect(),
        ),
        Value::Array(entries) => Some(entries.into_iter().filter_map(named_link).collect()),
        _ => None,
    }
}

fn named_link(entry: Value) -> Option<(String, IdentityLink)> {
    let alias = match &entry {
        Value::Object(fields) => ["alias", "identityProvider", "name"]
            .iter()
            .find_map(|key| lenient::into_text(fields.get(*key)?.clone())),
        other => lenient::into_text(other.clone()),
    };
    alias
        .filter(|alias| !alias.is_empty())
        .map(|alias| (alias, link(entry)))
}

fn link(value: Value) -> IdentityLink {
    let Value::Object(mut fields) = value else {
        return IdentityLink::default();
    };
    let mut take = |key: &str| fields.remove(key).and_then(lenient::into_text);
    IdentityLink {
        user_id: take("userId"),
        user_name: take("userName"),
    }
}
