//! The copy of all groups, the roles of each session and the users by name: how often the cluster is asked, who may
//! read, and what changes the copies.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use gate::{Clock, Operation};
use operations::{CacheUpdate, Services, directory::GroupListing};
use protegrity::{ErrorKind, GroupMembers, GroupUpdate, NewUser, Role, User};
use simulator::{Fault, TokenMode};

use crate::support::{SILENT, TestServices, USERS, count, failure, first_rows, options};

const GROUPS: &str = "/pty/v1/auth/groups";

async fn groups(portal: &TestServices, operation: &Operation, refresh: bool) -> GroupListing {
    let listing = portal.services.directory.groups(operation, refresh).await;
    listing.expect("the list is open")
}

/// Lists, and returns how often the cluster was asked for groups.
async fn list(portal: &TestServices, operation: &Operation, refresh: bool) -> (GroupListing, usize) {
    let (listing, lines) = portal.calls_of(groups(portal, operation, refresh)).await;
    (listing, count(&lines, GROUPS))
}

fn names(listing: &GroupListing) -> Vec<&str> {
    listing.groups.iter().map(|group| group.name.as_str()).collect()
}

/// The members of a group in the copy.
async fn members(portal: &TestServices, operation: &Operation, name: &str) -> Option<Vec<String>> {
    let listing = groups(portal, operation, false).await;
    let found = listing.groups.iter().find(|group| group.name == name);
    found.and_then(|group| group.members.clone())
}

#[tokio::test]
async fn all_groups_are_listed_by_name_and_the_cluster_is_asked_once() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("helpdesk").await;
    let (cold, calls) = list(&portal, &operation, false).await;
    assert_eq!(calls, 1, "cold");
    let expected = [
        "contractors",
        "developers",
        "framework",
        "helpdesk-team",
        "Prüfstelle Süd",
        "فريق الأمان",
    ];
    assert_eq!(names(&cold), expected);
    assert_eq!(list(&portal, &operation, false).await.1, 0, "warm");
    assert_eq!(list(&portal, &operation, true).await.1, 1, "refreshed");
    portal.advance(601);
    assert_eq!(
        list(&portal, &operation, false).await.1,
        1,
        "a copy that is too old is not served"
    );
}

#[tokio::test]
async fn an_older_copy_is_served_at_once_and_renewed_behind() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("helpdesk").await;
    list(&portal, &operation, false).await;
    portal.advance(61);
    portal.simulator().clear_calls();
    let listing = groups(&portal, &operation, false).await;
    assert!(
        listing.as_of < portal.gate.now(),
        "no request waits for the renewal"
    );
    let renewed = async {
        while count(&portal.lines(), GROUPS) < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        while groups(&portal, &operation, false).await.as_of < portal.gate.now() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(10), renewed).await;
    in_time.expect("it is renewed");
    let lines = portal.lines();
    assert_eq!(count(&lines, GROUPS), 2, "one admission and one page: {lines:?}");
}

#[tokio::test]
async fn a_session_that_may_read_users_needs_another_admission_for_groups() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    list(&portal, &portal.reader("helpdesk").await, false).await;
    let auditor = portal.reader("auditor").await;
    let users = portal.services.directory.users(&auditor, &first_rows(1)).await;
    users.expect("it is open");
    for expected in [1, 0] {
        assert_eq!(list(&portal, &auditor, false).await.1, expected);
    }
    portal.advance(60);
    assert!(list(&portal, &auditor, false).await.1 >= 1, "a minute later");
}

#[tokio::test]
async fn a_session_that_the_cluster_refuses_gets_nothing_of_a_warm_copy() {
    for mode in SILENT {
        let portal = TestServices::in_mode(mode).await;
        let officer = portal.reader("officer").await;
        for is_warm in [false, true] {
            if is_warm {
                list(&portal, &portal.reader("helpdesk").await, false).await;
            }
            for _ in 0..2 {
                let refused = portal.services.directory.groups(&officer, false).await;
                assert_eq!(
                    failure(&refused),
                    Some(ErrorKind::Forbidden),
                    "{mode}, warm {is_warm}: {refused:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn requests_during_a_load_wait_for_that_one_load() {
    let portal = TestServices::with(options(TokenMode::Claims, 0), |_| Clock::default()).await;
    let mut operations = Vec::new();
    for name in ["admin", "helpdesk", "auditor", "helpdesk"] {
        operations.push(portal.reader(name).await);
    }
    portal.fail_at(GROUPS, Fault::DelayMs(50));
    let all = join_all(
        operations
            .iter()
            .map(|operation| groups(&portal, operation, false)),
    );
    let (answers, lines) = portal.calls_of(all).await;
    for answer in answers {
        assert_eq!(answer.groups.len(), 6);
    }
    let loads = lines.iter().filter(|line| line.contains("max=1000")).count();
    assert_eq!(
        (loads, count(&lines, GROUPS)),
        (1, 1 + 3),
        "an admission each: {lines:?}"
    );
}

#[tokio::test]
async fn a_change_is_seen_without_asking_the_cluster_again() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    let (before, _) = list(&portal, &operation, false).await;
    let team = before
        .groups
        .iter()
        .find(|group| group.name == "helpdesk-team")
        .expect("it is listed");
    let update = GroupUpdate {
        id: team.id.clone(),
        members: vec!["alpha".to_owned()],
        roles: Vec::new(),
    };
    let admin = portal.as_admin_directly().await;
    admin.update_group(&update).await.expect("it is changed");
    let read = portal.services.group(&operation, &team.id).await;
    let read = read.expect("it is read");
    assert_eq!(read.members.as_deref(), Some(&["alpha".to_owned()][..]));
    let (after, calls) = list(&portal, &operation, false).await;
    assert_eq!(calls, 0);
    assert_eq!(after.as_of, before.as_of);
    assert!(after.groups.contains(&read), "{after:?}");
    assert!(
        before.groups.contains(team),
        "a listing that was returned stays as it is"
    );

    let deleted = admin.delete_group(&team.id, GroupMembers::Keep).await;
    deleted.expect("it is deleted");
    portal.services.apply(CacheUpdate::GroupDeleted(&team.id));
    let (after, calls) = list(&portal, &operation, false).await;
    assert_eq!((names(&after).contains(&"helpdesk-team"), calls), (false, 0));

    let update = GroupUpdate {
        id: before.groups[1].id.clone(),
        ..GroupUpdate::default()
    };
    admin.update_group(&update).await.expect("it is changed");
    portal.services.apply(CacheUpdate::Memberships);
    let (after, calls) = list(&portal, &operation, false).await;
    assert_eq!(calls, 1, "the copy was dropped");
    assert_eq!(after.groups[1].members.as_deref(), Some(&[][..]));
}

#[tokio::test]
async fn a_deleted_user_is_in_no_group_and_in_no_list() {
    for knows_users in [true, false] {
        let portal = TestServices::in_mode(TokenMode::Claims).await;
        let operation = portal.reader("admin").await;
        let id = portal.user("layla.haddad").await.id;
        let users = async || {
            let listing = portal.services.directory.users(&operation, &first_rows(50)).await;
            listing.expect("it is open").users
        };
        if knows_users {
            users().await;
        }
        let before = members(&portal, &operation, "framework").await;
        assert_eq!(before.expect("it is listed"), ["layla.haddad", "o.brien"]);
        let admin = portal.as_admin_directly().await;
        admin.delete_user(&id).await.expect("it is deleted");
        portal.services.apply(CacheUpdate::UserDeleted(&id));
        let (after, lines) = portal.calls_of(members(&portal, &operation, "framework")).await;
        assert_eq!(after.expect("it is listed"), ["o.brien"]);
        assert_eq!(count(&lines, GROUPS), usize::from(!knows_users), "{lines:?}");
        let (users, lines) = portal.calls_of(users()).await;
        assert!(!users.iter().any(|user| user.id == id));
        assert_eq!(count(&lines, USERS), usize::from(!knows_users), "{lines:?}");
    }
}

/// A load that began before a change may have read the state before it.
#[tokio::test]
async fn a_change_during_a_load_is_not_undone_by_the_load() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    let (before, _) = list(&portal, &operation, false).await;
    let read_slowly = || async {
        portal.fail_at(GROUPS, Fault::DelayMs(150));
        let loaded = groups(&portal, &operation, true).await;
        portal.simulator().set_faults(Vec::new());
        loaded
    };
    let meanwhile = |change: fn(&Services, &GroupListing)| {
        let (services, before) = (portal.services.clone(), before.clone());
        async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            change(&services, &before);
        }
    };
    let deleted = meanwhile(|services, before| {
        services.apply(CacheUpdate::GroupDeleted(&before.groups[0].id));
    });
    let (loaded, ()) = futures::join!(read_slowly(), deleted);
    assert!(!names(&loaded).contains(&"contractors"), "{loaded:?}");
    let (listing, _) = list(&portal, &operation, false).await;
    assert!(!names(&listing).contains(&"contractors"));

    let dropped = meanwhile(|services, _| services.apply(CacheUpdate::Memberships));
    futures::join!(read_slowly(), dropped);
    assert_eq!(
        list(&portal, &operation, false).await.1,
        1,
        "that load is not kept"
    );
}

#[tokio::test]
async fn roles_are_kept_for_each_session_and_for_a_minute() {
    const ROLES: &str = "/pty/v1/auth/roles";
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let (admin, auditor) = (portal.reader("admin").await, portal.reader("auditor").await);
    let calls = async |operation: &Operation, refresh| {
        let roles = portal.services.directory.roles(operation, refresh);
        let (roles, lines) = portal.calls_of(roles).await;
        let roles: Arc<Vec<Role>> = roles.expect("they are open");
        assert!(roles.iter().any(|role| role.name.as_str() == "helpdesk_operator"));
        count(&lines, ROLES)
    };
    assert_eq!([calls(&admin, false).await, calls(&admin, false).await], [1, 0]);
    assert_eq!(
        [calls(&auditor, false).await, calls(&auditor, false).await],
        [1, 0]
    );
    assert_eq!(calls(&admin, true).await, 1, "refreshed");
    portal.advance(59);
    assert_eq!(calls(&admin, false).await, 0);
    portal.advance(1);
    assert_eq!(calls(&admin, false).await, 1, "a minute later");
    calls(&auditor, false).await;
    portal.services.apply(CacheUpdate::Roles);
    assert_eq!(
        [calls(&admin, false).await, calls(&auditor, false).await],
        [1, 1],
        "a change concerns all sessions"
    );
    let again = portal.reader("admin").await;
    assert_eq!(
        calls(&again, false).await,
        1,
        "another session of the same person"
    );
}

#[tokio::test]
async fn users_are_found_by_name() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("helpdesk").await;
    let alpha = portal.user("alpha").await;
    let named = async |name: &str| -> Option<User> {
        let found = portal.services.directory.user_named(&operation, name).await;
        found.expect("it is open")
    };
    let (found, lines) = portal.calls_of(named("ALPHA")).await;
    assert_eq!(found.map(|user| user.id), Some(alpha.id));
    assert_eq!(count(&lines, USERS), 1);
    let wanted = ["o.brien", "no.such.user", "alph", "alpha"].map(ToOwned::to_owned);
    let found = portal.services.directory.users_named(&operation, &wanted);
    let (found, lines) = portal.calls_of(found).await;
    let found: Vec<_> = found
        .expect("it is open")
        .into_iter()
        .map(|user| user.map(|user| user.username))
        .collect();
    assert_eq!(
        found,
        [Some("o.brien".to_owned()), None, None, Some("alpha".to_owned())]
    );
    assert!(lines.is_empty(), "{lines:?}");

    // A user who is not in an older index may have been created since.
    let new = NewUser {
        roles: vec!["directory_viewer".into()],
        password: Some("Another-Passw0rd".into()),
        ..NewUser::new("just.created")
    };
    let admin = portal.as_admin_directly().await;
    admin.create_user(&new).await.expect("it is created");
    assert!(named("just.created").await.is_none());
    portal.advance(61);
    assert!(named("just.created").await.is_some());
}
