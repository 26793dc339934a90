//! Forms with a file in them: what a browser sends, and what none would.

use std::fmt::Write;

use crate::support::{Answer, Browser, HTML, IMPORT, JSON, Setup, World, batch_of, finished};
use http::header;
use simulator::Fault;

const PAGE: &str = "/users/import";

/// A form as the browser encodes it: the file, and the role for rows that name none.
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

/// What the page says after a form without a script.
async fn upload_plainly(browser: &Browser, file: &[u8]) -> Answer {
    let answer = post(browser, HTML, "multipart/form-data; boundary=edge", parts(file)).await;
    assert_eq!(answer.status, 303, "{}", answer.content());
    browser.get(answer.location()).await
}

async fn world() -> World {
    World::with(Setup::default()).await
}

#[tokio::test]
async fn a_file_of_any_spreadsheet_is_read() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
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
        let id = batch_of(&upload(&browser, &file).await);
        let page = finished(&browser, &id).await;
        assert!(page.shows("ana.ito (row 1)"), "{what}: {}", page.content());
        // A line break inside a name is a fault of the row, and none of the file.
        let expected = if what.contains("Jürgen\n") {
            "cannot be seen"
        } else {
            "Would be created"
        };
        assert!(page.shows(expected), "{what}: {}", page.content());
    }
    assert!(
        world.calls().iter().all(|call| call.starts_with("GET ")),
        "{:?}",
        world.calls()
    );
}

#[tokio::test]
async fn what_is_no_such_file_is_said_at_the_field() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
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
        let told = upload(&browser, file).await;
        assert_eq!(told.status, 422, "{what:?}: {}", told.content());
        assert_eq!(told.json()["fields"][0]["field"], "file", "{what:?}");
        let page = upload_plainly(&browser, file).await;
        assert_eq!(page.status, 200, "{what:?}");
        let at_field = page.message_at("file").unwrap_or_default();
        assert!(at_field.contains(words), "{what:?}: {at_field}");
        assert!(
            page.shows("checked"),
            "the role that was chosen is kept: {}",
            page.content()
        );
    }
    assert!(
        world.calls().iter().all(|call| call.starts_with("GET ")),
        "{:?}",
        world.calls()
    );
}

#[tokio::test]
async fn each_row_says_what_is_the_matter_with_it() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
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
    let id = batch_of(&upload(&browser, file.as_bytes()).await);
    let page = finished(&browser, &id).await;
    for words in [
        "(no name) (row 1)",
        "This must not be empty.",
        "A user name holds no spaces",
        "This is longer than 255 characters.",
        "&lt;script&gt;alert(1)&lt;/script&gt; (row 4)",
        "This is no e-mail address",
        "The cluster lists no role king",
        "The cluster lists no group no-such-group",
        "“perhaps” in the column “enabled” is neither true nor false.",
        "The row has 9 cells, and the heading 7.",
        "The cluster has a user of this name already.",
        "Row 9 has the same user name.",
        "👩‍👧 (row 14)",
        "Would be created with directory_viewer, security_viewer, in developers, not open.",
    ] {
        assert!(page.shows(words), "no {words:?}: {}", page.body);
    }
    assert!(!page.shows("<script>alert(1)"), "{}", page.content());
    let file = browser.get(&format!("/batches/{id}/result.csv")).await;
    let events = browser.get(&format!("/batches/{id}/events")).await;
    for answer in [&page, &file, &events] {
        assert!(
            !answer.shows("S3cret") && !answer.shows("Tulip-Harbor"),
            "{}",
            answer.body
        );
    }
}

/// A weak password of a row is told by whoever may read the policy, and refused by the cluster otherwise.
#[tokio::test]
async fn a_weak_password_of_a_row_is_refused() {
    let world = world().await;
    for name in ["admin", "helpdesk"] {
        let browser = world.signed_in(name).await;
        let file = format!("username,roles,password\nby-{name},directory_viewer,short\n");
        let dry = batch_of(&upload(&browser, file.as_bytes()).await);
        let page = finished(&browser, &dry).await;
        if page.shows("Would be created") {
            let real = batch_of(&browser.call("/api/batches/follow", &[("id", &dry)]).await);
            let page = finished(&browser, &real).await;
            assert!(
                page.shows("1 failed") && !page.shows("short,"),
                "{name}: {}",
                page.content()
            );
        } else {
            assert!(page.shows("policy asks for"), "{name}: {}", page.content());
        }
    }
}

#[tokio::test]
async fn parts_that_no_browser_sends_are_refused_in_words() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
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
        let told = post(&browser, JSON, kind, body.clone()).await;
        assert_eq!(told.status, 422, "{what}: {}", told.content());
        assert_eq!(told.json()["kind"], "Invalid", "{what}");
        assert!(told.json()["request_id"].is_string(), "{what}");
        let plain = post(&browser, HTML, kind, body).await;
        assert_eq!((plain.status, plain.location()), (303, PAGE), "{what}");
        let page = browser.get(PAGE).await;
        assert!(page.shows("role=\"alert\""), "{what}: {}", page.content());
        for answer in [told, plain, page] {
            assert!(!answer.shows("S3cret-Word"), "{what}: {}", answer.body);
        }
    }
    assert!(
        world.calls().iter().all(|call| call.starts_with("GET ")),
        "{:?}",
        world.calls()
    );
}

#[tokio::test]
async fn fields_that_no_form_has_do_no_harm() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
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
async fn what_is_too_large_is_read_to_its_end_and_refused() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    let fits = "username\n".to_owned() + &" ".repeat(1024 * 1024 - 400) + "\n";
    let told = upload(&browser, fits.as_bytes()).await;
    assert_eq!(told.status, 422, "it was read: {}", told.content());
    for size in [1024 * 1024, 8 * 1024 * 1024] {
        let file = vec![b'a'; size];
        let told = upload(&browser, &file).await;
        assert_eq!(told.status, 413, "{size}: {}", told.content());
        assert_eq!(told.json()["kind"], "TooLarge", "{size}");
        let page = upload_plainly(&browser, &file).await;
        assert_eq!(page.status, 200, "{size}");
        assert!(
            page.shows("role=\"alert\"") && page.shows("a file 1 MB"),
            "{size}: {}",
            page.content()
        );
    }
    let plain = browser.call(IMPORT, &[("file", &"a".repeat(300_000))]).await;
    assert_eq!(plain.status, 413, "the form without parts takes less");
    assert!(
        world.calls().iter().all(|call| call.starts_with("GET ")),
        "{:?}",
        world.calls()
    );
}

#[tokio::test]
async fn an_enormous_body_is_not_even_read() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    let request = browser
        .request(IMPORT, JSON)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(vec![b'a'; 33 * 1024 * 1024]);
    // The portal hangs up; how far the sender gets by then is the network's business.
    if let Ok(answer) = request.send().await {
        assert_eq!(answer.status().as_u16(), 413);
    }
    assert_eq!(browser.get(PAGE).await.status, 200);
}

#[tokio::test]
async fn whoever_may_not_create_users_uploads_nothing() {
    let world = world().await;
    let file = b"username\nana\n";
    let nobody = world.browser();
    assert_eq!(upload(&nobody, file).await.status, 401);
    let auditor = world.signed_in("auditor").await;
    let told = upload(&auditor, file).await;
    assert_eq!(told.status, 403, "{}", told.content());
    assert!(told.shows("user_manager_admin"), "{}", told.body);
    let foreign = auditor
        .bare(http::Method::POST, IMPORT)
        .header(header::ORIGIN, "https://evil.example")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(parts(file));
    assert_eq!(auditor.send(foreign).await.status, 403, "another site's form");
    world.assert_no_calls("an upload that is not allowed");
}

#[tokio::test]
async fn a_dry_run_that_cannot_know_who_is_there_does_not_begin() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    world.fail(&["/pty/v1/auth/users"], &Fault::Html);
    let told = upload(&browser, b"username\nana\n").await;
    assert_eq!(told.status, 502, "{}", told.content());
    let page = upload_plainly(&browser, b"username\nana\n").await;
    assert!(
        page.shows("role=\"alert\"") && page.shows("Request id"),
        "{}",
        page.content()
    );
}
