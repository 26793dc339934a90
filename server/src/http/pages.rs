//! Pages: guarded, loaded, rendered.

use std::convert::Infallible;

use app::{
    context::RequestContext,
    shell::{Rendered, render, render_not_found},
    ui::Page,
};
use axum::{
    body::Body,
    http::{StatusCode, header::SET_COOKIE},
    response::{Html, IntoResponse, Redirect, Response},
};
use futures::StreamExt;
use gate::Action;

use super::{
    Portal,
    guard::{self, Load},
};

/// The answer to a request for a page. The guard's refusal is a page as well, or the way to the sign-in.
pub(super) async fn answer(
    portal: &Portal,
    context: RequestContext,
    action: Action,
    load: &'static Load<Page>,
) -> Response {
    if action == Action::SignIn
        && let Some(next) = guard::beyond_sign_in(&context).await
    {
        return leave(portal, &context, &next).await;
    }
    let loading = guard::load(context.clone(), action, load);
    match render(context.clone(), loading).await {
        Rendered::Redirect(to) => leave(portal, &context, &to).await,
        rendered => respond(rendered),
    }
}

/// Leads to another page. The messages that this one would have shown wait until it is there.
async fn leave(portal: &Portal, context: &RequestContext, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    for flash in &context.flashes {
        let cookie = portal.flashes.keep(context, &context.path, flash).await;
        response
            .headers_mut()
            .extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    }
    response
}

/// The answer where the table has no row.
pub(super) async fn not_found(context: RequestContext) -> Response {
    respond(render_not_found(context).await)
}

fn respond(rendered: Rendered) -> Response {
    match rendered {
        Rendered::Redirect(to) => Redirect::to(&to).into_response(),
        Rendered::Document(status, html) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Html(html)).into_response()
        }
        Rendered::Streamed(parts) => {
            let parts = parts.map(Ok::<_, Infallible>);
            Html(Body::from_stream(parts)).into_response()
        }
    }
}
