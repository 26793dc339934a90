//! Forms with a file: bodies that a browser sends, and malformed ones.

use std::fmt::Write;

use crate::support::{Answer, Browser, HTML, IMPORT, JSON, Setup, TestPortal, finished, job_of};
use http::header;
use simulator::Fault;

const PAGE: &str = "/users/import";

/// The form as a browser encodes it: the file, and the role of rows that name none.
fn parts(file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"roles[]\"\r\n\r\ndirectory_viewer\r\n");
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"users.csv\"\r\n");
    body.extend(b"Content-Type: text/csv\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    body
}

async fn post(browser: &Browser, accept: &str, kind: &str, body: Vec<u8>) -> Answer {
    let request = browser
        .request(IMPORT, accept)
        .header(header::REFERER, format!("{}{PAGE}", browser.origin()))
        .header(header::CONTENT_TYPE, kind)
        .body(body);
    browser.send(request).await
}

async fn upload(browser: &Browser, file: &[u8]) -> Answer {
    post(browser, JSON, "multipart/form-data; boundary=edge", parts(file)).await
}

/// The page that follows the form, sent without script.
async fn upload_without_script(browser: &Browser, file: &[u8]) -> Answer {
    let answer = post(browser, HTML, "multipart/form-data; boundary=edge", parts(file)).await;
    assert_eq!(answer.status, 303, "{}", answer.content());
    browser.get(answer.location()).await
}

async fn portal() -> TestPortal {
    TestPortal::with(Setup::default()).await
}

#[tokio::test]
async fn a_file_is_read_in_the_encodings_of_spreadsheets() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let utf_16 = |big: bool, text: &str| {
        let units = std::iter::once('\u{feff}' as u16).chain(text.encode_utf16());
        let bytes = units.map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        });
        bytes.flatten().collect::<Vec<u8>>()
    };
    let files = [
        "username,first_name\nana.ito,Jürgen ليلى 👩‍👧\n"
            .as_bytes()
            .to_vec(),
        "\u{feff}User name;First name\r\nana.ito;Jürgen ليلى 👩‍👧\r\n"
            .as_bytes()
            .to_vec(),
        "\"username\",\"first_name\"\n\"ana.ito\",\"Jürgen\nليلى\"\n"
            .as_bytes()
            .to_vec(),
        utf_16(false, "username;first_name\r\nana.ito;Jürgen\r\n"),
        utf_16(true, "username;first_name\r\nana.ito;Jürgen\r\n"),
        "username\nana.ito".as_bytes().to_vec(),
    ];
    for file in files {
        let what = String::from_utf8_lossy(&file).into_owned();
        let id = job_of(&upload(&browser, &file).await);
        let page = finished(&browser, &id).await;
        assert!(page.shows("ana.ito (row 2)"), "{what}: {}", page.content());
        // A line break inside a name is a problem of the row, and not of the file.
        let expected = if what.contains("Jürgen\n") {
            "This holds invisible characters, such as U+000A, LINE FEED."
        } else {
            "Would be created"
        };
        assert!(page.shows(expected), "{what}: {}", page.content());
    }
    assert!(
        portal.calls().iter().all(|call| call.starts_with("GET ")),
        "{:?}",
        portal.calls()
    );
}

#[tokio::test]
async fn a_file_in_another_format_is_refused_at_the_field() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let too_many = "username\n".to_owned() + &"ana\n".repeat(2001);
    for (file, words) in [
        (&b""[..], "Choose a file."),
        (b" \r\n", "Choose a file."),
        (b"username\n", "a heading and no rows"),
        (b"name,mail\nana,x\n", "The column “name” is not known."),
        (b"username,username\nana,x\n", "is there twice"),
        (b"email\nana@example.com\n", "There is no column “username”."),
        (
            b"<script>alert(1)</script>\nx\n",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        ),
        (
            b"username,password\nana,\"Secret-1\nbo,Secret-2\n",
            "The quote in line 2, column B (password) is never closed.",
        ),
        (
            b"username,first_name\nana,J\xfcrgen\n",
            "The file is not in UTF-8.",
        ),
        (
            b"PK\x03\x04\x14\x00\x06\x00\xff\xfe\x00",
            "The file is not in UTF-8.",
        ),
        (b"\x00\x00\x00\x00", "The column “"),
        (
            too_many.as_bytes(),
            "These are 2001 rows: at most 2000 are taken at once.",
        ),
    ] {
        let what = String::from_utf8_lossy(&file[..file.len().min(40)]).into_owned();
        let answer = upload(&browser, file).await;
        assert_eq!(answer.status, 422, "{what:?}: {}", answer.content());
        assert_eq!(answer.json()["fields"][0]["field"], "file", "{what:?}");
        let page = upload_without_script(&browser, file).await;
        assert_eq!(page.status, 200, "{what:?}");
        let at_field = page.message_at("file").unwrap_or_default();
        assert!(at_field.contains(words), "{what:?}: {at_field}");
        assert!(page.shows("checked"), "the chosen role stays: {}", page.content());
    }
    assert!(
        portal.calls().iter().all(|call| call.starts_with("GET ")),
        "{:?}",
        portal.calls()
    );
}

#[tokio::test]
async fn every_row_reports_its_problem() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let long = "x".repeat(300);
    let file = format!(
        "username,email,first_name,roles,groups,enabled,password\n\
         ,,,,,,\n\
         ,x@example.com,,,,,\n\
         two words,,,,,,\n\
         {long},,,,,,\n\
         <script>alert(1)</script>,,,,,,\n\
         ana,nowhere,,,,,\n\
         bo,,{long},,,,\n\
         cy,,,king,,,\n\
         di,,,,no-such-group,,\n\
         ed,,,,,perhaps,\n\
         fi,,,,,,short-S3cret\n\
         gu,,,,,,,too,many\n\
         alpha,,,,,,\n\
         ed,,,,,,\n\
         👩‍👧,,,,,,\n\
         ليلى,,,directory_viewer;security_viewer,developers,no,Tulip-Harbor-4711\n"
    );
    let id = job_of(&upload(&browser, file.as_bytes()).await);
    let page = finished(&browser, &id).await;
    for words in [
        "(no name) (row 3)",
        "This must not be empty.",
        "A user name holds no spaces",
        "This is longer than 255 characters.",
        "&lt;script&gt;alert(1)&lt;/script&gt; (row 6)",
        "This is not an e-mail address",
        "The cluster lists no role king",
        "The cluster lists no group no-such-group",
        "“perhaps” in the column “enabled” is neither true nor false.",
        "The row has 9 cells, and the heading 7.",
        "The cluster has a user of this name already.",
        "Row 11 has the same user name.",
        "👩‍👧 (row 16)",
        "Would be created with directory_viewer, security_viewer, in developers, not open.",
    ] {
        assert!(page.shows(words), "no {words:?}: {}", page.body);
    }
    assert!(!page.shows("<script>alert(1)"), "{}", page.content());
    let file = browser.get(&format!("/jobs/{id}/result.csv")).await;
    let events = browser.get(&format!("/jobs/{id}/events")).await;
    for answer in [&page, &file, &events] {
        assert!(
            !answer.shows("S3cret") && !answer.shows("Tulip-Harbor"),
            "{}",
            answer.body
        );
    }
}

/// The dry run reports the password to a caller who may read the policy; for others the cluster refuses it.
#[tokio::test]
async fn a_row_with_a_weak_password_is_refused() {
    let portal = portal().await;
    for name in ["admin", "helpdesk"] {
        let browser = portal.signed_in(name).await;
        let file = format!("username,roles,password\nby-{name},directory_viewer,short\n");
        let dry = job_of(&upload(&browser, file.as_bytes()).await);
        let page = finished(&browser, &dry).await;
        if page.shows("Would be created") {
            let real = job_of(&browser.call("/api/jobs/continue", &[("id", &dry)]).await);
            let page = finished(&browser, &real).await;
            assert!(
                page.shows("1 failed") && !page.shows("short,"),
                "{name}: {}",
                page.content()
            );
        } else {
            assert!(page.shows("policy requires"), "{name}: {}", page.content());
        }
    }
}

#[tokio::test]
async fn malformed_parts_are_refused_with_a_message() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let whole = parts(b"username\nana,S3cret-Word\n");
    let form = "multipart/form-data; boundary=edge";
    let nameless = b"--edge\r\nContent-Disposition: form-data\r\n\r\nS3cret-Word\r\n--edge--\r\n".to_vec();
    let headless = b"--edge\r\n\r\nS3cret-Word\r\n--edge--\r\n".to_vec();
    let cases = [
        ("no boundary", "multipart/form-data", whole.clone()),
        (
            "an empty boundary",
            "multipart/form-data; boundary=",
            whole.clone(),
        ),
        (
            "another boundary",
            "multipart/form-data; boundary=ridge",
            whole.clone(),
        ),
        ("other parts", "multipart/mixed; boundary=edge", whole.clone()),
        ("nothing", form, Vec::new()),
        ("half of it", form, whole[..whole.len() / 2].to_vec()),
        ("no end", form, whole[..whole.len() - 12].to_vec()),
        ("a part without a name", form, nameless),
        ("a part without a head", form, headless),
        ("noise", form, vec![0xff; 5000]),
        ("many boundaries", form, b"--edge\r\n".repeat(2000)),
    ];
    for (what, kind, body) in cases {
        let scripted = post(&browser, JSON, kind, body.clone()).await;
        assert_eq!(scripted.status, 422, "{what}: {}", scripted.content());
        assert_eq!(scripted.json()["kind"], "Invalid", "{what}");
        assert!(scripted.json()["request_id"].is_string(), "{what}");
        let plain = post(&browser, HTML, kind, body).await;
        assert_eq!((plain.status, plain.location()), (303, PAGE), "{what}");
        let page = browser.get(PAGE).await;
        assert!(page.shows("role=\"alert\""), "{what}: {}", page.content());
        for answer in [scripted, plain, page] {
            assert!(!answer.shows("S3cret-Word"), "{what}: {}", answer.body);
        }
    }
    assert!(
        portal.calls().iter().all(|call| call.starts_with("GET ")),
        "{:?}",
        portal.calls()
    );
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let mut deep = String::new();
    for (name, value) in [
        ("file", "username\nana\n"),
        ("file", "username\nbo\n"),
        (&*format!("roles{}", "[x]".repeat(200)), "y"),
        ("roles[999999999]", "y"),
        ("", "y"),
        ("__proto__[x]", "y"),
    ] {
        let _ = write!(
            deep,
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        let body = format!("{deep}--edge--\r\n").into_bytes();
        let answer = post(&browser, JSON, "multipart/form-data; boundary=edge", body).await;
        assert!(
            [204, 422].contains(&answer.status),
            "{name}: {} {}",
            answer.status,
            answer.content()
        );
    }
    assert_eq!(browser.get(PAGE).await.status, 200);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_read_to_its_end_and_refused() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let fits = "username\n".to_owned() + &" ".repeat(2 * 1024 * 1024 - 400) + "\n";
    let answer = upload(&browser, fits.as_bytes()).await;
    assert_eq!(answer.status, 422, "it was read: {}", answer.content());
    for size in [2 * 1024 * 1024, 8 * 1024 * 1024] {
        let file = vec![b'a'; size];
        let answer = upload(&browser, &file).await;
        assert_eq!(answer.status, 413, "{size}: {}", answer.content());
        assert_eq!(answer.json()["kind"], "TooLarge", "{size}");
        let page = upload_without_script(&browser, &file).await;
        assert_eq!(page.status, 200, "{size}");
        assert!(
            page.shows("role=\"alert\"") && page.shows("a file 2 MB"),
            "{size}: {}",
            page.content()
        );
    }
    let plain = browser.call(IMPORT, &[("file", &"a".repeat(300_000))]).await;
    assert_eq!(plain.status, 413, "a form without parts has a lower limit");
    assert!(
        portal.calls().iter().all(|call| call.starts_with("GET ")),
        "{:?}",
        portal.calls()
    );
}

#[tokio::test]
async fn an_enormous_body_is_not_read() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let request = browser
        .request(IMPORT, JSON)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(vec![b'a'; 33 * 1024 * 1024]);
    // The portal closes the connection; how much is sent before depends on the network.
    if let Ok(answer) = request.send().await {
        assert_eq!(answer.status().as_u16(), 413);
    }
    assert_eq!(browser.get(PAGE).await.status, 200);
}

#[tokio::test]
async fn an_upload_needs_the_permission_to_create_users() {
    let portal = portal().await;
    let file = b"username\nana\n";
    let anonymous = portal.browser();
    assert_eq!(upload(&anonymous, file).await.status, 401);
    let auditor = portal.signed_in("auditor").await;
    let answer = upload(&auditor, file).await;
    assert_eq!(answer.status, 403, "{}", answer.content());
    assert!(answer.shows("user_manager_admin"), "{}", answer.body);
    let foreign = auditor
        .bare(http::Method::POST, IMPORT)
        .header(header::ORIGIN, "https://evil.example")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(parts(file));
    assert_eq!(auditor.send(foreign).await.status, 403, "another site's form");
    portal.assert_no_calls("an upload without the permission");
}

#[tokio::test]
async fn a_dry_run_does_not_start_when_the_users_cannot_be_read() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    portal.fail(&["/pty/v1/auth/users"], &Fault::Html);
    let answer = upload(&browser, b"username\nana\n").await;
    assert_eq!(answer.status, 502, "{}", answer.content());
    let page = upload_without_script(&browser, b"username\nana\n").await;
    assert!(
        page.shows("role=\"alert\"") && page.shows("Request id"),
        "{}",
        page.content()
    );
}
