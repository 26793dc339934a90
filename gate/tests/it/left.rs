//! Who is left to manage users: asked before a change that could lock everybody out.

use crate::support::{USERS, World, options};
use gate::{AccessState, Change, Clock, GateError, Left, Passage};
use protegrity::{RoleName, UserId, permissions as known};
use simulator::{Expire, Fault, FaultRule, TokenMode};

const ADMIN_ROLE: &str = "security_administrator";
const HELPDESK_ROLE: &str = "helpdesk_operator";

fn roles(names: &[&str]) -> Vec<RoleName> {
    names.iter().map(|name| RoleName::new(*name)).collect()
}

fn user_gets(id: &UserId, names: &[&str], groups: &[&str]) -> Change {
    Change::UserGets {
        id: id.clone(),
        roles: roles(names),
        groups: groups.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn group_gets(name: &str, members: &[&str], names: &[&str]) -> Change {
    Change::GroupGets {
        name: name.to_owned(),
        members: members.iter().map(|name| (*name).to_owned()).collect(),
        roles: roles(names),
    }
}

fn role_grants(name: &str, permissions: &[&str]) -> Change {
    Change::RoleGrants {
        name: name.into(),
        permissions: permissions.iter().map(|name| (*name).into()).collect(),
    }
}

fn group_and_members_gone(name: &str, members: &[&str]) -> Change {
    Change::GroupAndMembersGone {
        name: name.to_owned(),
        members: members.iter().map(|name| (*name).to_owned()).collect(),
    }
}

async fn left(passage: &Passage, change: &Change) -> Left {
    passage.who_is_left(change).await.expect("it can be asked")
}

/// Reads everybody, so that there is a review to go by.
async fn review(passage: &Passage) {
    let state = passage.access(true).await.expect("it is open");
    assert!(matches!(state, AccessState::Ready(_)), "it is a small cluster");
}

fn reads(lines: &[String]) -> usize {
    lines
        .iter()
        .filter(|line| line.starts_with("GET /pty/v1/auth/users/"))
        .count()
}

#[tokio::test]
async fn whoever_keeps_the_right_is_left_at_the_cost_of_a_few_calls() {
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        let passage = world.passage("admin").await;
        let (admin, alpha) = (world.user("admin").await.id, world.user("alpha").await.id);
        for change in [
            Change::UserGone(alpha.clone()),
            user_gets(&alpha, &[], &[]),
            user_gets(&admin, &["directory_administrator"], &[]),
            // Through a group that the person is only about to be in.
            user_gets(&admin, &[], &["helpdesk-team"]),
            Change::RoleGone(HELPDESK_ROLE.into()),
            role_grants(HELPDESK_ROLE, &[known::ROLE_VIEWER]),
            role_grants(ADMIN_ROLE, &[known::USER_MANAGER_ADMIN, known::CAN_CREATE_TOKEN]),
            Change::GroupGone("helpdesk-team".to_owned()),
            group_gets("helpdesk-team", &[], &[]),
            group_and_members_gone("helpdesk-team", &["helpdesk"]),
        ] {
            let (left, lines) = world.calls_of(left(&passage, &change)).await;
            assert_eq!(left, Left::Yourself, "{mode}, {change:?}");
            assert!(
                reads(&lines) <= 1 && lines.len() <= 4,
                "{mode}, {change:?}: {lines:?}"
            );
        }
    }
}

#[tokio::test]
async fn somebody_else_may_be_left() {
    for has_review in [false, true] {
        let world = World::new(TokenMode::Claims).await;
        let passage = world.passage("admin").await;
        let admin = world.user("admin").await.id;
        if has_review {
            review(&passage).await;
        }
        for change in [
            Change::UserGone(admin.clone()),
            user_gets(&admin, &["directory_viewer"], &["framework"]),
            Change::RoleGone(ADMIN_ROLE.into()),
            role_grants(ADMIN_ROLE, &[known::USER_MANAGER_VIEWER]),
            // Without a token nobody gets as far as that.
            role_grants(ADMIN_ROLE, &[known::USER_MANAGER_ADMIN]),
            group_and_members_gone("framework", &["Admin"]),
        ] {
            let (left, lines) = world.calls_of(left(&passage, &change)).await;
            assert_eq!(left, Left::Others, "{change:?}");
            if has_review {
                assert!(
                    reads(&lines) <= 2,
                    "oneself, and the other as they are now: {lines:?}"
                );
            }
        }
        let auditor = world.passage("auditor").await;
        assert_eq!(
            left(&auditor, &Change::UserGone(admin)).await,
            Left::Others,
            "who could not do it before"
        );
    }
}

#[tokio::test]
async fn nobody_is_left_when_the_last_one_goes() {
    for has_review in [false, true] {
        let world = World::new(TokenMode::Claims).await;
        let passage = world.passage("admin").await;
        let (admin, helpdesk) = (world.user("admin").await.id, world.user("helpdesk").await.id);
        // A locked account cannot do anything, and so is no one who is left; the one in the group is locked too.
        world
            .as_admin_directly()
            .await
            .lock_user(&helpdesk)
            .await
            .expect("it is locked");
        if has_review {
            review(&passage).await;
        }
        for change in [
            Change::UserGone(admin.clone()),
            user_gets(&admin, &["directory_viewer"], &[]),
            Change::RoleGone(ADMIN_ROLE.into()),
            role_grants(ADMIN_ROLE, &[known::USER_MANAGER_VIEWER]),
            // Without a token nobody gets as far as that.
            role_grants(ADMIN_ROLE, &[known::USER_MANAGER_ADMIN]),
            group_and_members_gone("framework", &["Admin"]),
        ] {
            assert_eq!(
                left(&passage, &change).await,
                Left::Nobody,
                "review {has_review}: {change:?}"
            );
        }
        let saves = group_gets("helpdesk-team", &["admin"], &[HELPDESK_ROLE]);
        assert_eq!(left(&passage, &saves).await, Left::Yourself);
    }
}

/// A review may be minutes old: whoever it names is looked at again.
#[tokio::test]
async fn a_review_is_not_believed_about_who_is_left() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    let (admin, helpdesk) = (world.user("admin").await.id, world.user("helpdesk").await.id);
    review(&passage).await;
    world
        .as_admin_directly()
        .await
        .lock_user(&helpdesk)
        .await
        .expect("it is locked");
    let (left, lines) = world.calls_of(left(&passage, &Change::UserGone(admin))).await;
    assert_eq!(left, Left::Nobody);
    assert!(reads(&lines) <= 3, "{lines:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_unknown_and_not_nobody() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    let admin = world.user("admin").await.id;
    let (helpdesk, alpha) = (world.user("helpdesk").await.id, world.user("alpha").await.id);
    let fails = |path: String, status| {
        let body = String::new();
        FaultRule::always(path, Fault::Status { status, body })
    };
    let gone = Change::UserGone(admin);
    world
        .as_admin_directly()
        .await
        .lock_user(&helpdesk)
        .await
        .expect("it is locked");
    world
        .simulator()
        .set_faults(vec![fails(format!("{USERS}/{alpha}"), 500)]);
    assert_eq!(
        left(&passage, &gone).await,
        Left::Unknown,
        "alpha could be an administrator"
    );
    world
        .simulator()
        .set_faults(vec![fails(format!("{USERS}/{alpha}"), 404)]);
    assert_eq!(
        left(&passage, &gone).await,
        Left::Nobody,
        "alpha is not there any more"
    );

    for (path, expected) in [
        ("roles", Left::Unknown),
        ("groups", Left::Unknown),
        ("users", Left::Unknown),
    ] {
        let world = World::new(TokenMode::Claims).await;
        let passage = world.passage("admin").await;
        let helpdesk = world.user("helpdesk").await.id;
        world
            .as_admin_directly()
            .await
            .lock_user(&helpdesk)
            .await
            .expect("it is locked");
        world
            .simulator()
            .set_faults(vec![fails(format!("/pty/v1/auth/{path}"), 403)]);
        assert_eq!(
            left(&passage, &Change::RoleGone(ADMIN_ROLE.into())).await,
            expected,
            "{path} may not be read"
        );
    }
}

#[tokio::test]
async fn a_session_that_has_ended_is_told_so() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    world.simulator().expire(Expire::All);
    let refused = passage.who_is_left(&Change::RoleGone(ADMIN_ROLE.into())).await;
    assert!(matches!(refused, Err(GateError::SignInAgain)), "{refused:?}");
}

#[tokio::test]
async fn a_large_cluster_is_not_read_to_its_end() {
    let world = World::with(options(TokenMode::Claims, 700), Clock::from).await;
    let passage = world.passage("admin").await;
    let cluster = world.as_admin_directly().await;
    let (admin, helpdesk) = (world.user("admin").await.id, world.user("helpdesk").await.id);
    // Somebody in the group that helps people back is found among the first.
    let (first, lines) = world
        .calls_of(left(&passage, &Change::UserGone(admin.clone())))
        .await;
    assert_eq!(first, Left::Others);
    assert!(reads(&lines) <= 8, "{}", reads(&lines));

    for role in [HELPDESK_ROLE, "directory_administrator"] {
        cluster.delete_role(&role.into()).await.expect("it is deleted");
    }
    cluster.lock_user(&helpdesk).await.expect("it is locked");
    passage.forget_roles();
    passage.forget_groups();
    let (left, lines) = world.calls_of(left(&passage, &Change::UserGone(admin))).await;
    assert_eq!(left, Left::Unknown);
    assert!(reads(&lines) <= 501, "{}", reads(&lines));
}
