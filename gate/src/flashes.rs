//! Where flash messages are kept: the outcomes of forms, on their way to the page that follows.
//!
//! They are not in the session record, because requests that run side by side write the whole record back: one of them
//! could undo the taking, or the keeping. The interface is what a store on disk needs as well.

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::{principal::Principal, vault_key::VaultKey};

/// How many messages wait at most for one session, which can have several tabs open. Each may hold a whole form.
const MAX_OF_ONE_SESSION: usize = 8;

/// How many messages wait at most for callers without a session at one address, which can be a whole office's.
const MAX_OF_ONE_ADDRESS: usize = 64;

/// How many bytes they take at most, for each session and each address.
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
    /// A session.
    Session(VaultKey),
    /// A browser without a session.
    Visitor {
        /// Random, in a cookie of the browser.
        key: Uuid,
        /// The address of the client, where it is known.
        address: Option<String>,
    },
}

impl From<&Principal> for FlashOwner {
    fn from(principal: &Principal) -> Self {
        Self::Session(principal.key)
    }
}

impl FlashOwner {
    const fn most(&self) -> usize {
        match self {
            Self::Session(_) => MAX_OF_ONE_SESSION,
            Self::Visitor { .. } => MAX_OF_ONE_ADDRESS,
        }
    }

    /// Whether it is the same session, or a browser that holds the same key.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Session(key), Self::Session(other)) => key == other,
            (Self::Visitor { key, .. }, Self::Visitor { key: other, .. }) => key == other,
            _ => false,
        }
    }

    /// Whether the messages of both count together.
    fn shares_bounds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Session(key), Self::Session(other)) => key == other,
            (Self::Visitor { address, .. }, Self::Visitor { address: other, .. }) => address == other,
            _ => false,
        }
    }
}

/// A message that waits.
#[derive(Clone)]
pub struct StoredFlash {
    /// The path of the page that shows it, decoded; any page where there is none.
    pub page: Option<String>,
    /// The message. It may hold a generated password, so a store on disk seals it.
    pub body: Vec<u8>,
    /// How long it waits.
    pub until: Timestamp,
}

impl std::fmt::Debug for StoredFlash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredFlash")
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}

/// Where flash messages are kept.
#[async_trait]
pub trait FlashStore: Send + Sync + 'static {
    /// Keeps a message. Where its owner has too many, or they take too many bytes, the oldest of that owner go, and no
    /// other's; the messages of visitors go together by their address.
    async fn put(&self, owner: FlashOwner, flash: StoredFlash, now: Timestamp) -> Result<(), FlashError>;

    /// Takes the owner's messages that this page shows, the oldest first: a second call finds none. Those that have
    /// waited too long are not returned.
    async fn take(
        &self,
        owner: &FlashOwner,
        page: &str,
        now: Timestamp,
    ) -> Result<Vec<StoredFlash>, FlashError>;

    /// Gives the messages of one session to another, which takes its place.
    async fn pass_on(&self, from: VaultKey, to: VaultKey) -> Result<(), FlashError>;
}

/// Flash messages in memory, the oldest first.
#[derive(Default)]
pub struct MemoryFlashes(Mutex<Vec<(FlashOwner, StoredFlash)>>);

/// About the size of a message in memory.
fn size(flash: &StoredFlash) -> usize {
    flash.body.len() + size_of::<(FlashOwner, StoredFlash)>()
}

/// Removes the oldest of these messages until there is room for one of this size.
fn make_room(
    all: &mut Vec<(FlashOwner, StoredFlash)>,
    is_meant: impl Fn(&FlashOwner) -> bool,
    most: usize,
    most_bytes: usize,
    needed: usize,
) {
    let (mut count, mut bytes) = (1, needed);
    for (_, flash) in all.iter().filter(|(owner, _)| is_meant(owner)) {
        count += 1;
        bytes += size(flash);
    }
    all.retain(|(owner, flash)| {
        let goes = is_meant(owner) && (count > most || bytes > most_bytes);
        if goes {
            count -= 1;
            bytes -= size(flash);
        }
        !goes
    });
}

#[async_trait]
impl FlashStore for MemoryFlashes {
    async fn put(&self, owner: FlashOwner, flash: StoredFlash, now: Timestamp) -> Result<(), FlashError> {
        let needed = size(&flash);
        let mut all = self.0.lock();
        all.retain(|(_, flash)| flash.until > now);
        let is_own = |other: &FlashOwner| owner.shares_bounds(other);
        make_room(&mut all, is_own, owner.most(), MAX_BYTES, needed);
        if matches!(owner, FlashOwner::Visitor { .. }) {
            let is_visitor = |other: &FlashOwner| matches!(other, FlashOwner::Visitor { .. });
            make_room(
                &mut all,
                is_visitor,
                usize::MAX,
                MAX_BYTES_OF_ALL_ADDRESSES,
                needed,
            );
        }
        all.push((owner, flash));
        Ok(())
    }

    async fn take(
        &self,
        owner: &FlashOwner,
        page: &str,
        now: Timestamp,
    ) -> Result<Vec<StoredFlash>, FlashError> {
        let mut all = self.0.lock();
        let is_shown = |(other, flash): &mut (FlashOwner, StoredFlash)| {
            owner.is(other) && flash.page.as_deref().is_none_or(|meant| meant == page)
        };
        let taken = all.extract_if(.., is_shown).map(|(_, flash)| flash);
        Ok(taken.filter(|flash| flash.until > now).collect())
    }

    async fn pass_on(&self, from: VaultKey, to: VaultKey) -> Result<(), FlashError> {
        for (owner, _) in self.0.lock().iter_mut() {
            if *owner == FlashOwner::Session(from) {
                *owner = FlashOwner::Session(to);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn session() -> FlashOwner {
        FlashOwner::Session(VaultKey::random())
    }

    fn visitor(address: &str) -> FlashOwner {
        FlashOwner::Visitor {
            key: Uuid::new_v4(),
            address: Some(address.to_owned()),
        }
    }

    async fn put(store: &MemoryFlashes, owner: &FlashOwner, page: Option<&str>, length: usize) {
        let flash = StoredFlash {
            page: page.map(ToOwned::to_owned),
            body: vec![b'x'; length],
            until: NOW + jiff::SignedDuration::from_secs(1),
        };
        store.put(owner.clone(), flash, NOW).await.expect("kept");
    }

    async fn count(store: &MemoryFlashes, owner: &FlashOwner, page: &str, now: Timestamp) -> usize {
        store.take(owner, page, now).await.expect("taken").len()
    }

    #[tokio::test]
    async fn messages_are_taken_once_by_their_owner_on_their_page() {
        let store = MemoryFlashes::default();
        for owner in [session(), visitor("192.0.2.1")] {
            put(&store, &owner, Some("/users"), 1).await;
            put(&store, &owner, Some("/users"), 1).await;
            put(&store, &owner, Some("/groups"), 1).await;
            for other in [session(), visitor("192.0.2.1")] {
                assert_eq!(count(&store, &other, "/users", NOW).await, 0, "{other:?}");
            }
            assert_eq!(count(&store, &owner, "/users", NOW).await, 2);
            assert_eq!(count(&store, &owner, "/users", NOW).await, 0);
            put(&store, &owner, None, 1).await;
            assert_eq!(count(&store, &owner, "/groups", NOW).await, 2);
        }
    }

    #[tokio::test]
    async fn a_message_that_waited_too_long_is_not_shown() {
        let (store, owner) = (MemoryFlashes::default(), session());
        put(&store, &owner, None, 1).await;
        let later = NOW + jiff::SignedDuration::from_secs(1);
        assert_eq!(count(&store, &owner, "/", later).await, 0);
    }

    #[tokio::test]
    async fn the_session_that_takes_the_place_of_another_has_its_messages() {
        let store = MemoryFlashes::default();
        let (from, to) = (VaultKey::random(), VaultKey::random());
        put(&store, &FlashOwner::Session(from), None, 1).await;
        store.pass_on(from, to).await.expect("passed on");
        assert_eq!(count(&store, &FlashOwner::Session(from), "/", NOW).await, 0);
        assert_eq!(count(&store, &FlashOwner::Session(to), "/", NOW).await, 1);
    }

    #[tokio::test]
    async fn too_many_messages_of_one_owner_push_out_the_oldest_of_that_owner() {
        let (store, ana, bo) = (MemoryFlashes::default(), session(), session());
        put(&store, &bo, None, 1).await;
        put(&store, &ana, Some("/oldest"), 1).await;
        for _ in 0..MAX_OF_ONE_SESSION {
            put(&store, &ana, None, 1).await;
        }
        assert_eq!(
            count(&store, &ana, "/oldest", NOW).await,
            MAX_OF_ONE_SESSION,
            "without the oldest"
        );
        assert_eq!(count(&store, &bo, "/", NOW).await, 1);

        let (oldest, elsewhere) = (visitor("192.0.2.1"), visitor("192.0.2.2"));
        put(&store, &oldest, None, 1).await;
        put(&store, &elsewhere, None, 1).await;
        for _ in 0..MAX_OF_ONE_ADDRESS {
            put(&store, &visitor("192.0.2.1"), None, 1).await;
        }
        assert_eq!(count(&store, &oldest, "/", NOW).await, 0);
        assert_eq!(count(&store, &elsewhere, "/", NOW).await, 1);
    }

    #[tokio::test]
    async fn the_bytes_of_one_owner_and_of_all_addresses_are_bounded() {
        let (store, ana) = (MemoryFlashes::default(), session());
        let held = || store.0.lock().iter().map(|(_, flash)| size(flash)).sum::<usize>();
        for _ in 0..MAX_OF_ONE_SESSION {
            put(&store, &ana, None, 300_000).await;
        }
        assert!(held() <= MAX_BYTES, "{}", held());
        for number in 0..100 {
            put(&store, &visitor(&format!("192.0.2.{number}")), None, 300_000).await;
        }
        assert!(held() <= MAX_BYTES + MAX_BYTES_OF_ALL_ADDRESSES, "{}", held());
    }
}
