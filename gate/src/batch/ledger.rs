//! One batch: its rows, what became of each, and the run through them.

use std::{
    future::ready,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    BatchError, BatchId, Batches, Follow, Owner, Phase, Plan, PlannedRow, Progress, RowFailure, RowReport,
    RowState, Tally, Work,
};
use crate::{action::Action, clock::Clock, passage::Passage};

/// What is said of a row whose work panicked. What it has done by then is not known.
const PANICKED: &str = "The portal failed at this row. Look at it before you try again.";

/// What is said of rows whose turn did not come.
const STOPPED: &str = "Not begun: this was stopped.";
const ENDED: &str = "Not begun: the session had ended.";

/// Work on many things at once, and what became of each so far.
pub struct Batch {
    id: BatchId,
    pub(super) owner: Owner,
    action: Action,
    title: String,
    noun: (&'static str, &'static str),
    note: Option<String>,
    ledger: Mutex<Ledger>,
    changes: watch::Sender<u64>,
}

struct Ledger {
    rows: Vec<Row>,
    phase: Phase,
    /// Grows with every change.
    version: u64,
    /// `None` when nothing is left to be tried.
    work: Option<Work>,
    /// `None` when nothing follows, or it was begun.
    follow: Option<Follow>,
    finished_at: Option<Timestamp>,
}

struct Row {
    report: RowReport,
    /// Its place in the plan that the work was made for.
    place: usize,
    /// The version in which it changed last.
    changed: u64,
}

impl Batch {
    pub(super) fn planned(id: BatchId, owner: Owner, action: Action, plan: Plan) -> Self {
        let Plan {
            title,
            noun,
            rows,
            work,
            note,
            follow,
        } = plan;
        let rows = rows.into_iter().enumerate();
        let rows = rows.map(|(place, row)| Row::waiting(place, row)).collect();
        Self {
            id,
            owner,
            action,
            title,
            noun,
            note,
            ledger: Mutex::new(Ledger::of(rows, work, follow)),
            changes: watch::Sender::new(Ledger::FIRST),
        }
    }

    /// The rows of this batch that were not done as a new batch, which takes the work over.
    pub(super) fn rest(&self, id: BatchId) -> Result<Self, BatchError> {
        let (rows, work, follow) = self.change(|ledger| {
            if ledger.phase != Phase::Finished {
                return Err(BatchError::StillRunning);
            }
            let work = ledger.work.take().ok_or(BatchError::NothingLeft)?;
            let left = ledger.rows.iter().filter(|row| row.is_left());
            Ok((left.map(Row::again).collect(), work, ledger.follow.clone()))
        })?;
        Ok(Self {
            id,
            owner: self.owner.clone(),
            action: self.action,
            title: self.title.clone(),
            noun: self.noun,
            note: self.note.clone(),
            ledger: Mutex::new(Ledger::of(rows, work, follow)),
            changes: watch::Sender::new(Ledger::FIRST),
        })
    }

    /// Its name in addresses.
    pub fn id(&self) -> &BatchId {
        &self.id
    }

    /// What it is, as a heading.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What a row is, one and many.
    pub fn noun(&self) -> (&'static str, &'static str) {
        self.noun
    }

    /// What else to say beside the rows.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// What the person is doing to the rows, for which the passage was opened.
    pub fn action(&self) -> Action {
        self.action
    }

    /// How far everything is.
    pub fn snapshot(&self) -> Progress {
        let ledger = self.ledger();
        let Tally {
            done,
            failed,
            stopped,
            total,
            phase,
        } = ledger.tally();
        Progress {
            rows: ledger.rows.iter().map(|row| row.report.clone()).collect(),
            done,
            failed,
            stopped,
            total,
            phase,
            version: ledger.version,
        }
    }

    /// How many rows are how far. When this says that the batch has finished, [`Self::rows_since`] asked
    /// afterwards gives the last of the changes.
    pub fn tally(&self) -> Tally {
        self.ledger().tally()
    }

    /// Tells of every change, with the version after it.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The rows that changed after this version, with their places, and the version now. All of them after 0.
    pub fn rows_since(&self, version: u64) -> (u64, Vec<(usize, RowReport)>) {
        let ledger = self.ledger();
        let rows = ledger.rows.iter().enumerate();
        let changed = rows.filter(|(_, row)| row.changed > version);
        let changed = changed.map(|(place, row)| (place, row.report.clone())).collect();
        (ledger.version, changed)
    }

    /// Begins no other row. Those under way are finished.
    pub fn stop(&self) {
        self.change(|ledger| ledger.stop(STOPPED));
    }

    /// Whether it has finished with rows that were not done, and that nobody has tried again yet.
    pub fn can_retry(&self) -> bool {
        let ledger = self.ledger();
        ledger.phase == Phase::Finished && ledger.work.is_some()
    }

    /// The label of what can be done next: nothing before it has finished with rows that were done.
    pub fn follow_up(&self) -> Option<String> {
        let ledger = self.ledger();
        let follow = ledger.follow.as_ref()?;
        (ledger.phase == Phase::Finished && ledger.tally().done > 0).then(|| follow.label.clone())
    }

    /// The plan of what follows, which is begun once.
    pub(super) fn take_follow(&self) -> Result<Plan, BatchError> {
        let (follow, places) = self.change(|ledger| {
            if ledger.phase != Phase::Finished {
                return Err(BatchError::StillRunning);
            }
            let done = ledger
                .rows
                .iter()
                .filter(|row| row.report.state == RowState::Done);
            let places: Vec<usize> = done.map(|row| row.place).collect();
            let follow = ledger.follow.take().filter(|_| !places.is_empty());
            Ok((follow.ok_or(BatchError::NothingLeft)?, places))
        })?;
        Ok((follow.plan)(&places))
    }

    pub(super) fn finished_at(&self) -> Option<Timestamp> {
        self.ledger().finished_at
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the ledger, and tells those who watch.
    fn change<T>(&self, change: impl FnOnce(&mut Ledger) -> T) -> T {
        let mut ledger = self.ledger();
        ledger.version += 1;
        let result = change(&mut ledger);
        self.changes.send_replace(ledger.version);
        result
    }
}

/// Runs through the rows in their order.
pub(super) async fn run(batch: Arc<Batch>, passage: Passage, clock: Clock) {
    let (rows, work) = {
        let ledger = batch.ledger();
        (ledger.rows.len(), ledger.work.clone())
    };
    if let Some(work) = work {
        let begin = |row| run_row(Arc::clone(&batch), passage.clone(), Arc::clone(&work), row);
        let runs = stream::iter(0..rows).map(begin).buffered(Batches::AT_ONCE);
        runs.for_each(ready).await;
    }
    batch.change(|ledger| ledger.finish(clock.now()));
}

/// Does one row, unless the batch was stopped before its turn came.
async fn run_row(batch: Arc<Batch>, passage: Passage, work: Work, row: usize) {
    let Some(place) = batch.change(|ledger| ledger.begin(row)) else {
        return;
    };
    let doing = AssertUnwindSafe(async move { work(passage, place).await });
    let outcome = doing.catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(action = ?batch.action, row, "the work of a batch panicked");
        Err(RowFailure {
            words: PANICKED.to_owned(),
            ends: false,
        })
    });
    batch.change(|ledger| ledger.record(row, outcome));
}

impl Ledger {
    /// The version of a ledger in which nothing has changed.
    const FIRST: u64 = 1;

    fn of(rows: Vec<Row>, work: Work, follow: Option<Follow>) -> Self {
        Self {
            rows,
            phase: Phase::Running,
            version: Self::FIRST,
            work: Some(work),
            follow,
            finished_at: None,
        }
    }

    /// Marks a row as under way, and returns its place in the plan; `None` when its turn has passed.
    fn begin(&mut self, row: usize) -> Option<usize> {
        let row = &mut self.rows[row];
        if row.report.state != RowState::Waiting {
            return None;
        }
        row.now(self.version, RowState::Running, String::new());
        Some(row.place)
    }

    fn record(&mut self, row: usize, outcome: Result<String, RowFailure>) {
        let row = &mut self.rows[row];
        match outcome {
            Ok(words) => row.now(self.version, RowState::Done, words),
            Err(RowFailure { words, ends }) => {
                row.now(self.version, RowState::Failed, words);
                if ends {
                    self.stop(ENDED);
                }
            }
        }
    }

    /// Lets no waiting row begin.
    fn stop(&mut self, why: &str) {
        let waiting = self.rows.iter_mut();
        for row in waiting.filter(|row| row.report.state == RowState::Waiting) {
            row.now(self.version, RowState::Stopped, why.to_owned());
        }
        if self.phase == Phase::Running {
            self.phase = Phase::Stopping;
        }
    }

    fn finish(&mut self, now: Timestamp) {
        self.phase = Phase::Finished;
        self.finished_at = Some(now);
        // What is only judged, before the real thing, is judged the same however often it is tried.
        if self.follow.is_some() || !self.rows.iter().any(Row::is_left) {
            self.work = None;
        }
    }

    fn tally(&self) -> Tally {
        let count = |state| self.rows.iter().filter(|row| row.report.state == state).count();
        Tally {
            done: count(RowState::Done),
            failed: count(RowState::Failed),
            stopped: count(RowState::Stopped),
            total: self.rows.len(),
            phase: self.phase,
        }
    }
}

impl Row {
    fn waiting(place: usize, PlannedRow { name, link }: PlannedRow) -> Self {
        Self {
            report: RowReport {
                name,
                link,
                state: RowState::Waiting,
                words: String::new(),
            },
            place,
            changed: Ledger::FIRST,
        }
    }

    /// The same row before anything was tried.
    fn again(&self) -> Self {
        let RowReport { name, link, .. } = self.report.clone();
        Self::waiting(self.place, PlannedRow { name, link })
    }

    fn is_left(&self) -> bool {
        matches!(self.report.state, RowState::Failed | RowState::Stopped)
    }

    fn now(&mut self, version: u64, state: RowState, words: String) {
        self.report.state = state;
        self.report.words = words;
        self.changed = version;
    }
}
