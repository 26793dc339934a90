//! Every page and every server function, called anonymously, without and with the permission: what each caller gets,
//! and what reached the cluster.

use std::collections::BTreeSet;

use crate::support::{
    Answer, Browser, HTML, SIGN_OUT, Setup, World, begin, begin_import, finished, password,
};
use app::routes::{FUNCTIONS, PAGES};
use gate::{Action, Needs};
use http::{Method, header};
use protegrity::permissions as known;
use server::http::Portal;
use simulator::Fault;

/// The endpoints that are known not to be covered, one a line. It has to stay empty.
const UNCOVERED: &str = include_str!("uncovered.txt");

/// A SAML provider of the simulator, and the metadata of one that is created.
const PROVIDER: &str = "AWS-IDP";
const METADATA: &str = "https://login.example.com/endpoint/metadata.xml";

/// The cookie of the session.
const COOKIE: &str = "postern";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Page,
    Function,
}

/// The objects that the endpoints are called with.
#[derive(Clone, Debug)]
struct Ids {
    /// A user that stays unlocked.
    user: String,
    /// A user that is deleted.
    deleted: String,
    /// A batch.
    batch: String,
}

/// A page or server function with what is sent to it.
#[derive(Clone, Debug)]
struct Endpoint {
    kind: Kind,
    path: &'static str,
    action: Action,
    address: String,
    form: Vec<(&'static str, String)>,
}

fn name(kind: Kind, path: &str) -> String {
    format!("{kind:?} {path}")
}

/// The pages of the router and the registered server functions.
fn registered() -> BTreeSet<String> {
    let pages = Portal::pages();
    let pages = pages.iter().map(|page| name(Kind::Page, page.path()));
    let functions = server_fn::axum::server_fn_paths().map(|(path, _)| name(Kind::Function, path));
    pages.chain(functions).collect()
}

/// The rows of the action table's routes.
fn rows() -> impl Iterator<Item = (Kind, &'static str, Action)> {
    let pages = PAGES.iter().map(|(path, action)| (Kind::Page, *path, *action));
    let functions = FUNCTIONS
        .iter()
        .map(|(path, action)| (Kind::Function, *path, *action));
    pages.chain(functions)
}

/// Two groups of the simulator, which have the same ids in every simulator: "developers" and "contractors".
const GROUP: &str = "b020d984-c6b0-472d-8983-7c966a20f10d";
const EMPTY_GROUP: &str = "d3ad0580-3e5c-4117-8c29-8cb36363fd42";

/// A group of the simulator's Entra ID tenant, which is the same in every simulator.
const ENTRA_GROUP: &str = "1cfa14d9-2e08-40e5-bc02-600e5ae344f5";

/// The page's address with the placeholders filled in.
fn address(path: &str, ids: &Ids) -> Option<String> {
    let id = if path.starts_with("/batches/") {
        &ids.batch
    } else if path.starts_with("/entra/") {
        ENTRA_GROUP
    } else if path.starts_with("/groups/") {
        GROUP
    } else {
        &ids.user
    };
    let address = path
        .replace("{id}", id)
        .replace("{alias}", PROVIDER)
        .replace("{name}", "policy_officer");
    (!address.contains('{')).then_some(address)
}

/// A form that would take effect.
fn form(path: &str, ids: &Ids) -> Option<Vec<(&'static str, String)>> {
    let id = &ids.user;
    Some(match path {
        "/api/sign-in" => vec![
            ("user_name", "helpdesk".to_owned()),
            ("password", password().to_owned()),
        ],
        "/api/sign-out" | "/api/session/refresh" => vec![],
        "/api/theme" => vec![("theme", "dark".to_owned())],
        "/api/users/lock" => vec![("id", id.to_owned())],
        "/api/users/unlock" => vec![("id", id.to_owned()), ("password", String::new())],
        "/api/users/create" => vec![
            ("username", "made-by-a-test".to_owned()),
            ("roles[]", "directory_viewer".to_owned()),
        ],
        "/api/users/edit" => vec![
            ("id", id.to_owned()),
            ("email", "alpha@example.com".to_owned()),
            ("first_name", "Renamed".to_owned()),
            ("roles[]", "directory_viewer".to_owned()),
        ],
        "/api/users/delete" => vec![("id", ids.deleted.clone())],
        "/api/users/reset-password" => vec![("id", id.to_owned()), ("temporary", "true".to_owned())],
        "/api/users/find" | "/api/groups/find" => vec![("q", "a".to_owned())],
        "/api/users/many" => vec![("deed", "lock".to_owned()), ("users[]", "alpha".to_owned())],
        "/api/users/import" => vec![
            ("file", "username\nfrom-a-file\n".to_owned()),
            ("roles[]", "directory_viewer".to_owned()),
        ],
        "/api/batches/stop" | "/api/batches/retry" | "/api/batches/follow" => {
            vec![("id", ids.batch.clone())]
        }
        "/api/saml/create" => vec![
            ("alias", "endpoint".to_owned()),
            ("display_name", "Endpoint".to_owned()),
            ("metadata_url", METADATA.to_owned()),
            ("validate_signature", "true".to_owned()),
        ],
        "/api/saml/update" => vec![
            ("alias", PROVIDER.to_owned()),
            ("display_name", "Another name".to_owned()),
            ("metadata_url", METADATA.to_owned()),
            ("validate_signature", "true".to_owned()),
        ],
        "/api/saml/enable" | "/api/saml/disable" => vec![("alias", PROVIDER.to_owned())],
        "/api/saml/mappers/create" => vec![
            ("alias", PROVIDER.to_owned()),
            ("name", "endpoint".to_owned()),
            ("mapper_type", "saml-role-idp-mapper".to_owned()),
        ],
        "/api/saml/mappers/delete" => vec![("alias", PROVIDER.to_owned()), ("mapper", "7".to_owned())],
        "/api/saml/delete" => vec![("alias", PROVIDER.to_owned()), ("typed", PROVIDER.to_owned())],
        "/api/password-policy/update" => vec![("length", "9".to_owned()), ("sure_weaker", "true".to_owned())],
        "/api/password/judge" => vec![("password", "short".to_owned())],
        "/api/session/password" => vec![
            ("old_password", password().to_owned()),
            ("new_password", "Another-Passw0rd!".to_owned()),
            ("repeat_password", "Another-Passw0rd!".to_owned()),
        ],
        "/api/tokens/lifespan" => vec![
            ("lifespan", "600".to_owned()),
            ("sure_lifespan", "true".to_owned()),
        ],
        path => return entra_form(path).or_else(|| roles_and_groups_form(path)),
    })
}

/// A form of the Entra ID area that would take effect.
fn entra_form(path: &str) -> Option<Vec<(&'static str, String)>> {
    let fields: &[(&'static str, &str)] = match path {
        "/api/entra/find/users" | "/api/entra/find/groups" => &[("q", "example")],
        "/api/entra/test" | "/api/entra/delete" => &[],
        "/api/entra/save" => &[
            ("tenant_id", "5b1c8e7a-0d3f-4c55-9a6e-3f2b7d90c1e4"),
            ("client_id", "an-app"),
            ("client_secret", "a-secret"),
            ("enabled", "true"),
        ],
        "/api/entra/dry-run" => &[
            ("what", "users"),
            ("chosen[]", r#"["john.doe@example.com","","",""]"#),
            ("roles[]", "directory_viewer"),
        ],
        // An import takes a dry run of the same session, and there is none here: see `entra.rs`.
        "/api/entra/import" => &[("plan", "00000000-0000-4000-8000-000000000000")],
        _ => return None,
    };
    Some(
        fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
    )
}

/// A form of the areas of roles and groups that would take effect.
fn roles_and_groups_form(path: &str) -> Option<Vec<(&'static str, String)>> {
    let fields: &[(&'static str, &str)] = match path {
        "/api/groups/create" => &[
            ("name", "night shift"),
            ("members[]", "o.brien"),
            ("roles[]", "security_viewer"),
        ],
        "/api/groups/edit" => &[
            ("id", GROUP),
            ("names", "layla.haddad"),
            ("roles[]", "security_viewer"),
        ],
        "/api/groups/delete" => &[("id", EMPTY_GROUP)],
        "/api/roles/create" => &[("name", "night shift"), ("permissions[]", "role_viewer")],
        "/api/roles/edit" => &[("name", "policy_officer"), ("permissions[]", "role_viewer")],
        "/api/roles/delete" => &[("name", "workbench_viewer"), ("typed", "workbench_viewer")],
        _ => return None,
    };
    Some(
        fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
    )
}

/// An account without the permission, and one with it.
fn accounts(path: &str, needs: Needs) -> Option<(&'static str, &'static str)> {
    match needs {
        // A bulk action needs a permission of its own.
        Needs::Permission(known::USER_MANAGER_VIEWER) if path == "/api/users/many" => {
            Some(("officer", "helpdesk"))
        }
        // A batch is shown only to the account that began it.
        Needs::Session if path.contains("/batches/") => Some(("officer", "helpdesk")),
        Needs::Nothing | Needs::Session => Some(("officer", "officer")),
        Needs::Permission(known::USER_MANAGER_VIEWER | known::GROUP_VIEWER | known::ROLE_VIEWER) => {
            Some(("officer", "auditor"))
        }
        Needs::Permission(known::USER_MANAGER_ADMIN) => Some(("auditor", "helpdesk")),
        Needs::Permission(known::SAML_VIEWER | known::PASSWORD_POLICY_VIEWER) => {
            Some(("helpdesk", "auditor"))
        }
        Needs::Permission(
            known::SAML_ADMIN
            | known::PASSWORD_POLICY_ADMIN
            | known::WEB_ADMIN
            | known::ROLE_ADMIN
            | known::GROUP_ADMIN,
        ) => Some(("auditor", "admin")),
        Needs::Permission(_) => None,
    }
}

fn endpoint(kind: Kind, path: &'static str, action: Action, ids: &Ids) -> Option<Endpoint> {
    accounts(path, action.rule().needs)?;
    let (address, form) = match kind {
        Kind::Page => (address(path, ids)?, Vec::new()),
        Kind::Function => (path.to_owned(), form(path, ids)?),
    };
    Some(Endpoint {
        kind,
        path,
        action,
        address,
        form,
    })
}

/// Every endpoint that these tests can call.
fn endpoints(ids: &Ids) -> Vec<Endpoint> {
    rows()
        .filter_map(|(kind, path, action)| endpoint(kind, path, action, ids))
        .collect()
}

/// A batch of this browser's account with which the endpoint's function has something to do.
async fn batch_for(world: &World, browser: &Browser, path: &str) -> Option<String> {
    let id = match path {
        "/batches/{id}" | "/api/batches/stop" => begin(browser, "lock", &["svc-backup"], "").await,
        "/api/batches/retry" => {
            let refusal = Fault::Status {
                status: 500,
                body: String::new(),
            };
            world.fail(&["/pty/v1/auth/users/*/lock"], &refusal);
            let id = begin(browser, "lock", &["svc-backup"], "").await;
            finished(browser, &id).await;
            world.simulator().set_faults(Vec::new());
            id
        }
        "/api/batches/follow" => {
            begin_import(browser, "username,roles\nafter-the-dry-run,directory_viewer\n").await
        }
        _ => return None,
    };
    finished(browser, &id).await;
    Some(id)
}

impl Endpoint {
    fn needs(&self) -> Needs {
        self.action.rule().needs
    }

    /// An account without the permission, and one with it.
    fn accounts(&self) -> (&'static str, &'static str) {
        accounts(self.path, self.needs()).expect("there are accounts")
    }

    fn form(&self) -> Vec<(&str, &str)> {
        self.form
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect()
    }

    async fn call(&self, browser: &Browser) -> Answer {
        match self.kind {
            Kind::Page => browser.get(&self.address).await,
            Kind::Function => browser.call(&self.address, &self.form()).await,
        }
    }
}

/// The portal in demo mode, where `/ui` is, and the objects that the endpoints are called with.
async fn world() -> (World, Ids) {
    let world = World::with(Setup {
        demo: true,
        ..Setup::default()
    })
    .await;
    let ids = Ids {
        user: world.id_of("alpha").await,
        deleted: world.id_of("bdrift").await,
        batch: "0".repeat(32),
    };
    (world, ids)
}

#[test]
fn the_table_holds_every_endpoint_and_no_more() {
    let table: BTreeSet<_> = rows().map(|(kind, path, _)| name(kind, path)).collect();
    assert_eq!(registered(), table);
    assert_eq!(rows().count(), table.len(), "a row is there twice");
    for (path, method) in server_fn::axum::server_fn_paths() {
        assert_eq!(method, Method::POST, "{path} changes something by a GET");
        assert!(path.starts_with("/api/"), "{path} is not below /api");
    }
}

#[test]
fn every_endpoint_is_covered() {
    let ids = Ids {
        user: "some-id".to_owned(),
        deleted: "another-id".to_owned(),
        batch: "a-batch".to_owned(),
    };
    let covered = |kind, path: &str| {
        rows().any(|(at, known, action)| {
            (at, known) == (kind, path) && endpoint(kind, known, action, &ids).is_some()
        })
    };
    let pages = Portal::pages();
    let pages = pages.iter().map(|page| (Kind::Page, page.path()));
    let functions = server_fn::axum::server_fn_paths().map(|(path, _)| (Kind::Function, path));
    let uncovered: BTreeSet<_> = pages
        .chain(functions)
        .filter(|(kind, path)| !covered(*kind, path))
        .map(|(kind, path)| name(kind, path))
        .collect();
    let listed: BTreeSet<_> = UNCOVERED.lines().map(ToOwned::to_owned).collect();
    assert_eq!(
        uncovered, listed,
        "give the new endpoint its form, its address or its accounts above"
    );
    assert_eq!(UNCOVERED, "", "uncovered.txt has to stay empty");
}

#[tokio::test]
async fn without_a_session_the_answer_is_the_sign_in() {
    let (world, ids) = world().await;
    let signed_out = world.signed_in("admin").await;
    let stale = signed_out.cookie(COOKIE).expect("a session");
    signed_out.call(SIGN_OUT, &[]).await;
    world.simulator().clear_calls();
    let cookies = [
        None,
        Some(stale.as_str()),
        Some("AAAAAAAAAAAAAAAAAAAAAA"),
        Some("\"'<>%00"),
    ];
    for endpoint in endpoints(&ids) {
        for cookie in cookies {
            let what = format!("{endpoint:?} with cookie {cookie:?}");
            let browser = world.browser();
            if let Some(cookie) = cookie {
                browser.set_cookie(COOKIE, cookie);
            }
            let answer = endpoint.call(&browser).await;
            check_anonymous(&endpoint, &answer, &what);
            if endpoint.needs() == Needs::Nothing {
                world.simulator().clear_calls();
            }
            world.assert_no_calls(&what);
        }
    }
    assert!(!world.is_locked("alpha").await);
}

fn check_anonymous(endpoint: &Endpoint, answer: &Answer, what: &str) {
    match (endpoint.needs(), endpoint.kind) {
        (Needs::Nothing, Kind::Page) => assert_eq!(answer.status, 200, "{what}"),
        (Needs::Nothing, Kind::Function) => assert_eq!(answer.status, 204, "{what}: {}", answer.content()),
        (_, Kind::Page) => {
            assert_eq!(answer.status, 303, "{what}");
            let next = endpoint.address.replace('/', "%2F");
            assert_eq!(answer.location(), format!("/sign-in?next={next}"), "{what}");
            assert_eq!(answer.body, "", "{what}");
        }
        (_, Kind::Function) => {
            assert_eq!(answer.status, 401, "{what}: {}", answer.content());
            assert_eq!(answer.json()["kind"], "SignIn", "{what}");
        }
    }
}

#[tokio::test]
async fn without_a_session_a_plain_form_leads_to_the_sign_in() {
    let (world, ids) = world().await;
    for endpoint in endpoints(&ids) {
        if endpoint.kind == Kind::Page || endpoint.needs() == Needs::Nothing {
            continue;
        }
        let page = format!("/users/{}", ids.user);
        let answer = world
            .browser()
            .submit(&page, &endpoint.address, &endpoint.form())
            .await;
        assert_eq!(answer.status, 303, "{endpoint:?}");
        assert_eq!(
            answer.location(),
            format!("/sign-in?next=%2Fusers%2F{}", ids.user),
            "{endpoint:?}"
        );
        world.assert_no_calls(&endpoint.address);
    }
}

#[tokio::test]
async fn without_the_permission_the_answer_names_it() {
    let (world, ids) = world().await;
    for endpoint in endpoints(&ids) {
        let Needs::Permission(permission) = endpoint.needs() else {
            continue;
        };
        let (outsider, _) = endpoint.accounts();
        let what = format!("{endpoint:?} as {outsider}");
        let browser = world.signed_in(outsider).await;
        let answer = endpoint.call(&browser).await;
        assert_eq!(answer.status, 403, "{what}: {}", answer.content());
        assert!(answer.shows(permission), "{what}: {}", answer.content());
        world.assert_no_calls(&what);
        if endpoint.kind == Kind::Page {
            answer.assert_framed(&what);
            continue;
        }
        assert_eq!(answer.json()["kind"], "Forbidden", "{what}");
        assert!(answer.json()["request_id"].is_string(), "{what}");
        let answer = browser
            .submit("/session", &endpoint.address, &endpoint.form())
            .await;
        assert_eq!((answer.status, answer.location()), (303, "/session"), "{what}");
        world.assert_no_calls(&what);
        let page = browser.get("/session").await;
        assert!(
            page.shows("role=\"alert\"") && page.shows(permission),
            "{what}: {}",
            page.body
        );
    }
    assert!(!world.is_locked("alpha").await);
}

#[tokio::test]
async fn with_the_permission_the_call_succeeds() {
    let (world, ids) = world().await;
    for endpoint in endpoints(&ids) {
        let (_, insider) = endpoint.accounts();
        // An account with another password could not sign in for the endpoints after this one.
        let insider = if endpoint.address == "/api/session/password" {
            "officer2"
        } else {
            insider
        };
        let what = format!("{endpoint:?} as {insider}");
        let browser = world.signed_in(insider).await;
        let endpoint = match batch_for(&world, &browser, endpoint.path).await {
            Some(batch) => {
                let ids = Ids { batch, ..ids.clone() };
                self::endpoint(endpoint.kind, endpoint.path, endpoint.action, &ids).expect("an endpoint")
            }
            None => endpoint,
        };
        let answer = endpoint.call(&browser).await;
        let expected = match (endpoint.kind, endpoint.action) {
            (Kind::Page, Action::SignIn) => 303,
            (Kind::Function, _) if endpoint.path.ends_with("/find") => {
                assert!(answer.json()["found"].is_array(), "{what}");
                continue;
            }
            (Kind::Page, _) | (Kind::Function, Action::JudgePassword) => 200,
            // The cluster makes the ids of mappers: that there is none is found after the permission is checked.
            (Kind::Function, Action::DeleteSamlMapper) => 404,
            // The answer to a picker, and an import without its dry run.
            (Kind::Function, _) if endpoint.address.starts_with("/api/entra/find/") => 200,
            (Kind::Function, _) if endpoint.address == "/api/entra/import" => 404,
            (Kind::Function, _) => 204,
        };
        assert_eq!(answer.status, expected, "{what}: {}", answer.content());
        if endpoint.kind == Kind::Page && expected == 200 {
            answer.assert_framed(&what);
        }
    }
}

#[tokio::test]
async fn no_spelling_of_an_address_gets_around_the_guard() {
    let (world, ids) = world().await;
    let officer = world.signed_in("officer").await;
    let anonymous = world.browser();
    let mut shown = Vec::new();
    for path in [
        "/users/",
        "//users",
        "/users//",
        "/Users",
        "/%75sers",
        "/users%2F",
        "/session/",
        "//session",
        "/%73ession",
        "/users/new/",
        "/users//new",
        "/users/%6eew",
        "/users/import/",
        "/users/many/?do=lock&all=true",
        "/export/../users",
        "/batches/",
        "/batches/x/",
        &format!("/users/{}/", ids.user),
        &format!("/users//{}", ids.user),
        &format!("/users/{}/edit/", ids.user),
        "/users/..%2Fusers",
        "/sign-in/../users",
        "/ui/",
        "/api/users/lock",
        "/api/users/lock/",
        "/api/no-such-function",
        "/api",
        "/pkg/../users",
        "/pkg/..%2F..%2FCargo.toml",
    ] {
        for (who, browser) in [("no session", &anonymous), ("officer", &officer)] {
            for method in [Method::GET, Method::HEAD] {
                let what = format!("{method} {path} by {who}");
                let request = browser.bare(method, path).header(header::ACCEPT, HTML);
                let answer = browser.send(request).await;
                // A page that says "not found", or no page at all; never one that renders and then refuses.
                let named = answer.between("<h1>", "</h1>").unwrap_or("Not found");
                let refused = [303, 400, 403, 404, 405].contains(&answer.status);
                if !refused || !["Not found", "Not allowed"].contains(&named) {
                    shown.push(format!("{what}: {} {named}", answer.status));
                }
                assert!(!answer.shows("[workspace"), "{what}");
                world.assert_no_calls(&what);
            }
        }
    }
    assert!(shown.is_empty(), "{shown:#?}");
}

#[tokio::test]
async fn a_function_outside_of_the_table_is_not_found() {
    let (world, _) = world().await;
    let admin = world.signed_in("admin").await;
    for path in [
        "/api/no-such-function",
        "/api/users/lock/",
        "/api/Users/Lock",
        "/api/",
    ] {
        let answer = admin.call(path, &[("id", "7")]).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.content());
    }
    let answer = admin.send(admin.request("/users", HTML)).await;
    assert_eq!(answer.status, 405, "a page is not posted to");
    world.assert_no_calls("an unknown function");
}

#[tokio::test]
async fn the_portals_own_health_is_for_loopback_alone() {
    for (is_reachable, expected) in [(false, 200), (true, 404)] {
        let world = World::with(Setup {
            is_reachable,
            ..Setup::default()
        })
        .await;
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(world.browser().get(path).await.status, expected, "{path}");
        }
    }
}

#[tokio::test]
async fn the_gallery_is_shown_in_demo_mode_alone() {
    let world = World::new().await;
    assert_eq!(world.browser().get("/ui").await.status, 404);
    let admin = world.signed_in("admin").await;
    assert_eq!(admin.get("/ui").await.status, 404);
    let sign_in = world.browser().get("/sign-in").await;
    assert!(!sign_in.shows(password()) && !sign_in.shows("Demo accounts"));
}
