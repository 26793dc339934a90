//! Jobs whose next step another person takes: the request, and the decision about it.

use gate::{Operation, Principal};
use jiff::{SignedDuration, Timestamp};
use protegrity::UserId;
use serde::{Deserialize, Serialize};

use super::{
    Command, FollowUp, FormToken, Job, JobError, JobId, JobOwner, JobRecord, JobState, RowFailure,
    RowOutcome,
    run::{Beginning, begin, own, put, started_among},
};
use crate::{Error, Services, store::stored, text::shortened};

/// How long a request waits.
const LAPSES_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// How many requests of one owner wait at a time.
const MAX_AWAITING: usize = 10;

/// How many characters of a reason the outcome of a row quotes.
const QUOTED: usize = 300;

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

/// Keeps a command until another person approves it.
///
/// # Errors
/// When too many requests of the principal's wait, or the operation was begun for another action.
pub async fn await_approval(
    services: &Services,
    operation: &Operation,
    command: Command,
    once: Option<FormToken>,
) -> Result<JobId, Error> {
    if operation.action() != command.action() {
        return Err(JobError::OtherAction.into());
    }
    let jobs = &services.jobs.0;
    let now = jobs.clock.now();
    let _starting = jobs.starting.lock().await;
    let kept = own(services, operation).await?;
    if let Some(before) = started_among(&kept, once.as_ref()) {
        return Ok(before);
    }
    let waiting = kept.iter().filter(|job| job.state == JobState::AwaitingApproval);
    if waiting.count() >= MAX_AWAITING {
        return Err(Error::refused(
            format!("{MAX_AWAITING} of your requests wait for an approval."),
            "Withdraw one of them, or wait until one is decided.",
        ));
    }
    let record = JobRecord {
        once,
        state: JobState::AwaitingApproval,
        approval: Some(Approval {
            requested_by: Requester::of(operation.principal()),
            lapses_at: now + LAPSES_AFTER,
            decision: None,
        }),
        ..JobRecord::new(JobOwner::of(operation.principal()), command, now)
    };
    let id = record.id.clone();
    put(services, operation, kept, record).await?;
    Ok(id)
}

/// The requests of all persons that wait, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn awaiting(services: &Services, operation: &Operation) -> Result<Vec<JobRecord>, Error> {
    Ok(stored(operation, services.jobs.awaiting().await)?)
}

/// A request, whosever it is and whether or not it waits.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn request(
    services: &Services,
    operation: &Operation,
    id: &JobId,
) -> Result<(JobRecord, Approval), Error> {
    let job = stored(operation, services.jobs.get(id).await)?;
    let found = job.and_then(|job| {
        let record = job.record();
        let approval = record.approval.clone()?;
        Some((record, approval))
    });
    found.ok_or_else(|| {
        let title = "This request is no longer available. A request lapses after a day, and is kept for an hour after \
                     the decision.";
        Error::NotFound(title.to_owned())
    })
}

/// A request that waits, and can still be decided.
///
/// # Errors
/// When it was decided, or has lapsed.
pub async fn open_request(
    services: &Services,
    operation: &Operation,
    id: &JobId,
) -> Result<(JobRecord, Approval), Error> {
    let (record, approval) = request(services, operation, id).await?;
    if approval.is_lapsed(services.jobs.0.clock.now()) {
        return Err(Error::refused(
            "This request has lapsed.",
            "It waited for a day. Nothing was deployed: it has to be requested again.",
        ));
    }
    if !is_open(services, &record) {
        return Err(decided());
    }
    Ok((record, approval))
}

/// Whether a request can still be decided.
pub fn is_open(services: &Services, record: &JobRecord) -> bool {
    record.open_approval(services.jobs.0.clock.now()).is_some()
}

impl JobRecord {
    /// The approval for which the job waits, where it can be given at this time.
    pub(super) fn open_approval(&self, now: Timestamp) -> Option<&Approval> {
        let waits = self.state == JobState::AwaitingApproval && !self.is_continued;
        let approval = self.approval.as_ref().filter(|_| waits)?;
        (!approval.is_lapsed(now)).then_some(approval)
    }
}

fn decided() -> Error {
    Error::refused(
        "This request was decided already.",
        "Look at its page for what became of it.",
    )
}

/// Carries out an open request as a job of the principal's, and closes it.
///
/// # Errors
/// As for [`super::start`].
pub(crate) async fn approve(
    services: &Services,
    operation: &Operation,
    record: JobRecord,
    command: Command,
    reason: String,
) -> Result<JobId, Error> {
    let beginning = Beginning {
        command,
        secrets: Vec::new(),
        after: Some((&record.id, FollowUp::NextStep)),
        left_out: 0,
        once: None,
    };
    let job = begin(services, operation, beginning)
        .await
        .map_err(|error| match error {
            Error::Refused { title, .. } if title == JobError::NothingLeft.to_string() => decided(),
            error => error,
        })?;
    let kind = DecisionKind::Approved(job.clone());
    if let Err(error) = close(services, operation, record, kind, reason).await {
        // The job runs: failing now would misreport it.
        tracing::error!(%error, "the decision about a request is missing from the store");
    }
    Ok(job)
}

/// Ends an open request without carrying it out.
///
/// # Errors
/// When another decision came first.
pub(crate) async fn decline(
    services: &Services,
    operation: &Operation,
    record: JobRecord,
    kind: DecisionKind,
    reason: String,
) -> Result<(), Error> {
    let store = &services.jobs.0.store;
    if !stored(operation, store.claim(&record.id, FollowUp::NextStep).await)? {
        return Err(decided());
    }
    close(services, operation, record, kind, reason).await
}

async fn close(
    services: &Services,
    operation: &Operation,
    record: JobRecord,
    kind: DecisionKind,
    reason: String,
) -> Result<(), Error> {
    let jobs = &services.jobs.0;
    let (at, by) = (jobs.clock.now(), operation.principal().user_name.clone());
    let quoted = shortened(reason.clone(), QUOTED);
    let outcome = match &kind {
        DecisionKind::Approved(_) => Ok(RowOutcome::new(format!("Approved by {by}: {quoted}"))),
        DecisionKind::Rejected => Err(RowFailure::new(format!("Rejected by {by}: {quoted}"))),
        DecisionKind::Withdrawn => Err(RowFailure::new("Withdrawn.")),
    };
    let ended = ended_with(record, &outcome, at, Some(Decision { kind, by, at, reason }));
    Ok(stored(operation, jobs.store.put(ended).await)?)
}

/// The record of a request that ends with this outcome for all of its rows.
fn ended_with(
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
