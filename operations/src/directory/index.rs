//! The users of the cluster at one time: searched, filtered, sorted.

use std::sync::{Arc, OnceLock};

use gate::{Clock, Operation, OperationError};
use jiff::Timestamp;
use protegrity::{User, UserId, load_all};
use tokio::sync::watch;

use super::{
    Listing, SortKey, UserQuery,
    cache::Cacheable,
    entry::{EMAIL, Entry, FIRST_NAME, LAST_NAME, USER_NAME},
    haystack::{Haystack, Searched},
};
use crate::characters::folded;

/// A change of one user.
pub(crate) enum UserUpdate {
    /// The user is like this.
    Is(User),
    /// The account is open, or not; nothing else changed.
    Enabled(UserId, bool),
    /// The user was deleted.
    Deleted(UserId),
}

/// The users at one time, with an order for each sort key, made when first asked for.
#[derive(Clone)]
pub(crate) struct Index {
    entries: Vec<Arc<Entry>>,
    haystack: OnceLock<Haystack>,
    orders: [OnceLock<Vec<u32>>; SortKey::ALL.len()],
    /// The entries by id, for finding one.
    by_id: OnceLock<Vec<u32>>,
    /// When the cluster was asked.
    pub loaded_at: Timestamp,
}

impl Index {
    pub(super) fn new(entries: Vec<Arc<Entry>>, loaded_at: Timestamp) -> Self {
        Self {
            entries,
            haystack: OnceLock::new(),
            orders: Default::default(),
            by_id: OnceLock::new(),
            loaded_at,
        }
    }

    /// The index of these users, ready for any query: made off the threads that answer requests.
    async fn sorted(entries: Vec<Arc<Entry>>, loaded_at: Timestamp) -> Self {
        let index = Arc::new(Self::new(entries, loaded_at));
        let sorting = Arc::clone(&index);
        let sorted = tokio::task::spawn_blocking(move || {
            for key in SortKey::ALL {
                sorting.order(key);
            }
            sorting.place(&UserId::from(""));
            sorting.haystack();
        });
        if let Err(error) = sorted.await {
            tracing::warn!(%error, "the orders of the directory index are made when they are asked for");
        }
        Arc::unwrap_or_clone(index)
    }

    fn haystack(&self) -> &Haystack {
        self.haystack.get_or_init(|| Haystack::new(&self.entries))
    }

    /// Where the user of this id is.
    fn place(&self, id: &UserId) -> Option<usize> {
        let id_at = |at: u32| self.entries[at as usize].id();
        let by_id = self.by_id.get_or_init(|| {
            let mut by_id = places(self.entries.len());
            by_id.sort_unstable_by(|a, b| id_at(*a).cmp(id_at(*b)));
            by_id
        });
        let found = by_id.binary_search_by(|at| id_at(*at).cmp(id.as_str())).ok()?;
        Some(by_id[found] as usize)
    }

    /// Whether everything that a list shows of this user is in here.
    pub fn agrees_with(&self, user: &User) -> bool {
        let now = Entry::new(user);
        let said = self.place(&user.id).map(|at| &self.entries[at]);
        said.is_some_and(|said| SortKey::ALL.iter().all(|key| key.same(said, &now)))
    }

    /// The same users, with this one changed, or added when it is new. Orders that the change does not
    /// touch are kept.
    pub fn with(&self, user: &User) -> Self {
        let mut entries = self.entries.clone();
        let entry = Arc::new(Entry::new(user));
        let Some(at) = self.place(&user.id) else {
            entries.push(entry);
            let haystack = self.haystack().with(&entries, entries.len() - 1);
            let mut grown = Self::new(entries, self.loaded_at);
            grown.haystack = OnceLock::from(haystack);
            return grown;
        };
        let old = std::mem::replace(&mut entries[at], Arc::clone(&entry));
        let haystack = self.haystack().with(&entries, at);
        let mut changed = Self::new(entries, self.loaded_at);
        changed.haystack = OnceLock::from(haystack);
        changed.by_id = self.by_id.clone();
        for key in SortKey::ALL.into_iter().filter(|key| key.same(&old, &entry)) {
            changed.orders[key as usize] = self.orders[key as usize].clone();
        }
        changed
    }

    /// The same users without this one. The orders are kept.
    pub fn without(&self, id: &UserId) -> Option<Self> {
        let gone = self.place(id)?;
        let mut entries = self.entries.clone();
        entries.remove(gone);
        let others = |order: &OnceLock<Vec<u32>>| match order.get() {
            Some(order) => OnceLock::from(moved_up(order, gone)),
            None => OnceLock::new(),
        };
        Some(Self {
            haystack: OnceLock::from(self.haystack().moved(&entries, gone)),
            entries,
            orders: self.orders.each_ref().map(others),
            by_id: others(&self.by_id),
            loaded_at: self.loaded_at,
        })
    }

    /// The user of this id, as far as a list shows one.
    pub fn user(&self, id: &UserId) -> Option<User> {
        self.place(id).map(|at| self.entries[at].user())
    }

    /// The user of this name: spelled the same, or else the same but for its case and the way in which it is written.
    pub fn named(&self, name: &str) -> Option<User> {
        let wanted = folded(name);
        let name_at = |at: u32| self.entries[at as usize].field(USER_NAME).unwrap_or_default();
        let order = self.order(SortKey::UserName);
        let first = order.partition_point(|at| folded(name_at(*at)) < wanted);
        let mut same = order[first..]
            .iter()
            .take_while(|at| folded(name_at(**at)) == wanted)
            .peekable();
        let any = **same.peek()?;
        let found = same.find(|at| name_at(**at) == name).copied().unwrap_or(any);
        Some(self.entries[found as usize].user())
    }

    /// Whether there is a user of this id.
    pub fn has(&self, id: &UserId) -> bool {
        self.place(id).is_some()
    }

    /// The ids of all users.
    pub fn ids(&self) -> impl Iterator<Item = UserId> {
        self.entries.iter().map(|entry| UserId::from(entry.id()))
    }

    /// How many users there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// All users by name, as far as a list shows them.
    pub fn users(&self) -> impl Iterator<Item = User> {
        let order = self.order(SortKey::UserName).iter();
        order.map(|at| self.entries[*at as usize].user())
    }

    fn order(&self, key: SortKey) -> &[u32] {
        self.orders[key as usize].get_or_init(|| {
            let mut order = places(self.entries.len());
            let entry = |at: &u32| &*self.entries[*at as usize];
            let lower = |entry: &Entry, field| folded(entry.field(field).unwrap_or_default());
            let name = |at: &u32| lower(entry(at), USER_NAME);
            match key {
                SortKey::UserName => order.sort_by_cached_key(name),
                SortKey::Name => order.sort_by_cached_key(|at| {
                    let entry = entry(at);
                    (lower(entry, LAST_NAME), lower(entry, FIRST_NAME), name(at))
                }),
                SortKey::Email => order.sort_by_cached_key(|at| {
                    let entry = entry(at);
                    (entry.field(EMAIL).is_none(), lower(entry, EMAIL), name(at))
                }),
                SortKey::State => order.sort_by_cached_key(|at| (entry(at).is_open(), name(at))),
                SortKey::Created => order.sort_by_cached_key(|at| {
                    let created = entry(at).created;
                    (created.is_none(), created, name(at))
                }),
            }
            order
        })
    }

    /// A page of the list.
    pub fn search(&self, query: &UserQuery) -> Listing {
        let order = self.order(query.sort.key);
        let (matching, users) = if query.text.trim().is_empty() && query.enabled.is_none() {
            (order.len(), self.page(order, query))
        } else {
            let found = self.matching(order, query);
            (found.len(), self.page(&found, query))
        };
        Listing {
            users,
            matching,
            total: order.len(),
            as_of: self.loaded_at,
        }
    }

    /// Those of this order that the query asks for.
    fn matching(&self, order: &[u32], query: &UserQuery) -> Vec<u32> {
        let text = folded(&query.text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let fitting = self.haystack().fitting(&words, query.enabled);
        let found = order.iter().copied();
        found.filter(|at| fitting[*at as usize]).collect()
    }

    /// The users of the page. A page behind the last one is the last one.
    fn page(&self, found: &[u32], query: &UserQuery) -> Vec<User> {
        let last = found.len().saturating_sub(1) / query.take.max(1) * query.take;
        let rows = query.skip.min(last)..found.len();
        let rows = rows.take(query.take);
        let place = |row: usize| {
            if query.sort.descending {
                found.len() - 1 - row
            } else {
                row
            }
        };
        rows.map(|row| self.entries[found[place(row)] as usize].user())
            .collect()
    }
}

impl Cacheable for Index {
    type Source = ();
    type Update = UserUpdate;
    type Error = OperationError;

    async fn load(
        (): &(),
        operation: &Operation,
        clock: &Clock,
        progress: &watch::Sender<Option<usize>>,
    ) -> Result<Self, OperationError> {
        let entries = operation.read(|cluster| async move {
            let fetch = |first, max| {
                progress.send_replace(Some(first as usize));
                cluster.users(first, max)
            };
            let key = |user: &User| user.id.clone();
            load_all(fetch, key, |user| Arc::new(Entry::new(&user)), |_| false).await
        });
        Ok(Self::sorted(entries.await?, clock.now()).await)
    }

    async fn probe((): &(), operation: &Operation) -> Result<(), OperationError> {
        let row = operation.read(|cluster| async move { cluster.users(0, 1).await });
        row.await.map(drop)
    }

    fn loaded_at(&self) -> Timestamp {
        self.loaded_at
    }

    /// An index that agrees already is left as it is, so that reading users does not cost its orders.
    fn apply(&self, update: &UserUpdate) -> Option<Self> {
        match update {
            UserUpdate::Is(user) => (!self.agrees_with(user)).then(|| self.with(user)),
            UserUpdate::Enabled(id, enabled) => {
                let mut user = self.user(id)?;
                let before = user.enabled.replace(*enabled);
                (before != Some(*enabled)).then(|| self.with(&user))
            }
            UserUpdate::Deleted(id) => self.without(id),
        }
    }
}

/// An order of places after the one that is gone was taken out of the list.
fn moved_up(order: &[u32], gone: usize) -> Vec<u32> {
    let others = order.iter().filter(|at| **at as usize != gone);
    others.map(|at| at - u32::from(*at as usize > gone)).collect()
}

/// Every place of a list of so many.
fn places(count: usize) -> Vec<u32> {
    (0..).take(count).collect()
}

impl SortKey {
    /// Every key.
    const ALL: [Self; 5] = [
        Self::UserName,
        Self::Name,
        Self::Email,
        Self::State,
        Self::Created,
    ];

    /// Whether these two have the same place in this order. Together the keys are everything that a
    /// list shows.
    fn same(self, a: &Entry, b: &Entry) -> bool {
        let same = |field| a.field(field) == b.field(field);
        let rest = match self {
            Self::UserName => true,
            Self::Name => same(LAST_NAME) && same(FIRST_NAME),
            Self::Email => same(EMAIL),
            Self::State => a.enabled == b.enabled,
            Self::Created => a.created == b.created,
        };
        rest && same(USER_NAME)
    }
}
