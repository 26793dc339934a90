//! The client against stubs, which write down what is sent, and against the simulator.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod calls;
mod failures;
mod reads;
mod secrecy;
mod simulator;
#[path = "../../../upstream/tests/it/stub.rs"]
mod stub;
mod support;
mod trust;
mod writes;
