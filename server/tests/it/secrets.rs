//! A journey over the whole portal, after which neither an answer nor the log contains a token or a password.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use crate::support::{
    self, Answer, Browser, LOCK, SIGN_IN, SIGN_OUT, Setup, TestPortal, UNLOCK, finished, holds_token,
    password, start_dry_run, start_job, unescaped,
};
use http::Method;
use simulator::{Expire, Fault};
use tokio::runtime::Builder;
use tracing_subscriber::{Layer, filter::dynamic_filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

thread_local! {
    /// The log of this test's threads. The threads of other tests, which run in the same process, have none.
    static LOG: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// Everything that any crate logs on the threads that collect it, at the most verbose level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Collects what the current thread logs.
    fn collect(&self) {
        LOG.set(Some(self.clone()));
    }

    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One subscriber for the whole process. One for each thread is not enough: the first one that an event reaches decides
/// for the process whether it is recorded at all.
fn subscribe() {
    let is_collected = dynamic_filter_fn(|_, _| LOG.try_with(|log| log.borrow().is_some()).unwrap_or(false));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(|| LOG.with_borrow(Clone::clone).unwrap_or_default());
    tracing_subscriber::registry()
        .with(lines.with_filter(is_collected))
        .init();
}

const TYPED: &str = "Typed-0nce-Here!";
const WRONG: &str = "Wr0ng-All-Along!";
const EDIT: &str = "/api/users/edit";
const ENTRA: &str = "/api/entra/save";
const TENANT: &str = "5b1c8e7a-0d3f-4c55-9a6e-3f2b7d90c1e4";

/// The journey, with every answer and every session cookie of its browser.
struct Journey<'a> {
    portal: &'a TestPortal,
    browser: Browser,
    answers: Vec<(String, Answer)>,
    cookies: BTreeSet<String>,
}

impl Journey<'_> {
    fn keep(&mut self, what: &str, answer: Answer) -> String {
        assert!(
            answer.status < 500 || what.contains("failing"),
            "{what}: {}",
            answer.status
        );
        self.cookies.extend(self.browser.cookie("postern"));
        let location = answer.location().to_owned();
        self.answers.push((what.to_owned(), answer));
        location
    }

    async fn get(&mut self, path: &str) {
        let answer = self.browser.get(path).await;
        self.keep(path, answer);
    }

    /// Sends a form without script and gets the page that follows, then sends it by script.
    async fn send(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) {
        let answer = self.browser.submit(page, path, fields).await;
        let location = self.keep(&format!("the form {path}"), answer);
        self.get(&location).await;
        let answer = self.browser.call(path, fields).await;
        self.keep(&format!("the call {path}"), answer);
        self.get(page).await;
    }

    /// Creates and changes users, with typed passwords.
    async fn manage(&mut self, user: &str, id: &str) {
        let role = ("roles[]", "directory_viewer");
        let create = "/api/users/create";
        for name in ["with-a-password", "no name at all"] {
            let fields = [("username", name), ("password", TYPED), role];
            self.send("/users/new", create, &fields).await;
        }
        let weak = [
            ("username", "weak"),
            (
                "password",
                "Wr0ng-All-Along!-weak-weak-weak-weak-weak-weak-weak-weak-weak-weak",
            ),
            role,
        ];
        self.send("/users/new", create, &weak).await;
        let fields = [
            ("username", "x"),
            ("password", TYPED),
            ("find", "dev"),
            ("step", "find"),
        ];
        self.send("/users/new", create, &fields).await;
        let reset = "/api/users/reset-password";
        for password in [
            TYPED,
            "Wr0ng-All-Along!-weak-weak-weak-weak-weak-weak-weak-weak-weak-weak",
        ] {
            self.send(user, reset, &[("id", id), ("password", password)])
                .await;
        }
        let edit = format!("{user}/edit");
        self.get(&edit).await;
        let baseline = self.browser.baseline(&edit, EDIT).await;
        let fields = [
            ("id", id),
            ("baseline", baseline.as_str()),
            ("first_name", "Changed"),
            ("password", TYPED),
            role,
        ];
        self.send(&edit, EDIT, &fields).await;

        let file = format!(
            "username,roles,password\nfrom-a-file,directory_viewer,{TYPED}\nweak,king,Wr0ng-All-Along!\n"
        );
        self.send("/users/import", support::IMPORT, &[("file", &file)])
            .await;
        let broken = format!("username;password\nbroken;\"{TYPED}");
        self.send("/users/import", support::IMPORT, &[("file", &broken)])
            .await;
        let dry = start_dry_run(&self.browser, &file).await;
        let page = finished(&self.browser, &dry).await;
        self.keep("the dry run", page);
        let answer = self.browser.call("/api/jobs/continue", &[("id", &dry)]).await;
        let real = support::job_of(&answer);
        for id in [dry, real] {
            finished(&self.browser, &id).await;
            for part in ["", "/events", "/result.csv"] {
                self.get(&format!("/jobs/{id}{part}")).await;
            }
        }
    }

    async fn go(&mut self, id: &str) {
        let user = format!("/users/{id}");
        let sign_in = [("user_name", "admin"), ("password", password())];
        self.get("/sign-in?next=%2Fusers").await;
        self.send(
            "/sign-in",
            SIGN_IN,
            &[("user_name", "admin"), ("password", WRONG)],
        )
        .await;
        self.send(
            "/sign-in",
            SIGN_IN,
            &[("user_name", "nologin"), ("password", password())],
        )
        .await;
        self.send("/sign-in", SIGN_IN, &sign_in).await;
        let pages = [
            "/",
            "/users",
            "/users?q=alpha&fresh",
            "/users/nobody",
            "/services",
            "/session",
            "/ui",
            "/nowhere",
            "/users/new",
            "/users/import",
            "/users/many?do=unlock&ids[]=alpha",
            "/export/users.csv",
            "/jobs/nothing",
            &user,
        ];
        for path in pages {
            self.get(path).await;
        }
        self.send(&user, LOCK, &[("id", id)]).await;
        self.send(&user, UNLOCK, &[("id", id), ("password", TYPED)]).await;
        self.send(
            &user,
            UNLOCK,
            &[
                ("id", id),
                (
                    "password",
                    "sh0rt-Wr0ng-All-Along!-and-too-long-for-the-policy-of-the-cluster-by-far",
                ),
            ],
        )
        .await;
        self.manage(&user, id).await;
        self.send(&user, "/api/theme", &[("theme", "dark")]).await;
        self.get("/entra/edit").await;
        let baseline = self.browser.baseline("/entra/edit", ENTRA).await;
        self.configure_entra(&baseline).await;
        for fault in [Fault::Drop, Fault::Html, Fault::Truncate, Fault::NotJson] {
            self.portal.fail(&["/pty"], &fault);
            for path in pages {
                let answer = self.browser.get(path).await;
                self.keep(&format!("failing {path}"), answer);
            }
            let answer = self
                .browser
                .call(UNLOCK, &[("id", id), ("password", TYPED)])
                .await;
            self.keep("failing unlock", answer);
            self.configure_entra(&baseline).await;
            let answer = self
                .browser
                .call(SIGN_IN, &[("user_name", "admin"), ("password", WRONG)])
                .await;
            self.keep("failing sign-in", answer);
        }
        self.portal.simulator().set_faults(Vec::new());
        self.portal.simulator().expire(Expire::All);
        self.send(&user, UNLOCK, &[("id", id), ("password", TYPED)]).await;
        self.send("/sign-in", SIGN_IN, &sign_in).await;
        let json = self.browser.request(SIGN_IN, support::JSON);
        let answer = self
            .browser
            .send(json.body(format!("{{\"password\":\"{WRONG}\"}}")))
            .await;
        self.keep("a malformed sign-in", answer);
        let answer = self.browser.send(self.browser.bare(Method::POST, SIGN_IN)).await;
        self.keep("a foreign sign-in", answer);
        self.send(&user, SIGN_OUT, &[]).await;
    }

    /// Tests and stores a client secret, with valid and invalid settings.
    async fn configure_entra(&mut self, baseline: &str) {
        for (tenant, step) in [
            (TENANT, "test"),
            (TENANT, ""),
            ("no-uuid", ""),
            ("no-uuid", "test"),
        ] {
            let fields = [
                ("baseline", baseline),
                ("tenant_id", tenant),
                ("client_id", "an-app"),
                ("client_secret", TYPED),
                ("step", step),
            ];
            let answer = self.browser.submit("/entra/edit", ENTRA, &fields).await;
            let location = self.keep("the form of failing or stored secrets", answer);
            let answer = self.browser.get(&location).await;
            self.keep("the page of failing or stored secrets", answer);
            let answer = self.browser.call(ENTRA, &fields).await;
            self.keep("the call of failing or stored secrets", answer);
        }
    }
}

/// Unlocks several users, and returns their passwords, which no other page shows.
async fn unlock_many(portal: &TestPortal, browser: &Browser) -> Vec<String> {
    let names = portal.open_users(3).await;
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let id = start_job(browser, "unlock", &names, "").await;
    finished(browser, &id).await;
    let file = browser.get(&format!("/jobs/{id}/result.csv")).await;
    let mut reader = csv::Reader::from_reader(file.body.as_bytes());
    let words = reader
        .records()
        .map(|record| record.expect("a row")[3].to_owned());
    let passwords: Vec<_> = words
        .map(|words| words.rsplit_once(": ").expect("a password").1.to_owned())
        .collect();
    assert_eq!(passwords.len(), 3);
    for path in [
        "/",
        "/users?fresh=1",
        "/export/users.csv",
        "/users/many?do=unlock&ids[]=alpha",
        "/session",
    ] {
        let page = browser.get(path).await;
        assert!(passwords.iter().all(|password| !page.shows(password)), "{path}");
    }
    passwords
}

#[test]
fn no_answer_and_no_line_of_the_log_holds_a_secret() {
    subscribe();
    let log = Log::default();
    log.collect();
    let of_threads = log.clone();
    let runtime = Builder::new_current_thread()
        .enable_all()
        .on_thread_start(move || of_threads.collect())
        .build()
        .expect("a runtime");
    runtime.block_on(check_answers_and_log(&log));
}

async fn check_answers_and_log(log: &Log) {
    let portal = TestPortal::with(Setup {
        users: 40,
        ..Setup::default()
    })
    .await;
    let id = portal.id_of("alpha").await;
    let mut journey = Journey {
        portal: &portal,
        browser: portal.browser(),
        answers: Vec::new(),
        cookies: BTreeSet::new(),
    };
    journey.go(&id).await;
    let metrics = journey.browser.get("/metrics").await;
    assert!(
        metrics.shows("/users/{id}") && !metrics.shows(&id),
        "{}",
        metrics.body
    );
    journey.keep("/metrics", metrics);

    // A password that the portal generates is shown to the caller alone.
    let browser = portal.signed_in("admin").await;
    let page = browser.submit_and_follow("/users", UNLOCK, &[("id", &id)]).await;
    let rest = page
        .between("class=\"secret\"", "</button>")
        .expect("a made password");
    let made = rest
        .split_once("<code>")
        .and_then(|(_, rest)| rest.split_once("</code>"));
    let made = unescaped(made.expect("it is code").0);

    // So are those of a bulk job: on its page and in its file.
    let unlocked = unlock_many(&portal, &browser).await;

    assert!(journey.answers.len() > 80, "the journey was too short");
    for (what, answer) in &journey.answers {
        let all = format!("{:?}\n{}", answer.headers, answer.body);
        assert!(!holds_token(&all), "{what} holds a token: {all}");
        for secret in ["Bearer ", password(), TYPED, WRONG, &made]
            .into_iter()
            .chain(unlocked.iter().map(String::as_str))
        {
            assert!(!all.contains(secret), "{what} holds {secret}: {all}");
        }
        assert!(
            !all.contains("/pty/v1"),
            "{what} holds an address of the cluster: {all}"
        );
    }

    let text = log.text();
    assert!(
        text.contains("postern::audit") && text.contains("answered"),
        "there is no log"
    );
    let cookies: Vec<_> = journey.cookies.iter().map(String::as_str).collect();
    let typed = [password(), TYPED, WRONG, &made];
    let unlocked: Vec<_> = unlocked.iter().map(String::as_str).collect();
    // The simulator runs in this process here; its lines are not the portal's.
    let lines: Vec<_> = text.lines().filter(|line| !line.contains("simulator")).collect();
    assert!(lines.len() > 1000, "the log has {} lines", lines.len());
    for line in lines {
        assert!(!holds_token(line), "the log has a token: {line}");
        for secret in typed.iter().chain(&cookies).chain(&unlocked) {
            assert!(!line.contains(*secret), "the log has {secret}: {line}");
        }
    }
}
