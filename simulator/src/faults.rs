//! Fault injection: rules that match requests, the broken responses they cause, and the requests they hold.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use futures::stream;
use serde::{Deserialize, Serialize};
use std::{io, time::Duration};
use tokio::sync::watch;

/// A fault for the requests that match a method and a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The method; every method when absent.
    #[serde(default)]
    pub method: Option<String>,
    /// A prefix of the path, in whole segments; the segment `*` matches any one segment.
    pub path: String,
    /// The fault.
    pub fault: Fault,
    /// The number of requests that get the fault; all of them when absent.
    #[serde(default)]
    pub times: Option<u32>,
}

/// The fault of a request. Only a delayed or held request, and one whose answer is lost, reaches the simulated service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Delays the response: `{"delay_ms": 500}`.
    DelayMs(u64),
    /// Holds the request until [`Simulator::release`] or [`Simulator::set_faults`]: `"hold"`. A test that observes an
    /// intermediate state holds the requests that would end it, and then does not depend on the machine's speed.
    ///
    /// [`Simulator::release`]: crate::Simulator::release
    /// [`Simulator::set_faults`]: crate::Simulator::set_faults
    Hold,
    /// Carries the request out, then closes the connection without a response: `"lose"`.
    Lose,
    /// 429 with this many seconds in `Retry-After`: `{"busy": 30}`.
    Busy(u64),
    /// 503 with this many seconds in `Retry-After`: `{"unavailable": 30}`.
    Unavailable(u64),
    /// Closes the connection without a response: `"drop"`.
    Drop,
    /// Sends less than the announced length, then closes the connection: `"truncate"`.
    Truncate,
    /// 200 with a body that is not the announced JSON: `"not_json"`.
    NotJson,
    /// 502 with a gateway's HTML page: `"html"`.
    Html,
    /// This status and body: `{"status": 503, "body": "…"}`.
    #[serde(untagged)]
    Status {
        /// The HTTP status.
        status: u16,
        /// The body, sent as JSON when it is JSON and as text otherwise.
        #[serde(default)]
        body: String,
    },
}

/// A request that a [`Fault::Hold`] holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HeldRequest {
    #[serde(skip)]
    id: u64,
    /// The request's method.
    pub method: String,
    /// The request's path.
    pub path: String,
}

/// Marks a response that the accept loop replaces by closing the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CloseConnection;

/// The faults of one request: the sum of the delays, and the response of the first rule that has one.
#[derive(Debug, Default)]
pub(crate) struct Injected {
    pub(crate) hold: Option<Hold>,
    pub(crate) delay: Duration,
    pub(crate) loses_answer: bool,
    pub(crate) response: Option<Response>,
}

/// The rules, and the requests that they hold. One lock guards both: a request cannot match a rule and begin to wait
/// after the rule is gone and its requests are released.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<FaultRule>,
    held: watch::Sender<Vec<HeldRequest>>,
    last_id: u64,
}

impl Faults {
    pub(crate) fn rules(&self) -> &[FaultRule] {
        &self.rules
    }

    /// Replaces the rules and releases every held request.
    pub(crate) fn set_rules(&mut self, rules: Vec<FaultRule>) {
        self.rules = rules;
        self.release(usize::MAX);
    }

    /// The requests held now, the oldest first, and every change of them.
    pub(crate) fn held(&self) -> watch::Receiver<Vec<HeldRequest>> {
        self.held.subscribe()
    }

    /// Releases the oldest `count` of the held requests.
    pub(crate) fn release(&self, count: usize) {
        self.held.send_modify(|held| {
            held.drain(..count.min(held.len()));
        });
    }

    /// Applies the rules to a request and counts down those used.
    pub(crate) fn inject(&mut self, method: &Method, path: &str) -> Injected {
        let mut injected = Injected::default();
        let mut is_held = false;
        for rule in self.rules.iter_mut().filter(|rule| rule.matches(method, path)) {
            match &rule.fault {
                Fault::DelayMs(millis) => injected.delay += Duration::from_millis(*millis),
                Fault::Hold => is_held = true,
                Fault::Lose => injected.loses_answer = true,
                _ if injected.response.is_some() => continue,
                fault => injected.response = fault.response(),
            }
            rule.times = rule.times.map(|left| left - 1);
        }
        injected.hold = is_held.then(|| self.hold(method, path));
        injected
    }

    fn hold(&mut self, method: &Method, path: &str) -> Hold {
        self.last_id += 1;
        let request = HeldRequest {
            id: self.last_id,
            method: method.to_string(),
            path: path.to_owned(),
        };
        self.held.send_modify(|held| held.push(request));
        Hold {
            id: self.last_id,
            held: self.held.clone(),
        }
    }
}

/// The wait of a held request. Dropping it removes the request from the list: its client is gone.
#[derive(Debug)]
pub(crate) struct Hold {
    id: u64,
    held: watch::Sender<Vec<HeldRequest>>,
}

impl Hold {
    /// Waits until the request is released.
    pub(crate) async fn released(self) {
        let is_released = |held: &Vec<HeldRequest>| held.iter().all(|request| request.id != self.id);
        // The sender cannot be gone: `self` has one.
        drop(self.held.subscribe().wait_for(is_released).await);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.held.send_if_modified(|held| {
            let before = held.len();
            held.retain(|request| request.id != self.id);
            held.len() < before
        });
    }
}

impl FaultRule {
    /// A rule for every method and any number of requests.
    pub fn always(path: impl Into<String>, fault: Fault) -> Self {
        Self {
            method: None,
            path: path.into(),
            fault,
            times: None,
        }
    }

    fn matches(&self, method: &Method, path: &str) -> bool {
        let same_method = self
            .method
            .as_deref()
            .is_none_or(|expected| expected.eq_ignore_ascii_case(method.as_str()));
        same_method && self.times != Some(0) && has_prefix(path, &self.path)
    }
}

fn has_prefix(path: &str, pattern: &str) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let mut expected = pattern.split('/').filter(|segment| !segment.is_empty());
    expected.all(|expected| {
        segments
            .next()
            .is_some_and(|segment| expected == "*" || expected == segment)
    })
}

impl Fault {
    /// The response in place of the service's; `None` when the service answers.
    pub(crate) fn response(&self) -> Option<Response> {
        Some(match self {
            Self::DelayMs(_) | Self::Hold | Self::Lose => return None,
            Self::Busy(seconds) => later(StatusCode::TOO_MANY_REQUESTS, *seconds),
            Self::Unavailable(seconds) => later(StatusCode::SERVICE_UNAVAILABLE, *seconds),
            Self::Drop => closed(),
            Self::Truncate => truncated(),
            Self::NotJson => {
                ([(header::CONTENT_TYPE, "application/json")], "this is not JSON {").into_response()
            }
            Self::Html => (StatusCode::BAD_GATEWAY, Html(GATEWAY_PAGE)).into_response(),
            Self::Status { status, body } => plain_or_json(*status, body.clone()),
        })
    }
}

/// A refusal that says when to ask again.
fn later(status: StatusCode, seconds: u64) -> Response {
    (status, [(header::RETRY_AFTER, HeaderValue::from(seconds))]).into_response()
}

/// The answer in whose place the connection is closed.
pub(crate) fn closed() -> Response {
    axum::Extension(CloseConnection).into_response()
}

const GATEWAY_PAGE: &str = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>\
    <body><h1>Bad Gateway</h1><script>document.title = 'never run this'</script></body></html>\n";

fn plain_or_json(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let is_json = serde_json::from_str::<serde_json::Value>(&body).is_ok();
    let kind = if is_json {
        "application/json"
    } else {
        "text/plain; charset=utf-8"
    };
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// The pause lets the first part leave before the error closes the connection. The stream's length is unknown to
/// hyper, which would otherwise insist that it equals the header.
fn truncated() -> Response {
    let parts = stream::unfold(0_u8, |step| async move {
        if step == 0 {
            return Some((Ok(Bytes::from_static(br#"{"status":0,"da"#)), 1));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        Some((Err(io::Error::from(io::ErrorKind::ConnectionAborted)), 2))
    });
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("832"));
    response
}
