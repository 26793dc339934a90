//! What goes wrong, and what the errors say.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use proofpoint::{Error, ErrorKind, HeaderSource, NewUser, NotVisible, SecretHeaders, TokenFailure};
use serde_json::json;

use crate::{
    stub::{Raw, Reply, Stub, raw, reply},
    support::{PASSWORD, USER, client, domain, email, login},
};

const ME: &str = "GET /api/v1/me";
const ORG: &str = "GET /api/v1/orgs/example.com";
const USERS: &str = "POST /api/v1/orgs/example.com/users";

async fn organization_error(reply: Reply) -> Error {
    let stub = Stub::start([(ORG, reply)]).await;
    stub.authorized()
        .organization(&domain("example.com"))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let stub = Stub::start([(ME, Reply::none(401))]).await;
    let error = stub.authorized().me().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(
        error.to_string(),
        "Proofpoint Essentials does not accept the sign-in (401 Unauthorized)"
    );
    assert_eq!(stub.lines(), [ME]);
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_visible_are_one() {
    for status in [400, 403, 404] {
        let error = organization_error(Reply::none(status)).await;
        let words = NotVisible::of(&error).map(|failure| failure.to_string());
        assert_eq!(
            words.as_deref(),
            Some("not there, or not visible to this account"),
            "{status}"
        );
    }
    for status in [401, 409, 422, 429, 500, 302] {
        let error = organization_error(Reply::none(status)).await;
        assert_eq!(NotVisible::of(&error), None, "{status}");
    }
    // What is refused before it is sent says nothing of it either.
    let stub = Stub::start([]).await;
    let error = stub
        .authorized()
        .organization(&domain("a").as_str().repeat(300).into())
        .await;
    assert_eq!(NotVisible::of(&error.unwrap_err()), None);
}

#[tokio::test]
async fn answers_of_another_instance_may_be_no_json() {
    for odd in [Reply::html(200), reply(200, "Sorry"), Reply::text(200, "")] {
        let error = organization_error(odd).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unreadable, Some(200)));
    }
}

#[tokio::test]
async fn the_systems_words_are_shown_without_what_was_sent() {
    for body in [
        json!({"message": format!("{USER} with {PASSWORD} may not")}),
        json!({"error": {"detail": format!("{USER} with {PASSWORD} may not")}}),
        json!(format!("{USER} with {PASSWORD} may not")),
    ] {
        let error = organization_error(reply(403, &body)).await;
        assert_eq!(
            error.to_string(),
            "Proofpoint Essentials does not permit this: [hidden] with [hidden] may not",
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_read_is_tried_once_more_after_a_broken_connection_and_a_write_is_not() {
    let server = Raw::start(vec![Vec::new(), raw("200 OK", r#"{"eid": 1}"#, 0)]).await;
    let caller = client(&server.url).with_login(&login(USER, PASSWORD));
    caller.organization(&domain("example.com")).await.unwrap();
    assert_eq!(server.connections(), 2);

    let server = Raw::start(vec![Vec::new()]).await;
    let caller = client(&server.url).with_login(&login(USER, PASSWORD));
    let new = NewUser::new(email("a@example.com"));
    let error = caller
        .create_user(&domain("example.com"), &new)
        .await
        .unwrap_err();
    // Whether the user was created is unknown.
    assert_eq!(
        (error.kind(), error.status(), error.was_sent()),
        (ErrorKind::Unreachable, None, true)
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_system_that_asks_for_fewer_requests_gets_none() {
    for refusal in [Reply::none(429), Reply::none(503)] {
        let stub = Stub::start([
            (ME, refusal.with("retry-after", "60")),
            (USERS, Reply::none(201)),
            ("GET /api/v1/me", reply(200, "{}")),
        ])
        .await;
        let caller = stub.authorized();
        caller.me().await.unwrap_err();
        let error = caller.me().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.was_sent()),
            (ErrorKind::TooManyRequests, false)
        );
        assert!(error.retry_after().unwrap() > Duration::from_secs(50));
        let new = NewUser::new(email("a@example.com"));
        assert!(
            !caller
                .create_user(&domain("example.com"), &new)
                .await
                .unwrap_err()
                .was_sent()
        );
        assert_eq!(stub.lines(), [ME]);
        // Another instance is another system.
        let other = caller.at(proofpoint::Stack::Eu1).me().await.unwrap_err();
        assert_eq!((other.kind(), stub.lines().len()), (ErrorKind::Unreadable, 2));
    }
}

/// The account of a session that ends after a number of calls.
struct Session {
    left: AtomicUsize,
    refused: AtomicUsize,
}

#[async_trait::async_trait]
impl HeaderSource for Session {
    async fn headers(&self) -> Result<SecretHeaders, Error> {
        let has_ended = |left: usize| left.checked_sub(1);
        match self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, has_ended)
        {
            Ok(_) => Ok(login(USER, PASSWORD).headers()),
            Err(_) => Err(Error::no_token(proofpoint::SYSTEM, TokenFailure::NoSession)),
        }
    }

    async fn rejected(&self, spent: &SecretHeaders, error: Error) -> Error {
        assert_eq!(*spent, login(USER, PASSWORD).headers());
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        self.refused.fetch_add(1, Ordering::SeqCst);
        Error::no_token(proofpoint::SYSTEM, TokenFailure::SignInAgain)
    }
}

#[tokio::test]
async fn a_session_that_ends_sends_nothing_more() {
    let stub = Stub::start([(ORG, reply(200, json!({"eid": 1}))), (ME, Reply::none(401))]).await;
    let session = Arc::new(Session {
        left: AtomicUsize::new(2),
        refused: AtomicUsize::new(0),
    });
    let caller = client(&stub.url).with_headers(session.clone());
    caller.organization(&domain("example.com")).await.unwrap();
    let error = caller.me().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoToken(TokenFailure::SignInAgain));
    assert_eq!(session.refused.load(Ordering::SeqCst), 1);
    let error = caller.organization(&domain("example.com")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "There is no session with Proofpoint Essentials"
    );
    assert!(!error.was_sent());
    assert_eq!(stub.lines(), [ORG, ME]);
    for seen in stub.seen() {
        assert_eq!(seen.header("x-password"), Some(PASSWORD));
    }
}

#[test]
fn calls_may_move_between_threads() {
    fn is_send(_: impl Send) {}
    let caller = client("http://127.0.0.1:9").with_login(&login(USER, PASSWORD));
    let (organization, user) = (domain("example.com"), email("a@example.com"));
    is_send(caller.me());
    is_send(caller.endpoints(&organization));
    is_send(caller.users(&organization));
    is_send(caller.user(&organization, &user));
    is_send(caller.create_users(&organization, &[]));
    is_send(caller.partner_stats(&organization, proofpoint::StatsScope::Own));
    is_send(caller.sender_lists(&organization, proofpoint::SenderListOwner::User(&user)));
}
