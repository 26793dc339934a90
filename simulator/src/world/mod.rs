//! The cluster's state: users, groups, roles, providers, Entra ID, tokens, the password policy and the log levels.

mod directory;
mod entra;
mod entra_import;
mod group;
mod mapper;
mod membership;
mod password;
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
pub(crate) use policy::{Broken, PasswordPolicy};
pub use provider::IdentityLink;
pub(crate) use provider::{Provider, Providers};
pub(crate) use role::{PERMISSIONS, Permission, Role, holds};
pub(crate) use saml_config::SamlConfig;
pub(crate) use tenant::{EntraGroup, EntraUser, Tenant};
pub(crate) use tokens::{Issued, LoginPath};
pub(crate) use user::{NewUser, User, is_email};

use crate::{Options, Settings, TokenKind, TokenMode, api::Api, prng::Prng, refusal::Refusal, seed};
use std::collections::{BTreeMap, BTreeSet};
use tokens::{Grant, Place, Tokens};
use uuid::Uuid;

/// Everything a reset brings back to the start.
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
    pub(crate) groups: Groups,
    pub(crate) roles: Vec<Role>,
    pub(crate) providers: Providers,
    pub(crate) entra: Entra,
    pub(crate) policy: PasswordPolicy,
    pub(crate) tokens: Tokens,
    /// The level of each API's log: persisted until the restart, which is a reset here (reference, line 111).
    pub(crate) log_levels: BTreeMap<Api, String>,
    pub(crate) prng: Prng,
}

/// Who makes a call: the user of a token, and the roles at the time it was issued.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) id: Uuid,
    pub(crate) session: u64,
    roles: Vec<String>,
}

impl World {
    pub(crate) fn seeded(options: &Options) -> Self {
        let mut prng = Prng::new(seed::SEED);
        let directory = seed::directory(&mut prng, options.users);
        let mut world = Self {
            settings: Settings::new(options.token_mode),
            directory,
            groups: Groups::default(),
            roles: seed::roles(),
            providers: seed::providers(),
            entra: seed::entra(),
            policy: PasswordPolicy::sampled(),
            tokens: Tokens::default(),
            log_levels: Api::ALL
                .into_iter()
                .map(|api| (api, api.first_log_level().to_owned()))
                .collect(),
            prng,
        };
        seed::tie(&mut world);
        world
    }

    /// What the bearer token is, for the log of calls.
    pub(crate) fn token_kind(&self, bearer: Option<&str>) -> TokenKind {
        let Some(token) = bearer else {
            return TokenKind::None;
        };
        match self.tokens.grant(token) {
            None => TokenKind::Unknown,
            Some(grant) if grant.is_over() => TokenKind::Expired,
            Some(Grant {
                place: Place::Header, ..
            }) => TokenKind::Header,
            Some(Grant {
                place: Place::Body, ..
            }) => TokenKind::Body,
        }
    }

    /// Who calls. A locked user's access token stays good until its end, as an offline check of a JWT has it.
    pub(crate) fn caller(&self, bearer: Option<&str>) -> Result<Caller, Refusal> {
        let strict = self.settings.token_mode == TokenMode::HeaderOnly;
        let refusal = if strict {
            Refusal::Gateway
        } else {
            Refusal::NotAuthenticated
        };
        let grant = bearer
            .and_then(|token| self.tokens.grant(token))
            .filter(|grant| !grant.is_over());
        match grant {
            Some(grant) if !strict || grant.passes_strict_gateway() => Ok(grant.caller()),
            _ => Err(refusal),
        }
    }

    /// Checks that the caller holds one of these permissions now, by the user's roles and not by the token's claims.
    pub(crate) fn require(&self, caller: &Caller, any_of: &[&str]) -> Result<(), Refusal> {
        let held = match self.directory.get(caller.id) {
            Some(user) => self.permissions(&self.roles_of(user)),
            None => self.permissions(&caller.roles.iter().map(String::as_str).collect()),
        };
        if any_of.iter().any(|wanted| holds(&held, wanted)) {
            Ok(())
        } else {
            Err(Refusal::Forbidden(any_of.join(" or ")))
        }
    }

    /// The permissions of these roles, together.
    pub(crate) fn permissions(&self, roles: &BTreeSet<&str>) -> BTreeSet<&str> {
        let held = self
            .roles
            .iter()
            .filter(|role| roles.contains(role.name.as_str()));
        held.flat_map(|role| &role.permissions)
            .map(String::as_str)
            .collect()
    }

    pub(crate) fn role(&mut self, name: &str) -> Option<&mut Role> {
        self.roles.iter_mut().find(|role| role.name == name)
    }

    /// Checks that every name is a role's.
    pub(crate) fn check_roles(&self, names: &[String]) -> Result<(), Refusal> {
        let unknown = names
            .iter()
            .find(|name| self.roles.iter().all(|role| role.name != **name));
        unknown.map_or(Ok(()), |name| {
            Err(Refusal::detail(400, format!("Role '{name}' not found")))
        })
    }
}
