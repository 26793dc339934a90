//! One user: creating, changing and deleting the account, resetting its password, and the confirmations before an
//! administrator loses access.

use crate::support::{
    Answer, Browser, LOCK, Setup, TestPortal, finished, password, secret, start_job, unescaped,
};
use protegrity::LoginFailure;
use serde_json::Value;
use simulator::{Fault, FaultRule};

const CREATE: &str = "/api/users/create";
const EDIT: &str = "/api/users/edit";
const DELETE: &str = "/api/users/delete";
const RESET: &str = "/api/users/reset-password";

/// Satisfies the simulator's policy.
const STRONG: &str = "Tulip-Harbor-4711";

async fn portal() -> TestPortal {
    TestPortal::with(Setup {
        users: 20,
        ..Setup::default()
    })
    .await
}

/// The fields with a problem, and its message.
fn problems(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 422, "{}", answer.content());
    let json = answer.json();
    let fields = json["fields"].as_array().cloned().unwrap_or_default();
    let text = |field: &Value, key: &str| field[key].as_str().unwrap_or_default().to_owned();
    let pairs = fields
        .iter()
        .map(|field| (text(field, "field"), text(field, "message")));
    pairs.collect()
}

/// The calls that change something.
fn changes(portal: &TestPortal) -> Vec<String> {
    let calls = portal.calls();
    calls
        .into_iter()
        .filter(|call| !call.starts_with("GET "))
        .collect()
}

#[tokio::test]
async fn a_user_is_created_with_every_field_of_the_form() {
    let portal = portal().await;
    let browser = portal.signed_in("admin").await;
    let fields = [
        ("username", " Ana.Ito "),
        ("password", STRONG),
        ("email", "ana.ito@example.com"),
        ("first_name", "Ana 👩‍👧"),
        ("last_name", "ליבי <b>"),
        ("enabled", "true"),
        ("roles[]", "directory_viewer"),
        ("roles[]", "portal_auditor"),
        ("groups[]", "developers"),
        ("groups[]", "فريق الأمان"),
        ("links[0][alias]", "AWS-IDP"),
        ("links[0][linked]", "true"),
        ("links[0][user_id]", "ana@sso.example.com"),
        ("links[0][user_name]", "ana"),
    ];
    let answer = browser.call(CREATE, &fields).await;
    assert_eq!(answer.status, 204, "{}", answer.content());
    let page = browser.get(answer.header("x-postern-next")).await;
    assert!(page.shows("is created."), "{}", page.content());
    assert!(
        page.shows("Ana 👩‍👧 ליבי &lt;b&gt;") && page.shows("فريق الأمان"),
        "{}",
        page.content()
    );
    let user = portal.user("ana.ito").await;
    assert_eq!(user.email.as_deref(), Some("ana.ito@example.com"));
    assert_eq!(user.enabled, Some(true));
    let links = portal.simulator().links("ana.ito");
    assert_eq!(links.keys().collect::<Vec<_>>(), ["AWS-IDP"]);
    assert_eq!(
        portal.login_failure("ana.ito", STRONG).await,
        None,
        "the password was set"
    );
    let list = browser.get("/users?q=ana.ito").await;
    assert!(
        list.shows("Rows 1–1 of 1 matching"),
        "the list shows the new user: {}",
        list.content()
    );
}

#[tokio::test]
async fn a_role_with_two_routes_says_that_one_remains() {
    let portal = portal().await;
    let browser = portal.signed_in("admin").await;
    let fields = [
        ("username", "ana.ito"),
        ("password", STRONG),
        ("email", "ana.ito@example.com"),
        ("enabled", "true"),
        ("roles[]", "directory_viewer"),
        ("roles[]", "portal_auditor"),
        ("groups[]", "framework"),
    ];
    let answer = browser.call(CREATE, &fields).await;
    assert_eq!(answer.status, 204, "{}", answer.content());
    let remaining = "Removing this role leaves it through framework.";
    let page = browser.get(answer.header("x-postern-next")).await;
    let stated = page
        .content()
        .matches("Removing this role leaves it through")
        .count();
    assert!(page.shows(remaining), "{}", page.content());
    assert_eq!(stated, 1, "only the role with two routes says so");
}

/// The submitted fields, and the fields with a problem.
type Case<'a> = (Vec<(&'a str, &'a str)>, &'a [&'a str]);

#[tokio::test]
async fn every_problem_is_reported_at_its_field_and_the_values_stay() {
    let portal = portal().await;
    let browser = portal.signed_in("admin").await;
    let long = "ü".repeat(256);
    let cases: Vec<Case<'_>> = vec![
        (vec![], &["username", "roles"]),
        (
            vec![("username", "a b"), ("roles[]", "directory_viewer")],
            &["username"],
        ),
        (
            vec![("username", "<script>alert(1)</script>"), ("roles[]", "x")],
            &["username"],
        ),
        (
            vec![
                ("username", &long),
                ("first_name", &long),
                ("last_name", &long),
                ("email", &long),
            ],
            &["username", "email", "email", "first_name", "last_name", "roles"],
        ),
        (
            vec![("username", "\u{202e}ana\u{0}"), ("roles[]", "x")],
            &["username"],
        ),
        (
            vec![("username", "ana"), ("email", "ana at home"), ("roles[]", "x")],
            &["email"],
        ),
        (
            vec![("username", "ana"), ("roles[]", "x"), ("password", "short")],
            &["password"],
        ),
        (vec![("username", "ana"), ("roles[]", &long)], &["roles", "roles"]),
        (
            vec![
                ("username", "ana"),
                ("roles[]", "x"),
                ("links[0][alias]", "AWS-IDP"),
                ("links[0][linked]", "true"),
            ],
            &["links[0][user_id]", "links[0][user_name]"],
        ),
    ];
    for (fields, expected) in cases {
        let found = problems(&browser.call(CREATE, &fields).await);
        let at: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(at, expected, "{fields:?}: {found:?}");
        let page = browser.submit_and_follow("/users/new", CREATE, &fields).await;
        for (field, message) in &found {
            let at_field = page.message_at(field).unwrap_or_default();
            // Of several messages at one field the page shows the first.
            let first = found
                .iter()
                .find(|(other, _)| other == field)
                .map(|(_, words)| words);
            let message = first
                .unwrap_or(message)
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            assert_eq!(at_field, message, "{field}");
        }
        for (name, value) in &fields {
            if *name != "password" && value.len() < 300 {
                let value = value.replace('<', "&lt;").replace('>', "&gt;");
                assert!(page.shows(&value), "{name} is lost: {}", page.content());
            }
        }
        assert!(!page.shows("<script>alert") && !page.shows("value=\"short\""));
    }
    assert_eq!(changes(&portal), [""; 0]);
}

#[tokio::test]
async fn a_refusal_of_the_cluster_is_reported_at_its_field() {
    let portal = portal().await;
    let browser = portal.signed_in("admin").await;
    let role = ("roles[]", "directory_viewer");
    for (fields, field, words) in [
        (vec![("username", "alpha"), role], "username", "same username"),
        (
            vec![("username", "ana"), ("email", "alpha@example.com"), role],
            "email",
            "same email",
        ),
        (
            vec![("username", "ana"), ("roles[]", "no-such-role")],
            "roles",
            "role",
        ),
        (
            vec![("username", "ana"), ("groups[]", "no-such-group"), role],
            "groups",
            "roup",
        ),
    ] {
        let found = problems(&browser.call(CREATE, &fields).await);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].0 == field && found[0].1.contains(words),
            "{fields:?}: {found:?}"
        );
    }
    assert!(browser.get("/users?q=ana&fresh=1").await.shows("Users"));
}

/// Without script the button "Find" sends the form to search groups: nothing is validated, and the values stay.
#[tokio::test]
async fn groups_are_found_without_script() {
    let portal = portal().await;
    let browser = portal.signed_in("admin").await;
    let fields = [
        ("username", "half typed"),
        ("password", "S3cret-Half"),
        ("roles[]", "directory_viewer"),
        ("groups[]", "contractors"),
        ("find", "dev"),
        ("step", "find"),
    ];
    let page = browser.submit_and_follow("/users/new", CREATE, &fields).await;
    assert!(
        page.shows("value=\"half typed\"") && page.shows("value=\"dev\""),
        "{}",
        page.content()
    );
    assert!(
        page.shows("value=\"developers\"") && page.shows("value=\"contractors\""),
        "{}",
        page.content()
    );
    assert!(
        !page.shows("S3cret-Half") && !page.shows("Please check what is marked"),
        "{}",
        page.content()
    );
    assert!(!page.shows("role=\"alert\""), "{}", page.content());
    let id = portal.id_of("alpha").await;
    let edit = format!("/users/{id}/edit");
    let fields = [
        ("id", id.as_str()),
        ("find", "zzz"),
        ("step", "find"),
        ("first_name", "Kept"),
    ];
    let page = browser.submit_and_follow(&edit, EDIT, &fields).await;
    assert!(
        page.shows("No match for “zzz”.") && page.shows("value=\"Kept\""),
        "{}",
        page.content()
    );
    assert_eq!(changes(&portal), [""; 0]);
}

/// The page that follows an edit of one field.
async fn edited(browser: &Browser, id: &str, change: (&str, &str)) -> Answer {
    let edit = format!("/users/{id}/edit");
    let mut fields = browser.get(&edit).await.inputs_of(EDIT);
    fields.retain(|(name, _)| name != change.0 && name != "theme");
    fields.push((change.0.to_owned(), change.1.to_owned()));
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.submit_and_follow(&edit, EDIT, &fields).await
}

#[tokio::test]
async fn an_edit_sends_the_changed_field_and_keeps_the_others() {
    let portal = portal().await;
    for who in ["admin", "helpdesk"] {
        let browser = portal.signed_in(who).await;
        let user = portal.user("layla.haddad").await;
        let groups = portal.group("developers").await.members;
        let before = (user.roles.clone(), user.email.clone(), user.enabled);
        let links = portal.simulator().links("layla.haddad");
        let page = edited(&browser, user.id.as_str(), ("first_name", who)).await;
        assert!(page.shows("layla.haddad is saved."), "{who}: {}", page.content());
        let put: Vec<_> = portal
            .calls()
            .into_iter()
            .filter(|call| call.starts_with("PUT "))
            .collect();
        assert_eq!(put, ["PUT /pty/v1/auth/users 200"], "{who}");
        let now = portal.user("layla.haddad").await;
        assert_eq!(now.first_name.as_deref(), Some(who));
        assert_eq!((now.roles, now.email, now.enabled), before, "{who}");
        assert_eq!(portal.simulator().links("layla.haddad"), links, "{who}");
        assert_eq!(portal.group("developers").await.members, groups, "{who}");
        let page = edited(&browser, user.id.as_str(), ("first_name", who)).await;
        assert!(
            page.shows("No changes to save: layla.haddad stays as it is."),
            "{who}: {}",
            page.content()
        );
        assert_eq!(changes(&portal), [""; 0], "{who}");
    }
}

#[tokio::test]
async fn an_edit_leaves_the_password_alone() {
    let portal = portal().await;
    let browser = portal.signed_in("admin").await;
    let id = portal.id_of("officer").await;
    let fields = browser.get(&format!("/users/{id}/edit")).await.inputs_of(EDIT);
    assert!(
        fields.iter().all(|(name, _)| !name.contains("password")),
        "{fields:?}"
    );
    // The form ignores fields that it does not have.
    let baseline = browser.baseline(&format!("/users/{id}/edit"), EDIT).await;
    let fields = [
        ("baseline", baseline.as_str()),
        ("id", id.as_str()),
        ("first_name", "Changed"),
        ("roles[]", "policy_officer"),
        ("password", "An0ther-Passw0rd!"),
        ("enabled", "false"),
    ];
    assert_eq!(browser.call(EDIT, &fields).await.status, 204);
    assert_eq!(portal.login_failure("officer", password()).await, None);
}

#[tokio::test]
async fn a_deleted_user_is_gone() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let id = portal.id_of("bdrift").await;
    let page = browser
        .submit_and_follow(&format!("/users/{id}"), DELETE, &[("id", &id)])
        .await;
    assert!(page.shows("bdrift is deleted."), "{}", page.content());
    assert!(browser.get("/users?q=bdrift@").await.shows("Nothing matches"));
    assert_eq!(browser.get(&format!("/users/{id}")).await.status, 404);
    assert_eq!(browser.get(&format!("/users/{id}/edit")).await.status, 404);
    let again = browser.call(DELETE, &[("id", &id)]).await;
    assert_eq!(again.status, 404, "{}", again.content());
}

#[tokio::test]
async fn a_reset_password_is_temporary_or_stays() {
    let portal = portal().await;
    let browser = portal.signed_in("helpdesk").await;
    let id = portal.id_of("officer").await;
    let page = format!("/users/{id}");

    let made = browser
        .submit_and_follow(&page, RESET, &[("id", &id), ("temporary", "true")])
        .await;
    assert!(
        made.shows("officer has a new password.") && made.shows("It is temporary"),
        "{}",
        made.content()
    );
    let shown = unescaped(secret(&made).expect("a password"));
    assert_eq!(
        portal.login_failure("officer", &shown).await,
        Some(LoginFailure::TemporaryPassword)
    );
    assert!(secret(&browser.get(&page).await).is_none(), "it is shown once");

    let typed = browser
        .submit_and_follow(&page, RESET, &[("id", &id), ("password", STRONG)])
        .await;
    assert!(
        typed.shows("It stays until it is changed.") && !typed.shows(STRONG),
        "{}",
        typed.content()
    );
    assert_eq!(portal.login_failure("officer", STRONG).await, None);

    for weak in ["short", &"x".repeat(256)] {
        let refused = browser.call(RESET, &[("id", &id), ("password", weak)]).await;
        assert_eq!(problems(&refused)[0].0, "password");
        assert!(!refused.shows(weak));
        let failed = browser
            .submit_and_follow(&page, RESET, &[("id", &id), ("password", weak)])
            .await;
        assert!(
            failed.shows("id=\"reset-dialog\"") && !failed.shows(weak),
            "{}",
            failed.content()
        );
        let at_field = failed
            .body
            .split_once("id=\"reset-password-error\"")
            .expect("a place")
            .1;
        let words = at_field
            .split_once('>')
            .and_then(|(_, rest)| rest.split('<').next());
        assert!(
            words.is_some_and(|words| !words.is_empty()),
            "{}",
            failed.content()
        );
    }
    assert_eq!(
        portal.login_failure("officer", STRONG).await,
        None,
        "a refused password changes nothing"
    );
}

/// A browser of `admin`, which is the only account that can manage users: every other account is locked.
async fn as_only_admin(portal: &TestPortal) -> Browser {
    let admin = portal.signed_in("admin").await;
    let list = admin
        .get("/export/users.csv?columns=username&columns=id&per_page=100")
        .await;
    let ids = list.body.lines().skip(1).filter_map(|line| line.split_once(','));
    let others: Vec<_> = ids
        .map(|(name, _)| name.trim_matches('"'))
        .filter(|name| *name != "admin")
        .collect();
    finished(&admin, &start_job(&admin, "lock", &others, "").await).await;
    portal.simulator().clear_calls();
    admin
}

#[tokio::test]
async fn an_administrator_confirms_before_losing_access() {
    let portal = portal().await;
    let admin = portal.signed_in("admin").await;
    let id = portal.id_of("admin").await;
    let baseline = admin.baseline(&format!("/users/{id}/edit"), EDIT).await;
    let less = [
        ("id", id.as_str()),
        ("baseline", baseline.as_str()),
        ("email", "admin@example.com"),
        ("roles[]", "portal_auditor"),
    ];
    for (path, fields) in [(EDIT, &less[..]), (LOCK, &less[..1]), (DELETE, &less[..1])] {
        let found = problems(&admin.call(path, fields).await);
        assert_eq!(found[0].0, "confirm_self", "{path}: {found:?}");
        assert!(found[0].1.contains("Others could"), "{path}: {found:?}");
        let page = if path == EDIT {
            format!("/users/{id}/edit")
        } else {
            format!("/users/{id}")
        };
        let asked = admin.submit_and_follow(&page, path, fields).await;
        assert!(
            asked.shows("name=\"confirm_self\"") && asked.shows("Others could."),
            "{path}: {}",
            asked.content()
        );
        let wrong = [fields, &[("confirm_no_admins", "true")]].concat();
        assert_eq!(
            admin.call(path, &wrong).await.status,
            422,
            "{path}: the wrong box is ticked"
        );
    }
    assert_eq!(changes(&portal), [""; 0]);
    let confirmed = [&less[..], &[("confirm_self", "true")]].concat();
    assert_eq!(admin.call(EDIT, &confirmed).await.status, 204);
    let roles = portal.user("admin").await;
    assert_eq!(roles.id.as_str(), id);
}

#[tokio::test]
async fn an_administrator_confirms_before_no_administrator_is_left() {
    let portal = portal().await;
    let admin = as_only_admin(&portal).await;
    let id = portal.id_of("admin").await;
    let baseline = admin.baseline(&format!("/users/{id}/edit"), EDIT).await;
    let less = [
        ("id", id.as_str()),
        ("baseline", baseline.as_str()),
        ("email", "admin@example.com"),
        ("roles[]", "portal_auditor"),
    ];
    for (path, fields) in [(EDIT, &less[..]), (LOCK, &less[..1]), (DELETE, &less[..1])] {
        for confirmed in [&[][..], &[("confirm_self", "true")]] {
            let found = problems(&admin.call(path, &[fields, confirmed].concat()).await);
            assert_eq!(found[0].0, "confirm_no_admins", "{path}: {found:?}");
            assert!(
                found[0].1.contains("No account would be left"),
                "{path}: {found:?}"
            );
        }
    }
    assert_eq!(changes(&portal), [""; 0]);
    let confirmed = [("id", id.as_str()), ("confirm_no_admins", "true")];
    assert_eq!(admin.call(LOCK, &confirmed).await.status, 204);
}

/// The portal assumes the worst where it cannot read the groups.
#[tokio::test]
async fn a_confirmation_is_required_when_the_remaining_administrators_are_unknown() {
    let portal = portal().await;
    let admin = portal.signed_in("admin").await;
    let id = portal.id_of("admin").await;
    let refusal = Fault::Status {
        status: 403,
        body: String::new(),
    };
    portal
        .simulator()
        .set_faults(vec![FaultRule::always("/pty/v1/auth/groups", refusal)]);
    let answer = admin.call(DELETE, &[("id", &id)]).await;
    let found = problems(&answer);
    assert!(
        ["confirm_self", "confirm_no_admins"].contains(&found[0].0.as_str()),
        "{found:?}"
    );
    assert_eq!(changes(&portal), [""; 0]);
}

#[tokio::test]
async fn locking_another_account_needs_no_confirmation() {
    let portal = portal().await;
    let admin = portal.signed_in("admin").await;
    let id = portal.id_of("helpdesk").await;
    assert_eq!(admin.call(LOCK, &[("id", &id)]).await.status, 204);
    assert_eq!(
        changes(&portal),
        [format!("PUT /pty/v1/auth/users/{id}/lock 200")]
    );
}

#[tokio::test]
async fn users_and_groups_are_found_by_words_of_their_names() {
    let portal = portal().await;
    let auditor = portal.signed_in("auditor").await;
    let found = auditor.call("/api/users/find", &[("q", "LAYLA haddad")]).await;
    assert_eq!(found.header("content-type"), "application/json");
    assert_eq!(found.json()["found"][0]["value"], "layla.haddad");
    assert_eq!(found.json()["found"][0]["detail"], "ليلى حداد");
    let found = auditor.call("/api/groups/find", &[("q", "süd prüf")]).await;
    assert_eq!(found.json()["found"][0]["value"], "Prüfstelle Süd");
    assert!(
        found.json()["found"][0]["detail"]
            .as_str()
            .is_some_and(|text| text.contains("<b>"))
    );
    let many = auditor.call("/api/users/find", &[("q", "e")]).await.json();
    assert_eq!(many["found"].as_array().map(Vec::len), Some(20));
    assert!(many["more"].as_u64() > Some(0), "{many}");
    for (path, q) in [
        ("/api/users/find", ""),
        ("/api/users/find", "  "),
        ("/api/groups/find", "zzz"),
        ("/api/groups/find", "<script>"),
    ] {
        let none = auditor.call(path, &[("q", q)]).await;
        assert_eq!(
            (none.status, none.json()["found"].as_array().map(Vec::len)),
            (200, Some(0)),
            "{path} {q}"
        );
    }
    let long = auditor
        .call("/api/groups/find", &[("q", &"ü".repeat(40_000))])
        .await;
    assert_eq!(long.status, 200, "{}", long.body);
}
