//! Signing in and out, in every token mode: who it is, what they may do, and why it was refused.

use std::collections::BTreeSet;

use crate::support::{self, SILENT, World, caller, count, held, password};
use gate::{GateError, Origin, Profile};
use protegrity::{ErrorKind, LoginFailure};
use secrecy::SecretString;
use simulator::{DEMO_ACCOUNTS, DemoAccount, Fault, TokenMode};

/// What can be known of an account's permissions: officers may read neither users nor roles.
fn origin(account: &DemoAccount, mode: TokenMode) -> Origin {
    match (SILENT.contains(&mode), account.user_name.starts_with("officer")) {
        (false, _) => Origin::Token,
        (true, false) => Origin::Roles,
        (true, true) => Origin::Unknown,
    }
}

fn names<T: ToString>(names: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    names.into_iter().map(|name| name.to_string()).collect()
}

fn held_names(profile: &Profile) -> BTreeSet<String> {
    names(profile.permissions.iter().map(|(name, _)| name))
}

#[tokio::test]
async fn every_demo_account_has_its_profile_in_every_mode() {
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        let catalogue = world.as_admin_directly().await.roles().await.expect("the roles");
        for account in DEMO_ACCOUNTS.iter().filter(|one| one.user_name != "nologin") {
            let (_, visitor) = world.sign_in(account.user_name).await;
            let profile = &visitor.profile;
            let what = format!("{} in mode {mode}", account.user_name);
            assert_eq!(profile.user_name, account.user_name, "{what}");
            let origin = origin(account, mode);
            assert_eq!(profile.origin, origin, "{what}");
            assert_eq!(
                profile.permissions.is_known(),
                origin != Origin::Unknown,
                "{what}"
            );
            if origin == Origin::Unknown {
                continue;
            }
            let granted = catalogue
                .iter()
                .filter(|role| account.roles.contains(&role.name.as_str()))
                .flat_map(|role| &role.permissions);
            assert_eq!(held_names(profile), names(granted), "{what}");
            let can_read_roles = !profile.catalogue.is_empty();
            assert_eq!(
                can_read_roles,
                !account.user_name.starts_with("officer"),
                "{what}"
            );
            if can_read_roles {
                assert_eq!(names(&profile.roles), names(account.roles), "{what}");
                assert!(profile.user_id.is_some(), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn the_name_is_the_clusters_however_it_was_typed() {
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        let (_, visitor) = world.sign_in("AdMiN").await;
        assert_eq!(visitor.profile.user_name, "admin", "{mode}");
    }
}

#[tokio::test]
async fn a_refused_sign_in_says_why() {
    const TEMPORARY: &str = "Temp0rary-Word!";
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        let admin = world.as_admin_directly().await;
        let (locked, temporary) = (world.user("auditor").await, world.user("officer2").await);
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
            let session = world.session();
            let refused = world.try_sign_in(&session, name, password).await;
            let Err(GateError::Cluster(error)) = refused else {
                panic!("{name} in mode {mode}: {refused:?}");
            };
            assert_eq!(LoginFailure::of(&error), failure, "{name} in mode {mode}");
            let visitor = world.gate.visitor(&session).await.expect("the session is read");
            assert!(visitor.is_none(), "{name} in mode {mode}");
        }
        assert!(world.is_vault_empty(), "{mode}");
    }
}

#[tokio::test]
async fn a_cluster_that_fails_signs_nobody_in() {
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
        let world = World::new(TokenMode::Claims).await;
        world.fail("/pty/v1/auth/login", fault.clone());
        let refused = world
            .try_sign_in(&world.session(), "admin", password())
            .await
            .expect_err("the cluster fails");
        assert!(
            matches!(&refused, GateError::Cluster(error) if error.kind() == kind),
            "{fault:?}: {refused:?}"
        );
        assert!(world.is_vault_empty(), "{fault:?}");
    }
}

/// The roles are a hint: without them the sign-in stands, and what was not told is unknown.
#[tokio::test]
async fn a_failure_after_the_login_does_not_fail_the_sign_in() {
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        world.fail("/pty/v1/auth/roles", Fault::Html);
        let (_, visitor) = world.sign_in("helpdesk").await;
        assert_eq!(visitor.profile.origin, Origin::Unknown, "{mode}");
    }
}

#[tokio::test]
async fn a_sign_in_gives_the_session_a_new_id() {
    let world = World::new(TokenMode::Claims).await;
    let session = world.session();
    session.insert("before", true).await.expect("memory");
    session.save().await.expect("memory");
    let mut ids = vec![session.id()];
    for name in ["helpdesk", "helpdesk", "auditor"] {
        world.sign_in_to(&session, name).await;
        session.save().await.expect("memory");
        assert!(!ids.contains(&session.id()), "the id is an old one");
        ids.push(session.id());
        assert_eq!(world.sessions.len(), 1, "the old record is still there");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_there() {
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        let (session, _) = world.sign_in("helpdesk").await;
        session.save().await.expect("memory");
        let (done, lines) = world.calls_of(world.gate.sign_out(&session, &caller())).await;
        done.expect("it is done");
        assert!(world.is_vault_empty(), "{mode}");
        assert!(world.sessions.is_empty(), "{mode}");
        assert!(
            world.gate.visitor(&session).await.expect("memory").is_none(),
            "{mode}"
        );
        // Without a refresh token there is nothing to log out with.
        let expected = usize::from(!support::NOT_RENEWING.contains(&mode));
        assert_eq!(
            count(&lines, "/pty/v1/auth/logout"),
            expected,
            "{mode}: {lines:?}"
        );
    }
}

#[tokio::test]
async fn signing_out_does_not_need_the_cluster() {
    let world = World::new(TokenMode::Claims).await;
    let (session, visitor) = world.sign_in("helpdesk").await;
    world.fail("/pty", Fault::Drop);
    world
        .gate
        .sign_out(&session, &caller())
        .await
        .expect("it is done");
    assert!(world.is_vault_empty());
    assert!(matches!(
        world.gate.ensure_tokens(&visitor).await,
        Err(GateError::NotSignedIn)
    ));
}

#[tokio::test]
async fn a_session_ends_however_busy_it_is() {
    let world = World::new(TokenMode::Claims).await;
    let (session, visitor) = world.sign_in("helpdesk").await;
    let quarters = world.gate.rules().max.as_secs() / 900;
    for _ in 1..quarters {
        world.advance(900);
        world.gate.sweep().await.expect("memory");
        assert!(world.gate.visitor(&session).await.expect("memory").is_some());
    }
    world.advance(900);
    assert_eq!(world.gate.now(), visitor.ends_at);
    assert!(world.gate.visitor(&session).await.expect("memory").is_none());
    assert!(world.is_vault_empty());
}

#[tokio::test]
async fn a_session_that_nobody_uses_is_swept_away() {
    let world = World::new(TokenMode::Claims).await;
    let (session, _) = world.sign_in("helpdesk").await;
    world.advance(world.gate.rules().idle.as_secs() + 1);
    world.gate.sweep().await.expect("memory");
    assert!(world.is_vault_empty());
    assert!(world.gate.visitor(&session).await.expect("memory").is_none());
}

#[tokio::test]
async fn a_held_form_waits_for_its_sender_alone() {
    for (again, waited, expected) in [
        ("helpdesk", 0, true),
        ("HELPDESK", 599, true),
        ("helpdesk", 601, false),
        ("auditor", 0, false),
    ] {
        let world = World::new(TokenMode::Claims).await;
        let (session, visitor) = world.sign_in("helpdesk").await;
        world.gate.hold(&visitor, held(&world)).await.expect("memory");
        world.advance(waited);
        let visitor = world.sign_in_to(&session, again).await;
        let taken = world.gate.take_held(&visitor).await.expect("memory");
        assert_eq!(taken.is_some(), expected, "{again} after {waited} s");
        if let Some(taken) = taken {
            assert_eq!(taken.body, held(&world).body);
        }
        let twice = world.gate.take_held(&visitor).await.expect("memory");
        assert!(twice.is_none(), "it is carried out once");
    }
}
