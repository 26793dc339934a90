//! The rows of the notes' section 6 that touch users, roles, the password policy and the service endpoints.
//! Those of logging in are in `login.rs`, those of the types alone in `types.rs`.

#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use protegrity::{
    Api, Authorized, Error, ErrorKind, IdentityLink, IdentityProviders, NewUser, RoleName, User, UserId,
    UserUpdate,
};
use serde_json::{Value, json};
use support::{Reply, Stub, TOKEN, reply, secret};

const ID: &str = "94070ecb-8639-41f4-b3e1-fda5cc7f8888";

fn id() -> UserId {
    UserId::new(ID)
}

#[tokio::test]
async fn row_08_log_levels_are_free_text() {
    for (answer, expected) in [
        (reply(200, r#"{"level": "info"}"#), Some("info")),
        (
            reply(200, r#"{"status": 0, "data": {"level": "SEVERE"}}"#),
            Some("SEVERE"),
        ),
        (reply(200, r#""FINEST""#), Some("FINEST")),
        (Reply::text(200, "warning\n"), Some("warning")),
        (Reply::none(204), None),
        (reply(200, "{}"), None),
        (reply(200, "[1]"), None),
    ] {
        let stub = Stub::start([("GET /pty/v1/rps/log", answer)]).await;
        let level = stub.authorized().log_level(Api::Rps).await;
        assert_eq!(
            level.as_ref().ok().map(|level| level.level.as_str()),
            expected,
            "{level:?}"
        );
        assert_eq!(stub.only().header("accept"), Some("application/json"));
    }
}

#[tokio::test]
async fn row_09_setting_the_log_level_may_be_answered_with_a_sentence() {
    for answer in [
        Reply::text(200, "The log level is set successfully."),
        reply(201, "{}"),
        Reply::none(204),
    ] {
        let stub = Stub::start([("POST /pty/v1/rps/log", answer)]).await;
        stub.authorized().set_log_level(Api::Rps, "SEVERE").await.unwrap();
        assert_eq!(stub.only().json(), json!({"level": "SEVERE"}));
    }
}

#[tokio::test]
async fn row_10_version_and_doc_get_no_token_and_health_does() {
    let stub = Stub::start([
        (
            "GET /pty/v2/pim/version",
            reply(200, r#"{"version": "1.2.3", "buildVersion": "1.11.0"}"#),
        ),
        (
            "GET /pty/v2/pim/doc",
            reply(200, "openapi: 3.0.0\n").with("content-type", "application/x-yaml"),
        ),
        ("GET /pty/v2/pim/health", reply(200, r#"{"isHealthy" : true}"#)),
    ])
    .await;
    let version = stub.client().version(Api::Pim).await.unwrap();
    assert_eq!(version.build_version.as_deref(), Some("1.11.0"));
    stub.client().doc(Api::Pim).await.unwrap();
    assert!(stub.authorized().health(Api::Pim).await.unwrap().is_healthy);
    let bearer = format!("Bearer {TOKEN}");
    let tokens = stub
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").map(str::to_owned))
        .collect::<Vec<_>>();
    assert_eq!(tokens, [None, None, Some(bearer)]);
}

#[tokio::test]
async fn row_11_doc_asks_for_yaml() {
    let doc = reply(200, "openapi: 3.0.0\n").with("content-type", "application/x-yaml");
    let stub = Stub::start([("GET /pty/v1/auth/doc", doc)]).await;
    assert_eq!(stub.client().doc(Api::Auth).await.unwrap(), "openapi: 3.0.0\n");
    assert_eq!(stub.only().header("accept"), Some("application/x-yaml"));
}

#[tokio::test]
async fn row_13_any_success_of_ready_and_live_means_up() {
    for answer in [Reply::none(204), Reply::text(200, "ok"), reply(200, "not JSON")] {
        let stub = Stub::start([
            ("GET /pty/v1/auth/ready", answer.clone()),
            ("GET /pty/v1/auth/live", answer),
        ])
        .await;
        stub.authorized().ready(Api::Auth).await.unwrap();
        stub.authorized().live(Api::Auth).await.unwrap();
        assert!(
            stub.seen()
                .iter()
                .all(|seen| seen.header("accept") == Some("*/*"))
        );
    }
    let stub = Stub::start([("GET /pty/v1/auth/ready", Reply::none(503))]).await;
    assert_eq!(
        stub.authorized().ready(Api::Auth).await.unwrap_err().kind(),
        ErrorKind::Upstream
    );
}

#[tokio::test]
async fn health_is_told_or_an_error() {
    for (answer, expected) in [
        (reply(200, r#"{"isHealthy": "false"}"#), Ok(false)),
        (Reply::none(204), Ok(true)),
        (reply(200, "{}"), Err(ErrorKind::Unreadable)),
        (Reply::none(404), Err(ErrorKind::NotFound)),
    ] {
        let stub = Stub::start([("GET /pty/v1/rps/health", answer)]).await;
        let health = stub.authorized().health(Api::Rps).await;
        assert_eq!(
            health
                .map(|health| health.is_healthy)
                .map_err(|error| error.kind()),
            expected
        );
    }
}

#[tokio::test]
async fn row_14_permissions_and_roles_are_read_as_given() {
    let stub = Stub::start([
        (
            "GET /pty/v1/auth/permissions",
            reply(200, json!([{"name": "of_tomorrow", "description": null}])),
        ),
        (
            "GET /pty/v1/auth/roles",
            reply(
                200,
                json!([{"name": "only_one", "composite": true, "permissions": ["x"]}]),
            ),
        ),
    ])
    .await;
    let permissions = stub.authorized().permissions().await.unwrap();
    let roles = stub.authorized().roles().await.unwrap();
    assert_eq!(
        (permissions[0].name.as_str(), permissions.len()),
        ("of_tomorrow", 1)
    );
    assert_eq!((roles[0].permissions[0].as_str(), roles.len()), ("x", 1));
}

fn new_user() -> NewUser {
    let link = IdentityLink {
        user_id: Some("a@example.com".into()),
        user_name: Some("a@example.com".into()),
    };
    NewUser {
        email: Some("alpha@example.com".into()),
        first_name: Some("Alpha".into()),
        last_name: Some(String::new()),
        password: Some(secret("StrongPassword123!")),
        roles: vec![RoleName::new("directory_administrator")],
        groups: vec!["framework".into()],
        identity_providers: IdentityProviders::from([("AWS-IDP".to_owned(), link)]),
        ..NewUser::new("alpha")
    }
}

#[tokio::test]
async fn row_20_21_create_sends_enabled_and_identity_providers_as_an_object() {
    let stub = Stub::start([(
        "POST /pty/v1/auth/users",
        reply(200, json!({"user_id": ID, "username": "alpha"})),
    )])
    .await;
    stub.authorized().create_user(&new_user()).await.unwrap();
    assert_eq!(
        stub.only().json(),
        json!({
            "username": "alpha", "email": "alpha@example.com", "firstName": "Alpha", "enabled": true,
            "password": "StrongPassword123!", "roles": ["directory_administrator"], "groups": ["framework"],
            "identityProviders": {"AWS-IDP": {"userId": "a@example.com", "userName": "a@example.com"}},
        })
    );
    let least = NewUser {
        enabled: false,
        ..NewUser::new("beta")
    };
    stub.authorized().create_user(&least).await.unwrap();
    assert_eq!(
        stub.seen()[1].json(),
        json!({"username": "beta", "enabled": false})
    );
}

#[tokio::test]
async fn row_23_24_the_new_users_id_is_read_under_both_names_and_any_success_is_one() {
    for (answer, expected) in [
        (reply(200, json!({"user_id": ID, "username": "alpha"})), Some(ID)),
        (reply(201, json!({"userId": ID})), Some(ID)),
        (
            reply(201, json!({"status": 0, "data": {"id": 17}, "messages": []})),
            Some("17"),
        ),
        (reply(200, json!({"user_id": null, "userId": ID})), Some(ID)),
        (Reply::none(204), None),
        (Reply::text(200, "created"), None),
    ] {
        let stub = Stub::start([("POST /pty/v1/auth/users", answer)]).await;
        let created = stub.authorized().create_user(&new_user()).await.unwrap();
        assert_eq!(created.id, expected.map(UserId::new));
    }
}

#[tokio::test]
async fn row_25_26_update_sends_the_id_and_what_changed_and_never_a_password() {
    let stub = Stub::start([(
        "PUT /pty/v1/auth/users",
        reply(200, json!({"status": "updated", "userId": "other"})),
    )])
    .await;
    let update = UserUpdate {
        username: Some("alpha".into()),
        email: Some(String::new()),
        enabled: Some(false),
        roles: Some(Vec::new()),
        ..UserUpdate::new(id())
    };
    stub.authorized().update_user(&update).await.unwrap();
    stub.authorized()
        .update_user(&UserUpdate::new(id()))
        .await
        .unwrap();
    let seen = stub.seen();
    assert_eq!(
        seen[0].json(),
        json!({"id": ID, "username": "alpha", "email": "", "enabled": false, "roles": []})
    );
    assert_eq!(seen[1].json(), json!({"id": ID}));
}

#[tokio::test]
async fn row_27_the_item_must_be_a_user() {
    for (answer, expected) in [
        (
            reply(200, json!({"id": ID, "username": "alpha", "roles": ["r"]})),
            Ok(ID),
        ),
        (reply(200, json!({"username": "alpha"})), Ok(ID)),
        (
            reply(200, json!({"status": 0, "data": {"id": 7}, "messages": []})),
            Ok("7"),
        ),
        (reply(200, json!({"user": {"id": ID}})), Ok(ID)),
        (reply(200, json!({"detail": "odd"})), Err(ErrorKind::Unreadable)),
        (Reply::none(204), Err(ErrorKind::Unreadable)),
        (
            reply(404, json!({"detail": "User not found"})),
            Err(ErrorKind::NotFound),
        ),
    ] {
        let label = format!("{answer:?}");
        let stub = Stub::start([(
            "GET /pty/v1/auth/users/94070ecb-8639-41f4-b3e1-fda5cc7f8888",
            answer,
        )])
        .await;
        let user = stub.authorized().user(&id()).await;
        assert_eq!(
            user.map(|user| user.id).map_err(|error| error.kind()),
            expected.map(UserId::new),
            "{label}"
        );
    }
}

#[tokio::test]
async fn row_28_users_are_asked_for_by_max_and_first_alone() {
    let page = json!([{"id": "1", "username": "a", "attributes": null}, {"id": 2, "enabled": "false"}]);
    let stub = Stub::start([("GET /pty/v1/auth/users", reply(200, page))]).await;
    let users: Vec<User> = stub.authorized().users(4, 101).await.unwrap();
    assert_eq!(
        (users.len(), users[1].id.as_str(), users[1].enabled),
        (2, "2", Some(false))
    );
    assert_eq!(stub.lines(), ["GET /pty/v1/auth/users?max=101&first=4"]);
}

#[tokio::test]
async fn row_29_delete_and_lock_have_no_body() {
    let stub = Stub::start([
        (
            "DELETE /pty/v1/auth/users/94070ecb-8639-41f4-b3e1-fda5cc7f8888",
            reply(200, json!({"status": "deleted"})),
        ),
        (
            "PUT /pty/v1/auth/users/94070ecb-8639-41f4-b3e1-fda5cc7f8888/lock",
            reply(200, json!({"status": "locked"})),
        ),
    ])
    .await;
    stub.authorized().delete_user(&id()).await.unwrap();
    stub.authorized().lock_user(&id()).await.unwrap();
    for seen in stub.seen() {
        assert_eq!(
            (seen.body.as_str(), seen.header("content-type")),
            ("", None),
            "{}",
            seen.line
        );
    }
    assert_eq!(stub.seen()[1].header("content-length"), Some("0"));
}

const RESET: &str = "PUT /pty/v1/auth/users/password";
const CHANGE: &str = "PUT /pty/v1/auth/users/94070ecb-8639-41f4-b3e1-fda5cc7f8888/password";

#[tokio::test]
async fn row_30_a_reset_goes_to_the_sampled_path_and_tries_the_other_once() {
    let sampled = json!({"userId": ID, "newPassword": "New1!", "temporary": true});
    let listed = json!({"newPassword": "New1!", "temporary": true});
    for (first, lines) in [
        (
            reply(
                200,
                json!({"status": "password_updated", "userId": ID, "temporary": false}),
            ),
            1,
        ),
        (Reply::none(404), 2),
        (Reply::none(405), 2),
        (reply(422, json!({"detail": []})), 2),
    ] {
        let stub = Stub::start([(RESET, first), (CHANGE, Reply::none(204))]).await;
        let outcome = stub
            .authorized()
            .reset_password(&id(), &secret("New1!"), true)
            .await
            .unwrap();
        assert_eq!(outcome.temporary, lines == 2);
        let seen = stub.seen();
        assert_eq!(stub.lines(), &[RESET, CHANGE][..lines]);
        assert_eq!(seen[0].json(), sampled);
        assert!(seen.get(1).is_none_or(|seen| seen.json() == listed));
    }
}

#[tokio::test]
async fn row_30_an_own_change_goes_to_the_listed_path_and_tries_the_other_once() {
    let listed = json!({"newPassword": "New1!", "oldPassword": "Old1!"});
    let sampled = json!({"userId": ID, "newPassword": "New1!", "oldPassword": "Old1!", "temporary": false});
    for (first, lines) in [(Reply::none(204), 1), (Reply::none(404), 2)] {
        let stub = Stub::start([(CHANGE, first), (RESET, Reply::none(204))]).await;
        stub.authorized()
            .change_own_password(&id(), &secret("Old1!"), &secret("New1!"))
            .await
            .unwrap();
        assert_eq!(stub.lines(), &[CHANGE, RESET][..lines]);
        assert_eq!(stub.seen()[0].json(), listed);
        assert!(stub.seen().get(1).is_none_or(|seen| seen.json() == sampled));
    }
}

#[tokio::test]
async fn row_30_the_failure_that_tells_more_is_told_and_others_try_nothing_else() {
    let weak = || {
        reply(
            400,
            json!({"error_description": "Invalid password: minimum length 8."}),
        )
    };
    for (first, second, lines, status) in [
        (weak(), Reply::none(204), 1, 400),
        (Reply::none(403), Reply::none(204), 1, 403),
        (Reply::none(404), weak(), 2, 400),
        (reply(422, json!({"detail": "x"})), Reply::none(404), 2, 422),
    ] {
        let stub = Stub::start([(RESET, first), (CHANGE, second)]).await;
        let error = stub
            .authorized()
            .reset_password(&id(), &secret("New1!"), false)
            .await
            .unwrap_err();
        assert_eq!((error.status(), stub.lines().len()), (Some(status), lines));
    }
}

#[tokio::test]
async fn row_32_the_answers_id_is_not_compared() {
    let path = "PUT /pty/v1/auth/users/94070ecb-8639-41f4-b3e1-fda5cc7f8888/lock";
    let stub = Stub::start([(
        path,
        reply(200, json!({"status": "locked", "user_id": "another"})),
    )])
    .await;
    stub.authorized().lock_user(&id()).await.unwrap();
}

#[tokio::test]
async fn row_33_unlock_uses_the_unlock_path() {
    let path = "PUT /pty/v1/auth/users/94070ecb-8639-41f4-b3e1-fda5cc7f8888/unlock";
    for (answer, temporary) in [
        (
            json!({"status": "unlocked", "user_id": ID, "password_temporary": true}),
            true,
        ),
        (
            json!({"status": "unlocked", "password_temporary": "false"}),
            false,
        ),
        (json!({"status": "unlocked"}), true),
    ] {
        let stub = Stub::start([(path, reply(200, answer))]).await;
        let outcome = stub
            .authorized()
            .unlock_user(&id(), &secret("StrongPasword123!"))
            .await
            .unwrap();
        assert_eq!(outcome.temporary, temporary);
        assert_eq!(stub.only().json(), json!({"password": "StrongPasword123!"}));
    }
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
async fn row_75_roles_are_optional_on_the_wire() {
    let stub = Stub::start([("POST /pty/v1/auth/users", Reply::none(201))]).await;
    stub.authorized()
        .create_user(&NewUser::new("alpha"))
        .await
        .unwrap();
    assert_eq!(stub.only().json().get("roles"), None);
}

#[tokio::test]
async fn ids_are_one_segment_whatever_they_are() {
    for (id, path) in [
        ("a/b", "a%2Fb"),
        ("a?b#c", "a%3Fb%23c"),
        ("../roles", "..%2Froles"),
        ("é %2F", "%C3%A9%20%252F"),
        ("...", "..."),
    ] {
        let stub = Stub::start([]).await;
        stub.authorized().lock_user(&UserId::new(id)).await.unwrap_err();
        assert_eq!(stub.lines(), [format!("PUT /pty/v1/auth/users/{path}/lock")]);
    }
}

async fn every_call_with(caller: &Authorized, id: &UserId) -> [Result<(), Error>; 7] {
    let password = secret("New1!");
    [
        caller.user(id).await.map(drop),
        caller.delete_user(id).await,
        caller.lock_user(id).await,
        caller.unlock_user(id, &password).await.map(drop),
        caller.reset_password(id, &password, false).await.map(drop),
        caller.change_own_password(id, &password, &password).await,
        caller.update_user(&UserUpdate::new(id.clone())).await,
    ]
}

#[tokio::test]
async fn no_empty_id_password_or_name_reaches_the_wire() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    let mut results = Vec::new();
    for id in ["", "  ", ".", ".."] {
        results.extend(every_call_with(&caller, &UserId::new(id)).await);
    }
    let (empty, password) = (secret(""), secret("New1!"));
    results.push(caller.unlock_user(&id(), &empty).await.map(drop));
    results.push(caller.reset_password(&id(), &empty, false).await.map(drop));
    results.push(caller.change_own_password(&id(), &empty, &password).await);
    results.push(caller.change_own_password(&id(), &password, &empty).await);
    results.push(caller.create_user(&NewUser::new(" ")).await.map(drop));
    results.push(caller.set_log_level(Api::Auth, "").await);
    for result in results {
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.can_retry()),
            (ErrorKind::Rejected, None, false)
        );
        assert!(
            error.to_string().starts_with("The request was not sent: the "),
            "{error}"
        );
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
}
