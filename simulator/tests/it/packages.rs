//! Encrypted resilient packages.

use crate::helper::{Answer, Cluster, RPS};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rsa::{
    Generate, PrivateKey,
    pkcs8::{EncodePublicKey, LineEnding},
    sha2::{Sha256, Sha512},
};
use serde_json::{Value, json};
use std::sync::LazyLock;

static PRIVATE_KEY: LazyLock<PrivateKey> = LazyLock::new(PrivateKey::generate);

static PUBLIC_PEM: LazyLock<String> = LazyLock::new(|| {
    let key = PRIVATE_KEY.to_public_key();
    key.to_public_key_pem(LineEnding::LF).unwrap()
});

/// The public key of these tests.
pub fn public_pem() -> &'static str {
    &PUBLIC_PEM
}

fn bytes(package: &Value, field: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(package[field].as_str().unwrap()).unwrap()
}

fn header(package: &Value) -> Value {
    serde_json::from_slice(&bytes(package, "protected")).unwrap()
}

/// Decrypts a package with the private key of these tests. `None` if it is not the one or the package was changed.
fn try_open(package: &Value) -> Option<Value> {
    let encrypted_key = bytes(package, "encrypted_key");
    let key = match header(package)["alg"].as_str().unwrap() {
        "RSA-OAEP-256" => PRIVATE_KEY.oaep_decrypt::<Sha256>(&encrypted_key),
        "RSA-OAEP-512" => PRIVATE_KEY.oaep_decrypt::<Sha512>(&encrypted_key),
        other => panic!("{other}"),
    };
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key.ok()?).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&bytes(package, "iv")).unwrap();
    let aad = Aad::from(package["protected"].as_str().unwrap().as_bytes());
    let mut content = [bytes(package, "ciphertext"), bytes(package, "tag")].concat();
    let content = cipher.open_in_place(nonce, aad, &mut content).ok()?;
    Some(serde_json::from_slice(content).unwrap())
}

/// Decrypts a package with the private key of these tests.
pub fn open(package: &Value) -> Value {
    try_open(package).unwrap_or_else(|| panic!("{package} does not open"))
}

impl Cluster {
    async fn export(&self, token: &str, fingerprint: &str, query: &str) -> Answer {
        let path = format!("{RPS}/export/{fingerprint}?{query}");
        self.call_at(token, "GET", &path, Value::Null).await
    }

    /// The package of an export key.
    pub async fn package(&self, token: &str, fingerprint: &str) -> Value {
        let answer = self.export(token, fingerprint, "version=1&coreVersion=1").await;
        assert_eq!(
            (answer.status, answer.header("content-type").as_str()),
            (200, "application/json")
        );
        answer.json()
    }

    /// Adds the key of these tests to a data store, and returns its fingerprint.
    async fn add_key(&self, token: &str, store: &str, algorithm: &str) -> String {
        let body = json!({ "algorithm": algorithm, "pem": public_pem() });
        let path = format!("/datastores/{store}/export/keys");
        let key = self.create(token, &path, body).await;
        key["fingerprint"].as_str().unwrap().to_owned()
    }
}

/// A package opens with the private key, by either algorithm, and has what is deployed.
#[tokio::test]
async fn the_holder_of_the_private_key_opens_a_package() {
    for algorithm in ["RSA-OAEP-256", "RSA-OAEP-512"] {
        let cluster = Cluster::start().await;
        let officer = cluster.token("officer").await;
        let fingerprint = cluster.add_key(&officer, "2", algorithm).await;
        let package = cluster.package(&officer, &fingerprint.replace(':', "")).await;
        let expected = json!({
            "alg": algorithm, "cty": "application/json", "enc": "A256GCM", "kid": fingerprint
        });
        assert_eq!(header(&package), expected);
        assert_eq!(open(&package), cluster.running.simulator().deployed()[1].content);

        let with_colons = cluster.package(&officer, &fingerprint).await;
        assert_eq!(open(&with_colons), open(&package));
        for random in ["encrypted_key", "iv", "ciphertext"] {
            assert_ne!(with_colons[random], package[random], "{random}");
        }
    }
}

#[tokio::test]
async fn a_changed_package_does_not_open() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let fingerprint = cluster.add_key(&officer, "2", "RSA-OAEP-256").await;
    let package = cluster.package(&officer, &fingerprint).await;
    for field in ["encrypted_key", "iv", "ciphertext", "tag"] {
        let mut changed = package.clone();
        let mut content = bytes(&package, field);
        content[0] ^= 1;
        changed[field] = json!(URL_SAFE_NO_PAD.encode(content));
        assert_eq!(try_open(&changed), None, "{field}");
    }
    let mut changed = package.clone();
    let mut header = header(&package);
    header["kid"] = json!("00");
    changed["protected"] = json!(URL_SAFE_NO_PAD.encode(header.to_string()));
    assert_eq!(try_open(&changed), None);
}

/// The package shows the last deployment, and the key names the data store.
#[tokio::test]
async fn a_package_is_that_of_the_last_deployment() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let fingerprint = cluster.add_key(&officer, "1", "RSA-OAEP-256").await;
    let refused = cluster
        .export(&officer, &fingerprint, "version=1&coreVersion=1")
        .await;
    refused.check(400, json!({ "detail": "Data store 'DEFAULT' is not deployed" }));
    for policies in [json!(["3"]), json!([])] {
        let body = json!({ "policies": policies, "applications": [] });
        let answer = cluster.pim(&officer, "POST", "/datastores/1/deploy", body).await;
        assert_eq!(answer.status, 204);
        let content = open(&cluster.package(&officer, &fingerprint).await);
        let uids: Vec<_> = content["policies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|policy| policy["uid"].clone())
            .collect();
        assert_eq!((&content["dataStore"], json!(uids)), (&json!("1"), policies));
    }
}

#[tokio::test]
async fn wrong_exports_are_refused() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let fingerprint = cluster.add_key(&officer, "2", "RSA-OAEP-256").await;
    let unknown = cluster
        .export(&officer, &"0".repeat(64), "version=1&coreVersion=1")
        .await;
    unknown.check(404, json!({ "detail": "Export key not found" }));
    for (query, status, kind, parameter) in [
        ("coreVersion=1", 422, "missing", "version"),
        ("version=1", 422, "missing", "coreVersion"),
        ("version=1&coreversion=1", 422, "missing", "coreVersion"),
        ("version=one&coreVersion=1", 422, "int_parsing", "version"),
    ] {
        let answer = cluster.export(&officer, &fingerprint, query).await;
        let error = &answer.json()["detail"][0];
        assert_eq!(
            (answer.status, &error["type"], &error["loc"]),
            (status, &json!(kind), &json!(["query", parameter]))
        );
    }
    let newer = cluster
        .export(&officer, &fingerprint, "version=1&coreVersion=2")
        .await;
    newer.check(400, json!({ "detail": "The coreVersion 2 is not supported" }));
    cluster.running.simulator().reset_pim(simulator::Pim::Empty);
    let gone = cluster
        .export(&officer, &fingerprint, "version=1&coreVersion=1")
        .await;
    assert_eq!(gone.status, 404);
}
