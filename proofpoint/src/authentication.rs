//! How the users of an organisation sign in: two factors, single sign-on, identity providers (notes section 7).

use serde::Deserialize;
use upstream::lenient;

use crate::{DateText, IdentityProviderId};

/// Whether a second factor is asked for. It concerns local sign-in only, not single sign-on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MfaSettings {
    /// Whether a second factor is asked for at all.
    #[serde(rename = "is_mfa_enabled", deserialize_with = "lenient::boolean")]
    pub is_enabled: Option<bool>,
    /// Of administrators only; if false, of all users.
    #[serde(rename = "mfa_admins_only", deserialize_with = "lenient::boolean")]
    pub admins_only: Option<bool>,
}

/// Which ways to sign in are open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LoginSettings {
    /// With name and password. Where it is off, the API most likely does not accept the account either (notes section
    /// 3, point 4).
    #[serde(deserialize_with = "lenient::boolean")]
    pub allow_local_login: Option<bool>,
    /// With Azure, without an identity provider.
    #[serde(deserialize_with = "lenient::boolean")]
    pub allow_azure_login: Option<bool>,
    /// Only with Azure, whatever else is allowed.
    #[serde(deserialize_with = "lenient::boolean")]
    pub force_azure_login: Option<bool>,
    /// The identity provider that every user is sent to.
    #[serde(deserialize_with = "lenient::word")]
    pub idp_for_forced_login: Option<IdentityProviderId>,
    /// The identity providers that may be used.
    #[serde(rename = "idps_valid_for_sso", deserialize_with = "lenient::names")]
    pub valid_idps: Option<Vec<IdentityProviderId>>,
}

/// An identity provider. Its addresses and certificates are shown, never followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IdentityProvider {
    /// Empty where the answer has none.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub id: IdentityProviderId,
    /// Its name on screen.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub name: String,
    /// What it is for.
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// Whether it can be used.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_active: Option<bool>,
    /// The provider's entity id.
    #[serde(rename = "idp_entity_id", deserialize_with = "lenient::text")]
    pub entity_id: Option<String>,
    /// The provider's certificate, which Essentials checks assertions with, as the answer has it.
    #[serde(rename = "idp_public_cert", deserialize_with = "lenient::text")]
    pub certificate: Option<String>,
    /// When Essentials' own certificate for this provider was made.
    #[serde(rename = "sp_public_cert_when_created", deserialize_with = "lenient::word")]
    pub service_certificate_created: Option<DateText>,
    /// When Essentials' own certificate for this provider ends.
    #[serde(rename = "sp_public_cert_when_expires", deserialize_with = "lenient::word")]
    pub service_certificate_expires: Option<DateText>,
    /// When it was created.
    #[serde(rename = "when_created", deserialize_with = "lenient::word")]
    pub created: Option<DateText>,
    /// When it was last changed.
    #[serde(rename = "when_updated", deserialize_with = "lenient::word")]
    pub updated: Option<DateText>,
}
