//! The server: building it, running the demo, laying out a release.

use std::ffi::OsString;
use std::fs;

use crate::failure::Failure;
use crate::plan::{Outcome, Step};
use crate::process;
use crate::workspace::{Profile, Workspace};

pub fn build_server(profile: Profile) -> Step {
    let title = match profile {
        Profile::Debug => "Build the portal",
        Profile::Release => "Build the portal, optimised",
    };
    Step::new(title, move |workspace| {
        let mut cargo = process::cargo(workspace);
        cargo.args(["build", "--package", "server"]);
        if profile == Profile::Release {
            cargo.arg("--release");
        }
        process::run(&mut cargo, "fix what the compiler reports above")?;
        Ok(Outcome::Done)
    })
}

/// Puts the executable where a release is looked for.
pub fn dist() -> Step {
    Step::new("Lay out the release", |workspace| {
        let from = workspace.server(Profile::Release);
        let folder = workspace.dist();
        fs::create_dir_all(&folder).map_err(Failure::at("create", &folder))?;
        let to = folder.join(from.file_name().unwrap_or_default());
        // Removed first: a running executable cannot be written over, only replaced.
        if to.exists() {
            fs::remove_file(&to).map_err(Failure::at("remove", &to))?;
        }
        let bytes = fs::copy(&from, &to).map_err(Failure::at("copy", &from))?;
        eprintln!("      {} ({} MB)", to.display(), bytes / 1_000_000);
        Ok(Outcome::Done)
    })
}

/// Serves until it is stopped.
pub fn demo(workspace: &Workspace, listen: &str, users: u32, more: &[OsString]) -> Result<(), Failure> {
    let mut command = process::program(workspace.server(Profile::Debug), workspace.root());
    command
        .args(["demo", "--listen", listen, "--users", &users.to_string()])
        .args(more);
    become_it(&mut command)
}

/// On Unix this process turns into the server, so that Ctrl-C and signals reach it and its exit code is ours.
#[cfg(unix)]
fn become_it(command: &mut std::process::Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt as _;

    let error = command.exec();
    Err(Failure::new(format!("the portal did not start: {error}")))
}

#[cfg(not(unix))]
fn become_it(command: &mut std::process::Command) -> Result<(), Failure> {
    process::run(command, "look at its message above")
}
