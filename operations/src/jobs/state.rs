//! A job while it runs: what changes, for those who watch.

use std::{collections::HashSet, sync::Arc, time::Duration};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::watch;

use super::{
    Approval, Command, Counts, Decision, FailureKind, JobId, JobOwner, JobRecord, JobReport, JobState, Row,
    RowFailure, RowOutcome, RowState,
};
use crate::{Error, text::shortened};

/// The longest outcome of a row that is kept, in characters: there are thousands of rows, and the text can quote what the
/// cluster said or what the row asked for.
const MAX_TEXT: usize = 600;

/// How often a row or a call is tried because the system asks to wait.
pub(super) const MAX_PAUSES: u32 = 20;

/// The outcome of rows that were not started.
const STOPPED: &str = "Not begun: this was stopped.";
const SESSION_ENDED: &str = "Not begun: the session, or its connection with Proofpoint, had ended.";
const INTERRUPTED: &str = "Not begun: the portal was stopped.";

/// A job, as it changes.
pub struct Job {
    id: JobId,
    owner: JobOwner,
    command: Arc<Command>,
    live: Mutex<Live>,
    changes: watch::Sender<u64>,
}

struct Live {
    record: JobRecord,
    /// The version in which each row changed last.
    changed: Vec<u64>,
    /// Grows with every change.
    version: u64,
    /// The state in which the job will end.
    end: JobState,
    /// The outcomes of the rows, each once.
    texts: HashSet<Arc<str>>,
}

impl From<JobRecord> for Job {
    fn from(record: JobRecord) -> Self {
        const FIRST: u64 = 1;
        Self {
            id: record.id.clone(),
            owner: record.owner.clone(),
            command: Arc::clone(&record.command),
            changes: watch::Sender::new(FIRST),
            live: Mutex::new(Live {
                changed: vec![FIRST; record.rows.len()],
                version: FIRST,
                end: JobState::Done,
                texts: HashSet::new(),
                record,
            }),
        }
    }
}

impl Job {
    /// Its id.
    pub fn id(&self) -> &JobId {
        &self.id
    }

    /// Who started it.
    pub fn owner(&self) -> &JobOwner {
        &self.owner
    }

    /// What it does.
    pub fn command(&self) -> &Command {
        &self.command
    }

    /// The job now.
    pub fn record(&self) -> JobRecord {
        self.live.lock().record.clone()
    }

    /// The number of rows in each state. When the job is over by it, [`Self::rows_since`] called afterwards returns the
    /// last of the changes.
    pub fn counts(&self) -> Counts {
        self.live.lock().record.counts()
    }

    /// Reports every change, with the version after it.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The version now, and the rows that changed after this one, with their places; all of them after 0.
    pub fn rows_since(&self, version: u64) -> (u64, Vec<(usize, Row)>) {
        let live = self.live.lock();
        let rows = live.changed.iter().zip(&live.record.rows).enumerate();
        let changed = rows
            .filter(|(_, (changed, _))| **changed > version)
            .map(|(place, (_, row))| (place, row.clone()));
        (live.version, changed.collect())
    }

    /// Starts no further row; those that run are finished.
    pub fn stop(&self) {
        self.change(|live| live.stop(JobState::Stopped, STOPPED));
    }

    /// The same, because the process ends.
    pub(super) fn interrupt(&self) {
        self.change(|live| live.stop(JobState::Interrupted, INTERRUPTED));
    }

    /// The result of a call, made again after each pause that the system asks for. The refusal stands where the system never
    /// has time, or the job is stopped meanwhile.
    ///
    /// # Errors
    /// Those of the call.
    pub(crate) async fn patiently<T, F>(&self, call: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        for _ in 1..MAX_PAUSES {
            let error = match call().await {
                Err(Error::Operation(error)) => error,
                result => return result,
            };
            match error.pause() {
                Some(pause) if self.wait(pause).await => {}
                _ => return Err(error.into()),
            }
        }
        call().await
    }

    /// Waits because the system asks for that, which the job says meanwhile. `false` when it was stopped.
    pub(super) async fn wait(&self, pause: Duration) -> bool {
        self.pause(true);
        let goes_on = tokio::select! {
            () = tokio::time::sleep(pause) => true,
            () = self.stopping() => false,
        };
        self.pause(false);
        goes_on
    }

    fn pause(&self, is_paused: bool) {
        self.change(|live| live.record.is_paused = is_paused && live.record.state == JobState::Running);
    }

    /// Takes back that a row was begun: the system has not carried it out, and the job was stopped meanwhile.
    pub(super) fn leave(&self, place: usize) -> Row {
        self.change(|live| {
            let reason = match live.end {
                JobState::Interrupted => INTERRUPTED,
                _ => STOPPED,
            };
            live.set(place, RowState::Stopped, RowOutcome::new(reason));
            live.record.rows[place].clone()
        })
    }

    /// Resolves when no further row is to be started.
    async fn stopping(&self) {
        let mut changes = self.changes();
        while self.live.lock().record.state == JobState::Running {
            // The sender lives as long as the job.
            let _ = changes.changed().await;
        }
    }

    /// Marks a row as running; `false` when it was stopped before.
    pub(super) fn begin(&self, place: usize) -> bool {
        self.change(|live| {
            if live.record.rows[place].state != RowState::Waiting {
                return false;
            }
            live.set(place, RowState::Running, RowOutcome::new(""));
            true
        })
    }

    /// Records the outcome of a row, and returns the row.
    pub(super) fn record_outcome(&self, place: usize, outcome: Result<RowOutcome, RowFailure>) -> Row {
        self.change(|live| {
            match outcome {
                Ok(outcome) => live.set(place, RowState::Done, outcome),
                Err(failure) => {
                    let (state, kind) = (failure.state(), failure.kind);
                    let RowFailure { text, secret, .. } = failure;
                    live.set(place, state, RowOutcome { text, secret });
                    if kind == FailureKind::EndsSession {
                        live.stop(JobState::Interrupted, SESSION_ENDED);
                    }
                }
            }
            live.record.rows[place].clone()
        })
    }

    /// The job as it ends now with this report; those who watch learn of it with [`Self::finish`].
    pub(super) fn ended(&self, now: Timestamp, report: Option<JobReport>) -> JobRecord {
        let live = self.live.lock();
        JobRecord {
            state: live.end,
            finished_at: Some(now),
            report,
            ..live.record.clone()
        }
    }

    /// Ends the job.
    pub(super) fn finish(&self, ended: JobRecord) {
        self.change(|live| live.record = ended);
    }

    /// Changes the state, and notifies those who watch.
    fn change<T>(&self, change: impl FnOnce(&mut Live) -> T) -> T {
        let mut live = self.live.lock();
        live.version += 1;
        let result = change(&mut live);
        self.changes.send_replace(live.version);
        result
    }
}

impl Live {
    fn set(&mut self, place: usize, state: RowState, outcome: RowOutcome) {
        let row = &mut self.record.rows[place];
        row.state = state;
        row.text = shared(&mut self.texts, shortened(outcome.text, MAX_TEXT));
        row.secret = outcome.secret;
        self.changed[place] = self.version;
    }

    /// Lets no waiting row start.
    fn stop(&mut self, end: JobState, reason: &str) {
        for place in 0..self.record.rows.len() {
            match self.record.rows[place].state {
                RowState::Waiting => self.set(place, RowState::Stopped, RowOutcome::new(reason)),
                // It waits for the system, which may take it or not.
                RowState::Running if self.record.is_paused => {}
                _ => continue,
            }
            self.end = end;
        }
        self.record.is_paused = false;
        if self.record.state == JobState::Running {
            self.record.state = JobState::Stopping;
        }
    }
}

/// This text, or the same one that is there already.
fn shared(texts: &mut HashSet<Arc<str>>, text: String) -> Arc<str> {
    if let Some(known) = texts.get(text.as_str()) {
        return Arc::clone(known);
    }
    let text: Arc<str> = text.into();
    texts.insert(Arc::clone(&text));
    text
}

/// The record of a request that ends with this outcome for all of its rows.
pub(super) fn ended_with(
    record: JobRecord,
    outcome: &Result<RowOutcome, RowFailure>,
    at: Timestamp,
    decision: Option<Decision>,
) -> JobRecord {
    let approval = record
        .approval
        .clone()
        .map(|approval| Approval { decision, ..approval });
    let job = Job::from(record);
    for place in 0..job.counts().total {
        job.record_outcome(place, outcome.clone());
    }
    JobRecord {
        is_continued: true,
        approval,
        ..job.ended(at, None)
    }
}

/// The record of a request that has lapsed.
pub(super) fn lapsed(record: JobRecord, now: Timestamp) -> JobRecord {
    let words = "The request has lapsed: it was not decided within a day.";
    ended_with(record, &Err(RowFailure::new(words)), now, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_the_same_outcome_share_its_words() {
        let mut texts = HashSet::new();
        let words = "The cluster said no. ".repeat(20);
        let all: Vec<_> = (0..2_000).map(|_| shared(&mut texts, words.clone())).collect();
        assert_eq!((&*all[1_999], texts.len()), (&*words, 1));
        assert!(all.iter().all(|text| Arc::ptr_eq(text, &all[0])));
    }
}
