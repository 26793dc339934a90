//! Typed client of the Protegrity REST APIs: the types always, the HTTP client behind the feature `client`.
//!
//! Written from `reference/protegrity-rest-apis.txt`; where that text contradicts itself, the numbered rows
//! of `reference/protegrity-notes.md` section 6 rule, and the tests carry their numbers. What the cluster
//! answers is read leniently (unknown or missing fields, numbers as text), what is sent is what the reference
//! says and nothing else.

mod entra;
mod group;
mod ids;
mod json;
pub(crate) mod lenient;
mod password_policy;
pub mod permissions;
mod role;
mod saml;
mod service;
mod user;

#[cfg(feature = "client")]
mod client;

pub use entra::{EntraConfig, EntraGroup, EntraTest, EntraUser, ImportOutcome};
pub use group::Group;
pub use ids::{Alias, GroupId, MapperId, PermissionName, RoleName, UserId};
pub use json::Json;
pub use password_policy::PasswordPolicy;
pub use role::{Permission, Role};
pub use saml::{SamlMapper, SamlProvider};
pub use service::{Api, Health, LogLevel, UnknownApi, Version};
pub use user::{IdentityLink, IdentityProviders, User};

#[cfg(feature = "client")]
pub use client::{
    AccessToken, Authorized, Claims, Client, ClientConfig, ConfigError, CreatedGroup, CreatedUser,
    EntraGroupImport, EntraSettings, EntraTrial, EntraUserImport, Error, ErrorKind, GroupMembers,
    GroupUpdate, Login, LoginFailure, LoginMode, LoginPath, NewGroup, NewSamlMapper, NewUser,
    PasswordOutcome, RefreshToken, RoleDraft, SamlDraft, Tokens, UnknownLoginMode, UnlockOutcome, UserUpdate,
};
