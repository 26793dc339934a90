//! Calls that carry a token, and what a 401 does with it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    routing::get,
};
use http::Method;
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::{net::TcpListener, sync::Barrier, task::JoinSet};
use upstream::{BearerToken, Call, Credentials, Endpoint, Error, ErrorKind, TokenFailure, TokenSource};

use crate::{
    SYSTEM, endpoint, get_things,
    stub::{Reply, Stub, reply},
    transport,
};

const LINE: &str = "GET /things";
const CREATE: Endpoint = endpoint("POST /things");

/// Hands out `old`, then `new`, and writes down what it was asked for.
#[derive(Default)]
struct Source {
    asked: Mutex<Vec<String>>,
    has_token: bool,
    can_renew: bool,
}

impl Source {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            has_token: true,
            can_renew: true,
            ..Self::default()
        })
    }

    fn note(&self, what: &str, token: &BearerToken) {
        let line = format!("{what} {}", token.expose_secret());
        self.asked.lock().unwrap().push(line);
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl TokenSource for Source {
    async fn token(&self) -> Result<BearerToken, Error> {
        if self.has_token {
            Ok(BearerToken::new("token-old"))
        } else {
            Err(Error::no_token(SYSTEM, TokenFailure::NoSession))
        }
    }

    async fn renew(&self, spent: &BearerToken) -> Result<BearerToken, Error> {
        self.note("renew", spent);
        if self.can_renew {
            Ok(BearerToken::new("token-new"))
        } else {
            Err(Error::no_token(SYSTEM, TokenFailure::Store).with_cause("disk full"))
        }
    }

    async fn rejected(&self, spent: &BearerToken, error: Error) -> Error {
        self.note("rejected", spent);
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        Error::no_token(SYSTEM, TokenFailure::SignInAgain)
    }
}

fn bearers(stub: &Stub) -> Vec<String> {
    stub.seen()
        .iter()
        .map(|seen| seen.header("authorization").unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_call_is_made_once_more() {
    let envelope = reply(200, json!({"status": 401, "messages": ["expired"], "data": null}));
    for refusal in [Reply::none(401), envelope] {
        let stub = Stub::start([("POST /things", refusal), ("POST /things", reply(200, "{}"))]).await;
        let source = Source::new();
        let call = Call::new(Method::POST, CREATE, "/things".to_owned()).json(json!({"name": "a"}));
        transport(&stub.url)
            .send_with(call, &Credentials::Renewable(source.clone()))
            .await
            .unwrap();
        assert_eq!(source.asked(), ["renew token-old"]);
        assert_eq!(bearers(&stub), ["Bearer token-old", "Bearer token-new"]);
        for seen in stub.seen() {
            assert_eq!(seen.json(), json!({"name": "a"}));
        }
    }
}

#[tokio::test]
async fn a_download_renews_a_refused_token_too() {
    let envelope = reply(200, json!({"status": 401, "messages": ["expired"]}));
    for refusal in [Reply::none(401), envelope] {
        let stub = Stub::start([(LINE, refusal), (LINE, reply(200, "file"))]).await;
        let source = Source::new();
        let mut download = transport(&stub.url)
            .download_with(get_things(), &Credentials::Renewable(source.clone()), 100)
            .await
            .unwrap();
        assert_eq!(download.chunk().await.unwrap().unwrap(), "file");
        assert_eq!(source.asked(), ["renew token-old"]);
        assert_eq!(bearers(&stub), ["Bearer token-old", "Bearer token-new"]);
    }
}

#[tokio::test]
async fn the_source_says_what_a_second_refusal_means() {
    let stub = Stub::start([(LINE, Reply::none(401))]).await;
    let source = Source::new();
    let error = transport(&stub.url)
        .send_with(get_things(), &Credentials::Renewable(source.clone()))
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::NoToken(TokenFailure::SignInAgain));
    assert_eq!(error.to_string(), "The test system requires a new sign-in");
    assert_eq!(source.asked(), ["renew token-old", "rejected token-new"]);
    assert_eq!(stub.lines(), [LINE, LINE]);
}

#[tokio::test]
async fn other_answers_renew_nothing() {
    for answer in [reply(200, "[]"), Reply::none(403), Reply::none(500)] {
        let stub = Stub::start([(LINE, answer)]).await;
        let source = Source::new();
        transport(&stub.url)
            .send_with(get_things(), &Credentials::Renewable(source.clone()))
            .await
            .ok();
        assert_eq!((source.asked().len(), stub.lines().len()), (0, 1));
    }
}

#[tokio::test]
async fn a_call_that_is_made_once_keeps_its_401() {
    let stub = Stub::start([(LINE, Reply::none(401)), (LINE, reply(200, "[]"))]).await;
    let source = Source::new();
    let error = transport(&stub.url)
        .send_with(get_things().once(), &Credentials::Renewable(source.clone()))
        .await
        .err()
        .unwrap();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Unauthorized, Some(401))
    );
    assert_eq!((source.asked().len(), stub.lines().len()), (0, 1));
}

#[tokio::test]
async fn a_fixed_token_is_not_renewed() {
    let stub = Stub::start([(LINE, Reply::none(401)), (LINE, reply(200, "[]"))]).await;
    let credentials = Credentials::Fixed(BearerToken::new("token-fixed"));
    let error = transport(&stub.url)
        .send_with(get_things(), &credentials)
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(bearers(&stub), ["Bearer token-fixed"]);
}

#[tokio::test]
async fn the_failures_of_the_source_are_the_calls() {
    let stub = Stub::start([(LINE, Reply::none(401))]).await;
    let transport = transport(&stub.url);
    let none = Credentials::Renewable(Arc::default() as Arc<Source>);
    let error = transport.send_with(get_things(), &none).await.err().unwrap();
    assert_eq!(
        (error.kind(), error.was_sent(), error.system()),
        (ErrorKind::NoToken(TokenFailure::NoSession), false, SYSTEM)
    );
    assert_eq!(stub.lines(), Vec::<String>::new());

    let stuck = Credentials::Renewable(Arc::new(Source {
        has_token: true,
        ..Source::default()
    }));
    let error = transport.send_with(get_things(), &stuck).await.err().unwrap();
    assert_eq!(
        (error.kind(), error.cause(), error.can_retry()),
        (ErrorKind::NoToken(TokenFailure::Store), Some("disk full"), false)
    );
    assert_eq!(stub.lines(), [LINE]);
}

/// Renews once however many calls were refused with the same token, as the source of a session does.
struct Shared {
    current: tokio::sync::Mutex<BearerToken>,
    renewals: AtomicUsize,
    all_have_a_token: Barrier,
}

#[async_trait]
impl TokenSource for Shared {
    async fn token(&self) -> Result<BearerToken, Error> {
        let token = self.current.lock().await.clone();
        self.all_have_a_token.wait().await;
        Ok(token)
    }

    async fn renew(&self, spent: &BearerToken) -> Result<BearerToken, Error> {
        let mut current = self.current.lock().await;
        if *current == *spent {
            self.renewals.fetch_add(1, Ordering::SeqCst);
            *current = BearerToken::new("token-new");
        }
        Ok(current.clone())
    }

    async fn rejected(&self, _: &BearerToken, error: Error) -> Error {
        error
    }
}

#[tokio::test]
async fn calls_refused_at_the_same_time_share_the_renewal_of_their_source() {
    const CALLS: usize = 8;
    let answered = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&answered);
    let things = get(move |headers: HeaderMap| {
        count.fetch_add(1, Ordering::SeqCst);
        let is_new = headers["authorization"] == "Bearer token-new";
        std::future::ready(if is_new {
            (StatusCode::OK, "[]")
        } else {
            (StatusCode::UNAUTHORIZED, "")
        })
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/things", things)).await });

    let source = Arc::new(Shared {
        current: tokio::sync::Mutex::new(BearerToken::new("token-old")),
        renewals: AtomicUsize::new(0),
        all_have_a_token: Barrier::new(CALLS),
    });
    let transport = Arc::new(transport(&url));
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        let (transport, source) = (Arc::clone(&transport), Arc::clone(&source));
        calls.spawn(async move {
            transport
                .send_with(get_things(), &Credentials::Renewable(source))
                .await
                .map(drop)
        });
    }
    for result in calls.join_all().await {
        result.unwrap();
    }
    assert_eq!(source.renewals.load(Ordering::SeqCst), 1);
    assert_eq!(answered.load(Ordering::SeqCst), 2 * CALLS);
}

#[tokio::test]
async fn neither_debug_nor_an_answers_words_show_the_token() {
    let echo = json!({"message": "token-fixed and 127.0.0.1 and hush-hush are wrong"});
    let stub = Stub::start([(LINE, reply(400, &echo)), (LINE, reply(200, &echo))]).await;
    let transport = transport(&stub.url);
    let credentials = Credentials::Fixed(BearerToken::new("token-fixed"));
    let error = transport
        .send_with(get_things().hiding(["hush-hush"]), &credentials)
        .await
        .err()
        .unwrap();
    let hidden = "[hidden] and [hidden] and [hidden] are wrong";
    assert_eq!(error.upstream_message(), Some(hidden));
    let answer = transport
        .send_with(get_things().hiding(["hush-hush"]), &credentials)
        .await
        .ok()
        .unwrap();
    let words = answer.value_or_null()["message"].as_str().map(str::to_owned);
    assert_eq!(answer.redacted(words).as_deref(), Some(hidden));
    let shown = format!("{credentials:?} {:?} {error:?}", BearerToken::new("token-fixed"));
    assert!(!shown.contains("token-fixed"), "{shown}");
}
