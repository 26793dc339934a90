//! Resilient packages, and the fingerprints that name them.

use proptest::prelude::*;
use protegrity::{ErrorKind, Fingerprint, MAX_PACKAGE, PackageRequest};
use serde_json::json;

use crate::{
    rows::assert_refused,
    support::{Raw, Reply, Stub, TOKEN, reply},
};

/// The reference's sample (line 3190).
const DIGITS: &str = "a7fdbc0cccc954e00920a4520787f0a08488db8e0f77f95aa534c5f80477c03a";
const EXPORT: &str =
    "GET /pty/v1/rps/export/a7fdbc0cccc954e00920a4520787f0a08488db8e0f77f95aa534c5f80477c03a";
const WITH_COLONS: &str = "GET /pty/v1/rps/export/a7%3Afd%3Abc%3A0c%3Acc%3Ac9%3A54%3Ae0%3A09%3A20%3Aa4%3A52%3A07%3A87%3Af0%3Aa0%3A84%3A88%3Adb%3A8e%3A0f%3A77%3Af9%3A5a%3Aa5%3A34%3Ac5%3Af8%3A04%3A77%3Ac0%3A3a";

fn request(fingerprint: &str) -> PackageRequest {
    PackageRequest {
        fingerprint: Fingerprint::new(fingerprint),
        version: 1,
        core_version: 1,
    }
}

async fn export(stub: &Stub) -> Result<Vec<u8>, protegrity::Error> {
    let mut download = stub.authorized().export_package(&request(DIGITS)).await?;
    let mut body = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[tokio::test]
async fn a_package_is_passed_on_byte_for_byte() {
    let package = "{ \"package\" :\t\"…\", \"status\": \"x\" }\r\n".repeat(2_000);
    for kind in ["application/json", "application/octet-stream"] {
        let answer = reply(200, &package).with("content-type", kind);
        let stub = Stub::start([(EXPORT, answer)]).await;
        assert_eq!(export(&stub).await.unwrap(), package.as_bytes());
        let seen = stub.only();
        assert_eq!(seen.line, format!("{EXPORT}?version=1&coreVersion=1"));
        let bearer = format!("Bearer {TOKEN}");
        assert_eq!(seen.header("authorization"), Some(bearer.as_str()));
        // As in the sample: the content type is named, and anything is accepted.
        assert_eq!(seen.header("content-type"), Some("application/json"));
        assert_eq!(seen.header("accept"), Some("*/*"));
    }
}

#[tokio::test]
async fn a_fingerprint_that_is_unknown_without_colons_is_sent_with_them() {
    for status in [400, 404, 422] {
        let stub = Stub::start([
            (EXPORT, Reply::none(status)),
            (WITH_COLONS, reply(200, "package")),
        ])
        .await;
        assert_eq!(export(&stub).await.unwrap(), b"package");
        assert_eq!(
            stub.lines(),
            [EXPORT, WITH_COLONS].map(|line| format!("{line}?version=1&coreVersion=1"))
        );
    }
    let stub = Stub::start([
        (EXPORT, reply(404, json!({"detail": "first"}))),
        (WITH_COLONS, reply(400, json!({"detail": "second"}))),
    ])
    .await;
    let error = export(&stub).await.unwrap_err();
    assert_eq!(
        (error.status(), error.upstream_message()),
        (Some(404), Some("first"))
    );
}

#[tokio::test]
async fn other_failures_are_not_asked_twice() {
    for (answer, kind) in [
        (Reply::none(403), ErrorKind::Forbidden),
        (Reply::none(401), ErrorKind::Unauthorized),
        (Reply::none(503), ErrorKind::Upstream),
        (Reply::html(200), ErrorKind::Unreadable),
        (Reply::none(204), ErrorKind::Unreadable),
        (
            reply(200, json!({"status": 403, "messages": ["No"]})),
            ErrorKind::Forbidden,
        ),
    ] {
        let stub = Stub::start([(EXPORT, answer)]).await;
        let error = export(&stub).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.endpoint()),
            (kind, "GET /rps/export/{fingerprint}"),
            "{error}"
        );
        assert_eq!(stub.lines().len(), 1);
    }
    // One that is no sequence of bytes has no other spelling.
    let stub = Stub::start([]).await;
    let error = stub
        .authorized()
        .export_package(&request("abc"))
        .await
        .unwrap_err();
    assert_eq!((error.status(), stub.lines().len()), (Some(404), 1));
}

#[tokio::test]
async fn a_package_that_is_too_long_is_refused_at_its_head() {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        MAX_PACKAGE + 1
    );
    let server = Raw::start(vec![head.into_bytes()]).await;
    let caller = crate::support::client(&server.url).with_token(&protegrity::AccessToken::new(TOKEN));
    let error = caller.export_package(&request(DIGITS)).await.unwrap_err();
    assert_eq!(error.cause(), Some("the answer is longer than allowed"));
}

#[tokio::test]
async fn nothing_empty_reaches_the_wire() {
    let stub = Stub::start([]).await;
    for odd in ["", " ", ".."] {
        assert_refused(stub.authorized().export_package(&request(odd)).await);
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
}

#[test]
fn fingerprints_of_other_shapes_are_kept() {
    for (text, kept, with_colons) in [
        ("AA:bb", "aabb", Some("aa:bb")),
        (" aa bb ", "aabb", Some("aa:bb")),
        ("abc", "abc", None),
        ("SHA256:xyz=", "SHA256:xyz=", None),
        ("", "", None),
        (":", ":", None),
    ] {
        let fingerprint = Fingerprint::new(text);
        assert_eq!(fingerprint.as_str(), kept);
        assert_eq!(fingerprint.with_colons().as_deref(), with_colons);
        assert!(!fingerprint.is_sha256());
        assert_eq!(json!(fingerprint), json!(kept));
    }
    assert!(Fingerprint::new(DIGITS).is_sha256());
}

proptest! {
    #[test]
    fn every_spelling_is_the_same_fingerprint(bytes in proptest::collection::vec(any::<u8>(), 1..40)) {
        let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let plain = Fingerprint::new(&pairs.concat());
        for separator in [":", " ", ""] {
            prop_assert_eq!(&Fingerprint::new(&pairs.join(separator).to_uppercase()), &plain);
        }
        prop_assert_eq!(plain.as_str(), pairs.concat());
        prop_assert_eq!(plain.with_colons(), Some(pairs.join(":")));
        prop_assert_eq!(plain.is_sha256(), bytes.len() == 32);
    }

    #[test]
    fn any_text_is_read_the_same_again(text in "\\PC{0,20}") {
        let read = Fingerprint::new(&text);
        prop_assert_eq!(Fingerprint::new(read.as_str()), read);
    }
}
