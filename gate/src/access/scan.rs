//! The reading of everybody: one at a time for all who ask, counted while it goes on, kept for a while.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use protegrity::{ErrorKind, UserId};
use tokio::sync::watch;
use tracing::Instrument;

use super::{Change, Person, change::Effect};
use crate::{clock::Clock, directory::Index, error::GateError, passage::Passage, vault::VaultKey};

/// How many users are read at a time.
pub(super) const AT_ONCE: usize = 4;

/// How long whoever asks waits for the reading, so that a small cluster is shown at once.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How long a reading is served after it ended.
const SERVED: SignedDuration = SignedDuration::from_mins(10);

/// After so many failures one after the other it is not a user that cannot be read, but the cluster.
const HOPELESS: usize = 20;

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanProgress {
    /// Users who were read, or could not be.
    pub done: usize,
    /// All users.
    pub total: usize,
}

/// Where the one reading is, and what the last one brought.
pub(crate) struct Desk {
    state: Mutex<State>,
    /// `None` while nobody is being read.
    progress: watch::Sender<Option<ScanProgress>>,
    clock: Clock,
}

#[derive(Default)]
struct State {
    read: Option<Arc<Read>>,
    /// What was noted during a reading, to be said again over what it brings.
    notes: Vec<Note>,
    /// How the last reading failed, for the session whose tokens it used.
    failure: Option<(VaultKey, GateError)>,
}

/// What a reading brought.
#[derive(Clone)]
pub(super) struct Read {
    pub people: Arc<Vec<Person>>,
    pub unread: usize,
    /// When it began.
    pub as_of: Timestamp,
    ended_at: Timestamp,
}

/// What an asker gets.
pub(super) enum Reading {
    UnderWay(ScanProgress),
    Over(Arc<Read>),
}

/// What is known of people now.
enum Note {
    Is(Person),
    /// The account is open, or not.
    Enabled(UserId, bool),
    Changed(Change),
}

impl Desk {
    pub fn new(clock: Clock) -> Self {
        Self {
            state: Mutex::default(),
            progress: watch::Sender::new(None),
            clock,
        }
    }

    /// Everybody, or how far the reading is. The caller has seen to it that this session may read users.
    pub(super) async fn people(
        &self,
        passage: &Passage,
        index: &Index,
        afresh: bool,
    ) -> Result<Reading, GateError> {
        let key = passage.visitor().key;
        if !afresh && let Some(outcome) = self.outcome(key) {
            return outcome.map(Reading::Over);
        }
        let mut progress = self.progress.subscribe();
        self.begin(passage, index);
        let ended = tokio::time::timeout(PATIENCE, progress.wait_for(Option::is_none))
            .await
            .is_ok();
        if ended && let Some(outcome) = self.outcome(key) {
            return outcome.map(Reading::Over);
        }
        // Where another session's reading failed, the next look begins one of its own.
        let nothing_yet = ScanProgress {
            done: 0,
            total: index.len(),
        };
        Ok(Reading::UnderWay(self.progress.borrow().unwrap_or(nothing_yet)))
    }

    /// Everybody, if they were read lately, for a caller that may read users.
    pub(super) fn read(&self) -> Option<Arc<Read>> {
        let now = self.clock.now();
        let read = self.state().read.clone();
        read.filter(|read| now.duration_since(read.ended_at) < SERVED)
    }

    /// Tells how far the reading is; `None` when nobody is being read.
    pub fn changes(&self) -> watch::Receiver<Option<ScanProgress>> {
        self.progress.subscribe()
    }

    /// Says what a person is like now.
    pub fn note(&self, person: Person) {
        self.take_note(Note::Is(person));
    }

    /// Says that a person's account is open now, or not.
    pub fn note_enabled(&self, id: UserId, enabled: bool) {
        self.take_note(Note::Enabled(id, enabled));
    }

    /// Says that this change was made.
    pub fn note_change(&self, change: Change) {
        self.take_note(Note::Changed(change));
    }

    /// Drops what was read.
    pub fn forget(&self) {
        self.state().read = None;
    }

    /// Drops what is too old to be served.
    pub fn sweep(&self) {
        let young = self.read();
        self.state().read = young;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the last reading ended, if that is known and concerns this session. A failure is told once.
    fn outcome(&self, key: VaultKey) -> Option<Result<Arc<Read>, GateError>> {
        let failure = self.state().failure.take_if(|(failed, _)| *failed == key);
        match failure {
            Some((_, error)) => Some(Err(error)),
            None => self.read().map(Ok),
        }
    }

    fn take_note(&self, note: Note) {
        let mut state = self.state();
        if let Some(read) = &mut state.read {
            note.apply(read);
        }
        if self.progress.borrow().is_some() {
            state.notes.push(note);
        }
    }

    /// Begins a reading, unless one is under way.
    fn begin(&self, passage: &Passage, index: &Index) {
        let total = index.len();
        let begins = self.progress.send_if_modified(|progress| {
            let idle = progress.is_none();
            if idle {
                *progress = Some(ScanProgress { done: 0, total });
            }
            idle
        });
        if begins {
            let mut state = self.state();
            state.failure = None;
            state.notes.clear();
            drop(state);
            let ids = index.users().map(|user| user.id).collect();
            tokio::spawn(scan(passage.clone(), ids).in_current_span());
        }
    }

    fn step(&self) {
        self.progress
            .send_modify(|progress| progress.iter_mut().for_each(|progress| progress.done += 1));
    }

    /// Keeps what a reading brought, with what was noted meanwhile.
    fn settle(&self, key: VaultKey, begun_at: Timestamp, brought: Result<(Vec<Person>, usize), GateError>) {
        let mut state = self.state();
        let notes = std::mem::take(&mut state.notes);
        match brought {
            Ok((people, unread)) => {
                let mut read = Arc::new(Read {
                    people: Arc::new(people),
                    unread,
                    as_of: begun_at,
                    ended_at: self.clock.now(),
                });
                for note in notes {
                    note.apply(&mut read);
                }
                state.read = Some(read);
            }
            Err(error) => {
                tracing::warn!(%error, "the reading of who can do what was given up");
                state.failure = Some((key, error));
            }
        }
    }
}

impl Note {
    /// Most notes touch one person or nobody: what is shared with an answer is copied only for a change.
    fn apply(&self, read: &mut Arc<Read>) {
        match self {
            Self::Is(person) if read.people.contains(person) => {}
            Self::Is(person) => {
                let people = people_of(read);
                people.retain(|other| other.id != person.id);
                let name = person.user_name.to_lowercase();
                let at = people.partition_point(|other| other.user_name.to_lowercase() < name);
                people.insert(at, person.clone());
            }
            Self::Enabled(id, enabled) => {
                let changed = |person: &Person| person.id == *id && person.enabled != *enabled;
                if let Some(at) = read.people.iter().position(changed) {
                    people_of(read)[at].enabled = *enabled;
                }
            }
            Self::Changed(change) => {
                let effect = Effect::of(change);
                if read.people.iter().any(|person| effect.touches(person)) {
                    people_of(read).retain_mut(|person| effect.alter(person));
                }
            }
        }
    }
}

/// The people for changing them.
fn people_of(read: &mut Arc<Read>) -> &mut Vec<Person> {
    Arc::make_mut(&mut Arc::make_mut(read).people)
}

/// Says that nobody is being read any more, however the reading ends.
struct UnderWay<'a>(&'a Desk);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.progress.send_replace(None);
    }
}

/// Reads all these users with the tokens of one session.
async fn scan(passage: Passage, ids: Vec<UserId>) {
    let desk = passage.access_desk();
    let _under_way = UnderWay(desk);
    let begun_at = desk.clock.now();
    let brought = read_all(&passage, desk, ids).await;
    desk.settle(passage.visitor().key, begun_at, brought);
}

/// The people behind these ids, and how many of them could not be read.
async fn read_all(
    passage: &Passage,
    desk: &Desk,
    ids: Vec<UserId>,
) -> Result<(Vec<Person>, usize), GateError> {
    let mut people = Vec::with_capacity(ids.len());
    let (mut unread, mut in_a_row) = (0, 0);
    let reads = ids.into_iter().map(|id| read_one(passage.clone(), id));
    let mut reads = stream::iter(reads).buffered(AT_ONCE);
    while let Some(read) = reads.next().await {
        desk.step();
        match read {
            Ok(person) => {
                in_a_row = 0;
                unread += usize::from(person.is_none());
                people.extend(person);
            }
            // Deleted since the list was read.
            Err(GateError::Cluster(error)) if error.kind() == ErrorKind::NotFound => in_a_row = 0,
            Err(GateError::Cluster(error)) if in_a_row + 1 < HOPELESS => {
                tracing::debug!(%error, "a user could not be read");
                unread += 1;
                in_a_row += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok((people, unread))
}

/// One person; `None` where the cluster does not tell their roles. It is not noted anywhere: this is done
/// very many times, and the index says the same already.
pub(super) async fn read_one(passage: Passage, id: UserId) -> Result<Option<Person>, GateError> {
    let id = &id;
    let user = passage.read(|cluster| async move { cluster.user(id).await });
    Ok(Person::of(&user.await?))
}
