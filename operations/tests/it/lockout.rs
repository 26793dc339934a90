//! The accounts that could manage users after a change, asked before it is made.

use gate::{Clock, GateError, Operation, OperationError};
use operations::{
    CacheUpdate,
    access::{AccessState, Change, RemainingAdmins},
};
use protegrity::{RoleName, UserId, permissions as known};
use simulator::{Expire, FaultRule, TokenMode};

use crate::support::{TestServices, USERS, options, reads, status};

const ADMIN_ROLE: &str = "security_administrator";
const HELPDESK_ROLE: &str = "helpdesk_operator";

fn roles(names: &[&str]) -> Vec<RoleName> {
    names.iter().map(|name| RoleName::new(*name)).collect()
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn set_user(id: &UserId, names: &[&str], groups: &[&str]) -> Change {
    Change::SetUserMembership {
        id: id.clone(),
        roles: roles(names),
        groups: strings(groups),
    }
}

fn set_group(name: &str, members: &[&str], names: &[&str]) -> Change {
    Change::SetGroupMembership {
        name: name.to_owned(),
        members: strings(members),
        roles: roles(names),
    }
}

fn set_role(name: &str, permissions: &[&str]) -> Change {
    Change::SetRolePermissions {
        name: name.into(),
        permissions: permissions.iter().map(|name| (*name).into()).collect(),
    }
}

fn delete_group_and_members(name: &str, members: &[&str]) -> Change {
    Change::DeleteGroupAndMembers {
        name: name.to_owned(),
        members: strings(members),
    }
}

async fn remaining(portal: &TestServices, operation: &Operation, change: &Change) -> RemainingAdmins {
    let remaining = portal.services.access.remaining_admins(operation, change).await;
    remaining.expect("it can be determined")
}

/// Reads every user, so that there is a recent scan.
async fn review(portal: &TestServices, operation: &Operation) {
    let state = portal.services.access.review(operation, true).await;
    let is_ready = matches!(state.expect("it is open"), AccessState::Ready(_));
    assert!(is_ready, "it is a small cluster");
}

/// Locks the other administrator whose account is open: the one in the group is locked already.
async fn lock_helpdesk(portal: &TestServices) {
    let helpdesk = portal.user("helpdesk").await.id;
    let admin = portal.as_admin_directly().await;
    admin.lock_user(&helpdesk).await.expect("it is locked");
}

#[tokio::test]
async fn a_caller_who_stays_an_administrator_is_found_in_a_few_calls() {
    for mode in TokenMode::ALL {
        let portal = TestServices::in_mode(mode).await;
        let operation = portal.reader("admin").await;
        let (admin, alpha) = (portal.user("admin").await.id, portal.user("alpha").await.id);
        for change in [
            Change::DeleteUser(alpha.clone()),
            set_user(&alpha, &[], &[]),
            set_user(&admin, &["directory_administrator"], &[]),
            // Through a group that the person is only about to be in.
            set_user(&admin, &[], &["helpdesk-team"]),
            Change::DeleteRole(HELPDESK_ROLE.into()),
            set_role(HELPDESK_ROLE, &[known::ROLE_VIEWER]),
            set_role(ADMIN_ROLE, &[known::USER_MANAGER_ADMIN, known::CAN_CREATE_TOKEN]),
            Change::DeleteGroup("helpdesk-team".to_owned()),
            set_group("helpdesk-team", &[], &[]),
            delete_group_and_members("helpdesk-team", &["helpdesk"]),
        ] {
            let (remaining, lines) = portal.calls_of(remaining(&portal, &operation, &change)).await;
            assert_eq!(remaining, RemainingAdmins::Caller, "{mode}, {change:?}");
            assert!(
                reads(&lines) <= 1 && lines.len() <= 4,
                "{mode}, {change:?}: {lines:?}"
            );
        }
    }
}

/// Changes after which the caller, `admin`, can no longer manage users.
fn changes_that_end_the_callers_access(admin: &UserId) -> [Change; 6] {
    [
        Change::DeleteUser(admin.clone()),
        set_user(admin, &["directory_viewer"], &["framework"]),
        Change::DeleteRole(ADMIN_ROLE.into()),
        set_role(ADMIN_ROLE, &[known::USER_MANAGER_VIEWER]),
        // Managing users takes a token too.
        set_role(ADMIN_ROLE, &[known::USER_MANAGER_ADMIN]),
        delete_group_and_members("framework", &["Admin"]),
    ]
}

#[tokio::test]
async fn others_may_remain() {
    for has_review in [false, true] {
        let portal = TestServices::in_mode(TokenMode::Claims).await;
        let operation = portal.reader("admin").await;
        let admin = portal.user("admin").await.id;
        if has_review {
            review(&portal, &operation).await;
        }
        for change in changes_that_end_the_callers_access(&admin) {
            let (remaining, lines) = portal.calls_of(remaining(&portal, &operation, &change)).await;
            assert_eq!(remaining, RemainingAdmins::Others, "{change:?}");
            if has_review {
                assert!(
                    reads(&lines) <= 2,
                    "the caller, and the other as they are now: {lines:?}"
                );
            }
        }
        let auditor = portal.reader("auditor").await;
        assert_eq!(
            remaining(&portal, &auditor, &Change::DeleteUser(admin)).await,
            RemainingAdmins::Others,
            "a caller who could not do it before"
        );
    }
}

#[tokio::test]
async fn none_remains_when_the_last_one_goes() {
    for has_review in [false, true] {
        let portal = TestServices::in_mode(TokenMode::Claims).await;
        let operation = portal.reader("admin").await;
        let admin = portal.user("admin").await.id;
        // A locked account cannot do anything, so it does not remain.
        lock_helpdesk(&portal).await;
        if has_review {
            review(&portal, &operation).await;
        }
        for change in changes_that_end_the_callers_access(&admin) {
            assert_eq!(
                remaining(&portal, &operation, &change).await,
                RemainingAdmins::None,
                "review {has_review}: {change:?}"
            );
        }
        let saves = set_group("helpdesk-team", &["admin"], &[HELPDESK_ROLE]);
        assert_eq!(
            remaining(&portal, &operation, &saves).await,
            RemainingAdmins::Caller
        );
    }
}

/// A scan may be minutes old: the users that it names are read again.
#[tokio::test]
async fn a_scan_alone_does_not_decide_who_remains() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    let admin = portal.user("admin").await.id;
    review(&portal, &operation).await;
    lock_helpdesk(&portal).await;
    let change = Change::DeleteUser(admin);
    let (remaining, lines) = portal.calls_of(remaining(&portal, &operation, &change)).await;
    assert_eq!(remaining, RemainingAdmins::None);
    assert!(reads(&lines) <= 3, "{lines:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_unknown_and_not_none() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    let (admin, alpha) = (portal.user("admin").await.id, portal.user("alpha").await.id);
    let change = Change::DeleteUser(admin);
    lock_helpdesk(&portal).await;
    let alpha = format!("{USERS}/{alpha}");
    portal.fail_at(&alpha, status(500));
    assert_eq!(
        remaining(&portal, &operation, &change).await,
        RemainingAdmins::Unknown,
        "alpha could be an administrator"
    );
    portal.fail_at(&alpha, status(404));
    assert_eq!(
        remaining(&portal, &operation, &change).await,
        RemainingAdmins::None,
        "alpha was deleted"
    );

    for path in ["roles", "groups", "users"] {
        let portal = TestServices::in_mode(TokenMode::Claims).await;
        let operation = portal.reader("admin").await;
        lock_helpdesk(&portal).await;
        let rule = FaultRule::always(format!("/pty/v1/auth/{path}"), status(403));
        portal.simulator().set_faults(vec![rule]);
        assert_eq!(
            remaining(&portal, &operation, &Change::DeleteRole(ADMIN_ROLE.into())).await,
            RemainingAdmins::Unknown,
            "{path} may not be read"
        );
    }
}

#[tokio::test]
async fn a_session_that_has_ended_is_reported() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    portal.simulator().expire(Expire::All);
    let change = Change::DeleteRole(ADMIN_ROLE.into());
    let refused = portal.services.access.remaining_admins(&operation, &change).await;
    let is_reported = matches!(
        &refused,
        Err(OperationError {
            error: GateError::SignInAgain,
            ..
        })
    );
    assert!(is_reported, "{refused:?}");
}

#[tokio::test]
async fn a_large_cluster_is_not_read_to_its_end() {
    let portal = TestServices::with(options(TokenMode::Claims, 700), Clock::from).await;
    let operation = portal.reader("admin").await;
    let admin = portal.as_admin_directly().await;
    let change = Change::DeleteUser(portal.user("admin").await.id);
    // A member of a group that suffices is found among the first.
    let (first, lines) = portal.calls_of(remaining(&portal, &operation, &change)).await;
    assert_eq!(first, RemainingAdmins::Others);
    assert!(reads(&lines) <= 8, "{}", reads(&lines));

    for role in [HELPDESK_ROLE, "directory_administrator"] {
        admin.delete_role(&role.into()).await.expect("it is deleted");
    }
    lock_helpdesk(&portal).await;
    portal.services.apply(CacheUpdate::Roles);
    portal.services.apply(CacheUpdate::Memberships);
    let (remaining, lines) = portal.calls_of(remaining(&portal, &operation, &change)).await;
    assert_eq!(remaining, RemainingAdmins::Unknown);
    assert!(reads(&lines) <= 501, "{}", reads(&lines));
}
