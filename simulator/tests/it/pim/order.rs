//! The whole order of calls from an empty cluster to a deployment, and the same again.

use super::{rights, unprotect};
use crate::{
    helper::Cluster,
    packages::{open, public_pem},
};
use serde_json::{Value, json};

/// Path, body, and the status of the second run.
type Step = (&'static str, Value, u16);

/// The documented order (reference, lines 2929-3105; notes, sections 3 and 9). The second run finds everything there.
fn steps() -> Vec<Step> {
    let source = json!({
        "name": "files", "type": "FILE", "connection": { "userFile": "/tmp/users", "groupFile": "/tmp/groups" }
    });
    let mask = json!({
        "name": "LAST_4", "description": "d", "fromLeft": 0, "fromRight": 4, "masked": false, "character": "*"
    });
    let alphabet = json!({
        "label": "German", "codePoints": ["00E4"], "ranges": [{ "from": "0041", "to": "005A" }]
    });
    let token = json!({
        "name": "DE_ALPHANUM", "description": "DE_ALPHANUM",
        "alphaNumericToken": {
            "tokenizer": "SLT_1_3", "fromLeft": 0, "fromRight": 0, "lengthPreserving": true, "allowShort": "YES"
        }
    });
    let unicode = json!({
        "name": "DE_NAME", "unicodeGen2Token": { "tokenizer": "SLT_X_1", "alphabetUid": "1" }
    });
    let rule = json!({
        "role": "1", "dataElement": "1", "noAccessOperation": "EXCEPTION", "permission": rights()
    });
    let masked = json!({ "role": "1", "dataElement": "2", "mask": "1", "permission": unprotect() });
    let application = json!({
        "name": "APP", "description": "d", "applicationName": "app*", "applicationUser": "app"
    });
    let key = json!({ "algorithm": "RSA-OAEP-256", "description": "k", "pem": public_pem() });
    vec![
        ("/init", Value::Null, 409),
        ("/masks", mask, 409),
        ("/alphabets", alphabet, 409),
        ("/dataelements", token, 409),
        ("/dataelements", unicode, 409),
        ("/sources", source, 409),
        (
            "/roles",
            json!({ "name": "ROLE", "mode": "MANUAL", "allowAll": true }),
            409,
        ),
        (
            "/roles/1/members",
            json!([{ "name": "ana@example.com", "source": "1", "type": "USER" }]),
            400,
        ),
        (
            "/policies",
            json!({ "name": "POLICY", "description": "POLICY", "template": rights() }),
            409,
        ),
        ("/policies/1/rules", rule, 409),
        ("/policies/1/rules", masked, 409),
        (
            "/datastores",
            json!({ "name": "DS", "description": "DS", "default": true }),
            409,
        ),
        ("/datastores/1/export/keys", key, 409),
        ("/applications", application, 409),
        (
            "/datastores/1/deploy",
            json!({ "policies": ["1"], "applications": ["1"] }),
            204,
        ),
        (
            "/deploy",
            json!({ "dataStores": [{ "uid": "1", "policies": ["1"], "applications": ["1"] }] }),
            204,
        ),
    ]
}

#[tokio::test]
async fn the_documented_order_twice() {
    let cluster = Cluster::with_empty_pim().await;
    let officer = cluster.token("officer").await;
    let mut packages = Vec::new();
    for run in 1..=2 {
        for (path, body, second) in steps() {
            let answer = cluster.pim(&officer, "POST", path, body).await;
            let without_body = path == "/init" || path.ends_with("/deploy");
            let first = if without_body { 204 } else { 201 };
            let expected = if run == 1 { first } else { second };
            assert_eq!(answer.status, expected, "{path} in run {run}: {answer:?}");
            assert_eq!(answer.text.is_empty(), expected == 204, "{path} in run {run}");
            if [400, 409].contains(&expected) {
                let text = answer.json()["detail"].as_str().unwrap().to_owned();
                assert!(
                    text.contains("already exists") || text.contains("must be unique"),
                    "{text}"
                );
            }
        }
        let deployed = json!({ "dataStores": [{ "uid": "1", "policies": ["1"], "applications": ["1"] }] });
        cluster.deployments(&officer).await.check(200, deployed);
        let keys = cluster.rows(&officer, "/datastores/1/export/keys").await;
        let fingerprint = keys[0]["fingerprint"].as_str().unwrap().replace(':', "");
        packages.push(open(&cluster.package(&officer, &fingerprint).await));
    }
    assert_eq!(packages[0], packages[1]);
    assert_eq!(packages[0]["policies"][0]["rules"].as_array().unwrap().len(), 2);
    let names = |kind: &str| packages[0][kind][0]["name"].clone();
    assert_eq!(
        [names("roles"), names("masks"), names("applications")],
        [json!("ROLE"), json!("LAST_4"), json!("APP")]
    );
    assert_eq!(packages[0]["alphabets"][0]["label"], "German");
    assert_eq!(packages[0]["dataElements"].as_array().unwrap().len(), 2);
}

/// Creates answer with the fields sent and the uid; lists have the same rows.
#[tokio::test]
async fn answers_have_the_fields_sent_and_the_uid() {
    let cluster = Cluster::with_empty_pim().await;
    let officer = cluster.token("officer").await;
    for (path, mut body, _) in steps() {
        let answer = cluster.pim(&officer, "POST", path, body.clone()).await;
        if answer.text.is_empty() {
            continue;
        }
        let rows = cluster.rows(&officer, path).await;
        let last = rows.last().unwrap().clone();
        let expected = if path.ends_with("/members") {
            body[0]["uid"] = json!("1");
            assert_eq!(answer.json(), body);
            body[0].clone()
        } else {
            assert_eq!(answer.json(), last);
            body
        };
        let expected = match path {
            // No uid, and "0" for no mask.
            "/policies/1/rules" => {
                let mut expected = expected;
                let mask = expected.get("mask").cloned();
                expected["mask"] = mask.unwrap_or_else(|| json!("0"));
                expected
            }
            // The fingerprint in place of the PEM.
            "/datastores/1/export/keys" => {
                let fingerprint = last["fingerprint"].as_str().unwrap();
                let bytes: Vec<_> = fingerprint.split(':').collect();
                assert_eq!(bytes.len(), 32);
                assert!(
                    bytes
                        .iter()
                        .all(|byte| byte.len() == 2 && u8::from_str_radix(byte, 16).is_ok())
                );
                json!({ "uid": "1", "algorithm": "RSA-OAEP-256", "description": "k", "fingerprint": fingerprint })
            }
            _ => {
                let mut expected = expected;
                expected["uid"] = json!(rows.len().to_string());
                expected
            }
        };
        assert_eq!(last, expected, "{path}");
    }
}

/// The optional fields have these defaults.
#[tokio::test]
async fn optional_fields_may_be_absent_or_null() {
    let cluster = Cluster::with_empty_pim().await;
    let officer = cluster.token("officer").await;
    assert_eq!(
        cluster.pim(&officer, "POST", "/init", json!({})).await.status,
        204
    );
    let created = cluster
        .create(&officer, "/roles", json!({ "name": "R", "mode": "MANUAL" }))
        .await;
    assert_eq!(
        created,
        json!({ "uid": "1", "name": "R", "mode": "MANUAL", "allowAll": false })
    );
    let store = cluster
        .create(
            &officer,
            "/datastores",
            json!({ "name": "S", "description": null }),
        )
        .await;
    assert_eq!(store, json!({ "uid": "1", "name": "S", "default": false }));
    cluster
        .create(&officer, "/dataelements", json!({ "name": "D", "noEnc": {} }))
        .await;
    let policy = json!({ "name": "P", "template": unprotect() });
    cluster.create(&officer, "/policies", policy).await;
    let rule = json!({
        "role": "1", "dataElement": "1", "mask": "0", "noAccessOperation": null, "permission": unprotect()
    });
    let rule = cluster.create(&officer, "/policies/1/rules", rule).await;
    let expected = json!({ "role": "1", "mask": "0", "dataElement": "1", "permission": unprotect() });
    assert_eq!(rule, expected);
}
