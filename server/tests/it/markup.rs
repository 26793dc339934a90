//! What the cluster sends is text: a mark in every one of its texts is markup on no page, in no attribute, in no script.

use app::routes::{Handler, table};
use simulator::{Fault, FaultRule};

use crate::{
    marking::segment,
    support::{
        Answer, Browser, LOCK, Setup, TestPortal, deployment, finished, requested_deployment, start_dry_run,
        start_job, unescaped,
    },
};

/// It would end an attribute, a title, a text field, a script and a style sheet, and begin an element.
const MARK: &str = "\"'></title></textarea></script></style><x-mark a=b>";

/// What shows that the mark has become markup, in lower case.
const MARKUP: [&str; 3] = ["<x-mark", "\"'></", "</script></style>"];

const PROVIDER: &str = "AWS-IDP";
const GROUP: &str = "b020d984-c6b0-472d-8983-7c966a20f10d";
const ENTRA_GROUP: &str = "1cfa14d9-2e08-40e5-bc02-600e5ae344f5";

async fn portal() -> TestPortal {
    let portal = TestPortal::with(Setup {
        mark: Some(MARK),
        ..Setup::default()
    })
    .await;
    // A rule has a page where it has a uid.
    portal.simulator().settings(|settings| settings.pim_items = true);
    portal
}

/// The addresses of all pages, exports and streams, with the marked names.
async fn addresses(portal: &TestPortal, jobs: &Jobs) -> Vec<String> {
    let user = portal.id_of("alpha").await;
    let marked = |text: &str| segment(&format!("{text}{MARK}"));
    let rows = table()
        .iter()
        .filter(|route| !route.demo_only && !matches!(route.handler, Handler::Form(_)));
    let mut addresses = Vec::new();
    for route in rows {
        if route.path.starts_with("/jobs/") {
            addresses.extend(jobs.bulk.iter().map(|job| route.path.replace("{id}", job)));
            continue;
        }
        let id = if route.path.starts_with("/entra/") {
            ENTRA_GROUP
        } else if route.path.starts_with("/groups/") {
            GROUP
        } else if route.path.starts_with("/deployments/") {
            &jobs.deployment
        } else if route.path.starts_with("/approvals/") {
            &jobs.request
        } else {
            &user
        };
        let address = route
            .path
            .replace("{id}", id)
            .replace("{uid}", "1")
            .replace("{rule}", "30001")
            .replace("{name}", &marked("policy_officer"))
            .replace("{alias}", PROVIDER)
            .replace("{api}", "pim")
            .replace("{domain}", "example.com")
            .replace("{mail_domain}", "example.org")
            .replace("{email}", "layla.haddad@example.com");
        let address = match route.path {
            "/entra/users" | "/entra/groups" => format!("{address}?q=e"),
            "/export/proofpoint-users.csv" => format!("{address}?domain=example.com"),
            "/people" | "/people/leaver" => format!("{address}?email=layla.haddad"),
            "/packages/rps.json" => format!("{address}?fingerprint={}", portal.export_key().await),
            "/entra/groups/{id}" => format!("{address}?name={}", marked("Finance")),
            "/roles/compare" => {
                format!(
                    "{address}?a={}&b={}",
                    marked("policy_officer"),
                    marked("directory_viewer")
                )
            }
            _ => address,
        };
        addresses.push(address);
    }
    addresses
}

/// Fails where the mark is markup, and returns whether it is there as text.
fn check(answer: &Answer, what: &str) -> bool {
    let kind = answer.header("content-type").to_owned();
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    if !kind.starts_with("text/html") {
        // Text that no browser takes for a page.
        let is_plain = [
            "text/csv",
            "text/event-stream",
            "text/plain",
            "application/json",
            "application/yaml",
        ]
        .iter()
        .any(|plain| kind.starts_with(plain));
        assert!(is_plain || answer.body.is_empty(), "{what}: {kind}");
        return answer.shows("x-mark");
    }
    let body = answer.body.to_lowercase();
    for markup in MARKUP {
        if let Some(at) = body.find(markup) {
            let around: String = body[..at].chars().rev().take(300).collect();
            let around: String = around.chars().rev().collect();
            panic!("{what}: {markup} after {around}");
        }
    }
    unescaped(&body).contains("<x-mark")
}

/// Jobs of the caller's that are shown on pages.
struct Jobs {
    /// Those with a page below `/jobs`.
    bulk: Vec<String>,
    deployment: String,
    request: String,
}

/// Jobs whose rows name marked objects.
async fn jobs(browser: &Browser) -> Jobs {
    let user = format!("svc-backup{MARK}");
    let lock = start_job(browser, "lock", &[&user, &format!("nobody{MARK}")], "").await;
    finished(browser, &lock).await;
    let file = format!(
        "username,email,roles\n\"new{}\",x@example.com,king{MARK}\n",
        MARK.replace('"', "\"\"")
    );
    let import = start_dry_run(browser, &file).await;
    finished(browser, &import).await;
    let deployment = deployment(browser).await;
    finished(browser, &deployment).await;
    Jobs {
        bulk: vec![lock, import],
        deployment,
        request: requested_deployment(browser).await,
    }
}

#[tokio::test]
async fn what_the_cluster_sends_is_markup_on_no_page() {
    let portal = portal().await;
    let browser = portal.signed_in("admin + partner@msp.example").await;
    let jobs = jobs(&browser).await;
    let mut shown = 0;
    let mut missing = Vec::new();
    for address in addresses(&portal, &jobs).await {
        let answer = browser.get(&address).await;
        shown += usize::from(check(&answer, &address));
        // Only an import has rows to import again, and the sign-in page redirects a caller who is signed in.
        let is_elsewhere = address == "/sign-in" || address.ends_with("/unfinished.csv");
        if answer.status != 200 && !is_elsewhere {
            missing.push(format!("{address}: {} {}", answer.status, answer.content()));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    // Pages for something new show nothing of the cluster.
    assert!(shown >= 25, "the mark is on {shown} pages");
}

#[tokio::test]
async fn what_the_cluster_says_when_it_refuses_is_markup_on_no_page() {
    let portal = portal().await;
    let browser = portal.signed_in("admin + partner@msp.example").await;
    let jobs = jobs(&browser).await;
    let addresses = addresses(&portal, &jobs).await;
    let id = portal.id_of("alpha").await;
    let page = format!("/users/{id}");
    let mut shown = 0;
    for status in [400, 403, 404, 409, 500] {
        let says =
            r#"{"error":"said","message":"said","detail":"said","description":"said","errors":["said"]}"#;
        let refusal = Fault::Status {
            status,
            body: says.to_owned(),
        };
        portal.fail(&["/pty"], &refusal);
        let of_mail = FaultRule::always("/api/v1/orgs", refusal.clone());
        portal.proofpoint().set_faults(vec![of_mail]);
        for address in &addresses {
            let answer = browser.get(address).await;
            shown += usize::from(check(&answer, &format!("{status} {address}")));
        }
        portal.fail(&["/pty/v1/auth/users/*/lock"], &refusal);
        let answer = browser.submit_and_follow(&page, LOCK, &[("id", &id)]).await;
        assert!(
            check(&answer, &format!("{status} {LOCK}")),
            "{}",
            answer.content()
        );
        let answer = browser.call(LOCK, &[("id", &id)]).await;
        check(&answer, &format!("{status} {LOCK} as a script"));
        portal.simulator().set_faults(Vec::new());
        portal.proofpoint().set_faults(Vec::new());
    }
    assert!(shown >= 50, "the mark is on {shown} answers");
}

#[tokio::test]
async fn what_was_typed_is_markup_on_no_page() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin + admin@example.com").await;
    let query: String = url::form_urlencoded::byte_serialize(MARK.as_bytes()).collect();
    for route in table()
        .iter()
        .filter(|route| route.is_page() && !route.path.contains('{') && !route.demo_only)
    {
        for name in [
            "q",
            "page",
            "sort",
            "state",
            "role",
            "permission",
            "next",
            "name",
            "what",
            "pick",
            "a",
            "do",
        ] {
            let address = format!("{}?{name}={query}", route.path);
            check(&browser.get(&address).await, &address);
        }
        check(
            &browser
                .get(&format!("{}/{}", route.path.trim_end_matches('/'), segment(MARK)))
                .await,
            route.path,
        );
    }
    for route in table()
        .iter()
        .filter(|route| matches!(route.handler, Handler::Form(_)))
    {
        let names = [
            "id",
            "name",
            "alias",
            "username",
            "email",
            "first_name",
            "description",
            "display_name",
            "metadata_url",
            "typed",
            "roles[]",
            "permissions[]",
            "groups[]",
            "users[]",
            "members[]",
            "bulk_action",
            "target",
            "q",
            "file",
            "length",
            "lifespan",
            "tenant_id",
            "client_id",
            "chosen[]",
            "what",
            "theme",
            "baseline",
            "mapper_type",
        ];
        if ["/api/sign-in", "/api/sign-out"].contains(&route.path) {
            continue;
        }
        let fields: Vec<_> = names.iter().map(|name| (*name, MARK)).collect();
        let answer = browser.submit_and_follow("/users/new", route.path, &fields).await;
        check(&answer, route.path);
    }
    let wrong = [("user_name", MARK), ("password", MARK), ("next", MARK)];
    let answer = portal
        .browser()
        .submit_and_follow("/sign-in", "/api/sign-in", &wrong)
        .await;
    assert!(check(&answer, "/api/sign-in"), "{}", answer.content());
}
