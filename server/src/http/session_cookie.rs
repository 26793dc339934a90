//! The cookie of the session: set by a sign-in and removed by a sign-out, and by no other answer.
//!
//! tower-sessions sets or removes it with every answer. An answer that was on its way while another request signed in
//! would put the replaced session's cookie over the new one's, or remove it. So the cookie lives as long as a session can,
//! and the end of an idle session is the server's alone.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header::SET_COOKIE},
    middleware::Next,
    response::Response,
};
use gate::Sessions;
use tower_sessions::{
    SessionStore,
    cookie::{Cookie, time},
    session::Id,
};

/// What an answer does to the session of its browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionChange {
    /// It begins.
    SignIn,
    /// It ends.
    SignOut,
}

/// The cookie of the session.
#[derive(Clone)]
pub(super) struct SessionCookie {
    pub name: &'static str,
    pub sessions: Sessions,
    /// How long a session lasts at most.
    pub max: time::Duration,
}

/// Lets the answers to a sign-in and a sign-out alone have the session's cookie.
pub(super) async fn restrict(State(cookie): State<SessionCookie>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let change = response.extensions().get::<SessionChange>().copied();
    let headers = response.headers_mut();
    if !headers.contains_key(SET_COOKIE) {
        return response;
    }
    let mut kept = Vec::new();
    for value in headers.get_all(SET_COOKIE) {
        match cookie.parse(value) {
            Some(ours) => kept.extend(cookie.allowed(ours, change).await),
            None => kept.push(value.clone()),
        }
    }
    replace(headers, kept);
    response
}

impl SessionCookie {
    /// This header's cookie, where it is the session's.
    fn parse(&self, value: &HeaderValue) -> Option<Cookie<'static>> {
        let cookie = Cookie::parse(value.to_str().ok()?.to_owned()).ok()?;
        Some(cookie).filter(|cookie| cookie.name() == self.name)
    }

    /// The header of this cookie, where the answer may have it.
    async fn allowed(
        &self,
        mut cookie: Cookie<'static>,
        change: Option<SessionChange>,
    ) -> Option<HeaderValue> {
        let is_removal = cookie.value().is_empty();
        let is_allowed = match change {
            Some(SessionChange::SignIn) => !is_removal && self.is_current(cookie.value()).await,
            Some(SessionChange::SignOut) => is_removal,
            None => false,
        };
        if !is_allowed {
            return None;
        }
        if !is_removal {
            cookie.set_max_age(self.max);
        }
        HeaderValue::from_str(&cookie.to_string()).ok()
    }

    /// Whether the session of this id has not been replaced meanwhile.
    async fn is_current(&self, id: &str) -> bool {
        match id.parse::<Id>() {
            Ok(id) => self.sessions.load(&id).await.is_ok_and(|record| record.is_some()),
            Err(_) => false,
        }
    }
}

fn replace(headers: &mut HeaderMap, cookies: Vec<HeaderValue>) {
    headers.remove(SET_COOKIE);
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
}
