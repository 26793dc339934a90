//! `/jobs/{id}`: a job and its rows, on the page and as a file.

use gate::Action;
use islands::LiveProgress;
use leptos::prelude::*;
use operations::jobs::{Command, JobRecord, JobReport, JobState, Row, RowObject};
use server_fn::ServerFn;

use super::{
    ContinueJob, RetryJob, StopJob, find,
    report::{ended, key, label, outcome, sentence, tone},
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    entra,
    error::PortalError,
    links,
    ui::{Badge, LinkButton, Page, PostForm, SubmitButton, csv_of},
};

/// A row with its outcome in words.
type ShownRow = (Row, String);

/// `/jobs/{id}`
pub async fn page(context: RequestContext) -> PageResult {
    let (record, rows) = load(&context).await?;
    let title = record.command.title();
    let body = match report(&context, &record) {
        Some(report) => report,
        None => progress(&record, &title, rows),
    };
    let note = record.command.note();
    let mut page = Page::new(title, body)
        .crumb("Jobs", "/jobs")
        .actions(view! { <Controls record/> });
    if let Some(note) = note {
        page = page.lead(note);
    }
    Ok(page)
}

/// What a job that is over reports in a form of its own.
fn report(context: &RequestContext, record: &JobRecord) -> Option<AnyView> {
    match &*record.command {
        Command::ImportEntra(import) => entra::report(context, record, import, ContinueJob::url()),
        Command::BulkUsers(_) | Command::ImportUsers(_) => None,
    }
}

/// How far the job is, and its rows.
fn progress(record: &JobRecord, title: &str, rows: Vec<ShownRow>) -> AnyView {
    let (title, counts) = (title.to_owned(), record.counts());
    let progress = view! {
        <progress data-progress-bar value=ended(counts) max=counts.total aria-label=title.clone()></progress>
        <p data-progress-text>{sentence(counts)}</p>
        <Rows rows/>
    };
    if record.state.is_over() {
        view! { <div class="progress">{progress}</div> }.into_any()
    } else {
        let events = format!("{}/events", links::job(&record.id));
        // Without script the page is loaded again at intervals.
        view! {
            <noscript><meta http-equiv="refresh" content="2"/></noscript>
            <LiveProgress>
                <div class="progress" data-progress data-events=events>{progress}</div>
            </LiveProgress>
        }
        .into_any()
    }
}

/// The rows of a job and their outcomes, as CSV.
pub async fn result(context: RequestContext) -> Result<String, PortalError> {
    let (record, rows) = load(&context).await?;
    if let (Command::ImportEntra(import), Some(JobReport::EntraImport(report))) =
        (&*record.command, &record.report)
    {
        return Ok(entra::csv(import.request.kind, report));
    }
    let heads = ["Row", "Name", "Outcome", "What happened"].map(str::to_owned);
    let rows = rows.into_iter().enumerate().map(|(place, (row, outcome))| {
        let number = (place + 1).to_string();
        vec![number, row.name, label(row.state).to_owned(), outcome]
    });
    Ok(csv_of(heads.to_vec(), rows))
}

async fn load(context: &RequestContext) -> Result<(JobRecord, Vec<ShownRow>), PortalError> {
    let (operation, job) = find(context, Action::ViewJob, context.param("id")).await?;
    let record = job.record();
    let mut rows = Vec::new();
    for row in &record.rows {
        rows.push((row.clone(), outcome(&context.services, &operation, row).await));
    }
    Ok((record, rows))
}

/// What can be done with the job now: stop it while it runs; afterwards take the result, try again, go on.
#[component]
fn Controls(record: JobRecord) -> impl IntoView {
    let hidden = vec![("id", record.id.to_string())];
    match record.state {
        JobState::Running if !record.command.can_stop() => ().into_any(),
        JobState::Running => view! {
            <PostForm action=StopJob::url() class="inline" hidden><SubmitButton label="Stop" danger=true/></PostForm>
        }
        .into_any(),
        JobState::Stopping => ().into_any(),
        JobState::Done | JobState::Stopped | JobState::Interrupted => {
            let retry = record.retry().map(|command| {
                let label = format!("Try {} again", command.rows().len());
                let hidden = hidden.clone();
                view! {
                    <PostForm action=RetryJob::url() class="inline" hidden><SubmitButton label quiet=true/></PostForm>
                }
            });
            let result = format!("{}/result.csv", links::job(&record.id));
            // The page of an Entra dry run has the button below what was tried.
            let is_below = matches!(record.report, Some(JobReport::EntraDryRun(_)));
            let next = record.next_step().filter(|_| !is_below).map(|next| view! {
                <PostForm action=ContinueJob::url() class="inline" hidden><SubmitButton label=next.label/></PostForm>
            });
            view! {
                <LinkButton label="Download the result" href=result/>
                {retry}
                {next}
            }
            .into_any()
        }
    }
}

#[component]
fn Rows(rows: Vec<ShownRow>) -> impl IntoView {
    let rows = rows.into_iter().enumerate().map(|(place, (row, outcome))| {
        let name = match row.object {
            Some(RowObject::User(id)) => view! { <a href=links::user(&id)>{row.name}</a> }.into_any(),
            Some(RowObject::UserNamed(name)) => {
                view! { <a href=links::user_search(&name)>{row.name}</a> }.into_any()
            }
            None => row.name.into_any(),
        };
        view! {
            <tr data-progress-row=place data-state=key(row.state)>
                <th scope="row">{name}</th>
                <td data-progress-state><Badge tone=tone(row.state) text=label(row.state)/></td>
                <td class="wraps" data-progress-words>{outcome}</td>
            </tr>
        }
    });
    view! {
        <div class="table-wrap" role="region" aria-label="Outcome table" tabindex="0">
            <table class="table">
                <caption class="visually-hidden">"Outcome"</caption>
                <thead>
                    <tr><th scope="col">"Name"</th><th scope="col">"Outcome"</th><th scope="col">"What happened"</th></tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
