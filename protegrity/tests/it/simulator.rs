//! The calls against the simulated cluster, which is written from the reference and not from this crate.

use crate::support::{client, client_in, config, secret};
use protegrity::{
    Api, Authorized, Claims, Client, ErrorKind, LoginFailure, LoginMode, LoginPath, NewUser, RoleName,
    UserId, UserUpdate,
};
use simulator::{DEMO_ACCOUNTS, Expire, Fault, FaultRule, Options, Running, TokenMode};

fn options(token_mode: TokenMode) -> Options {
    Options {
        users: 30,
        token_mode,
        ..Options::default()
    }
}

fn password() -> secrecy::SecretString {
    secret(DEMO_ACCOUNTS[0].password)
}

async fn signed_in(running: &Running) -> (Client, Authorized) {
    let client = client(&running.url());
    let login = client.login("admin", &password()).await.unwrap();
    let caller = client.with_token(&login.tokens.access);
    (client, caller)
}

#[tokio::test]
async fn login_finds_the_accepted_token_in_every_mode() {
    for mode in TokenMode::ALL {
        let running = Running::start(options(mode)).await;
        let client = client(&running.url());
        let login = client.login("admin", &password()).await.unwrap();
        let expected = if mode == TokenMode::HeaderOnly {
            LoginPath::Api
        } else {
            LoginPath::Pty
        };
        assert_eq!(login.tokens.path, expected, "{mode}");
        assert!(!login.roles.unwrap().unwrap().is_empty(), "{mode}");
        let caller = client.with_token(&login.tokens.access);
        assert_eq!(caller.users(0, 10).await.unwrap().len(), 10, "{mode}");
        let has_claims = !matches!(mode, TokenMode::Opaque);
        assert_eq!(Claims::of(&login.tokens.access).is_some(), has_claims, "{mode}");
        client.logout(&login.tokens).await.unwrap();
    }
}

#[tokio::test]
async fn a_token_that_is_over_is_refreshed() {
    for mode in TokenMode::ALL {
        let running = Running::start(options(mode)).await;
        running
            .simulator()
            .settings(|settings| settings.api_refresh = true);
        let client = client(&running.url());
        let tokens = client.login("admin", &password()).await.unwrap().tokens;
        running.simulator().expire(Expire::Access);
        let over = client.with_token(&tokens.access).roles().await.unwrap_err();
        assert_eq!(over.kind(), ErrorKind::Unauthorized, "{mode}");
        let refreshed = client.refresh(&tokens).await;
        if mode == TokenMode::NoRefresh {
            assert_eq!(refreshed.unwrap_err().kind(), ErrorKind::NoRefreshToken);
            continue;
        }
        client
            .with_token(&refreshed.unwrap().access)
            .roles()
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn the_header_only_trap_without_the_fallback_is_a_401() {
    let running = Running::start(options(TokenMode::HeaderOnly)).await;
    let client = client_in(&running.url(), LoginMode::Pty);
    let tokens = client.login("admin", &password()).await.unwrap().tokens;
    let error = client.with_token(&tokens.access).roles().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}

#[tokio::test]
async fn logins_that_fail() {
    let running = Running::start(options(TokenMode::Claims)).await;
    let client = client(&running.url());
    let cases = [
        ("admin", "wrong", LoginFailure::WrongCredentials),
        ("nobody", "wrong", LoginFailure::WrongCredentials),
        ("bdrift", "any", LoginFailure::AccountLocked),
        (
            "nologin",
            DEMO_ACCOUNTS[0].password,
            LoginFailure::NoTokenPermission,
        ),
        ("fault-503", "any", LoginFailure::Other),
        ("fault-html", "any", LoginFailure::Other),
    ];
    for (name, password, expected) in cases {
        let error = client.login(name, &secret(password)).await.unwrap_err();
        assert_eq!(LoginFailure::of(&error), expected, "{name}: {error:?}");
    }
    // A wrong password is tried once.
    assert_eq!(running.simulator().calls().len(), cases.len());
}

#[tokio::test]
async fn a_users_life() {
    let running = Running::start(options(TokenMode::Claims)).await;
    let (client, caller) = signed_in(&running).await;
    let new = NewUser {
        email: Some("new.person@example.com".into()),
        first_name: Some("New".into()),
        last_name: Some("Person".into()),
        password: Some(secret("Str0ng-Passw0rd!")),
        roles: vec![RoleName::new("directory_administrator")],
        ..NewUser::new("new.person")
    };
    let id = caller.create_user(&new).await.unwrap().id.unwrap();
    assert_eq!(
        caller.create_user(&new).await.unwrap_err().kind(),
        ErrorKind::Conflict
    );
    let user = caller.user(&id).await.unwrap();
    assert_eq!((user.username.as_str(), user.enabled), ("new.person", Some(true)));
    assert_eq!(
        user.roles.as_deref(),
        Some([RoleName::new("directory_administrator")].as_slice())
    );

    let update = UserUpdate {
        last_name: Some("Changed".into()),
        ..UserUpdate::new(id.clone())
    };
    caller.update_user(&update).await.unwrap();
    assert_eq!(
        caller.user(&id).await.unwrap().last_name.as_deref(),
        Some("Changed")
    );

    caller.lock_user(&id).await.unwrap();
    assert_eq!(caller.user(&id).await.unwrap().enabled, Some(false));
    let temporary = secret("Temp0rary-Passw0rd!");
    assert!(caller.unlock_user(&id, &temporary).await.unwrap().temporary);
    let error = client.login("new.person", &temporary).await.unwrap_err();
    assert_eq!(LoginFailure::of(&error), LoginFailure::TemporaryPassword);

    let lasting = secret("Last1ng-Passw0rd!");
    assert!(
        !caller
            .reset_password(&id, &lasting, false)
            .await
            .unwrap()
            .temporary
    );
    let own = client.login("new.person", &lasting).await.unwrap().tokens;
    let next = secret("N3xt-Passw0rd!!");
    client
        .with_token(&own.access)
        .change_own_password(&id, &lasting, &next)
        .await
        .unwrap();
    client.login("new.person", &next).await.unwrap();

    caller.delete_user(&id).await.unwrap();
    assert_eq!(caller.user(&id).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn pages_of_users_are_short_at_the_end() {
    let running = Running::start(options(TokenMode::Claims)).await;
    let (_, caller) = signed_in(&running).await;
    let all = caller.users(0, 1000).await.unwrap();
    assert!(all.len() > 30);
    let count = u32::try_from(all.len()).unwrap();
    let tail = caller.users(count - 3, 10).await.unwrap();
    assert_eq!(tail, all[all.len() - 3..]);
    assert_eq!(caller.users(count, 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_there_is_to_read() {
    let running = Running::start(options(TokenMode::Claims)).await;
    let (client, caller) = signed_in(&running).await;
    assert!(caller.permissions().await.unwrap().len() >= 17);
    assert!(
        caller
            .roles()
            .await
            .unwrap()
            .iter()
            .any(|role| role.name.as_str() == "security_administrator")
    );
    let policy = caller.password_policy().await.unwrap();
    assert!(policy.length.is_some() && policy.rest.is_empty(), "{policy:?}");
    for api in Api::ALL {
        assert!(client.version(api).await.unwrap().version.is_some(), "{api}");
        assert!(client.doc(api).await.unwrap().contains("openapi"), "{api}");
        assert!(caller.health(api).await.unwrap().is_healthy, "{api}");
        caller.ready(api).await.unwrap();
        caller.live(api).await.unwrap();
        let level = api.log_levels()[1];
        caller.set_log_level(api, level).await.unwrap();
        assert!(caller.log_level(api).await.unwrap().is(level), "{api}");
    }
}

#[tokio::test]
async fn what_a_person_may_not_do_is_forbidden() {
    let running = Running::start(options(TokenMode::Claims)).await;
    let client = client(&running.url());
    let tokens = client.login("auditor", &password()).await.unwrap().tokens;
    let caller = client.with_token(&tokens.access);
    let some = caller.users(0, 1).await.unwrap().remove(0);
    let error = caller.lock_user(&some.id).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Forbidden, Some(403)));
    assert!(caller.user(&UserId::new("no such user")).await.is_err());
}

#[tokio::test]
async fn a_dropped_get_is_tried_once_more_and_a_cut_one_is_not() {
    let running = Running::start(options(TokenMode::Claims)).await;
    let (_, caller) = signed_in(&running).await;
    let rule = |fault, times| {
        vec![FaultRule {
            times,
            ..FaultRule::always("/pty/v1/auth/roles", fault)
        }]
    };
    running.simulator().set_faults(rule(Fault::Drop, Some(1)));
    caller.roles().await.unwrap();
    for (fault, kind) in [
        (Fault::Drop, ErrorKind::Unreachable),
        (Fault::Truncate, ErrorKind::Unreadable),
        (Fault::NotJson, ErrorKind::Unreadable),
        (Fault::Html, ErrorKind::Upstream),
    ] {
        running.simulator().set_faults(rule(fault.clone(), None));
        assert_eq!(caller.roles().await.unwrap_err().kind(), kind, "{fault:?}");
    }
}

#[tokio::test]
async fn tls_trusts_the_given_authority_and_no_other() {
    let (running, pem) = Running::start_tls(options(TokenMode::Claims)).await;
    let mut trusting = config(&running.url());
    trusting.transport.ca_pem = Some(pem.into_bytes());
    Client::new(trusting)
        .unwrap()
        .login("admin", &password())
        .await
        .unwrap();
    let error = client(&running.url()).version(Api::Auth).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(
        error.cause().unwrap().to_lowercase().contains("cert"),
        "{error:?}"
    );
}
