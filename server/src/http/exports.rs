//! Lists as files. They take the road of the pages: session, tokens and permission first.

use app::{error::PortalError, exports::export, routes::export_action, visit::Visit};
use axum::{
    Extension,
    extract::Path,
    http::{
        HeaderName, StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};

/// `GET /export/{file}`
pub(super) async fn file(Path(name): Path<String>, Extension(visit): Extension<Visit>) -> Response {
    let Some(action) = export_action(&name) else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    if let Err(error) = visit.permit(action) {
        return refused(&visit, &error);
    }
    match export(&visit, &name).await {
        Some(Ok(csv)) => attachment(&visit, &name, csv),
        Some(Err(error)) => refused(&visit, &error),
        None => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
    }
}

/// A file to keep, named after the day.
pub(super) fn attachment(visit: &Visit, name: &str, csv: String) -> Response {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "csv"));
    let day = visit.gate.now().strftime("%Y-%m-%d");
    let disposition = format!("attachment; filename=\"postern-{stem}-{day}.{ending}\"");
    let headers: [(HeaderName, String); 3] = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, csv).into_response()
}

/// Why there is no file, in plain text: this is no page.
pub(super) fn refused(visit: &Visit, error: &PortalError) -> Response {
    let request_id = error.request_id.as_ref().unwrap_or(&visit.caller.request_id);
    let request_id = format!("Request id {request_id}");
    let parts = [Some(error.title.clone()), error.detail.clone(), Some(request_id)];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    (error.kind.status_code(), words).into_response()
}
