//! Addresses: hostile spellings of them, and objects whose names look like parts of one.

use app::routes::{Handler, table};
use gate::Needs;
use protegrity::RoleName;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Answer, Browser, TestPortal, unescaped};

/// Names that look like parts of an address, each with a name that it would be if it were decoded once more, once less,
/// or cut.
const TWINS: [(&str, &str); 12] = [
    ("zz%41", "zzA"),
    ("a%2Fb", "a/b"),
    ("a%2fb", "a%2Fb."),
    ("%2e%2e", ".."),
    ("%2E%2E%2Fusers", "../users"),
    ("100%", "100%25"),
    ("a+b", "a b"),
    ("semi;x=1", "semi"),
    ("back\\slash", "back/slash"),
    ("ask?x", "ask"),
    ("hash#x", "hash"),
    ("new", "%6Eew"),
];

/// Other spellings of an address: no page of the table has one of them.
fn spellings(address: &str) -> Vec<String> {
    let rest = address.trim_start_matches('/');
    let first = rest.bytes().next().unwrap_or(b'x');
    let tail = rest.get(1..).unwrap_or_default();
    let long = "a".repeat(20_000);
    let mut spellings = vec![
        format!("//{rest}"),
        format!("/./{rest}"),
        format!("/%2e/{rest}"),
        format!("/x/../{rest}"),
        format!("/x/%2e%2e/{rest}"),
        format!("/sign-in/..%2f{rest}"),
        format!("/sign-in/..%252f{rest}"),
        format!("/sign-in/..;/{rest}"),
        format!("/sign-in/..\\{rest}"),
        format!("/sign-in;/../{rest}"),
        format!("/pkg/..%2f{rest}"),
        format!("/pkg/../{rest}"),
        format!("/\\{rest}"),
        format!("\\{rest}"),
        format!("/%5c{rest}"),
        format!("/;/{rest}"),
        format!("/%{first:02x}{tail}"),
        format!("/%25{first:02x}{tail}"),
        format!("/%00{rest}"),
        format!("{address}%00"),
        format!("{address}%2500"),
        format!("{address}\0"),
        format!("{address};x=1"),
        format!("{address}%3b"),
        format!("{address}\\"),
        format!("{address}%5c..%5c"),
        format!("{address}/"),
        format!("{address}//"),
        format!("{address}/."),
        format!("{address}/%2e"),
        format!("{address}/.."),
        format!("{address}/../sign-in"),
        format!("{address}/%2e%2e/sign-in"),
        format!("{address}/%252e%252e%252fsign-in"),
        format!("{address}/x\\..\\..\\session"),
        format!("{address}/%ff%fe"),
        format!("{address}%c0%af"),
        format!("{address}{long}"),
        format!("{address}/{long}"),
        address.to_uppercase(),
        format!("{address}é"),
    ];
    if rest.contains('/') {
        spellings.extend(
            ["%2f", "%252f", "\\", "%5c", "//", "/./"].map(|slash| format!("/{}", rest.replace('/', slash))),
        );
    }
    spellings
}

/// The status and the body of the answer to a request whose path no client has normalized; 0 where the connection is
/// closed without one.
async fn raw_get(portal: &TestPortal, browser: &Browser, path: &str) -> (u16, String) {
    let host = portal.address.trim_start_matches("http://");
    let cookie = browser
        .cookie("postern")
        .map(|cookie| format!("cookie: postern={cookie}\r\n"));
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\n{}connection: close\r\n\r\n",
        cookie.unwrap_or_default()
    );
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = Vec::new();
    // A head that is too long ends with a reset after the answer.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_default(), answer)
}

/// The addresses of the table that answer `GET` and are not open to everyone, with a name for each parameter.
fn guarded() -> Vec<(String, Needs)> {
    let rows = table()
        .iter()
        .filter(|route| !route.demo_only && !matches!(route.handler, Handler::Form(_)));
    let rows = rows.map(|route| {
        let address = [
            "{id}",
            "{uid}",
            "{rule}",
            "{name}",
            "{alias}",
            "{api}",
            "{domain}",
            "{mail_domain}",
            "{email}",
        ]
        .iter()
        .fold(route.path.to_owned(), |path, name| {
            path.replace(name, "policy_officer")
        });
        (address, route.action.rule().needs)
    });
    rows.filter(|(_, needs)| *needs != Needs::Nothing).collect()
}

/// Whether this is a refusal, and no page of the portal.
fn is_refused(status: u16, answer: &str) -> bool {
    let heading = answer
        .split_once("<h1>")
        .and_then(|(_, rest)| rest.split_once("</h1>"));
    let heading = heading.map_or("Not found", |(heading, _)| heading);
    let is_sign_in = status == 303 && answer.to_lowercase().contains("\r\nlocation: /sign-in?next=");
    is_sign_in
        || [0, 400, 401, 403, 404, 414, 431].contains(&status)
            && ["Not found", "Not allowed"].contains(&heading)
}

#[tokio::test]
async fn no_spelling_of_an_address_leads_past_its_guard() {
    let portal = TestPortal::new().await;
    let stranger = portal.browser();
    // One without the permissions of the directory, one without those of policy management.
    // One whose account at Proofpoint is no administrator's.
    let officer = portal.signed_in("officer + employee@example.com").await;
    let helpdesk = portal.signed_in("helpdesk").await;
    let admin = portal.signed_in("admin + admin@example.com").await;
    let mut shown = Vec::new();
    for (address, needs) in guarded() {
        for spelling in spellings(&address) {
            let short: String = spelling.chars().take(80).collect();
            let (status, answer) = raw_get(&portal, &stranger, &spelling).await;
            if !is_refused(status, &answer) {
                shown.push(format!("without a session: {short:?} {status}"));
            }
            if let Needs::Permission(permission) = needs {
                let is_of_workbench = permission.name.starts_with("workbench_");
                let account = if is_of_workbench { &helpdesk } else { &officer };
                let (status, answer) = raw_get(&portal, account, &spelling).await;
                if !is_refused(status, &answer) {
                    shown.push(format!("without the permission: {short:?} {status}"));
                }
            }
            portal.assert_no_calls(&short);
        }
    }
    assert!(shown.is_empty(), "{shown:#?}");
    for (address, _) in guarded() {
        for spelling in spellings(&address) {
            let (status, answer) = raw_get(&portal, &admin, &spelling).await;
            if status >= 500 {
                shown.push(format!("{spelling:.80?} {answer:.300}"));
            }
        }
    }
    assert!(shown.is_empty(), "{shown:#?}");
}

/// A segment of an address without its percent-encoding, decoded once.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The address of the object of this name, as the list links to it.
async fn link_to(browser: &Browser, list: &str, name: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let answer = browser.get(&format!("{list}?fresh&q={query}")).await;
    assert_eq!(answer.status, 200, "{name}: {}", answer.content());
    let start = format!("href=\"{list}/");
    let links = answer
        .body
        .split(&start)
        .skip(1)
        .filter_map(|link| link.split('"').next());
    let mut links = links
        .filter(|segment| !["new", "compare"].contains(segment))
        .map(|segment| format!("{list}/{segment}"))
        .filter(|link| decoded(&link[list.len() + 1..]) == name);
    links
        .next()
        .unwrap_or_else(|| panic!("no link to {name}: {}", answer.content()))
}

/// Fails unless this is the page of the object of this name.
fn assert_page_of(answer: &Answer, name: &str) {
    assert_eq!(answer.status, 200, "{name}: {}", answer.content());
    let heading = answer.between("<h1>", "</h1>").map(unescaped).unwrap_or_default();
    assert!(heading.contains(name), "{name}: {heading}");
}

#[tokio::test]
async fn a_role_whose_name_looks_like_an_address_is_itself_and_no_twin() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin").await;
    let cluster = portal.as_admin_directly().await;
    for (name, twin) in TWINS {
        for name in [name, twin] {
            let role = protegrity::RoleDraft {
                name: RoleName::from(name),
                description: format!("before, {name}"),
                permissions: vec!["role_viewer".into()],
            };
            cluster.create_role(&role).await.expect("it is created");
        }
        let description = async |name: &str| {
            let roles = cluster.roles().await.expect("the roles");
            let role = roles.into_iter().find(|role| role.name.as_str() == name)?;
            Some(role.description.unwrap_or_default())
        };
        let page = link_to(&browser, "/roles", name).await;
        assert_page_of(&browser.get(&page).await, name);

        let baseline = browser.baseline(&format!("{page}/edit"), "/api/roles/edit").await;
        let fields = [
            ("name", name),
            ("description", "after"),
            ("permissions[]", "role_viewer"),
            ("baseline", &baseline),
        ];
        let answer = browser.call("/api/roles/edit", &fields).await;
        assert_eq!(
            (answer.status, answer.header("x-postern-next")),
            (204, &*page),
            "{}",
            answer.body
        );
        assert_eq!(description(name).await.as_deref(), Some("after"), "{name}");
        assert_eq!(description(twin).await, Some(format!("before, {twin}")), "{name}");

        let answer = browser
            .call("/api/roles/delete", &[("name", name), ("typed", name)])
            .await;
        assert_eq!(answer.status, 204, "{name}: {}", answer.body);
        assert_eq!(description(name).await, None, "{name}");
        assert_eq!(description(twin).await, Some(format!("before, {twin}")), "{name}");
        assert_eq!(browser.get(&page).await.status, 404, "{name}");
        cluster
            .delete_role(&RoleName::from(twin))
            .await
            .expect("it is deleted");
    }
}
