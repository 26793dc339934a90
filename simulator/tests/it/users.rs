//! Users: create, change, lock, unlock, delete, and the list.

use crate::helper::{AUTH, Cluster, PASSWORD, UNKNOWN_ID, answer};
use serde_json::{Value, json};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_user_is_created_changed_and_deleted() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let body = json!({
        "username": "Omega", "email": "Omega@example.com", "firstName": "Omega", "lastName": "User",
        "password": "StrongPassword123!", "roles": ["helpdesk_operator"], "groups": ["framework"],
        "identityProviders": { "AWS-IDP": { "userId": "omega@example.com", "userName": "omega@example.com" } }
    });
    let created = cluster.call(&admin, "POST", "/users", body).await;
    let id = created.json()["user_id"].as_str().unwrap().to_owned();
    created.check(200, json!({ "user_id": id, "username": "omega" }));

    let path = format!("/users/{id}");
    let item = cluster.call(&admin, "GET", &path, Value::Null).await.json();
    let item_keys = [
        "createdTimestamp",
        "email",
        "emailVerified",
        "enabled",
        "firstName",
        "groups",
        "id",
        "lastName",
        "roles",
        "username",
    ];
    assert_eq!(keys(&item), item_keys);
    assert_eq!(
        (&item["email"], &item["enabled"]),
        (&json!("omega@example.com"), &json!(true))
    );
    assert_eq!(
        (&item["roles"], &item["groups"]),
        (&json!(["helpdesk_operator"]), &json!(["framework"]))
    );
    assert_eq!(
        cluster.login(AUTH, "OMEGA", "StrongPassword123!").await.status,
        200
    );

    let updated = json!({ "status": "updated", "userId": id });
    let change = json!({ "id": id, "lastName": "Point", "email": "", "roles": ["security_viewer"] });
    cluster
        .call(&admin, "PUT", "/users", change)
        .await
        .check(200, updated.clone());
    let by_name = json!({ "username": "omega", "enabled": false });
    cluster
        .call(&admin, "PUT", "/users", by_name)
        .await
        .check(200, updated);
    let item = cluster.call(&admin, "GET", &path, Value::Null).await.json();
    let changed = (
        &item["firstName"],
        &item["lastName"],
        &item["email"],
        &item["enabled"],
        &item["roles"],
    );
    let expected = (
        &json!("Omega"),
        &json!("Point"),
        &Value::Null,
        &json!(false),
        &json!(["security_viewer"]),
    );
    assert_eq!(changed, expected);

    cluster
        .call(&admin, "DELETE", &path, Value::Null)
        .await
        .check(200, json!({ "status": "deleted", "user_id": id }));
    cluster
        .call(&admin, "GET", &path, Value::Null)
        .await
        .check(404, json!({ "detail": "User not found" }));
}

#[tokio::test]
async fn lock_and_unlock() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let id = cluster.id_of(&admin, "helpdesk").await;
    let locked = cluster
        .call(&admin, "PUT", &format!("/users/{id}/lock"), Value::Null)
        .await;
    locked.check(200, json!({ "status": "locked", "user_id": id }));
    let refused = cluster.login(AUTH, "helpdesk", PASSWORD).await;
    assert_eq!(refused.json()["error_description"], "Account disabled");

    let unlock = format!("/users/{id}/unlock");
    for body in [json!({}), json!({ "password": "" }), json!({ "password": null })] {
        let answer = cluster.call(&admin, "PUT", &unlock, body).await;
        assert_eq!(
            (answer.status, &answer.json()["detail"][0]["loc"]),
            (422, &json!(["body", "password"]))
        );
    }
    let weak = cluster
        .call(&admin, "PUT", &unlock, json!({ "password": "weak" }))
        .await;
    assert_eq!(weak.status, 400);
    let answer = cluster
        .call(&admin, "PUT", &unlock, json!({ "password": "Temp0rary-One!" }))
        .await;
    answer.check(
        200,
        json!({ "status": "unlocked", "user_id": id, "password_temporary": true }),
    );
    let pending = cluster.login(AUTH, "helpdesk", "Temp0rary-One!").await;
    assert_eq!(
        (pending.status, &pending.json()["error_description"]),
        (400, &json!("Account is not fully set up"))
    );

    let reset = json!({ "userId": id, "newPassword": "Lasting-One-2!", "temporary": false });
    assert_eq!(
        cluster.call(&admin, "PUT", "/users/password", reset).await.status,
        200
    );
    assert_eq!(
        cluster.login(AUTH, "helpdesk", "Lasting-One-2!").await.status,
        200
    );
}

#[tokio::test]
async fn invalid_users_are_refused() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let keycloak = |text: &str| json!({ "errorMessage": text });
    let cases = [
        (
            "POST",
            json!({ "username": "ALPHA" }),
            409,
            keycloak("User exists with same username"),
        ),
        (
            "POST",
            json!({ "username": "new", "email": "Alpha@example.com" }),
            409,
            keycloak("User exists with same email"),
        ),
        (
            "POST",
            json!({ "username": "new", "email": "no email" }),
            400,
            keycloak("error-invalid-email"),
        ),
        (
            "POST",
            json!({ "email": "new@example.com" }),
            400,
            keycloak("User name is missing"),
        ),
        (
            "POST",
            json!({ "username": "  " }),
            400,
            keycloak("User name is missing"),
        ),
        (
            "POST",
            json!({ "username": "new", "password": "weak" }),
            400,
            keycloak("Password policy not met"),
        ),
        (
            "PUT",
            json!({ "username": "alpha", "password": "weak" }),
            400,
            keycloak("Could not update user!"),
        ),
        (
            "PUT",
            json!({ "username": "alpha", "email": "admin@example.com" }),
            409,
            keycloak("User exists with same email"),
        ),
        (
            "POST",
            json!({ "username": "new", "roles": ["directory_admin"] }),
            400,
            json!({ "detail": "Role 'directory_admin' not found" }),
        ),
        (
            "PUT",
            json!({ "username": "alpha", "roles": ["perm1"] }),
            400,
            json!({ "detail": "Role 'perm1' not found" }),
        ),
        (
            "PUT",
            json!({ "id": UNKNOWN_ID, "enabled": true }),
            404,
            json!({ "detail": "User not found" }),
        ),
        (
            "PUT",
            json!({ "id": "no id" }),
            404,
            json!({ "detail": "User not found" }),
        ),
    ];
    for (method, body, status, expected) in cases {
        cluster
            .call(&admin, method, "/users", body)
            .await
            .check(status, expected);
    }
    let own = json!({ "username": "alpha", "email": "alpha@example.com" });
    assert_eq!(cluster.call(&admin, "PUT", "/users", own).await.status, 200);
}

#[tokio::test]
async fn errors_have_locations() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let wrong = json!({ "username": 5, "enabled": "yes", "roles": [1], "identityProviders": "AWS-IDP" });
    let invalid = cluster.call(&admin, "POST", "/users", wrong).await;
    let detail = invalid.json()["detail"].clone();
    let locations: Vec<_> = detail
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["loc"].clone())
        .collect();
    let expected = ["username", "enabled", "roles", "identityProviders"].map(|name| json!(["body", name]));
    assert_eq!((invalid.status, locations.as_slice()), (422, expected.as_slice()));
    assert!(detail[0]["msg"].is_string() && detail[0]["type"].is_string());

    let broken = cluster
        .request("POST", "/pty/v1/auth/users")
        .bearer_auth(&admin)
        .body("{\"username\": ");
    let broken = answer(broken).await.json();
    assert_eq!(
        (&broken["detail"][0]["type"], &broken["detail"][0]["loc"][0]),
        (&json!("json_invalid"), &json!("body"))
    );
    for query in ["max=many", "first=-1"] {
        let answer = cluster
            .call(&admin, "GET", &format!("/users?{query}"), Value::Null)
            .await;
        assert_eq!(
            (answer.status, &answer.json()["detail"][0]["loc"][0]),
            (422, &json!("query")),
            "{query}"
        );
    }
}

#[tokio::test]
async fn the_list_is_paged_and_sorted_by_name() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let list = async |query: &str| {
        let rows = cluster
            .call(&admin, "GET", &format!("/users{query}"), Value::Null)
            .await
            .json();
        rows.as_array().unwrap().clone()
    };
    let names = |rows: &[Value]| {
        rows.iter()
            .map(|row| row["username"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let all = list("").await;
    let mut sorted = names(&all);
    sorted.sort();
    assert_eq!(names(&all), sorted);
    assert_eq!(names(&list("?max=2&first=3").await), sorted[3..5]);
    assert_eq!(names(&list("?first=100000").await), [""; 0]);
    assert_eq!(list("?max=0").await.len(), 0);
    let row_keys = [
        "attributes",
        "createdTimestamp",
        "email",
        "emailVerified",
        "enabled",
        "firstName",
        "id",
        "lastName",
        "username",
    ];
    assert!(all.iter().all(|row| keys(row) == row_keys));
    for (what, found) in [
        ("no email", all.iter().any(|row| row["email"].is_null())),
        ("no time", all.iter().any(|row| row["createdTimestamp"].is_null())),
        ("locked", all.iter().any(|row| row["enabled"] == false)),
    ] {
        assert!(found, "{what}");
    }
}
