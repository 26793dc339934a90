//! A walk over the table of addresses: every row is called anonymously, with a stale session, without the permission and
//! with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{
    Answer, Browser, ENDLESS, HTML, SIGN_IN, SIGN_OUT, STEP, Setup, TestPortal, deployment, finished,
    password, requested_deployment, start_dry_run, start_job,
};
use app::routes::{Handler, Route, table};
use gate::{Action, Needs, proofpoint_permissions as mail};
use http::{Method, header};
use operations::baseline::fingerprint;
use protegrity::permissions as known;
use simulator::Fault;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

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
    Form,
    Export,
    Events,
}

/// The values that the endpoints are called with.
#[derive(Clone, Debug)]
struct Samples {
    /// A user that stays unlocked.
    user: String,
    /// A user that is deleted.
    deleted: String,
    /// A job.
    job: String,
    /// A deployment that waits for an approval.
    request: String,
    /// The fingerprint of an export key.
    fingerprint: String,
    /// The baseline that each edit form shows, by the address of the form.
    baselines: BTreeMap<&'static str, String>,
}

/// The rule of the role ETL and the data element `DE_SSN`.
const RULE: &str = "30001";

/// The edit forms with their pages.
const EDIT_FORMS: [(&str, &str); 12] = [
    ("/api/users/edit", "/users/{id}/edit"),
    ("/api/groups/edit", "/groups/{id}/edit"),
    ("/api/roles/edit", "/roles/{name}/edit"),
    ("/api/saml/update", "/saml/{alias}/edit"),
    ("/api/password-policy/update", "/password-policy/edit"),
    ("/api/entra/save", "/entra/edit"),
    ("/api/policy/rules/change", "/policy/policies/{uid}/rules/{rule}"),
    ("/api/proofpoint/features", "/proofpoint/orgs/{domain}/features"),
    (
        "/api/proofpoint/licensing/seats",
        "/proofpoint/orgs/{domain}/licensing",
    ),
    (
        "/api/proofpoint/licensing/package",
        "/proofpoint/orgs/{domain}/licensing",
    ),
    (
        "/api/proofpoint/domains/change",
        "/proofpoint/orgs/{domain}/domains/{mail_domain}",
    ),
    (
        "/api/proofpoint/users/edit",
        "/proofpoint/orgs/{domain}/users/{email}/edit",
    ),
];

/// A row of the table, and the address and form that it is called with.
#[derive(Clone, Debug)]
struct Endpoint {
    kind: Kind,
    path: &'static str,
    action: Action,
    address: String,
    form: Vec<(&'static str, String)>,
}

fn kind(route: &Route) -> Kind {
    match route.handler {
        Handler::Page(_) => Kind::Page,
        Handler::Form(_) => Kind::Form,
        Handler::Export(_) => Kind::Export,
        Handler::Events(_) => Kind::Events,
    }
}

/// Two groups of the simulator, which have the same ids in every simulator: "developers" and "contractors".
const GROUP: &str = "b020d984-c6b0-472d-8983-7c966a20f10d";
const EMPTY_GROUP: &str = "d3ad0580-3e5c-4117-8c29-8cb36363fd42";

/// A group of the simulator's Entra ID tenant, which is the same in every simulator.
const ENTRA_GROUP: &str = "1cfa14d9-2e08-40e5-bc02-600e5ae344f5";

/// The address with its parameters filled in; `None` for a parameter without a sample.
fn address(path: &str, samples: &Samples) -> Option<String> {
    let id = if path.starts_with("/approvals/") {
        &samples.request
    } else if path.starts_with("/jobs/") || path.starts_with("/deployments/") {
        &samples.job
    } else if path.starts_with("/entra/") {
        ENTRA_GROUP
    } else if path.starts_with("/groups/") {
        GROUP
    } else {
        &samples.user
    };
    let address = path
        .replace("{id}", id)
        .replace(
            "{uid}",
            if path.starts_with("/policy/policies/") {
                "1"
            } else {
                "2"
            },
        )
        .replace("{rule}", RULE)
        .replace("{alias}", PROVIDER)
        .replace("{api}", "pim")
        .replace("{domain}", "example.com")
        .replace("{mail_domain}", "example.org")
        .replace("{email}", "layla.haddad@example.com")
        .replace("{name}", "policy_officer");
    let address = match path {
        "/packages/rps.json" => format!("{address}?fingerprint={}", samples.fingerprint),
        "/export/proofpoint-users.csv" => format!("{address}?domain=example.com"),
        _ => address,
    };
    (!address.contains('{')).then_some(address)
}

/// A form that would take effect, with the baseline where it is an edit form; `None` for a form without a sample.
fn form(path: &str, samples: &Samples) -> Option<Vec<(&'static str, String)>> {
    let mut fields = fields(path, samples)?;
    let reviewed = reviewed(path).map(|change| fingerprint(&change));
    fields.extend(reviewed.map(|reviewed| ("reviewed", reviewed)));
    fields.extend(
        samples
            .baselines
            .get(path)
            .map(|baseline| ("baseline", baseline.clone())),
    );
    Some(fields)
}

/// What the form of a role or a group gives and takes, as it was reviewed.
fn reviewed(path: &str) -> Option<Vec<String>> {
    let names: &[&str] = match path {
        "/api/roles/edit" => &[
            "+role_viewer",
            "-workbench_deployment_immutablepackage_export",
            "-workbench_management_policy_read",
            "-workbench_management_policy_write",
        ],
        "/api/groups/edit" => &["+security_viewer", "-workbench_viewer"],
        _ => return None,
    };
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

/// The fields that a person fills in.
fn fields(path: &str, samples: &Samples) -> Option<Vec<(&'static str, String)>> {
    let id = &samples.user;
    Some(match path {
        "/api/sign-in" => vec![
            ("user_name", "helpdesk".to_owned()),
            ("password", password().to_owned()),
        ],
        "/api/sign-out" | "/api/session/refresh" | "/api/proofpoint/disconnect" => vec![],
        "/api/proofpoint/connect" => vec![
            ("email", "admin@example.com".to_owned()),
            ("password", password().to_owned()),
        ],
        "/api/services/log-level" => vec![("api", "pim".to_owned()), ("level", "FINE".to_owned())],
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
        "/api/users/delete" => vec![("id", samples.deleted.clone())],
        "/api/users/reset-password" => vec![("id", id.to_owned()), ("temporary", "true".to_owned())],
        "/api/users/find" | "/api/groups/find" | "/api/people/find" => vec![("q", "a".to_owned())],
        "/api/people/leaver" => vec![
            ("email", "layla.haddad".to_owned()),
            ("steps[]", "lock".to_owned()),
        ],
        "/api/people/starter" => vec![
            ("steps[]", "account".to_owned()),
            ("username", "new.starter".to_owned()),
            ("roles[]", "directory_viewer".to_owned()),
        ],
        "/api/users/many" => vec![
            ("bulk_action", "lock".to_owned()),
            ("users[]", "alpha".to_owned()),
        ],
        "/api/users/import" => vec![
            ("file", "username\nfrom-a-file\n".to_owned()),
            ("roles[]", "directory_viewer".to_owned()),
        ],
        "/api/jobs/stop" | "/api/jobs/retry" | "/api/jobs/continue" => vec![("id", samples.job.clone())],
        "/api/approvals/withdraw" => vec![("id", samples.request.clone())],
        "/api/approvals/approve" | "/api/approvals/reject" => {
            vec![("id", samples.request.clone()), ("reason", "A test".to_owned())]
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
        "/api/password-policy/update" => {
            vec![("length", "9".to_owned()), ("confirm_weaker", "true".to_owned())]
        }
        "/api/password/check" => vec![("password", "short".to_owned())],
        "/api/session/password" => vec![
            ("old_password", password().to_owned()),
            ("new_password", "Another-Passw0rd!".to_owned()),
            ("repeat_password", "Another-Passw0rd!".to_owned()),
        ],
        "/api/tokens/lifespan" => vec![
            ("lifespan", "600".to_owned()),
            ("confirm_lifespan", "true".to_owned()),
        ],
        path => {
            return entra_fields(path)
                .or_else(|| mail_fields(path))
                .or_else(|| roles_and_groups_fields(path))
                .or_else(|| mail_user_fields(path))
                .or_else(|| policy_fields(path));
        }
    })
}

/// The fields of a form of the area Entra ID.
fn entra_fields(path: &str) -> Option<Vec<(&'static str, String)>> {
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
        _ => return None,
    };
    Some(
        fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
    )
}

/// The fields of a form about an organisation at Proofpoint.
fn mail_fields(path: &str) -> Option<Vec<(&'static str, String)>> {
    let fields: &[(&'static str, &str)] = match path {
        "/api/proofpoint/licensing/seats" => &[("seats", "90")],
        "/api/proofpoint/features" => &[("feature_instant_replay", "7")],
        "/api/proofpoint/licensing/package" => &[("package", "professional"), ("eula", "true")],
        "/api/proofpoint/domains/add" => &[
            ("name", "new.example.com"),
            ("relay", "true"),
            ("destination", "mail.example.com"),
            ("failovers", "mail2.example.com"),
        ],
        "/api/proofpoint/domains/change" => &[
            ("name", "example.org"),
            ("relay", "true"),
            ("destination", "another.example.org"),
            ("active", "true"),
        ],
        "/api/proofpoint/senders/add" => {
            return Some(organization_senders("entries", "new@supplier.example"));
        }
        "/api/proofpoint/senders/remove" => return Some(organization_senders("entry", "*@example.com")),
        "/api/proofpoint/domains/delete" => &[("name", "example.org"), ("typed", "example.org")],
        "/api/proofpoint/domains/verify" => &[("name", "pending.example.org"), ("method", "txt")],
        _ => return None,
    };
    let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
    Some(
        fields
            .chain([("organization", "example.com".to_owned())])
            .collect(),
    )
}

/// The fields of a form of the sender lists of an organisation.
fn organization_senders(name: &'static str, sender: &str) -> Vec<(&'static str, String)> {
    let fields = [("domain", "example.com"), ("list", "safe"), (name, sender)];
    fields.map(|(name, value)| (name, value.to_owned())).into()
}

/// The fields of a form of a user of Proofpoint.
fn mail_user_fields(path: &str) -> Option<Vec<(&'static str, String)>> {
    let form = path.strip_prefix("/api/proofpoint/users/")?;
    let user = mail_user_of(form);
    let fields: &[(&'static str, &str)] = match form {
        "create" => &[("user_type", "end_user"), ("billable", "true")],
        "import" => {
            return Some(vec![
                ("domain", "example.com".to_owned()),
                (
                    "file",
                    "email,first_name\nfrom.a.file@example.com,Ana\n".to_owned(),
                ),
            ]);
        }
        "edit" => &[
            ("address", user),
            ("first_name", "Renamed"),
            ("user_type", "end_user"),
            ("billable", "true"),
            ("aliases", "layla@example.com"),
        ],
        "convert" | "exempt" => &[("exempt", "true")],
        "activate" | "deactivate" => &[],
        "delete" => &[("typed", user)],
        "many" => {
            return Some(vec![
                ("domain", "example.com".to_owned()),
                ("bulk_action", "activate".to_owned()),
                ("users[]", user.to_owned()),
            ]);
        }
        "senders/add" => &[("list", "safe"), ("entries", "new@supplier.example")],
        "senders/remove" => &[("list", "safe"), ("entry", "*@gmail.com")],
        _ => return None,
    };
    let of = [("domain", "example.com"), ("email", user)];
    let fields = of.iter().chain(fields);
    Some(fields.map(|(name, value)| (*name, (*value).to_owned())).collect())
}

/// The user of Proofpoint whom a form is about.
fn mail_user_of(form: &str) -> &'static str {
    match form {
        "create" => "made-by-a-test@example.com",
        "convert" => "officer@example.com",
        "activate" => "zoe.strand@example.com",
        "deactivate" => "helpdesk@example.com",
        "delete" => "journal@example.com",
        "senders/add" | "senders/remove" => "alpha@example.com",
        _ => "layla.haddad@example.com",
    }
}

/// The fields of a form of the areas roles and groups.
fn roles_and_groups_fields(path: &str) -> Option<Vec<(&'static str, String)>> {
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
        "/api/roles/edit" => &[
            ("name", "policy_officer"),
            ("permissions[]", "can_create_token"),
            ("permissions[]", "role_viewer"),
        ],
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

/// A public key; its private key was thrown away.
const EXPORT_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr76Vp/csdpog6p1PpRJk
5nxH8DUgwzr9bbUNCsTfz8A7CRuE8u+pFXaTzuJlpyldIVgi+c0TfjCodc5yUHZQ
P8n0y3bLp0fsZhxiWxezHugJGsiUhQvfkUvlgEIwNe5OdxHDk9JD/3t9Z8Y4E9u3
cA98nI4YIIuZXOzR+LBkLmWVZXyQKoZE2PzzLKEDxdyp4Gd22EUu/aG2+Q/275/9
j/kXLJRgkIKBS/qtXqDLiZ8rWZcHI2QK3r53RamZxk14VqB/qDBAaTgOzpQpVx86
NkQOfSgorV6CAXQ3HzUP6T4U86A+hXwhuGRITI2vOqBZPp9I+9pw8Min1NC36XR5
awIDAQAB
-----END PUBLIC KEY-----
";

/// The fields of a form of policy management.
fn policy_fields(path: &str) -> Option<Vec<(&'static str, String)>> {
    let fields: &[(&'static str, &str)] = match path {
        "/api/policy/initialize" => &[],
        // The data store TEST with one policy more.
        "/api/deployments/deploy" => &[
            ("stores[]", "3"),
            ("policies[]", r#"["3","1"]"#),
            ("policies[]", r#"["3","2"]"#),
            ("reason", "A test"),
        ],
        "/api/policy/sources/create" => &[
            ("name", "endpoint"),
            ("user_file", "/opt/example/users.csv"),
            ("group_file", "/opt/example/groups.csv"),
        ],
        "/api/policy/roles/create" => &[("name", "ENDPOINT"), ("description", "A role")],
        "/api/policy/roles/members/add" => &[
            ("uid", "2"),
            ("source", "1"),
            ("kind", "USER"),
            ("names", "endpoint@example.com"),
        ],
        "/api/policy/masks/create" => &[
            ("name", "ENDPOINT"),
            ("from_left", "2"),
            ("from_right", "3"),
            ("masked", "true"),
            ("character", "#"),
        ],
        "/api/policy/alphabets/create" => &[
            ("label", "Endpoint"),
            ("ranges", "0041-005A"),
            ("code_points", "00E4"),
        ],
        "/api/policy/data-elements/create" => &[
            ("method", "numericToken"),
            ("name", "ENDPOINT"),
            ("tokenizer", "SLT_2_6"),
            ("from_right", "4"),
            ("length_preserving", "true"),
            ("allow_short", "YES"),
        ],
        "/api/policy/data-stores/create" => &[("name", "ENDPOINT"), ("description", "A data store")],
        "/api/policy/export-keys/add" => &[
            ("uid", "2"),
            ("algorithm", "RSA-OAEP-512"),
            ("pem", EXPORT_KEY),
            ("description", "A key"),
        ],
        "/api/policy/applications/create" => &[
            ("name", "ENDPOINT"),
            ("application_name", "endpoint-*"),
            ("application_user", "endpoint"),
        ],
        "/api/policy/policies/create" => &[
            ("name", "MADE_BY_A_TEST"),
            ("description", "A policy"),
            ("access[]", "un_protect"),
            ("audit_failed[]", "protect"),
        ],
        "/api/policy/data-elements/describe" => &[
            ("uid", "1"),
            ("shown", "Social security number"),
            ("description", "Another description"),
        ],
        // Nothing is deployed on the data store DEFAULT.
        "/api/policy/objects/delete" => &[("kind", "data_store"), ("uid", "1")],
        // The fraud desk has no rule for social security numbers.
        "/api/policy/file/plan" => &[(
            "file",
            "version: 1\nmasks:\n- {name: ENDPOINT, fromLeft: 2, masked: true, character: '#'}\n",
        )],
        "/api/policy/rules/change" => &[
            ("policy", "1"),
            ("rule", RULE),
            ("access[]", "protect"),
            ("no_access", "EXCEPTION"),
            ("mask", ""),
        ],
        "/api/policy/rules/delete" => &[("policy", "1"), ("rule", RULE)],
        "/api/policy/rules/create" => &[
            ("policy", "1"),
            ("roles[]", "4"),
            ("elements[]", "1"),
            ("access[]", "un_protect"),
            ("audit_success[]", "un_protect"),
            ("mask", "1"),
            ("no_access", "EXCEPTION"),
        ],
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
    let permission = match needs {
        // A job is shown only to the account that started it.
        Needs::Session if path.contains("/jobs/") => return Some(("officer", "helpdesk")),
        // Each step of a guide needs a permission of its own.
        Needs::Session if path.starts_with("/api/people/") => return Some(("officer", "helpdesk")),
        Needs::Nothing | Needs::Session => return Some(("officer", "officer")),
        Needs::Permission(permission) => permission,
    };
    match permission.name {
        mail::READ => Some(("admin + employee@example.com", "admin + admin@example.com")),
        mail::CHANGE => Some(("admin + reader@example.com", "admin + admin@example.com")),
        mail::CHILDREN | mail::LICENSING => {
            Some(("admin + admin@example.com", "admin + partner@msp.example"))
        }
        // A bulk action needs a permission of its own.
        known::USER_MANAGER_VIEWER if path == "/api/users/many" => Some(("officer", "helpdesk")),
        known::USER_MANAGER_VIEWER | known::GROUP_VIEWER | known::ROLE_VIEWER => Some(("officer", "auditor")),
        known::USER_MANAGER_ADMIN => Some(("auditor", "helpdesk")),
        known::SAML_VIEWER | known::PASSWORD_POLICY_VIEWER | known::WORKBENCH_POLICY_READ => {
            Some(("helpdesk", "auditor"))
        }
        known::SAML_ADMIN
        | known::PASSWORD_POLICY_ADMIN
        | known::WEB_ADMIN
        | known::ROLE_ADMIN
        | known::GROUP_ADMIN
        | known::WORKBENCH_POLICY_WRITE
        | known::WORKBENCH_PACKAGE_EXPORT => Some(("auditor", "admin")),
        _ => None,
    }
}

/// The row as an endpoint to call; `None` where a sample or the accounts are missing.
fn endpoint(route: &'static Route, samples: &Samples) -> Option<Endpoint> {
    let Route { path, action, .. } = *route;
    accounts(path, action.rule().needs)?;
    let kind = kind(route);
    let form = match kind {
        Kind::Form => form(path, samples)?,
        Kind::Page | Kind::Export | Kind::Events => Vec::new(),
    };
    Some(Endpoint {
        kind,
        path,
        action,
        address: address(path, samples)?,
        form,
    })
}

/// Every row of the table.
fn endpoints(samples: &Samples) -> Vec<(&'static Route, Endpoint)> {
    let endpoint = |route: &'static Route| {
        let endpoint = endpoint(route, samples);
        let endpoint = endpoint.unwrap_or_else(|| panic!("{} is not covered", route.path));
        (route, endpoint)
    };
    table().iter().map(endpoint).collect()
}

/// A job of this browser's account on which the endpoint has an effect, where it needs one.
async fn job_for(portal: &TestPortal, browser: &Browser, path: &str) -> Option<String> {
    let id = match path {
        "/api/jobs/retry" => {
            let refusal = Fault::Status {
                status: 500,
                body: String::new(),
            };
            portal.fail(&["/pty/v1/auth/users/*/lock"], &refusal);
            let id = start_job(browser, "lock", &["svc-backup"], "").await;
            finished(browser, &id).await;
            portal.simulator().set_faults(Vec::new());
            id
        }
        "/api/jobs/continue" => {
            start_dry_run(browser, "username,roles\nafter-the-dry-run,directory_viewer\n").await
        }
        "/deployments/{id}" => {
            let admin = portal.signed_in("admin").await;
            let id = deployment(&admin).await;
            finished(&admin, &id).await;
            return Some(id);
        }
        path if path.contains("/approvals/") => {
            return Some(requested_deployment(&portal.signed_in("admin").await).await);
        }
        path if path.contains("/jobs/") => start_job(browser, "lock", &["svc-backup"], "").await,
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
            Kind::Form => browser.call(&self.address, &self.form()).await,
            Kind::Page | Kind::Export | Kind::Events => browser.get(&self.address).await,
        }
    }
}

/// The portal in demo mode, which has the row `/ui`, and the samples.
async fn portal() -> (TestPortal, Samples) {
    let portal = TestPortal::with(Setup {
        demo: true,
        ..Setup::default()
    })
    .await;
    // A cluster whose specification lists everything that the portal can do.
    portal.simulator().settings(|settings| settings.pim_items = true);
    let mut samples = Samples {
        user: portal.id_of("alpha").await,
        deleted: portal.id_of("bdrift").await,
        job: "0".repeat(32),
        request: requested_deployment(&portal.signed_in("officer").await).await,
        fingerprint: portal.export_key().await,
        baselines: BTreeMap::new(),
    };
    let admin = portal.signed_in("admin + partner@msp.example").await;
    for (form, page) in EDIT_FORMS {
        let page = address(page, &samples).expect("an address");
        samples.baselines.insert(form, admin.baseline(&page, form).await);
    }
    portal.simulator().clear_calls();
    (portal, samples)
}

#[test]
fn the_table_holds_every_server_function_and_no_other() {
    let registered: BTreeSet<_> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| format!("{method} {path}"))
        .collect();
    let forms = table().iter().filter(|route| kind(route) == Kind::Form);
    let forms: BTreeSet<_> = forms.map(|route| format!("POST {}", route.path)).collect();
    assert_eq!(registered, forms);
    for route in table() {
        let is_form = kind(route) == Kind::Form;
        assert_eq!(route.path.starts_with("/api/"), is_form, "{}", route.path);
    }
    let paths: BTreeSet<_> = table().iter().map(|route| route.path).collect();
    assert_eq!(table().len(), paths.len(), "an address is there twice");
}

#[test]
fn every_endpoint_is_covered() {
    let samples = Samples {
        user: "some-id".to_owned(),
        deleted: "another-id".to_owned(),
        job: "a-job".to_owned(),
        request: "a-request".to_owned(),
        fingerprint: "0".repeat(64),
        baselines: BTreeMap::new(),
    };
    let uncovered: BTreeSet<_> = table()
        .iter()
        .filter(|route| endpoint(route, &samples).is_none())
        .map(|route| format!("{:?} {}", kind(route), route.path))
        .collect();
    let listed: BTreeSet<_> = UNCOVERED.lines().map(ToOwned::to_owned).collect();
    assert_eq!(
        uncovered, listed,
        "add the form, the parameter or the accounts of the new endpoint above"
    );
    assert_eq!(UNCOVERED, "", "uncovered.txt has to stay empty");
}

#[tokio::test]
async fn without_a_session_every_call_leads_to_the_sign_in() {
    let (portal, samples) = portal().await;
    let signed_out = portal.signed_in("admin").await;
    let stale = signed_out.cookie(COOKIE).expect("a session");
    signed_out.call(SIGN_OUT, &[]).await;
    portal.simulator().clear_calls();
    let cookies = [
        None,
        Some(stale.as_str()),
        Some("AAAAAAAAAAAAAAAAAAAAAA"),
        Some("\"'<>%00"),
    ];
    for (_, endpoint) in endpoints(&samples) {
        for cookie in cookies {
            let what = format!("{endpoint:?} with cookie {cookie:?}");
            let browser = portal.browser();
            if let Some(cookie) = cookie {
                browser.set_cookie(COOKIE, cookie);
            }
            let answer = endpoint.call(&browser).await;
            check_anonymous(&endpoint, &answer, &what);
            if endpoint.needs() == Needs::Nothing {
                portal.simulator().clear_calls();
            }
            portal.assert_no_calls(&what);
        }
    }
    assert!(!portal.is_locked("alpha").await);
}

fn check_anonymous(endpoint: &Endpoint, answer: &Answer, what: &str) {
    match (endpoint.needs(), endpoint.kind) {
        (Needs::Nothing, Kind::Page) => assert_eq!(answer.status, 200, "{what}"),
        (Needs::Nothing, _) => assert_eq!(answer.status, 204, "{what}: {}", answer.content()),
        (_, Kind::Page) => {
            assert_eq!(answer.status, 303, "{what}");
            let next = endpoint.address.replace('/', "%2F").replace('@', "%40");
            assert_eq!(answer.location(), format!("/sign-in?next={next}"), "{what}");
            assert_eq!(answer.body, "", "{what}");
        }
        (_, Kind::Form) => {
            assert_eq!(answer.status, 401, "{what}: {}", answer.content());
            assert_eq!(answer.json()["kind"], "SignIn", "{what}");
        }
        (_, Kind::Export | Kind::Events) => {
            assert_eq!(answer.status, 401, "{what}: {}", answer.body);
            check_plain_refusal(answer, what);
        }
    }
}

/// A refused file or stream is plain text with the request id.
fn check_plain_refusal(answer: &Answer, what: &str) {
    assert!(answer.header("content-type").starts_with("text/plain"), "{what}");
    assert_eq!(answer.header("content-disposition"), "", "{what}");
    assert!(answer.shows("Request id"), "{what}: {}", answer.body);
}

#[tokio::test]
async fn without_a_session_a_plain_form_leads_to_the_sign_in() {
    let (portal, samples) = portal().await;
    for (_, endpoint) in endpoints(&samples) {
        if endpoint.kind != Kind::Form || endpoint.needs() == Needs::Nothing {
            continue;
        }
        let page = format!("/users/{}", samples.user);
        let answer = portal
            .browser()
            .submit(&page, &endpoint.address, &endpoint.form())
            .await;
        assert_eq!(answer.status, 303, "{endpoint:?}");
        assert_eq!(
            answer.location(),
            format!("/sign-in?next=%2Fusers%2F{}", samples.user),
            "{endpoint:?}"
        );
        portal.assert_no_calls(&endpoint.address);
    }
}

/// The page on which a form stands.
fn page_of(form: &str, samples: &Samples) -> String {
    let page = match form {
        "/api/users/create" | "/api/users/find" | "/api/groups/find" => "/users/new",
        "/api/people/leaver" => "/people/leaver?email=layla.haddad",
        "/api/people/starter" => "/people/starter",
        "/api/people/find" => "/people",
        "/api/users/edit" => "/users/{id}/edit",
        "/api/users/many" => "/users/many?do=lock&ids[]=alpha",
        "/api/users/import" => "/users/import",
        "/api/groups/create" => "/groups/new",
        "/api/groups/edit" => "/groups/{id}/edit",
        "/api/groups/delete" => "/groups/{id}",
        "/api/roles/create" => "/roles/new",
        "/api/roles/edit" => "/roles/{name}/edit",
        "/api/roles/delete" => "/roles/workbench_viewer",
        "/api/saml/create" => "/saml/new",
        "/api/saml/update" => "/saml/{alias}/edit",
        path if path.starts_with("/api/saml") => "/saml/{alias}",
        "/api/password-policy/update" => "/password-policy/edit",
        "/api/password/check" => "/password-policy",
        path if path.starts_with("/api/proofpoint/licensing") => "/proofpoint/orgs/{domain}/licensing",
        "/api/proofpoint/features" => "/proofpoint/orgs/{domain}/features",
        "/api/proofpoint/domains/add" => "/proofpoint/orgs/{domain}/domains/new",
        "/api/proofpoint/domains/verify" => "/proofpoint/orgs/{domain}",
        path if path.starts_with("/api/proofpoint/domains") => {
            "/proofpoint/orgs/{domain}/domains/{mail_domain}"
        }
        path if path.starts_with("/api/proofpoint/senders") => "/proofpoint/orgs/{domain}/senders",
        "/api/proofpoint/users/create" => "/proofpoint/orgs/{domain}/users/new",
        "/api/proofpoint/users/edit" => "/proofpoint/orgs/{domain}/users/{email}/edit",
        "/api/proofpoint/users/import" => "/proofpoint/orgs/{domain}/users/import",
        "/api/proofpoint/users/many" => {
            "/proofpoint/orgs/{domain}/users/many?do=activate&ids[]=layla.haddad@example.com"
        }
        path if path.starts_with("/api/proofpoint/users/") => {
            let user = mail_user_of(path.trim_start_matches("/api/proofpoint/users/"));
            return format!("/proofpoint/orgs/example.com/users/{}", user.replace('@', "%40"));
        }
        path if path.starts_with("/api/proofpoint") => "/proofpoint",
        "/api/session/password" => "/session/password",
        "/api/session/refresh" => "/session",
        "/api/tokens/lifespan" => "/tokens",
        "/api/services/log-level" => "/services",
        "/api/entra/dry-run" => "/entra/import?what=users",
        "/api/entra/save" | "/api/entra/test" => "/entra/edit",
        path if path.starts_with("/api/entra") => "/entra",
        path if path.starts_with("/api/jobs") => "/jobs",
        "/api/policy/sources/create" => "/policy/sources/new",
        "/api/policy/roles/create" => "/policy/roles/new",
        "/api/policy/roles/members/add" => "/policy/roles/{uid}",
        "/api/policy/masks/create" => "/policy/masks/new",
        "/api/policy/alphabets/create" => "/policy/alphabets/new",
        "/api/policy/data-elements/create" => "/policy/data-elements/new?method=numericToken",
        "/api/policy/data-stores/create" => "/policy/data-stores/new",
        "/api/policy/data-elements/describe" => "/policy/data-elements/1",
        "/api/policy/objects/delete" => "/policy/data-stores/1",
        "/api/policy/export-keys/add" => "/policy/data-stores/{uid}",
        "/api/policy/applications/create" => "/policy/applications/new",
        "/api/policy/policies/create" => "/policy/policies/new",
        "/api/policy/rules/create" => "/policy/policies/{uid}/rules/new",
        "/api/policy/rules/change" | "/api/policy/rules/delete" => "/policy/policies/{uid}/rules/{rule}",
        "/api/policy/file/plan" => "/policy/file",
        path if path.starts_with("/api/policy") => "/policy",
        path if path.starts_with("/api/approvals") => "/approvals/{id}",
        path if path.starts_with("/api/deployments") => "/deployments/new",
        _ => "/users/{id}",
    };
    address(page, samples).expect("an address")
}

/// Without script, what was typed into a form whose session had ended comes back after the sign-in, except for secrets.
#[tokio::test]
async fn no_form_loses_what_was_typed_when_its_session_has_ended() {
    let (portal, samples) = portal().await;
    let mut lost = Vec::new();
    for (_, endpoint) in endpoints(&samples) {
        if endpoint.kind != Kind::Form || endpoint.needs() == Needs::Nothing {
            continue;
        }
        let what = endpoint.path;
        let (_, account) = endpoint.accounts();
        let page = page_of(endpoint.path, &samples);
        let browser = portal.signed_in(account).await;
        browser.set_cookie(COOKIE, "AAAAAAAAAAAAAAAAAAAAAA");
        let answer = browser.submit(&page, &endpoint.address, &endpoint.form()).await;
        assert!(
            answer.location().starts_with("/sign-in?next="),
            "{what}: {answer:?}"
        );
        portal.assert_no_calls(what);
        browser.get(answer.location()).await;
        // A wrong password loses nothing either. It is tried once: too many are slowed.
        if what == "/api/users/edit" {
            let wrong = [("user_name", account), ("password", "wrong"), ("next", "/")];
            browser.submit("/sign-in", SIGN_IN, &wrong).await;
        }
        let answer = browser.sign_in_on("/sign-in", account).await;
        assert_eq!((answer.status, answer.location()), (303, page.as_str()), "{what}");
        let mut shown = browser.get(&page).await;
        // The session is a new one, and not connected yet.
        if shown.location().starts_with("/proofpoint?next=") {
            browser.connect(account).await;
            shown = browser.get(&page).await;
        }
        assert!(
            shown.shows("the form was not sent"),
            "{what}: {}",
            shown.content()
        );
        check_typed(&endpoint, &shown, &mut lost);
        assert!(!browser.get(&page).await.shows("the form was not sent"), "{what}");
    }
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(!portal.is_locked("alpha").await);
}

/// What is too large to keep without a session, or comes with a file, is said to be lost: it is not lost in silence.
#[tokio::test]
async fn a_form_that_cannot_be_kept_says_so_after_the_sign_in() {
    let portal = TestPortal::new().await;
    let large = "x".repeat(40_000);
    for (page, is_upload) in [("/groups/new", false), ("/users/import", true)] {
        let browser = portal.signed_in("admin").await;
        browser.set_cookie(COOKIE, "AAAAAAAAAAAAAAAAAAAAAA");
        let answer = if is_upload {
            let file = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nusername\r\n--b--\r\n";
            let request = browser
                .request("/api/users/import", HTML)
                .header(header::REFERER, format!("{}{page}", browser.origin()))
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
            browser.send(request.body(file)).await
        } else {
            browser
                .submit(page, "/api/groups/create", &[("description", &large)])
                .await
        };
        assert!(
            answer.location().starts_with("/sign-in?next="),
            "{page}: {answer:?}"
        );
        let answer = browser.sign_in_on(answer.location(), "admin").await;
        assert_eq!((answer.status, answer.location()), (303, page));
        let shown = browser.get(page).await;
        assert!(shown.shows("could not be kept"), "{page}: {}", shown.content());
        assert!(!browser.get(page).await.shows("could not be kept"), "{page}");
    }
}

/// The typed values that this page does not show in the form, and the secrets that it does.
fn check_typed(endpoint: &Endpoint, shown: &Answer, lost: &mut Vec<String>) {
    let is_secret = |name: &str| name.contains("password") || name.contains("secret") || name == "file";
    let secrets: Vec<_> = endpoint
        .form
        .iter()
        .filter(|(name, value)| is_secret(name) && !value.is_empty())
        .collect();
    assert_eq!(
        shown.shows("are not kept"),
        !secrets.is_empty(),
        "{}",
        endpoint.path
    );
    // A search has no form of its own, and the buttons of a job no values.
    if endpoint.path.contains("/find") || endpoint.path.contains("/jobs/") {
        return;
    }
    for (name, value) in &endpoint.form {
        // What the page itself puts into its forms is not typed, and a confirmation is asked for when it is due.
        let is_typed =
            !["reviewed", "id", "uid", "mapper", "api"].contains(name) && !name.starts_with("confirm_");
        if is_secret(name) || !is_typed {
            continue;
        }
        let inputs = shown.inputs_of(endpoint.path);
        let is_there = inputs.contains(&((*name).to_owned(), value.clone()))
            || shown.shows(&format!(">{value}</textarea>"))
            || shown.shows(&format!("value=\"{value}\" selected"));
        if !is_there {
            lost.push(format!("{} {name}={value}", endpoint.path));
        }
    }
}

/// On a shared computer, the next person does not see what another one typed.
#[tokio::test]
async fn what_was_typed_comes_back_to_its_own_account_alone() {
    let portal = TestPortal::new().await;
    let page = "/users/new";
    let browser = portal.signed_in("admin").await;
    browser.set_cookie(COOKIE, "AAAAAAAAAAAAAAAAAAAAAA");
    browser
        .submit(page, "/api/users/create", &[("username", "typed-by-admin")])
        .await;
    let answer = browser.sign_in_on("/sign-in", "helpdesk").await;
    assert_eq!(answer.location(), "/");
    for account in ["helpdesk", "admin"] {
        assert!(!browser.get(page).await.shows("typed-by-admin"), "{account}");
        browser.sign_in_on("/sign-in", "admin").await;
    }
}

#[tokio::test]
async fn without_the_permission_the_answer_names_it() {
    let (portal, samples) = portal().await;
    for (_, endpoint) in endpoints(&samples) {
        let Needs::Permission(permission) = endpoint.needs() else {
            continue;
        };
        let (account, _) = endpoint.accounts();
        let what = format!("{endpoint:?} as {account}");
        let browser = portal.signed_in(account).await;
        let answer = endpoint.call(&browser).await;
        assert_eq!(answer.status, 403, "{what}: {}", answer.content());
        assert!(answer.shows(permission.name), "{what}: {}", answer.content());
        portal.assert_no_calls(&what);
        match endpoint.kind {
            Kind::Page => {
                answer.assert_framed(&what);
                continue;
            }
            Kind::Export | Kind::Events => {
                check_plain_refusal(&answer, &what);
                continue;
            }
            Kind::Form => {}
        }
        assert_eq!(answer.json()["kind"], "Forbidden", "{what}");
        assert!(answer.json()["request_id"].is_string(), "{what}");
        let answer = browser
            .submit("/session", &endpoint.address, &endpoint.form())
            .await;
        assert_eq!((answer.status, answer.location()), (303, "/session"), "{what}");
        portal.assert_no_calls(&what);
        let page = browser.get("/session").await;
        assert!(
            page.shows("role=\"alert\"") && page.shows(permission.name),
            "{what}: {}",
            page.body
        );
    }
    assert!(!portal.is_locked("alpha").await);
}

#[tokio::test]
async fn with_the_permission_the_call_succeeds() {
    let (portal, samples) = portal().await;
    for (route, endpoint) in endpoints(&samples) {
        let (_, account) = endpoint.accounts();
        // The account of the other endpoints keeps its password.
        let account = if endpoint.address == "/api/session/password" {
            "officer2"
        } else {
            account
        };
        let what = format!("{endpoint:?} as {account}");
        let browser = portal.signed_in(account).await;
        let endpoint = match job_for(&portal, &browser, endpoint.path).await {
            Some(job) => {
                let samples = Samples {
                    request: job.clone(),
                    job,
                    ..samples.clone()
                };
                self::endpoint(route, &samples).expect("an endpoint")
            }
            None => endpoint,
        };
        let answer = endpoint.call(&browser).await;
        let expected = match (endpoint.kind, endpoint.action) {
            (Kind::Page, Action::SignIn) => 303,
            // Past the permission check: there is no such mapper.
            (Kind::Form, Action::DeleteSamlMapper) => 404,
            // The same: the request is the caller's own, and the domain does not show its code.
            (Kind::Form, Action::ApproveDeployment | Action::RejectDeployment | Action::VerifyMailDomain) => {
                409
            }
            // The same: the job is no import.
            (Kind::Export, _) if endpoint.path.ends_with("/unfinished.csv") => 404,
            (Kind::Form, _) if endpoint.path.contains("/find") => 200,
            (Kind::Page | Kind::Export | Kind::Events, _) | (Kind::Form, Action::CheckPassword) => 200,
            (Kind::Form, _) => 204,
        };
        assert_eq!(answer.status, expected, "{what}: {}", answer.content());
        match endpoint.kind {
            Kind::Form if endpoint.path.contains("/find") => {
                assert!(answer.json()["found"].is_array(), "{what}: {}", answer.body);
            }
            Kind::Page if expected == 200 => answer.assert_framed(&what),
            Kind::Export if expected == 200 => {
                let disposition = answer.header("content-disposition");
                assert!(
                    disposition.starts_with("attachment; filename="),
                    "{what}: {disposition}"
                );
            }
            Kind::Events => {
                assert_eq!(answer.header("content-type"), "text/event-stream", "{what}");
                let last = if endpoint.path == ENDLESS {
                    STEP
                } else {
                    "event: end"
                };
                assert!(answer.shows(last), "{what}: {}", answer.body);
            }
            _ => {}
        }
    }
}

/// Without its baseline a form could undo the change of another person.
#[tokio::test]
async fn an_edit_form_without_its_baseline_changes_nothing() {
    let (portal, samples) = portal().await;
    let admin = portal.signed_in("admin + partner@msp.example").await;
    for path in EDIT_FORMS.iter().map(|(form, _)| *form) {
        for baseline in [None, Some(""), Some("<x>")] {
            let what = format!("{path} with {baseline:?}");
            let fields = fields(path, &samples).expect("a form");
            let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
            let fields: Vec<_> = fields.chain(baseline.map(|value| ("baseline", value))).collect();
            let answer = admin.call(path, &fields).await;
            assert_eq!(answer.status, 409, "{what}: {}", answer.body);
            assert_eq!(answer.json()["kind"], "Conflict", "{what}");
            let calls = portal.calls();
            assert!(
                calls.iter().all(|call| call.starts_with("GET ")),
                "{what}: {calls:?}"
            );
        }
    }
}

#[tokio::test]
async fn another_spelling_of_an_address_does_not_bypass_the_guard() {
    let (portal, samples) = portal().await;
    let officer = portal.signed_in("officer").await;
    let anonymous = portal.browser();
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
        "/jobs/",
        "/jobs/x/",
        "/jobs/x/events/",
        "/jobs//events",
        &format!("/users/{}/", samples.user),
        &format!("/users//{}", samples.user),
        &format!("/users/{}/edit/", samples.user),
        "/users/..%2Fusers",
        "/users/%252e%252e",
        "/users/%ff",
        "/users/%5C..%5Cnew",
        "/sign-in/../users",
        "/ui/",
        "/api/users/lock",
        "/api/users/lock/",
        "/api/no-such-function",
        "/api",
        "/pkg/../users",
        "/pkg/..%2F..%2FCargo.toml",
    ] {
        for (account, browser) in [("no session", &anonymous), ("officer", &officer)] {
            for method in [Method::GET, Method::HEAD] {
                let what = format!("{method} {path} with {account}");
                let request = browser.bare(method, path).header(header::ACCEPT, HTML);
                let answer = browser.send(request).await;
                // A refusal, as a page or without one: no page of the table.
                let named = answer.between("<h1>", "</h1>").unwrap_or("Not found");
                let refused = [303, 400, 401, 403, 404, 405].contains(&answer.status);
                if !refused || !["Not found", "Not allowed"].contains(&named) {
                    shown.push(format!("{what}: {} {named}", answer.status));
                }
                assert!(!answer.shows("[workspace"), "{what}");
                portal.assert_no_calls(&what);
            }
        }
    }
    assert!(shown.is_empty(), "{shown:#?}");
}

/// The answer to a request whose path no client has normalized.
async fn raw_get(portal: &TestPortal, browser: &Browser, path: &str) -> String {
    let host = portal.address.trim_start_matches("http://");
    let cookie = browser.cookie(COOKIE).expect("a session");
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {COOKIE}={cookie}\r\nconnection: close\r\n\r\n"
    );
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("a whole answer");
    answer
}

#[tokio::test]
async fn a_dot_segment_is_not_resolved() {
    let (portal, _) = portal().await;
    let admin = portal.signed_in("admin").await;
    for path in [
        "/users/..",
        "/users/%2e%2E",
        "/users/.%2e",
        "/users/.",
        "/users/../edit",
        "/users/../roles",
        "/users/..%2Froles",
        "/users/..%5Croles",
        "/groups/..",
        "/saml/..",
        "/jobs/../events",
        "/sign-in/../users",
        "/%2e/users",
    ] {
        let answer = raw_get(&portal, &admin, path).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer:.300}");
        portal.assert_no_calls(path);
    }
    // The role is searched in the list that the cluster returns.
    let answer = raw_get(&portal, &admin, "/roles/..").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer:.300}");
}

#[tokio::test]
async fn a_function_outside_of_the_table_is_not_found() {
    let (portal, _) = portal().await;
    let admin = portal.signed_in("admin").await;
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
    portal.assert_no_calls("an unknown function");
}

#[tokio::test]
async fn health_and_metrics_are_served_on_loopback_alone() {
    let https = Some("https://portal.example.com");
    for (is_reachable, public_url, expected) in [(false, None, 200), (true, None, 404), (false, https, 404)] {
        let portal = TestPortal::with(Setup {
            public_url,
            is_reachable,
            ..Setup::default()
        })
        .await;
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(portal.browser().get(path).await.status, expected, "{path}");
        }
    }
}

#[tokio::test]
async fn readiness_asks_the_cluster_once_in_some_seconds() {
    let portal = TestPortal::new().await;
    let browser = portal.browser();
    let answers = futures::future::join_all((0..50).map(|_| browser.get("/readyz"))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    // A slow machine may take long enough for a second one.
    assert!(portal.calls().len() < 5, "{:?}", portal.calls());
}

#[tokio::test]
async fn the_gallery_is_shown_in_demo_mode_alone() {
    let portal = TestPortal::new().await;
    assert_eq!(portal.browser().get("/ui").await.status, 404);
    let admin = portal.signed_in("admin").await;
    assert_eq!(admin.get("/ui").await.status, 404);
    let sign_in = portal.browser().get("/sign-in").await;
    assert!(!sign_in.shows(password()) && !sign_in.shows("Demo accounts"));
}
