//! The page in the place of one that cannot be shown.

use leptos::prelude::*;

use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    ui::{ErrorState, LinkButton, Page},
};

/// Says why the page is not shown, and what can be done.
pub(super) fn page(context: &RequestContext, error: PortalError) -> Page {
    let title = match error.kind {
        ErrorKind::Forbidden => "Not allowed",
        ErrorKind::NotFound => "Not found",
        _ => "Not available",
    };
    let can_retry = !matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound);
    let retry = if can_retry {
        context.address()
    } else {
        String::new()
    };
    let error = PortalError {
        request_id: error
            .request_id
            .clone()
            .or_else(|| Some(context.origin.request_id.clone())),
        ..error
    };
    let content = view! {
        <ErrorState error retry/>
        <p><LinkButton label="To the overview" href="/"/></p>
    };
    Page::new(title, content.into_any())
}
