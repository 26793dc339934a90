//! Permissions and roles.

use crate::helper::Cluster;
use serde_json::{Value, json};

#[tokio::test]
async fn the_seeded_permissions_and_roles() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let permissions = cluster
        .call(&admin, "GET", "/permissions", Value::Null)
        .await
        .json();
    assert_eq!(permissions.as_array().unwrap().len(), 21);
    assert!(
        permissions
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["description"].is_string())
    );
    let roles = cluster.call(&admin, "GET", "/roles", Value::Null).await.json();
    assert_eq!(roles.as_array().unwrap().len(), 10);
    let expected = json!({
        "name": "directory_viewer",
        "description": "Directory Viewer",
        "composite": true,
        "permissions": [
            "saml_viewer", "password_policy_viewer", "user_manager_viewer", "role_viewer", "group_viewer"
        ]
    });
    assert_eq!(roles[1], expected);
}

#[tokio::test]
async fn a_role_is_created_changed_and_deleted() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let done = |status: &str| json!({ "role_name": "reader", "status": status });
    let role = json!({ "name": "reader", "description": "Reads", "permissions": ["role_viewer"] });
    cluster
        .call(&admin, "POST", "/roles", role.clone())
        .await
        .check(200, done("created"));
    let again = cluster.call(&admin, "POST", "/roles", role).await;
    again.check(
        409,
        json!({ "errorMessage": "Role with name reader already exists" }),
    );
    let id = cluster
        .create_user(&admin, "vera", "Str0ng-Enough!", &["reader", "security_viewer"])
        .await;

    let change = json!({ "name": "reader", "permissions": ["saml_viewer", "saml_viewer"] });
    cluster
        .call(&admin, "PUT", "/roles", change)
        .await
        .check(200, done("updated"));
    let roles = cluster.call(&admin, "GET", "/roles", Value::Null).await.json();
    let expected = json!({ "name": "reader", "description": "Reads", "composite": true, "permissions": ["saml_viewer"] });
    assert_eq!(roles.as_array().unwrap().last().unwrap(), &expected);

    cluster
        .call(&admin, "DELETE", "/roles", json!({ "name": "reader" }))
        .await
        .check(200, done("deleted"));
    let user = cluster
        .call(&admin, "GET", &format!("/users/{id}"), Value::Null)
        .await
        .json();
    assert_eq!(user["roles"], json!(["security_viewer"]));
}

#[tokio::test]
async fn invalid_roles_are_refused() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let cases = [
        ("PUT", json!({ "name": "unknown" }), 404),
        ("DELETE", json!({ "name": "unknown" }), 404),
        ("POST", json!({ "name": "new", "permissions": ["perm1"] }), 400),
        (
            "PUT",
            json!({ "name": "security_viewer", "permissions": ["perm1"] }),
            400,
        ),
        ("POST", json!({ "name": "" }), 422),
        ("POST", json!({ "name": 5, "permissions": "role_viewer" }), 422),
        ("POST", json!([]), 422),
        ("DELETE", Value::Null, 422),
    ];
    for (method, body, status) in cases {
        let answer = cluster.call(&admin, method, "/roles", body.clone()).await;
        assert_eq!(answer.status, status, "{method} {body}: {answer:?}");
        assert!(!answer.json()["detail"].is_null());
    }
}
