//! The portal as a process: command line, settings, HTTP layers, assets, shutdown.

pub mod cli;
mod commands;
pub mod http;
pub mod settings;
mod telemetry;

pub use commands::run;
