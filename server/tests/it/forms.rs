//! Server functions called by a plain form and by a script: the redirect or the JSON, the flash message, and the sign-in
//! that carries out a pending form.

use crate::support::{
    Answer, Browser, HTML, JSON, LOCK, SIGN_IN, SIGN_OUT, Setup, TestPortal, UNLOCK, functions, holds_token,
    password, secret, unescaped,
};
use http::{Method, header};
use protegrity::LoginFailure;
use simulator::{Expire, Fault, TokenMode};

/// Values of `next` that are no page of the portal, some of which a browser would take for another site.
const FOREIGN: &[&str] = &[
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "https:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "users",
    "/sign-in",
    "/api/sign-out",
    "",
];

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn a_plain_form_signs_in_and_redirects_to_the_next_page() {
    let portal = TestPortal::new().await;
    for (next, page) in [("/users?q=a%20b&page=1", "/users?q=a%20b&page=1"), ("", "/")] {
        let browser = portal.browser();
        let form = browser.get(&format!("/sign-in?next={}", encoded(next))).await;
        let hidden = format!("name=\"next\" value=\"{}\"", page.replace('&', "&amp;"));
        assert!(form.shows(&hidden), "no {hidden}: {}", form.content());
        let fields = [
            ("user_name", " helpdesk "),
            ("password", password()),
            ("next", next),
        ];
        let answer = browser.submit("/sign-in", SIGN_IN, &fields).await;
        assert_eq!(
            (answer.status, answer.location()),
            (303, page),
            "{}",
            answer.content()
        );
        let shown = browser.get(answer.location()).await;
        assert_eq!(shown.status, 200);
        shown.assert_framed(page);
        let again = browser.get(&format!("/sign-in?next={}", encoded(next))).await;
        assert_eq!(
            (again.status, again.location()),
            (303, page),
            "a signed-in browser is redirected"
        );
    }
}

#[tokio::test]
async fn a_refused_sign_in_shows_the_reason_and_keeps_only_the_user_name() {
    const TYPED: &str = "N0t-The-Word<\"'>";
    let portal = TestPortal::new().await;
    let admin = portal.signed_in("admin").await;
    let id = portal.id_of("officer").await;
    assert_eq!(admin.call(LOCK, &[("id", &id)]).await.status, 204);
    for (name, typed, words) in [
        ("helpdesk", TYPED, "The user name or the password is wrong."),
        ("nologin", password(), "no permission can_create_token"),
        ("officer", password(), "This account is locked."),
        ("fault-503", TYPED, "the cluster failed"),
        ("", TYPED, "Enter your user name."),
        ("helpdesk", "", "Enter your password."),
    ] {
        let browser = portal.browser();
        let fields = [("user_name", name), ("password", typed), ("next", "/users?q=a")];
        let answer = browser.submit("/sign-in?next=%2Fusers", SIGN_IN, &fields).await;
        assert_eq!(answer.status, 303, "{name}");
        assert_eq!(answer.location(), "/sign-in?next=%2Fusers%3Fq%3Da", "{name}");
        let page = browser.get(answer.location()).await;
        page.assert_page(name);
        assert!(
            page.shows(words),
            "{name} does not see {words:?}: {}",
            page.content()
        );
        assert_eq!(page.body.matches(words).count(), 1, "{name} sees it twice");
        if !name.is_empty() {
            assert!(
                page.shows(&format!("value=\"{name}\"")),
                "{name}: {}",
                page.content()
            );
        }
        assert!(!page.shows("N0t-The-Word") && !page.shows(password()), "{name}");
        assert!(
            !browser.get("/sign-in").await.shows(words),
            "{name} sees it again"
        );
        assert_eq!(browser.get("/users").await.status, 303, "{name} is not signed in");
    }
}

#[tokio::test]
async fn no_redirect_leaves_the_portal() {
    let portal = TestPortal::new().await;
    // Another account than the one that signs in below: a person has so many sessions at a time.
    let signed_in = portal.signed_in("auditor").await;
    for next in FOREIGN {
        let query = format!("/sign-in?next={}", encoded(next));
        let page = portal.browser().get(&query).await;
        assert!(
            page.shows("name=\"next\" value=\"/\""),
            "{next:?}: {}",
            page.content()
        );
        let answer = signed_in.get(&query).await;
        assert_eq!((answer.status, answer.location()), (303, "/"), "{next:?}");

        let fields = [
            ("user_name", "helpdesk"),
            ("password", password()),
            ("next", next),
        ];
        let answer = portal.browser().submit("/sign-in", SIGN_IN, &fields).await;
        assert_eq!((answer.status, answer.location()), (303, "/"), "{next:?}");
        let answer = portal.browser().call(SIGN_IN, &fields).await;
        assert_eq!(
            (answer.status, answer.header("x-postern-next")),
            (204, "/"),
            "{next:?}"
        );

        let fields = [("user_name", "helpdesk"), ("password", "wrong"), ("next", next)];
        let answer = portal.browser().submit("/sign-in", SIGN_IN, &fields).await;
        assert_eq!(answer.location(), "/sign-in?next=%2F", "{next:?}");
    }
    for referer in [
        "https://evil.example/users",
        "//evil.example",
        "/\\evil.example",
        "data:,",
    ] {
        let request = signed_in
            .request("/api/theme", HTML)
            .header(header::REFERER, referer);
        let answer = signed_in.send(request.form(&[("theme", "dark")])).await;
        assert_eq!((answer.status, answer.location()), (303, "/"), "{referer}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_of_every_copy_of_the_cookie() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let copy = portal.browser();
    copy.set_cookie("postern", &browser.cookie("postern").expect("a session"));
    assert_eq!(copy.get("/users").await.status, 200);
    portal.simulator().clear_calls();
    let answer = browser.submit("/users", SIGN_OUT, &[]).await;
    assert_eq!((answer.status, answer.location()), (303, "/sign-in"));
    let calls = portal.calls();
    assert!(calls.iter().any(|call| call.contains("/logout ")), "{calls:?}");
    let page = browser.get("/sign-in").await;
    assert!(page.shows("You are signed out."), "{}", page.content());
    assert_eq!(copy.get("/users").await.location(), "/sign-in?next=%2Fusers");
    assert_eq!(
        copy.call(SIGN_OUT, &[]).await.status,
        204,
        "signing out twice succeeds"
    );
}

#[tokio::test]
async fn the_theme_cookie_holds_a_known_theme_or_none() {
    let portal = TestPortal::new().await;
    let browser = portal.browser();
    let answer = browser
        .submit("/nowhere", "/api/theme", &[("theme", "dark")])
        .await;
    assert_eq!((answer.status, answer.location()), (303, "/nowhere"));
    let page = browser.get("/sign-in").await;
    assert!(page.shows("data-theme=\"dark\""), "{}", page.content());
    let answer = browser.call("/api/theme", &[("theme", "\"><script>")]).await;
    assert_eq!(answer.status, 422);
    browser.set_cookie("theme", "\"><script>alert(1)</script>");
    assert!(browser.get("/sign-in").await.shows("data-theme=\"system\""));
}

/// Fails unless the page has an element of this role and these words.
fn assert_message(page: &Answer, role: &str, words: &str) {
    let is_shown = page.shows(&format!("role=\"{role}\"")) && page.shows(words);
    assert!(
        is_shown,
        "no {role} {words:?} ({}): {}",
        page.status,
        page.content()
    );
}

#[tokio::test]
async fn the_outcome_of_a_plain_form_is_shown_once() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let id = portal.id_of("alpha").await;
    let page = format!("/users/{id}");
    let answer = browser.submit(&page, LOCK, &[("id", &id)]).await;
    assert_eq!((answer.status, answer.location()), (303, page.as_str()));
    assert!(portal.is_locked("alpha").await);

    // The browser may prefetch the page, or fetch a part of it: the outcome waits for a page that is displayed.
    for (name, value) in [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("sec-fetch-dest", "empty"),
    ] {
        let ahead = browser.bare(Method::GET, &page).header(name, value);
        let ahead = browser.send(ahead.header(header::ACCEPT, HTML)).await;
        assert!(!ahead.shows("alpha is locked."), "{value}");
    }
    let displayed = browser
        .bare(Method::GET, &page)
        .header("sec-fetch-dest", "document");
    assert_message(&browser.send(displayed).await, "status", "alpha is locked.");
    assert!(
        !browser.get(&page).await.shows("alpha is locked."),
        "it is shown twice"
    );
    let list = browser.get("/users?q=alpha&state=locked").await;
    assert!(list.shows(&page), "the list shows the change: {}", list.content());
}

#[tokio::test]
async fn a_generated_password_is_shown_exactly_once() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let id = portal.id_of("bdrift").await;
    let page = format!("/users/{id}");
    assert!(portal.is_locked("bdrift").await);
    let answer = browser
        .submit(&page, UNLOCK, &[("id", &id), ("password", "")])
        .await;
    assert_eq!(
        (answer.status, answer.location(), answer.body.as_str()),
        (303, page.as_str(), "")
    );
    assert!(!portal.is_locked("bdrift").await);
    let shown = browser.get(&page).await;
    assert_message(&shown, "status", "bdrift is unlocked.");
    let secret = secret(&shown).expect("a password");
    let secret = unescaped(secret);
    assert!(secret.len() >= 12, "{secret}");
    assert_eq!(
        portal.login_failure("bdrift", &secret).await,
        Some(LoginFailure::TemporaryPassword),
        "it is the password that was set"
    );
    for path in [&page, "/users", "/"] {
        assert!(!browser.get(path).await.shows(&secret), "{path} shows it again");
    }
}

#[tokio::test]
async fn a_typed_password_is_checked_and_never_shown() {
    const WEAK: &str = "weak-w0rd";
    const GOOD: &str = "Str0ng-Enough!";
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin").await;
    let id = portal.id_of("bdrift").await;
    let page = format!("/users/{id}");
    let fields = |typed| [("id", id.clone()), ("password", String::from(typed))];
    let weak = fields(WEAK);
    let weak: Vec<_> = weak.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let failed = browser.submit_and_follow(&page, UNLOCK, &weak).await;
    failed.assert_framed("a weak password");
    assert!(
        failed.shows("policy") && !failed.shows(WEAK),
        "{}",
        failed.content()
    );
    assert!(
        failed.shows("<dialog id=\"unlock-dialog\""),
        "{}",
        failed.content()
    );
    assert!(portal.is_locked("bdrift").await);
    let answer = browser.call(UNLOCK, &weak).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json()["fields"][0]["field"], "password");
    assert!(!answer.shows(WEAK));

    let good = fields(GOOD);
    let good: Vec<_> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = browser.submit_and_follow(&page, UNLOCK, &good).await;
    assert_message(&done, "status", "bdrift is unlocked.");
    assert!(!done.shows(GOOD) && secret(&done).is_none(), "{}", done.content());
    assert_eq!(
        portal.login_failure("bdrift", GOOD).await,
        Some(LoginFailure::TemporaryPassword)
    );
}

#[tokio::test]
async fn a_failure_of_the_cluster_is_shown_on_the_page_of_the_form() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    for (id, words) in [
        (unknown, "User not found"),
        ("../roles", "There is no such user."),
        ("", "There is no such user."),
    ] {
        let page = browser.submit_and_follow("/users", LOCK, &[("id", id)]).await;
        assert_message(&page, "alert", words);
        assert!(
            page.shows("Request id"),
            "{id:?} without a request id: {}",
            page.content()
        );
        assert!(!browser.get("/users").await.shows(words), "{id:?} is shown twice");
    }
    portal.fail(&["/pty/v1/auth/users/*/lock"], &Fault::Html);
    let id = portal.id_of("alpha").await;
    let page = browser.submit_and_follow("/users", LOCK, &[("id", &id)]).await;
    assert_message(&page, "alert", "The outcome is not known.");
    assert_message(&page, "alert", "check before you try again");
    assert!(
        page.shows("Request id") && !page.shows("never run this"),
        "{}",
        page.content()
    );
}

/// The token modes in which the cluster ends a session, with and without a refresh token.
const ENDING: [TokenMode; 4] = [
    TokenMode::Claims,
    TokenMode::Opaque,
    TokenMode::HeaderOnly,
    TokenMode::NoRefresh,
];

/// A browser whose form was sent after the cluster had ended the session, and the address of the redirect.
async fn interrupted(portal: &TestPortal, page: &str, id: &str) -> (Browser, String) {
    let browser = portal.signed_in("helpdesk").await;
    portal.simulator().expire(Expire::All);
    let answer = browser.submit(page, LOCK, &[("id", id)]).await;
    assert_eq!(answer.status, 303);
    (browser, answer.location().to_owned())
}

#[tokio::test]
async fn a_form_after_the_end_of_the_clusters_session_is_carried_out_after_the_sign_in() {
    for token_mode in ENDING {
        let portal = TestPortal::with(Setup {
            token_mode,
            ..Setup::default()
        })
        .await;
        let id = portal.id_of("alpha").await;
        let page = format!("/users/{id}");
        let (browser, sign_in) = interrupted(&portal, &page, &id).await;
        assert_eq!(sign_in, format!("/sign-in?next=%2Fusers%2F{id}"), "{token_mode}");
        assert!(!portal.is_locked("alpha").await, "{token_mode}");
        let form = browser.get(&sign_in).await;
        assert_eq!(form.status, 200, "{token_mode}: {}", form.location());
        assert!(
            form.shows("Sign in again") && form.shows("value=\"helpdesk\""),
            "{token_mode}"
        );

        let answer = browser.sign_in_on(&sign_in, "helpdesk").await;
        assert_eq!(
            (answer.status, answer.location()),
            (303, page.as_str()),
            "{token_mode}"
        );
        assert!(portal.is_locked("alpha").await, "{token_mode}");
        assert_message(&browser.get(&page).await, "status", "alpha is locked.");
    }
}

/// The form of the sign-in page is sent by script; the pending form may have been a plain one.
#[tokio::test]
async fn a_sign_in_by_script_carries_out_the_pending_form() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let page = format!("/users/{id}");
    let (browser, _) = interrupted(&portal, &page, &id).await;
    let answer = browser
        .call(SIGN_IN, &[("user_name", "helpdesk"), ("password", password())])
        .await;
    assert_eq!(
        (answer.status, answer.header("x-postern-next")),
        (204, page.as_str())
    );
    assert!(portal.is_locked("alpha").await);
    assert_message(&browser.get(&page).await, "status", "alpha is locked.");
}

/// A sign-in in a dialog resumes the form on the screen: the pending form must not be carried out then or later.
#[tokio::test]
async fn a_sign_in_that_resumes_drops_the_pending_form() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let (browser, _) = interrupted(&portal, "/users", &id).await;
    let fields = [
        ("user_name", "helpdesk"),
        ("password", password()),
        ("resume", "1"),
    ];
    assert_eq!(browser.call(SIGN_IN, &fields).await.status, 204);
    assert_eq!(browser.sign_in_on("/sign-in", "helpdesk").await.location(), "/");
    assert!(!portal.is_locked("alpha").await);
}

/// The sign-in page shows what a form will do; a person can sign in without it and loses nothing typed.
#[tokio::test]
async fn a_person_can_sign_in_without_the_pending_form() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let page = format!("/users/{id}");
    let (browser, sign_in) = interrupted(&portal, &page, &id).await;
    let form = browser.get(&sign_in).await;
    for words in [
        "carries out what you sent: lock a user.",
        &page,
        "Sign in without doing it",
    ] {
        assert!(form.shows(words), "no {words:?}: {}", form.content());
    }
    let fields = [
        ("user_name", "helpdesk"),
        ("password", password()),
        ("next", "/"),
        ("sign_in_alone", "true"),
    ];
    let answer = browser.submit(&sign_in, SIGN_IN, &fields).await;
    assert_eq!((answer.status, answer.location()), (303, page.as_str()));
    let shown = browser.get(&page).await;
    assert_message(&shown, "alert", "Nothing was changed yet");
    assert_message(&shown, "alert", "You signed in without it.");
    assert!(!portal.is_locked("alpha").await);
    assert!(!browser.get("/sign-in").await.shows("Sign in without doing it"));
}

/// Only a sign-in page with a form that waits has the second button.
#[tokio::test]
async fn a_sign_in_page_without_a_pending_form_has_one_button() {
    let portal = TestPortal::new().await;
    assert!(
        !portal
            .browser()
            .get("/sign-in")
            .await
            .shows("Sign in without doing it")
    );
    let browser = portal.signed_in("helpdesk").await;
    portal.simulator().expire(Expire::All);
    let to = browser.get("/users").await;
    let page = browser.get(to.location()).await;
    assert!(page.shows("Sign in again") && !page.shows("Sign in without doing it"));
}

#[tokio::test]
async fn a_flash_message_belongs_to_its_session_and_page() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let page = format!("/users/{id}");
    let browser = portal.signed_in("helpdesk").await;
    let answer = browser.submit(&page, LOCK, &[("id", &id)]).await;
    assert_eq!(answer.status, 303);
    let words = "alpha is locked.";

    let copy = portal.signed_in("admin").await;
    browser.copy_cookies_to(&copy, |name| name != "postern");
    assert!(!copy.get(&page).await.shows(words), "another session");
    let copy = portal.browser();
    browser.copy_cookies_to(&copy, |name| name != "postern");
    let sign_in = copy.get(&page).await;
    assert!(!copy.get(sign_in.location()).await.shows(words), "no session");

    for other in ["/groups", "/users", "/sign-in", "/nowhere"] {
        assert!(!browser.get(other).await.shows(words), "{other}");
    }
    let shown = browser.get(&format!("{page}?a=b")).await;
    assert_message(&shown, "status", words);
    assert!(!browser.get(&page).await.shows(words));
}

#[tokio::test]
async fn messages_of_two_forms_at_once_are_both_shown() {
    let portal = TestPortal::new().await;
    let (alpha, other) = (portal.id_of("alpha").await, portal.id_of("bdrift").await);
    let browser = portal.signed_in("helpdesk").await;
    let (alpha, other) = ([("id", alpha.as_str())], [("id", other.as_str())]);
    let both = [
        browser.submit("/users", LOCK, &alpha),
        browser.submit("/users", LOCK, &other),
    ];
    for answer in futures::future::join_all(both).await {
        assert_eq!((answer.status, answer.location()), (303, "/users"));
    }
    let page = browser.get("/users").await;
    assert!(
        page.shows("alpha is locked.") && page.shows("bdrift is locked."),
        "{}",
        page.content()
    );

    let stranger = portal.browser();
    let wrong = [("user_name", "helpdesk"), ("password", "wrong")];
    let both = [
        stranger.submit("/sign-in", SIGN_IN, &wrong),
        stranger.submit("/sign-in", SIGN_IN, &wrong),
    ];
    futures::future::join_all(both).await;
    for time in ["first", "second"] {
        let page = stranger.get("/sign-in").await;
        assert!(page.shows("The user name or the password is wrong."), "{time}");
    }
    assert!(!stranger.get("/sign-in").await.shows("is wrong."));
}

/// Signing in again gives the session a new id: the outcome of what was done before is still shown.
#[tokio::test]
async fn a_message_waits_while_its_person_signs_in_again() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let page = format!("/users/{id}");
    let browser = portal.signed_in("helpdesk").await;
    let answer = browser.submit(&page, LOCK, &[("id", &id)]).await;
    assert_eq!(answer.status, 303);
    portal.simulator().expire(Expire::All);
    let to = browser.get(&page).await;
    assert_eq!(to.status, 303);
    let answer = browser.sign_in_on(to.location(), "helpdesk").await;
    assert_eq!(answer.status, 303);
    assert_message(&browser.get(&page).await, "status", "alpha is locked.");
}

#[tokio::test]
async fn a_concurrent_request_neither_loses_nor_repeats_the_flash_message() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let page = format!("/users/{id}");
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&["/pty/v1/auth/permissions"], &Fault::Hold);
    let concurrent = browser.get("/session");
    let form = async {
        portal.wait_for_held(1).await;
        let answer = browser.submit(&page, LOCK, &[("id", &id)]).await;
        portal.simulator().set_faults(Vec::new());
        answer
    };
    let (session, answer) = futures::future::join(concurrent, form).await;
    assert_eq!((session.status, answer.status), (200, 303));
    assert!(!session.shows("alpha is locked."), "{}", session.content());
    assert_message(&browser.get(&page).await, "status", "alpha is locked.");
    assert!(!browser.get(&page).await.shows("alpha is locked."));
}

#[tokio::test]
async fn a_failed_sign_in_creates_no_session() {
    let portal = TestPortal::new().await;
    let junk = "x".repeat(60_000);
    for fields in [
        [("user_name", "helpdesk"), ("password", "wrong")],
        [("user_name", ""), ("junk", &junk)],
    ] {
        let browser = portal.browser();
        browser.submit("/sign-in", SIGN_IN, &fields).await;
        assert_eq!(browser.cookie("postern"), None);
    }
    assert_eq!(portal.session_count(), 0);
    assert_eq!(
        portal
            .browser()
            .submit("/", "/api/nope", &[("junk", &junk)])
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_pending_form_is_not_carried_out_for_another_account() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let (browser, sign_in) = interrupted(&portal, "/users", &id).await;
    let wrong = [("user_name", "helpdesk"), ("password", "wrong")];
    let answer = browser.submit(&sign_in, SIGN_IN, &wrong).await;
    assert_eq!(
        answer.location(),
        "/sign-in?next=%2F",
        "a wrong password carries out no form"
    );
    assert!(!portal.is_locked("alpha").await);
    let answer = browser.sign_in_on(&sign_in, "admin").await;
    assert_eq!((answer.status, answer.location()), (303, "/"));
    let answer = browser.sign_in_on(&sign_in, "helpdesk").await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/"),
        "the form is dropped"
    );
    assert!(!portal.is_locked("alpha").await);
}

#[tokio::test]
async fn a_page_after_the_end_of_the_clusters_session_leads_to_the_sign_in_and_back() {
    for token_mode in ENDING {
        let portal = TestPortal::with(Setup {
            token_mode,
            ..Setup::default()
        })
        .await;
        let browser = portal.signed_in("helpdesk").await;
        portal.simulator().expire(Expire::All);
        let answer = browser.get("/users").await;
        assert_eq!(
            (answer.status, answer.location()),
            (303, "/sign-in?next=%2Fusers"),
            "{token_mode}"
        );
        assert_eq!(browser.get(answer.location()).await.status, 200, "{token_mode}");
        let fields = [
            ("user_name", "helpdesk"),
            ("password", password()),
            ("next", "/users"),
        ];
        let page = browser.submit_and_follow("/sign-in", SIGN_IN, &fields).await;
        assert_eq!(page.status, 200, "{token_mode}");
    }
}

#[tokio::test]
async fn a_script_is_answered_in_json() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let browser = portal.browser();
    let fields = [
        ("user_name", "helpdesk"),
        ("password", password()),
        ("next", "/users?q=a"),
    ];
    let answer = browser.call(SIGN_IN, &fields).await;
    assert_eq!(
        (answer.status, answer.header("x-postern-next")),
        (204, "/users?q=a")
    );

    let answer = browser
        .call(SIGN_IN, &[("user_name", ""), ("password", "x")])
        .await;
    assert_eq!(answer.status, 422);
    let error = answer.json();
    assert_eq!(error["kind"], "Invalid");
    assert_eq!(error["fields"][0]["field"], "user_name");
    assert!(error["fields"][0]["message"].is_string() && error["request_id"].is_string());

    let answer = browser.call(LOCK, &[("id", &id)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_message(&browser.get("/users").await, "status", "alpha is locked.");

    portal.simulator().expire(Expire::All);
    let answer = browser.call(UNLOCK, &[("id", &id)]).await;
    assert_eq!(answer.status, 401);
    let error = answer.json();
    assert_eq!(error["kind"], "SignInAgain");
    assert_eq!(error["request_id"], answer.header("x-request-id"));
    assert_eq!(browser.sign_in("helpdesk").await.status, 204);
    assert!(
        portal.is_locked("alpha").await,
        "a form of a script is not stored"
    );
}

/// Content types and bodies that no form sends.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let long = "x".repeat(20_000);
    let every = format!("user_name={long}&password={long}&next=/{long}&id={long}&theme={long}");
    vec![
        (FORM, Vec::new()),
        (FORM, every.into_bytes()),
        (
            FORM,
            b"%ff%fe=%00&id=%00&user_name=%00&password=%0d%0aS3cret-Word".to_vec(),
        ),
        (FORM, b"&&&===&id&user_name&password".to_vec()),
        (
            FORM,
            b"id=a&id=b&user_name=a&user_name=b&password=S3cret-Word&password=S3cret-Word".to_vec(),
        ),
        (
            FORM,
            b"id[0]=a&user_name[x]=b&password[]=S3cret-Word&theme[a][b]=c".to_vec(),
        ),
        (FORM, vec![0xff; 1000]),
        (FORM, "x=".repeat(2_000).into_bytes()),
        (FORM, vec![b'a'; 256 * 1024 + 1]),
        (
            "application/json",
            br#"{"user_name":"admin","password":"S3cret-Word","id":"7"}"#.to_vec(),
        ),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\ncontent-disposition: form-data; name=\"password\"\r\n\r\nS3cret-Word\r\n--b--".to_vec(),
        ),
        ("text/plain", b"password=S3cret-Word".to_vec()),
        ("\u{7f}", b"password=S3cret-Word".to_vec()),
    ]
}

#[tokio::test]
async fn every_body_is_answered_and_no_answer_repeats_its_secret() {
    let portal = TestPortal::new().await;
    for path in functions() {
        for (kind, body) in bodies() {
            for accept in [JSON, HTML, "*/*"] {
                let what = format!(
                    "{path} for {accept}: {kind} {:.60}",
                    String::from_utf8_lossy(&body)
                );
                let browser = portal.signed_in("helpdesk").await;
                let request = browser.request(path, accept).body(body.clone());
                let kind = http::HeaderValue::from_bytes(kind.as_bytes());
                let request = match kind {
                    Ok(kind) => request.header(header::CONTENT_TYPE, kind),
                    Err(_) => request,
                };
                let answer = browser.send(request).await;
                assert!(
                    answer.status < 500,
                    "{what}: {} {}",
                    answer.status,
                    answer.content()
                );
                let is_too_large = body.len() > 256 * 1024;
                // Of a caller without the permission nothing is read.
                let expected = is_too_large && accept != HTML && answer.status != 403;
                assert_eq!(answer.status == 413, expected, "{what}: {}", answer.status);
                if is_too_large && accept == HTML {
                    assert_eq!(answer.status, 303, "{what}");
                }
                check_no_secret(&answer, &what);
                let location = answer.location();
                if !location.is_empty() {
                    assert!(
                        location.len() < 8_000,
                        "{what}: the address is {} long",
                        location.len()
                    );
                    let page = browser.get(location).await;
                    assert!(page.status < 400, "{what}: {} {}", page.status, page.content());
                    check_no_secret(&page, &what);
                }
            }
        }
    }
}

fn check_no_secret(answer: &Answer, what: &str) {
    let headers = format!("{:?}", answer.headers);
    assert!(
        !holds_token(&answer.body) && !holds_token(&headers),
        "{what} returns a token"
    );
    for secret in ["S3cret-Word", password()] {
        let is_returned = answer.shows(secret) || headers.contains(secret);
        assert!(
            !is_returned,
            "{what} returns {secret}: {} {}",
            answer.status,
            answer.content()
        );
    }
}

#[tokio::test]
async fn a_value_that_is_too_long_is_refused_at_its_field() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let id = portal.id_of("alpha").await;
    let long = "x".repeat(256);
    for (path, fields, field) in [
        (
            SIGN_IN,
            [("user_name", long.as_str()), ("password", "x")],
            "user_name",
        ),
        (
            SIGN_IN,
            [("user_name", "helpdesk"), ("password", &long)],
            "password",
        ),
        (UNLOCK, [("id", &id), ("password", &long)], "password"),
    ] {
        portal.simulator().clear_calls();
        let answer = browser.call(path, &fields).await;
        assert_eq!(answer.status, 422, "{path}: {}", answer.content());
        assert_eq!(answer.json()["fields"][0]["field"], field, "{path}");
        let calls = portal.calls();
        assert!(
            !calls.iter().any(|call| !call.starts_with("GET ")),
            "{path}: {calls:?}"
        );
    }
}

#[tokio::test]
async fn a_server_function_answers_no_get() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let id = portal.id_of("alpha").await;
    for path in functions() {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let request = browser.bare(method.clone(), &format!("{path}?id={id}"));
            let answer = browser.send(request.header(header::ACCEPT, HTML)).await;
            assert_eq!(answer.status, 405, "{method} {path}");
        }
    }
    portal.assert_no_calls("a link");
    assert_eq!(browser.get("/session").await.status, 200);
}
