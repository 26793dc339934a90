//! One user: created, changed, deleted, given another password; and that nobody locks themselves out unasked.

use crate::support::{Answer, Browser, LOCK, Setup, World, begin, finished, password, secret};
use protegrity::LoginFailure;
use serde_json::Value;
use simulator::{Fault, FaultRule};

const CREATE: &str = "/api/users/create";
const EDIT: &str = "/api/users/edit";
const DELETE: &str = "/api/users/delete";
const RESET: &str = "/api/users/reset-password";

/// Satisfies the simulator's policy.
const STRONG: &str = "Tulip-Harbor-4711";

async fn world() -> World {
    World::with(Setup {
        users: 20,
        ..Setup::default()
    })
    .await
}

/// The fields that have something to say, with what they say.
fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 422, "{}", answer.content());
    let json = answer.json();
    let fields = json["fields"].as_array().cloned().unwrap_or_default();
    let text = |field: &Value, key: &str| field[key].as_str().unwrap_or_default().to_owned();
    let pairs = fields
        .iter()
        .map(|field| (text(field, "field"), text(field, "message")));
    pairs.collect()
}

fn changes(world: &World) -> Vec<String> {
    let calls = world.calls();
    calls
        .into_iter()
        .filter(|call| !call.starts_with("GET "))
        .collect()
}

#[tokio::test]
async fn a_user_is_created_with_all_that_the_form_asks() {
    let world = world().await;
    let browser = world.signed_in("admin").await;
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
    let user = world.user("ana.ito").await;
    assert_eq!(user.email.as_deref(), Some("ana.ito@example.com"));
    assert_eq!(user.enabled, Some(true));
    let links = world.simulator().links("ana.ito");
    assert_eq!(links.keys().collect::<Vec<_>>(), ["AWS-IDP"]);
    assert_eq!(
        world.login_failure("ana.ito", STRONG).await,
        None,
        "the password is theirs"
    );
    let list = browser.get("/users?q=ana.ito").await;
    assert!(
        list.shows("Rows 1–1 of 1 matching"),
        "the list knows at once: {}",
        list.content()
    );
}

/// What is typed, and the fields that are marked.
type Case<'a> = (Vec<(&'a str, &'a str)>, &'a [&'a str]);

#[tokio::test]
async fn everything_that_is_the_matter_is_said_at_its_field_and_nothing_is_lost() {
    let world = world().await;
    let browser = world.signed_in("admin").await;
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
        let found = faults(&browser.call(CREATE, &fields).await);
        let at: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(at, expected, "{fields:?}: {found:?}");
        let page = browser.submit_and_follow("/users/new", CREATE, &fields).await;
        for (field, message) in &found {
            let at_field = page.message_at(field).unwrap_or_default();
            // Of several messages about one field the first is shown.
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
    assert_eq!(changes(&world), [""; 0]);
}

#[tokio::test]
async fn what_the_cluster_refuses_is_said_at_its_field() {
    let world = world().await;
    let browser = world.signed_in("admin").await;
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
        let found = faults(&browser.call(CREATE, &fields).await);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].0 == field && found[0].1.contains(words),
            "{fields:?}: {found:?}"
        );
    }
    assert!(browser.get("/users?q=ana&fresh=1").await.shows("Users"));
}

/// Without script the button "Find" sends the form to look for groups: nothing is judged, nothing is lost.
#[tokio::test]
async fn groups_are_found_without_a_script() {
    let world = world().await;
    let browser = world.signed_in("admin").await;
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
    let id = world.id_of("alpha").await;
    let edit = format!("/users/{id}/edit");
    let fields = [
        ("id", id.as_str()),
        ("find", "zzz"),
        ("step", "find"),
        ("first_name", "Kept"),
    ];
    let page = browser.submit_and_follow(&edit, EDIT, &fields).await;
    assert!(
        page.shows("found for “zzz”") && page.shows("value=\"Kept\""),
        "{}",
        page.content()
    );
    assert_eq!(changes(&world), [""; 0]);
}

/// What the form of a user holds, as the browser would send it.
fn held(page: &Answer) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let form = page
        .between("action=\"/api/users/edit\"", "</form>")
        .expect("the form");
    for input in form.split("<input ").skip(1) {
        let tag = input.split('>').next().unwrap_or_default();
        let attribute = |name: &str| {
            let (_, rest) = tag.split_once(&format!("{name}=\""))?;
            rest.split_once('"')
                .map(|(value, _)| value.replace("&quot;", "\"").replace("&amp;", "&"))
        };
        let is_box = ["checkbox", "radio"].contains(&attribute("type").unwrap_or_default().as_str());
        let is_sent = !is_box || tag.contains(" checked");
        if let (Some(name), true) = (attribute(" name").or_else(|| attribute("name")), is_sent) {
            fields.push((name, attribute("value").unwrap_or_default()));
        }
    }
    fields
}

async fn edited(browser: &Browser, id: &str, change: (&str, &str)) -> Answer {
    let edit = format!("/users/{id}/edit");
    let mut fields = held(&browser.get(&edit).await);
    fields.retain(|(name, _)| name != change.0 && name != "theme");
    fields.push((change.0.to_owned(), change.1.to_owned()));
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.submit_and_follow(&edit, EDIT, &fields).await
}

#[tokio::test]
async fn only_what_changed_is_sent_and_the_rest_stays() {
    let world = world().await;
    for who in ["admin", "helpdesk"] {
        let browser = world.signed_in(who).await;
        let user = world.user("layla.haddad").await;
        let groups = world.group("developers").await.members;
        let before = (user.roles.clone(), user.email.clone(), user.enabled);
        let links = world.simulator().links("layla.haddad");
        let page = edited(&browser, user.id.as_str(), ("first_name", who)).await;
        assert!(page.shows("layla.haddad is saved."), "{who}: {}", page.content());
        let put: Vec<_> = world
            .calls()
            .into_iter()
            .filter(|call| call.starts_with("PUT "))
            .collect();
        assert_eq!(put, ["PUT /pty/v1/auth/users 200"], "{who}");
        let now = world.user("layla.haddad").await;
        assert_eq!(now.first_name.as_deref(), Some(who));
        assert_eq!((now.roles, now.email, now.enabled), before, "{who}");
        assert_eq!(world.simulator().links("layla.haddad"), links, "{who}");
        assert_eq!(world.group("developers").await.members, groups, "{who}");
        let page = edited(&browser, user.id.as_str(), ("first_name", who)).await;
        assert!(page.shows("nothing was changed"), "{who}: {}", page.content());
        assert_eq!(changes(&world), [""; 0], "{who}");
    }
}

#[tokio::test]
async fn an_edit_leaves_the_password_alone() {
    let world = world().await;
    let browser = world.signed_in("admin").await;
    let id = world.id_of("officer").await;
    let fields = held(&browser.get(&format!("/users/{id}/edit")).await);
    assert!(
        fields.iter().all(|(name, _)| !name.contains("password")),
        "{fields:?}"
    );
    // One that is sent all the same is no field of this form.
    let fields = [
        ("id", id.as_str()),
        ("first_name", "Changed"),
        ("roles[]", "policy_officer"),
        ("password", "An0ther-Passw0rd!"),
        ("enabled", "false"),
    ];
    assert_eq!(browser.call(EDIT, &fields).await.status, 204);
    assert_eq!(world.login_failure("officer", password()).await, None);
}

#[tokio::test]
async fn a_user_is_deleted_for_good() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    let id = world.id_of("bdrift").await;
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
async fn a_password_is_reset_for_once_or_for_good() {
    let world = world().await;
    let browser = world.signed_in("helpdesk").await;
    let id = world.id_of("officer").await;
    let page = format!("/users/{id}");

    let made = browser
        .submit_and_follow(&page, RESET, &[("id", &id), ("temporary", "true")])
        .await;
    assert!(
        made.shows("officer has a new password.") && made.shows("It is temporary"),
        "{}",
        made.content()
    );
    let shown = secret(&made)
        .expect("a password")
        .replace("&amp;", "&")
        .replace("&lt;", "<");
    assert_eq!(
        world.login_failure("officer", &shown).await,
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
    assert_eq!(world.login_failure("officer", STRONG).await, None);

    for weak in ["short", &"x".repeat(256)] {
        let told = browser.call(RESET, &[("id", &id), ("password", weak)]).await;
        assert_eq!(faults(&told)[0].0, "password");
        assert!(!told.shows(weak));
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
        world.login_failure("officer", STRONG).await,
        None,
        "what was refused changed nothing"
    );
}

/// The only ones who can manage users are the administrator and those whom the test leaves.
async fn alone(world: &World) -> Browser {
    let admin = world.signed_in("admin").await;
    let list = admin
        .get("/export/users.csv?columns=username&columns=id&per_page=100")
        .await;
    let ids = list.body.lines().skip(1).filter_map(|line| line.split_once(','));
    let others: Vec<_> = ids
        .map(|(name, _)| name.trim_matches('"'))
        .filter(|name| *name != "admin")
        .collect();
    finished(&admin, &begin(&admin, "lock", &others, "").await).await;
    world.simulator().clear_calls();
    admin
}

#[tokio::test]
async fn whoever_takes_their_own_rights_away_is_asked_first() {
    let world = world().await;
    let admin = world.signed_in("admin").await;
    let id = world.id_of("admin").await;
    let less = [
        ("id", id.as_str()),
        ("email", "admin@example.com"),
        ("roles[]", "portal_auditor"),
    ];
    for (path, fields) in [(EDIT, &less[..]), (LOCK, &less[..1]), (DELETE, &less[..1])] {
        let found = faults(&admin.call(path, fields).await);
        assert_eq!(found[0].0, "sure_self", "{path}: {found:?}");
        assert!(found[0].1.contains("Others could"), "{path}: {found:?}");
        let page = if path == EDIT {
            format!("/users/{id}/edit")
        } else {
            format!("/users/{id}")
        };
        let asked = admin.submit_and_follow(&page, path, fields).await;
        assert!(
            asked.shows("name=\"sure_self\"") && asked.shows("Others could."),
            "{path}: {}",
            asked.content()
        );
        let wrong = [fields, &[("sure_nobody_manages", "true")]].concat();
        assert_eq!(
            admin.call(path, &wrong).await.status,
            422,
            "{path}: the wrong box is ticked"
        );
    }
    assert_eq!(changes(&world), [""; 0]);
    let sure = [&less[..], &[("sure_self", "true")]].concat();
    assert_eq!(admin.call(EDIT, &sure).await.status, 204);
    let roles = world.user("admin").await;
    assert_eq!(roles.id.as_str(), id);
}

#[tokio::test]
async fn whoever_would_leave_nobody_to_manage_users_is_asked_first() {
    let world = world().await;
    let admin = alone(&world).await;
    let id = world.id_of("admin").await;
    let less = [
        ("id", id.as_str()),
        ("email", "admin@example.com"),
        ("roles[]", "portal_auditor"),
    ];
    for (path, fields) in [(EDIT, &less[..]), (LOCK, &less[..1]), (DELETE, &less[..1])] {
        for sure in [&[][..], &[("sure_self", "true")]] {
            let found = faults(&admin.call(path, &[fields, sure].concat()).await);
            assert_eq!(found[0].0, "sure_nobody_manages", "{path}: {found:?}");
            assert!(found[0].1.contains("Nobody would be left"), "{path}: {found:?}");
        }
    }
    assert_eq!(changes(&world), [""; 0]);
    let sure = [("id", id.as_str()), ("sure_nobody_manages", "true")];
    assert_eq!(admin.call(LOCK, &sure).await.status, 204);
}

/// What cannot be found out is taken for the worst.
#[tokio::test]
async fn a_cluster_that_cannot_say_who_is_left_is_asked_about_as_well() {
    let world = world().await;
    let admin = world.signed_in("admin").await;
    let id = world.id_of("admin").await;
    let refusal = Fault::Status {
        status: 403,
        body: String::new(),
    };
    world
        .simulator()
        .set_faults(vec![FaultRule::always("/pty/v1/auth/groups", refusal)]);
    let answer = admin.call(DELETE, &[("id", &id)]).await;
    let found = faults(&answer);
    assert!(
        ["sure_self", "sure_nobody_manages"].contains(&found[0].0.as_str()),
        "{found:?}"
    );
    assert_eq!(changes(&world), [""; 0]);
}

/// Somebody else's account is not asked about.
#[tokio::test]
async fn another_account_goes_without_further_questions() {
    let world = world().await;
    let admin = world.signed_in("admin").await;
    let id = world.id_of("helpdesk").await;
    assert_eq!(admin.call(LOCK, &[("id", &id)]).await.status, 204);
    assert_eq!(changes(&world), [format!("PUT /pty/v1/auth/users/{id}/lock 200")]);
}

#[tokio::test]
async fn people_and_groups_are_found_as_one_types() {
    let world = world().await;
    let auditor = world.signed_in("auditor").await;
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
