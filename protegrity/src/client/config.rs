//! How to reach the cluster, and where to log in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use upstream::Config;
use url::Url;

/// The settings of a [`Client`](crate::Client).
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Where the cluster is, like `https://ppc.example.com`, and the bounds of a call.
    pub transport: Config,
    pub login: LoginMode,
}

impl ClientConfig {
    /// The defaults of [`Config`], and the login path found out.
    pub fn new(url: Url) -> Self {
        Self {
            transport: Config::new(url),
            login: LoginMode::Auto,
        }
    }
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

impl fmt::Display for LoginPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pty => "pty",
            Self::Api => "api",
        })
    }
}
