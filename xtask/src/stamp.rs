//! Freshness stamps under `target/xtask/`: a step leaves the hash of what it was made from, and is skipped while that
//! stays the same.

use std::fs;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use crate::failure::Failure;
use crate::workspace::Workspace;

pub struct Stamp {
    path: PathBuf,
    value: String,
}

impl Stamp {
    pub fn new(workspace: &Workspace, name: &str, value: String) -> Self {
        let path = workspace.scratch().join(format!("{name}.stamp"));
        Self { path, value }
    }

    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|found| found == self.value)
    }

    /// Called before the work begins, so that a step cut short halfway is never taken for done.
    pub fn clear(&self) {
        // A stamp that was never there is as good as one that is gone.
        let _ = fs::remove_file(&self.path);
    }

    pub fn set(&self) -> Result<(), Failure> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(Failure::at("create", folder))?;
        }
        fs::write(&self.path, &self.value).map_err(Failure::at("write", &self.path))
    }
}

/// Changes whenever these commands themselves are rebuilt: what an older version of them made is made anew.
pub fn own_version() -> String {
    std::env::current_exe()
        .and_then(|path| path.metadata())
        .map(|metadata| {
            let modified = metadata
                .modified()
                .ok()
                .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            format!("{} {modified:?}", metadata.len())
        })
        .unwrap_or_default()
}
