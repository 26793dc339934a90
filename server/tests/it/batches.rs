//! Work on many users: what it tells while it runs, how it is stopped and tried again, and whose it is.

use std::time::{Duration, Instant};

use crate::support::{
    Answer, Browser, HTML, MANY, SIGN_OUT, Setup, World, batch_of, begin, begin_import, finished, secret,
};
use http::{Method, header};
use serde_json::Value;
use simulator::{Expire, Fault, FaultRule, GroupUpdate};

const STOP: &str = "/api/batches/stop";
const RETRY: &str = "/api/batches/retry";
const FOLLOW: &str = "/api/batches/follow";

/// The path of every lock.
const LOCKS: &str = "/pty/v1/auth/users/*/lock";

/// How long a lock takes where it is slow.
const SLOW: Duration = Duration::from_millis(300);

async fn world() -> World {
    World::with(Setup {
        users: 40,
        ..Setup::default()
    })
    .await
}

fn slow() -> Fault {
    Fault::DelayMs(u64::try_from(SLOW.as_millis()).expect("a short time"))
}

fn broken() -> Fault {
    Fault::Status {
        status: 500,
        body: r#"{"errorMessage":"out of <b>order</b>"}"#.to_owned(),
    }
}

fn refs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// An event as a script reads it.
#[derive(Debug)]
struct Event {
    name: String,
    data: Value,
}

/// All events until the stream ends.
async fn events(browser: &Browser, id: &str) -> Vec<Event> {
    let answer = browser.get(&format!("/batches/{id}/events")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert!(
        answer.header("cache-control").contains("no-"),
        "{:?}",
        answer.headers
    );
    read(&answer.body)
}

fn read(stream: &str) -> Vec<Event> {
    let mut events = Vec::new();
    for block in stream.split("\n\n").filter(|block| block.contains("data:")) {
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().trim().to_owned()
        };
        let data = field("data:");
        let data = serde_json::from_str(&data).unwrap_or_else(|_| panic!("not JSON: {data}"));
        let name = field("event:");
        events.push(Event { name, data });
    }
    events
}

/// What the rows of a batch's page say: name, outcome, what happened.
fn rows(page: &Answer) -> Vec<[String; 3]> {
    let table = page.between("aria-label=\"Outcome table\"", "</table>");
    let body = table.and_then(|table| table.split_once("<tbody>"));
    let rows = body.expect("a table of outcomes").1.split("<tr ").skip(1);
    let cells = |row: &str| {
        let cells = row.split_once("<th").expect("a name").1.split("<td");
        let cells: Vec<_> = cells.map(|cell| text(&format!("<x{cell}"))).collect();
        <[String; 3]>::try_from(cells).expect("three cells")
    };
    rows.map(|row| cells(&format!("<{row}"))).collect()
}

/// Without tags and comments.
fn text(html: &str) -> String {
    let mut words = String::new();
    for part in html.split('<') {
        words.push_str(part.split_once('>').map_or("", |(_, words)| words));
    }
    words.trim().to_owned()
}

/// How many rows ended in this way.
fn count(page: &Answer, outcome: &str) -> usize {
    rows(page).iter().filter(|row| row[1] == outcome).count()
}

fn locks(world: &World) -> usize {
    let calls = world.calls();
    calls.iter().filter(|call| call.contains("/lock ")).count()
}

/// Waits until so many locks were answered.
async fn wait_for_locks(world: &World, wanted: usize) {
    for _ in 0..400 {
        if locks(world) >= wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} locks, and not {wanted}", locks(world));
}

#[tokio::test]
async fn the_rows_are_told_as_they_change_and_no_more_than_four_are_under_way() {
    let world = world().await;
    let names = world.open_users(10).await;
    let browser = world.signed_in("helpdesk").await;
    world.fail(&[LOCKS], &slow());
    let begun = Instant::now();
    let id = begin(&browser, "lock", &refs(&names), "").await;
    let events = events(&browser, &id).await;
    assert!(
        begun.elapsed() >= 3 * SLOW,
        "ten rows, four at a time, take three turns"
    );

    let mut states = vec![String::new(); names.len()];
    let mut counted = Vec::new();
    for (at, event) in events.iter().enumerate() {
        match event.name.as_str() {
            "row" => {
                let index = event.data["index"].as_u64().expect("a place");
                let index = usize::try_from(index).expect("a place");
                event.data["state"]
                    .as_str()
                    .expect("a state")
                    .clone_into(&mut states[index]);
                assert!(at >= names.len() || index == at, "every row first, in order");
            }
            "count" => {
                let running = states.iter().filter(|state| *state == "running").count();
                assert!(running <= 4, "{running} at once");
                counted.push(event.data["value"].as_u64().expect("a count"));
                assert_eq!(event.data["max"], 10);
            }
            "end" => assert_eq!(at, events.len() - 1, "nothing comes after the end"),
            other => panic!("an event {other}"),
        }
    }
    assert_eq!(events.last().map(|event| event.name.as_str()), Some("end"));
    assert!(states.iter().all(|state| state == "done"), "{states:?}");
    assert!(counted.is_sorted() && counted.last() == Some(&10), "{counted:?}");
    assert!(counted.len() > 2, "it is told while it runs: {counted:?}");
    assert_eq!(locks(&world), 10);
    for name in &names {
        assert!(world.is_locked(name).await, "{name}");
    }
}

#[tokio::test]
async fn no_more_than_four_calls_are_made_at_once() {
    let world = world().await;
    let names = world.open_users(12).await;
    let browser = world.signed_in("helpdesk").await;
    world.fail(&[LOCKS], &slow());
    let begun = Instant::now();
    let id = begin(&browser, "lock", &refs(&names), "").await;
    let mut most = 0;
    loop {
        let answered = locks(&world);
        // What was answered by now was begun a call's time ago at the latest.
        let turns = begun.elapsed().as_millis() / SLOW.as_millis();
        let turns = usize::try_from(turns).expect("a short time");
        assert!(answered <= 4 * turns, "{answered} calls after {turns} turns");
        most = most.max(answered);
        if answered == names.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(count(&finished(&browser, &id).await, "Done"), 12);
}

#[tokio::test]
async fn the_first_events_come_before_the_last_row_is_done() {
    let world = world().await;
    let names = world.open_users(8).await;
    let browser = world.signed_in("helpdesk").await;
    world.fail(&[LOCKS], &slow());
    let id = begin(&browser, "lock", &refs(&names), "").await;
    let request = browser
        .bare(Method::GET, &format!("/batches/{id}/events"))
        .header(header::ACCEPT_ENCODING, "gzip, br");
    let mut stream = request.send().await.expect("a stream");
    assert_eq!(
        stream.headers().get(header::CONTENT_ENCODING),
        None,
        "nothing holds an event back"
    );
    let mut told = String::new();
    while read(&told).len() < 9 {
        let chunk = stream
            .chunk()
            .await
            .expect("the stream goes on")
            .expect("it has not ended");
        told.push_str(std::str::from_utf8(&chunk).expect("text"));
    }
    assert!(locks(&world) < 8, "the beginning was told at the end");
    drop(stream);
    assert_eq!(
        count(&finished(&browser, &id).await, "Done"),
        8,
        "it goes on without anybody listening"
    );

    let late = events(&browser, &id).await;
    let kinds: Vec<_> = late.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(
        kinds,
        [vec!["row"; 8], vec!["count", "end"]].concat(),
        "who comes late is told all"
    );
}

#[tokio::test]
async fn it_is_stopped_between_rows_and_goes_on_with_the_rest() {
    let world = world().await;
    let names = world.open_users(12).await;
    let browser = world.signed_in("helpdesk").await;
    world.fail(&[LOCKS], &slow());
    let id = begin(&browser, "lock", &refs(&names), "").await;
    let running = browser.get(&format!("/batches/{id}")).await;
    assert!(
        running.shows("http-equiv=\"refresh\""),
        "without script the page asks again"
    );
    assert!(
        running.shows(STOP) && !running.shows(RETRY),
        "{}",
        running.content()
    );
    assert_eq!(
        browser.call(RETRY, &[("id", &id)]).await.status,
        409,
        "not while it runs"
    );

    let page = format!("/batches/{id}");
    let answer = browser.submit(&page, STOP, &[("id", &id)]).await;
    assert_eq!((answer.status, answer.location()), (303, page.as_str()));
    let stopping = browser.get(&page).await;
    assert!(
        stopping.shows("Stopping: what is under way is finished."),
        "{}",
        stopping.content()
    );
    assert!(!stopping.shows(STOP), "there is nothing left to stop");
    let over = finished(&browser, &id).await;
    assert!(!over.shows("http-equiv=\"refresh\""), "nothing changes any more");
    assert_eq!(
        (count(&over, "Done"), count(&over, "Not tried")),
        (4, 8),
        "{}",
        over.content()
    );
    assert!(over.shows("Not begun: this was stopped."));
    assert_eq!(locks(&world), 4, "what was not begun was not sent");
    assert_eq!(
        browser.call(STOP, &[("id", &id)]).await.status,
        204,
        "twice does no harm"
    );
    assert!(over.shows("Try 8 again"), "{}", over.content());

    world.simulator().set_faults(Vec::new());
    let again = batch_of(&browser.call(RETRY, &[("id", &id)]).await);
    let rest = finished(&browser, &again).await;
    assert_eq!(count(&rest, "Done"), 8, "{}", rest.content());
    assert!(!rest.shows(RETRY), "nothing is left");
    let twice = browser.call(RETRY, &[("id", &id)]).await;
    assert_eq!((twice.status, &twice.json()["kind"]), (409, &"Conflict".into()));
    assert!(!browser.get(&page).await.shows(RETRY), "it is offered once");
    for name in &names {
        assert!(world.is_locked(name).await, "{name}");
    }
}

#[tokio::test]
async fn one_row_that_fails_does_not_stop_the_rest() {
    let world = world().await;
    let names = world.open_users(6).await;
    let unlucky = world.id_of(&names[2]).await;
    let browser = world.signed_in("helpdesk").await;
    world.fail(&[&format!("/pty/v1/auth/users/{unlucky}/lock")], &broken());
    let id = begin(&browser, "lock", &refs(&names), "").await;
    let page = finished(&browser, &id).await;
    let rows = rows(&page);
    let order: Vec<_> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(order, refs(&names), "in the order in which they were chosen");
    assert_eq!((count(&page, "Done"), count(&page, "Failed")), (5, 1), "{rows:?}");
    assert!(
        rows[2][1] == "Failed" && rows[2][2].contains("lock a user"),
        "{rows:?}"
    );
    assert!(
        !page.shows("<b>order") && !page.shows("/pty/v1"),
        "{}",
        page.content()
    );
    assert!(
        page.shows("6 of 6, 5 done, 1 failed. Finished."),
        "{}",
        page.content()
    );

    let file = browser.get(&format!("/batches/{id}/result.csv")).await;
    assert_eq!(file.status, 200);
    let lines: Vec<_> = file.body.split("\r\n").collect();
    assert_eq!(lines[0], "Row,Name,Outcome,What happened");
    assert_eq!(lines[1], format!("1,{},Done,Locked.", names[0]));
    assert!(
        lines[3].starts_with(&format!("3,{},Failed,", names[2])),
        "{}",
        lines[3]
    );

    world.simulator().set_faults(Vec::new());
    world.simulator().clear_calls();
    let again = batch_of(&browser.call(RETRY, &[("id", &id)]).await);
    assert_eq!(count(&finished(&browser, &again).await, "Done"), 1);
    assert_eq!(locks(&world), 1, "only what failed is tried again");
    assert!(world.is_locked(&names[2]).await);
}

#[tokio::test]
async fn it_ends_with_the_session_and_goes_on_in_the_next() {
    for signs_out in [false, true] {
        let world = world().await;
        let names = world.open_users(12).await;
        let browser = world.signed_in("helpdesk").await;
        world.fail(&[LOCKS], &slow());
        let id = begin(&browser, "lock", &refs(&names), "").await;
        if signs_out {
            assert_eq!(browser.call(SIGN_OUT, &[]).await.status, 204);
        } else {
            world.simulator().expire(Expire::All);
        }
        wait_for_locks(&world, 4).await;
        tokio::time::sleep(2 * SLOW).await;
        let answered = world
            .calls()
            .iter()
            .filter(|call| call.contains("/lock 200"))
            .count();
        assert!(answered <= 4, "{answered} locked after the end");
        if signs_out {
            let gone = browser.get(&format!("/batches/{id}")).await;
            assert_eq!(gone.status, 303, "nobody sees it now");
        }

        world.simulator().set_faults(Vec::new());
        let next = world.signed_in("helpdesk").await;
        let page = finished(&next, &id).await;
        assert!(
            page.shows("Not begun: the session had ended."),
            "{}",
            page.content()
        );
        let left = 12 - count(&page, "Done");
        let again = batch_of(&next.call(RETRY, &[("id", &id)]).await);
        assert_eq!(count(&finished(&next, &again).await, "Done"), left);
        for name in &names {
            assert!(world.is_locked(name).await, "{name}");
        }
    }
}

#[tokio::test]
async fn it_is_there_for_whoever_began_it_and_for_nobody_else() {
    let world = world().await;
    let names = world.open_users(2).await;
    let helpdesk = world.signed_in("helpdesk").await;
    let id = begin(&helpdesk, "lock", &refs(&names), "").await;
    finished(&helpdesk, &id).await;
    let second = world.signed_in("helpdesk").await;
    assert_eq!(
        second.get(&format!("/batches/{id}")).await.status,
        200,
        "another browser of the same person"
    );

    let others = [world.signed_in("admin").await, world.signed_in("officer").await];
    world.simulator().clear_calls();
    for other in &others {
        let foreign = [id.as_str(), "00000000000000000000000000000000", "no-such", "<b>x"];
        for id in foreign {
            let page = other.get(&format!("/batches/{id}")).await;
            assert_eq!(page.status, 404, "{id}");
            page.assert_framed(id);
            assert!(
                page.shows("This is not remembered any more.") && !page.shows(&names[0]),
                "{id}"
            );
            for file in ["events", "result.csv"] {
                let answer = other.get(&format!("/batches/{id}/{file}")).await;
                assert_eq!(answer.status, 404, "{id} {file}");
                assert!(
                    !answer.shows(&names[0]) && answer.shows("Request id"),
                    "{}",
                    answer.body
                );
            }
            for function in [STOP, RETRY, FOLLOW] {
                let answer = other.call(function, &[("id", id)]).await;
                assert_eq!(answer.status, 404, "{function} {id}: {}", answer.content());
                assert_eq!(answer.json()["kind"], "NotFound");
            }
        }
    }
    let nobody = world.browser();
    assert_eq!(nobody.get(&format!("/batches/{id}")).await.status, 303);
    for file in ["events", "result.csv"] {
        let answer = nobody.get(&format!("/batches/{id}/{file}")).await;
        assert_eq!(answer.status, 401, "{file}");
        assert!(!answer.shows(&names[0]), "{}", answer.body);
    }
    world.assert_no_calls("another person's batch");
}

/// Who does what to whom, with which target, and what is said at which field.
type Case<'a> = (
    &'a Browser,
    &'a str,
    Vec<&'a str>,
    &'a str,
    Option<&'a str>,
    &'a str,
);

#[tokio::test]
async fn what_cannot_be_begun_is_said_at_its_field() {
    let world = world().await;
    let helpdesk = world.signed_in("helpdesk").await;
    let admin = world.signed_in("admin").await;
    let many: Vec<String> = (0..2001).map(|at| format!("user-{at}")).collect();
    let at_target = Some("target");
    let cases: Vec<Case<'_>> = vec![
        (&helpdesk, "lock", vec![], "", None, "Nothing is selected."),
        (
            &helpdesk,
            "lock",
            vec!["nobody-at-all"],
            "",
            None,
            "Nothing is selected.",
        ),
        (&helpdesk, "lock", refs(&many), "", Some("users"), "At most 2000"),
        (
            &helpdesk,
            "hug",
            vec!["alpha"],
            "",
            None,
            "There is no such thing",
        ),
        (&helpdesk, "", vec!["alpha"], "", None, "There is no such thing"),
        (
            &helpdesk,
            "delete",
            vec!["alpha"],
            "",
            at_target,
            "Type “delete 1” to go on.",
        ),
        (
            &helpdesk,
            "delete",
            vec!["alpha", "bdrift"],
            "delete 1",
            at_target,
            "Type “delete 2” to go on.",
        ),
        (&helpdesk, "role", vec!["alpha"], "", at_target, "Choose a role."),
        (
            &helpdesk,
            "role",
            vec!["alpha"],
            "<script>",
            at_target,
            "Choose a role.",
        ),
        (&admin, "group", vec!["alpha"], "", at_target, "Choose a group."),
        (
            &admin,
            "group",
            vec!["alpha"],
            "../users",
            at_target,
            "Choose a group.",
        ),
    ];
    for (browser, deed, users, target, field, words) in cases {
        let mut fields = vec![("deed", deed), ("target", target)];
        fields.extend(users.iter().map(|user| ("users[]", *user)));
        let answer = browser.call(MANY, &fields).await;
        assert_eq!(answer.status, 422, "{deed} {target}: {}", answer.content());
        assert!(answer.shows(words), "{deed} {target}: {}", answer.body);
        assert_eq!(
            answer.json()["fields"][0]["field"].as_str(),
            field,
            "{deed} {target}"
        );
        let deed = if ["hug", ""].contains(&deed) { "lock" } else { deed };
        let form = format!("/users/many?do={deed}&ids[]=alpha");
        let page = browser.submit_and_follow(&form, MANY, &fields).await;
        assert!(
            page.shows(words),
            "{deed} {target} without script: {}",
            page.content()
        );
    }
    let changes = world.calls().into_iter().filter(|call| !call.starts_with("GET "));
    assert_eq!(changes.count(), 0);
}

/// What is done to each takes the permission for it, although the list may be read without.
#[tokio::test]
async fn whoever_may_only_look_does_nothing_to_many() {
    let world = world().await;
    let auditor = world.signed_in("auditor").await;
    let helpdesk = world.signed_in("helpdesk").await;
    let cases = [
        (&auditor, "lock", "user_manager_admin"),
        (&auditor, "unlock", "user_manager_admin"),
        (&auditor, "delete", "user_manager_admin"),
        (&auditor, "role", "user_manager_admin"),
        (&auditor, "group", "group_admin"),
        (&helpdesk, "group", "group_admin"),
    ];
    for (browser, deed, permission) in cases {
        let fields = [("deed", deed), ("users[]", "alpha"), ("target", "delete 1")];
        let answer = browser.call(MANY, &fields).await;
        assert_eq!(answer.status, 403, "{deed}: {}", answer.content());
        assert!(answer.shows(permission), "{deed}: {}", answer.body);
        let page = browser.get(&format!("/users/many?do={deed}&ids[]=alpha")).await;
        assert_eq!(page.status, 403, "{deed}: {}", page.content());
        assert!(page.shows(permission) && !page.shows("<form method=\"post\" action=\"/api/users/many\""));
    }
    world.assert_no_calls("what is not allowed");
}

#[tokio::test]
async fn two_at_a_time_are_enough_for_one_person() {
    let world = world().await;
    let names = world.open_users(3).await;
    let browser = world.signed_in("helpdesk").await;
    world.fail(&[LOCKS], &slow());
    for name in &names[..2] {
        begin(&browser, "lock", &[name], "").await;
    }
    let fields = [("deed", "lock"), ("users[]", names[2].as_str())];
    let third = browser.call(MANY, &fields).await;
    assert_eq!(third.status, 409, "{}", third.content());
    assert!(
        third.shows("2 of your batches are still running"),
        "{}",
        third.body
    );
    let admin = world.signed_in("admin").await;
    begin(&admin, "lock", &[&names[2]], "").await;
}

#[tokio::test]
async fn ones_own_account_is_left_out_of_what_is_done_to_many() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    for (deed, target) in [("lock", ""), ("delete", "Delete 1")] {
        let other = if deed == "lock" { "alpha" } else { "bdrift" };
        let page = browser
            .get(&format!("/users/many?do={deed}&ids[]=helpdesk&ids[]={other}"))
            .await;
        assert!(
            page.shows("Your own account, helpdesk, is left out"),
            "{}",
            page.content()
        );
        let id = begin(&browser, deed, &["helpdesk", other], target).await;
        let page = finished(&browser, &id).await;
        let rows = rows(&page);
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(
            (rows[0][0].as_str(), rows[0][1].as_str()),
            (other, "Done"),
            "{rows:?}"
        );
    }
    assert!(world.is_locked("alpha").await && !world.is_locked("helpdesk").await);
}

#[tokio::test]
async fn each_unlocked_user_gets_a_password_of_their_own() {
    let world = world().await;
    let names = world.open_users(3).await;
    let browser = world.signed_in("helpdesk").await;
    finished(&browser, &begin(&browser, "lock", &refs(&names), "").await).await;
    let id = begin(&browser, "unlock", &refs(&names), "").await;
    let page = finished(&browser, &id).await;
    let rows = rows(&page);
    let mut passwords = Vec::new();
    for row in &rows {
        let password = row[2].strip_prefix("Unlocked. Temporary password: ");
        passwords.push(
            password
                .expect("a password")
                .replace("&amp;", "&")
                .replace("&lt;", "<"),
        );
    }
    for (name, password) in names.iter().zip(&passwords) {
        let failure = world.login_failure(name, password).await;
        assert_eq!(
            failure,
            Some(protegrity::LoginFailure::TemporaryPassword),
            "{name}"
        );
    }
    assert_eq!(
        passwords.iter().collect::<std::collections::BTreeSet<_>>().len(),
        3
    );
    let file = browser.get(&format!("/batches/{id}/result.csv")).await;
    assert!(file.shows("Temporary password: "), "{}", file.body);
    let elsewhere = browser.get("/users").await;
    assert!(passwords.iter().all(|password| !elsewhere.shows(password)));
    assert_eq!(secret(&elsewhere), None);
}

#[tokio::test]
async fn a_group_gets_its_members_by_one_call_and_keeps_those_it_has() {
    for mode in [GroupUpdate::Replace, GroupUpdate::Add] {
        let world = world().await;
        world
            .simulator()
            .settings(|settings| settings.group_update = mode);
        let names = ["c.okafor", "svc-backup", "BDRIFT"];
        let group = world.group("developers").await;
        let (members, roles) = (group.members.expect("members"), group.roles.expect("roles"));
        let browser = world.signed_in("admin").await;
        let id = begin(
            &browser,
            "group",
            &["alpha", "c.okafor", "svc-backup", "bdrift"],
            group.id.as_str(),
        )
        .await;
        let page = finished(&browser, &id).await;
        let words: Vec<_> = rows(&page).into_iter().map(|row| row[2].clone()).collect();
        let added = "Added to developers.";
        assert_eq!(
            words,
            ["Was in developers already.", added, added, added],
            "{mode:?}"
        );
        let changes: Vec<_> = world
            .calls()
            .into_iter()
            .filter(|call| call.starts_with("PUT "))
            .collect();
        assert_eq!(changes, ["PUT /pty/v1/auth/groups 200"], "{mode:?}");
        let after = world.group("developers").await;
        let now = after.members.expect("members");
        let lower = |name: &str| name.to_lowercase();
        assert!(
            names.iter().all(|name| now.contains(&lower(name))),
            "{mode:?}: {now:?}"
        );
        assert!(members.iter().all(|name| now.contains(name)), "{mode:?}: {now:?}");
        assert_eq!(after.roles, Some(roles), "{mode:?}");
    }
}

#[tokio::test]
async fn a_role_comes_to_those_that_are_there() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    let before = world.user("alpha").await.roles.unwrap_or_default();
    for expected in ["Assigned.", "Had the role already."] {
        let id = begin(&browser, "role", &["alpha"], "workbench_viewer").await;
        assert_eq!(rows(&finished(&browser, &id).await)[0][2], expected);
    }
    let id = world.id_of("alpha").await;
    let page = browser.get(&format!("/users/{id}")).await;
    assert!(page.shows("workbench_viewer"), "{}", page.content());
    for role in before {
        assert!(page.shows(role.as_str()), "{role} is gone");
    }
}

#[tokio::test]
async fn all_that_match_are_those_of_the_list() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    let page = browser
        .get("/users/many?do=lock&all=true&q=maximiliana&state=open")
        .await;
    assert!(
        page.shows("Lock 1 user?") && page.shows("value=\"maximiliana-wilhelmina"),
        "{}",
        page.content()
    );
    for (query, words) in [
        ("", "Nobody is chosen"),
        ("?do=lock", "Nobody is chosen"),
        ("?do=lock&all=true&q=nobody-is-called-this", "Nobody is chosen"),
        ("?do=dance&ids[]=alpha", "Nobody is chosen"),
        (
            "?do=lock&ids[]=gone&ids[]=alpha",
            "Not known to the cluster any more: gone.",
        ),
        (
            "?do=lock&ids[]=%3Cscript%3E&ids[]=alpha",
            "Not known to the cluster any more: &lt;script&gt;.",
        ),
    ] {
        let page = browser.get(&format!("/users/many{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        assert!(page.shows(words), "{query}: {}", page.content());
    }
}

#[tokio::test]
async fn a_dry_run_creates_nobody_and_is_followed_once() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    let file = "username,email,roles\nana.ito,ana.ito@example.com,directory_viewer\nalpha,,directory_viewer\nbo,nowhere,\n";
    let dry = begin_import(&browser, file).await;
    let page = finished(&browser, &dry).await;
    let found = rows(&page);
    let outcomes: Vec<_> = found.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(outcomes, ["Done", "Failed", "Failed"], "{found:?}");
    assert_eq!(
        found[0][2],
        "Would be created with directory_viewer, without a password."
    );
    let created = |world: &World| {
        world
            .calls()
            .iter()
            .filter(|call| call.starts_with("POST "))
            .count()
    };
    assert_eq!(created(&world), 0, "{:?}", world.calls());

    let real = batch_of(&browser.call(FOLLOW, &[("id", &dry)]).await);
    let page = finished(&browser, &real).await;
    assert_eq!(rows(&page), [["ana.ito", "Done", "Created."].map(str::to_owned)]);
    assert_eq!(created(&world), 1);
    assert_eq!(
        world.user("ana.ito").await.email.as_deref(),
        Some("ana.ito@example.com")
    );
    let twice = browser.call(FOLLOW, &[("id", &dry)]).await;
    assert_eq!(twice.status, 409, "{}", twice.content());
    assert!(
        !browser.get(&format!("/batches/{dry}")).await.shows(FOLLOW),
        "it is offered once"
    );
    assert_eq!(
        browser.call(FOLLOW, &[("id", &real)]).await.status,
        409,
        "nothing follows"
    );
}

/// Between the dry run and the creation somebody else may take a name.
#[tokio::test]
async fn what_the_cluster_refuses_after_the_dry_run_is_said_of_its_row() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    let file = "username,roles\nana.ito,directory_viewer\nbo.lind,directory_viewer\n";
    let dry = begin_import(&browser, file).await;
    finished(&browser, &dry).await;
    let fields = [("username", "ana.ito"), ("roles[]", "directory_viewer")];
    assert_eq!(browser.call("/api/users/create", &fields).await.status, 204);
    let real = batch_of(&browser.call(FOLLOW, &[("id", &dry)]).await);
    let found = rows(&finished(&browser, &real).await);
    assert_eq!(
        (found[0][1].as_str(), found[1][1].as_str()),
        ("Failed", "Done"),
        "{found:?}"
    );
    assert!(found[0][2].contains("same username"), "{found:?}");
}

#[tokio::test]
async fn a_batch_is_read_and_never_posted_to() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    let id = begin(&browser, "lock", &["alpha"], "").await;
    for path in [
        format!("/batches/{id}/events"),
        format!("/batches/{id}/result.csv"),
    ] {
        let answer = browser.send(browser.request(&path, HTML)).await;
        assert_eq!(answer.status, 405, "{path}");
    }
    world
        .simulator()
        .set_faults(vec![FaultRule::always("/", Fault::Drop)]);
    let page = finished(&browser, &id).await;
    page.assert_framed("a batch while the cluster is away");
    let file = browser.get(&format!("/batches/{id}/result.csv")).await;
    assert_eq!(file.status, 200, "what became of it is known here");
}
