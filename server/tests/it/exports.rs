//! Lists as files: whole, for those who may read them, and harmless in a spreadsheet.

use crate::support::{Answer, HTML, Setup, World, begin_import, finished};
use app::routes::EXPORTS;
use http::{Method, header};
use simulator::Fault;

async fn world() -> World {
    World::with(Setup {
        users: 60,
        ..Setup::default()
    })
    .await
}

/// The file's rows, each with its cells.
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
async fn every_file_is_for_those_who_may_read_its_list() {
    let world = world().await;
    let auditor = world.signed_in("auditor").await;
    let officer = world.signed_in("officer").await;
    for (file, action) in EXPORTS {
        let path = format!("/export/{file}");
        let nobody = world.browser().get(&path).await;
        assert_eq!(nobody.status, 401, "{path}");
        let refused = officer.get(&path).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(
            refused.shows("Needs the permission") && refused.shows("Request id"),
            "{path}: {}",
            refused.body
        );
        world.assert_no_calls(&path);
        if action.rule().changes {
            // The result of an import is for whoever did it: see `entra.rs`.
            assert_eq!(auditor.get(&path).await.status, 403, "{path}");
            continue;
        }
        let answer = auditor.get(&path).await;
        assert!(records(&answer).len() > 1, "{path} has nobody in it");
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
        world.simulator().clear_calls();
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
        world.assert_no_calls(path);
    }
}

#[tokio::test]
async fn the_file_holds_all_that_match_in_the_columns_of_the_list() {
    let world = world().await;
    let browser = world.signed_in("auditor").await;
    let all = records(&browser.get("/export/users.csv").await);
    assert_eq!(all[0], ["User name", "Name", "E-mail", "State", "Created"]);
    let list = browser.get("/users").await;
    assert!(
        list.shows(&format!("of {}", all.len() - 1)),
        "it is not the page alone: {}",
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
    assert_eq!(none.len(), 1, "a heading and nobody");
}

#[tokio::test]
async fn no_cell_is_a_formula_and_every_name_is_whole() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
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
    let id = begin_import(&browser, file).await;
    finished(&browser, &id).await;
    let result = browser.get(&format!("/batches/{id}/result.csv")).await;
    let names: Vec<_> = records(&result)
        .into_iter()
        .skip(1)
        .map(|row| row[1].clone())
        .collect();
    assert_eq!(names, ["'=1+1 (row 1)", "'-2 (row 2)", "'@x (row 3)"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_had_says_why() {
    let world = world().await;
    let browser = world.signed_in("auditor").await;
    world.fail(&["/pty/v1/auth/users"], &Fault::Html);
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

/// What the browser fetches ahead of a click is thrown away; a file is not to be made for that alone.
#[tokio::test]
async fn asking_for_the_head_alone_gives_no_body() {
    let world = world().await;
    let browser = world.signed_in("auditor").await;
    let request = browser
        .bare(Method::HEAD, "/export/users.csv")
        .header(header::ACCEPT, "*/*");
    let answer = browser.send(request).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}
