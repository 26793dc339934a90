//! Calls of every endpoint by every caller. The served documents list all endpoints, so the table is complete.

use crate::helper::{AUTH, Cluster, PIM, RPS, UNKNOWN_ID};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Method, path, and the status for each caller.
type Endpoint = (&'static str, &'static str, [u16; 5]);

/// The callers, in the order of the statuses below; the first has no token.
const CALLERS: [&str; 5] = ["", "admin", "helpdesk", "officer", "auditor"];

/// The endpoints of the auth API. Writes have an empty body or an unknown id, so that a permitted write changes nothing.
const ENDPOINTS: &[Endpoint] = &[
    ("POST", "/login/token", [400, 400, 400, 400, 400]),
    ("POST", "/login/token/refresh", [422, 422, 422, 422, 422]),
    ("POST", "/logout", [422, 422, 422, 422, 422]),
    ("POST", "/token/lifespan/update", [401, 422, 403, 403, 403]),
    ("GET", "/permissions", [401, 200, 200, 403, 200]),
    ("GET", "/roles", [401, 200, 200, 403, 200]),
    ("POST", "/roles", [401, 422, 403, 403, 403]),
    ("PUT", "/roles", [401, 422, 403, 403, 403]),
    ("DELETE", "/roles", [401, 422, 403, 403, 403]),
    ("GET", "/users", [401, 200, 200, 403, 200]),
    ("POST", "/users", [401, 400, 400, 403, 403]),
    ("PUT", "/users", [401, 422, 422, 403, 403]),
    ("GET", "/users/{user_id}", [401, 404, 404, 403, 404]),
    ("DELETE", "/users/{user_id}", [401, 404, 404, 403, 403]),
    ("PUT", "/users/password", [401, 422, 422, 403, 403]),
    ("PUT", "/users/{user_id}/password", [401, 422, 422, 403, 403]),
    ("PUT", "/users/{user_id}/lock", [401, 404, 404, 403, 403]),
    ("PUT", "/users/{user_id}/unlock", [401, 422, 422, 403, 403]),
    ("GET", "/groups", [401, 200, 200, 403, 200]),
    ("POST", "/groups", [401, 422, 403, 403, 403]),
    ("PUT", "/groups", [401, 422, 403, 403, 403]),
    ("GET", "/groups/{group_id}", [401, 404, 404, 403, 404]),
    ("DELETE", "/groups/{group_id}", [401, 404, 403, 403, 403]),
    ("GET", "/saml/providers", [401, 200, 403, 403, 200]),
    ("POST", "/saml/providers", [401, 422, 403, 403, 403]),
    ("GET", "/saml/providers/{alias}", [401, 404, 403, 403, 404]),
    ("PUT", "/saml/providers/{alias}", [401, 422, 403, 403, 403]),
    ("DELETE", "/saml/providers/{alias}", [401, 404, 403, 403, 403]),
    (
        "GET",
        "/saml/providers/{alias}/mappers",
        [401, 404, 403, 403, 404],
    ),
    (
        "POST",
        "/saml/providers/{alias}/mappers",
        [401, 422, 403, 403, 403],
    ),
    (
        "DELETE",
        "/saml/providers/{alias}/mappers/{mapper_id}",
        [401, 404, 403, 403, 403],
    ),
    ("GET", "/passwordpolicy", [401, 200, 403, 403, 200]),
    ("PUT", "/passwordpolicy", [401, 422, 403, 403, 403]),
    ("GET", "/federation/entra/config", [401, 200, 200, 403, 200]),
    ("POST", "/federation/entra/config", [401, 422, 422, 403, 403]),
    ("PUT", "/federation/entra/config", [401, 422, 422, 403, 403]),
    ("POST", "/federation/entra/config/test", [401, 422, 422, 403, 422]),
    (
        "POST",
        "/federation/entra/users/search",
        [401, 422, 422, 403, 422],
    ),
    ("POST", "/federation/entra/users", [401, 422, 422, 403, 403]),
    (
        "POST",
        "/federation/entra/groups/search",
        [401, 422, 422, 403, 422],
    ),
    (
        "POST",
        "/federation/entra/groups/members/search",
        [401, 422, 422, 403, 422],
    ),
    ("POST", "/federation/entra/groups", [401, 422, 422, 403, 403]),
    // The first permitted caller deletes the configuration.
    ("DELETE", "/federation/entra/config", [401, 200, 404, 403, 403]),
];

/// The statuses of a read, of one below an unknown object, and of a write without the mandatory fields.
const READS: [u16; 5] = [401, 200, 403, 200, 200];
const READS_UNKNOWN: [u16; 5] = [401, 404, 403, 404, 404];
const WRITES: [u16; 5] = [401, 422, 403, 422, 403];

/// The endpoints of Policy Management, which is initialized.
const PIM_ENDPOINTS: &[Endpoint] = &[
    ("POST", "/init", [401, 409, 403, 409, 403]),
    ("GET", "/sources", READS),
    ("POST", "/sources", WRITES),
    ("GET", "/roles", READS),
    ("POST", "/roles", WRITES),
    ("GET", "/roles/{uid}/members", READS_UNKNOWN),
    ("POST", "/roles/{uid}/members", WRITES),
    ("GET", "/masks", READS),
    ("POST", "/masks", WRITES),
    ("GET", "/alphabets", READS),
    ("POST", "/alphabets", WRITES),
    ("GET", "/dataelements", READS),
    ("POST", "/dataelements", WRITES),
    ("GET", "/policies", READS),
    ("POST", "/policies", WRITES),
    ("GET", "/policies/{uid}/rules", READS_UNKNOWN),
    ("POST", "/policies/{uid}/rules", WRITES),
    ("GET", "/datastores", READS),
    ("POST", "/datastores", WRITES),
    ("GET", "/datastores/{uid}/export/keys", READS_UNKNOWN),
    ("POST", "/datastores/{uid}/export/keys", WRITES),
    ("POST", "/datastores/{uid}/deploy", WRITES),
    ("GET", "/applications", READS),
    ("POST", "/applications", WRITES),
    ("GET", "/deploy", READS),
    ("POST", "/deploy", WRITES),
];

/// Without the two mandatory parameters.
const RPS_ENDPOINTS: &[Endpoint] = &[("GET", "/export/{fingerprint}", WRITES)];

const COMMON: &[Endpoint] = &[
    ("GET", "/version", [200; 5]),
    ("GET", "/doc", [200; 5]),
    ("GET", "/health", [401, 200, 200, 200, 200]),
    ("GET", "/log", [401, 200, 200, 200, 200]),
    ("POST", "/log", [401, 422, 403, 403, 403]),
    ("GET", "/ready", [401, 204, 204, 204, 204]),
    ("GET", "/live", [401, 204, 204, 204, 204]),
];

fn apis() -> [(&'static str, Vec<Endpoint>); 3] {
    [
        (AUTH, [ENDPOINTS, COMMON].concat()),
        (PIM, [PIM_ENDPOINTS, COMMON].concat()),
        (RPS, [RPS_ENDPOINTS, COMMON].concat()),
    ]
}

#[tokio::test]
async fn every_endpoint_by_every_caller() {
    let cluster = Cluster::start().await;
    let mut tokens = vec![String::new()];
    for user in &CALLERS[1..] {
        tokens.push(cluster.token(user).await);
    }
    for (base, endpoints) in apis() {
        for (method, path, statuses) in endpoints {
            for ((caller, token), status) in CALLERS.iter().zip(&tokens).zip(statuses) {
                let body = if method == "GET" { Value::Null } else { json!({}) };
                let path = [
                    "{user_id}",
                    "{group_id}",
                    "{alias}",
                    "{mapper_id}",
                    "{uid}",
                    "{fingerprint}",
                ]
                .iter()
                .fold(format!("{base}{path}"), |path, id| path.replace(id, UNKNOWN_ID));
                let answer = cluster.call_at(token, method, &path, body).await;
                assert_eq!(answer.status, status, "{method} {path} by `{caller}`: {answer:?}");
                assert_eq!(answer.header("server"), "uvicorn");
                if status == 403 {
                    assert!(
                        answer.json()["detail"]
                            .as_str()
                            .unwrap()
                            .contains("Missing permission")
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn the_documents_list_the_endpoints_of_the_table() {
    let cluster = Cluster::start().await;
    for (base, endpoints) in apis() {
        let doc = cluster
            .call_at("", "GET", &format!("{base}/doc"), Value::Null)
            .await;
        assert_eq!(doc.header("content-type"), "application/x-yaml");
        assert!(doc.text.contains(&format!("url: {base}")));
        let tested: BTreeSet<_> = endpoints
            .iter()
            .map(|(method, path, _)| format!("{method} {path}"))
            .collect();
        assert_eq!(operations(&doc.text), tested, "{base}");
    }
}

/// The operations of a document, which the indentation identifies.
fn operations(yaml: &str) -> BTreeSet<String> {
    let mut path = "";
    let mut found = BTreeSet::new();
    for line in yaml.lines() {
        let name = line.trim().trim_end_matches(':');
        if line.starts_with("  /") {
            path = name;
        } else if line.starts_with("    ") && ["get", "post", "put", "delete"].contains(&name) {
            found.insert(format!("{} {path}", name.to_uppercase()));
        }
    }
    found
}

#[tokio::test]
async fn an_admin_permission_implies_the_viewer_one() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let grants = [
        ("user_manager_admin", "/users", 200),
        ("user_manager_viewer", "/users", 200),
        ("user_manager_viewer", "/roles", 403),
        ("role_admin", "/roles", 200),
        ("role_viewer", "/permissions", 200),
        ("password_policy_admin", "/passwordpolicy", 200),
        ("saml_admin", "/passwordpolicy", 403),
        ("saml_admin", "/saml/providers", 200),
        ("saml_viewer", "/saml/providers/AWS-IDP/mappers", 200),
        ("group_admin", "/groups", 200),
        ("group_viewer", "/users", 403),
        ("user_manager_admin", "/federation/entra/config", 200),
        ("group_admin", "/federation/entra/config", 403),
    ];
    for (index, (permission, path, status)) in grants.into_iter().enumerate() {
        let token = cluster
            .token_with(&admin, &format!("only_{index}"), &[permission])
            .await;
        let answer = cluster.call(&token, "GET", path, Value::Null).await;
        assert_eq!(answer.status, status, "{permission} at {path}");
    }
}

/// A user with one permission of the workbench may do what it is for and nothing else.
#[tokio::test]
async fn the_permissions_of_the_workbench_imply_no_other() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let source =
        json!({ "name": "new", "type": "FILE", "connection": { "userFile": "u", "groupFile": "g" } });
    let keys = cluster
        .pim(&admin, "GET", "/datastores/2/export/keys", Value::Null)
        .await
        .json();
    let fingerprint = keys[0]["fingerprint"].as_str().unwrap();
    let export = format!("{RPS}/export/{fingerprint}?version=1&coreVersion=1");
    let cases = [
        ("workbench_management_policy_read", [200, 403, 403]),
        ("workbench_management_policy_write", [403, 201, 403]),
        ("workbench_deployment_immutablepackage_export", [403, 403, 200]),
        ("workbench_deployment_certificate_export", [403, 403, 403]),
        ("can_fetch_package", [403, 403, 403]),
        ("web_admin", [403, 403, 403]),
    ];
    for (permission, statuses) in cases {
        let token = cluster.token_with(&admin, permission, &[permission]).await;
        let actual = [
            cluster.pim(&token, "GET", "/sources", Value::Null).await.status,
            cluster
                .pim(&token, "POST", "/sources", source.clone())
                .await
                .status,
            cluster.call_at(&token, "GET", &export, Value::Null).await.status,
        ];
        assert_eq!(actual, statuses, "{permission}");
    }
}

#[tokio::test]
async fn present_roles_count_and_not_the_token() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let helpdesk = cluster.token("helpdesk").await;
    let stripped = json!({ "name": "helpdesk_operator", "permissions": ["can_create_token"] });
    assert_eq!(cluster.call(&admin, "PUT", "/roles", stripped).await.status, 200);
    assert_eq!(
        cluster.call(&helpdesk, "GET", "/users", Value::Null).await.status,
        403
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused() {
    let cluster = Cluster::start().await;
    let unknown = cluster.call("", "GET", "/nothing", Value::Null).await;
    unknown.check(404, json!({ "detail": "Not Found" }));
    let method = cluster.call("", "PATCH", "/users", Value::Null).await;
    method.check(405, json!({ "detail": "Method Not Allowed" }));
    let large = cluster
        .call("", "POST", "/logout", json!("x".repeat(1_100_000)))
        .await;
    assert_eq!(large.status, 413);
}

#[tokio::test]
async fn common_endpoints_answer() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let version = cluster.call("", "GET", "/version", Value::Null).await.json();
    assert!(version["version"].is_string() && version["buildVersion"].is_string());
    cluster
        .call(&admin, "GET", "/health", Value::Null)
        .await
        .check(200, json!({ "isHealthy": true }));
    cluster
        .call(&admin, "GET", "/log", Value::Null)
        .await
        .check(200, json!({ "level": "info" }));
    let level = json!({ "level": "SEVERE" });
    let set = cluster
        .call_at(&admin, "POST", "/pty/v1/rps/log", level.clone())
        .await;
    assert_eq!(
        (set.status, set.text.as_str()),
        (200, "The log level is set successfully.")
    );
    cluster
        .call_at(&admin, "GET", "/pty/v1/rps/log", Value::Null)
        .await
        .check(200, level);
    cluster
        .call_at(&admin, "GET", "/pty/v2/pim/log", Value::Null)
        .await
        .check(200, json!({ "level": "INFO" }));
    assert_eq!(
        cluster
            .call(&admin, "POST", "/log", json!({ "level": "loud" }))
            .await
            .status,
        400
    );
}
