//! The fields of every answer, with the type of each, written from the vendor's document as facts.

use super::{ADMIN, Essentials, PARTNER};
use serde_json::Value;

/// The type of a value.
#[derive(Clone, Copy, Debug)]
enum Kind {
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
    Boolean, Number, Object, ObjectOrNull, Objects, OneNumberOf, OneOf, Series, Text, TextOrNull, Texts,
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

fn check(path: &str, value: &Value, kind: Kind) {
    let is_valid = match kind {
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
