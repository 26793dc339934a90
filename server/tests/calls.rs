//! How many calls each page makes to the cluster.

mod support;

use simulator::TokenMode;
use support::{Browser, SIGN_IN, Setup, World, password};

/// Gets a page and says which calls it made.
async fn calls(world: &World, browser: &Browser, page: &str) -> Vec<String> {
    world.simulator().clear_calls();
    let answer = browser.get(page).await;
    assert_eq!(answer.status, 200, "{page}: {}", answer.content());
    let mut calls = world.calls();
    calls.sort_unstable();
    calls
}

#[tokio::test]
async fn the_overview_asks_each_service_once() {
    let world = World::new().await;
    for name in ["admin", "helpdesk", "officer", "auditor"] {
        let browser = world.signed_in(name).await;
        assert_eq!(
            calls(&world, &browser, "/").await,
            [
                "GET /pty/v1/auth/health 200",
                "GET /pty/v1/rps/health 200",
                "GET /pty/v2/pim/health 200"
            ],
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_page_of_the_services_asks_each_for_each_fact_once() {
    let world = World::new().await;
    let browser = world.signed_in("auditor").await;
    let mut expected: Vec<_> = ["v1/auth", "v2/pim", "v1/rps"]
        .iter()
        .flat_map(|api| {
            [
                ("health", 200),
                ("ready", 204),
                ("live", 204),
                ("version", 200),
                ("log", 200),
            ]
            .map(|(fact, status)| format!("GET /pty/{api}/{fact} {status}"))
        })
        .collect();
    expected.sort_unstable();
    assert_eq!(calls(&world, &browser, "/services").await, expected);
}

#[tokio::test]
async fn the_list_of_users_takes_a_call_a_page_of_the_api_and_then_none() {
    for (users, pages) in [(0, 1), (1500, 2), (2987, 4)] {
        let world = World::with(Setup {
            users,
            ..Setup::default()
        })
        .await;
        let helpdesk = world.signed_in("helpdesk").await;
        let cold = calls(&world, &helpdesk, "/users").await;
        assert_eq!(cold.len(), pages, "{users} users: {cold:?}");
        for page in [
            "/users",
            "/users?q=alpha",
            "/users?sort=-email&state=locked",
            "/users?page=2",
        ] {
            let warm = calls(&world, &helpdesk, page).await;
            assert!(warm.is_empty(), "{page}: {warm:?}");
        }
        let auditor = world.signed_in("auditor").await;
        for expected in [1, 0] {
            let other = calls(&world, &auditor, "/users").await;
            assert_eq!(other.len(), expected, "another session: {other:?}");
        }
    }
}

#[tokio::test]
async fn a_user_takes_two_calls_and_ones_session_one() {
    let world = World::new().await;
    let id = world.id_of("alpha").await;
    for name in ["admin", "helpdesk", "auditor"] {
        let browser = world.signed_in(name).await;
        let user = [
            "GET /pty/v1/auth/roles 200".to_owned(),
            format!("GET /pty/v1/auth/users/{id} 200"),
        ];
        assert_eq!(
            calls(&world, &browser, &format!("/users/{id}")).await,
            user,
            "{name}"
        );
        let session = ["GET /pty/v1/auth/permissions 200"];
        assert_eq!(calls(&world, &browser, "/session").await, session, "{name}");
    }
    let officer = world.signed_in("officer").await;
    let none: [&str; 0] = [];
    assert_eq!(
        calls(&world, &officer, "/session").await,
        none,
        "what may not be read is not asked for"
    );
}

#[tokio::test]
async fn pages_of_the_portal_alone_take_none() {
    let world = World::with(Setup {
        demo: true,
        ..Setup::default()
    })
    .await;
    let browser = world.signed_in("admin").await;
    for page in ["/ui", "/healthz"] {
        let made = calls(&world, &browser, page).await;
        assert!(made.is_empty(), "{page}: {made:?}");
    }
    let made = calls(&world, &world.browser(), "/sign-in").await;
    assert!(made.is_empty(), "{made:?}");
}

/// The login, the roles, and where the token does not tell: the user; where it does not even say who it
/// is: the list until the user is found. The path of the login is found out once.
#[tokio::test]
async fn a_sign_in_takes_few_calls() {
    for (token_mode, first, later) in [
        (TokenMode::Claims, 2, 2),
        (TokenMode::NoClaims, 3, 3),
        (TokenMode::Opaque, 4, 4),
        (TokenMode::HeaderOnly, 4, 2),
        (TokenMode::NoRefresh, 2, 2),
    ] {
        let world = World::with(Setup {
            token_mode,
            ..Setup::default()
        })
        .await;
        for expected in [first, later] {
            world.simulator().clear_calls();
            let fields = [("user_name", "helpdesk"), ("password", password())];
            let answer = world.browser().call(SIGN_IN, &fields).await;
            assert_eq!(answer.status, 204, "{token_mode}");
            let made = world.calls();
            assert_eq!(made.len(), expected, "{token_mode}: {made:?}");
        }
    }
}
