//! Bodies that are passed on as they come.

use std::time::Duration;

use futures::TryStreamExt;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use upstream::{BearerToken, Config, Credentials, Download, Error, ErrorKind, Transport};

use crate::{
    THINGS, config, get_things,
    stub::{Raw, Reply, Stub, raw, reply},
    transport,
};

const LINE: &str = "GET /things";
const MAX: u64 = 100_000;

fn credentials() -> Credentials {
    Credentials::Fixed(BearerToken::new("token"))
}

async fn open(url: &str, max: u64) -> Result<Download, Error> {
    transport(url)
        .download_with(get_things(), &credentials(), max)
        .await
}

/// All that came, and the error that ended it.
async fn drain(mut download: Download) -> (Vec<u8>, Option<Error>) {
    let mut body = Vec::new();
    loop {
        match download.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return (body, None),
            Err(error) => return (body, Some(error)),
        }
    }
}

fn chunked(chunks: &[&str]) -> Vec<u8> {
    let chunks: Vec<String> = chunks
        .iter()
        .map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len()))
        .collect();
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    format!("{head}{}0\r\n\r\n", chunks.concat()).into_bytes()
}

#[tokio::test]
async fn a_body_is_passed_on_unchanged() {
    for body in [
        "x".to_owned(),
        "{\"package\": \"…\"}\n".to_owned(),
        "y".repeat(50_000),
        json!({"status": 0}).to_string(),
        // Long enough to be the file itself.
        json!({"status": 400, "package": "z".repeat(5000)}).to_string(),
    ] {
        let stub = Stub::start([(LINE, reply(200, &body).with("x-correlation-id", "theirs"))]).await;
        let download = open(&stub.url, MAX).await.unwrap();
        assert_eq!(download.length(), Some(u64::try_from(body.len()).unwrap()));
        assert_eq!(download.correlation_id(), "theirs");
        let (read, error) = drain(download).await;
        assert!(error.is_none() && read == body.as_bytes(), "{error:?}");

        let stream = open(&stub.url, MAX).await.unwrap().into_stream();
        let chunks: Vec<_> = stream.try_collect().await.unwrap();
        assert_eq!(chunks.concat(), body.as_bytes());
    }
}

#[tokio::test]
async fn a_body_is_bounded_also_where_it_does_not_say_how_long_it_is() {
    let half = "h".repeat(5_000);
    let server = Raw::start(vec![chunked(&[&half, &half])]).await;
    let (read, error) = drain(open(&server.url, 10_000).await.unwrap()).await;
    assert!(error.is_none() && read.len() == 10_000, "{error:?}");
    let (read, error) = drain(open(&server.url, 9_999).await.unwrap()).await;
    assert!(read.len() <= 9_999);
    assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Unreadable));

    let stub = Stub::start([(LINE, reply(200, &half))]).await;
    open(&stub.url, 5_000).await.unwrap();
    let error = open(&stub.url, 4_999).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.cause()),
        (
            ErrorKind::Unreadable,
            Some(200),
            Some("the answer is longer than allowed")
        )
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_ends_in_an_error() {
    let server = Raw::start(vec![raw("200 OK", &"x".repeat(20_000), 1)]).await;
    let (read, error) = drain(open(&server.url, MAX).await.unwrap()).await;
    assert!(read.len() <= 20_000);
    let error = error.unwrap();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unreadable, Some(200)));
    let shown = format!("{error:?}");
    assert!(!shown.contains("127.0.0.1"), "{shown}");
}

#[tokio::test]
async fn silence_in_the_middle_of_a_body_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_buf(&mut Vec::new()).await.unwrap();
        let beginning = raw("200 OK", &"x".repeat(10_000), 10_000);
        stream.write_all(&beginning).await.unwrap();
        // Reads until the client hangs up.
        stream.read_to_end(&mut Vec::new()).await.ok();
    });
    let transport = Transport::new(Config {
        read_timeout: Duration::from_millis(150),
        ..config(&url)
    })
    .unwrap();
    let download = transport
        .download_with(get_things(), &credentials(), MAX)
        .await
        .unwrap();
    let (read, error) = drain(download).await;
    assert_eq!((read.len(), error.unwrap().kind()), (10_000, ErrorKind::Timeout));
    server.await.unwrap();
}

#[tokio::test]
async fn what_is_no_file_is_an_error_before_anything_is_passed_on() {
    for (answer, kind) in [
        (Reply::html(200), ErrorKind::Unreadable),
        (Reply::none(204), ErrorKind::Unreadable),
        (reply(200, ""), ErrorKind::Unreadable),
        (
            reply(200, json!({"status": 404, "messages": ["No such key"]})),
            ErrorKind::NotFound,
        ),
        (Reply::none(403), ErrorKind::Forbidden),
        (Reply::none(503), ErrorKind::Upstream),
    ] {
        let stub = Stub::start([(LINE, answer)]).await;
        let error = open(&stub.url, MAX).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        assert_eq!(error.endpoint(), THINGS.name);
    }
}

#[tokio::test]
async fn a_content_type_is_named_where_asked_for() {
    let stub = Stub::start([(LINE, reply(200, "x"))]).await;
    let transport = transport(&stub.url);
    let call = get_things().content_type("application/json").accept("*/*");
    transport.download_with(call, &credentials(), MAX).await.unwrap();
    let seen = stub.only();
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("accept"), Some("*/*"));
    assert_eq!(seen.header("authorization"), Some("Bearer token"));
}

#[test]
fn a_download_may_move_between_threads() {
    fn is_send(_: impl Send + 'static) {}
    fn check(transport: &'static Transport, credentials: &'static Credentials) {
        is_send(async {
            let download = transport.download_with(get_things(), credentials, MAX).await;
            download.map(Download::into_stream)
        });
    }
    let _: fn(&'static Transport, &'static Credentials) = check;
}
