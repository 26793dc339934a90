//! Data stores, their export keys, and trusted applications.

use protegrity::{
    Fingerprint,
    pim::{KeyAlgorithm, NewApplication, NewDataStore, NewExportKey},
};
use serde_json::{Value, json};

use super::{creations, lists};
use crate::{
    rows::assert_refused,
    support::{Reply, Stub, reply},
};

const LIST: &str = "GET /pty/v2/pim/datastores";
const CREATE: &str = "POST /pty/v2/pim/datastores";
const KEYS: &str = "GET /pty/v2/pim/datastores/1/export/keys";
const NEW_KEY: &str = "POST /pty/v2/pim/datastores/1/export/keys";
const APPLICATIONS: &str = "GET /pty/v2/pim/applications";
const NEW_APPLICATION: &str = "POST /pty/v2/pim/applications";

const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";
const COLONS: &str =
    "00:11:22:33:44:55:66:77:88:99:AA:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff";
const DIGITS: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

#[tokio::test]
async fn a_data_store_is_created_as_in_the_sample() {
    let store = NewDataStore {
        name: "DS".to_owned(),
        description: "DS".to_owned(),
        is_default: true,
    };
    for (answer, uid) in creations() {
        let stub = Stub::start([(CREATE, answer)]).await;
        let created = stub.authorized().pim().create_data_store(&store).await.unwrap();
        assert_eq!(created.uid.as_ref().map(AsRef::as_ref), uid);
        stub.check([(
            CREATE,
            json!({"name": "DS", "description": "DS", "default": true}),
        )]);
    }
}

#[tokio::test]
async fn data_stores_are_read_in_every_shape() {
    let rows = json!([
        {"uid": 1, "name": "DS", "default": "true", "nodes": ["10.0.0.1"]}, {"id": "2", "name": "b"}, {"default": true},
    ]);
    for answer in lists("dataStores", &rows) {
        let stub = Stub::start([(LIST, answer)]).await;
        let stores = stub.authorized().pim().data_stores().await.unwrap();
        let read: Vec<_> = stores
            .iter()
            .map(|store| (store.uid.as_str(), store.is_default))
            .collect();
        assert_eq!(read, [("1", Some(true)), ("2", None)]);
        assert_eq!(json!(stores[0].rest), json!({"nodes": ["10.0.0.1"]}));
        stub.check([(LIST, Value::Null)]);
    }
}

fn key() -> NewExportKey {
    NewExportKey {
        algorithm: KeyAlgorithm::RsaOaep256,
        pem: PEM.to_owned(),
        description: String::new(),
    }
}

/// The documented answer is flat, has colons in the fingerprint and no PEM (notes section 9).
#[tokio::test]
async fn an_export_key_is_added_and_its_fingerprint_read() {
    let fingerprint = Some(Fingerprint::new(DIGITS));
    let documented =
        json!({"uid": "3", "algorithm": "RSA-OAEP-256", "fingerprint": COLONS, "description": ""});
    for (answer, uid, expected) in [
        (reply(201, &documented), Some("3"), fingerprint.clone()),
        (
            reply(200, json!({"status": 0, "data": documented, "messages": []})),
            Some("3"),
            fingerprint.clone(),
        ),
        (reply(200, json!({"fingerprint": DIGITS})), None, fingerprint),
        (Reply::none(204), None, None),
        (Reply::text(201, "created"), None, None),
    ] {
        let stub = Stub::start([(NEW_KEY, answer)]).await;
        let created = stub
            .authorized()
            .pim()
            .create_export_key(&"1".into(), &key())
            .await
            .unwrap();
        assert_eq!(created.uid.as_ref().map(AsRef::as_ref), uid);
        assert_eq!(created.fingerprint, expected);
        stub.check([(NEW_KEY, json!({"algorithm": "RSA-OAEP-256", "pem": PEM}))]);
    }
    let stub = Stub::start([(NEW_KEY, Reply::none(204))]).await;
    let described = NewExportKey {
        description: "Branch".to_owned(),
        algorithm: KeyAlgorithm::RsaOaep512,
        ..key()
    };
    stub.authorized()
        .pim()
        .create_export_key(&"1".into(), &described)
        .await
        .unwrap();
    stub.check([(
        NEW_KEY,
        json!({"algorithm": "RSA-OAEP-512", "pem": PEM, "description": "Branch"}),
    )]);
}

#[tokio::test]
async fn export_keys_are_read_in_every_shape() {
    let rows = json!([
        {"uid": 1, "algorithm": "rsa-oaep-256", "fingerprint": COLONS, "description": "d"},
        {"fingerprint": DIGITS, "algorithm": "ML-KEM", "pem": PEM}, {"description": "nothing"},
    ]);
    for answer in lists("keys", &rows) {
        let stub = Stub::start([(KEYS, answer)]).await;
        let keys = stub.authorized().pim().export_keys(&"1".into()).await.unwrap();
        assert_eq!(keys.len(), 2);
        assert!(
            keys.iter()
                .all(|key| key.fingerprint == Some(Fingerprint::new(DIGITS)))
        );
        assert_eq!(keys[0].algorithm, Some(KeyAlgorithm::RsaOaep256));
        assert_eq!(keys[1].algorithm, Some(KeyAlgorithm::Other("ML-KEM".to_owned())));
        stub.check([(KEYS, Value::Null)]);
    }
}

#[tokio::test]
async fn a_private_key_never_leaves() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    for kind in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "private key",
    ] {
        let pem = format!("{PEM}-----BEGIN {kind}-----\nMIIE\n-----END {kind}-----\n");
        let leak = NewExportKey { pem, ..key() };
        assert_refused(caller.pim().create_export_key(&"1".into(), &leak).await);
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn trusted_applications_are_read_and_created() {
    let application = NewApplication {
        name: "billing".to_owned(),
        description: String::new(),
        application_name: "billing*".to_owned(),
        application_user: "svc-?".to_owned(),
    };
    for (answer, uid) in creations() {
        let stub = Stub::start([(NEW_APPLICATION, answer)]).await;
        let created = stub
            .authorized()
            .pim()
            .create_application(&application)
            .await
            .unwrap();
        assert_eq!(created.uid.as_ref().map(AsRef::as_ref), uid);
        stub.check([(
            NEW_APPLICATION,
            json!({"name": "billing", "applicationName": "billing*", "applicationUser": "svc-?"}),
        )]);
    }
    let rows = json!([{"uid": 1, "name": "a", "applicationName": "p", "applicationUser": 7}, {"applicationName": "p"}]);
    for answer in lists("applications", &rows) {
        let stub = Stub::start([(APPLICATIONS, answer)]).await;
        let applications = stub.authorized().pim().applications().await.unwrap();
        assert_eq!(applications.len(), 1);
        assert_eq!(applications[0].application_user.as_deref(), Some("7"));
    }
}

#[tokio::test]
async fn nothing_empty_reaches_the_wire() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    let pim = caller.pim();
    assert_refused(pim.create_data_store(&NewDataStore::default()).await);
    assert_refused(pim.create_application(&NewApplication::default()).await);
    assert_refused(pim.export_keys(&"".into()).await);
    assert_refused(pim.create_export_key(&" ".into(), &key()).await);
    let keyless = NewExportKey {
        pem: "\n".to_owned(),
        ..key()
    };
    assert_refused(pim.create_export_key(&"1".into(), &keyless).await);
    assert_eq!(stub.lines(), Vec::<String>::new());
}
