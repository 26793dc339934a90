//! Failures on demand: rules that match requests, and the broken answers they give.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use futures::stream;
use serde::{Deserialize, Serialize};
use std::{io, time::Duration};

/// A failure to give to some of the requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The method, or any.
    #[serde(default)]
    pub method: Option<String>,
    /// A path whose segments begin the request's path; the segment `*` matches any one segment.
    pub path: String,
    /// What happens.
    pub fault: Fault,
    /// How many requests it happens to; all of them when absent.
    #[serde(default)]
    pub times: Option<u32>,
}

/// What happens to a request. Only a delay lets it reach the simulated service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The answer comes this much later: `{"delay_ms": 500}`.
    DelayMs(u64),
    /// The connection is closed without an answer: `"drop"`.
    Drop,
    /// The answer announces more than it sends, then the connection is closed: `"truncate"`.
    Truncate,
    /// 200 whose body says it is JSON and is not: `"not_json"`.
    NotJson,
    /// 502 with a gateway's HTML page: `"html"`.
    Html,
    /// This status and text: `{"status": 503, "body": "…"}`.
    #[serde(untagged)]
    Status {
        /// The HTTP status.
        status: u16,
        /// The body, sent as JSON when it is JSON and as text otherwise.
        #[serde(default)]
        body: String,
    },
}

/// Marks an answer that must not be sent: the accept loop closes the connection in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hangup;

/// What the rules make of one request: the sum of the delays, and the first failure among them.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) delay: Duration,
    pub(crate) failure: Option<Fault>,
}

/// Applies the rules to a request and counts down those used.
pub(crate) fn judge(rules: &mut [FaultRule], method: &Method, path: &str) -> Verdict {
    let mut verdict = Verdict::default();
    for rule in rules.iter_mut().filter(|rule| rule.matches(method, path)) {
        match &rule.fault {
            Fault::DelayMs(millis) => verdict.delay += Duration::from_millis(*millis),
            _ if verdict.failure.is_some() => continue,
            failure => verdict.failure = Some(failure.clone()),
        }
        rule.times = rule.times.map(|left| left - 1);
    }
    verdict
}

impl FaultRule {
    /// A rule for every method, without end.
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
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()));
        same_method && self.times != Some(0) && begins(path, &self.path)
    }
}

fn begins(path: &str, pattern: &str) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let mut wanted = pattern.split('/').filter(|segment| !segment.is_empty());
    wanted.all(|want| {
        segments
            .next()
            .is_some_and(|segment| want == "*" || want == segment)
    })
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::DelayMs(_) => StatusCode::NO_CONTENT.into_response(),
            Self::Drop => axum::Extension(Hangup).into_response(),
            Self::Truncate => truncated(),
            Self::NotJson => {
                ([(header::CONTENT_TYPE, "application/json")], "this is not JSON {").into_response()
            }
            Self::Html => (StatusCode::BAD_GATEWAY, Html(GATEWAY_PAGE)).into_response(),
            Self::Status { status, body } => plain_or_json(status, body),
        }
    }
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
    let mut answer = Body::from_stream(parts).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("832"));
    answer
}
