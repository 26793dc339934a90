//! The additions of `cargo xtask dev` to the demo: a page reloads after the portal has restarted, and an account is
//! signed in without its password. Compiled into debug builds only, so that no release has them.

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION},
    },
    middleware::{self, Next},
    response::{
        Response,
        sse::{Event, Sse},
    },
    routing::get,
};
use futures::stream::{self, Stream, StreamExt};
use simulator::DEMO_ACCOUNTS;
use tower::ServiceExt;

use super::shutdown;

/// The stream that tells a page to load itself again.
const EVENTS: &str = "/dev/events";

#[derive(Clone)]
struct Dev {
    portal: Router,
    /// The account that is signed in.
    account: String,
}

/// The portal with these additions.
pub(super) fn add(portal: Router, account: String) -> Router {
    let dev = Dev {
        portal: portal.clone(),
        account,
    };
    portal
        .layer(middleware::from_fn_with_state(dev, answer))
        .route(EVENTS, get(events))
}

async fn answer(State(dev): State<Dev>, mut request: Request, next: Next) -> Response {
    // Nothing can be appended to a compressed page.
    request.headers_mut().remove(ACCEPT_ENCODING);
    let is_get = request.method() == Method::GET;
    let extensions = request.extensions().clone();
    let mut response = next.run(request).await;
    if let Some(form) = sign_in_form(&dev.account, &response).filter(|_| is_get) {
        let mut sign_in = Request::new(Body::from(form));
        *sign_in.method_mut() = Method::POST;
        *sign_in.uri_mut() = axum::http::Uri::from_static("/api/sign-in");
        *sign_in.extensions_mut() = extensions;
        let headers = sign_in.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("text/html"));
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        let Ok(signed_in) = dev.portal.oneshot(sign_in).await;
        return signed_in;
    }
    let Some(script) = script(response.headers()) else {
        return response;
    };
    response.headers_mut().remove(CONTENT_LENGTH);
    response.map(|page| {
        let script = stream::iter([Ok(Bytes::from(script))]);
        Body::from_stream(page.into_data_stream().chain(script))
    })
}

/// The sign-in of the account, where the answer leads to the sign-in page.
fn sign_in_form(account: &str, response: &Response) -> Option<String> {
    if response.status() != StatusCode::SEE_OTHER {
        return None;
    }
    let next = response.headers().get(LOCATION)?.to_str().ok()?;
    let next = next.strip_prefix("/sign-in?")?;
    let password = DEMO_ACCOUNTS
        .iter()
        .find(|known| known.user_name == account)?
        .password;
    let mut form = url::form_urlencoded::Serializer::new(next.to_owned());
    form.append_pair("user_name", account);
    form.append_pair("password", password);
    Some(form.finish())
}

/// The script of a page, with the nonce that the page's policy asks for.
fn script(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let policy = headers.get(CONTENT_SECURITY_POLICY)?.to_str().ok()?;
    let (_, rest) = policy.split_once("'nonce-")?;
    let (nonce, _) = rest.split_once('\'')?;
    kind.starts_with("text/html").then(|| {
        format!(
            "<script nonce=\"{nonce}\">new EventSource(\"{EVENTS}\")\
             .addEventListener(\"reload\", () => location.reload());</script>"
        )
    })
}

/// One event, then an open connection. A browser that lost it to a restart connects again and names the event that it
/// has seen, which tells an old page from one that was just loaded. Both are printed: `cargo xtask dev` takes the time.
async fn events(headers: HeaderMap) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let name = if headers.contains_key("last-event-id") {
        "reload"
    } else {
        "loaded"
    };
    println!("page: {name}");
    let event = Event::default()
        .id("1")
        .retry(std::time::Duration::from_millis(100))
        .event(name)
        .data(name);
    let events = stream::iter([Ok(event)]).chain(stream::pending());
    Sse::new(events.take_until(Box::pin(shutdown::requested())))
}
