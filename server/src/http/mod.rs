//! The HTTP side of the portal: layers, pages, server functions, assets.
//!
//! The road of a request: request id and log span, security headers, origin check, body limit,
//! session, visit (who is asking), guard (may they), then the page or the server function.

mod assets;
mod batches;
mod body;
mod exports;
mod flashes;
mod forms;
mod guard;
mod headers;
mod metrics;
mod ops;
mod origin;
mod request_id;
mod visits;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use app::{
    entra::Plans,
    ui::Assets,
    visit::{DemoAccount, Visit},
};
use axum::{
    Router,
    extract::{FromRef, Request},
    http::{Uri, request::Parts},
    middleware,
    response::Response,
    routing::{MethodRouter, get, post},
};
use gate::{Gate, MemorySessions};
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{
    AxumRouteListing, generate_route_list, render_app_async_with_context,
    render_app_to_stream_in_order_with_context,
};
use leptos_router::SsrMode;
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer,
    limit::RequestBodyLimitLayer, timeout::TimeoutLayer,
};
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{SameSite, time},
};
use url::Url;

pub use ops::router as ops_router;
pub use origin::AllowedOrigins;

/// The longest that an answer may take. The cluster's own time-outs are shorter.
const LONGEST_ANSWER: Duration = Duration::from_mins(2);

/// What the HTTP side is made of.
#[derive(Clone, FromRef)]
pub struct Portal {
    /// The gate.
    pub gate: Gate,
    /// The session records.
    pub sessions: MemorySessions,
    /// What the pages after forms have to say.
    pub flashes: flashes::Flashes,
    /// The dry runs of imports from Entra ID.
    pub plans: Plans,
    /// The origins that forms may come from.
    pub origins: AllowedOrigins,
    /// The accounts of the simulator, in demo mode.
    pub demo: Demo,
    /// Addresses of style, scripts and pictures.
    pub assets: Arc<Assets>,
    /// Whether health and metrics answer at an address of their own, and so not here.
    #[from_ref(skip)]
    pub ops_elsewhere: bool,
    /// What Leptos wants to know.
    pub leptos: LeptosOptions,
}

/// The accounts that the sign-in page lists; none outside demo mode.
#[derive(Clone, Copy)]
pub struct Demo(pub Option<&'static [DemoAccount]>);

impl Portal {
    /// A portal in front of this gate, seen by browsers at this origin.
    pub fn new(gate: Gate, public_url: &Url, demo: Demo) -> Self {
        Self {
            gate,
            sessions: MemorySessions::default(),
            flashes: flashes::Flashes::default(),
            plans: Plans::default(),
            origins: AllowedOrigins::of(public_url),
            demo,
            assets: Arc::new(assets::manifest()),
            ops_elsewhere: false,
            leptos: LeptosOptions::builder().output_name("postern").build(),
        }
    }

    /// The pages, as the router knows them.
    pub fn pages() -> Vec<AxumRouteListing> {
        generate_route_list(app::shell::document)
    }

    /// Everything that the portal answers. The health of the portal itself is added when the
    /// listener is on loopback.
    pub fn router(self, address: SocketAddr) -> Router {
        let pages = Self::pages()
            .iter()
            .fold(Router::new(), |router, page| {
                router.route(page.path(), render(page.mode()))
            })
            .route_layer(middleware::from_fn_with_state(self.clone(), guard::pages))
            .route("/api/{*function}", post(forms::call))
            .route("/export/{file}", get(exports::file))
            .route("/batches/{id}/events", get(batches::events))
            .route("/access/events", get(batches::access))
            .route("/batches/{id}/result.csv", get(batches::result))
            .fallback(not_found)
            .layer(middleware::from_fn_with_state(self.clone(), visits::add))
            .layer(self.session_layer());
        let mut router = Router::new().merge(pages).merge(assets::router());
        if address.ip().is_loopback() && !self.ops_elsewhere {
            router = router.merge(ops::router(self.gate.clone()));
        }
        router
            .layer(RequestBodyLimitLayer::new(body::LARGEST_BODY))
            .layer(middleware::from_fn_with_state(
                self.origins.clone(),
                origin::check,
            ))
            // Pages are made for one person at one time: what the browser waits for counts, not the last byte.
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .layer(TimeoutLayer::with_status_code(
                http::StatusCode::GATEWAY_TIMEOUT,
                LONGEST_ANSWER,
            ))
            .layer(CatchPanicLayer::custom(request_id::after_panic))
            .layer(middleware::from_fn_with_state(self.origins.clone(), headers::add))
            .layer(middleware::from_fn(request_id::add))
            .with_state(self)
    }

    fn session_layer(&self) -> SessionManagerLayer<MemorySessions> {
        let secure = self.origins.is_secure();
        let idle = time::Duration::seconds(self.gate.rules().idle.as_secs());
        SessionManagerLayer::new(self.sessions.clone())
            .with_name(if secure { "__Host-postern" } else { "postern" })
            .with_secure(secure)
            .with_http_only(true)
            // Lax, so that a link in a mail leads to the page; forms are checked by their origin.
            .with_same_site(SameSite::Lax)
            .with_expiry(Expiry::OnInactivity(idle))
            .with_always_save(true)
    }
}

/// The handler of a page. Leptos's own way to add routes adds the server functions as well, past
/// the one road of `forms`.
fn render(mode: &SsrMode) -> MethodRouter<Portal> {
    match mode {
        SsrMode::InOrder => get(render_app_to_stream_in_order_with_context(
            provide_visit,
            app::shell::document,
        )),
        _ => get(render_app_async_with_context(provide_visit, app::shell::document)),
    }
}

/// What this router does not know is not there. Leptos's own router would read `/users/` as `/users`,
/// past the guard, so it gets an address that is no page's.
async fn not_found(mut request: Request) -> Response {
    *request.uri_mut() = Uri::from_static("/-");
    render_app_async_with_context(provide_visit, app::shell::document)(request).await
}

/// Hands the request's [`Visit`] and the nonce that the headers name to what is rendered.
fn provide_visit() {
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    if let Some(visit) = parts.extensions.get::<Visit>() {
        provide_context(visit.clone());
    }
    if let Some(nonce) = parts.extensions.get::<leptos::nonce::Nonce>() {
        provide_context(nonce.clone());
    }
}
