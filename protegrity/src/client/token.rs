//! Tokens, and the hints their claims give (notes section 1).

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use upstream::lenient;

use crate::AccessToken;

use super::LoginPath;

/// Keycloak's own default, and the reference's sample (line 493).
const DEFAULT_LIFETIME: Duration = Duration::from_mins(5);

/// What new tokens are got with. `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(token.into())
    }
}

/// For sealing it at rest. It must not be logged, shown, or sent anywhere but to the cluster.
impl ExposeSecret<str> for RefreshToken {
    fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

/// What a login or a refresh gave.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: AccessToken,
    /// The `/api` login may give none: log in again when the access token ends.
    pub refresh: Option<RefreshToken>,
    /// How long the access token is good from when the answer came.
    pub expires_in: Duration,
    pub refresh_expires_in: Option<Duration>,
    /// Where they came from, and where to refresh them.
    pub path: LoginPath,
}

/// What the access token says of its holder. Not verified: a hint for the screen, never a reason to allow
/// anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The holder's own user id, most likely.
    pub sub: Option<String>,
    pub preferred_username: Option<String>,
    /// Seconds since 1970 in UTC.
    pub exp: Option<i64>,
    /// Everything that may be a role's or a permission's name: `realm_access.roles`,
    /// `resource_access.*.roles`, `roles`, `permissions`, `scope`.
    pub names: BTreeSet<String>,
}

/// How long a token is good by its own `exp`. Nothing if that is over or missing.
fn lifetime(token: &AccessToken) -> Option<Duration> {
    let exp = u64::try_from(Claims::of(token)?.exp?).ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Duration::from_secs(exp)
        .checked_sub(now)
        .filter(|left| !left.is_zero())
}

/// Whether the token's own `exp` says that it is over.
pub(super) fn is_over(token: &AccessToken) -> bool {
    Claims::of(token).is_some_and(|claims| claims.exp.is_some()) && lifetime(token).is_none()
}

/// How long a token is good: what the answer said, else its own word, else the default. A life of zero says
/// nothing.
pub(super) fn lifetime_or(answered: Option<Duration>, token: &AccessToken) -> Duration {
    answered.or_else(|| lifetime(token)).unwrap_or(DEFAULT_LIFETIME)
}

impl Claims {
    /// The claims of a token that is a JWT.
    pub fn of(token: &AccessToken) -> Option<Self> {
        let payload = token.expose_secret().split('.').nth(1)?;
        let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let value: Value = serde_json::from_slice(&json).ok()?;
        value.is_object().then(|| Self::read(&value))
    }

    fn read(value: &Value) -> Self {
        let text = |key: &str| match value.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        Self {
            sub: text("sub"),
            preferred_username: text("preferred_username"),
            exp: value.get("exp").and_then(lenient::as_integer),
            names: names(value),
        }
    }
}

fn names(claims: &Value) -> BTreeSet<String> {
    let clients = claims.get("resource_access").and_then(Value::as_object);
    let client_roles = clients
        .into_iter()
        .flat_map(|clients| clients.values())
        .map(|client| client.get("roles"));
    let direct = ["roles", "permissions", "scope"].map(|key| claims.get(key));
    let realm = claims.pointer("/realm_access/roles");
    client_roles
        .chain(direct)
        .chain([realm])
        .flatten()
        .flat_map(words)
        .map(str::to_owned)
        .collect()
}

/// The words of a list of strings, or of one string with spaces between them.
fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => text.split_whitespace().collect(),
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| !name.is_empty())
            .collect(),
        _ => Vec::new(),
    }
}

/// A span in seconds, if it is given and not over already.
pub(super) fn seconds(value: &Value) -> Option<Duration> {
    u64::try_from(lenient::as_integer(value)?)
        .ok()
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
}
