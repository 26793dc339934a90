//! A copy of one of a system's lists in memory: which sessions may read it, how old it may be, and how it is renewed.
//!
//! A load is a task of its own, whose result all who wait share: a visitor who leaves does not end it, and a failure is
//! met once and not by one visitor after the other.

use std::{collections::HashMap, fmt::Display, sync::Arc, time::Duration};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use gate::{Clock, GateError, Operation, OperationError, VaultKey};
use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use protegrity::ErrorKind;
use tokio::sync::watch;
use tracing::Instrument;

use crate::Error;

/// A copy younger than this is served as it is.
pub(super) const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// A copy older than this is not served at all; in between it is served and renewed behind.
const STALE: SignedDuration = SignedDuration::from_mins(10);

/// How long the system's consent to a session's reading counts.
const ADMISSION: SignedDuration = SignedDuration::from_secs(60);

/// How long a failure of the system is reported to all, before it is asked again.
const FAILURE_RETENTION: SignedDuration = SignedDuration::from_secs(3);

/// How long a page waits for a load before it shows the progress.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How many rows a load has read so far; `None` while there is none under way.
pub type LoadProgress = watch::Receiver<Option<usize>>;

/// A copy, or how many rows of it have been read so far.
#[derive(Clone, Debug)]
pub enum Loading<T> {
    /// It is here.
    Ready(T),
    /// It is being read.
    UnderWay(usize),
}

impl<T> Loading<T> {
    /// The same with the copy turned into something else.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Loading<U> {
        match self {
            Self::Ready(copy) => Loading::Ready(turn(copy)),
            Self::UnderWay(rows) => Loading::UnderWay(rows),
        }
    }
}

/// An error of a load, which all who wait for it share.
pub(crate) trait LoadError: Clone + Display + From<OperationError> + Send + Sync + 'static {
    /// The gate's error, where it is one.
    fn gate(&self) -> Option<&GateError>;
}

impl LoadError for OperationError {
    fn gate(&self) -> Option<&GateError> {
        Some(&self.error)
    }
}

impl LoadError for Error {
    fn gate(&self) -> Option<&GateError> {
        Self::gate(self)
    }
}

/// A list that is kept in memory.
pub(crate) trait Cacheable: Sized + Send + Sync + 'static {
    /// Where the list is read: `()` where there is only one of its kind.
    type Source: Send + Sync + 'static;

    /// A change of one row.
    type Update: Send + 'static;

    /// How a load fails.
    type Error: LoadError;

    /// Reads the whole list, and reports how many rows it has before each page.
    fn load(
        source: &Self::Source,
        operation: &Operation,
        clock: &Clock,
        progress: &watch::Sender<Option<usize>>,
    ) -> impl Future<Output = Result<Self, Self::Error>> + Send;

    /// Reads little of it, which shows whether the system lets this session read.
    fn probe(
        source: &Self::Source,
        operation: &Operation,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// When it was read.
    fn loaded_at(&self) -> Timestamp;

    /// The list after this change; `None` where it is the same.
    fn apply(&self, update: &Self::Update) -> Option<Self>;
}

/// The copy and who may read it.
pub(crate) struct SharedCache<T: Cacheable> {
    source: T::Source,
    state: Mutex<State<T>>,
    admitted: Mutex<HashMap<VaultKey, Timestamp>>,
    progress: watch::Sender<Option<usize>>,
    clock: Clock,
}

/// A load that is under way.
struct Load<T: Cacheable> {
    /// The session whose tokens it uses.
    key: VaultKey,
    began_at: Timestamp,
    /// The copy's when it began: an invalidation since then makes it outdated.
    generation: u64,
    result: Shared<BoxFuture<'static, Result<Arc<T>, T::Error>>>,
}

impl<T: Cacheable> Clone for Load<T> {
    fn clone(&self) -> Self {
        Self {
            key: self.key,
            began_at: self.began_at,
            generation: self.generation,
            result: self.result.clone(),
        }
    }
}

struct State<T: Cacheable> {
    copy: Option<Arc<T>>,
    loading: Option<Load<T>>,
    /// How the system itself failed lately, and when.
    failure: Option<(Timestamp, GateError)>,
    /// Changes made during a load, to be applied again to what it read: that may be older.
    updates: Vec<(Timestamp, T::Update)>,
    /// Grows when the copy is invalidated: a load that began in an earlier generation is not kept.
    generation: u64,
}

impl<T: Cacheable> SharedCache<T> {
    pub fn new(source: T::Source, clock: Clock) -> Self {
        Self {
            source,
            state: Mutex::new(State {
                copy: None,
                loading: None,
                failure: None,
                updates: Vec::new(),
                generation: 0,
            }),
            admitted: Mutex::default(),
            progress: watch::Sender::new(None),
            clock,
        }
    }

    /// The copy for this session, or one that is made now.
    pub async fn get(self: &Arc<Self>, operation: &Operation, refresh: bool) -> Result<Arc<T>, T::Error> {
        let wanted = if refresh { SignedDuration::ZERO } else { STALE };
        let Some(copy) = self.copy().filter(|copy| self.age(copy) < wanted) else {
            return self.load(operation, refresh).await;
        };
        self.admit(operation).await?;
        if !self.is_fresh(&copy) {
            self.renew_behind(operation);
        }
        Ok(copy)
    }

    /// The same for a page, which does not wait long: the load goes on without it.
    pub async fn get_soon(
        self: &Arc<Self>,
        operation: &Operation,
        refresh: bool,
    ) -> Result<Loading<Arc<T>>, T::Error> {
        match tokio::time::timeout(PATIENCE, self.get(operation, refresh)).await {
            Ok(copy) => copy.map(Loading::Ready),
            Err(_) => Ok(Loading::UnderWay(self.progress.borrow().unwrap_or_default())),
        }
    }

    /// How far the load is.
    pub fn progress(&self) -> LoadProgress {
        self.progress.subscribe()
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
        if state.loading.is_some() {
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

    /// Whether there is neither a copy nor a load: nothing is lost with it.
    pub fn is_idle(&self) -> bool {
        let state = self.state();
        state.copy.is_none() && state.loading.is_none()
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock()
    }

    fn age(&self, copy: &T) -> SignedDuration {
        self.clock.now().duration_since(copy.loaded_at())
    }

    /// Asks the system for little of the list, unless it has given this session some lately.
    async fn admit(&self, operation: &Operation) -> Result<(), T::Error> {
        let key = operation.principal().session_key();
        let now = self.clock.now();
        let admitted = self.admissions(now).get(&key).copied();
        if admitted.is_none() {
            T::probe(&self.source, operation).await?;
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

    /// Waits for the load that is under way, or for one that is begun now.
    async fn load(self: &Arc<Self>, operation: &Operation, refresh: bool) -> Result<Arc<T>, T::Error> {
        let asked_at = self.clock.now();
        let generation = self.state().generation;
        let own = operation.principal().session_key();
        loop {
            // A caller that asks for a new copy does not get an old failure.
            if let Some(failure) = self.recent_failure().filter(|_| !refresh) {
                return Ok(operation.in_context(Err(failure))?);
            }
            let load = self.join(operation);
            let result = load.result.await;
            // What it read may be older than the question.
            let is_outdated = load.generation < generation || (refresh && load.began_at < asked_at);
            if is_outdated {
                continue;
            }
            match result {
                Ok(copy) if load.key == own => return Ok(copy),
                Ok(copy) => {
                    self.admit(operation).await?;
                    return Ok(copy);
                }
                Err(error) if load.key == own || error.gate().is_some_and(is_of_the_system) => {
                    // In the context of this request, and not of the one that began the load.
                    return match error.gate() {
                        Some(failure) => Ok(operation.in_context(Err(failure.clone()))?),
                        None => Err(error),
                    };
                }
                // That session may not read, or has ended: this one asks with tokens of its own.
                Err(_) => {}
            }
        }
    }

    /// The load that is under way, or one that begins now with the tokens of this session.
    fn join(self: &Arc<Self>, operation: &Operation) -> Load<T> {
        let mut state = self.state();
        if let Some(load) = &state.loading {
            return load.clone();
        }
        let began_at = self.clock.now();
        let generation = state.generation;
        let (cache, owned) = (Arc::clone(self), operation.clone());
        let task = async move { cache.run(&owned, began_at, generation).await };
        let task = tokio::spawn(task.in_current_span());
        let owned = operation.clone();
        let result = async move {
            task.await.unwrap_or_else(|error| {
                let failure = GateError::Store(format!("a load ended early: {error}"));
                Ok(owned.in_context(Err(failure))?)
            })
        };
        let load = Load {
            key: operation.principal().session_key(),
            began_at,
            generation,
            result: result.boxed().shared(),
        };
        state.loading = Some(load.clone());
        self.progress.send_replace(Some(0));
        load
    }

    /// One load, from its beginning to its end.
    async fn run(
        &self,
        operation: &Operation,
        began_at: Timestamp,
        generation: u64,
    ) -> Result<Arc<T>, T::Error> {
        let mut ending = Ending {
            cache: self,
            failure: None,
        };
        match T::load(&self.source, operation, &self.clock, &self.progress).await {
            Ok(loaded) => {
                let copy = self.install(loaded, began_at, generation);
                let now = self.clock.now();
                self.admissions(now)
                    .insert(operation.principal().session_key(), now);
                Ok(copy)
            }
            Err(error) => {
                tracing::warn!(%error, "a copy of a list could not be loaded");
                ending.failure = error.gate().filter(|error| is_of_the_system(error)).cloned();
                Err(error)
            }
        }
    }

    /// Ends the load.
    fn end(&self, failure: Option<GateError>) {
        let mut state = self.state();
        state.loading = None;
        state.updates.clear();
        state.failure = failure.map(|error| (self.clock.now(), error));
        drop(state);
        self.progress.send_replace(None);
    }

    fn recent_failure(&self) -> Option<GateError> {
        let state = self.state();
        let (at, failure) = state.failure.as_ref()?;
        let is_recent = self.clock.now().duration_since(*at) < FAILURE_RETENTION;
        is_recent.then(|| failure.clone())
    }

    /// Puts a new copy in place, with the changes made while it was loading.
    fn install(&self, loaded: T, began_at: Timestamp, generation: u64) -> Arc<T> {
        let mut state = self.state();
        let updates = std::mem::take(&mut state.updates);
        let updates = updates.iter().filter(|(at, _)| *at >= began_at);
        let apply = |copy: T, (_, update): &(Timestamp, T::Update)| copy.apply(update).unwrap_or(copy);
        let copy = Arc::new(updates.fold(loaded, apply));
        if state.generation == generation {
            state.copy = Some(Arc::clone(&copy));
        }
        copy
    }

    /// Loads the copy again in the background.
    fn renew_behind(self: &Arc<Self>, operation: &Operation) {
        if self.recent_failure().is_none() {
            self.join(operation);
        }
    }
}

/// Ends a load, however its task ends.
struct Ending<'a, T: Cacheable> {
    cache: &'a SharedCache<T>,
    failure: Option<GateError>,
}

impl<T: Cacheable> Drop for Ending<'_, T> {
    fn drop(&mut self) {
        self.cache.end(self.failure.take());
    }
}

/// Whether the system itself failed, so that every session would meet the same.
fn is_of_the_system(error: &GateError) -> bool {
    let kind = error.upstream().map(protegrity::Error::kind);
    kind.is_some_and(|kind| !matches!(kind, ErrorKind::Unauthorized | ErrorKind::Forbidden))
}
