//! Rows 40 to 48: SAML providers and their attribute mappers.

use std::collections::BTreeMap;

use protegrity::{
    Alias, Authorized, Error, ErrorKind, MapperId, NewSamlMapper, SamlDraft, SamlMapper, SamlProvider,
};
use serde_json::{Value, json};

use super::assert_refused;
use crate::support::{Reply, Stub, reply};

const LIST: &str = "GET /pty/v1/auth/saml/providers";
const CREATE: &str = "POST /pty/v1/auth/saml/providers";
const ITEM: &str = "GET /pty/v1/auth/saml/providers/azure-ad-saml";
const UPDATE: &str = "PUT /pty/v1/auth/saml/providers/azure-ad-saml";
const DELETE: &str = "DELETE /pty/v1/auth/saml/providers/azure-ad-saml";
const MAPPERS: &str = "GET /pty/v1/auth/saml/providers/azure-ad-saml/mappers";
const NEW_MAPPER: &str = "POST /pty/v1/auth/saml/providers/azure-ad-saml/mappers";
const DELETE_MAPPER: &str = "DELETE /pty/v1/auth/saml/providers/azure-ad-saml/mappers/mapper-uuid";

const URL: &str = "https://idp.example.com/federationmetadata.xml";
const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

fn alias() -> Alias {
    Alias::new("azure-ad-saml")
}

/// The reference's sample.
fn draft() -> SamlDraft {
    SamlDraft {
        alias: alias(),
        display_name: "Azure AD SAML".to_owned(),
        metadata_url: URL.to_owned(),
        service_provider_entity_id: Some("my-service-provider".to_owned()),
        enabled: true,
        force_authn: Some(false),
        ..SamlDraft::default()
    }
}

fn sample() -> Value {
    json!({
        "alias": "azure-ad-saml", "configType": "metadataUrl", "displayName": "Azure AD SAML", "enabled": true,
        "forceAuthn": false, "metadataUrl": URL, "serviceProviderEntityId": "my-service-provider",
    })
}

fn mapper() -> NewSamlMapper {
    NewSamlMapper {
        name: "email-mapper".to_owned(),
        mapper_type: "saml-user-attribute-idp-mapper".to_owned(),
        attribute_name: "http://schemas.example.com/claims/emailaddress".to_owned(),
        user_attribute: "email".to_owned(),
        sync_mode: "INHERIT".to_owned(),
    }
}

#[tokio::test]
async fn row_40_all_calls_for_one_provider_go_below_saml() {
    let stub = Stub::start([
        (
            LIST,
            reply(
                200,
                json!([{"alias": "azure-ad-saml"}, {"displayName": "nameless"}, "bare", null]),
            ),
        ),
        (
            ITEM,
            reply(200, json!({"alias": "azure-ad-saml", "enabled": "true"})),
        ),
        (UPDATE, reply(200, "{ “status”: “updated” }")),
        (DELETE, reply(200, json!({"status": "deleted"}))),
    ])
    .await;
    let caller = stub.authorized();
    let aliases: Vec<Alias> = caller
        .saml_providers()
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.alias)
        .collect();
    assert_eq!(aliases, [alias(), Alias::new("bare")]);
    assert_eq!(caller.saml_provider(&alias()).await.unwrap().enabled, Some(true));
    caller.update_saml_provider(&draft()).await.unwrap();
    caller.delete_saml_provider(&alias()).await.unwrap();
    stub.check([
        (LIST, Value::Null),
        (ITEM, Value::Null),
        (UPDATE, sample()),
        (DELETE, Value::Null),
    ]);
}

#[tokio::test]
async fn row_41_an_update_names_the_alias_in_path_and_body() {
    let path = "PUT /pty/v1/auth/saml/providers/a%2Fb";
    let stub = Stub::start([(path, Reply::none(204))]).await;
    let slashed = SamlDraft {
        alias: Alias::new("a/b"),
        ..draft()
    };
    stub.authorized().update_saml_provider(&slashed).await.unwrap();
    assert_eq!(stub.only().line, path);
    assert_eq!(stub.only().json()["alias"], "a/b");
}

#[tokio::test]
async fn row_42_metadata_is_named_by_url_and_by_nothing_else() {
    let stub = Stub::start([(CREATE, Reply::none(201)), (UPDATE, Reply::none(204))]).await;
    let caller = stub.authorized();
    caller.create_saml_provider(&draft()).await.unwrap();
    let unknown = SamlDraft {
        metadata_url: String::new(),
        ..draft()
    };
    assert_refused(caller.create_saml_provider(&unknown).await);
    caller.update_saml_provider(&unknown).await.unwrap();
    let mut silent = sample();
    for key in ["configType", "metadataUrl"] {
        silent.as_object_mut().unwrap().remove(key);
    }
    stub.check([(CREATE, sample()), (UPDATE, silent)]);
}

#[tokio::test]
async fn row_43_44_every_field_is_sent_in_the_requests_spelling_and_empty_ones_are_not() {
    let stub = Stub::start([(CREATE, Reply::none(201))]).await;
    let full = SamlDraft {
        enabled: false,
        force_authn: Some(true),
        validate_signature: Some(true),
        want_assertions_signed: Some(false),
        want_assertions_encrypted: Some(true),
        signature_algorithm: Some("RSA_SHA256".to_owned()),
        name_id_policy_format: Some(PERSISTENT.to_owned()),
        signing_certificate: Some("MIIC8DCC".to_owned()),
        attribute_mapping: BTreeMap::from([("mail".to_owned(), "email".to_owned())]),
        ..draft()
    };
    let least = SamlDraft {
        service_provider_entity_id: Some(String::new()),
        force_authn: None,
        signature_algorithm: Some(String::new()),
        name_id_policy_format: Some(String::new()),
        signing_certificate: Some(String::new()),
        ..draft()
    };
    stub.authorized().create_saml_provider(&full).await.unwrap();
    stub.authorized().create_saml_provider(&least).await.unwrap();
    stub.check([
        (
            CREATE,
            json!({
                "alias": "azure-ad-saml", "configType": "metadataUrl", "displayName": "Azure AD SAML",
                "enabled": false, "forceAuthn": true, "metadataUrl": URL,
                "serviceProviderEntityId": "my-service-provider", "validateSignature": true,
                "wantAssertionsSigned": false, "wantAssertionsEncrypted": true,
                "signatureAlgorithm": "RSA_SHA256", "nameIdPolicyFormat": PERSISTENT,
                "signingCertificate": "MIIC8DCC", "attributeMapping": {"mail": "email"},
            }),
        ),
        (
            CREATE,
            json!({
                "alias": "azure-ad-saml", "configType": "metadataUrl", "displayName": "Azure AD SAML",
                "enabled": true, "metadataUrl": URL,
            }),
        ),
    ]);
}

#[tokio::test]
async fn row_44_45_a_config_is_texts_or_anything_in_the_clusters_spelling() {
    let config = json!({
        "nameIDPolicyFormat": PERSISTENT, "validateSignature": "true", "additionalProp1": {}, "allowedClockSkew": 0,
        "list": [null, 1.5],
    });
    for body in [
        json!({"alias": "azure-ad-saml", "config": config}),
        json!({"provider": {"config": config}}),
    ] {
        let stub = Stub::start([(ITEM, reply(200, body))]).await;
        let provider = stub.authorized().saml_provider(&alias()).await.unwrap();
        assert_eq!(provider.alias, alias());
        assert_eq!(
            provider.config["nameIDPolicyFormat"],
            Value::String(PERSISTENT.to_owned())
        );
        assert_eq!(provider.config["additionalProp1"], json!({}));
        assert_eq!(json!(provider.config), config);
    }
}

#[tokio::test]
async fn row_46_the_answers_alias_is_not_compared() {
    for answer in [
        reply(
            200,
            json!({"status": "created", "alias": "test-azure-ad-saml", "configType": "metadataUrl"}),
        ),
        reply(200, "{ “status”: “created”, “alias”: “test-azure-ad-saml” }"),
        Reply::none(204),
    ] {
        let stub = Stub::start([(CREATE, answer)]).await;
        stub.authorized().create_saml_provider(&draft()).await.unwrap();
    }
    let stub = Stub::start([(ITEM, reply(200, json!({"alias": "Azure-AD-SAML"})))]).await;
    let provider = stub.authorized().saml_provider(&alias()).await.unwrap();
    assert_eq!(provider.alias.as_str(), "Azure-AD-SAML");
}

#[tokio::test]
async fn row_47_mappers_have_a_path_of_their_own() {
    let row = json!({
        "id": "mapper-uuid", "name": "email-mapper", "identityProviderMapper": "saml-user-attribute-idp-mapper",
        "identityProviderAlias": "azure-ad-saml", "config": {"syncMode": "INHERIT"},
    });
    let odd = json!({"id": 7, "mapperType": "other", "config": "none"});
    let stub = Stub::start([
        (MAPPERS, reply(200, json!([row, odd, {}, null]))),
        (NEW_MAPPER, reply(200, json!({"mapperId": "mapper-uuid"}))),
        (
            DELETE_MAPPER,
            reply(200, json!({"status": "deleted", "mapperId": "another"})),
        ),
        (DELETE, Reply::none(204)),
    ])
    .await;
    let caller = stub.authorized();
    let rows = caller.saml_mappers(&alias()).await.unwrap();
    let read: Vec<(&str, Option<&str>)> = rows
        .iter()
        .map(|row| (row.id.as_str(), row.mapper_type.as_deref()))
        .collect();
    assert_eq!(
        read,
        [
            ("mapper-uuid", Some("saml-user-attribute-idp-mapper")),
            ("7", Some("other"))
        ]
    );
    assert_eq!(
        rows[1],
        SamlMapper {
            name: String::new(),
            config: BTreeMap::new(),
            ..rows[1].clone()
        }
    );
    let id = caller
        .create_saml_mapper(&alias(), &mapper())
        .await
        .unwrap()
        .unwrap();
    caller.delete_saml_mapper(&alias(), &id).await.unwrap();
    stub.check([
        (MAPPERS, Value::Null),
        (
            NEW_MAPPER,
            json!({
                "attributeName": "http://schemas.example.com/claims/emailaddress",
                "mapperType": "saml-user-attribute-idp-mapper", "name": "email-mapper", "syncMode": "INHERIT",
                "userAttribute": "email",
            }),
        ),
        (DELETE_MAPPER, Value::Null),
    ]);
}

#[tokio::test]
async fn row_47_no_mapper_id_turns_into_its_provider() {
    let stub = Stub::start([(DELETE, Reply::none(204))]).await;
    let caller = stub.authorized();
    for id in ["", " ", "\t", ".", "..", " .. "] {
        assert_refused(caller.delete_saml_mapper(&alias(), &MapperId::new(id)).await);
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
    for (id, segment) in [
        ("../..", "..%2F.."),
        ("%2e%2e", "%252e%252e"),
        ("?", "%3F"),
        ("#", "%23"),
    ] {
        caller
            .delete_saml_mapper(&alias(), &MapperId::new(id))
            .await
            .unwrap_err();
        let last = stub.lines().pop().unwrap();
        assert_eq!(
            last,
            format!("DELETE /pty/v1/auth/saml/providers/azure-ad-saml/mappers/{segment}")
        );
    }
}

#[tokio::test]
async fn row_48_a_new_mappers_id_may_be_missing() {
    for (answer, expected) in [
        (
            reply(200, json!({"message": "created", "mapperId": "a1b2"})),
            Some("a1b2"),
        ),
        (reply(201, json!({"id": 5})), Some("5")),
        (reply(200, json!({"mapperId": ""})), None),
        (reply(200, json!("created")), None),
        (Reply::none(204), None),
    ] {
        let stub = Stub::start([(NEW_MAPPER, answer)]).await;
        let short = NewSamlMapper {
            attribute_name: String::new(),
            user_attribute: String::new(),
            sync_mode: String::new(),
            ..mapper()
        };
        let id = stub
            .authorized()
            .create_saml_mapper(&alias(), &short)
            .await
            .unwrap();
        assert_eq!(id, expected.map(MapperId::new));
        assert_eq!(
            stub.only().json(),
            json!({"name": "email-mapper", "mapperType": "saml-user-attribute-idp-mapper"})
        );
    }
}

#[tokio::test]
async fn the_item_must_be_a_provider() {
    for (answer, expected) in [
        (reply(200, json!({"displayName": "x"})), Ok(alias())),
        (reply(200, json!({"detail": "odd"})), Err(ErrorKind::Unreadable)),
        (reply(200, json!(null)), Err(ErrorKind::Unreadable)),
        (Reply::none(204), Err(ErrorKind::Unreadable)),
        (Reply::none(404), Err(ErrorKind::NotFound)),
    ] {
        let label = format!("{answer:?}");
        let stub = Stub::start([(ITEM, answer)]).await;
        let provider = stub.authorized().saml_provider(&alias()).await;
        assert_eq!(
            provider
                .map(|provider: SamlProvider| provider.alias)
                .map_err(|error| error.kind()),
            expected,
            "{label}"
        );
    }
}

async fn every_call_with(caller: &Authorized, alias: &Alias) -> [Result<(), Error>; 7] {
    let draft = SamlDraft {
        alias: alias.clone(),
        ..draft()
    };
    [
        caller.saml_provider(alias).await.map(drop),
        caller.create_saml_provider(&draft).await,
        caller.update_saml_provider(&draft).await,
        caller.delete_saml_provider(alias).await,
        caller.saml_mappers(alias).await.map(drop),
        caller.create_saml_mapper(alias, &mapper()).await.map(drop),
        caller.delete_saml_mapper(alias, &MapperId::new("1")).await,
    ]
}

#[tokio::test]
async fn no_empty_alias_or_name_reaches_the_wire() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    for alias in ["", "  ", ".", ".."] {
        for result in every_call_with(&caller, &Alias::new(alias)).await {
            assert_refused(result);
        }
    }
    let nameless = SamlDraft {
        display_name: " ".to_owned(),
        ..draft()
    };
    assert_refused(caller.create_saml_provider(&nameless).await);
    let nameless = NewSamlMapper {
        name: String::new(),
        ..mapper()
    };
    assert_refused(caller.create_saml_mapper(&alias(), &nameless).await);
    let typeless = NewSamlMapper {
        mapper_type: String::new(),
        ..mapper()
    };
    assert_refused(caller.create_saml_mapper(&alias(), &typeless).await);
    assert_eq!(stub.lines(), Vec::<String>::new());
}
