//! Starting jobs, and running through their rows.

use std::{future::ready, ops::Range, panic::AssertUnwindSafe, sync::Arc};

use futures::{FutureExt, StreamExt, stream};
use gate::Operation;
use secrecy::SecretString;
use tracing::Instrument;

use super::{
    Command, FollowUp, FormToken, Job, JobError, JobId, JobOwner, JobRecord, JobReport, JobSummary, Jobs,
    Row, RowFailure, RowOutcome, SecretRef, bulk::BulkRun, passwords::keep_secret, registry::surplus,
    state::MAX_PAUSES, store::size,
};
use crate::{
    Error, Services,
    deployments::DeployRun,
    entra::EntraRun,
    mail::users::{BulkMailUsers, MailImportRun},
    people::GuideRun,
    policy::{RulesRun, file::PolicyFileRun},
    store::stored,
    user_import::ImportRun,
};

/// The outcome of a row whose code panicked: how far it got is not known.
const PANICKED: &str = "The portal failed at this row. Look at it before you try again.";

/// The outcome of a row that the system has never had time for.
const BUSY: &str = "The system asks to wait, and has not carried this out.";

/// One run of a command: its rows, and what they share.
enum Run {
    /// A few rows at a time.
    ByRow(Box<RowRun>),
    /// Several rows in one call, one batch after the other.
    InBatches(Box<MailImportRun>),
    /// All rows together.
    AtOnce(Box<EntraRun>),
}

enum RowRun {
    BulkUsers(BulkRun),
    ImportUsers(ImportRun),
    Deploy(DeployRun),
    CreateRules(RulesRun),
    ImportPolicy(PolicyFileRun),
    Guide(GuideRun),
    BulkMailUsers(BulkMailUsers),
}

impl Run {
    async fn new(services: &Services, operation: &Operation, command: &Command) -> Result<Self, Error> {
        let by_row = |run| Self::ByRow(Box::new(run));
        Ok(match command {
            Command::BulkUsers(bulk) => {
                by_row(RowRun::BulkUsers(BulkRun::new(services, operation, bulk).await))
            }
            Command::ImportUsers(import) => by_row(RowRun::ImportUsers(
                ImportRun::new(services, operation, import).await?,
            )),
            Command::CreateRules(creation) => {
                by_row(RowRun::CreateRules(RulesRun::new(operation, creation).await?))
            }
            Command::ImportPolicy(import) => {
                by_row(RowRun::ImportPolicy(PolicyFileRun::new(operation, import).await?))
            }
            Command::BulkMailUsers(bulk) => by_row(RowRun::BulkMailUsers(bulk.clone())),
            Command::ImportMailUsers(import) => {
                Self::InBatches(Box::new(MailImportRun::new(services, operation, import).await?))
            }
            Command::ImportEntra(import) => {
                let run = EntraRun::new(services, operation, &import.request).await?;
                Self::AtOnce(Box::new(run))
            }
            Command::Deploy(deployment) => by_row(RowRun::Deploy(
                DeployRun::new(services, operation, deployment).await?,
            )),
            Command::Guide(guide) => by_row(RowRun::Guide(GuideRun::new(guide))),
            // A request is decided, and not run.
            Command::RequestDeployment(_) => return Err(JobError::OtherAction.into()),
        })
    }
}

impl RowRun {
    async fn row(
        &self,
        services: &Services,
        operation: &Operation,
        job: &Job,
        place: usize,
    ) -> Result<RowOutcome, RowFailure> {
        match self {
            Self::BulkUsers(run) => run.row(services, operation, place).await,
            Self::ImportUsers(run) => run.row(services, operation, place).await,
            Self::Deploy(run) => run.row(services, operation, job, place).await,
            Self::CreateRules(run) => run.row(services, operation, place).await,
            Self::ImportPolicy(run) => run.row(services, operation, place).await,
            Self::Guide(run) => run.row(services, operation, place).await,
            Self::BulkMailUsers(run) => run.row(services, operation, place).await,
        }
    }

    /// How many rows are carried out at a time. A deployment goes from store to store: an application leaves one before
    /// another gets it. So does an import of policies, whose rows build on those before, and a guide.
    const fn at_once(&self) -> usize {
        match self {
            Self::BulkUsers(_) | Self::ImportUsers(_) | Self::CreateRules(_) | Self::BulkMailUsers(_) => {
                Jobs::AT_ONCE
            }
            Self::Deploy(_) | Self::ImportPolicy(_) | Self::Guide(_) => 1,
        }
    }

    /// What is known beside the outcomes when all rows are over.
    async fn report(&self, services: &Services, operation: &Operation, job: &Job) -> Option<JobReport> {
        match self {
            Self::BulkUsers(_) | Self::ImportUsers(_) | Self::BulkMailUsers(_) | Self::Guide(_) => None,
            Self::Deploy(run) => Some(JobReport::Deployment(run.report(services, operation, job).await)),
            Self::CreateRules(run) => run.report(operation).await.map(JobReport::Rules),
            Self::ImportPolicy(run) => run.report(operation).await.map(JobReport::Rules),
        }
    }
}

/// What a job begins with.
pub(super) struct Beginning<'a> {
    pub command: Command,
    pub secrets: Vec<(SecretRef, SecretString)>,
    pub after: Option<(&'a JobId, FollowUp)>,
    pub left_out: usize,
    pub once: Option<FormToken>,
}

/// The job that this showing of a form has started, where it is still kept.
pub async fn started_by(
    services: &Services,
    operation: &Operation,
    once: &FormToken,
) -> Result<Option<JobId>, Error> {
    let own = own(services, operation).await?;
    Ok(started_among(&own, Some(once)))
}

pub(super) fn started_among(jobs: &[JobSummary], once: Option<&FormToken>) -> Option<JobId> {
    let once = once?;
    let job = jobs.iter().find(|job| job.once.as_ref() == Some(once))?;
    Some(job.id.clone())
}

/// Starts a job, with the passwords that its rows need. It runs whether or not a browser looks. The same showing of a
/// form starts one job, and leads to it the next time.
///
/// # Errors
/// When the command has no rows or too many, when too many jobs of its owner run, when the operation was begun for
/// another action, and the cluster's error when what the rows share cannot be read.
pub async fn start(
    services: &Services,
    operation: &Operation,
    command: Command,
    secrets: Vec<(SecretRef, SecretString)>,
    once: Option<FormToken>,
) -> Result<JobId, Error> {
    let beginning = Beginning {
        command,
        secrets,
        after: None,
        left_out: 0,
        once,
    };
    begin(services, operation, beginning).await
}

/// Starts the rows that failed or were stopped as a new job, once.
///
/// # Errors
/// When there is no such row, and as for [`start`].
pub async fn retry(
    services: &Services,
    operation: &Operation,
    id: &JobId,
    once: Option<FormToken>,
) -> Result<JobId, Error> {
    let job = over(services, operation, id).await?;
    let beginning = Beginning {
        command: job.retry().ok_or(JobError::NothingLeft)?,
        secrets: Vec::new(),
        after: Some((id, FollowUp::Retry)),
        left_out: 0,
        once,
    };
    begin(services, operation, beginning).await
}

/// Starts the next step of a job with the rows that were done, once.
///
/// # Errors
/// When it has none, and as for [`start`].
pub async fn start_next(
    services: &Services,
    operation: &Operation,
    id: &JobId,
    once: Option<FormToken>,
) -> Result<JobId, Error> {
    let job = over(services, operation, id).await?;
    let next = job.next_step().ok_or(JobError::NothingLeft)?;
    let beginning = Beginning {
        left_out: job.rows.len().saturating_sub(next.command.rows().len()),
        command: next.command,
        secrets: Vec::new(),
        after: Some((id, FollowUp::NextStep)),
        once,
    };
    begin(services, operation, beginning).await
}

/// The job of this id, if the principal is its owner.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(services: &Services, operation: &Operation, id: &JobId) -> Result<Arc<Job>, Error> {
    let owner = JobOwner::of(operation.principal());
    let job = stored(operation, services.jobs.get(id).await)?;
    let own = job.filter(|job| *job.owner() == owner);
    Ok(own.ok_or(JobError::NotFound)?)
}

/// The principal's own jobs as they are now, the newest first.
pub async fn list(services: &Services, operation: &Operation) -> Result<Vec<JobRecord>, Error> {
    let mut jobs = Vec::new();
    for summary in own(services, operation).await?.iter().rev() {
        let job = stored(operation, services.jobs.get(&summary.id).await)?;
        jobs.extend(job.map(|job| job.record()));
    }
    Ok(jobs)
}

/// The principal's own jobs, the oldest first.
pub(super) async fn own(services: &Services, operation: &Operation) -> Result<Vec<JobSummary>, Error> {
    let owner = JobOwner::of(operation.principal());
    let mut jobs = stored(operation, services.jobs.0.store.of(&owner).await)?;
    jobs.retain(|job| services.jobs.is_kept(job.finished_at));
    Ok(jobs)
}

/// The record of a job that is over, for an operation of its action.
async fn over(services: &Services, operation: &Operation, id: &JobId) -> Result<JobRecord, Error> {
    let job = find(services, operation, id).await?.record();
    if job.state.is_over() {
        Ok(job)
    } else {
        Err(JobError::StillRunning.into())
    }
}

/// Keeps a job that the request has carried out itself, and returns its id.
pub async fn keep_done(
    services: &Services,
    operation: &Operation,
    command: Command,
    outcomes: Vec<Result<RowOutcome, RowFailure>>,
    report: JobReport,
    once: Option<FormToken>,
) -> Result<JobId, Error> {
    let job = Job::from(JobRecord::new(
        JobOwner::of(operation.principal()),
        command,
        services.jobs.0.clock.now(),
    ));
    for (place, outcome) in outcomes.into_iter().enumerate() {
        job.record_outcome(place, outcome);
    }
    let Jobs(jobs) = &services.jobs;
    let _starting = jobs.starting.lock().await;
    let kept = own(services, operation).await?;
    if let Some(before) = started_among(&kept, once.as_ref()) {
        return Ok(before);
    }
    let record = JobRecord {
        once,
        ..job.ended(jobs.clock.now(), Some(report))
    };
    let id = record.id.clone();
    put(services, operation, kept, record).await?;
    Ok(id)
}

/// Puts a new job in the place of the oldest that are over, where its owner has too many.
pub(super) async fn put(
    services: &Services,
    operation: &Operation,
    kept: Vec<JobSummary>,
    record: JobRecord,
) -> Result<(), Error> {
    let store = &services.jobs.0.store;
    for id in surplus(&kept, size(&record)) {
        stored(operation, store.remove(&id).await)?;
    }
    Ok(stored(operation, store.put(record).await)?)
}

pub(super) async fn begin(
    services: &Services,
    operation: &Operation,
    beginning: Beginning<'_>,
) -> Result<JobId, Error> {
    let Beginning {
        command,
        secrets,
        after,
        left_out,
        once,
    } = beginning;
    let owner = JobOwner::of(operation.principal());
    let record = JobRecord {
        left_out,
        once,
        ..JobRecord::new(owner, command, services.jobs.0.clock.now())
    };
    if operation.action() != record.command.action() {
        return Err(JobError::OtherAction.into());
    }
    let most = record.command.max_rows();
    match record.rows.len() {
        0 => return Err(JobError::Empty.into()),
        rows if rows > most => return Err(JobError::TooMany { rows, most }.into()),
        _ => {}
    }
    // Boxed: it waits for several calls at once, which makes its future large.
    let run = Box::pin(Run::new(services, operation, &record.command)).await?;

    let Jobs(jobs) = &services.jobs;
    let _starting = jobs.starting.lock().await;
    if jobs.under_way.is_closed() {
        return Err(JobError::Stopping.into());
    }
    let kept = own(services, operation).await?;
    if let Some(before) = started_among(&kept, record.once.as_ref()) {
        return Ok(before);
    }
    if kept.iter().filter(|job| job.state.is_moving()).count() >= Jobs::MAX_RUNNING {
        return Err(JobError::Busy.into());
    }
    for (name, value) in secrets {
        keep_secret(services, operation, name, value).await?;
    }
    if let Some((before, follow_up)) = after
        && !stored(operation, jobs.store.claim(before, follow_up).await)?
    {
        return Err(JobError::NothingLeft.into());
    }
    put(services, operation, kept, record.clone()).await?;
    let (id, job) = (record.id.clone(), Arc::new(Job::from(record)));
    jobs.running.lock().insert(id.clone(), Arc::clone(&job));
    jobs.under_way
        .spawn(run_through(services.clone(), operation.clone(), job, run).in_current_span());
    Ok(id)
}

/// Runs through the rows, and ends the job.
async fn run_through(services: Services, operation: Operation, job: Arc<Job>, run: Run) {
    let report = match &run {
        Run::ByRow(run) => {
            let (services, operation, job) = (&services, &operation, &*job);
            run_rows(services, job, 1, run.at_once(), |places| async move {
                let mut outcomes = Vec::new();
                for place in places {
                    outcomes.push(caught(operation, run.row(services, operation, job, place)).await?);
                }
                Some(outcomes)
            })
            .await;
            caught(operation, run.report(services, operation, job))
                .await
                .flatten()
        }
        Run::InBatches(run) => {
            let (services, operation) = (&services, &operation);
            run_rows(services, &job, run.batch(), 1, |places| {
                caught(operation, run.rows(services, operation, places))
            })
            .await;
            None
        }
        Run::AtOnce(run) => run_at_once(&services, &operation, &job, run).await,
    };
    let Jobs(jobs) = &services.jobs;
    let ended = job.ended(jobs.clock.now(), report);
    if let Err(error) = jobs.store.put(ended.clone()).await {
        tracing::error!(%error, "the end of a job is missing from the store");
    }
    jobs.running.lock().remove(job.id());
    job.finish(ended);
}

/// Carries out the rows in their order, so many together and so many of these batches at a time. `carry_out` returns the
/// outcome of each row.
async fn run_rows<F>(
    services: &Services,
    job: &Job,
    batch: usize,
    at_once: usize,
    carry_out: impl Fn(Vec<usize>) -> F,
) where
    F: Future<Output = Option<Vec<Result<RowOutcome, RowFailure>>>>,
{
    let total = job.counts().total;
    let batches = (0..total)
        .step_by(batch)
        .map(|first| first..total.min(first + batch));
    stream::iter(batches)
        .map(|places| run_batch(services, job, places, &carry_out))
        .buffered(at_once)
        .for_each(ready)
        .await;
}

/// Carries out rows together, mostly a single one, unless the job was stopped before. Those for which the system has no
/// time are tried again.
async fn run_batch<F>(
    services: &Services,
    job: &Job,
    places: Range<usize>,
    carry_out: &impl Fn(Vec<usize>) -> F,
) where
    F: Future<Output = Option<Vec<Result<RowOutcome, RowFailure>>>>,
{
    let mut left: Vec<usize> = places.filter(|place| job.begin(*place)).collect();
    for _ in 0..MAX_PAUSES {
        if left.is_empty() {
            return;
        }
        let mut outcomes = carry_out(left.clone()).await.unwrap_or_default().into_iter();
        let mut longest = None;
        let mut busy = Vec::new();
        for place in left {
            let outcome = outcomes
                .next()
                .unwrap_or_else(|| Err(RowFailure::unknown(PANICKED)));
            if let Some(pause) = outcome.as_ref().err().and_then(RowFailure::pause) {
                longest = longest.max(Some(pause));
                busy.push(place);
            } else {
                end_row(services, job, place, outcome).await;
            }
        }
        left = busy;
        if let Some(pause) = longest
            && !job.wait(pause).await
        {
            for place in left {
                store_row(services, job, place, job.leave(place)).await;
            }
            return;
        }
    }
    for place in left {
        end_row(services, job, place, Err(RowFailure::new(BUSY))).await;
    }
}

/// Carries out all rows together, and returns what is known beside their outcomes.
async fn run_at_once(
    services: &Services,
    operation: &Operation,
    job: &Job,
    run: &EntraRun,
) -> Option<JobReport> {
    let rows = 0..job.counts().total;
    for place in rows.clone() {
        job.begin(place);
    }
    let report = caught(operation, Box::pin(run.all(services, operation, job))).await;
    for place in rows {
        let outcome = match &report {
            Some(report) => report.outcome(place),
            None => Err(RowFailure::unknown(PANICKED)),
        };
        end_row(services, job, place, outcome).await;
    }
    report.map(JobReport::EntraImport)
}

/// The output of a future, or nothing and a line in the log when it panics.
async fn caught<T>(operation: &Operation, future: impl Future<Output = T>) -> Option<T> {
    let output = AssertUnwindSafe(future).catch_unwind().await;
    output
        .inspect_err(|_| tracing::error!(action = ?operation.action(), "a part of a job panicked"))
        .ok()
}

/// Records the outcome of a row.
async fn end_row(services: &Services, job: &Job, place: usize, outcome: Result<RowOutcome, RowFailure>) {
    store_row(services, job, place, job.record_outcome(place, outcome)).await;
}

async fn store_row(services: &Services, job: &Job, place: usize, row: Row) {
    if let Err(error) = services.jobs.0.store.put_row(job.id(), place, row).await {
        tracing::error!(%error, place, "the outcome of a row is missing from the store");
    }
}
