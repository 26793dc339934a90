//! The key of a session's row in the vault.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names a row of the vault. Random, known to the server alone: the browser's cookie leads to the
/// session record, and that one leads here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VaultKey(Uuid);

impl VaultKey {
    /// A new random key.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(…)")
    }
}
