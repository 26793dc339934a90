//! Organisations: the seeded trees, changes, and new children.

use super::{ADMIN, Essentials, PARTNER, check_error};
use serde_json::{Value, json};

#[tokio::test]
async fn an_organization_is_found_by_any_of_its_domains() {
    let essentials = Essentials::start().await;
    let organization = essentials.read(ADMIN, "/orgs/example.com").await;
    for domain in ["example.org", "pending.example.org", "EXAMPLE.com"] {
        assert_eq!(
            essentials.read(ADMIN, &format!("/orgs/{domain}")).await,
            organization
        );
    }
    let names: Vec<_> = organization["organization_hierarchy"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry.as_str().unwrap().split_once(" : ").unwrap().1)
        .collect();
    assert_eq!(
        names,
        [
            "'Example Company'",
            "'Sample MSP'",
            "'Sample Resale'",
            "'Sample Distribution'"
        ]
    );
    assert_eq!(organization["admin_user"]["primary_email"], ADMIN);
}

/// The customers of the channel: every package, and something to find in each.
#[tokio::test]
async fn a_partner_has_customers_of_every_package() {
    let essentials = Essentials::start().await;
    let orgs = essentials.read(PARTNER, "/orgs/msp.example/orgs").await;
    let orgs = orgs.as_array().unwrap();
    // The list begins with the organisation itself.
    assert_eq!(orgs[0]["primary_domain"], "msp.example");
    let packages: std::collections::BTreeSet<_> = orgs[1..]
        .iter()
        .map(|org| org["licensing_package"].as_str().unwrap())
        .collect();
    let expected = [
        "advanced",
        "advanced_plus",
        "beginner",
        "business",
        "business_plus",
        "professional",
        "professional_plus",
    ];
    assert_eq!(Vec::from_iter(packages), expected);
    let find = |domain: &str| orgs.iter().find(|org| org["primary_domain"] == domain).unwrap();
    assert_eq!(find("dental.example")["is_on_trial"], true);
    let harbor = find("harbor.example");
    assert!(harbor["active_users"].as_u64() > harbor["user_licenses"].as_u64());
    assert_eq!(find("closed.example")["is_active"], false);
    let lists = &find("museum.example")["safe_list_senders"];
    assert_eq!(
        lists,
        &json!(["*@gmail.com", "0.0.0.0/0", "*@museum.example", "*.example"])
    );
    let instances: std::collections::BTreeSet<_> = {
        let billing = essentials.read(PARTNER, "/billing/msp.example/orgs").await;
        let rows = billing.as_array().unwrap().iter().skip(1);
        rows.map(|row| row["data_center"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(Vec::from_iter(instances), ["US1", "US3"]);
}

#[tokio::test]
async fn a_patch_changes_state_and_external_id() {
    let essentials = Essentials::start().await;
    let patch = |body: Value| {
        essentials
            .request_as(PARTNER, "PATCH", "/orgs/law.example")
            .json(&body)
    };
    let answer = crate::helper::answer(patch(json!({ "is_active": false, "external_id": "PSA-7" }))).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let organization = essentials.read(PARTNER, "/orgs/law.example").await;
    assert_eq!(
        (&organization["is_active"], &organization["external_id"]),
        (&json!(false), &json!("PSA-7"))
    );
    let answer = crate::helper::answer(patch(json!({ "is_active": "no" }))).await;
    check_error(&answer, 422, "is_active");
}

fn customer(domain: &str) -> Value {
    json!({
        "primary_domain": domain,
        "name": "New Customer",
        "user_licenses": 12,
        "licensing_package": "advanced",
        "country": "US",
        "stateprov": "TX",
        "admin_user": { "primary_email": format!("boss@{domain}"), "firstname": "Sam" },
        "domains": [{ "name": domain, "is_relay": true, "is_active": true, "destination": "192.0.2.5" }],
    })
}

#[tokio::test]
async fn a_partner_creates_customers() {
    let essentials = Essentials::start().await;
    let post = |body: Value| {
        essentials
            .request_as(PARTNER, "POST", "/orgs/msp.example/orgs")
            .json(&body)
    };
    let created = crate::helper::answer(post(customer("new.example"))).await;
    assert_eq!(created.status, 201);
    let read = essentials.read(PARTNER, "/orgs/new.example").await;
    assert_eq!(created.json(), read);
    assert_eq!(read["admin_user"]["type"], "organization_admin");
    assert_eq!(read["domains"][0]["destination"], "192.0.2.5");
    assert_eq!(read["licensing_package"], "advanced");

    check_error(
        &crate::helper::answer(post(customer("new.example"))).await,
        409,
        "new.example",
    );
    let batch = json!([customer("two.example"), customer("new.example")]);
    let answer = crate::helper::answer(post(batch)).await;
    assert_eq!(answer.status, 207);
    assert_eq!(answer.json()["orgs"][0]["primary_domain"], "two.example");
    assert_eq!(answer.json()["errors"][0]["status"], 409);
    for field in [
        "primary_domain",
        "name",
        "user_licenses",
        "admin_user",
        "domains",
        "stateprov",
    ] {
        let mut body = customer("three.example");
        body.as_object_mut().unwrap().remove(field);
        check_error(&crate::helper::answer(post(body)).await, 422, field);
    }
}
