//! [`ClusterState`]: users, groups, roles, providers, Entra ID, tokens, the password policy, the policy repository and
//! the log levels.

mod directory;
mod entra;
mod entra_import;
mod group;
mod mapper;
mod membership;
mod password;
pub(crate) mod pim;
mod policy;
mod provider;
mod role;
mod saml_config;
mod sign_in;
mod tenant;
mod tokens;
mod user;

pub(crate) use directory::Directory;
pub(crate) use entra::{Entra, EntraConfig, EntraCredentials};
pub(crate) use entra_import::{GroupRow, UserRow};
pub(crate) use group::{Group, GroupKind, Groups};
pub(crate) use mapper::{ATTRIBUTE_MAPPER, MAPPER_TYPES, Mapper, NewMapper, SYNC_MODES};
pub use pim::DeployedStore;
pub(crate) use policy::PasswordPolicy;
pub use provider::IdentityLink;
pub(crate) use provider::{Provider, Providers};
pub(crate) use role::{PERMISSIONS, Permission, Role, grants};
pub(crate) use saml_config::SamlConfig;
pub(crate) use tenant::{EntraGroup, EntraUser, Tenant};
pub(crate) use tokens::{IssuedTokens, LoginPath, Tokens};
pub(crate) use user::{NewUser, User, is_email};

use crate::{Settings, TokenKind, TokenMode, api_name::Api, prng::Prng, refusal::Refusal};
use std::collections::{BTreeMap, BTreeSet};
use tokens::{Grant, TokenLocation};
use uuid::Uuid;

/// The state that a reset restores.
pub struct ClusterState {
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
    pub(crate) groups: Groups,
    pub(crate) roles: Vec<Role>,
    pub(crate) providers: Providers,
    pub(crate) entra: Entra,
    pub(crate) policy: PasswordPolicy,
    /// `None` until Policy Management is initialized.
    pub(crate) pim: Option<pim::Repository>,
    pub(crate) tokens: Tokens,
    /// The level of each API's log, which lasts until a restart (reference, line 111): here, until a reset.
    pub(crate) log_levels: BTreeMap<Api, String>,
    pub(crate) prng: Prng,
}

/// The user of an access token, with the roles at the time of issue.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) id: Uuid,
    pub(crate) session: u64,
    roles: Vec<String>,
}

impl ClusterState {
    /// The kind of a bearer token, for the call log.
    pub(crate) fn token_kind(&self, bearer: Option<&str>) -> TokenKind {
        let Some(token) = bearer else {
            return TokenKind::None;
        };
        match self.tokens.grant(token) {
            None => TokenKind::Unknown,
            Some(grant) if grant.is_expired() => TokenKind::Expired,
            Some(Grant {
                location: TokenLocation::Header,
                ..
            }) => TokenKind::Header,
            Some(Grant {
                location: TokenLocation::Body,
                ..
            }) => TokenKind::Body,
        }
    }

    /// The identity behind a bearer token. A locked user's access token stays valid until it expires, as with an
    /// offline check of a JWT.
    pub(crate) fn authenticate(&self, bearer: Option<&str>) -> Result<Identity, Refusal> {
        let strict = self.settings.token_mode == TokenMode::HeaderOnly;
        let refusal = if strict {
            Refusal::Gateway
        } else {
            Refusal::NotAuthenticated
        };
        let grant = bearer
            .and_then(|token| self.tokens.grant(token))
            .filter(|grant| !grant.is_expired());
        match grant {
            Some(grant) if !strict || grant.passes_strict_gateway() => Ok(grant.identity()),
            _ => Err(refusal),
        }
    }

    /// Checks that an identity has one of these permissions. The user's present roles count, not the token's claims.
    pub(crate) fn authorize(&self, identity: &Identity, any_of: &[&str]) -> Result<(), Refusal> {
        let permissions = match self.directory.get(identity.id) {
            Some(user) => self.permissions(&self.roles_of(user)),
            None => self.permissions(&identity.roles.iter().map(String::as_str).collect()),
        };
        if any_of.iter().any(|required| grants(&permissions, required)) {
            Ok(())
        } else {
            Err(Refusal::Forbidden(any_of.join(" or ")))
        }
    }

    /// The union of the permissions of these roles.
    pub(crate) fn permissions(&self, roles: &BTreeSet<&str>) -> BTreeSet<&str> {
        let roles = self
            .roles
            .iter()
            .filter(|role| roles.contains(role.name.as_str()));
        roles
            .flat_map(|role| &role.permissions)
            .map(String::as_str)
            .collect()
    }

    pub(crate) fn role(&mut self, name: &str) -> Option<&mut Role> {
        self.roles.iter_mut().find(|role| role.name == name)
    }

    /// Checks that a role of each name exists.
    pub(crate) fn check_roles(&self, names: &[String]) -> Result<(), Refusal> {
        let unknown = names
            .iter()
            .find(|name| self.roles.iter().all(|role| role.name != **name));
        unknown.map_or(Ok(()), |name| {
            Err(Refusal::detail(400, format!("Role '{name}' not found")))
        })
    }
}
