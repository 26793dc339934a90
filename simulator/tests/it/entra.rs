//! Entra ID: configuration, searches, imports.

use crate::helper::{Answer, Cluster, UNKNOWN_ID};
use serde_json::{Value, json};

const CONFIG: &str = r#"{ "tenantId": "t", "clientId": "c", "enabled": true, "createdAt": "2026-01-16T11:02:43.259928",
    "updatedAt": "2026-01-20T13:26:41.303308" }"#;
const USER: &str = r#"{ "userPrincipalName": "John", "email": "john.doe@example.com", "firstName": "John", "lastName": "Doe" }"#;
const TENANT: &str = "5b1c8e7a-0d3f-4c55-9a6e-3f2b7d90c1e4";

struct Fixture {
    cluster: Cluster,
    admin: String,
}

fn credentials(secret: &str) -> Value {
    json!({ "tenantId": TENANT, "clientId": "r-client", "clientSecret": secret })
}

fn config(secret: &str, enabled: bool) -> Value {
    let mut config = credentials(secret);
    config["enabled"] = json!(enabled);
    config
}

impl Fixture {
    async fn start() -> Self {
        let cluster = Cluster::start().await;
        let admin = cluster.token("admin").await;
        Self { cluster, admin }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let path = format!("/federation/entra{path}");
        self.cluster.call(&self.admin, method, &path, body).await
    }

    async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.call(method, path, body).await;
        assert!((200..300).contains(&answer.status), "{answer:?}");
        answer.json()
    }

    async fn search(&self, path: &str, query: Value) -> Value {
        self.done("POST", path, json!({ "searchQuery": query })).await
    }

    async fn group_id(&self, name: &str) -> Value {
        let found = self.search("/groups/search", json!(name)).await;
        let groups = found["groups"].as_array().unwrap();
        groups.iter().find(|group| group["displayName"] == name).unwrap()["id"].clone()
    }

    /// The detail response of a user, if the user exists.
    async fn user(&self, name: &str) -> Option<Value> {
        let rows = self
            .cluster
            .call(&self.admin, "GET", "/users?max=1000", Value::Null)
            .await
            .json();
        let row = rows
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["username"] == name)?;
        let path = format!("/users/{}", row["id"].as_str().unwrap());
        Some(
            self.cluster
                .call(&self.admin, "GET", &path, Value::Null)
                .await
                .json(),
        )
    }

    async fn local_group(&self, name: &str) -> Option<Value> {
        let groups = self
            .cluster
            .call(&self.admin, "GET", "/groups", Value::Null)
            .await
            .json();
        groups
            .as_array()
            .unwrap()
            .iter()
            .find(|group| group["name"] == name)
            .cloned()
    }
}

fn names(rows: &Value) -> Vec<&str> {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| row["userPrincipalName"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_configuration_is_created_changed_and_deleted() {
    let fixture = Fixture::start().await;
    let seeded = fixture.call("GET", "/config", Value::Null).await;
    seeded.check_like(200, CONFIG);
    assert_eq!(seeded.json()["enabled"], true);
    let again = fixture.call("POST", "/config", config("s3cret", true)).await;
    again.check(409, json!({ "detail": "Entra ID configuration already exists" }));

    let saved = format!(r#"{{ "status": "s", "message": "m", "config": {CONFIG} }}"#);
    let updated = fixture.call("PUT", "/config", config("s3cret", false)).await;
    updated.check_like(201, &saved);
    let actual = updated.json();
    assert_eq!(
        (&actual["status"], &actual["message"]),
        (
            &json!("created"),
            &json!("Entra ID configuration created successfully")
        )
    );
    assert_eq!(
        (&actual["config"]["tenantId"], &actual["config"]["enabled"]),
        (&json!(TENANT), &json!(false))
    );
    assert_eq!(actual["config"]["createdAt"], seeded.json()["createdAt"]);
    assert_ne!(actual["config"]["updatedAt"], seeded.json()["updatedAt"]);
    assert_eq!(actual["config"]["updatedAt"].as_str().unwrap().len(), 26);

    let deleted = fixture.call("DELETE", "/config", Value::Null).await;
    deleted.check_like(200, r#"{ "status": "s", "message": "m" }"#);
    deleted.check(
        200,
        json!({ "status": "deleted", "message": "Entra ID configuration deleted successfully" }),
    );
    for (method, body) in [
        ("GET", Value::Null),
        ("PUT", config("s3cret", true)),
        ("DELETE", Value::Null),
    ] {
        let none = fixture.call(method, "/config", body).await;
        none.check(404, json!({ "detail": "Entra ID configuration not found" }));
    }
    let created = fixture.call("POST", "/config", credentials("s3cret")).await;
    created.check_like(201, &saved);
    assert_eq!(created.json()["config"]["enabled"], true);
    let all = fixture.call("GET", "/config", Value::Null).await;
    assert_eq!(all.json(), created.json()["config"]);
    for answer in [&seeded, &updated, &created, &all] {
        assert!(!answer.text.contains("ecret"), "{answer:?}");
    }
}

#[tokio::test]
async fn invalid_configurations_are_refused() {
    let fixture = Fixture::start().await;
    let before = fixture.done("GET", "/config", Value::Null).await;
    for (field, value) in [
        ("tenantId", json!("example.com")),
        ("tenantId", Value::Null),
        ("clientId", json!("")),
        ("clientSecret", json!("")),
        ("clientSecret", Value::Null),
        ("enabled", json!("true")),
        ("tenantID", json!(TENANT)),
        ("useStoredConfig", json!(true)),
    ] {
        let mut body = config("s3cret", true);
        body[field] = value;
        for method in ["POST", "PUT"] {
            let answer = fixture.call(method, "/config", body.clone()).await;
            assert_eq!(
                (answer.status, &answer.json()["detail"][0]["loc"]),
                (422, &json!(["body", field]))
            );
        }
    }
    assert_eq!(fixture.done("GET", "/config", Value::Null).await, before);
}

#[tokio::test]
async fn a_connection_is_tested() {
    let fixture = Fixture::start().await;
    let refused =
        json!({ "detail": "Entra ID connection failed: AADSTS7000215: Invalid client secret provided." });
    let sample = r#"{ "status": "success", "message": "string", "tenantId": "t", "userCount": 0,
        "testTimestamp": "2026-01-20T13:26:41.303308" }"#;
    let given = |secret: &str| {
        let mut body = credentials(secret);
        body["useStoredConfig"] = json!(false);
        body
    };
    let tested = fixture.call("POST", "/config/test", given("s3cret")).await;
    tested.check_like(200, sample);
    assert_eq!(
        (&tested.json()["tenantId"], &tested.json()["userCount"]),
        (&json!(TENANT), &json!(260))
    );
    fixture
        .call("POST", "/config/test", given("wrong-secret"))
        .await
        .check(400, refused.clone());

    let stored = json!({ "useStoredConfig": true });
    fixture
        .call("POST", "/config/test", stored.clone())
        .await
        .check_like(200, sample);
    fixture.done("PUT", "/config", config("wrong-secret", true)).await;
    fixture
        .call("POST", "/config/test", stored.clone())
        .await
        .check(400, refused.clone());
    let search = fixture
        .call("POST", "/users/search", json!({ "searchQuery": null }))
        .await;
    search.check(400, refused);
    fixture.done("DELETE", "/config", Value::Null).await;
    assert_eq!(fixture.call("POST", "/config/test", stored).await.status, 404);
    for body in [
        json!({ "useStoredConfig": false }),
        json!({ "useStoredConfig": "yes" }),
        json!({ "secret": "s" }),
    ] {
        assert_eq!(fixture.call("POST", "/config/test", body).await.status, 422);
    }
}

#[tokio::test]
async fn users_are_searched() {
    let fixture = Fixture::start().await;
    let found = fixture
        .call(
            "POST",
            "/users/search?max=100&first=0",
            json!({ "searchQuery": "JOHN.D" }),
        )
        .await;
    found.check_like(
        200,
        &format!(
            r#"{{ "status": "success", "message": "m", "users": [{USER}], "totalCount": 1, "searchTimestamp": "t" }}"#
        ),
    );
    let actual = found.json();
    assert_eq!(
        (&actual["message"], &actual["totalCount"]),
        (&json!("Found 1 users matching 'JOHN.D'"), &json!(1))
    );

    let all = fixture.search("/users/search?max=1000", Value::Null).await;
    assert_eq!(
        (names(&all["users"]).len(), &all["totalCount"]),
        (260, &json!(260))
    );
    assert_eq!(
        names(&fixture.search("/users/search", json!("")).await["users"]).len(),
        100
    );
    let page = fixture.search("/users/search?max=5&first=98", Value::Null).await;
    assert_eq!(names(&page["users"]), names(&all["users"])[98..103]);
    assert_eq!(page["totalCount"], 260);
    let ends = ["@example.com"];
    for user in all["users"].as_array().unwrap() {
        let name = user["userPrincipalName"].as_str().unwrap().to_lowercase();
        assert!(ends.iter().any(|end| name.ends_with(end)), "{name}");
    }
    for (query, name) in [
        ("größe", "joerg.grosse@example.com"),
        ("يوسف", "yusuf.alamin@example.com"),
        ("🎉", "party.planner@example.com"),
        ("D'ANGELO", "dario.d'angelo@example.com"),
        ("helen.simmons", "hsimmons@example.com"),
        ("kiosk", "kiosk-01@example.com"),
    ] {
        assert_eq!(
            names(&fixture.search("/users/search", json!(query)).await["users"]),
            [name],
            "{query}"
        );
    }
    for body in [
        json!({}),
        json!({ "searchQuery": 5 }),
        json!({ "searchQuery": null, "query": "x" }),
    ] {
        assert_eq!(fixture.call("POST", "/users/search", body).await.status, 422);
    }
    let wrong = fixture
        .call("POST", "/users/search?max=all", json!({ "searchQuery": null }))
        .await;
    assert_eq!(wrong.status, 422);
}

#[tokio::test]
async fn groups_and_their_members_are_searched() {
    let fixture = Fixture::start().await;
    let found = fixture
        .call("POST", "/groups/search", json!({ "searchQuery": "ADMIN" }))
        .await;
    found.check_like(
        200,
        r#"{ "status": "success", "message": "string", "groups": [{ "id": "1", "displayName": "admin" }],
            "totalCount": 0, "searchTimestamp": "2026-01-20T13:26:41.303308" }"#,
    );
    assert_eq!(found.json()["totalCount"], 1);
    let all = fixture.search("/groups/search?max=1000", Value::Null).await;
    assert_eq!(all["groups"].as_array().unwrap().len(), 30);
    let page = fixture.search("/groups/search?max=2&first=29", Value::Null).await;
    assert_eq!(
        (page["groups"].as_array().unwrap().len(), &page["totalCount"]),
        (1, &json!(30))
    );

    let id = fixture.group_id("Administrators").await;
    let members = fixture
        .call(
            "POST",
            "/groups/members/search",
            json!({ "groupId": id, "searchQuery": "john" }),
        )
        .await;
    members.check_like(
        200,
        &format!(
            r#"{{ "status": "success", "message": "string", "groupId": "u", "groupName": "admin",
                "members": [{USER}], "totalCount": 0, "searchTimestamp": "t" }}"#
        ),
    );
    assert_eq!(members.json()["groupName"], "Administrators");
    let all = json!({ "groupId": fixture.group_id("All staff").await });
    let all = fixture.done("POST", "/groups/members/search", all).await;
    assert_eq!(names(&all["members"]).len(), 260, "without pages");
    let none = json!({ "groupId": fixture.group_id("Empty group").await });
    let none = fixture.done("POST", "/groups/members/search", none).await;
    assert_eq!((&none["members"], &none["totalCount"]), (&json!([]), &json!(0)));

    let upper = id.as_str().unwrap().to_uppercase();
    for unknown in [upper.as_str(), UNKNOWN_ID] {
        let answer = fixture
            .call("POST", "/groups/members/search", json!({ "groupId": unknown }))
            .await;
        answer.check(404, json!({ "detail": "Entra ID group not found" }));
    }
    for body in [
        json!({}),
        json!({ "groupId": id, "searchQuery": null }),
        json!({ "groupID": id }),
    ] {
        assert_eq!(
            fixture.call("POST", "/groups/members/search", body).await.status,
            422
        );
    }
}

#[tokio::test]
async fn users_are_imported() {
    let fixture = Fixture::start().await;
    let row = json!({
        "userPrincipalName": "Mixed.Case@Example.com", "email": "Mixed.Case@Example.com", "firstName": "Given",
        "roles": ["security_viewer"], "identityProviders": ["AWS-IDP"]
    });
    let only_email = json!({ "email": "helen.simmons@example.com", "roles": [] });
    let rows = json!([
        row,
        only_email,
        { "userPrincipalName": "kiosk-01@example.com", "roles": ["security_viewer"] },
        { "userPrincipalName": "alpha@example.com", "roles": [] },
        { "userPrincipalName": "orla.obrien@example.com", "roles": [] },
        { "userPrincipalName": "john.doe@example.com", "roles": ["user"] },
        { "userPrincipalName": "john.doe@example.com", "roles": [], "identityProviders": ["OKTA"] },
        { "userPrincipalName": "not.in.the.tenant@example.com", "roles": [] },
        { "userPrincipalName": "mixed.case@example.com", "roles": [] },
        { "userPrincipalName": "fails@example.com", "roles": ["security_viewer"] }
    ]);
    let sample = r#"{ "status": "success", "message": "Users imported successfully", "totalUsers": 10,
        "successCount": 9, "failedCount": 1 }"#;
    for (dry_run, success) in [(true, 4), (false, 3), (true, 1), (false, 0)] {
        let answer = fixture
            .call("POST", "/users", json!({ "users": rows, "dryRun": dry_run }))
            .await;
        answer.check_like(201, sample);
        let expected = json!({
            "status": "success", "message": "Users imported successfully", "totalUsers": 10,
            "successCount": success, "failedCount": 10 - success
        });
        answer.check(201, expected);
        assert_eq!(
            fixture.user("kiosk-01@example.com").await.is_some(),
            (dry_run, success) != (true, 4)
        );
    }
    let mixed = fixture.user("mixed.case@example.com").await.unwrap();
    let actual = [
        "email",
        "emailVerified",
        "enabled",
        "firstName",
        "lastName",
        "groups",
        "roles",
    ]
    .map(|key| mixed[key].clone());
    let expected = [
        json!("mixed.case@example.com"),
        json!(true),
        json!(true),
        json!("Given"),
        json!("Case"),
        json!([]),
        json!(["security_viewer"]),
    ];
    assert_eq!(actual, expected);
    let links =
        json!({ "AWS-IDP": { "userId": "Mixed.Case@Example.com", "userName": "Mixed.Case@Example.com" } });
    assert_eq!(
        json!(
            fixture
                .cluster
                .running
                .simulator()
                .links("mixed.case@example.com")
        ),
        links
    );
    assert_eq!(
        fixture.user("hsimmons@example.com").await.unwrap()["email"],
        "helen.simmons@example.com"
    );
    let kiosk = fixture.user("kiosk-01@example.com").await.unwrap();
    assert_eq!(
        (&kiosk["email"], &kiosk["firstName"]),
        (&Value::Null, &Value::Null)
    );
    assert!(fixture.user("fails@example.com").await.is_none());
}

#[tokio::test]
async fn generated_users_do_not_conflict_with_the_tenant() {
    let cluster = Cluster::with_users(2000).await;
    let admin = cluster.token("admin").await;
    let fixture = Fixture { cluster, admin };
    let all = fixture.search("/users/search?max=1000", Value::Null).await;
    let rows: Vec<_> = names(&all["users"])
        .into_iter()
        .map(|name| json!({ "userPrincipalName": name, "roles": [] }))
        .collect();
    for (dry_run, failed) in [(true, 2), (false, 3)] {
        let done = fixture
            .done("POST", "/users", json!({ "users": rows, "dryRun": dry_run }))
            .await;
        assert_eq!(
            (&done["totalUsers"], &done["failedCount"]),
            (&json!(260), &json!(failed))
        );
    }
}

#[tokio::test]
async fn groups_are_imported() {
    let fixture = Fixture::start().await;
    let row = |id: Value, name: &str| json!({ "id": id, "displayName": name });
    let mut pilot = row(fixture.group_id("Pilot").await, "Pilot");
    pilot["description"] = json!("Tries things out");
    pilot["importMembers"] = json!(true);
    pilot["memberRoles"] = json!(["security_viewer"]);
    pilot["identityProviders"] = json!(["AZURE-IDP"]);
    let mut unknown_role = row(fixture.group_id("Legal").await, "Legal");
    unknown_role["memberRoles"] = json!(["member"]);
    let rows = json!([
        pilot,
        row(fixture.group_id("Administrators").await, "Administrators"),
        row(fixture.group_id("developers").await, "developers"),
        row(json!(UNKNOWN_ID), "Unknown"),
        unknown_role
    ]);
    let sample = r#"{ "status": "success", "message": "Groups imported successfully", "totalGroups": 5,
        "successCount": 5, "totalMembersImported": 25 }"#;
    for (dry_run, groups, members) in [(true, 2, 5), (false, 2, 4), (true, 0, 0)] {
        let answer = fixture
            .call("POST", "/groups", json!({ "groups": rows, "dryRun": dry_run }))
            .await;
        answer.check_like(201, sample);
        let expected = json!({
            "status": "success", "message": "Groups imported successfully", "totalGroups": 5,
            "successCount": groups, "totalMembersImported": members
        });
        answer.check(201, expected);
        assert_eq!(
            fixture.local_group("Pilot").await.is_some(),
            (dry_run, groups) != (true, 2)
        );
    }
    let pilot = fixture.local_group("Pilot").await.unwrap();
    let actual = ["description", "attributes", "members", "roles"].map(|key| pilot[key].clone());
    let expected = [
        json!("Tries things out"),
        json!({ "groupType": ["entra"] }),
        json!([
            "alpha",
            "john.doe@example.com",
            "kiosk-01@example.com",
            "mixed.case@example.com"
        ]),
        json!([]),
    ];
    assert_eq!(actual, expected);
    let alpha = fixture.user("alpha").await.unwrap();
    assert_eq!(
        (&alpha["groups"], &alpha["roles"]),
        (&json!(["Pilot", "developers"]), &json!(["directory_viewer"]))
    );
    let john = fixture.user("john.doe@example.com").await.unwrap();
    assert_eq!(
        (&john["groups"], &john["roles"]),
        (&json!(["Pilot"]), &json!(["security_viewer"]))
    );
    assert!(
        fixture
            .cluster
            .running
            .simulator()
            .links("john.doe@example.com")
            .contains_key("AZURE-IDP")
    );
    assert_eq!(
        fixture.local_group("Administrators").await.unwrap()["members"],
        json!([])
    );
}

#[tokio::test]
async fn invalid_imports_are_refused() {
    let fixture = Fixture::start().await;
    for (path, body, location) in [
        ("/users", json!({}), json!(["body", "users"])),
        ("/users", json!({ "users": {} }), json!(["body", "users"])),
        (
            "/users",
            json!({ "users": ["john"] }),
            json!(["body", "users", 0]),
        ),
        (
            "/users",
            json!({ "users": [], "dry_run": true }),
            json!(["body", "dry_run"]),
        ),
        (
            "/users",
            json!({ "users": [{ "roles": [] }] }),
            json!(["body", "users", 0, "userPrincipalName"]),
        ),
        (
            "/users",
            json!({ "users": [{ "email": "a@example.com" }] }),
            json!(["body", "users", 0, "roles"]),
        ),
        (
            "/users",
            json!({ "users": [{ "email": "a@example.com", "roles": [], "identityProviders": {} }] }),
            json!(["body", "users", 0, "identityProviders"]),
        ),
        ("/groups", json!({ "groups": null }), json!(["body", "groups"])),
        (
            "/groups",
            json!({ "groups": [{ "id": "1" }] }),
            json!(["body", "groups", 0, "displayName"]),
        ),
        (
            "/groups",
            json!({ "groups": [{ "id": "1", "displayName": "n", "roles": [] }] }),
            json!(["body", "groups", 0, "roles"]),
        ),
    ] {
        let answer = fixture.call("POST", path, body).await;
        assert_eq!(
            (answer.status, &answer.json()["detail"][0]["loc"]),
            (422, &location),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn searches_and_imports_need_an_enabled_configuration() {
    let fixture = Fixture::start().await;
    let calls = [
        ("/users/search", json!({ "searchQuery": null })),
        ("/groups/search", json!({ "searchQuery": null })),
        ("/groups/members/search", json!({ "groupId": UNKNOWN_ID })),
        ("/users", json!({ "users": [], "dryRun": true })),
        ("/groups", json!({ "groups": [] })),
    ];
    fixture.done("PUT", "/config", config("s3cret", false)).await;
    for (path, body) in &calls {
        let answer = fixture.call("POST", path, body.clone()).await;
        answer.check(400, json!({ "detail": "Entra ID configuration is disabled" }));
    }
    fixture.done("DELETE", "/config", Value::Null).await;
    for (path, body) in &calls {
        let answer = fixture.call("POST", path, body.clone()).await;
        answer.check(400, json!({ "detail": "Entra ID is not configured" }));
    }
}
