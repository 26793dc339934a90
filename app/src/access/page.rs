//! `/access`: the questions, the answers, and the progress of the scan.

use std::{sync::Arc, time::Duration};

use futures::stream;
use gate::{Action, Target};
use islands::LiveProgress;
use leptos::prelude::*;
use operations::access::{AccessReview, AccessState, ScanProgress};
use protegrity::permissions as known;

use super::list::{self, permission_of, role_of};
use crate::{
    answer::{Event, Events, PageResult},
    context::RequestContext,
    error::PortalError,
    links,
    ui::{Caution, ListState, LoadingList, Page, counted, grouped},
};

/// Questions that take one click, and the permission that answers each.
const QUESTIONS: [(&str, &str); 6] = [
    // A deployment is a write call of the policy management (reference, section 5).
    ("Who can deploy?", known::WORKBENCH_POLICY_WRITE),
    ("Who can manage users?", known::USER_MANAGER_ADMIN),
    ("Who can manage roles?", known::ROLE_ADMIN),
    ("Who can export packages?", known::WORKBENCH_PACKAGE_EXPORT),
    (
        "Who can change the password policy?",
        known::PASSWORD_POLICY_ADMIN,
    ),
    ("Who can sign in?", known::CAN_CREATE_TOKEN),
];

/// The shortest time between two events.
const PAUSE: Duration = Duration::from_millis(150);

/// `/access`
pub async fn page(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ViewAccess, Target::portal()).await?;
    let refresh = context.query_value("fresh").is_some();
    let body = match context.services.access.review(&operation, refresh).await? {
        AccessState::Ready(review) => view! { <Review query=context.query.clone() review/> }.into_any(),
        AccessState::Listing(rows) => {
            let (nouns, next) = (("user", "users"), next(&context));
            view! { <LoadingList rows nouns events="/users/events" next/> }.into_any()
        }
        AccessState::Scanning(progress) => view! { <Scanning progress next=next(&context)/> }.into_any(),
    };
    let questions = view! { <Questions asked=context.query_value("permission")/> };
    Ok(Page::new("Access review", (questions, body))
        .lead("Who can do what on the cluster, and through which role or group."))
}

/// The address of this page when the users have been read: without the wish to read them again.
fn next(context: &RequestContext) -> String {
    let review = AccessReview::default();
    list::people(&review).state(&context.query).href("/access")
}

/// `/access/events`: the progress of the scan, and `end` when it is over.
pub async fn events(context: RequestContext) -> Result<Events, PortalError> {
    context.begin(Action::ViewAccess, Target::portal()).await?;
    let from = (context.services.access.progress(), false);
    let events = stream::unfold(from, |(mut changes, is_over)| async move {
        if is_over {
            return None;
        }
        tokio::time::sleep(PAUSE).await;
        let progress = *changes.borrow_and_update();
        let Some(progress) = progress else {
            let end = Event {
                name: "end",
                json: "{}".to_owned(),
            };
            return Some((end, (changes, true)));
        };
        // The sender lives as long as the scanner.
        let _ = changes.changed().await;
        Some((count(progress), (changes, false)))
    });
    Ok(Box::pin(events))
}

/// The progress as the island reads it.
fn count(progress: ScanProgress) -> Event {
    let data = serde_json::json!({
        "value": progress.done, "max": progress.total.max(1), "text": in_words(progress),
    });
    Event {
        name: "count",
        json: data.to_string(),
    }
}

fn in_words(progress: ScanProgress) -> String {
    format!(
        "{} of {} read",
        grouped(progress.done as u64),
        counted(progress.total, ("user", "users"))
    )
}

#[component]
fn Questions(asked: Option<String>) -> impl IntoView {
    let links = QUESTIONS.iter().map(|(question, permission)| {
        let is_current = (asked.as_deref() == Some(permission)).then_some("true");
        view! {
            <li><a class="button" href=links::access_by_permission(permission) aria-current=is_current>{*question}</a></li>
        }
    });
    view! {
        <nav aria-label="Questions">
            <ul class="questions">{links.collect_view()}</ul>
        </nav>
    }
    .into_any()
}

/// The progress of the scan, in place of the review until it is over.
#[component]
pub(super) fn Scanning(progress: ScanProgress, next: String) -> impl IntoView {
    let ScanProgress { done, total } = progress;
    let content = format!("3;url={next}");
    view! {
        <noscript><meta http-equiv="refresh" content=content/></noscript>
        <LiveProgress>
            <div class="progress" data-progress data-events="/access/events" data-next=next>
                <p>"The cluster returns the roles of its users one by one. The review appears when all are read."</p>
                <progress data-progress-bar value=done max=total.max(1) aria-label="Users read"></progress>
                <p data-progress-text>{in_words(progress)}</p>
            </div>
        </LiveProgress>
    }
    .into_any()
}

#[component]
fn Review(query: String, review: Arc<AccessReview>) -> impl IntoView {
    let list = list::people(&review);
    let state = list.state(&query);
    let page = list::page(&review, &list, &state);
    view! {
        {cautions(&review, &state).into_iter().map(|(title, detail)| view! { <Caution title detail/> }).collect_view()}
        {answer(&state, page.matching)}
        {list.view(&state, &page)}
    }
    .into_any()
}

/// What the review does not know, each with its remedy where there is one.
fn cautions(review: &AccessReview, state: &ListState) -> Vec<(String, Option<String>)> {
    let mut cautions = Vec::new();
    if review.unread > 0 {
        let users = counted(review.unread, ("user", "users"));
        cautions.push((
            format!("{users} of the list are missing here: their access is unknown."),
            Some(
                "They could not be read one by one, or were created since. Refresh to read all again."
                    .to_owned(),
            ),
        ));
    }
    for (is_visible, what, permission) in [
        (review.roles_visible, "roles", known::ROLE_VIEWER),
        (review.groups_visible, "groups", known::GROUP_VIEWER),
    ] {
        if !is_visible {
            cautions.push((
                format!("You cannot see the {what} of the cluster: access through them is missing here."),
                Some(format!("Needs the permission {permission}.")),
            ));
        }
    }
    let unknown = permission_of(state).map_or(0, |permission| review.unknown(permission));
    if unknown > 0 {
        let people = counted(unknown, ("more person", "more people"));
        let title = format!("{people} may have it through roles or groups that you cannot see.");
        cautions.push((title, None));
    }
    cautions
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
