//! Where jobs are kept.

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;

use super::{FormToken, JobId, JobOwner, JobRecord, Row};
use crate::json_length::json_length;

/// The store of jobs failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store of jobs failed: {0}")]
pub struct JobStoreError(pub String);

/// What can be started once when a job is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowUp {
    /// The rows that were not done, again.
    Retry,
    /// The next step.
    NextStep,
}

/// One job in the list of its owner's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobSummary {
    /// Its id.
    pub id: JobId,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// About how many bytes it takes.
    pub size: usize,
    /// The showing of the form that started it.
    pub once: Option<FormToken>,
}

/// About how many bytes a job takes in memory: its command as it is written, and its rows.
pub(super) fn size(job: &JobRecord) -> usize {
    let command = json_length(&(&job.command, &job.report));
    let rows = job
        .rows
        .iter()
        .map(|row| size_of::<Row>() + row.name.len() + row.text.len());
    command.unwrap_or_default() + rows.sum::<usize>()
}

/// Where jobs are kept.
#[async_trait]
pub trait JobStore: Send + Sync + 'static {
    /// Puts a job, in the place of its earlier state.
    async fn put(&self, job: JobRecord) -> Result<(), JobStoreError>;

    /// Puts one row of a job, in the place of its earlier state.
    async fn put_row(&self, id: &JobId, place: usize, row: Row) -> Result<(), JobStoreError>;

    /// The job of this id.
    async fn get(&self, id: &JobId) -> Result<Option<JobRecord>, JobStoreError>;

    /// The jobs of one owner, in the order in which they were started.
    async fn of(&self, owner: &JobOwner) -> Result<Vec<JobSummary>, JobStoreError>;

    /// Marks a follow-up of a job as started, and says whether it was not before.
    async fn claim(&self, id: &JobId, follow_up: FollowUp) -> Result<bool, JobStoreError>;

    /// Removes a job.
    async fn remove(&self, id: &JobId) -> Result<(), JobStoreError>;

    /// Removes the jobs that ended before `since`.
    async fn sweep(&self, since: Timestamp) -> Result<(), JobStoreError>;
}

/// Jobs in memory, in the order in which they were started.
#[derive(Debug, Default)]
pub struct MemoryJobStore(Mutex<Vec<JobRecord>>);

#[async_trait]
impl JobStore for MemoryJobStore {
    async fn put(&self, job: JobRecord) -> Result<(), JobStoreError> {
        let mut jobs = self.0.lock();
        match jobs.iter_mut().find(|known| known.id == job.id) {
            Some(known) => *known = job,
            None => jobs.push(job),
        }
        Ok(())
    }

    async fn put_row(&self, id: &JobId, place: usize, row: Row) -> Result<(), JobStoreError> {
        let mut jobs = self.0.lock();
        let job = jobs.iter_mut().find(|job| job.id == *id);
        if let Some(known) = job.and_then(|job| job.rows.get_mut(place)) {
            *known = row;
        }
        Ok(())
    }

    async fn get(&self, id: &JobId) -> Result<Option<JobRecord>, JobStoreError> {
        Ok(self.0.lock().iter().find(|job| job.id == *id).cloned())
    }

    async fn of(&self, owner: &JobOwner) -> Result<Vec<JobSummary>, JobStoreError> {
        let jobs = self.0.lock();
        let own = jobs.iter().filter(|job| job.owner == *owner);
        let summaries = own.map(|job| JobSummary {
            id: job.id.clone(),
            finished_at: job.finished_at,
            size: size(job),
            once: job.once.clone(),
        });
        Ok(summaries.collect())
    }

    async fn claim(&self, id: &JobId, follow_up: FollowUp) -> Result<bool, JobStoreError> {
        let mut jobs = self.0.lock();
        let job = jobs.iter_mut().find(|job| job.id == *id);
        Ok(job.is_some_and(|job| {
            let is_started = match follow_up {
                FollowUp::Retry => &mut job.is_retried,
                FollowUp::NextStep => &mut job.is_continued,
            };
            !std::mem::replace(is_started, true)
        }))
    }

    async fn remove(&self, id: &JobId) -> Result<(), JobStoreError> {
        self.0.lock().retain(|job| job.id != *id);
        Ok(())
    }

    async fn sweep(&self, since: Timestamp) -> Result<(), JobStoreError> {
        self.0
            .lock()
            .retain(|job| job.finished_at.is_none_or(|at| at > since));
        Ok(())
    }
}
