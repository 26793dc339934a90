//! The operations, the statuses of each and the fields of every answer with the type of each, written from the vendor's
//! document as facts.

use super::{ADMIN, EMPLOYEE, Essentials, PARTNER};
use crate::helper::{Answer, answer};
use serde_json::Value;
use simulator::Unknown;
use std::collections::{BTreeMap, BTreeSet};

/// The type of a value.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// No body.
    Nothing,
    Text,
    /// A text that the document calls null where there is nothing to say.
    TextOrNull,
    Number,
    Boolean,
    Texts,
    OneOf(&'static [&'static str]),
    OneNumberOf(&'static [u64]),
    /// Seconds since 1970 and counts.
    Series,
    Object(&'static [Field]),
    ObjectOrNull(&'static [Field]),
    Objects(&'static [Field]),
}

use Kind::{
    Boolean, Nothing, Number, Object, ObjectOrNull, Objects, OneNumberOf, OneOf, Series, Text, TextOrNull,
    Texts,
};

/// A field that every answer has.
type Field = (&'static str, Kind);

const USER_TYPES: Kind = OneOf(&[
    "oem_partner_admin",
    "strategic_partner_admin",
    "channel_admin",
    "organization_admin",
    "end_user",
    "silent_user",
    "functional_account",
]);
const ORGANIZATION_TYPES: Kind = OneOf(&["oem_partner", "strategic_partner", "channel", "organization"]);
const PACKAGES: Kind = OneOf(&[
    "beginner",
    "business",
    "business_plus",
    "advanced",
    "advanced_plus",
    "professional",
    "professional_plus",
]);

const ME: &[Field] = &[
    ("user_id", Number),
    ("firstname", Text),
    ("surname", Text),
    ("primary_email", Text),
    ("type", USER_TYPES),
    ("is_admin", Boolean),
    ("is_partner_admin", Boolean),
    ("entity_id", Number),
    ("entity_primary_domain", Text),
    ("entity_type", ORGANIZATION_TYPES),
    ("read_only_user", Boolean),
];

const DOMAIN: &[Field] = &[
    ("name", Text),
    ("is_active", Boolean),
    ("is_relay", Boolean),
    ("destination", Text),
    ("failovers", Texts),
];

const USER: &[Field] = &[
    ("uid", Number),
    ("primary_email", Text),
    ("is_active", Boolean),
    ("type", USER_TYPES),
    ("send_welcome_email", Boolean),
    ("firstname", Text),
    ("surname", Text),
    ("alias_emails", Texts),
    ("safe_list_senders", Texts),
    ("block_list_senders", Texts),
    ("white_list_senders", Texts),
    ("black_list_senders", Texts),
    ("is_billable", Boolean),
    (
        "odin_settings",
        Object(&[("can_impersonate", Boolean), ("is_imitable", Boolean)]),
    ),
    ("read_only_user", Boolean),
];

const ORGANIZATION: &[Field] = &[
    ("primary_domain", Text),
    ("name", Text),
    ("is_active", Boolean),
    ("type", ORGANIZATION_TYPES),
    ("eid", Number),
    ("organization_hierarchy", Texts),
    ("licensing_package", PACKAGES),
    ("is_on_trial", Boolean),
    ("user_licenses", Number),
    ("active_users", Number),
    ("when_renewal", Text),
    ("is_beginner_plus", Boolean),
    ("is_beginner_plus_enabled", Boolean),
    ("www", Text),
    ("address", Text),
    ("postcode", Text),
    ("stateprov", Text),
    ("country", Text),
    ("phone", Text),
    ("external_id", Text),
    ("admin_user", Object(USER)),
    ("domains", Objects(DOMAIN)),
    ("outgoing_servers", Texts),
    ("safe_list_senders", Texts),
    ("block_list_senders", Texts),
    ("white_list_senders", Texts),
    ("black_list_senders", Texts),
    ("ldap_url", Text),
    ("ldap_username", Text),
    ("ldap_basedn", Text),
    ("is_smtp_discovery_enabled", Boolean),
    ("account_template_id", TextOrNull),
    ("send_welcome_email", Boolean),
    ("odin_capabilities", OneOf(&["odin_master", "odin_child", "none"])),
    ("billing_method", OneOf(&["Annual", "Monthly", "Not Set"])),
];

const LICENSING: &[Field] = &[
    ("license_count", Number),
    ("package", Text),
    ("is_on_trial", Boolean),
    ("is_beginner_plus", Boolean),
];

/// The document names ten, public clients the other five.
const FEATURES: &[Field] = &[
    ("anti_spoofing", Text),
    ("attachment_defense", Text),
    ("attachment_defense_sandboxing", Text),
    ("automatic_remediation", Text),
    ("disclaimers", Text),
    ("dlp", Text),
    ("email_archive", Text),
    ("email_encryption", Text),
    ("email_warning_tags", Text),
    ("instant_replay", Text),
    ("one_click_remediation", Text),
    ("outbound_relaying", Text),
    ("smtp_discovery", Text),
    ("social_media_account_protection", Text),
    ("url_defense", Text),
];

const SENDER_LISTS: &[Field] = &[("allow_list", Texts), ("block_list", Texts)];

/// The document has neither the expiry nor the last synchronisation; public clients read both.
const AZURE: &[Field] = &[
    ("primary_domain", Text),
    ("application_id", Text),
    ("ad_key", OneOf(&["****"])),
    ("secret_expiry", Text),
    ("last_successful_sync", Text),
    ("disable_login", Boolean),
    ("default_user_role_name", OneOf(&["end_user", "silent_user"])),
    ("sync_frequency", OneNumberOf(&[0, 1, 3, 6, 12, 24])),
    ("sync_active_users", Boolean),
    ("sync_distribution_groups", Boolean),
    ("sync_security_groups", Boolean),
    ("add_users", Boolean),
    ("update_users", Boolean),
    ("remove_deleted_users", Boolean),
    ("add_groups", Boolean),
    ("update_groups", Boolean),
    ("remove_deleted_groups", Boolean),
];

const PROVIDER: &[Field] = &[
    ("is_active", Boolean),
    ("name", Text),
    ("description", Text),
    ("id", Text),
    ("when_created", Text),
    ("when_updated", Text),
    ("icon_ref", Text),
    ("sp_entity_id", Text),
    ("sp_login_url", Text),
    ("sp_logout_url", Text),
    ("sp_public_cert", Text),
    ("sp_public_cert_when_created", Text),
    ("sp_public_cert_when_expires", Text),
    ("idp_entity_id", Text),
    ("idp_login_url", Text),
    ("idp_logout_url", Text),
    ("idp_public_cert", Text),
];

const LOGIN: &[Field] = &[
    ("allow_local_login", Boolean),
    ("idp_for_forced_login", TextOrNull),
    ("allow_azure_login", Boolean),
    ("force_azure_login", Boolean),
    ("idps_valid_for_sso", Texts),
];

const METRICS: &[Field] = &[
    ("attachment_defended_total", Number),
    ("attachment_defended", Series),
    ("blacklist_total", Number),
    ("blacklist", Series),
    ("blocklist_total", Number),
    ("blocklist", Series),
    ("clean_total", Number),
    ("clean", Series),
    ("image_blocked_total", Number),
    ("image_blocked", Series),
    ("spam_total", Number),
    ("spam", Series),
    ("virus_total", Number),
    ("virus", Series),
    ("fraud_total", Number),
    ("fraud", Series),
    ("whitelist_total", Number),
    ("whitelist", Series),
    ("safelist_total", Number),
    ("safelist", Series),
];

const PERIOD: Field = ("period", OneOf(&["1d", "7d", "30d"]));
const FREQUENCY: Field = ("frequency", OneOf(&["1h", "24hr"]));
const REPORT: &[Field] = &[
    PERIOD,
    FREQUENCY,
    ("inbound", Object(METRICS)),
    ("outbound", Object(METRICS)),
];
const INBOUND: &[Field] = &[PERIOD, FREQUENCY, ("inbound", Object(METRICS))];

const PERIODS: Kind = Object(&[
    ("count_1d", Number),
    ("count_7d", Number),
    ("count_30d", Number),
    ("count_90d", Number),
]);

const STATISTICS: &[Field] = &[
    ("eid", Number),
    ("name", Text),
    ("organization_hierarchy", Texts),
    ("ib_total", PERIODS),
    ("ob_total", PERIODS),
    ("ib_blocked", PERIODS),
    ("ob_blocked", PERIODS),
    ("active_users", PERIODS),
    ("ib_spam", PERIODS),
    ("ib_virus", PERIODS),
    ("ib_mal_att", PERIODS),
    ("ib_imposter", PERIODS),
    ("ib_phish", PERIODS),
    ("ob_enc", PERIODS),
];

const LAST_PAGE: &[Field] = &[
    ("data", Objects(STATISTICS)),
    ("total", Number),
    ("current_page", Number),
    ("last_page", Number),
    ("path", Text),
    ("first_page_url", Text),
    ("last_page_url", Text),
    ("from", Number),
    ("to", Number),
    ("per_page", Number),
];

const FIRST_PAGE: &[Field] = &[
    ("data", Objects(STATISTICS)),
    ("total", Number),
    ("current_page", Number),
    ("last_page", Number),
    ("path", Text),
    ("first_page_url", Text),
    ("next_page_url", Text),
    ("last_page_url", Text),
    ("from", Number),
    ("to", Number),
    ("per_page", Number),
];

const BILLING: &[Field] = &[
    ("eid", Number),
    ("name", Text),
    ("is_active", Boolean),
    ("when_created", Text),
    ("type", USER_TYPES),
    ("url_defense_feature", Boolean),
    ("address", Text),
    ("state_prov", Text),
    ("postcode", Text),
    ("licensing_package", PACKAGES),
    ("is_beginner_plus", Boolean),
    ("is_basic_package", Boolean),
    ("country_code", Text),
    ("confirmed_users", Number),
    ("when_renewal", Text),
    ("is_test_account", Boolean),
    ("when_confirmed", Text),
    ("when_updated", Text),
    ("when_package_changed", Text),
    ("when_deactivated", Text),
    ("active_users", Number),
    ("non_billable_users", Number),
    ("is_on_trial", Boolean),
    ("trial_package", TextOrNull),
    ("trial_end_date", TextOrNull),
    ("primary_domain", Text),
    ("monthly_billing", Text),
    ("data_center", OneOf(&["US1", "US2", "US3", "US4", "US5", "EU1"])),
    ("billable_package", PACKAGES),
    ("in_total", Number),
    ("billing_method", Text),
    ("external_id", Text),
];

const PRODUCT: &[Field] = &[
    (
        "status",
        OneOf(&[
            "available",
            "provisioning",
            "requires_user_action",
            "error",
            "confirmed",
            "cancelled",
            "deleting",
        ]),
    ),
    ("label", Text),
    ("name", Text),
    ("description", Text),
    ("billing_method", Text),
    ("min_term", Number),
    ("is_renewable", Boolean),
    ("min_licenses", Number),
    ("help_url", Text),
    (
        "variants",
        Objects(&[
            ("name", Text),
            ("ref", Text),
            ("order_index", Number),
            ("description", Text),
            ("is_purchasable", Boolean),
        ]),
    ),
    (
        "purchase_info",
        ObjectOrNull(&[
            ("when_added", Text),
            ("variant", Text),
            ("when_renewal", Text),
            ("when_status_updated", Text),
            ("auto_renew", Boolean),
            ("trial_variant", Text),
            ("is_trial", Boolean),
            ("trial_end_date", Text),
        ]),
    ),
];

/// Every `GET`, and the shape of its answer.
const ANSWERS: &[(&str, Kind)] = &[
    ("/me", Object(ME)),
    ("/endpoints/msp.example", Texts),
    ("/orgs/{d}", Object(ORGANIZATION)),
    ("/orgs/msp.example/orgs", Objects(ORGANIZATION)),
    ("/orgs/{d}/users", Object(&[("users", Objects(USER))])),
    ("/orgs/{d}/users/admin@{d}", Object(USER)),
    ("/orgs/{d}/domains", Object(&[("domains", Objects(DOMAIN))])),
    ("/orgs/{d}/domains/{d}", Object(DOMAIN)),
    (
        "/orgs/{d}/domains/{d}/verification-code",
        Object(&[("code", Text)]),
    ),
    ("/orgs/{d}/licensing", Object(LICENSING)),
    ("/orgs/{d}/features", Object(FEATURES)),
    ("/orgs/{d}/sender-lists", Object(SENDER_LISTS)),
    ("/orgs/{d}/users/admin@{d}/sender-lists", Object(SENDER_LISTS)),
    ("/orgs/example.com/groups/501/sender-lists", Object(SENDER_LISTS)),
    ("/orgs/example.com/settings/azure", Object(AZURE)),
    ("/orgs/clinic.example/settings/azure", Object(AZURE)),
    ("/orgs/{d}/settings/azure/exemptions", Objects(&[("email", Text)])),
    (
        "/orgs/{d}/authentication/settings/mfa",
        Object(&[("is_mfa_enabled", Boolean), ("mfa_admins_only", Boolean)]),
    ),
    ("/orgs/{d}/authentication/settings/login", Object(LOGIN)),
    ("/orgs/{d}/authentication/settings/idps", Objects(PROVIDER)),
    ("/orgs/{d}/products", Objects(PRODUCT)),
    ("/orgs/{d}/products/EMAIL_SECURITY", Object(PRODUCT)),
    ("/reporting/{d}/1d", Object(REPORT)),
    ("/reporting/{d}/7d", Object(REPORT)),
    ("/reporting/{d}/30d/inbound", Object(INBOUND)),
    ("/stats/{d}/partner", Object(LAST_PAGE)),
    ("/stats/msp.example/partner/orgs", Object(LAST_PAGE)),
    ("/stats/msp.example/partner/orgs?page_size=3", Object(FIRST_PAGE)),
    ("/billing/{d}", Objects(BILLING)),
    ("/billing/msp.example/orgs", Objects(BILLING)),
];

/// An error, of which the document has no body: public clients read this one.
const ERROR: &[Field] = &[("status", Number), ("error_message", Text), ("identifier", Text)];
const REFUSED: Kind = Object(&[("errors", Objects(ERROR))]);

const READ: &[u16] = &[200, 400, 401, 403];
/// The document lists no 400 for these.
const READ_DOMAIN: &[u16] = &[200, 401, 403];
const DELETE: &[u16] = &[204, 400, 401, 403];
const CHANGE: &[u16] = &[204, 400, 401, 403, 422];
const CREATE: &[u16] = &[201, 207, 400, 401, 403, 409, 422];
const ADD: &[u16] = &[204, 400, 401, 403, 409, 422];
const REMOVE: &[u16] = &[204, 400, 401, 403, 404, 422];

/// Method, path and statuses of every operation of the simulator. The document lists 500 for all of them, and for the
/// billing of one organisation only 200, where this has the statuses of its neighbour. The exemptions are not in the
/// document.
const OPERATIONS: &[(&str, &str, &[u16])] = &[
    ("GET", "/me", READ),
    ("GET", "/endpoints/{domain}", READ),
    ("GET", "/orgs/{domain}", READ),
    ("PATCH", "/orgs/{domain}", CHANGE),
    ("GET", "/orgs/{domain}/orgs", READ),
    ("POST", "/orgs/{domain}/orgs", CREATE),
    ("GET", "/orgs/{domain}/users", READ),
    ("POST", "/orgs/{domain}/users", CREATE),
    ("GET", "/orgs/{domain}/users/{user}", READ),
    ("PUT", "/orgs/{domain}/users/{user}", CHANGE),
    ("DELETE", "/orgs/{domain}/users/{user}", DELETE),
    ("GET", "/orgs/{domain}/domains", READ_DOMAIN),
    ("POST", "/orgs/{domain}/domains", CREATE),
    ("GET", "/orgs/{domain}/domains/{name}", READ_DOMAIN),
    ("PUT", "/orgs/{domain}/domains/{name}", CHANGE),
    ("DELETE", "/orgs/{domain}/domains/{name}", DELETE),
    (
        "GET",
        "/orgs/{domain}/domains/{name}/verification-code",
        READ_DOMAIN,
    ),
    (
        "PUT",
        "/orgs/{domain}/domains/{name}/verify/{method}",
        &[204, 400, 401, 403, 409],
    ),
    ("GET", "/orgs/{domain}/licensing", READ),
    ("PUT", "/orgs/{domain}/licensing", &[200, 204, 400, 401, 403, 422]),
    ("PUT", "/orgs/{domain}/package", CHANGE),
    ("GET", "/orgs/{domain}/features", READ),
    ("PUT", "/orgs/{domain}/features", CHANGE),
    ("GET", "/orgs/{domain}/sender-lists", READ),
    ("POST", "/orgs/{domain}/sender-lists", ADD),
    ("PATCH", "/orgs/{domain}/sender-lists", CHANGE),
    ("DELETE", "/orgs/{domain}/sender-lists", REMOVE),
    ("GET", "/orgs/{domain}/users/{user}/sender-lists", READ),
    ("POST", "/orgs/{domain}/users/{user}/sender-lists", ADD),
    ("PATCH", "/orgs/{domain}/users/{user}/sender-lists", CHANGE),
    ("DELETE", "/orgs/{domain}/users/{user}/sender-lists", REMOVE),
    ("GET", "/orgs/{domain}/groups/{group}/sender-lists", READ),
    ("POST", "/orgs/{domain}/groups/{group}/sender-lists", ADD),
    ("PATCH", "/orgs/{domain}/groups/{group}/sender-lists", CHANGE),
    ("DELETE", "/orgs/{domain}/groups/{group}/sender-lists", REMOVE),
    ("GET", "/orgs/{domain}/settings/azure", &[200, 400, 401, 403, 404]),
    ("PUT", "/orgs/{domain}/settings/azure", &[204, 400, 401, 403, 404]),
    ("GET", "/orgs/{domain}/settings/azure/exemptions", READ),
    ("POST", "/orgs/{domain}/settings/azure/exemptions", CHANGE),
    ("PUT", "/orgs/{domain}/settings/azure/exemptions", CHANGE),
    ("DELETE", "/orgs/{domain}/settings/azure/exemptions", DELETE),
    (
        "DELETE",
        "/orgs/{domain}/settings/azure/exemptions/{user}",
        DELETE,
    ),
    ("GET", "/orgs/{domain}/authentication/settings/mfa", READ),
    ("GET", "/orgs/{domain}/authentication/settings/login", READ),
    ("GET", "/orgs/{domain}/authentication/settings/idps", READ),
    ("GET", "/orgs/{domain}/authentication/settings/idps/{id}", READ),
    ("GET", "/orgs/{domain}/products", READ),
    ("GET", "/orgs/{domain}/products/{label}", READ),
    ("GET", "/reporting/{domain}/{period}", READ),
    ("GET", "/reporting/{domain}/{period}/{direction}", READ),
    ("GET", "/stats/{domain}/partner", READ),
    ("GET", "/stats/{domain}/partner/orgs", READ),
    ("GET", "/billing/{domain}", READ),
    ("GET", "/billing/{domain}/orgs", READ),
];

/// The values of the parameters in the paths.
const PARAMETERS: &[(&str, &str)] = &[
    ("{user}", "alpha@example.com"),
    ("{name}", "example.org"),
    ("{method}", "txt"),
    ("{group}", "501"),
    ("{id}", "00000000-0000-4000-8000-000000000020"),
    ("{label}", "EMAIL_SECURITY"),
    ("{period}", "1d"),
    ("{direction}", "inbound"),
];

/// Listed statuses that the simulator never gives: `/me` refuses no account, `PUT` of Azure settings also creates them,
/// and a changed number of licences answers without a body.
const UNUSED: &[(&str, &str, u16)] = &[
    ("GET", "/me", 400),
    ("GET", "/me", 403),
    ("PUT", "/orgs/{domain}/settings/azure", 404),
    ("PUT", "/orgs/{domain}/licensing", 200),
];

/// Method, path, body, status, and shape of the answer.
type Call<'a> = (&'a str, &'a str, &'a str, u16, Kind);

/// Calls beside the reads of [`ANSWERS`], in this order.
const CALLS: &[Call<'_>] = &[
    ("PATCH", "/orgs/{domain}", r#"{"external_id":"C1"}"#, 204, Nothing),
    ("PATCH", "/orgs/{domain}", "{}", 422, REFUSED),
    (
        "POST",
        "/orgs/msp.example/orgs",
        r#"{"primary_domain":"a.example","name":"A","user_licenses":5,"domains":[],"admin_user":{"primary_email":"x@a.example"}}"#,
        201,
        Object(ORGANIZATION),
    ),
    (
        "POST",
        "/orgs/msp.example/orgs",
        r#"[{"primary_domain":"b.example","name":"B","user_licenses":5,"domains":[],"admin_user":{"primary_email":"x@b.example"}},{}]"#,
        207,
        Object(&[("orgs", Objects(ORGANIZATION)), ("errors", Objects(ERROR))]),
    ),
    (
        "POST",
        "/orgs/msp.example/orgs",
        r#"{"primary_domain":"a.example","name":"A","user_licenses":5,"domains":[]}"#,
        409,
        REFUSED,
    ),
    ("POST", "/orgs/msp.example/orgs", "{}", 422, REFUSED),
    (
        "POST",
        "/orgs/{domain}/users",
        r#"{"primary_email":"a@example.com"}"#,
        201,
        Object(USER),
    ),
    (
        "POST",
        "/orgs/{domain}/users",
        r#"[{"primary_email":"b@example.com"},{"primary_email":"a@example.com"}]"#,
        207,
        Object(&[("users", Objects(USER)), ("errors", Objects(ERROR))]),
    ),
    (
        "POST",
        "/orgs/{domain}/users",
        r#"{"primary_email":"a@example.com"}"#,
        409,
        REFUSED,
    ),
    ("POST", "/orgs/{domain}/users", "{}", 422, REFUSED),
    (
        "PUT",
        "/orgs/{domain}/users/{user}",
        r#"{"primary_email":"alpha@example.com"}"#,
        204,
        Nothing,
    ),
    ("PUT", "/orgs/{domain}/users/{user}", "{}", 422, REFUSED),
    (
        "POST",
        "/orgs/{domain}/domains",
        r#"{"name":"c.example"}"#,
        201,
        Object(DOMAIN),
    ),
    (
        "POST",
        "/orgs/{domain}/domains",
        r#"[{"name":"d.example"},{"name":"c.example"}]"#,
        207,
        Object(&[("domains", Objects(DOMAIN)), ("errors", Objects(ERROR))]),
    ),
    (
        "POST",
        "/orgs/{domain}/domains",
        r#"{"name":"c.example"}"#,
        409,
        REFUSED,
    ),
    ("POST", "/orgs/{domain}/domains", "{}", 422, REFUSED),
    (
        "PUT",
        "/orgs/{domain}/domains/{name}",
        r#"{"name":"example.org","is_relay":true,"destination":"192.0.2.1"}"#,
        204,
        Nothing,
    ),
    ("PUT", "/orgs/{domain}/domains/{name}", "{}", 422, REFUSED),
    (
        "PUT",
        "/orgs/{domain}/domains/{name}/verify/{method}",
        "",
        204,
        Nothing,
    ),
    (
        "PUT",
        "/orgs/{domain}/domains/pending.example.org/verify/meta",
        "",
        409,
        REFUSED,
    ),
    (
        "PUT",
        "/orgs/{domain}/licensing",
        r#"{"license_count":90}"#,
        204,
        Nothing,
    ),
    ("PUT", "/orgs/{domain}/licensing", "{}", 422, REFUSED),
    (
        "PUT",
        "/orgs/{domain}/package",
        r#"{"package":"advanced","is_eula_confirmed":true}"#,
        204,
        Nothing,
    ),
    ("PUT", "/orgs/{domain}/package", "{}", 422, REFUSED),
    (
        "PUT",
        "/orgs/{domain}/features",
        r#"{"dlp":"false"}"#,
        204,
        Nothing,
    ),
    (
        "PUT",
        "/orgs/{domain}/features",
        r#"{"none":"true"}"#,
        422,
        REFUSED,
    ),
    (
        "PUT",
        "/orgs/{domain}/settings/azure",
        r#"{"sync_frequency":6}"#,
        204,
        Nothing,
    ),
    (
        "PUT",
        "/orgs/{domain}/settings/azure",
        r#"{"sync_frequency":5}"#,
        400,
        REFUSED,
    ),
    ("GET", "/orgs/bakery.example/settings/azure", "", 404, REFUSED),
    (
        "POST",
        "/orgs/{domain}/settings/azure/exemptions",
        r#"{"email":"alpha@example.com"}"#,
        204,
        Nothing,
    ),
    (
        "POST",
        "/orgs/{domain}/settings/azure/exemptions",
        "{}",
        422,
        REFUSED,
    ),
    (
        "PUT",
        "/orgs/{domain}/settings/azure/exemptions",
        r#"["b@example.com"]"#,
        204,
        Nothing,
    ),
    (
        "PUT",
        "/orgs/{domain}/settings/azure/exemptions",
        "{}",
        422,
        REFUSED,
    ),
    (
        "DELETE",
        "/orgs/{domain}/settings/azure/exemptions/{user}",
        "",
        204,
        Nothing,
    ),
    (
        "DELETE",
        "/orgs/{domain}/settings/azure/exemptions",
        "",
        204,
        Nothing,
    ),
    (
        "GET",
        "/orgs/{domain}/authentication/settings/idps/{id}",
        "",
        200,
        Object(PROVIDER),
    ),
    ("GET", "/reporting/{domain}/2d", "", 400, REFUSED),
    ("GET", "/stats/{domain}/partner?page=0", "", 400, REFUSED),
    ("DELETE", "/orgs/{domain}/domains/{name}", "", 204, Nothing),
    ("DELETE", "/orgs/{domain}/users/{user}", "", 204, Nothing),
];

/// Calls for the lists of each owner, in this order, without the path.
const SENDER_LIST_CALLS: &[(&str, &str, u16, Kind)] = &[
    ("GET", "", 200, Object(SENDER_LISTS)),
    ("POST", r#"{"allow_list":["new.example"]}"#, 204, Nothing),
    ("POST", r#"{"allow_list":["new.example"]}"#, 409, REFUSED),
    ("POST", "{}", 422, REFUSED),
    ("DELETE", r#"{"allow_list":["new.example"]}"#, 204, Nothing),
    ("DELETE", r#"{"allow_list":["new.example"]}"#, 404, REFUSED),
    ("DELETE", "{}", 422, REFUSED),
    ("PATCH", r#"{"block_list":["10.91.*.*"]}"#, 204, Nothing),
    ("PATCH", "{}", 422, REFUSED),
];

/// The statuses that each operation has given.
#[derive(Default)]
struct Seen(BTreeMap<(&'static str, &'static str), BTreeSet<u16>>);

impl Seen {
    /// Makes a call as the partner's administrator.
    async fn call(&mut self, essentials: &Essentials, (method, path, body, status, kind): Call<'_>) {
        let path = path_of(path, "example.com");
        let request = essentials.request_as(PARTNER, method, &path);
        let answer = answer(request.body(body.to_owned())).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        self.note(method, &path, &answer, kind);
    }

    /// Notes the answer of an operation: it has a listed status and this shape.
    #[track_caller]
    fn note(&mut self, method: &str, path: &str, answer: &Answer, kind: Kind) {
        let mut operations = OPERATIONS.iter();
        let found = operations.find(|(known, template, _)| *known == method && is_of(template, path));
        let (method, template, statuses) = found.unwrap_or_else(|| panic!("{method} {path} is not listed"));
        assert!(statuses.contains(&answer.status), "{method} {path}: {answer:?}");
        let is_empty = answer.text.is_empty();
        let body = if is_empty { Value::Null } else { answer.json() };
        check(&format!("{method} {path}"), &body, kind);
        let given = self.0.entry((method, template)).or_default();
        given.insert(answer.status);
    }
}

/// Whether a path, perhaps with a query, has the form of a template.
fn is_of(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or(path);
    let mut pairs = template.split('/').zip(path.split('/'));
    template.split('/').count() == path.split('/').count()
        && pairs.all(|(expected, segment)| expected.starts_with('{') || expected == segment)
}

/// The path of a template for an organisation.
fn path_of(template: &str, domain: &str) -> String {
    let path = template.replace("{domain}", domain);
    let parameters = PARAMETERS.iter();
    parameters.fold(path, |path, (name, value)| path.replace(name, value))
}

fn check(path: &str, value: &Value, kind: Kind) {
    let is_valid = match kind {
        Nothing => value.is_null(),
        Text => value.is_string(),
        TextOrNull => value.is_string() || value.is_null(),
        Number => value.is_u64(),
        Boolean => value.is_boolean(),
        Texts => value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_string)),
        OneOf(texts) => value.as_str().is_some_and(|text| texts.contains(&text)),
        OneNumberOf(numbers) => value.as_u64().is_some_and(|number| numbers.contains(&number)),
        Series => value.as_object().is_some_and(|series| {
            !series.is_empty()
                && series.keys().all(|second| second.parse::<u64>().is_ok())
                && series.values().all(Value::is_u64)
        }),
        ObjectOrNull(_) if value.is_null() => true,
        Object(fields) | ObjectOrNull(fields) => return check_fields(path, value, fields),
        Objects(fields) => {
            let items = value
                .as_array()
                .unwrap_or_else(|| panic!("{path} is no list: {value}"));
            for (index, item) in items.iter().enumerate() {
                check_fields(&format!("{path}[{index}]"), item, fields);
            }
            return;
        }
    };
    assert!(is_valid, "{path} is not {kind:?}: {value}");
}

/// No field is missing, and none is there that the table lacks.
fn check_fields(path: &str, value: &Value, fields: &[Field]) {
    let object = value
        .as_object()
        .unwrap_or_else(|| panic!("{path} is no object: {value}"));
    for (name, kind) in fields {
        let value = object
            .get(*name)
            .unwrap_or_else(|| panic!("{path} has no {name}: {value}"));
        check(&format!("{path}.{name}"), value, *kind);
    }
    let unknown: Vec<_> = object
        .keys()
        .filter(|key| fields.iter().all(|(name, _)| name != key))
        .collect();
    assert!(unknown.is_empty(), "{path} has {unknown:?}");
}

#[tokio::test]
async fn every_answer_has_the_documented_fields() {
    let essentials = Essentials::start().await;
    let domains = [
        "example.com",
        "bakery.example",
        "dental.example",
        "law.example",
        "harbor.example",
        "clinic.example",
        "school.example",
        "museum.example",
        "closed.example",
    ];
    let mut answers = 0;
    for (path, kind) in ANSWERS {
        for domain in domains {
            let path = path.replace("{d}", domain);
            check(&path, &essentials.read(PARTNER, &path).await, *kind);
            answers += 1;
        }
    }
    assert_eq!(answers, ANSWERS.len() * domains.len());
    check("/me", &essentials.read(ADMIN, "/me").await, Object(ME));
}

#[tokio::test]
async fn every_operation_gives_its_documented_statuses() {
    let essentials = Essentials::start().await;
    let mut seen = Seen::default();
    for (method, template, statuses) in OPERATIONS {
        let path = path_of(template, "example.com");
        let anonymous = essentials.request(method, &path);
        seen.note(method, &path, &answer(anonymous).await, REFUSED);
        if *template == "/me" {
            continue;
        }
        let as_employee = essentials.request_as(EMPLOYEE, method, &path);
        seen.note(method, &path, &answer(as_employee).await, REFUSED);
        // The document lists 404 for hardly any operation.
        let is_listed = statuses.contains(&400);
        let unknown = if is_listed {
            Unknown::BadRequest
        } else {
            Unknown::Forbidden
        };
        essentials.set(|settings| settings.unknown = unknown);
        let path = path_of(template, "none.example");
        let of_unknown = essentials.request_as(PARTNER, method, &path);
        seen.note(method, &path, &answer(of_unknown).await, REFUSED);
    }
    for (path, kind) in ANSWERS {
        let path = path.replace("{d}", "example.com");
        seen.note("GET", &path, &essentials.get(PARTNER, &path).await, *kind);
    }
    for owner in ["", "/users/{user}", "/groups/{group}"] {
        let path = format!("/orgs/{{domain}}{owner}/sender-lists");
        for (method, body, status, kind) in SENDER_LIST_CALLS {
            seen.call(&essentials, (method, &path, body, *status, *kind))
                .await;
        }
    }
    for call in CALLS {
        seen.call(&essentials, *call).await;
    }
    for (method, template, statuses) in OPERATIONS {
        let is_given = |status: &u16| !UNUSED.contains(&(*method, *template, *status));
        let expected: BTreeSet<u16> = statuses.iter().copied().filter(is_given).collect();
        let given = seen.0.get(&(*method, *template));
        assert_eq!(given, Some(&expected), "{method} {template}");
    }
}

#[tokio::test]
async fn no_other_method_is_served() {
    let essentials = Essentials::start().await;
    for (_, template, _) in OPERATIONS {
        let path = path_of(template, "example.com");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let is_listed = OPERATIONS
                .iter()
                .any(|(known, of, _)| *known == method && of == template);
            let status = answer(essentials.request(method, &path)).await.status;
            assert_eq!(status, if is_listed { 401 } else { 405 }, "{method} {path}");
        }
    }
}

/// The check finds a wrong type, a missing field and one too many.
#[test]
fn the_table_rejects_what_differs() {
    let fields: &[Field] = &[("a", Number), ("b", OneOf(&["x"]))];
    let rejects = |value: Value| std::panic::catch_unwind(|| check_fields("v", &value, fields)).is_err();
    assert!(!rejects(serde_json::json!({ "a": 1, "b": "x" })));
    for value in [
        serde_json::json!({ "a": "1", "b": "x" }),
        serde_json::json!({ "a": 1, "b": "y" }),
        serde_json::json!({ "a": 1 }),
        serde_json::json!({ "a": 1, "b": "x", "c": 2 }),
    ] {
        assert!(rejects(value.clone()), "{value}");
    }
}
