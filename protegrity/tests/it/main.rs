//! The client against stubs, which write down what is sent, and against the simulated cluster.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod claims;
mod login;
mod packages;
mod pim;
mod rows;
mod simulator;
mod specification;
#[path = "../../../upstream/tests/it/stub.rs"]
mod stub;
mod support;
mod transport;
mod types;
