//! Where things are: the folders of this workspace, and the two ways to build it.

use std::env;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Debug,
    Release,
}

impl Profile {
    pub fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

impl Workspace {
    pub fn find() -> Result<Self, Failure> {
        // `cargo run` says where the crate is now; the path from compile time is wrong after the clone was moved.
        let here = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here
            .parent()
            .filter(|root| root.join("Cargo.lock").is_file())
            .ok_or_else(|| Failure::new("the workspace was not found: run this as `cargo xtask`"))?
            .to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(PathBuf::from(folder)));
        Ok(Self { root, target })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Stamps and half-finished files of these commands.
    pub fn scratch(&self) -> PathBuf {
        self.root.join("target/xtask")
    }

    /// What the server serves, or holds inside itself in a release. Always here, wherever Cargo's own target folder is.
    pub fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    pub fn dist(&self) -> PathBuf {
        self.root.join("target/dist")
    }

    pub fn style(&self) -> PathBuf {
        self.root.join("style")
    }

    pub fn tools(&self) -> PathBuf {
        self.root.join("xtask/tools")
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// The browser side as the compiler leaves it.
    pub fn compiled_wasm(&self, profile: Profile) -> PathBuf {
        let folder = match profile {
            Profile::Debug => "debug",
            Profile::Release => "wasm-release",
        };
        self.target
            .join("wasm32-unknown-unknown")
            .join(folder)
            .join("frontend.wasm")
    }

    pub fn server(&self, profile: Profile) -> PathBuf {
        self.target
            .join(profile.folder())
            .join(format!("postern{}", env::consts::EXE_SUFFIX))
    }
}
