//! What the integration tests of several crates share: a simulated cluster, spoken to over HTTP, and a gate in front
//! of it. A value that a test relies on and that is missing ends the test with a panic.

// Tests panic where something they rely on is missing.
#![allow(clippy::missing_panics_doc)]

mod cluster;
mod gate;

pub use self::{
    cluster::{TestCluster, count, password},
    gate::{TestGate, origin, proofpoint_client, proofpoint_client_at},
};
