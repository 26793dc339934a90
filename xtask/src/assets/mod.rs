//! The browser's files, from sources to `target/site/`: compiled, bound, shrunk, named by content, compressed, listed.

mod bind;
mod files;
mod manifest;
mod site;
mod style;
mod weight;

use crate::plan::{Outcome, Step};
use crate::process;

pub use weight::weigh;

pub fn steps() -> Vec<Step> {
    vec![
        Step::new("Compile the browser side", |workspace| {
            process::run(
                process::wasm_cargo(workspace).args([
                    "build",
                    "--package=frontend",
                    "--target=wasm32-unknown-unknown",
                    "--profile=wasm-release",
                ]),
                "mend what the compiler says above",
            )?;
            Ok(Outcome::Done)
        }),
        Step::quiet("Bind, shrink and compress it", bind::run),
        Step::quiet("Lay out the site", site::run),
    ]
}
