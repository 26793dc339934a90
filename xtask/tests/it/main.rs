//! The structure of the workspace.

mod crates;
mod views;
