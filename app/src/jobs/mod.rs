//! One job: its progress, the outcome of each row, stopping it, and the jobs that can follow it.

mod events;
mod list;
mod page;
mod report;

use std::sync::Arc;

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::jobs::{self, FormToken, Job, JobId};

pub(crate) use self::report::sentence;
pub use self::{
    events::events,
    list::list,
    page::{page, result, unfinished},
};
use crate::{context::RequestContext, error::PortalError, flash::Done, links};

/// Starts no further row of a job; those that run are finished.
#[server(prefix = "/api", endpoint = "jobs/stop")]
pub async fn stop_job(id: String) -> Result<Done, PortalError> {
    let (_, job) = find(&RequestContext::current(), Action::ControlJob, &id).await?;
    job.stop();
    Ok(Done::default().with_next(links::job(job.id())))
}

/// Tries the rows of a job again that failed or were stopped.
#[server(prefix = "/api", endpoint = "jobs/retry")]
pub async fn retry_job(id: String, #[server(default)] once: String) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let (operation, job) = begin_follow_up(&context, &id).await?;
    let start = |once| jobs::retry(&context.services, &operation, job.id(), once);
    start_once(&context, &operation, &once, start).await
}

/// Starts the next step of a job: does what a dry run found possible.
#[server(prefix = "/api", endpoint = "jobs/continue")]
pub async fn continue_job(id: String, #[server(default)] once: String) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let (operation, job) = begin_follow_up(&context, &id).await?;
    let start = |once| jobs::start_next(&context.services, &operation, job.id(), once);
    start_once(&context, &operation, &once, start).await
}

/// Starts a job, and leads to it. A form that was sent before leads to the job that it started then: `once` is the field
/// of that name.
pub(crate) async fn start_once<F>(
    context: &RequestContext,
    operation: &Operation,
    once: &str,
    start: impl FnOnce(Option<FormToken>) -> F,
) -> Result<Done, PortalError>
where
    F: Future<Output = Result<JobId, operations::Error>>,
{
    let once = FormToken::read(once);
    if let Some(before) = sent_before(context, operation, once.as_ref()).await? {
        return Ok(before);
    }
    let job = start(once).await?;
    Ok(Done::default().with_next(links::job(&job)))
}

/// The way to the job that this showing of a form has started before.
pub(crate) async fn sent_before(
    context: &RequestContext,
    operation: &Operation,
    once: Option<&FormToken>,
) -> Result<Option<Done>, PortalError> {
    let Some(token) = once else { return Ok(None) };
    let job = jobs::started_by(&context.services, operation, token).await?;
    Ok(job.map(|job| {
        Done::new("This form was sent before: this is the job that it started.")
            .with_detail("To start another, load the form again.")
            .with_next(links::job(&job))
    }))
}

/// A job of the caller's, and an operation of this action on it.
async fn find(
    context: &RequestContext,
    action: Action,
    id: &str,
) -> Result<(Operation, Arc<Job>), PortalError> {
    let id = JobId::from(id);
    let operation = context.begin(action, Target::of("job", &id)).await?;
    let job = jobs::find(&context.services, &operation, &id).await?;
    Ok((operation, job))
}

/// A job of the caller's, and an operation of the action that the job is.
async fn begin_follow_up(context: &RequestContext, id: &str) -> Result<(Operation, Arc<Job>), PortalError> {
    let (_, job) = find(context, Action::ControlJob, id).await?;
    let target = Target::of("job", job.id());
    let operation = context.begin(job.command().action(), target).await?;
    Ok((operation, job))
}
