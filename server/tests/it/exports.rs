//! Lists as files: complete, with the permission of the list, and without formulas for a spreadsheet.

use crate::support::{Answer, HTML, Setup, TestPortal, finished, start_dry_run};
use app::routes::{Handler, table};
use http::{Method, header};
use simulator::Fault;

async fn portal() -> TestPortal {
    TestPortal::with(Setup {
        users: 60,
        ..Setup::default()
    })
    .await
}

/// The rows of a file, each with its cells.
fn records(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.ends_with("\r\n"));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(answer.body.as_bytes());
    let records = reader.records().map(|record| record.expect("well-formed"));
    records
        .map(|record| record.iter().map(ToOwned::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn every_file_needs_the_permission_of_its_list() {
    let portal = portal().await;
    let auditor = portal.signed_in("auditor").await;
    let officer = portal.signed_in("officer").await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let partner = portal.signed_in("auditor + partner@msp.example").await;
    let customer = portal.signed_in("auditor + admin@example.com").await;
    let mail_admin = &customer;
    let employee = portal.signed_in("auditor + employee@example.com").await;
    let exports = table()
        .iter()
        .filter(|route| matches!(route.handler, Handler::Export(_)));
    for route in exports {
        let path = route.path.to_owned();
        let Some(file) = path.strip_prefix("/export/") else {
            // The result of a job is for the account that started it: see `jobs.rs`.
            continue;
        };
        let anonymous = portal.browser().get(&path).await;
        assert_eq!(anonymous.status, 401, "{path}");
        // The officer may see policies, and no list of the directory.
        let is_of_policy = file.starts_with("policy");
        let (account, auditor) = if file.starts_with("proofpoint-organizations") {
            (&customer, &partner)
        } else if file.starts_with("proofpoint-findings") {
            (&employee, &partner)
        } else if file.starts_with("proofpoint") {
            (&employee, mail_admin)
        } else if is_of_policy {
            (&helpdesk, &auditor)
        } else {
            (&officer, &auditor)
        };
        let path = if file.starts_with("proofpoint-users") {
            format!("{path}?domain=example.com")
        } else {
            path.clone()
        };
        let refused = account.get(&path).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(
            refused.shows("Needs the permission") && refused.shows("Request id"),
            "{path}: {}",
            refused.body
        );
        portal.assert_no_calls(&path);
        let answer = auditor.get(&path).await;
        assert!(records(&answer).len() > 1, "{path} is empty");
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
        let disposition = answer.header("content-disposition");
        let stem = file.trim_end_matches(".csv");
        assert!(
            disposition.starts_with(&format!("attachment; filename=\"postern-{stem}-20")),
            "{disposition}"
        );
        assert_eq!(
            auditor.send(auditor.request(&path, HTML)).await.status,
            405,
            "{path}"
        );
        portal.simulator().clear_calls();
    }
    for path in [
        "/export/",
        "/export/users",
        "/export/users.xlsx",
        "/export/..%2Fusers.csv",
        "/export/Users.csv",
    ] {
        let answer = auditor.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        portal.assert_no_calls(path);
    }
}

#[tokio::test]
async fn a_file_holds_every_match_in_the_columns_of_the_list() {
    let portal = portal().await;
    let browser = portal.signed_in("auditor").await;
    let all = records(&browser.get("/export/users.csv").await);
    assert_eq!(all[0], ["User name", "Name", "E-mail", "State", "Created"]);
    let list = browser.get("/users").await;
    assert!(
        list.shows(&format!("of {}", all.len() - 1)),
        "every page of the list: {}",
        all.len()
    );

    let path = "/export/users.csv?q=example.com&state=open&sort=-username&columns=username&columns=id&page=2";
    let some = records(&browser.get(path).await);
    assert_eq!(some[0], ["User name", "ID"]);
    let names: Vec<_> = some[1..].iter().map(|row| row[0].to_lowercase()).collect();
    assert!(
        names.len() > 25 && names.is_sorted_by(|one, next| one >= next),
        "{names:?}"
    );
    assert!(names.contains(&"alpha".to_owned()) && !names.contains(&"c.okafor".to_owned()));
    let none = records(&browser.get("/export/users.csv?q=nobody-is-called-this").await);
    assert_eq!(none.len(), 1, "the heading alone");
}

#[tokio::test]
async fn no_cell_is_a_formula_and_every_name_is_complete() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let fields = [
        ("username", "@sum"),
        ("first_name", "+1"),
        ("last_name", "\"quoted\", and ليلى"),
        ("email", "=cmd@example.com"),
        ("roles[]", "directory_viewer"),
    ];
    let created = browser.call("/api/users/create", &fields).await;
    assert_eq!(created.status, 204, "{}", created.body);
    let rows = records(&browser.get("/export/users.csv?fresh=1").await);
    let row = |name: &str| rows.iter().find(|row| row[0] == name).expect(name);
    assert_eq!(row("o.brien")[1], "'=Órla O'Brien <\"&\">, Jr.");
    assert_eq!(row("layla.haddad")[1], "ليلى حداد");
    assert_eq!(
        row("'@sum")[1..3],
        ["'+1 \"quoted\", and ليلى", "'=cmd@example.com"]
    );
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }

    let file = "username,first_name\n=1+1,x\n\"-2\",\n@x,\n";
    let id = start_dry_run(&browser, file).await;
    finished(&browser, &id).await;
    let result = browser.get(&format!("/jobs/{id}/result.csv")).await;
    let names: Vec<_> = records(&result)
        .into_iter()
        .skip(1)
        .map(|row| row[1].clone())
        .collect();
    assert_eq!(names, ["'=1+1 (row 2)", "'-2 (row 3)", "'@x (row 4)"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_refused_with_the_reason() {
    let portal = portal().await;
    let browser = portal.signed_in("auditor").await;
    portal.fail(&["/pty/v1/auth/users"], &Fault::Html);
    let answer = browser.get("/export/users.csv").await;
    assert_eq!(answer.status, 502);
    assert!(answer.header("content-type").starts_with("text/plain"));
    assert!(
        answer.shows("cluster") && answer.shows("Request id"),
        "{}",
        answer.body
    );
    assert!(!answer.shows("never run this") && !answer.shows("/pty/v1"));
    assert_eq!(answer.header("content-disposition"), "");
}

#[tokio::test]
async fn a_head_request_is_answered_without_a_body() {
    let portal = portal().await;
    let browser = portal.signed_in("auditor").await;
    let request = browser
        .bare(Method::HEAD, "/export/users.csv")
        .header(header::ACCEPT, "*/*");
    let answer = browser.send(request).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

/// A package is passed on byte for byte, kept nowhere, and its export is in the audit log.
#[tokio::test]
async fn a_package_is_passed_on_as_the_cluster_sends_it() {
    let portal = TestPortal::new().await;
    let fingerprint = portal.export_key().await;
    let officer = portal.signed_in("officer").await;
    let page = officer.get("/packages").await;
    assert!(
        page.shows("Export package") && page.shows(&fingerprint),
        "{}",
        page.content()
    );
    let answer = officer
        .get(&format!(
            "/packages/rps.json?fingerprint={fingerprint}&version=1&core_version=1"
        ))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
    let disposition = answer.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; filename=\"postern-rps-20"),
        "{disposition}"
    );
    assert!(disposition.ends_with(".json\""), "{disposition}");
    let package = answer.json();
    assert!(
        package["ciphertext"].is_string() && package["encrypted_key"].is_string(),
        "{package}"
    );

    for query in ["fingerprint=../../users", "", "fingerprint=0"] {
        portal.simulator().clear_calls();
        let refused = officer.get(&format!("/packages/rps.json?{query}")).await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.body);
        assert!(
            refused.shows("64 hexadecimal digits"),
            "{query}: {}",
            refused.body
        );
        portal.assert_no_calls(query);
    }
    let unknown = "0".repeat(64);
    let refused = officer
        .get(&format!("/packages/rps.json?fingerprint={unknown}"))
        .await;
    assert_eq!(refused.header("content-disposition"), "");
    assert!(refused.status >= 400, "{}", refused.body);
    let auditor = portal.signed_in("auditor").await;
    let refused = auditor
        .get(&format!("/packages/rps.json?fingerprint={fingerprint}"))
        .await;
    assert_eq!(refused.status, 403, "{}", refused.body);
}
