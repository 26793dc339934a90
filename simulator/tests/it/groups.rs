//! Groups, memberships, and the permissions that members have through a group's roles.

use crate::helper::{AUTH, Cluster, PASSWORD, UNKNOWN_ID};
use serde_json::{Value, json};

const STRONG: &str = "Str0ng-Enough!";

/// The sample of a row of the list and of the detail response (reference, lines 1504 and 1669).
const ITEM: &str = r#"{ "id": "d93f9953-b016-4db3-b786-4d4402997ac1", "name": "group", "description": "text",
    "attributes": { "groupType": ["local"] }, "members": ["member1", "member2"],
    "roles": ["security_administrator"] }"#;

/// A cluster with an administrator's token and a group `board`.
struct Fixture {
    cluster: Cluster,
    admin: String,
    id: String,
}

impl Fixture {
    async fn start(members: &[&str], roles: &[&str]) -> Self {
        let cluster = Cluster::start().await;
        let admin = cluster.token("admin").await;
        let body = json!({ "name": "board", "description": "", "members": members, "roles": roles });
        let created = cluster.call(&admin, "POST", "/groups", body).await;
        assert_eq!(created.status, 200, "{created:?}");
        let id = created.json()["group_id"].as_str().unwrap().to_owned();
        Self { cluster, admin, id }
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.cluster.call(&self.admin, "GET", path, Value::Null).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    async fn group(&self) -> Value {
        self.get(&format!("/groups/{}", self.id)).await
    }

    async fn user(&self, name: &str) -> Value {
        let id = self.cluster.id_of(&self.admin, name).await;
        self.get(&format!("/users/{id}")).await
    }

    async fn put(&self, path: &str, body: Value) {
        let answer = self.cluster.call(&self.admin, "PUT", path, body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn answers_match_the_samples() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let one = cluster
        .call(&admin, "GET", "/groups?max=1&first=2", Value::Null)
        .await;
    one.check_like(200, &format!("[{ITEM}]"));

    let body = json!({ "name": "board", "description": "", "members": ["alpha", "bdrift"], "roles": ["security_viewer"] });
    let created = cluster.call(&admin, "POST", "/groups", body).await;
    created.check_like(
        200,
        r#"{ "group_id": "u", "name": "n", "status": "s", "members_added": 2, "roles_assigned": 2 }"#,
    );
    let id = created.json()["group_id"].clone();
    created.check(
        200,
        json!({ "group_id": id, "name": "board", "status": "created", "members_added": 2, "roles_assigned": 1 }),
    );
    let path = format!("/groups/{}", id.as_str().unwrap());
    cluster
        .call(&admin, "GET", &path, Value::Null)
        .await
        .check_like(200, ITEM);

    let change = json!({ "group_id": id, "members": ["ALPHA"], "roles": ["security_viewer"] });
    let updated = cluster.call(&admin, "PUT", "/groups", change).await;
    updated.check_like(
        200,
        r#"{ "status": "s", "group_id": "u", "members_updated": 1, "roles_updated": 1, "identity_providers_updated": null }"#,
    );
    updated.check(
        200,
        json!({ "status": "updated", "group_id": id, "members_updated": 1, "roles_updated": 1, "identity_providers_updated": null }),
    );
    let deleted = cluster
        .call(&admin, "DELETE", &path, json!({ "deleteMembers": false }))
        .await;
    deleted.check_like(200, r#"{ "status": "s", "group_id": "u" }"#);
    deleted.check(200, json!({ "status": "deleted", "group_id": id }));
    let gone = cluster.call(&admin, "GET", &path, Value::Null).await;
    gone.check(404, json!({ "detail": "Group not found" }));
}

#[tokio::test]
async fn the_list_is_paged_and_sorted_by_name() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let names = async |query: &str| {
        let rows = cluster
            .call(&admin, "GET", &format!("/groups{query}"), Value::Null)
            .await
            .json();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let all = [
        "Prüfstelle Süd",
        "contractors",
        "developers",
        "framework",
        "helpdesk-team",
        "فريق الأمان",
    ];
    assert_eq!(names("").await, all);
    assert_eq!(names("?max=2&first=1").await, all[1..3]);
    assert_eq!(names("?first=9").await, [""; 0]);
    let wrong = cluster.call(&admin, "GET", "/groups?max=many", Value::Null).await;
    assert_eq!(
        (wrong.status, &wrong.json()["detail"][0]["loc"]),
        (422, &json!(["query", "max"]))
    );
}

#[tokio::test]
async fn users_and_groups_show_the_same_membership() {
    let fixture = Fixture::start(&["alpha"], &[]).await;
    assert_eq!(
        fixture.user("alpha").await["groups"],
        json!(["board", "developers"])
    );
    fixture
        .put(
            "/groups",
            json!({ "group_id": fixture.id, "members": ["bdrift", "officer"] }),
        )
        .await;
    assert_eq!(fixture.user("alpha").await["groups"], json!(["developers"]));
    assert_eq!(fixture.user("officer").await["groups"], json!(["board"]));

    fixture
        .put("/users", json!({ "username": "officer", "groups": [] }))
        .await;
    fixture
        .put(
            "/users",
            json!({ "username": "auditor", "groups": ["contractors", "board"] }),
        )
        .await;
    assert_eq!(fixture.group().await["members"], json!(["auditor", "bdrift"]));
    fixture
        .put("/users", json!({ "username": "auditor", "lastName": "Same" }))
        .await;
    assert_eq!(
        fixture.user("auditor").await["groups"],
        json!(["board", "contractors"])
    );

    let body = json!({ "username": "new", "groups": ["board"] });
    assert_eq!(
        fixture
            .cluster
            .call(&fixture.admin, "POST", "/users", body)
            .await
            .status,
        200
    );
    assert_eq!(
        fixture.group().await["members"],
        json!(["auditor", "bdrift", "new"])
    );
    let new = format!("/users/{}", fixture.cluster.id_of(&fixture.admin, "new").await);
    assert_eq!(
        fixture
            .cluster
            .call(&fixture.admin, "DELETE", &new, Value::Null)
            .await
            .status,
        200
    );
    assert_eq!(fixture.group().await["members"], json!(["auditor", "bdrift"]));
}

#[tokio::test]
async fn deleting_a_group_keeps_or_deletes_its_members() {
    for (body, left) in [
        (Value::Null, 200),
        (json!({}), 200),
        (json!({ "deleteMembers": false }), 200),
        (json!({ "deleteMembers": true }), 404),
    ] {
        let fixture = Fixture::start(&["alpha", "layla.haddad"], &[]).await;
        let alpha = format!("/users/{}", fixture.cluster.id_of(&fixture.admin, "alpha").await);
        let path = format!("/groups/{}", fixture.id);
        let deleted = fixture
            .cluster
            .call(&fixture.admin, "DELETE", &path, body.clone())
            .await;
        assert_eq!(deleted.status, 200);
        let user = fixture
            .cluster
            .call(&fixture.admin, "GET", &alpha, Value::Null)
            .await;
        assert_eq!(user.status, left, "{body}");
        if left == 200 {
            assert_eq!(user.json()["groups"], json!(["developers"]));
        } else {
            let groups = fixture.get("/groups").await.to_string();
            assert!(
                !groups.contains("alpha") && !groups.contains("layla.haddad"),
                "{groups}"
            );
            assert!(fixture.cluster.running.simulator().links("alpha").is_empty());
        }
    }
}

#[tokio::test]
async fn the_roles_of_a_group_grant_permissions_to_its_members() {
    let fixture = Fixture::start(&["officer"], &["directory_viewer"]).await;
    let officer = fixture.cluster.token("officer").await;
    let users = async || {
        fixture
            .cluster
            .call(&officer, "GET", "/users", Value::Null)
            .await
            .status
    };
    assert_eq!(users().await, 200);
    let claims = crate::helper::claims(&officer);
    let roles = claims["realm_access"]["roles"].as_array().unwrap();
    assert!(roles.contains(&json!("directory_viewer")) && roles.contains(&json!("user_manager_viewer")));
    assert_eq!(
        fixture.user("officer").await["roles"],
        json!(["policy_officer"]),
        "without the roles of the group"
    );

    fixture
        .put("/groups", json!({ "group_id": fixture.id, "roles": [] }))
        .await;
    assert_eq!(users().await, 403);
    fixture
        .put(
            "/groups",
            json!({ "group_id": fixture.id, "roles": ["directory_viewer"] }),
        )
        .await;
    assert_eq!(users().await, 200);
    fixture
        .put("/users", json!({ "username": "officer", "groups": [] }))
        .await;
    assert_eq!(users().await, 403);

    let refused = fixture.cluster.login(AUTH, "nologin", PASSWORD).await;
    assert_eq!(refused.status, 403);
    fixture
        .put(
            "/groups",
            json!({ "group_id": fixture.id, "members": ["nologin"], "roles": ["helpdesk_operator"] }),
        )
        .await;
    assert_eq!(
        fixture.cluster.login(AUTH, "nologin", PASSWORD).await.status,
        200,
        "with a role of the group"
    );
    let role = json!({ "name": "helpdesk_operator" });
    assert_eq!(
        fixture
            .cluster
            .call(&fixture.admin, "DELETE", "/roles", role)
            .await
            .status,
        200
    );
    assert_eq!(fixture.group().await["roles"], json!([]));
    assert_eq!(fixture.cluster.login(AUTH, "nologin", PASSWORD).await.status, 403);
}

#[tokio::test]
async fn the_settings_select_whether_an_update_replaces_or_adds() {
    let fixture = Fixture::start(&["alpha"], &["security_viewer"]).await;
    let settings = json!({ "group_update": "add" });
    let set = fixture
        .cluster
        .call_at("", "PUT", "/_simulator/settings", settings)
        .await;
    assert_eq!(set.json()["group_update"], "add");
    let change = json!({ "group_id": fixture.id, "members": ["bdrift"], "roles": ["workbench_viewer", "security_viewer"] });
    let updated = fixture
        .cluster
        .call(&fixture.admin, "PUT", "/groups", change.clone())
        .await;
    assert_eq!(updated.json()["members_updated"], 1);
    let group = fixture.group().await;
    assert_eq!(group["members"], json!(["alpha", "bdrift"]));
    assert_eq!(group["roles"], json!(["security_viewer", "workbench_viewer"]));

    let settings = json!({ "group_update": "replace" });
    fixture
        .cluster
        .call_at("", "PUT", "/_simulator/settings", settings)
        .await;
    fixture.put("/groups", change).await;
    let group = fixture.group().await;
    assert_eq!(group["members"], json!(["bdrift"]));
    assert_eq!(group["roles"], json!(["workbench_viewer", "security_viewer"]));
    let nothing = json!({ "group_id": fixture.id });
    fixture.cluster.call(&fixture.admin, "PUT", "/groups", nothing).await.check(
        200,
        json!({ "status": "updated", "group_id": fixture.id, "members_updated": null, "roles_updated": null, "identity_providers_updated": null }),
    );
    assert_eq!(fixture.group().await, group);
}

#[tokio::test]
async fn invalid_groups_are_refused() {
    let fixture = Fixture::start(&["alpha"], &["security_viewer"]).await;
    let before = fixture.get("/groups").await;
    let detail = |text: &str| json!({ "detail": text });
    let cases = [
        (
            "POST",
            json!({ "name": "new", "members": ["unknown"] }),
            400,
            detail("User 'unknown' not found"),
        ),
        (
            "POST",
            json!({ "name": "new", "roles": ["service_admin"] }),
            400,
            detail("Role 'service_admin' not found"),
        ),
        (
            "POST",
            json!({ "name": "developers" }),
            409,
            json!({ "errorMessage": "Top level group named 'developers' already exists." }),
        ),
        (
            "POST",
            json!({ "name": "  " }),
            400,
            json!({ "errorMessage": "Group name is missing" }),
        ),
        (
            "PUT",
            json!({ "group_id": fixture.id, "members": ["unknown"] }),
            400,
            detail("User 'unknown' not found"),
        ),
        (
            "PUT",
            json!({ "group_id": fixture.id, "members": [], "roles": ["perm1"] }),
            400,
            detail("Role 'perm1' not found"),
        ),
        (
            "PUT",
            json!({ "group_id": UNKNOWN_ID }),
            404,
            detail("Group not found"),
        ),
        (
            "PUT",
            json!({ "group_id": "group-uuid" }),
            404,
            detail("Group not found"),
        ),
    ];
    for (method, body, status, expected) in cases {
        fixture
            .cluster
            .call(&fixture.admin, method, "/groups", body)
            .await
            .check(status, expected);
    }
    assert_eq!(fixture.get("/groups").await, before);
}

#[tokio::test]
async fn errors_have_locations() {
    let fixture = Fixture::start(&["alpha"], &["security_viewer"]).await;
    let before = fixture.get("/groups").await;
    let id = &fixture.id;
    for (method, path, body, location) in [
        ("POST", "/groups", json!({}), "name"),
        (
            "POST",
            "/groups",
            json!({ "name": "new", "members": "alpha" }),
            "members",
        ),
        (
            "POST",
            "/groups",
            json!({ "name": "new", "attributes": {} }),
            "attributes",
        ),
        ("PUT", "/groups", json!({ "members": [] }), "group_id"),
        (
            "PUT",
            "/groups",
            json!({ "group_id": id, "name": "renamed" }),
            "name",
        ),
        ("PUT", "/groups", json!({ "group_id": id, "roles": [1] }), "roles"),
        (
            "DELETE",
            &format!("/groups/{id}"),
            json!({ "deleteMembers": "no" }),
            "deleteMembers",
        ),
        (
            "DELETE",
            &format!("/groups/{id}"),
            json!({ "delete_members": true }),
            "delete_members",
        ),
    ] {
        let answer = fixture.cluster.call(&fixture.admin, method, path, body).await;
        assert_eq!(
            (answer.status, &answer.json()["detail"][0]["loc"]),
            (422, &json!(["body", location]))
        );
    }
    assert_eq!(fixture.get("/groups").await, before);
}

#[tokio::test]
async fn users_with_unknown_groups_are_refused() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    for (method, name) in [("POST", "new"), ("PUT", "alpha")] {
        let body = json!({ "username": name, "groups": ["developers", "nowhere"], "enabled": false });
        let refused = cluster.call(&admin, method, "/users", body).await;
        refused.check(400, json!({ "detail": "Group 'nowhere' not found" }));
    }
    let alpha = format!("/users/{}", cluster.id_of(&admin, "alpha").await);
    let alpha = cluster.call(&admin, "GET", &alpha, Value::Null).await.json();
    assert_eq!(
        (&alpha["enabled"], &alpha["groups"]),
        (&json!(true), &json!(["developers"]))
    );
}

#[tokio::test]
async fn no_demo_account_is_in_a_seeded_group() {
    let cluster = Cluster::with_users(80).await;
    let admin = cluster.token("admin").await;
    let groups = cluster.call(&admin, "GET", "/groups", Value::Null).await.json();
    let sizes: Vec<_> = groups
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["members"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [4, 0, 12, 47, 5, 2]);
    for account in simulator::DEMO_ACCOUNTS {
        let members = groups
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|group| group["members"].as_array().unwrap());
        assert!(
            members.clone().all(|name| name != account.user_name),
            "{account:?}"
        );
    }
}

#[tokio::test]
async fn faults_reach_groups() {
    let fixture = Fixture::start(&[], &[]).await;
    let rules = json!([
        { "method": "PUT", "path": "/pty/v1/auth/groups", "fault": { "status": 503, "body": "down" }, "times": 1 },
        { "method": "GET", "path": "/pty/v1/auth/saml/providers/*/mappers", "fault": "html" },
        { "path": "/pty/v1/auth/federation/entra", "fault": "drop" }
    ]);
    assert_eq!(
        fixture
            .cluster
            .call_at("", "PUT", "/_simulator/faults", rules)
            .await
            .status,
        200
    );
    let change = json!({ "group_id": fixture.id, "members": ["alpha"] });
    for status in [503, 200] {
        let answer = fixture
            .cluster
            .call(&fixture.admin, "PUT", "/groups", change.clone())
            .await;
        assert_eq!(answer.status, status);
    }
    let mappers = fixture
        .cluster
        .call(
            &fixture.admin,
            "GET",
            "/saml/providers/AWS-IDP/mappers",
            Value::Null,
        )
        .await;
    assert_eq!(mappers.status, 502);
    fixture.get("/saml/providers/AWS-IDP").await;
    let dropped = fixture
        .cluster
        .request("GET", "/pty/v1/auth/federation/entra/config")
        .send()
        .await;
    assert!(dropped.is_err());
    let body = json!({ "username": "new", "password": STRONG });
    assert_eq!(
        fixture
            .cluster
            .call(&fixture.admin, "POST", "/users", body)
            .await
            .status,
        200
    );
}
