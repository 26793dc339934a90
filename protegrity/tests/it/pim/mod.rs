//! Policy management against stubs that write down what is sent, by area; the types alone are in `types.rs`.

mod data_elements;
mod data_stores;
mod deploy;
mod items;
mod method_rules;
mod policies;
mod roles;
mod types;

use protegrity::{Error, ErrorKind, pim};
use serde_json::{Value, json};

use crate::support::{Reply, Stub, reply};

/// A creation's answers, each with the uid that is read from it (notes sections 3, 4 and 9).
fn creations() -> Vec<(Reply, Option<&'static str>)> {
    vec![
        (reply(201, json!({"uid": "7", "name": "x"})), Some("7")),
        (reply(200, json!({"uid": 7})), Some("7")),
        (reply(200, json!({"id": "7", "ofTomorrow": {}})), Some("7")),
        (
            reply(200, json!({"status": 0, "data": {"uid": "7"}, "messages": []})),
            Some("7"),
        ),
        (reply(200, json!({"name": "x"})), None),
        (reply(200, json!({"uid": ""})), None),
        (reply(201, "null"), None),
        (Reply::text(202, "created"), None),
        (Reply::none(204), None),
        (Reply::none(201), None),
    ]
}

/// The ways in which a cluster may give a list (notes section 3).
fn lists(key: &str, rows: &Value) -> Vec<Reply> {
    vec![
        reply(200, rows),
        reply(200, json!({"data": rows})),
        reply(200, json!({"items": rows})),
        reply(206, json!({"status": 0, "messages": [], "data": rows})),
        reply(200, json!({ key: rows })),
    ]
}

#[tokio::test]
async fn the_repository_is_initialised_without_a_body() {
    const INIT: &str = "POST /pty/v2/pim/init";
    for status in [200, 201, 204] {
        let stub = Stub::start([(INIT, Reply::none(status))]).await;
        let done = stub.authorized().pim().initialize().await.unwrap();
        assert_eq!(done, protegrity::Initialization::Done);
        stub.check([(INIT, Value::Null)]);
    }
    for answer in [
        Reply::none(409),
        Reply::text(400, "The repository already exists."),
    ] {
        let stub = Stub::start([(INIT, answer)]).await;
        let done = stub.authorized().pim().initialize().await.unwrap();
        assert_eq!(done, protegrity::Initialization::DoneBefore);
    }

    let stub = Stub::start([(INIT, Reply::none(403))]).await;
    let error = stub.authorized().pim().initialize().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.endpoint(), error.was_sent()),
        (ErrorKind::Forbidden, "POST /pim/init", true)
    );
}

/// The error of a creation that is answered like this.
async fn refusal(answer: Reply) -> Error {
    let stub = Stub::start([("POST /pty/v2/pim/policies", answer)]).await;
    let policy = pim::NewPolicy {
        name: "POLICY".to_owned(),
        ..pim::NewPolicy::default()
    };
    stub.authorized().pim().create_policy(&policy).await.unwrap_err()
}

#[tokio::test]
async fn an_object_that_exists_is_told_from_other_refusals() {
    let cases = [
        (Reply::none(409), true),
        (reply(409, json!({"detail": "Conflict"})), true),
        (
            reply(400, json!({"messages": ["Policy 'POLICY' already exists"]})),
            true,
        ),
        (Reply::text(400, "name must be unique"), true),
        (reply(422, json!({"detail": "Duplicate member"})), true),
        (Reply::text(400, "Application 'N' does not exist"), false),
        (Reply::none(400), false),
        (Reply::text(403, "already exists"), false),
        (Reply::text(500, "duplicate key"), false),
    ];
    for (answer, expected) in cases {
        let error = refusal(answer).await;
        assert_eq!(pim::already_exists(&error), expected, "{error}");
    }
    let stub = Stub::start([]).await;
    let nameless = pim::NewPolicy::default();
    let unsent = stub.authorized().pim().create_policy(&nameless).await;
    assert!(!pim::already_exists(&unsent.unwrap_err()));
}

#[tokio::test]
async fn an_object_without_a_uid_is_found_by_its_name() {
    let rows = json!([
        {"uid": "1", "name": "Policy"}, {"uid": "2", "name": "POLICY"}, {"uid": "3", "name": "Größe"},
        {"uid": "4", "name": "twice"}, {"uid": "5", "name": "twice"},
    ]);
    let stub = Stub::start([("GET /pty/v2/pim/policies", reply(200, rows))]).await;
    let policies = stub.authorized().pim().policies().await.unwrap();
    let found = |name: &str| pim::find_named(&policies, name).map(|policy| policy.uid.as_str());
    assert_eq!(found("Policy"), Some("1"));
    assert_eq!(found("POLICY"), Some("2"));
    assert_eq!(found("GRÖSSE"), None);
    assert_eq!(found("GRÖßE"), Some("3"));
    // Two could be meant.
    assert_eq!(found("policy"), None);
    assert_eq!(found("twice"), None);
    assert_eq!(found("another"), None);
}
