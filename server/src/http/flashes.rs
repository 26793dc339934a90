//! Flash messages on their way from a form to the page that follows: kept on the server under a random key, which a
//! short-lived cookie holds, and taken once.
//!
//! They are not in the session record, because requests that run side by side write the whole record back: one of
//! them could undo the taking, or the keeping.

use std::{collections::HashMap, sync::Arc, time::Instant};

use app::flash::Flash;
use async_trait::async_trait;
use axum::http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;
use tower_sessions::cookie::{Cookie, SameSite, time};
use uuid::Uuid;

use super::context::cookies;

/// How long a message waits for its page.
const RETENTION: time::Duration = time::Duration::minutes(10);

/// How many messages wait at most for callers without a session: anyone can fail to sign in. Of their forms only a
/// part is kept.
const MAX_ANONYMOUS: usize = 2048;

/// How many messages wait at most for one account, which can have several tabs open. Each may hold a whole form.
const MAX_OF_ONE_ACCOUNT: usize = 8;

/// The store of flash messages failed. The text never holds a message.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store of flash messages failed: {0}")]
pub struct FlashError(pub String);

/// Where flash messages are kept. They may hold a generated password, so a store on disk seals them.
#[async_trait]
pub trait FlashStore: Send + Sync + 'static {
    /// Keeps a message under a new key for this account, or for a caller without a session. Where an owner has too
    /// many, the oldest of that owner goes, and no other's.
    async fn put(&self, key: Uuid, owner: Option<&str>, flash: Flash) -> Result<(), FlashError>;

    /// Takes the message of this key: a second call finds none. One that has waited too long is not returned.
    async fn take(&self, key: Uuid) -> Result<Option<Flash>, FlashError>;
}

/// Flash messages in memory.
#[derive(Default)]
pub struct MemoryFlashes(Mutex<HashMap<Uuid, Stored>>);

struct Stored {
    flash: Flash,
    owner: Option<String>,
    at: Instant,
}

impl Stored {
    fn is_current(&self) -> bool {
        self.at.elapsed() < RETENTION
    }
}

#[async_trait]
impl FlashStore for MemoryFlashes {
    async fn put(&self, key: Uuid, owner: Option<&str>, flash: Flash) -> Result<(), FlashError> {
        let mut all = self.0.lock();
        all.retain(|_, stored| stored.is_current());
        let most = owner.map_or(MAX_ANONYMOUS, |_| MAX_OF_ONE_ACCOUNT);
        let own = || all.iter().filter(|(_, stored)| stored.owner.as_deref() == owner);
        if own().count() >= most {
            let oldest = own().min_by_key(|(_, stored)| stored.at).map(|(key, _)| *key);
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        let stored = Stored {
            flash,
            owner: owner.map(ToOwned::to_owned),
            at: Instant::now(),
        };
        all.insert(key, stored);
        Ok(())
    }

    async fn take(&self, key: Uuid) -> Result<Option<Flash>, FlashError> {
        let stored = self.0.lock().remove(&key);
        Ok(stored.filter(Stored::is_current).map(|stored| stored.flash))
    }
}

/// The store and the cookie that leads to a message in it.
#[derive(Clone)]
pub(super) struct Flashes {
    store: Arc<dyn FlashStore>,
    secure: bool,
}

impl Flashes {
    pub fn new(store: Arc<dyn FlashStore>, secure: bool) -> Self {
        Self { store, secure }
    }

    /// Keeps a message for this account and returns the cookie that leads to it. Without a cookie the message is
    /// lost: what it reports has happened all the same, so the answer does not fail.
    pub async fn keep(&self, flash: Flash, owner: Option<&str>) -> Option<HeaderValue> {
        let key = Uuid::new_v4();
        if let Err(error) = self.store.put(key, owner, flash).await {
            tracing::error!(%error, "a flash message is lost");
            return None;
        }
        let cookie = Cookie::build((self.cookie_name(), key.to_string()))
            .path("/")
            .max_age(RETENTION)
            .same_site(SameSite::Lax)
            .http_only(true)
            .secure(self.secure);
        HeaderValue::from_str(&cookie.to_string()).ok()
    }

    /// Takes the message for the browser that sends this request.
    pub async fn take(&self, headers: &HeaderMap) -> Option<Flash> {
        let key = cookies(headers, self.cookie_name()).find_map(|cookie| cookie.value().parse().ok())?;
        self.store.take(key).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a flash message could not be read");
            None
        })
    }

    const fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-flash" } else { "flash" }
    }
}

#[cfg(test)]
mod tests {
    use app::flash::Done;
    use axum::http::header::COOKIE;

    use super::*;

    fn flashes() -> Flashes {
        Flashes::new(Arc::new(MemoryFlashes::default()), false)
    }

    async fn keep(flashes: &Flashes, owner: Option<&str>) -> HeaderValue {
        let flash = Flash::Done(Done::new("ana is locked."));
        flashes.keep(flash, owner).await.expect("a cookie")
    }

    async fn is_there(flashes: &Flashes, cookie: &HeaderValue) -> bool {
        let headers = HeaderMap::from_iter([(COOKIE, cookie.clone())]);
        flashes.take(&headers).await.is_some()
    }

    #[tokio::test]
    async fn a_message_is_taken_once() {
        let flashes = flashes();
        let cookie = keep(&flashes, None).await;
        assert!(is_there(&flashes, &cookie).await);
        assert!(!is_there(&flashes, &cookie).await);
    }

    #[tokio::test]
    async fn too_many_messages_of_one_owner_push_out_the_oldest_of_that_owner() {
        let flashes = flashes();
        for (owner, most) in [(None, MAX_ANONYMOUS), (Some("ana"), MAX_OF_ONE_ACCOUNT)] {
            let another = keep(&flashes, Some("bo")).await;
            let oldest = keep(&flashes, owner).await;
            let mut others = Vec::new();
            for _ in 0..most {
                others.push(keep(&flashes, owner).await);
            }
            assert!(!is_there(&flashes, &oldest).await);
            for other in &others {
                assert!(is_there(&flashes, other).await);
            }
            assert!(
                is_there(&flashes, &another).await,
                "another owner's message stays"
            );
        }
    }
}
