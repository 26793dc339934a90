//! Logging in, refreshing and logging out, against odd clusters.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::{Raw, Reply, Stub, client_in, raw, reply, secret};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use protegrity::{AccessToken, Client, ErrorKind, LoginFailure, LoginMode, LoginPath, RefreshToken, Tokens};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

const PTY: &str = "POST /pty/v1/auth/login/token";
const API: &str = "POST /api/v1/auth/login/token";
const ROLES: &str = "GET /pty/v1/auth/roles";

fn gives(token: &str) -> Reply {
    let data = json!({"accessToken": "from-body", "refreshToken": "refresh", "expiresIn": 60, "refreshExpiresIn": 900});
    reply(200, json!({"status": 0, "data": data, "messages": []})).with("pty_access_jwt_token", token)
}

fn roles() -> Reply {
    reply(200, json!([{"name": "security_administrator"}]))
}

fn wrong() -> Reply {
    reply(
        401,
        json!({"error": "invalid_grant", "error_description": "Invalid user credentials"}),
    )
}

fn held(path: LoginPath) -> Tokens {
    Tokens {
        access: AccessToken::new("held-access"),
        refresh: Some(RefreshToken::new("held-refresh")),
        expires_in: Duration::from_mins(1),
        refresh_expires_in: None,
        path,
    }
}

async fn log_in(client: &Client) -> Result<protegrity::Login, protegrity::Error> {
    client.login("admin", &secret("Str&ng p=ss!")).await
}

#[tokio::test]
async fn row_01_the_headers_token_is_preferred_and_the_bodys_is_the_fallback() {
    let body = json!({"status": 0, "data": {"accessToken": "from-body"}, "messages": []});
    let flat = json!({"access_token": "from-body", "expires_in": "60"});
    let cases = [
        (
            reply(200, &body).with("pty_access_jwt_token", "from-header"),
            Some("from-header"),
        ),
        (
            reply(201, &body).with("pty_access_jwt_token", "  Bearer from-header "),
            Some("from-header"),
        ),
        (
            reply(200, &body).with("pty_access_jwt_token", ""),
            Some("from-body"),
        ),
        (
            reply(200, json!({"status": 0, "messages": [], "data": null})).with("pty_access_jwt_token", "x"),
            Some("x"),
        ),
        (Reply::none(204).with("pty_access_jwt_token", "x"), Some("x")),
        (reply(200, &body), Some("from-body")),
        (reply(200, &flat), Some("from-body")),
        (
            reply(200, json!({"status": 0, "data": null, "messages": []})),
            None,
        ),
        (reply(200, "not JSON"), None),
    ];
    for (answer, expected) in cases {
        let label = format!("{answer:?}");
        let stub = Stub::start([(PTY, answer)]).await;
        let result = log_in(&client_in(&stub.url, LoginMode::Pty)).await;
        match (result, expected) {
            (Ok(login), Some(expected)) => {
                assert_eq!(login.tokens.access.expose_secret(), expected, "{label}");
                assert!(login.roles.is_none());
            }
            (Err(error), None) => assert_eq!(error.kind(), ErrorKind::Unreadable, "{label}"),
            (result, _) => panic!("{label}: {result:?}"),
        }
    }
}

#[tokio::test]
async fn row_01_the_headers_name_knows_no_case_and_may_come_twice() {
    let body = r#"{"status":0,"data":{"accessToken":"from-body"},"messages":[]}"#;
    for headers in [
        "PTY_ACCESS_JWT_TOKEN: from-header",
        "pty_access_jwt_token: \r\nPty_Access_JWT_Token: from-header",
    ] {
        let server = Raw::start(vec![raw(&format!("200 OK\r\n{headers}"), body, 0)]).await;
        let login = log_in(&client_in(&server.url, LoginMode::Pty)).await.unwrap();
        assert_eq!(login.tokens.access.expose_secret(), "from-header", "{headers}");
    }
}

#[tokio::test]
async fn row_02_the_login_is_a_proper_form() {
    let stub = Stub::start([(PTY, gives("x"))]).await;
    log_in(&client_in(&stub.url, LoginMode::Pty)).await.unwrap();
    let seen = stub.only();
    assert_eq!(seen.body, "loginname=admin&password=Str%26ng+p%3Dss%21");
    assert_eq!(
        seen.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(
        (seen.header("accept"), seen.header("authorization")),
        (Some("application/json"), None)
    );
}

#[tokio::test]
async fn lifetimes_come_from_the_body_else_from_the_token_else_from_the_reference() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let jwt = |exp: u64| {
        format!(
            "e30.{}.s",
            URL_SAFE_NO_PAD.encode(json!({"exp": exp}).to_string())
        )
    };
    let cases = [
        (
            json!({"expiresIn": 60, "refreshExpiresIn": "900"}),
            jwt(now + 600),
            60,
            Some(900),
        ),
        (json!({}), jwt(now + 600), 600, None),
        (json!({"expiresIn": 0}), jwt(now + 600), 600, None),
        (json!({"expiresIn": -1}), jwt(now - 600), 300, None),
        (json!({"expiresIn": null}), "opaque".to_owned(), 300, None),
    ];
    for (data, token, expected, refresh) in cases {
        let stub = Stub::start([(
            PTY,
            reply(200, json!({"data": data, "status": 0})).with("pty_access_jwt_token", &token),
        )])
        .await;
        let tokens = log_in(&client_in(&stub.url, LoginMode::Pty))
            .await
            .unwrap()
            .tokens;
        let (least, most) = (Duration::from_secs(expected - 5), Duration::from_secs(expected));
        assert!(
            (least..=most).contains(&tokens.expires_in),
            "{data}: {:?}",
            tokens.expires_in
        );
        assert_eq!(tokens.refresh_expires_in, refresh.map(Duration::from_secs));
    }
}

#[tokio::test]
async fn auto_keeps_the_first_path_when_its_token_is_taken_and_403_is_taken() {
    for (answer, kind) in [
        (roles(), None),
        (Reply::none(403), Some(ErrorKind::Forbidden)),
        (Reply::none(503), Some(ErrorKind::Upstream)),
    ] {
        let stub = Stub::start([(PTY, gives("good")), (ROLES, answer)]).await;
        let login = log_in(&stub.client()).await.unwrap();
        assert_eq!(login.tokens.path, LoginPath::Pty);
        assert_eq!(login.roles.unwrap().err().map(|error| error.kind()), kind);
        assert_eq!(stub.lines(), [PTY, ROLES]);
        assert_eq!(stub.seen()[1].header("authorization"), Some("Bearer good"));
    }
}

#[tokio::test]
async fn auto_falls_back_to_the_other_path_and_remembers_it() {
    let api = reply(200, json!({"status": 0, "data": null})).with("PTY_ACCESS_JWT_TOKEN", "good");
    let stub = Stub::start([
        (PTY, gives("bad")),
        (API, api),
        (ROLES, Reply::none(401)),
        (ROLES, roles()),
    ])
    .await;
    let client = stub.client();
    for _ in 0..2 {
        let login = log_in(&client).await.unwrap();
        assert_eq!(
            (login.tokens.path, login.tokens.refresh.is_none()),
            (LoginPath::Api, true)
        );
        assert_eq!(login.roles.unwrap().unwrap().len(), 1);
    }
    assert_eq!(stub.lines(), [PTY, ROLES, API, ROLES, API, ROLES]);
}

#[tokio::test]
async fn auto_falls_back_from_the_remembered_path_too() {
    let stub = Stub::start([
        (PTY, Reply::none(405)),
        (PTY, gives("good")),
        (API, gives("good")),
        (ROLES, roles()),
        (ROLES, Reply::none(401)),
        (ROLES, roles()),
    ])
    .await;
    let client = stub.client();
    assert_eq!(log_in(&client).await.unwrap().tokens.path, LoginPath::Api);
    assert_eq!(log_in(&client).await.unwrap().tokens.path, LoginPath::Pty);
    assert_eq!(stub.lines(), [PTY, API, ROLES, API, ROLES, PTY, ROLES]);
}

#[tokio::test]
async fn auto_distinguishes_a_refused_token_from_a_wrong_password() {
    for second in [
        gives("bad"),
        wrong(),
        Reply::none(404),
        Reply::html(200),
        Reply::none(302),
    ] {
        let stub = Stub::start([(PTY, gives("bad")), (API, second), (ROLES, Reply::none(401))]).await;
        let error = log_in(&stub.client()).await.unwrap_err();
        assert_eq!(
            LoginFailure::of(&error),
            LoginFailure::TokenNotAccepted,
            "{error:?}"
        );
    }
    let stub = Stub::start([
        (PTY, gives("bad")),
        (API, Reply::none(503)),
        (ROLES, Reply::none(401)),
    ])
    .await;
    let error = log_in(&stub.client()).await.unwrap_err();
    assert_eq!(
        (error.kind(), LoginFailure::of(&error)),
        (ErrorKind::Upstream, LoginFailure::Other)
    );
}

#[tokio::test]
async fn failures_at_the_login_are_distinguished_and_no_second_path_is_tried() {
    let keycloak = |description: &str| json!({"error": "invalid_grant", "error_description": description});
    let esa = |status: u16, text: &str| json!({"status": status, "messages": [text], "data": null});
    let cases = [
        (wrong(), LoginFailure::WrongCredentials),
        (Reply::none(401), LoginFailure::WrongCredentials),
        (
            reply(401, esa(401, "Incorrect credentials")),
            LoginFailure::WrongCredentials,
        ),
        (
            reply(400, keycloak("Invalid user credentials")),
            LoginFailure::WrongCredentials,
        ),
        (
            reply(400, json!({"detail": keycloak("Account disabled")})),
            LoginFailure::AccountLocked,
        ),
        (
            reply(401, json!({"detail": "User account is locked"})),
            LoginFailure::AccountLocked,
        ),
        (
            reply(400, keycloak("Account is not fully set up")),
            LoginFailure::TemporaryPassword,
        ),
        (
            reply(403, esa(403, "User does not have permission to create JWT")),
            LoginFailure::NoTokenPermission,
        ),
        (Reply::none(403), LoginFailure::NoTokenPermission),
        (
            reply(200, esa(403, "User does not have permission to create JWT")),
            LoginFailure::NoTokenPermission,
        ),
        (
            reply(200, json!({"status": 1, "messages": ["Incorrect credentials"]})),
            LoginFailure::WrongCredentials,
        ),
        (reply(400, esa(400, "Incorrect syntax")), LoginFailure::Other),
        (
            reply(422, json!({"detail": [{"loc": ["body"], "msg": "missing"}]})),
            LoginFailure::Other,
        ),
        (Reply::text(503, "locked up"), LoginFailure::Other),
        (Reply::none(429), LoginFailure::Other),
    ];
    for (answer, expected) in cases {
        let label = format!("{answer:?}");
        let stub = Stub::start([(PTY, answer), (API, gives("x"))]).await;
        let error = log_in(&stub.client()).await.unwrap_err();
        assert_eq!(LoginFailure::of(&error), expected, "{label}");
        assert_eq!(stub.lines(), [PTY], "{label}");
    }
}

#[tokio::test]
async fn a_fixed_path_is_not_probed_and_has_no_fallback() {
    for (mode, path, line) in [
        (LoginMode::Pty, LoginPath::Pty, PTY),
        (LoginMode::Api, LoginPath::Api, API),
    ] {
        let stub = Stub::start([(line, gives("x"))]).await;
        assert_eq!(
            log_in(&client_in(&stub.url, mode)).await.unwrap().tokens.path,
            path
        );
        assert_eq!(stub.lines(), [line]);
        let stub = Stub::start([]).await;
        assert_eq!(
            log_in(&client_in(&stub.url, mode)).await.unwrap_err().kind(),
            ErrorKind::NotFound
        );
        assert_eq!(stub.lines(), [line]);
    }
}

#[tokio::test]
async fn row_03_refresh_goes_to_the_sampled_path_and_to_the_other_only_where_that_is_missing() {
    const PTY_SAMPLED: &str = "POST /pty/v1/auth/login/token/refresh";
    const PTY_LISTED: &str = "POST /pty/v1/auth/login/refresh";
    const API_SAMPLED: &str = "POST /api/v1/auth/login/token/refresh";
    const API_LISTED: &str = "POST /api/v1/auth/login/refresh";
    let cases = [
        (LoginPath::Pty, PTY_SAMPLED, LoginPath::Pty, vec![PTY_SAMPLED]),
        (
            LoginPath::Pty,
            PTY_LISTED,
            LoginPath::Pty,
            vec![PTY_SAMPLED, PTY_LISTED],
        ),
        (LoginPath::Api, API_SAMPLED, LoginPath::Api, vec![API_SAMPLED]),
        (
            LoginPath::Api,
            PTY_SAMPLED,
            LoginPath::Pty,
            vec![API_SAMPLED, API_LISTED, PTY_SAMPLED],
        ),
    ];
    for (from, there, to, lines) in cases {
        let stub = Stub::start([(there, gives("new"))]).await;
        let tokens = stub.client().refresh(&held(from)).await.unwrap();
        assert_eq!((tokens.access.expose_secret(), tokens.path), ("new", to));
        assert_eq!(tokens.refresh.unwrap().expose_secret(), "refresh");
        assert_eq!(stub.lines(), lines);
        assert_eq!(stub.seen()[0].json(), json!({"refreshToken": "held-refresh"}));
    }
    let stub = Stub::start([(
        PTY_SAMPLED,
        reply(400, json!({"error_description": "Token is not active"})),
    )])
    .await;
    let error = stub.client().refresh(&held(LoginPath::Pty)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.upstream_message()),
        (ErrorKind::Rejected, Some("Token is not active"))
    );
    assert_eq!(stub.lines(), [PTY_SAMPLED]);
    let stub = Stub::start([]).await;
    assert_eq!(
        stub.client()
            .refresh(&held(LoginPath::Pty))
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn row_04_the_bearer_is_sent_when_held_and_the_refresh_works_without() {
    const REFRESH: &str = "POST /pty/v1/auth/login/token/refresh";
    let bearers = |stub: &Stub| -> Vec<Option<String>> {
        stub.seen()
            .iter()
            .map(|seen| seen.header("authorization").map(str::to_owned))
            .collect()
    };
    let bearer = || Some("Bearer held-access".to_owned());

    let stub = Stub::start([(REFRESH, gives("new"))]).await;
    stub.client().refresh(&held(LoginPath::Pty)).await.unwrap();
    assert_eq!(bearers(&stub), [bearer()]);

    let stub = Stub::start([(REFRESH, Reply::none(401)), (REFRESH, gives("new"))]).await;
    stub.client().refresh(&held(LoginPath::Pty)).await.unwrap();
    assert_eq!(bearers(&stub), [bearer(), None]);

    let over = format!("e30.{}.s", URL_SAFE_NO_PAD.encode(r#"{"exp":1000}"#));
    let stub = Stub::start([(REFRESH, gives("new"))]).await;
    let tokens = Tokens {
        access: AccessToken::new(over),
        ..held(LoginPath::Pty)
    };
    stub.client().refresh(&tokens).await.unwrap();
    assert_eq!(bearers(&stub), [None]);
}

#[tokio::test]
async fn a_refresh_that_gives_no_refresh_token_keeps_the_old_one() {
    let answer = reply(200, json!({"status": 0, "data": {"accessToken": "new"}}));
    let stub = Stub::start([("POST /pty/v1/auth/login/token/refresh", answer)]).await;
    let tokens = stub.client().refresh(&held(LoginPath::Pty)).await.unwrap();
    assert_eq!(tokens.refresh.unwrap().expose_secret(), "held-refresh");
}

#[tokio::test]
async fn without_a_refresh_token_nothing_is_sent() {
    let stub = Stub::start([]).await;
    let tokens = Tokens {
        refresh: None,
        ..held(LoginPath::Api)
    };
    assert_eq!(
        stub.client().refresh(&tokens).await.unwrap_err().kind(),
        ErrorKind::NoRefreshToken
    );
    stub.client().logout(&tokens).await.unwrap();
    assert_eq!(stub.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn logout_sends_the_refresh_token() {
    const PTY: &str = "POST /pty/v1/auth/logout";
    const API: &str = "POST /api/v1/auth/logout";
    let done = || {
        reply(
            200,
            json!({"status": 0, "data": {"message": "Token invalidated successfully."}, "messages": []}),
        )
    };
    for (path, there, lines) in [
        (LoginPath::Pty, PTY, vec![PTY]),
        (LoginPath::Api, API, vec![API]),
        (LoginPath::Api, PTY, vec![API, PTY]),
    ] {
        let stub = Stub::start([(there, done())]).await;
        stub.client().logout(&held(path)).await.unwrap();
        assert_eq!(stub.lines(), lines);
        let last = stub.seen().pop().unwrap();
        assert_eq!(last.json(), json!({"refreshToken": "held-refresh"}));
        assert_eq!(last.header("authorization"), Some("Bearer held-access"));
    }
}

#[tokio::test]
async fn no_error_repeats_what_was_sent() {
    let echo: Value = json!({"message": "Str&ng p=ss! and 127.0.0.1 and held-refresh and held-access"});
    let stub = Stub::start([
        (PTY, reply(400, &echo)),
        ("POST /pty/v1/auth/logout", reply(400, &echo)),
    ])
    .await;
    let login = log_in(&client_in(&stub.url, LoginMode::Pty)).await.unwrap_err();
    let logout = stub.client().logout(&held(LoginPath::Pty)).await.unwrap_err();
    for (error, secrets) in [
        (login, ["Str&ng p=ss!", "127.0.0.1"].as_slice()),
        (logout, &["held-refresh", "held-access", "127.0.0.1"]),
    ] {
        let shown = format!("{error} {error:?}");
        for secret in secrets {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}
