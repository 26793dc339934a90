//! SAML providers, their mappers, and their linked users.

use crate::{
    helper::Cluster,
    shape::{Shape, shape},
};
use serde_json::{Value, json};

/// The first sample of the list (reference, lines 1775-1815), with other values.
const DISABLED: &str = r#"{
  "alias": "azuread", "displayName": "Example", "providerId": "saml", "enabled": false,
  "config": {
    "postBindingLogout": "false", "singleLogoutServiceUrl": "https://login.example.com/saml2",
    "postBindingResponse": "true", "backchannelSupported": "false", "caseSensitiveOriginalUsername": "false",
    "encryptionAlgorithm": "RSA-OAEP", "xmlSigKeyInfoKeyNameTransformer": "KEY_ID",
    "idpEntityId": "https://sts.example.com/", "useMetadataDescriptorUrl": "false", "loginHint": "false",
    "allowCreate": "true", "enabledFromMetadata": "true", "syncMode": "LEGACY",
    "authnContextComparisonType": "exact", "singleSignOnServiceUrl": "https://login.example.com/saml2",
    "wantAuthnRequestsSigned": "true", "allowedClockSkew": "0", "artifactBindingResponse": "false",
    "validateSignature": "true", "nameIDPolicyFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "entityId": "https://ppc.example.com/mysamlapp/saml/metadata", "signSpMetadata": "true",
    "wantAssertionsEncrypted": "false", "signatureAlgorithm": "RSA_SHA256", "sendClientIdOnLogout": "false",
    "wantAssertionsSigned": "false", "metadataDescriptorUrl": "https://login.example.com/federationmetadata.xml",
    "sendIdTokenOnLogout": "true", "postBindingAuthnRequest": "true", "forceAuthn": "false",
    "attributeConsumingServiceIndex": "0", "addExtensionsElementWithKeyInfo": "false", "principalType": "SUBJECT"
  }
}"#;

/// The keys that only the second sample has (lines 1816-1857), each after the key before it.
const ADDED: [(&str, &str); 2] = [
    ("allowedClockSkew", "guiOrder"),
    ("validateSignature", "signingCertificate"),
];
/// The key that only the first sample has.
const REMOVED: &str = "encryptionAlgorithm";

const METADATA: &str =
    "https://login.example.com/tenant-id/federationmetadata/2007-06/federationmetadata.xml";

/// The request of the reference's line 1896.
fn provider_body(alias: &str) -> Value {
    json!({
        "alias": alias,
        "configType": "metadataUrl",
        "displayName": "Azure AD SAML",
        "enabled": true,
        "forceAuthn": false,
        "metadataUrl": METADATA,
        "serviceProviderEntityId": "my-service-provider"
    })
}

/// The request of the reference's line 2139.
fn mapper() -> Value {
    json!({
        "attributeName": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "mapperType": "saml-user-attribute-idp-mapper",
        "name": "mail",
        "syncMode": "IMPORT",
        "userAttribute": "email"
    })
}

struct Fixture {
    cluster: Cluster,
    admin: String,
}

impl Fixture {
    async fn start() -> Self {
        let cluster = Cluster::start().await;
        let admin = cluster.token("admin").await;
        Self { cluster, admin }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> crate::helper::Answer {
        let path = format!("/saml/providers{path}");
        self.cluster.call(&self.admin, method, &path, body).await
    }

    async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.call(method, path, body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }
}

#[tokio::test]
async fn the_seeded_providers_match_the_samples() {
    let fixture = Fixture::start().await;
    fixture
        .call("GET", "/AZURE-IDP", Value::Null)
        .await
        .check_like(200, DISABLED);

    let Shape::Object(mut provider) = shape(DISABLED) else {
        panic!("a provider is an object");
    };
    let Some((_, Shape::Object(config))) = provider.last_mut() else {
        panic!("the config is an object");
    };
    config.retain(|(key, _)| key != REMOVED);
    for (before, key) in ADDED {
        let index = config.iter().position(|(other, _)| other == before).unwrap();
        config.insert(index + 1, (key.to_owned(), Shape::Text));
    }
    let enabled = fixture.call("GET", "/AWS-IDP", Value::Null).await;
    assert_eq!(shape(&enabled.text), Shape::Object(provider.clone()));

    let list = fixture.call("GET", "", Value::Null).await;
    assert_eq!(
        shape(&list.text),
        Shape::List(vec![Shape::Object(provider), shape(DISABLED)])
    );
    let actual: Vec<_> = list
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["alias"].clone(), one["enabled"].clone()))
        .collect();
    assert_eq!(
        actual,
        [
            (json!("AWS-IDP"), json!(true)),
            (json!("AZURE-IDP"), json!(false))
        ]
    );
    assert!(!list.text.contains("microsoft"));
}

#[tokio::test]
async fn a_provider_is_created_changed_and_deleted() {
    let fixture = Fixture::start().await;
    let created = fixture.call("POST", "", provider_body("azure-ad-saml")).await;
    created.check_like(
        200,
        r#"{ "status": "s", "alias": "a", "configType": "c", "message": "m" }"#,
    );
    created.check(
        200,
        json!({
            "status": "created", "alias": "azure-ad-saml", "configType": "metadataUrl",
            "message": "SAML provider created successfully from metadata"
        }),
    );
    let provider = fixture.done("GET", "/azure-ad-saml", Value::Null).await;
    assert_eq!(
        (&provider["displayName"], &provider["providerId"]),
        (&json!("Azure AD SAML"), &json!("saml"))
    );
    let config = &provider["config"];
    for (key, value) in [
        ("entityId", "my-service-provider"),
        ("metadataDescriptorUrl", METADATA),
        (
            "singleSignOnServiceUrl",
            "https://login.example.com/tenant-id/saml2",
        ),
        ("idpEntityId", "https://login.example.com/tenant-id/"),
        ("forceAuthn", "false"),
        ("validateSignature", "true"),
    ] {
        assert_eq!(config[key], value, "{key}");
    }
    assert!(config.get("signingCertificate").is_none() && config.get("encryptionAlgorithm").is_none());

    let change = json!({
        "alias": "azure-ad-saml", "configType": "metadataUrl", "displayName": "Renamed", "enabled": false,
        "metadataUrl": "http://idp.example.com/metadata", "forceAuthn": true, "validateSignature": false,
        "wantAssertionsSigned": true, "wantAssertionsEncrypted": true, "signatureAlgorithm": "RSA_SHA512",
        "signingCertificate": "MIIB", "nameIdPolicyFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    });
    let updated = fixture.call("PUT", "/azure-ad-saml", change).await;
    updated.check_like(200, r#"{ "status": "s", "alias": "a" }"#);
    updated.check(200, json!({ "status": "updated", "alias": "azure-ad-saml" }));
    let provider = fixture.done("GET", "/azure-ad-saml", Value::Null).await;
    assert_eq!(
        (&provider["displayName"], &provider["enabled"]),
        (&json!("Renamed"), &json!(false))
    );
    for (key, value) in [
        ("forceAuthn", "true"),
        ("validateSignature", "false"),
        ("wantAssertionsSigned", "true"),
        ("wantAssertionsEncrypted", "true"),
        ("encryptionAlgorithm", "RSA-OAEP"),
        ("signatureAlgorithm", "RSA_SHA512"),
        ("signingCertificate", "MIIB"),
        (
            "nameIDPolicyFormat",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        ),
        ("metadataDescriptorUrl", "http://idp.example.com/metadata"),
        ("entityId", "my-service-provider"),
    ] {
        assert_eq!(provider["config"][key], value, "{key}");
    }

    let deleted = fixture.call("DELETE", "/azure-ad-saml", Value::Null).await;
    deleted.check_like(200, r#"{ "status": "s", "alias": "a" }"#);
    deleted.check(200, json!({ "status": "deleted", "alias": "azure-ad-saml" }));
    for method in ["GET", "DELETE"] {
        let gone = fixture.call(method, "/azure-ad-saml", Value::Null).await;
        gone.check(404, json!({ "detail": "SAML provider not found" }));
    }
}

#[tokio::test]
async fn invalid_providers_are_refused() {
    let fixture = Fixture::start().await;
    let before = fixture.done("GET", "", Value::Null).await;
    let detail = |text: &str| json!({ "detail": text });
    let no_file = detail("metadataFileContent is not supported: use metadataUrl");
    let no_url = detail("metadataUrl must be an http or https URL");
    let cases = [
        (
            "alias",
            json!("AWS-IDP"),
            409,
            json!({ "errorMessage": "Identity Provider AWS-IDP already exists" }),
        ),
        (
            "alias",
            json!("with space"),
            400,
            json!({ "errorMessage": "Character ' ' not allowed." }),
        ),
        (
            "alias",
            json!("straße"),
            400,
            json!({ "errorMessage": "Character 'ß' not allowed." }),
        ),
        ("configType", json!("metadataFileContent"), 400, no_file.clone()),
        ("metadataFileContent", json!("<EntityDescriptor/>"), 400, no_file),
        (
            "configType",
            json!("file"),
            400,
            detail("Unknown configType: file"),
        ),
        (
            "metadataUrl",
            json!("ftp://idp.example.com/metadata"),
            400,
            no_url.clone(),
        ),
        ("metadataUrl", json!("idp.example.com"), 400, no_url.clone()),
        ("metadataUrl", json!("not a URL"), 400, no_url),
        (
            "metadataUrl",
            json!("https://unreachable.example/metadata"),
            400,
            detail("Could not fetch SAML metadata from https://unreachable.example/metadata"),
        ),
        (
            "signatureAlgorithm",
            json!("MD5"),
            400,
            detail("Unknown signatureAlgorithm: MD5"),
        ),
        (
            "signingCertificate",
            json!("-----BEGIN CERTIFICATE-----"),
            400,
            detail("signingCertificate must be PEM without the headers"),
        ),
    ];
    for (field, value, status, expected) in cases {
        let mut body = provider_body("new");
        body[field] = value;
        fixture.call("POST", "", body).await.check(status, expected);
    }
    for (field, value) in [
        ("alias", Value::Null),
        ("displayName", json!("")),
        ("configType", json!(5)),
        ("metadataUrl", Value::Null),
        ("enabled", json!("true")),
        ("forceAuthn", json!("false")),
        ("attributeMapping", json!({ "mail": 5 })),
        ("nameIDPolicyFormat", json!("spelt as in the config")),
        ("providerId", json!("saml")),
    ] {
        let mut body = provider_body("new");
        body[field] = value;
        let answer = fixture.call("POST", "", body).await;
        assert_eq!(
            (answer.status, &answer.json()["detail"][0]["loc"]),
            (422, &json!(["body", field]))
        );
    }
    let other = fixture.call("PUT", "/AWS-IDP", provider_body("AZURE-IDP")).await;
    other.check(400, detail("The alias of the body is not that of the path"));
    let unknown = fixture.call("PUT", "/unknown", provider_body("unknown")).await;
    unknown.check(404, detail("SAML provider not found"));
    assert_eq!(fixture.done("GET", "", Value::Null).await, before);
}

#[tokio::test]
async fn a_mapper_is_created_and_deleted() {
    let fixture = Fixture::start().await;
    fixture.done("POST", "", provider_body("azure-ad-saml")).await;
    assert_eq!(
        fixture.done("GET", "/azure-ad-saml/mappers", Value::Null).await,
        json!([])
    );
    let created = fixture.call("POST", "/azure-ad-saml/mappers", mapper()).await;
    created.check_like(200, r#"{ "message": "m", "mapperId": "u" }"#);
    let id = created.json()["mapperId"].as_str().unwrap().to_owned();
    assert_eq!(
        (id.len(), &created.json()["message"]),
        (36, &json!("Attribute mapper created successfully"))
    );

    let list = fixture.call("GET", "/azure-ad-saml/mappers", Value::Null).await;
    list.check_like(
        200,
        r#"[{ "id": "u", "name": "n", "identityProviderMapper": "m", "identityProviderAlias": "a",
            "config": { "attribute.name": "s", "syncMode": "s", "user.attribute": "s" } }]"#,
    );
    let expected = json!([{
        "id": id, "name": "mail", "identityProviderMapper": "saml-user-attribute-idp-mapper",
        "identityProviderAlias": "azure-ad-saml",
        "config": {
            "attribute.name": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
            "syncMode": "IMPORT", "user.attribute": "email"
        }
    }]);
    list.check(200, expected);

    let path = format!("/azure-ad-saml/mappers/{id}");
    assert_eq!(
        fixture
            .call("DELETE", &format!("/AWS-IDP/mappers/{id}"), Value::Null)
            .await
            .status,
        404
    );
    let deleted = fixture.call("DELETE", &path, Value::Null).await;
    deleted.check_like(200, r#"{ "status": "s", "mapperId": "u", "alias": "a" }"#);
    deleted.check(
        200,
        json!({ "status": "deleted", "mapperId": id, "alias": "azure-ad-saml" }),
    );
    let gone = fixture.call("DELETE", &path, Value::Null).await;
    gone.check(404, json!({ "detail": "Attribute mapper not found" }));
    assert_eq!(
        fixture
            .call("DELETE", "/azure-ad-saml/mappers/", Value::Null)
            .await
            .status,
        404
    );
    fixture.done("GET", "/azure-ad-saml", Value::Null).await;
}

#[tokio::test]
async fn invalid_mappers_are_refused() {
    let fixture = Fixture::start().await;
    let with = |field: &str, value: Value| {
        let mut body = mapper();
        body[field] = value;
        body
    };
    let cases = [
        (
            with("mapperType", json!("oidc-mapper")),
            json!({ "detail": "Unknown mapperType: oidc-mapper" }),
        ),
        (
            with("syncMode", json!("ALWAYS")),
            json!({ "detail": "Unknown syncMode: ALWAYS" }),
        ),
        (
            with("name", json!("email-mapper")),
            json!({ "errorMessage": "Failed to add mapper 'email-mapper' to identity provider [saml]." }),
        ),
    ];
    for (body, expected) in cases {
        fixture
            .call("POST", "/AWS-IDP/mappers", body)
            .await
            .check(400, expected);
    }
    for (field, value) in [
        ("name", Value::Null),
        ("mapperType", json!("")),
        ("attributeName", Value::Null),
        ("userAttribute", json!(5)),
        ("config", json!({})),
    ] {
        let answer = fixture.call("POST", "/AWS-IDP/mappers", with(field, value)).await;
        assert_eq!(
            (answer.status, &answer.json()["detail"][0]["loc"]),
            (422, &json!(["body", field]))
        );
    }
    assert_eq!(
        fixture.call("POST", "/unknown/mappers", mapper()).await.status,
        404
    );
    for kind in [
        "saml-role-idp-mapper",
        "saml-username-idp-mapper",
        "hardcoded-attribute-idp-mapper",
    ] {
        let body = json!({ "name": kind, "mapperType": kind });
        fixture.done("POST", "/AWS-IDP/mappers", body).await;
    }
}

#[tokio::test]
async fn an_attribute_mapping_adds_mappers() {
    let fixture = Fixture::start().await;
    let mut body = provider_body("mapped");
    body["attributeMapping"] = json!({ "urn:mail": "email", "urn:given": "firstName" });
    fixture.done("POST", "", body.clone()).await;
    fixture.done("PUT", "/mapped", body).await;
    let mappers = fixture.done("GET", "/mapped/mappers", Value::Null).await;
    let actual: Vec<_> = mappers
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].clone(), one["config"].clone()))
        .collect();
    let config = |saml: &str, user: &str| json!({ "attribute.name": saml, "syncMode": "INHERIT", "user.attribute": user });
    let expected = [
        (json!("firstName-mapper"), config("urn:given", "firstName")),
        (json!("email-mapper"), config("urn:mail", "email")),
    ];
    assert_eq!(actual, expected);
}

#[tokio::test]
async fn users_are_linked_to_existing_providers() {
    let fixture = Fixture::start().await;
    let (cluster, admin) = (&fixture.cluster, &fixture.admin);
    let links = async |name: &str| {
        cluster
            .call_at("", "GET", &format!("/_simulator/links/{name}"), Value::Null)
            .await
            .json()
    };
    let link = |text: &str| json!({ "userId": text, "userName": text });
    assert_eq!(
        links("alpha").await,
        json!({ "AWS-IDP": link("alpha@example.com") })
    );
    assert_eq!(links("unknown").await, json!({}));

    let body = json!({ "username": "new", "identityProviders": { "AZURE-IDP": { "userId": "1", "userName": "n" } } });
    assert_eq!(cluster.call(admin, "POST", "/users", body).await.status, 200);
    assert_eq!(
        links("new").await,
        json!({ "AZURE-IDP": { "userId": "1", "userName": "n" } })
    );
    let update = async |providers: Value| {
        let body = json!({ "username": "new", "identityProviders": providers });
        cluster.call(admin, "PUT", "/users", body).await
    };
    assert_eq!(update(json!(["AWS-IDP", "AZURE-IDP"])).await.status, 200);
    assert_eq!(
        links("new").await,
        json!({ "AWS-IDP": link("new"), "AZURE-IDP": link("new") })
    );
    for unknown in [json!(["OKTA"]), json!({ "OKTA": link("new") })] {
        update(unknown)
            .await
            .check(400, json!({ "detail": "Identity provider 'OKTA' not found" }));
    }
    let invalid = update(json!({ "AWS-IDP": { "userId": "1", "user": "2" } })).await;
    let locations: Vec<_> = invalid.json()["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["loc"].clone())
        .collect();
    let location = |name: &str| json!(["body", "identityProviders", "AWS-IDP", name]);
    assert_eq!(
        (invalid.status, locations),
        (422, vec![location("userName"), location("user")])
    );
    assert_eq!(update(json!({ "AWS-IDP": "new" })).await.status, 422);

    fixture.done("DELETE", "/AWS-IDP", Value::Null).await;
    assert_eq!(links("new").await, json!({ "AZURE-IDP": link("new") }));
    fixture.done("POST", "", provider_body("AWS-IDP")).await;
    assert_eq!(
        links("alpha").await,
        json!({}),
        "a new provider of the same alias has no links"
    );
    assert_eq!(update(json!({})).await.status, 200);
    assert_eq!(links("new").await, json!({}));
}
