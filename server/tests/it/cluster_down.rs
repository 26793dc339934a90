//! A cluster that fails in every way it can: each page stays a whole page that says what is the matter.

use std::time::Duration;

use crate::support::{self, Answer, Setup, World, password};
use simulator::Fault;

/// Shorter than the delay, and long enough for an answer without one on a busy machine.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// An answer that comes too late.
const LATE: Fault = Fault::DelayMs(2000);

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
        LATE,
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

/// What a page does when one of its calls fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// It is what the page is about: the page's status tells.
    Main,
    /// The rest of the page is there.
    Side,
    /// The page says less.
    Quiet,
}

/// Every upstream call of every page.
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

/// Somebody who may see this page.
fn reader(page: &str) -> &'static str {
    let is_setting = ["/saml", "/password-policy", "/session/password", "/tokens"]
        .iter()
        .any(|setting| page.starts_with(setting));
    if is_setting { "admin" } else { "helpdesk" }
}

/// A portal in front of a cluster that will fail in this way.
async fn world(fault: &Fault) -> World {
    World::with(Setup {
        timeout: (*fault == LATE).then_some(TIMEOUT),
        ..Setup::default()
    })
    .await
}

/// Whether this fault is one that nobody could tell from a good answer.
fn is_an_answer(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Status {
            status: 200 | 204,
            ..
        }
    )
}

/// Whether the page says what it should; the request id's absence is told by the caller, for all pages together.
fn check(answer: &Answer, fault: &Fault, part: Part, what: &str) -> bool {
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
        Part::Main => {
            let expected = match fault {
                // The roles are what the client asks to know whether a token is taken at all.
                Fault::Status { status: 401, .. } => answer.status == 303 || answer.status >= 400,
                Fault::Status { status, .. } if [403, 404].contains(status) => answer.status >= 400,
                _ => [502, 503].contains(&answer.status),
            };
            assert!(expected, "{what}: {}", answer.status);
            assert!(
                answer.status == 303 || answer.shows("role=\"alert\""),
                "{what} says nothing: {}",
                answer.content()
            );
        }
        Part::Side | Part::Quiet => assert_eq!(answer.status, 200, "{what}"),
    }
    let is_quiet = part == Part::Quiet || is_an_answer(fault);
    // What a person may not see, or what is not installed, is no failure.
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
            let world = world(&fault).await;
            let id = world.id_of("alpha").await;
            let mut silent = Vec::new();
            for (page, path, part) in calls(&id) {
                let browser = world.signed_in(reader(&page)).await;
                world.fail(&[&path], &fault);
                let answer = browser.get(&page).await;
                let what = format!("{page} with {fault:?} on {path}");
                if !check(&answer, &fault, part, &what) {
                    silent.push(what);
                }
                world.simulator().set_faults(Vec::new());
                let answer = browser.get(&page).await;
                // The roles are what the client asks to know whether a token is taken at all.
                let is_given_up =
                    path.ends_with("/roles") && matches!(fault, Fault::Status { status: 401, .. });
                let expected = if is_given_up { 303 } else { 200 };
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
async fn every_page_stays_whole_when_the_cluster_is_gone() {
    for fault in [Fault::Drop, Fault::Html, LATE] {
        let world = world(&fault).await;
        let id = world.id_of("alpha").await;
        let browser = world.signed_in("admin").await;
        world.fail(&["/"], &fault);
        for page in [
            "/",
            "/users",
            "/users/new",
            "/users/import",
            "/users/many?do=lock&ids[]=alpha",
            "/batches/nothing",
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

#[tokio::test]
async fn the_sign_in_page_says_that_the_cluster_is_gone() {
    for fault in faults().into_iter().filter(|fault| !is_an_answer(fault)) {
        let world = world(&fault).await;
        world.fail(&["/pty/v1/auth/login", "/api/v1/auth/login"], &fault);
        let browser = world.browser();
        let fields = [("user_name", "helpdesk"), ("password", password())];
        let page = browser
            .submit_and_follow("/sign-in", support::SIGN_IN, &fields)
            .await;
        page.assert_page(&format!("{fault:?}"));
        assert_eq!(page.status, 200, "{fault:?}");
        assert!(
            page.shows("role=\"alert\""),
            "{fault:?} says nothing: {}",
            page.content()
        );
        assert!(
            !page.shows("<script>alert(1)") && !page.shows("/pty/v"),
            "{fault:?}"
        );
        assert!(page.shows("value=\"helpdesk\""), "{fault:?}");
    }
}

/// The list that is there serves while the cluster is away, for those whom it let in lately.
#[tokio::test]
async fn a_warm_list_outlives_the_cluster() {
    let world = World::new().await;
    let browser = world.signed_in("helpdesk").await;
    assert_eq!(browser.get("/users").await.status, 200);
    world.fail(&["/"], &Fault::Drop);
    let answer = browser.get("/users?q=alpha").await;
    assert_eq!(answer.status, 200);
    assert!(answer.shows("alpha@example.com"), "{}", answer.content());
}
