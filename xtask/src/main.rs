//! The project's own commands: `cargo xtask …`. Only the command line lives here; each command is a plan of steps.

mod assets;
mod bench;
mod checks;
mod dev;
mod failure;
mod hash;
mod plan;
mod process;
mod serve;
mod setup;
mod stamp;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::bench::Measure;
use crate::failure::Failure;
use crate::workspace::{Profile, Workspace};

#[derive(Parser)]
#[command(
    name = "xtask",
    bin_name = "cargo xtask",
    about = "Postern's own commands",
    version
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up, build and serve the portal with a simulated cluster inside
    Demo {
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:3000")]
        listen: String,
        /// How many users the simulated cluster has
        #[arg(long, default_value_t = 10_000)]
        users: u32,
        /// Further arguments for `postern demo`, after `--`
        #[arg(last = true)]
        more: Vec<OsString>,
    },
    /// Serve the portal while working on it: builds again after each saved file, and open pages load again
    Dev {
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:3000")]
        listen: String,
        /// How many users the simulated cluster has
        #[arg(long, default_value_t = 1_000)]
        users: u32,
        /// The demo account that is signed in without asking
        #[arg(long, value_name = "ACCOUNT", default_value = "admin")]
        account: String,
    },
    /// Set up and run every check; any failure fails it
    Test,
    /// Set up, build and run the tests in a real browser only
    End2end {
        /// Further arguments for `playwright test`, after `--`
        #[arg(last = true)]
        more: Vec<OsString>,
    },
    /// Build the browser's files and the server
    Build {
        /// Optimised, with the browser's files inside the executable
        #[arg(long)]
        release: bool,
    },
    /// Measure the budgets in a release build; one that is exceeded fails it
    Bench {
        /// Only these measures; all of them where none is named
        #[arg(value_enum)]
        only: Vec<Measure>,
    },
    /// Build a release: one self-contained executable under `target/dist/`
    Dist,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    let workspace = Workspace::find()?;
    match command {
        Command::Demo { listen, users, more } => {
            let mut steps = setup::for_build();
            steps.extend(assets::steps(Profile::Release));
            steps.push(serve::build_server(Profile::Debug));
            plan::run(steps, &workspace)?;
            serve::demo(&workspace, &listen, users, &more)
        }
        Command::Dev {
            listen,
            users,
            account,
        } => dev::run(
            &workspace,
            &dev::Options {
                listen,
                users,
                account,
            },
        ),
        Command::Test => plan::run_with_summary(checks::all(), &workspace),
        Command::End2end { more } => plan::run(checks::end_to_end_alone(more), &workspace),
        Command::Build { release } => {
            let profile = if release { Profile::Release } else { Profile::Debug };
            let mut steps = setup::for_build();
            steps.extend(assets::steps(Profile::Release));
            steps.push(serve::build_server(profile));
            plan::run(steps, &workspace)
        }
        Command::Bench { only } => plan::run(bench::steps(&only), &workspace),
        Command::Dist => {
            let mut steps = setup::for_build();
            steps.extend(assets::steps(Profile::Release));
            steps.push(assets::weigh());
            steps.push(serve::build_server(Profile::Release));
            steps.push(serve::dist());
            plan::run(steps, &workspace)
        }
    }
}
