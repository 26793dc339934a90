//! The types alone: what answers may look like and still be read.

use proptest::prelude::*;
use protegrity::{
    Api, EntraConfig, EntraGroup, EntraTest, EntraUser, Group, Health, ImportOutcome, LogLevel,
    PasswordPolicy, Permission, Role, RoleName, SamlMapper, SamlProvider, User, UserId, Version, permissions,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, from_value, json};

fn user(value: Value) -> User {
    from_value(value).unwrap()
}

#[test]
fn row_27_list_rows_and_items_are_one_type() {
    let row = user(json!({
        "username": "dfuser", "email": null, "firstName": "se", "lastName": "se", "enabled": false,
        "id": "12770ab4-d3a0-4243-8018-5bb1fb0d06d7", "createdTimestamp": null, "attributes": null,
        "emailVerified": false,
    }));
    assert_eq!(
        (row.roles, row.groups, row.created, row.email),
        (None, None, None, None)
    );
    assert_eq!((row.enabled, row.email_verified), (Some(false), Some(false)));

    let item = user(json!({
        "id": "7636708c-c714-4e8e-a3e6-f5fc6c49f9c0", "username": "alpha", "createdTimestamp": 1_760_643_896_108_i64,
        "groups": [], "roles": ["directory_admin"],
    }));
    assert_eq!(item.created, Some(1_760_643_896_108));
    assert_eq!(
        (item.roles, item.groups),
        (Some(vec![RoleName::new("directory_admin")]), Some(Vec::new()))
    );
}

#[test]
fn row_21_identity_providers_are_read_in_every_shape() {
    let full = json!({"AWS-IDP": {"userId": "a@example.com", "userName": "a"}});
    let cases = [
        (full.clone(), full.clone()),
        (json!(["AWS-IDP"]), json!({"AWS-IDP": {}})),
        (
            json!([{"identityProvider": "AWS-IDP", "userId": "a@example.com", "userName": "a"}]),
            full,
        ),
        (json!({"AWS-IDP": null}), json!({"AWS-IDP": {}})),
        (json!([]), json!({})),
        (json!(null), json!(null)),
        (json!(7), json!(null)),
    ];
    for (given, expected) in cases {
        let read = user(json!({"identityProviders": given})).identity_providers;
        assert_eq!(serde_json::to_value(read).unwrap(), expected, "{given}");
    }
}

#[test]
fn scalars_are_read_from_other_scalars() {
    let read = user(json!({
        "id": 17, "username": 42, "enabled": "true", "emailVerified": 0, "createdTimestamp": "1760643896108",
        "roles": [{"name": "a"}, "b", 3], "groups": "framework", "firstName": {"odd": 1},
    }));
    assert_eq!((read.id, read.username.as_str()), (UserId::new("17"), "42"));
    assert_eq!((read.enabled, read.email_verified), (Some(true), Some(false)));
    assert_eq!(read.created, Some(1_760_643_896_108));
    assert_eq!(read.roles, Some(["a", "b", "3"].map(RoleName::new).to_vec()));
    assert_eq!(
        (read.groups, read.first_name),
        (Some(vec!["framework".to_owned()]), None)
    );
}

/// Sent back with a change, a list without them would take them away.
#[test]
fn a_list_of_which_an_entry_cannot_be_read_is_unknown() {
    for odd in [
        json!(null),
        json!({}),
        json!(true),
        json!([]),
        json!(""),
        json!({"id": "x"}),
    ] {
        let read = user(json!({"roles": ["a", odd], "groups": [odd, "b"]}));
        assert_eq!((read.roles, read.groups), (None, None), "{odd}");
        let read: Group = from_value(json!({"roles": ["a", odd], "members": ["b", odd]})).unwrap();
        assert_eq!((read.roles, read.members), (None, None), "{odd}");
        let role: Role = from_value(json!({"name": "x", "permissions": ["a", odd]})).unwrap();
        assert_eq!(role.permissions.len(), 1, "{odd}");
    }
    let empty = user(json!({"roles": [], "groups": null}));
    assert_eq!((empty.roles, empty.groups), (Some(Vec::new()), None));
}

#[test]
fn row_17_role_name_is_read_as_name() {
    let role: Role = from_value(json!({"role_name": "admin", "status": "created"})).unwrap();
    assert_eq!(role.name, RoleName::new("admin"));
}

#[test]
fn rows_may_be_names_alone() {
    let role: Role = from_value(json!("admin")).unwrap();
    let permission: Permission = from_value(json!("cli_access")).unwrap();
    assert_eq!((role.name.as_str(), role.permissions.len()), ("admin", 0));
    assert_eq!(
        (permission.name.as_str(), permission.description),
        ("cli_access", None)
    );
    let partial: Role = from_value(json!({"name": "x", "permissions": null, "composite": "yes"})).unwrap();
    assert!(partial.composite && partial.permissions.is_empty());
}

#[test]
fn password_policy_keeps_what_it_does_not_know() {
    let policy: PasswordPolicy = from_value(json!({
        "digits": "1", "notEmail": "true", "length": 8, "regexPattern": "^a$", "maxLength": null,
        "notUsername": "undefined", "passwordBlacklist": {"file": "x"},
    }))
    .unwrap();
    assert_eq!(
        (policy.digits, policy.length, policy.max_length),
        (Some(1), Some(8), None)
    );
    assert_eq!((policy.not_email, policy.not_username), (Some(true), None));
    let rest: Vec<&str> = policy.rest.keys().map(String::as_str).collect();
    assert_eq!(rest, ["notUsername", "passwordBlacklist"]);
    assert_eq!(
        serde_json::to_value(&policy).unwrap(),
        json!({
            "digits": 1, "notEmail": true, "length": 8, "regexPattern": "^a$",
            "notUsername": "undefined", "passwordBlacklist": {"file": "x"},
        })
    );
}

#[test]
fn the_samples_policy_is_read_whole() {
    let sample = json!({
        "digits": 1, "forceExpiredPasswordChange": 365, "hashAlgorithm": "pbkdf2-sha256", "hashIterations": 27500,
        "length": 8, "lowerCase": 1, "maxAuthAge": 3600, "maxLength": 64, "notContainsUsername": true,
        "notEmail": true, "notUsername": true, "passwordAge": 365, "passwordHistory": 3,
        "recoveryCodesWarningThreshold": 3, "regexPattern": "^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d).*$",
        "specialChars": 1, "upperCase": 1,
    });
    let policy: PasswordPolicy = from_value(sample.clone()).unwrap();
    assert!(policy.rest.is_empty());
    assert_eq!(serde_json::to_value(policy).unwrap(), sample);
}

#[test]
fn service_answers() {
    let version: Version = from_value(json!({"version": 1.5, "more": 1})).unwrap();
    assert_eq!(
        (version.version.as_deref(), version.build_version),
        (Some("1.5"), None)
    );
    assert!(
        from_value::<Health>(json!({"isHealthy": "true"}))
            .unwrap()
            .is_healthy
    );
    assert!(from_value::<Health>(json!({})).is_err());
    assert!(
        from_value::<LogLevel>(json!({"level": "info"}))
            .unwrap()
            .is("INFO")
    );
    for api in Api::ALL {
        assert_eq!(api.to_string().parse(), Ok(api));
        assert!(!api.log_levels().is_empty() && api.path().ends_with(api.name()));
    }
}

#[test]
fn row_15_all_packaged_permissions_are_known() {
    let base = permissions::KNOWN
        .iter()
        .take_while(|name| !name.starts_with("workbench_"))
        .count();
    assert_eq!((base, permissions::KNOWN.len()), (17, 30));
    assert!(permissions::is_known("can_fetch_package") && permissions::is_known("can_export_certificates"));
}

#[test]
fn what_a_permission_implies() {
    let cases = [
        ("saml_admin", "saml_viewer", true),
        ("saml_admin", "saml_admin", true),
        ("saml_viewer", "saml_admin", false),
        ("saml_admin", "group_viewer", false),
        (
            "workbench_management_policy_write",
            "workbench_management_policy_read",
            false,
        ),
        (
            "workbench_management_policy_read",
            "workbench_management_policy_write",
            false,
        ),
        ("web_admin", "web_viewer", false),
        ("web_admin", "cli_access", false),
        ("web_admin", "insight_viewer", false),
        ("new_admin", "new_viewer", true),
        ("_admin", "_viewer", false),
    ];
    for (held, needed, expected) in cases {
        assert_eq!(
            permissions::implies(held, needed),
            expected,
            "{held} for {needed}"
        );
    }
}

#[test]
fn row_35_37_a_group_is_read_from_the_sample_and_from_less() {
    let sample = json!({
        "id": "aee4c370-4e97-4b55-a072-0840fe83a2aa", "name": "developers", "description": "",
        "attributes": {"groupType": ["local"]}, "members": ["john.doe", "jane.smith"],
        "roles": ["service_admin", "directory_admin"],
    });
    let group: Group = from_value(sample).unwrap();
    assert_eq!(
        group.members,
        Some(vec!["john.doe".to_owned(), "jane.smith".to_owned()])
    );
    assert_eq!(
        (group.description.as_deref(), &group.identity_providers),
        (Some(""), &None)
    );
    assert_eq!(json!(group.attributes), json!({"groupType": ["local"]}));

    let odd: Group = from_value(json!({
        "id": null, "group_id": 5, "name": true, "description": ["x"], "attributes": "local", "members": "one",
        "roles": [{"name": "a"}, 2], "identityProviders": ["AWS-IDP"], "ofTomorrow": 1,
    }))
    .unwrap();
    assert_eq!(
        (odd.id.as_str(), odd.name.as_str(), odd.description),
        ("5", "", None)
    );
    assert_eq!(
        (odd.members, odd.roles),
        (
            Some(vec!["one".to_owned()]),
            Some(["a", "2"].map(RoleName::new).to_vec())
        )
    );
    assert_eq!(json!(odd.identity_providers), json!({"AWS-IDP": {}}));
    let least: Group = from_value(json!({"members": null, "roles": 7})).unwrap();
    assert_eq!(least, Group::default());
}

#[test]
fn row_45_a_saml_provider_is_read_from_the_sample_and_from_less() {
    let sample = json!({
        "alias": "azuread", "displayName": "SAML", "providerId": "saml", "enabled": false,
        "config": {"forceAuthn": "false", "additionalProp1": {}},
    });
    let provider: SamlProvider = from_value(sample.clone()).unwrap();
    assert_eq!(
        (provider.alias.as_str(), provider.enabled),
        ("azuread", Some(false))
    );
    assert_eq!(serde_json::to_value(provider).unwrap(), sample);
    let odd: SamlProvider = from_value(json!({"alias": 3, "enabled": "yes", "config": [1]})).unwrap();
    assert_eq!(
        (odd.alias.as_str(), odd.enabled, odd.config.len()),
        ("3", Some(true), 0)
    );
}

#[test]
fn row_48_a_mappers_type_has_two_names() {
    for value in [
        json!({"identityProviderMapper": "a"}),
        json!({"mapperType": "a"}),
        json!({"identityProviderMapper": "a", "mapperType": "b"}),
        json!({"identityProviderMapper": null, "mapperType": "a"}),
    ] {
        let mapper: SamlMapper = from_value(value).unwrap();
        assert_eq!(mapper.mapper_type.as_deref(), Some("a"));
    }
}

#[test]
fn row_55_there_is_no_place_for_a_secret() {
    let config: EntraConfig = from_value(json!({
        "tenantId": "t", "clientSecret": "hush", "client_secret": "hush", "config": {"clientSecret": "hush"},
    }))
    .unwrap();
    assert_eq!(
        serde_json::to_value(config).unwrap(),
        json!({"tenantId": "t", "clientId": null, "enabled": null, "createdAt": null, "updatedAt": null})
    );
}

#[test]
fn row_60_an_entra_user_is_named_by_the_principal_name_else_by_the_email() {
    for (value, expected) in [
        (json!({"userPrincipalName": "p", "email": "e"}), Some("p")),
        (json!({"userPrincipalName": " ", "email": "e"}), Some("e")),
        (json!({"userPrincipalName": ["p"], "email": 7}), Some("7")),
        (json!({"email": "", "firstName": "f"}), None),
        (json!(null), None),
    ] {
        let user: EntraUser = from_value(value.clone()).unwrap();
        assert_eq!(user.key(), expected, "{value}");
    }
}

#[test]
fn row_61_every_count_of_an_import_may_be_missing() {
    let outcome: ImportOutcome = from_value(json!({"totalUsers": "10", "failedCount": 1.5})).unwrap();
    assert_eq!(
        (outcome.succeeded, outcome.total, outcome.failed_count),
        (true, Some(10), None)
    );
    // Our own server tells a failure without the cluster's word for it.
    let failed: ImportOutcome = from_value(serde_json::to_value(ImportOutcome::default()).unwrap()).unwrap();
    assert!(!failed.succeeded);
}

/// Any JSON, two levels deep.
pub fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    scalar.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("name|alias|userId|[a-z]{1,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_user_object() -> impl Strategy<Value = Value> {
    let key = "id|username|email|firstName|lastName|enabled|emailVerified|createdTimestamp|roles|groups|identityProviders|attributes";
    proptest::collection::btree_map(key, any_json(), 0..12)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

fn any_row() -> impl Strategy<Value = Value> {
    let key = "id|group_id|name|description|attributes|members|roles|identityProviders|alias|displayName|\
               enabled|config|mapperType|identityProviderMapper|tenantId|tenantID|clientId|createdAt|email|\
               userPrincipalName|status|succeeded|message|detail|userCount|totalUsers|total|testTimestamp";
    let object = proptest::collection::btree_map(key, any_json(), 0..12)
        .prop_map(|map| Value::Object(map.into_iter().collect()));
    prop_oneof![4 => object, 1 => any_json()]
}

/// That the value is read whatever it is, and read the same again when it was kept.
pub fn survives<T>(value: &Value) -> Result<(), TestCaseError>
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let read: T = from_value(value.clone()).unwrap();
    let again: T = from_value(serde_json::to_value(&read).unwrap()).unwrap();
    prop_assert_eq!(again, read);
    Ok(())
}

proptest! {
    #[test]
    fn any_value_is_a_row_of_any_kind_and_survives_the_way_to_the_browser(value in any_row()) {
        survives::<Group>(&value)?;
        survives::<SamlProvider>(&value)?;
        survives::<SamlMapper>(&value)?;
        survives::<EntraConfig>(&value)?;
        survives::<EntraUser>(&value)?;
        survives::<EntraGroup>(&value)?;
        survives::<EntraTest>(&value)?;
        survives::<ImportOutcome>(&value)?;
    }

    #[test]
    fn any_object_is_a_user_and_survives_the_way_to_the_browser(value in any_user_object()) {
        let read: User = from_value(value).unwrap();
        let sent = serde_json::to_string(&read).unwrap();
        prop_assert_eq!(serde_json::from_str::<User>(&sent).unwrap(), read);
    }

    #[test]
    fn any_value_is_a_role_and_a_permission(value in any_json()) {
        let role: Role = from_value(value.clone()).unwrap();
        let permission: Permission = from_value(value).unwrap();
        prop_assert_eq!(from_value::<Role>(serde_json::to_value(&role).unwrap()).unwrap(), role);
        prop_assert_eq!(from_value::<Permission>(serde_json::to_value(&permission).unwrap()).unwrap(), permission);
    }

    #[test]
    fn any_object_is_a_policy_that_loses_nothing_twice(
        map in proptest::collection::btree_map("digits|length|notEmail|regexPattern|[a-z]{1,4}", any_json(), 0..6),
    ) {
        let policy: PasswordPolicy = from_value(json!(map)).unwrap();
        prop_assert_eq!(from_value::<PasswordPolicy>(serde_json::to_value(&policy).unwrap()).unwrap(), policy);
    }
}
