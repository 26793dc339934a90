//! The HTTP client: configuration, transport, tokens, and the calls.

mod answer;
mod call;
mod config;
mod error;
mod login;
mod message;
mod password;
mod roles;
mod service;
mod token;
mod transport;
mod users;

use std::{
    fmt,
    sync::{Arc, Mutex},
};

pub use config::{ClientConfig, ConfigError, LoginMode, LoginPath, UnknownLoginMode};
pub use error::{Error, ErrorKind, LoginFailure};
pub use login::Login;
pub use password::{PasswordOutcome, UnlockOutcome};
pub use token::{AccessToken, Claims, RefreshToken, Tokens};
pub use users::{CreatedUser, NewUser, UserUpdate};

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
}
