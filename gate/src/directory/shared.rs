//! A copy of a list of the cluster's in memory: who may read it, how old it may be, and how it is renewed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::Directory;
use crate::{clock::Clock, error::GateError, passage::Passage, vault::VaultKey};

/// A copy younger than this is served as it is.
pub(super) const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// A copy older than this is not served at all; in between it is served and renewed behind.
const STALE: SignedDuration = SignedDuration::from_mins(10);

/// How long the cluster's consent to a session's reading counts.
const ADMISSION: SignedDuration = SignedDuration::from_secs(60);

/// A list that is kept in memory.
pub(super) trait Kept: Sized + Send + Sync + 'static {
    /// What is known of one row now.
    type Note: Send + 'static;

    /// Where this list is kept.
    fn place(directory: &Directory) -> &Shared<Self>;

    /// Reads the whole list.
    fn load(passage: &Passage, clock: &Clock) -> impl Future<Output = Result<Self, GateError>> + Send;

    /// Reads one row of it, which shows whether the cluster lets this session read.
    fn ask(passage: &Passage) -> impl Future<Output = Result<(), GateError>> + Send;

    /// When it was read.
    fn loaded_at(&self) -> Timestamp;

    /// The list in which this is so; `None` where it is so already.
    fn noting(&self, note: &Self::Note) -> Option<Self>;
}

/// The copy and who may read it.
pub(super) struct Shared<T: Kept> {
    state: Mutex<State<T>>,
    admitted: Mutex<HashMap<VaultKey, Timestamp>>,
    loading: tokio::sync::Mutex<()>,
    clock: Clock,
}

struct State<T: Kept> {
    copy: Option<Arc<T>>,
    /// What was noted lately, to be said again over a load that may have read what was before.
    notes: Vec<(Timestamp, T::Note)>,
    /// How often the copy was dropped: a load that began before that is not kept.
    drops: u64,
}

impl<T: Kept> Shared<T> {
    pub fn new(clock: Clock) -> Self {
        Self {
            state: Mutex::new(State {
                copy: None,
                notes: Vec::new(),
                drops: 0,
            }),
            admitted: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            clock,
        }
    }

    /// The copy for this session, or one that is made now.
    pub async fn get(&self, passage: &Passage, afresh: bool) -> Result<Arc<T>, GateError> {
        let wanted = if afresh { SignedDuration::ZERO } else { STALE };
        let Some(copy) = self.copy().filter(|copy| self.age(copy) < wanted) else {
            return self.load(passage).await;
        };
        self.admit(passage).await?;
        if !self.is_fresh(&copy) {
            self.renew_behind(passage);
        }
        Ok(copy)
    }

    /// The copy as it is, whoever asks: for what stays in here.
    pub fn copy(&self) -> Option<Arc<T>> {
        self.state().copy.clone()
    }

    pub fn is_fresh(&self, copy: &T) -> bool {
        self.age(copy) <= FRESH
    }

    /// Makes the copy say what is known now, and returns whether that is news.
    pub fn note(&self, note: T::Note) -> bool {
        let mut state = self.state();
        let changed = state.copy.as_ref().map(|copy| copy.noting(&note));
        let is_news = !matches!(changed, Some(None));
        if let Some(changed) = changed.flatten() {
            state.copy = Some(Arc::new(changed));
        }
        if self.loading.try_lock().is_err() {
            state.notes.push((self.clock.now(), note));
        }
        is_news
    }

    /// Drops the copy, and what is being loaded now: whoever asks next waits for a load of their own.
    pub fn forget(&self) {
        let mut state = self.state();
        state.copy = None;
        state.drops += 1;
    }

    /// Drops a copy that is too old to be served, and consents that count no longer.
    pub fn sweep(&self) {
        drop(self.admissions(self.clock.now()));
        let mut state = self.state();
        state.copy = state.copy.take().filter(|copy| self.age(copy) < STALE);
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn age(&self, copy: &T) -> SignedDuration {
        self.clock.now().duration_since(copy.loaded_at())
    }

    /// Asks the cluster for one row, unless it has given this session some lately.
    async fn admit(&self, passage: &Passage) -> Result<(), GateError> {
        let key = passage.visitor().key;
        let now = self.clock.now();
        let admitted = self.admissions(now).get(&key).copied();
        if admitted.is_none() {
            T::ask(passage).await?;
            self.admissions(now).insert(key, now);
        }
        Ok(())
    }

    /// The admissions that still count.
    fn admissions(&self, now: Timestamp) -> MutexGuard<'_, HashMap<VaultKey, Timestamp>> {
        let mut admitted = self.admitted.lock().unwrap_or_else(PoisonError::into_inner);
        admitted.retain(|_, at| now.duration_since(*at) < ADMISSION);
        admitted
    }

    /// Loads the copy, or waits for the load that is under way and then asks to be admitted.
    async fn load(&self, passage: &Passage) -> Result<Arc<T>, GateError> {
        let asked_at = self.clock.now();
        let turn = self.loading.lock().await;
        let loaded_meanwhile = self.copy().filter(|copy| copy.loaded_at() > asked_at);
        if let Some(copy) = loaded_meanwhile {
            drop(turn);
            self.admit(passage).await?;
            return Ok(copy);
        }
        let drops = self.state().drops;
        let loaded = T::load(passage, &self.clock).await?;
        let copy = self.install(loaded, asked_at, drops);
        let now = self.clock.now();
        self.admissions(now).insert(passage.visitor().key, now);
        Ok(copy)
    }

    /// Puts a fresh copy in place, with what was noted while it was loading.
    fn install(&self, loaded: T, asked_at: Timestamp, drops: u64) -> Arc<T> {
        let mut state = self.state();
        let notes = std::mem::take(&mut state.notes);
        let notes = notes.iter().filter(|(at, _)| *at >= asked_at);
        let noting = |copy: T, (_, note): &(Timestamp, T::Note)| copy.noting(note).unwrap_or(copy);
        let copy = Arc::new(notes.fold(loaded, noting));
        if state.drops == drops {
            state.copy = Some(Arc::clone(&copy));
        }
        copy
    }

    /// Loads the copy anew without anybody waiting for it.
    fn renew_behind(&self, passage: &Passage) {
        if self.loading.try_lock().is_err() {
            return;
        }
        let passage = passage.clone();
        tokio::spawn(async move {
            if let Err(error) = T::place(passage.directory()).load(&passage).await {
                tracing::warn!(%error, "a copy of a list of the cluster's could not be renewed");
            }
        });
    }
}
