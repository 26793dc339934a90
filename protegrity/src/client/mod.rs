//! The HTTP client: configuration, transport, tokens, and the calls.

mod answer;
mod call;
mod config;
mod entra;
mod entra_directory;
mod error;
mod groups;
mod login;
mod message;
mod password;
mod path;
mod roles;
mod saml;
mod service;
mod settings;
mod token;
mod transport;
mod users;

use std::{
    fmt,
    sync::{Arc, Mutex},
};

pub use config::{ClientConfig, ConfigError, LoginMode, LoginPath, UnknownLoginMode};
pub use entra::{EntraSettings, EntraTrial};
pub use entra_directory::{EntraGroupImport, EntraUserImport};
pub use error::{Error, ErrorKind, LoginFailure};
pub use groups::{CreatedGroup, GroupMembers, GroupUpdate, NewGroup};
pub use login::Login;
pub use password::{PasswordOutcome, UnlockOutcome};
pub use roles::RoleDraft;
pub use saml::{NewSamlMapper, SamlDraft};
pub use token::{AccessToken, Claims, RefreshToken, Tokens};
pub use users::{CreatedUser, NewUser, UserUpdate};

use secrecy::ExposeSecret;

use crate::Api;

use answer::Answer;
use call::Call;
use transport::Transport;

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
        let login_mode = config.login;
        let transport = Transport::new(config)?;
        Ok(Self {
            shared: Arc::new(Shared {
                transport,
                login_mode,
                proven_path: Mutex::new(None),
            }),
        })
    }

    /// This client with a token for the calls that need one.
    pub fn with_token(&self, token: &AccessToken) -> Authorized {
        Authorized {
            client: self.clone(),
            token: token.clone(),
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

/// A client bound to one access token. Whether that is still valid is the caller's business: an answer of
/// [`ErrorKind::Unauthorized`] says that it is not.
#[derive(Clone, Debug)]
pub struct Authorized {
    client: Client,
    token: AccessToken,
}

impl Authorized {
    fn transport(&self) -> &Transport {
        self.client.transport()
    }

    /// A `GET` below the auth API.
    async fn get(&self, endpoint: &'static str, path: &str) -> Result<Answer, Error> {
        self.send(Call::get(endpoint, auth_path(path))).await
    }

    /// A call with the token.
    async fn send<'a>(&'a self, call: Call<'a>) -> Result<Answer, Error> {
        self.transport().send(call.bearer(&self.token)).await
    }

    /// The cluster's words, fit to be shown: in a success as in an error, never what was sent.
    fn fit(&self, message: Option<String>, secret: Option<&str>) -> Option<String> {
        let secrets: Vec<&str> = secret.into_iter().chain([self.token.expose_secret()]).collect();
        message::of_text(&message?, &secrets)
    }
}

/// Below the auth API, with a path that is encoded already.
fn auth_path(path: &str) -> String {
    format!("{}{path}", Api::Auth.path())
}
