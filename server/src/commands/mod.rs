//! The commands.

mod backend;
mod check;
mod demo;
#[cfg(debug_assertions)]
mod dev;
mod keygen;
mod routes;
mod serve;
mod shutdown;
mod simulate;

use crate::{
    cli::{Cli, Command},
    settings::SettingsError,
    telemetry,
};

/// Why a command failed, in one sentence. It never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The settings of the cluster's client cannot be used.
    #[error("protegrity: {0}")]
    Client(#[from] protegrity::ConfigError),
    /// The demo's address is not on loopback.
    #[error(
        "the demo listens on loopback alone, because its passwords are public: use --listen 127.0.0.1:PORT"
    )]
    NotLoopback,
    /// The portal cannot listen on the address.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// The system's reason.
        error: std::io::Error,
    },
    /// Serving ended with an error.
    #[error("serving failed: {0}")]
    Serve(#[from] std::io::Error),
    /// The simulator failed.
    #[error("the simulator failed: {0}")]
    Simulator(#[from] simulator::Error),
    /// The operating system returned no random bytes.
    #[error("the operating system returned no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The table of addresses could not be written as JSON.
    #[error("the table could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// `postern check` found problems and has printed them.
    #[error("{0} of the checks failed")]
    Checks(usize),
}

/// Runs a command until it ends.
///
/// # Errors
/// The reason in one sentence.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Serve(flags) => {
            telemetry::start();
            serve::run(flags).await
        }
        Command::Demo(flags) => {
            telemetry::start();
            demo::run(flags).await
        }
        Command::Simulate(flags) => {
            telemetry::start();
            simulate::run(flags).await
        }
        Command::Check(flags) => check::run(&flags).await,
        Command::Keygen => keygen::run(),
        Command::Routes(flags) => routes::run(&flags),
    }
}

/// Listens on this address.
async fn listen(address: std::net::SocketAddr) -> Result<tokio::net::TcpListener, Failure> {
    tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| Failure::Listen { address, error })
}
