//! Session records behind tower-sessions: the shared handle to a store, and the store in memory.
//!
//! A record holds the key of the vault's row; tokens are never in it. Unlike the store that comes with
//! tower-sessions, the one in memory forgets expired records, and saving a record that was deleted does not
//! bring it back: a request that is still under way at sign-out must not revive the session.

use std::{collections::HashMap, fmt, sync::Arc};

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use tower_sessions::{
    ExpiredDeletion, SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store,
};

/// A session store that every part of the portal shares, whichever store it is.
#[derive(Clone)]
pub struct Sessions(Arc<dyn SessionStore>);

impl Sessions {
    /// A handle to this store.
    pub fn new(store: impl SessionStore) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.0.create(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.0.save(record).await
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.0.load(id).await
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0.delete(id).await
    }
}

/// Session records in memory.
#[derive(Clone, Debug, Default)]
pub struct MemorySessions(Arc<Mutex<HashMap<Id, Record>>>);

impl MemorySessions {
    fn records(&self) -> MutexGuard<'_, HashMap<Id, Record>> {
        self.0.lock()
    }

    /// How many records there are, expired ones included.
    pub fn len(&self) -> usize {
        self.records().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[async_trait]
impl SessionStore for MemorySessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let mut records = self.records();
        while records.contains_key(&record.id) {
            record.id = Id::default();
        }
        records.insert(record.id, record.clone());
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        if let Some(stored) = self.records().get_mut(&record.id) {
            stored.clone_from(record);
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let now = OffsetDateTime::now_utc();
        Ok(self
            .records()
            .get(id)
            .filter(|record| record.expiry_date > now)
            .cloned())
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.records().remove(id);
        Ok(())
    }
}

#[async_trait]
impl ExpiredDeletion for MemorySessions {
    async fn delete_expired(&self) -> session_store::Result<()> {
        let now = OffsetDateTime::now_utc();
        self.records().retain(|_, record| record.expiry_date > now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tower_sessions::cookie::time::Duration;

    use super::*;

    fn record(expires_in: Duration) -> Record {
        Record {
            id: Id::default(),
            data: HashMap::default(),
            expiry_date: OffsetDateTime::now_utc() + expires_in,
        }
    }

    #[tokio::test]
    async fn a_deleted_record_is_not_brought_back_by_a_late_save() {
        let sessions = MemorySessions::default();
        let mut record = record(Duration::minutes(5));
        sessions.create(&mut record).await.expect("memory does not fail");
        sessions.delete(&record.id).await.expect("memory does not fail");
        sessions.save(&record).await.expect("memory does not fail");
        assert!(
            sessions
                .load(&record.id)
                .await
                .expect("memory does not fail")
                .is_none()
        );
    }

    #[tokio::test]
    async fn expired_records_are_neither_loaded_nor_kept() {
        let sessions = MemorySessions::default();
        let mut record = record(Duration::minutes(-1));
        sessions.create(&mut record).await.expect("memory does not fail");
        assert!(
            sessions
                .load(&record.id)
                .await
                .expect("memory does not fail")
                .is_none()
        );
        sessions.delete_expired().await.expect("memory does not fail");
        assert!(sessions.is_empty());
    }
}
