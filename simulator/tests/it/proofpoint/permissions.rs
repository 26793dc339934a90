//! The status of every call for every kind of account, and the credentials.

use super::{ADMIN, EMPLOYEE, Essentials, PARTNER, READER, check_error};
use crate::helper::{PASSWORD, answer};
use serde_json::json;

/// Method, path, and the status for: the administrator, the read-only one, the partner, the read-only partner, the end
/// user. The body of a write is an empty object, so that a permitted one is refused as invalid or changes nothing.
type Row = (&'static str, &'static str, [u16; 5]);

const CALLERS: [&str; 5] = [ADMIN, READER, PARTNER, "reader@msp.example", EMPLOYEE];

const READ: [u16; 5] = [200, 200, 200, 200, 403];
const READ_BY_PARTNER: [u16; 5] = [403, 403, 200, 200, 403];

const CALLS: &[Row] = &[
    ("GET", "/me", [200; 5]),
    ("GET", "/endpoints/example.com", READ),
    ("GET", "/orgs/example.com", READ),
    ("PATCH", "/orgs/example.com", [403, 403, 422, 403, 403]),
    ("GET", "/orgs/example.com/orgs", READ_BY_PARTNER),
    // A customer has no children.
    ("POST", "/orgs/example.com/orgs", [403; 5]),
    ("POST", "/orgs/msp.example/orgs", [403, 403, 422, 403, 403]),
    ("GET", "/orgs/example.com/users", READ),
    ("POST", "/orgs/example.com/users", [422, 403, 422, 403, 403]),
    ("GET", "/orgs/example.com/users/alpha@example.com", READ),
    (
        "PUT",
        "/orgs/example.com/users/alpha@example.com",
        [422, 403, 422, 403, 403],
    ),
    (
        "DELETE",
        "/orgs/example.com/users/none@example.com",
        [404, 403, 404, 403, 403],
    ),
    ("GET", "/orgs/example.com/domains", READ),
    ("POST", "/orgs/example.com/domains", [422, 403, 422, 403, 403]),
    ("GET", "/orgs/example.com/domains/example.org", READ),
    (
        "PUT",
        "/orgs/example.com/domains/example.org",
        [422, 403, 422, 403, 403],
    ),
    (
        "DELETE",
        "/orgs/example.com/domains/none.example",
        [404, 403, 404, 403, 403],
    ),
    (
        "GET",
        "/orgs/example.com/domains/example.org/verification-code",
        READ,
    ),
    (
        "PUT",
        "/orgs/example.com/domains/none.example/verify/txt",
        [404, 403, 404, 403, 403],
    ),
    ("GET", "/orgs/example.com/licensing", READ),
    ("PUT", "/orgs/example.com/licensing", [403, 403, 422, 403, 403]),
    ("PUT", "/orgs/example.com/package", [403, 403, 422, 403, 403]),
    ("GET", "/orgs/example.com/features", READ),
    ("PUT", "/orgs/example.com/features", [204, 403, 204, 403, 403]),
    ("GET", "/orgs/example.com/sender-lists", READ),
    (
        "POST",
        "/orgs/example.com/sender-lists",
        [422, 403, 422, 403, 403],
    ),
    (
        "PATCH",
        "/orgs/example.com/sender-lists",
        [422, 403, 422, 403, 403],
    ),
    (
        "DELETE",
        "/orgs/example.com/sender-lists",
        [422, 403, 422, 403, 403],
    ),
    (
        "GET",
        "/orgs/example.com/users/alpha@example.com/sender-lists",
        READ,
    ),
    (
        "POST",
        "/orgs/example.com/users/alpha@example.com/sender-lists",
        [422, 403, 422, 403, 403],
    ),
    (
        "PATCH",
        "/orgs/example.com/users/alpha@example.com/sender-lists",
        [422, 403, 422, 403, 403],
    ),
    (
        "DELETE",
        "/orgs/example.com/users/alpha@example.com/sender-lists",
        [422, 403, 422, 403, 403],
    ),
    ("GET", "/orgs/example.com/groups/501/sender-lists", READ),
    (
        "POST",
        "/orgs/example.com/groups/501/sender-lists",
        [422, 403, 422, 403, 403],
    ),
    (
        "PATCH",
        "/orgs/example.com/groups/501/sender-lists",
        [422, 403, 422, 403, 403],
    ),
    (
        "DELETE",
        "/orgs/example.com/groups/501/sender-lists",
        [422, 403, 422, 403, 403],
    ),
    ("GET", "/orgs/example.com/settings/azure", READ),
    (
        "PUT",
        "/orgs/example.com/settings/azure",
        [204, 403, 204, 403, 403],
    ),
    ("GET", "/orgs/example.com/settings/azure/exemptions", READ),
    (
        "POST",
        "/orgs/example.com/settings/azure/exemptions",
        [422, 403, 422, 403, 403],
    ),
    (
        "PUT",
        "/orgs/example.com/settings/azure/exemptions",
        [422, 403, 422, 403, 403],
    ),
    (
        "DELETE",
        "/orgs/example.com/settings/azure/exemptions",
        [204, 403, 204, 403, 403],
    ),
    (
        "DELETE",
        "/orgs/example.com/settings/azure/exemptions/none@example.com",
        [404, 403, 404, 403, 403],
    ),
    ("GET", "/orgs/example.com/authentication/settings/mfa", READ),
    ("GET", "/orgs/example.com/authentication/settings/login", READ),
    ("GET", "/orgs/example.com/authentication/settings/idps", READ),
    ("GET", "/orgs/example.com/products", READ),
    ("GET", "/orgs/example.com/products/EMAIL_SECURITY", READ),
    ("GET", "/reporting/example.com/7d", READ),
    ("GET", "/reporting/example.com/7d/inbound", READ),
    ("GET", "/stats/example.com/partner", READ),
    (
        "GET",
        "/stats/msp.example/partner/orgs",
        [403, 403, 200, 200, 403],
    ),
    ("GET", "/billing/example.com", READ),
    ("GET", "/billing/msp.example/orgs", [403, 403, 200, 200, 403]),
];

#[tokio::test]
async fn every_call_answers_each_account_as_documented() {
    let essentials = Essentials::start().await;
    for (method, path, expected) in CALLS {
        let mut statuses = [0; CALLERS.len()];
        for (status, caller) in statuses.iter_mut().zip(CALLERS) {
            *status = match *method {
                "GET" => essentials.get(caller, path).await.status,
                _ => essentials.send(caller, method, path, json!({})).await.status,
            };
        }
        assert_eq!(statuses, *expected, "{method} {path}");
    }
}

#[tokio::test]
async fn every_call_needs_credentials() {
    let essentials = Essentials::start().await;
    for (method, path, _) in CALLS {
        let wrong = [
            essentials.request(method, path),
            essentials.request(method, path).header("X-User", ADMIN),
            essentials.request(method, path).header("X-Password", PASSWORD),
            essentials.request(method, path).basic_auth(ADMIN, Some(PASSWORD)),
            essentials
                .request(method, path)
                .header("X-User", ADMIN)
                .header("X-Password", "wrong"),
            essentials
                .request(method, path)
                .header("X-User", "none@example.com")
                .header("X-Password", PASSWORD),
            // This person has no password.
            essentials
                .request(method, path)
                .header("X-User", "alpha@example.com")
                .header("X-Password", ""),
        ];
        for request in wrong {
            check_error(&answer(request).await, 401, "");
        }
    }
}

#[tokio::test]
async fn the_user_name_ignores_case_and_an_inactive_account_is_refused() {
    let essentials = Essentials::start().await;
    assert_eq!(essentials.get("Admin@Example.COM", "/me").await.status, 200);
    let reader = json!({ "primary_email": READER, "is_active": false });
    let path = format!("/orgs/example.com/users/{READER}");
    assert_eq!(essentials.send(ADMIN, "PUT", &path, reader).await.status, 204);
    check_error(&essentials.get(READER, "/me").await, 401, "");
}

#[tokio::test]
async fn an_account_reaches_its_organization_and_those_below() {
    let essentials = Essentials::start().await;
    let cases = [
        (ADMIN, "example.com", 200),
        // Any domain is a key, in any case.
        (ADMIN, "Example.ORG", 200),
        (ADMIN, "msp.example", 404),
        (ADMIN, "clinic.example", 404),
        (ADMIN, "none.example", 404),
        (PARTNER, "msp.example", 200),
        (PARTNER, "clinic.example", 200),
        (PARTNER, "reseller.example", 404),
        (PARTNER, "other.example", 404),
        ("strategic@reseller.example", "example.com", 200),
        ("oem@distributor.example", "clinic.example", 200),
        ("oem@distributor.example", "rival.example", 404),
        ("partner@rival.example", "other.example", 200),
        ("partner@rival.example", "example.com", 404),
        ("admin@other.example", "other.example", 200),
    ];
    for (user, domain, status) in cases {
        let answer = essentials.get(user, &format!("/orgs/{domain}")).await;
        assert_eq!(answer.status, status, "{user} {domain}");
        let answer = essentials.get(user, &format!("/endpoints/{domain}")).await;
        assert_eq!(answer.status, status, "{user} {domain}");
    }
}

#[tokio::test]
async fn me_says_what_the_account_is() {
    let essentials = Essentials::start().await;
    let cases = [
        (ADMIN, "organization_admin", true, false, "organization", false),
        (READER, "organization_admin", true, false, "organization", true),
        (EMPLOYEE, "end_user", false, false, "organization", false),
        (PARTNER, "channel_admin", true, true, "channel", false),
        (
            "strategic@reseller.example",
            "strategic_partner_admin",
            true,
            true,
            "strategic_partner",
            false,
        ),
        (
            "oem@distributor.example",
            "oem_partner_admin",
            true,
            true,
            "oem_partner",
            false,
        ),
    ];
    for (user, kind, is_admin, is_partner, entity, is_read_only) in cases {
        let me = essentials.read(user, "/me").await;
        let expected = json!([user, kind, is_admin, is_partner, entity, is_read_only]);
        let names = [
            "primary_email",
            "type",
            "is_admin",
            "is_partner_admin",
            "entity_type",
            "read_only_user",
        ];
        assert_eq!(json!(names.map(|name| &me[name])), expected);
        let domain = user.split_once('@').unwrap().1;
        assert_eq!(me["entity_primary_domain"], domain);
    }
}
