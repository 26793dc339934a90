//! Tokens: both logins in every mode, refresh, logout, expiry, lifespan.

use crate::helper::{AUTH, Cluster, PASSWORD, answer, claims, invalid_grant};
use serde_json::{Value, json};
use simulator::{Expire, TokenMode};

const API: &str = "/api/v1/auth";

struct Expected {
    mode: TokenMode,
    /// Whether the `/pty` login returns a refresh token.
    refresh: bool,
    /// Whether a token is a JWT.
    jwt: bool,
    /// The status of `GET /users` with each token: of `/pty` in header and body, of `/api` in header and body.
    statuses: [u16; 4],
}

#[tokio::test]
async fn every_mode_of_both_logins() {
    let lenient = [200; 4];
    let expected = [
        Expected {
            mode: TokenMode::Claims,
            refresh: true,
            jwt: true,
            statuses: lenient,
        },
        Expected {
            mode: TokenMode::NoClaims,
            refresh: true,
            jwt: true,
            statuses: lenient,
        },
        Expected {
            mode: TokenMode::Opaque,
            refresh: true,
            jwt: false,
            statuses: lenient,
        },
        Expected {
            mode: TokenMode::HeaderOnly,
            refresh: true,
            jwt: true,
            statuses: [401, 401, 200, 401],
        },
        Expected {
            mode: TokenMode::NoRefresh,
            refresh: false,
            jwt: true,
            statuses: lenient,
        },
    ];
    for Expected {
        mode,
        refresh,
        jwt,
        statuses,
    } in expected
    {
        let cluster = Cluster::of(mode).await;
        let mut tokens = Vec::new();
        for (base, refresh) in [(AUTH, refresh), (API, false)] {
            let login = cluster.login(base, "ADMIN", PASSWORD).await;
            let body = login.json();
            assert_eq!(
                (login.status, &body["status"], &body["messages"]),
                (200, &json!(0), &json!([]))
            );
            assert_eq!(body["data"]["expiresIn"], 300, "{mode} {base}");
            assert_eq!(
                body["data"].get("refreshToken").is_some(),
                refresh,
                "{mode} {base}"
            );
            assert_eq!(
                body["data"].get("refreshExpiresIn"),
                refresh.then_some(&json!(900)),
                "{mode} {base}"
            );
            tokens.extend([login.token(), login.data("accessToken")]);
        }
        assert_ne!(
            tokens[0], tokens[1],
            "{mode}: header and body carry different tokens"
        );
        for (token, status) in tokens.iter().zip(statuses) {
            assert_eq!(token.split('.').count() == 3, jwt, "{mode}");
            let listed = cluster.call(token, "GET", "/users", Value::Null).await;
            assert_eq!(listed.status, status, "{mode}");
            if status == 401 {
                assert_eq!(
                    (listed.header("content-type"), listed.text.as_str()),
                    ("text/plain".to_owned(), "")
                );
            }
        }
    }
}

#[tokio::test]
async fn the_mode_selects_the_claims() {
    let token = Cluster::of(TokenMode::NoClaims).await.token("admin").await;
    let few = claims(&token);
    assert_eq!(
        few.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["exp", "iat", "preferred_username", "sub"]
    );

    let cluster = Cluster::start().await;
    let token = cluster.token("admin").await;
    let full = claims(&token);
    assert_eq!(full["sub"], cluster.id_of(&token, "admin").await);
    assert_eq!(full["exp"].as_u64().unwrap() - full["iat"].as_u64().unwrap(), 300);
    let roles = full["realm_access"]["roles"].as_array().unwrap();
    for expected in [
        "security_administrator",
        "user_manager_admin",
        "workbench_management_policy_write",
    ] {
        assert!(roles.contains(&json!(expected)), "{expected} in {roles:?}");
    }
}

#[tokio::test]
async fn invalid_logins_are_refused() {
    let cluster = Cluster::start().await;
    let esa = |status: u16, message: &str| json!({ "status": status, "messages": [message], "data": null });
    let wrong = invalid_grant("Invalid user credentials");
    let cases = [
        ("admin", "wrong", 401, wrong.clone()),
        ("unknown", PASSWORD, 401, wrong.clone()),
        ("alpha", PASSWORD, 401, wrong),
        ("bdrift", "any", 400, invalid_grant("Account disabled")),
        (
            "nologin",
            PASSWORD,
            403,
            esa(403, "User does not have permission to create JWT"),
        ),
        ("", PASSWORD, 400, esa(400, "Incorrect syntax")),
    ];
    for (user, password, status, body) in cases {
        for base in [AUTH, API] {
            let login = cluster.login(base, user, password).await;
            assert!(login.headers.get("pty_access_jwt_token").is_none());
            login.check(status, body.clone());
        }
    }
    let incomplete = cluster
        .request("POST", "/pty/v1/auth/login/token")
        .form(&[("loginname", "admin")]);
    answer(incomplete).await.check(400, esa(400, "Incorrect syntax"));
}

#[tokio::test]
async fn a_refresh_token_works_once_and_not_after_logout() {
    let cluster = Cluster::start().await;
    let login = cluster.login(AUTH, "helpdesk", PASSWORD).await;
    let first = login.data("refreshToken");
    assert_eq!(claims(&first)["typ"], "Refresh");
    let refreshed = cluster.refresh(&first).await;
    let second = refreshed.data("refreshToken");
    assert_eq!(refreshed.status, 200);
    assert_ne!(first, second);
    cluster
        .refresh(&first)
        .await
        .check(400, invalid_grant("Token is not active"));
    cluster
        .refresh("made up")
        .await
        .check(400, invalid_grant("Invalid refresh token"));

    let body = json!({ "refreshToken": second });
    let done =
        json!({ "status": 0, "data": { "message": "Token invalidated successfully." }, "messages": [] });
    cluster
        .call("", "POST", "/logout", body.clone())
        .await
        .check(200, done.clone());
    cluster
        .call("", "POST", "/logout", body)
        .await
        .check(400, invalid_grant("Session not active"));
    cluster
        .refresh(&second)
        .await
        .check(400, invalid_grant("Session not active"));
    let still = cluster
        .call(&refreshed.token(), "GET", "/users", Value::Null)
        .await;
    assert_eq!(still.status, 200, "an access token is valid until it expires");

    let gateway = cluster.login(API, "helpdesk", PASSWORD).await;
    cluster
        .call_at(&gateway.token(), "POST", "/api/v1/auth/logout", Value::Null)
        .await
        .check(200, done);
    assert_eq!(
        cluster
            .call_at("", "POST", "/api/v1/auth/logout", Value::Null)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_locked_or_stripped_user_gets_no_new_tokens() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    for (user, method, path, body, status) in [
        ("helpdesk", "PUT", "/users/{id}/lock", Value::Null, 400),
        ("officer", "DELETE", "/users/{id}", Value::Null, 400),
        (
            "auditor",
            "PUT",
            "/users",
            json!({ "username": "auditor", "roles": ["security_viewer"] }),
            403,
        ),
    ] {
        let login = cluster.login(AUTH, user, PASSWORD).await;
        let id = cluster.id_of(&admin, user).await;
        assert_eq!(
            cluster
                .call(&admin, method, &path.replace("{id}", &id), body)
                .await
                .status,
            200
        );
        assert_eq!(
            cluster.refresh(&login.data("refreshToken")).await.status,
            status,
            "{user}"
        );
        let health = cluster.call(&login.token(), "GET", "/health", Value::Null).await;
        assert_eq!(
            health.status, 200,
            "{user}'s access token is valid until it expires"
        );
    }
}

#[tokio::test]
async fn tokens_expire_on_demand() {
    let cluster = Cluster::start().await;
    for (what, access, refresh) in [
        (Expire::Access, 401, 200),
        (Expire::Refresh, 200, 400),
        (Expire::All, 401, 400),
    ] {
        let login = cluster.login(AUTH, "admin", PASSWORD).await;
        let answer = cluster
            .call_at("", "POST", "/_simulator/expire", json!({ "what": what }))
            .await;
        assert_eq!(answer.status, 204);
        assert_eq!(
            cluster
                .call(&login.token(), "GET", "/users", Value::Null)
                .await
                .status,
            access,
            "{what:?}"
        );
        assert_eq!(
            cluster.refresh(&login.data("refreshToken")).await.status,
            refresh,
            "{what:?}"
        );
    }
    assert_eq!(
        cluster.call("made up", "GET", "/users", Value::Null).await.status,
        401
    );
}

#[tokio::test]
async fn the_lifespan_sets_both_tokens() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    for wrong in [json!(0), json!(-5), json!("600"), Value::Null] {
        let body = json!({ "accessTokenLifespan": wrong });
        assert_eq!(
            cluster
                .call(&admin, "POST", "/token/lifespan/update", body)
                .await
                .status,
            422
        );
    }
    let body = json!({ "accessTokenLifespan": 1 });
    let done = cluster.call(&admin, "POST", "/token/lifespan/update", body).await;
    done.check(200, "Token lifespan updated successfully.");
    let login = cluster.login(AUTH, "admin", PASSWORD).await;
    assert_eq!(login.json()["data"]["refreshExpiresIn"], 601);
    tokio::time::sleep(std::time::Duration::from_millis(1050)).await;
    assert_eq!(
        cluster
            .call(&login.token(), "GET", "/users", Value::Null)
            .await
            .status,
        401
    );
    assert_eq!(cluster.refresh(&login.data("refreshToken")).await.status, 200);
}

#[tokio::test]
async fn no_refresh_mode_refuses_earlier_tokens() {
    let cluster = Cluster::start().await;
    let token = cluster.login(AUTH, "admin", PASSWORD).await.data("refreshToken");
    let settings = cluster
        .call_at(
            "",
            "PUT",
            "/_simulator/settings",
            json!({ "token_mode": "no-refresh" }),
        )
        .await;
    assert_eq!(
        (settings.status, &settings.json()["token_mode"]),
        (200, &json!("no-refresh"))
    );
    cluster
        .refresh(&token)
        .await
        .check(400, invalid_grant("Invalid refresh token"));
}

#[tokio::test]
async fn the_lock_out_is_off_by_default() {
    let cluster = Cluster::start().await;
    for _ in 0..5 {
        assert_eq!(cluster.login(AUTH, "admin", "wrong").await.status, 401);
    }
    assert_eq!(cluster.login(AUTH, "admin", PASSWORD).await.status, 200);
    cluster
        .running
        .simulator()
        .settings(|settings| settings.lockout_failures = 2);
    for _ in 0..2 {
        assert_eq!(cluster.login(AUTH, "admin", "wrong").await.status, 401);
    }
    let locked = cluster.login(AUTH, "admin", PASSWORD).await;
    locked.check(401, invalid_grant("Invalid user credentials"));
}

#[test]
fn mode_names_round_trip() {
    for mode in TokenMode::ALL {
        assert_eq!(mode.to_string().parse::<TokenMode>().unwrap(), mode);
    }
    assert!(
        "jwt"
            .parse::<TokenMode>()
            .unwrap_err()
            .to_string()
            .contains("header-only")
    );
}
