//! What a person sees and does: one folder per area, each holding its page, its parts and its
//! server functions side by side; shared pieces in `ui/`. The crate is compiled for the server only.

// A component takes its properties by value, whether it consumes them or not.
#![allow(clippy::needless_pass_by_value)]

pub mod access;
mod act;
pub mod batches;
pub mod entra;
pub mod error;
pub mod exports;
pub mod flash;
pub mod form;
pub mod groups;
mod left;
mod merge;
pub mod next;
pub mod overview;
pub mod parts;
pub mod password_policy;
pub mod roles;
pub mod routes;
pub mod saml;
pub mod services;
pub mod session;
pub mod shell;
pub mod sign_in;
pub mod ui;
pub mod users;
pub mod visit;
