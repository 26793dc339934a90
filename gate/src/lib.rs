//! What stands between a browser and the systems behind the portal: who is signed in, the vault of
//! their tokens, which action needs which permission, the directory index, and the audit events.
//!
//! The upstream clients are reachable only through [`Gate::open`], which checks the permission of a
//! named [`Action`] and hands out a [`Passage`] whose calls carry a token that is valid now.

#![warn(missing_docs)]

mod access;
mod action;
mod audit;
mod batch;
mod clock;
mod directory;
mod error;
mod gate;
mod held;
mod passage;
pub mod password;
mod permissions;
mod policies;
mod profile;
mod session;
mod tokens;
mod vault;

pub use access::{AccessReview, AccessState, Change, Grant, Held, Left, Person, ScanProgress};
pub use action::{Action, Needs, Rule};
pub use audit::{Caller, Target};
pub use batch::{
    Batch, BatchError, BatchId, Batches, Follow, NextPlan, Phase, Plan, PlannedRow, Progress, RowFailure,
    RowReport, RowState, Tally, Work,
};
pub use clock::{Clock, ManualClock};
pub use directory::{Directory, GroupListing, Listing, Sort, SortKey, UserQuery};
pub use error::GateError;
pub use gate::{Gate, GateConfig, SessionRules};
pub use held::HeldRequest;
pub use passage::Passage;
pub use permissions::{Denial, Permissions, Source, Verdict};
pub use profile::{Origin, Profile};
pub use session::MemorySessions;
pub use tokens::TokenTimes;
pub use tower_sessions::Session;
pub use vault::{MemoryVault, Row, Vault, VaultError, VaultKey, Visitor};
