//! Signing in and out, in every token mode: who it is, what they may do, and why it was refused.

use std::collections::BTreeSet;

use crate::support::{SILENT, TestGate, count, is_vault_empty, origin, password, pending_form};
use gate::{GateError, PermissionOrigin, Principal, System};
use protegrity::{ErrorKind, LoginFailure};
use secrecy::SecretString;
use simulator::{DEMO_ACCOUNTS, DemoAccount, Fault, TokenMode};

/// What can be known of an account's permissions: officers may read neither users nor roles.
fn permission_origin(account: &DemoAccount, mode: TokenMode) -> PermissionOrigin {
    match (SILENT.contains(&mode), account.user_name.starts_with("officer")) {
        (false, _) => PermissionOrigin::Token,
        (true, false) => PermissionOrigin::Roles,
        (true, true) => PermissionOrigin::Unknown,
    }
}

fn names<T: ToString>(names: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    names.into_iter().map(|name| name.to_string()).collect()
}

fn held_names(principal: &Principal) -> BTreeSet<String> {
    names(principal.permissions.of(System::Protegrity).map(|(name, _)| name))
}

#[tokio::test]
async fn every_demo_account_has_its_profile_in_every_mode() {
    for mode in TokenMode::ALL {
        let portal = TestGate::in_mode(mode).await;
        let all_roles = portal.as_admin_directly().await.roles().await.expect("the roles");
        for account in DEMO_ACCOUNTS.iter().filter(|one| one.user_name != "nologin") {
            let (_, principal) = portal.sign_in(account.user_name).await;
            let what = format!("{} in mode {mode}", account.user_name);
            assert_eq!(principal.user_name, account.user_name, "{what}");
            let origin = permission_origin(account, mode);
            assert_eq!(principal.permission_origin, origin, "{what}");
            assert_eq!(
                principal.permissions.is_known(System::Protegrity),
                origin != PermissionOrigin::Unknown,
                "{what}"
            );
            if origin == PermissionOrigin::Unknown {
                continue;
            }
            let granted = all_roles
                .iter()
                .filter(|role| account.roles.contains(&role.name.as_str()))
                .flat_map(|role| &role.permissions);
            assert_eq!(held_names(&principal), names(granted), "{what}");
            let can_read_roles = !principal.visible_roles.is_empty();
            assert_eq!(
                can_read_roles,
                !account.user_name.starts_with("officer"),
                "{what}"
            );
            if can_read_roles {
                assert_eq!(names(&principal.roles), names(account.roles), "{what}");
                assert!(principal.user_id.is_some(), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn the_name_is_the_clusters_however_it_was_typed() {
    for mode in TokenMode::ALL {
        let portal = TestGate::in_mode(mode).await;
        let (_, principal) = portal.sign_in("AdMiN").await;
        assert_eq!(principal.user_name, "admin", "{mode}");
    }
}

#[tokio::test]
async fn a_refused_sign_in_says_why() {
    const TEMPORARY: &str = "Temp0rary-Word!";
    for mode in TokenMode::ALL {
        let portal = TestGate::in_mode(mode).await;
        let admin = portal.as_admin_directly().await;
        let (locked, temporary) = (portal.user("auditor").await, portal.user("officer2").await);
        admin.lock_user(&locked.id).await.expect("it is locked");
        admin
            .unlock_user(&temporary.id, &SecretString::from(TEMPORARY))
            .await
            .expect("it has a temporary password");
        for (name, password, failure) in [
            ("nologin", password(), LoginFailure::NoTokenPermission),
            ("nobody", password(), LoginFailure::WrongCredentials),
            ("helpdesk", "wrong", LoginFailure::WrongCredentials),
            ("auditor", password(), LoginFailure::AccountLocked),
            ("officer2", TEMPORARY, LoginFailure::TemporaryPassword),
        ] {
            let session = portal.session();
            let refused = portal.try_sign_in(&session, name, password).await;
            let Err(GateError::Upstream(error)) = refused else {
                panic!("{name} in mode {mode}: {refused:?}");
            };
            assert_eq!(LoginFailure::of(&error), failure, "{name} in mode {mode}");
            let principal = portal
                .gate
                .principal(&session)
                .await
                .expect("the session is read");
            assert!(principal.is_none(), "{name} in mode {mode}");
        }
        assert!(is_vault_empty(&portal), "{mode}");
    }
}

#[tokio::test]
async fn a_failing_cluster_gives_no_session() {
    let unavailable = Fault::Status {
        status: 503,
        body: String::new(),
    };
    for (fault, kind) in [
        (Fault::Drop, ErrorKind::Unreachable),
        (Fault::Truncate, ErrorKind::Unreadable),
        (Fault::NotJson, ErrorKind::Unreadable),
        (Fault::Html, ErrorKind::Upstream),
        (unavailable, ErrorKind::Upstream),
    ] {
        let portal = TestGate::in_mode(TokenMode::Claims).await;
        portal.fail_at("/pty/v1/auth/login", fault.clone());
        let refused = portal
            .try_sign_in(&portal.session(), "admin", password())
            .await
            .expect_err("the cluster fails");
        assert!(
            matches!(&refused, GateError::Upstream(error) if error.kind() == kind),
            "{fault:?}: {refused:?}"
        );
        assert!(is_vault_empty(&portal), "{fault:?}");
    }
}

/// The roles are a hint: without them the sign-in stands, and what was not reported is unknown.
#[tokio::test]
async fn a_failure_after_the_login_does_not_fail_the_sign_in() {
    for mode in TokenMode::ALL {
        let portal = TestGate::in_mode(mode).await;
        portal.fail_at("/pty/v1/auth/roles", Fault::Html);
        let (_, principal) = portal.sign_in("helpdesk").await;
        assert_eq!(principal.permission_origin, PermissionOrigin::Unknown, "{mode}");
    }
}

#[tokio::test]
async fn a_sign_in_gives_the_session_a_new_id() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let session = portal.session();
    session.insert("before", true).await.expect("memory");
    session.save().await.expect("memory");
    let mut ids = vec![session.id()];
    for name in ["helpdesk", "helpdesk", "auditor"] {
        portal.sign_in_to(&session, name).await;
        session.save().await.expect("memory");
        assert!(!ids.contains(&session.id()), "the id is an old one");
        ids.push(session.id());
        assert_eq!(portal.sessions.len(), 1, "the old record is still there");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_there() {
    for mode in TokenMode::ALL {
        let portal = TestGate::in_mode(mode).await;
        let (session, _) = portal.sign_in("helpdesk").await;
        session.save().await.expect("memory");
        let (done, lines) = portal.calls_of(portal.gate.sign_out(&session, &origin())).await;
        done.expect("it is done");
        assert!(is_vault_empty(&portal), "{mode}");
        assert!(portal.sessions.is_empty(), "{mode}");
        assert!(
            portal.gate.principal(&session).await.expect("memory").is_none(),
            "{mode}"
        );
        // Without a refresh token there is nothing to log out with.
        let expected = usize::from(!crate::support::NOT_RENEWING.contains(&mode));
        assert_eq!(
            count(&lines, "/pty/v1/auth/logout"),
            expected,
            "{mode}: {lines:?}"
        );
    }
}

#[tokio::test]
async fn signing_out_does_not_need_the_cluster() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (session, principal) = portal.sign_in("helpdesk").await;
    portal.fail_at("/pty", Fault::Drop);
    portal
        .gate
        .sign_out(&session, &origin())
        .await
        .expect("it is done");
    assert!(is_vault_empty(&portal));
    assert!(matches!(
        portal.gate.ensure_tokens(&principal).await,
        Err(GateError::NotSignedIn)
    ));
}

#[tokio::test]
async fn a_session_ends_however_busy_it_is() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (session, principal) = portal.sign_in("helpdesk").await;
    let quarters = portal.gate.rules().max.as_secs() / 900;
    for _ in 1..quarters {
        portal.advance(900);
        portal.gate.sweep().await.expect("memory");
        assert!(portal.gate.principal(&session).await.expect("memory").is_some());
    }
    portal.advance(900);
    assert_eq!(portal.gate.now(), principal.ends_at);
    assert!(portal.gate.principal(&session).await.expect("memory").is_none());
    assert!(is_vault_empty(&portal));
}

#[tokio::test]
async fn an_unused_session_is_swept_away() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (session, _) = portal.sign_in("helpdesk").await;
    portal.advance(portal.gate.rules().idle.as_secs() + 1);
    portal.gate.sweep().await.expect("memory");
    assert!(is_vault_empty(&portal));
    assert!(portal.gate.principal(&session).await.expect("memory").is_none());
}

#[tokio::test]
async fn a_held_form_waits_for_its_sender_alone() {
    for (again, waited, expected) in [
        ("helpdesk", 0, true),
        ("HELPDESK", 599, true),
        ("helpdesk", 601, false),
        ("auditor", 0, false),
    ] {
        let portal = TestGate::in_mode(TokenMode::Claims).await;
        let (session, principal) = portal.sign_in("helpdesk").await;
        portal
            .gate
            .store_pending(&principal, pending_form(&portal))
            .await
            .expect("memory");
        portal.advance(waited);
        let principal = portal.sign_in_to(&session, again).await;
        let taken = portal.gate.take_pending(&principal).await.expect("memory");
        assert_eq!(taken.is_some(), expected, "{again} after {waited} s");
        if let Some(taken) = taken {
            assert_eq!(taken.body, pending_form(&portal).body);
        }
        let twice = portal.gate.take_pending(&principal).await.expect("memory");
        assert!(twice.is_none(), "it is carried out once");
    }
}
