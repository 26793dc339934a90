//! How to reach the cluster.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The settings of a [`Client`](crate::Client).
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Where the cluster is, like `https://ppc.example.com`. A path in it is kept as a prefix.
    pub url: Url,
    /// Certificates of authorities to trust besides the system's, PEM.
    pub ca_pem: Option<Vec<u8>>,
    pub login: LoginMode,
    pub connect_timeout: Duration,
    /// For one call from beginning to end, the single retry included.
    pub timeout: Duration,
    /// For the silence between two pieces of an answer.
    pub read_timeout: Duration,
    /// Bytes. A longer answer is an error, not cut.
    pub max_body: usize,
}

impl ClientConfig {
    /// The defaults: 5 s to connect, 30 s in all, 10 s of silence, 16 MiB, login path found out.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            ca_pem: None,
            login: LoginMode::Auto,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            read_timeout: Duration::from_secs(10),
            max_body: 16 * 1024 * 1024,
        }
    }

    /// The URL's path without its last slash, for paths to be put behind.
    pub(super) fn checked_base(&self) -> Result<Url, ConfigError> {
        let url = &self.url;
        let host = url.host().ok_or(ConfigError::NotHttp)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(ConfigError::NotEncrypted),
            _ => return Err(ConfigError::NotHttp),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ConfigError::CredentialsInUrl);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ConfigError::QueryInUrl);
        }
        let mut base = url.clone();
        base.set_path(url.path().trim_end_matches('/'));
        Ok(base)
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// What is wrong with a [`ClientConfig`]. Names no URL: it may be shown and logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    #[error("the cluster's URL must begin with https:// and name a host")]
    NotHttp,
    #[error("the cluster's URL must begin with https://: plain HTTP is for a cluster on this machine only")]
    NotEncrypted,
    #[error("the cluster's URL must not hold a user name or password")]
    CredentialsInUrl,
    #[error("the cluster's URL must not hold a query or fragment")]
    QueryInUrl,
    #[error("the certificate authority's file holds no readable PEM certificate")]
    CaUnreadable,
    #[error("TLS could not be set up: {0}")]
    Tls(String),
}

/// At which of the cluster's two login paths to log in (notes section 1: the two give different tokens).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoginMode {
    /// Find out which path gives a token that protected calls take. Costs one `GET /roles` a login.
    #[default]
    Auto,
    /// `/pty/v1/auth`, as the reference documents.
    Pty,
    /// `/api/v1/auth`, as Protegrity's own client does.
    Api,
}

impl fmt::Display for LoginMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Pty => "pty",
            Self::Api => "api",
        })
    }
}

/// Not `auto`, `pty` or `api`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected auto, pty or api")]
pub struct UnknownLoginMode;

impl FromStr for LoginMode {
    type Err = UnknownLoginMode;

    fn from_str(text: &str) -> Result<Self, UnknownLoginMode> {
        match text {
            "auto" => Ok(Self::Auto),
            "pty" => Ok(Self::Pty),
            "api" => Ok(Self::Api),
            _ => Err(UnknownLoginMode),
        }
    }
}

/// The path tokens came from, which is where they are refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoginPath {
    Pty,
    Api,
}

impl LoginPath {
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Pty => "/pty/v1/auth",
            Self::Api => "/api/v1/auth",
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Pty => Self::Api,
            Self::Api => Self::Pty,
        }
    }
}
