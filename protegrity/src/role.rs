//! Permissions and roles as `GET /permissions` and `GET /roles` give them (reference lines 646-813).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use upstream::lenient;

use crate::{PermissionName, RoleName};

/// One permission the cluster knows. They cannot be edited (notes, row 76).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PermissionRow")]
pub struct Permission {
    pub name: PermissionName,
    /// The cluster's wording. It differs between parts of the documentation, so never compare it (row 15).
    pub description: Option<String>,
}

/// A role: a named set of permissions. The list a person gets may be partial (row 14).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "RoleRow")]
pub struct Role {
    pub name: RoleName,
    pub description: Option<String>,
    /// Whether it is made of permissions; `true` in every sample.
    pub composite: bool,
    pub permissions: Vec<PermissionName>,
}

/// A row as it may come: an object, or the bare name.
#[derive(Deserialize)]
#[serde(untagged)]
enum PermissionRow {
    Full {
        #[serde(default, deserialize_with = "lenient::text_or_empty")]
        name: PermissionName,
        #[serde(default, deserialize_with = "lenient::text")]
        description: Option<String>,
    },
    Other(Value),
}

impl From<PermissionRow> for Permission {
    fn from(row: PermissionRow) -> Self {
        match row {
            PermissionRow::Full { name, description } => Self { name, description },
            PermissionRow::Other(row) => Self {
                name: lenient::into_name(row).unwrap_or_default().into(),
                description: None,
            },
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RoleRow {
    Full {
        #[serde(default, alias = "role_name", deserialize_with = "lenient::text_or_empty")]
        name: RoleName,
        #[serde(default, deserialize_with = "lenient::text")]
        description: Option<String>,
        #[serde(default, deserialize_with = "lenient::boolean_or_false")]
        composite: bool,
        #[serde(default, deserialize_with = "lenient::names_or_empty")]
        permissions: Vec<PermissionName>,
    },
    Other(Value),
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        match row {
            RoleRow::Full {
                name,
                description,
                composite,
                permissions,
            } => Self {
                name,
                description,
                composite,
                permissions,
            },
            RoleRow::Other(row) => Self {
                name: lenient::into_name(row).unwrap_or_default().into(),
                description: None,
                composite: false,
                permissions: Vec::new(),
            },
        }
    }
}
