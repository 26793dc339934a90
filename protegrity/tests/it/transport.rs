//! What holds for every call to the cluster. The transport's own tests are in `upstream`.

use std::sync::Arc;

use protegrity::{
    AccessToken, Alias, Api, EntraTrial, Error, ErrorKind, Fingerprint, PackageRequest, Specification,
    TokenFailure, TokenSource, UserId, pim::Item,
};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::support::{Reply, Stub, TOKEN, client, reply, secret};

const ROLES: &str = "GET /pty/v1/auth/roles";
const LOCK: &str = "PUT /pty/v1/auth/users/1/lock";
const OWN_PASSWORD: &str = "PUT /pty/v1/auth/users/1/password";

#[tokio::test]
async fn row_07_every_call_has_the_bearer() {
    let stub = Stub::start([(ROLES, reply(200, "[]")), (LOCK, Reply::none(204))]).await;
    stub.authorized().roles().await.unwrap();
    stub.authorized().lock_user(&UserId::new("1")).await.unwrap();
    for seen in stub.seen() {
        assert_eq!(
            seen.header("authorization"),
            Some(format!("Bearer {TOKEN}").as_str())
        );
        assert_eq!(seen.header("accept"), Some("application/json"));
    }
}

#[tokio::test]
async fn errors_name_the_cluster() {
    let stub = Stub::start([(ROLES, Reply::html(502))]).await;
    let error = stub.authorized().roles().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "The Protegrity cluster failed (502 Bad Gateway)"
    );
    assert_eq!(
        (error.system(), error.endpoint()),
        (protegrity::SYSTEM, "GET /roles")
    );
}

#[tokio::test]
async fn lists_are_read_bare_and_wrapped() {
    let rows = json!([{"name": "a", "permissions": ["x"]}, "b", {"description": "nameless"}, null]);
    let bodies = [
        rows.clone(),
        json!({"status": 0, "data": rows, "messages": []}),
        json!({"data": rows}),
        json!({"items": rows}),
        json!({"roles": rows}),
    ];
    for body in bodies {
        let stub = Stub::start([(ROLES, reply(206, &body))]).await;
        let roles = stub.authorized().roles().await.unwrap();
        let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        assert_eq!(names, ["a", "b"], "{body}");
    }
    for empty in [
        Reply::none(204),
        reply(200, "null"),
        reply(200, ""),
        reply(200, "\u{feff}[]"),
    ] {
        let stub = Stub::start([(ROLES, empty)]).await;
        assert_eq!(stub.authorized().roles().await.unwrap(), []);
    }
}

/// Gives `old`, then `new`.
struct Session;

#[async_trait::async_trait]
impl TokenSource for Session {
    async fn token(&self) -> Result<AccessToken, Error> {
        Ok(AccessToken::new("old"))
    }

    async fn renew(&self, spent: &AccessToken) -> Result<AccessToken, Error> {
        assert_eq!(spent.expose_secret(), "old");
        Ok(AccessToken::new("new"))
    }

    async fn rejected(&self, _: &AccessToken, _: Error) -> Error {
        Error::no_token(protegrity::SYSTEM, TokenFailure::SignInAgain)
    }
}

#[tokio::test]
async fn a_sessions_token_is_renewed_by_every_call_but_the_change_of_ones_own_password() {
    let stub = Stub::start([
        (ROLES, Reply::none(401)),
        (ROLES, reply(200, "[]")),
        (LOCK, Reply::none(401)),
        (OWN_PASSWORD, Reply::none(401)),
    ])
    .await;
    let (client, id) = (client(&stub.url), UserId::new("1"));
    let session = client.with_tokens(Arc::new(Session));
    session.roles().await.unwrap();
    let locked = session.lock_user(&id).await.unwrap_err();
    assert_eq!(locked.kind(), ErrorKind::NoToken(TokenFailure::SignInAgain));
    let (old, new) = (secret("Old1!"), secret("New1!"));
    let changed = session.change_own_password(&id, &old, &new).await.unwrap_err();
    assert_eq!(
        (changed.kind(), changed.status()),
        (ErrorKind::Unauthorized, Some(401))
    );
    assert_eq!(stub.lines(), [ROLES, ROLES, LOCK, LOCK, OWN_PASSWORD]);
    let bearers: Vec<_> = stub
        .seen()
        .into_iter()
        .map(|seen| seen.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(
        bearers,
        [
            "Bearer old",
            "Bearer new",
            "Bearer old",
            "Bearer new",
            "Bearer old"
        ]
    );
}

#[test]
fn calls_may_move_between_threads() {
    fn is_send(_: impl Send) {}
    let client = client("http://127.0.0.1:9");
    let (caller, password) = (client.with_token(&AccessToken::new(TOKEN)), secret("x"));
    is_send(client.login("admin", &password));
    is_send(caller.roles());
    is_send(caller.reset_password(&UserId::new("1"), &password, true));
    is_send(caller.groups(0, 1));
    is_send(caller.saml_mappers(&Alias::new("a")));
    is_send(caller.test_entra_config(&EntraTrial::Stored));
    is_send(caller.search_entra_users(None, 0, 1));
    is_send(caller.import_entra_users(&[], true));
    let (role, specification) = ("1".into(), Specification::new(Api::Pim, String::new()));
    is_send(caller.pim().members(&role));
    is_send(caller.pim().deploy(&[]));
    is_send(caller.pim().delete(&specification, &Item::Role("1".into())));
    is_send(caller.export_package(&PackageRequest {
        fingerprint: Fingerprint::new("aa"),
        version: 1,
        core_version: 1,
    }));
    is_send((client.clone(), caller.clone()));
}
