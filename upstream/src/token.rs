//! Tokens and where they come from.

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::Error;

/// The token that a call carries. `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct BearerToken(SecretString);

impl BearerToken {
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(token.into())
    }
}

/// For sealing it at rest. It must not be logged, shown, or sent anywhere but to its system.
impl ExposeSecret<str> for BearerToken {
    fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Lets a [`TokenSource`] see whether it has a newer token than the one that was refused.
impl PartialEq for BearerToken {
    fn eq(&self, other: &Self) -> bool {
        self.expose_secret() == other.expose_secret()
    }
}

impl Eq for BearerToken {}

/// Has the token of one session, and renews it.
///
/// Calls run at the same time and may all be refused with the same token: the source decides whether that needs
/// one renewal or several.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token that is valid now.
    async fn token(&self) -> Result<BearerToken, Error>;

    /// A newer token than `spent`, which the system has just refused. Called once for each call that was refused.
    async fn renew(&self, spent: &BearerToken) -> Result<BearerToken, Error>;

    /// What it means that the system has refused the renewed token too. `error` is the second refusal.
    async fn rejected(&self, spent: &BearerToken, error: Error) -> Error;
}
