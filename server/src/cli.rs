//! The command line.
// The doc comments are the help texts, which show addresses as they are typed.
#![allow(clippy::doc_markdown, rustdoc::bare_urls)]

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
#[cfg(debug_assertions)]
use simulator::DEMO_ACCOUNTS;
use simulator::{Pim, TokenMode};

/// A web portal for administrators of a Protegrity cluster and Proofpoint Essentials.
#[derive(Debug, Parser)]
#[command(
    name = "postern",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of `postern`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the portal against real systems
    Serve(Serve),
    /// Serve the portal with a simulated cluster inside, to try it out
    Demo(Demo),
    /// Serve the simulated systems alone
    Simulate(Simulate),
    /// Check the configuration and whether both systems answer, and print what is wrong
    Check(Config),
    /// Print a new sealing key on standard output
    Keygen,
    /// Print the table of addresses: method, path, action, permission, navigation
    Routes(Routes),
}

/// The sources of the configuration.
#[derive(Args, Clone, Debug, Default)]
pub struct Config {
    /// Configuration file (TOML); environment variables and flags override it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address of the cluster, such as https://ppc.example.com
    #[arg(long, value_name = "URL")]
    pub protegrity_url: Option<String>,
}

/// `postern serve`
#[derive(Args, Debug)]
pub struct Serve {
    /// The sources of the configuration.
    #[command(flatten)]
    pub config: Config,
    /// Address to listen on [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Origin that browsers see, such as https://portal.example.com
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
}

/// `postern demo`
#[derive(Args, Debug)]
pub struct Demo {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Ask for a second officer's approval of every deployment
    #[arg(long)]
    pub deploy_approval: bool,
    /// Sign this account in without its password, and reload pages after a restart
    #[cfg(debug_assertions)]
    #[arg(long, value_name = "ACCOUNT", hide = true, value_parser = demo_account())]
    pub dev: Option<String>,
    /// The behaviour of the simulated cluster.
    #[command(flatten)]
    pub cluster: Cluster,
}

#[cfg(debug_assertions)]
fn demo_account() -> clap::builder::PossibleValuesParser {
    DEMO_ACCOUNTS.iter().map(|account| account.user_name).into()
}

/// `postern routes`
#[derive(Args, Debug)]
pub struct Routes {
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `postern simulate`
#[derive(Args, Debug)]
pub struct Simulate {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Serve Proofpoint Essentials too, at this address, which stands for all its instances
    #[arg(long, value_name = "ADDR")]
    pub proofpoint_listen: Option<SocketAddr>,
    /// Serve HTTPS with a self-signed certificate, which is printed on standard output
    #[arg(long)]
    pub tls: bool,
    /// The behaviour of the simulated cluster.
    #[command(flatten)]
    pub cluster: Cluster,
}

/// The behaviour of the simulated cluster.
#[derive(Args, Debug)]
pub struct Cluster {
    /// Number of generated users beside the demo accounts, in each simulated system
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(..=200_000))]
    pub users: u32,
    /// Kind of tokens that the cluster issues: claims, no-claims, opaque, header-only or no-refresh
    #[arg(long, value_name = "MODE", default_value_t)]
    pub token_mode: TokenMode,
    /// Policy management of the cluster: seeded, or empty, which is not initialised
    #[arg(long, value_name = "STATE", default_value_t)]
    pub pim: Pim,
}
