//! What holds for every call: headers, bounds, the retry, and which answer is which error.

use std::time::{Duration, SystemTime};

use http::Method;
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpListener};
use upstream::{
    BearerToken, Call, Config, ConfigError, Error, ErrorKind, TokenFailure, Transport, check_all_filled,
    encode_segment,
};

use crate::{
    SYSTEM, THINGS, config, get_things,
    stub::{Raw, Reply, Stub, raw, reply},
    things, transport,
};

const LINE: &str = "GET /things";

/// The error of a `GET` that is answered like this.
async fn failure(answer: Reply) -> Error {
    let stub = Stub::start([(LINE, answer)]).await;
    things(&transport(&stub.url)).await.unwrap_err()
}

#[tokio::test]
async fn every_call_has_a_new_correlation_id() {
    let stub = Stub::start([(LINE, reply(200, "[]"))]).await;
    let transport = transport(&stub.url);
    things(&transport).await.unwrap();
    things(&transport).await.unwrap();
    let seen = stub.seen();
    let ids: Vec<uuid::Uuid> = seen
        .iter()
        .map(|seen| seen.header("x-correlation-id").unwrap().parse().unwrap())
        .collect();
    assert!(ids[0] != ids[1] && ids.iter().all(|id| id.get_version_num() == 4));
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(seen[0].header("accept"), Some("application/json"));
}

#[tokio::test]
async fn the_answers_correlation_id_is_preferred() {
    let stub = Stub::start([
        (LINE, Reply::none(404).with("x-correlation-id", "theirs")),
        (LINE, Reply::none(404).with("x-correlation-id", "not one")),
    ])
    .await;
    let transport = transport(&stub.url);
    let theirs = things(&transport).await.unwrap_err();
    let ours = things(&transport).await.unwrap_err();
    assert_eq!(theirs.correlation_id(), "theirs");
    assert_eq!(
        Some(ours.correlation_id()),
        stub.seen()[1].header("x-correlation-id")
    );
}

#[tokio::test]
async fn statuses_are_distinguished() {
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
        let stub = Stub::start([(LINE, answer)]).await;
        let error = things(&transport(&stub.url)).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.can_retry()),
            (kind, Some(status), can_retry)
        );
        assert_eq!(
            (error.upstream_message(), error.endpoint(), error.system()),
            (Some("because"), "GET /things", SYSTEM)
        );
        assert!(error.was_sent(), "{error}");
        // Neither retried nor followed.
        assert_eq!(stub.lines(), [LINE]);
        assert!(error.to_string().starts_with("The test system"), "{error}");
        assert!(error.to_string().ends_with(": because"), "{error}");
    }
}

#[tokio::test]
async fn an_envelope_can_report_a_failure_under_200() {
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
        let error = failure(reply(200, &body)).await;
        assert_eq!((error.kind(), error.status()), (kind, Some(200)), "{body}");
        assert!(error.was_sent(), "{body}");
        let expected = (kind != ErrorKind::Unreadable).then_some("Incorrect syntax");
        assert_eq!(error.upstream_message(), expected, "{body}");
    }
}

#[tokio::test]
async fn lists_are_read_bare_and_wrapped() {
    let rows = json!([{"name": "a"}, "b", null]);
    let bodies = [
        rows.clone(),
        json!({"status": 0, "data": rows, "messages": []}),
        // A status that is one of HTTP's for success is no failure either.
        json!({"status": 200, "data": rows, "messages": []}),
        json!({"data": rows}),
        json!({"items": rows}),
        json!({"things": rows}),
    ];
    for body in bodies {
        let stub = Stub::start([(LINE, reply(206, &body))]).await;
        assert_eq!(
            Value::from(things(&transport(&stub.url)).await.unwrap()),
            rows,
            "{body}"
        );
    }
    for empty in [
        Reply::none(204),
        reply(200, "null"),
        reply(200, ""),
        reply(200, "\u{feff}[]"),
    ] {
        let stub = Stub::start([(LINE, empty)]).await;
        assert!(things(&transport(&stub.url)).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_reported_without_repeating_it() {
    let cases = [
        reply(200, "this is not JSON {secret-token}"),
        reply(200, r#"{"things": "secret-token"}"#),
        reply(200, "42"),
        Reply::html(200),
    ];
    for answer in cases {
        let error = failure(answer).await;
        assert_eq!(
            (error.kind(), error.status(), error.was_sent()),
            (ErrorKind::Unreadable, Some(200), true)
        );
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
        let error = failure(answer).await;
        assert_eq!(
            (error.kind(), error.upstream_message()),
            (ErrorKind::Upstream, None)
        );
        assert_eq!(error.to_string(), "The test system failed (502 Bad Gateway)");
    }
    let error = failure(Reply::text(503, "no healthy\nupstream")).await;
    assert_eq!(error.upstream_message(), Some("no healthy upstream"));
}

#[tokio::test]
async fn bodies_are_bounded() {
    let list = serde_json::to_string(&vec!["x".repeat(100); 10]).unwrap();
    let chunked = |body: &str| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
        format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len()).into_bytes()
    };
    for (answer, max_body, is_short) in [
        (raw("200 OK", &list, 0), list.len(), true),
        (raw("200 OK", &list, 0), list.len() - 1, false),
        (chunked(&list), list.len(), true),
        (chunked(&list), list.len() - 1, false),
    ] {
        let server = Raw::start(vec![answer]).await;
        let transport = Transport::new(Config {
            max_body,
            ..config(&server.url)
        })
        .unwrap();
        assert_eq!(
            things(&transport).await.as_ref().err().map(Error::kind),
            (!is_short).then_some(ErrorKind::Unreadable)
        );
    }
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_unreadable_and_an_error_stays_that_error() {
    let cut = Raw::start(vec![raw("200 OK", "[\"a\"", 100)]).await;
    let failed = Raw::start(vec![raw("503 Service Unavailable", "overlo", 100)]).await;
    for (server, kind) in [(cut, ErrorKind::Unreadable), (failed, ErrorKind::Upstream)] {
        let error = things(&transport(&server.url)).await.unwrap_err();
        assert_eq!((error.kind(), error.was_sent()), (kind, true));
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn only_a_get_is_retried_and_only_once() {
    let dropped = Vec::new();
    let fine = raw("200 OK", "[]", 0);

    let server = Raw::start(vec![dropped.clone(), fine.clone()]).await;
    things(&transport(&server.url)).await.unwrap();
    assert_eq!(server.connections(), 2);

    let server = Raw::start(vec![dropped.clone()]).await;
    let error = things(&transport(&server.url)).await.unwrap_err();
    assert_eq!((error.kind(), server.connections()), (ErrorKind::Unreachable, 2));
    assert!(error.was_sent());

    for call in [
        Call::new(Method::PUT, THINGS, "/things".to_owned()),
        get_things().once(),
    ] {
        let server = Raw::start(vec![dropped.clone(), fine.clone()]).await;
        let error = transport(&server.url).send(&call).await.err().unwrap();
        assert_eq!((error.kind(), server.connections()), (ErrorKind::Unreachable, 1));
        assert!(error.was_sent());
    }
}

#[tokio::test]
async fn no_listener_is_unreachable_and_names_no_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = things(&transport(&format!("http://127.0.0.1:{port}")))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.can_retry(), error.was_sent()),
        (ErrorKind::Unreachable, None, true, false)
    );
    assert_eq!(error.to_string(), "The test system cannot be reached");
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("127.0.0.1") && !shown.contains(&port.to_string()),
        "{shown}"
    );
}

/// The second attempt finds no listener, yet the first may have reached the system.
#[tokio::test]
async fn a_retry_that_cannot_connect_was_sent_by_the_first_attempt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        stream.read_u8().await.unwrap();
    });
    let error = things(&transport(&url)).await.unwrap_err();
    server.await.unwrap();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Unreachable, true),
        "{error:?}"
    );
}

#[tokio::test]
async fn silence_is_a_timeout_and_not_retried() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let short = Duration::from_millis(150);
    for config in [
        Config {
            timeout: short,
            ..config(&url)
        },
        Config {
            read_timeout: short,
            ..config(&url)
        },
    ] {
        let error = things(&Transport::new(config).unwrap()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.can_retry(), error.was_sent()),
            (ErrorKind::Timeout, true, true)
        );
    }
    // One connection for each of the two calls.
    let mut connections = 0;
    while tokio::time::timeout(short, listener.accept()).await.is_ok() {
        connections += 1;
    }
    assert_eq!(connections, 2);
}

/// The listener accepts the connection and never answers the TLS handshake.
#[tokio::test]
async fn a_timeout_before_the_connection_stands_sends_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let transport = Transport::new(Config {
        connect_timeout: Duration::from_millis(150),
        ..config(&url)
    })
    .unwrap();
    let error = things(&transport).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Timeout, false),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_refused_here_was_not_sent() {
    let unfit = BearerToken::new("line\nbreak");
    let stub = Stub::start([(LINE, reply(200, "[]"))]).await;
    let errors = [
        transport(&stub.url)
            .send(&get_things().bearer(&unfit))
            .await
            .err()
            .unwrap(),
        encode_segment(THINGS, "thing's id", " ").unwrap_err(),
        encode_segment(THINGS, "thing's id", "..").unwrap_err(),
        check_all_filled(THINGS, "name", &["a", ""]).unwrap_err(),
        Error::refused(THINGS, "the count is 0"),
    ];
    for error in errors {
        assert_eq!(
            (error.kind(), error.status(), error.was_sent()),
            (ErrorKind::Rejected, None, false)
        );
        assert_eq!((error.correlation_id(), error.system()), ("", SYSTEM));
        assert!(
            error.to_string().starts_with("The request was not sent: the "),
            "{error}"
        );
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
    let failure = Error::no_token(SYSTEM, TokenFailure::SignInAgain);
    assert!(!failure.was_sent() && !failure.can_retry());
}

#[tokio::test]
async fn retry_after_is_read_from_every_failure() {
    for (answer, expected) in [
        (Reply::none(429).with("retry-after", "7"), Some(7)),
        (Reply::none(503).with("retry-after", " 120 "), Some(120)),
        (reply(200, r#"{"status": 429}"#).with("retry-after", "3"), Some(3)),
        (Reply::none(429), None),
        (Reply::none(429).with("retry-after", "soon"), None),
    ] {
        let error = failure(answer).await;
        assert_eq!(error.retry_after(), expected.map(Duration::from_secs), "{error}");
    }
    let hour = Duration::from_hours(1);
    let date = httpdate::fmt_http_date(SystemTime::now() + hour);
    let error = failure(Reply::none(503).with("retry-after", &date)).await;
    let wait = error.retry_after().unwrap();
    assert!(wait <= hour && wait > hour / 2, "{wait:?}");
}

#[tokio::test]
async fn a_path_in_the_url_is_a_prefix() {
    let stub = Stub::start([("GET /behind/a/proxy/things", reply(200, "[]"))]).await;
    for slash in ["", "/"] {
        things(&transport(&format!("{}/behind/a/proxy{slash}", stub.url)))
            .await
            .unwrap();
    }
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
        assert_eq!(Transport::new(config(url)).err(), expected, "{url}");
    }
    for pem in [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let config = Config {
            ca_pem: Some(pem.into()),
            ..config("https://ppc.example.com")
        };
        assert!(Transport::new(config).is_err(), "{pem}");
    }
}

#[tokio::test]
async fn a_system_that_asks_for_fewer_requests_gets_none_until_its_time() {
    let busy = || Reply::none(429).with("retry-after", "60");
    let stub = Stub::start([(LINE, busy()), (LINE, reply(200, "[]"))]).await;
    let transport = transport(&stub.url);
    let refused = things(&transport).await.unwrap_err();
    assert_eq!((refused.status(), refused.was_sent()), (Some(429), true));
    let held_back = things(&transport).await.unwrap_err();
    assert_eq!(
        (held_back.kind(), held_back.status(), held_back.was_sent()),
        (ErrorKind::TooManyRequests, None, false)
    );
    let rest = held_back.retry_after().unwrap();
    assert!(
        rest <= Duration::from_mins(1) && rest > Duration::from_secs(30),
        "{rest:?}"
    );
    assert_eq!(stub.seen().len(), 1);
}
