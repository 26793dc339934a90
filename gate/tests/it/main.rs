//! The gate in front of a simulated cluster, over real HTTP.

mod access;
mod batch;
mod directory;
mod groups;
mod left;
mod permissions;
mod secrets;
mod sign_in;
mod support;
mod tokens;
