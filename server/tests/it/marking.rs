//! A proxy in front of a simulated system that appends a mark to every text that the system sends, names and ids
//! included, and removes it from what the portal sends back. The portal takes no marked id into an address.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::Response,
};
use gate::System;
use serde_json::Value;
use tokio::net::TcpListener;
use url::form_urlencoded;

use crate::support::http_client;

/// What is in one piece in tokens, or decides what a caller may do.
const KEPT: [&str; 6] = ["token", "permission", "expires", "scope", "created", "updated"];

/// What of Proofpoint's leads to another object or decides what a caller may do.
const KEPT_OF_PROOFPOINT: [&str; 4] = ["type", "domain", "email", "package"];

struct Proxy {
    http: reqwest::Client,
    system: System,
    url: String,
    mark: &'static str,
}

/// Starts such a proxy, and returns its address.
pub async fn start(system: System, url: &str, mark: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let proxy = Proxy {
        http: http_client(),
        system,
        url: url.trim_end_matches('/').to_owned(),
        mark,
    };
    let router = Router::new().fallback(forward).with_state(Arc::new(proxy));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// A text as one segment of an address.
pub fn segment(text: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes()
        .map(|byte| {
            if is_plain(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

async fn forward(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a whole body");
    let address = format!("{}{}", proxy.url, proxy.address(&parts.uri));
    let mut headers = parts.headers.clone();
    for name in [header::CONTENT_LENGTH, header::ACCEPT_ENCODING] {
        headers.remove(name);
    }
    // At Proofpoint it names the instance.
    if proxy.system == System::Protegrity {
        headers.remove(header::HOST);
    }
    let request = proxy.http.request(parts.method, address).headers(headers);
    let Ok(answer) = request.body(proxy.unmarked(&body)).send().await else {
        return Response::builder()
            .status(StatusCode::BAD_GATEWAY)
            .body(Body::empty())
            .expect("an answer");
    };
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING {
            response = response.header(name, value);
        }
    }
    let body = answer.bytes().await.unwrap_or_default();
    response.body(proxy.marked(&body).into()).expect("an answer")
}

impl Proxy {
    fn marked(&self, body: &Bytes) -> Vec<u8> {
        let Ok(mut value) = serde_json::from_slice::<Value>(body) else {
            return body.to_vec();
        };
        change("", &mut value, &|key, text| {
            let is_kept = self.keeps(&key.to_lowercase(), text);
            // A number is a uid, by which objects name each other.
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            if !is_kept && !is_number {
                text.push_str(self.mark);
            }
        });
        value.to_string().into_bytes()
    }

    fn keeps(&self, key: &str, text: &str) -> bool {
        if self.system == System::Protegrity {
            return KEPT.iter().any(|kept| key.contains(kept));
        }
        // Addresses and hosts, also in lists, whose texts have no key.
        let is_address = text.contains(['@', '.']) && !text.contains(' ');
        is_address || KEPT_OF_PROOFPOINT.iter().any(|kept| key.contains(kept))
    }

    fn unmarked(&self, body: &Bytes) -> Vec<u8> {
        if let Ok(mut value) = serde_json::from_slice::<Value>(body) {
            change("", &mut value, &|_, text| *text = text.replace(self.mark, ""));
            return value.to_string().into_bytes();
        }
        let is_form = !body.is_empty() && body.contains(&b'=') && body.iter().all(u8::is_ascii_graphic);
        if is_form {
            return self.fields(body).into_bytes();
        }
        body.to_vec()
    }

    fn fields(&self, text: &[u8]) -> String {
        let fields = form_urlencoded::parse(text).map(|(name, value)| (name, value.replace(self.mark, "")));
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish()
    }

    fn address(&self, uri: &axum::http::Uri) -> String {
        let path = uri.path().replace(&segment(self.mark), "");
        match uri.query() {
            Some(query) => format!("{path}?{}", self.fields(query.as_bytes())),
            None => path,
        }
    }
}

/// Changes every text, with the key under which it is.
fn change(key: &str, value: &mut Value, to: &impl Fn(&str, &mut String)) {
    match value {
        Value::String(text) => to(key, text),
        Value::Array(values) => {
            for value in values {
                change(key, value, to);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                change(key, value, to);
            }
        }
        _ => {}
    }
}
