//! The directory index against a cluster: how often it is asked, and who may read.

use std::time::Duration;

use futures::future::join_all;
use gate::{Action, Clock, GateError, Operation};
use operations::{
    CacheUpdate,
    directory::{Listing, Loading, UserQuery},
};
use protegrity::ErrorKind;
use simulator::{Fault, FaultRule, TokenMode};

use crate::support::{
    NAMED_USERS, SILENT, TestServices, USERS, count, failure, first_rows, in_time, options, status,
};

async fn users(portal: &TestServices, operation: &Operation, query: &UserQuery) -> Listing {
    let listing = portal.services.directory.users(operation, query).await;
    listing.expect("the list is open")
}

/// Lists, and returns how many users there are and how often the cluster was asked for them.
async fn list(portal: &TestServices, operation: &Operation, query: &UserQuery) -> (usize, usize) {
    let (listing, lines) = portal.calls_of(users(portal, operation, query)).await;
    (listing.total, count(&lines, USERS))
}

#[tokio::test]
async fn cold_takes_a_call_a_page_and_warm_takes_none() {
    for (made_up, pages) in [(0, 1), (1000, 2), (2500, 3)] {
        let portal = TestServices::with(options(TokenMode::Claims, made_up), Clock::from).await;
        let operation = portal.reader("helpdesk").await;
        let total = made_up as usize + NAMED_USERS;
        let cold = list(&portal, &operation, &first_rows(25)).await;
        assert_eq!(cold, (total, pages), "cold");
        let search = UserQuery {
            text: "alpha".to_owned(),
            ..first_rows(25)
        };
        for query in [&first_rows(25), &search] {
            assert_eq!(list(&portal, &operation, query).await, (total, 0), "warm");
        }
        let refresh = UserQuery {
            refresh: true,
            ..first_rows(25)
        };
        assert_eq!(
            list(&portal, &operation, &refresh).await,
            (total, pages),
            "refreshed"
        );
    }
}

#[tokio::test]
async fn the_caller_is_told_apart_from_all_other_users() {
    for mode in TokenMode::ALL {
        let portal = TestServices::in_mode(mode).await;
        let operation = portal.reader("admin").await;
        let listing = users(&portal, &operation, &first_rows(50)).await;
        let own = listing.users.iter().filter(|user| operation.is_self(user));
        let own: Vec<_> = own.map(|user| user.username.as_str()).collect();
        assert_eq!(own, ["admin"], "{mode}");
    }
}

#[tokio::test]
async fn an_older_index_is_served_at_once_and_renewed_behind() {
    let portal = TestServices::with(options(TokenMode::Claims, 1500), Clock::from).await;
    let operation = portal.reader("helpdesk").await;
    list(&portal, &operation, &first_rows(1)).await;
    portal.advance(61);
    portal.simulator().clear_calls();
    let listing = users(&portal, &operation, &first_rows(1)).await;
    let age = portal.gate.now().duration_since(listing.as_of).as_secs();
    assert_eq!(age, 61, "no request waits for the renewal");
    let renewed = async {
        // A second look before the renewal has begun would begin another.
        while count(&portal.lines(), USERS) < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        while users(&portal, &operation, &first_rows(1)).await.as_of < portal.gate.now() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(10), renewed).await;
    in_time.expect("it is renewed");
    let lines = portal.lines();
    assert_eq!(count(&lines, USERS), 3, "one admission and two pages: {lines:?}");

    portal.advance(601);
    let (_, calls) = list(&portal, &operation, &first_rows(1)).await;
    assert_eq!(calls, 2, "an index that is too old is not served");
}

#[tokio::test]
async fn another_session_needs_its_own_admission() {
    let portal = TestServices::with(options(TokenMode::Claims, 1500), Clock::from).await;
    let first = portal.reader("helpdesk").await;
    list(&portal, &first, &first_rows(1)).await;
    let second = portal.reader("auditor").await;
    for expected in [1, 0] {
        let (_, calls) = list(&portal, &second, &first_rows(1)).await;
        assert_eq!(calls, expected);
    }
}

/// The lock of the load differs from the one before by its time, so this takes a clock that moves.
#[tokio::test]
async fn requests_during_a_load_wait_for_that_one_load() {
    let portal = TestServices::with(options(TokenMode::Claims, 2500), |_| Clock::default()).await;
    let mut operations = Vec::new();
    for name in ["admin", "helpdesk", "auditor", "helpdesk"] {
        operations.push(portal.reader(name).await);
    }
    let query = first_rows(1);
    let all = join_all(
        operations
            .iter()
            .map(|operation| users(&portal, operation, &query)),
    );
    let (answers, lines) = portal.calls_of(all).await;
    for answer in answers {
        assert_eq!(answer.total, 2500 + NAMED_USERS);
    }
    let pages = lines.iter().filter(|line| line.contains("max=1000")).count();
    assert_eq!(pages, 3, "{lines:?}");
    assert_eq!(count(&lines, USERS), 3 + 3, "an admission each: {lines:?}");
}

#[tokio::test]
async fn a_session_that_the_cluster_refuses_gets_nothing_of_a_warm_index() {
    for mode in SILENT {
        let portal = TestServices::in_mode(mode).await;
        let officer = portal.reader("officer").await;
        for is_warm in [false, true] {
            if is_warm {
                let helpdesk = portal.reader("helpdesk").await;
                list(&portal, &helpdesk, &first_rows(1)).await;
            }
            for _ in 0..2 {
                let refused = portal.services.directory.users(&officer, &first_rows(1)).await;
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
async fn admission_counts_for_the_session_and_not_for_the_person() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let session = portal.session();
    let principal = portal.sign_in_to(&session, "helpdesk").await;
    let before = portal.begin(&principal, Action::ListUsers).await;
    list(&portal, &before, &first_rows(1)).await;
    let principal = portal.sign_in_to(&session, "helpdesk").await;
    let after = portal.begin(&principal, Action::ListUsers).await;
    assert_eq!(list(&portal, &after, &first_rows(1)).await.1, 1);
    let refused = before
        .read(|cluster| async move { cluster.users(0, 1).await })
        .await;
    let refused = refused.map_err(|error| error.error);
    assert!(matches!(refused, Err(GateError::NotSignedIn)), "{refused:?}");
}

#[tokio::test]
async fn a_change_is_seen_without_asking_the_cluster_again() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let id = portal.user("alpha").await.id;
    let operation = portal.reader("helpdesk").await;
    let alpha = UserQuery {
        text: "alpha".to_owned(),
        enabled: Some(false),
        ..first_rows(1)
    };
    assert_eq!(users(&portal, &operation, &alpha).await.matching, 0);
    let admin = portal.as_admin_directly().await;
    admin.lock_user(&id).await.expect("it is locked");
    portal.services.user(&operation, &id).await.expect("it is read");
    let (locked, lines) = portal.calls_of(users(&portal, &operation, &alpha)).await;
    assert_eq!(locked.matching, 1);
    assert!(lines.is_empty(), "{lines:?}");

    let mut user = portal.user("alpha").await;
    user.email = Some("somewhere@else.example".to_owned());
    portal.services.apply(CacheUpdate::User(&user));
    let moved = UserQuery {
        text: "somewhere@else".to_owned(),
        ..first_rows(1)
    };
    assert_eq!(users(&portal, &operation, &moved).await.matching, 1);
}

#[tokio::test]
async fn a_cluster_that_refuses_large_pages_is_asked_for_small_ones() {
    let portal = TestServices::with(options(TokenMode::Claims, 250), Clock::from).await;
    let operation = portal.reader("helpdesk").await;
    let mut rule = FaultRule::always(USERS, status(422));
    rule.times = Some(1);
    portal.simulator().set_faults(vec![rule]);
    let (total, calls) = list(&portal, &operation, &first_rows(25)).await;
    assert_eq!(
        (total, calls),
        (250 + NAMED_USERS, 4),
        "the refused call, and three pages of 100"
    );
}

#[tokio::test]
async fn a_load_goes_on_when_the_visitor_who_began_it_leaves() {
    let portal = TestServices::with(options(TokenMode::Claims, 1500), Clock::from).await;
    let operation = portal.reader("helpdesk").await;
    portal.fail_at(USERS, Fault::Hold);
    let mut progress = portal.services.directory.users_progress();
    {
        let query = first_rows(1);
        let leaving = portal.services.directory.users(&operation, &query);
        futures::pin_mut!(leaving);
        tokio::select! {
            _ = &mut leaving => panic!("the cluster does not answer yet"),
            _ = portal.simulator().wait_for_held(1) => {}
        }
    }
    portal.simulator().release(1).await;
    in_time(progress.wait_for(|rows| *rows == Some(1000)))
        .await
        .expect("the second page is asked for");
    portal.simulator().wait_for_held(1).await;
    let (loading, lines) = portal
        .calls_of(portal.services.directory.users_soon(&operation, &first_rows(1)))
        .await;
    assert!(matches!(loading, Ok(Loading::UnderWay(1000))), "{loading:?}");
    assert_eq!(count(&lines, USERS), 0, "a page that waits asks for nothing");
    portal.simulator().set_faults(Vec::new());
    in_time(progress.wait_for(Option::is_none))
        .await
        .expect("it ends");
    let (total, calls) = list(&portal, &operation, &first_rows(1)).await;
    assert_eq!((total, calls), (1500 + NAMED_USERS, 0));
}

#[tokio::test]
async fn a_failure_is_met_once_by_all_who_wait_and_is_kept_for_seconds() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let mut operations = Vec::new();
    for name in ["admin", "helpdesk", "auditor", "helpdesk"] {
        operations.push(portal.reader(name).await);
    }
    portal.fail_at(USERS, status(500));
    let query = first_rows(1);
    let directory = &portal.services.directory;
    let all = join_all(
        operations
            .iter()
            .map(|operation| directory.users(operation, &query)),
    );
    let (answers, lines) = portal.calls_of(all).await;
    for answer in &answers {
        assert_eq!(failure(answer), Some(ErrorKind::Upstream), "{answer:?}");
    }
    assert_eq!(count(&lines, USERS), 1, "{lines:?}");
    let (again, lines) = portal.calls_of(directory.users(&operations[0], &query)).await;
    assert_eq!(
        (failure(&again), count(&lines, USERS)),
        (Some(ErrorKind::Upstream), 0)
    );

    portal.simulator().set_faults(Vec::new());
    portal.advance(4);
    assert_eq!(list(&portal, &operations[0], &query).await.0, NAMED_USERS);
}

#[tokio::test]
async fn another_sessions_refusal_is_not_ones_own() {
    for mode in SILENT {
        let portal = TestServices::in_mode(mode).await;
        let (officer, helpdesk) = (portal.reader("officer").await, portal.reader("helpdesk").await);
        portal.fail_at(USERS, Fault::Hold);
        let query = first_rows(1);
        let directory = &portal.services.directory;
        let (refused, listed, ()) = futures::join!(
            directory.users(&officer, &query),
            directory.users(&helpdesk, &query),
            async {
                portal.simulator().wait_for_held(1).await;
                portal.simulator().set_faults(Vec::new());
            }
        );
        assert_eq!(failure(&refused), Some(ErrorKind::Forbidden), "{mode}");
        assert_eq!(listed.expect("the list is open").total, NAMED_USERS, "{mode}");
    }
}
