//! What Policy Management refuses, with its words.

use super::{detail, rights, unprotect};
use crate::helper::{Answer, Cluster};
use serde_json::{Value, json};

#[tokio::test]
async fn nothing_works_before_the_initialization() {
    let cluster = Cluster::with_empty_pim().await;
    let admin = cluster.token("admin").await;
    let not_initialized = detail("Policy Management is not initialized");
    for path in [
        "/sources",
        "/roles",
        "/roles/1/members",
        "/masks",
        "/alphabets",
        "/dataelements",
        "/policies",
        "/policies/1/rules",
        "/datastores",
        "/datastores/1/export/keys",
        "/applications",
        "/deploy",
    ] {
        let answer = cluster.pim(&admin, "GET", path, Value::Null).await;
        answer.check(400, not_initialized.clone());
    }
    let role = json!({ "name": "ROLE", "mode": "MANUAL" });
    let writes = [
        ("/roles", role),
        (
            "/datastores/1/deploy",
            json!({ "policies": [], "applications": [] }),
        ),
        ("/deploy", json!({ "dataStores": [] })),
    ];
    for (path, body) in writes {
        let answer = cluster.pim(&admin, "POST", path, body).await;
        answer.check(400, not_initialized.clone());
    }
    assert_eq!(
        cluster.pim(&admin, "GET", "/health", Value::Null).await.status,
        200
    );
    let init = async |body| cluster.pim(&admin, "POST", "/init", body).await;
    assert_eq!(init(json!({ "force": true })).await.status, 422);
    assert_eq!(init(Value::Null).await.status, 204);
    init(Value::Null)
        .await
        .check(409, detail("The policy repository already exists"));
    cluster
        .pim(&admin, "GET", "/datastores", Value::Null)
        .await
        .check(200, json!([]));
}

async fn post(cluster: &Cluster, token: &str, path: &str, body: Value) -> Answer {
    cluster.pim(token, "POST", path, body).await
}

/// A name that differs in the case of letters only is in use, too.
#[tokio::test]
async fn names_are_unique() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let operations = rights();
    let cases = [
        (
            "/roles",
            json!({ "name": "analyst", "mode": "MANUAL" }),
            "Role 'analyst'",
        ),
        (
            "/dataelements",
            json!({ "name": "DE_SSN", "noEnc": {} }),
            "Data element 'DE_SSN'",
        ),
        (
            "/policies",
            json!({ "name": "PAYMENTS", "template": operations }),
            "Policy 'PAYMENTS'",
        ),
        ("/datastores", json!({ "name": "PROD" }), "Data store 'PROD'"),
        (
            "/datastores",
            json!({ "name": "default", "default": true }),
            "Data store 'default'",
        ),
        (
            "/sources",
            json!({
                "name": "service-accounts", "type": "FILE", "connection": { "userFile": "u", "groupFile": "g" }
            }),
            "Source 'service-accounts'",
        ),
        (
            "/masks",
            json!({ "name": "LAST_4", "fromLeft": 0, "fromRight": 0, "masked": true, "character": "#" }),
            "Mask 'LAST_4'",
        ),
        (
            "/alphabets",
            json!({ "label": "GREEK", "codePoints": ["0391"] }),
            "Alphabet 'GREEK'",
        ),
        (
            "/applications",
            json!({ "name": "BILLING", "applicationName": "a", "applicationUser": "u" }),
            "Application 'BILLING'",
        ),
        (
            "/policies/1/rules",
            json!({ "role": "3", "dataElement": "1", "permission": unprotect() }),
            "Rule for role '3' and data element '1'",
        ),
    ];
    for (path, body, object) in cases {
        let answer = post(&cluster, &officer, path, body).await;
        answer.check(409, detail(&format!("{object} already exists")));
    }
}

/// The refusal of a second default must not read as if the store existed.
#[tokio::test]
async fn one_data_store_is_the_default() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let body = json!({ "name": "NEW", "default": true });
    let answer = post(&cluster, &officer, "/datastores", body).await;
    answer.check(400, detail("Data store 'DEFAULT' is the default"));
    assert_eq!(cluster.rows(&officer, "/datastores").await.len(), 3);
}

/// All members of a request are added, or none.
#[tokio::test]
async fn members_are_unique_in_their_role() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let member =
        |name: &str, source: &str, kind: &str| json!({ "name": name, "source": source, "type": kind });
    let new = member("new@example.com", "1", "USER");
    let before = cluster.rows(&officer, "/roles/1/members").await;
    for list in [
        json!([new, member("analyst.one@example.com", "1", "USER")]),
        json!([member("analyst.one@example.com", "1", "USER"), new]),
        json!([member("analyst.one@example.com", "2", "USER"), new, new]),
    ] {
        let answer = post(&cluster, &officer, "/roles/1/members", list).await;
        let text = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            answer.status == 400 && text.ends_with("must be unique in the role"),
            "{answer:?}"
        );
    }
    let unknown = json!([new, member("other@example.com", "9", "USER")]);
    let answer = post(&cluster, &officer, "/roles/1/members", unknown).await;
    answer.check(400, detail("Source '9' does not exist"));
    assert_eq!(cluster.rows(&officer, "/roles/1/members").await, before);
    let different = json!([
        new,
        member("new@example.com", "2", "USER"),
        member("new@example.com", "1", "GROUP")
    ]);
    let answer = post(&cluster, &officer, "/roles/1/members", different).await;
    assert_eq!(
        (answer.status, answer.json().as_array().unwrap().len()),
        (201, before.len() + 3)
    );
    for (body, kind) in [
        (json!({ "name": "n", "source": "1", "type": "USER" }), "list_type"),
        (json!(["n"]), "model_attributes_type"),
        (json!([{ "name": "n", "source": "1", "type": "ROBOT" }]), "enum"),
        (
            json!([{ "name": "n", "source": 1, "type": "USER" }]),
            "string_type",
        ),
    ] {
        let answer = post(&cluster, &officer, "/roles/1/members", body).await;
        assert_eq!(
            (answer.status, &answer.json()["detail"][0]["type"]),
            (422, &json!(kind))
        );
    }
}

/// An unknown uid in the path is 404, one in the body 400. A uid has one spelling.
#[tokio::test]
async fn unknown_uids_are_refused() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let rule = |role: &str, element: &str, mask: &str| {
        json!({
            "role": role, "dataElement": element, "mask": mask, "permission": unprotect()
        })
    };
    let deploy = json!({ "policies": [], "applications": [] });
    let unicode = |uid: &str| {
        let token = json!({ "tokenizer": "SLT_X_1", "alphabetUid": uid });
        json!({ "name": "D", "unicodeGen2Token": token })
    };
    let cases = [
        (
            "/policies/9/rules",
            rule("1", "1", "0"),
            404,
            "Policy '9' does not exist",
        ),
        (
            "/policies/01/rules",
            rule("1", "1", "0"),
            404,
            "Policy '01' does not exist",
        ),
        (
            "/policies/0/rules",
            rule("1", "1", "0"),
            404,
            "Policy '0' does not exist",
        ),
        ("/roles/9/members", json!([]), 404, "Role '9' does not exist"),
        (
            "/datastores/9/deploy",
            deploy,
            404,
            "Data store '9' does not exist",
        ),
        (
            "/policies/3/rules",
            rule("9", "1", "0"),
            400,
            "Role '9' does not exist",
        ),
        (
            "/policies/3/rules",
            rule("1", "99", "0"),
            400,
            "Data element '99' does not exist",
        ),
        (
            "/policies/3/rules",
            rule("1", "1", "9"),
            400,
            "Mask '9' does not exist",
        ),
        ("/dataelements", unicode("9"), 400, "Alphabet '9' does not exist"),
        (
            "/dataelements",
            json!({ "name": "D", "noEnc": { "maskUid": "9" } }),
            400,
            "Mask '9' does not exist",
        ),
    ];
    for (path, body, status, text) in cases {
        post(&cluster, &admin, path, body)
            .await
            .check(status, detail(text));
    }
}

/// A data element of AES-256-CBC has no protected value to show.
#[tokio::test]
async fn a_cbc_data_element_refuses_the_protected_value() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let elements = cluster.rows(&officer, "/dataelements").await;
    let notes = elements
        .iter()
        .find(|element| element["name"] == "DE_NOTES")
        .unwrap();
    assert_eq!(notes["aes256CbcEnc"], json!({}));
    let rule = |element: &Value, operation: &str| {
        json!({
            "role": "5", "dataElement": element["uid"], "noAccessOperation": operation, "permission": unprotect()
        })
    };
    let refused = post(
        &cluster,
        &officer,
        "/policies/3/rules",
        rule(notes, "PROTECTED_VALUE"),
    )
    .await;
    refused.check(
        400,
        detail("PROTECTED_VALUE is not supported for data element 'DE_NOTES'"),
    );
    for (element, operation) in [(notes, "NULL_VALUE"), (&elements[0], "PROTECTED_VALUE")] {
        let answer = post(&cluster, &officer, "/policies/3/rules", rule(element, operation)).await;
        assert_eq!(
            (answer.status, answer.json()["noAccessOperation"].as_str()),
            (201, Some(operation))
        );
    }
}

#[tokio::test]
async fn export_keys_are_rsa_keys_of_one_data_store() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let key = |pem: &str| json!({ "algorithm": "RSA-OAEP-256", "pem": pem });
    for pem in [
        "none",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    ] {
        let answer = post(&cluster, &officer, "/datastores/1/export/keys", key(pem)).await;
        answer.check(400, detail("The export key is not a PEM of an RSA public key"));
    }
    let answer = post(&cluster, &officer, "/datastores/1/export/keys", key(SHORT_KEY)).await;
    answer.check(400, detail("The export key has fewer than 2048 bits"));
    let pem = crate::packages::public_pem();
    let answer = post(&cluster, &officer, "/datastores/9/export/keys", key(pem)).await;
    answer.check(404, detail("Data store '9' does not exist"));
    let created = cluster
        .create(&officer, "/datastores/1/export/keys", key(pem))
        .await;
    let fingerprint = created["fingerprint"].as_str().unwrap();
    for store in ["1", "2"] {
        let path = format!("/datastores/{store}/export/keys");
        let answer = post(&cluster, &officer, &path, key(pem)).await;
        answer.check(409, detail(&format!("Export key '{fingerprint}' already exists")));
    }
}

/// An RSA key of 1024 bits, whose private key was thrown away.
const SHORT_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDKMwOccSmHyfHqWzU8Iuk0g9ji
brE2Kmhfmtg2LQ7MIi6Q/eejB82tOzUBoGQt9i92UBfnTl7HMiXaPlIliLsZJE17
ELPcqY0VyJG1WQJyWz/7L/jJ0SqXkjhFZlzouCrV2kJRQw3RE+0ycmQYcLECNlwm
z4IvJNSWoae27VM3LQIDAQAB
-----END PUBLIC KEY-----
";

/// Requests whose fields are wrong: path, body, and the type and the field of the error.
async fn check_invalid(cases: impl IntoIterator<Item = (&'static str, Value, &'static str, &'static str)>) {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    for (path, body, kind, field) in cases {
        let answer = post(&cluster, &officer, path, body).await;
        let error = &answer.json()["detail"][0];
        let location = error["loc"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (answer.status, &error["type"], location),
            (422, &json!(kind), &json!(field)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn names_have_a_length() {
    let (long, longer) = ("x".repeat(56), "x".repeat(57));
    let application = json!({ "name": "A", "applicationName": "x".repeat(64), "applicationUser": "u" });
    let too_long = [
        ("/roles", json!({ "name": long, "mode": "MANUAL" }), "name"),
        ("/dataelements", json!({ "name": longer, "noEnc": {} }), "name"),
        ("/policies", json!({ "name": long, "template": rights() }), "name"),
        ("/datastores", json!({ "name": long }), "name"),
        ("/applications", application, "applicationName"),
    ];
    check_invalid(too_long.map(|(path, body, field)| (path, body, "string_too_long", field))).await;
    let empty = json!({ "name": "", "mode": "MANUAL" });
    check_invalid([("/roles", empty, "string_too_short", "name")]).await;
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let body = json!({ "name": long, "noEnc": {} });
    cluster.create(&officer, "/dataelements", body).await;
}

#[tokio::test]
async fn invalid_objects_are_refused() {
    let with = |mut body: Value, change: Value| {
        let fields = body.as_object_mut().unwrap();
        fields.extend(change.as_object().unwrap().clone());
        body
    };
    let mask = json!({ "name": "M", "fromLeft": 0, "fromRight": 0, "masked": true, "character": "*" });
    let mask = |change: Value| with(mask.clone(), change);
    let role = |change: Value| with(json!({ "name": "R" }), change);
    let source =
        |kind: &str, connection: Value| json!({ "name": "S", "type": kind, "connection": connection });
    check_invalid([
        ("/roles", role(json!({})), "missing", "mode"),
        ("/roles", role(json!({ "mode": "AUTOMATIC" })), "enum", "mode"),
        (
            "/roles",
            role(json!({ "mode": "MANUAL", "allowAll": "yes" })),
            "bool_type",
            "allowAll",
        ),
        ("/sources", source("LDAP", json!({})), "enum", "type"),
        (
            "/sources",
            source("FILE", json!({ "userFile": "u" })),
            "missing",
            "groupFile",
        ),
        (
            "/masks",
            mask(json!({ "character": "**" })),
            "string_too_long",
            "character",
        ),
        ("/masks", mask(json!({ "fromLeft": -1 })), "int_type", "fromLeft"),
    ])
    .await;
}

#[tokio::test]
async fn invalid_policies_and_deployments_are_refused() {
    let policy = |template: Value| json!({ "name": "P", "template": template });
    let rule = |role: Value, operation: &str| {
        json!({
            "role": role, "dataElement": "1", "noAccessOperation": operation, "permission": rights()
        })
    };
    check_invalid([
        ("/policies", json!({ "name": "P" }), "missing", "template"),
        ("/policies", policy(json!({})), "missing", "access"),
        (
            "/policies",
            policy(json!({ "access": { "protect": true, "reProtect": true } })),
            "missing",
            "unProtect",
        ),
        (
            "/policies/1/rules",
            rule(json!("1"), "NULL"),
            "enum",
            "noAccessOperation",
        ),
        (
            "/policies/1/rules",
            rule(json!(1), "EXCEPTION"),
            "string_type",
            "role",
        ),
        (
            "/datastores/1/export/keys",
            json!({ "algorithm": "RSA1_5", "pem": "p" }),
            "enum",
            "algorithm",
        ),
        (
            "/datastores/1/deploy",
            json!({ "policies": ["1"] }),
            "missing",
            "applications",
        ),
        ("/deploy", json!({}), "missing", "dataStores"),
    ])
    .await;
}

#[tokio::test]
async fn invalid_alphabets_are_refused() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let points = |point: &str| json!({ "label": "A", "codePoints": [point] });
    let range = json!({ "label": "A", "ranges": [{ "from": "005A", "to": "0041" }] });
    for (alphabet, text) in [
        (json!({ "label": "A" }), "The alphabet has no characters"),
        (points("E4"), "'E4' is not a code point"),
        (points("+0E4"), "'+0E4' is not a code point"),
        (points("D800"), "'D800' is not a code point"),
        (range, "The range from '005A' to '0041' is empty"),
    ] {
        let answer = post(&cluster, &officer, "/alphabets", alphabet).await;
        answer.check(400, detail(text));
    }
}

#[tokio::test]
async fn unknown_fields_are_refused_at_every_depth() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let mut template = rights();
    template["access"]["delete"] = json!(true);
    let cases = [
        (
            "/roles",
            json!({ "name": "R", "mode": "MANUAL", "uid": "1" }),
            json!(["body", "uid"]),
        ),
        (
            "/datastores",
            json!({ "name": "S", "isDefault": true }),
            json!(["body", "isDefault"]),
        ),
        (
            "/dataelements",
            json!({ "name": "D", "noEnc": {}, "hmac": {} }),
            json!(["body", "hmac"]),
        ),
        (
            "/dataelements",
            json!({ "name": "D", "aes256CbcEnc": { "iv": "random" } }),
            json!(["body", "aes256CbcEnc", "iv"]),
        ),
        (
            "/policies",
            json!({ "name": "P", "template": template }),
            json!(["body", "template", "access", "delete"]),
        ),
        (
            "/policies/1/rules",
            json!({ "role": "1", "dataElement": "1", "dataelement": "1", "permission": rights() }),
            json!(["body", "dataelement"]),
        ),
        (
            "/roles/1/members",
            json!([{ "name": "n", "source": "1", "type": "USER", "memberName": "n" }]),
            json!(["body", 0, "memberName"]),
        ),
        (
            "/deploy",
            json!({ "dataStores": [{ "uid": "1", "policies": [], "applications": [], "name": "n" }] }),
            json!(["body", "dataStores", 0, "name"]),
        ),
    ];
    for (path, body, location) in cases {
        let error =
            json!({ "type": "extra_forbidden", "loc": location, "msg": "Extra inputs are not permitted" });
        let answer = post(&cluster, &officer, path, body).await;
        answer.check(422, json!({ "detail": [error] }));
    }
}

/// The documents promise no change and no deletion of a single object.
#[tokio::test]
async fn single_objects_have_no_endpoints() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    for collection in [
        "roles",
        "dataelements",
        "policies",
        "datastores",
        "applications",
        "masks",
        "alphabets",
        "sources",
    ] {
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let answer = cluster
                .pim(&admin, method, &format!("/{collection}/1"), json!({}))
                .await;
            assert_eq!(answer.status, 404, "{method} {collection}");
        }
        for method in ["PUT", "DELETE"] {
            let answer = cluster
                .pim(&admin, method, &format!("/{collection}"), json!({}))
                .await;
            assert_eq!(answer.status, 405, "{method} {collection}");
        }
    }
}
