//! The account that the credentials belong to: `GET /me`.

use serde::Deserialize;
use upstream::lenient;

use crate::{DomainName, EmailAddress, OrganizationId, OrganizationType, UserId, UserType};

/// The account that the credentials belong to, and the organisation it belongs to. `None` means that the answer does
/// not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Empty where the answer has none.
    #[serde(rename = "user_id", deserialize_with = "lenient::text_or_empty")]
    pub id: UserId,
    /// First name.
    #[serde(rename = "firstname", deserialize_with = "lenient::text")]
    pub first_name: Option<String>,
    /// Surname.
    #[serde(rename = "surname", deserialize_with = "lenient::text")]
    pub last_name: Option<String>,
    /// The address that the account signs in with.
    pub primary_email: EmailAddress,
    /// What kind of user.
    #[serde(rename = "type", deserialize_with = "lenient::word")]
    pub user_type: Option<UserType>,
    /// Whether it administers anything.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_admin: Option<bool>,
    /// Whether it administers organisations besides its own.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_partner_admin: Option<bool>,
    /// Whether it may only look.
    #[serde(rename = "read_only_user", deserialize_with = "lenient::boolean")]
    pub is_read_only: Option<bool>,
    /// The `eid` of its organisation; empty where the answer has none.
    #[serde(rename = "entity_id", deserialize_with = "lenient::text_or_empty")]
    pub organization_id: OrganizationId,
    /// The primary domain of its organisation.
    #[serde(rename = "entity_primary_domain")]
    pub organization_domain: DomainName,
    /// What kind of organisation.
    #[serde(rename = "entity_type", deserialize_with = "lenient::word")]
    pub organization_type: Option<OrganizationType>,
}
