//! The client under test.

use protegrity::{AccessToken, Authorized, Client, ClientConfig, LoginMode};
use secrecy::SecretString;

pub use crate::stub::{Raw, Reply, Stub, TOKEN, raw, reply};

pub fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

pub fn config(url: &str) -> ClientConfig {
    ClientConfig::new(url.parse().unwrap())
}

pub fn client(url: &str) -> Client {
    Client::new(config(url)).unwrap()
}

pub fn client_in(url: &str, login: LoginMode) -> Client {
    Client::new(ClientConfig { login, ..config(url) }).unwrap()
}

impl Stub {
    pub fn client(&self) -> Client {
        client(&self.url)
    }

    pub fn authorized(&self) -> Authorized {
        self.client().with_token(&AccessToken::new(TOKEN))
    }
}
