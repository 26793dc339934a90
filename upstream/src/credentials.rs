//! What authorises calls: a token, or a person's own name and password as headers.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::{BearerToken, Error, TokenSource};

/// What authorises calls.
#[derive(Clone)]
pub enum Credentials {
    /// One token, which is not renewed: its refusal is the caller's to handle.
    Fixed(BearerToken),
    /// The tokens of a session.
    Renewable(Arc<dyn TokenSource>),
    /// The headers of a session. Nothing renews them: a refusal is final.
    Headers(Arc<dyn HeaderSource>),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed",
            Self::Renewable(_) => "Renewable",
            Self::Headers(_) => "Headers",
        })
    }
}

/// Headers whose values are secrets, like `X-Password`. They are sent marked as sensitive, hidden in the words of
/// every answer, and overwritten in memory when the last copy goes. `Debug` shows the names alone.
#[derive(Clone)]
pub struct SecretHeaders(Arc<[(HeaderName, SecretString)]>);

impl SecretHeaders {
    pub fn new<const N: usize>(headers: [(HeaderName, SecretString); N]) -> Self {
        Self(Arc::new(headers))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&HeaderName, &str)> {
        self.0.iter().map(|(name, value)| (name, value.expose_secret()))
    }
}

impl fmt::Debug for SecretHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Lets a [`HeaderSource`] see whether it has other headers than those that were refused.
impl PartialEq for SecretHeaders {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for SecretHeaders {}

/// Has the headers of one session.
///
/// The source is asked before each call, so that a session which ends in the middle of a long work sends nothing more.
#[async_trait]
pub trait HeaderSource: Send + Sync {
    /// The headers as they are now.
    async fn headers(&self) -> Result<SecretHeaders, Error>;

    /// What it means that the system has refused the headers. `error` is the refusal.
    async fn rejected(&self, spent: &SecretHeaders, error: Error) -> Error;
}

/// Headers that no session holds: a refusal is the caller's to handle.
#[async_trait]
impl HeaderSource for SecretHeaders {
    async fn headers(&self) -> Result<SecretHeaders, Error> {
        Ok(self.clone())
    }

    async fn rejected(&self, _: &SecretHeaders, error: Error) -> Error {
        error
    }
}

/// What one call carries of its [`Credentials`].
#[derive(Default)]
pub(crate) enum Authorization {
    #[default]
    None,
    Bearer(BearerToken),
    Headers(SecretHeaders),
}

impl Authorization {
    /// What the words of an answer must not repeat.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let (token, headers) = match self {
            Self::None => (None, None),
            Self::Bearer(token) => (Some(token.expose_secret()), None),
            Self::Headers(headers) => (None, Some(headers)),
        };
        let values = headers
            .into_iter()
            .flat_map(SecretHeaders::iter)
            .map(|(_, value)| value);
        token.into_iter().chain(values)
    }
}

/// The value of a header that no log of a library shows; `None` where it has characters that no header can hold.
pub(crate) fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
