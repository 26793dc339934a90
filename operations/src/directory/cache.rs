//! A copy of one of the cluster's lists in memory: which sessions may read it, how old it may be, and how it is
//! renewed.

use std::{collections::HashMap, sync::Arc};

use gate::{Clock, Operation, OperationError, VaultKey};
use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};

/// A copy younger than this is served as it is.
pub(super) const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// A copy older than this is not served at all; in between it is served and renewed behind.
const STALE: SignedDuration = SignedDuration::from_mins(10);

/// How long the cluster's consent to a session's reading counts.
const ADMISSION: SignedDuration = SignedDuration::from_secs(60);

/// A list that is kept in memory.
pub(super) trait Cacheable: Sized + Send + Sync + 'static {
    /// A change of one row.
    type Update: Send + 'static;

    /// Reads the whole list.
    fn load(
        operation: &Operation,
        clock: &Clock,
    ) -> impl Future<Output = Result<Self, OperationError>> + Send;

    /// Reads one row of it, which shows whether the cluster lets this session read.
    fn probe(operation: &Operation) -> impl Future<Output = Result<(), OperationError>> + Send;

    /// When it was read.
    fn loaded_at(&self) -> Timestamp;

    /// The list after this change; `None` where it is the same.
    fn apply(&self, update: &Self::Update) -> Option<Self>;
}

/// The copy and who may read it.
pub(super) struct SharedCache<T: Cacheable> {
    state: Mutex<State<T>>,
    admitted: Mutex<HashMap<VaultKey, Timestamp>>,
    loading: tokio::sync::Mutex<()>,
    clock: Clock,
}

struct State<T: Cacheable> {
    copy: Option<Arc<T>>,
    /// Changes made during a load, to be applied again to what it read: that may be older.
    updates: Vec<(Timestamp, T::Update)>,
    /// Grows when the copy is invalidated: a load that began in an earlier generation is not kept.
    generation: u64,
}

impl<T: Cacheable> SharedCache<T> {
    pub fn new(clock: Clock) -> Self {
        Self {
            state: Mutex::new(State {
                copy: None,
                updates: Vec::new(),
                generation: 0,
            }),
            admitted: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            clock,
        }
    }

    /// The copy for this session, or one that is made now.
    pub async fn get(
        self: &Arc<Self>,
        operation: &Operation,
        refresh: bool,
    ) -> Result<Arc<T>, OperationError> {
        let wanted = if refresh { SignedDuration::ZERO } else { STALE };
        let Some(copy) = self.copy().filter(|copy| self.age(copy) < wanted) else {
            return self.load(operation).await;
        };
        self.admit(operation).await?;
        if !self.is_fresh(&copy) {
            self.renew_behind(operation);
        }
        Ok(copy)
    }

    /// The copy as it is, for any session: for what stays on the server.
    pub fn copy(&self) -> Option<Arc<T>> {
        self.state().copy.clone()
    }

    pub fn is_fresh(&self, copy: &T) -> bool {
        self.age(copy) <= FRESH
    }

    /// Applies a change to the copy, and returns whether it was news.
    pub fn apply(&self, update: T::Update) -> bool {
        let mut state = self.state();
        let changed = state.copy.as_ref().map(|copy| copy.apply(&update));
        let is_news = !matches!(changed, Some(None));
        if let Some(changed) = changed.flatten() {
            state.copy = Some(Arc::new(changed));
        }
        if self.loading.try_lock().is_err() {
            state.updates.push((self.clock.now(), update));
        }
        is_news
    }

    /// Drops the copy, and the load under way: the next reader waits for a new load.
    pub fn invalidate(&self) {
        let mut state = self.state();
        state.copy = None;
        state.generation += 1;
    }

    /// Drops a copy that is too old to be served, and consents that count no longer.
    pub fn sweep(&self) {
        drop(self.admissions(self.clock.now()));
        let mut state = self.state();
        state.copy = state.copy.take().filter(|copy| self.age(copy) < STALE);
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock()
    }

    fn age(&self, copy: &T) -> SignedDuration {
        self.clock.now().duration_since(copy.loaded_at())
    }

    /// Asks the cluster for one row, unless it has given this session some lately.
    async fn admit(&self, operation: &Operation) -> Result<(), OperationError> {
        let key = operation.principal().session_key();
        let now = self.clock.now();
        let admitted = self.admissions(now).get(&key).copied();
        if admitted.is_none() {
            T::probe(operation).await?;
            self.admissions(now).insert(key, now);
        }
        Ok(())
    }

    /// The admissions that still count.
    fn admissions(&self, now: Timestamp) -> MutexGuard<'_, HashMap<VaultKey, Timestamp>> {
        let mut admitted = self.admitted.lock();
        admitted.retain(|_, at| now.duration_since(*at) < ADMISSION);
        admitted
    }

    /// Loads the copy, or waits for the load that is under way and then asks to be admitted.
    async fn load(&self, operation: &Operation) -> Result<Arc<T>, OperationError> {
        let asked_at = self.clock.now();
        let turn = self.loading.lock().await;
        let loaded_meanwhile = self.copy().filter(|copy| copy.loaded_at() > asked_at);
        if let Some(copy) = loaded_meanwhile {
            drop(turn);
            self.admit(operation).await?;
            return Ok(copy);
        }
        let generation = self.state().generation;
        let loaded = T::load(operation, &self.clock).await?;
        let copy = self.install(loaded, asked_at, generation);
        let now = self.clock.now();
        self.admissions(now)
            .insert(operation.principal().session_key(), now);
        Ok(copy)
    }

    /// Puts a new copy in place, with the changes made while it was loading.
    fn install(&self, loaded: T, asked_at: Timestamp, generation: u64) -> Arc<T> {
        let mut state = self.state();
        let updates = std::mem::take(&mut state.updates);
        let updates = updates.iter().filter(|(at, _)| *at >= asked_at);
        let apply = |copy: T, (_, update): &(Timestamp, T::Update)| copy.apply(update).unwrap_or(copy);
        let copy = Arc::new(updates.fold(loaded, apply));
        if state.generation == generation {
            state.copy = Some(Arc::clone(&copy));
        }
        copy
    }

    /// Loads the copy again in the background.
    fn renew_behind(self: &Arc<Self>, operation: &Operation) {
        if self.loading.try_lock().is_err() {
            return;
        }
        let (cache, operation) = (Arc::clone(self), operation.clone());
        tokio::spawn(async move {
            if let Err(error) = cache.load(&operation).await {
                tracing::warn!(%error, "a copy of one of the cluster's lists could not be renewed");
            }
        });
    }
}
