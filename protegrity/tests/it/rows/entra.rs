//! Rows 53 to 56 and 63: the configuration of the federation with Entra ID, and the test of it.

use protegrity::{EntraConfig, EntraSettings, EntraTest, EntraTrial, ErrorKind};
use serde_json::{Value, json};

use super::assert_refused;
use crate::support::{Reply, Stub, TOKEN, reply, secret};

const READ: &str = "GET /pty/v1/auth/federation/entra/config";
const CREATE: &str = "POST /pty/v1/auth/federation/entra/config";
const UPDATE: &str = "PUT /pty/v1/auth/federation/entra/config";
const DELETE: &str = "DELETE /pty/v1/auth/federation/entra/config";
const TEST: &str = "POST /pty/v1/auth/federation/entra/config/test";

const SECRET: &str = "not-a-real-secret";

fn settings() -> EntraSettings {
    EntraSettings {
        tenant_id: "tenant".to_owned(),
        client_id: "client".to_owned(),
        client_secret: secret(SECRET),
        enabled: true,
    }
}

fn given() -> EntraTrial {
    EntraTrial::Given {
        tenant_id: "tenant".to_owned(),
        client_id: "client".to_owned(),
        client_secret: secret(SECRET),
    }
}

#[tokio::test]
async fn row_53_ids_are_sent_in_the_samples_spelling_and_read_in_both() {
    let stub = Stub::start([(CREATE, Reply::none(201)), (UPDATE, Reply::none(204))]).await;
    let off = EntraSettings {
        enabled: false,
        ..settings()
    };
    stub.authorized().create_entra_config(&settings()).await.unwrap();
    stub.authorized().update_entra_config(&off).await.unwrap();
    let body = |enabled: bool| {
        let mut body = json!({"tenantId": "tenant", "clientId": "client", "clientSecret": SECRET});
        body["enabled"] = json!(enabled);
        body
    };
    stub.check([(CREATE, body(true)), (UPDATE, body(false))]);

    for answer in [
        json!({"tenantId": "t", "clientId": "c"}),
        json!({"tenantID": "t", "clientID": "c"}),
        json!({"tenantId": "t", "tenantID": "other", "clientId": null, "clientID": "c"}),
        json!({"status": "success", "config": {"tenantId": "t", "clientId": "c"}}),
    ] {
        let stub = Stub::start([(READ, reply(200, answer))]).await;
        let config = stub.authorized().entra_config().await.unwrap().unwrap();
        stub.check([(READ, Value::Null)]);
        assert_eq!(
            (config.tenant_id.as_deref(), config.client_id.as_deref()),
            (Some("t"), Some("c"))
        );
    }
}

#[tokio::test]
async fn row_54_any_success_is_one_whatever_its_words() {
    for answer in [
        reply(
            201,
            json!({"status": "created", "message": "created successfully", "config": {"tenantId": "x"}}),
        ),
        reply(200, json!({"status": "updated"})),
        Reply::text(200, "ok"),
        Reply::none(204),
    ] {
        let stub = Stub::start([
            (CREATE, answer.clone()),
            (UPDATE, answer.clone()),
            (DELETE, answer),
        ])
        .await;
        let caller = stub.authorized();
        caller.create_entra_config(&settings()).await.unwrap();
        caller.update_entra_config(&settings()).await.unwrap();
        caller.delete_entra_config().await.unwrap();
        stub.seen()[2].check(DELETE, &Value::Null);
    }
}

#[tokio::test]
async fn row_55_the_secret_is_never_read_back() {
    let answer = json!({"tenantId": "t", "clientId": "c", "clientSecret": SECRET, "enabled": true});
    let stub = Stub::start([(READ, reply(200, answer))]).await;
    let config = stub.authorized().entra_config().await.unwrap().unwrap();
    assert!(!format!("{config:?} {}", json!(config)).contains(SECRET));
    assert!(!format!("{:?} {:?}", settings(), given()).contains(SECRET));

    let echo = || reply(400, json!({"detail": format!("wrong: {SECRET} of {TOKEN}")}));
    let stub = Stub::start([(CREATE, echo()), (UPDATE, echo()), (TEST, echo())]).await;
    let caller = stub.authorized();
    let errors = [
        caller.create_entra_config(&settings()).await.unwrap_err(),
        caller.update_entra_config(&settings()).await.unwrap_err(),
        caller.test_entra_config(&given()).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.upstream_message(), Some("wrong: [hidden] of [hidden]"));
        assert!(!format!("{error} {error:?}").contains(SECRET));
    }
    let words = json!({"status": "failed", "message": format!("no\n{SECRET}: {TOKEN}")});
    let stub = Stub::start([(TEST, reply(200, words))]).await;
    let test = stub.authorized().test_entra_config(&given()).await.unwrap();
    assert_eq!(test.message.as_deref(), Some("no [hidden]: [hidden]"));
}

#[tokio::test]
async fn row_55_without_a_secret_nothing_is_stored_or_tested() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    let incomplete = [
        EntraSettings {
            client_secret: secret(""),
            ..settings()
        },
        EntraSettings {
            client_secret: secret(" "),
            ..settings()
        },
        EntraSettings {
            tenant_id: String::new(),
            ..settings()
        },
        EntraSettings {
            client_id: " ".to_owned(),
            ..settings()
        },
    ];
    for settings in incomplete {
        assert_refused(caller.create_entra_config(&settings).await);
        assert_refused(caller.update_entra_config(&settings).await);
        let trial = EntraTrial::Given {
            tenant_id: settings.tenant_id,
            client_id: settings.client_id,
            client_secret: settings.client_secret,
        };
        assert_refused(caller.test_entra_config(&trial).await);
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn row_56_times_are_kept_as_they_are_written() {
    let sample = json!({
        "tenantId": "t", "clientId": "c", "enabled": "true", "createdAt": "2026-01-16T11:02:43.259928",
        "updatedAt": 1_768_561_363,
    });
    let stub = Stub::start([(READ, reply(200, sample))]).await;
    let config = stub.authorized().entra_config().await.unwrap();
    let expected = EntraConfig {
        tenant_id: Some("t".to_owned()),
        client_id: Some("c".to_owned()),
        enabled: Some(true),
        created_at: Some("2026-01-16T11:02:43.259928".to_owned()),
        updated_at: Some("1768561363".to_owned()),
    };
    assert_eq!(config, Some(expected));
}

#[tokio::test]
async fn row_63_nothing_configured_has_many_faces() {
    for answer in [
        Reply::none(404),
        reply(404, json!({"detail": "Entra ID configuration not found"})),
        reply(200, json!({"status": 404, "messages": ["none"], "data": null})),
        Reply::none(204),
        Reply::none(200),
        reply(200, "null"),
        reply(200, "{}"),
        reply(200, json!({"config": null, "status": "success"})),
        reply(200, json!({"status": 0, "data": null, "messages": []})),
        reply(200, json!({"tenantId": null, "clientId": "", "enabled": false})),
    ] {
        let label = format!("{answer:?}");
        let stub = Stub::start([(READ, answer)]).await;
        assert_eq!(stub.authorized().entra_config().await.unwrap(), None, "{label}");
    }
    for (answer, kind) in [
        (Reply::none(403), ErrorKind::Forbidden),
        (Reply::none(503), ErrorKind::Upstream),
        (reply(200, "{\"tenantId\": "), ErrorKind::Unreadable),
        (Reply::html(200), ErrorKind::Unreadable),
    ] {
        let stub = Stub::start([(READ, answer)]).await;
        let error = stub.authorized().entra_config().await.unwrap_err();
        assert_eq!(error.kind(), kind);
    }
}

#[tokio::test]
async fn a_test_is_of_what_is_stored_or_of_what_is_given() {
    let sample = json!({
        "status": "success", "message": "string", "tenantId": "t", "userCount": "12",
        "testTimestamp": "2026-01-20T13:26:41.303308",
    });
    let stub = Stub::start([(TEST, reply(200, sample))]).await;
    let caller = stub.authorized();
    let stored = caller.test_entra_config(&EntraTrial::Stored).await.unwrap();
    let expected = EntraTest {
        succeeded: true,
        message: Some("string".to_owned()),
        tenant_id: Some("t".to_owned()),
        user_count: Some(12),
        tested_at: Some("2026-01-20T13:26:41.303308".to_owned()),
    };
    assert_eq!(stored, expected);
    caller.test_entra_config(&given()).await.unwrap();
    let four = json!({
        "tenantId": "tenant", "clientId": "client", "clientSecret": SECRET, "useStoredConfig": false,
    });
    stub.check([(TEST, json!({"useStoredConfig": true})), (TEST, four)]);
}

#[tokio::test]
async fn a_test_that_was_made_and_failed_says_so() {
    for (answer, succeeded, message) in [
        (reply(200, json!({"status": "Success"})), true, None),
        (reply(200, json!({"message": "fine"})), true, Some("fine")),
        (reply(200, json!({"status": null, "message": 5})), true, Some("5")),
        (
            reply(200, json!({"status": 0, "data": {"userCount": 1}})),
            true,
            None,
        ),
        (reply(200, json!("Connected.")), true, Some("Connected.")),
        (Reply::none(204), true, None),
        (
            reply(200, json!({"status": "error", "message": "AADSTS7000215"})),
            false,
            Some("AADSTS7000215"),
        ),
        (
            reply(201, json!({"status": "failed", "detail": "no"})),
            false,
            Some("no"),
        ),
        (reply(200, json!({"status": false})), false, None),
        (reply(200, json!({"status": {}})), false, None),
        (
            reply(200, json!({"status": "error", "message": "<html>"})),
            false,
            None,
        ),
    ] {
        let label = format!("{answer:?}");
        let stub = Stub::start([(TEST, answer)]).await;
        let test = stub
            .authorized()
            .test_entra_config(&EntraTrial::Stored)
            .await
            .unwrap();
        assert_eq!(
            (test.succeeded, test.message.as_deref()),
            (succeeded, message),
            "{label}"
        );
    }
    let stub = Stub::start([(TEST, reply(400, json!({"detail": "bad"})))]).await;
    let error = stub
        .authorized()
        .test_entra_config(&EntraTrial::Stored)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.upstream_message()),
        (ErrorKind::Rejected, Some("bad"))
    );
}
