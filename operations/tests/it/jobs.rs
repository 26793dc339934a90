//! Jobs: in order, a few rows at a time, and the outcome of each.

use std::{collections::BTreeSet, sync::Arc};

use gate::{Action, Clock, Operation};
use operations::{
    Error,
    import_file::FilePlace,
    jobs::{
        self, BulkAction, BulkChange, BulkUsers, BulkUsersForm, Command, GroupRef, ImportRow, ImportUsers,
        Job, JobError, JobId, JobState, Jobs, RowObject, RowState, SecretRef, UserRef,
    },
    user_import::{ImportUsersForm, plan_import},
};
use protegrity::{Group, User};
use secrecy::ExposeSecret;
use simulator::{DEMO_ACCOUNTS, Expire, Fault, FaultRule, TokenMode};

use crate::support::{TestServices, in_time, options, password};

/// A cluster with this many made-up users.
async fn cluster(users: u32) -> TestServices {
    TestServices::with(options(TokenMode::Claims, users), Clock::from).await
}

/// The same with an administrator who locks users.
async fn portal(users: u32) -> (TestServices, Operation) {
    let portal = cluster(users).await;
    let operation = portal.operation("admin", Action::LockUser).await;
    (portal, operation)
}

fn refs(users: &[User]) -> Vec<UserRef> {
    let reference = |user: &User| UserRef {
        id: user.id.clone(),
        name: user.username.clone(),
    };
    users.iter().map(reference).collect()
}

fn bulk(change: BulkChange, users: &[User]) -> Command {
    Command::BulkUsers(BulkUsers {
        change,
        users: refs(users),
    })
}

fn lock(users: &[User]) -> Command {
    bulk(BulkChange::Lock, users)
}

fn ids(users: &[User]) -> Vec<String> {
    users.iter().map(|user| user.id.to_string()).collect()
}

/// The cluster refuses to lock the users at these places.
fn refuse(portal: &TestServices, users: &[User], places: &[usize]) {
    let fault = Fault::Status {
        status: 409,
        body: r#"{"errorMessage":"not now"}"#.to_owned(),
    };
    let path = |place: &usize| format!("/pty/v1/auth/users/{}/lock", users[*place].id);
    let rules = places
        .iter()
        .map(|place| FaultRule::always(path(place), fault.clone()));
    portal.simulator().set_faults(rules.collect());
}

/// Open accounts that are no demo accounts.
async fn open_users(portal: &TestServices, count: usize) -> Vec<User> {
    let users = portal.as_admin_directly().await.users(0, 1000).await;
    let mut users = users.expect("a page of users");
    let is_demo = |user: &User| {
        DEMO_ACCOUNTS
            .iter()
            .any(|account| account.user_name == user.username)
    };
    users.retain(|user| user.enabled == Some(true) && !is_demo(user));
    users.truncate(count);
    assert_eq!(users.len(), count, "the cluster has so many");
    portal.simulator().clear_calls();
    users
}

async fn developers(portal: &TestServices) -> Group {
    let groups = portal.as_admin_directly().await.groups(0, 1000).await;
    let mut groups = groups.expect("a page of groups").into_iter();
    groups
        .find(|group| group.name == "developers")
        .expect("such a group")
}

/// The calls of this method since they were last cleared.
fn calls(portal: &TestServices, method: &str) -> Vec<String> {
    let mut calls = portal.lines();
    calls.retain(|call| call.starts_with(method));
    calls
}

async fn start(portal: &TestServices, operation: &Operation, command: Command) -> Arc<Job> {
    let id = jobs::start(&portal.services, operation, command, Vec::new(), None).await;
    find(portal, operation, &id.expect("it starts")).await
}

async fn find(portal: &TestServices, operation: &Operation, id: &JobId) -> Arc<Job> {
    let found = jobs::find(&portal.services, operation, id).await;
    found.expect("it is the principal's own")
}

async fn retried(portal: &TestServices, operation: &Operation, job: &Job) -> Arc<Job> {
    let id = jobs::retry(&portal.services, operation, job.id(), None).await;
    find(portal, operation, &id.expect("it starts")).await
}

/// The words of a refusal.
async fn refusal<T: std::fmt::Debug>(result: impl Future<Output = Result<T, Error>>) -> String {
    result.await.expect_err("it is refused").to_string()
}

fn words(error: JobError) -> String {
    Error::from(error).to_string()
}

/// Waits until the job is like this.
pub async fn until(job: &Job, is_met: impl Fn(&Job) -> bool) {
    let mut changes = job.changes();
    let waiting = async {
        while !is_met(job) {
            changes.changed().await.expect("the job is there");
        }
    };
    in_time(waiting).await;
}

async fn finished(job: &Job) {
    until(job, |job| job.counts().state.is_over()).await;
}

fn states(job: &Job) -> Vec<RowState> {
    job.record().rows.into_iter().map(|row| row.state).collect()
}

fn texts(job: &Job) -> Vec<String> {
    job.record()
        .rows
        .into_iter()
        .map(|row| row.text.to_string())
        .collect()
}

fn running(job: &Job) -> usize {
    let states = states(job);
    states.iter().filter(|state| **state == RowState::Running).count()
}

#[tokio::test]
async fn every_row_is_done_in_order_and_reports_its_outcome() {
    let (portal, operation) = portal(50).await;
    let users = open_users(&portal, 50).await;
    let job = start(&portal, &operation, lock(&users)).await;
    finished(&job).await;
    assert_eq!(portal.audit.targets(), ids(&users));
    let counts = job.counts();
    assert_eq!(
        (counts.done, counts.failed, counts.stopped, counts.total),
        (50, 0, 0, 50)
    );
    assert_eq!(counts.state, JobState::Done);
    for (user, row) in users.iter().zip(job.record().rows) {
        assert_eq!(row.name, user.username);
        assert_eq!(row.object, Some(RowObject::User(user.id.clone())));
        assert_eq!((row.state, &*row.text), (RowState::Done, "Locked."));
    }
    assert_eq!(job.command().title(), "Lock 50 users");
    assert_eq!(job.command().note(), Some(BulkAction::Lock.consequence()));
    assert_eq!(job.command().action(), Action::LockUser);
    assert_eq!(job.record().retry(), None);
    assert_eq!(calls(&portal, "PUT").len(), 50);
}

#[tokio::test]
async fn never_more_than_four_at_once() {
    let (portal, operation) = portal(60).await;
    let users = open_users(&portal, 60).await;
    portal.audit.hold(ids(&users));
    let job = start(&portal, &operation, lock(&users)).await;
    for done in (0..60).step_by(Jobs::AT_ONCE) {
        until(&job, |job| {
            job.counts().done == done && running(job) == Jobs::AT_ONCE
        })
        .await;
        portal.audit.wait_for_waiting(Jobs::AT_ONCE).await;
        portal.audit.release(Jobs::AT_ONCE);
    }
    finished(&job).await;
    assert_eq!(job.counts().done, 60);
}

#[tokio::test]
async fn a_row_that_fails_or_panics_does_not_stop_the_rest() {
    let (portal, operation) = portal(12).await;
    let users = open_users(&portal, 12).await;
    refuse(&portal, &users, &[3, 7, 11]);
    for place in [2, 5] {
        portal.audit.panic_at(users[place].id.as_str());
    }
    // One panics at once, the other after it has waited.
    portal.audit.hold([users[5].id.to_string()]);
    let job = start(&portal, &operation, lock(&users)).await;
    portal.audit.wait_for_waiting(1).await;
    portal.audit.release(1);
    finished(&job).await;
    let places = |state: RowState| {
        let states = states(&job);
        (0..12)
            .filter(|place| states[*place] == state)
            .collect::<Vec<_>>()
    };
    assert_eq!(places(RowState::Failed), [3, 7, 11]);
    assert_eq!(
        places(RowState::Unknown),
        [2, 5],
        "how far these got is not known"
    );
    let texts = texts(&job);
    assert_eq!(texts[3], "Could not lock a user. The cluster said: not now");
    assert!(texts[5].contains("Look at it"), "{}", texts[5]);
    let counts = job.counts();
    assert_eq!(
        (counts.done, counts.failed, counts.unknown, counts.state),
        (7, 3, 2, JobState::Done)
    );
    assert!(job.record().retry().is_some());
}

#[tokio::test]
async fn a_stop_finishes_the_rows_that_run_and_starts_no_other() {
    let (portal, operation) = portal(10).await;
    let users = open_users(&portal, 10).await;
    portal.audit.hold(ids(&users));
    let job = start(&portal, &operation, lock(&users)).await;
    portal.audit.wait_for_waiting(4).await;
    job.stop();
    assert_eq!(job.counts().state, JobState::Stopping);
    assert_eq!(running(&job), 4);
    portal.audit.release(10);
    finished(&job).await;
    let counts = job.counts();
    assert_eq!((counts.done, counts.stopped, counts.total), (4, 6, 10));
    assert_eq!(counts.state, JobState::Stopped);
    assert_eq!(states(&job)[4..], [RowState::Stopped; 6]);
    assert!(texts(&job)[9].contains("stopped"));
    assert!(job.record().retry().is_some());
    job.stop();
    assert_eq!(
        job.counts(),
        counts,
        "stopping a job that is over changes nothing"
    );
    assert_eq!(
        calls(&portal, "PUT").len(),
        4,
        "what was not started was not sent"
    );
}

#[tokio::test]
async fn the_end_of_the_session_interrupts_the_job() {
    let (portal, operation) = portal(20).await;
    let users = open_users(&portal, 20).await;
    portal.audit.hold(ids(&users));
    let job = start(&portal, &operation, lock(&users)).await;
    portal.audit.wait_for_waiting(4).await;
    portal.simulator().expire(Expire::All);
    portal.audit.release(1);
    until(&job, |job| job.counts().stopped == 16).await;
    assert_eq!(states(&job)[0], RowState::Failed);
    portal.audit.release(3);
    finished(&job).await;
    let counts = job.counts();
    assert_eq!((counts.failed, counts.stopped), (4, 16));
    assert_eq!(counts.state, JobState::Interrupted);
    let texts = texts(&job);
    assert!(
        texts[0].starts_with("The cluster requires your password again."),
        "{}",
        texts[0]
    );
    assert!(texts[19].contains("Not begun: the session"), "{}", texts[19]);

    // The owner signs in again and goes on.
    let again = portal.operation("admin", Action::LockUser).await;
    portal.simulator().clear_calls();
    portal.audit.release(20);
    let job = retried(&portal, &again, &job).await;
    finished(&job).await;
    assert_eq!(job.counts().done, 20);
    assert_eq!(calls(&portal, "PUT").len(), 20);
}

#[tokio::test]
async fn rows_that_failed_or_were_stopped_are_tried_again_and_no_others() {
    let (portal, operation) = portal(10).await;
    let users = open_users(&portal, 10).await;
    let name = |place: usize| users[place].username.clone();
    // The odd ones fail the first time, 3 and 7 the second time too.
    refuse(&portal, &users, &[1, 3, 5, 7, 9]);
    let first = start(&portal, &operation, lock(&users)).await;
    finished(&first).await;

    refuse(&portal, &users, &[3, 7]);
    let second = retried(&portal, &operation, &first).await;
    finished(&second).await;
    let names: Vec<_> = second.record().rows.into_iter().map(|row| row.name).collect();
    assert_eq!(names, [1, 3, 5, 7, 9].map(name));
    assert_eq!(texts(&second)[0], "Locked.");
    assert_eq!(second.command().title(), "Lock 5 users");
    let first = find(&portal, &operation, first.id()).await;
    assert!(first.record().retry().is_none() && second.record().retry().is_some());
    let twice = refusal(jobs::retry(&portal.services, &operation, first.id(), None)).await;
    assert_eq!(twice, words(JobError::NothingLeft), "no row is done twice");

    portal.simulator().set_faults(Vec::new());
    let third = retried(&portal, &operation, &second).await;
    finished(&third).await;
    assert_eq!(third.counts().done, 2);
    let ids = ids(&users);
    let again: Vec<_> = [1, 3, 5, 7, 9, 3, 7]
        .iter()
        .map(|place| ids[*place].clone())
        .collect();
    assert_eq!(portal.audit.targets()[10..], again);
    let nothing = refusal(jobs::retry(&portal.services, &operation, third.id(), None)).await;
    assert_eq!(nothing, words(JobError::NothingLeft));
}

#[tokio::test]
async fn a_retry_that_is_refused_says_why() {
    let (portal, operation) = portal(8).await;
    let users = open_users(&portal, 7).await;
    let retry = |operation: Operation, id: JobId| {
        let services = portal.services.clone();
        refusal(async move { jobs::retry(&services, &operation, &id, None).await })
    };
    portal.audit.hold(ids(&users));
    let job = start(&portal, &operation, lock(&users[..5])).await;
    portal.audit.wait_for_waiting(4).await;
    let id = job.id().clone();
    assert_eq!(
        retry(operation.clone(), id.clone()).await,
        words(JobError::StillRunning)
    );
    job.stop();
    assert_eq!(
        retry(operation.clone(), id.clone()).await,
        words(JobError::StillRunning)
    );
    portal.audit.release(4);
    finished(&job).await;

    let other = portal.begin(operation.principal(), Action::UnlockUser).await;
    assert_eq!(retry(other, id.clone()).await, words(JobError::OtherAction));
    let unknown = JobId::from("made-up");
    assert_eq!(retry(operation.clone(), unknown).await, words(JobError::NotFound));
    for user in &users[5..] {
        start(&portal, &operation, lock(std::slice::from_ref(user))).await;
    }
    assert_eq!(retry(operation.clone(), id.clone()).await, words(JobError::Busy));
    let job = find(&portal, &operation, &id).await;
    assert!(job.record().retry().is_some(), "it can be tried later");
}

#[tokio::test]
async fn another_persons_job_is_not_found() {
    let (portal, operation) = portal(2).await;
    let users = open_users(&portal, 2).await;
    refuse(&portal, &users, &[0, 1]);
    let job = start(&portal, &operation, lock(&users)).await;
    finished(&job).await;
    let helpdesk = portal.operation("helpdesk", Action::LockUser).await;
    let services = &portal.services;
    assert!(jobs::find(services, &helpdesk, job.id()).await.is_err());
    assert_eq!(jobs::list(services, &helpdesk).await.expect("a list"), []);
    assert_eq!(
        refusal(jobs::retry(services, &helpdesk, job.id(), None)).await,
        words(JobError::NotFound)
    );
    let same_person = portal.operation("ADMIN", Action::LockUser).await;
    let found = find(&portal, &same_person, job.id()).await;
    assert!(found.record().retry().is_some(), "from another session");
    let own = jobs::list(services, &same_person).await.expect("a list");
    assert_eq!(own.len(), 1);
}

#[tokio::test]
async fn jobs_have_limits() {
    let (portal, operation) = portal(4).await;
    let users = open_users(&portal, 4).await;
    let start_lock = |operation: &Operation, users: Vec<User>| {
        let (services, operation) = (portal.services.clone(), operation.clone());
        async move { jobs::start(&services, &operation, lock(&users), Vec::new(), None).await }
    };
    assert_eq!(
        refusal(start_lock(&operation, Vec::new())).await,
        words(JobError::Empty)
    );
    let most = Jobs::MAX_ROWS;
    let rows = most + 1;
    let refused = refusal(start_lock(&operation, vec![User::default(); rows])).await;
    assert_eq!(refused, words(JobError::TooMany { rows, most }));
    assert!(refused.contains("2001") && refused.contains("2000"), "{refused}");

    let importing = portal.begin(operation.principal(), Action::ImportUsers).await;
    let row = |number: usize| ImportRow {
        at: FilePlace {
            row: number,
            ..FilePlace::default()
        },
        username: format!("user-{number}"),
        roles: ["directory_viewer".to_owned()].into(),
        ..ImportRow::default()
    };
    let largest = Command::ImportUsers(ImportUsers {
        users: (1..=Jobs::MAX_ROWS).map(row).collect(),
        dry_run: true,
    });
    let largest = start(&portal, &importing, largest).await;
    finished(&largest).await;
    assert_eq!(largest.counts().done, Jobs::MAX_ROWS);

    portal.audit.hold(ids(&users));
    let one = |place: usize| vec![users[place].clone()];
    let first = start_lock(&operation, one(0)).await.expect("one");
    start_lock(&operation, one(1)).await.expect("two");
    assert_eq!(
        refusal(start_lock(&operation, one(2))).await,
        words(JobError::Busy)
    );
    let helpdesk = portal.operation("helpdesk", Action::LockUser).await;
    start_lock(&helpdesk, one(2)).await.expect("another person's");
    let first = find(&portal, &operation, &first).await;
    portal.audit.release(3);
    finished(&first).await;
    start_lock(&operation, one(3)).await.expect("one has finished");
}

#[tokio::test]
async fn a_job_that_is_over_is_forgotten_after_an_hour_or_after_many() {
    let (portal, operation) = portal(2).await;
    let users = open_users(&portal, 2).await;
    portal.audit.hold([users[0].id.to_string()]);
    let slow = start(&portal, &operation, lock(&users[..1])).await;
    let mut ids = Vec::new();
    for _ in 0..25 {
        let job = start(&portal, &operation, lock(&users[1..])).await;
        finished(&job).await;
        ids.push(job.id().clone());
    }
    let services = &portal.services;
    let kept = async |ids: &[JobId]| {
        let mut kept = Vec::new();
        for id in ids {
            if jobs::find(services, &operation, id).await.is_ok() {
                kept.push(id.clone());
            }
        }
        kept
    };
    assert_eq!(kept(&ids).await, ids[6..]);
    assert_eq!(jobs::list(services, &operation).await.expect("a list").len(), 20);
    let slow_id = [slow.id().clone()];
    assert_eq!(kept(&slow_id).await, slow_id, "a job that runs is not forgotten");

    portal.advance(3601);
    assert_eq!(kept(&ids).await, []);
    portal.services.sweep().await;
    assert_eq!(kept(&slow_id).await, slow_id);
    portal.audit.release(1);
    finished(&slow).await;
    portal.advance(3599);
    assert_eq!(kept(&slow_id).await, slow_id);
    portal.advance(2);
    assert_eq!(kept(&slow_id).await, []);
    portal.services.sweep().await;
    assert_eq!(jobs::list(services, &operation).await.expect("a list"), []);
}

#[tokio::test]
async fn a_stream_gets_what_changed_and_the_end() {
    let (portal, operation) = portal(6).await;
    let users = open_users(&portal, 6).await;
    portal.audit.hold(ids(&users));
    let job = start(&portal, &operation, lock(&users)).await;
    portal.audit.wait_for_waiting(4).await;
    let (version, rows) = job.rows_since(0);
    assert_eq!(rows.len(), 6, "everything at first");
    assert!(job.rows_since(version).1.is_empty());
    portal.audit.release(1);
    until(&job, |job| job.counts().done == 1 && running(job) == 4).await;
    let (version, rows) = job.rows_since(version);
    let places: Vec<_> = rows.iter().map(|(place, row)| (*place, row.state)).collect();
    assert_eq!(places, [(0, RowState::Done), (4, RowState::Running)]);

    portal.audit.release(5);
    let mut changes = job.changes();
    let (mut seen, mut version) = (BTreeSet::new(), version);
    let followed = async {
        loop {
            let state = job.counts().state;
            let (now, rows) = job.rows_since(version);
            version = now;
            let done = rows.iter().filter(|(_, row)| row.state == RowState::Done);
            seen.extend(done.map(|(place, _)| *place));
            if state.is_over() {
                break;
            }
            changes.changed().await.expect("the job is there");
        }
    };
    in_time(followed).await;
    assert_eq!(seen, BTreeSet::from([1, 2, 3, 4, 5]));
}

#[tokio::test]
async fn ids_are_long_and_fit_into_an_address() {
    let (portal, operation) = portal(1).await;
    let users = open_users(&portal, 1).await;
    let mut ids = BTreeSet::new();
    for _ in 0..10 {
        let job = start(&portal, &operation, lock(&users)).await;
        finished(&job).await;
        let id = job.id().to_string();
        assert_eq!(id.len(), 32);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert!(ids.insert(id));
    }
}

const FILE: &str = "username,roles,password\nana.ito,portal_auditor,Tulip-Harbor-4711\nbo,no-such-role,Tulip-Harbor-4712\ncy,directory_viewer,\n";

/// The dry run over [`FILE`], finished, and the names of its passwords.
async fn dry_run(portal: &TestServices, operation: &Operation) -> (Arc<Job>, Vec<SecretRef>) {
    let form = ImportUsersForm {
        file: FILE.to_owned(),
        roles: Vec::new(),
    };
    let (command, secrets) = plan_import(&form).expect("a file");
    let names = secrets.iter().map(|(name, _)| name.clone()).collect();
    let id = jobs::start(&portal.services, operation, command, secrets, None).await;
    let job = find(portal, operation, &id.expect("it starts")).await;
    finished(&job).await;
    (job, names)
}

/// Which of these passwords can be read.
async fn readable(portal: &TestServices, operation: &Operation, names: &[SecretRef]) -> Vec<Option<String>> {
    let mut found = Vec::new();
    for name in names {
        let secret = jobs::secret(&portal.services, operation, name).await;
        let secret = secret.expect("the store answers");
        found.push(secret.map(|secret| secret.expose_secret().to_owned()));
    }
    found
}

#[tokio::test]
async fn a_dry_run_is_followed_once_by_the_rows_that_were_done() {
    let portal = cluster(0).await;
    let operation = portal.operation("admin", Action::ImportUsers).await;
    let (dry, _) = dry_run(&portal, &operation).await;
    let texts = texts(&dry);
    assert_eq!(texts[0], "Would be created with portal_auditor.");
    assert!(texts[1].contains("no role no-such-role"), "{}", texts[1]);
    let record = dry.record();
    assert_eq!(record.retry(), None, "a dry run would fail again");
    let next = record.next_step().expect("a next step");
    assert_eq!(next.label, "Create the users that passed");
    assert_eq!(calls(&portal, "POST"), ["POST /pty/v1/auth/login/token 200"]);

    portal.simulator().clear_calls();
    let services = &portal.services;
    let id = jobs::start_next(services, &operation, dry.id(), None).await;
    let real = find(&portal, &operation, &id.expect("it starts")).await;
    finished(&real).await;
    let rows: Vec<_> = real
        .record()
        .rows
        .into_iter()
        .map(|row| (row.name, row.text.to_string()))
        .collect();
    let created = |name: &str| (name.to_owned(), "Created.".to_owned());
    assert_eq!(rows, [created("ana.ito"), created("cy")]);
    assert_eq!(calls(&portal, "POST"), ["POST /pty/v1/auth/users 200"; 2]);
    let dry = find(&portal, &operation, dry.id()).await;
    assert_eq!(dry.record().next_step(), None);
    for id in [dry.id(), real.id()] {
        let again = refusal(jobs::start_next(services, &operation, id, None)).await;
        assert_eq!(again, words(JobError::NothingLeft));
    }
}

#[tokio::test]
async fn the_passwords_of_a_file_are_kept_for_the_owners_session_until_they_are_used() {
    let portal = cluster(0).await;
    let operation = portal.operation("admin", Action::ImportUsers).await;
    let (dry, names) = dry_run(&portal, &operation).await;
    let both = ["Tulip-Harbor-4711", "Tulip-Harbor-4712"].map(|text| Some(text.to_owned()));
    assert_eq!(readable(&portal, &operation, &names).await, both);
    let stored = serde_json::to_string(&dry.record()).expect("JSON");
    assert!(!stored.contains("Tulip"), "{stored}");

    let elsewhere = portal.operation("admin", Action::ImportUsers).await;
    assert_eq!(readable(&portal, &elsewhere, &names).await, [None, None]);

    let id = jobs::start_next(&portal.services, &operation, dry.id(), None).await;
    let real = find(&portal, &operation, &id.expect("it starts")).await;
    finished(&real).await;
    assert_eq!(
        readable(&portal, &operation, &names).await,
        [None, both[1].clone()],
        "a password that was sent is forgotten"
    );
    portal.advance(3600);
    assert_eq!(readable(&portal, &operation, &names).await, [None, None]);
}

#[tokio::test]
async fn a_row_whose_password_went_with_the_session_says_so() {
    let portal = cluster(0).await;
    let operation = portal.operation("admin", Action::ImportUsers).await;
    let (dry, names) = dry_run(&portal, &operation).await;
    jobs::forget_secrets(&portal.services, operation.principal()).await;
    assert_eq!(readable(&portal, &operation, &names).await, [None, None]);

    let next_session = portal.operation("admin", Action::ImportUsers).await;
    let id = jobs::start_next(&portal.services, &next_session, dry.id(), None).await;
    let real = find(&portal, &next_session, &id.expect("it starts")).await;
    finished(&real).await;
    let texts = texts(&real);
    assert!(
        texts[0].contains("password of this row is not kept any more"),
        "{}",
        texts[0]
    );
    assert_eq!(texts[1], "Created.", "a row without a password needs none");
}

#[tokio::test]
async fn the_passwords_of_a_job_that_does_not_start_are_not_kept() {
    let (portal, operation) = portal(2).await;
    let users = open_users(&portal, 2).await;
    portal.audit.hold(ids(&users));
    for user in &users {
        start(&portal, &operation, lock(std::slice::from_ref(user))).await;
    }
    let importing = portal.begin(operation.principal(), Action::ImportUsers).await;
    let form = ImportUsersForm {
        file: FILE.to_owned(),
        roles: Vec::new(),
    };
    let (command, secrets) = plan_import(&form).expect("a file");
    let names: Vec<_> = secrets.iter().map(|(name, _)| name.clone()).collect();
    let refused = refusal(jobs::start(&portal.services, &importing, command, secrets, None)).await;
    assert_eq!(refused, words(JobError::Busy));
    assert_eq!(readable(&portal, &importing, &names).await, [None, None]);
}

#[tokio::test]
async fn each_unlocked_user_gets_a_password_that_the_owner_alone_sees() {
    let (portal, operation) = portal(3).await;
    let users = open_users(&portal, 3).await;
    let locked = start(&portal, &operation, lock(&users)).await;
    finished(&locked).await;
    let unlocking = portal.begin(operation.principal(), Action::UnlockUser).await;
    let job = start(&portal, &unlocking, bulk(BulkChange::Unlock, &users)).await;
    finished(&job).await;
    let record = job.record();
    let secrets: Vec<_> = record.rows.iter().filter_map(|row| row.secret.clone()).collect();
    let passwords = readable(&portal, &unlocking, &secrets).await;
    let passwords: BTreeSet<_> = passwords.into_iter().flatten().collect();
    assert_eq!(passwords.len(), 3, "each a password of its own");
    let stored = serde_json::to_string(&record).expect("JSON");
    assert!(
        passwords
            .iter()
            .all(|password| !stored.contains(password.as_str()))
    );

    let elsewhere = portal.operation("admin", Action::UnlockUser).await;
    assert_eq!(readable(&portal, &elsewhere, &secrets).await, [None, None, None]);
    portal.advance(3600);
    assert_eq!(readable(&portal, &unlocking, &secrets).await, [None, None, None]);
}

/// A group that none of these users is in.
async fn group_without(portal: &TestServices, users: &[User]) -> GroupRef {
    let group = developers(portal).await;
    let members = group.members.expect("its members");
    assert!(users.iter().all(|user| !members.contains(&user.username)));
    GroupRef {
        id: group.id,
        name: group.name,
    }
}

/// Users who are not in the group `developers`.
async fn outsiders(portal: &TestServices, count: usize) -> Vec<User> {
    let members = developers(portal).await.members.expect("its members");
    let mut users = open_users(portal, count + members.len()).await;
    users.retain(|user| !members.contains(&user.username));
    users.truncate(count);
    users
}

#[tokio::test]
async fn two_jobs_into_one_group_end_with_the_members_of_both() {
    let portal = cluster(40).await;
    let operation = portal.operation("admin", Action::UpdateGroup).await;
    let users = outsiders(&portal, 8).await;
    let group = group_without(&portal, &users).await;
    let before = developers(&portal).await.members.expect("its members");
    // The first job has read the group and is about to write it when the second one starts.
    portal.audit.hold([group.id.to_string()]);
    let add = |users: &[User]| bulk(BulkChange::AddToGroup(group.clone()), users);
    let first = start(&portal, &operation, add(&users[..4])).await;
    portal.audit.wait_for_waiting(1).await;
    let second = start(&portal, &operation, add(&users[4..])).await;
    until(&second, |job| running(job) == 4).await;
    portal.audit.release(8);
    finished(&first).await;
    finished(&second).await;
    assert_eq!(calls(&portal, "PUT").len(), 2, "rows that wait are sent together");
    for job in [&first, &second] {
        assert_eq!(texts(job), ["Added to developers."; 4]);
    }
    let after = developers(&portal).await.members.expect("its members");
    let added = users.iter().map(|user| user.username.clone());
    let expected: BTreeSet<_> = before.into_iter().chain(added).collect();
    assert_eq!(after.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn a_member_whom_the_cluster_refuses_does_not_fail_the_others() {
    let portal = cluster(40).await;
    let operation = portal.operation("admin", Action::UpdateGroup).await;
    let users = outsiders(&portal, 4).await;
    let group = group_without(&portal, &users).await;
    let gone = &users[1];
    let deleted = portal.as_admin_directly().await.delete_user(&gone.id).await;
    deleted.expect("a user fewer");
    let job = start(&portal, &operation, bulk(BulkChange::AddToGroup(group), &users)).await;
    finished(&job).await;
    let failed: Vec<_> = (0..4)
        .filter(|place| states(&job)[*place] == RowState::Failed)
        .collect();
    assert_eq!(failed, [1], "{:?}", texts(&job));
    let after = developers(&portal).await.members.expect("its members");
    for user in users.iter().filter(|user| user.id != gone.id) {
        assert!(after.contains(&user.username), "{}", user.username);
    }
}

#[tokio::test]
async fn two_roles_assigned_at_the_same_time_are_both_kept() {
    let portal = cluster(4).await;
    let operation = portal.operation("admin", Action::EditUser).await;
    let users = open_users(&portal, 1).await;
    portal.audit.hold(ids(&users));
    let assign = |role: &str| bulk(BulkChange::AssignRole(role.into()), &users);
    let first = start(&portal, &operation, assign("portal_auditor")).await;
    portal.audit.wait_for_waiting(1).await;
    let second = start(&portal, &operation, assign("workbench_viewer")).await;
    until(&second, |job| running(job) == 1).await;
    portal.audit.release(2);
    finished(&first).await;
    finished(&second).await;
    let user = portal.as_admin_directly().await.user(&users[0].id).await;
    let roles = user.expect("the user").roles.expect("its roles");
    for role in ["portal_auditor", "workbench_viewer"] {
        assert!(roles.contains(&role.into()), "{roles:?}");
    }
}

#[tokio::test]
async fn ones_own_account_and_unknown_names_are_left_out() {
    let portal = cluster(0).await;
    let operation = portal.operation("helpdesk", Action::DeleteUser).await;
    let names = ["helpdesk", "alpha", "gone"].map(str::to_owned).to_vec();
    let selection = jobs::select(&portal.services, &operation, BulkAction::Delete, names.clone()).await;
    let selection = selection.expect("users");
    assert_eq!(selection.own.as_deref(), Some("helpdesk"));
    assert_eq!(selection.unknown, ["gone"]);
    assert_eq!(selection.users.len(), 1);

    let form = |target: &str| BulkUsersForm {
        bulk_action: "delete".to_owned(),
        users: names.clone(),
        target: target.to_owned(),
    };
    let plan = async |form: BulkUsersForm| jobs::plan_bulk(&portal.services, &operation, &form).await;
    assert_eq!(refusal(plan(form("delete 2"))).await, "Type “delete 1” to go on.");
    let command = plan(form(" Delete 1 ")).await.expect("a command");
    assert_eq!(command.title(), "Delete 1 user");
    let job = start(&portal, &operation, command).await;
    finished(&job).await;
    assert_eq!(texts(&job), ["Deleted."]);
    // The own account stays even when a command names it.
    let own = portal.operation("helpdesk", Action::LockUser).await;
    let user = UserRef {
        id: "another-id".into(),
        name: "HELPDESK".to_owned(),
    };
    let command = Command::BulkUsers(BulkUsers {
        change: BulkChange::Lock,
        users: vec![user],
    });
    let job = start(&portal, &own, command).await;
    finished(&job).await;
    assert!(texts(&job)[0].contains("your own account"));
}

#[tokio::test]
async fn a_password_of_a_file_becomes_the_users() {
    let portal = cluster(0).await;
    let operation = portal.operation("admin", Action::ImportUsers).await;
    let (dry, _) = dry_run(&portal, &operation).await;
    let id = jobs::start_next(&portal.services, &operation, dry.id(), None).await;
    let real = find(&portal, &operation, &id.expect("it starts")).await;
    finished(&real).await;
    assert!(portal.signs_in("ana.ito", "Tulip-Harbor-4711").await);
    assert!(!portal.signs_in("ana.ito", password()).await);
}

/// The answers to locking these users are lost, and so are those to reading them again.
fn fault_at(user: &User, path: &str, fault: Fault) -> FaultRule {
    FaultRule::always(format!("/pty/v1/auth/users/{}{path}", user.id), fault)
}

#[tokio::test]
async fn a_row_without_an_answer_is_read_back_and_else_unknown_and_never_sent_again() {
    use RowState::{Done, Unknown};
    let (portal, operation) = portal(6).await;
    let users = open_users(&portal, 6).await;
    let gateway = Fault::Status {
        status: 504,
        body: String::new(),
    };
    // The first took effect, and its answer was lost; the others did not, as far as a second look can tell. The last
    // cannot be looked at again.
    portal.simulator().set_faults(vec![
        fault_at(&users[0], "/lock", Fault::Lose),
        fault_at(&users[1], "/lock", Fault::Drop),
        fault_at(&users[2], "/lock", gateway),
        fault_at(&users[3], "/lock", Fault::Html),
        fault_at(&users[4], "", Fault::Lose),
    ]);
    let job = start(&portal, &operation, lock(&users)).await;
    finished(&job).await;
    assert_eq!(
        states(&job),
        [Done, Unknown, Unknown, Unknown, Unknown, Done],
        "{:?}",
        texts(&job)
    );
    let counts = job.counts();
    assert_eq!((counts.done, counts.failed, counts.unknown), (2, 0, 4));
    for text in &texts(&job)[1..5] {
        assert!(text.starts_with("The outcome is not known."), "{text}");
        assert!(text.contains("check before you try again"), "{text}");
    }
    assert_eq!(
        job.record().retry(),
        None,
        "what may have taken effect is not sent again"
    );
    let puts = calls(&portal, "PUT");
    assert_eq!(puts.len(), 6, "each was sent once: {puts:?}");
}

#[tokio::test]
async fn members_whose_answer_was_lost_are_read_back_together() {
    let portal = cluster(40).await;
    let operation = portal.operation("admin", Action::UpdateGroup).await;
    let users = outsiders(&portal, 8).await;
    let group = group_without(&portal, &users).await;
    for (fault, expected) in [(Fault::Lose, RowState::Done), (Fault::Drop, RowState::Unknown)] {
        let users = if expected == RowState::Done {
            &users[..4]
        } else {
            &users[4..]
        };
        let rule = FaultRule {
            method: Some("PUT".to_owned()),
            ..FaultRule::always("/pty/v1/auth/groups", fault)
        };
        portal.simulator().set_faults(vec![rule]);
        portal.simulator().clear_calls();
        let command = bulk(BulkChange::AddToGroup(group.clone()), users);
        let job = start(&portal, &operation, command).await;
        finished(&job).await;
        assert_eq!(states(&job), [expected; 4], "{:?}", texts(&job));
        let puts = calls(&portal, "PUT").len();
        assert!((1..=4).contains(&puts), "none of them is sent twice: {puts}");
    }
}

#[tokio::test]
async fn an_unlocked_user_without_an_answer_keeps_the_password_that_was_sent() {
    let portal = cluster(1).await;
    let operation = portal.operation("admin", Action::UnlockUser).await;
    let users = open_users(&portal, 1).await;
    portal
        .simulator()
        .set_faults(vec![fault_at(&users[0], "/unlock", Fault::Lose)]);
    let job = start(&portal, &operation, bulk(BulkChange::Unlock, &users)).await;
    finished(&job).await;
    assert_eq!(states(&job), [RowState::Unknown]);
    let names: Vec<_> = job
        .record()
        .rows
        .into_iter()
        .filter_map(|row| row.secret)
        .collect();
    let password = readable(&portal, &operation, &names).await.remove(0);
    portal.simulator().set_faults(Vec::new());
    let password = password.expect("it is kept");
    let signed_in = portal.log_in(&users[0].username, &password).await;
    let words = signed_in.map(drop).map_err(|error| error.to_string());
    assert!(
        words.as_ref().is_ok() || words.as_ref().is_err_and(|words| words.contains("set up")),
        "the cluster knows the password: {words:?}"
    );
}

#[tokio::test]
async fn a_job_pauses_while_the_cluster_asks_for_fewer_requests_and_goes_on() {
    let (portal, operation) = portal(3).await;
    let users = open_users(&portal, 3).await;
    let busy = FaultRule {
        times: Some(1),
        ..fault_at(&users[0], "/lock", Fault::Busy(3))
    };
    portal.simulator().set_faults(vec![busy]);
    let job = start(&portal, &operation, lock(&users)).await;
    until(&job, |job| job.counts().is_paused || job.counts().state.is_over()).await;
    assert!(job.counts().is_paused, "{:?}", texts(&job));
    finished(&job).await;
    let counts = job.counts();
    assert_eq!((counts.done, counts.failed, counts.is_paused), (3, 0, false));
}

#[tokio::test]
async fn a_job_that_pauses_can_be_stopped() {
    let (portal, operation) = portal(2).await;
    let users = open_users(&portal, 2).await;
    portal.simulator().set_faults(vec![FaultRule::always(
        "/pty/v1/auth/users/*/lock",
        Fault::Busy(100),
    )]);
    let job = start(&portal, &operation, lock(&users)).await;
    until(&job, |job| job.counts().is_paused).await;
    job.stop();
    finished(&job).await;
    assert_eq!(states(&job), [RowState::Stopped; 2], "{:?}", texts(&job));
    assert_eq!(job.counts().state, JobState::Stopped);
}

#[tokio::test]
async fn a_process_that_ends_finishes_the_rows_that_run_and_begins_no_other() {
    let (portal, operation) = portal(10).await;
    let users = open_users(&portal, 10).await;
    portal.audit.hold(ids(&users));
    let job = start(&portal, &operation, lock(&users)).await;
    portal.audit.wait_for_waiting(4).await;
    portal.services.jobs.interrupt().await;
    assert_eq!(job.counts().stopped, 6);
    let services = portal.services.clone();
    let ending = tokio::spawn(async move { services.jobs.settled().await });
    assert!(!ending.is_finished(), "rows are under way");
    let refused = jobs::start(&portal.services, &operation, lock(&users), Vec::new(), None).await;
    assert_eq!(
        refused.expect_err("nothing new begins").to_string(),
        words(JobError::Stopping)
    );
    portal.audit.release(4);
    in_time(ending).await.expect("it ends");
    let counts = job.counts();
    assert_eq!(
        (counts.done, counts.stopped, counts.state),
        (4, 6, JobState::Interrupted)
    );
    let stored = find(&portal, &operation, job.id()).await.record();
    assert_eq!(stored.state, JobState::Interrupted);
    assert_eq!(&*stored.rows[9].text, "Not begun: the portal was stopped.");
    assert_eq!(calls(&portal, "PUT").len(), 4);
}

#[tokio::test]
async fn the_rows_that_a_dry_run_refused_stay_in_sight_and_can_be_mended() {
    let portal = cluster(0).await;
    let operation = portal.operation("admin", Action::ImportUsers).await;
    let (dry, _) = dry_run(&portal, &operation).await;
    let services = &portal.services;
    let (heading, rows) = jobs::unfinished_users(services, &operation, &dry.record())
        .await
        .expect("a row was refused");
    assert_eq!(heading.last().map(String::as_str), Some("problem"));
    assert_eq!(rows.len(), 1);
    let (row, problem) = (&rows[0], rows[0].last().expect("the problem"));
    assert!(problem.contains("no role no-such-role"), "{problem}");
    assert_eq!(
        (row[0].as_str(), row[4].as_str(), row[7].as_str()),
        ("bo", "no-such-role", "Tulip-Harbor-4712")
    );

    let id = jobs::start_next(services, &operation, dry.id(), None)
        .await
        .expect("it starts");
    let real = find(&portal, &operation, &id).await;
    finished(&real).await;
    let counts = real.counts();
    assert_eq!((counts.done, counts.total, counts.left_out), (2, 2, 1));
    assert!(
        jobs::unfinished_users(services, &operation, &real.record())
            .await
            .is_none()
    );
}

#[tokio::test]
async fn a_read_before_the_change_that_has_no_answer_is_a_failure_and_tried_again() {
    let portal = cluster(40).await;
    let operation = portal.operation("admin", Action::UpdateGroup).await;
    let users = outsiders(&portal, 2).await;
    let group = group_without(&portal, &users).await;
    portal.fail_at("/pty/v1/auth/groups", Fault::Drop);
    let job = start(&portal, &operation, bulk(BulkChange::AddToGroup(group), &users)).await;
    finished(&job).await;
    assert_eq!(states(&job), [RowState::Failed; 2], "{:?}", texts(&job));
    assert!(job.record().retry().is_some());
    assert_eq!(calls(&portal, "PUT"), [""; 0]);
}
