//! What stands between a browser and the systems behind the portal: sessions, the vault of their tokens, the
//! table of actions with the permission that each needs, and the audit log.
//!
//! The upstream clients are reachable only through [`Gate::begin`], which checks the permission of a named
//! [`Action`] and returns an [`Operation`] whose calls carry a token that is valid now.

#![warn(missing_docs)]

mod action;
mod audit;
mod availability;
mod clock;
mod connection;
mod error;
mod flashes;
mod gate;
mod operation;
mod pending;
mod permissions;
mod principal;
mod proofpoint_account;
mod session;
mod sign_in_limiter;
mod system;
mod tokens;
mod vault;
mod vault_key;

pub use action::{Action, Needs, Rule};
pub use audit::{
    AuditError, AuditEvent, AuditLog, AuditPrincipal, MemoryAuditLog, Outcome, RequestOrigin, Target,
    TracingAuditLog,
};
pub use clock::{Clock, ManualClock};
pub use error::{GateError, OperationError};
pub use flashes::{FlashError, FlashOwner, FlashStore, MemoryFlashes, StoredFlash};
pub use gate::{Gate, GateConfig, SessionRules};
pub use operation::{EndedSessions, Operation};
pub use pending::PendingForm;
pub use permissions::{Access, Denial, Permissions, Source};
pub use principal::{PermissionOrigin, Principal};
pub use proofpoint_account::{
    ProofpointAccount, ProofpointCredentials, permissions as proofpoint_permissions,
};
pub use session::{MemorySessions, Sessions};
pub use system::{Permission, System};
pub use tokens::TokenTimes;
pub use tower_sessions::Session;
pub use vault::{MemoryVault, Person, ProtegrityCredentials, Row, Vault, VaultError};
pub use vault_key::VaultKey;
