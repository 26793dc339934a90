//! `postern keygen`: a new sealing key.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::Failure;

/// The length of a key of XChaCha20-Poly1305, in bytes.
const LENGTH: usize = 32;

/// Prints the key as one line of a key file.
pub(super) fn run() -> Result<(), Failure> {
    let mut key = [0; LENGTH];
    getrandom::fill(&mut key)?;
    println!("{}", BASE64_STANDARD.encode(key));
    Ok(())
}
