//! Jobs whose next step another person takes: the request, and the decision about it.

use gate::Operation;
use jiff::{SignedDuration, Timestamp};

use super::{
    Approval, Command, Decision, DecisionKind, FollowUp, FormToken, JobError, JobId, JobOwner, JobRecord,
    JobState, Requester, RowFailure, RowOutcome,
    run::{Beginning, begin, own, put, started_among},
    state::ended_with,
};
use crate::{Error, Services, store::stored, text::shortened};

/// How long a request waits.
const LAPSES_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// How many requests of one owner wait at a time.
const MAX_AWAITING: usize = 10;

/// How many characters of a reason the outcome of a row quotes.
const QUOTED: usize = 300;

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
