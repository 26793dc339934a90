//! The calls that each page makes to the cluster.

use crate::support::{Browser, SIGN_IN, Setup, TestPortal, finished, password, start_dry_run, start_job};
use simulator::{PimObjects, TokenMode};

/// The calls that a page makes, sorted.
async fn calls(portal: &TestPortal, browser: &Browser, page: &str) -> Vec<String> {
    portal.simulator().clear_calls();
    let answer = browser.get(page).await;
    assert_eq!(answer.status, 200, "{page}: {}", answer.content());
    let mut calls = portal.calls();
    calls.sort_unstable();
    calls
}

#[tokio::test]
async fn the_overview_calls_each_service_once() {
    let portal = TestPortal::new().await;
    for name in ["admin", "helpdesk", "officer", "auditor"] {
        let browser = portal.signed_in(name).await;
        assert_eq!(
            calls(&portal, &browser, "/").await,
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
async fn the_services_page_reads_each_fact_of_each_service_once() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("auditor").await;
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
    assert_eq!(calls(&portal, &browser, "/services").await, expected);
}

#[tokio::test]
async fn the_policy_overview_makes_as_many_calls_for_any_number_of_roles_and_policies() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("auditor").await;
    let few = calls(&portal, &browser, "/policy").await;
    // Eight lists, what is deployed and the rules of one policy.
    assert_eq!(few.len(), 10, "{few:?}");
    for _ in 0..3 {
        portal.simulator().add_pim_objects(PimObjects {
            roles: 20,
            data_elements: 20,
            data_stores: 20,
            rules: 1,
        });
    }
    assert_eq!(calls(&portal, &browser, "/policy").await, few);
}

#[tokio::test]
async fn the_picture_of_a_policy_reads_the_rules_of_no_other() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("auditor").await;
    let rules_read = |calls: Vec<String>| {
        let rules = calls.into_iter().filter(|call| call.contains("/rules"));
        rules.collect::<Vec<_>>()
    };
    let one = calls(&portal, &browser, "/policy/picture?policy=1").await;
    assert_eq!(rules_read(one), ["GET /pty/v2/pim/policies/1/rules 200"]);
    let none = calls(&portal, &browser, "/policy/picture?policy=nothing").await;
    assert!(rules_read(none).is_empty());
    let all = calls(&portal, &browser, "/policy/picture").await;
    assert!(rules_read(all).len() > 1);
}

#[tokio::test]
async fn the_user_list_makes_one_call_for_each_page_of_the_api_and_then_none() {
    for (users, pages) in [(0, 1), (1500, 2), (2987, 4)] {
        let portal = TestPortal::with(Setup {
            users,
            ..Setup::default()
        })
        .await;
        let helpdesk = portal.signed_in("helpdesk").await;
        let cold = calls(&portal, &helpdesk, "/users").await;
        assert_eq!(cold.len(), pages, "{users} users: {cold:?}");
        for page in [
            "/users",
            "/users?q=alpha",
            "/users?sort=-email&state=locked",
            "/users?page=2",
        ] {
            let warm = calls(&portal, &helpdesk, page).await;
            assert!(warm.is_empty(), "{page}: {warm:?}");
        }
        let auditor = portal.signed_in("auditor").await;
        for expected in [1, 0] {
            let other = calls(&portal, &auditor, "/users").await;
            assert_eq!(other.len(), expected, "another session: {other:?}");
        }
    }
}

#[tokio::test]
async fn a_user_page_makes_one_call_for_each_section_and_the_session_page_one() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    for name in ["admin", "helpdesk", "auditor"] {
        let browser = portal.signed_in(name).await;
        let mut user = vec![
            "GET /pty/v1/auth/groups?max=1000&first=0 200".to_owned(),
            "GET /pty/v1/auth/passwordpolicy 200".to_owned(),
            "GET /pty/v1/auth/roles 200".to_owned(),
            format!("GET /pty/v1/auth/users/{id} 200"),
        ];
        // The policy is read for a caller who may reset passwords and read it.
        user.retain(|call| name == "admin" || !call.contains("passwordpolicy"));
        // Roles and groups are cached: the groups for every caller, after a call that shows that the caller may read them.
        let seen = calls(&portal, &browser, &format!("/users/{id}")).await;
        let plain = |calls: &[String]| -> Vec<String> {
            let cut = |call: &String| call.replace("max=1&", "max=1000&");
            calls.iter().map(cut).collect()
        };
        assert_eq!(plain(&seen), user, "{name}");
        let session = ["GET /pty/v1/auth/permissions 200"];
        assert_eq!(calls(&portal, &browser, "/session").await, session, "{name}");
    }
    let officer = portal.signed_in("officer").await;
    let none: [&str; 0] = [];
    assert_eq!(
        calls(&portal, &officer, "/session").await,
        none,
        "what the caller may not read is not requested"
    );
}

#[tokio::test]
async fn a_user_without_groups_takes_two_calls() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("svc-backup").await;
    let browser = portal.signed_in("helpdesk").await;
    let page = format!("/users/{id}");
    let user = format!("GET /pty/v1/auth/users/{id} 200");
    let cold = calls(&portal, &browser, &page).await;
    assert_eq!(cold, ["GET /pty/v1/auth/roles 200", &user]);
    assert_eq!(
        calls(&portal, &browser, &page).await,
        [user.as_str()],
        "the roles are cached"
    );
}

#[tokio::test]
async fn user_forms_make_one_call_for_each_list_of_choices_that_the_caller_may_read() {
    const GROUPS: &str = "GET /pty/v1/auth/groups?max=1000&first=0 200";
    const POLICY: &str = "GET /pty/v1/auth/passwordpolicy 200";
    const ROLES: &str = "GET /pty/v1/auth/roles 200";
    const SAML: &str = "GET /pty/v1/auth/saml/providers 200";
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let user = format!("GET /pty/v1/auth/users/{id} 200");
    let edit = format!("/users/{id}/edit");
    for (name, page, expected) in [
        ("helpdesk", "/users/new", vec![ROLES]),
        ("admin", "/users/new", vec![POLICY, ROLES, SAML]),
        ("helpdesk", "/users/import", vec![]),
        ("helpdesk", &edit, vec![GROUPS, &user]),
        ("helpdesk", "/users/many", vec![]),
    ] {
        portal.simulator().clear_calls();
        let browser = portal.signed_in(name).await;
        let seen = calls(&portal, &browser, page).await;
        // Roles that were read a moment ago are cached for every caller who may read them.
        let seen: Vec<_> = seen.iter().filter(|call| *call != ROLES).collect();
        let expected: Vec<_> = expected.iter().filter(|call| **call != ROLES).collect();
        assert_eq!(seen, expected, "{page} for {name}");
    }
}

/// The users are cached; each row makes its own calls.
#[tokio::test]
async fn a_bulk_job_makes_a_fixed_number_of_calls_for_each_row() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let chosen = ["alpha", "bdrift", "svc-backup"];
    let list = calls(&portal, &browser, "/users/many?do=lock&ids[]=alpha&ids[]=bdrift").await;
    assert_eq!(list, ["GET /pty/v1/auth/users?max=1000&first=0 200"]);
    for (bulk_action, target, each) in [
        ("lock", "", 1),
        ("unlock", "", 1),
        ("role", "portal_auditor", 3),
        ("delete", "delete 3", 1),
    ] {
        portal.simulator().clear_calls();
        let id = start_job(&browser, bulk_action, &chosen, target).await;
        finished(&browser, &id).await;
        let made = portal.calls();
        let shared = ["/roles 200", "/passwordpolicy 403"];
        let rows = made
            .iter()
            .filter(|call| !shared.iter().any(|end| call.ends_with(end)));
        assert_eq!(rows.count(), 3 * each, "{bulk_action}: {made:?}");
        portal.simulator().clear_calls();
        finished(&browser, &id).await;
        browser.get(&format!("/jobs/{id}/result.csv")).await;
        portal.assert_no_calls("the page of a job");
    }
}

#[tokio::test]
async fn a_dry_run_makes_at_most_four_calls_for_any_number_of_rows() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    let rows = (0..500).map(|at| format!("user-{at},directory_viewer,developers"));
    let file = std::iter::once("username,roles,groups".to_owned())
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n");
    let id = start_dry_run(&browser, &file).await;
    finished(&browser, &id).await;
    let made = portal.calls();
    assert!(
        made.len() <= 4 && made.iter().all(|call| call.starts_with("GET ")),
        "{made:?}"
    );
}

#[tokio::test]
async fn settings_pages_make_one_call_and_a_provider_one_more_for_its_mappers() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin").await;
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
        assert_eq!(calls(&portal, &browser, page).await, expected, "{page}");
    }
}

/// The portal checks a password while the person types.
#[tokio::test]
async fn password_checks_read_the_policy_once_and_again_after_a_change() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("admin").await;
    for (password, expected) in [("a", 1), ("ab", 0), ("abc", 0)] {
        portal.simulator().clear_calls();
        let answer = browser
            .call("/api/password/check", &[("password", password)])
            .await;
        assert_eq!(answer.status, 200, "{}", answer.content());
        assert_eq!(answer.json()["broken"][0], "length");
        let made = portal.calls();
        assert_eq!(made.len(), expected, "{password}: {made:?}");
    }
    let update = "/api/password-policy/update";
    let baseline = browser.baseline("/password-policy/edit", update).await;
    let form = [
        ("baseline", baseline.as_str()),
        ("length", "3"),
        ("confirm_weaker", "true"),
    ];
    let answer = browser.call(update, &form).await;
    assert_eq!(answer.status, 204, "{}", answer.content());
    let answer = browser.call("/api/password/check", &[("password", "abc")]).await;
    assert!(!answer.body.contains("\"length\""), "{}", answer.body);
}

#[tokio::test]
async fn pages_without_data_of_the_cluster_make_no_calls() {
    let portal = TestPortal::with(Setup {
        demo: true,
        ..Setup::default()
    })
    .await;
    let browser = portal.signed_in("admin").await;
    for page in ["/ui", "/healthz"] {
        let made = calls(&portal, &browser, page).await;
        assert!(made.is_empty(), "{page}: {made:?}");
    }
    let made = calls(&portal, &portal.browser(), "/sign-in").await;
    assert!(made.is_empty(), "{made:?}");
}

/// The login and the roles; the user, where the token lacks the roles; and the list of users, where it lacks the user as
/// well. The path of the login is probed once.
#[tokio::test]
async fn a_sign_in_makes_two_to_four_calls() {
    for (token_mode, first, later) in [
        (TokenMode::Claims, 2, 2),
        (TokenMode::NoClaims, 3, 3),
        (TokenMode::Opaque, 4, 4),
        (TokenMode::HeaderOnly, 4, 2),
        (TokenMode::NoRefresh, 2, 2),
    ] {
        let portal = TestPortal::with(Setup {
            token_mode,
            ..Setup::default()
        })
        .await;
        for expected in [first, later] {
            portal.simulator().clear_calls();
            let fields = [("user_name", "helpdesk"), ("password", password())];
            let answer = portal.browser().call(SIGN_IN, &fields).await;
            assert_eq!(answer.status, 204, "{token_mode}");
            let made = portal.calls();
            assert_eq!(made.len(), expected, "{token_mode}: {made:?}");
        }
    }
}

#[tokio::test]
async fn role_and_group_lists_make_one_call_and_a_search_makes_none() {
    let portal = TestPortal::new().await;
    let auditor = portal.signed_in("auditor").await;
    for (page, call) in [
        ("/roles", "GET /pty/v1/auth/roles 200"),
        ("/groups", "GET /pty/v1/auth/groups?max=1000&first=0 200"),
    ] {
        assert_eq!(calls(&portal, &auditor, page).await, [call], "{page}");
        for narrowed in ["q=viewer", "sort=-name&page=2"] {
            let narrowed = format!("{page}?{narrowed}");
            let warm = calls(&portal, &auditor, &narrowed).await;
            assert!(warm.is_empty(), "{narrowed}: {warm:?}");
        }
    }
}

#[tokio::test]
async fn a_group_page_makes_one_call_when_users_and_roles_are_cached() {
    let portal = TestPortal::new().await;
    let auditor = portal.signed_in("auditor").await;
    let group = "/groups/b020d984-c6b0-472d-8983-7c966a20f10d";
    let call = format!("GET /pty/v1/auth{group} 200");
    let others = [
        "GET /pty/v1/auth/roles 200",
        "GET /pty/v1/auth/users?max=1000&first=0 200",
    ];
    assert_eq!(
        calls(&portal, &auditor, group).await,
        [call.as_str(), others[0], others[1]]
    );
    assert_eq!(calls(&portal, &auditor, group).await, [call]);
}

/// The users and groups are read once for the holders of every role.
#[tokio::test]
async fn a_role_page_makes_one_call_when_the_users_are_cached() {
    let permissions = ["GET /pty/v1/auth/permissions 200"];
    let portal = TestPortal::new().await;
    let auditor = portal.signed_in("auditor").await;
    calls(&portal, &auditor, "/roles/policy_officer").await;
    for page in ["/roles/policy_officer", "/roles/helpdesk_operator"] {
        assert_eq!(calls(&portal, &auditor, page).await, permissions, "{page}");
    }
    let none: [&str; 0] = [];
    let compare = "/roles/compare?a=policy_officer&b=helpdesk_operator";
    assert_eq!(calls(&portal, &auditor, compare).await, none);
}

/// The access review reads the users of a large cluster one by one; the page of a role does not.
#[tokio::test]
async fn a_role_page_of_a_large_cluster_reads_no_single_user() {
    let portal = TestPortal::with(Setup {
        users: 600,
        ..Setup::default()
    })
    .await;
    let auditor = portal.signed_in("auditor").await;
    let cold = calls(&portal, &auditor, "/roles/policy_officer").await;
    assert!(cold.iter().all(|call| !call.contains("/users/")), "{cold:?}");
    assert_eq!(cold.len(), 4, "{cold:?}");
}

/// A policy of 2,000 rules beside the seeded ones, with as many roles, data elements and data stores.
const LARGE: PimObjects = PimObjects {
    roles: 60,
    data_elements: 300,
    data_stores: 40,
    rules: 2_000,
};

/// The calls without the uids in their paths, so that two policies compare.
fn of_any_policy(calls: Vec<String>) -> Vec<String> {
    let cut = |call: String| match call.split_once("/policies/") {
        Some((before, after)) => {
            let rest = after.split_once('/').map_or("", |(_, rest)| rest);
            format!("{before}/policies/*/{rest}")
        }
        None => call,
    };
    calls.into_iter().map(cut).collect()
}

#[tokio::test]
async fn the_grid_of_a_large_policy_takes_no_more_calls_and_is_as_long_as_a_page_of_it() {
    let portal = TestPortal::new().await;
    let officer = portal.signed_in("officer").await;
    // The cluster's specification is read once for all.
    calls(&portal, &officer, "/policy/policies/1").await;
    let small = calls(&portal, &officer, "/policy/policies/1").await;
    portal.simulator().add_pim_objects(LARGE);
    let large = calls(&portal, &officer, "/policy/policies/4").await;
    assert_eq!(of_any_policy(large), of_any_policy(small));
    for page in ["/policy/policies/4", "/policy/policies/4?all=true"] {
        let answer = officer.get(page).await;
        assert!(answer.shows("Data elements 1–25 of"), "{page}");
        let length = answer.body.len();
        assert!(length < 500_000, "{page} has {length} bytes");
    }
}

#[tokio::test]
async fn the_review_of_a_large_deployment_reads_each_policy_once_and_says_what_is_the_same_once() {
    let portal = TestPortal::new().await;
    portal.simulator().add_pim_objects(LARGE);
    let officer = portal.signed_in("officer").await;
    let stores: Vec<_> = (1..=43).map(|uid| uid.to_string()).collect();
    let policies: Vec<_> = stores.iter().map(|uid| format!("[\"{uid}\",\"4\"]")).collect();
    let stores = stores.iter().map(|uid| ("stores[]", uid.as_str()));
    let policies = policies.iter().map(|choice| ("policies[]", choice.as_str()));
    let fields: Vec<_> = stores
        .chain(policies)
        .chain([("reason", "To all of them")])
        .collect();
    let answer = officer
        .submit("/deployments/new", "/api/deployments/deploy", &fields)
        .await;
    let review = answer.location().to_owned();
    assert!(review.starts_with("/deployments/review?change="), "{review}");
    let calls = calls(&portal, &officer, &review).await;
    let count = |list: &str| calls.iter().filter(|call| call.contains(list)).count();
    // The rules of the new policy and of the two that stores have; the members of the roles that the new one names; stores,
    // policies, applications, deployments; roles, elements, masks.
    assert_eq!(
        (count("/rules "), count("/members "), calls.len()),
        (3, 66, 76),
        "{calls:#?}"
    );
    let answer = officer.get(&review).await;
    let length = answer.body.len();
    assert!(length < 300_000, "the review has {length} bytes");
    assert!(answer.shows("in clear on these 43 data stores"));
}
