//! The simulator over real HTTP, as a client sees it.

#![allow(
    clippy::unwrap_used,
    reason = "the helpers are test code too, outside of `#[test]` functions"
)]

mod faults;
mod helper;
mod passwords;
mod permissions;
mod roles;
mod scale;
mod tokens;
mod users;
