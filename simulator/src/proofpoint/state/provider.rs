//! How people sign in: identity providers, the login settings, and the second factor.

use crate::{clock, proofpoint::Instance};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::{Value, json};

/// An identity provider of an organisation.
#[derive(Clone, Debug)]
pub(in crate::proofpoint) struct IdentityProvider {
    pub(in crate::proofpoint) id: String,
    pub(in crate::proofpoint) name: String,
    pub(in crate::proofpoint) description: String,
    pub(in crate::proofpoint) is_active: bool,
    /// The origin of the provider.
    pub(in crate::proofpoint) origin: String,
    /// The provider's certificate, as PEM.
    pub(in crate::proofpoint) certificate: String,
    /// The certificate of Proofpoint Essentials, and the days until it ends.
    pub(in crate::proofpoint) sp_certificate: String,
    pub(in crate::proofpoint) sp_days: i64,
}

impl IdentityProvider {
    pub(in crate::proofpoint) fn json(&self, instance: Instance) -> Value {
        let (origin, time) = (instance.origin(), |days| {
            format!("{} 00:00:00", clock::day(days, '-'))
        });
        json!({
            "is_active": self.is_active,
            "name": self.name,
            "description": self.description,
            "id": self.id,
            "when_created": time(-400),
            "when_updated": time(-30),
            "icon_ref": "idp_icon_generic",
            "sp_entity_id": format!("{origin}/id"),
            "sp_login_url": format!("{origin}/app/login.php"),
            "sp_logout_url": format!("{origin}/app/logout.php"),
            "sp_public_cert": self.sp_certificate,
            "sp_public_cert_when_created": time(-400),
            "sp_public_cert_when_expires": time(self.sp_days),
            "idp_entity_id": format!("{}/id", self.origin),
            "idp_login_url": format!("{}/login", self.origin),
            "idp_logout_url": format!("{}/logout", self.origin),
            "idp_public_cert": self.certificate,
        })
    }
}

/// A self-signed certificate as PEM, which ends in so many days. No one keeps the key. The
/// text differs from start to start, as the key does.
pub(in crate::proofpoint) fn certificate(name: &str, days: i64) -> Result<String, rcgen::Error> {
    let (start, end) = (clock::date_in(-400), clock::date_in(days));
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    params.not_before = date_time_ymd(start.0, start.1, start.2);
    params.not_after = date_time_ymd(end.0, end.1, end.2);
    Ok(params.self_signed(&KeyPair::generate()?)?.pem())
}

#[derive(Clone, Debug)]
pub(in crate::proofpoint) struct LoginSettings {
    pub(in crate::proofpoint) allows_local: bool,
    pub(in crate::proofpoint) allows_azure: bool,
    pub(in crate::proofpoint) forces_azure: bool,
    /// The id of an identity provider.
    pub(in crate::proofpoint) forced_provider: Option<String>,
}

impl LoginSettings {
    pub(in crate::proofpoint) fn json(&self, providers: &[IdentityProvider]) -> Value {
        let active = providers.iter().filter(|provider| provider.is_active);
        json!({
            "allow_local_login": self.allows_local,
            "idp_for_forced_login": self.forced_provider,
            "allow_azure_login": self.allows_azure,
            "force_azure_login": self.forces_azure,
            "idps_valid_for_sso": active.map(|provider| &provider.id).collect::<Vec<_>>(),
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub(in crate::proofpoint) struct MfaSettings {
    pub(in crate::proofpoint) is_enabled: bool,
    pub(in crate::proofpoint) admins_only: bool,
}

impl MfaSettings {
    pub(in crate::proofpoint) fn json(self) -> Value {
        json!({ "is_mfa_enabled": self.is_enabled, "mfa_admins_only": self.admins_only })
    }
}
