//! The access review against a cluster: how every user is read, for which session, and how a review stays true.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use gate::{Clock, GateError, Operation, OperationError};
use operations::{
    CacheUpdate,
    access::{AccessReview, AccessState, ScanProgress},
    directory::UserQuery,
};
use protegrity::{ErrorKind, GroupMembers, GroupUpdate, NewUser, UserId, UserUpdate, permissions as known};
use simulator::{Expire, Fault, FaultRule, TokenMode};

use crate::support::{
    ANY_USER, NAMED_USERS, SILENT, TestServices, USERS, count, failure, first_rows, options, reads, status,
};

async fn review(
    portal: &TestServices,
    operation: &Operation,
    refresh: bool,
) -> Result<AccessState, OperationError> {
    portal.services.access.review(operation, refresh).await
}

async fn ready(portal: &TestServices, operation: &Operation) -> Arc<AccessReview> {
    match review(portal, operation, false).await.expect("it is open") {
        AccessState::Ready(review) => review,
        waiting => panic!("still at {waiting:?}"),
    }
}

async fn scanning(portal: &TestServices, operation: &Operation) -> ScanProgress {
    match review(portal, operation, false).await.expect("it is open") {
        AccessState::Scanning(progress) => progress,
        AccessState::Listing(_) | AccessState::Ready(_) => panic!("it takes longer than a request waits"),
    }
}

/// Waits until no scan is under way, and returns the progress on the way.
async fn followed(portal: &TestServices) -> Vec<ScanProgress> {
    let mut seen = Vec::new();
    let mut changes = portal.services.access.progress();
    let over = async {
        loop {
            let Some(progress) = *changes.borrow_and_update() else {
                break;
            };
            seen.push(progress);
            changes.changed().await.expect("the scanner exists");
        }
    };
    tokio::time::timeout(Duration::from_secs(20), over)
        .await
        .expect("it ends");
    seen
}

fn holders<'a>(review: &'a AccessReview, permission: &str) -> Vec<&'a str> {
    let found = review.holders(permission).into_iter();
    found.map(|(person, _)| person.user_name.as_str()).collect()
}

fn id_of(review: &AccessReview, name: &str) -> UserId {
    let found = review.people.iter().find(|person| person.user_name == name);
    found.expect("such a person").id.clone()
}

/// Whether the review has this account as open; `None` where it does not have it.
fn enabled(review: &AccessReview, id: &UserId) -> Option<bool> {
    let person = review.people.iter().find(|person| person.id == *id);
    person.map(|person| person.enabled)
}

#[tokio::test]
async fn a_small_cluster_is_reviewed_at_once_and_read_once() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("auditor").await;
    let (first, lines) = portal.calls_of(ready(&portal, &operation)).await;
    assert_eq!((first.people.len(), first.unread), (NAMED_USERS, 0));
    assert_eq!(
        (reads(&lines), lines.len()),
        (NAMED_USERS, NAMED_USERS + 3),
        "users, roles and groups too: {lines:?}"
    );
    let names: Vec<_> = first
        .people
        .iter()
        .map(|person| person.user_name.as_str())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!(
        holders(&first, known::USER_MANAGER_ADMIN),
        ["admin", "c.okafor", "helpdesk"]
    );
    let via_group = &first.holders(known::USER_MANAGER_ADMIN)[1];
    assert!(!via_group.0.enabled);
    assert_eq!(via_group.1[0].via.as_deref(), Some("helpdesk-team"));
    let with_role = first.with_role("helpdesk_operator");
    let paths: Vec<_> = with_role
        .iter()
        .map(|(person, via)| (person.user_name.as_str(), via.as_deref()))
        .collect();
    assert_eq!(paths, [("c.okafor", Some("helpdesk-team")), ("helpdesk", None)]);

    let (_, lines) = portal.calls_of(ready(&portal, &operation)).await;
    assert!(lines.is_empty(), "{lines:?}");
    let (refreshed, lines) = portal.calls_of(review(&portal, &operation, true)).await;
    assert!(matches!(refreshed, Ok(AccessState::Ready(_))));
    assert_eq!(reads(&lines), NAMED_USERS);
}

#[tokio::test]
async fn all_sessions_share_one_scan() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let mut operations = Vec::new();
    for name in ["admin", "helpdesk", "auditor", "helpdesk"] {
        operations.push(portal.reader(name).await);
    }
    portal.fail_at(ANY_USER, Fault::DelayMs(20));
    let all = join_all(operations.iter().map(|operation| ready(&portal, operation)));
    let (answers, lines) = portal.calls_of(all).await;
    assert!(answers.iter().all(|review| review.people.len() == NAMED_USERS));
    assert_eq!(reads(&lines), NAMED_USERS, "{lines:?}");
}

#[tokio::test]
async fn a_long_scan_can_be_followed() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("helpdesk").await;
    portal.fail_at(ANY_USER, Fault::DelayMs(600));
    portal.simulator().clear_calls();
    let progress = scanning(&portal, &operation).await;
    assert_eq!(progress.total, NAMED_USERS);
    assert!(progress.done >= 4 && progress.done < NAMED_USERS, "{progress:?}");
    let seen = followed(&portal).await;
    assert!(seen.iter().is_sorted_by_key(|progress| progress.done), "{seen:?}");
    assert!(!seen.is_empty());
    let lines = portal.lines();
    let (review, more) = portal.calls_of(ready(&portal, &operation)).await;
    assert_eq!(review.people.len(), NAMED_USERS);
    assert_eq!((reads(&lines), more.len()), (NAMED_USERS, 0));
}

#[tokio::test]
async fn users_who_cannot_be_read_are_counted() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("helpdesk").await;
    let (alpha, layla) = (
        portal.user("alpha").await.id,
        portal.user("layla.haddad").await.id,
    );
    let fails = |id: &UserId, code| FaultRule::always(format!("{USERS}/{id}"), status(code));
    portal
        .simulator()
        .set_faults(vec![fails(&alpha, 500), fails(&layla, 404)]);
    let review = ready(&portal, &operation).await;
    assert_eq!(review.people.len(), NAMED_USERS - 2);
    assert_eq!(
        review.unread, 1,
        "a user who was deleted meanwhile is not counted"
    );
}

#[tokio::test]
async fn a_scan_of_a_cluster_that_only_fails_is_given_up_and_reported_once() {
    let portal = TestServices::with(options(TokenMode::Claims, 100), Clock::from).await;
    let (helpdesk, auditor) = (portal.reader("helpdesk").await, portal.reader("auditor").await);
    portal.fail_at(ANY_USER, Fault::Html);
    let (refused, lines) = portal.calls_of(review(&portal, &helpdesk, false)).await;
    assert_eq!(failure(&refused), Some(ErrorKind::Upstream), "{refused:?}");
    assert!(reads(&lines) < 30, "{lines:?}");
    portal.simulator().set_faults(Vec::new());
    assert_eq!(
        ready(&portal, &auditor).await.people.len(),
        NAMED_USERS + 100,
        "another session scans for itself"
    );
    assert_eq!(ready(&portal, &helpdesk).await.people.len(), NAMED_USERS + 100);
}

#[tokio::test]
async fn the_end_of_the_scanning_session_is_reported_to_it_and_to_no_other() {
    for others_ask in [false, true] {
        let portal = TestServices::in_mode(TokenMode::Claims).await;
        let (helpdesk, auditor) = (portal.reader("helpdesk").await, portal.reader("auditor").await);
        // They are admitted before, so that their next request needs no call.
        for operation in [&helpdesk, &auditor] {
            let directory = &portal.services.directory;
            directory
                .users(operation, &first_rows(1))
                .await
                .expect("it is open");
            directory.groups(operation, false).await.expect("it is open");
            directory.roles(operation, false).await.expect("it is open");
        }
        portal.fail_at(ANY_USER, Fault::DelayMs(600));
        scanning(&portal, &helpdesk).await;
        portal.simulator().expire(Expire::All);
        followed(&portal).await;
        if others_ask {
            let again = portal.reader("auditor").await;
            portal.simulator().set_faults(Vec::new());
            assert_eq!(ready(&portal, &again).await.people.len(), NAMED_USERS);
            assert_eq!(
                ready(&portal, &helpdesk).await.people.len(),
                NAMED_USERS,
                "a result that exists is served"
            );
        } else {
            let (refused, lines) = portal.calls_of(review(&portal, &helpdesk, false)).await;
            let refused = refused.map_err(|error| error.error);
            assert!(matches!(refused, Err(GateError::SignInAgain)), "{refused:?}");
            assert!(lines.is_empty(), "{lines:?}");
        }
    }
}

#[tokio::test]
async fn a_session_that_the_cluster_refuses_gets_nothing_of_a_review() {
    for mode in SILENT {
        let portal = TestServices::in_mode(mode).await;
        let officer = portal.reader("officer").await;
        for is_warm in [false, true] {
            if is_warm {
                ready(&portal, &portal.reader("helpdesk").await).await;
            }
            let refused = review(&portal, &officer, false).await;
            assert_eq!(
                failure(&refused),
                Some(ErrorKind::Forbidden),
                "{mode}, warm {is_warm}: {refused:?}"
            );
        }
    }
}

/// A session may read users without roles or groups.
#[tokio::test]
async fn a_review_goes_without_what_may_not_be_read() {
    for (path, visible) in [("roles", (false, true)), ("groups", (true, false))] {
        let portal = TestServices::in_mode(TokenMode::Claims).await;
        let operation = portal.reader("auditor").await;
        let path = format!("/pty/v1/auth/{path}");
        portal.fail_at(&path, status(403));
        for _ in 0..2 {
            let review = ready(&portal, &operation).await;
            assert_eq!((review.roles_visible, review.groups_visible), visible, "{path}");
            assert_eq!(
                (review.roles.is_empty(), review.groups.is_empty()),
                (!visible.0, !visible.1)
            );
            assert_eq!(review.people.len(), NAMED_USERS);
        }
        let scanned = portal.services.access.review_if_scanned(&operation).await;
        let scanned = scanned.expect("it is open");
        assert!(scanned.is_some_and(|review| !review.roles_visible || !review.groups_visible));
        portal.fail_at(&path, status(500));
        let failed = review(&portal, &operation, false).await;
        assert!(failure(&failed).is_some(), "{path}: {failed:?}");
        portal.simulator().set_faults(Vec::new());
        // Such a failure is kept for seconds.
        portal.advance(4);
        let review = ready(&portal, &operation).await;
        assert!(review.roles_visible && review.groups_visible);
    }
}

#[tokio::test]
async fn a_lock_in_a_job_is_seen_in_the_list_and_in_the_review() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    let alpha = id_of(&*ready(&portal, &operation).await, "alpha");
    let lock = |id: &UserId, is_open| portal.services.apply(CacheUpdate::Enabled(id, is_open));
    for is_open in [false, true] {
        lock(&alpha, is_open);
        lock(&"no-such-user".into(), is_open);
        let row = portal.services.directory.user_named(&operation, "alpha").await;
        let row = row.expect("it is open");
        assert_eq!(row.and_then(|row| row.enabled), Some(is_open));
        let review = ready(&portal, &operation).await;
        assert_eq!(enabled(&review, &alpha), Some(is_open));
        assert_eq!(review.people.len(), NAMED_USERS);
    }

    portal.fail_at(ANY_USER, Fault::DelayMs(50));
    let (review, ()) = futures::join!(review(&portal, &operation, true), async {
        let mut changes = portal.services.access.progress();
        let begun = changes.wait_for(Option::is_some).await;
        drop(begun.expect("the scanner exists"));
        lock(&alpha, false);
    });
    let AccessState::Ready(review) = review.expect("it is open") else {
        panic!("it is a small cluster");
    };
    assert_eq!(enabled(&review, &alpha), Some(false), "locked during the scan");
}

#[tokio::test]
async fn a_group_deleted_with_its_members_takes_them_out_of_every_cache() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    let before = ready(&portal, &operation).await;
    let team = before.groups.iter().find(|group| group.name == "helpdesk-team");
    let team = team.expect("it is listed");
    let members = team.members.clone().expect("they are reported");
    assert!(!members.is_empty());
    portal
        .services
        .apply(CacheUpdate::GroupAndMembersDeleted(&team.id, &members));
    let review = ready(&portal, &operation).await;
    assert_eq!(review.people.len(), NAMED_USERS - members.len());
    assert!(!review.groups.iter().any(|group| group.id == team.id));
    for name in &members {
        assert!(!review.people.iter().any(|person| person.user_name == *name));
        let mut elsewhere = review.groups.iter().filter_map(|group| group.members.as_ref());
        assert!(!elsewhere.any(|members| members.contains(name)), "{name}");
    }
    let listing = portal.services.directory.users(&operation, &first_rows(50)).await;
    assert_eq!(listing.expect("it is open").total, NAMED_USERS - members.len());
}

#[tokio::test]
async fn a_review_is_served_for_ten_minutes_to_sessions_that_the_cluster_admits() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    let as_of = ready(&portal, &operation).await.as_of;
    portal.advance(240);
    let operation = portal.reader("admin").await;
    let (review, lines) = portal.calls_of(ready(&portal, &operation)).await;
    assert_eq!((review.as_of, reads(&lines)), (as_of, 0));
    assert!(count(&lines, USERS) >= 1, "an admission: {lines:?}");
    portal.advance(361);
    portal.gate.sweep().await.expect("memory");
    portal.services.sweep().await;
    let operation = portal.reader("admin").await;
    let (review, lines) = portal.calls_of(ready(&portal, &operation)).await;
    assert_eq!(reads(&lines), NAMED_USERS);
    assert!(review.as_of > as_of);
}

#[tokio::test]
async fn a_change_is_reviewed_without_another_scan() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    let admin = portal.as_admin_directly().await;
    let before = ready(&portal, &operation).await;
    let alpha = id_of(&before, "alpha");
    let now = async || {
        let (review, lines) = portal.calls_of(ready(&portal, &operation)).await;
        assert_eq!(reads(&lines), 0, "{lines:?}");
        review
    };

    let mut update = UserUpdate::new(alpha.clone());
    update.roles = Some(vec!["security_administrator".into()]);
    admin.update_user(&update).await.expect("it is changed");
    let read = portal.services.user(&operation, &alpha).await;
    read.expect("it is read");
    assert!(holders(&*now().await, known::USER_MANAGER_ADMIN).contains(&"alpha"));
    assert!(
        !holders(&before, known::USER_MANAGER_ADMIN).contains(&"alpha"),
        "a review that was returned stays as it is"
    );

    admin.delete_user(&alpha).await.expect("it is deleted");
    portal.services.apply(CacheUpdate::UserDeleted(&alpha));
    assert_eq!(enabled(&*now().await, &alpha), None);

    let team = before
        .groups
        .iter()
        .find(|group| group.name == "helpdesk-team")
        .expect("it is listed");
    let update = GroupUpdate {
        id: team.id.clone(),
        members: vec!["o.brien".to_owned()],
        roles: team.roles.clone().expect("they are reported"),
    };
    admin.update_group(&update).await.expect("it is changed");
    let read = portal.services.group(&operation, &team.id).await;
    read.expect("it is read");
    assert_eq!(
        holders(&*now().await, known::USER_MANAGER_ADMIN),
        ["admin", "helpdesk", "o.brien"]
    );

    let deleted = admin.delete_group(&team.id, GroupMembers::Keep).await;
    deleted.expect("it is deleted");
    portal.services.apply(CacheUpdate::GroupDeleted(&team.id));
    let review = now().await;
    assert_eq!(holders(&review, known::USER_MANAGER_ADMIN), ["admin", "helpdesk"]);
    assert!(
        !review
            .people
            .iter()
            .any(|person| person.groups.contains(&team.name))
    );
}

/// A scan that began before a change may have read the state before it.
#[tokio::test]
async fn a_change_during_a_scan_is_not_undone_by_the_scan() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("admin").await;
    let alpha = portal.user("alpha").await.id;
    let alpha = portal.as_admin_directly().await.user(&alpha).await;
    let mut alpha = alpha.expect("an item");
    let layla = portal.user("layla.haddad").await.id;
    portal.fail_at(ANY_USER, Fault::DelayMs(50));
    let (review, ()) = futures::join!(ready(&portal, &operation), async {
        tokio::time::sleep(Duration::from_millis(120)).await;
        alpha.roles = Some(vec!["security_administrator".into()]);
        portal.services.apply(CacheUpdate::User(&alpha));
        portal.services.apply(CacheUpdate::UserDeleted(&layla));
    });
    assert!(holders(&review, known::USER_MANAGER_ADMIN).contains(&"alpha"));
    assert_eq!(enabled(&review, &layla), None);
}

/// The cluster's users change past the portal: the list and the review still count the same.
#[tokio::test]
async fn the_review_counts_the_same_users_as_the_list() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("auditor").await;
    let review = ready(&portal, &operation).await;
    assert_eq!(review.people.len(), NAMED_USERS);

    let admin = portal.as_admin_directly().await;
    let alpha = id_of(&review, "alpha");
    admin.delete_user(&alpha).await.expect("a user fewer");
    for name in ["new.one", "new.two"] {
        let user = NewUser {
            username: name.to_owned(),
            roles: vec!["directory_viewer".into()],
            enabled: true,
            ..NewUser::default()
        };
        admin.create_user(&user).await.expect("a user more");
    }
    let query = UserQuery {
        refresh: true,
        ..first_rows(1)
    };
    let listed = portal.services.directory.users(&operation, &query).await;
    let listed = listed.expect("the list is open").total;
    let review = ready(&portal, &operation).await;
    assert_eq!((review.people.len(), review.unread), (listed, 0));
    assert_eq!(enabled(&review, &alpha), None);
    let (_, lines) = portal.calls_of(ready(&portal, &operation)).await;
    assert!(lines.is_empty(), "they are read once: {lines:?}");
}

#[tokio::test]
async fn a_user_who_cannot_be_read_is_counted_as_missing() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.reader("auditor").await;
    let alpha = portal.user("alpha").await.id;
    portal.fail_at(&format!("{USERS}/{alpha}"), status(500));
    for _ in 0..2 {
        let review = ready(&portal, &operation).await;
        assert_eq!((review.people.len(), review.unread), (NAMED_USERS - 1, 1));
    }
}
