//! Tests of the simulator over real HTTP.

#![allow(
    clippy::unwrap_used,
    reason = "the helpers are test code too, outside of `#[test]` functions"
)]

mod entra;
mod faults;
mod groups;
mod helper;
mod packages;
mod passwords;
mod permissions;
mod pim;
mod proofpoint;
mod roles;
mod saml;
mod samples;
mod scale;
mod shape;
mod tokens;
mod users;
