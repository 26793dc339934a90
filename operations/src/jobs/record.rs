//! A job as it is stored: its command, its owner, and the outcome of each row.

use std::{fmt, sync::Arc};

use gate::Principal;
use jiff::Timestamp;
use protegrity::UserId;
use serde::{Deserialize, Serialize};

use super::{Approval, Command, NextStep, Row, RowState, registry::RETENTION};
use crate::{
    deployments::DeploymentReport,
    entra::{DryRun, Report},
    policy::RulesReport,
};

/// 128 random bits as 32 characters that can stand in an address.
pub(super) fn random_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Names a job.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JobId(String);

impl JobId {
    pub(super) fn random() -> Self {
        Self(random_id())
    }

    /// As it stands in an address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names one showing of a form that starts a job: sent twice, it starts one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormToken(String);

impl FormToken {
    /// For a form that is shown now.
    pub fn random() -> Self {
        Self(random_id())
    }

    /// As a form returns it. A caller that is not a form of this portal's has none.
    pub fn read(field: &str) -> Option<Self> {
        let is_token = field.len() == 32 && field.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then(|| Self(field.to_owned()))
    }
}

impl fmt::Display for FormToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for JobId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The user of the cluster who started a job, from whichever session.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JobOwner {
    /// By the id.
    Id(UserId),
    /// By the name in lower case, where the id is not known.
    Name(String),
}

impl JobOwner {
    /// The owner of what this principal starts.
    pub fn of(principal: &Principal) -> Self {
        match &principal.user_id {
            Some(id) => Self::Id(id.clone()),
            None => Self::Name(principal.user_name.to_lowercase()),
        }
    }
}

/// The progress of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobState {
    /// Another person has to approve it before a row is started.
    AwaitingApproval,
    /// Rows are waiting or running.
    Running,
    /// No further row is started; those that run are finished.
    Stopping,
    /// Every row was tried.
    Done,
    /// Its owner stopped it before every row was tried.
    Stopped,
    /// The session or the process ended before every row was tried.
    Interrupted,
}

impl JobState {
    /// Whether rows are carried out, or wait for that.
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Running | Self::Stopping)
    }

    /// Whether nothing changes any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Stopped | Self::Interrupted)
    }
}

/// The number of rows in each state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Rows that succeeded.
    pub done: usize,
    /// Rows that were tried and failed.
    pub failed: usize,
    /// Rows of which it is not known whether they took effect.
    pub unknown: usize,
    /// Rows that will not be started.
    pub stopped: usize,
    /// All rows.
    pub total: usize,
    /// Rows of the step before that are not in this job.
    pub left_out: usize,
    /// Whether the rows wait because the system asks for that.
    pub is_paused: bool,
    /// The progress of the job.
    pub state: JobState,
}

/// A job at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRecord {
    /// Its id.
    pub id: JobId,
    /// Who started it.
    pub owner: JobOwner,
    /// What it does.
    pub command: Arc<Command>,
    /// Its rows, in the order of the command.
    pub rows: Vec<Row>,
    /// Its progress.
    pub state: JobState,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Whether the rows that were not done were started again as another job.
    pub is_retried: bool,
    /// Whether its next step was started.
    pub is_continued: bool,
    /// Rows of the step before that are not in this job: they did not pass.
    #[serde(default)]
    pub left_out: usize,
    /// Whether the rows wait because the system asks for that.
    #[serde(default)]
    pub is_paused: bool,
    /// What it reports beside its rows.
    pub report: Option<JobReport>,
    /// The showing of the form that started it.
    #[serde(default)]
    pub once: Option<FormToken>,
    /// The approval that it waits for, or has waited for.
    #[serde(default)]
    pub approval: Option<Approval>,
}

/// What a job reports beside its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum JobReport {
    /// A dry run of an import from Entra ID.
    EntraDryRun(DryRun),
    /// An import from Entra ID.
    EntraImport(Report),
    /// A deployment, read back.
    Deployment(DeploymentReport),
    /// The rules that it added to policies, read back.
    Rules(RulesReport),
}

impl JobRecord {
    pub(super) fn new(owner: JobOwner, command: Command, started_at: Timestamp) -> Self {
        Self {
            id: JobId::random(),
            owner,
            rows: command.rows(),
            command: Arc::new(command),
            state: JobState::Running,
            started_at,
            finished_at: None,
            is_retried: false,
            is_continued: false,
            left_out: 0,
            is_paused: false,
            report: None,
            once: None,
            approval: None,
        }
    }

    /// The time until which it can be looked at and continued; `None` while it runs.
    pub fn kept_until(&self) -> Option<Timestamp> {
        self.finished_at.map(|at| at + RETENTION)
    }

    /// The number of rows in each state.
    pub fn counts(&self) -> Counts {
        Counts {
            done: self.places(&[RowState::Done]).len(),
            failed: self.places(&[RowState::Failed]).len(),
            unknown: self.places(&[RowState::Unknown]).len(),
            stopped: self.places(&[RowState::Stopped]).len(),
            total: self.rows.len(),
            left_out: self.left_out,
            is_paused: self.is_paused,
            state: self.state,
        }
    }

    /// What the rows that were not done come to as another job: `None` before the end, when there are none, or when
    /// they were started again already. The rows of a dry run would fail again, and one that may have taken effect is
    /// not sent twice.
    pub fn retry(&self) -> Option<Command> {
        let remaining = self.places(&[RowState::Failed, RowState::Stopped]);
        if !self.state.is_over() || self.is_retried || self.command.is_dry_run() || remaining.is_empty() {
            return None;
        }
        Some(self.command.only(&remaining))
    }

    /// What follows with the rows that were done: `None` before the end, or when it was started already.
    pub fn next_step(&self) -> Option<NextStep> {
        let done = self.places(&[RowState::Done]);
        if !self.state.is_over() || self.is_continued || done.is_empty() {
            return None;
        }
        self.command.next(&done)
    }

    /// The places of the rows in one of these states.
    fn places(&self, states: &[RowState]) -> Vec<usize> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| states.contains(&row.state))
            .map(|(place, _)| place)
            .collect()
    }
}
