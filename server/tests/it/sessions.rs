//! The ends of sessions: by a change of the account, by another session, and by a sign-in over an old one.

use crate::support::{Browser, LOCK, SIGN_OUT, Setup, TestPortal, UNLOCK, finished, password, start_job};
use simulator::Fault;

/// An account with a session of the portal that others change.
const PERSON: &str = "auditor";

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/session").await.status == 200
}

/// A portal whose cluster goes on taking tokens of an account that was changed: the end is the portal's own.
async fn portal() -> TestPortal {
    TestPortal::with(Setup::default()).await
}

#[tokio::test]
async fn a_change_of_an_account_ends_its_sessions() {
    for (path, more) in [
        (LOCK, ("", "")),
        (UNLOCK, ("password", "Tulip-Harbor-4711")),
        ("/api/users/reset-password", ("temporary", "true")),
        ("/api/users/delete", ("", "")),
    ] {
        let portal = portal().await;
        let sessions = [portal.signed_in(PERSON).await, portal.signed_in(PERSON).await];
        let admin = portal.signed_in("admin").await;
        let other = portal.signed_in("officer").await;
        let id = portal.id_of(PERSON).await;
        let answer = admin.call(path, &[("id", &id), more]).await;
        assert_eq!(answer.status, 204, "{path}: {}", answer.body);
        for session in &sessions {
            let page = session.get("/session").await;
            assert_eq!(
                (page.status, page.location()),
                (303, "/sign-in?next=%2Fsession"),
                "{path}"
            );
        }
        assert!(is_signed_in(&admin).await && is_signed_in(&other).await, "{path}");
    }
}

#[tokio::test]
async fn a_change_that_the_cluster_refuses_ends_no_session() {
    let portal = portal().await;
    let person = portal.signed_in(PERSON).await;
    let admin = portal.signed_in("admin").await;
    let id = portal.id_of(PERSON).await;
    let refusal = Fault::Status {
        status: 400,
        body: String::new(),
    };
    portal.fail(&["/pty/v1/auth/users/*/lock"], &refusal);
    assert_eq!(admin.call(LOCK, &[("id", &id)]).await.status, 422);
    assert!(is_signed_in(&person).await);
    // A lock whose answer is lost may have been made.
    portal.fail(&["/pty/v1/auth/users/*/lock"], &Fault::Drop);
    admin.call(LOCK, &[("id", &id)]).await;
    assert!(!is_signed_in(&person).await);
}

#[tokio::test]
async fn a_job_ends_the_sessions_of_those_whom_it_locks() {
    let portal = portal().await;
    let person = portal.signed_in(PERSON).await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let job = start_job(&helpdesk, "lock", &[PERSON], "").await;
    finished(&helpdesk, &job).await;
    assert!(!is_signed_in(&person).await);
    assert!(is_signed_in(&helpdesk).await);
}

#[tokio::test]
async fn a_change_of_the_own_password_ends_the_other_sessions() {
    let portal = portal().await;
    let [here, there] = [
        portal.signed_in("helpdesk").await,
        portal.signed_in("helpdesk").await,
    ];
    let fields = [
        ("old_password", password()),
        ("new_password", "Another-Passw0rd!"),
        ("repeat_password", "Another-Passw0rd!"),
    ];
    let answer = here.call("/api/session/password", &fields).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    assert!(is_signed_in(&here).await);
    assert!(!is_signed_in(&there).await);
}

/// The new password is shown once, on the page that follows.
#[tokio::test]
async fn callers_who_reset_their_own_password_see_it() {
    let portal = portal().await;
    let [here, there] = [portal.signed_in("admin").await, portal.signed_in("admin").await];
    let id = portal.id_of("admin").await;
    let answer = here.call("/api/users/reset-password", &[("id", &id)]).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    assert!(is_signed_in(&here).await);
    assert!(!is_signed_in(&there).await);
}

#[tokio::test]
async fn the_eleventh_session_ends_the_oldest_of_that_person() {
    let portal = portal().await;
    let other = portal.signed_in("auditor").await;
    let mut sessions = Vec::new();
    for _ in 0..12 {
        sessions.push(portal.signed_in("helpdesk").await);
    }
    for (place, session) in sessions.iter().enumerate() {
        assert_eq!(is_signed_in(session).await, place >= 2, "{place}");
    }
    assert!(is_signed_in(&other).await);
}

#[tokio::test]
async fn a_late_answer_does_not_touch_the_cookie_of_the_new_session() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let before = browser.cookie("postern");
    portal.fail(&["/pty/v1/auth/permissions"], &Fault::Hold);
    let late = browser.get("/session");
    let sign_in = async {
        portal.wait_for_held(1).await;
        let answer = browser.sign_in("helpdesk").await;
        assert_eq!(answer.status, 204, "{}", answer.body);
        let after = browser.cookie("postern");
        portal.simulator().set_faults(Vec::new());
        after
    };
    let (late, after) = futures::future::join(late, sign_in).await;
    assert!(late.cookies().is_empty(), "{:?}", late.cookies());
    assert_ne!(after, before);
    assert_eq!(browser.cookie("postern"), after);
    assert!(is_signed_in(&browser).await);
    // The old cookie, sent before the new one arrived: its answer does not remove the new one.
    let old = portal.browser();
    old.set_cookie("postern", &before.expect("a cookie"));
    for path in ["/session", "/sign-in", "/nowhere"] {
        let answer = old.get(path).await;
        assert!(answer.cookies().is_empty(), "{path}: {:?}", answer.cookies());
    }
}

#[tokio::test]
async fn a_sign_in_sets_the_cookie_and_a_sign_out_removes_it() {
    let portal = portal().await;
    let browser = portal.browser();
    let answer = browser.sign_in("helpdesk").await;
    let cookies = answer.cookies();
    let own = cookies.iter().find(|cookie| cookie.starts_with("postern="));
    let cookie = own.expect("the session's cookie");
    // The server alone ends an idle session: the cookie lasts as long as a busy one.
    assert!(cookie.contains("Max-Age=43200"), "{cookie}");
    for path in ["/session", "/", "/nowhere"] {
        let answer = browser.get(path).await;
        assert!(answer.cookies().is_empty(), "{path}: {:?}", answer.cookies());
    }
    let answer = browser.call(SIGN_OUT, &[]).await;
    assert!(
        answer
            .cookies()
            .iter()
            .any(|cookie| cookie.starts_with("postern=;")),
        "{answer:?}"
    );
    assert_eq!(browser.cookie("postern"), None);
}
