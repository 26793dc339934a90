//! Rows 20 to 29, 32 and 75: users.

use protegrity::{
    Authorized, Error, ErrorKind, IdentityLink, IdentityProviders, NewUser, RoleName, User, UserId,
    UserUpdate,
};
use serde_json::json;

use super::{ID, assert_refused};
use crate::support::{Reply, Stub, reply, secret};

fn id() -> UserId {
    UserId::new(ID)
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
    results.into_iter().for_each(assert_refused);
    assert_eq!(stub.lines(), Vec::<String>::new());
}
