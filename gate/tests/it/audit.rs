//! Audit events: intent and outcome of every change, and nothing without an intent.

use gate::{Action, GateError, Outcome, Target};
use protegrity::ErrorKind;
use simulator::{Fault, TokenMode};

use crate::support::{TestGate, USERS, one_user};

#[tokio::test]
async fn a_change_is_recorded_before_and_after_under_one_id() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let user = portal.user("auditor").await;
    let (_, admin) = portal.sign_in("admin").await;
    let operation = portal.begin(&admin, Action::LockUser).await.expect("it is open");
    let before = portal.audit.events().len();
    operation
        .on(Target::user(&user.id))
        .perform(|cluster| {
            let id = user.id.clone();
            async move { cluster.lock_user(&id).await }
        })
        .await
        .expect("it is locked");
    let events = portal.audit.events().split_off(before);
    let [intent, outcome] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(intent.outcome, Outcome::Intent);
    assert_eq!(outcome.outcome, Outcome::Done);
    assert_eq!(intent.id, outcome.id);
    for event in &events {
        assert_eq!(event.action, "user.lock");
        assert_eq!(event.target, Target::user(&user.id));
        let principal = event.principal.as_ref().expect("it has a principal");
        assert_eq!(principal.user_name, "admin");
        assert_eq!(event.origin.request_id, "a-request");
    }
}

#[tokio::test]
async fn nothing_is_called_when_the_intent_cannot_be_written() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let user = portal.user("auditor").await;
    let (_, admin) = portal.sign_in("admin").await;
    let operation = portal.begin(&admin, Action::LockUser).await.expect("it is open");
    portal.audit.set_writable(false);
    let call = operation.perform(|cluster| {
        let id = user.id.clone();
        async move { cluster.lock_user(&id).await }
    });
    let (refused, lines) = portal.calls_of(call).await;
    let refused = refused.expect_err("the intent is not written");
    assert!(matches!(refused.error, GateError::Audit(_)), "{refused:?}");
    assert!(lines.is_empty(), "{lines:?}");
    assert_eq!(portal.user("auditor").await.enabled, Some(true));
}

#[tokio::test]
async fn a_failure_is_recorded_with_the_clusters_correlation_id() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let user = portal.user("auditor").await;
    let (_, admin) = portal.sign_in("admin").await;
    let operation = portal.begin(&admin, Action::LockUser).await.expect("it is open");
    let path = format!("{USERS}/{}/lock", user.id);
    portal.fail_at(
        &path,
        Fault::Status {
            status: 409,
            body: String::new(),
        },
    );
    let failed = operation.perform(|cluster| {
        let id = user.id.clone();
        async move { cluster.lock_user(&id).await }
    });
    let failed = failed.await.expect_err("the cluster refuses");
    assert_eq!(failed.kind(), Some(ErrorKind::Conflict));
    let last = portal.audit.events().pop().expect("an event");
    assert!(matches!(last.outcome, Outcome::Failed(_)), "{last:?}");
    assert!(last.upstream_id.is_some(), "{last:?}");
}

#[tokio::test]
async fn a_refusal_is_recorded_and_a_read_is_not() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (_, auditor) = portal.sign_in("auditor").await;
    let before = portal.audit.events().len();
    portal
        .begin(&auditor, Action::LockUser)
        .await
        .err()
        .expect("it is refused");
    let refusal = portal.audit.events().pop().expect("an event");
    assert!(matches!(refusal.outcome, Outcome::Refused(_)), "{refusal:?}");
    assert_eq!(refusal.action, "user.lock");
    let operation = portal
        .begin(&auditor, Action::ListUsers)
        .await
        .expect("it is open");
    one_user(&operation).await.expect("an auditor may read");
    assert_eq!(portal.audit.events().len(), before + 1);
}

#[tokio::test]
async fn a_failed_sign_in_names_no_principal() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let refused = portal
        .try_sign_in(&portal.session(), "Typed-Passw0rd", "wrong")
        .await;
    refused.expect_err("there is no such account");
    let event = portal.audit.events().pop().expect("an event");
    assert_eq!(event.action, "session.sign_in");
    assert_eq!(event.principal, None);
    assert!(!format!("{event:?}").contains("Typed-Passw0rd"));
}

#[tokio::test]
async fn tries_of_one_account_are_joined_by_a_hash() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let mut hashes = Vec::new();
    for name in ["helpdesk", " HelpDesk", "auditor"] {
        let refused = portal.try_sign_in(&portal.session(), name, "wrong").await;
        refused.expect_err("the password is wrong");
        let event = portal.audit.events().pop().expect("an event");
        assert!(
            !format!("{event:?}").to_lowercase().contains(name.trim()),
            "{event:?}"
        );
        hashes.push(event.account.expect("a hash"));
    }
    assert_eq!(hashes[0], hashes[1]);
    assert_ne!(hashes[0], hashes[2]);
    portal.sign_in("helpdesk").await;
    let event = portal.audit.events().pop().expect("an event");
    assert_eq!(event.account, None, "a sign-in names the account itself");
}

#[tokio::test]
async fn a_sign_in_that_is_not_tried_is_audited() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let mut refusals = 0;
    for _ in 0..10 {
        let refused = portal.try_sign_in(&portal.session(), "helpdesk", "wrong").await;
        if matches!(refused, Err(GateError::TooManySignIns { .. })) {
            refusals += 1;
            let event = portal.audit.events().pop().expect("an event");
            assert!(
                matches!(event.outcome, Outcome::Refused(_)) && event.account.is_some(),
                "{event:?}"
            );
        }
    }
    assert_eq!(refusals, 5, "the clock stands still");
}
