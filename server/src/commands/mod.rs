//! The commands.

mod check;
mod demo;
#[cfg(debug_assertions)]
mod dev;
mod keygen;
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
    /// The settings are not right.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The client of the cluster cannot be made.
    #[error("protegrity: {0}")]
    Client(#[from] protegrity::ConfigError),
    /// The demo was to be served to others.
    #[error(
        "the demo is served on loopback alone, where everybody has its passwords: use --listen 127.0.0.1:PORT"
    )]
    NotLoopback,
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on: {error}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why not.
        error: std::io::Error,
    },
    /// Serving ended with an error.
    #[error("serving failed: {0}")]
    Serve(#[from] std::io::Error),
    /// The simulator failed.
    #[error("the simulator failed: {0}")]
    Simulator(#[from] simulator::Error),
    /// The system gave no randomness.
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// `postern check` found something wrong and has said what.
    #[error("{0} of the checks failed")]
    Checks(usize),
}

/// Runs a command to its end.
///
/// # Errors
/// Why it failed, in one sentence.
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
    }
}

/// Listens on this address.
async fn listen(address: std::net::SocketAddr) -> Result<tokio::net::TcpListener, Failure> {
    tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| Failure::Listen { address, error })
}
