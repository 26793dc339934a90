//! `/jobs`: the caller's own jobs, so that leaving a job's page loses nothing.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::jobs::{self, JobRecord, JobState};

use super::report::sentence;
use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{Badge, Column, EmptyState, List, Page, Tone, When, iso_time},
};

/// `/jobs`
pub async fn list(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ViewJob, Target::portal()).await?;
    let records = jobs::list(&context.services, &operation).await?;
    let empty = view! {
        <EmptyState title="No jobs"
            hint="Bulk actions on users, imports and deployments are jobs. They are listed here for an hour after they end."/>
    };
    let list = columns().empty(empty);
    let state = list.state(&context.query);
    let page = list.page(records, &state);
    Ok(Page::new("Jobs", list.view(&state, &page))
        .lead("Your bulk actions, imports and deployments. A job is kept for an hour after it ends."))
}

fn columns() -> List<JobRecord> {
    let columns = vec![
        Column::computed("title", "Job", |job: &JobRecord| job.command.title())
            .link(|job| links::job(&job.id)),
        Column::computed("state", "State", |job: &JobRecord| word(job.state).to_owned())
            .cell(|job| view! { <Badge tone=tone(job) text=word(job.state)/> }.into_any()),
        Column::computed("progress", "Progress", |job: &JobRecord| {
            sentence(&job.command, job.counts())
        })
        .unsorted(),
        Column::computed("started", "Started", |job: &JobRecord| {
            iso_time(Some(job.started_at.as_millisecond()))
        })
        .cell(|job| view! { <When millis=job.started_at.as_millisecond()/> }.into_any()),
    ];
    List::new("/jobs", ("job", "jobs"), columns)
}

const fn word(state: JobState) -> &'static str {
    match state {
        JobState::AwaitingApproval => "Awaiting approval",
        JobState::Running => "Running",
        JobState::Stopping => "Stopping",
        JobState::Done => "Finished",
        JobState::Stopped => "Stopped",
        JobState::Interrupted => "Interrupted",
    }
}

fn tone(job: &JobRecord) -> Tone {
    match job.state {
        JobState::AwaitingApproval | JobState::Running | JobState::Stopping => Tone::Info,
        JobState::Done if job.counts().done == job.counts().total => Tone::Good,
        JobState::Done | JobState::Stopped | JobState::Interrupted => Tone::Warning,
    }
}
