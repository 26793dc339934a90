//! Rows 5, 6 and 50 to 52: the tokens' lifespan and the password policy.

use protegrity::{ErrorKind, PasswordPolicy};
use serde_json::{Value, json};

use super::assert_refused;
use crate::support::{Reply, Stub, reply};

const LIFESPAN: &str = "POST /pty/v1/auth/token/lifespan/update";
const READ: &str = "GET /pty/v1/auth/passwordpolicy";
const WRITE: &str = "PUT /pty/v1/auth/passwordpolicy";

#[tokio::test]
async fn row_05_the_lifespan_is_one_field_and_the_caller_is_named() {
    let stub = Stub::start([(
        LIFESPAN,
        reply(200, json!("Token lifespan updated successfully.")),
    )])
    .await;
    stub.authorized().update_token_lifespan(600).await.unwrap();
    stub.check([(LIFESPAN, json!({"accessTokenLifespan": 600}))]);
}

#[tokio::test]
async fn row_06_the_lifespans_answer_may_be_a_sentence_or_anything() {
    for answer in [
        reply(200, json!("Token lifespan updated successfully.")),
        reply(
            200,
            json!({"status": 0, "data": {"message": "done"}, "messages": []}),
        ),
        reply(200, json!({"status": "updated"})),
        Reply::text(201, "done"),
        Reply::none(204),
    ] {
        let stub = Stub::start([(LIFESPAN, answer)]).await;
        stub.authorized().update_token_lifespan(1).await.unwrap();
    }
    let failed = reply(
        200,
        json!({"status": 400, "messages": ["too long"], "data": null}),
    );
    let stub = Stub::start([(LIFESPAN, failed)]).await;
    let error = stub
        .authorized()
        .update_token_lifespan(u32::MAX)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.upstream_message()),
        (ErrorKind::Rejected, Some("too long"))
    );
}

#[tokio::test]
async fn a_lifespan_of_nothing_is_not_sent() {
    let stub = Stub::start([]).await;
    assert_refused(stub.authorized().update_token_lifespan(0).await);
    assert_eq!(stub.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn row_50_the_policy_is_read_bare_and_wrapped() {
    let bodies: [Value; 3] = [
        json!({"policy": {"length": 8}}),
        json!({"length": "8"}),
        json!({"status": 0, "data": {"policy": {"length": 8}}}),
    ];
    for body in bodies {
        let stub = Stub::start([("GET /pty/v1/auth/passwordpolicy", reply(200, &body))]).await;
        assert_eq!(
            stub.authorized().password_policy().await.unwrap().length,
            Some(8),
            "{body}"
        );
    }
    let stub = Stub::start([("GET /pty/v1/auth/passwordpolicy", Reply::none(204))]).await;
    assert_eq!(stub.authorized().password_policy().await.unwrap().length, None);
}

#[tokio::test]
async fn no_policy_is_one_without_rules_and_an_unreadable_one_is_no_policy() {
    for (answer, expected) in [
        (json!(null).to_string(), Ok(PasswordPolicy::default())),
        (json!({}).to_string(), Ok(PasswordPolicy::default())),
        (json!({"policy": null}).to_string(), Ok(PasswordPolicy::default())),
        (json!({"policy": {}}).to_string(), Ok(PasswordPolicy::default())),
        ("{\"policy\": {".to_owned(), Err(ErrorKind::Unreadable)),
        (json!([1]).to_string(), Err(ErrorKind::Unreadable)),
    ] {
        let stub = Stub::start([(READ, reply(200, &answer))]).await;
        let policy = stub.authorized().password_policy().await;
        assert_eq!(policy.map_err(|error| error.kind()), expected, "{answer}");
    }
}

#[tokio::test]
async fn row_50_the_policy_is_sent_wrapped() {
    let stub = Stub::start([(WRITE, Reply::none(204))]).await;
    let policy = PasswordPolicy {
        digits: Some(2),
        force_expired_password_change: Some(90),
        length: Some(10),
        lower_case: Some(1),
        not_username: Some(true),
        password_history: Some(5),
        special_chars: Some(1),
        upper_case: Some(1),
        ..PasswordPolicy::default()
    };
    stub.authorized().set_password_policy(&policy).await.unwrap();
    stub.check([(
        WRITE,
        json!({"policy": {
            "digits": 2, "forceExpiredPasswordChange": 90, "length": 10, "lowerCase": 1, "notUsername": true,
            "passwordHistory": 5, "specialChars": 1, "upperCase": 1,
        }}),
    )]);
}

#[tokio::test]
async fn row_51_the_answers_values_are_not_looked_at() {
    for answer in [
        reply(200, json!({"policy": {"digits": 1}})),
        Reply::text(200, "no JSON"),
    ] {
        let stub = Stub::start([(WRITE, answer)]).await;
        let policy = PasswordPolicy {
            digits: Some(2),
            ..PasswordPolicy::default()
        };
        stub.authorized().set_password_policy(&policy).await.unwrap();
    }
}

#[tokio::test]
async fn row_52_what_was_read_is_sent_whole_after_a_change() {
    let read = json!({
        "digits": "1", "length": 8, "regexPattern": "^(?=.*[a-z]).*$", "notUsername": "undefined",
        "notEmail": "undefined", "passwordBlacklist": {"file": "x"}, "ofTomorrow": [1, null, 2.5],
    });
    let stub = Stub::start([
        (READ, reply(200, json!({"policy": read}))),
        (WRITE, Reply::none(204)),
    ])
    .await;
    let mut policy = stub.authorized().password_policy().await.unwrap();
    policy.length = Some(12);
    policy.not_username = Some(true);
    policy.regex_pattern = None;
    policy.rest.insert("added".to_owned(), Value::Bool(true));
    stub.authorized().set_password_policy(&policy).await.unwrap();
    let sent: Value = json!({"policy": {
        "digits": 1, "length": 12, "notUsername": true, "notEmail": "undefined",
        "passwordBlacklist": {"file": "x"}, "ofTomorrow": [1, null, 2.5], "added": true,
    }});
    stub.seen()[1].check(WRITE, &sent);
}
