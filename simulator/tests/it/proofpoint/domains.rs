//! Domains of an organisation.

use super::{ADMIN, Essentials, check_error};
use crate::helper::answer;
use serde_json::json;

const DOMAINS: &str = "/orgs/example.com/domains";

#[tokio::test]
async fn a_domain_is_created_changed_and_deleted() {
    let essentials = Essentials::start().await;
    let body = json!({
        "name": "New.example", "is_relay": true, "is_active": true,
        "destination": "192.0.2.7", "failovers": ["192.0.2.8"],
    });
    let created = essentials.send(ADMIN, "POST", DOMAINS, body).await;
    assert_eq!(created.status, 201);
    let path = format!("{DOMAINS}/new.example");
    let read = essentials.read(ADMIN, &path).await;
    assert_eq!(created.json(), read);
    assert_eq!(read["name"], "new.example");
    // The new domain is a key of the organisation.
    assert_eq!(essentials.get(ADMIN, "/orgs/new.example").await.status, 200);

    let body = json!({ "name": "new.example", "failovers": [] });
    assert_eq!(essentials.send(ADMIN, "PUT", &path, body).await.status, 204);
    let read = essentials.read(ADMIN, &path).await;
    assert_eq!(
        (&read["failovers"], &read["destination"]),
        (&json!([]), &json!("192.0.2.7"))
    );
    // A domain that does not relay is never active.
    let body = json!({ "name": "new.example", "is_relay": false, "is_active": true });
    assert_eq!(essentials.send(ADMIN, "PUT", &path, body).await.status, 204);
    assert_eq!(essentials.read(ADMIN, &path).await["is_active"], false);

    assert_eq!(
        answer(essentials.request_as(ADMIN, "DELETE", &path)).await.status,
        204
    );
    check_error(&essentials.get(ADMIN, &path).await, 404, "new.example");
    check_error(
        &essentials.get(ADMIN, "/orgs/new.example").await,
        404,
        "new.example",
    );
    let primary = essentials.request_as(ADMIN, "DELETE", &format!("{DOMAINS}/example.com"));
    check_error(&answer(primary).await, 400, "example.com");
}

#[tokio::test]
async fn invalid_domains_are_refused() {
    let essentials = Essentials::start().await;
    let cases = [
        (json!({}), 422, "name"),
        (json!({ "name": "no domain" }), 422, "name"),
        (json!({ "name": "single" }), 422, "name"),
        (
            json!({ "name": "x.example", "is_relay": true }),
            422,
            "destination",
        ),
        (
            json!({ "name": "x.example", "failovers": "192.0.2.1" }),
            422,
            "failovers",
        ),
        (json!({ "name": "example.org" }), 409, "example.org"),
        // Another organisation has it.
        (json!({ "name": "other.example" }), 409, "other.example"),
    ];
    for (body, status, identifier) in cases {
        let answer = essentials.send(ADMIN, "POST", DOMAINS, body).await;
        check_error(&answer, status, identifier);
    }
    let renamed = json!({ "name": "y.example" });
    let answer = essentials
        .send(ADMIN, "PUT", &format!("{DOMAINS}/example.org"), renamed)
        .await;
    check_error(&answer, 422, "name");
    let batch = json!([{ "name": "x.example" }, { "name": "example.org" }]);
    let answer = essentials.send(ADMIN, "POST", DOMAINS, batch).await;
    assert_eq!(
        (answer.status, &answer.json()["errors"][0]["status"]),
        (207, &json!(409))
    );
}

#[tokio::test]
async fn a_domain_is_verified_where_it_shows_its_code() {
    let essentials = Essentials::start().await;
    let put = |path: &str| answer(essentials.request_as(ADMIN, "PUT", &format!("{DOMAINS}/{path}")));
    let code = essentials
        .read(ADMIN, &format!("{DOMAINS}/example.org/verification-code"))
        .await;
    let code = code["code"].as_str().unwrap();
    assert!(code.starts_with("ppe-") && code.len() == 44, "{code}");
    assert_eq!(put("example.org/verify/txt").await.status, 204);
    assert_eq!(put("example.org/verify/meta").await.status, 204);
    check_error(&put("example.org/verify/TXT").await, 400, "TXT");
    check_error(
        &put("pending.example.org/verify/txt").await,
        409,
        "pending.example.org",
    );
}
