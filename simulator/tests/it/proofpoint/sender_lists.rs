//! Sender lists of the organisation, of users and of groups.

use super::{ADMIN, Essentials, check_error};
use serde_json::{Value, json};

const PATHS: [&str; 4] = [
    "/orgs/example.com/sender-lists",
    "/orgs/example.com/users/officer@example.com/sender-lists",
    "/orgs/example.com/groups/502/sender-lists",
    "/orgs/example.com/groups/Finance/sender-lists",
];

#[tokio::test]
async fn lists_are_added_to_replaced_and_removed_from() {
    let essentials = Essentials::start().await;
    for path in PATHS {
        let send = |method: &str, body: Value| {
            let request = essentials.request_as(ADMIN, method, path).json(&body);
            async move { crate::helper::answer(request).await }
        };
        let senders = json!([
            "a@one.example",
            "two.example",
            "192.0.2.0/24",
            "*@three.example",
            "10.91.*.*"
        ]);
        assert_eq!(
            send("PATCH", json!({ "allow_list": senders, "block_list": [] }))
                .await
                .status,
            204
        );
        let added = send(
            "POST",
            json!({ "allow_list": ["b@one.example"], "block_list": ["bad.example"] }),
        )
        .await;
        assert_eq!((added.status, added.text.as_str()), (204, ""));
        // Nothing of a refused body is applied.
        let again = json!({ "allow_list": ["c@one.example", "A@one.example"] });
        check_error(&send("POST", again).await, 409, "A@one.example");
        let absent = json!({ "allow_list": ["b@one.example", "c@one.example"] });
        check_error(&send("DELETE", absent).await, 404, "c@one.example");
        assert_eq!(
            send("DELETE", json!({ "allow_list": ["two.example"] }))
                .await
                .status,
            204
        );
        let expected = json!({
            "allow_list": ["a@one.example", "192.0.2.0/24", "*@three.example", "10.91.*.*", "b@one.example"],
            "block_list": ["bad.example"],
        });
        assert_eq!(essentials.read(ADMIN, path).await, expected, "{path}");
        // A list that the body lacks stays.
        assert_eq!(send("PATCH", json!({ "allow_list": [] })).await.status, 204);
        let expected = json!({ "allow_list": [], "block_list": ["bad.example"] });
        assert_eq!(essentials.read(ADMIN, path).await, expected, "{path}");
        check_error(&send("PATCH", json!({})).await, 422, "body");
        check_error(
            &send("PATCH", json!({ "allow_list": "x.example" })).await,
            422,
            "allow_list",
        );
        check_error(
            &send("POST", json!({ "allow_list": ["two words"] })).await,
            422,
            "two words",
        );
        check_error(&send("POST", json!({ "allow_list": [""] })).await, 422, "");
    }
}

#[tokio::test]
async fn the_lists_are_those_of_the_organization_and_user() {
    let essentials = Essentials::start().await;
    let user = "/orgs/example.com/users/alpha@example.com";
    for (owner, path) in [
        ("/orgs/example.com", PATHS[0]),
        (user, &format!("{user}/sender-lists")),
    ] {
        let (object, lists) = (
            essentials.read(ADMIN, owner).await,
            essentials.read(ADMIN, path).await,
        );
        assert_eq!(object["safe_list_senders"], lists["allow_list"]);
        assert_eq!(object["block_list_senders"], lists["block_list"]);
        assert!(!lists["allow_list"].as_array().unwrap().is_empty());
    }
}

/// The document: a blocked sender that is allowed is ignored.
#[tokio::test]
async fn an_allowed_sender_is_not_blocked() {
    let essentials = Essentials::start().await;
    let body = json!({ "allow_list": ["x.example"], "block_list": ["X.example", "y.example"] });
    assert_eq!(essentials.send(ADMIN, "PATCH", PATHS[0], body).await.status, 204);
    assert_eq!(
        essentials.read(ADMIN, PATHS[0]).await["block_list"],
        json!(["y.example"])
    );
}

#[tokio::test]
async fn unknown_owners_are_not_found() {
    let essentials = Essentials::start().await;
    for (path, identifier) in [
        ("/orgs/none.example/sender-lists", "none.example"),
        (
            "/orgs/example.com/users/none@example.com/sender-lists",
            "none@example.com",
        ),
        ("/orgs/example.com/groups/999/sender-lists", "999"),
    ] {
        check_error(&essentials.get(ADMIN, path).await, 404, identifier);
        let body = json!({ "allow_list": ["x.example"] });
        check_error(&essentials.send(ADMIN, "POST", path, body).await, 404, identifier);
    }
}
