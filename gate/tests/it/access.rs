//! Who can do what against a cluster: how everybody is read, for whom, and what keeps it true.

use std::{sync::Arc, time::Duration};

use crate::support::{self, SILENT, USERS, World, count, options};
use futures::future::join_all;
use gate::{AccessReview, AccessState, GateError, Passage, ScanProgress};
use protegrity::{ErrorKind, GroupMembers, GroupUpdate, UserId, UserUpdate, permissions as known};
use simulator::{Expire, Fault, FaultRule, TokenMode};

/// The path of one user, whoever it is.
const ANYBODY: &str = "/pty/v1/auth/users/*";

/// The demo accounts and the users made by hand.
const OTHERS: usize = 13;

/// How many users were read one by one.
fn items(lines: &[String]) -> usize {
    let to = |line: &&String| line.starts_with("GET /pty/v1/auth/users/");
    lines.iter().filter(to).count()
}

async fn ready(passage: &Passage) -> Arc<AccessReview> {
    match passage.access(false).await.expect("it is open") {
        AccessState::Ready(review) => review,
        AccessState::Reading(progress) => panic!("still at {progress:?}"),
    }
}

fn reading(state: Result<AccessState, GateError>) -> ScanProgress {
    match state.expect("it is open") {
        AccessState::Reading(progress) => progress,
        AccessState::Ready(_) => panic!("it takes longer than anybody waits"),
    }
}

/// Waits until nobody is being read, and says what was seen on the way.
async fn followed(passage: &Passage) -> Vec<ScanProgress> {
    let mut seen = Vec::new();
    let mut changes = passage.access_changes();
    let over = async {
        loop {
            let Some(progress) = *changes.borrow_and_update() else {
                break;
            };
            seen.push(progress);
            changes.changed().await.expect("the gate is there");
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
    found.expect("there is such a person").id.clone()
}

#[tokio::test]
async fn a_small_cluster_is_reviewed_at_once_and_read_once() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("auditor").await;
    let (review, lines) = world.calls_of(ready(&passage)).await;
    assert_eq!((review.people.len(), review.unread), (OTHERS, 0));
    assert_eq!(
        (items(&lines), lines.len()),
        (OTHERS, OTHERS + 3),
        "users, roles and groups too: {lines:?}"
    );
    let names: Vec<_> = review
        .people
        .iter()
        .map(|person| person.user_name.as_str())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!(
        holders(&review, known::USER_MANAGER_ADMIN),
        ["admin", "c.okafor", "helpdesk"]
    );
    let via_group = &review.holders(known::USER_MANAGER_ADMIN)[1];
    assert!(!via_group.0.enabled);
    assert_eq!(via_group.1[0].via.as_deref(), Some("helpdesk-team"));
    let with_role = review.with_role("helpdesk_operator");
    let ways: Vec<_> = with_role
        .iter()
        .map(|(person, via)| (person.user_name.as_str(), via.as_deref()))
        .collect();
    assert_eq!(ways, [("c.okafor", Some("helpdesk-team")), ("helpdesk", None)]);

    let (_, lines) = world.calls_of(ready(&passage)).await;
    assert!(lines.is_empty(), "{lines:?}");
    let (afresh, lines) = world.calls_of(passage.access(true)).await;
    assert!(matches!(afresh, Ok(AccessState::Ready(_))));
    assert_eq!(items(&lines), OTHERS);
}

#[tokio::test]
async fn all_who_ask_share_one_reading() {
    let world = World::new(TokenMode::Claims).await;
    let mut passages = Vec::new();
    for name in ["admin", "helpdesk", "auditor", "helpdesk"] {
        passages.push(world.passage(name).await);
    }
    world.fail(ANYBODY, Fault::DelayMs(20));
    let (answers, lines) = world.calls_of(join_all(passages.iter().map(ready))).await;
    assert!(answers.iter().all(|review| review.people.len() == OTHERS));
    assert_eq!(items(&lines), OTHERS, "{lines:?}");
}

#[tokio::test]
async fn whoever_waits_for_a_long_reading_can_follow_it() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("helpdesk").await;
    world.fail(ANYBODY, Fault::DelayMs(600));
    world.simulator().clear_calls();
    let progress = reading(passage.access(false).await);
    assert_eq!(progress.total, OTHERS);
    assert!(progress.done >= 4 && progress.done < OTHERS, "{progress:?}");
    let seen = followed(&passage).await;
    assert!(seen.iter().is_sorted_by_key(|progress| progress.done), "{seen:?}");
    assert!(!seen.is_empty());
    let lines = world.lines();
    let (review, more) = world.calls_of(ready(&passage)).await;
    assert_eq!(review.people.len(), OTHERS);
    assert_eq!((items(&lines), more.len()), (OTHERS, 0));
}

#[tokio::test]
async fn users_who_cannot_be_read_are_counted() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("helpdesk").await;
    let (alpha, layla) = (world.user("alpha").await.id, world.user("layla.haddad").await.id);
    let status = |id: &UserId, status| {
        let body = String::new();
        FaultRule::always(format!("{USERS}/{id}"), Fault::Status { status, body })
    };
    world
        .simulator()
        .set_faults(vec![status(&alpha, 500), status(&layla, 404)]);
    let review = ready(&passage).await;
    assert_eq!(review.people.len(), OTHERS - 2);
    assert_eq!(
        review.unread, 1,
        "one who was deleted meanwhile is nobody any more"
    );
}

#[tokio::test]
async fn a_cluster_that_only_fails_is_given_up_and_that_is_told_once() {
    let world = World::with(options(TokenMode::Claims, 100), gate::Clock::from).await;
    let (helpdesk, auditor) = (world.passage("helpdesk").await, world.passage("auditor").await);
    world.fail(ANYBODY, Fault::Html);
    let (refused, lines) = world.calls_of(helpdesk.access(false)).await;
    assert!(
        matches!(&refused, Err(GateError::Cluster(error)) if error.kind() == ErrorKind::Upstream),
        "{refused:?}"
    );
    assert!(items(&lines) < 30, "{lines:?}");
    world.simulator().set_faults(Vec::new());
    assert_eq!(
        ready(&auditor).await.people.len(),
        OTHERS + 100,
        "another session reads for itself"
    );
    assert_eq!(ready(&helpdesk).await.people.len(), OTHERS + 100);
}

#[tokio::test]
async fn the_end_of_the_reading_session_is_told_to_it_and_to_nobody_else() {
    for others_ask in [false, true] {
        let world = World::new(TokenMode::Claims).await;
        let (helpdesk, auditor) = (world.passage("helpdesk").await, world.passage("auditor").await);
        // They are let in before, so that their next look at it needs no call.
        for passage in [&helpdesk, &auditor] {
            passage.users(&support::first_rows(1)).await.expect("it is open");
            passage.groups(false).await.expect("it is open");
            passage.roles(false).await.expect("it is open");
        }
        world.fail(ANYBODY, Fault::DelayMs(600));
        reading(helpdesk.access(false).await);
        world.simulator().expire(Expire::All);
        followed(&helpdesk).await;
        if others_ask {
            let again = world.passage("auditor").await;
            world.simulator().set_faults(Vec::new());
            assert_eq!(ready(&again).await.people.len(), OTHERS);
            assert_eq!(
                ready(&helpdesk).await.people.len(),
                OTHERS,
                "what is there is served"
            );
        } else {
            let (refused, lines) = world.calls_of(helpdesk.access(false)).await;
            assert!(matches!(refused, Err(GateError::SignInAgain)), "{refused:?}");
            assert!(lines.is_empty(), "{lines:?}");
        }
    }
}

#[tokio::test]
async fn whom_the_cluster_refuses_gets_nothing_of_a_review() {
    for mode in SILENT {
        let world = World::new(mode).await;
        let officer = world.passage("officer").await;
        for is_warm in [false, true] {
            if is_warm {
                ready(&world.passage("helpdesk").await).await;
            }
            let refused = officer.access(false).await;
            assert!(
                matches!(&refused, Err(GateError::Cluster(error)) if error.kind() == ErrorKind::Forbidden),
                "{mode}, warm {is_warm}: {refused:?}"
            );
        }
    }
}

/// One may read users without roles or groups.
#[tokio::test]
async fn a_review_goes_without_what_may_not_be_read() {
    for (path, told) in [("roles", (false, true)), ("groups", (true, false))] {
        let world = World::new(TokenMode::Claims).await;
        let passage = world.passage("auditor").await;
        let status = |status| Fault::Status {
            status,
            body: String::new(),
        };
        let path = format!("/pty/v1/auth/{path}");
        world.fail(&path, status(403));
        for _ in 0..2 {
            let review = ready(&passage).await;
            assert_eq!((review.roles_told, review.groups_told), told, "{path}");
            assert_eq!(
                (review.roles.is_empty(), review.groups.is_empty()),
                (!told.0, !told.1)
            );
            assert_eq!(review.people.len(), OTHERS);
        }
        let kept = passage.access_if_read().await.expect("it is open");
        assert!(kept.is_some_and(|review| !review.roles_told || !review.groups_told));
        world.fail(&path, status(500));
        let failed = passage.access(false).await;
        assert!(matches!(failed, Err(GateError::Cluster(_))), "{path}: {failed:?}");
        world.simulator().set_faults(Vec::new());
        let review = ready(&passage).await;
        assert!(review.roles_told && review.groups_told);
    }
}

#[tokio::test]
async fn a_lock_in_a_batch_is_seen_in_the_list_and_in_the_review() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    let alpha = id_of(&*ready(&passage).await, "alpha");
    for enabled in [false, true] {
        passage.note_enabled(&alpha, enabled);
        passage.note_enabled(&"nobody".into(), enabled);
        let row = passage.user_named("alpha").await.expect("it is open");
        assert_eq!(row.and_then(|row| row.enabled), Some(enabled));
        let review = ready(&passage).await;
        let person = review.people.iter().find(|person| person.id == alpha);
        assert_eq!(person.map(|person| person.enabled), Some(enabled));
        assert_eq!(review.people.len(), OTHERS);
    }

    world.fail(ANYBODY, Fault::DelayMs(50));
    let (review, ()) = futures::join!(passage.access(true), async {
        let mut changes = passage.access_changes();
        let begun = changes.wait_for(Option::is_some).await;
        drop(begun.expect("the gate is there"));
        passage.note_enabled(&alpha, false);
    });
    let AccessState::Ready(review) = review.expect("it is open") else {
        panic!("it is a small cluster");
    };
    let person = review.people.iter().find(|person| person.id == alpha);
    assert_eq!(
        person.map(|person| person.enabled),
        Some(false),
        "noted while everybody is read"
    );
}

#[tokio::test]
async fn a_group_takes_its_members_out_of_everything_kept() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    let before = ready(&passage).await;
    let team = before.groups.iter().find(|group| group.name == "helpdesk-team");
    let team = team.expect("it is there");
    let members = team.members.clone().expect("they are told");
    assert!(!members.is_empty());
    passage.forget_group_and_members(&team.id, &members);
    let review = ready(&passage).await;
    assert_eq!(review.people.len(), OTHERS - members.len());
    assert!(!review.groups.iter().any(|group| group.id == team.id));
    for name in &members {
        assert!(!review.people.iter().any(|person| person.user_name == *name));
        let mut elsewhere = review.groups.iter().filter_map(|group| group.members.as_ref());
        assert!(!elsewhere.any(|members| members.contains(name)), "{name}");
    }
    let listing = passage.users(&support::first_rows(50)).await.expect("it is open");
    assert_eq!(listing.total, OTHERS - members.len());
}

#[tokio::test]
async fn a_review_is_served_for_ten_minutes_to_whom_the_cluster_lets_in() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    let as_of = ready(&passage).await.as_of;
    world.advance(240);
    let passage = world.passage("admin").await;
    let (review, lines) = world.calls_of(ready(&passage)).await;
    assert_eq!((review.as_of, items(&lines)), (as_of, 0));
    assert!(count(&lines, USERS) >= 1, "an admission: {lines:?}");
    world.advance(361);
    world.gate.sweep().await.expect("memory");
    let passage = world.passage("admin").await;
    let (review, lines) = world.calls_of(ready(&passage)).await;
    assert_eq!(items(&lines), OTHERS);
    assert!(review.as_of > as_of);
}

#[tokio::test]
async fn what_was_changed_is_reviewed_without_reading_everybody_again() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    let before = ready(&passage).await;
    let alpha = id_of(&before, "alpha");

    let mut update = UserUpdate::new(alpha.clone());
    update.roles = Some(vec!["security_administrator".into()]);
    world
        .as_admin_directly()
        .await
        .update_user(&update)
        .await
        .expect("it is changed");
    passage.user(&alpha).await.expect("it is read");
    let now = async || {
        let (review, lines) = world.calls_of(ready(&passage)).await;
        assert_eq!(items(&lines), 0, "{lines:?}");
        review
    };
    assert!(holders(&*now().await, known::USER_MANAGER_ADMIN).contains(&"alpha"));
    assert!(
        !holders(&before, known::USER_MANAGER_ADMIN).contains(&"alpha"),
        "what was handed out stays"
    );

    world
        .as_admin_directly()
        .await
        .delete_user(&alpha)
        .await
        .expect("it is deleted");
    passage.forget_user(&alpha);
    assert!(!now().await.people.iter().any(|person| person.id == alpha));

    let team = before
        .groups
        .iter()
        .find(|group| group.name == "helpdesk-team")
        .expect("it is there");
    let update = GroupUpdate {
        id: team.id.clone(),
        members: vec!["o.brien".to_owned()],
        roles: team.roles.clone().expect("they are told"),
    };
    world
        .as_admin_directly()
        .await
        .update_group(&update)
        .await
        .expect("it is changed");
    passage.group(&team.id).await.expect("it is read");
    assert_eq!(
        holders(&*now().await, known::USER_MANAGER_ADMIN),
        ["admin", "helpdesk", "o.brien"]
    );

    world
        .as_admin_directly()
        .await
        .delete_group(&team.id, GroupMembers::Keep)
        .await
        .expect("it is deleted");
    passage.forget_group(&team.id);
    let review = now().await;
    assert_eq!(holders(&review, known::USER_MANAGER_ADMIN), ["admin", "helpdesk"]);
    assert!(
        !review
            .people
            .iter()
            .any(|person| person.groups.contains(&team.name))
    );
}

/// A reading that began before a change may have read what was before it.
#[tokio::test]
async fn what_changes_while_everybody_is_read_is_not_undone_by_the_reading() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    let mut alpha = world
        .as_admin_directly()
        .await
        .user(&world.user("alpha").await.id)
        .await
        .expect("an item");
    let layla = world.user("layla.haddad").await.id;
    world.fail(ANYBODY, Fault::DelayMs(50));
    let (review, ()) = futures::join!(ready(&passage), async {
        tokio::time::sleep(Duration::from_millis(120)).await;
        alpha.roles = Some(vec!["security_administrator".into()]);
        passage.note_user(&alpha);
        passage.forget_user(&layla);
    });
    assert!(holders(&review, known::USER_MANAGER_ADMIN).contains(&"alpha"));
    assert!(!review.people.iter().any(|person| person.id == layla));
}
