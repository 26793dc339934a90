//! Files, guarded like pages.

use app::{
    answer::{Content, Download},
    context::RequestContext,
    error::PortalError,
};
use axum::{
    body::Body,
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

/// A file to save, named after the day. With `bom=false` in the address a list has no byte order mark.
fn attachment(context: &RequestContext, Download { name, content }: Download) -> Response {
    let (ending, content_type, body) = match content {
        Content::Csv(csv) => {
            let mark = match context.query_value("bom").as_deref() {
                Some("false") => "",
                _ => BYTE_ORDER_MARK,
            };
            (
                "csv",
                "text/csv; charset=utf-8",
                Body::from(format!("{mark}{csv}")),
            )
        }
        // A type that no browser displays: the text is a system's.
        Content::Yaml(text) => ("yaml", "application/yaml; charset=utf-8", Body::from(text)),
        Content::Passed {
            ending,
            content_type,
            body,
        } => (ending, content_type, Body::from_stream(body.into_stream())),
    };
    let day = context.gate.now().strftime("%Y-%m-%d");
    let disposition = format!("attachment; filename=\"postern-{name}-{day}.{ending}\"");
    let headers: [(HeaderName, String); 2] = [
        (CONTENT_TYPE, content_type.to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, body).into_response()
}

/// The reason why there is no file or stream, in plain text: this is no page.
pub(super) fn refused(context: &RequestContext, error: &PortalError) -> Response {
    let request_id = error.request_id.as_ref().unwrap_or(&context.origin.request_id);
    let request_id = format!("Request id {request_id}");
    let fields = error.fields.iter().map(|field| field.message.clone());
    let parts = [Some(error.title.clone()), error.detail.clone()];
    let parts = parts.into_iter().flatten().chain(fields).chain([request_id]);
    let words = parts.collect::<Vec<_>>().join("\n");
    with_retry_after(
        (error.kind.status_code(), words).into_response(),
        error.retry_after,
    )
}
