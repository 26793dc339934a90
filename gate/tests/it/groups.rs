//! The copy of all groups against a cluster: how often it is asked, who may read, and what changes it.

use crate::support::{SILENT, USERS, World, count, first_rows, options};
use futures::future::join_all;
use gate::{Action, Clock, GroupListing, Passage};
use protegrity::{ErrorKind, GroupMembers, GroupUpdate};
use simulator::{Fault, TokenMode};

const GROUPS: &str = "/pty/v1/auth/groups";

/// Lists, and says how often the cluster was asked for groups.
async fn list(world: &World, passage: &Passage, afresh: bool) -> (GroupListing, usize) {
    let (listing, lines) = world.calls_of(passage.groups(afresh)).await;
    (listing.expect("the list is open"), count(&lines, GROUPS))
}

fn names(listing: &GroupListing) -> Vec<&str> {
    listing.groups.iter().map(|group| group.name.as_str()).collect()
}

/// The members of a group in the copy.
async fn members(passage: &Passage, name: &str) -> Option<Vec<String>> {
    let listing = passage.groups(false).await.expect("the list is open");
    let found = listing.groups.iter().find(|group| group.name == name);
    found.and_then(|group| group.members.clone())
}

#[tokio::test]
async fn all_groups_are_there_by_name_and_the_cluster_is_asked_once() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("helpdesk").await;
    let (cold, calls) = list(&world, &passage, false).await;
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
    assert_eq!(list(&world, &passage, false).await.1, 0, "warm");
    assert_eq!(list(&world, &passage, true).await.1, 1, "afresh");
    world.advance(601);
    assert_eq!(
        list(&world, &passage, false).await.1,
        1,
        "one that is too old is not served"
    );
}

#[tokio::test]
async fn an_older_copy_is_served_at_once_and_renewed_behind() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("helpdesk").await;
    list(&world, &passage, false).await;
    world.advance(61);
    world.simulator().clear_calls();
    let listing = passage.groups(false).await.expect("it is open");
    assert!(listing.as_of < world.gate.now(), "nobody waits for the renewal");
    let renewed = async {
        while count(&world.lines(), GROUPS) < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        while passage.groups(false).await.expect("it is open").as_of < world.gate.now() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(10), renewed).await;
    in_time.expect("it is renewed");
    let lines = world.lines();
    assert_eq!(count(&lines, GROUPS), 2, "one admission and one page: {lines:?}");
}

#[tokio::test]
async fn who_may_read_users_is_asked_again_for_groups() {
    let world = World::new(TokenMode::Claims).await;
    list(&world, &world.passage("helpdesk").await, false).await;
    let auditor = world.passage("auditor").await;
    auditor.users(&first_rows(1)).await.expect("it is open");
    for expected in [1, 0] {
        assert_eq!(list(&world, &auditor, false).await.1, expected);
    }
    world.advance(60);
    assert!(list(&world, &auditor, false).await.1 >= 1, "a minute later");
}

#[tokio::test]
async fn whom_the_cluster_refuses_gets_nothing_of_a_warm_copy() {
    for mode in SILENT {
        let world = World::new(mode).await;
        let officer = world.passage("officer").await;
        for is_warm in [false, true] {
            if is_warm {
                list(&world, &world.passage("helpdesk").await, false).await;
            }
            for _ in 0..2 {
                let refused = officer.groups(false).await;
                assert!(
                    matches!(&refused, Err(gate::GateError::Cluster(error)) if error.kind() == ErrorKind::Forbidden),
                    "{mode}, warm {is_warm}: {refused:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn those_who_come_while_it_loads_wait_for_the_one_load() {
    let world = World::with(options(TokenMode::Claims, 0), |_| Clock::default()).await;
    let mut passages = Vec::new();
    for name in ["admin", "helpdesk", "auditor", "helpdesk"] {
        passages.push(world.passage(name).await);
    }
    world.fail(GROUPS, Fault::DelayMs(50));
    let all = join_all(passages.iter().map(|passage| passage.groups(false)));
    let (answers, lines) = world.calls_of(all).await;
    for answer in answers {
        assert_eq!(answer.expect("it is open").groups.len(), 6);
    }
    let loads = lines.iter().filter(|line| line.contains("max=1000")).count();
    assert_eq!(
        (loads, count(&lines, GROUPS)),
        (1, 1 + 3),
        "an admission each: {lines:?}"
    );
}

#[tokio::test]
async fn what_was_changed_is_seen_without_asking_again() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    let (before, _) = list(&world, &passage, false).await;
    let team = before
        .groups
        .iter()
        .find(|group| group.name == "helpdesk-team")
        .expect("it is there");
    let update = GroupUpdate {
        id: team.id.clone(),
        members: vec!["alpha".to_owned()],
        roles: Vec::new(),
    };
    world
        .as_admin_directly()
        .await
        .update_group(&update)
        .await
        .expect("it is changed");
    let read = passage.group(&team.id).await.expect("it is read");
    assert_eq!(read.members.as_deref(), Some(&["alpha".to_owned()][..]));
    let (after, calls) = list(&world, &passage, false).await;
    assert_eq!(calls, 0);
    assert_eq!(after.as_of, before.as_of);
    assert!(after.groups.contains(&read), "{after:?}");
    assert!(before.groups.contains(team), "what was handed out stays as it is");

    world
        .as_admin_directly()
        .await
        .delete_group(&team.id, GroupMembers::Keep)
        .await
        .expect("it is deleted");
    passage.forget_group(&team.id);
    let (after, calls) = list(&world, &passage, false).await;
    assert_eq!((names(&after).contains(&"helpdesk-team"), calls), (false, 0));

    world
        .as_admin_directly()
        .await
        .update_group(&GroupUpdate {
            id: before.groups[1].id.clone(),
            ..GroupUpdate::default()
        })
        .await
        .expect("it is changed");
    passage.forget_groups();
    let (after, calls) = list(&world, &passage, false).await;
    assert_eq!(calls, 1, "the copy was dropped");
    assert_eq!(after.groups[1].members.as_deref(), Some(&[][..]));
}

#[tokio::test]
async fn a_deleted_user_is_in_no_group_and_in_no_list() {
    for knows_users in [true, false] {
        let world = World::new(TokenMode::Claims).await;
        let passage = world.passage("admin").await;
        let id = world.user("layla.haddad").await.id;
        if knows_users {
            passage.users(&first_rows(1)).await.expect("it is open");
        }
        let before = members(&passage, "framework").await.expect("it is there");
        assert_eq!(before, ["layla.haddad", "o.brien"]);
        world
            .as_admin_directly()
            .await
            .delete_user(&id)
            .await
            .expect("it is deleted");
        passage.forget_user(&id);
        let (after, lines) = world.calls_of(members(&passage, "framework")).await;
        assert_eq!(after.expect("it is there"), ["o.brien"]);
        assert_eq!(count(&lines, GROUPS), usize::from(!knows_users), "{lines:?}");
        let (listing, lines) = world.calls_of(passage.users(&first_rows(50))).await;
        assert!(
            !listing
                .expect("it is open")
                .users
                .iter()
                .any(|user| user.id == id)
        );
        assert_eq!(count(&lines, USERS), usize::from(!knows_users), "{lines:?}");
    }
}

/// A load that began before a change may have read what was before it.
#[tokio::test]
async fn what_changes_while_it_loads_is_not_undone_by_the_load() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("admin").await;
    let (before, _) = list(&world, &passage, false).await;
    let read_slowly = || async {
        world.fail(GROUPS, Fault::DelayMs(150));
        let loaded = passage.groups(true).await;
        world.simulator().set_faults(Vec::new());
        loaded.expect("it is open")
    };
    let meanwhile = |doing: fn(&Passage, &GroupListing)| {
        let (passage, before) = (passage.clone(), before.clone());
        async move {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            doing(&passage, &before);
        }
    };
    let gone = meanwhile(|passage, before| passage.forget_group(&before.groups[0].id));
    let (loaded, ()) = futures::join!(read_slowly(), gone);
    assert!(!names(&loaded).contains(&"contractors"), "{loaded:?}");
    assert!(!names(&list(&world, &passage, false).await.0).contains(&"contractors"));

    let dropped = meanwhile(|passage, _| passage.forget_groups());
    futures::join!(read_slowly(), dropped);
    assert_eq!(list(&world, &passage, false).await.1, 1, "that load is not kept");
}

#[tokio::test]
async fn roles_are_kept_for_each_session_and_for_a_minute() {
    const ROLES: &str = "/pty/v1/auth/roles";
    let world = World::new(TokenMode::Claims).await;
    let (admin, auditor) = (world.passage("admin").await, world.passage("auditor").await);
    let asks = async |passage: &Passage, afresh| {
        let (roles, lines) = world.calls_of(passage.roles(afresh)).await;
        assert!(
            roles
                .expect("they are open")
                .iter()
                .any(|role| role.name.as_str() == "helpdesk_operator")
        );
        count(&lines, ROLES)
    };
    assert_eq!([asks(&admin, false).await, asks(&admin, false).await], [1, 0]);
    assert_eq!([asks(&auditor, false).await, asks(&auditor, false).await], [1, 0]);
    assert_eq!(asks(&admin, true).await, 1, "afresh");
    world.advance(59);
    assert_eq!(asks(&admin, false).await, 0);
    world.advance(1);
    assert_eq!(asks(&admin, false).await, 1, "a minute later");
    asks(&auditor, false).await;
    admin.forget_roles();
    assert_eq!(
        [asks(&admin, false).await, asks(&auditor, false).await],
        [1, 1],
        "a change concerns all"
    );

    let (_, visitor) = world.sign_in("admin").await;
    let again = world.open(&visitor, Action::ListUsers).expect("it is open");
    assert_eq!(asks(&again, false).await, 1, "another session of the same person");
}

#[tokio::test]
async fn users_are_found_by_name() {
    let world = World::new(TokenMode::Claims).await;
    let passage = world.passage("helpdesk").await;
    let alpha = world.user("alpha").await;
    let (found, lines) = world.calls_of(passage.user_named("ALPHA")).await;
    assert_eq!(
        found.expect("it is open").map(|user| user.id),
        Some(alpha.id.clone())
    );
    assert_eq!(count(&lines, USERS), 1);
    let wanted = ["o.brien", "nobody", "alph", "alpha"].map(ToOwned::to_owned);
    let (found, lines) = world.calls_of(passage.users_named(&wanted)).await;
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

    // Who is not in an older index may have been created since.
    world
        .as_admin_directly()
        .await
        .create_user(&protegrity::NewUser {
            roles: vec!["directory_viewer".into()],
            password: Some("Another-Passw0rd".into()),
            ..protegrity::NewUser::new("just.created")
        })
        .await
        .expect("it is created");
    assert!(
        passage
            .user_named("just.created")
            .await
            .expect("it is open")
            .is_none()
    );
    world.advance(61);
    assert!(
        passage
            .user_named("just.created")
            .await
            .expect("it is open")
            .is_some()
    );
}
