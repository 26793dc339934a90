//! Servers for tests: one that answers by a table and writes down what it was asked, one that writes raw
//! bytes. The tests of the clients use them too.

#![allow(dead_code, reason = "each crate's tests use their share")]

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// The token that [`Seen::check`] expects.
pub const TOKEN: &str = "token-of-the-caller";

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Like `GET /pty/v1/auth/users?max=1&first=0`.
    pub line: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// That it is this request of the caller's, with exactly this body (null: none) and the headers that
    /// belong to it.
    #[track_caller]
    pub fn check(&self, line: &str, body: &Value) {
        let (kind, sent) = match body {
            Value::Null => (None, Value::String(self.body.clone())),
            _ => (Some("application/json"), self.json()),
        };
        let expected = if body.is_null() { &Value::from("") } else { body };
        assert_eq!((self.line.as_str(), &sent), (line, expected));
        assert_eq!(self.header("content-type"), kind, "{line}");
        assert_eq!(self.header("accept"), Some("application/json"), "{line}");
        let bearer = format!("Bearer {TOKEN}");
        assert_eq!(self.header("authorization"), Some(bearer.as_str()), "{line}");
    }
}

#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

#[allow(clippy::needless_pass_by_value, reason = "callers hand over a fresh `json!`")]
pub fn reply(status: u16, body: impl ToString) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    }
    .with("content-type", "application/json")
}

impl Reply {
    /// Sets a header; a second `content-type` takes the first's place, others add up.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if name == "content-type" {
            self.headers.retain(|(other, _)| *other != name);
        }
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn text(status: u16, body: &str) -> Self {
        reply(status, body).with("content-type", "text/plain")
    }

    pub fn html(status: u16) -> Self {
        reply(status, "<!DOCTYPE html><html><body>Sorry</body></html>").with("content-type", "text/html")
    }

    pub fn none(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        for (name, value) in self.headers {
            response.headers_mut().append(name, value.parse().unwrap());
        }
        response
    }
}

type Table = HashMap<&'static str, VecDeque<Reply>>;

struct Shared {
    table: Mutex<Table>,
    seen: Mutex<Vec<Seen>>,
}

/// Answers by method and path. Several replies to one line come in turn, the last for ever; what is not in
/// the table is 404.
pub struct Stub {
    pub url: String,
    shared: Arc<Shared>,
}

impl Stub {
    pub async fn start<const N: usize>(replies: [(&'static str, Reply); N]) -> Self {
        let mut table = Table::new();
        for (line, reply) in replies {
            table.entry(line).or_default().push_back(reply);
        }
        let shared = Arc::new(Shared {
            table: Mutex::new(table),
            seen: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    /// That these were the requests, each with its body (null: none).
    #[track_caller]
    pub fn check<const N: usize>(&self, expected: [(&str, Value); N]) {
        let seen = self.seen();
        assert_eq!(seen.len(), N, "{seen:?}");
        for (seen, (line, body)) in seen.iter().zip(expected) {
            seen.check(line, &body);
        }
    }

    /// The one request there was.
    pub fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.into_iter().next().unwrap()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let key = format!("{} {}", parts.method, parts.uri.path());
    let line = format!("{} {}", parts.method, parts.uri.path_and_query().unwrap());
    let body = String::from_utf8(body.to_vec()).unwrap();
    shared.seen.lock().unwrap().push(Seen {
        line,
        headers: parts.headers,
        body,
    });
    let mut table = shared.table.lock().unwrap();
    let Some(replies) = table.get_mut(key.as_str()) else {
        return Reply::none(404).into_response();
    };
    let reply = if replies.len() > 1 {
        replies.pop_front()
    } else {
        replies.front().cloned()
    };
    reply.unwrap().into_response()
}

/// Writes these bytes to one connection after the other and closes each; the last ones for ever. Counts
/// connections.
pub struct Raw {
    pub url: String,
    connections: Arc<Mutex<usize>>,
}

impl Raw {
    pub async fn start(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(Mutex::new(0));
        let count = connections.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let index = {
                    let mut count = count.lock().unwrap();
                    *count += 1;
                    *count - 1
                };
                let answer = answers[index.min(answers.len() - 1)].clone();
                let mut request = Vec::new();
                while !request.windows(4).any(|window| window == b"\r\n\r\n") {
                    if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
                stream.write_all(&answer).await.unwrap();
                stream.shutdown().await.ok();
            }
        });
        Self { url, connections }
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

/// A raw answer whose body says to be longer than it is by `missing` bytes.
pub fn raw(head: &str, body: &str, missing: usize) -> Vec<u8> {
    let length = body.len() + missing;
    format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}
