//! Rows 8 to 13: version, specification, health, log level.

use protegrity::{Api, ErrorKind};
use serde_json::json;

use super::assert_refused;
use crate::support::{Reply, Stub, TOKEN, reply};

#[tokio::test]
async fn row_08_log_levels_are_free_text() {
    for (answer, expected) in [
        (reply(200, r#"{"level": "info"}"#), Some("info")),
        (
            reply(200, r#"{"status": 0, "data": {"level": "SEVERE"}}"#),
            Some("SEVERE"),
        ),
        (reply(200, r#""FINEST""#), Some("FINEST")),
        (Reply::text(200, "warning\n"), Some("warning")),
        (Reply::none(204), None),
        (reply(200, "{}"), None),
        (reply(200, "[1]"), None),
    ] {
        let stub = Stub::start([("GET /pty/v1/rps/log", answer)]).await;
        let level = stub.authorized().log_level(Api::Rps).await;
        assert_eq!(
            level.as_ref().ok().map(|level| level.level.as_str()),
            expected,
            "{level:?}"
        );
        assert_eq!(stub.only().header("accept"), Some("application/json"));
    }
}

#[tokio::test]
async fn row_09_setting_the_log_level_may_be_answered_with_a_sentence() {
    for answer in [
        Reply::text(200, "The log level is set successfully."),
        reply(201, "{}"),
        Reply::none(204),
    ] {
        let stub = Stub::start([("POST /pty/v1/rps/log", answer)]).await;
        stub.authorized().set_log_level(Api::Rps, "SEVERE").await.unwrap();
        assert_eq!(stub.only().json(), json!({"level": "SEVERE"}));
    }
}

#[tokio::test]
async fn row_10_version_and_doc_get_no_token_and_health_does() {
    let stub = Stub::start([
        (
            "GET /pty/v2/pim/version",
            reply(200, r#"{"version": "1.2.3", "buildVersion": "1.11.0"}"#),
        ),
        (
            "GET /pty/v2/pim/doc",
            reply(200, "openapi: 3.0.0\n").with("content-type", "application/x-yaml"),
        ),
        ("GET /pty/v2/pim/health", reply(200, r#"{"isHealthy" : true}"#)),
    ])
    .await;
    let version = stub.client().version(Api::Pim).await.unwrap();
    assert_eq!(version.build_version.as_deref(), Some("1.11.0"));
    stub.client().doc(Api::Pim).await.unwrap();
    assert!(stub.authorized().health(Api::Pim).await.unwrap().is_healthy);
    let bearer = format!("Bearer {TOKEN}");
    let tokens = stub
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").map(str::to_owned))
        .collect::<Vec<_>>();
    assert_eq!(tokens, [None, None, Some(bearer)]);
}

#[tokio::test]
async fn row_11_doc_asks_for_yaml() {
    let doc = reply(200, "openapi: 3.0.0\n").with("content-type", "application/x-yaml");
    let stub = Stub::start([("GET /pty/v1/auth/doc", doc)]).await;
    assert_eq!(stub.client().doc(Api::Auth).await.unwrap(), "openapi: 3.0.0\n");
    assert_eq!(stub.only().header("accept"), Some("application/x-yaml"));
}

#[tokio::test]
async fn row_13_any_success_of_ready_and_live_means_up() {
    for answer in [Reply::none(204), Reply::text(200, "ok"), reply(200, "not JSON")] {
        let stub = Stub::start([
            ("GET /pty/v1/auth/ready", answer.clone()),
            ("GET /pty/v1/auth/live", answer),
        ])
        .await;
        stub.authorized().ready(Api::Auth).await.unwrap();
        stub.authorized().live(Api::Auth).await.unwrap();
        assert!(
            stub.seen()
                .iter()
                .all(|seen| seen.header("accept") == Some("*/*"))
        );
    }
    let stub = Stub::start([("GET /pty/v1/auth/ready", Reply::none(503))]).await;
    assert_eq!(
        stub.authorized().ready(Api::Auth).await.unwrap_err().kind(),
        ErrorKind::Upstream
    );
}

#[tokio::test]
async fn health_is_read_or_an_error() {
    for (answer, expected) in [
        (reply(200, r#"{"isHealthy": "false"}"#), Ok(false)),
        (Reply::none(204), Ok(true)),
        (reply(200, "{}"), Err(ErrorKind::Unreadable)),
        (Reply::none(404), Err(ErrorKind::NotFound)),
    ] {
        let stub = Stub::start([("GET /pty/v1/rps/health", answer)]).await;
        let health = stub.authorized().health(Api::Rps).await;
        assert_eq!(
            health
                .map(|health| health.is_healthy)
                .map_err(|error| error.kind()),
            expected
        );
    }
}

#[tokio::test]
async fn no_empty_level_reaches_the_wire() {
    let stub = Stub::start([]).await;
    assert_refused(stub.authorized().set_log_level(Api::Auth, "").await);
    assert_eq!(stub.lines(), Vec::<String>::new());
}
