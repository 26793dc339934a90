//! A Protegrity cluster (PPC) and Proofpoint Essentials in memory, over real HTTP and HTTPS.
//!
//! The crate follows the vendors' references and the notes on them. It shares no types with the client crates
//! `protegrity` and `proofpoint`, so that a wrong field name fails a test instead of being wrong on both sides. It keeps
//! state, enforces permissions, and is deterministic: the same options give the same users with the same ids. The
//! cluster serves the APIs `auth`, `pim` and `rps`.
//!
//! * [`Simulator`] is the cluster with its controls; [`Running`] serves one on a free port for tests.
//! * [`ProofpointSimulator`] is Proofpoint Essentials, and [`RunningProofpoint`] serves it. The type of the options
//!   selects the system: both are the same handle, the same accept loop, faults, call log and controls.
//! * The module `control` documents the same controls over HTTP, under `/_simulator`.
//! * [`FaultRule`] makes requests fail, and [`Fault::Hold`] holds them until the test releases them.
//! * Well-known names cause a failure by hand: sign in as `fault-503`, `fault-slow` or `fault-html`, take SAML metadata
//!   from the host `unreachable.example`, give Entra ID the secret `wrong-secret`, import its user `fails@example.com`,
//!   deploy to a data store with the name `unreachable`.

mod api;
mod api_name;
mod auth;
mod body;
mod calls;
mod certificate;
mod clock;
mod cluster;
mod control;
mod error;
mod faults;
mod handle;
mod jwe;
mod layer;
mod options;
mod prng;
mod proofpoint;
mod refusal;
mod running;
mod seed;
mod serve;
mod state;
mod system;

pub use calls::{Call, TokenKind};
pub use certificate::Certificate;
pub use error::Error;
pub use faults::{Fault, FaultRule, HeldRequest};
pub use handle::Simulator;
pub use options::{
    Expire, GroupUpdate, Options, Pim, PimAnswers, PimObjects, PolicyUpdate, Settings, TokenMode,
};
pub use proofpoint::{
    Endpoints, FeatureValues, Instance, ListNames, ListShape, PROOFPOINT_ACCOUNTS, ProofpointOptions,
    ProofpointSettings, ProofpointSimulator, RunningProofpoint, Unknown, UserUpdate, WrongInstance,
};
pub use running::Running;
pub use seed::{DEMO_ACCOUNTS, DemoAccount};
pub use state::{DeployedStore, IdentityLink};
pub use system::System;
