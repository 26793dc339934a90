//! `/proofpoint/findings`: what is counted, narrowed, exported, and said of what could not be checked.

use simulator::{Fault, FaultRule};

use crate::support::{Answer, TestPortal, unescaped};

const FINDINGS: &str = "/proofpoint/findings";
const FILE: &str = "/export/proofpoint-findings.csv";

/// The rows of a file, without its heading.
fn records(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let mut reader = csv::Reader::from_reader(answer.body.as_bytes());
    let records = reader.records().map(|record| record.expect("well-formed"));
    records
        .map(|record| record.iter().map(ToOwned::to_owned).collect())
        .collect()
}

fn fail(portal: &TestPortal, path: &str, status: u16) {
    let fault = Fault::Status {
        status,
        body: String::new(),
    };
    portal.proofpoint().set_faults(vec![FaultRule::always(
        format!("/api/v1/orgs/example.com{path}"),
        fault,
    )]);
}

#[tokio::test]
async fn findings_are_counted_and_narrowed() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk + admin@example.com").await;
    let page = browser.get(FINDINGS).await;
    assert_eq!(page.status, 200, "{}", page.content());
    let text = unescaped(&page.body);
    for words in [
        "Example Company (example.com)",
        "High: 1",
        "Medium: 5",
        "Low: 3",
        "*@example.com",
        "/proofpoint/orgs/example.com/users/alpha%40example.com",
        "https://us3.proofpointessentials.com/i/",
        "What was checked",
        "Certificates of the identity providers",
        "As of",
    ] {
        assert!(text.contains(words), "{words}: {}", page.content());
    }
    assert!(!page.shows("Not checked"), "{}", page.content());
    // Such an account sees no organisation besides its own.
    assert!(!page.shows("Domain of the organisation"));
    let high = browser.get(&format!("{FINDINGS}?severity=high")).await;
    assert!(
        high.shows("Rows 1–1 of 1 matching, 9 findings in all"),
        "{}",
        high.content()
    );
    let one = browser.get(&format!("{FINDINGS}?kind=free-mail&q=alpha")).await;
    assert!(one.shows("Rows 1–1 of 1 matching"), "{}", one.content());
    let none = browser.get(&format!("{FINDINGS}?q=nothing-like-it")).await;
    assert!(none.shows("No match in 9 findings"), "{}", none.content());
}

#[tokio::test]
async fn a_partner_checks_a_customer_and_stays_with_it() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("officer + partner@msp.example").await;
    let page = browser
        .get(&format!("{FINDINGS}?domain=museum.example&severity=high"))
        .await;
    let text = unescaped(&page.body);
    for words in [
        "Museum of Examples (museum.example)",
        "Domain of the organisation",
        "High: 4",
        "/export/proofpoint-findings.csv?domain=museum.example&severity=high",
        "?domain=museum.example&severity=medium",
        "name=\"domain\" value=\"museum.example\"",
    ] {
        assert!(text.contains(words), "{words}: {}", page.content());
    }
    let rows = records(
        &browser
            .get(&format!("{FILE}?domain=museum.example&severity=high"))
            .await,
    );
    let values: Vec<_> = rows.iter().map(|row| row[3].as_str()).collect();
    assert_eq!(
        values[..4],
        ["*@museum.example", "*.example", "0.0.0.0/0", "*@gmail.com"]
    );
    for (domain, status) in [("rival.example", 404), ("no%20domain", 404), ("..%2F..", 404)] {
        let answer = browser.get(&format!("{FINDINGS}?domain={domain}")).await;
        assert_eq!(answer.status, status, "{domain}: {}", answer.content());
        answer.assert_framed(domain);
    }
}

#[tokio::test]
async fn a_file_has_a_row_for_each_person() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk + reader@example.com").await;
    let file = browser.get(&format!("{FILE}?kind=only-proofpoint")).await;
    let rows = records(&file);
    let people: Vec<_> = rows.iter().map(|row| row[4].as_str()).collect();
    assert!(people.contains(&"ana.nunez@example.com"), "{people:?}");
    assert!(people.iter().all(|person| !person.contains(';')), "{people:?}");
    let page = browser.get(&format!("{FINDINGS}?kind=only-proofpoint")).await;
    let others = format!(" and {} more", people.len() - 3);
    assert!(page.shows(&others), "{others}: {}", page.content());
    assert!(page.shows("Rows 1–1 of 1 matching"), "{}", page.content());
}

#[tokio::test]
async fn what_fails_is_said_and_is_in_the_file() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("officer + admin@example.com").await;
    fail(&portal, "/settings/azure", 500);
    let page = browser.get(FINDINGS).await;
    assert_eq!(page.status, 200);
    let text = unescaped(&page.body);
    for words in [
        "Not checked: Secret and last run of the synchronisation with Azure.",
        "Proofpoint failed",
        "Not checked: People who are in one system and not in the other.",
        "user_manager_viewer",
        "*@example.com",
    ] {
        assert!(text.contains(words), "{words}: {}", page.content());
    }
    assert!(!page.shows("The secret of the synchronisation with Azure ends"));
    let rows = records(&browser.get(&format!("{FILE}?q=nothing-like-it")).await);
    let not_checked: Vec<_> = rows
        .iter()
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .collect();
    assert_eq!(
        not_checked,
        [
            (
                "Secret and last run of the synchronisation with Azure",
                "Not checked"
            ),
            ("People who are in one system and not in the other", "Not checked"),
        ]
    );
    portal.proofpoint().set_faults(Vec::new());
    let again = browser.get(FINDINGS).await;
    assert!(
        again.shows("The secret of the synchronisation with Azure ends"),
        "{}",
        again.content()
    );

    fail(&portal, "", 500);
    let failed = browser.get(&format!("{FINDINGS}?fresh=1")).await;
    assert_eq!(failed.status, 502, "{}", failed.content());
    failed.assert_framed("nothing could be read");
}

#[tokio::test]
async fn without_an_account_the_page_leads_to_the_connection_and_back() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let answer = browser.get(FINDINGS).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/proofpoint?next=%2Fproofpoint%2Ffindings")
    );
    let connected = portal.signed_in("helpdesk + admin@example.com").await;
    assert!(
        connected
            .get("/proofpoint")
            .await
            .shows("href=\"/proofpoint/findings\"")
    );
}
