//! Security headers, cookies and caching; and that no page needs more than the policy allows.

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::support::{self, Answer, Browser, HTML, LOCK, SIGN_IN, Setup, TestPortal, password};
use http::{Method, header};

/// Every kind of page: complete, empty, refused, not found, with a dialog and with an error.
async fn pages(portal: &TestPortal) -> Vec<(String, Answer)> {
    let id = portal.id_of("alpha").await;
    let user = format!("/users/{id}");
    let anonymous = ["/sign-in", "/sign-in?next=%2Fusers", "/nowhere", "/ui"];
    let signed_in = [
        "/",
        "/users",
        "/users?q=nobody-is-called-this",
        "/users?sort=-created&state=locked&page=99",
        &user,
        &format!("{user}/edit"),
        "/users/no-such-user",
        "/users/new",
        "/users/import",
        "/users/many",
        "/users/many?do=lock&ids[]=alpha&ids[]=%3Cscript%3E",
        "/users/many?do=delete&all=true&q=a",
        "/jobs/no-such-job",
        "/session",
        "/ui",
        "/nowhere",
    ];
    let mut pages = Vec::new();
    let browser = portal.browser();
    for path in anonymous {
        pages.push((format!("{path} without a session"), browser.get(path).await));
    }
    for name in ["admin", "auditor", "officer"] {
        let browser = portal.signed_in(name).await;
        for path in signed_in {
            pages.push((format!("{path} for {name}"), browser.get(path).await));
        }
        let fields = [("id", id.as_str()), ("password", "short")];
        let failed = browser.submit_and_follow(&user, support::UNLOCK, &fields).await;
        pages.push((format!("a failed form for {name}"), failed));
        let failed = browser
            .submit_and_follow("/users/new", "/api/users/create", &[])
            .await;
        pages.push((format!("a failed form of a user for {name}"), failed));
        if name == "admin" {
            let id = support::start_job(&browser, "lock", &["svc-backup"], "").await;
            pages.push(("a job".to_owned(), support::finished(&browser, &id).await));
        }
    }
    pages
}

async fn demo() -> TestPortal {
    TestPortal::with(Setup {
        demo: true,
        users: 60,
        ..Setup::default()
    })
    .await
}

/// A tag of a page with the names and values of its attributes.
type Tag = (String, Vec<(String, String)>);

/// The tags of a page. The parser suffices for HTML that Leptos writes.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let (tag, after) = read_tag(rest);
        rest = after;
        if ["script", "style"].contains(&tag.0.as_str()) {
            let end = format!("</{}", tag.0);
            rest = &rest[rest.find(&end).expect("it is closed")..];
        }
        tags.push(tag);
    }
    tags
}

fn read_tag(html: &str) -> (Tag, &str) {
    let end = |text: &str, stops: &[char]| text.find(stops).unwrap_or(text.len());
    let (name, mut rest) = html.split_at(end(html, &[' ', '\n', '>', '/']));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\n', '/']);
        if let Some(after) = rest.strip_prefix('>') {
            return ((name.to_lowercase(), attributes), after);
        }
        assert!(!rest.is_empty(), "a tag is not closed: <{html}");
        let (key, after) = rest.split_at(end(rest, &[' ', '\n', '=', '>', '/']));
        let (value, after) = match after.strip_prefix("=\"") {
            Some(after) => after.split_once('"').expect("the value is closed"),
            None => match after.strip_prefix('=') {
                Some(after) => after.split_at(end(after, &[' ', '\n', '>'])),
                None => ("", after),
            },
        };
        attributes.push((key.to_lowercase(), value.to_owned()));
        rest = after;
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    let found = tag.1.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn every_script_has_the_nonce_of_its_answer() {
    let portal = demo().await;
    let mut nonces = BTreeSet::new();
    for (what, page) in pages(&portal).await {
        page.assert_page(&what);
        let policy = page.header("content-security-policy");
        let nonce = policy
            .split_once("'nonce-")
            .and_then(|(_, rest)| rest.split_once('\''))
            .map_or_else(
                || panic!("{what} has no nonce: {policy}"),
                |(nonce, _)| nonce.to_owned(),
            );
        assert!(nonce.len() >= 16, "{what}: {nonce}");
        let scripts: Vec<_> = tags(&page.body)
            .into_iter()
            .filter(|tag| tag.0 == "script")
            .collect();
        assert!(!scripts.is_empty(), "{what} has no script");
        for script in scripts {
            assert_eq!(
                attribute(&script, "nonce"),
                Some(nonce.as_str()),
                "{what}: {script:?}"
            );
        }
        assert!(nonces.insert(nonce), "{what}: the nonce was used before");
    }
}

#[tokio::test]
async fn the_policy_allows_neither_inline_code_nor_other_origins() {
    let portal = demo().await;
    for (what, page) in pages(&portal).await {
        let policy = page.header("content-security-policy");
        for needed in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "style-src 'self'",
        ] {
            assert!(policy.contains(needed), "{what} has no {needed}: {policy}");
        }
        for refused in ["unsafe-inline", "'unsafe-eval'", "http:", "https:", "*"] {
            assert!(!policy.contains(refused), "{what} allows {refused}: {policy}");
        }
        for tag in tags(&page.body) {
            let (name, attributes) = &tag;
            assert_ne!(name, "style", "{what}");
            for (key, value) in attributes {
                assert!(key != "style" && !key.starts_with("on"), "{what}: {tag:?}");
                assert!(!value.trim_start().starts_with("javascript:"), "{what}: {tag:?}");
                let leads = ["href", "src", "action"].contains(&key.as_str());
                assert!(
                    !leads || !value.contains("//"),
                    "{what} leads to another origin: {tag:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let portal = demo().await;
    let browser = portal.signed_in("helpdesk").await;
    let mut answers = pages(&portal).await;
    for path in [
        "/pkg/no-such-file.js",
        "/healthz",
        "/api/theme",
        "/export/users.csv",
        "/export/no-such.csv",
        "/jobs/no-such/events",
        "/jobs/no-such/result.csv",
    ] {
        answers.push((path.to_owned(), browser.get(path).await));
    }
    answers.push((
        "a form".to_owned(),
        browser.submit("/", LOCK, &[("id", "7")]).await,
    ));
    answers.push(("a call".to_owned(), browser.call(LOCK, &[("id", "7")]).await));
    let foreign = browser.send(browser.bare(Method::POST, LOCK)).await;
    answers.push(("a foreign post".to_owned(), foreign));
    let too_large = browser.request(LOCK, HTML).body("x".repeat(400_000));
    answers.push(("a large post".to_owned(), browser.send(too_large).await));
    let mut ids = BTreeSet::new();
    for (what, answer) in answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{what}: {name}");
        }
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{what}"
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'"),
            "{what}"
        );
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "{what}: there is no TLS"
        );
        for revealing in ["server", "x-powered-by"] {
            assert_eq!(answer.header(revealing), "", "{what}");
        }
        let id = answer.header("x-request-id").to_owned();
        assert!(
            id.len() == 36 && ids.insert(id),
            "{what} has no request id of its own"
        );
    }
}

/// The attributes of a cookie without the value and the age.
fn attributes(cookie: &str) -> BTreeSet<String> {
    let attributes = cookie.split(';').skip(1).map(|one| one.trim().to_lowercase());
    attributes
        .filter(|one| !one.starts_with("max-age=") && !one.starts_with("expires="))
        .collect()
}

async fn session_cookie(browser: &Browser) -> String {
    let answer = browser.sign_in("helpdesk").await;
    let cookies = answer.cookies();
    // Beside it, the mark by which a form is given back to its own account alone.
    let [mark, session] = &cookies[..] else {
        panic!("two cookies: {cookies:?}");
    };
    assert_eq!(attributes(mark), attributes(session));
    session.clone()
}

#[tokio::test]
async fn the_session_cookie_is_for_this_origin_and_not_for_scripts() {
    let portal = TestPortal::new().await;
    let cookie = session_cookie(&portal.browser()).await;
    assert!(cookie.starts_with("postern="), "{cookie}");
    let plain = ["httponly", "samesite=lax", "path=/"].map(str::to_owned);
    assert_eq!(attributes(&cookie), BTreeSet::from(plain.clone()), "{cookie}");

    let portal = TestPortal::with(Setup {
        public_url: Some("https://portal.example.com"),
        ..Setup::default()
    })
    .await;
    let browser = portal.browser();
    let cookie = session_cookie(&browser).await;
    assert!(cookie.starts_with("__Host-postern="), "{cookie}");
    let mut secure = BTreeSet::from(plain);
    secure.insert("secure".to_owned());
    assert_eq!(attributes(&cookie), secure, "{cookie}");
    let page = browser.get("/users").await;
    assert_eq!(page.status, 200);
    assert!(page.header("strict-transport-security").contains("max-age="));
    for cookie in page.cookies() {
        assert_eq!(attributes(&cookie), secure, "{cookie}");
    }
}

#[tokio::test]
async fn the_session_has_a_new_id_after_the_sign_in() {
    let portal = TestPortal::new().await;
    let browser = portal.browser();
    browser.set_cookie("postern", "AAAAAAAAAAAAAAAAAAAAAA");
    let mut ids = BTreeSet::from([browser.cookie("postern")]);
    for _ in 0..2 {
        assert_eq!(browser.sign_in("helpdesk").await.status, 204);
        assert!(ids.insert(browser.cookie("postern")), "the id was used before");
    }
    assert_eq!(portal.session_count(), 1, "the earlier record is removed");
}

/// A request without a session uses no memory afterwards.
#[tokio::test]
async fn a_session_is_created_by_a_sign_in_alone() {
    let portal = TestPortal::new().await;
    for path in ["/sign-in", "/", "/users", "/nowhere", "/pkg/x", "/healthz"] {
        let answer = portal.browser().get(path).await;
        assert!(answer.cookies().is_empty(), "{path}: {:?}", answer.cookies());
    }
    let fields = [("user_name", "helpdesk"), ("password", "wrong")];
    assert_eq!(portal.browser().call(SIGN_IN, &fields).await.status, 422);
    assert_eq!(portal.session_count(), 0);
}

/// A file that is removed when the test ends.
struct Probe(PathBuf);

impl Drop for Probe {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

/// The test needs no built frontend: it puts a file of its own into the site.
#[tokio::test]
async fn built_files_are_cached_forever_and_nothing_else_is_stored() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/site/pkg");
    fs::create_dir_all(&folder).expect("the folder of the site");
    let name = format!("probe-{}.css", std::process::id());
    let probe = Probe(folder.join(&name));
    fs::write(&probe.0, "main { color: canvastext }").expect("the probe is written");

    let portal = TestPortal::new().await;
    let browser = portal.browser();
    let answer = browser.get(&format!("/pkg/{name}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(answer.header("content-type"), "text/css");
    assert!(answer.cookies().is_empty(), "a built file needs no session");

    for path in ["/pkg/no-such-file.css", "/sign-in", "/users", "/healthz"] {
        assert_eq!(
            browser.get(path).await.header("cache-control"),
            "no-store",
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_change_clears_prefetched_pages() {
    let portal = TestPortal::new().await;
    let browser = portal.browser();
    let fields = [("user_name", "helpdesk"), ("password", password())];
    let answer = browser.submit("/sign-in", SIGN_IN, &fields).await;
    assert!(answer.header("clear-site-data").contains("prefetchCache"));
    assert_eq!(browser.get("/").await.header("clear-site-data"), "");
    let request = browser
        .bare(Method::GET, "/")
        .header(header::ACCEPT_ENCODING, "identity");
    assert_eq!(browser.send(request).await.status, 200);
}
