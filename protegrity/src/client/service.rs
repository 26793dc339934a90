//! What every API of the cluster answers: version, specification, health, log level (reference lines 90-400).

use http::Method;
use serde_json::{Value, json};
use upstream::{Answer, Call, Endpoint, Error};

use crate::{Api, Health, LogLevel, Specification, Version};

use super::{Authorized, Client, endpoint};

impl Client {
    /// Which version answers. Needs no token, and gets none (row 10).
    pub async fn version(&self, api: Api) -> Result<Version, Error> {
        let call = Call::get(endpoint("GET /version"), format!("{}/version", api.path()));
        self.transport().send(&call).await?.item("version")
    }

    /// The API's specification, YAML (row 11). Needs no token, and gets none (row 10).
    pub async fn doc(&self, api: Api) -> Result<String, Error> {
        let call =
            Call::get(endpoint("GET /doc"), format!("{}/doc", api.path())).accept("application/x-yaml");
        self.transport().send(&call).await?.text()
    }

    /// The API's specification with the operations that are listed in it, `GET /doc` (reference lines 35-85, 148-174). One
    /// that cannot be parsed is no error: see [`Specification::problem`].
    pub async fn specification(&self, api: Api) -> Result<Specification, Error> {
        Ok(Specification::new(api, self.doc(api).await?))
    }
}

impl Authorized {
    /// Whether the service says that it is up. A success without a body is taken for yes.
    pub async fn health(&self, api: Api) -> Result<Health, Error> {
        // The reference's sample sends no Accept of its own, which is curl's `*/*`.
        let answer = self
            .service(endpoint("GET /health"), api, "/health", "*/*")
            .await?;
        if answer.is_empty() {
            return Ok(Health { is_healthy: true });
        }
        answer.item("health")
    }

    /// Whether the service can take requests: any 2xx says yes (row 13).
    pub async fn ready(&self, api: Api) -> Result<(), Error> {
        self.service(endpoint("GET /ready"), api, "/ready", "*/*")
            .await
            .map(drop)
    }

    /// Whether the service need not be restarted: any 2xx says so (row 13).
    pub async fn live(&self, api: Api) -> Result<(), Error> {
        self.service(endpoint("GET /live"), api, "/live", "*/*")
            .await
            .map(drop)
    }

    /// The level the service logs at.
    pub async fn log_level(&self, api: Api) -> Result<LogLevel, Error> {
        let answer = self
            .service(endpoint("GET /log"), api, "/log", "application/json")
            .await?;
        let level = match answer.value_or_null() {
            Value::String(level) => level,
            Value::Object(_) => answer.item::<LogLevel>("log")?.level,
            // Not JSON: the bare word.
            Value::Null => String::from_utf8_lossy(answer.bytes()).trim().to_owned(),
            _ => String::new(),
        };
        if level.is_empty() || level == "null" {
            Err(answer.unreadable("the answer has no level"))
        } else {
            Ok(LogLevel { level })
        }
    }

    /// Sets the level until the service restarts. The answer is a sentence (row 9) and says little: ask
    /// [`log_level`](Self::log_level) again to see the outcome (row 8).
    pub async fn set_log_level(&self, api: Api, level: &str) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("POST /log");
        if level.trim().is_empty() {
            return Err(Error::refused(ENDPOINT, "the log level is empty"));
        }
        let call =
            Call::new(Method::POST, ENDPOINT, format!("{}/log", api.path())).json(json!({"level": level}));
        self.send(call).await.map(drop)
    }

    async fn service(
        &self,
        endpoint: Endpoint,
        api: Api,
        path: &str,
        accept: &'static str,
    ) -> Result<Answer, Error> {
        let call = Call::get(endpoint, format!("{}{path}", api.path())).accept(accept);
        self.send(call).await
    }
}
