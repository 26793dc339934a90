//! What callers may hold of the portal: bodies, connections, time.

use std::time::Duration;

use app::routes::{Handler, table};
use gate::Needs;
use http::header;
use server::http::{Limits, TrustedProxies};
use simulator::Fault;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{
    Browser, HTML, IMPORT, JSON, LOCK, MANY, SIGN_IN, SIGN_OUT, Setup, TIMEOUT, TestPortal, start_job,
};

/// The form that plans the import of policies.
const POLICY_FILE: &str = "/api/policy/file/plan";
const MAIL_IMPORT: &str = "/api/proofpoint/users/import";

/// So short that a test sees it pass.
const SHORT: Duration = Duration::from_millis(60);

/// So long that no test sees it pass.
const LONG: Duration = Duration::from_hours(1);

/// Time-outs that do not pass.
fn patient() -> Limits {
    Limits {
        header_timeout: LONG,
        body_timeout: LONG,
        idle_timeout: LONG,
        ..Limits::default()
    }
}

async fn portal(limits: Limits) -> TestPortal {
    TestPortal::with(Setup {
        limits,
        ..Setup::default()
    })
    .await
}

/// A connection, with this sent on it.
async fn send(portal: &TestPortal, text: &str) -> TcpStream {
    let address = portal.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(text.as_bytes()).await.expect("it is sent");
    stream
}

/// The head of a form of this browser.
fn head(browser: &Browser, path: &str, accept: &str, length: usize) -> String {
    let cookie = browser.cookie("postern");
    let cookie = cookie.map(|value| format!("cookie: postern={value}\r\n"));
    format!(
        "POST {path} HTTP/1.1\r\nhost: portal\r\norigin: {}\r\naccept: {accept}\r\n{}\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n",
        browser.origin(),
        cookie.unwrap_or_default()
    )
}

/// The head of the answer on this connection; empty where the connection is closed without one.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let read = async {
        let mut part = [0; 4096];
        while !text.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => break,
                Ok(length) => text.extend_from_slice(&part[..length]),
            }
        }
    };
    timeout(TIMEOUT, read).await.expect("an answer, or the end");
    String::from_utf8_lossy(&text).into_owned()
}

/// Waits until the portal has closed the connection.
async fn closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    // A reset is an end as well.
    let end = timeout(TIMEOUT, stream.read_to_end(&mut rest)).await;
    let _ = end.expect("the portal closes the connection");
}

/// The functions with a permission or a session.
fn guarded() -> impl Iterator<Item = &'static str> {
    let forms = table()
        .iter()
        .filter(|route| matches!(route.handler, Handler::Form(_)));
    forms
        .filter(|route| route.action.rule().needs != Needs::Nothing)
        .map(|route| route.path)
}

#[tokio::test]
async fn the_permission_is_asked_before_the_body_is_read() {
    let portal = portal(patient()).await;
    let stranger = portal.browser();
    for path in guarded() {
        let mut connection = send(&portal, &head(&stranger, path, JSON, 1_000_000)).await;
        let answer = answer(&mut connection).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{path}: {answer}");
    }
    let auditor = portal.signed_in("auditor").await;
    for path in [LOCK, IMPORT, "/api/roles/delete"] {
        let mut connection = send(&portal, &head(&auditor, path, JSON, 1_000_000)).await;
        let answer = answer(&mut connection).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{path}: {answer}");
    }
    // The sign-in is open to everyone: a few kB are read of it.
    for accept in [JSON, HTML] {
        let mut connection = send(&portal, &head(&stranger, SIGN_IN, accept, 9_000)).await;
        let answer = answer(&mut connection).await;
        let expected = if accept == JSON {
            "HTTP/1.1 413 "
        } else {
            "HTTP/1.1 303 "
        };
        assert!(answer.starts_with(expected), "{answer}");
    }
    portal.assert_no_calls("a form that is not read");
}

#[tokio::test]
async fn a_form_without_a_session_leads_to_the_sign_in_however_long_it_is() {
    let portal = portal(Limits::default()).await;
    for length in [0, 20_000, 40_000, 2_000_000] {
        let text = "x".repeat(length);
        let answer = portal
            .browser()
            .submit("/users/new", LOCK, &[("id", &text)])
            .await;
        assert_eq!(
            (answer.status, answer.location()),
            (303, "/sign-in?next=%2Fusers%2Fnew"),
            "{length}"
        );
    }
}

#[tokio::test]
async fn parts_are_taken_where_a_file_belongs_alone() {
    let portal = portal(Limits::default()).await;
    let browser = portal.signed_in("admin").await;
    for route in table() {
        if !matches!(route.handler, Handler::Form(_)) || route.takes_file {
            continue;
        }
        let parts =
            "--edge\r\nContent-Disposition: form-data; name=\"user_name\"\r\n\r\nhelpdesk\r\n--edge--\r\n";
        let request = browser
            .request(route.path, JSON)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .body(parts);
        let answer = browser.send(request).await;
        assert_eq!(answer.status, 422, "{}: {}", route.path, answer.content());
        assert_eq!(
            answer.json()["title"],
            "The form was incomplete or malformed.",
            "{}",
            route.path
        );
    }
    portal.assert_no_calls("a form in parts");
    let takes_file = table().iter().filter(|route| route.takes_file);
    assert_eq!(
        takes_file.map(|route| route.path).collect::<Vec<_>>(),
        [IMPORT, POLICY_FILE, MAIL_IMPORT]
    );
}

#[tokio::test]
async fn a_half_sent_body_is_not_waited_for() {
    let limits = Limits {
        body_timeout: SHORT,
        ..patient()
    };
    let portal = portal(limits).await;
    let browser = portal.signed_in("helpdesk").await;
    for (path, accept) in [(MANY, JSON), (MANY, HTML), (SIGN_IN, JSON)] {
        let text = format!("{}bulk_action=lo", head(&browser, path, accept, 200));
        let mut connection = send(&portal, &text).await;
        let answer = answer(&mut connection).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
        closed(&mut connection).await;
    }
    // A stranger's plain form is read for a page that shows it again: without its end it leads there all the same.
    let text = format!("{}id=", head(&portal.browser(), LOCK, HTML, 200));
    let mut connection = send(&portal, &text).await;
    assert!(answer(&mut connection).await.starts_with("HTTP/1.1 303 "));
    closed(&mut connection).await;
    portal.assert_no_calls("a half-sent form");
}

#[tokio::test]
async fn the_bodies_under_way_have_one_bound() {
    let limits = Limits {
        bodies: 300_000,
        ..patient()
    };
    let portal = portal(limits).await;
    let browser = portal.signed_in("helpdesk").await;
    let held = send(&portal, &head(&browser, MANY, JSON, 200_000)).await;
    // The first one takes its room as soon as the portal has read its head.
    let refused = async {
        loop {
            let text = format!("q={}", "x".repeat(199_998));
            let request = browser.request("/api/users/find", JSON);
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = browser.send(request.body(text)).await;
            if answer.status == 503 {
                return answer;
            }
        }
    };
    let refused = timeout(TIMEOUT, refused).await.expect("there is no room for two");
    assert_eq!(refused.json()["kind"], "Busy");
    assert_ne!(refused.header("retry-after"), "");
    let short = browser.call("/api/users/find", &[("q", "a")]).await;
    assert_eq!(short.status, 200, "there is room for a short one");
    drop(held);
}

#[tokio::test]
async fn what_is_sent_half_is_not_waited_for() {
    let limits = Limits {
        header_timeout: SHORT,
        ..patient()
    };
    let portal = portal(limits).await;
    for half in [
        "",
        "G",
        "GET / HTTP/1.1\r\n",
        "GET /sign-in HTTP/1.1\r\nhost: portal\r\nx: ",
    ] {
        let mut connection = send(&portal, half).await;
        closed(&mut connection).await;
    }
    // The second request of a connection as well.
    let mut connection = send(&portal, "GET /healthz HTTP/1.1\r\nhost: portal\r\n\r\n").await;
    assert!(answer(&mut connection).await.starts_with("HTTP/1.1 200 "));
    connection.write_all(b"GET /heal").await.expect("it is sent");
    closed(&mut connection).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_stream_of_events_is_not() {
    let limits = Limits {
        idle_timeout: SHORT,
        ..patient()
    };
    let portal = portal(limits).await;
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&["/pty/v1/auth/users/*/lock"], &Fault::Hold);
    let job = start_job(&browser, "lock", &["alpha"], "").await;
    portal.wait_for_held(1).await;
    let request = browser.bare(http::Method::GET, &format!("/jobs/{job}/events"));
    let mut events = request.send().await.expect("the stream is open");
    events
        .chunk()
        .await
        .expect("it is readable")
        .expect("the first event");

    // The time-out passes twice, one after the other, while no event is sent.
    for _ in 0..2 {
        let mut idle = send(&portal, "GET /healthz HTTP/1.1\r\nhost: portal\r\n\r\n").await;
        assert!(answer(&mut idle).await.starts_with("HTTP/1.1 200 "));
        closed(&mut idle).await;
    }
    portal.release(1).await;
    let rest = timeout(TIMEOUT, events.text()).await.expect("the job ends");
    assert!(rest.expect("it is readable").contains("event: end"));
}

#[tokio::test]
async fn a_session_has_so_many_streams_of_events_and_they_end_with_it() {
    let portal = portal(Limits::default()).await;
    let browser = portal.signed_in("helpdesk").await;
    let other = portal.signed_in("helpdesk").await;
    portal.fail(&["/pty/v1/auth/users/*/lock"], &Fault::Hold);
    let job = start_job(&browser, "lock", &["alpha"], "").await;
    portal.wait_for_held(1).await;
    let address = format!("/jobs/{job}/events");
    let open = async |browser: &Browser| {
        let answer = browser.bare(http::Method::GET, &address).send().await;
        answer.expect("the portal answers")
    };
    let mut streams = Vec::new();
    for _ in 0..8 {
        let stream = open(&browser).await;
        assert_eq!(stream.status().as_u16(), 200);
        streams.push(stream);
    }
    let beyond = browser.get(&address).await;
    assert_eq!(beyond.status, 429, "{}", beyond.body);
    assert_ne!(beyond.header("retry-after"), "");
    let of_another = open(&other).await;
    assert_eq!(of_another.status().as_u16(), 200, "another session has its own");

    let answer = browser.call(SIGN_OUT, &[]).await;
    assert_eq!(answer.status, 204);
    for stream in streams {
        let rest = timeout(TIMEOUT, stream.text()).await.expect("the stream ends");
        assert!(
            !rest.expect("it is readable").contains("event: end"),
            "the job goes on"
        );
    }
    portal.release(1).await;
    let rest = timeout(TIMEOUT, of_another.text())
        .await
        .expect("the stream ends");
    assert!(
        rest.expect("it is readable").contains("event: end"),
        "the job is over"
    );
}

#[tokio::test]
async fn connections_above_the_limit_wait() {
    let limits = Limits {
        connections: 1,
        ..patient()
    };
    let portal = portal(limits).await;
    let request = "GET /healthz HTTP/1.1\r\nhost: portal\r\n\r\n";
    let mut first = send(&portal, request).await;
    assert!(answer(&mut first).await.starts_with("HTTP/1.1 200 "));
    let mut second = send(&portal, request).await;
    first.write_all(request.as_bytes()).await.expect("it is sent");
    assert!(answer(&mut first).await.starts_with("HTTP/1.1 200 "));
    let mut byte = [0];
    assert!(
        second.try_read(&mut byte).is_err(),
        "the second one is not answered yet"
    );
    drop(first);
    assert!(answer(&mut second).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_portal_that_stops_answers_what_is_under_way() {
    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let (entered, under_way) = tokio::sync::oneshot::channel::<()>();
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    let entered = std::sync::Mutex::new(Some((entered, released)));
    let entered = std::sync::Arc::new(entered);
    let held = axum::routing::get(move || {
        let parts = entered.lock().ok().and_then(|mut parts| parts.take());
        async move {
            if let Some((entered, released)) = parts {
                let _ = entered.send(());
                let _ = released.await;
            }
            "answered"
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = axum::Router::new().route("/held", held);
    let limits = Limits {
        grace: LONG,
        ..patient()
    };
    let server = tokio::spawn(server::http::serve(
        listener,
        router,
        limits,
        TrustedProxies::default(),
        async move {
            let _ = stopping.await;
        },
    ));
    let mut idle = TcpStream::connect(address).await.expect("a connection");
    let mut busy = TcpStream::connect(address).await.expect("a connection");
    busy.write_all(b"GET /held HTTP/1.1\r\nhost: portal\r\n\r\n")
        .await
        .expect("it is sent");
    under_way.await.expect("the request is under way");
    stop.send(()).expect("the server waits for it");
    closed(&mut idle).await;
    release.send(()).expect("the request waits for it");
    assert!(answer(&mut busy).await.starts_with("HTTP/1.1 200 "));
    timeout(TIMEOUT, server)
        .await
        .expect("it stops")
        .expect("without a panic");
}
