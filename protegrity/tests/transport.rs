//! What holds for every call: headers, bounds, the retry, and which answer is which error.

#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::time::Duration;

use protegrity::{AccessToken, Alias, Api, Client, ClientConfig, ConfigError, EntraTrial, ErrorKind, UserId};
use serde_json::json;
use support::{Raw, Reply, Stub, TOKEN, client, config, raw, reply, secret};
use tokio::net::TcpListener;

const ROLES: &str = "GET /pty/v1/auth/roles";

#[tokio::test]
async fn row_07_every_call_has_the_bearer_and_a_fresh_correlation_id() {
    let stub = Stub::start([(ROLES, reply(200, "[]"))]).await;
    stub.authorized().roles().await.unwrap();
    stub.authorized().roles().await.unwrap();
    let seen = stub.seen();
    let ids: Vec<uuid::Uuid> = seen
        .iter()
        .map(|seen| seen.header("x-correlation-id").unwrap().parse().unwrap())
        .collect();
    assert!(ids[0] != ids[1] && ids.iter().all(|id| id.get_version_num() == 4));
    assert_eq!(
        seen[0].header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert_eq!(seen[0].header("accept"), Some("application/json"));
}

#[tokio::test]
async fn the_answers_correlation_id_is_the_one_told() {
    let stub = Stub::start([
        (ROLES, Reply::none(404).with("x-correlation-id", "theirs")),
        (ROLES, Reply::none(404).with("x-correlation-id", "not one")),
    ])
    .await;
    let told = stub.authorized().roles().await.unwrap_err();
    let ours = stub.authorized().roles().await.unwrap_err();
    assert_eq!(told.correlation_id(), "theirs");
    assert_eq!(
        Some(ours.correlation_id()),
        stub.seen()[1].header("x-correlation-id")
    );
}

#[tokio::test]
async fn statuses_are_told_apart() {
    let cases = [
        (302, ErrorKind::Redirected, false),
        (400, ErrorKind::Rejected, false),
        (401, ErrorKind::Unauthorized, false),
        (403, ErrorKind::Forbidden, false),
        (404, ErrorKind::NotFound, false),
        (405, ErrorKind::Rejected, false),
        (409, ErrorKind::Conflict, false),
        (422, ErrorKind::Rejected, false),
        (429, ErrorKind::TooManyRequests, true),
        (500, ErrorKind::Upstream, true),
        (501, ErrorKind::Upstream, false),
        (503, ErrorKind::Upstream, true),
    ];
    for (status, kind, can_retry) in cases {
        let answer =
            reply(status, json!({"detail": "because"})).with("location", "https://elsewhere.example.com/");
        let stub = Stub::start([(ROLES, answer)]).await;
        let error = stub.authorized().roles().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.can_retry()),
            (kind, Some(status), can_retry)
        );
        assert_eq!(
            (error.upstream_message(), error.endpoint()),
            (Some("because"), "GET /roles")
        );
        // Neither retried nor followed.
        assert_eq!(stub.lines(), [ROLES]);
        assert!(error.to_string().ends_with(": because"), "{error}");
    }
}

#[tokio::test]
async fn an_envelope_can_tell_of_a_failure_under_200() {
    let cases = [
        (
            json!({"status": 400, "messages": ["Incorrect syntax"], "data": null}),
            ErrorKind::Rejected,
        ),
        (
            json!({"status": "401", "messages": ["Incorrect syntax"]}),
            ErrorKind::Unauthorized,
        ),
        (
            json!({"status": 7, "messages": ["Incorrect syntax"], "data": []}),
            ErrorKind::Rejected,
        ),
        (
            json!({"status": 0, "messages": [], "data": "no list"}),
            ErrorKind::Unreadable,
        ),
    ];
    for (body, kind) in cases {
        let stub = Stub::start([(ROLES, reply(200, &body))]).await;
        let error = stub.authorized().roles().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(200)), "{body}");
        let expected = (kind != ErrorKind::Unreadable).then_some("Incorrect syntax");
        assert_eq!(error.upstream_message(), expected, "{body}");
    }
}

#[tokio::test]
async fn lists_are_read_bare_and_wrapped() {
    let rows = json!([{"name": "a", "permissions": ["x"]}, "b", {"description": "nameless"}, null]);
    let bodies = [
        rows.clone(),
        json!({"status": 0, "data": rows, "messages": []}),
        json!({"data": rows}),
        json!({"items": rows}),
        json!({"roles": rows}),
    ];
    for body in bodies {
        let stub = Stub::start([(ROLES, reply(206, &body))]).await;
        let roles = stub.authorized().roles().await.unwrap();
        let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        assert_eq!(names, ["a", "b"], "{body}");
    }
    for empty in [
        Reply::none(204),
        reply(200, "null"),
        reply(200, ""),
        reply(200, "\u{feff}[]"),
    ] {
        let stub = Stub::start([(ROLES, empty)]).await;
        assert_eq!(stub.authorized().roles().await.unwrap(), []);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_said_without_repeating_it() {
    let cases = [
        reply(200, "this is not JSON {secret-token}"),
        reply(200, r#"{"roles": "secret-token"}"#),
        reply(200, "42"),
        Reply::html(200),
    ];
    for answer in cases {
        let stub = Stub::start([(ROLES, answer)]).await;
        let error = stub.authorized().roles().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unreadable, Some(200)));
        assert!(
            !format!("{error:?}").contains("secret-token") && error.cause().is_some(),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn error_pages_are_never_echoed() {
    for answer in [
        Reply::html(502),
        reply(502, "<html>x</html>").with("content-type", "text/plain"),
    ] {
        let stub = Stub::start([(ROLES, answer)]).await;
        let error = stub.authorized().roles().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.upstream_message()),
            (ErrorKind::Upstream, None)
        );
        assert_eq!(
            error.to_string(),
            "The Protegrity cluster failed (502 Bad Gateway)"
        );
    }
    let stub = Stub::start([(ROLES, Reply::text(503, "no healthy\nupstream"))]).await;
    let error = stub.authorized().roles().await.unwrap_err();
    assert_eq!(error.upstream_message(), Some("no healthy upstream"));
}

#[tokio::test]
async fn bodies_are_bounded() {
    let list = serde_json::to_string(&vec!["x".repeat(100); 10]).unwrap();
    let chunked = |body: &str| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
        format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len()).into_bytes()
    };
    for (answer, max_body, fits) in [
        (raw("200 OK", &list, 0), list.len(), true),
        (raw("200 OK", &list, 0), list.len() - 1, false),
        (chunked(&list), list.len(), true),
        (chunked(&list), list.len() - 1, false),
    ] {
        let server = Raw::start(vec![answer]).await;
        let client = Client::new(ClientConfig {
            max_body,
            ..config(&server.url)
        })
        .unwrap();
        let result = client.with_token(&AccessToken::new(TOKEN)).roles().await;
        assert_eq!(
            result.as_ref().err().map(protegrity::Error::kind),
            (!fits).then_some(ErrorKind::Unreadable)
        );
    }
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_unreadable_and_an_error_stays_that_error() {
    let cut = Raw::start(vec![raw("200 OK", "[\"a\"", 100)]).await;
    let failed = Raw::start(vec![raw("503 Service Unavailable", "overlo", 100)]).await;
    for (server, kind) in [(cut, ErrorKind::Unreadable), (failed, ErrorKind::Upstream)] {
        let error = client(&server.url)
            .with_token(&AccessToken::new(TOKEN))
            .roles()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn only_a_get_is_retried_and_only_once() {
    let dropped = Vec::new();
    let fine = raw("200 OK", "[]", 0);

    let server = Raw::start(vec![dropped.clone(), fine.clone()]).await;
    client(&server.url)
        .with_token(&AccessToken::new(TOKEN))
        .roles()
        .await
        .unwrap();
    assert_eq!(server.connections(), 2);

    let server = Raw::start(vec![dropped.clone()]).await;
    let error = client(&server.url)
        .with_token(&AccessToken::new(TOKEN))
        .roles()
        .await
        .unwrap_err();
    assert_eq!((error.kind(), server.connections()), (ErrorKind::Unreachable, 2));

    let server = Raw::start(vec![dropped, fine]).await;
    let caller = client(&server.url).with_token(&AccessToken::new(TOKEN));
    let error = caller.lock_user(&UserId::new("1")).await.unwrap_err();
    assert_eq!((error.kind(), server.connections()), (ErrorKind::Unreachable, 1));
}

#[tokio::test]
async fn nobody_there_is_unreachable_and_names_no_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = client(&format!("http://127.0.0.1:{port}"))
        .version(Api::Auth)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.can_retry()),
        (ErrorKind::Unreachable, None, true)
    );
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("127.0.0.1") && !shown.contains(&port.to_string()),
        "{shown}"
    );
}

#[tokio::test]
async fn silence_is_a_timeout_and_not_retried() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let short = Duration::from_millis(150);
    for config in [
        ClientConfig {
            timeout: short,
            ..config(&url)
        },
        ClientConfig {
            read_timeout: short,
            ..config(&url)
        },
    ] {
        let error = Client::new(config).unwrap().version(Api::Auth).await.unwrap_err();
        assert_eq!((error.kind(), error.can_retry()), (ErrorKind::Timeout, true));
    }
    // One connection for each of the two calls.
    let mut connections = 0;
    while tokio::time::timeout(short, listener.accept()).await.is_ok() {
        connections += 1;
    }
    assert_eq!(connections, 2);
}

#[tokio::test]
async fn a_path_in_the_url_is_a_prefix() {
    let stub = Stub::start([(
        "GET /behind/a/proxy/pty/v1/auth/version",
        reply(200, r#"{"version":"1"}"#),
    )])
    .await;
    for slash in ["", "/"] {
        let client = client(&format!("{}/behind/a/proxy{slash}", stub.url));
        assert_eq!(
            client.version(Api::Auth).await.unwrap().version.as_deref(),
            Some("1")
        );
    }
}

#[test]
fn calls_may_move_between_threads() {
    fn is_send(_: impl Send) {}
    let client = client("http://127.0.0.1:9");
    let (caller, password) = (client.with_token(&AccessToken::new(TOKEN)), secret("x"));
    is_send(client.login("admin", &password));
    is_send(caller.roles());
    is_send(caller.reset_password(&UserId::new("1"), &password, true));
    is_send(caller.groups(0, 1));
    is_send(caller.saml_mappers(&Alias::new("a")));
    is_send(caller.test_entra_config(&EntraTrial::Stored));
    is_send(caller.search_entra_users(None, 0, 1));
    is_send(caller.import_entra_users(&[], true));
    is_send((client.clone(), caller.clone()));
}

#[test]
fn configurations_that_are_refused() {
    let cases = [
        ("https://ppc.example.com", None),
        ("http://localhost:8080", None),
        ("http://127.0.0.2", None),
        ("http://[::1]:9", None),
        ("http://ppc.example.com", Some(ConfigError::NotEncrypted)),
        ("http://10.0.0.1", Some(ConfigError::NotEncrypted)),
        ("http://localhost.example.com", Some(ConfigError::NotEncrypted)),
        ("ftp://ppc.example.com", Some(ConfigError::NotHttp)),
        ("data:text/plain,x", Some(ConfigError::NotHttp)),
        (
            "https://user:secret@ppc.example.com",
            Some(ConfigError::CredentialsInUrl),
        ),
        ("https://ppc.example.com/?a=b", Some(ConfigError::QueryInUrl)),
    ];
    for (url, expected) in cases {
        assert_eq!(Client::new(config(url)).err(), expected, "{url}");
    }
    for pem in [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let config = ClientConfig {
            ca_pem: Some(pem.into()),
            ..config("https://ppc.example.com")
        };
        assert!(Client::new(config).is_err(), "{pem}");
    }
}
