//! How a simulator starts, and what may be changed while it runs.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How a simulator starts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How many made-up users to add to the demo accounts and the hand-made ones.
    pub users: u32,
    /// What the tokens look like and where they are accepted.
    pub token_mode: TokenMode,
}

/// What the tokens look like and where they are accepted. No public source shows a decoded PPC token (notes, section
/// 1), so a client has to cope with each of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenMode {
    /// JWTs with Keycloak's claims; role and permission names in `realm_access.roles`.
    #[default]
    Claims,
    /// JWTs with `sub`, `preferred_username`, `exp` and `iat` only.
    NoClaims,
    /// Random strings that are no JWTs, in the header and in the body.
    Opaque,
    /// The two-token trap: protected routes accept only the header token of `/api/v1/auth/login/token`; others get
    /// 401 with an empty body.
    HeaderOnly,
    /// No login gives a refresh token, and the refresh endpoint refuses.
    NoRefresh,
}

impl TokenMode {
    /// Every mode, for help texts and tests.
    pub const ALL: [Self; 5] = [
        Self::Claims,
        Self::NoClaims,
        Self::Opaque,
        Self::HeaderOnly,
        Self::NoRefresh,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::NoClaims => "no-claims",
            Self::Opaque => "opaque",
            Self::HeaderOnly => "header-only",
            Self::NoRefresh => "no-refresh",
        }
    }
}

impl fmt::Display for TokenMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for TokenMode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.name() == text)
            .ok_or_else(|| Error::TokenMode(text.to_owned()))
    }
}

/// What may be changed while the simulator runs, in process or by `PUT /_simulator/settings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// What new tokens look like, and which are accepted.
    pub token_mode: TokenMode,
    /// Lifespan of an access token, also set by `/token/lifespan/update`.
    pub access_seconds: u32,
    /// Lifespan of a refresh token; `/token/lifespan/update` sets it to the access token's plus 600.
    pub refresh_seconds: u32,
    /// Whether the login at `/api/v1/auth` gives a refresh token too.
    pub api_refresh: bool,
    /// Delay before every answer.
    pub latency_ms: u64,
    /// How long a sign-in as `fault-slow` takes.
    pub slow_ms: u64,
    /// After how many wrong passwords a user is shut out for a minute; 0 is off, as in Keycloak.
    pub lockout_failures: u32,
    /// What `PUT /groups` does with the members and roles it is sent.
    pub group_update: GroupUpdate,
    /// What `PUT /passwordpolicy` does with the rules it is sent.
    pub policy_update: PolicyUpdate,
}

/// What `PUT /groups` does with its lists: "added" and "updated" both stand in the reference (lines 1589, 1625).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupUpdate {
    /// The lists sent are the whole of it afterwards.
    #[default]
    Replace,
    /// What is sent comes to what is there.
    Add,
}

/// What `PUT /passwordpolicy` does with its rules, which the reference leaves open (notes, section 6, no. 51 and 52).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyUpdate {
    /// What is not sent stays; null takes a rule away.
    #[default]
    Merge,
    /// What is not sent is gone.
    Replace,
    /// As merged, and then the cluster puts some values right: `hashIterations` is always 27500, `length` at least 8,
    /// `passwordHistory` at most 24.
    Clamp,
}

impl Settings {
    pub(crate) const fn new(token_mode: TokenMode) -> Self {
        Self {
            token_mode,
            access_seconds: 300,
            refresh_seconds: 900,
            api_refresh: false,
            latency_ms: 0,
            slow_ms: 8000,
            lockout_failures: 0,
            group_update: GroupUpdate::Replace,
            policy_update: PolicyUpdate::Merge,
        }
    }
}

/// Which of the tokens issued so far to make expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expire {
    /// The access tokens: the next call gets 401, a refresh still works.
    Access,
    /// The refresh tokens.
    Refresh,
    /// Both: only a new login helps.
    All,
}
