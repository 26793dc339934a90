//! The directory index: the cluster's users in memory, so that a list can be searched, sorted and
//! filtered although the API can only page (reference, "Fetch users": `max` and `first`).
//!
//! The index is short-lived and shared by the sessions that the cluster itself let read it: each
//! session has to have had a page of users from the cluster lately, or it is asked for one.

mod index;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use protegrity::{Authorized, ErrorKind, User, UserId};

use self::index::{Entry, Index};
use crate::{clock::Clock, error::GateError, passage::Passage, vault::VaultKey};

/// How many users are asked for at a time.
const PAGE: u32 = 1000;

/// How many when the cluster refuses so many. It is the number of the reference's sample.
const SMALL_PAGE: u32 = 100;

/// An index younger than this is served as it is.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// An index older than this is not served at all; in between it is served and renewed behind.
const STALE: SignedDuration = SignedDuration::from_mins(10);

/// How long the cluster's consent to a session's reading counts.
const ADMISSION: SignedDuration = SignedDuration::from_secs(60);

/// More users than this are not indexed.
const MOST_USERS: usize = 1_000_000;

/// By what a list of users can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// By user name.
    #[default]
    UserName,
    /// By last name, then first name.
    Name,
    /// By e-mail address; those without one come last.
    Email,
    /// Locked accounts first.
    State,
    /// By date of creation; those without one come last.
    Created,
}

/// An order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// From the last to the first.
    pub descending: bool,
}

/// What is asked of the list.
#[derive(Clone, Debug, Default)]
pub struct UserQuery {
    /// Words that all have to occur in the user name, the names, the e-mail address or the id.
    pub text: String,
    /// Only accounts that are open (`true`) or locked (`false`).
    pub enabled: Option<bool>,
    /// In which order.
    pub sort: Sort,
    /// How many rows to leave out from the start.
    pub skip: usize,
    /// How many rows at most.
    pub take: usize,
    /// Ask the cluster anew, however young the index is.
    pub afresh: bool,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The rows.
    pub users: Vec<User>,
    /// How many users match the query.
    pub matching: usize,
    /// How many users there are.
    pub total: usize,
    /// When the cluster was asked.
    pub as_of: Timestamp,
}

/// The index and who may read it.
pub struct Directory {
    index: Mutex<Option<Arc<Index>>>,
    /// What was noted lately, to be said again over a load that may have read what was before.
    notes: Mutex<Vec<(Timestamp, User)>>,
    admitted: Mutex<HashMap<VaultKey, Timestamp>>,
    loading: tokio::sync::Mutex<()>,
    clock: Clock,
}

impl Directory {
    /// An empty index.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            index: Mutex::default(),
            notes: Mutex::default(),
            admitted: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            clock,
        }
    }

    /// A page of the list for this session.
    pub(crate) async fn list(&self, passage: &Passage, query: &UserQuery) -> Result<Listing, GateError> {
        let wanted = if query.afresh { SignedDuration::ZERO } else { STALE };
        let index = match self.younger_than(wanted) {
            Some(index) => {
                self.admit(passage).await?;
                if self.age(&index) > FRESH {
                    self.renew_behind(passage);
                }
                index
            }
            None => self.load(passage).await?,
        };
        Ok(index.search(query))
    }

    /// Makes the index say what this user is like now. One that says so already is left as it is, so
    /// that looking at users does not cost its orders.
    pub(crate) fn note(&self, user: &User) {
        let mut index = locked(&self.index);
        let changed = index
            .as_ref()
            .filter(|index| !index.says(user))
            .map(|index| index.with(user));
        if let Some(changed) = changed {
            *index = Some(Arc::new(changed));
        }
        if self.loading.try_lock().is_err() {
            locked(&self.notes).push((self.clock.now(), user.clone()));
        }
    }

    /// Puts a freshly loaded index in place, with what was noted while it was loading.
    fn install(&self, loaded: Index, asked_at: Timestamp) -> Arc<Index> {
        let mut current = locked(&self.index);
        let notes = std::mem::take(&mut *locked(&self.notes));
        let notes = notes.iter().filter(|(at, _)| *at >= asked_at);
        let index = Arc::new(notes.fold(loaded, |index, (_, user)| index.with(user)));
        *current = Some(Arc::clone(&index));
        index
    }

    fn younger_than(&self, age: SignedDuration) -> Option<Arc<Index>> {
        let index = locked(&self.index).clone();
        index.filter(|index| self.age(index) < age)
    }

    fn age(&self, index: &Index) -> SignedDuration {
        self.clock.now().duration_since(index.loaded_at)
    }

    /// Asks the cluster for one row, unless it has given this session some lately.
    async fn admit(&self, passage: &Passage) -> Result<(), GateError> {
        let key = passage.visitor().key;
        let now = self.clock.now();
        let admitted = self.admissions(now).get(&key).copied();
        if admitted.is_none() {
            passage
                .read(|cluster| async move { cluster.users(0, 1).await })
                .await?;
            self.admissions(now).insert(key, now);
        }
        Ok(())
    }

    /// The admissions that still count.
    fn admissions(&self, now: Timestamp) -> MutexGuard<'_, HashMap<VaultKey, Timestamp>> {
        let mut admitted = locked(&self.admitted);
        admitted.retain(|_, at| now.duration_since(*at) < ADMISSION);
        admitted
    }

    /// Loads the index, or waits for the load that is under way and then asks to be admitted.
    async fn load(&self, passage: &Passage) -> Result<Arc<Index>, GateError> {
        let asked_at = self.clock.now();
        let turn = self.loading.lock().await;
        let loaded_meanwhile = locked(&self.index).clone();
        if let Some(index) = loaded_meanwhile.filter(|index| index.loaded_at > asked_at) {
            drop(turn);
            self.admit(passage).await?;
            return Ok(index);
        }
        let fetch = |first, max| passage.read(move |cluster| async move { cluster.users(first, max).await });
        let entries = load_all(fetch, |user| Arc::new(Entry::new(&user)), |_| false).await?;
        let index = Index::sorted(entries, self.clock.now()).await;
        let index = self.install(index, asked_at);
        let now = self.clock.now();
        self.admissions(now).insert(passage.visitor().key, now);
        Ok(index)
    }

    /// Loads the index anew without anybody waiting for it.
    fn renew_behind(&self, passage: &Passage) {
        if self.loading.try_lock().is_err() {
            return;
        }
        let passage = passage.clone();
        tokio::spawn(async move {
            if let Err(error) = passage.directory().load(&passage).await {
                tracing::warn!(%error, "the directory index could not be renewed");
            }
        });
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The id of the user of this name, asked for page by page. `None` where there is none, or where
/// the list may not be read.
pub(crate) async fn find_by_name(cluster: &Authorized, name: &str) -> Option<UserId> {
    let is_wanted = |user: &User| user.username.eq_ignore_ascii_case(name);
    let fetch = |first, max| async move { Ok(cluster.users(first, max).await?) };
    let users = load_all(fetch, |user| user, is_wanted).await.ok()?;
    users.into_iter().find(is_wanted).map(|user| user.id)
}

/// Fetches page after page until the last, or until a page holds what is looked for.
///
/// A page shorter than asked for is the last one (notes on the reference, row 28), unless the first
/// page has a round number of rows: then the cluster may cap its pages below what was asked for,
/// and the pages that are as long as the first are not the last. A cluster that brings nothing new
/// is not asked again. What is kept of a user is made page by page, so that no two lists of everybody
/// are in memory.
async fn load_all<F, T>(
    fetch: impl Fn(u32, u32) -> F,
    keep: impl Fn(User) -> T,
    is_wanted: impl Fn(&T) -> bool,
) -> Result<Vec<T>, GateError>
where
    F: Future<Output = Result<Vec<User>, GateError>>,
{
    let mut seen = HashSet::new();
    let mut users = Vec::new();
    let (mut size, mut page) = match fetch(0, PAGE).await {
        Err(error) if is_refusal(&error) => (SMALL_PAGE, fetch(0, SMALL_PAGE).await?),
        answer => (PAGE, answer?),
    };
    if !page.is_empty() && page.len() % 10 == 0 {
        size = size.min(rows(&page));
    }
    let mut first = 0;
    loop {
        let brought = rows(&page);
        let before = users.len();
        let new = page.into_iter().filter(|user| seen.insert(user.id.clone()));
        users.extend(new.map(&keep));
        let found = users[before..].iter().any(&is_wanted);
        if brought < size || users.len() == before || found || users.len() >= MOST_USERS {
            return Ok(users);
        }
        first += brought;
        page = fetch(first, size).await?;
    }
}

fn rows(page: &[User]) -> u32 {
    u32::try_from(page.len()).unwrap_or(u32::MAX)
}

/// Whether the cluster took offence at what was asked, and not at who asked.
fn is_refusal(error: &GateError) -> bool {
    matches!(error, GateError::Cluster(error) if error.kind() == ErrorKind::Rejected)
}

#[cfg(test)]
mod tests;
