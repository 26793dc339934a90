//! The jobs of all owners: those that run here, and the store of all.

use std::{collections::HashMap, sync::Arc};

use gate::Clock;
use jiff::Timestamp;
use parking_lot::Mutex;
use tokio_util::task::TaskTracker;

use super::{
    FollowUp, Job, JobId, JobRecord, JobSecrets, JobStore, JobSummary, Requester, record::RETENTION,
    state::lapsed,
};
use crate::{Error, StoreError};

/// How many jobs of one owner are kept.
const MAX_KEPT: usize = 20;

/// How many bytes the jobs of one owner take.
pub(super) const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The jobs that go for a new one of this size, of those of its owner, the oldest first: of those that are over, as many
/// as are too many or too large together.
pub(super) fn surplus(kept: &[JobSummary], size: usize) -> Vec<JobId> {
    let mut count = kept.len() + 1;
    let mut bytes = kept.iter().map(|job| job.size).sum::<usize>() + size;
    let mut surplus = Vec::new();
    for job in kept.iter().filter(|job| job.finished_at.is_some()) {
        if count <= MAX_KEPT && bytes <= MAX_BYTES {
            break;
        }
        count -= 1;
        bytes -= job.size;
        surplus.push(job.id.clone());
    }
    surplus
}

/// Why a job was not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// A command without rows.
    #[error("Nothing is selected.")]
    Empty,
    /// A command with more rows than it may have.
    #[error("At most {most} rows are processed in one job: these are {rows}.")]
    TooMany {
        /// How many rows the command has.
        rows: usize,
        /// How many it may have.
        most: usize,
    },
    /// The owner has [`Jobs::MAX_RUNNING`] jobs that run.
    #[error("{most} of your jobs are still running.", most = Jobs::MAX_RUNNING)]
    Busy,
    /// There is no such job, or it is another owner's.
    #[error("This job is not available.")]
    NotFound,
    /// The process ends.
    #[error("The portal is being stopped.")]
    Stopping,
    /// Only a job that is over can be followed by another.
    #[error("This job is still running.")]
    StillRunning,
    /// Every row was done, or the follow-up was started already.
    #[error("Nothing of this job is left to be done.")]
    NothingLeft,
    /// The operation was begun for another action than the command's.
    #[error("This job does something else.")]
    OtherAction,
}

impl From<JobError> for Error {
    fn from(error: JobError) -> Self {
        let detail = match error {
            JobError::Empty | JobError::TooMany { .. } => return Self::at("users", error.to_string()),
            JobError::NotFound => {
                let title = format!("{error} Jobs are kept for an hour, for the person who started them.");
                return Self::NotFound(title);
            }
            JobError::Busy => "Wait until one of them has finished, or stop it.",
            JobError::Stopping => "Nothing was started. Try again when the portal is back.",
            JobError::StillRunning => "Wait until it has finished, or stop it.",
            JobError::NothingLeft => "Every row is done, or another job was started for the rest.",
            JobError::OtherAction => "Reload the page and try again.",
        };
        Self::refused(error.to_string(), detail)
    }
}

/// The jobs of all owners. Cheap to clone.
#[derive(Clone)]
pub struct Jobs(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub clock: Clock,
    pub store: Arc<dyn JobStore>,
    pub secrets: Arc<dyn JobSecrets>,
    /// The jobs that run in this process.
    pub running: Mutex<HashMap<JobId, Arc<Job>>>,
    /// The tasks of the jobs that run here; closed when the process ends.
    pub under_way: TaskTracker,
    /// Held while a job is started: two requests do not take the same last place.
    pub starting: tokio::sync::Mutex<()>,
}

impl Jobs {
    /// How many rows of one job run at a time.
    pub const AT_ONCE: usize = 4;

    /// How many rows a job has at most. [`Command::max_rows`](super::Command::max_rows) knows the one exception.
    pub const MAX_ROWS: usize = 2000;

    /// How many jobs of one owner run at a time.
    pub const MAX_RUNNING: usize = 2;

    /// Jobs that are kept in this store, and their passwords in that one.
    pub fn new(clock: Clock, store: Arc<dyn JobStore>, secrets: Arc<dyn JobSecrets>) -> Self {
        Self(Arc::new(Inner {
            clock,
            store,
            secrets,
            running: Mutex::default(),
            under_way: TaskTracker::new(),
            starting: tokio::sync::Mutex::default(),
        }))
    }

    /// Starts no job and no row any more, because the process ends. What was not begun is interrupted, which the job's
    /// page says.
    pub async fn interrupt(&self) {
        // A job that is being started is either here or refused.
        let _starting = self.0.starting.lock().await;
        self.0.under_way.close();
        for job in self.0.running.lock().values() {
            job.interrupt();
        }
    }

    /// Waits for the rows that run, after [`Self::interrupt`].
    pub async fn settled(&self) {
        self.0.under_way.wait().await;
    }

    /// Drops what is older than it is kept.
    pub async fn sweep(&self) {
        let now = self.0.clock.now();
        let swept = async {
            for request in self.0.store.awaiting().await? {
                let is_lapsed = request
                    .approval
                    .as_ref()
                    .is_some_and(|approval| approval.is_lapsed(now));
                if is_lapsed && self.0.store.claim(&request.id, FollowUp::NextStep).await? {
                    self.0.store.put(lapsed(request, now)).await?;
                }
            }
            self.0.secrets.sweep(now).await?;
            self.0.store.sweep(now - RETENTION).await
        };
        if let Err(error) = swept.await {
            tracing::error!(%error, "old jobs could not be removed");
        }
    }

    /// The job of this id, while it runs here or as it is stored.
    pub(super) async fn get(&self, id: &JobId) -> Result<Option<Arc<Job>>, StoreError> {
        if let Some(job) = self.0.running.lock().get(id) {
            return Ok(Some(Arc::clone(job)));
        }
        let stored = self.0.store.get(id).await?;
        let kept = stored.filter(|job: &JobRecord| self.is_kept(job.finished_at));
        Ok(kept.map(|job| Arc::new(Job::from(job))))
    }

    /// The jobs that wait for an approval that can still be given, the newest first.
    pub async fn awaiting(&self) -> Result<Vec<JobRecord>, StoreError> {
        let now = self.0.clock.now();
        let mut all = self.0.store.awaiting().await?;
        all.retain(|job| job.open_approval(now).is_some());
        all.reverse();
        Ok(all)
    }

    /// How many of them others than this person made.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count_awaiting(&self, person: &Requester) -> Result<usize, StoreError> {
        let now = self.0.clock.now();
        self.0.store.count_awaiting(person, now).await
    }

    pub(super) fn is_kept(&self, finished_at: Option<Timestamp>) -> bool {
        let since = self.0.clock.now() - RETENTION;
        finished_at.is_none_or(|at| at > since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::JobState;

    fn job(id: &str, is_over: bool, size: usize) -> JobSummary {
        JobSummary {
            id: id.into(),
            state: if is_over {
                JobState::Done
            } else {
                JobState::Running
            },
            finished_at: is_over.then_some(Timestamp::UNIX_EPOCH),
            size,
            once: None,
        }
    }

    fn check(kept: &[JobSummary], size: usize, expected: &[&str]) {
        let surplus = surplus(kept, size);
        assert_eq!(surplus.iter().map(JobId::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_oldest_jobs_that_are_over_go_for_a_new_one() {
        check(&[], MAX_BYTES, &[]);
        let mut small: Vec<_> = (0..MAX_KEPT - 1)
            .map(|number| job(&number.to_string(), number != 0, 1))
            .collect();
        check(&small, 1, &[]);
        small.push(job("last", true, 1));
        check(&small, 1, &["1"]);
        let half = MAX_BYTES / 2;
        let large = [
            job("a", true, half),
            job("b", false, half),
            job("c", true, half),
            job("d", true, 1),
        ];
        check(&large, 10, &["a", "c"]);
    }
}
