//! The gate against a simulated cluster, over real HTTP.

mod audit;
mod permissions;
mod proofpoint;
mod secrets;
mod sign_in;
mod support;
mod tokens;
