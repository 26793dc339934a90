//! Starting other programs.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Names a toolchain for the browser side, where the active one has no library for WASM.
pub const WASM_TOOLCHAIN: &str = "WASM_TOOLCHAIN";

/// The Cargo that started this command, in the workspace's root.
pub fn cargo(workspace: &Workspace) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    program(cargo, workspace.root())
}

/// The Cargo that can build for the browser.
pub fn wasm_cargo(workspace: &Workspace) -> Command {
    match wasm_toolchain() {
        Some(toolchain) => {
            // Only rustup's `cargo` on the path understands `+toolchain`.
            let mut command = program("cargo", workspace.root());
            command.arg(format!("+{toolchain}"));
            command
        }
        None => cargo(workspace),
    }
}

pub fn wasm_toolchain() -> Option<String> {
    env::var(WASM_TOOLCHAIN).ok().filter(|name| !name.is_empty())
}

/// A command without what `cargo run` put in this process's environment: build scripts watch some of those variables,
/// and would run again each time a command comes by another way.
pub fn program(name: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(name);
    command.current_dir(folder);
    for (key, _) in env::vars_os() {
        let leaked = key
            .to_str()
            .is_some_and(|key| key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_"));
        if leaked {
            command.env_remove(key);
        }
    }
    command
}

/// Runs to the end with its output streaming through. `hint` ends the sentence of a failure: what to do about it.
pub fn run(command: &mut Command, hint: &str) -> Result<(), Failure> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Failure::new(format!("`{}` did not start ({error}): {hint}", shown(command))))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "`{}` failed ({status}): {hint}",
            shown(command)
        )))
    }
}

/// Whether it runs and succeeds; its output is of no interest.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What it prints, trimmed; nothing when it fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

pub fn in_path(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

/// The command as a person would type it, short of its absolute path.
fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    std::iter::once(name)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
