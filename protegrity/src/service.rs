//! What all services of the cluster have in common: version, health, log level (reference lines 90-400).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use upstream::lenient;

/// One of the cluster's REST APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// Authentication and token management, v1.
    Auth,
    /// Policy management, v2.
    Pim,
    /// Encrypted resilient packages, v1.
    Rps,
}

impl Api {
    pub const ALL: [Self; 3] = [Self::Auth, Self::Pim, Self::Rps];

    /// The path all its endpoints begin with (reference lines 97-101).
    pub const fn path(self) -> &'static str {
        match self {
            Self::Auth => "/pty/v1/auth",
            Self::Pim => "/pty/v2/pim",
            Self::Rps => "/pty/v1/rps",
        }
    }

    /// The short name: `auth`, `pim`, `rps`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Pim => "pim",
            Self::Rps => "rps",
        }
    }

    /// The reference's name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Auth => "Authentication and Token Management",
            Self::Pim => "Policy Management",
            Self::Rps => "Encrypted Resilient Package",
        }
    }

    /// Log levels worth offering. The reference names the second list alone (line 253) yet shows `info` (line
    /// 220): auth is written in Python, the others log the Java way (notes, row 8).
    pub const fn log_levels(self) -> &'static [&'static str] {
        match self {
            Self::Auth => &["debug", "info", "warning", "error", "critical"],
            Self::Pim | Self::Rps => &["SEVERE", "WARNING", "INFO", "CONFIG", "FINE", "FINER", "FINEST"],
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Not `auth`, `pim` or `rps`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownApi;

impl fmt::Display for UnknownApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected auth, pim or rps")
    }
}

impl std::error::Error for UnknownApi {}

impl FromStr for Api {
    type Err = UnknownApi;

    fn from_str(text: &str) -> Result<Self, UnknownApi> {
        Self::ALL
            .into_iter()
            .find(|api| api.name() == text)
            .ok_or(UnknownApi)
    }
}

/// `GET /version` (reference lines 118-153).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Version {
    #[serde(deserialize_with = "lenient::text")]
    pub version: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub build_version: Option<String>,
}

/// `GET /health` (reference lines 266-311).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    #[serde(deserialize_with = "lenient::boolean_or_false")]
    pub is_healthy: bool,
}

/// `GET /log` (reference lines 178-221). Free text: see [`Api::log_levels`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLevel {
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub level: String,
}

impl LogLevel {
    /// Whether it is this level, however either is capitalised.
    pub fn is(&self, level: &str) -> bool {
        self.level.eq_ignore_ascii_case(level)
    }
}
