//! `/access`: the questions, the answers, and how far the reading is.

use std::sync::Arc;

use gate::{AccessReview, AccessState, Action, ScanProgress, Target};
use islands::LiveProgress;
use leptos::prelude::*;
use serde::Serialize;

use super::{
    QUESTIONS,
    list::{self, Row, permission_of, role_of, text},
};
use crate::{
    error::PortalError,
    shell::{Frame, failed},
    ui::{Badge, EmptyState, ListState, ListView, Notice, PageHeader, Tone, counted, grouped},
    users,
    visit::{Visit, visit},
};

/// `/access`
#[component]
pub fn AccessPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/access">
            <PageHeader title="Access review" lead="Who can do what on the cluster, and through which role or group."/>
            <Questions asked=visit.query_value("permission")/>
            {Suspend::new(async move {
                match load(&visit).await {
                    Ok(AccessState::Ready(review)) => view! { <Review visit review/> }.into_any(),
                    Ok(AccessState::Reading(progress)) => view! { <Reading progress/> }.into_any(),
                    Err(error) => failed(&visit, "", error, visit.address()),
                }
            })}
        </Frame>
    }
    .into_any()
}

async fn load(visit: &Visit) -> Result<AccessState, PortalError> {
    let passage = visit.open(Action::SeeAccess, Target::portal())?;
    let afresh = visit.query_value("fresh").is_some();
    passage
        .access(afresh)
        .await
        .map_err(|error| visit.explain(Action::SeeAccess, &error))
}

/// The questions that take one click.
#[component]
fn Questions(asked: Option<String>) -> impl IntoView {
    let links = QUESTIONS.iter().map(|(question, permission)| {
        let here = (asked.as_deref() == Some(permission)).then_some("true");
        view! {
            <li><a class="button" href=format!("/access?permission={permission}") aria-current=here>{*question}</a></li>
        }
    });
    view! {
        <nav aria-label="Questions">
            <ul class="questions">{links.collect_view()}</ul>
        </nav>
    }
    .into_any()
}

/// The cluster tells roles user by user, so reading all takes a while when there are many.
#[component]
fn Reading(progress: ScanProgress) -> impl IntoView {
    let ScanProgress { done, total } = progress;
    view! {
        <noscript><meta http-equiv="refresh" content="3"/></noscript>
        <LiveProgress>
            <div class="progress" data-progress data-events="/access/events">
                <p>"The cluster tells the roles of its users one by one. They are being read, and the answer follows."</p>
                <progress data-progress-bar value=done max=total.max(1) aria-label="Users read"></progress>
                <p data-progress-text>{reading(progress)}</p>
            </div>
        </LiveProgress>
    }
    .into_any()
}

/// How far the reading is, as a script reads it.
#[derive(Debug, Serialize)]
pub struct ReadEvent {
    value: usize,
    max: usize,
    text: String,
}

/// How far the reading is.
pub fn read_event(progress: ScanProgress) -> ReadEvent {
    ReadEvent {
        value: progress.done,
        max: progress.total.max(1),
        text: reading(progress),
    }
}

/// How far the reading is, in words.
fn reading(progress: ScanProgress) -> String {
    format!(
        "{} of {} read",
        grouped(progress.done as u64),
        counted(progress.total, ("user", "users"))
    )
}

#[component]
fn Review(visit: Visit, review: Arc<AccessReview>) -> impl IntoView {
    let spec = list::spec(&review);
    let state = ListState::parse(&visit.query, &spec);
    let page = list::page(&review, &spec, &state);
    let unread = (review.unread > 0).then(|| {
        let title = format!(
            "{} could not be read: nothing is known of them.",
            counted(review.unread, ("user", "users"))
        );
        view! { <Notice tone=Tone::Warning title/> }
    });
    let untold = [
        (review.roles_told, "roles", "role_viewer"),
        (review.groups_told, "groups", "group_viewer"),
    ];
    let untold = untold
        .into_iter()
        .filter(|(is_told, ..)| !is_told)
        .map(|(_, what, permission)| {
            let title = format!(
                "The {what} of the cluster are not shown to you, so what comes from them is missing here."
            );
            let detail = format!("Reading them needs the permission {permission}.");
            view! { <Notice tone=Tone::Warning title detail/> }
        });
    let untold = untold.collect_view();
    let unknown = permission_of(&state).map_or(0, |permission| review.unknown(permission));
    let unknown = (unknown > 0).then(|| {
        let people = counted(unknown, ("person", "people"));
        let title = format!(
            "Of {people} it is not known: they may have it through roles or groups that are not told here."
        );
        view! { <Notice tone=Tone::Warning title/> }
    });
    let empty =
        view! { <EmptyState title="Nobody" hint="Nobody that the cluster told of has it."/> }.into_any();
    view! {
        {unread}
        {untold}
        {unknown}
        {answer(&state, page.matching)}
        <ListView spec state page cell empty=empty/>
    }
    .into_any()
}

/// The answer in one sentence.
fn answer(state: &ListState, matching: u64) -> Option<AnyView> {
    let people = counted(
        usize::try_from(matching).unwrap_or(usize::MAX),
        ("person has", "people have"),
    );
    let what = match (permission_of(state), role_of(state)) {
        (Some(permission), Some(role)) => format!("{permission} by the role {role}"),
        (Some(permission), None) => permission.to_owned(),
        (None, Some(role)) => format!("the role {role}"),
        (None, None) => return None,
    };
    Some(view! { <p class="answer"><strong>{people}</strong>" "<code>{what}</code></p> }.into_any())
}

fn cell(row: &Row<'static>, column: &str) -> AnyView {
    let person = &row.person;
    match column {
        "username" => view! { <a href=users::path(&person.id)>{person.user_name.clone()}</a> }.into_any(),
        "name" => view! { <bdi>{person.name.clone()}</bdi> }.into_any(),
        "state" if person.enabled => view! { <Badge tone=Tone::Good text="Open"/> }.into_any(),
        "state" => view! { <Badge tone=Tone::Bad text="Locked"/> }.into_any(),
        "through" => {
            let ways = row.through.iter().map(|way| view! { <li>{way.clone()}</li> });
            view! { <ul class="ways">{ways.collect_view()}</ul> }.into_any()
        }
        "id" => view! { <code>{person.id.to_string()}</code> }.into_any(),
        other => text(row, other).into_any(),
    }
}
