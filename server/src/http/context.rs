//! The context of a request, made in one place: principal, flash messages, theme, nonce and path parameters.

use std::collections::HashMap;

use app::{
    approvals,
    context::{RequestContext, RequestParts, Theme},
    routes,
};
use axum::{
    extract::{FromRequestParts, Path, rejection::PathRejection},
    http::{HeaderMap, Method, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use gate::{GateError, RequestOrigin, Session};

use super::{Portal, cookies, headers::Nonce, pages};

impl FromRequestParts<Portal> for RequestContext {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Response> {
        let params = Path::<HashMap<String, String>>::from_request_parts(parts, portal).await;
        let is_readable = !matches!(params, Err(PathRejection::FailedToDeserializePathParams(_)));
        // The fallback has none.
        let params = params.map(|Path(params)| params).unwrap_or_default();
        let context = read(parts, portal, params).await.map_err(|error| {
            tracing::error!(%error, "the session could not be read");
            let words = "The portal could not read your session. Try again in a moment.";
            (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
        })?;
        if is_readable {
            Ok(context)
        } else {
            Err(pages::not_found(context).await)
        }
    }
}

async fn read(
    parts: &Parts,
    portal: &Portal,
    params: HashMap<String, String>,
) -> Result<RequestContext, GateError> {
    let Parts {
        method,
        uri,
        headers,
        extensions,
        ..
    } = parts;
    let session = extensions
        .get::<Session>()
        .cloned()
        .ok_or_else(|| GateError::Store("there is no session layer".to_owned()))?;
    let origin = extensions.get::<RequestOrigin>().cloned();
    let origin = origin.unwrap_or_else(|| RequestOrigin {
        request_id: String::new(),
        address: None,
    });
    let nonce = extensions.get::<Nonce>();
    let principal = portal.gate.principal(&session).await?;
    let flashes = if shows_flashes(method, headers) {
        portal
            .flashes
            .take(headers, principal.as_deref(), uri.path())
            .await
    } else {
        Vec::new()
    };
    // Pages alone show it.
    let awaiting = if *method == Method::GET {
        approvals::waiting_for(&portal.services, principal.as_deref()).await
    } else {
        0
    };
    Ok(RequestContext::from(RequestParts {
        gate: portal.gate.clone(),
        services: portal.services.clone(),
        session,
        principal,
        origin,
        secure: portal.origins.is_secure(),
        theme: theme(headers),
        flashes,
        demo_accounts: portal.demo_accounts,
        awaiting,
        site_map: routes::site_map(),
        assets: portal.assets.clone(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        params,
        nonce: nonce.map(|nonce| nonce.as_str().to_owned()).unwrap_or_default(),
    }))
}

/// Whether this request is a page that is displayed now. One that is prefetched, or fetched in parts, must not use
/// up the message for the next page.
fn shows_flashes(method: &Method, headers: &HeaderMap) -> bool {
    let is_navigation = headers
        .get("sec-fetch-dest")
        .is_none_or(|dest| dest == "document");
    *method == Method::GET && is_navigation && !headers.contains_key("sec-purpose")
}

fn theme(headers: &HeaderMap) -> Theme {
    cookies::all(headers)
        .filter(|cookie| cookie.name() == "theme")
        .find_map(|cookie| Theme::named(cookie.value()))
        .unwrap_or_default()
}
