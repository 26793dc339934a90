//! The HTTP client: configuration, credentials, and the calls.

mod account;
mod authentication;
mod azure;
mod billing;
mod config;
mod discovery;
mod domains;
mod features;
mod licensing;
mod login;
mod not_visible;
mod organizations;
mod path;
mod products;
mod reports;
mod rows;
mod senders;
mod users;

use std::{collections::BTreeMap, fmt, sync::Arc};

pub use config::ClientConfig;
pub use login::{Login, LoginError};
pub use not_visible::NotVisible;
pub use rows::RowOutcome;

use serde::de::DeserializeOwned;
use serde_json::Value;
use upstream::{Answer, Call, ConfigError, Credentials, Endpoint, Error, HeaderSource, Transport};

use crate::{Instance, Stack, TrustedHosts};

/// The system's name on screen.
pub const SYSTEM: &str = "Proofpoint Essentials";

/// A client of every trusted instance. Cheap to clone: all clones share the connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    first: Stack,
    trusted: TrustedHosts,
    /// One for each trusted host: where nothing else leads, nothing else can be asked.
    transports: BTreeMap<Instance, Transport>,
}

impl Client {
    /// Checks the configuration and prepares TLS. Nothing is sent yet.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        let transports = config.transports()?;
        Ok(Self {
            shared: Arc::new(Shared {
                first: config.first,
                trusted: config.trusted,
                transports,
            }),
        })
    }

    /// The instances that may be asked, Proofpoint's own and those that the operator added.
    pub fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.shared.transports.keys()
    }

    /// The instance that is asked first.
    pub fn first(&self) -> Instance {
        self.shared.first.into()
    }

    /// Asks an instance `GET /me` without an account. 401 and 403 are its expected answers, and say that it is reached.
    ///
    /// # Errors
    /// No answer, or another one than the API has for a call without an account.
    pub async fn reach(&self, instance: &Instance) -> Result<(), Error> {
        let call = Call::get(account::ME, account::PATH.to_owned());
        match self.transport(instance, call.endpoint())?.send(&call).await {
            Err(error) if !matches!(error.status(), Some(401 | 403)) => Err(error),
            _ => Ok(()),
        }
    }

    fn transport(&self, instance: &Instance, endpoint: Endpoint) -> Result<&Transport, Error> {
        // It may come from the set of another client.
        self.shared.transports.get(instance).ok_or_else(|| {
            Error::refused(
                endpoint,
                "the instance is not one of those that the portal trusts",
            )
        })
    }

    /// This client with one account, at the instance that is asked first.
    pub fn with_login(&self, login: &Login) -> Authorized {
        self.with_headers(Arc::new(login.headers()))
    }

    /// This client with the account of a session, which is asked for before each call, at the instance that is asked
    /// first. The source gives the headers of a [`Login`].
    pub fn with_headers(&self, headers: Arc<dyn HeaderSource>) -> Authorized {
        Authorized {
            client: self.clone(),
            instance: self.shared.first.into(),
            credentials: Credentials::Headers(headers),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("first", &self.shared.first)
            .field("trusted", &self.shared.trusted)
            .finish_non_exhaustive()
    }
}

/// The calls of one account at one instance.
///
/// Every call names an organisation by one of its domains, and every organisation belongs to one instance: find it with
/// [`endpoints`](Self::endpoints), and go on [`at`](Self::at) it.
#[derive(Clone, Debug)]
pub struct Authorized {
    client: Client,
    instance: Instance,
    credentials: Credentials,
}

impl Authorized {
    /// The same account at another instance.
    #[must_use]
    pub fn at(&self, instance: impl Into<Instance>) -> Self {
        Self {
            instance: instance.into(),
            ..self.clone()
        }
    }

    /// The instance that the calls go to.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    async fn get(&self, endpoint: Endpoint, path: String) -> Result<Answer, Error> {
        self.send(Call::get(endpoint, path)).await
    }

    /// A call to the instance, with the account's headers.
    async fn send(&self, call: Call<'_>) -> Result<Answer, Error> {
        let transport = self.client.transport(&self.instance, call.endpoint())?;
        transport.send_with(call, &self.credentials).await
    }
}

/// A call of the system's.
const fn endpoint(name: &'static str) -> Endpoint {
    Endpoint { system: SYSTEM, name }
}

/// The one object that an answer holds: bare, under its key, or in `data`, as one client has it from some instances.
fn object<T: DeserializeOwned>(answer: &Answer, key: &str) -> Result<T, Error> {
    let is_in_data = answer.value_or_null().get("data").is_some_and(Value::is_object);
    answer.item(if is_in_data { "data" } else { key })
}
