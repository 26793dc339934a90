//! Where jobs are kept.

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;

use super::{FormToken, JobId, JobOwner, JobRecord, JobState, Requester, Row};
use crate::{StoreError, json_length::json_length};

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
    /// Its progress.
    pub state: JobState,
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
    async fn put(&self, job: JobRecord) -> Result<(), StoreError>;

    /// Puts one row of a job, in the place of its earlier state.
    async fn put_row(&self, id: &JobId, place: usize, row: Row) -> Result<(), StoreError>;

    /// The job of this id.
    async fn get(&self, id: &JobId) -> Result<Option<JobRecord>, StoreError>;

    /// The jobs of one owner, in the order in which they were started.
    async fn of(&self, owner: &JobOwner) -> Result<Vec<JobSummary>, StoreError>;

    /// The jobs of all owners that wait for an approval, in the order in which they were started.
    async fn awaiting(&self) -> Result<Vec<JobRecord>, StoreError>;

    /// How many requests can be decided at this time that others than this person made.
    async fn count_awaiting(&self, person: &Requester, now: Timestamp) -> Result<usize, StoreError>;

    /// Marks a follow-up of a job as started, and says whether it was not before.
    async fn claim(&self, id: &JobId, follow_up: FollowUp) -> Result<bool, StoreError>;

    /// Removes a job.
    async fn remove(&self, id: &JobId) -> Result<(), StoreError>;

    /// Removes the jobs that ended before `since`.
    async fn sweep(&self, since: Timestamp) -> Result<(), StoreError>;
}

/// Jobs in memory, in the order in which they were started.
#[derive(Debug, Default)]
pub struct MemoryJobStore(Mutex<Vec<JobRecord>>);

#[async_trait]
impl JobStore for MemoryJobStore {
    async fn put(&self, job: JobRecord) -> Result<(), StoreError> {
        let mut jobs = self.0.lock();
        match jobs.iter_mut().find(|known| known.id == job.id) {
            Some(known) => *known = job,
            None => jobs.push(job),
        }
        Ok(())
    }

    async fn put_row(&self, id: &JobId, place: usize, row: Row) -> Result<(), StoreError> {
        let mut jobs = self.0.lock();
        let job = jobs.iter_mut().find(|job| job.id == *id);
        if let Some(known) = job.and_then(|job| job.rows.get_mut(place)) {
            *known = row;
        }
        Ok(())
    }

    async fn get(&self, id: &JobId) -> Result<Option<JobRecord>, StoreError> {
        Ok(self.0.lock().iter().find(|job| job.id == *id).cloned())
    }

    async fn of(&self, owner: &JobOwner) -> Result<Vec<JobSummary>, StoreError> {
        let jobs = self.0.lock();
        let own = jobs.iter().filter(|job| job.owner == *owner);
        let summaries = own.map(|job| JobSummary {
            id: job.id.clone(),
            state: job.state,
            finished_at: job.finished_at,
            size: size(job),
            once: job.once.clone(),
        });
        Ok(summaries.collect())
    }

    async fn awaiting(&self) -> Result<Vec<JobRecord>, StoreError> {
        let jobs = self.0.lock();
        let awaiting = jobs.iter().filter(|job| job.state == JobState::AwaitingApproval);
        Ok(awaiting.cloned().collect())
    }

    async fn count_awaiting(&self, person: &Requester, now: Timestamp) -> Result<usize, StoreError> {
        let jobs = self.0.lock();
        let of_others = jobs.iter().filter(|job| {
            let open = job.open_approval(now);
            open.is_some_and(|approval| !approval.requested_by.may_be(person))
        });
        Ok(of_others.count())
    }

    async fn claim(&self, id: &JobId, follow_up: FollowUp) -> Result<bool, StoreError> {
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

    async fn remove(&self, id: &JobId) -> Result<(), StoreError> {
        self.0.lock().retain(|job| job.id != *id);
        Ok(())
    }

    async fn sweep(&self, since: Timestamp) -> Result<(), StoreError> {
        self.0
            .lock()
            .retain(|job| job.finished_at.is_none_or(|at| at > since));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use protegrity::UserId;
    use serde_json::json;

    use super::*;
    use crate::{
        jobs::{Command, registry::MAX_BYTES},
        policy::file::ImportPolicy,
    };

    /// A person who imports policies needs the plan and the import at once: neither may push out the other.
    #[test]
    fn a_policy_file_of_the_most_steps_is_kept_as_its_plan_and_as_its_import() {
        let name = |kind: &str, number: usize| format!("{kind}_{number:0>50}");
        let all = json!(["protect", "reProtect", "unProtect"]);
        let steps = (0..ImportPolicy::MAX_STEPS).map(|number| {
            let rule = json!({
                "role": name("R", number % 60), "dataElement": name("D", number), "access": all,
                "audit": {"success": all, "failed": all}, "noAccessOperation": "PROTECTED_VALUE", "mask": name("M", 1),
            });
            json!({
                "step": {"Rule": {"policy": name("P", 1), "rule": rule}},
                "plan": {"Create": "Would be added: protect, reProtect, unProtect permitted."},
            })
        });
        let plan = json!({"ImportPolicy": {"steps": steps.collect::<Vec<_>>(), "dry_run": true}});
        let plan: Command = serde_json::from_value(plan).expect("a command");
        let places: Vec<_> = (0..ImportPolicy::MAX_STEPS).collect();
        let import = plan.next(&places).expect("the import").command;
        let bytes = [plan, import].map(|command| {
            let owner = JobOwner::Id(UserId::from("1"));
            let mut job = JobRecord::new(owner, command, Timestamp::UNIX_EPOCH);
            assert_eq!(job.rows.len(), ImportPolicy::MAX_STEPS);
            for row in &mut job.rows {
                row.text = "Would be added: protect, reProtect, unProtect permitted.".into();
            }
            size(&job)
        });
        assert!(bytes.iter().sum::<usize>() < MAX_BYTES, "{bytes:?}");
    }
}
