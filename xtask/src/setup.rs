//! What a fresh clone needs before it can build and be tested: the WASM target, npm packages, a browser.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::hash::Hasher;
use crate::plan::{Outcome, Step};
use crate::process::{self, WASM_TOOLCHAIN};
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// Names the browser for the tests.
pub const CHROMIUM: &str = "POSTERN_CHROMIUM";

const TARGET: &str = "wasm32-unknown-unknown";
const NODE_MISSING: &str = "Node.js 20 or newer with npm is needed: install it from your system's packages (Debian: apt-get install nodejs npm)";

/// Everything the build needs.
pub fn for_build() -> Vec<Step> {
    vec![
        Step::new("WASM target of the compiler", wasm_target),
        Step::quiet("npm packages for the build", |workspace| {
            npm_packages(workspace, "tools", &workspace.tools())
        }),
    ]
}

/// What the tests need on top.
pub fn for_end_to_end() -> Vec<Step> {
    vec![
        Step::quiet("npm packages for the browser tests", |workspace| {
            npm_packages(workspace, "end2end", &workspace.end2end())
        }),
        Step::new("A browser", |workspace| {
            if let Some(path) = find_browser()? {
                return Ok(Outcome::Already(format!("{} is there", path.display())));
            }
            install_browser(workspace)
        }),
    ]
}

fn wasm_target(workspace: &Workspace) -> Result<Outcome, Failure> {
    if let Some(toolchain) = process::wasm_toolchain() {
        return Ok(Outcome::Already(format!(
            "{WASM_TOOLCHAIN} names the toolchain {toolchain}"
        )));
    }
    if has_wasm_library(workspace) {
        return Ok(Outcome::Already("it is there".to_owned()));
    }
    process::run(
        process::program("rustup", workspace.root()).args(["target", "add", TARGET]),
        &format!(
            "install the standard library for {TARGET} beside your Rust compiler, or name a toolchain that has it in {WASM_TOOLCHAIN}"
        ),
    )?;
    Ok(Outcome::Done)
}

/// Asks the compiler and not rustup, which is not the only way to install Rust.
fn has_wasm_library(workspace: &Workspace) -> bool {
    let folder = process::output(process::program("rustc", workspace.root()).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]));
    folder
        .and_then(|folder| fs::read_dir(folder).ok())
        .is_some_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
            })
        })
}

fn npm_packages(workspace: &Workspace, name: &str, folder: &Path) -> Result<Outcome, Failure> {
    let stamp = Stamp::new(
        workspace,
        &format!("npm-{name}"),
        Hasher::default()
            .with_file(&folder.join("package.json"))?
            .with_file(&folder.join("package-lock.json"))?
            .finish(),
    );
    // npm writes this file last.
    let installed = folder.join("node_modules/.package-lock.json").is_file();
    if installed && stamp.is_fresh() {
        return Ok(Outcome::Already("they are there".to_owned()));
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    for program in ["node", npm] {
        if !process::succeeds(process::program(program, folder).arg("--version")) {
            return Err(Failure::new(NODE_MISSING));
        }
    }
    stamp.clear();
    process::run(
        process::program(npm, folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]),
        "look at npm's message above, and whether the npm registry can be reached",
    )?;
    stamp.set()?;
    Ok(Outcome::Done)
}

/// The browser that the tests use. A wrong path in the environment is an error rather than a reason to look elsewhere.
pub fn find_browser() -> Result<Option<PathBuf>, Failure> {
    if let Some(path) = env::var_os(CHROMIUM).filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        return if path.is_file() {
            Ok(Some(path))
        } else {
            Err(Failure::new(format!(
                "{CHROMIUM} is {}, which is no file: let it name a Chromium or Chrome executable",
                path.display()
            )))
        };
    }
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    Ok(names.into_iter().find_map(process::in_path))
}

fn install_browser(workspace: &Workspace) -> Result<Outcome, Failure> {
    let missing = || {
        Failure::new(format!(
            "Chromium is needed for the browser tests: install it from your system's packages (Debian: apt-get install chromium), or name one in {CHROMIUM}"
        ))
    };
    if process::in_path("apt-get").is_none() {
        return Err(missing());
    }
    let apt_get = |arguments: &[&str]| {
        let root = workspace.root();
        let mut command = if is_root(root) {
            process::program("apt-get", root)
        } else {
            let mut command = process::program("sudo", root);
            command.args(["-n", "apt-get"]);
            command
        };
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    if !is_root(workspace.root())
        && !process::succeeds(process::program("sudo", workspace.root()).args(["-n", "true"]))
    {
        return Err(missing());
    }
    let hint = format!("install Chromium by hand, or name one in {CHROMIUM}");
    process::run(&mut apt_get(&["update", "-qq"]), &hint)?;
    process::run(
        &mut apt_get(&["install", "-y", "-qq", "--no-install-recommends", "chromium"]),
        &hint,
    )?;
    find_browser()?.map(|_| Outcome::Done).ok_or_else(missing)
}

fn is_root(folder: &Path) -> bool {
    process::output(process::program("id", folder).arg("-u")).is_some_and(|id| id == "0")
}
