//! A job as it is stored: its command, its owner, and the outcome of each row.

use std::{fmt, sync::Arc};

use gate::Principal;
use jiff::{SignedDuration, Timestamp};
use protegrity::UserId;
use serde::{Deserialize, Serialize};

use super::{Command, NextStep, Row, RowState};
use crate::{
    deployments::DeploymentReport,
    entra::{DryRun, Report},
    policy::RulesReport,
};

/// How long a job that is over is kept, and a password that it needs or made.
pub(super) const RETENTION: SignedDuration = SignedDuration::from_hours(1);

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

/// The person who asks for approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// The id at the cluster, where it is known.
    pub id: Option<UserId>,
    /// The user name, as the cluster or the person spells it.
    pub user_name: String,
}

/// The approval that a job waits for, or has waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who asks for it.
    pub requested_by: Requester,
    /// When it can no longer be given.
    pub lapses_at: Timestamp,
    /// What was decided.
    pub decision: Option<Decision>,
}

/// What was decided about a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What it is.
    pub kind: DecisionKind,
    /// The user name of the person who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// The ways in which a request ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecisionKind {
    /// It is carried out by this job.
    Approved(JobId),
    /// It is not carried out.
    Rejected,
    /// The requester has taken it back.
    Withdrawn,
}

impl Requester {
    /// This person.
    #[must_use]
    pub fn of(principal: &Principal) -> Self {
        Self {
            id: principal.user_id.clone(),
            user_name: principal.user_name.clone(),
        }
    }

    /// Whether this may be the other person, under another spelling or another name for the same account. The cluster signs
    /// a person in by the user name in any case, or by the e-mail address; without the ids of both, a name that is an
    /// address says nothing about which account it is.
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        let ids = (known(self.id.as_ref()), known(other.id.as_ref()));
        let (one, other) = (spelled(&self.user_name), spelled(&other.user_name));
        if one == other {
            return true;
        }
        match ids {
            (Some(one), Some(other)) => one == other,
            _ => one.contains('@') || other.contains('@'),
        }
    }
}

/// A name without the differences that the cluster does not see.
fn spelled(name: &str) -> String {
    name.trim().to_lowercase()
}

fn known(id: Option<&UserId>) -> Option<String> {
    id.map(|id| spelled(id.as_str())).filter(|id| !id.is_empty())
}

impl Approval {
    /// Whether it is too late at this time.
    #[must_use]
    pub fn is_lapsed(&self, now: Timestamp) -> bool {
        now >= self.lapses_at
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn person(user_name: &str, id: Option<&str>) -> Requester {
        Requester {
            id: id.map(UserId::from),
            user_name: user_name.to_owned(),
        }
    }

    fn check(one: (&str, Option<&str>), other: (&str, Option<&str>), expected: bool) {
        let (one, other) = (person(one.0, one.1), person(other.0, other.1));
        assert_eq!(one.may_be(&other), expected, "{one:?} {other:?}");
        assert_eq!(other.may_be(&one), expected, "{other:?} {one:?}");
    }

    #[test]
    fn one_person_is_known_under_every_spelling() {
        check(("officer", Some("1")), ("officer", Some("1")), true);
        check(("officer", Some("1")), ("officer2", Some("2")), false);
        check(("officer", Some("1")), ("Officer ", Some("2")), true);
        check(("officer", Some("1")), ("o@example.com", Some("1")), true);
        check(("officer", Some("ab")), ("another", Some("AB")), true);
        check(("officer", None), ("officer2", None), false);
        check(("officer", None), ("OFFICER", Some("1")), true);
        check(("officer", None), ("o@example.com", None), true);
        check(("officer", Some("1")), ("o@example.com", None), true);
        check(("officer", Some("")), ("o@example.com", Some("")), true);
    }

    proptest! {
        #[test]
        fn a_person_never_approves_their_own_request(
            name in "[a-zA-Z0-9._]{1,12}(@example\\.com)?",
            id in proptest::option::of("[0-9a-f]{4}"),
            upper in any::<bool>(),
            spaces in " {0,2}",
        ) {
            let other = if upper { name.to_uppercase() } else { name.to_lowercase() };
            let again = person(&format!("{spaces}{other}{spaces}"), id.as_deref());
            prop_assert!(person(&name, id.as_deref()).may_be(&again));
        }
    }
}
