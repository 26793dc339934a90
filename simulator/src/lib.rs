//! A Protegrity cluster (PPC) in memory, over real HTTP and HTTPS.
//!
//! It is written from the vendor's reference and the notes on it, and on purpose not from the `protegrity` client
//! crate: a wrong field name must not be able to hide on both sides. It keeps state, enforces permissions, and is
//! deterministic: the same [`Options`] give the same users with the same ids.
//!
//! * [`Simulator`] is the cluster and its in-process controls; [`Running`] serves one on a free port for tests.
//! * The module `control` documents the same controls over HTTP, under `/_simulator`.
//! * A failure can be provoked by hand too: sign in as `fault-503`, `fault-slow` or `fault-html`, take SAML metadata
//!   from the host `unreachable.example`, give Entra ID the secret `wrong-secret`, import its user `fails@example.com`.

mod api;
mod body;
mod calls;
mod certificate;
mod clock;
mod control;
mod error;
mod faults;
mod gate;
mod handle;
mod layer;
mod options;
mod prng;
mod refusal;
mod running;
mod seed;
mod serve;
mod world;

pub use calls::{Call, TokenKind};
pub use certificate::Certificate;
pub use error::Error;
pub use faults::{Fault, FaultRule};
pub use handle::Simulator;
pub use options::{Expire, GroupUpdate, Options, PolicyUpdate, Settings, TokenMode};
pub use running::Running;
pub use seed::{DEMO_ACCOUNTS, DemoAccount};
pub use world::IdentityLink;
