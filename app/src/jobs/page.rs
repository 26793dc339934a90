//! `/jobs/{id}`: a job and its rows, on the page and as a file.

use std::{ops::Range, sync::Arc};

use gate::Action;
use islands::LiveProgress;
use leptos::prelude::*;
use operations::jobs::{self, Command, JobRecord, JobReport, JobState, Row, RowObject, RowState};
use server_fn::ServerFn;

use super::{
    ContinueJob, RetryJob, StopJob, find,
    report::{ended, key, label, outcome, sentence, tone},
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    deployments, entra,
    error::{ErrorKind, PortalError},
    links, policy,
    ui::{Badge, LinkButton, Page, PageLinks, PostForm, SubmitButton, csv_of},
};

/// How many rows a page shows.
const ROWS: usize = 200;

/// A row with its outcome in words.
type ShownRow = (Row, String);

/// `/jobs/{id}`
pub async fn page(context: RequestContext) -> PageResult {
    let (operation, job) = find(&context, Action::ViewJob, context.param("id")).await?;
    let record = job.record();
    let title = record.command.title();
    let body = if let Some(report) = report(&context, &record) {
        report
    } else {
        let window = Window::of(&context, &record);
        let mut rows = Vec::new();
        for place in &window.places {
            let row = record.rows[*place].clone();
            let outcome = outcome(&context.services, &operation, &row).await;
            rows.push((*place, (row, outcome)));
        }
        view! {
            {deployments::details(&record)}
            {policy::added_rules(&record)}
            {progress(&record, &title, rows, &window)}
        }
        .into_any()
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
        Command::BulkUsers(_)
        | Command::ImportUsers(_)
        | Command::Deploy(_)
        | Command::RequestDeployment(_)
        | Command::CreateRules(_)
        | Command::ImportPolicy(_)
        | Command::Guide(_)
        | Command::BulkMailUsers(_)
        | Command::ImportMailUsers(_) => None,
    }
}

/// The rows of one page of a job.
struct Window {
    page: usize,
    pages: usize,
    /// The rows' places in the job, in the order in which they are shown.
    places: Vec<usize>,
}

impl Window {
    /// The rows that the address asks for. When the job is over, those come first that the person has to look at.
    fn of(context: &RequestContext, record: &JobRecord) -> Self {
        let mut places: Vec<_> = (0..record.rows.len()).collect();
        if record.state.is_over() {
            places.sort_by_key(|place| attention(record.rows[*place].state));
        }
        let pages = places.len().div_ceil(ROWS).max(1);
        let page = asked_page(context).unwrap_or(1).clamp(1, pages);
        let places = places.into_iter().skip((page - 1) * ROWS).take(ROWS).collect();
        Self { page, pages, places }
    }
}

fn asked_page(context: &RequestContext) -> Option<usize> {
    context.query_value("page")?.parse().ok()
}

/// The places of the rows of the page that the address asks for, while the job runs; all of them where it asks for none.
pub(super) fn places_asked(context: &RequestContext) -> Range<usize> {
    match asked_page(context) {
        Some(page) => {
            let first = page.saturating_sub(1).saturating_mul(ROWS);
            first..first.saturating_add(ROWS)
        }
        None => 0..usize::MAX,
    }
}

/// How far the job is, and its rows.
fn progress(record: &JobRecord, title: &str, rows: Vec<(usize, ShownRow)>, window: &Window) -> AnyView {
    let (title, counts) = (title.to_owned(), record.counts());
    let page_of = |page| format!("{}?page={page}", links::job(&record.id));
    let progress = view! {
        <progress data-progress-bar value=ended(counts) max=counts.total aria-label=title.clone()></progress>
        <p data-progress-text>{sentence(&record.command, counts)}</p>
        <Rows command=Arc::clone(&record.command) rows/>
        <PageLinks label="Pages of rows" page=window.page pages=window.pages href=page_of/>
    };
    if record.state.is_moving() {
        let events = format!("{}/events?page={}", links::job(&record.id), window.page);
        // Without script the page is loaded again at intervals.
        view! {
            <noscript><meta http-equiv="refresh" content="2"/></noscript>
            <LiveProgress>
                <div class="progress" data-progress data-events=events>{progress}</div>
            </LiveProgress>
        }
        .into_any()
    } else {
        view! { <div class="progress">{progress}</div> }.into_any()
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
        let label = label(&record.command, row.state).to_owned();
        vec![number, row.name, label, outcome]
    });
    Ok(csv_of(heads.to_vec(), rows))
}

/// The rows of an import that did not end well, as a file that can be mended and imported again.
pub async fn unfinished(context: RequestContext) -> Result<String, PortalError> {
    let (operation, job) = find(&context, Action::ViewJob, context.param("id")).await?;
    let rows = jobs::unfinished_users(&context.services, &operation, &job.record()).await;
    let (heads, rows) = rows.ok_or_else(|| {
        PortalError::new(ErrorKind::NotFound, "This job has no rows to import again.")
            .with_detail("Only an import from a file has, when it is over and a row failed.")
    })?;
    Ok(csv_of(heads, rows.into_iter()))
}

/// The order of the rows when the job is over: what the person has to look at comes first.
const fn attention(state: RowState) -> u8 {
    match state {
        RowState::Failed => 0,
        RowState::Unknown => 1,
        RowState::Stopped => 2,
        RowState::Waiting | RowState::Running | RowState::Done => 3,
    }
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
        JobState::AwaitingApproval => {
            let href = links::approval(&record.id);
            view! { <LinkButton label="See the request" href/> }.into_any()
        }
        JobState::Stopping => ().into_any(),
        JobState::Done | JobState::Stopped | JobState::Interrupted => {
            let retry = record.retry().map(|command| {
                let label = format!("Try {} again", command.rows().len());
                let hidden = hidden.clone();
                view! {
                    <PostForm action=RetryJob::url() class="inline" hidden once=true><SubmitButton label quiet=true/></PostForm>
                }
            });
            let (job, counts) = (links::job(&record.id), record.counts());
            let is_import = matches!(
                *record.command,
                Command::ImportUsers(_) | Command::ImportMailUsers(_)
            );
            let unfinished = (is_import && counts.failed + counts.stopped > 0).then(|| {
                let href = format!("{job}/unfinished.csv");
                view! { <LinkButton label="Download the failed rows" href/> }
            });
            let result = format!("{job}/result.csv");
            // The page of an Entra dry run has the button below what was tried.
            let is_below = matches!(record.report, Some(JobReport::EntraDryRun(_)));
            let next = record.next_step().filter(|_| !is_below).map(|next| view! {
                <PostForm action=ContinueJob::url() class="inline" hidden once=true><SubmitButton label=next.label/></PostForm>
            });
            view! {
                {unfinished}
                <LinkButton label="Download the result" href=result/>
                {retry}
                {next}
            }
            .into_any()
        }
    }
}

#[component]
fn Rows(command: Arc<Command>, rows: Vec<(usize, ShownRow)>) -> impl IntoView {
    let rows = rows.into_iter().map(|(place, (row, outcome))| {
        let name = match row.object {
            Some(RowObject::User(id)) => view! { <a href=links::user(&id)>{row.name}</a> }.into_any(),
            Some(RowObject::UserNamed(name)) => {
                view! { <a href=links::user_search(&name)>{row.name}</a> }.into_any()
            }
            Some(RowObject::MailUser(organization, email)) => {
                view! { <a href=links::mail_user(&organization, &email)>{row.name}</a> }.into_any()
            }
            None => row.name.into_any(),
        };
        view! {
            <tr data-progress-row=place data-state=key(row.state)>
                <th scope="row">{name}</th>
                <td data-progress-state><Badge tone=tone(row.state) text=label(&command, row.state)/></td>
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
