//! Policies and their rules (reference lines 2993-3035; notes sections 3 and 9).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use upstream::word_type;

use super::{
    DataElementUid, MaskUid, Permission, PolicyUid, RoleUid, RuleUid,
    read::{UID, rest, row, take_identity, take_object, take_reference, take_word},
};

/// Characters in the name of a policy, at most (notes section 3).
pub const MAX_POLICY_NAME: usize = 55;

/// The uid that stands for "no mask" in a rule (notes section 9).
const NO_MASK: &str = "0";

word_type! {
    /// What a user without access to a value gets instead of it. It governs unprotect alone: a protect without access
    /// always raises an exception (notes section 9).
    NoAccessOperation {
        /// Null, which is also what a rule without this field means.
        NullValue = "NULL_VALUE",
        /// The value as it is protected. Data elements in CBC mode refuse it.
        ProtectedValue = "PROTECTED_VALUE",
        /// An error.
        Exception = "EXCEPTION",
    }
}

/// A policy as `GET /pim/policies` gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct Policy {
    /// Empty where the cluster left it out.
    pub uid: PolicyUid,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What new rules of the policy begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<Permission>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// `POST /pim/policies` (reference line 3011).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPolicy {
    /// At most [`MAX_POLICY_NAME`] characters.
    pub name: String,
    pub description: String,
    pub template: Permission,
}

/// A rule of a policy as `GET /pim/policies/{uid}/rules` gives it: what one role may do with one data element.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct Rule {
    /// The answers that are documented have none (notes section 9): see [`Rule::key`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<RuleUid>,
    pub role: RoleUid,
    pub data_element: DataElementUid,
    /// Absent from answers where it was not sent: see [`Rule::no_access`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_access_operation: Option<NoAccessOperation>,
    /// `None` for the `"0"` of the answers, too.
    #[serde(serialize_with = "mask_or_zero")]
    pub mask: Option<MaskUid>,
    /// `None` means "unknown", never "no access".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// `POST /pim/policies/{uid}/rules` (reference line 3033).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewRule {
    pub role: RoleUid,
    pub data_element: DataElementUid,
    /// Not sent where it is `None`, which the cluster takes for null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_access_operation: Option<NoAccessOperation>,
    /// Not sent where it is `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<MaskUid>,
    pub permission: Permission,
}

impl Rule {
    /// What identifies a rule within its policy.
    pub fn key(&self) -> (&RoleUid, &DataElementUid) {
        (&self.role, &self.data_element)
    }

    /// What a user without access gets: an absent field is null (notes section 9).
    pub fn no_access(&self) -> NoAccessOperation {
        let operation = self.no_access_operation.clone();
        operation.unwrap_or(NoAccessOperation::NullValue)
    }
}

impl NewRule {
    /// What identifies a rule within its policy.
    pub fn key(&self) -> (&RoleUid, &DataElementUid) {
        (&self.role, &self.data_element)
    }
}

/// Says "none" in the cluster's own way, so that a rule that is sent back loses its mask.
#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn mask_or_zero<S: Serializer>(mask: &Option<MaskUid>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(mask.as_ref().map_or(NO_MASK, MaskUid::as_str))
}

impl From<Value> for Policy {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        Self {
            uid: take_identity(&mut fields, UID),
            name: take_identity(&mut fields, &["name"]),
            description: fields.text("description"),
            template: take_object(&mut fields, "template", Permission::read),
            rest: rest(fields),
        }
    }
}

impl From<Value> for Rule {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        let uid: RuleUid = take_identity(&mut fields, UID);
        let mask = take_reference(&mut fields, "mask");
        Self {
            uid: (!uid.is_empty()).then_some(uid),
            role: take_reference(&mut fields, "role").unwrap_or_default(),
            data_element: take_reference(&mut fields, "dataElement").unwrap_or_default(),
            no_access_operation: take_word(&mut fields, "noAccessOperation"),
            mask: mask.filter(|mask: &MaskUid| mask.as_str() != NO_MASK),
            permission: take_object(&mut fields, "permission", Permission::read),
            rest: rest(fields),
        }
    }
}
