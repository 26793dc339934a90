//! Lists as files, guarded like pages.

use app::{answer::Download, context::RequestContext, error::PortalError};
use axum::{
    http::{
        HeaderName,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use gate::Action;

use super::{
    forms::with_retry_after,
    guard::{self, Load},
};

/// The answer to a request for a file.
pub(super) async fn answer(
    context: RequestContext,
    action: Action,
    load: &'static Load<Download>,
) -> Response {
    match guard::load(context.clone(), action, load).await {
        Ok(download) => attachment(&context, download),
        Err(error) => refused(&context, &error),
    }
}

/// The mark by which spreadsheets recognise UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A file to save, named after the day. With `bom=false` in the address it has no byte order mark.
fn attachment(context: &RequestContext, Download { name, csv }: Download) -> Response {
    let day = context.gate.now().strftime("%Y-%m-%d");
    let disposition = format!("attachment; filename=\"postern-{name}-{day}.csv\"");
    let headers: [(HeaderName, String); 2] = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    let mark = match context.query_value("bom").as_deref() {
        Some("false") => "",
        _ => BYTE_ORDER_MARK,
    };
    (headers, format!("{mark}{csv}")).into_response()
}

/// The reason why there is no file or stream, in plain text: this is no page.
pub(super) fn refused(context: &RequestContext, error: &PortalError) -> Response {
    let request_id = error.request_id.as_ref().unwrap_or(&context.origin.request_id);
    let request_id = format!("Request id {request_id}");
    let parts = [Some(error.title.clone()), error.detail.clone(), Some(request_id)];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    with_retry_after(
        (error.kind.status_code(), words).into_response(),
        error.retry_after,
    )
}
