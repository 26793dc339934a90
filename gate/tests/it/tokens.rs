//! Tokens that are valid now: renewed ahead of expiry, once, and what happens when they are not.

use crate::support::{self, NOT_RENEWING, REFRESH, RENEWING, USERS, World, count, held, one_user};
use futures::future::join_all;
use gate::{Action, GateError};
use protegrity::ErrorKind;
use secrecy::SecretString;
use simulator::{Expire, Fault, FaultRule, TokenKind, TokenMode};

#[tokio::test]
async fn a_token_is_renewed_ahead_of_expiry_once_however_many_wait() {
    for mode in RENEWING {
        let world = World::renewing(mode).await;
        let passage = world.passage("admin").await;
        world.advance(269);
        let (done, lines) = world.calls_of(one_user(&passage)).await;
        done.expect("the token lives");
        assert_eq!(count(&lines, REFRESH), 0, "{mode}: it has more than 30 s left");

        world.advance(2);
        let waiting = (0..20).map(|_| one_user(&passage));
        let (answers, lines) = world.calls_of(join_all(waiting)).await;
        for answer in answers {
            answer.expect("each gets its answer");
        }
        assert_eq!(count(&lines, REFRESH), 1, "{mode}: {lines:?}");
        assert_eq!(count(&lines, USERS), 20, "{mode}: {lines:?}");
        let old = |token| matches!(token, TokenKind::Expired | TokenKind::Unknown | TokenKind::None);
        assert!(!world.simulator().calls().iter().any(|call| old(call.token)));
    }
}

#[tokio::test]
async fn refresh_tokens_rotate() {
    for mode in RENEWING {
        let world = World::renewing(mode).await;
        let passage = world.passage("admin").await;
        world.simulator().clear_calls();
        for _ in 0..3 {
            world.advance(275);
            one_user(&passage).await.expect("it is renewed");
        }
        let lines = world.lines();
        let renewed = format!("POST {REFRESH} 200");
        assert_eq!(lines.iter().filter(|line| **line == renewed).count(), 3, "{mode}");
        assert_eq!(count(&lines, REFRESH), 3, "{mode}: {lines:?}");
    }
}

#[tokio::test]
async fn a_refused_refresh_token_asks_for_the_password_and_keeps_the_form() {
    for mode in RENEWING {
        for (again, expected) in [("admin", true), ("helpdesk", false)] {
            let world = World::renewing(mode).await;
            let (session, visitor) = world.sign_in("admin").await;
            let passage = world.open(&visitor, Action::ListUsers).expect("it is open");
            world.simulator().expire(Expire::All);
            world.advance(275);
            let refused = one_user(&passage).await;
            assert!(
                matches!(refused, Err(GateError::SignInAgain)),
                "{mode}: {refused:?}"
            );
            let (still, lines) = world.calls_of(world.gate.ensure_tokens(&visitor)).await;
            assert!(matches!(still, Err(GateError::SignInAgain)), "{mode}: {still:?}");
            assert!(lines.is_empty(), "{mode}: the cluster is asked again: {lines:?}");

            world.gate.hold(&visitor, held(&world)).await.expect("memory");
            let here = world.gate.visitor(&session).await.expect("memory");
            assert!(here.is_some(), "{mode}: the session stands");
            let visitor = world.sign_in_to(&session, again).await;
            let taken = world.gate.take_held(&visitor).await.expect("memory");
            assert_eq!(taken.is_some(), expected, "{mode}, {again}");
            world.gate.ensure_tokens(&visitor).await.expect("fresh tokens");
        }
    }
}

#[tokio::test]
async fn without_a_refresh_token_the_access_token_serves_to_its_end() {
    for mode in NOT_RENEWING {
        let world = World::new(mode).await;
        let passage = world.passage("admin").await;
        for (seconds, left) in [(271, 29), (28, 1)] {
            world.advance(seconds);
            let (done, lines) = world.calls_of(one_user(&passage)).await;
            done.unwrap_or_else(|error| panic!("{mode}, {left} s left: {error}"));
            assert_eq!(lines.len(), 1, "{mode}: {lines:?}");
        }
        world.advance(1);
        let (refused, lines) = world.calls_of(one_user(&passage)).await;
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
        let world = World::renewing(mode).await;
        let passage = world.passage("admin").await;
        world.simulator().expire(Expire::Access);
        let (done, lines) = world.calls_of(one_user(&passage)).await;
        done.expect("it is repeated");
        let asked = lines.first().expect("a call");
        assert!(asked.ends_with(" 401"), "{mode}: {asked}");
        assert_eq!(count(&lines, USERS), 2, "{mode}: {lines:?}");
        let renewals = lines
            .iter()
            .filter(|line| *line == &format!("POST {REFRESH} 200"));
        assert_eq!(renewals.count(), 1, "{mode}: {lines:?}");
        let (done, lines) = world.calls_of(one_user(&passage)).await;
        done.expect("the new token serves");
        assert_eq!(lines.len(), 1, "{mode}: {lines:?}");
    }
}

/// Otherwise the sign-in page would take the session for a good one and send the person back.
#[tokio::test]
async fn a_token_that_is_refused_everywhere_is_given_up() {
    for (modes, renews) in [(&NOT_RENEWING[..], false), (&RENEWING[..], true)] {
        for mode in modes {
            let world = World::new(*mode).await;
            world
                .simulator()
                .settings(|settings| settings.api_refresh = renews);
            let (_, visitor) = world.sign_in("admin").await;
            let passage = world.open(&visitor, Action::ListUsers).expect("it is open");
            refuse(&world, &[USERS, "/pty/v1/auth/roles"]);
            let refused = one_user(&passage).await;
            assert!(
                matches!(refused, Err(GateError::SignInAgain)),
                "{mode}: {refused:?}"
            );
            let (after, lines) = world.calls_of(world.gate.ensure_tokens(&visitor)).await;
            assert!(matches!(after, Err(GateError::SignInAgain)), "{mode}: {after:?}");
            assert!(lines.is_empty(), "{mode}: {lines:?}");
        }
    }
}

#[tokio::test]
async fn a_call_that_is_refused_for_its_own_sake_costs_nobody_the_session() {
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        let (_, visitor) = world.sign_in("admin").await;
        let passage = world.open(&visitor, Action::ListUsers).expect("it is open");
        refuse(&world, &[USERS]);
        let refused = one_user(&passage).await;
        assert!(
            matches!(refused, Err(GateError::Cluster(_))),
            "{mode}: {refused:?}"
        );
        world
            .gate
            .ensure_tokens(&visitor)
            .await
            .expect("the session stands");
    }
}

/// A wrong old password that is sent twice counts twice against the cluster's lock-out.
#[tokio::test]
async fn a_call_that_is_made_once_is_not_repeated_after_a_401() {
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        world.simulator().settings(|settings| settings.api_refresh = true);
        let (_, visitor) = world.sign_in("admin").await;
        let passage = world
            .open(&visitor, Action::ChangeOwnPassword)
            .expect("it is open");
        let id = world.user("admin").await.id;
        let path = format!("{USERS}/{id}/password");
        let change = async |old: &str| {
            let (old, new) = (SecretString::from(old), SecretString::from("Fresh-Passw0rd"));
            let call = passage.call_once(|cluster| {
                let id = id.clone();
                async move { cluster.change_own_password(&id, &old, &new).await }
            });
            world.calls_of(call).await
        };
        refuse(&world, &[&path]);
        let (refused, lines) = change("wrong").await;
        assert!(
            matches!(&refused, Err(GateError::Cluster(error)) if error.kind() == ErrorKind::Unauthorized),
            "{mode}: {refused:?}"
        );
        assert_eq!(lines.len(), 1, "{mode}: {lines:?}");
        world
            .gate
            .ensure_tokens(&visitor)
            .await
            .expect("the session stands");
        world.simulator().set_faults(Vec::new());
        let (done, lines) = change(support::password()).await;
        done.expect("it is changed");
        assert_eq!(count(&lines, &path), 1, "{mode}: {lines:?}");
    }
}

#[tokio::test]
async fn a_call_that_is_made_once_has_its_token_renewed_ahead() {
    let world = World::renewing(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    world.advance(275);
    let call = passage.call_once(|cluster| async move { cluster.users(0, 1).await });
    let (done, lines) = world.calls_of(call).await;
    done.expect("it is renewed");
    assert_eq!(
        (count(&lines, REFRESH), count(&lines, USERS)),
        (1, 1),
        "{lines:?}"
    );
}

/// The cluster answers 401 on these paths.
fn refuse(world: &World, paths: &[&str]) {
    let unauthorized = Fault::Status {
        status: 401,
        body: String::new(),
    };
    let rules = paths
        .iter()
        .map(|path| FaultRule::always(*path, unauthorized.clone()));
    world.simulator().set_faults(rules.collect());
}

#[tokio::test]
async fn a_failing_renewal_signs_nobody_out() {
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
    ] {
        for mode in RENEWING {
            let world = World::renewing(mode).await;
            let (_, visitor) = world.sign_in("admin").await;
            let passage = world.open(&visitor, Action::ListUsers).expect("it is open");
            world.fail(REFRESH, fault.clone());
            world.advance(275);
            let done = one_user(&passage).await;
            assert!(done.is_ok(), "{mode}, {fault:?}, while the token lives: {done:?}");

            world.advance(30);
            let failed = one_user(&passage).await;
            assert!(
                matches!(failed, Err(GateError::Cluster(_))),
                "{mode}, {fault:?}: {failed:?}"
            );
            world
                .gate
                .ensure_tokens(&visitor)
                .await
                .expect("the session stands");

            world.simulator().set_faults(Vec::new());
            let done = one_user(&passage).await;
            assert!(done.is_ok(), "{mode}, {fault:?}, afterwards: {done:?}");
        }
    }
}

/// The access token was refused and the renewal failed: that is the cluster's failure, not the person's.
#[tokio::test]
async fn a_401_whose_renewal_fails_is_no_reason_to_sign_in_again() {
    for mode in RENEWING {
        let world = World::renewing(mode).await;
        let passage = world.passage("admin").await;
        world.simulator().expire(Expire::Access);
        world.fail(REFRESH, Fault::Drop);
        let failed = one_user(&passage).await;
        assert!(matches!(failed, Err(GateError::Cluster(_))), "{mode}: {failed:?}");
        world.simulator().set_faults(Vec::new());
        one_user(&passage).await.expect("the cluster is back");
    }
}

#[tokio::test]
async fn a_session_that_was_signed_out_while_waiting_is_not_revived() {
    let world = World::renewing(TokenMode::Claims).await;
    let (session, visitor) = world.sign_in("admin").await;
    let passage = world.open(&visitor, Action::ListUsers).expect("it is open");
    world.advance(275);
    world.fail(REFRESH, Fault::DelayMs(200));
    let caller = support::caller();
    let (_, out) = futures::join!(one_user(&passage), async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        world.gate.sign_out(&session, &caller).await
    });
    out.expect("it is done");
    assert!(world.is_vault_empty());
    assert!(matches!(one_user(&passage).await, Err(GateError::NotSignedIn)));
}

#[tokio::test]
async fn tokens_are_renewed_when_somebody_asks_for_it() {
    for mode in RENEWING {
        let world = World::renewing(mode).await;
        let (_, visitor) = world.sign_in("admin").await;
        let before = world.gate.token_times(&visitor).await.expect("there are tokens");
        assert!(before.is_renewable, "{mode}");
        world.advance(10);
        let (renewed, lines) = world
            .calls_of(world.gate.refresh_now(&visitor, &support::caller()))
            .await;
        let renewed = renewed.expect("it is renewed, though it was good");
        assert_eq!(count(&lines, REFRESH), 1, "{mode}: {lines:?}");
        assert!(renewed.access_ends_at > before.access_ends_at, "{mode}");
        assert!(renewed.refresh_ends_at >= before.refresh_ends_at, "{mode}");
        let now = world.gate.token_times(&visitor).await.expect("there are tokens");
        assert_eq!(now, renewed, "{mode}");
    }
}

#[tokio::test]
async fn tokens_that_cannot_be_renewed_now_serve_on() {
    for mode in NOT_RENEWING {
        let world = World::new(mode).await;
        let (_, visitor) = world.sign_in("admin").await;
        let refused = world.gate.refresh_now(&visitor, &support::caller()).await;
        assert!(
            matches!(&refused, Err(GateError::Cluster(error)) if error.kind() == protegrity::ErrorKind::NoRefreshToken),
            "{mode}: {refused:?}"
        );
        world.gate.ensure_tokens(&visitor).await.expect("they serve");
    }
    let world = World::renewing(TokenMode::Claims).await;
    let (_, visitor) = world.sign_in("admin").await;
    let status = Fault::Status {
        status: 503,
        body: String::new(),
    };
    world.fail(REFRESH, status);
    let failed = world.gate.refresh_now(&visitor, &support::caller()).await;
    assert!(matches!(failed, Err(GateError::Cluster(_))), "{failed:?}");
    let passage = world.open(&visitor, Action::ListUsers).expect("it is open");
    one_user(&passage).await.expect("they serve");
}

#[tokio::test]
async fn a_refused_renewal_that_was_asked_for_asks_for_the_password() {
    let world = World::renewing(TokenMode::Claims).await;
    let (_, visitor) = world.sign_in("admin").await;
    world.simulator().expire(Expire::All);
    let refused = world.gate.refresh_now(&visitor, &support::caller()).await;
    assert!(matches!(refused, Err(GateError::SignInAgain)), "{refused:?}");
    let times = world.gate.token_times(&visitor).await;
    assert!(matches!(times, Err(GateError::SignInAgain)), "{times:?}");
}
