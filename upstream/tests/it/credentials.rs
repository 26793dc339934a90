//! Calls that carry headers of their own, at several addresses of one system.

use std::sync::Arc;

use http::HeaderName;
use serde_json::json;
use upstream::{Credentials, ErrorKind, SecretHeaders, Transport};

use crate::{
    config, get_things,
    stub::{Reply, Stub, reply},
    transport,
};

const LINE: &str = "GET /things";
const KEY: HeaderName = HeaderName::from_static("x-key");

fn headers(key: &str) -> Credentials {
    Credentials::Headers(Arc::new(SecretHeaders::new([
        (KEY, key.into()),
        (HeaderName::from_static("x-name"), "Näme".into()),
    ])))
}

#[tokio::test]
async fn headers_are_sent_as_they_are_and_a_refusal_is_final() {
    let stub = Stub::start([
        (LINE, reply(200, "[]")),
        (LINE, reply(401, json!({"error": "no secret-key"}))),
    ])
    .await;
    let transport = transport(&stub.url);
    transport
        .send_with(get_things(), &headers("secret-key"))
        .await
        .unwrap();
    let error = transport
        .send_with(get_things(), &headers("secret-key"))
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(error.upstream_message(), Some("no [hidden]"));
    assert_eq!(stub.lines(), [LINE, LINE]);
    for seen in stub.seen() {
        assert_eq!(seen.header("x-key"), Some("secret-key"));
        assert_eq!(seen.headers["x-name"].as_bytes(), "Näme".as_bytes());
        assert_eq!(seen.header("authorization"), None);
    }
}

#[tokio::test]
async fn what_no_header_can_hold_is_not_sent() {
    let stub = Stub::start([]).await;
    let error = transport(&stub.url)
        .send_with(get_things(), &headers("secret\r\nx-other: 1"))
        .await
        .err()
        .unwrap();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Rejected, false));
    assert_eq!(error.cause(), Some("x-key has characters no header can hold"));
    assert_eq!(stub.lines(), [""; 0]);
}

#[test]
fn debug_shows_the_names_alone() {
    let headers = SecretHeaders::new([(KEY, "secret-key".into())]);
    assert_eq!(format!("{headers:?}"), r#"["x-key"]"#);
    assert_eq!(headers, SecretHeaders::new([(KEY, "secret-key".into())]));
    assert_ne!(headers, SecretHeaders::new([(KEY, "other".into())]));
}

#[tokio::test]
async fn another_address_has_a_host_and_a_pause_of_its_own() {
    let stub = Stub::start([
        (LINE, Reply::none(429).with("retry-after", "60")),
        (LINE, reply(200, "[]")),
    ])
    .await;
    let first = transport(&stub.url);
    let second = first
        .at(stub.url.parse().unwrap(), Some("second.example".to_owned()))
        .unwrap();
    first.send(&get_things()).await.err().unwrap();
    second.send(&get_things()).await.unwrap();
    assert!(!first.send(&get_things()).await.err().unwrap().was_sent());
    let hosts: Vec<_> = stub
        .seen()
        .iter()
        .map(|seen| seen.header("host").unwrap().to_owned())
        .collect();
    assert_eq!(hosts, [stub.url.trim_start_matches("http://"), "second.example"]);
}

#[tokio::test]
async fn a_client_of_https_sends_nothing_over_http() {
    let stub = Stub::start([]).await;
    let secure = Transport::new(config("https://127.0.0.1:9")).unwrap();
    let plain = secure.at(stub.url.parse().unwrap(), None).unwrap();
    let error = plain
        .send_with(get_things(), &headers("secret-key"))
        .await
        .err()
        .unwrap();
    assert!(!error.was_sent());
    assert_eq!(stub.lines(), [""; 0]);
}
