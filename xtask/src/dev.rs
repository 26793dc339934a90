//! The portal while it is being worked on: built without optimisation, built again after each saved file, and loaded
//! again by the pages that are open.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::assets;
use crate::failure::Failure;
use crate::plan;
use crate::process;
use crate::serve;
use crate::setup;
use crate::workspace::{Profile, Workspace};

/// How often the files are looked at. That takes a millisecond, and needs nothing of the file system.
const PAUSE: Duration = Duration::from_millis(100);

/// What the portal prints when it makes an open page load itself again, and when a page is loaded.
const RELOAD: &str = "page: reload";
const LOADED: &str = "page: loaded";

/// How the portal is started.
pub struct Options {
    pub listen: String,
    pub users: u32,
    /// The account that is signed in.
    pub account: String,
}

/// Builds and serves until it is stopped. What does not build leaves the portal as it was.
pub fn run(workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    plan::run(setup::for_build(), workspace)?;
    let mut portal = None;
    let mut saved = None;
    loop {
        let sources = Sources::read(workspace)?;
        let mut steps = assets::steps(Profile::Debug);
        steps.push(serve::build_server(Profile::Debug));
        match plan::run(steps, workspace) {
            Ok(()) => {
                // Ended first, because the next one listens at the same address.
                drop(portal.take());
                portal = Some(Portal::start(workspace, options, saved)?);
            }
            Err(failure) => eprintln!("\nxtask: {failure}"),
        }
        saved = Some(sources.wait_for_change(workspace)?);
    }
}

/// When each source file was last saved.
#[derive(PartialEq)]
struct Sources(BTreeMap<PathBuf, SystemTime>);

impl Sources {
    fn read(workspace: &Workspace) -> Result<Self, Failure> {
        let mut files = BTreeMap::new();
        collect(workspace.root(), &mut files)?;
        Ok(Self(files))
    }

    /// Returns when a file is saved, added or removed, with the time of that.
    fn wait_for_change(&self, workspace: &Workspace) -> Result<SystemTime, Failure> {
        loop {
            thread::sleep(PAUSE);
            let now = Self::read(workspace)?;
            if now != *self {
                return Ok(self.saved_in(&now));
            }
        }
    }

    /// The time of the newest file that is not as it was; now where files were only removed.
    fn saved_in(&self, later: &Self) -> SystemTime {
        let changed = later
            .0
            .iter()
            .filter(|(path, time)| self.0.get(*path) != Some(*time));
        changed
            .map(|(_, time)| *time)
            .max()
            .unwrap_or_else(SystemTime::now)
    }
}

/// What the portal and its pages are made of: not the tests, not these commands, nothing hidden.
fn is_source(name: &str) -> bool {
    !name.starts_with('.') && !["target", "tests", "end2end", "docs", "xtask"].contains(&name)
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, SystemTime>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(Failure::at("read", folder))? {
        let entry = entry.map_err(Failure::at("read", folder))?;
        if !is_source(&entry.file_name().to_string_lossy()) {
            continue;
        }
        // An editor replaces a file by another: between the two there may be none.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        if metadata.is_dir() {
            collect(&entry.path(), files)?;
        } else if let Ok(modified) = metadata.modified() {
            files.insert(entry.path(), modified);
        }
    }
    Ok(())
}

/// The running portal. It ends with this value.
struct Portal(Child);

impl Portal {
    fn start(workspace: &Workspace, options: &Options, saved: Option<SystemTime>) -> Result<Self, Failure> {
        let mut command = process::program(workspace.server(Profile::Debug), workspace.root());
        command
            .args(["demo", "--listen", &options.listen])
            .args(["--users", &options.users.to_string()])
            .args(["--dev", &options.account])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| Failure::new(format!("the portal did not start: {error}")))?;
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || follow(output, saved));
        }
        Ok(Self(child))
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        // An error says that it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Passes on what the portal prints, and says how long an open page took from the saved file.
fn follow(output: ChildStdout, mut saved: Option<SystemTime>) {
    let mut is_reloading = false;
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        match line.as_str() {
            RELOAD => is_reloading = true,
            LOADED if is_reloading => {
                if let Some(time) = saved.take().and_then(|saved| saved.elapsed().ok()) {
                    eprintln!("      {} from saving to the loaded page", plan::seconds(time));
                }
            }
            LOADED => {}
            _ => eprintln!("      {line}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_changed_file_gives_the_time() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let sources = |files: &[(&str, u64)]| {
            let files = files.iter().map(|(path, time)| (PathBuf::from(path), at(*time)));
            Sources(files.collect())
        };
        let before = sources(&[("a.rs", 1), ("b.rs", 9)]);
        let check = |after, expected| assert_eq!(before.saved_in(&sources(after)), at(expected));
        check(&[("a.rs", 5), ("b.rs", 9)], 5);
        check(&[("a.rs", 1), ("b.rs", 9), ("c.rs", 3)], 3);
        check(&[("a.rs", 7), ("b.rs", 9), ("c.rs", 3)], 7);
    }

    #[test]
    fn pages_and_style_are_watched_and_what_is_built_is_not() {
        let workspace = Workspace::find().unwrap();
        let Sources(files) = Sources::read(&workspace).unwrap();
        let is_watched = |path: &str| files.contains_key(&workspace.root().join(path));
        for path in [
            "app/src/lib.rs",
            "style/main.css",
            "Cargo.toml",
            "server/src/main.rs",
        ] {
            assert!(is_watched(path), "{path}");
        }
        assert!(
            !files
                .keys()
                .any(|path| path.starts_with(workspace.root().join("target")))
        );
        assert!(!is_watched("server/tests/it/main.rs"));
    }
}
