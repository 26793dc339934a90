//! How fast sign-ins may be tried, from one address and from others.

use crate::support::{Answer, Browser, HTML, JSON, SIGN_IN, Setup, TestPortal, password};
use http::header;

const WRONG: &str = "Wrong-Passw0rd!";

/// A portal behind a proxy on loopback, which names its clients.
async fn behind_a_proxy() -> TestPortal {
    TestPortal::with(Setup {
        proxies: &["127.0.0.0/8"],
        ..Setup::default()
    })
    .await
}

/// A sign-in of a client at this address.
async fn sign_in(browser: &Browser, from: &str, name: &str, password: &str) -> Answer {
    let request = browser.request(SIGN_IN, JSON).header("x-forwarded-for", from);
    browser
        .send(request.form(&[("user_name", name), ("password", password)]))
        .await
}

fn logins(portal: &TestPortal) -> usize {
    let calls = portal.calls();
    calls
        .iter()
        .filter(|call| call.starts_with("POST ") && call.contains("/login"))
        .count()
}

#[tokio::test]
async fn most_of_many_wrong_passwords_do_not_reach_the_cluster() {
    let portal = behind_a_proxy().await;
    let stranger = portal.browser();
    let mut refused = 0;
    for _ in 0..300 {
        let answer = sign_in(&stranger, "203.0.113.5", "helpdesk", WRONG).await;
        if answer.status != 429 {
            continue;
        }
        refused += 1;
        let seconds: u64 = answer.header("retry-after").parse().expect("a number of seconds");
        assert!(seconds > 0, "{}", answer.body);
        assert_eq!(answer.json()["kind"], "TooManyRequests");
        assert!(answer.shows("then try again."), "{}", answer.body);
    }
    assert!(refused > 280, "{refused}");
    assert!(logins(&portal) < 20, "{:?}", portal.calls());
    // From there the right password waits as well: otherwise the answer would tell that it is the right one.
    let answer = sign_in(&stranger, "203.0.113.5", "HELPDESK", password()).await;
    assert_eq!(answer.status, 429, "{}", answer.body);
}

/// What the cluster itself does about wrong passwords is its own: the account here is one that it does not lock.
#[tokio::test]
async fn a_stranger_does_not_lock_a_person_out_from_another_address() {
    let portal = behind_a_proxy().await;
    let stranger = portal.browser();
    for _ in 0..20 {
        sign_in(&stranger, "203.0.113.5", "helpdesk", WRONG).await;
    }
    let person = portal.browser();
    let answer = sign_in(&person, "198.51.100.7", "helpdesk", password()).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
}

#[tokio::test]
async fn a_header_of_an_unknown_proxy_changes_nothing() {
    let portal = TestPortal::new().await;
    let stranger = portal.browser();
    let mut statuses = Vec::new();
    for number in 0..40 {
        let from = format!("203.0.113.{number}");
        statuses.push(sign_in(&stranger, &from, "helpdesk", WRONG).await.status);
    }
    assert!(statuses.ends_with(&[429; 20]), "{statuses:?}");
}

#[tokio::test]
async fn a_page_without_script_says_how_long_to_wait() {
    let portal = TestPortal::new().await;
    let browser = portal.browser();
    let fields = [("user_name", "helpdesk"), ("password", WRONG), ("next", "/users")];
    for _ in 0..10 {
        browser.submit("/sign-in", SIGN_IN, &fields).await;
    }
    let page = browser.submit_and_follow("/sign-in", SIGN_IN, &fields).await;
    assert!(page.shows("Too many sign-ins were tried."), "{}", page.content());
    assert!(page.shows("then try again."), "{}", page.content());
    assert!(page.shows("value=\"helpdesk\""), "{}", page.content());
}

#[tokio::test]
async fn right_passwords_are_not_slowed() {
    let portal = TestPortal::new().await;
    for _ in 0..100 {
        let answer = portal.browser().sign_in("helpdesk").await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }
}

/// The password of the dialog is a sign-in like any other.
#[tokio::test]
async fn signing_in_again_is_slowed_as_well() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let fields = [("user_name", "helpdesk"), ("password", WRONG), ("resume", "1")];
    let mut last = 0;
    for _ in 0..10 {
        let request = browser
            .request(SIGN_IN, JSON)
            .header(header::REFERER, format!("{}/users", browser.origin()));
        last = browser.send(request.form(&fields)).await.status;
    }
    assert_eq!(last, 429);
    let request = browser.request(SIGN_IN, HTML);
    let answer = browser.send(request.form(&fields)).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
}
