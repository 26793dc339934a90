//! How many calls each page makes to the cluster.

use crate::support::{Browser, SIGN_IN, Setup, World, begin, begin_import, finished, password};
use simulator::TokenMode;

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
async fn a_user_takes_a_call_for_each_thing_shown_and_ones_session_one() {
    let world = World::new().await;
    let id = world.id_of("alpha").await;
    for name in ["admin", "helpdesk", "auditor"] {
        let browser = world.signed_in(name).await;
        let mut user = vec![
            "GET /pty/v1/auth/groups?max=1000&first=0 200".to_owned(),
            "GET /pty/v1/auth/passwordpolicy 200".to_owned(),
            "GET /pty/v1/auth/roles 200".to_owned(),
            format!("GET /pty/v1/auth/users/{id} 200"),
        ];
        // The rules of passwords are for whoever may set one and read them.
        user.retain(|call| name == "admin" || !call.contains("passwordpolicy"));
        // Roles and groups are kept: the groups for all who may read them, after being let in by one call.
        let seen = calls(&world, &browser, &format!("/users/{id}")).await;
        let plain = |calls: &[String]| -> Vec<String> {
            let cut = |call: &String| call.replace("max=1&", "max=1000&");
            calls.iter().map(cut).collect()
        };
        assert_eq!(plain(&seen), user, "{name}");
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
async fn a_user_in_no_group_takes_two_calls() {
    let world = World::new().await;
    let id = world.id_of("svc-backup").await;
    let browser = world.signed_in("helpdesk").await;
    let page = format!("/users/{id}");
    let user = format!("GET /pty/v1/auth/users/{id} 200");
    let cold = calls(&world, &browser, &page).await;
    assert_eq!(cold, ["GET /pty/v1/auth/roles 200", &user]);
    assert_eq!(
        calls(&world, &browser, &page).await,
        [user.as_str()],
        "the roles are kept"
    );
}

/// Each form asks for what there is to choose from, and for no more than its person may read.
#[tokio::test]
async fn the_forms_of_users_take_a_call_for_each_choice() {
    const GROUPS: &str = "GET /pty/v1/auth/groups?max=1000&first=0 200";
    const POLICY: &str = "GET /pty/v1/auth/passwordpolicy 200";
    const ROLES: &str = "GET /pty/v1/auth/roles 200";
    const SAML: &str = "GET /pty/v1/auth/saml/providers 200";
    let world = World::new().await;
    let id = world.id_of("alpha").await;
    let user = format!("GET /pty/v1/auth/users/{id} 200");
    let edit = format!("/users/{id}/edit");
    for (name, page, expected) in [
        ("helpdesk", "/users/new", vec![ROLES]),
        ("admin", "/users/new", vec![POLICY, ROLES, SAML]),
        ("helpdesk", "/users/import", vec![]),
        ("helpdesk", &edit, vec![GROUPS, &user]),
        ("helpdesk", "/users/many", vec![]),
    ] {
        world.simulator().clear_calls();
        let browser = world.signed_in(name).await;
        let seen = calls(&world, &browser, page).await;
        // Roles that were read lately are kept for whoever may read them.
        let seen: Vec<_> = seen.iter().filter(|call| *call != ROLES).collect();
        let expected: Vec<_> = expected.iter().filter(|call| **call != ROLES).collect();
        assert_eq!(seen, expected, "{page} for {name}");
    }
}

/// The users are known by the list; each row takes what it needs.
#[tokio::test]
async fn what_is_done_to_many_takes_as_many_calls() {
    let world = World::new().await;
    let browser = world.signed_in("helpdesk").await;
    let chosen = ["alpha", "bdrift", "svc-backup"];
    let list = calls(&world, &browser, "/users/many?do=lock&ids[]=alpha&ids[]=bdrift").await;
    assert_eq!(list, ["GET /pty/v1/auth/users?max=1000&first=0 200"]);
    for (deed, target, each) in [
        ("lock", "", 1),
        ("unlock", "", 1),
        ("role", "portal_auditor", 3),
        ("delete", "delete 3", 1),
    ] {
        world.simulator().clear_calls();
        let id = begin(&browser, deed, &chosen, target).await;
        finished(&browser, &id).await;
        let made = world.calls();
        let kept = ["/roles 200", "/passwordpolicy 403"];
        let rows = made
            .iter()
            .filter(|call| !kept.iter().any(|end| call.ends_with(end)));
        assert_eq!(rows.count(), 3 * each, "{deed}: {made:?}");
        world.simulator().clear_calls();
        finished(&browser, &id).await;
        browser.get(&format!("/batches/{id}/result.csv")).await;
        world.assert_no_calls("looking at a batch");
    }
}

/// A dry run reads what there is once, however many rows there are.
#[tokio::test]
async fn a_dry_run_takes_as_few_calls_as_one_row() {
    let world = World::new().await;
    let browser = world.signed_in("helpdesk").await;
    let rows = (0..500).map(|at| format!("user-{at},directory_viewer,developers"));
    let file = std::iter::once("username,roles,groups".to_owned())
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n");
    let id = begin_import(&browser, &file).await;
    finished(&browser, &id).await;
    let made = world.calls();
    assert!(
        made.len() <= 4 && made.iter().all(|call| call.starts_with("GET ")),
        "{made:?}"
    );
}

#[tokio::test]
async fn settings_take_a_call_each_and_a_provider_one_more_for_its_mappers() {
    let world = World::new().await;
    let browser = world.signed_in("admin").await;
    let provider = "GET /pty/v1/auth/saml/providers/AWS-IDP 200";
    let policy = "GET /pty/v1/auth/passwordpolicy 200";
    for (page, expected) in [
        ("/saml", &["GET /pty/v1/auth/saml/providers 200"][..]),
        ("/saml/new", &[]),
        (
            "/saml/AWS-IDP",
            &[provider, "GET /pty/v1/auth/saml/providers/AWS-IDP/mappers 200"],
        ),
        ("/saml/AWS-IDP/edit", &[provider]),
        ("/password-policy", &[policy]),
        ("/password-policy/edit", &[policy]),
        ("/session/password", &[policy]),
        ("/tokens", &[]),
    ] {
        assert_eq!(calls(&world, &browser, page).await, expected, "{page}");
    }
}

/// As one types, the policy is read once.
#[tokio::test]
async fn judging_a_password_asks_for_the_policy_once_a_minute_and_again_after_a_change() {
    let world = World::new().await;
    let browser = world.signed_in("admin").await;
    for (password, expected) in [("a", 1), ("ab", 0), ("abc", 0)] {
        world.simulator().clear_calls();
        let answer = browser
            .call("/api/password/judge", &[("password", password)])
            .await;
        assert_eq!(answer.status, 200, "{}", answer.content());
        assert_eq!(answer.json()["broken"][0], "length");
        let made = world.calls();
        assert_eq!(made.len(), expected, "{password}: {made:?}");
    }
    let form = [("length", "3"), ("sure_weaker", "true")];
    let answer = browser.call("/api/password-policy/update", &form).await;
    assert_eq!(answer.status, 204, "{}", answer.content());
    let answer = browser.call("/api/password/judge", &[("password", "abc")]).await;
    assert!(!answer.body.contains("\"length\""), "{}", answer.body);
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

#[tokio::test]
async fn the_lists_of_roles_and_groups_take_a_call_and_then_none_to_be_searched() {
    let world = World::new().await;
    let auditor = world.signed_in("auditor").await;
    for (page, call) in [
        ("/roles", "GET /pty/v1/auth/roles 200"),
        ("/groups", "GET /pty/v1/auth/groups?max=1000&first=0 200"),
    ] {
        assert_eq!(calls(&world, &auditor, page).await, [call], "{page}");
        for narrowed in ["q=viewer", "sort=-name&page=2"] {
            let narrowed = format!("{page}?{narrowed}");
            let warm = calls(&world, &auditor, &narrowed).await;
            assert!(warm.is_empty(), "{narrowed}: {warm:?}");
        }
    }
}

#[tokio::test]
async fn a_group_takes_one_call_once_users_and_roles_are_known() {
    let world = World::new().await;
    let auditor = world.signed_in("auditor").await;
    let group = "/groups/b020d984-c6b0-472d-8983-7c966a20f10d";
    let call = format!("GET /pty/v1/auth{group} 200");
    let others = [
        "GET /pty/v1/auth/roles 200",
        "GET /pty/v1/auth/users?max=1000&first=0 200",
    ];
    assert_eq!(
        calls(&world, &auditor, group).await,
        [call.as_str(), others[0], others[1]]
    );
    assert_eq!(calls(&world, &auditor, group).await, [call]);
}

/// Who has a role takes reading everybody, once for all roles and for everybody who asks.
#[tokio::test]
async fn a_role_takes_one_call_once_everybody_was_read() {
    let permissions = ["GET /pty/v1/auth/permissions 200"];
    let world = World::new().await;
    let auditor = world.signed_in("auditor").await;
    calls(&world, &auditor, "/roles/policy_officer").await;
    for page in ["/roles/policy_officer", "/roles/helpdesk_operator"] {
        assert_eq!(calls(&world, &auditor, page).await, permissions, "{page}");
    }
    let none: [&str; 0] = [];
    let compare = "/roles/compare?a=policy_officer&b=helpdesk_operator";
    assert_eq!(calls(&world, &auditor, compare).await, none);
}

/// The page of a role never reads a large cluster: the access review does.
#[tokio::test]
async fn a_role_of_a_large_cluster_reads_no_user() {
    let world = World::with(Setup {
        users: 600,
        ..Setup::default()
    })
    .await;
    let auditor = world.signed_in("auditor").await;
    let cold = calls(&world, &auditor, "/roles/policy_officer").await;
    assert!(cold.iter().all(|call| !call.contains("/users/")), "{cold:?}");
    assert_eq!(cold.len(), 4, "{cold:?}");
}
