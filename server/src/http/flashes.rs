//! Flash messages on their way from a form to the page that follows: kept on the server under a random key, which a
//! short-lived cookie holds, and taken once.
//!
//! They are not in the session record, because requests that run side by side write the whole record back: one of
//! them could undo the taking, or the keeping.

use std::{collections::HashMap, sync::Arc, time::Instant};

use app::flash::Flash;
use async_trait::async_trait;
use axum::http::{HeaderMap, HeaderValue};
use operations::json_length;
use parking_lot::Mutex;
use tower_sessions::cookie::{Cookie, SameSite, time};
use uuid::Uuid;

use super::context::cookies;

/// How long a message waits for its page.
const RETENTION: time::Duration = time::Duration::minutes(10);

/// How many messages wait at most for callers without a session at one address, which can be a whole office's.
const MAX_OF_ONE_ADDRESS: usize = 64;

/// How many messages wait at most for one account, which can have several tabs open. Each may hold a whole form.
const MAX_OF_ONE_ACCOUNT: usize = 8;

/// How many bytes they take at most, for each owner.
const MAX_BYTES: usize = 1024 * 1024;

/// How many bytes the messages of all addresses take at most: anyone can fail to sign in, from many addresses.
const MAX_BYTES_OF_ALL_ADDRESSES: usize = 16 * 1024 * 1024;

/// The store of flash messages failed. The text never holds a message.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store of flash messages failed: {0}")]
pub struct FlashError(pub String);

/// For whom a message waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlashOwner {
    /// An account that is signed in.
    Account(String),
    /// A caller without a session, at this address where it is known.
    Address(Option<String>),
}

impl FlashOwner {
    const fn most(&self) -> usize {
        match self {
            Self::Account(_) => MAX_OF_ONE_ACCOUNT,
            Self::Address(_) => MAX_OF_ONE_ADDRESS,
        }
    }
}

/// Where flash messages are kept. They may hold a generated password, so a store on disk seals them.
#[async_trait]
pub trait FlashStore: Send + Sync + 'static {
    /// Keeps a message under a new key for this owner. Where an owner has too many, or they take too many bytes, the
    /// oldest of that owner go, and no other's.
    async fn put(&self, key: Uuid, owner: FlashOwner, flash: Flash) -> Result<(), FlashError>;

    /// Takes the message of this key: a second call finds none. One that has waited too long is not returned.
    async fn take(&self, key: Uuid) -> Result<Option<Flash>, FlashError>;
}

/// Flash messages in memory.
#[derive(Default)]
pub struct MemoryFlashes(Mutex<HashMap<Uuid, Stored>>);

struct Stored {
    flash: Flash,
    owner: FlashOwner,
    size: usize,
    at: Instant,
}

impl Stored {
    fn is_current(&self) -> bool {
        self.at.elapsed() < RETENTION
    }
}

/// About the size of a message in memory.
fn size(flash: &Flash) -> usize {
    json_length(flash).map_or(MAX_BYTES, |length| length + size_of::<Stored>())
}

/// Removes the oldest of these messages until there is room for one of this size.
fn make_room(
    all: &mut HashMap<Uuid, Stored>,
    is_meant: impl Fn(&Stored) -> bool,
    most: usize,
    most_bytes: usize,
    size: usize,
) {
    let meant = all.iter().filter(|(_, stored)| is_meant(stored));
    let mut meant: Vec<_> = meant
        .map(|(key, stored)| (stored.at, *key, stored.size))
        .collect();
    meant.sort_by_key(|(at, ..)| *at);
    let mut count = meant.len() + 1;
    let mut bytes = meant.iter().map(|(_, _, size)| size).sum::<usize>() + size;
    for (_, key, size) in meant {
        if count <= most && bytes <= most_bytes {
            return;
        }
        all.remove(&key);
        count -= 1;
        bytes -= size;
    }
}

#[async_trait]
impl FlashStore for MemoryFlashes {
    async fn put(&self, key: Uuid, owner: FlashOwner, flash: Flash) -> Result<(), FlashError> {
        let size = size(&flash);
        let mut all = self.0.lock();
        all.retain(|_, stored| stored.is_current());
        let is_own = |stored: &Stored| stored.owner == owner;
        make_room(&mut all, is_own, owner.most(), MAX_BYTES, size);
        if matches!(owner, FlashOwner::Address(_)) {
            let is_anonymous = |stored: &Stored| matches!(stored.owner, FlashOwner::Address(_));
            make_room(
                &mut all,
                is_anonymous,
                usize::MAX,
                MAX_BYTES_OF_ALL_ADDRESSES,
                size,
            );
        }
        let stored = Stored {
            flash,
            owner,
            size,
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

    /// Keeps a message for this owner and returns the cookie that leads to it. Without a cookie the message is
    /// lost: what it reports has happened all the same, so the answer does not fail.
    pub async fn keep(&self, flash: Flash, owner: FlashOwner) -> Option<HeaderValue> {
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

    fn account(name: &str) -> FlashOwner {
        FlashOwner::Account(name.to_owned())
    }

    fn address(address: &str) -> FlashOwner {
        FlashOwner::Address(Some(address.to_owned()))
    }

    async fn keep(flashes: &Flashes, owner: FlashOwner) -> HeaderValue {
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
        let cookie = keep(&flashes, FlashOwner::Address(None)).await;
        assert!(is_there(&flashes, &cookie).await);
        assert!(!is_there(&flashes, &cookie).await);
    }

    #[tokio::test]
    async fn too_many_messages_of_one_owner_push_out_the_oldest_of_that_owner() {
        let flashes = flashes();
        for (owner, most) in [
            (address("192.0.2.1"), MAX_OF_ONE_ADDRESS),
            (account("ana"), MAX_OF_ONE_ACCOUNT),
        ] {
            let another = keep(&flashes, account("bo")).await;
            let another_address = keep(&flashes, address("192.0.2.2")).await;
            let oldest = keep(&flashes, owner.clone()).await;
            let mut others = Vec::new();
            for _ in 0..most {
                others.push(keep(&flashes, owner.clone()).await);
            }
            assert!(!is_there(&flashes, &oldest).await);
            for other in &others {
                assert!(is_there(&flashes, other).await);
            }
            for another in [another, another_address] {
                assert!(
                    is_there(&flashes, &another).await,
                    "another owner's message stays"
                );
            }
        }
    }

    #[tokio::test]
    async fn the_bytes_of_one_owner_and_of_all_addresses_are_bounded() {
        let store = Arc::new(MemoryFlashes::default());
        let flashes = Flashes::new(Arc::clone(&store) as Arc<dyn FlashStore>, false);
        let long = || Flash::Done(Done::new("x".repeat(300_000)));
        let held = || store.0.lock().values().map(|stored| stored.size).sum::<usize>();
        for _ in 0..MAX_OF_ONE_ACCOUNT {
            flashes.keep(long(), account("ana")).await.expect("a cookie");
        }
        assert!(held() <= MAX_BYTES, "{}", held());
        for number in 0..100 {
            flashes
                .keep(long(), address(&format!("192.0.2.{number}")))
                .await
                .expect("a cookie");
        }
        assert!(held() <= MAX_BYTES + MAX_BYTES_OF_ALL_ADDRESSES, "{}", held());
    }
}
