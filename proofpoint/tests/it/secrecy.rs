//! The name and the password stand in no log, no error and no `Debug`.

use std::{
    cell::RefCell,
    io,
    sync::{Arc, Mutex},
};

use proofpoint::NewUser;
use serde_json::json;
use tracing_subscriber::{Layer, filter::dynamic_filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    stub::{Raw, Reply, Stub, raw, reply},
    support::{PASSWORD, USER, client, domain, email, login},
};

thread_local! {
    /// The log of this test's thread. The threads of other tests, which run in the same process, have none.
    static LOG: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// Everything that any crate logs, down to the libraries' traces.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One subscriber for the whole process. One for a thread is not enough: the first one that an event reaches decides
/// for the process whether it is recorded at all.
fn collect() -> Log {
    let is_collected = dynamic_filter_fn(|_, _| LOG.try_with(|log| log.borrow().is_some()).unwrap_or(false));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(|| LOG.with_borrow(Clone::clone).unwrap_or_default());
    tracing_subscriber::registry()
        .with(lines.with_filter(is_collected))
        .init();
    let log = Log::default();
    LOG.set(Some(log.clone()));
    log
}

#[track_caller]
fn check_silent(text: &str) {
    for secret in [USER, PASSWORD, "Correct", "admin@"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn neither_is_logged_or_shown() {
    let log = collect();
    let echo = json!({"message": format!("{USER}:{PASSWORD}"), "error": PASSWORD});
    let (organization, user) = (domain("example.com"), email("a@example.com"));
    let mut shown = Vec::new();
    for answer in [
        reply(401, &echo),
        reply(403, &echo),
        reply(500, &echo),
        Reply::text(400, &echo.to_string()),
        reply(200, &echo),
        reply(207, json!([echo])),
        reply(200, json!([PASSWORD, USER])),
        Reply::none(302).with("location", &format!("http://{USER}:{PASSWORD}@evil.example/")),
    ] {
        let stub = Stub::start([
            ("GET /api/v1/me", answer.clone()),
            ("GET /api/v1/endpoints/example.com", answer.clone()),
            (
                "GET /api/v1/orgs/example.com/users/a%40example.com",
                answer.clone(),
            ),
            ("POST /api/v1/orgs/example.com/users", answer),
        ])
        .await;
        let caller = stub.authorized();
        shown.push(format!("{caller:?}"));
        let errors = [
            caller.me().await.err(),
            caller.endpoints(&organization).await.err(),
            caller.user(&organization, &user).await.err(),
        ];
        for error in errors.into_iter().flatten() {
            shown.push(format!("{error} {error:?}"));
        }
        let outcome = caller
            .create_users(&organization, &[NewUser::new(user.clone())])
            .await;
        shown.push(format!("{outcome:?}"));
        assert_eq!(stub.lines().len(), 4);
    }
    let server = Raw::start(vec![raw("200 OK", PASSWORD, 10)]).await;
    let account = login(USER, PASSWORD);
    let error = client(&server.url).with_login(&account).me().await.unwrap_err();
    shown.push(format!("{error} {error:?} {account:?} {:?}", account.headers()));

    for text in shown {
        check_silent(&text);
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("called an upstream system") && log.contains("GET /me"),
        "{log}"
    );
    check_silent(&log);
}
