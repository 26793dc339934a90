//! Content hashes: what file names and freshness stamps are made of.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// A hash over several named pieces. Each name and length goes in too, so that moving a byte from one piece to the next
/// changes the outcome.
#[derive(Default)]
pub struct Hasher(Sha256);

impl Hasher {
    #[must_use]
    pub fn with(mut self, name: &str, bytes: &[u8]) -> Self {
        for piece in [name.as_bytes(), bytes] {
            self.0.update((piece.len() as u64).to_le_bytes());
            self.0.update(piece);
        }
        self
    }

    pub fn with_file(self, path: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(path).map_err(Failure::at("read", path))?;
        Ok(self.with(&path.to_string_lossy(), &bytes))
    }

    pub fn finish(self) -> String {
        short(&self.0.finalize())
    }
}

/// The first 16 hexadecimal digits of the content's SHA-256: plenty against accidents, and short in an address.
pub fn of(bytes: &[u8]) -> String {
    short(&Sha256::digest(bytes))
}

fn short(digest: &[u8]) -> String {
    digest
        .iter()
        .take(8)
        .fold(String::with_capacity(16), |mut text, byte| {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_start_of_the_sha256() {
        assert_eq!(of(b""), "e3b0c44298fc1c14");
        assert_eq!(of(b"abc"), "ba7816bf8f01cfea");
    }

    #[test]
    fn pieces_do_not_run_into_each_other() {
        let one = Hasher::default().with("a", b"bc").with("d", b"").finish();
        let other = Hasher::default().with("a", b"b").with("cd", b"").finish();
        assert_ne!(one, other);
    }
}
