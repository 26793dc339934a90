//! Roles and their members (reference lines 2949-2969; notes section 3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use upstream::word_type;

use super::{
    MemberUid, RoleUid, SourceUid,
    read::{UID, rest, row, take_identity, take_reference, take_word},
};

/// Characters in the name of a role, at most (notes section 3).
pub const MAX_ROLE_NAME: usize = 55;

word_type! {
    /// How a role gets its members. The screens of the vendor have "Semi-automatic" and "Automatic" besides, whose words
    /// in the API are not documented.
    RoleMode {
        /// Members are added one by one.
        Manual = "MANUAL",
    }
}

word_type! {
    /// What a member is.
    MemberType {
        User = "USER",
        /// Not seen in use, but the vendor's screens have groups and the word follows the other.
        Group = "GROUP",
    }
}

/// A role as `GET /pim/roles` gives it: the users whom a rule is for. Not a role of the cluster's accounts, which is
/// [`crate::Role`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct Role {
    /// Empty where the cluster left it out; such a uid is refused before it is sent.
    pub uid: RoleUid,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<RoleMode>,
    /// Whether it accepts every user. The vendor advises it only for roles of unauthorised users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_all: Option<bool>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// `POST /pim/roles` (reference line 2967).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewRole {
    /// At most [`MAX_ROLE_NAME`] characters.
    pub name: String,
    /// Not sent where it is empty, as in the reference's sample.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub mode: RoleMode,
    pub allow_all: bool,
}

/// A member of a role as `GET /pim/roles/{uid}/members` gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct Member {
    /// Empty where the cluster left it out.
    pub uid: MemberUid,
    /// The user or group: `memberName`, `name` or `username`, whichever comes first (notes section 3).
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceUid>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<MemberType>,
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// One entry of `POST /pim/roles/{uid}/members`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMember {
    pub name: String,
    pub source: SourceUid,
    #[serde(rename = "type")]
    pub kind: MemberType,
}

impl From<Value> for Role {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        Self {
            uid: take_identity(&mut fields, UID),
            name: take_identity(&mut fields, &["name"]),
            description: fields.text("description"),
            mode: take_word(&mut fields, "mode"),
            allow_all: fields.boolean("allowAll"),
            rest: rest(fields),
        }
    }
}

impl From<Value> for Member {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        Self {
            uid: take_identity(&mut fields, UID),
            name: take_identity(&mut fields, &["memberName", "name", "username"]),
            source: take_reference(&mut fields, "source"),
            kind: take_word(&mut fields, "type"),
            rest: rest(fields),
        }
    }
}
