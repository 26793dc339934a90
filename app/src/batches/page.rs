//! `/batches/{id}`: a batch and its rows.

use std::sync::Arc;

use gate::{Batch, Phase, Progress, RowReport};
use islands::LiveProgress;
use leptos::prelude::*;
use server_fn::ServerFn;

use super::{
    FollowBatch, RetryBatch, StopBatch, find,
    report::{key, label, sentence, tone},
};
use crate::{
    shell::{Frame, fail_page, param},
    ui::{Badge, ErrorState, LinkButton, PageHeader, PostForm, SubmitButton},
    visit::visit,
};

/// `/batches/{id}`
#[component]
pub fn BatchPage() -> impl IntoView {
    let visit = visit();
    let id = param("id");
    view! {
        <Frame area="/users">
            <p class="back"><a href="/users">"Users"</a></p>
            {match find(&visit, &id) {
                Ok(batch) => view! { <BatchView batch/> }.into_any(),
                Err(error) => {
                    fail_page(&visit, &error);
                    view! { <PageHeader title="Work on many"/><ErrorState error/> }.into_any()
                }
            }}
        </Frame>
    }
    .into_any()
}

#[component]
fn BatchView(batch: Arc<Batch>) -> impl IntoView {
    let progress = batch.snapshot();
    let is_over = progress.phase == Phase::Finished;
    let id = batch.id().to_string();
    let (title, note) = (batch.title().to_owned(), batch.note().map(ToOwned::to_owned));
    let text = sentence(batch.tally());
    let (value, max) = (progress.done + progress.failed + progress.stopped, progress.total);
    let table = view! { <Rows progress=progress.clone()/> };
    let bar = view! {
        <progress data-progress-bar value=value max=max aria-label=title.clone()></progress>
        <p data-progress-text>{text}</p>
    };
    view! {
        <PageHeader title>
            <Steering batch progress/>
        </PageHeader>
        {note.map(|note| view! { <p class="lead">{note}</p> })}
        {if is_over {
            view! { <div class="progress">{bar}{table}</div> }.into_any()
        } else {
            // Without script the page asks again by itself.
            view! {
                <noscript><meta http-equiv="refresh" content="2"/></noscript>
                <LiveProgress>
                    <div class="progress" data-progress data-events=format!("/batches/{id}/events")>{bar}{table}</div>
                </LiveProgress>
            }
            .into_any()
        }}
    }
    .into_any()
}

/// What can be done now: stop while it runs; afterwards take the result, try again, go on.
#[component]
fn Steering(batch: Arc<Batch>, progress: Progress) -> impl IntoView {
    let id = batch.id().to_string();
    let form = |action: &'static str, label: &'static str, danger: bool, quiet: bool| {
        let hidden = vec![("id", id.clone())];
        view! { <PostForm action class="inline" hidden><SubmitButton label danger quiet/></PostForm> }
    };
    match progress.phase {
        Phase::Running => form(StopBatch::url(), "Stop", true, false).into_any(),
        Phase::Stopping => ().into_any(),
        Phase::Finished => {
            let again = progress.failed + progress.stopped;
            view! {
                <LinkButton label="Download the result" href=format!("/batches/{id}/result.csv")/>
                {batch.can_retry().then(|| view! {
                    <PostForm action=RetryBatch::url() class="inline" hidden=vec![("id", id.clone())]>
                        <SubmitButton label=format!("Try {again} again") quiet=true/>
                    </PostForm>
                })}
                {batch.follow_up().map(|label| view! {
                    <PostForm action=FollowBatch::url() class="inline" hidden=vec![("id", id.clone())]>
                        <SubmitButton label/>
                    </PostForm>
                })}
            }
            .into_any()
        }
    }
}

#[component]
fn Rows(progress: Progress) -> impl IntoView {
    let rows = progress
        .rows
        .into_iter()
        .enumerate()
        .map(|(at, row)| view! { <Row at row/> });
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

#[component]
fn Row(at: usize, row: RowReport) -> impl IntoView {
    let name = match row.link {
        Some(link) => view! { <a href=link>{row.name}</a> }.into_any(),
        None => row.name.into_any(),
    };
    view! {
        <tr data-progress-row=at data-state=key(row.state)>
            <th scope="row">{name}</th>
            <td data-progress-state><Badge tone=tone(row.state) text=label(row.state)/></td>
            <td class="wraps" data-progress-words>{row.words}</td>
        </tr>
    }
    .into_any()
}
