//! Pages that are not shown: refused, or not there.

use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::Frame;
use crate::{
    error::{ErrorKind, PortalError},
    next,
    ui::{ErrorState, LinkButton, PageHeader, missing_permission},
    visit::{Visit, visit},
};

/// In the place of a page whose permission is missing. The layer in front has set the status.
#[component]
pub fn RefusedPage() -> impl IntoView {
    let visit = visit();
    let error = visit.refusal.as_ref().map(|refusal| {
        let wording = refusal.action.rule().wording;
        PortalError {
            request_id: Some(visit.caller.request_id.clone()),
            ..PortalError::new(ErrorKind::Forbidden, format!("You may not {wording}.")).with_detail(
                missing_permission(refusal.denial.permission, &refusal.denial.roles),
            )
        }
    });
    set_status(StatusCode::FORBIDDEN);
    view! {
        <Frame area="">
            <PageHeader title="Not allowed"/>
            {error.map(|error| view! { <ErrorState error/> })}
        </Frame>
    }
    .into_any()
}

/// In the place of a page that is not there.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_status(StatusCode::NOT_FOUND);
    let error = PortalError::new(ErrorKind::NotFound, "There is no such page.")
        .with_detail("The address may be mistyped, or the page may have moved.");
    view! {
        <Frame area="">
            <PageHeader title="Not found"/>
            <ErrorState error/>
            <p><LinkButton label="To the overview" href="/"/></p>
        </Frame>
    }
    .into_any()
}

/// Sets the status of the answer. Without a request (when the list of routes is made) there is none.
fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

/// In the place of a page that could not be loaded: why, and the way to try again. `title` is empty where the
/// page has its heading already.
pub(crate) fn failed(visit: &Visit, title: &str, error: PortalError, retry: String) -> AnyView {
    fail_page(visit, &error);
    let heading = (!title.is_empty()).then(|| view! { <PageHeader title/> });
    view! { {heading}<ErrorState error retry/> }.into_any()
}

/// Answers a page that could not be loaded: with the status of the error, or, when the cluster wants
/// the password again, by the way to the sign-in page and back.
pub(crate) fn fail_page(visit: &Visit, error: &PortalError) {
    let wants_sign_in = matches!(error.kind, ErrorKind::SignIn | ErrorKind::SignInAgain);
    let location = HeaderValue::from_str(&next::sign_in(&visit.address())).ok();
    let options = use_context::<ResponseOptions>();
    if let (true, Some(options), Some(location)) = (wants_sign_in, options, location) {
        options.insert_header(header::LOCATION, location);
        options.set_status(StatusCode::SEE_OTHER);
    } else {
        set_status(error.kind.status_code());
    }
}
