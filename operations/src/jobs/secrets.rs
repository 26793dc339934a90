//! Passwords that the rows of jobs need or make, apart from the jobs themselves.

use std::{collections::HashMap, fmt};

use async_trait::async_trait;
use gate::VaultKey;
use jiff::Timestamp;
use parking_lot::Mutex;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::record::random_id;
use crate::StoreError;

/// Names a secret; it says nothing about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SecretRef(String);

impl SecretRef {
    /// A new random name.
    pub fn random() -> Self {
        Self(random_id())
    }
}

/// A secret, and for whom and how long it is kept.
#[derive(Clone)]
pub struct StoredSecret {
    /// The session of the job's owner: no other can read it, and it goes with the session.
    pub session: VaultKey,
    /// The password.
    pub value: SecretString,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl fmt::Debug for StoredSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredSecret(…)")
    }
}

/// Where the secrets of jobs are kept.
#[async_trait]
pub trait JobSecrets: Send + Sync + 'static {
    /// Puts a secret.
    async fn put(&self, name: SecretRef, secret: StoredSecret) -> Result<(), StoreError>;

    /// The secret of this name, of any session and any age.
    async fn get(&self, name: &SecretRef) -> Result<Option<StoredSecret>, StoreError>;

    /// Removes a secret that is not needed any more.
    async fn remove(&self, name: &SecretRef) -> Result<(), StoreError>;

    /// Removes the secrets of a session that has ended.
    async fn remove_session(&self, session: VaultKey) -> Result<(), StoreError>;

    /// Removes the secrets that expired before `now`.
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError>;
}

/// Secrets in memory.
#[derive(Debug, Default)]
pub struct MemoryJobSecrets(Mutex<HashMap<SecretRef, StoredSecret>>);

#[async_trait]
impl JobSecrets for MemoryJobSecrets {
    async fn put(&self, name: SecretRef, secret: StoredSecret) -> Result<(), StoreError> {
        self.0.lock().insert(name, secret);
        Ok(())
    }

    async fn get(&self, name: &SecretRef) -> Result<Option<StoredSecret>, StoreError> {
        Ok(self.0.lock().get(name).cloned())
    }

    async fn remove(&self, name: &SecretRef) -> Result<(), StoreError> {
        self.0.lock().remove(name);
        Ok(())
    }

    async fn remove_session(&self, session: VaultKey) -> Result<(), StoreError> {
        self.0.lock().retain(|_, secret| secret.session != session);
        Ok(())
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.0.lock().retain(|_, secret| secret.expires_at > now);
        Ok(())
    }
}
