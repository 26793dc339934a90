//! The HTTP client: configuration, tokens, and the calls.

mod config;
mod entra;
mod entra_directory;
mod groups;
mod login;
mod login_failure;
mod packages;
mod password;
mod pim;
mod roles;
mod saml;
mod service;
mod settings;
mod token;
mod users;

use std::{fmt, sync::Arc};

pub use config::{ClientConfig, LoginMode, LoginPath, UnknownLoginMode};
pub use entra::{EntraSettings, EntraTrial};
pub use entra_directory::{EntraGroupImport, EntraUserImport};
pub use groups::{CreatedGroup, GroupMembers, GroupUpdate, NewGroup};
pub use login::Login;
pub use login_failure::LoginFailure;
pub use packages::{MAX_PACKAGE, PackageRequest};
pub use password::{PasswordOutcome, UnlockOutcome};
pub use pim::{Created, CreatedExportKey, Initialization, Pim};
pub use roles::RoleDraft;
pub use saml::{NewSamlMapper, SamlDraft};
pub use token::{Claims, RefreshToken, Tokens};
pub use users::{CreatedUser, NewUser, UserUpdate};

use parking_lot::Mutex;
use upstream::{Answer, Call, ConfigError, Credentials, Download, Endpoint, Error, TokenSource, Transport};

use crate::{AccessToken, Api};

/// The cluster's name on screen.
pub const SYSTEM: &str = "Protegrity cluster";

/// A client of one cluster. Cheap to clone: all clones share the connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    transport: Transport,
    login_mode: LoginMode,
    /// The login path whose token a protected call took last.
    proven_path: Mutex<Option<LoginPath>>,
}

impl Client {
    /// Checks the configuration and prepares TLS. Nothing is sent yet.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            shared: Arc::new(Shared {
                transport: Transport::new(config.transport)?,
                login_mode: config.login,
                proven_path: Mutex::new(None),
            }),
        })
    }

    /// This client with one token for the calls that need one. It is not renewed: an answer of
    /// [`ErrorKind::Unauthorized`](crate::ErrorKind::Unauthorized) says that it is no longer valid.
    pub fn with_token(&self, token: &AccessToken) -> Authorized {
        self.authorized(Credentials::Fixed(token.clone()))
    }

    /// This client with the tokens of a session. A token that is refused is renewed, and the call made once more.
    pub fn with_tokens(&self, tokens: Arc<dyn TokenSource>) -> Authorized {
        self.authorized(Credentials::Renewable(tokens))
    }

    fn authorized(&self, credentials: Credentials) -> Authorized {
        Authorized {
            client: self.clone(),
            credentials,
        }
    }

    fn transport(&self) -> &Transport {
        &self.shared.transport
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("login_mode", &self.shared.login_mode)
            .finish_non_exhaustive()
    }
}

/// A client for the calls that need a token.
#[derive(Clone, Debug)]
pub struct Authorized {
    client: Client,
    credentials: Credentials,
}

impl Authorized {
    /// A `GET` below the auth API.
    async fn get(&self, endpoint: Endpoint, path: &str) -> Result<Answer, Error> {
        self.send(Call::get(endpoint, auth_path(path))).await
    }

    /// A call with the token. It always goes with `Bearer`, also where the reference's sample leaves the word out
    /// (row 7).
    async fn send(&self, call: Call<'_>) -> Result<Answer, Error> {
        self.client.transport().send_with(call, &self.credentials).await
    }

    /// Like [`send`](Self::send), for a body of at most so many bytes that is passed on as it comes.
    async fn download(&self, call: Call<'_>, max_bytes: u64) -> Result<Download, Error> {
        let transport = self.client.transport();
        transport.download_with(call, &self.credentials, max_bytes).await
    }
}

/// A call of the cluster's.
const fn endpoint(name: &'static str) -> Endpoint {
    Endpoint { system: SYSTEM, name }
}

/// Below the auth API, with a path that is encoded already.
fn auth_path(path: &str) -> String {
    format!("{}{path}", Api::Auth.path())
}
