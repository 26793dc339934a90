//! Settings: a TOML file, then environment variables, then flags; the later source wins.

use std::{net::SocketAddr, path::PathBuf};

use figment::{
    Figment,
    providers::{Format, Toml},
    value::Value,
};
use gate::SessionRules;
use ipnet::IpNet;
use proofpoint::{Stack, TrustedHosts};
use protegrity::{ClientConfig, LoginMode};
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::cli;

/// Every environment variable and the key that it sets.
const VARIABLES: &[(&str, &str)] = &[
    ("POSTERN_LISTEN", "listen"),
    ("POSTERN_PUBLIC_URL", "public_url"),
    ("POSTERN_DATABASE_URL", "database_url"),
    ("POSTERN_KEY_FILE", "key_file"),
    ("POSTERN_PROTEGRITY_URL", "protegrity.url"),
    ("POSTERN_PROTEGRITY_CA_FILE", "protegrity.ca_file"),
    ("POSTERN_PROTEGRITY_LOGIN", "protegrity.login"),
    ("POSTERN_PROOFPOINT_STACK", "proofpoint.stack"),
    ("POSTERN_PROOFPOINT_EXTRA_HOSTS", "proofpoint.extra_hosts"),
    ("POSTERN_PROOFPOINT_SIMULATOR", "proofpoint.simulator"),
    ("POSTERN_DEPLOY_APPROVAL", "deploy_approval"),
    ("POSTERN_SESSION_IDLE_MINUTES", "session.idle_minutes"),
    ("POSTERN_SESSION_MAX_HOURS", "session.max_hours"),
    ("POSTERN_OPS_LISTEN", "ops_listen"),
    ("POSTERN_TRUSTED_PROXIES", "trusted_proxies"),
];

/// A problem with the settings, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A key is unknown, or its value cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// A required setting is missing.
    #[error("{variable} (or {key} in the configuration file) is not set: {what}")]
    Missing {
        /// The environment variable.
        variable: &'static str,
        /// The key in the file.
        key: &'static str,
        /// The value that it should have.
        what: &'static str,
    },
    /// A setting has a value that cannot be used.
    #[error("{key}: {why}")]
    Invalid {
        /// The key in the file.
        key: &'static str,
        /// The reason.
        why: String,
    },
}

fn invalid(key: &'static str, why: impl Into<String>) -> SettingsError {
    SettingsError::Invalid { key, why: why.into() }
}

/// The settings by their keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The origin that browsers see.
    #[serde(deserialize_with = "address")]
    pub public_url: Option<Url>,
    /// The store on disk. Read and checked; this version keeps its state in memory.
    pub database_url: String,
    /// Sealing keys for the store on disk. Read and checked, as above.
    pub key_file: Option<PathBuf>,
    /// The cluster.
    pub protegrity: Protegrity,
    /// Proofpoint Essentials.
    pub proofpoint: Proofpoint,
    /// Whether a deployment needs a second officer.
    pub deploy_approval: bool,
    /// The lifespan of sessions.
    pub session: Session,
    /// A second address to listen on, for `/healthz`, `/readyz` and `/metrics`.
    pub ops_listen: Option<SocketAddr>,
    /// The networks of the proxies whose `X-Forwarded-For` names the client.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            public_url: None,
            database_url: DEFAULT_DATABASE.to_owned(),
            key_file: None,
            protegrity: Protegrity::default(),
            proofpoint: Proofpoint::default(),
            deploy_approval: false,
            session: Session::default(),
            ops_listen: None,
            trusted_proxies: Vec::new(),
        }
    }
}

const DEFAULT_DATABASE: &str = "sqlite://postern.db";

/// `[protegrity]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Protegrity {
    /// `https://ppc.example.com`; `http` only to loopback.
    #[serde(deserialize_with = "address")]
    pub url: Option<Url>,
    /// PEM certificates trusted in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// Which login path gives the token: `auto`, `pty` or `api`.
    #[serde(deserialize_with = "parsed")]
    pub login: LoginMode,
}

/// `[proofpoint]`
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Proofpoint {
    /// The instance that is asked first.
    #[serde(deserialize_with = "parsed")]
    pub stack: Stack,
    /// Further exact host names that credentials may be sent to.
    #[serde(deserialize_with = "list")]
    pub extra_hosts: Vec<String>,
    /// A simulator on loopback in the place of every instance.
    #[serde(deserialize_with = "address")]
    pub simulator: Option<Url>,
}

/// `[session]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Minutes without a request after which the session ends.
    pub idle_minutes: u32,
    /// Hours until the session ends however busy it is.
    pub max_hours: u32,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            idle_minutes: 30,
            max_hours: 12,
        }
    }
}

impl Session {
    fn check(&self) -> Result<(), SettingsError> {
        if !(1..=24 * 60).contains(&self.idle_minutes) {
            return Err(invalid("session.idle_minutes", "it has to be from 1 to 1440"));
        }
        if !(1..=24 * 7).contains(&self.max_hours) {
            return Err(invalid("session.max_hours", "it has to be from 1 to 168"));
        }
        Ok(())
    }
}

impl Proofpoint {
    /// The settings of a client.
    ///
    /// # Errors
    /// The first of the hosts that is not a plain name.
    pub fn client(&self) -> Result<proofpoint::ClientConfig, SettingsError> {
        let extra = self.extra_hosts.iter().map(String::as_str);
        let trusted = TrustedHosts::with_extra(extra).map_err(|name| {
            invalid(
                "proofpoint.extra_hosts",
                format!("{name:?} is not a plain host name"),
            )
        })?;
        Ok(proofpoint::ClientConfig {
            trusted,
            simulator: self.simulator.clone(),
            ..proofpoint::ClientConfig::new(self.stack)
        })
    }

    fn check(&self) -> Result<(), SettingsError> {
        let is_local = |url: &Url| url.scheme() == "http" && url.host_str().is_some_and(is_loopback);
        if self.simulator.as_ref().is_some_and(|url| !is_local(url)) {
            return Err(invalid(
                "proofpoint.simulator",
                "it has to be http:// to a loopback address",
            ));
        }
        self.client().map(drop)
    }
}

impl Settings {
    /// Reads the configuration file, the environment and the flags, and checks them together.
    ///
    /// # Errors
    /// The first problem found.
    pub fn read(
        flags: &cli::Config,
        listen: Option<SocketAddr>,
        public_url: Option<&str>,
    ) -> Result<Self, SettingsError> {
        let mut figment = Figment::new();
        if let Some(file) = &flags.config {
            if !file.is_file() {
                return Err(invalid(
                    "--config",
                    format!("there is no file {}", file.display()),
                ));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        for (variable, key) in VARIABLES {
            if let Ok(text) = std::env::var(variable) {
                figment = figment.merge((*key, value(key, text)));
            }
        }
        let flags = [
            ("listen", listen.map(|address| address.to_string())),
            ("public_url", public_url.map(ToOwned::to_owned)),
            ("protegrity.url", flags.protegrity_url.clone()),
        ];
        for (key, text) in flags {
            if let Some(text) = text {
                figment = figment.merge((key, text));
            }
        }
        let settings: Self = figment
            .extract()
            .map_err(|error| SettingsError::Unreadable(one_sentence(&error.to_string())))?;
        settings.check()?;
        Ok(settings)
    }

    /// Checks what the type of a value does not.
    fn check(&self) -> Result<(), SettingsError> {
        self.check_public_url()?;
        let schemes = ["sqlite://", "postgres://", "postgresql://"];
        if !schemes.iter().any(|scheme| self.database_url.starts_with(scheme)) {
            return Err(invalid(
                "database_url",
                "it has to start with sqlite:// or postgres://",
            ));
        }
        self.session.check()?;
        self.proofpoint.check()
    }

    fn check_public_url(&self) -> Result<(), SettingsError> {
        if self.public_url.as_ref().is_some_and(|url| !is_origin(url)) {
            return Err(invalid(
                "public_url",
                "it has to be an origin, such as https://portal.example.com",
            ));
        }
        let secure = self
            .public_url
            .as_ref()
            .is_some_and(|url| url.scheme() == "https");
        if !self.listen.ip().is_loopback() && !secure {
            let why = "it has to be https unless the portal listens on loopback: a session cookie over plain http \
                       can be read on the network";
            return Err(invalid("public_url", why));
        }
        Ok(())
    }

    /// The lifespan of sessions.
    pub fn session_rules(&self) -> SessionRules {
        SessionRules {
            idle: jiff::SignedDuration::from_mins(i64::from(self.session.idle_minutes)),
            max: jiff::SignedDuration::from_hours(i64::from(self.session.max_hours)),
        }
    }

    /// The configuration of the cluster's client.
    ///
    /// # Errors
    /// When the address is missing or the file of certificates cannot be read.
    pub fn cluster(&self) -> Result<ClientConfig, SettingsError> {
        let url = self.protegrity.url.clone().ok_or(SettingsError::Missing {
            variable: "POSTERN_PROTEGRITY_URL",
            key: "protegrity.url",
            what: "the address of the cluster, such as https://ppc.example.com",
        })?;
        let mut config = ClientConfig::new(url);
        config.login = self.protegrity.login;
        if let Some(file) = &self.protegrity.ca_file {
            let pem = std::fs::read(file).map_err(|error| {
                invalid(
                    "protegrity.ca_file",
                    format!("{} cannot be read: {error}", file.display()),
                )
            })?;
            config.transport.ca_pem = Some(pem);
        }
        Ok(config)
    }

    /// The settings that are set but that this version does not use yet.
    pub fn unused(&self) -> Vec<&'static str> {
        let used = [
            ("database_url", self.database_url == DEFAULT_DATABASE),
            ("key_file", self.key_file.is_none()),
        ];
        used.into_iter()
            .filter(|(_, default)| !default)
            .map(|(key, _)| key)
            .collect()
    }
}

/// A variable's text as a value of the key's type: numbers and switches are parsed.
fn value(key: &str, text: String) -> Value {
    let typed = matches!(
        key,
        "deploy_approval" | "session.idle_minutes" | "session.max_hours"
    );
    if typed && let Ok(value) = text.parse::<Value>() {
        value
    } else {
        Value::from(text)
    }
}

/// An error of the TOML parser in one line, without its excerpt of the file, which may contain a secret.
fn one_sentence(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let words: Vec<_> = lines
        .filter(|line| !line.is_empty() && !line.contains('|'))
        .collect();
    words.join(", ")
}

/// Environment variables with the portal's prefix that are no settings: most likely a typing error.
pub fn unknown_variables() -> Vec<String> {
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("POSTERN_") && VARIABLES.iter().all(|(known, _)| known != name))
        .collect()
}

/// Whether an address is an origin without path, query, user or fragment.
fn is_origin(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn parsed<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?
        .parse()
        .map_err(serde::de::Error::custom)
}

/// An address. The error does not repeat it, because it may contain a password.
fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = |error: url::ParseError| serde::de::Error::custom(format!("it is not an address: {error}"));
    text.parse().map(Some).map_err(wrong)
}

/// A list in the file, or comma-separated names in a variable.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        List(Vec<String>),
        Text(String),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::List(names) => names,
        Written::Text(text) => text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(ToOwned::to_owned)
            .collect(),
    })
}

/// Networks in CIDR notation; an address alone is a network of one.
fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let network = |text: String| {
        let address = text.parse::<std::net::IpAddr>().map(IpNet::from);
        address.or_else(|_| text.parse()).map_err(|_| {
            let why = format!("{text:?} is no network, such as 10.0.0.0/8 or 2001:db8::/32");
            serde::de::Error::custom(why)
        })
    };
    list(deserializer)?.into_iter().map(network).collect()
}

#[cfg(test)]
mod tests;
