//! Every check of the project, quickest first.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use crate::assets;
use crate::failure::Failure;
use crate::plan::{Outcome, Step};
use crate::process;
use crate::serve;
use crate::setup::{self, CHROMIUM};
use crate::workspace::{Profile, Workspace};

/// All but the browser side, which would add `leptos/hydrate` to the server's `leptos/ssr`. Always these same packages
/// with the same targets, because another choice has Cargo unite features differently and compile the dependencies once
/// more.
const SERVER_SIDE: [&str; 5] = ["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

pub fn all() -> Vec<Step> {
    let mut steps = setup::for_build();
    steps.extend(setup::for_end_to_end());
    steps.extend([
        check("Format", "run `cargo fmt --all`", |cargo| {
            cargo.args(["fmt", "--all", "--check"]);
        }),
        check("Clippy: these commands", LINTS, |cargo| {
            cargo
                .args(["clippy", "--package", "xtask", "--all-targets"])
                .args(DENY);
        }),
        check("Clippy: the server side", LINTS, |cargo| {
            cargo
                .arg("clippy")
                .args(SERVER_SIDE)
                .arg("--all-targets")
                .args(DENY);
        }),
        Step::new("Clippy: the browser side", clippy_browser_side),
        check("Tests of these commands", TESTS, |cargo| {
            cargo.args(["test", "--package", "xtask"]);
        }),
        check("Unit, property and integration tests", TESTS, |cargo| {
            cargo.arg("test").args(SERVER_SIDE);
        }),
        check("Documentation", "fix what rustdoc reports above", |cargo| {
            cargo
                .args(["doc", "--no-deps", "--document-private-items"])
                .args(SERVER_SIDE)
                .env("RUSTDOCFLAGS", "-D warnings");
        }),
    ]);
    steps.extend(assets::steps(Profile::Release));
    steps.push(assets::weigh());
    steps.push(check(
        "Build the portal",
        "fix what the compiler reports above",
        |cargo| {
            // With the tests, which are there already: so nothing is compiled for another set of features.
            cargo.arg("build").args(SERVER_SIDE).args(["--bins", "--tests"]);
        },
    ));
    steps.push(playwright(Vec::new()));
    steps
}

/// The browser tests with what they need, for work on a page.
pub fn end_to_end_alone(more: Vec<OsString>) -> Vec<Step> {
    let mut steps = setup::for_build();
    steps.extend(setup::for_end_to_end());
    steps.extend(assets::steps(Profile::Release));
    steps.push(serve::build_server(Profile::Debug));
    steps.push(playwright(more));
    steps
}

const LINTS: &str = "fix what clippy reports above";
const TESTS: &str = "fix the failing tests above";
/// Failed tests that are named at the end, at most.
const MOST_NAMED: usize = 10;
const DENY: [&str; 3] = ["--", "-D", "warnings"];

fn check(title: &str, hint: &'static str, arguments: impl FnOnce(&mut Command) + 'static) -> Step {
    Step::new(title, move |workspace| {
        let mut cargo = process::cargo(workspace);
        arguments(&mut cargo);
        process::run(&mut cargo, hint)?;
        Ok(Outcome::Done)
    })
}

fn clippy_browser_side(workspace: &Workspace) -> Result<Outcome, Failure> {
    let mut cargo = process::cargo(workspace);
    cargo.args(["clippy", "--package", "frontend", "--package", "islands"]);
    if process::wasm_toolchain().is_none() {
        cargo.args(["--target", "wasm32-unknown-unknown"]);
    } else {
        // The library for WASM belongs to another compiler than clippy's, so the same code is read for this machine.
        eprintln!("      with the browser's features, for this machine's own target");
    }
    process::run(cargo.args(DENY), LINTS)?;
    Ok(Outcome::Done)
}

fn playwright(more: Vec<OsString>) -> Step {
    Step::new("End to end in a real browser", move |workspace| {
        let browser = setup::find_browser()?
            .ok_or_else(|| Failure::new(format!("no browser was found: name one in {CHROMIUM}")))?;
        let mut node = process::program("node", &workspace.end2end());
        node.args(["node_modules/@playwright/test/cli.js", "test"])
            .args(&more)
            .env("POSTERN_BIN", workspace.server(Profile::Debug))
            .env(CHROMIUM, browser);
        process::run(
            &mut node,
            "fix the failing tests above; traces are in end2end/test-results",
        )
        .map_err(|failure| name_failed_tests(&failure, workspace))?;
        Ok(Outcome::Done)
    })
}

/// The failure with the names of the tests that failed, which else stand far above the summary.
fn name_failed_tests(failure: &Failure, workspace: &Workspace) -> Failure {
    let list = workspace.end2end().join("test-results/failures.txt");
    let tests = fs::read_to_string(list).unwrap_or_default();
    let mut message = failure.to_string();
    for test in tests.lines().take(MOST_NAMED) {
        message.push_str("\n  ");
        message.push_str(test);
    }
    Failure::new(message)
}
