//! The vault: one row a session with its tokens, on the server only.
//!
//! The interface is what a store on disk needs as well; [`MemoryVault`] keeps the rows in memory,
//! so a restart signs everyone out.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use protegrity::{Tokens, User, UserId};

use crate::{
    pending::PendingForm, permissions::Permissions, principal::Principal,
    proofpoint_account::ProofpointCredentials, vault_key::VaultKey,
};

/// The credentials of one session at the Protegrity cluster.
#[derive(Clone, Debug)]
pub struct ProtegrityCredentials {
    /// The tokens; `None` once the cluster has refused to renew them.
    pub tokens: Option<Tokens>,
    /// When the tokens were obtained.
    pub obtained_at: Timestamp,
}

/// What the vault keeps for one session.
#[derive(Clone, Debug)]
pub struct Row {
    /// The signed-in person.
    pub principal: Arc<Principal>,
    /// The credentials at the Protegrity cluster.
    pub protegrity: ProtegrityCredentials,
    /// The credentials at Proofpoint Essentials, where the session is connected.
    pub proofpoint: Option<ProofpointCredentials>,
    /// When the row was last read.
    pub seen_at: Timestamp,
    /// A form that waits until the person has signed in again.
    pub pending: Option<PendingForm>,
}

/// An account of the cluster, for finding its sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The id at the cluster, where known.
    pub user_id: Option<UserId>,
    /// The user name, where known.
    pub user_name: String,
}

impl Person {
    fn is(&self, principal: &Principal) -> bool {
        let no_id = UserId::from(String::new());
        principal.is_user(self.user_id.as_ref().unwrap_or(&no_id), &self.user_name)
    }
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self {
            user_id: Some(user.id.clone()),
            user_name: user.username.clone(),
        }
    }
}

impl From<&Principal> for Person {
    fn from(principal: &Principal) -> Self {
        Self {
            user_id: principal.user_id.clone(),
            user_name: principal.user_name.clone(),
        }
    }
}

/// The vault's store failed. It never says what a row holds.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the vault failed: {0}")]
pub struct VaultError(pub String);

/// Where the rows are kept.
#[async_trait]
pub trait Vault: Send + Sync + 'static {
    /// Puts a row, in the place of one with the same key.
    async fn put(&self, key: VaultKey, row: Row) -> Result<(), VaultError>;

    /// The row of this key, marked as seen at this time.
    async fn get(&self, key: VaultKey, now: Timestamp) -> Result<Option<Row>, VaultError>;

    /// Replaces the tokens of a row, and says whether it is still there. A row that was removed stays removed.
    async fn put_protegrity_tokens(
        &self,
        key: VaultKey,
        tokens: Option<Tokens>,
        now: Timestamp,
    ) -> Result<bool, VaultError>;

    /// Puts the credentials at Proofpoint into a row, with the principal whose permissions follow from them, and says
    /// whether the row is still there.
    async fn put_proofpoint(
        &self,
        key: VaultKey,
        credentials: ProofpointCredentials,
        principal: Arc<Principal>,
    ) -> Result<bool, VaultError>;

    /// Removes the credentials at Proofpoint that were given at this time, and says whether they were still there.
    async fn remove_proofpoint(&self, key: VaultKey, connected_at: Timestamp) -> Result<bool, VaultError>;

    /// Lets a form wait in a row that is still there.
    async fn store_pending(&self, key: VaultKey, form: PendingForm) -> Result<(), VaultError>;

    /// Takes the form that waits, if any.
    async fn take_pending(&self, key: VaultKey) -> Result<Option<PendingForm>, VaultError>;

    /// The keys of this person's rows, the oldest session first.
    async fn keys_of(&self, person: &Person) -> Result<Vec<VaultKey>, VaultError>;

    /// Removes a row, and returns it.
    async fn remove(&self, key: VaultKey) -> Result<Option<Row>, VaultError>;

    /// Removes the rows that ended before `now` or were last seen before `idle_since`.
    async fn sweep(&self, now: Timestamp, idle_since: Timestamp) -> Result<(), VaultError>;
}

/// A vault in memory.
#[derive(Debug, Default)]
pub struct MemoryVault(Mutex<HashMap<VaultKey, Row>>);

impl MemoryVault {
    fn rows(&self) -> MutexGuard<'_, HashMap<VaultKey, Row>> {
        self.0.lock()
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn put(&self, key: VaultKey, row: Row) -> Result<(), VaultError> {
        self.rows().insert(key, row);
        Ok(())
    }

    async fn get(&self, key: VaultKey, now: Timestamp) -> Result<Option<Row>, VaultError> {
        Ok(self.rows().get_mut(&key).map(|row| {
            row.seen_at = now;
            row.clone()
        }))
    }

    async fn put_protegrity_tokens(
        &self,
        key: VaultKey,
        tokens: Option<Tokens>,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        let mut rows = self.rows();
        let Some(row) = rows.get_mut(&key) else {
            return Ok(false);
        };
        row.protegrity = ProtegrityCredentials {
            tokens,
            obtained_at: now,
        };
        Ok(true)
    }

    async fn put_proofpoint(
        &self,
        key: VaultKey,
        credentials: ProofpointCredentials,
        principal: Arc<Principal>,
    ) -> Result<bool, VaultError> {
        let mut rows = self.rows();
        let Some(row) = rows.get_mut(&key) else {
            return Ok(false);
        };
        row.proofpoint = Some(credentials);
        row.principal = principal;
        Ok(true)
    }

    async fn remove_proofpoint(&self, key: VaultKey, connected_at: Timestamp) -> Result<bool, VaultError> {
        let mut rows = self.rows();
        let Some(row) = rows.get_mut(&key) else {
            return Ok(false);
        };
        let given = row.proofpoint.as_ref();
        let is_it = given.is_some_and(|given| given.connected_at == connected_at);
        if is_it {
            row.proofpoint = None;
            row.principal = Arc::new(row.principal.connected(None, &Permissions::unknown()));
        }
        Ok(is_it)
    }

    async fn store_pending(&self, key: VaultKey, form: PendingForm) -> Result<(), VaultError> {
        if let Some(row) = self.rows().get_mut(&key) {
            row.pending = Some(form);
        }
        Ok(())
    }

    async fn take_pending(&self, key: VaultKey) -> Result<Option<PendingForm>, VaultError> {
        Ok(self.rows().get_mut(&key).and_then(|row| row.pending.take()))
    }

    async fn keys_of(&self, person: &Person) -> Result<Vec<VaultKey>, VaultError> {
        let rows = self.rows();
        let own = rows.iter().filter(|(_, row)| person.is(&row.principal));
        let mut keys: Vec<_> = own.map(|(key, row)| (row.principal.signed_in_at, *key)).collect();
        keys.sort_by_key(|(signed_in_at, _)| *signed_in_at);
        Ok(keys.into_iter().map(|(_, key)| key).collect())
    }

    async fn remove(&self, key: VaultKey) -> Result<Option<Row>, VaultError> {
        Ok(self.rows().remove(&key))
    }

    async fn sweep(&self, now: Timestamp, idle_since: Timestamp) -> Result<(), VaultError> {
        self.rows()
            .retain(|_, row| row.principal.ends_at > now && row.seen_at > idle_since);
        Ok(())
    }
}
