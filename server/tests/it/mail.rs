//! The pages of organisations at Proofpoint: what each account sees, and what stays when a part fails.

use crate::support::TestPortal;
use simulator::{Fault, FaultRule};

const ORGANIZATION: &str = "/proofpoint/orgs/example.com";

fn status(status: u16) -> Fault {
    let body = String::new();
    Fault::Status { status, body }
}

#[tokio::test]
async fn an_organisation_is_found_by_any_of_its_domains() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin + admin@example.com").await;
    let page = browser.get("/proofpoint?domain=EXAMPLE.org").await;
    assert_eq!(page.status, 200);
    assert!(page.shows("Example Company"), "{}", page.content());
    assert!(
        page.shows(&format!("href=\"{ORGANIZATION}\"")),
        "{}",
        page.content()
    );
    let page = browser.get("/proofpoint?domain=nowhere.example").await;
    assert!(
        page.status == 200
            && page
                .shows("Proofpoint has no organisation with the domain nowhere.example, or does not show it"),
        "{}",
        page.content()
    );
    let page = browser.get("/proofpoint?domain=a%2Fb").await;
    assert!(page.shows("which is not allowed there"), "{}", page.content());
    let page = browser.get("/proofpoint/orgs/nowhere.example").await;
    assert_eq!(page.status, 404, "{}", page.content());
    assert!(page.shows("Proofpoint has no organisation"), "{}", page.content());
}

#[tokio::test]
async fn the_page_of_an_organisation_has_its_console_and_its_parts() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin + reader@example.com").await;
    let page = browser.get(ORGANIZATION).await;
    for words in [
        "<h1>Example Company</h1>",
        "Advanced Plus",
        "pending.example.org",
        "ppe-",
        "URL defense",
        "https://us3.proofpointessentials.com/i/",
        "rel=\"noopener noreferrer\"",
    ] {
        assert!(page.shows(words), "{words}: {}", page.body);
    }
    assert!(
        page.shows("<svg focusable=\"false\" viewBox=\"0 0 1000 16\""),
        "{}",
        page.body
    );
    assert!(!page.shows("style=\""), "{}", page.body);
}

#[tokio::test]
async fn a_part_that_fails_says_so_in_its_place() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin + admin@example.com").await;
    for (path, other) in [
        ("/api/v1/billing", "URL defense"),
        ("/api/v1/orgs/example.com/features", "pending.example.org"),
        ("/api/v1/orgs/example.com/domains", "URL defense"),
        ("/api/v1/reporting", "URL defense"),
        ("/api/v1/reporting/example.com/1d", "Last 7 days"),
        ("/api/v1/stats", "URL defense"),
    ] {
        portal
            .proofpoint()
            .set_faults(vec![FaultRule::always(path, status(500))]);
        let page = browser.get(ORGANIZATION).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.shows("<h1>Example Company</h1>") && page.shows(other),
            "{path}: {}",
            page.body
        );
        let says_so = page.shows("role=\"alert\"");
        // Users with mail are one fact among others, and unknown then.
        assert!(
            says_so || path == "/api/v1/stats" && page.shows("Unknown"),
            "{path}: {}",
            page.body
        );
    }
}

#[tokio::test]
async fn a_failed_bill_leaves_the_rest_of_the_page() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin + partner@msp.example").await;
    let page = browser.get("/proofpoint").await;
    assert!(
        page.shows("Harbor Logistics") && page.shows("over the licence"),
        "{}",
        page.body
    );
    // The partner's own row is on both instances, and in no count.
    assert!(page.shows("Rows 1–9 of 9"), "{}", page.content());
    portal
        .proofpoint()
        .set_faults(vec![FaultRule::always("/api/v1/billing", status(503))]);
    let page = browser.get("/proofpoint").await;
    assert_eq!(page.status, 200);
    for words in ["Your account there", "Find an organisation", "role=\"alert\""] {
        assert!(page.shows(words), "{words}: {}", page.body);
    }
    assert!(!page.shows("Harbor Logistics"));
}

#[tokio::test]
async fn the_file_has_the_rows_that_match() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin + partner@msp.example").await;
    let file = browser
        .get("/export/proofpoint-organizations.csv?mismatch=with&columns=name&columns=domain&columns=seats")
        .await;
    assert_eq!(file.status, 200);
    let mut lines = file.body.trim_start_matches('\u{feff}').lines();
    assert_eq!(lines.next(), Some("Name,Domain,Seats"));
    assert_eq!(lines.next(), Some("Harbor Logistics (Example),harbor.example,30"));
    assert_eq!(lines.next(), None);
}

#[tokio::test]
async fn seats_are_reviewed_before_they_are_sent() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin + partner@msp.example").await;
    let (page, form) = (
        "/proofpoint/orgs/example.org/licensing",
        "/api/proofpoint/licensing/seats",
    );
    let baseline = browser.baseline(page, form).await;
    let fields = [
        ("organization", "example.org"),
        ("seats", "80"),
        ("baseline", &baseline),
    ];
    let review = browser.submit(page, form, &fields).await;
    assert!(
        review.location().starts_with(&format!("{page}/review?change=")),
        "{}",
        review.location()
    );
    let puts = || {
        let calls = portal.proofpoint().calls();
        calls.iter().filter(|call| call.method == "PUT").count()
    };
    assert_eq!(puts(), 0);
    let shown = browser.get(review.location()).await;
    assert!(
        shown.shows("Review the change of example.com") && shown.shows(">75<") && shown.shows(">80<"),
        "{}",
        shown.content()
    );
    let fields = shown.inputs_of(form);
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let saved = browser.submit_and_follow(review.location(), form, &fields).await;
    assert!(
        saved.shows("The organisation of example.com has 80 seats."),
        "{}",
        saved.content()
    );
    assert_eq!(puts(), 1);
    // A review that is over, or of another session, is none.
    let nothing = browser.get(&format!("{page}/review?change=x")).await;
    assert!(nothing.shows("No change to review"), "{}", nothing.content());
}

#[tokio::test]
async fn a_code_that_is_not_found_is_said_in_plain_words() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin + admin@example.com").await;
    let fields = [
        ("organization", "example.com"),
        ("name", "pending.example.org"),
        ("method", "meta"),
    ];
    let answer = browser
        .submit_and_follow(ORGANIZATION, "/api/proofpoint/domains/verify", &fields)
        .await;
    assert!(
        answer.shows("Proofpoint did not find the code of pending.example.org.")
            && answer.shows("It looked for a META tag of its web site."),
        "{}",
        answer.content()
    );
    assert!(!answer.shows("409"), "{}", answer.content());
}
