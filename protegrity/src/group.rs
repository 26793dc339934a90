//! A group as `GET /groups` and `GET /groups/{group_id}` give it (reference lines 1462-1686).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    GroupId, IdentityProviders, Json, RoleName,
    lenient::{self, Fields},
    user,
};

/// One group, whether a row of the list or the item: in the samples both have the same fields.
///
/// `id` and `name` are empty where the cluster left them out; an empty id is refused before it is sent.
/// `members: None` means "not told", never "none", and so do `roles` and `identity_providers`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Json")]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub description: Option<String>,
    /// Not to be edited through the documented calls. `groupType: ["local"]` in the samples.
    pub attributes: BTreeMap<String, Json>,
    /// The members' user names, not ids (row 35).
    pub members: Option<Vec<String>>,
    pub roles: Option<Vec<RoleName>>,
    /// No sample has it, yet an update tells how many there are (row 37).
    pub identity_providers: Option<IdentityProviders>,
}

impl From<Json> for Group {
    /// An object, or the bare name.
    fn from(row: Json) -> Self {
        if !matches!(row, Json::Object(_)) {
            return Self {
                name: lenient::name(row).unwrap_or_default(),
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
fn user_names(members: Json) -> Option<Vec<String>> {
    let Json::List(members) = members else {
        return lenient::names(members);
    };
    let named = members.into_iter().map(|member| match member {
        Json::Object(mut fields) => fields.remove("username").unwrap_or(Json::Object(fields)),
        name => name,
    });
    lenient::names(Json::List(named.collect()))
}
