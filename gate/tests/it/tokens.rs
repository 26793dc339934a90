//! Tokens that are valid now: renewed ahead of expiry, once, and what happens when they are not.

use crate::support::{
    NOT_RENEWING, REFRESH, RENEWING, TestGate, USERS, count, is_vault_empty, one_user, pending_form, renewing,
};
use futures::future::join_all;
use gate::{Action, GateError};
use protegrity::ErrorKind;
use secrecy::SecretString;
use simulator::{Expire, Fault, FaultRule, TokenKind, TokenMode};

#[tokio::test]
async fn a_token_is_renewed_ahead_of_expiry_once_however_many_wait() {
    for mode in RENEWING {
        let portal = renewing(mode).await;
        let operation = portal.reader("admin").await;
        portal.advance(269);
        let (done, lines) = portal.calls_of(one_user(&operation)).await;
        done.expect("the token lives");
        assert_eq!(count(&lines, REFRESH), 0, "{mode}: it has more than 30 s left");

        portal.advance(2);
        let waiting = (0..20).map(|_| one_user(&operation));
        let (answers, lines) = portal.calls_of(join_all(waiting)).await;
        for answer in answers {
            answer.expect("each gets its answer");
        }
        assert_eq!(count(&lines, REFRESH), 1, "{mode}: {lines:?}");
        assert_eq!(count(&lines, USERS), 20, "{mode}: {lines:?}");
        let old = |token| matches!(token, TokenKind::Expired | TokenKind::Unknown | TokenKind::None);
        assert!(!portal.simulator().calls().iter().any(|call| old(call.token)));
    }
}

#[tokio::test]
async fn refresh_tokens_rotate() {
    for mode in RENEWING {
        let portal = renewing(mode).await;
        let operation = portal.reader("admin").await;
        portal.simulator().clear_calls();
        for _ in 0..3 {
            portal.advance(275);
            one_user(&operation).await.expect("it is renewed");
        }
        let lines = portal.lines();
        let renewed = format!("POST {REFRESH} 200");
        assert_eq!(lines.iter().filter(|line| **line == renewed).count(), 3, "{mode}");
        assert_eq!(count(&lines, REFRESH), 3, "{mode}: {lines:?}");
    }
}

#[tokio::test]
async fn a_refused_refresh_token_asks_for_the_password_and_keeps_the_form() {
    for mode in RENEWING {
        for (again, expected) in [("admin", true), ("helpdesk", false)] {
            let portal = renewing(mode).await;
            let (session, principal) = portal.sign_in("admin").await;
            let operation = portal
                .begin(&principal, Action::ListUsers)
                .await
                .expect("it is open");
            portal.simulator().expire(Expire::All);
            portal.advance(275);
            let refused = one_user(&operation).await;
            assert!(
                matches!(refused, Err(GateError::SignInAgain)),
                "{mode}: {refused:?}"
            );
            let (still, lines) = portal.calls_of(portal.gate.ensure_tokens(&principal)).await;
            assert!(matches!(still, Err(GateError::SignInAgain)), "{mode}: {still:?}");
            assert!(lines.is_empty(), "{mode}: the cluster is asked again: {lines:?}");

            portal
                .gate
                .store_pending(&principal, pending_form(&portal))
                .await
                .expect("memory");
            let here = portal.gate.principal(&session).await.expect("memory");
            assert!(here.is_some(), "{mode}: the session stands");
            let principal = portal.sign_in_to(&session, again).await;
            let taken = portal.gate.take_pending(&principal).await.expect("memory");
            assert_eq!(taken.is_some(), expected, "{mode}, {again}");
            portal.gate.ensure_tokens(&principal).await.expect("fresh tokens");
        }
    }
}

#[tokio::test]
async fn without_a_refresh_token_the_access_token_serves_to_its_end() {
    for mode in NOT_RENEWING {
        let portal = TestGate::in_mode(mode).await;
        let operation = portal.reader("admin").await;
        for (seconds, left) in [(271, 29), (28, 1)] {
            portal.advance(seconds);
            let (done, lines) = portal.calls_of(one_user(&operation)).await;
            done.unwrap_or_else(|error| panic!("{mode}, {left} s left: {error}"));
            assert_eq!(lines.len(), 1, "{mode}: {lines:?}");
        }
        portal.advance(1);
        let (refused, lines) = portal.calls_of(one_user(&operation)).await;
        assert!(
            matches!(refused, Err(GateError::SignInAgain)),
            "{mode}: {refused:?}"
        );
        assert!(lines.is_empty(), "{mode}: {lines:?}");
    }
}

#[tokio::test]
async fn a_401_leads_to_one_renewal_and_one_repeat() {
    for mode in RENEWING {
        let portal = renewing(mode).await;
        let operation = portal.reader("admin").await;
        portal.simulator().expire(Expire::Access);
        let (done, lines) = portal.calls_of(one_user(&operation)).await;
        done.expect("it is repeated");
        let asked = lines.first().expect("a call");
        assert!(asked.ends_with(" 401"), "{mode}: {asked}");
        assert_eq!(count(&lines, USERS), 2, "{mode}: {lines:?}");
        let renewals = lines
            .iter()
            .filter(|line| *line == &format!("POST {REFRESH} 200"));
        assert_eq!(renewals.count(), 1, "{mode}: {lines:?}");
        let (done, lines) = portal.calls_of(one_user(&operation)).await;
        done.expect("the new token serves");
        assert_eq!(lines.len(), 1, "{mode}: {lines:?}");
    }
}

/// Otherwise the sign-in page would take the session for a good one and send the person back.
#[tokio::test]
async fn a_token_that_is_refused_everywhere_is_given_up() {
    for (modes, renews) in [(&NOT_RENEWING[..], false), (&RENEWING[..], true)] {
        for mode in modes {
            let portal = TestGate::in_mode(*mode).await;
            portal
                .simulator()
                .settings(|settings| settings.api_refresh = renews);
            let (_, principal) = portal.sign_in("admin").await;
            let operation = portal
                .begin(&principal, Action::ListUsers)
                .await
                .expect("it is open");
            refuse(&portal, &[USERS, "/pty/v1/auth/roles"]);
            let refused = one_user(&operation).await;
            assert!(
                matches!(refused, Err(GateError::SignInAgain)),
                "{mode}: {refused:?}"
            );
            let (after, lines) = portal.calls_of(portal.gate.ensure_tokens(&principal)).await;
            assert!(matches!(after, Err(GateError::SignInAgain)), "{mode}: {after:?}");
            assert!(lines.is_empty(), "{mode}: {lines:?}");
        }
    }
}

#[tokio::test]
async fn a_refused_call_does_not_end_the_session() {
    for mode in TokenMode::ALL {
        let portal = TestGate::in_mode(mode).await;
        let (_, principal) = portal.sign_in("admin").await;
        let operation = portal
            .begin(&principal, Action::ListUsers)
            .await
            .expect("it is open");
        refuse(&portal, &[USERS]);
        let refused = one_user(&operation).await;
        assert!(
            matches!(refused, Err(GateError::Upstream(_))),
            "{mode}: {refused:?}"
        );
        portal
            .gate
            .ensure_tokens(&principal)
            .await
            .expect("the session stands");
    }
}

/// A wrong old password that is sent twice counts twice against the cluster's lock-out.
#[tokio::test]
async fn a_call_that_is_made_once_is_not_repeated_after_a_401() {
    for mode in TokenMode::ALL {
        let portal = TestGate::in_mode(mode).await;
        portal
            .simulator()
            .settings(|settings| settings.api_refresh = true);
        let (_, principal) = portal.sign_in("admin").await;
        let operation = portal
            .begin(&principal, Action::ChangeOwnPassword)
            .await
            .expect("it is open");
        let id = portal.user("admin").await.id;
        let path = format!("{USERS}/{id}/password");
        let change = async |old: &str| {
            let (old, new) = (SecretString::from(old), SecretString::from("Fresh-Passw0rd"));
            let call = operation.perform(|cluster| {
                let id = id.clone();
                async move { cluster.change_own_password(&id, &old, &new).await }
            });
            portal.calls_of(call).await
        };
        refuse(&portal, &[&path]);
        let (refused, lines) = change("wrong").await;
        assert!(
            matches!(&refused, Err(error) if error.kind() == Some(ErrorKind::Unauthorized)),
            "{mode}: {refused:?}"
        );
        assert_eq!(lines.len(), 1, "{mode}: {lines:?}");
        portal
            .gate
            .ensure_tokens(&principal)
            .await
            .expect("the session stands");
        portal.simulator().set_faults(Vec::new());
        let (done, lines) = change(crate::support::password()).await;
        done.expect("it is changed");
        assert_eq!(count(&lines, &path), 1, "{mode}: {lines:?}");
    }
}

#[tokio::test]
async fn a_call_that_is_made_once_has_its_token_renewed_ahead() {
    let portal = renewing(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    portal.advance(275);
    let call = operation.perform(|cluster| async move { cluster.users(0, 1).await });
    let (done, lines) = portal.calls_of(call).await;
    done.expect("it is renewed");
    assert_eq!(
        (count(&lines, REFRESH), count(&lines, USERS)),
        (1, 1),
        "{lines:?}"
    );
}

/// The cluster answers 401 on these paths.
fn refuse(portal: &TestGate, paths: &[&str]) {
    let unauthorized = Fault::Status {
        status: 401,
        body: String::new(),
    };
    let rules = paths
        .iter()
        .map(|path| FaultRule::always(*path, unauthorized.clone()));
    portal.simulator().set_faults(rules.collect());
}

#[tokio::test]
async fn a_failing_renewal_does_not_end_the_session() {
    let status = |status| Fault::Status {
        status,
        body: String::new(),
    };
    for fault in [
        Fault::Drop,
        Fault::Truncate,
        Fault::NotJson,
        Fault::Html,
        status(503),
        status(429),
        status(403),
        status(404),
        status(400),
    ] {
        for mode in RENEWING {
            let portal = renewing(mode).await;
            let (_, principal) = portal.sign_in("admin").await;
            let operation = portal
                .begin(&principal, Action::ListUsers)
                .await
                .expect("it is open");
            portal.fail_at(REFRESH, fault.clone());
            portal.advance(275);
            let done = one_user(&operation).await;
            assert!(done.is_ok(), "{mode}, {fault:?}, while the token lives: {done:?}");

            portal.advance(30);
            let failed = one_user(&operation).await;
            assert!(
                matches!(failed, Err(GateError::Upstream(_))),
                "{mode}, {fault:?}: {failed:?}"
            );
            portal
                .gate
                .ensure_tokens(&principal)
                .await
                .expect("the session stands");

            portal.simulator().set_faults(Vec::new());
            let done = one_user(&operation).await;
            assert!(done.is_ok(), "{mode}, {fault:?}, afterwards: {done:?}");
        }
    }
}

/// The access token was refused and the renewal failed: that is the cluster's failure, not the person's.
#[tokio::test]
async fn a_401_whose_renewal_fails_is_no_reason_to_sign_in_again() {
    for mode in RENEWING {
        let portal = renewing(mode).await;
        let operation = portal.reader("admin").await;
        portal.simulator().expire(Expire::Access);
        portal.fail_at(REFRESH, Fault::Drop);
        let failed = one_user(&operation).await;
        assert!(
            matches!(failed, Err(GateError::Upstream(_))),
            "{mode}: {failed:?}"
        );
        portal.simulator().set_faults(Vec::new());
        one_user(&operation).await.expect("the cluster is back");
    }
}

#[tokio::test]
async fn a_session_that_was_signed_out_while_waiting_is_not_revived() {
    let portal = renewing(TokenMode::Claims).await;
    let (session, principal) = portal.sign_in("admin").await;
    let operation = portal
        .begin(&principal, Action::ListUsers)
        .await
        .expect("it is open");
    portal.advance(275);
    portal.fail_at(REFRESH, Fault::DelayMs(200));
    let caller = crate::support::origin();
    let (_, out) = futures::join!(one_user(&operation), async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        portal.gate.sign_out(&session, &caller).await
    });
    out.expect("it is done");
    assert!(is_vault_empty(&portal));
    assert!(matches!(one_user(&operation).await, Err(GateError::NotSignedIn)));
}

#[tokio::test]
async fn tokens_are_renewed_on_request() {
    for mode in RENEWING {
        let portal = renewing(mode).await;
        let (_, principal) = portal.sign_in("admin").await;
        let before = portal
            .gate
            .token_times(&principal)
            .await
            .expect("there are tokens");
        assert!(before.is_renewable, "{mode}");
        portal.advance(10);
        let (renewed, lines) = portal
            .calls_of(portal.gate.refresh_now(&principal, &crate::support::origin()))
            .await;
        let renewed = renewed.expect("it is renewed, though it was good");
        assert_eq!(count(&lines, REFRESH), 1, "{mode}: {lines:?}");
        assert!(renewed.access_ends_at > before.access_ends_at, "{mode}");
        assert!(renewed.refresh_ends_at >= before.refresh_ends_at, "{mode}");
        let now = portal
            .gate
            .token_times(&principal)
            .await
            .expect("there are tokens");
        assert_eq!(now, renewed, "{mode}");
    }
}

#[tokio::test]
async fn tokens_that_cannot_be_renewed_now_serve_on() {
    for mode in NOT_RENEWING {
        let portal = TestGate::in_mode(mode).await;
        let (_, principal) = portal.sign_in("admin").await;
        let refused = portal
            .gate
            .refresh_now(&principal, &crate::support::origin())
            .await;
        assert!(
            matches!(&refused, Err(error) if error.kind() == Some(ErrorKind::NoRefreshToken)),
            "{mode}: {refused:?}"
        );
        portal.gate.ensure_tokens(&principal).await.expect("they serve");
    }
    let portal = renewing(TokenMode::Claims).await;
    let (_, principal) = portal.sign_in("admin").await;
    let status = Fault::Status {
        status: 503,
        body: String::new(),
    };
    portal.fail_at(REFRESH, status);
    let failed = portal
        .gate
        .refresh_now(&principal, &crate::support::origin())
        .await;
    assert!(
        matches!(&failed, Err(error) if error.kind().is_some()),
        "{failed:?}"
    );
    let operation = portal
        .begin(&principal, Action::ListUsers)
        .await
        .expect("it is open");
    one_user(&operation).await.expect("they serve");
}

#[tokio::test]
async fn a_refused_renewal_that_was_asked_for_asks_for_the_password() {
    let portal = renewing(TokenMode::Claims).await;
    let (_, principal) = portal.sign_in("admin").await;
    portal.simulator().expire(Expire::All);
    let refused = portal
        .gate
        .refresh_now(&principal, &crate::support::origin())
        .await;
    let refused = refused.map_err(|error| error.error);
    assert!(matches!(refused, Err(GateError::SignInAgain)), "{refused:?}");
    let times = portal.gate.token_times(&principal).await;
    assert!(matches!(times, Err(GateError::SignInAgain)), "{times:?}");
}
