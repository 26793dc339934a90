//! The answers about tokens, roles, users and passwords have the keys of the reference's samples, in their order.

use crate::helper::{AUTH, Cluster, PASSWORD};
use serde_json::{Value, json};

#[tokio::test]
async fn tokens() {
    let cluster = Cluster::start().await;
    let sample = r#"{ "status": 0,
        "data": { "accessToken": "a", "refreshToken": "r", "expiresIn": 300, "refreshExpiresIn": 900 },
        "messages": [] }"#;
    let login = cluster.login(AUTH, "admin", PASSWORD).await;
    login.check_like(200, sample);
    let refreshed = cluster.refresh(&login.data("refreshToken")).await;
    refreshed.check_like(200, sample);
    let body = json!({ "refreshToken": refreshed.data("refreshToken") });
    let logout = cluster.call("", "POST", "/logout", body).await;
    logout.check_like(
        200,
        r#"{ "status": 0, "data": { "message": "m" }, "messages": [] }"#,
    );
    let body = json!({ "accessTokenLifespan": 600 });
    let lifespan = cluster
        .call(&refreshed.token(), "POST", "/token/lifespan/update", body)
        .await;
    lifespan.check_like(200, r#""Token lifespan updated successfully.""#);
}

#[tokio::test]
async fn roles() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let permissions = cluster.call(&admin, "GET", "/permissions", Value::Null).await;
    permissions.check_like(200, r#"[{ "name": "n", "description": "d" }]"#);
    let sample = r#"[{ "name": "n", "description": "d", "composite": true, "permissions": ["p"] }]"#;
    cluster
        .call(&admin, "GET", "/roles", Value::Null)
        .await
        .check_like(200, sample);
    for method in ["POST", "PUT", "DELETE"] {
        let done = cluster
            .call(&admin, method, "/roles", json!({ "name": "reader" }))
            .await;
        done.check_like(200, r#"{ "role_name": "admin", "status": "updated" }"#);
    }
}

#[tokio::test]
async fn users() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let row = |email: &str, created: &str| {
        format!(
            r#"{{ "username": "alpha", "email": {email}, "firstName": "Alpha", "lastName": "User", "enabled": true,
                "id": "7636708c", "createdTimestamp": {created}, "attributes": null, "emailVerified": false }}"#
        )
    };
    let rows = [row(r#""a""#, "null"), row(r#""a""#, "1"), row("null", "1")].join(",");
    cluster
        .call(&admin, "GET", "/users?max=5", Value::Null)
        .await
        .check_like(200, &format!("[{rows}]"));

    let body = json!({
        "username": "beta", "email": "beta@example.com", "firstName": "Beta", "lastName": "User",
        "password": "StrongPassword123!", "roles": ["directory_viewer"], "groups": ["framework"],
        "identityProviders": { "AWS-IDP": { "userId": "beta@example.com", "userName": "beta@example.com" } }
    });
    let created = cluster.call(&admin, "POST", "/users", body.clone()).await;
    created.check_like(200, r#"{ "user_id": "u", "username": "alpha" }"#);
    let id = created.json()["user_id"].as_str().unwrap().to_owned();
    let updated = cluster.call(&admin, "PUT", "/users", body).await;
    updated.check(400, json!({ "errorMessage": "Could not update user!" }));
    let updated = cluster
        .call(&admin, "PUT", "/users", json!({ "id": id, "enabled": true }))
        .await;
    updated.check_like(200, r#"{ "status": "updated", "userId": "u" }"#);
    let item = cluster
        .call(&admin, "GET", &format!("/users/{id}"), Value::Null)
        .await;
    item.check_like(
        200,
        r#"{ "id": "u", "username": "alpha", "firstName": "lpha", "lastName": "User", "email": "a",
            "emailVerified": false, "enabled": true, "createdTimestamp": 1, "groups": ["framework"],
            "roles": ["directory_admin"] }"#,
    );
    let done = r#"{ "status": "s", "user_id": "u" }"#;
    for (method, path) in [("PUT", "/lock"), ("DELETE", "")] {
        let path = format!("/users/{id}{path}");
        cluster
            .call(&admin, method, &path, Value::Null)
            .await
            .check_like(200, done);
    }
}

#[tokio::test]
async fn passwords() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let id = cluster.id_of(&admin, "alpha").await;
    let changed = r#"{ "status": "password_updated", "userId": "u", "temporary": false }"#;
    let (first, second) = ("First-0ne!", "Second-0ne!");
    let body = json!({ "userId": id, "newPassword": first, "temporary": false });
    cluster
        .call(&admin, "PUT", "/users/password", body)
        .await
        .check_like(200, changed);
    let body = json!({ "newPassword": second, "oldPassword": first });
    let path = format!("/users/{id}/password");
    cluster
        .call(&admin, "PUT", &path, body)
        .await
        .check_like(200, changed);
    let body = json!({ "password": "Third-0ne!" });
    let unlocked = cluster
        .call(&admin, "PUT", &format!("/users/{id}/unlock"), body)
        .await;
    unlocked.check_like(
        200,
        r#"{ "status": "unlocked", "user_id": "u", "password_temporary": true }"#,
    );
    let policy = cluster.call(&admin, "GET", "/passwordpolicy", Value::Null).await;
    policy.check_like(
        200,
        r#"{ "policy": { "digits": 1, "forceExpiredPasswordChange": 365, "hashAlgorithm": "pbkdf2-sha256",
            "hashIterations": 27500, "length": 8, "lowerCase": 1, "maxAuthAge": 3600, "maxLength": 64,
            "notContainsUsername": true, "notEmail": true, "notUsername": true, "passwordAge": 365,
            "passwordHistory": 3, "recoveryCodesWarningThreshold": 3, "regexPattern": "p", "specialChars": 1,
            "upperCase": 1 } }"#,
    );
}

#[tokio::test]
async fn unknown_fields_are_refused() {
    let cluster = Cluster::start().await;
    let login = cluster.login(AUTH, "admin", PASSWORD).await;
    let (admin, refresh) = (login.token(), login.data("refreshToken"));
    let id = cluster.id_of(&admin, "alpha").await;
    let password = "Temp0rary-One!";
    for (method, path, mut body) in [
        ("POST", "/login/token/refresh", json!({ "refreshToken": refresh })),
        ("POST", "/logout", json!({ "refreshToken": refresh })),
        (
            "POST",
            "/token/lifespan/update",
            json!({ "accessTokenLifespan": 300 }),
        ),
        ("POST", "/roles", json!({ "name": "new" })),
        ("PUT", "/roles", json!({ "name": "security_viewer" })),
        ("DELETE", "/roles", json!({ "name": "security_viewer" })),
        ("POST", "/users", json!({ "username": "new" })),
        ("PUT", "/users", json!({ "id": id })),
        (
            "PUT",
            "/users/password",
            json!({ "userId": id, "newPassword": password }),
        ),
        (
            "PUT",
            &format!("/users/{id}/unlock"),
            json!({ "password": password }),
        ),
        ("PUT", "/passwordpolicy", json!({ "policy": {} })),
        ("POST", "/log", json!({ "level": "info" })),
    ] {
        body["unheardOf"] = json!(null);
        let answer = cluster.call(&admin, method, path, body).await;
        let error = json!({
            "type": "extra_forbidden", "loc": ["body", "unheardOf"], "msg": "Extra inputs are not permitted"
        });
        answer.check(422, json!({ "detail": [error] }));
    }
    let with_id = cluster
        .call(&admin, "POST", "/users", json!({ "id": id, "username": "new" }))
        .await;
    assert_eq!(
        (with_id.status, &with_id.json()["detail"][0]["loc"]),
        (422, &json!(["body", "id"]))
    );
}
