//! The users of the cluster at one time: searched, filtered, sorted.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use memchr::memmem::Finder;
use protegrity::{User, UserId};

use super::{Listing, SortKey, UserQuery};

/// One user of the index, with what is searched put together once.
#[derive(Debug)]
pub(super) struct Entry {
    pub user: User,
    haystack: Box<str>,
}

impl Entry {
    pub fn new(user: User) -> Self {
        let fields = [
            Some(user.username.as_str()),
            user.first_name.as_deref(),
            user.last_name.as_deref(),
            user.email.as_deref(),
            Some(user.id.as_str()),
        ];
        // The line break keeps a word from matching across two fields.
        let haystack = fields
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n")
            .to_lowercase();
        Self {
            haystack: haystack.into_boxed_str(),
            user,
        }
    }
}

/// The users at one time, with an order for each sort key, made when first asked for.
#[derive(Clone)]
pub(super) struct Index {
    entries: Vec<Arc<Entry>>,
    orders: [OnceLock<Vec<u32>>; SortKey::ALL.len()],
    /// The entries by id, for finding one.
    by_id: OnceLock<Vec<u32>>,
    /// When the cluster was asked.
    pub loaded_at: Timestamp,
}

impl Index {
    pub fn new(entries: Vec<Arc<Entry>>, loaded_at: Timestamp) -> Self {
        Self {
            entries,
            orders: Default::default(),
            by_id: OnceLock::new(),
            loaded_at,
        }
    }

    /// The index of these users with every order made, off the threads that answer requests.
    pub async fn sorted(entries: Vec<Arc<Entry>>, loaded_at: Timestamp) -> Self {
        let index = Arc::new(Self::new(entries, loaded_at));
        let sorting = Arc::clone(&index);
        let sorted = tokio::task::spawn_blocking(move || {
            for key in SortKey::ALL {
                sorting.order(key);
            }
            sorting.place(&UserId::from(""));
        });
        if let Err(error) = sorted.await {
            tracing::warn!(%error, "the orders of the directory index are made when they are asked for");
        }
        Arc::unwrap_or_clone(index)
    }

    /// Where the user of this id is.
    fn place(&self, id: &UserId) -> Option<usize> {
        let id_at = |at: u32| &self.entries[at as usize].user.id;
        let by_id = self.by_id.get_or_init(|| {
            let mut by_id = places(self.entries.len());
            by_id.sort_by(|a, b| id_at(*a).cmp(id_at(*b)));
            by_id
        });
        let found = by_id.binary_search_by(|at| id_at(*at).cmp(id)).ok()?;
        Some(by_id[found] as usize)
    }

    /// Whether everything that a list shows of this user is in here.
    pub fn says(&self, user: &User) -> bool {
        let place = self.place(&user.id);
        place.is_some_and(|at| {
            SortKey::ALL
                .iter()
                .all(|key| key.same(&self.entries[at].user, user))
        })
    }

    /// The same users, with this one changed, or added when it is new. Orders that the change does not
    /// touch are kept.
    pub fn with(&self, user: &User) -> Self {
        let mut entries = self.entries.clone();
        let entry = Arc::new(Entry::new(user.clone()));
        let Some(at) = self.place(&user.id) else {
            entries.push(entry);
            return Self::new(entries, self.loaded_at);
        };
        let old = std::mem::replace(&mut entries[at], entry);
        let mut changed = Self::new(entries, self.loaded_at);
        changed.by_id = self.by_id.clone();
        for key in SortKey::ALL.into_iter().filter(|key| key.same(&old.user, user)) {
            changed.orders[key as usize] = self.orders[key as usize].clone();
        }
        changed
    }

    fn order(&self, key: SortKey) -> &[u32] {
        self.orders[key as usize].get_or_init(|| {
            let mut order = places(self.entries.len());
            let user = |at: &u32| &self.entries[*at as usize].user;
            let lower = |text: Option<&str>| text.unwrap_or_default().to_lowercase();
            let name = |user: &User| lower(Some(&user.username));
            match key {
                SortKey::UserName => order.sort_by_cached_key(|at| name(user(at))),
                SortKey::Name => order.sort_by_cached_key(|at| {
                    let user = user(at);
                    (
                        lower(user.last_name.as_deref()),
                        lower(user.first_name.as_deref()),
                        name(user),
                    )
                }),
                SortKey::Email => order.sort_by_cached_key(|at| {
                    let user = user(at);
                    (user.email.is_none(), lower(user.email.as_deref()), name(user))
                }),
                SortKey::State => order.sort_by_cached_key(|at| {
                    let user = user(at);
                    (user.enabled.unwrap_or(true), name(user))
                }),
                SortKey::Created => order.sort_by_cached_key(|at| {
                    let user = user(at);
                    (user.created.is_none(), user.created, name(user))
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
        let text = query.text.to_lowercase();
        let words: Vec<Finder<'_>> = text.split_whitespace().map(Finder::new).collect();
        let fits = |entry: &Entry| {
            let is_open = entry.user.enabled.unwrap_or(true);
            let haystack = entry.haystack.as_bytes();
            query.enabled.is_none_or(|enabled| is_open == enabled)
                && words.iter().all(|word| word.find(haystack).is_some())
        };
        let found = order.iter().copied();
        found.filter(|at| fits(&self.entries[*at as usize])).collect()
    }

    /// The users of the page. Whoever asks for what is behind the last page gets the last page.
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
        rows.map(|row| self.entries[found[place(row)] as usize].user.clone())
            .collect()
    }
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

    /// Whether these two users have the same place in this order. Together the keys are everything
    /// that a list shows.
    fn same(self, a: &User, b: &User) -> bool {
        let rest = match self {
            Self::UserName => true,
            Self::Name => a.last_name == b.last_name && a.first_name == b.first_name,
            Self::Email => a.email == b.email,
            Self::State => a.enabled == b.enabled,
            Self::Created => a.created == b.created,
        };
        rest && a.username == b.username
    }
}
