//! How to reach a system.

use std::time::Duration;

use url::{Host, Url};

/// The settings of a [`Transport`](crate::Transport).
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the system is, like `https://ppc.example.com`. A path in it is kept as a prefix.
    pub url: Url,
    /// The name to send in `Host` in place of the URL's: for a simulator that stands in for several hosts.
    pub host: Option<String>,
    /// Certificates of authorities to trust besides the machine's, PEM.
    pub ca_pem: Option<Vec<u8>>,
    pub connect_timeout: Duration,
    /// For one call from beginning to end, the single retry included.
    pub timeout: Duration,
    /// For the silence between two pieces of an answer.
    pub read_timeout: Duration,
    /// Bytes. A longer answer is an error, not cut.
    pub max_body: usize,
}

impl Config {
    /// The defaults: 5 s to connect, 30 s in all, 10 s of silence, 16 MiB.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            host: None,
            ca_pem: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            read_timeout: Duration::from_secs(10),
            max_body: 16 * 1024 * 1024,
        }
    }

    /// The URL's path without its last slash, for paths to be put behind.
    pub(crate) fn checked_base(&self) -> Result<Url, ConfigError> {
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

/// What is wrong with a [`Config`]. Names no URL: it may be shown and logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    #[error("the URL must begin with https:// and name a host")]
    NotHttp,
    #[error("the URL must begin with https://: plain HTTP is for a system on this machine only")]
    NotEncrypted,
    #[error("the simulator's URL must begin with http:// and name this machine, like http://127.0.0.1:8080")]
    NotLoopback,
    #[error("the URL must not hold a user name or password")]
    CredentialsInUrl,
    #[error("the URL must not hold a query or fragment")]
    QueryInUrl,
    #[error("the certificate authority's file holds no readable PEM certificate")]
    CaUnreadable,
    #[error("TLS could not be set up: {0}")]
    Tls(String),
}
