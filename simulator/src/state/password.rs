//! [`Password`]: a hashed password. One round of salted SHA-256 suffices for fixtures; a real password needs a slow
//! hash.

use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password([u8; 32]);

impl Password {
    /// Hashes a password with the user's id as the salt.
    pub(crate) fn hash(user: Uuid, text: &str) -> Self {
        Self(
            Sha256::new()
                .chain_update(user.as_bytes())
                .chain_update(text)
                .finalize()
                .into(),
        )
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}
