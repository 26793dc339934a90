//! [`Options`], fixed at the start, and [`Settings`], which tests change while the simulator runs.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The seeded state of a simulator.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The number of generated users, in addition to the demo accounts and the special users.
    pub users: u32,
    /// The format of the tokens and the endpoints that accept them.
    pub token_mode: TokenMode,
    /// The policy repository.
    pub pim: Pim,
}

/// The policy repository of a new simulator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pim {
    /// Initialized, with roles, data elements, policies, data stores, and some of them deployed.
    #[default]
    Seeded,
    /// Not initialized: until `POST /pty/v2/pim/init`, every other call to Policy Management is refused.
    Empty,
}

impl Pim {
    /// Both, for help texts and tests.
    pub const ALL: [Self; 2] = [Self::Seeded, Self::Empty];

    const fn name(self) -> &'static str {
        match self {
            Self::Seeded => "seeded",
            Self::Empty => "empty",
        }
    }
}

impl fmt::Display for Pim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Pim {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|pim| pim.name() == text)
            .ok_or_else(|| Error::Pim(text.to_owned()))
    }
}

/// The numbers of objects that [`Simulator::add_pim_objects`](crate::Simulator::add_pim_objects) and
/// `POST /_simulator/pim` add to the policy repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PimObjects {
    /// Roles without members.
    pub roles: u32,
    /// Data elements of an alphanumeric token.
    pub data_elements: u32,
    /// Data stores without a deployment.
    pub data_stores: u32,
    /// Rules in one new policy, each for another pair of a role and a data element, of those that exist by then. There
    /// are at most as many rules as such pairs.
    pub rules: u32,
}

/// The format of the tokens and the endpoints that accept them. No public source shows a decoded PPC token (notes,
/// section 1), so a client has to support every mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenMode {
    /// JWTs with Keycloak's claims; role and permission names in `realm_access.roles`.
    #[default]
    Claims,
    /// JWTs with `sub`, `preferred_username`, `exp` and `iat` only.
    NoClaims,
    /// Random strings instead of JWTs, in the header and in the body.
    Opaque,
    /// Protected routes accept only the header token of `/api/v1/auth/login/token`; other tokens get 401 with an empty
    /// body.
    HeaderOnly,
    /// No login returns a refresh token, and the refresh endpoint refuses.
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

/// The settings that [`Simulator::settings`](crate::Simulator::settings) and `PUT /_simulator/settings` change while
/// the simulator runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The format of new tokens, and the endpoints that accept them.
    pub token_mode: TokenMode,
    /// Lifespan of an access token; `/token/lifespan/update` sets it too.
    pub access_seconds: u32,
    /// Lifespan of a refresh token; `/token/lifespan/update` sets it to the access token's plus 600.
    pub refresh_seconds: u32,
    /// Whether the login at `/api/v1/auth` returns a refresh token too.
    pub api_refresh: bool,
    /// Delay before every response.
    pub latency_ms: u64,
    /// Duration of a sign-in as `fault-slow`.
    pub slow_ms: u64,
    /// The number of wrong passwords that locks a user out for a minute; 0 turns the lock-out off, as in Keycloak.
    pub lockout_failures: u32,
    /// The effect of `PUT /groups` on members and roles.
    pub group_update: GroupUpdate,
    /// The effect of `PUT /passwordpolicy` on the rules.
    pub policy_update: PolicyUpdate,
    /// The shapes of the answers of Policy Management.
    pub pim_answers: PimAnswers,
    /// Whether single objects of Policy Management can be changed and deleted, and the specification says so.
    pub pim_items: bool,
}

/// The effect of `PUT /groups` on its lists, for which the reference has both "added" and "updated" (lines 1589, 1625).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupUpdate {
    /// The request's lists replace the group's.
    #[default]
    Replace,
    /// The request's lists add to the group's.
    Add,
}

/// The effect of `PUT /passwordpolicy`, which the reference leaves open (notes, section 6, no. 51 and 52).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyUpdate {
    /// Absent rules stay; null removes a rule.
    #[default]
    Merge,
    /// Absent rules are removed.
    Replace,
    /// Like `Merge`, and then the cluster corrects some values: `hashIterations` to 27500, `length` to at least 8,
    /// `passwordHistory` to at most 24.
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
            pim_answers: PimAnswers::Plain,
            pim_items: false,
        }
    }
}

/// The shapes of the answers of Policy Management, which the documents leave open (notes, sections 3 and 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PimAnswers {
    /// A list is an array, a create answers 201 with the object, the deployment information is `{"dataStores": […]}`.
    #[default]
    Plain,
    /// Like `Plain`, but a list is `{"items": […]}` and the deployment information an array.
    Wrapped,
    /// Like `Plain`, but a create answers 204 without a body, so that only a list shows the new uid.
    Silent,
}

/// The tokens to expire, among those issued so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expire {
    /// The access tokens: the next call gets 401, a refresh succeeds.
    Access,
    /// The refresh tokens.
    Refresh,
    /// Both: the user has to sign in again.
    All,
}
