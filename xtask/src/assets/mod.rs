//! The browser's files, from sources to `target/site/`: compiled, bound, shrunk, named by content, compressed, listed.
//! In the debug profile, which only `cargo xtask dev` uses, they are neither shrunk nor compressed.

mod bind;
mod files;
mod manifest;
mod site;
mod style;
mod weight;

use crate::plan::{Outcome, Step};
use crate::process;
use crate::workspace::Profile;

pub use weight::weigh;

pub fn steps(profile: Profile) -> Vec<Step> {
    let (cargo_profile, bind) = match profile {
        Profile::Debug => ("--profile=dev", "Bind it"),
        Profile::Release => ("--profile=wasm-release", "Bind, shrink and compress it"),
    };
    vec![
        Step::new("Compile the browser side", move |workspace| {
            process::run(
                process::wasm_cargo(workspace).args([
                    "build",
                    "--package=frontend",
                    "--target=wasm32-unknown-unknown",
                    cargo_profile,
                ]),
                "fix what the compiler reports above",
            )?;
            Ok(Outcome::Done)
        }),
        Step::quiet(bind, move |workspace| bind::run(workspace, profile)),
        Step::quiet("Lay out the site", move |workspace| site::run(workspace, profile)),
    ]
}
