//! Work on many at once: in order, a few at a time, and what becomes of each row.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::support::{USERS, World, count, one_user};
use gate::{
    Action, Batch, BatchError, Batches, Follow, GateError, Passage, Phase, Plan, PlannedRow, RowFailure,
    RowState, Target, Work,
};
use simulator::{Expire, TokenMode};
use tokio::sync::Semaphore;

/// What a row of a test ends in.
fn failure(words: &str) -> Result<String, RowFailure> {
    Err(RowFailure {
        words: words.to_owned(),
        ends: false,
    })
}

fn plan(rows: usize, work: Work) -> Plan {
    let row = |n| PlannedRow {
        name: format!("row {n}"),
        link: Some(format!("/rows/{n}")),
    };
    Plan {
        title: format!("Do {rows} rows"),
        noun: ("row", "rows"),
        rows: (0..rows).map(row).collect(),
        work,
        note: Some("a note".to_owned()),
        follow: None,
    }
}

/// Work that knows at once what becomes of a row.
fn known(outcome: impl Fn(usize) -> Result<String, RowFailure> + Send + Sync + 'static) -> Work {
    Arc::new(move |_, row| Box::pin(std::future::ready(outcome(row))))
}

fn done() -> Work {
    known(|row| Ok(format!("did {row}")))
}

/// Work whose rows wait until the test gives permits.
fn held_back() -> (Arc<Semaphore>, Work) {
    let permits = Arc::new(Semaphore::new(0));
    let waiting = Arc::clone(&permits);
    let work: Work = Arc::new(move |_, row| {
        let waiting = Arc::clone(&waiting);
        Box::pin(async move {
            waiting.acquire().await.expect("it stays open").forget();
            Ok(format!("did {row}"))
        })
    });
    (permits, work)
}

/// A world with somebody who locks users.
async fn world() -> (World, Passage) {
    let world = World::new(TokenMode::Claims).await;
    let passage = locking(&world, "admin").await;
    (world, passage)
}

async fn locking(world: &World, name: &str) -> Passage {
    let (_, visitor) = world.sign_in(name).await;
    world.open(&visitor, Action::LockUser).expect("it is open")
}

fn begin(world: &World, passage: &Passage, plan: Plan) -> Arc<Batch> {
    let id = world.gate.batches().start(passage, plan).expect("it begins");
    find(world, passage, id.as_str())
}

fn find(world: &World, passage: &Passage, id: &str) -> Arc<Batch> {
    let found = world.gate.batches().find(id, passage.visitor());
    found.expect("it is this person's")
}

/// Waits until the batch is like this.
async fn until(batch: &Batch, like_this: impl Fn(&Batch) -> bool) {
    let mut changes = batch.changes();
    let waiting = changes.wait_for(|_| like_this(batch));
    let in_time = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    in_time.expect("it comes to it").expect("the batch is there");
}

async fn finished(batch: &Batch) {
    until(batch, |batch| batch.tally().phase == Phase::Finished).await;
}

fn states(batch: &Batch) -> Vec<RowState> {
    let rows = batch.snapshot().rows;
    rows.into_iter().map(|row| row.state).collect()
}

fn running(batch: &Batch) -> usize {
    let states = states(batch);
    states.iter().filter(|state| **state == RowState::Running).count()
}

#[tokio::test]
async fn every_row_is_done_in_order_and_says_what_became_of_it() {
    let (world, passage) = world().await;
    let begun = Arc::new(Mutex::new(Vec::new()));
    let order = Arc::clone(&begun);
    let work = known(move |row| {
        order.lock().expect("no panic").push(row);
        Ok(format!("did {row}"))
    });
    let batch = begin(&world, &passage, plan(50, work));
    finished(&batch).await;
    assert_eq!(*begun.lock().expect("no panic"), (0..50).collect::<Vec<_>>());
    let progress = batch.snapshot();
    assert_eq!(
        (progress.done, progress.failed, progress.stopped, progress.total),
        (50, 0, 0, 50)
    );
    for (place, row) in progress.rows.iter().enumerate() {
        assert_eq!(row.name, format!("row {place}"));
        assert_eq!(row.link, Some(format!("/rows/{place}")));
        assert_eq!((row.state, &row.words), (RowState::Done, &format!("did {place}")));
    }
    assert_eq!(batch.title(), "Do 50 rows");
    assert_eq!((batch.noun(), batch.note()), (("row", "rows"), Some("a note")));
    assert_eq!(batch.action(), Action::LockUser);
    assert!(!batch.can_retry());
}

#[tokio::test]
async fn never_more_than_four_at_once() {
    let (world, passage) = world().await;
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&now), Arc::clone(&most));
    let work: Work = Arc::new(move |_, row| {
        let (now, most) = counters.clone();
        Box::pin(async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1 + row as u64 % 3)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(String::new())
        })
    });
    let batch = begin(&world, &passage, plan(60, work));
    finished(&batch).await;
    assert_eq!(batch.tally().done, 60);
    assert_eq!(most.load(Ordering::SeqCst), Batches::AT_ONCE);
}

#[tokio::test]
async fn a_row_that_fails_or_panics_does_not_stop_the_rest() {
    let (world, passage) = world().await;
    let work: Work = Arc::new(|_, row| {
        assert_ne!(row, 2, "a panic before the future");
        Box::pin(async move {
            tokio::task::yield_now().await;
            assert_ne!(row, 5, "a panic in it");
            if row % 4 == 3 {
                failure("no such user")
            } else {
                Ok(String::new())
            }
        })
    });
    let batch = begin(&world, &passage, plan(12, work));
    finished(&batch).await;
    let failed: Vec<_> = (0..12)
        .filter(|row| states(&batch)[*row] == RowState::Failed)
        .collect();
    assert_eq!(failed, [2, 3, 5, 7, 11]);
    let progress = batch.snapshot();
    assert_eq!(progress.rows[3].words, "no such user");
    assert!(
        progress.rows[5].words.contains("Look at it"),
        "{}",
        progress.rows[5].words
    );
    assert_eq!((progress.done, progress.failed), (7, 5));
    assert!(batch.can_retry());
}

#[tokio::test]
async fn a_stop_finishes_what_is_under_way_and_begins_nothing_else() {
    let (world, passage) = world().await;
    let (permits, work) = held_back();
    let batch = begin(&world, &passage, plan(10, work));
    until(&batch, |batch| running(batch) == 4).await;
    batch.stop();
    assert_eq!(batch.tally().phase, Phase::Stopping);
    assert_eq!(running(&batch), 4);
    permits.add_permits(10);
    finished(&batch).await;
    let tally = batch.tally();
    assert_eq!((tally.done, tally.stopped, tally.total), (4, 6, 10));
    assert_eq!(states(&batch)[4..], [RowState::Stopped; 6]);
    assert!(batch.snapshot().rows[9].words.contains("stopped"));
    assert!(batch.can_retry());
    batch.stop();
    assert_eq!(batch.tally(), tally, "stopping what has finished changes nothing");
}

#[tokio::test]
async fn the_end_of_the_session_ends_the_batch() {
    let (world, passage) = world().await;
    let work: Work = Arc::new(|passage, row| {
        Box::pin(async move {
            // One after the other, so that it is known which is refused.
            tokio::time::sleep(Duration::from_millis(row as u64 * 20)).await;
            one_user(&passage.on(Target::portal())).await?;
            Ok(String::new())
        })
    });
    world.simulator().expire(Expire::All);
    let batch = begin(&world, &passage, plan(20, Arc::clone(&work)));
    finished(&batch).await;
    let tally = batch.tally();
    assert!(tally.failed >= 1 && tally.failed <= 4, "{tally:?}");
    assert_eq!(tally.failed + tally.stopped, 20, "{tally:?}");
    let rows = batch.snapshot().rows;
    assert_eq!(rows[0].words, GateError::SignInAgain.to_string());
    assert!(rows[19].words.contains("session had ended"), "{}", rows[19].words);

    // Whoever signs in again goes on where it ended.
    drop(work);
    let again = locking(&world, "admin").await;
    world.simulator().clear_calls();
    let id = world
        .gate
        .batches()
        .retry(&again, batch.id().as_str())
        .expect("it begins");
    let batch = find(&world, &again, id.as_str());
    finished(&batch).await;
    assert_eq!(batch.tally().done, 20);
    assert_eq!(count(&world.lines(), USERS), 20);
}

#[tokio::test]
async fn what_failed_or_was_stopped_is_tried_again_and_nothing_else() {
    let (world, passage) = world().await;
    let tried = Arc::new(Mutex::new(Vec::new()));
    let order = Arc::clone(&tried);
    // The odd ones fail the first time, 3 and 7 the second time too.
    let work = known(move |row| {
        let mut order = order.lock().expect("no panic");
        order.push(row);
        let times = order.iter().filter(|tried| **tried == row).count();
        let fails = times == 1 && row % 2 == 1 || times == 2 && row % 4 == 3;
        if fails {
            failure("not now")
        } else {
            Ok(format!("did {row}"))
        }
    });
    let batches = world.gate.batches();
    let first = begin(&world, &passage, plan(10, work));
    finished(&first).await;

    let second = batches.retry(&passage, first.id().as_str()).expect("it begins");
    let second = find(&world, &passage, second.as_str());
    finished(&second).await;
    let names: Vec<_> = second.snapshot().rows.into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["row 1", "row 3", "row 5", "row 7", "row 9"]);
    assert_eq!(second.snapshot().rows[0].words, "did 1");
    assert_eq!(second.title(), first.title());
    assert_eq!((first.can_retry(), second.can_retry()), (false, true));
    let twice = batches.retry(&passage, first.id().as_str());
    assert_eq!(twice, Err(BatchError::NothingLeft), "nothing is done twice");

    let third = batches.retry(&passage, second.id().as_str()).expect("it begins");
    let third = find(&world, &passage, third.as_str());
    finished(&third).await;
    assert_eq!(third.tally().done, 2);
    let order = tried.lock().expect("no panic").clone();
    assert_eq!(order[10..], [1, 3, 5, 7, 9, 3, 7]);
    let nothing = batches.retry(&passage, third.id().as_str());
    assert_eq!(nothing, Err(BatchError::NothingLeft));
}

#[tokio::test]
async fn what_cannot_be_tried_again_says_why() {
    let (world, passage) = world().await;
    let batches = world.gate.batches();
    let (permits, work) = held_back();
    let batch = begin(&world, &passage, plan(5, work));
    until(&batch, |batch| running(batch) == 4).await;
    assert_eq!(
        batches.retry(&passage, batch.id().as_str()),
        Err(BatchError::StillRunning)
    );
    batch.stop();
    assert_eq!(
        batches.retry(&passage, batch.id().as_str()),
        Err(BatchError::StillRunning)
    );
    permits.add_permits(5);
    finished(&batch).await;

    let other = world
        .open(passage.visitor(), Action::UnlockUser)
        .expect("it is open");
    assert_eq!(
        batches.retry(&other, batch.id().as_str()),
        Err(BatchError::OtherAction)
    );
    assert_eq!(batches.retry(&passage, "made-up"), Err(BatchError::NotFound));
    let (more, work) = held_back();
    for _ in 0..Batches::MOST_RUNNING {
        begin(&world, &passage, plan(1, Arc::clone(&work)));
    }
    assert_eq!(
        batches.retry(&passage, batch.id().as_str()),
        Err(BatchError::Busy)
    );
    assert!(batch.can_retry(), "it can be tried later");
    more.add_permits(2);
}

#[tokio::test]
async fn another_persons_batch_is_not_found() {
    let (world, passage) = world().await;
    let batches = world.gate.batches();
    let batch = begin(&world, &passage, plan(2, known(|_| failure("no"))));
    finished(&batch).await;
    let id = batch.id().as_str();
    let helpdesk = locking(&world, "helpdesk").await;
    assert!(batches.find(id, helpdesk.visitor()).is_none());
    assert!(batches.of(helpdesk.visitor()).is_empty());
    assert_eq!(batches.retry(&helpdesk, id), Err(BatchError::NotFound));
    assert!(batch.can_retry());

    let same_person = locking(&world, "ADMIN").await;
    assert!(
        batches.find(id, same_person.visitor()).is_some(),
        "from another session"
    );
    assert_eq!(batches.of(same_person.visitor()).len(), 1);
}

#[tokio::test]
async fn plans_have_limits() {
    let (world, passage) = world().await;
    let batches = world.gate.batches();
    let start = |rows, work| batches.start(&passage, plan(rows, work)).map(|id| id.to_string());
    assert_eq!(start(0, done()), Err(BatchError::Empty));
    let rows = Batches::MOST_ROWS + 1;
    let refused = start(rows, done());
    assert_eq!(refused, Err(BatchError::TooMany { rows }));
    let words = BatchError::TooMany { rows }.to_string();
    assert!(words.contains("2001") && words.contains("2000"), "{words}");

    let largest = begin(&world, &passage, plan(Batches::MOST_ROWS, done()));
    finished(&largest).await;
    assert_eq!(largest.tally().done, Batches::MOST_ROWS);

    let (permits, work) = held_back();
    let first = start(1, Arc::clone(&work)).expect("one");
    start(1, Arc::clone(&work)).expect("two");
    assert_eq!(start(1, Arc::clone(&work)), Err(BatchError::Busy));
    let helpdesk = locking(&world, "helpdesk").await;
    batches
        .start(&helpdesk, plan(1, work.clone()))
        .expect("that is another person");
    permits.add_permits(3);
    finished(&find(&world, &passage, &first)).await;
    start(1, done()).expect("one has finished");
}

#[tokio::test]
async fn what_finished_is_forgotten_after_a_while_or_after_many() {
    let (world, passage) = world().await;
    let batches = world.gate.batches();
    let (permits, work) = held_back();
    let slow = begin(&world, &passage, plan(1, work));
    let mut ids = Vec::new();
    for _ in 0..25 {
        let batch = begin(&world, &passage, plan(1, done()));
        finished(&batch).await;
        ids.push(batch.id().to_string());
    }
    let here = |id: &String| batches.find(id, passage.visitor()).is_some();
    let remembered: Vec<_> = ids.iter().filter(|id| here(id)).collect();
    assert_eq!(remembered, ids[6..].iter().collect::<Vec<_>>());
    assert_eq!(batches.of(passage.visitor()).len(), 20);
    assert!(here(&slow.id().to_string()), "what runs is not forgotten");

    world.advance(3601);
    assert!(!ids.iter().any(here));
    assert!(here(&slow.id().to_string()));
    permits.add_permits(1);
    finished(&slow).await;
    world.advance(3599);
    assert!(here(&slow.id().to_string()));
    world.advance(2);
    assert!(!here(&slow.id().to_string()));
}

/// Work that holds this secret, and what is left of it.
fn with_secret(outcome: fn(usize) -> Result<String, RowFailure>) -> (Weak<String>, Work) {
    let secret = Arc::new("a password".to_owned());
    let left = Arc::downgrade(&secret);
    let work = known(move |row| {
        assert!(!secret.is_empty());
        outcome(row)
    });
    (left, work)
}

#[tokio::test]
async fn work_is_dropped_when_nothing_is_left_to_be_tried() {
    let (world, passage) = world().await;
    let batches = world.gate.batches();
    let (left, work) = with_secret(|_| Ok(String::new()));
    let all_done = begin(&world, &passage, plan(3, work));
    finished(&all_done).await;
    assert_eq!(left.strong_count(), 0, "every row was done");

    let (left, work) = with_secret(|row| {
        if row == 1 {
            failure("no")
        } else {
            Ok(String::new())
        }
    });
    let batch = begin(&world, &passage, plan(3, work));
    finished(&batch).await;
    assert_eq!(left.strong_count(), 1, "one row can be tried again");
    let again = batches.retry(&passage, batch.id().as_str()).expect("it begins");
    let again = find(&world, &passage, again.as_str());
    // It is in the place of the second row still, and fails again.
    finished(&again).await;
    assert_eq!((again.tally().failed, left.strong_count()), (1, 1));
    drop((batch, again));
    world.advance(3601);
    world.gate.sweep().await.expect("memory");
    assert_eq!(left.strong_count(), 0, "the batches are forgotten");

    let (left, work) = with_secret(|_| Ok(String::new()));
    assert!(batches.start(&passage, plan(0, work)).is_err());
    assert_eq!(left.strong_count(), 0, "it was not begun");
}

#[tokio::test]
async fn a_stream_gets_what_changed_and_the_end() {
    let (world, passage) = world().await;
    let (permits, work) = held_back();
    let batch = begin(&world, &passage, plan(6, work));
    until(&batch, |batch| running(batch) == 4).await;
    let (version, rows) = batch.rows_since(0);
    assert_eq!(rows.len(), 6, "everything at first");
    assert_eq!(version, batch.snapshot().version);
    assert!(batch.rows_since(version).1.is_empty());
    permits.add_permits(1);
    until(&batch, |batch| batch.tally().done == 1 && running(batch) == 4).await;
    let (version, rows) = batch.rows_since(version);
    let places: Vec<_> = rows.iter().map(|(place, row)| (*place, row.state)).collect();
    assert_eq!(places, [(0, RowState::Done), (4, RowState::Running)]);

    permits.add_permits(5);
    let mut changes = batch.changes();
    let (mut seen, mut version) = (BTreeSet::new(), version);
    let followed = async {
        loop {
            let phase = batch.tally().phase;
            let (now, rows) = batch.rows_since(version);
            version = now;
            let over = rows.iter().filter(|(_, row)| row.state == RowState::Done);
            seen.extend(over.map(|(place, _)| *place));
            if phase == Phase::Finished {
                break;
            }
            changes.changed().await.expect("the batch is there");
        }
    };
    tokio::time::timeout(Duration::from_secs(10), followed)
        .await
        .expect("it ends");
    assert_eq!(seen, BTreeSet::from([1, 2, 3, 4, 5]));
}

#[tokio::test]
async fn ids_are_long_and_fit_into_an_address() {
    let (world, passage) = world().await;
    let mut ids = BTreeSet::new();
    for _ in 0..10 {
        let batch = begin(&world, &passage, plan(1, done()));
        finished(&batch).await;
        let id = batch.id().to_string();
        assert_eq!(id.len(), 32);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert!(ids.insert(id));
    }
}

#[tokio::test]
async fn what_follows_has_the_rows_that_were_done_and_begins_once() {
    let (world, passage) = world().await;
    let dry = known(|row| {
        if row == 1 {
            failure("no")
        } else {
            Ok("would".to_owned())
        }
    });
    let follow = Follow {
        label: "Go on".to_owned(),
        plan: Arc::new(|places| {
            let places = places.to_vec();
            let rows = places.len();
            plan(rows, known(move |row| Ok(format!("really {}", places[row]))))
        }),
    };
    let batch = begin(
        &world,
        &passage,
        Plan {
            follow: Some(follow),
            ..plan(3, dry)
        },
    );
    finished(&batch).await;
    assert_eq!(batch.follow_up().as_deref(), Some("Go on"));

    let batches = world.gate.batches();
    let id = batches.follow(&passage, batch.id().as_str()).expect("it goes on");
    let real = batches.find(id.as_str(), passage.visitor()).expect("it is there");
    finished(&real).await;
    let words: Vec<_> = real.snapshot().rows.into_iter().map(|row| row.words).collect();
    assert_eq!(words, ["really 0", "really 2"]);
    assert_eq!(batch.follow_up(), None);
    assert_eq!(
        batches.follow(&passage, batch.id().as_str()),
        Err(BatchError::NothingLeft)
    );
}
