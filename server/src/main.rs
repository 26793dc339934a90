//! The binary `postern`: wiring only.

use std::process::ExitCode;

use clap::Parser;

/// Rendering a page allocates many small pieces, which takes the system's allocator a third of the page's time.
#[cfg(not(debug_assertions))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match server::run(server::cli::Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("postern: {failure}");
            ExitCode::FAILURE
        }
    }
}
