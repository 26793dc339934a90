//! The scan: every user read one by one, once for all sessions, with its progress; the result is kept for minutes.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use gate::{Clock, Operation, OperationError, VaultKey};
use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use protegrity::{ErrorKind, UserId};
use tokio::sync::watch;
use tracing::Instrument;

use super::{Change, Person, change::PreparedChange};
use crate::directory::{Directory, Index};

/// How many users are read at a time.
pub(super) const AT_ONCE: usize = 4;

/// How long a request waits for the scan, so that a small cluster is answered at once.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// How long a scan is served after it ended.
const RETENTION: SignedDuration = SignedDuration::from_mins(10);

/// How many users who were created after a scan are read for a page.
const MAX_READ_LATER: usize = 50;

/// After this many failures in a row the cause is the cluster and not a user.
const MAX_CONSECUTIVE_FAILURES: usize = 20;

/// The progress of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanProgress {
    /// Users who were read, or could not be.
    pub done: usize,
    /// All users.
    pub total: usize,
}

/// Reads every user at intervals, once for all sessions that may read users.
pub struct AccessScanner {
    directory: Arc<Directory>,
    scans: Arc<Scans>,
}

/// The scan under way and the result of the last one.
struct Scans {
    state: Mutex<State>,
    /// `None` while no scan is under way.
    progress: watch::Sender<Option<ScanProgress>>,
    clock: Clock,
}

#[derive(Default)]
struct State {
    scan: Option<Arc<Scan>>,
    /// Changes made during a scan, to be applied again to its result: that may be older.
    updates: Vec<Update>,
    /// How the last scan failed, for the session whose tokens it used.
    failure: Option<(VaultKey, OperationError)>,
}

/// The result of a scan.
#[derive(Clone)]
pub(super) struct Scan {
    pub people: Arc<Vec<Person>>,
    /// The users who could not be read, or whose roles the cluster does not give.
    pub unreadable: Arc<HashSet<UserId>>,
    /// When it began.
    pub as_of: Timestamp,
    ended_at: Timestamp,
}

/// The answer to a request for a scan.
pub(super) enum ScanState {
    UnderWay(ScanProgress),
    Over(Arc<Scan>),
}

/// A change of people.
enum Update {
    Is(Person),
    /// The person could not be read.
    Unreadable(UserId),
    /// The account is open, or not.
    Enabled(UserId, bool),
    Changed(Change),
}

impl Scan {
    /// The people whom the list has.
    pub fn listed(&self, index: &Index) -> Arc<Vec<Person>> {
        let is_listed = |person: &&Person| index.has(&person.id);
        if self.people.iter().all(|person| is_listed(&person)) {
            return Arc::clone(&self.people);
        }
        Arc::new(self.people.iter().filter(is_listed).cloned().collect())
    }

    /// The users of the list whom nobody has tried to read.
    fn missing(&self, index: &Index) -> Vec<UserId> {
        if self.people.len() + self.unreadable.len() == index.len()
            && self.people.iter().all(|person| index.has(&person.id))
        {
            return Vec::new();
        }
        let known: HashSet<_> = self.people.iter().map(|person| &person.id).collect();
        let is_missing = |id: &UserId| !known.contains(id) && !self.unreadable.contains(id);
        index.ids().filter(is_missing).collect()
    }
}

impl AccessScanner {
    pub(crate) fn new(clock: Clock, directory: Arc<Directory>) -> Self {
        let scans = Scans {
            state: Mutex::default(),
            progress: watch::Sender::new(None),
            clock,
        };
        Self {
            directory,
            scans: Arc::new(scans),
        }
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Every person, or the progress of the scan. The caller has made sure that this session may read users.
    pub(super) async fn people(
        &self,
        operation: &Operation,
        index: &Index,
        refresh: bool,
    ) -> Result<ScanState, OperationError> {
        let key = operation.principal().session_key();
        if !refresh && let Some(outcome) = self.scans.outcome(key) {
            return outcome.map(ScanState::Over);
        }
        let mut progress = self.progress();
        self.scans.begin(operation, index);
        let ended = tokio::time::timeout(TIMEOUT, progress.wait_for(Option::is_none))
            .await
            .is_ok();
        if ended && let Some(outcome) = self.scans.outcome(key) {
            return outcome.map(ScanState::Over);
        }
        // Where another session's scan failed, the next request begins one of its own.
        let not_begun = ScanProgress {
            done: 0,
            total: index.len(),
        };
        let now = *self.scans.progress.borrow();
        Ok(ScanState::UnderWay(now.unwrap_or(not_begun)))
    }

    /// The scan with the users who were created since, where they are few, and the list without those whom the cluster
    /// no longer has: both then count the same users.
    pub(super) async fn completed(
        &self,
        operation: &Operation,
        index: Arc<Index>,
        scan: Arc<Scan>,
    ) -> (Arc<Index>, Arc<Scan>) {
        let missing = scan.missing(&index);
        if missing.is_empty() || missing.len() > MAX_READ_LATER {
            return (index, scan);
        }
        let reads = missing
            .into_iter()
            .map(|id| async move { (id.clone(), read_one(operation.clone(), id).await) });
        let mut reads = stream::iter(reads).buffer_unordered(AT_ONCE);
        while let Some((id, read)) = reads.next().await {
            match read {
                Ok(Some(person)) => self.scans.apply(Update::Is(person)),
                Err(error) if error.kind() == Some(ErrorKind::NotFound) => self.directory.remove_user(&id),
                Ok(None) | Err(_) => self.scans.apply(Update::Unreadable(id)),
            }
        }
        let listed = self.directory.index(operation, false).await;
        (listed.unwrap_or(index), self.scans.recent().unwrap_or(scan))
    }

    /// The last scan, if it is recent, for a caller that may read users.
    pub(super) fn recent_scan(&self) -> Option<Arc<Scan>> {
        self.scans.recent()
    }

    /// The progress of the scan as it changes; `None` when none is under way.
    pub fn progress(&self) -> watch::Receiver<Option<ScanProgress>> {
        self.scans.progress.subscribe()
    }

    /// Makes the scan agree with this person.
    pub(crate) fn apply_person(&self, person: Person) {
        self.scans.apply(Update::Is(person));
    }

    /// Makes the scan agree that this account is open, or not.
    pub(crate) fn apply_enabled(&self, id: UserId, enabled: bool) {
        self.scans.apply(Update::Enabled(id, enabled));
    }

    /// Makes the scan agree with a change that was made.
    pub(crate) fn apply_change(&self, change: Change) {
        self.scans.apply(Update::Changed(change));
    }

    /// Drops the result of the last scan.
    pub(crate) fn invalidate(&self) {
        self.scans.state().scan = None;
    }

    /// Drops a result that is too old to be served.
    pub(crate) fn sweep(&self) {
        let recent = self.scans.recent();
        self.scans.state().scan = recent;
    }
}

impl Scans {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    fn recent(&self) -> Option<Arc<Scan>> {
        let now = self.clock.now();
        let scan = self.state().scan.clone();
        scan.filter(|scan| now.duration_since(scan.ended_at) < RETENTION)
    }

    /// How the last scan ended, if that is known and concerns this session. A failure is reported once.
    fn outcome(&self, key: VaultKey) -> Option<Result<Arc<Scan>, OperationError>> {
        let failure = self.state().failure.take_if(|(failed, _)| *failed == key);
        match failure {
            Some((_, error)) => Some(Err(error)),
            None => self.recent().map(Ok),
        }
    }

    fn apply(&self, update: Update) {
        let mut state = self.state();
        if let Some(scan) = &mut state.scan {
            update.apply(scan);
        }
        if self.progress.borrow().is_some() {
            state.updates.push(update);
        }
    }

    /// Begins a scan, unless one is under way.
    fn begin(self: &Arc<Self>, operation: &Operation, index: &Index) {
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
            state.updates.clear();
            drop(state);
            let ids = index.users().map(|user| user.id).collect();
            tokio::spawn(scan(Arc::clone(self), operation.clone(), ids).in_current_span());
        }
    }

    fn step(&self) {
        self.progress
            .send_modify(|progress| progress.iter_mut().for_each(|progress| progress.done += 1));
    }

    /// Keeps the result of a scan, with the changes made meanwhile.
    fn finish(
        &self,
        key: VaultKey,
        begun_at: Timestamp,
        result: Result<(Vec<Person>, HashSet<UserId>), OperationError>,
    ) {
        let mut state = self.state();
        let updates = std::mem::take(&mut state.updates);
        match result {
            Ok((people, unreadable)) => {
                let mut scan = Arc::new(Scan {
                    people: Arc::new(people),
                    unreadable: Arc::new(unreadable),
                    as_of: begun_at,
                    ended_at: self.clock.now(),
                });
                for update in updates {
                    update.apply(&mut scan);
                }
                state.scan = Some(scan);
            }
            Err(error) => {
                tracing::warn!(%error, "the access scan was given up");
                state.failure = Some((key, error));
            }
        }
    }
}

impl Update {
    /// Most updates affect one person or none: people that a review shares are copied only for a change.
    fn apply(&self, scan: &mut Arc<Scan>) {
        match self {
            Self::Is(person) if scan.people.contains(person) => {}
            Self::Is(person) => {
                let people = people_of(scan);
                people.retain(|other| other.id != person.id);
                let name = person.user_name.to_lowercase();
                let at = people.partition_point(|other| other.user_name.to_lowercase() < name);
                people.insert(at, person.clone());
                if scan.unreadable.contains(&person.id) {
                    let scan = Arc::make_mut(scan);
                    Arc::make_mut(&mut scan.unreadable).remove(&person.id);
                }
            }
            Self::Unreadable(id) => {
                let scan = Arc::make_mut(scan);
                Arc::make_mut(&mut scan.unreadable).insert(id.clone());
            }
            Self::Enabled(id, enabled) => {
                let changed = |person: &Person| person.id == *id && person.enabled != *enabled;
                if let Some(at) = scan.people.iter().position(changed) {
                    people_of(scan)[at].enabled = *enabled;
                }
            }
            Self::Changed(change) => {
                let prepared = PreparedChange::new(change);
                if scan.people.iter().any(|person| prepared.affects(person)) {
                    people_of(scan).retain_mut(|person| prepared.apply(person));
                }
            }
        }
    }
}

/// The people of a scan, to change them.
fn people_of(scan: &mut Arc<Scan>) -> &mut Vec<Person> {
    Arc::make_mut(&mut Arc::make_mut(scan).people)
}

/// Ends the progress, however the scan ends.
struct UnderWay<'a>(&'a Scans);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.progress.send_replace(None);
    }
}

/// Reads all these users with the tokens of one session.
async fn scan(scans: Arc<Scans>, operation: Operation, ids: Vec<UserId>) {
    let _under_way = UnderWay(&scans);
    let begun_at = scans.clock.now();
    let result = read_all(&operation, &scans, ids).await;
    scans.finish(operation.principal().session_key(), begun_at, result);
}

/// The people behind these ids, and those who could not be read.
async fn read_all(
    operation: &Operation,
    scans: &Scans,
    ids: Vec<UserId>,
) -> Result<(Vec<Person>, HashSet<UserId>), OperationError> {
    let mut people = Vec::with_capacity(ids.len());
    let (mut unreadable, mut in_a_row) = (HashSet::new(), 0);
    let reads = ids
        .into_iter()
        .map(|id| async { (id.clone(), read_one(operation.clone(), id).await) });
    let mut reads = stream::iter(reads).buffered(AT_ONCE);
    while let Some((id, read)) = reads.next().await {
        scans.step();
        match read {
            Ok(person) => {
                in_a_row = 0;
                if person.is_none() {
                    unreadable.insert(id);
                }
                people.extend(person);
            }
            // Deleted since the list was read.
            Err(error) if error.kind() == Some(ErrorKind::NotFound) => in_a_row = 0,
            Err(error) if error.kind().is_some() && in_a_row + 1 < MAX_CONSECUTIVE_FAILURES => {
                tracing::debug!(%error, "a user could not be read");
                unreadable.insert(id);
                in_a_row += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok((people, unreadable))
}

/// One person; `None` where the cluster does not give their roles. The caches are not updated: this is done
/// very many times, and the index agrees already.
pub(super) async fn read_one(operation: Operation, id: UserId) -> Result<Option<Person>, OperationError> {
    let id = &id;
    let user = operation.read(|cluster| async move { cluster.user(id).await });
    Ok(Person::of(&user.await?))
}
