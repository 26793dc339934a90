//! The visit: who is asking, put together once for each request before anything is rendered.

use app::visit::{Request as VisitRequest, Theme, Visit};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header::COOKIE},
    middleware::Next,
    response::{IntoResponse, Response},
};
use gate::{Caller, GateError};
use tower_sessions::Session;

use super::Portal;

/// Adds the [`Visit`] to the request.
pub(super) async fn add(State(portal): State<Portal>, mut request: Request, next: Next) -> Response {
    match of(&portal, &mut request).await {
        Ok(visit) => {
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Err(error) => {
            tracing::error!(%error, "the session could not be read");
            let words = "The portal could not read your session. Try again in a moment.";
            (http::StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
        }
    }
}

async fn of(portal: &Portal, request: &mut Request) -> Result<Visit, GateError> {
    let session = request
        .extensions()
        .get::<Session>()
        .cloned()
        .ok_or_else(|| GateError::Store("there is no session layer".to_owned()))?;
    let caller = request.extensions().get::<Caller>().cloned();
    let caller = caller.unwrap_or_else(|| Caller {
        request_id: String::new(),
        address: None,
    });
    let visitor = portal.gate.visitor(&session).await?;
    let secure = portal.origins.is_secure();
    let taken = shows_flash(request).then(|| portal.flashes.take(request.headers(), secure));
    Ok(Visit::from(VisitRequest {
        gate: portal.gate.clone(),
        session,
        visitor,
        caller,
        secure,
        theme: theme(request.headers()),
        flash: taken.flatten(),
        refusal: None,
        demo_accounts: portal.demo.0,
        assets: portal.assets.clone(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        plans: portal.plans.clone(),
        outcome: app::visit::Outcome::default(),
    }))
}

/// Whether this request is a page that somebody will look at now. One that is fetched ahead, or
/// piece by piece, must not use up what the next page has to say.
fn shows_flash(request: &Request) -> bool {
    let headers = request.headers();
    let is_navigation = headers
        .get("sec-fetch-dest")
        .is_none_or(|dest| dest == "document");
    request.method() == Method::GET && is_navigation && !headers.contains_key("sec-purpose")
}

fn theme(headers: &HeaderMap) -> Theme {
    cookies(headers, "theme")
        .find_map(Theme::named)
        .unwrap_or_default()
}

/// The values of the cookies of this name.
pub(super) fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(move |cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
}
