//! The guard in front of the pages: session and permission are decided before anything is rendered,
//! because a page that streams has sent its status by then.

use app::{
    routes::page_action,
    visit::{Refusal, Request as VisitRequest, Visit},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use gate::{Action, GateError, Needs};

use super::Portal;

/// Lets a page through, refuses it, or leads to the sign-in page.
pub(super) async fn pages(State(portal): State<Portal>, mut request: Request, next: Next) -> Response {
    if has_dot_segment(request.uri().path()) {
        // The router of the pages would resolve it to another page than the one that is guarded here.
        return super::not_found(request).await;
    }
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let action = path.as_deref().and_then(page_action);
    let (Some(action), Some(visit)) = (action, request.extensions().get::<Visit>().cloned()) else {
        // A page that is not in the table is open to nobody.
        tracing::error!(path, "a page has no row in the action table");
        return StatusCode::NOT_FOUND.into_response();
    };
    if action == Action::SeeParts && portal.demo.0.is_none() {
        return super::not_found(request).await;
    }
    if action == Action::SignIn {
        return sign_in_page(&visit, request, next).await;
    }
    if action.rule().needs == Needs::Nothing {
        return next.run(request).await;
    }
    let Some(visitor) = &visit.visitor else {
        return to_sign_in(&visit);
    };
    match visit.gate.ensure_tokens(visitor).await {
        Ok(()) => {}
        Err(GateError::SignInAgain | GateError::NotSignedIn) => return to_sign_in(&visit),
        Err(error) => {
            tracing::error!(%error, "the session's tokens could not be read");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    }
    if let Err(denial) = visitor
        .profile
        .permissions
        .allow(action, &visitor.profile.catalogue)
    {
        let refused = VisitRequest {
            refusal: Some(Refusal { action, denial }),
            ..visit.request()
        };
        request.extensions_mut().insert(Visit::from(refused));
    }
    next.run(request).await
}

/// Whoever is signed in, with tokens that the cluster takes, has no business on the sign-in page.
async fn sign_in_page(visit: &Visit, request: Request, next: Next) -> Response {
    if let Some(visitor) = &visit.visitor
        && visit.gate.ensure_tokens(visitor).await.is_ok()
    {
        let wanted = visit.query_value("next").unwrap_or_default();
        return Redirect::to(&app::next::local(&wanted)).into_response();
    }
    next.run(request).await
}

/// To the sign-in page, and back afterwards.
fn to_sign_in(visit: &Visit) -> Response {
    Redirect::to(&app::next::sign_in(&visit.address())).into_response()
}

/// Whether a segment of this path means "here" or "one up", spelled out or percent-encoded.
fn has_dot_segment(path: &str) -> bool {
    let plain = path.to_ascii_lowercase().replace("%2e", ".");
    plain.split('/').any(|segment| matches!(segment, "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::has_dot_segment;

    #[test]
    fn dot_segments_are_seen_however_they_are_spelled() {
        for path in ["/users/..", "/users/%2e%2E", "/users/.%2e", "/users/./x", "/%2e"] {
            assert!(has_dot_segment(path), "{path}");
        }
        for path in ["/", "/users/a.b", "/users/...", "/users/%2e%2ea"] {
            assert!(!has_dot_segment(path), "{path}");
        }
    }
}
