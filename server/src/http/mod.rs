//! The HTTP side of the portal: layers, and one axum route for each row of the table of addresses.
//!
//! A request passes the request id and log span, the security headers, the origin check, the body limit and the
//! session; then its context is made, the guard checks it, and the row's function answers.

mod assets;
mod body;
mod client_address;
mod context;
mod cookies;
mod events;
mod exports;
mod flashes;
mod forms;
mod guard;
mod headers;
mod limits;
mod metrics;
mod ops;
mod origin;
mod pages;
mod request_id;
mod returned;
mod serve;
mod session_cookie;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use any_spawner::Executor;
use app::{
    context::{DemoAccount, RequestContext},
    routes::{Handler, Route, table},
    ui::Assets,
};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    middleware,
    routing::{MethodRouter, get, post},
};
use gate::{FlashStore, Gate, Sessions};
use operations::Services;
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer,
    limit::RequestBodyLimitLayer, timeout::TimeoutLayer,
};
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{SameSite, time},
};
use url::Url;

pub use client_address::TrustedProxies;
pub use limits::Limits;
pub use ops::router as ops_router;
pub use origin::AllowedOrigins;
pub use serve::serve;

use self::{
    body::Bodies, cookies::Cookies, events::Streams, flashes::Flashes, returned::ReturnedForms,
    session_cookie::SessionCookie,
};

/// The longest that an answer may take. The time-outs of the systems' clients are shorter.
const TIMEOUT: Duration = Duration::from_mins(2);

/// The parts of a [`Portal`].
pub struct PortalConfig {
    /// The gate.
    pub gate: Gate,
    /// Caches and long work.
    pub services: Services,
    /// Where session records are kept.
    pub sessions: Sessions,
    /// Where flash messages are kept.
    pub flashes: Arc<dyn FlashStore>,
    /// The origin that browsers see.
    pub public_url: Url,
    /// The accounts of the simulator, which make this the demo mode.
    pub demo_accounts: Option<&'static [DemoAccount]>,
    /// Whether health and metrics answer at an address of their own, and so not here.
    pub has_ops_listener: bool,
    /// Bounds on what callers may hold.
    pub limits: Limits,
    /// The proxies that may name the client.
    pub proxies: TrustedProxies,
}

/// The HTTP side. Cheap to clone.
#[derive(Clone)]
pub struct Portal {
    gate: Gate,
    services: Services,
    sessions: Sessions,
    flashes: Flashes,
    returned: ReturnedForms,
    origins: AllowedOrigins,
    demo_accounts: Option<&'static [DemoAccount]>,
    assets: Arc<Assets>,
    has_ops_listener: bool,
    bodies: Bodies,
    streams: Streams,
    proxies: TrustedProxies,
}

impl Portal {
    /// A portal of these parts.
    pub fn new(config: PortalConfig) -> Self {
        let PortalConfig {
            gate,
            services,
            sessions,
            flashes,
            public_url,
            demo_accounts,
            has_ops_listener,
            limits,
            proxies,
        } = config;
        // Rendering spawns on it. An error says that it is set already.
        let _ = Executor::init_tokio();
        let origins = AllowedOrigins::of(&public_url);
        let cookies = Cookies {
            secure: origins.is_secure(),
        };
        let flashes = Flashes::new(flashes, gate.clock().clone(), cookies);
        Self {
            gate,
            services,
            sessions,
            returned: ReturnedForms::new(flashes.clone(), cookies),
            flashes,
            origins,
            demo_accounts,
            assets: Arc::new(assets::manifest()),
            has_ops_listener,
            bodies: Bodies::new(&limits),
            streams: Streams::default(),
            proxies,
        }
    }

    /// Everything that the portal answers. Its own health is added when the listener is on loopback, and browsers come
    /// there directly: behind a proxy everyone could read it.
    pub fn router(self, address: SocketAddr) -> Router {
        let rows = table()
            .iter()
            .filter(|route| self.demo_accounts.is_some() || !route.demo_only);
        let rows = rows
            .fold(Router::new(), |router, route| {
                router.route(route.path, method_router(route))
            })
            .fallback(pages::not_found)
            .layer(self.session_layer())
            .layer(middleware::from_fn_with_state(
                self.session_cookie(),
                session_cookie::restrict,
            ));
        let mut router = Router::new().merge(rows).merge(assets::router());
        if address.ip().is_loopback() && !self.has_ops_listener && !self.origins.is_secure() {
            router = router.merge(ops::router(self.gate.clone()));
        }
        router
            .layer(RequestBodyLimitLayer::new(body::MAX_READ))
            .layer(middleware::from_fn_with_state(
                self.origins.clone(),
                origin::check,
            ))
            // A page is made for one person at one time: the time that the browser waits counts, not the last byte.
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::GATEWAY_TIMEOUT,
                TIMEOUT,
            ))
            .layer(CatchPanicLayer::custom(request_id::after_panic))
            .layer(middleware::from_fn_with_state(self.origins.clone(), headers::add))
            .layer(middleware::from_fn_with_state(
                self.proxies.clone(),
                request_id::add,
            ))
            .with_state(self)
    }

    fn session_cookie(&self) -> SessionCookie {
        SessionCookie {
            name: if self.origins.is_secure() {
                "__Host-postern"
            } else {
                "postern"
            },
            sessions: self.sessions.clone(),
            max: time::Duration::seconds(self.gate.rules().max.as_secs()),
        }
    }

    fn session_layer(&self) -> SessionManagerLayer<Sessions> {
        let secure = self.origins.is_secure();
        let idle = time::Duration::seconds(self.gate.rules().idle.as_secs());
        SessionManagerLayer::new(self.sessions.clone())
            .with_name(self.session_cookie().name)
            .with_secure(secure)
            .with_http_only(true)
            // Lax, so that a link in a mail leads to the page; forms are checked by their origin.
            .with_same_site(SameSite::Lax)
            .with_expiry(Expiry::OnInactivity(idle))
            .with_always_save(true)
    }
}

/// The axum handler of a row.
fn method_router(route: &'static Route) -> MethodRouter<Portal> {
    let action = route.action;
    match &route.handler {
        Handler::Page(load) => get(
            move |State(portal): State<Portal>, context: RequestContext| async move {
                pages::answer(&portal, context, action, &**load).await
            },
        ),
        Handler::Export(load) => {
            get(move |context: RequestContext| exports::answer(context, action, &**load))
        }
        Handler::Events(open) => get(
            move |State(portal): State<Portal>, context: RequestContext| async move {
                events::answer(&portal.streams, context, action, &**open).await
            },
        ),
        Handler::Form(run) => {
            let function = forms::Function::new(route, &**run);
            post(
                move |State(portal): State<Portal>,
                      context: RequestContext,
                      headers: HeaderMap,
                      body: Body| { forms::answer(portal, context, function, headers, body) },
            )
        }
    }
}
