//! A group as `GET /groups` and `GET /groups/{group_id}` give it (reference lines 1462-1686).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use upstream::lenient::{self, Fields};

use crate::{GroupId, IdentityProviders, RoleName, user};

/// One group, whether a row of the list or the item: in the samples both have the same fields.
///
/// `id` and `name` are empty where the cluster left them out; an empty id is refused before it is sent.
/// `members: None` means "unknown", never "none", and so do `roles` and `identity_providers`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub description: Option<String>,
    /// Not to be edited through the documented calls. `groupType: ["local"]` in the samples.
    pub attributes: BTreeMap<String, Value>,
    /// The members' user names, not ids (row 35).
    pub members: Option<Vec<String>>,
    pub roles: Option<Vec<RoleName>>,
    /// No sample has it, yet an update says how many there are (row 37).
    pub identity_providers: Option<IdentityProviders>,
}

impl From<Value> for Group {
    /// An object, or the bare name.
    fn from(row: Value) -> Self {
        if !matches!(row, Value::Object(_)) {
            return Self {
                name: lenient::into_name(row).unwrap_or_default(),
                ..Self::default()
            };
        }
        let mut fields = Fields::of(row);
        Self {
            id: fields.identity(&["id", "group_id", "groupId"]),
            name: fields.identity(&["name"]),
            description: fields.text("description"),
            attributes: fields.object("attributes"),
            members: fields.0.remove("members").and_then(user_names),
            roles: fields.names("roles"),
            identity_providers: ["identityProviders", "identity_providers"]
                .into_iter()
                .find_map(|key| user::links(fields.0.remove(key)?)),
        }
    }
}

/// Names alone in the samples; where a member is an object, its `username`.
fn user_names(members: Value) -> Option<Vec<String>> {
    let Value::Array(members) = members else {
        return lenient::into_names(members);
    };
    let named = members.into_iter().map(|member| match member {
        Value::Object(mut fields) => fields.remove("username").unwrap_or(Value::Object(fields)),
        name => name,
    });
    lenient::into_names(Value::Array(named.collect()))
}
