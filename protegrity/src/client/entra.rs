//! The federation with Microsoft Entra ID: its configuration and the test of it (reference lines 2341-2597).

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use upstream::{Call, Endpoint, Error, ErrorKind, check_filled, non_empty, put};

use crate::{EntraConfig, EntraTest};

use super::{Authorized, auth_path, endpoint};

/// `POST` and `PUT /federation/entra/config`. The secret is never read back, so each change needs it anew
/// (row 55). Ids are spelt `Id`, as in the samples (row 53).
#[derive(Clone, Debug)]
pub struct EntraSettings {
    pub tenant_id: String,
    pub client_id: String,
    pub client_secret: SecretString,
    pub enabled: bool,
}

/// `POST /federation/entra/config/test`: what to test.
#[derive(Clone, Debug)]
pub enum EntraTrial {
    /// The configuration as it is stored.
    Stored,
    /// These credentials, without storing them.
    Given {
        tenant_id: String,
        client_id: String,
        client_secret: SecretString,
    },
}

const CONFIG: &str = "/federation/entra/config";

impl EntraSettings {
    fn body(&self, endpoint: Endpoint) -> Result<Value, Error> {
        let mut body = credentials(endpoint, &self.tenant_id, &self.client_id, &self.client_secret)?;
        put(&mut body, "enabled", Some(self.enabled));
        Ok(body)
    }
}

impl EntraTrial {
    fn body(&self, endpoint: Endpoint) -> Result<Value, Error> {
        let Self::Given {
            tenant_id,
            client_id,
            client_secret,
        } = self
        else {
            return Ok(json!({"useStoredConfig": true}));
        };
        let mut body = credentials(endpoint, tenant_id, client_id, client_secret)?;
        put(&mut body, "useStoredConfig", Some(false));
        Ok(body)
    }

    fn secret(&self) -> Option<&str> {
        match self {
            Self::Stored => None,
            Self::Given { client_secret, .. } => Some(client_secret.expose_secret()),
        }
    }
}

impl Authorized {
    /// The configuration, `GET /federation/entra/config` (reference lines 2345-2387). `None` where there is
    /// none: how the cluster says so is not documented, so 404, no body, null and an object that names
    /// neither tenant nor client all do (row 63).
    pub async fn entra_config(&self) -> Result<Option<EntraConfig>, Error> {
        let answer = match self.get(endpoint("GET /federation/entra/config"), CONFIG).await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        if answer.is_empty() {
            return Ok(None);
        }
        let config: EntraConfig = answer.item("config")?;
        let is_some = [&config.tenant_id, &config.client_id]
            .into_iter()
            .any(|id| non_empty(id.as_ref()).is_some());
        Ok(is_some.then_some(config))
    }

    /// Stores a first configuration, `POST /federation/entra/config` (reference lines 2388-2443).
    pub async fn create_entra_config(&self, settings: &EntraSettings) -> Result<(), Error> {
        self.store_entra_config(Method::POST, endpoint("POST /federation/entra/config"), settings)
            .await
    }

    /// Stores another configuration, `PUT /federation/entra/config` (reference lines 2445-2503). The sample's
    /// answer says "created" of an update (row 54), so none of its words is taken.
    pub async fn update_entra_config(&self, settings: &EntraSettings) -> Result<(), Error> {
        self.store_entra_config(Method::PUT, endpoint("PUT /federation/entra/config"), settings)
            .await
    }

    async fn store_entra_config(
        &self,
        method: Method,
        endpoint: Endpoint,
        settings: &EntraSettings,
    ) -> Result<(), Error> {
        let call = Call::new(method, endpoint, auth_path(CONFIG))
            .json(settings.body(endpoint)?)
            .hiding([settings.client_secret.expose_secret()]);
        self.send(call).await.map(drop)
    }

    /// Forgets the configuration, `DELETE /federation/entra/config` (reference lines 2505-2543).
    pub async fn delete_entra_config(&self) -> Result<(), Error> {
        let call = Call::new(
            Method::DELETE,
            endpoint("DELETE /federation/entra/config"),
            auth_path(CONFIG),
        );
        self.send(call).await.map(drop)
    }

    /// Tries whether Entra ID takes the credentials, `POST /federation/entra/config/test` (reference lines
    /// 2545-2597). A test that was made and failed is no error: see [`EntraTest::succeeded`].
    pub async fn test_entra_config(&self, trial: &EntraTrial) -> Result<EntraTest, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /federation/entra/config/test");
        let call = Call::new(Method::POST, ENDPOINT, auth_path("/federation/entra/config/test"))
            .json(trial.body(ENDPOINT)?)
            .hiding(trial.secret());
        let answer = self.send(call).await?;
        let test = EntraTest::from(answer.value_or_null());
        Ok(EntraTest {
            message: answer.redacted(test.message),
            ..test
        })
    }
}

fn credentials(
    endpoint: Endpoint,
    tenant_id: &str,
    client_id: &str,
    client_secret: &SecretString,
) -> Result<Value, Error> {
    let secret = client_secret.expose_secret();
    check_filled(endpoint, "tenant id", tenant_id)?;
    check_filled(endpoint, "client id", client_id)?;
    check_filled(endpoint, "client secret", secret)?;
    Ok(json!({"tenantId": tenant_id, "clientId": client_id, "clientSecret": secret}))
}
