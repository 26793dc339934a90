//! [`Entra`]: the configuration of the Entra ID federation, and the tenant that it connects to.

use super::Tenant;
use crate::{clock::timestamp, refusal::Refusal};
use serde::Serialize;

/// The well-known secret that Entra ID rejects.
const WRONG_SECRET: &str = "wrong-secret";

/// The configuration as the API shows it (reference, line 2380). In place of the secret it stores whether Entra ID
/// accepts it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntraConfig {
    pub(crate) tenant_id: String,
    pub(crate) client_id: String,
    pub(crate) enabled: bool,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    #[serde(skip)]
    pub(crate) is_secret_valid: bool,
}

/// The credentials of a configuration.
#[derive(Debug)]
pub(crate) struct EntraCredentials {
    pub(crate) tenant_id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

#[derive(Debug, Default)]
pub(crate) struct Entra {
    pub(crate) config: Option<EntraConfig>,
    pub(crate) tenant: Tenant,
}

impl Entra {
    pub(crate) fn config(&self) -> Result<&EntraConfig, Refusal> {
        self.config.as_ref().ok_or_else(not_configured)
    }

    pub(crate) fn create(
        &mut self,
        credentials: EntraCredentials,
        enabled: bool,
    ) -> Result<&EntraConfig, Refusal> {
        if self.config.is_some() {
            return Err(Refusal::detail(409, "Entra ID configuration already exists"));
        }
        let now = timestamp();
        Ok(self.config.insert(EntraConfig {
            is_secret_valid: credentials.is_secret_valid(),
            tenant_id: credentials.tenant_id,
            client_id: credentials.client_id,
            enabled,
            created_at: now.clone(),
            updated_at: now,
        }))
    }

    /// Replaces the credentials. Without `enabled`, the configuration stays enabled or disabled.
    pub(crate) fn update(
        &mut self,
        credentials: EntraCredentials,
        enabled: Option<bool>,
    ) -> Result<&EntraConfig, Refusal> {
        let config = self.config.as_mut().ok_or_else(not_configured)?;
        config.is_secret_valid = credentials.is_secret_valid();
        config.tenant_id = credentials.tenant_id;
        config.client_id = credentials.client_id;
        config.enabled = enabled.unwrap_or(config.enabled);
        config.updated_at = timestamp();
        Ok(config)
    }

    pub(crate) fn delete(&mut self) -> Result<(), Refusal> {
        self.config.take().map(drop).ok_or_else(not_configured)
    }

    /// The tenant, for searches and imports. They need a configuration that is enabled and has a valid secret.
    pub(crate) fn connected_tenant(&self) -> Result<&Tenant, Refusal> {
        let config = self
            .config
            .as_ref()
            .ok_or_else(|| Refusal::detail(400, "Entra ID is not configured"))?;
        if !config.enabled {
            return Err(Refusal::detail(400, "Entra ID configuration is disabled"));
        }
        config.connect().map(|()| &self.tenant)
    }
}

impl EntraConfig {
    pub(crate) fn connect(&self) -> Result<(), Refusal> {
        connect(self.is_secret_valid)
    }
}

impl EntraCredentials {
    fn is_secret_valid(&self) -> bool {
        self.client_secret != WRONG_SECRET
    }

    pub(crate) fn connect(&self) -> Result<(), Refusal> {
        connect(self.is_secret_valid())
    }
}

/// The error has Entra ID's own text.
fn connect(is_secret_valid: bool) -> Result<(), Refusal> {
    if is_secret_valid {
        return Ok(());
    }
    let text = "Entra ID connection failed: AADSTS7000215: Invalid client secret provided.";
    Err(Refusal::detail(400, text))
}

fn not_configured() -> Refusal {
    Refusal::detail(404, "Entra ID configuration not found")
}
