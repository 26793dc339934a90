//! The settings: each odd answer that clients have to bear.

use super::{ADMIN, Essentials, PARTNER, check_error};
use crate::helper::answer;
use serde_json::{Value, json};
use simulator::{ListNames, ListShape, Unknown};
use std::time::{Duration, Instant};

/// The lists, and the name of each in an envelope.
const LISTS: [(&str, &str); 7] = [
    ("/orgs/example.com/users", "users"),
    ("/orgs/example.com/domains", "domains"),
    ("/orgs/msp.example/orgs", "orgs"),
    ("/orgs/example.com/settings/azure/exemptions", "exemptions"),
    ("/orgs/example.com/authentication/settings/idps", "idps"),
    ("/orgs/example.com/products", "products"),
    ("/billing/msp.example/orgs", "billing"),
];

#[tokio::test]
async fn lists_are_bare_or_in_an_envelope() {
    let essentials = Essentials::start().await;
    for (path, name) in LISTS {
        let read = async |shape| {
            essentials.set(|settings| settings.lists = shape);
            essentials.read(PARTNER, path).await
        };
        let bare = read(ListShape::Bare).await;
        assert!(bare.is_array(), "{path}");
        assert_eq!(read(ListShape::Envelope).await, json!({ name: bare }), "{path}");
        let documented = read(ListShape::Document).await;
        let in_envelope = matches!(name, "users" | "domains");
        assert_eq!(documented.is_object(), in_envelope, "{path}");
    }
}

#[tokio::test]
async fn sender_lists_have_old_new_or_both_names() {
    let essentials = Essentials::start().await;
    let new = ["safe_list_senders", "block_list_senders"];
    let old = ["white_list_senders", "black_list_senders"];
    for path in ["/orgs/example.com", "/orgs/example.com/users/alpha@example.com"] {
        for (names, has_new, has_old) in [
            (ListNames::Both, true, true),
            (ListNames::New, true, false),
            (ListNames::Old, false, true),
        ] {
            essentials.set(|settings| settings.list_names = names);
            let value = essentials.read(ADMIN, path).await;
            let has = |names: [&str; 2]| names.map(|name| value.get(name).is_some());
            assert_eq!(
                (has(new), has(old)),
                ([has_new; 2], [has_old; 2]),
                "{path} {names:?}"
            );
        }
    }
}

#[tokio::test]
async fn numbers_and_booleans_are_strings_on_demand() {
    let essentials = Essentials::start().await;
    let path = "/orgs/example.com/licensing";
    essentials.set(|settings| settings.scalars_as_text = true);
    let read = essentials.read(ADMIN, path).await;
    assert_eq!(
        (&read["license_count"], &read["is_on_trial"]),
        (&json!("75"), &json!("false"))
    );
    let organization = essentials.read(ADMIN, "/orgs/example.com").await;
    assert_eq!(
        organization["admin_user"]["odin_settings"]["is_imitable"],
        "false"
    );
    assert_eq!(organization["account_template_id"], Value::Null);
}

#[tokio::test]
async fn unknown_values_are_injected_and_can_be_put_back() {
    let essentials = Essentials::start().await;
    essentials.set(|settings| settings.unknown_values = true);
    let users = essentials.read(ADMIN, "/orgs/example.com/users").await;
    let users = users["users"].as_array().unwrap();
    let odd = users
        .iter()
        .find(|user| user["type"] == "quarantine_reviewer")
        .unwrap();
    let path = format!(
        "/orgs/example.com/users/{}",
        odd["primary_email"].as_str().unwrap()
    );
    assert_eq!(
        essentials.send(ADMIN, "PUT", &path, odd.clone()).await.status,
        204
    );
    assert_eq!(essentials.read(ADMIN, &path).await, *odd);
    let orgs = essentials.read(PARTNER, "/orgs/msp.example/orgs").await;
    let has = |name: &str, value: &str| orgs.as_array().unwrap().iter().any(|org| org[name] == value);
    assert!(has("licensing_package", "galaxy_plus") && has("type", "reseller_pool"));
    assert!(has("type", "organization") && has("licensing_package", "professional"));
}

#[tokio::test]
async fn what_does_not_exist_has_three_statuses() {
    let essentials = Essentials::start().await;
    let cases = [
        ("/orgs/none.example", "none.example"),
        ("/orgs/other.example", "other.example"),
        ("/endpoints/none.example", "none.example"),
        ("/orgs/example.com/users/none@example.com", "none@example.com"),
        ("/orgs/example.com/domains/none.example", "none.example"),
        ("/orgs/example.com/products/NONE", "NONE"),
        ("/orgs/example.com/groups/0/sender-lists", "0"),
        ("/reporting/none.example/7d", "none.example"),
        ("/stats/none.example/partner", "none.example"),
        ("/billing/none.example", "none.example"),
    ];
    for (unknown, status) in [
        (Unknown::NotFound, 404),
        (Unknown::Forbidden, 403),
        (Unknown::BadRequest, 400),
    ] {
        essentials.set(|settings| settings.unknown = unknown);
        for (path, identifier) in cases {
            check_error(&essentials.get(ADMIN, path).await, status, identifier);
        }
    }
}

#[tokio::test]
async fn a_slash_at_the_end_and_the_new_terms_are_accepted() {
    let essentials = Essentials::start().await;
    for path in [
        "/me",
        "/orgs/example.com",
        "/orgs/example.com/users",
        "/reporting/example.com/1d/inbound",
    ] {
        let plain = essentials.read(ADMIN, path).await;
        assert_eq!(essentials.read(ADMIN, &format!("{path}/")).await, plain);
        let request = essentials
            .request_as(ADMIN, "GET", path)
            .header("X-Terms-Update", "true");
        assert_eq!(answer(request).await.json(), plain);
    }
    let path = "/orgs/example.com/users/alpha@example.com/";
    let body = json!({ "primary_email": "alpha@example.com" });
    assert_eq!(essentials.send(ADMIN, "PUT", path, body).await.status, 204);
}

#[tokio::test]
async fn settings_change_over_http_and_latency_delays() {
    let essentials = Essentials::start().await;
    let url = essentials.running.url();
    let put = |body: Value| {
        essentials
            .http
            .put(format!("{url}/_simulator/settings"))
            .json(&body)
    };
    let body =
        json!({ "latency_ms": 60, "lists": "envelope", "unknown": "bad_request", "features": "typed" });
    let changed = answer(put(body)).await;
    assert_eq!(
        (changed.status, &changed.json()["list_names"]),
        (200, &json!("both"))
    );
    let settings = essentials.simulator().settings(|_| ());
    assert_eq!((settings.latency_ms, settings.unknown), (60, Unknown::BadRequest));
    let started = Instant::now();
    essentials.read(ADMIN, "/me").await;
    assert!(started.elapsed() >= Duration::from_millis(60));
    assert_eq!(answer(put(json!({ "list": "bare" }))).await.status, 422);
    let reset = essentials.http.post(format!("{url}/_simulator/reset"));
    assert_eq!(answer(reset).await.status, 204);
    assert_eq!(essentials.simulator().settings(|_| ()).latency_ms, 0);
}
