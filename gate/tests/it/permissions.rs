//! The guard of the gate: what is known to be missing never reaches the cluster, what is unknown is its to judge.

use std::collections::BTreeSet;

use crate::support::{SILENT, TELLING, World, caller, one_user};
use gate::{Action, GateError, Needs, Target};
use protegrity::ErrorKind;
use simulator::TokenMode;

#[tokio::test]
async fn nobody_passes_without_a_session() {
    let world = World::new(TokenMode::Claims).await;
    for action in Action::ALL {
        let refused = world.gate.open(None, &caller(), *action, Target::portal());
        assert!(
            matches!(refused.err(), Some(GateError::NotSignedIn)),
            "{action:?}"
        );
    }
    assert!(world.lines().is_empty());
}

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_is_called() {
    for mode in TELLING {
        let world = World::new(mode).await;
        let (_, officer) = world.sign_in("officer").await;
        world.simulator().clear_calls();
        for action in Action::ALL {
            let Needs::Permission(needed) = action.rule().needs else {
                continue;
            };
            let refused = world.open(&officer, *action).err();
            assert!(
                matches!(&refused, Some(GateError::Forbidden { permission, .. }) if *permission == needed),
                "{action:?} in mode {mode}: {refused:?}"
            );
        }
        assert!(world.lines().is_empty(), "{mode}: {:?}", world.lines());
    }
}

#[tokio::test]
async fn the_roles_that_would_help_are_named_where_they_may_be_read() {
    let helping = [
        "directory_administrator",
        "helpdesk_operator",
        "security_administrator",
    ];
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        let (_, auditor) = world.sign_in("auditor").await;
        world
            .open(&auditor, Action::SeeUser)
            .expect("an auditor sees users");
        let refused = world.open(&auditor, Action::LockUser).err();
        let Some(GateError::Forbidden { roles, .. }) = refused else {
            panic!("{mode}: {refused:?}");
        };
        let roles: BTreeSet<_> = roles.iter().map(protegrity::RoleName::as_str).collect();
        assert_eq!(roles, BTreeSet::from(helping), "{mode}");
    }
}

#[tokio::test]
async fn unknown_permissions_hide_nothing_and_the_cluster_decides() {
    for mode in SILENT {
        let world = World::new(mode).await;
        let (_, officer) = world.sign_in("officer").await;
        assert!(!officer.profile.permissions.is_known(), "{mode}");
        for action in Action::ALL {
            if action.rule().needs != Needs::Nothing {
                world.open(&officer, *action).expect("nothing is refused here");
            }
        }
        let passage = world.open(&officer, Action::ListUsers).expect("it is open");
        let refused = one_user(&passage).await;
        let Err(GateError::Cluster(error)) = refused else {
            panic!("{mode}: {refused:?}");
        };
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{mode}");
        let words = error.upstream_message().unwrap_or_default();
        assert!(words.contains("user_manager_viewer"), "{mode}: {words}");
    }
}
