//! The guard of the gate: what is known to be missing never reaches the cluster, what is unknown is its to judge.

use std::collections::BTreeSet;

use crate::support::{NAMING, SILENT, TestGate, one_user, origin, password};
use gate::{Action, GateError, Needs, System, Target};
use proofpoint::Login;
use protegrity::ErrorKind;
use simulator::TokenMode;

#[tokio::test]
async fn without_a_session_nothing_is_permitted() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    for action in Action::ALL {
        let refused = portal
            .gate
            .begin(None, &origin(), *action, Target::portal())
            .await;
        assert!(
            matches!(
                refused.err().map(|error| error.error),
                Some(GateError::NotSignedIn)
            ),
            "{action:?}"
        );
    }
    assert!(portal.lines().is_empty());
}

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_is_called() {
    for mode in NAMING {
        let portal = TestGate::in_mode(mode).await;
        // One without the permissions of the directory, whose account at Proofpoint is no administrator's; one without
        // those of the workbench.
        let (_, officer) = portal.sign_in("officer").await;
        let login = Login::new("employee@example.com".into(), password().into()).expect("an account");
        let connected = portal.gate.connect_proofpoint(&officer, &origin(), login).await;
        let officer = connected.expect("it is connected");
        let (_, helpdesk) = portal.sign_in("helpdesk").await;
        portal.simulator().clear_calls();
        for action in Action::ALL {
            let Needs::Permission(needed) = action.rule().needs else {
                continue;
            };
            let is_of_workbench = needed.name.starts_with("workbench_");
            let account = if is_of_workbench { &helpdesk } else { &officer };
            let refused = portal.begin(account, *action).await.err();
            assert!(
                matches!(&refused, Some(GateError::Forbidden { permission, .. }) if *permission == needed),
                "{action:?} in mode {mode}: {refused:?}"
            );
        }
        assert!(portal.lines().is_empty(), "{mode}: {:?}", portal.lines());
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
        let portal = TestGate::in_mode(mode).await;
        let (_, auditor) = portal.sign_in("auditor").await;
        portal
            .begin(&auditor, Action::ViewUser)
            .await
            .expect("an auditor sees users");
        let refused = portal.begin(&auditor, Action::LockUser).await.err();
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
        let portal = TestGate::in_mode(mode).await;
        let (_, officer) = portal.sign_in("officer").await;
        assert!(!officer.permissions.is_known(System::Protegrity), "{mode}");
        for action in Action::ALL {
            if action.rule().needs != Needs::Nothing {
                portal
                    .begin(&officer, *action)
                    .await
                    .expect("nothing is refused here");
            }
        }
        let operation = portal
            .begin(&officer, Action::ListUsers)
            .await
            .expect("it is open");
        let refused = one_user(&operation).await;
        let Err(GateError::Upstream(error)) = refused else {
            panic!("{mode}: {refused:?}");
        };
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{mode}");
        let words = error.upstream_message().unwrap_or_default();
        assert!(words.contains("user_manager_viewer"), "{mode}: {words}");
    }
}
