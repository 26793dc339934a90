//! The directory index against a cluster: how often it is asked, and who may read.

use crate::support::{SILENT, USERS, World, count, first_rows, one_user, options};
use futures::future::join_all;
use gate::{Action, Clock, GateError, Passage, UserQuery};
use protegrity::ErrorKind;
use simulator::TokenMode;

/// The demo accounts and the users made by hand.
const OTHERS: usize = 13;

/// Lists, and says how many users there are and how often they were asked for.
async fn list(world: &World, passage: &Passage, query: &UserQuery) -> (usize, usize) {
    let (listing, lines) = world.calls_of(passage.users(query)).await;
    let listing = listing.expect("the list is open");
    (listing.total, count(&lines, USERS))
}

#[tokio::test]
async fn cold_takes_a_call_a_page_and_warm_takes_none() {
    for (made_up, pages) in [(0, 1), (1000, 2), (2500, 3)] {
        let world = World::with(options(TokenMode::Claims, made_up), Clock::from).await;
        let passage = world.passage("helpdesk").await;
        let total = made_up as usize + OTHERS;
        let cold = list(&world, &passage, &first_rows(25)).await;
        assert_eq!(cold, (total, pages), "cold");
        let search = UserQuery {
            text: "alpha".to_owned(),
            ..first_rows(25)
        };
        for query in [&first_rows(25), &search] {
            assert_eq!(list(&world, &passage, query).await, (total, 0), "warm");
        }
        let afresh = UserQuery {
            afresh: true,
            ..first_rows(25)
        };
        assert_eq!(list(&world, &passage, &afresh).await, (total, pages), "afresh");
    }
}

#[tokio::test]
async fn whoever_passes_is_told_from_everybody_else() {
    for mode in TokenMode::ALL {
        let world = World::new(mode).await;
        let passage = world.passage("admin").await;
        let listing = passage.users(&first_rows(50)).await.expect("it is open");
        let own = listing.users.iter().filter(|user| passage.is_self(user));
        let own: Vec<_> = own.map(|user| user.username.as_str()).collect();
        assert_eq!(own, ["admin"], "{mode}");
    }
}

#[tokio::test]
async fn an_older_index_is_served_at_once_and_renewed_behind() {
    let world = World::with(options(TokenMode::Claims, 1500), Clock::from).await;
    let passage = world.passage("helpdesk").await;
    list(&world, &passage, &first_rows(1)).await;
    world.advance(61);
    world.simulator().clear_calls();
    let listing = passage.users(&first_rows(1)).await.expect("it is open");
    let age = world.gate.now().duration_since(listing.as_of).as_secs();
    assert_eq!(age, 61, "nobody waits for the renewal");
    let renewed = async {
        // A second look before the renewal has begun would begin another.
        while count(&world.lines(), USERS) < 3 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        while passage.users(&first_rows(1)).await.expect("it is open").as_of < world.gate.now() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(10), renewed).await;
    in_time.expect("it is renewed");
    let lines = world.lines();
    assert_eq!(count(&lines, USERS), 3, "one admission and two pages: {lines:?}");

    world.advance(601);
    let (_, calls) = list(&world, &passage, &first_rows(1)).await;
    assert_eq!(calls, 2, "one that is too old is not served");
}

#[tokio::test]
async fn another_session_is_asked_for_admission() {
    let world = World::with(options(TokenMode::Claims, 1500), Clock::from).await;
    let first = world.passage("helpdesk").await;
    list(&world, &first, &first_rows(1)).await;
    let second = world.passage("auditor").await;
    for expected in [1, 0] {
        let (_, calls) = list(&world, &second, &first_rows(1)).await;
        assert_eq!(calls, expected);
    }
}

/// The lock of the load is told from the one before by its time, so this takes a clock that moves.
#[tokio::test]
async fn those_who_come_while_it_loads_wait_for_the_one_load() {
    let world = World::with(options(TokenMode::Claims, 2500), |_| Clock::default()).await;
    let mut passages = Vec::new();
    for name in ["admin", "helpdesk", "auditor", "helpdesk"] {
        passages.push(world.passage(name).await);
    }
    let query = first_rows(1);
    let all = join_all(passages.iter().map(|passage| passage.users(&query)));
    let (answers, lines) = world.calls_of(all).await;
    for answer in answers {
        assert_eq!(answer.expect("it is open").total, 2500 + OTHERS);
    }
    let pages = lines.iter().filter(|line| line.contains("max=1000")).count();
    assert_eq!(pages, 3, "{lines:?}");
    assert_eq!(count(&lines, USERS), 3 + 3, "an admission each: {lines:?}");
}

#[tokio::test]
async fn whom_the_cluster_refuses_gets_nothing_of_a_warm_index() {
    for mode in SILENT {
        let world = World::new(mode).await;
        let officer = world.passage("officer").await;
        for is_warm in [false, true] {
            if is_warm {
                let helpdesk = world.passage("helpdesk").await;
                list(&world, &helpdesk, &first_rows(1)).await;
            }
            for _ in 0..2 {
                let refused = officer.users(&first_rows(1)).await;
                assert!(
                    matches!(&refused, Err(GateError::Cluster(error)) if error.kind() == ErrorKind::Forbidden),
                    "{mode}, warm {is_warm}: {refused:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn admission_counts_for_the_session_and_not_for_the_person() {
    let world = World::new(TokenMode::Claims).await;
    let (session, visitor) = world.sign_in("helpdesk").await;
    let before = world.open(&visitor, Action::ListUsers).expect("it is open");
    list(&world, &before, &first_rows(1)).await;
    let visitor = world.sign_in_to(&session, "helpdesk").await;
    let after = world.open(&visitor, Action::ListUsers).expect("it is open");
    assert_eq!(list(&world, &after, &first_rows(1)).await.1, 1);
    assert!(matches!(one_user(&before).await, Err(GateError::NotSignedIn)));
}

#[tokio::test]
async fn what_was_changed_is_seen_without_asking_again() {
    let world = World::new(TokenMode::Claims).await;
    let id = world.user("alpha").await.id;
    let passage = world.passage("helpdesk").await;
    let alpha = UserQuery {
        text: "alpha".to_owned(),
        enabled: Some(false),
        ..first_rows(1)
    };
    let locked = passage.users(&alpha).await.expect("it is open");
    assert_eq!(locked.matching, 0);
    world
        .as_admin_directly()
        .await
        .lock_user(&id)
        .await
        .expect("it is locked");
    passage.user(&id).await.expect("it is read");
    let (locked, lines) = world.calls_of(passage.users(&alpha)).await;
    assert_eq!(locked.expect("it is open").matching, 1);
    assert!(lines.is_empty(), "{lines:?}");

    let mut user = world.user("alpha").await;
    user.email = Some("somewhere@else.example".to_owned());
    passage.note_user(&user);
    let moved = UserQuery {
        text: "somewhere@else".to_owned(),
        ..first_rows(1)
    };
    assert_eq!(passage.users(&moved).await.expect("it is open").matching, 1);
}

#[tokio::test]
async fn a_cluster_that_refuses_large_pages_is_asked_for_small_ones() {
    let world = World::with(options(TokenMode::Claims, 250), Clock::from).await;
    let passage = world.passage("helpdesk").await;
    let refusal = simulator::Fault::Status {
        status: 422,
        body: r#"{"detail":"max is too large"}"#.to_owned(),
    };
    let mut rule = simulator::FaultRule::always("/pty/v1/auth/users", refusal);
    rule.times = Some(1);
    world.simulator().set_faults(vec![rule]);
    let (total, calls) = list(&world, &passage, &first_rows(25)).await;
    assert_eq!(
        (total, calls),
        (250 + OTHERS, 4),
        "the refused call, and three pages of 100"
    );
}
