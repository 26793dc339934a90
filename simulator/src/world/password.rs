//! A stored password. One round of salted SHA-256 is right for fixtures and for nothing else.

use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password([u8; 32]);

impl Password {
    /// The user's id is the salt.
    pub(crate) fn of(user: Uuid, text: &str) -> Self {
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
