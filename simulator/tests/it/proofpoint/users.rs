//! Users: reads, creates one by one and in batches, updates, deletes.

use super::{ADMIN, Essentials, PARTNER, check_error};
use serde_json::{Value, json};
use simulator::UserUpdate;

const USERS: &str = "/orgs/example.com/users";

fn path(email: &str) -> String {
    format!("{USERS}/{email}")
}

#[tokio::test]
async fn a_user_is_found_by_the_primary_address_in_any_case() {
    let essentials = Essentials::start().await;
    let user = essentials.read(ADMIN, &path("Ana.Nunez@EXAMPLE.com")).await;
    assert_eq!(user["primary_email"], "ana.nunez@example.com");
    assert_eq!(user["surname"], "Núñez");
    let encoded = essentials.read(ADMIN, &path("d%27arcy%2Bmail@example.com")).await;
    assert_eq!(encoded["primary_email"], "d'arcy+mail@example.com");
    // An alias is no key.
    let alias = essentials.get(ADMIN, &path("ana@example.com")).await;
    check_error(&alias, 404, "ana@example.com");
    let elsewhere = essentials.get(ADMIN, &path("partner@msp.example")).await;
    check_error(&elsewhere, 404, "partner@msp.example");
}

#[tokio::test]
async fn a_created_user_has_the_defaults() {
    let essentials = Essentials::start().await;
    let body = json!({ "primary_email": "new@example.com", "alias_emails": ["n@example.com"] });
    let created = essentials.send(ADMIN, "POST", USERS, body).await;
    assert_eq!(created.status, 201);
    let user = essentials.read(ADMIN, &path("new@example.com")).await;
    assert_eq!(user, created.json());
    let expected = json!({
        "uid": user["uid"],
        "primary_email": "new@example.com",
        "is_active": true,
        "type": "end_user",
        "send_welcome_email": false,
        "firstname": "",
        "surname": "",
        "alias_emails": ["n@example.com"],
        "safe_list_senders": [],
        "block_list_senders": [],
        "white_list_senders": [],
        "black_list_senders": [],
        "is_billable": true,
        "odin_settings": { "can_impersonate": false, "is_imitable": false },
        "read_only_user": false,
    });
    assert_eq!(user, expected);
}

#[tokio::test]
async fn invalid_users_are_refused() {
    let essentials = Essentials::start().await;
    let cases = [
        (json!({}), 422, "primary_email"),
        (json!({ "primary_email": "no address" }), 422, "primary_email"),
        (json!({ "primary_email": 7 }), 422, "primary_email"),
        (
            json!({ "primary_email": "alpha@example.com" }),
            409,
            "alpha@example.com",
        ),
        (
            json!({ "primary_email": "ANA@example.com" }),
            409,
            "ANA@example.com",
        ),
        (
            json!({ "primary_email": "x@example.com", "alias_emails": ["alpha@example.com"] }),
            422,
            "alias_emails",
        ),
        (
            json!({ "primary_email": "x@example.com", "password": "Str0ng-Enough!" }),
            422,
            "password",
        ),
        (
            json!({ "primary_email": "x@example.com", "type": "boss" }),
            422,
            "type",
        ),
        (
            json!({ "primary_email": "x@example.com", "type": "channel_admin" }),
            422,
            "type",
        ),
        (
            json!({ "primary_email": "x@example.com", "is_active": "true" }),
            422,
            "is_active",
        ),
        (
            json!({ "primary_email": "x@example.com", "safe_list_senders": ["a b"] }),
            422,
            "safe_list_senders",
        ),
        // journal@example.com is the one user that is not billed.
        (
            json!({ "primary_email": "x@example.com", "is_billable": false }),
            422,
            "is_billable",
        ),
        (json!("x@example.com"), 422, "body"),
        (json!([]), 422, "body"),
    ];
    for (body, status, identifier) in cases {
        let answer = essentials.send(ADMIN, "POST", USERS, body).await;
        check_error(&answer, status, identifier);
    }
    let broken = essentials.request_as(ADMIN, "POST", USERS).body("{");
    check_error(&crate::helper::answer(broken).await, 400, "body");
    let absent = essentials.get(ADMIN, &path("x@example.com")).await;
    assert_eq!(absent.status, 404);
}

#[tokio::test]
async fn a_batch_reports_each_item() {
    let essentials = Essentials::start().await;
    let good = json!([{ "primary_email": "b1@example.com" }, { "primary_email": "b2@example.com" }]);
    let created = essentials.send(ADMIN, "POST", USERS, good).await;
    assert_eq!(
        (created.status, created.json()["users"].as_array().unwrap().len()),
        (201, 2)
    );

    let mixed = json!([
        { "primary_email": "b3@example.com" },
        { "primary_email": "b1@example.com" },
        { "primary_email": "b4@example.com", "type": "boss" },
        // The batch sees its own items.
        { "primary_email": "b3@example.com" },
    ]);
    let answer = essentials.send(ADMIN, "POST", USERS, mixed).await;
    assert_eq!(answer.status, 207);
    let body = answer.json();
    assert_eq!(body["users"][0]["primary_email"], "b3@example.com");
    let errors: Vec<_> = body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["status"].clone(), error["identifier"].clone()))
        .collect();
    let expected = [
        (json!(409), json!("b1@example.com")),
        (json!(422), json!("type")),
        (json!(409), json!("b3@example.com")),
    ];
    assert_eq!(errors, expected);
}

#[tokio::test]
async fn a_put_keeps_or_clears_what_it_lacks() {
    let essentials = Essentials::start().await;
    let email = "ana.nunez@example.com";
    let body = json!({ "primary_email": email, "is_active": false });
    let answer = essentials.send(ADMIN, "PUT", &path(email), body.clone()).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let kept = essentials.read(ADMIN, &path(email)).await;
    assert_eq!(
        (&kept["is_active"], &kept["firstname"]),
        (&json!(false), &json!("Ana"))
    );
    assert_eq!(kept["alias_emails"].as_array().unwrap().len(), 2);

    essentials.set(|settings| settings.user_update = UserUpdate::Clear);
    assert_eq!(
        essentials.send(ADMIN, "PUT", &path(email), body).await.status,
        204
    );
    let cleared = essentials.read(ADMIN, &path(email)).await;
    assert_eq!(
        (&cleared["firstname"], &cleared["alias_emails"], &cleared["uid"]),
        (&json!(""), &json!([]), &kept["uid"])
    );
}

#[tokio::test]
async fn a_read_object_can_be_put_back() {
    let essentials = Essentials::start().await;
    for update in [UserUpdate::Keep, UserUpdate::Clear] {
        essentials.set(|settings| settings.user_update = update);
        let path = path("o.brien@example.com");
        let before = essentials.read(ADMIN, &path).await;
        let put = essentials.send(ADMIN, "PUT", &path, before.clone()).await;
        assert_eq!(put.status, 204);
        assert_eq!(essentials.read(ADMIN, &path).await, before);
    }
}

#[tokio::test]
async fn a_put_changes_type_address_and_password() {
    let essentials = Essentials::start().await;
    let change = |email: &str, body: Value| essentials.request_as(ADMIN, "PUT", &path(email)).json(&body);
    let body = json!({
        "primary_email": "alpha2@example.com",
        "alias_emails": ["alpha@example.com"],
        "password": "Str0ng-Enough!",
        "white_list_senders": ["old@name.example"],
    });
    assert_eq!(
        crate::helper::answer(change("alpha@example.com", body))
            .await
            .status,
        204
    );
    assert_eq!(
        essentials.get(ADMIN, &path("alpha@example.com")).await.status,
        404
    );
    let user = essentials.read(ADMIN, &path("alpha2@example.com")).await;
    assert_eq!(user["safe_list_senders"], json!(["old@name.example"]));
    let password = essentials
        .simulator()
        .password("example.com", "alpha2@example.com");
    assert_eq!(password.as_deref(), Some("Str0ng-Enough!"));

    let functional = json!({ "primary_email": "alpha2@example.com", "type": "functional_account" });
    let answer = essentials
        .send(ADMIN, "PUT", &path("alpha2@example.com"), functional)
        .await;
    assert_eq!(answer.status, 204);
    let secret = json!({ "primary_email": "alpha2@example.com", "password": "x" });
    let answer = essentials
        .send(ADMIN, "PUT", &path("alpha2@example.com"), secret)
        .await;
    check_error(&answer, 422, "password");
    let taken = json!({ "primary_email": "officer@example.com" });
    let answer = essentials
        .send(ADMIN, "PUT", &path("alpha2@example.com"), taken)
        .await;
    check_error(&answer, 422, "primary_email");
}

#[tokio::test]
async fn a_deleted_user_is_gone_with_its_addresses() {
    let essentials = Essentials::start().await;
    let email = "ana.nunez@example.com";
    let deleted = crate::helper::answer(essentials.request_as(ADMIN, "DELETE", &path(email))).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert_eq!(essentials.get(ADMIN, &path(email)).await.status, 404);
    let body = json!({ "primary_email": "ana@example.com" });
    assert_eq!(essentials.send(ADMIN, "POST", USERS, body).await.status, 201);
    let admin = essentials.request_as(PARTNER, "DELETE", &path(ADMIN));
    check_error(&crate::helper::answer(admin).await, 400, ADMIN);
}

#[tokio::test]
async fn the_seed_has_every_type_and_is_the_same_each_time() {
    let (first, second) = (Essentials::start().await, Essentials::start().await);
    let users = first.read(ADMIN, USERS).await;
    assert_eq!(users, second.read(ADMIN, USERS).await);
    let users = users["users"].as_array().unwrap();
    for kind in [
        "organization_admin",
        "end_user",
        "silent_user",
        "functional_account",
    ] {
        assert!(users.iter().any(|user| user["type"] == kind), "{kind}");
    }
    let count = |name: &str, value: Value| users.iter().filter(|user| user[name] == value).count();
    assert_eq!(count("is_billable", json!(false)), 1);
    assert!(count("is_active", json!(false)) > 1);
    let with_alias = users
        .iter()
        .filter(|user| user["alias_emails"] != json!([]))
        .count();
    assert!(with_alias > 5, "{with_alias}");
}

#[tokio::test]
async fn fifty_thousand_users_are_added_and_listed() {
    const MANY: u32 = 50_000;
    let essentials = Essentials::with_users(MANY).await;
    let few = Essentials::start().await;
    let all = essentials.read(ADMIN, USERS).await;
    let few = few.read(ADMIN, USERS).await;
    let (all, few) = (all["users"].as_array().unwrap(), few["users"].as_array().unwrap());
    assert_eq!(all.len(), few.len() + MANY as usize);
    assert_eq!(all[..few.len()], few[..]);
    let emails: std::collections::HashSet<_> =
        all.iter().map(|user| user["primary_email"].as_str()).collect();
    assert_eq!(emails.len(), all.len());
}

/// Some people are in both systems under the same address, others in one of them.
#[tokio::test]
async fn people_of_example_com_are_those_of_the_cluster() {
    let essentials = Essentials::start().await;
    let cluster = crate::helper::Cluster::with_users(60).await;
    let token = cluster.token("admin").await;
    let rows = cluster
        .call(&token, "GET", "/users?max=1000", Value::Null)
        .await
        .json();
    let users = essentials.read(ADMIN, USERS).await;
    let addresses = |rows: &Value, name: &str| -> std::collections::BTreeSet<String> {
        let rows = rows.as_array().unwrap().iter();
        rows.filter_map(|row| row[name].as_str().map(str::to_owned))
            .collect()
    };
    let (here, there) = (
        addresses(&users["users"], "primary_email"),
        addresses(&rows, "email"),
    );
    assert!(here.intersection(&there).count() > 30);
    assert!(here.contains("admin@example.com") && there.contains("admin@example.com"));
    assert!(
        here.difference(&there)
            .any(|email| email == "ana.nunez@example.com")
    );
    assert!(
        there
            .difference(&here)
            .any(|email| email == "auditor@example.com")
    );
}
