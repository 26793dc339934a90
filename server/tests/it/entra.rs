//! The federation with Entra ID: the client secret, which is never shown, the searches, and imports after a dry run.

use crate::support::{Answer, Browser, TestPortal, job_of, over};
use simulator::{Fault, FaultRule};

const SAVE: &str = "/api/entra/save";
const TEST: &str = "/api/entra/test";
const DELETE: &str = "/api/entra/delete";
const FIND_USERS: &str = "/api/entra/find/users";
const TRY: &str = "/api/entra/dry-run";
const CONTINUE: &str = "/api/jobs/continue";

const TENANT: &str = "5b1c8e7a-0d3f-4c55-9a6e-3f2b7d90c1e4";
const SECRET: &str = "Hush-Hush-4711-Hush";
const CONFIG: &str = "GET /pty/v1/auth/federation/entra/config 200";
const FORM: &str = "/entra/import?what=users";

/// The value of a user's checkbox.
fn user(name: &str) -> String {
    format!(r#"["{name}","{name}","",""]"#)
}

/// Makes a dry run of these users without script, and returns the address of its page.
async fn dry_run(browser: &Browser, names: &[String]) -> String {
    let boxes: Vec<_> = names.iter().map(|name| user(name)).collect();
    let mut fields = vec![("what", "users"), ("roles[]", "directory_viewer")];
    fields.extend(boxes.iter().map(|value| ("chosen[]", value.as_str())));
    let answer = browser.submit(FORM, TRY, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.content());
    let address = answer.location().to_owned();
    assert!(address.starts_with("/jobs/"), "{address}");
    address
}

/// The id of the job on this page.
fn job_on(address: &str) -> &str {
    address.strip_prefix("/jobs/").expect("the page of a job")
}

/// Imports what was tried, without script, and returns the address and the page of the import when it is over.
async fn import(browser: &Browser, dry_run: &str) -> (String, Answer) {
    let answer = browser
        .submit(dry_run, CONTINUE, &[("id", job_on(dry_run))])
        .await;
    assert_eq!(answer.status, 303, "{}", answer.content());
    let address = answer.location().to_owned();
    let page = over(browser, job_on(&address)).await;
    (address, page)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// The names of `count` users of the tenant who are not in the cluster.
async fn new_users(browser: &Browser, count: usize) -> Vec<String> {
    let mut names = Vec::new();
    let mut page = 1;
    while names.len() < count {
        let list = browser.get(&format!("/entra/users?page={page}")).await;
        let boxes = list.body.split("aria-label=\"Import ").skip(1);
        let shown: Vec<_> = boxes
            .filter_map(|rest| rest.split_once('"'))
            .map(|(name, _)| name.to_owned())
            .filter(|name| name.is_ascii() && !name.contains(['&', '#', '\'']) && name.contains('.'))
            .filter(|name| {
                !["alpha", "fails", "meeting", "hsimmons", "joerg", "orla", "bartho"]
                    .iter()
                    .any(|odd| name.starts_with(odd))
            })
            .collect();
        assert!(!shown.is_empty(), "page {page}: {}", list.content());
        names.extend(shown);
        page += 1;
    }
    names.truncate(count);
    names
}

fn imports(portal: &TestPortal) -> usize {
    let calls = portal.calls();
    calls
        .iter()
        .filter(|call| call.starts_with("POST /pty/v1/auth/federation/entra/users 201"))
        .count()
}

async fn calls(portal: &TestPortal, browser: &Browser, page: &str) -> Vec<String> {
    portal.simulator().clear_calls();
    let answer = browser.get(page).await;
    assert_eq!(answer.status, 200, "{page}: {}", answer.content());
    let mut calls = portal.calls();
    calls.sort_unstable();
    calls
}

#[tokio::test]
async fn each_page_makes_one_call_for_what_it_shows() {
    let portal = TestPortal::new().await;
    let helpdesk = portal.signed_in("helpdesk").await;
    assert_eq!(calls(&portal, &helpdesk, "/entra").await, [CONFIG]);
    assert_eq!(calls(&portal, &helpdesk, "/entra/edit").await, [CONFIG]);
    assert_eq!(
        calls(&portal, &helpdesk, "/entra/users?q=doe&page=2").await,
        ["POST /pty/v1/auth/federation/entra/users/search?max=26&first=25 200"]
    );
    assert_eq!(
        calls(&portal, &helpdesk, "/entra/groups").await,
        ["POST /pty/v1/auth/federation/entra/groups/search?max=26&first=0 200"]
    );
    assert_eq!(calls(&portal, &helpdesk, "/entra/import").await, [CONFIG]);
    let form = calls(&portal, &helpdesk, FORM).await;
    assert!(form.contains(&CONFIG.to_owned()) && form.len() <= 3, "{form:?}");
    let address = dry_run(&helpdesk, &names(&["john.doe@example.com"])).await;
    let none: [&str; 0] = [];
    assert_eq!(
        calls(&portal, &helpdesk, &address).await,
        none,
        "the portal keeps the dry run"
    );
}

#[tokio::test]
async fn the_pages_of_a_search_hold_every_user_once() {
    let portal = TestPortal::new().await;
    let auditor = portal.signed_in("auditor").await;
    let last = auditor.get("/entra/users?page=11").await;
    assert!(
        last.shows("Rows 251–260") && !last.shows("there are more"),
        "{}",
        last.content()
    );
    let first = auditor.get("/entra/users").await;
    assert!(
        first.shows("Rows 1–25, and there are more"),
        "{}",
        first.content()
    );
    assert!(
        !first.shows("type=\"checkbox\""),
        "without the permission to import there are no checkboxes"
    );
    assert!(
        auditor
            .get("/entra/users?page=12")
            .await
            .shows("Nothing on this page")
    );
    for query in ["page=0", "page=-1", "page=99999999999", "q=%FF&page=x"] {
        assert_eq!(
            auditor.get(&format!("/entra/users?{query}")).await.status,
            200,
            "{query}"
        );
    }
    assert_eq!(auditor.get("/entra/groups/no-such-group").await.status, 404);
}

#[tokio::test]
async fn the_client_secret_is_never_shown() {
    let portal = TestPortal::new().await;
    let admin = portal.signed_in("admin").await;
    let baseline = admin.baseline("/entra/edit", SAVE).await;
    let form = |tenant: &'static str, step: &'static str| {
        vec![
            ("baseline", baseline.as_str()),
            ("tenant_id", tenant),
            ("client_id", "an-app"),
            ("client_secret", SECRET),
            ("enabled", "true"),
            ("step", step),
        ]
    };
    let mut answers: Vec<Answer> = Vec::new();
    for (tenant, step) in [
        ("no-uuid", ""),
        ("no-uuid", "test"),
        (TENANT, "test"),
        (TENANT, ""),
    ] {
        answers.push(
            admin
                .submit_and_follow("/entra/edit", SAVE, &form(tenant, step))
                .await,
        );
        answers.push(admin.call(SAVE, &form(tenant, step)).await);
    }
    answers.push(admin.get("/entra").await);
    answers.push(admin.get("/entra/edit").await);
    for answer in &answers {
        assert!(!answer.shows(SECRET), "{}", answer.content());
        assert!(!answer.location().contains(SECRET));
    }
    assert!(answers[0].shows("value=\"no-uuid\"") && answers[0].shows("This is no tenant id"));
    assert!(
        answers[4].shows("The connection works.") && answers[4].shows("type it again"),
        "{}",
        answers[4].content()
    );
    assert_eq!(answers[5].status, 422, "the form stays as it is");
    assert!(answers[8].shows(TENANT), "{}", answers[8].content());
}

#[tokio::test]
async fn a_test_stores_nothing_and_reports_the_answer_of_entra_id() {
    let portal = TestPortal::new().await;
    let admin = portal.signed_in("admin").await;
    let baseline = admin.baseline("/entra/edit", SAVE).await;
    let wrong = [
        ("baseline", baseline.as_str()),
        ("tenant_id", TENANT),
        ("client_id", "an-app"),
        ("client_secret", "wrong-secret"),
        ("step", "test"),
    ];
    let page = admin.submit_and_follow("/entra/edit", SAVE, &wrong).await;
    assert!(
        page.shows("AADSTS7000215") && page.shows(TENANT),
        "{}",
        page.content()
    );
    assert!(
        !admin.get("/entra").await.shows(TENANT),
        "the test stored nothing"
    );
    assert!(
        admin
            .submit_and_follow("/entra", TEST, &[])
            .await
            .shows("has 260 users")
    );

    let stored = [
        ("baseline", baseline.as_str()),
        ("tenant_id", TENANT),
        ("client_id", "an-app"),
        ("client_secret", "wrong-secret"),
        ("enabled", "true"),
    ];
    assert!(
        admin
            .submit_and_follow("/entra/edit", SAVE, &stored)
            .await
            .shows(TENANT)
    );
    let page = admin.submit_and_follow("/entra", TEST, &[]).await;
    assert!(
        page.shows("AADSTS7000215") && page.shows("role=\"alert\""),
        "{}",
        page.content()
    );
    assert!(!page.shows("wrong-secret"), "{}", page.content());
}

#[tokio::test]
async fn without_a_configuration_every_page_links_to_it() {
    let portal = TestPortal::new().await;
    let admin = portal.signed_in("admin").await;
    let settings = [
        ("tenant_id", TENANT),
        ("client_id", "an-app"),
        ("client_secret", SECRET),
    ];
    let baseline = admin.baseline("/entra/edit", SAVE).await;
    let disabled = [&settings[..], &[("baseline", &baseline)]].concat();
    assert_eq!(admin.call(SAVE, &disabled).await.status, 204);
    let check = async |title: &str| {
        for page in ["/entra/users", "/entra/groups", "/entra/import", FORM] {
            let answer = admin.get(page).await;
            assert!(answer.shows(title), "{page}: {}", answer.content());
            assert!(
                answer.shows("To the configuration"),
                "{page}: {}",
                answer.content()
            );
        }
        let answer = admin.call(FIND_USERS, &[("q", "john")]).await;
        assert_eq!(answer.status, 409, "{}", answer.body);
        assert!(answer.shows(title), "{}", answer.body);
        let (chosen, roles) = (user("john.doe@example.com"), "directory_viewer");
        let answer = admin
            .call(
                TRY,
                &[("what", "users"), ("chosen[]", &chosen), ("roles[]", roles)],
            )
            .await;
        assert!(answer.status == 409 && answer.shows(title), "{}", answer.body);
    };
    check("The Entra ID configuration is not enabled").await;
    assert_eq!(admin.call(DELETE, &[]).await.status, 204);
    check("Entra ID is not configured").await;
    assert!(admin.get("/entra").await.shows("Entra ID is not configured"));
    let again = admin.call(DELETE, &[]).await;
    assert_eq!(again.status, 404, "{}", again.body);
    let baseline = admin.baseline("/entra/edit", SAVE).await;
    let enabled = [&settings[..], &[("baseline", &baseline), ("enabled", "true")]].concat();
    assert_eq!(admin.call(SAVE, &enabled).await.status, 204);
    assert!(admin.get("/entra/users").await.shows("Rows 1–25"));
}

#[tokio::test]
async fn an_import_reports_the_outcome_of_each_row() {
    let portal = TestPortal::new().await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let chosen = names(&[
        "john.doe@example.com",
        "fails@example.com",
        "alpha@example.com",
        "Mixed.Case@Example.com",
    ]);
    let address = dry_run(&helpdesk, &chosen).await;
    let tried = helpdesk.get(&address).await;
    assert!(
        tried.shows("The dry run failed for 1 of 4 users.") && tried.shows("Already there"),
        "{}",
        tried.content()
    );
    assert!(tried.shows("Import 4 users"), "{}", tried.content());

    portal.simulator().clear_calls();
    let (import_page, done) = import(&helpdesk, &address).await;
    assert_eq!(imports(&portal), 1, "{:?}", portal.calls());
    assert!(done.shows("3 of 4 users are there now."), "{}", done.content());
    assert!(
        done.shows("2 created, 1 already there before, 1 not found afterwards."),
        "{}",
        done.content()
    );

    let file = helpdesk.get(&format!("{import_page}/result.csv")).await;
    let outcome = |name: &str| {
        let row = file
            .body
            .lines()
            .find(|line| line.starts_with(name))
            .expect("a row");
        row.split(',').nth(3).expect("an outcome").to_owned()
    };
    assert_eq!(outcome("john.doe@example.com"), "Created");
    assert_eq!(outcome("fails@example.com"), "Not found afterwards");
    assert_eq!(outcome("alpha@example.com"), "Already there before");
    assert_eq!(outcome("Mixed.Case@Example.com"), "Created");
    let id = portal.id_of("mixed.case@example.com").await;
    assert!(done.shows(&format!("href=\"/users/{id}\"")), "{}", done.content());
}

#[tokio::test]
async fn an_import_under_way_shows_its_rows_and_survives_a_stop() {
    let portal = TestPortal::new().await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let address = dry_run(&helpdesk, &names(&["john.doe@example.com"])).await;
    portal.simulator().clear_calls();
    portal.fail(&["/pty/v1/auth/federation/entra/users"], &Fault::Hold);
    let answer = helpdesk.call(CONTINUE, &[("id", job_on(&address))]).await;
    let id = job_of(&answer);
    portal.wait_for_held(1).await;
    let page = helpdesk.get(&format!("/jobs/{id}")).await;
    assert!(
        page.shows("Under way") && page.shows("0 of 1"),
        "{}",
        page.content()
    );
    assert!(!page.shows("there now."), "{}", page.content());
    // The call is made already.
    assert_eq!(helpdesk.call("/api/jobs/stop", &[("id", &id)]).await.status, 204);
    portal.release(1).await;
    let done = over(&helpdesk, &id).await;
    assert!(done.shows("there now."), "{}", done.content());
    assert_eq!(imports(&portal), 1, "{:?}", portal.calls());
}

#[tokio::test]
async fn an_import_needs_a_dry_run_of_the_same_account_and_runs_once() {
    let portal = TestPortal::new().await;
    let (helpdesk, admin) = (
        portal.signed_in("helpdesk").await,
        portal.signed_in("admin").await,
    );
    let address = dry_run(&helpdesk, &names(&["john.doe@example.com"])).await;
    let id = job_on(&address);
    portal.simulator().clear_calls();
    for (browser, id) in [
        (&admin, id),
        (&helpdesk, ""),
        (&helpdesk, "00000000000040008000000000000000"),
    ] {
        let answer = browser.call(CONTINUE, &[("id", id)]).await;
        assert_eq!(answer.status, 404, "{id}: {}", answer.body);
    }
    assert_eq!(admin.get(&address).await.status, 404);
    assert_eq!(imports(&portal), 0, "{:?}", portal.calls());
    let (import_page, _) = import(&helpdesk, &address).await;
    let again = helpdesk.call(CONTINUE, &[("id", id)]).await;
    assert_eq!(again.status, 409, "{}", again.body);
    assert_eq!(imports(&portal), 1, "{:?}", portal.calls());
    let tried = helpdesk.get(&address).await;
    assert!(tried.shows("This was imported already."), "{}", tried.content());
    let file = admin.get(&format!("{import_page}/result.csv")).await;
    assert_eq!(file.status, 404);
}

#[tokio::test]
async fn users_are_imported_in_portions_and_a_failed_one_does_not_stop_the_others() {
    let portal = TestPortal::new().await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let chosen = new_users(&helpdesk, 120).await;
    let address = dry_run(&helpdesk, &chosen).await;
    assert!(
        helpdesk
            .get(&address)
            .await
            .shows("The dry run passed for 120 users.")
    );
    portal.simulator().set_faults(vec![FaultRule {
        times: Some(1),
        ..FaultRule::always(
            "/pty/v1/auth/federation/entra/users",
            Fault::Status {
                status: 503,
                body: String::new(),
            },
        )
    }]);
    portal.simulator().clear_calls();
    let (_, done) = import(&helpdesk, &address).await;
    assert_eq!(imports(&portal), 2, "{:?}", portal.calls());
    assert!(done.shows("70 of 120 users are there now."), "{}", done.content());
    assert!(
        done.shows("The call for the users 1 to 50 failed."),
        "{}",
        done.content()
    );
    assert!(
        done.shows("70 created, 50 not found afterwards."),
        "{}",
        done.content()
    );
}

#[tokio::test]
async fn groups_are_imported_with_their_members_on_request() {
    let portal = TestPortal::new().await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let list = helpdesk.get("/entra/groups?q=Pilot").await;
    let id = list
        .between("href=\"/entra/groups/", "?name=Pilot")
        .expect("the group")
        .to_owned();
    let chosen = format!(r#"["{id}","Pilot",""]"#);
    let fields = [
        ("what", "groups"),
        ("chosen[]", chosen.as_str()),
        ("import_members", "true"),
    ];
    let refused = helpdesk
        .submit_and_follow("/entra/import?what=groups", TRY, &fields)
        .await;
    assert!(
        refused.shows("every user must have one") && refused.shows("Pilot"),
        "{}",
        refused.content()
    );

    let fields = [fields.as_slice(), &[("roles[]", "directory_viewer")]].concat();
    let answer = helpdesk.submit("/entra/import?what=groups", TRY, &fields).await;
    let address = answer.location().to_owned();
    assert!(
        helpdesk
            .get(&address)
            .await
            .shows("With the groups would come 5 members.")
    );
    let (_, done) = import(&helpdesk, &address).await;
    assert!(
        done.shows("The group is there now.") && done.shows("Created"),
        "{}",
        done.content()
    );
    assert!(done.shows("(4 members)"), "one of them fails: {}", done.content());
}

#[tokio::test]
async fn the_selection_stays_when_matches_are_found_without_script() {
    let portal = TestPortal::new().await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let chosen = user("john.doe@example.com");
    let fields = [
        ("what", "users"),
        ("chosen[]", chosen.as_str()),
        ("find", "hsimmons"),
        ("step", "find"),
    ];
    let page = helpdesk.submit_and_follow(FORM, TRY, &fields).await;
    assert!(
        page.shows("hsimmons@example.com") && page.shows("john.doe@example.com"),
        "{}",
        page.content()
    );
    let found = helpdesk.call(FIND_USERS, &[("q", "example")]).await.json();
    assert_eq!(found["found"].as_array().map(Vec::len), Some(20));
    assert_eq!(found["more"], 80);
}
