//! Typed client of the Protegrity REST APIs.
//!
//! Written from `reference/protegrity-rest-apis.txt`; where that text contradicts itself, the numbered rows
//! of `reference/protegrity-notes.md` section 6 rule, and the tests carry their numbers. What the cluster
//! answers is read leniently (unknown or missing fields, numbers as text), what is sent is what the reference
//! says and nothing else.

mod client;
mod entra;
mod fingerprint;
mod group;
mod ids;
mod password_policy;
pub mod permissions;
pub mod pim;
mod role;
mod saml;
mod service;
mod specification;
mod user;

pub use entra::{EntraConfig, EntraGroup, EntraTest, EntraUser, ImportOutcome};
pub use fingerprint::Fingerprint;
pub use group::Group;
pub use ids::{Alias, GroupId, MapperId, PermissionName, RoleName, UserId};
pub use password_policy::PasswordPolicy;
pub use role::{Permission, Role};
pub use saml::{SamlMapper, SamlProvider};
pub use service::{Api, Health, LogLevel, UnknownApi, Version};
pub use specification::{Specification, SpecificationProblem, SpecifiedOperation};
pub use user::{IdentityLink, IdentityProviders, User};

pub use client::{
    Authorized, Claims, Client, ClientConfig, Created, CreatedExportKey, CreatedGroup, CreatedUser,
    EntraGroupImport, EntraSettings, EntraTrial, EntraUserImport, GroupMembers, GroupUpdate, Initialization,
    Login, LoginFailure, LoginMode, LoginPath, MAX_PACKAGE, NewGroup, NewSamlMapper, NewUser, PackageRequest,
    PasswordOutcome, Pim, RefreshToken, RoleDraft, SYSTEM, SamlDraft, Tokens, UnknownLoginMode,
    UnlockOutcome, UserUpdate,
};
pub use upstream::{
    BearerToken as AccessToken, ConfigError, Download, Error, ErrorKind, PAGE_SIZE, TokenFailure,
    TokenSource, lenient, load_all,
};
