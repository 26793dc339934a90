//! Every way in which the cluster can fail: each page stays a whole page that reports the failure.

use std::time::Duration;

use crate::support::{self, Answer, Setup, TestPortal, password};
use simulator::Fault;

/// How long the portal waits where an answer never comes: long enough for the other answers on a busy machine.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// An answer that never comes.
const NO_ANSWER: Fault = Fault::Hold;

fn faults() -> Vec<Fault> {
    let status = |status, body: &str| Fault::Status {
        status,
        body: body.to_owned(),
    };
    vec![
        Fault::Drop,
        Fault::Truncate,
        Fault::NotJson,
        Fault::Html,
        NO_ANSWER,
        status(503, ""),
        status(500, r#"{"detail":"<script>alert(1)</script>"}"#),
        status(429, ""),
        status(404, r#"{"detail":"Not Found"}"#),
        status(403, r#"{"detail":"Missing permission: something"}"#),
        status(401, ""),
        status(302, ""),
        status(200, "[]"),
        status(200, "{}"),
        status(200, "null"),
        status(204, ""),
    ]
}

/// The effect of a call's failure on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The page has no content: its status is that of the failure.
    Main,
    /// One section shows the failure; the others are complete.
    Side,
    /// The page leaves something out.
    Quiet,
}

/// Every call of every page: the page, the path of the call and its part.
fn calls(id: &str) -> Vec<(String, String, Part)> {
    let user = format!("/users/{id}");
    let role = "/roles/helpdesk_operator".to_owned();
    let group = "/groups/b020d984-c6b0-472d-8983-7c966a20f10d".to_owned();
    let path = |path: &str| format!("/pty/v1/auth{path}");
    vec![
        ("/".to_owned(), path("/health"), Part::Side),
        ("/".to_owned(), "/pty/v2/pim/health".to_owned(), Part::Side),
        ("/".to_owned(), "/pty/v1/rps/health".to_owned(), Part::Side),
        ("/users?fresh".to_owned(), path("/users"), Part::Main),
        (user.clone(), path(&format!("/users/{id}")), Part::Main),
        (user.clone(), path("/roles"), Part::Side),
        (user.clone(), path("/groups"), Part::Quiet),
        ("/users/new".to_owned(), path("/roles"), Part::Quiet),
        ("/users/import".to_owned(), path("/roles"), Part::Quiet),
        (format!("{user}/edit"), path(&format!("/users/{id}")), Part::Main),
        (format!("{user}/edit"), path("/roles"), Part::Quiet),
        (format!("{user}/edit"), path("/groups"), Part::Quiet),
        (
            "/users/many?do=lock&ids[]=alpha".to_owned(),
            path("/users"),
            Part::Main,
        ),
        (
            "/users/many?do=role&ids[]=alpha".to_owned(),
            path("/roles"),
            Part::Main,
        ),
        (
            "/entra/users".to_owned(),
            path("/federation/entra/users/search"),
            Part::Main,
        ),
        ("/roles".to_owned(), path("/roles"), Part::Main),
        (role.clone(), path("/roles"), Part::Main),
        (role.clone(), path("/permissions"), Part::Side),
        (role.clone(), path("/groups"), Part::Side),
        (role, path("/users"), Part::Quiet),
        ("/groups?fresh".to_owned(), path("/groups"), Part::Main),
        (group.clone(), path(&group), Part::Main),
        (group.clone(), path("/roles"), Part::Side),
        (group, path("/users"), Part::Quiet),
        ("/session".to_owned(), path("/permissions"), Part::Quiet),
        ("/saml".to_owned(), path("/saml/providers"), Part::Main),
        (
            "/saml/AWS-IDP".to_owned(),
            path("/saml/providers/AWS-IDP"),
            Part::Main,
        ),
        (
            "/saml/AWS-IDP".to_owned(),
            path("/saml/providers/AWS-IDP/mappers"),
            Part::Side,
        ),
        (
            "/saml/AWS-IDP/edit".to_owned(),
            path("/saml/providers/AWS-IDP"),
            Part::Main,
        ),
        ("/password-policy".to_owned(), path("/passwordpolicy"), Part::Main),
        (
            "/password-policy/edit".to_owned(),
            path("/passwordpolicy"),
            Part::Main,
        ),
        (
            "/session/password".to_owned(),
            path("/passwordpolicy"),
            Part::Quiet,
        ),
        ("/services".to_owned(), path("/health"), Part::Side),
        (
            "/services".to_owned(),
            "/pty/v2/pim/health".to_owned(),
            Part::Side,
        ),
        (
            "/services".to_owned(),
            "/pty/v1/rps/health".to_owned(),
            Part::Side,
        ),
        ("/services".to_owned(), path("/ready"), Part::Quiet),
        ("/services".to_owned(), path("/live"), Part::Quiet),
        ("/services".to_owned(), path("/version"), Part::Quiet),
        ("/services".to_owned(), path("/log"), Part::Quiet),
    ]
}

/// An account that may see this page.
fn reader(page: &str) -> &'static str {
    let is_setting = ["/saml", "/password-policy", "/session/password", "/tokens"]
        .iter()
        .any(|setting| page.starts_with(setting));
    if is_setting { "admin" } else { "helpdesk" }
}

/// A portal that waits for [`TIMEOUT`] where this fault gives no answer.
async fn portal(fault: &Fault) -> TestPortal {
    TestPortal::with(Setup {
        timeout: (*fault == NO_ANSWER).then_some(TIMEOUT),
        ..Setup::default()
    })
    .await
}

/// Whether the portal cannot distinguish this fault from a success.
fn is_an_answer(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Status {
            status: 200 | 204,
            ..
        }
    )
}

/// Checks a page, and returns whether it shows the request id where it should: the test reports all that do not.
fn check(answer: &Answer, fault: &Fault, part: Part, what: &str) -> bool {
    if answer.status == 303 {
        // The cluster no longer accepts the token.
        let is_refused = matches!(fault, Fault::Status { status: 401, .. });
        assert!(part == Part::Main && is_refused, "{what}");
        assert!(answer.location().starts_with("/sign-in?next=%2F"), "{what}");
        assert_eq!(answer.body, "", "{what}");
        return true;
    }
    answer.assert_framed(what);
    assert_ne!(answer.status, 500, "{what}");
    for leaked in ["<script>alert(1)", "never run this", "127.0.0.1:", "/pty/v"] {
        assert!(
            !answer.shows(leaked),
            "{what} shows {leaked}: {}",
            answer.content()
        );
    }
    match part {
        Part::Main if is_an_answer(fault) => {}
        // A list that is still being read shows its progress, whether or not the cluster ever answers.
        Part::Main if *fault == NO_ANSWER && answer.shows("read so far") => return true,
        Part::Main => {
            let expected = match fault {
                Fault::Status { status, .. } if [401, 403, 404].contains(status) => answer.status >= 400,
                _ => [502, 503].contains(&answer.status),
            };
            assert!(expected, "{what}: {}", answer.status);
            assert!(
                answer.shows("role=\"alert\""),
                "{what} shows no message: {}",
                answer.content()
            );
        }
        Part::Side | Part::Quiet => assert_eq!(answer.status, 200, "{what}"),
    }
    let is_quiet = part == Part::Quiet || is_an_answer(fault);
    // Data that the person may not read, or that is not installed, is no failure.
    let is_no_failure = matches!(
        fault,
        Fault::Status {
            status: 403 | 404,
            ..
        }
    );
    let id = answer.header("x-request-id");
    is_quiet || is_no_failure || (answer.shows("Request id") && answer.shows(id))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_stays_whole_when_one_of_its_calls_fails() {
    let mut running = Vec::new();
    for fault in faults() {
        running.push(tokio::spawn(async move {
            let portal = portal(&fault).await;
            let id = portal.id_of("alpha").await;
            let mut silent = Vec::new();
            for (page, path, part) in calls(&id) {
                let browser = portal.signed_in(reader(&page)).await;
                portal.fail(&[&path], &fault);
                let answer = browser.get(&page).await;
                let what = format!("{page} with {fault:?} on {path}");
                if !check(&answer, &fault, part, &what) {
                    silent.push(what);
                }
                portal.simulator().set_faults(Vec::new());
                let answer = browser.get(&page).await;
                // The client reads the roles to find out whether the cluster accepts the token at all.
                let ends_session =
                    path.ends_with("/roles") && matches!(fault, Fault::Status { status: 401, .. });
                let expected = if ends_session { 303 } else { 200 };
                assert_eq!(answer.status, expected, "{page} after {fault:?} on {path}");
            }
            silent
        }));
    }
    let mut silent = Vec::new();
    for one in running {
        silent.extend(one.await.expect("the pages stay whole"));
    }
    assert!(silent.is_empty(), "pages without the request id: {silent:#?}");
}

#[tokio::test]
async fn every_page_stays_whole_when_every_call_fails() {
    for fault in [Fault::Drop, Fault::Html, NO_ANSWER] {
        let portal = portal(&fault).await;
        let id = portal.id_of("alpha").await;
        let browser = portal.signed_in("admin").await;
        portal.fail(&["/"], &fault);
        for page in [
            "/",
            "/users",
            "/users/new",
            "/users/import",
            "/users/many?do=lock&ids[]=alpha",
            "/jobs/nothing",
            &format!("/users/{id}/edit"),
            &format!("/users/{id}"),
            "/session",
            "/services",
            "/saml",
            "/saml/AWS-IDP",
            "/password-policy",
            "/session/password",
            "/tokens",
            "/entra",
            "/entra/edit",
            "/entra/groups",
            "/entra/import",
        ] {
            let what = format!("{page} with {fault:?} on everything");
            let answer = browser.get(page).await;
            answer.assert_framed(&what);
            assert_ne!(answer.status, 500, "{what}");
        }
    }
}

/// Where an object of policy management is used is a section of its own.
#[tokio::test]
async fn the_page_of_an_object_does_not_need_to_know_where_it_is_used() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("auditor").await;
    let failure = |status: u16| Fault::Status {
        status,
        body: String::new(),
    };
    for (page, path) in [
        ("/policy/roles/2", "/policies/*/rules"),
        ("/policy/data-elements/2", "/policies"),
        ("/policy/masks/2", "/policies/*/rules"),
        ("/policy/alphabets/2", "/dataelements"),
        ("/policy/sources/2", "/roles"),
        ("/policy/applications/2", "/policies"),
        ("/policy/data-stores/2", "/applications"),
    ] {
        let whole = browser.get(page).await;
        assert!(whole.shows("Used by") && !whole.shows("role=\"alert\""), "{page}");
        for fault in [Fault::Drop, Fault::Html, failure(500), failure(403), failure(503)] {
            portal.fail(&[&format!("/pty/v2/pim{path}")], &fault);
            let answer = browser.get(page).await;
            let what = format!("{page} with {fault:?} on {path}");
            answer.assert_framed(&what);
            assert_eq!(answer.status, 200, "{what}");
            assert!(
                answer.shows("Details") && answer.shows("role=\"alert\""),
                "{what}"
            );
            assert!(!answer.shows("/pty/v"), "{what}");
        }
        portal.fail(&["/pty/v2/pim/deploy"], &failure(500));
        let answer = browser.get(page).await;
        assert_eq!(answer.status, 200, "{page}");
        let reads_deployments = !page.contains("alphabets") && !page.contains("sources");
        let is_unknown = answer.shows("There may be more uses on data stores.");
        assert_eq!(is_unknown, reads_deployments, "{page}");
        portal.simulator().set_faults(Vec::new());
    }
}

#[tokio::test]
async fn the_sign_in_page_reports_a_failure_of_the_cluster() {
    for fault in faults().into_iter().filter(|fault| !is_an_answer(fault)) {
        let portal = portal(&fault).await;
        portal.fail(&["/pty/v1/auth/login", "/api/v1/auth/login"], &fault);
        let browser = portal.browser();
        let fields = [("user_name", "helpdesk"), ("password", password())];
        let page = browser
            .submit_and_follow("/sign-in", support::SIGN_IN, &fields)
            .await;
        page.assert_page(&format!("{fault:?}"));
        assert_eq!(page.status, 200, "{fault:?}");
        assert!(
            page.shows("role=\"alert\""),
            "{fault:?} shows no message: {}",
            page.content()
        );
        assert!(
            !page.shows("<script>alert(1)") && !page.shows("/pty/v"),
            "{fault:?}"
        );
        assert!(page.shows("value=\"helpdesk\""), "{fault:?}");
    }
}

/// The cached list is shown without the cluster to a session that was allowed to read it a moment ago.
#[tokio::test]
async fn a_cached_list_is_shown_without_the_cluster() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    assert_eq!(browser.get("/users").await.status, 200);
    portal.fail(&["/"], &Fault::Drop);
    let answer = browser.get("/users?q=alpha").await;
    assert_eq!(answer.status, 200);
    assert!(answer.shows("alpha@example.com"), "{}", answer.content());
}
