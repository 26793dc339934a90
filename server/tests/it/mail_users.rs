//! The pages of users of Proofpoint: what they show, and how often Proofpoint is asked.

use simulator::{Fault, FaultRule};

use crate::support::TestPortal;

const USERS: &str = "/proofpoint/orgs/example.com/users";
const ALPHA: &str = "/proofpoint/orgs/example.com/users/alpha%40example.com";

/// How often the list was read.
fn reads(portal: &TestPortal) -> usize {
    let calls = portal.proofpoint().calls();
    let lists = calls
        .iter()
        .filter(|call| call.path == "/api/v1/orgs/example.com/users");
    lists.filter(|call| call.method == "GET").count()
}

#[tokio::test]
async fn the_list_is_searched_filtered_and_exported_with_one_call() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("auditor + admin@example.com").await;
    let check = async |query: &str, shown: &[&str], missing: &[&str]| {
        let page = browser.get(&format!("{USERS}?per_page=100{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.content());
        page.assert_framed(query);
        for name in shown {
            assert!(
                page.shows(&format!("<bdi>{name}@example.com</bdi>")),
                "{query}: no {name}"
            );
        }
        for name in missing {
            assert!(
                !page.shows(&format!("<bdi>{name}@example.com</bdi>")),
                "{query}: {name}"
            );
        }
    };
    check("", &["alpha", "zoe.strand", "info"], &[]).await;
    check("&q=%C3%93RLA", &["o.brien"], &["alpha"]).await;
    check("&q=ana%40example.org", &["ana.nunez"], &["alpha"]).await;
    check("&state=inactive", &["zoe.strand"], &["alpha"]).await;
    check("&type=functional_account", &["info", "scanner"], &["alpha"]).await;
    check(
        "&q=scanner&type=functional_account&state=active&sort=-name",
        &["scanner"],
        &["info"],
    )
    .await;
    let file = browser
        .get("/export/proofpoint-users.csv?domain=example.com&q=ana%40example.org&columns=name&columns=aliases")
        .await;
    assert_eq!(
        file.body.trim_start_matches('\u{feff}'),
        "E-mail,Name,Aliases\r\nana.nunez@example.com,Ana Núñez,\"ana@example.com, ana@example.org\"\r\n"
    );
    assert_eq!(reads(&portal), 1);
    browser.get(&format!("{USERS}?fresh=1")).await;
    assert_eq!(reads(&portal), 2);
    for file in [
        "/export/proofpoint-users.csv",
        "/export/proofpoint-users.csv?domain=a/b",
    ] {
        assert_eq!(browser.get(file).await.status, 404, "{file}");
    }
}

#[tokio::test]
async fn a_page_that_cannot_read_the_exemptions_shows_the_rest() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("auditor + reader@example.com").await;
    portal.proofpoint().set_faults(vec![FaultRule::always(
        "/api/v1/orgs/example.com/settings/azure",
        Fault::Status {
            status: 503,
            body: String::new(),
        },
    )]);
    let page = browser.get(ALPHA).await;
    assert_eq!(page.status, 200, "{}", page.content());
    for words in [
        "friend@home.example",
        "*@gmail.com",
        "End user",
        "Proofpoint failed",
        "organization_change",
    ] {
        assert!(page.shows(words), "{words}: {}", page.content());
    }
    portal.proofpoint().set_faults(Vec::new());
    assert!(browser.get(ALPHA).await.shows("The user is not exempt"));
}

#[tokio::test]
async fn a_page_without_a_connection_leads_to_it_and_back() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("auditor").await;
    for page in [USERS, ALPHA] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, 303, "{page}");
        assert!(
            answer.location().starts_with("/proofpoint?next="),
            "{}",
            answer.location()
        );
    }
    assert!(portal.proofpoint().calls().is_empty());
}

#[tokio::test]
async fn a_deletion_asks_for_the_address() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("auditor + admin@example.com").await;
    let delete = async |typed: &str| {
        let of = [
            ("domain", "example.com"),
            ("email", "alpha@example.com"),
            ("typed", typed),
        ];
        browser.call("/api/proofpoint/users/delete", &of).await
    };
    for typed in ["", "alpha", "beta@example.com"] {
        let refused = delete(typed).await;
        assert_eq!(refused.status, 422, "{typed}");
        let field = &refused.json()["fields"][0];
        assert_eq!(field["field"], "typed");
        assert_eq!(field["message"], "Type alpha@example.com to delete the user.");
    }
    assert_eq!(delete(" Alpha@example.com ").await.status, 204);
    assert_eq!(browser.get(ALPHA).await.status, 404);
}
