//! The synchronisation from Azure, and its exemptions.

use super::{ADMIN, Essentials, PARTNER, check_error};
use crate::helper::answer;
use serde_json::{Value, json};
use simulator::Unknown;

const AZURE: &str = "/orgs/example.com/settings/azure";
const EXEMPTIONS: &str = "/orgs/example.com/settings/azure/exemptions";

#[tokio::test]
async fn the_key_is_never_shown_and_stays() {
    let essentials = Essentials::start().await;
    let key = || essentials.simulator().azure_key("example.com");
    let before = essentials.read(ADMIN, AZURE).await;
    assert_eq!(before["ad_key"], "****");
    let first = key();
    assert!(first.as_deref().is_some_and(|key| key != "****"));
    // An answer that is sent back would overwrite the key.
    check_error(
        &essentials.send(ADMIN, "PUT", AZURE, before.clone()).await,
        400,
        "ad_key",
    );
    let mut body = before.clone();
    body.as_object_mut().unwrap().remove("ad_key");
    body["sync_frequency"] = json!(0);
    assert_eq!(
        essentials.send(ADMIN, "PUT", AZURE, body.clone()).await.status,
        204
    );
    let mut expected = before;
    expected["sync_frequency"] = json!(0);
    assert_eq!(essentials.read(ADMIN, AZURE).await, expected);
    assert_eq!(key(), first);
    assert_eq!(
        essentials
            .send(ADMIN, "PUT", AZURE, json!({ "ad_key": "new-key" }))
            .await
            .status,
        204
    );
    assert_eq!(key().as_deref(), Some("new-key"));
    assert_ne!(
        essentials.read(ADMIN, AZURE).await["secret_expiry"],
        expected["secret_expiry"]
    );
    for (body, identifier) in [
        (json!({ "sync_frequency": 5 }), "sync_frequency"),
        (
            json!({ "default_user_role_name": "channel_admin" }),
            "default_user_role_name",
        ),
        (json!({ "add_users": "true" }), "add_users"),
        (json!({ "application_id": "" }), "application_id"),
    ] {
        check_error(&essentials.send(ADMIN, "PUT", AZURE, body).await, 400, identifier);
    }
}

#[tokio::test]
async fn an_organization_without_settings_answers_404_in_every_mode() {
    let essentials = Essentials::start().await;
    essentials.set(|settings| settings.unknown = Unknown::Forbidden);
    let path = "/orgs/bakery.example/settings/azure";
    check_error(&essentials.get(PARTNER, path).await, 404, "bakery.example");
    let mut body = essentials.read(ADMIN, AZURE).await;
    body["ad_key"] = json!("secret");
    let fields: Vec<String> = body.as_object().unwrap().keys().cloned().collect();
    for field in fields {
        if matches!(field.as_str(), "secret_expiry" | "last_successful_sync") {
            continue;
        }
        let mut partial = body.clone();
        partial.as_object_mut().unwrap().remove(&field);
        check_error(&essentials.send(PARTNER, "PUT", path, partial).await, 400, &field);
    }
    assert_eq!(essentials.send(PARTNER, "PUT", path, body).await.status, 204);
    assert_eq!(essentials.read(PARTNER, path).await["ad_key"], "****");
}

#[tokio::test]
async fn exemptions_are_added_and_removed() {
    let essentials = Essentials::start().await;
    assert_eq!(
        essentials.read(ADMIN, EXEMPTIONS).await,
        json!([{ "email": "info@example.com" }])
    );
    for (method, body) in [
        ("POST", json!({ "email": "a@example.com" })),
        ("PUT", json!(["b@example.com", { "email": "c@example.com" }])),
        // Once is enough.
        ("PUT", json!(["INFO@example.com"])),
    ] {
        assert_eq!(essentials.send(ADMIN, method, EXEMPTIONS, body).await.status, 204);
    }
    let emails = async || -> Vec<Value> {
        let list = essentials.read(ADMIN, EXEMPTIONS).await;
        list.as_array()
            .unwrap()
            .iter()
            .map(|item| item["email"].clone())
            .collect()
    };
    assert_eq!(
        emails().await,
        [
            "info@example.com",
            "a@example.com",
            "b@example.com",
            "c@example.com"
        ]
    );
    check_error(
        &essentials
            .send(ADMIN, "PUT", EXEMPTIONS, json!(["no address"]))
            .await,
        422,
        "email",
    );
    let delete = |path: String| answer(essentials.request_as(ADMIN, "DELETE", &path));
    assert_eq!(delete(format!("{EXEMPTIONS}/A@example.com")).await.status, 204);
    check_error(
        &delete(format!("{EXEMPTIONS}/a@example.com")).await,
        404,
        "a@example.com",
    );
    assert_eq!(delete(EXEMPTIONS.to_owned()).await.status, 204);
    assert_eq!(emails().await, Vec::<Value>::new());
}

/// What a check of the seeded organisations finds.
#[tokio::test]
async fn the_seed_has_settings_to_find() {
    let essentials = Essentials::start().await;
    let azure = async |domain: &str| {
        essentials
            .read(PARTNER, &format!("/orgs/{domain}/settings/azure"))
            .await
    };
    let (clinic, harbor) = (azure("clinic.example").await, azure("harbor.example").await);
    assert!(clinic["secret_expiry"].as_str() < harbor["secret_expiry"].as_str());
    assert!(clinic["last_successful_sync"].as_str() < harbor["last_successful_sync"].as_str());
    assert_eq!(azure("school.example").await["sync_frequency"], 0);
    let mfa = "/orgs/school.example/authentication/settings/mfa";
    assert_eq!(essentials.read(PARTNER, mfa).await["is_mfa_enabled"], false);
    let idps = essentials
        .read(ADMIN, "/orgs/example.com/authentication/settings/idps")
        .await;
    for provider in idps.as_array().unwrap() {
        let pem = provider["idp_public_cert"].as_str().unwrap();
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
        let path = format!(
            "/orgs/example.com/authentication/settings/idps/{}",
            provider["id"].as_str().unwrap()
        );
        assert_eq!(essentials.read(ADMIN, &path).await, *provider);
    }
}
