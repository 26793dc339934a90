//! Jobs: the events while one runs, stopping and retrying it, its owner, and the outcome of each kind of job.

use crate::support::{
    Answer, Browser, HTML, MANY, SIGN_OUT, Setup, TIMEOUT, TestPortal, finished, job_of, secret,
    start_dry_run, start_job, unescaped,
};
use http::{Method, header};
use serde_json::Value;
use simulator::{Expire, Fault, FaultRule, GroupUpdate};
use tokio::time::timeout;

const STOP: &str = "/api/jobs/stop";
const RETRY: &str = "/api/jobs/retry";
const CONTINUE: &str = "/api/jobs/continue";

/// The path of every lock.
const LOCKS: &str = "/pty/v1/auth/users/*/lock";

async fn portal() -> TestPortal {
    TestPortal::with(Setup {
        users: 40,
        ..Setup::default()
    })
    .await
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

impl Event {
    /// The place of the row that it is about.
    fn index(&self) -> usize {
        let index = self.data["index"].as_u64().expect("a place");
        usize::try_from(index).expect("a place")
    }

    fn text(&self, key: &str) -> &str {
        self.data[key].as_str().expect("text")
    }
}

/// A stream of events that a test reads while the job runs.
struct EventStream {
    response: reqwest::Response,
    received: Vec<u8>,
}

impl EventStream {
    async fn open(browser: &Browser, id: &str) -> Self {
        let request = browser
            .bare(Method::GET, &format!("/jobs/{id}/events"))
            .header(header::ACCEPT_ENCODING, "gzip, br");
        let response = request.send().await.expect("the portal answers");
        assert_eq!(response.status().as_u16(), 200);
        let encoding = response.headers().get(header::CONTENT_ENCODING);
        assert_eq!(encoding, None, "an encoder would hold events back");
        Self {
            response,
            received: Vec::new(),
        }
    }

    /// Reads on until the events so far satisfy the condition, and returns them.
    async fn read_until(&mut self, is_enough: impl Fn(&[Event]) -> bool) -> Vec<Event> {
        loop {
            let events = read(&String::from_utf8_lossy(&self.received));
            if is_enough(&events) {
                return events;
            }
            assert!(self.read_chunk().await, "the stream ended after {events:?}");
        }
    }

    /// Reads to the end of the stream, and returns all events.
    async fn read_to_end(mut self) -> Vec<Event> {
        while self.read_chunk().await {}
        read(std::str::from_utf8(&self.received).expect("text"))
    }

    /// Reads the next chunk, and returns whether there was one.
    async fn read_chunk(&mut self) -> bool {
        let chunk = timeout(TIMEOUT, self.response.chunk()).await;
        let chunk = chunk.expect("an event in time").expect("a whole stream");
        self.received.extend(chunk.iter().flatten());
        chunk.is_some()
    }
}

/// All events until the stream ends.
async fn events(browser: &Browser, id: &str) -> Vec<Event> {
    let answer = browser.get(&format!("/jobs/{id}/events")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert!(
        answer.header("cache-control").contains("no-"),
        "{:?}",
        answer.headers
    );
    read(&answer.body)
}

/// The events of a stream; an incomplete last one is left out.
fn read(stream: &str) -> Vec<Event> {
    let (whole, _) = stream.rsplit_once("\n\n").unwrap_or_default();
    let mut events = Vec::new();
    for block in whole.split("\n\n").filter(|block| block.contains("data:")) {
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

/// The state of each row after these events.
fn states(events: &[Event], rows: usize) -> Vec<String> {
    let mut states = vec![String::new(); rows];
    for event in events.iter().filter(|event| event.name == "row") {
        event.text("state").clone_into(&mut states[event.index()]);
    }
    states
}

/// The last count of rows that ended.
fn last_count(events: &[Event]) -> Option<u64> {
    let count = events.iter().rfind(|event| event.name == "count")?;
    count.data["value"].as_u64()
}

/// The rows of a job's page: name, outcome, what happened.
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

/// The text of HTML without tags and comments.
fn text(html: &str) -> String {
    let mut words = String::new();
    for part in html.split('<') {
        words.push_str(part.split_once('>').map_or("", |(_, words)| words));
    }
    words.trim().to_owned()
}

/// The number of rows with this outcome.
fn count(page: &Answer, outcome: &str) -> usize {
    rows(page).iter().filter(|row| row[1] == outcome).count()
}

/// The number of locks that the cluster answered.
fn locks(portal: &TestPortal) -> usize {
    let calls = portal.calls();
    calls.iter().filter(|call| call.contains("/lock ")).count()
}

#[tokio::test]
async fn events_report_every_change_of_a_row_and_at_most_four_rows_run_at_once() {
    let portal = portal().await;
    let names = portal.open_users(10).await;
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&[LOCKS], &Fault::Hold);
    let id = start_job(&browser, "lock", &refs(&names), "").await;
    let mut stream = EventStream::open(&browser, &id).await;
    for (ended, running) in [(0, 4), (4, 4), (8, 2)] {
        portal.wait_for_held(running).await;
        let waiting = names.len() - ended - running;
        let expected = [
            vec!["done"; ended],
            vec!["running"; running],
            vec!["waiting"; waiting],
        ]
        .concat();
        stream
            .read_until(|events| {
                let count = last_count(events).and_then(|count| usize::try_from(count).ok());
                states(events, names.len()) == expected && count == Some(ended)
            })
            .await;
        portal.release(running).await;
    }
    let events = stream.read_to_end().await;

    let mut counted = Vec::new();
    for (at, event) in events.iter().enumerate() {
        match event.name.as_str() {
            "row" => {
                let index = event.index();
                assert!(at >= names.len() || index == at, "every row first, in order");
            }
            "count" => {
                let states = states(&events[..at], names.len());
                let running = states.iter().filter(|state| *state == "running").count();
                assert!(running <= 4, "{running} at once");
                counted.push(event.data["value"].as_u64().expect("a count"));
                assert_eq!(event.data["max"], 10);
            }
            "end" => assert_eq!(at, events.len() - 1, "nothing follows the end"),
            other => panic!("an event {other}"),
        }
    }
    assert_eq!(events.last().map(|event| event.name.as_str()), Some("end"));
    assert_eq!(states(&events, names.len()), ["done"; 10]);
    assert!(counted.is_sorted() && counted.last() == Some(&10), "{counted:?}");
    assert_eq!(locks(&portal), 10);
    for name in &names {
        assert!(portal.is_locked(name).await, "{name}");
    }
}

#[tokio::test]
async fn at_most_four_calls_are_under_way_at_once() {
    let portal = portal().await;
    let names = portal.open_users(12).await;
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&[LOCKS], &Fault::Hold);
    let id = start_job(&browser, "lock", &refs(&names), "").await;
    for answered in [0, 4, 8] {
        let held = portal.wait_for_held(4).await;
        // While it answers another request, the portal could make a fifth call.
        let page = browser.get(&format!("/jobs/{id}")).await;
        assert_eq!(
            (count(&page, "Under way"), count(&page, "Done")),
            (4, answered),
            "{}",
            page.content()
        );
        assert_eq!(portal.simulator().held(), held, "after {answered} answers");
        assert_eq!((held.len(), locks(&portal)), (4, answered));
        portal.release(4).await;
    }
    assert_eq!(count(&finished(&browser, &id).await, "Done"), 12);
    assert_eq!(portal.simulator().held(), []);
}

#[tokio::test]
async fn the_first_events_arrive_before_a_row_is_done() {
    let portal = portal().await;
    let names = portal.open_users(8).await;
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&[LOCKS], &Fault::Hold);
    let id = start_job(&browser, "lock", &refs(&names), "").await;
    let mut stream = EventStream::open(&browser, &id).await;
    let first = stream.read_until(|events| events.len() >= 9).await;
    assert_eq!(last_count(&first), Some(0), "{first:?}");
    assert_eq!(locks(&portal), 0, "no row is done");
    drop(stream);
    portal.simulator().set_faults(Vec::new());
    assert_eq!(
        count(&finished(&browser, &id).await, "Done"),
        8,
        "the job continues when its stream is closed"
    );

    let late = events(&browser, &id).await;
    let kinds: Vec<_> = late.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(
        kinds,
        [vec!["row"; 8], vec!["count", "end"]].concat(),
        "a stream that is opened late has every row"
    );
}

#[tokio::test]
async fn a_stopped_job_finishes_its_running_rows_and_a_retry_does_the_others() {
    let portal = portal().await;
    let names = portal.open_users(12).await;
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&[LOCKS], &Fault::Hold);
    let id = start_job(&browser, "lock", &refs(&names), "").await;
    portal.wait_for_held(4).await;
    let running = browser.get(&format!("/jobs/{id}")).await;
    assert!(
        running.shows("http-equiv=\"refresh\""),
        "without script the page reloads"
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

    let page = format!("/jobs/{id}");
    let answer = browser.submit(&page, STOP, &[("id", &id)]).await;
    assert_eq!((answer.status, answer.location()), (303, page.as_str()));
    let stopping = browser.get(&page).await;
    assert!(
        stopping.shows("Stopping: what is under way is finished."),
        "{}",
        stopping.content()
    );
    assert!(!stopping.shows(STOP), "there is nothing left to stop");
    portal.release(4).await;
    let over = finished(&browser, &id).await;
    assert!(!over.shows("http-equiv=\"refresh\""), "nothing changes any more");
    assert_eq!(
        (count(&over, "Done"), count(&over, "Not tried")),
        (4, 8),
        "{}",
        over.content()
    );
    assert!(over.shows("Not begun: this was stopped."));
    assert_eq!(locks(&portal), 4, "a row that was not started makes no call");
    assert_eq!(portal.simulator().held(), []);
    assert_eq!(
        browser.call(STOP, &[("id", &id)]).await.status,
        204,
        "stopping twice succeeds"
    );
    assert!(over.shows("Try 8 again"), "{}", over.content());

    portal.simulator().set_faults(Vec::new());
    let again = job_of(&browser.call(RETRY, &[("id", &id)]).await);
    let rest = finished(&browser, &again).await;
    assert_eq!(count(&rest, "Done"), 8, "{}", rest.content());
    assert!(!rest.shows(RETRY), "nothing is left");
    let twice = browser.call(RETRY, &[("id", &id)]).await;
    assert_eq!((twice.status, &twice.json()["kind"]), (409, &"Conflict".into()));
    assert!(!browser.get(&page).await.shows(RETRY), "it is offered once");
    for name in &names {
        assert!(portal.is_locked(name).await, "{name}");
    }
}

#[tokio::test]
async fn a_failed_row_does_not_stop_the_others() {
    let portal = portal().await;
    let names = portal.open_users(6).await;
    let unlucky = portal.id_of(&names[2]).await;
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&[&format!("/pty/v1/auth/users/{unlucky}/lock")], &broken());
    let id = start_job(&browser, "lock", &refs(&names), "").await;
    let page = finished(&browser, &id).await;
    let rows = rows(&page);
    let order: Vec<_> = rows.iter().map(|row| row[0].as_str()).collect();
    let (failed, others): (Vec<_>, Vec<_>) = names.iter().partition(|name| **name == names[2]);
    let expected: Vec<_> = failed.into_iter().chain(others).map(String::as_str).collect();
    assert_eq!(
        order, expected,
        "what failed comes first, then the order of the selection"
    );
    assert_eq!((count(&page, "Done"), count(&page, "Failed")), (5, 1), "{rows:?}");
    assert!(
        rows[0][1] == "Failed" && rows[0][2].contains("lock a user"),
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

    let file = browser.get(&format!("/jobs/{id}/result.csv")).await;
    assert_eq!(file.status, 200);
    let lines: Vec<_> = file.body.split("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}Row,Name,Outcome,What happened");
    assert_eq!(lines[1], format!("1,{},Done,Locked.", names[0]));
    assert!(
        lines[3].starts_with(&format!("3,{},Failed,", names[2])),
        "{}",
        lines[3]
    );

    portal.simulator().set_faults(Vec::new());
    portal.simulator().clear_calls();
    let again = job_of(&browser.call(RETRY, &[("id", &id)]).await);
    assert_eq!(count(&finished(&browser, &again).await, "Done"), 1);
    assert_eq!(locks(&portal), 1, "only the failed row is tried again");
    assert!(portal.is_locked(&names[2]).await);
}

#[tokio::test]
async fn a_job_ends_with_its_session_and_is_retried_in_the_next() {
    for signs_out in [false, true] {
        let portal = portal().await;
        let names = portal.open_users(12).await;
        let browser = portal.signed_in("helpdesk").await;
        portal.fail(&[LOCKS], &Fault::Hold);
        let id = start_job(&browser, "lock", &refs(&names), "").await;
        portal.wait_for_held(4).await;
        if signs_out {
            assert_eq!(browser.call(SIGN_OUT, &[]).await.status, 204);
            let page = browser.get(&format!("/jobs/{id}")).await;
            assert_eq!(page.status, 303, "the job needs a session");
        } else {
            portal.simulator().expire(Expire::All);
        }
        assert_eq!(locks(&portal), 0);
        let next = portal.signed_in("helpdesk").await;
        // A fifth call would be held, and the job would not finish.
        portal.release(4).await;
        let page = finished(&next, &id).await;
        assert_eq!(portal.simulator().held(), []);
        let calls = portal.calls();
        let locked = calls.iter().filter(|call| call.contains("/lock 200")).count();
        assert!(locked <= 4, "{locked} locked after the end of the session");
        assert_eq!(count(&page, "Done"), locked, "{}", page.content());
        assert!(
            page.shows("Not begun: the session, or its connection with Proofpoint, had ended."),
            "{}",
            page.content()
        );

        portal.simulator().set_faults(Vec::new());
        let left = 12 - count(&page, "Done");
        let again = job_of(&next.call(RETRY, &[("id", &id)]).await);
        assert_eq!(count(&finished(&next, &again).await, "Done"), left);
        for name in &names {
            assert!(portal.is_locked(name).await, "{name}");
        }
    }
}

#[tokio::test]
async fn a_job_is_available_to_its_owner_alone() {
    let portal = portal().await;
    let names = portal.open_users(2).await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let id = start_job(&helpdesk, "lock", &refs(&names), "").await;
    finished(&helpdesk, &id).await;
    let second = portal.signed_in("helpdesk").await;
    assert_eq!(
        second.get(&format!("/jobs/{id}")).await.status,
        200,
        "another browser of the same account"
    );

    let others = [portal.signed_in("admin").await, portal.signed_in("officer").await];
    portal.simulator().clear_calls();
    for other in &others {
        let foreign = [id.as_str(), "00000000000000000000000000000000", "no-such", "<b>x"];
        for id in foreign {
            let page = other.get(&format!("/jobs/{id}")).await;
            assert_eq!(page.status, 404, "{id}");
            page.assert_framed(id);
            assert!(
                page.shows("This job is not available.") && !page.shows(&names[0]),
                "{id}"
            );
            for file in ["events", "result.csv"] {
                let answer = other.get(&format!("/jobs/{id}/{file}")).await;
                assert_eq!(answer.status, 404, "{id} {file}");
                assert!(
                    !answer.shows(&names[0]) && answer.shows("Request id"),
                    "{}",
                    answer.body
                );
            }
            for function in [STOP, RETRY, CONTINUE] {
                let answer = other.call(function, &[("id", id)]).await;
                assert_eq!(answer.status, 404, "{function} {id}: {}", answer.content());
                assert_eq!(answer.json()["kind"], "NotFound");
            }
        }
    }
    let anonymous = portal.browser();
    assert_eq!(anonymous.get(&format!("/jobs/{id}")).await.status, 303);
    for file in ["events", "result.csv"] {
        let answer = anonymous.get(&format!("/jobs/{id}/{file}")).await;
        assert_eq!(answer.status, 401, "{file}");
        assert!(!answer.shows(&names[0]), "{}", answer.body);
    }
    portal.assert_no_calls("another person's job");
}

/// A browser, a bulk action, its users and target, and the field and message of the refusal.
type Case<'a> = (&'a Browser, &'a str, Vec<&'a str>, &'a str, &'a str, &'a str);

#[tokio::test]
async fn a_job_that_cannot_start_is_refused_at_its_field() {
    let portal = portal().await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let admin = portal.signed_in("admin").await;
    let many: Vec<String> = (0..2001).map(|at| format!("user-{at}")).collect();
    let cases: Vec<Case<'_>> = vec![
        (&helpdesk, "lock", vec![], "", "users", "Nothing is selected."),
        (
            &helpdesk,
            "lock",
            vec!["nobody-at-all"],
            "",
            "users",
            "Nothing is selected.",
        ),
        (&helpdesk, "lock", refs(&many), "", "users", "At most 2000"),
        (
            &helpdesk,
            "hug",
            vec!["alpha"],
            "",
            "users",
            "Unknown bulk action.",
        ),
        (&helpdesk, "", vec!["alpha"], "", "users", "Unknown bulk action."),
        (
            &helpdesk,
            "delete",
            vec!["alpha"],
            "",
            "target",
            "Type “delete 1” to go on.",
        ),
        (
            &helpdesk,
            "delete",
            vec!["alpha", "bdrift"],
            "delete 1",
            "target",
            "Type “delete 2” to go on.",
        ),
        (&helpdesk, "role", vec!["alpha"], "", "target", "Choose a role."),
        (
            &helpdesk,
            "role",
            vec!["alpha"],
            "<script>",
            "target",
            "Choose a role.",
        ),
        (&admin, "group", vec!["alpha"], "", "target", "Choose a group."),
        (
            &admin,
            "group",
            vec!["alpha"],
            "../users",
            "target",
            "Choose a group.",
        ),
    ];
    for (browser, bulk_action, users, target, field, words) in cases {
        let mut fields = vec![("bulk_action", bulk_action), ("target", target)];
        fields.extend(users.iter().map(|user| ("users[]", *user)));
        let answer = browser.call(MANY, &fields).await;
        assert_eq!(answer.status, 422, "{bulk_action} {target}: {}", answer.content());
        assert!(answer.shows(words), "{bulk_action} {target}: {}", answer.body);
        assert_eq!(
            answer.json()["fields"][0]["field"],
            field,
            "{bulk_action} {target}"
        );
        let bulk_action = if ["hug", ""].contains(&bulk_action) {
            "lock"
        } else {
            bulk_action
        };
        let form = format!("/users/many?do={bulk_action}&ids[]=alpha");
        let page = browser.submit_and_follow(&form, MANY, &fields).await;
        assert!(
            page.shows(words),
            "{bulk_action} {target} without script: {}",
            page.content()
        );
    }
    let changes = portal
        .calls()
        .into_iter()
        .filter(|call| !call.starts_with("GET "));
    assert_eq!(changes.count(), 0);
}

/// Selecting users needs the permission to list them; each bulk action needs its own.
#[tokio::test]
async fn a_bulk_action_needs_its_own_permission() {
    let portal = portal().await;
    let auditor = portal.signed_in("auditor").await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let cases = [
        (&auditor, "lock", "user_manager_admin"),
        (&auditor, "unlock", "user_manager_admin"),
        (&auditor, "delete", "user_manager_admin"),
        (&auditor, "role", "user_manager_admin"),
        (&auditor, "group", "group_admin"),
        (&helpdesk, "group", "group_admin"),
    ];
    for (browser, bulk_action, permission) in cases {
        let fields = [
            ("bulk_action", bulk_action),
            ("users[]", "alpha"),
            ("target", "delete 1"),
        ];
        let answer = browser.call(MANY, &fields).await;
        assert_eq!(answer.status, 403, "{bulk_action}: {}", answer.content());
        assert!(answer.shows(permission), "{bulk_action}: {}", answer.body);
        let page = browser
            .get(&format!("/users/many?do={bulk_action}&ids[]=alpha"))
            .await;
        assert_eq!(page.status, 403, "{bulk_action}: {}", page.content());
        assert!(page.shows(permission) && !page.shows("<form method=\"post\" action=\"/api/users/many\""));
    }
    portal.assert_no_calls("a bulk action without its permission");
}

/// A form sent twice, by a double click or by going back, starts one job and leads to it.
#[tokio::test]
async fn a_form_that_starts_a_job_starts_one() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let page = "/users/many?do=lock&ids[]=alpha";
    let form = browser.get(page).await.inputs_of(MANY);
    let fields: Vec<_> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert!(
        fields
            .iter()
            .any(|(name, value)| *name == "once" && !value.is_empty())
    );
    let both = [
        browser.submit(page, MANY, &fields),
        browser.submit(page, MANY, &fields),
    ];
    let both = futures::future::join_all(both).await;
    let job = both[0].location();
    assert!(job.starts_with("/jobs/"), "{job}");
    assert_eq!(both[1].location(), job, "at the same time");
    finished(&browser, job.trim_start_matches("/jobs/")).await;

    let again = browser.submit(page, MANY, &fields).await;
    assert_eq!((again.status, again.location()), (303, job), "afterwards");
    let shown = browser.get(job).await;
    assert!(shown.shows("This form was sent before"), "{}", shown.content());
    assert_eq!(browser.call(MANY, &fields).await.header("x-postern-next"), job);
    let locks = portal.calls().into_iter().filter(|call| call.contains("/lock "));
    assert_eq!(locks.count(), 1);

    let other = portal.signed_in("admin").await;
    let answer = other.submit(page, MANY, &fields).await;
    assert_ne!(answer.location(), job, "another person's form is another");
    assert_ne!(browser.get(page).await.inputs_of(MANY), form, "loaded again");
}

#[tokio::test]
async fn an_account_runs_at_most_two_jobs_at_a_time() {
    let portal = portal().await;
    let names = portal.open_users(3).await;
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&[LOCKS], &Fault::Hold);
    for name in &names[..2] {
        start_job(&browser, "lock", &[name], "").await;
    }
    portal.wait_for_held(2).await;
    let fields = [("bulk_action", "lock"), ("users[]", names[2].as_str())];
    let third = browser.call(MANY, &fields).await;
    assert_eq!(third.status, 409, "{}", third.content());
    assert!(third.shows("2 of your jobs are still running"), "{}", third.body);
    let admin = portal.signed_in("admin").await;
    start_job(&admin, "lock", &[&names[2]], "").await;
    portal.wait_for_held(3).await;
}

#[tokio::test]
async fn the_own_account_is_left_out_of_dangerous_bulk_actions() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    for (bulk_action, target) in [("lock", ""), ("delete", "Delete 1")] {
        let other = if bulk_action == "lock" { "alpha" } else { "bdrift" };
        let page = browser
            .get(&format!(
                "/users/many?do={bulk_action}&ids[]=helpdesk&ids[]={other}"
            ))
            .await;
        assert!(
            page.shows("Your own account, helpdesk, is left out"),
            "{}",
            page.content()
        );
        let id = start_job(&browser, bulk_action, &["helpdesk", other], target).await;
        let page = finished(&browser, &id).await;
        let rows = rows(&page);
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(
            (rows[0][0].as_str(), rows[0][1].as_str()),
            (other, "Done"),
            "{rows:?}"
        );
    }
    assert!(portal.is_locked("alpha").await && !portal.is_locked("helpdesk").await);
}

#[tokio::test]
async fn every_unlocked_user_gets_another_temporary_password() {
    let portal = portal().await;
    let names = portal.open_users(3).await;
    let browser = portal.signed_in("helpdesk").await;
    finished(&browser, &start_job(&browser, "lock", &refs(&names), "").await).await;
    let id = start_job(&browser, "unlock", &refs(&names), "").await;
    let page = finished(&browser, &id).await;
    let rows = rows(&page);
    let mut passwords = Vec::new();
    for row in &rows {
        let password = row[2].strip_prefix("Unlocked. Temporary password: ");
        passwords.push(unescaped(password.expect("a password")));
    }
    for (name, password) in names.iter().zip(&passwords) {
        let failure = portal.login_failure(name, password).await;
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
    let file = browser.get(&format!("/jobs/{id}/result.csv")).await;
    assert!(file.shows("Temporary password: "), "{}", file.body);
    let elsewhere = browser.get("/users").await;
    assert!(passwords.iter().all(|password| !elsewhere.shows(password)));
    assert_eq!(secret(&elsewhere), None);
}

#[tokio::test]
async fn new_members_reach_the_group_in_one_call_and_present_ones_stay() {
    for mode in [GroupUpdate::Replace, GroupUpdate::Add] {
        let portal = portal().await;
        portal
            .simulator()
            .settings(|settings| settings.group_update = mode);
        let names = ["c.okafor", "svc-backup", "BDRIFT"];
        let group = portal.group("developers").await;
        let (members, roles) = (group.members.expect("members"), group.roles.expect("roles"));
        let browser = portal.signed_in("admin").await;
        let id = start_job(
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
        let changes: Vec<_> = portal
            .calls()
            .into_iter()
            .filter(|call| call.starts_with("PUT "))
            .collect();
        assert_eq!(changes, ["PUT /pty/v1/auth/groups 200"], "{mode:?}");
        let after = portal.group("developers").await;
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
async fn an_assigned_role_is_added_to_the_present_roles() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let before = portal.user("alpha").await.roles.unwrap_or_default();
    for expected in ["Assigned.", "Had the role already."] {
        let id = start_job(&browser, "role", &["alpha"], "workbench_viewer").await;
        assert_eq!(rows(&finished(&browser, &id).await)[0][2], expected);
    }
    let id = portal.id_of("alpha").await;
    let page = browser.get(&format!("/users/{id}")).await;
    assert!(page.shows("workbench_viewer"), "{}", page.content());
    for role in before {
        assert!(page.shows(role.as_str()), "{role} is gone");
    }
}

#[tokio::test]
async fn all_matching_users_are_those_of_the_list() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let page = browser
        .get("/users/many?do=lock&all=true&q=maximiliana&state=open")
        .await;
    assert!(
        page.shows("Lock 1 user?") && page.shows("value=\"maximiliana-wilhelmina"),
        "{}",
        page.content()
    );
    for (query, words) in [
        ("", "No users selected"),
        ("?do=lock", "No users selected"),
        ("?do=lock&all=true&q=nobody-is-called-this", "No users selected"),
        ("?do=dance&ids[]=alpha", "No users selected"),
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
async fn a_dry_run_creates_no_user_and_is_continued_once() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let file = "username,email,roles\nana.ito,ana.ito@example.com,directory_viewer\nalpha,,directory_viewer\nbo,nowhere,\n";
    let dry = start_dry_run(&browser, file).await;
    let page = finished(&browser, &dry).await;
    let found = rows(&page);
    let outcomes: Vec<_> = found.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(outcomes, ["Failed", "Failed", "Ready"], "{found:?}");
    assert_eq!(
        found[2][2],
        "Would be created with directory_viewer, without a password."
    );
    let created = |portal: &TestPortal| {
        portal
            .calls()
            .iter()
            .filter(|call| call.starts_with("POST "))
            .count()
    };
    assert_eq!(created(&portal), 0, "{:?}", portal.calls());

    let real = job_of(&browser.call(CONTINUE, &[("id", &dry)]).await);
    let page = finished(&browser, &real).await;
    assert!(
        page.shows("1 of 1, 1 created, 2 not in this run. Finished."),
        "{}",
        page.content()
    );
    let mended = browser
        .get(&format!("/jobs/{dry}/unfinished.csv?bom=false"))
        .await;
    let lines: Vec<_> = mended.body.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "username,email,first_name,last_name,roles,groups,enabled,password,problem",
            "alpha,,,,directory_viewer,,,,Column A (username): The cluster has a user of this name already.",
        ]
    );
    assert_eq!(lines.len(), 3, "{}", mended.body);
    assert_eq!(rows(&page), [["ana.ito", "Done", "Created."].map(str::to_owned)]);
    assert_eq!(created(&portal), 1);
    assert_eq!(
        portal.user("ana.ito").await.email.as_deref(),
        Some("ana.ito@example.com")
    );
    let twice = browser.call(CONTINUE, &[("id", &dry)]).await;
    assert_eq!(twice.status, 409, "{}", twice.content());
    assert!(
        !browser.get(&format!("/jobs/{dry}")).await.shows(CONTINUE),
        "it is offered once"
    );
    assert_eq!(
        browser.call(CONTINUE, &[("id", &real)]).await.status,
        409,
        "nothing follows"
    );
}

/// Between the dry run and the creation another person may take a name.
#[tokio::test]
async fn a_refusal_after_the_dry_run_is_reported_at_its_row() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let file = "username,roles\nana.ito,directory_viewer\nbo.lind,directory_viewer\n";
    let dry = start_dry_run(&browser, file).await;
    finished(&browser, &dry).await;
    let fields = [("username", "ana.ito"), ("roles[]", "directory_viewer")];
    assert_eq!(browser.call("/api/users/create", &fields).await.status, 204);
    let real = job_of(&browser.call(CONTINUE, &[("id", &dry)]).await);
    let found = rows(&finished(&browser, &real).await);
    assert_eq!(
        (found[0][1].as_str(), found[1][1].as_str()),
        ("Failed", "Done"),
        "{found:?}"
    );
    assert!(found[0][2].contains("same username"), "{found:?}");
}

#[tokio::test]
async fn the_files_of_a_job_refuse_a_post_and_its_page_needs_no_cluster() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let id = start_job(&browser, "lock", &["alpha"], "").await;
    for path in [format!("/jobs/{id}/events"), format!("/jobs/{id}/result.csv")] {
        let answer = browser.send(browser.request(&path, HTML)).await;
        assert_eq!(answer.status, 405, "{path}");
    }
    finished(&browser, &id).await;
    portal
        .simulator()
        .set_faults(vec![FaultRule::always("/", Fault::Drop)]);
    let page = browser.get(&format!("/jobs/{id}")).await;
    assert_eq!(page.status, 200, "{}", page.content());
    page.assert_framed("a job without the cluster");
    let file = browser.get(&format!("/jobs/{id}/result.csv")).await;
    assert_eq!(file.status, 200, "the portal keeps the outcome");
}

#[tokio::test]
async fn the_list_has_the_jobs_of_one_account_alone() {
    let portal = portal().await;
    let names = portal.open_users(2).await;
    let (helpdesk, admin) = (
        portal.signed_in("helpdesk").await,
        portal.signed_in("admin").await,
    );
    assert!(helpdesk.get("/jobs").await.shows("No jobs"));
    let id = start_job(&helpdesk, "lock", &refs(&names), "").await;
    finished(&helpdesk, &id).await;
    portal.simulator().clear_calls();
    let list = helpdesk.get("/jobs").await;
    let link = format!("href=\"/jobs/{id}\"");
    assert!(
        list.shows(&link) && list.shows("Lock 2 users") && list.shows("2 of 2, 2 done. Finished."),
        "{}",
        list.content()
    );
    assert!(admin.get("/jobs").await.shows("No jobs"));
    portal.assert_no_calls("the list of jobs");
}

#[tokio::test]
async fn a_long_job_has_pages_with_what_failed_on_the_first() {
    let portal = TestPortal::with(Setup {
        users: 240,
        ..Setup::default()
    })
    .await;
    let names = portal.open_users(210).await;
    let unlucky = portal.id_of(&names[209]).await;
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&[&format!("/pty/v1/auth/users/{unlucky}/lock")], &broken());
    let id = start_job(&browser, "lock", &refs(&names), "").await;
    let first = finished(&browser, &id).await;
    assert_eq!(rows(&first).len(), 200);
    assert_eq!(rows(&first)[0][0], names[209]);
    assert!(first.shows("Page 1 of 2"), "{}", first.content());
    let second = browser.get(&format!("/jobs/{id}?page=2")).await;
    assert_eq!(rows(&second).len(), 10);
    assert_eq!(rows(&second)[9][0], names[208]);
    // There is no such page: the last one is shown.
    let beyond = browser.get(&format!("/jobs/{id}?page=99")).await;
    assert!(beyond.shows("Page 2 of 2"), "{}", beyond.content());

    // A page that follows the job is sent its own rows alone.
    let answer = browser.get(&format!("/jobs/{id}/events?page=2")).await;
    let of_page = read(&answer.body);
    let of_page = of_page
        .iter()
        .filter(|event| event.name == "row")
        .map(Event::index);
    assert_eq!(of_page.collect::<Vec<_>>(), (200..210).collect::<Vec<_>>());
    let all = events(&browser, &id).await;
    assert_eq!(all.iter().filter(|event| event.name == "row").count(), 210);
}
