//! Licences, the package and its features.

use super::{ADMIN, Essentials, PARTNER, check_error};
use serde_json::json;
use simulator::FeatureValues;

#[tokio::test]
async fn a_partner_changes_the_number_of_licenses() {
    let essentials = Essentials::start().await;
    let path = "/orgs/example.com/licensing";
    let read = essentials.read(ADMIN, path).await;
    let expected = json!({
        "license_count": 75, "package": "Advanced Plus", "is_on_trial": false, "is_beginner_plus": false,
    });
    assert_eq!(read, expected);
    // What is read-only is ignored.
    let body = json!({ "license_count": 90, "package": "business" });
    assert_eq!(essentials.send(PARTNER, "PUT", path, body).await.status, 204);
    let organization = essentials.read(ADMIN, "/orgs/example.com").await;
    assert_eq!(
        (&organization["user_licenses"], &organization["licensing_package"]),
        (&json!(90), &json!("advanced_plus"))
    );
    for body in [
        json!({}),
        json!({ "license_count": 0 }),
        json!({ "license_count": "90" }),
        json!({ "license_count": -1 }),
    ] {
        check_error(
            &essentials.send(PARTNER, "PUT", path, body).await,
            422,
            "license_count",
        );
    }
}

#[tokio::test]
async fn a_partner_changes_the_package() {
    let essentials = Essentials::start().await;
    let path = "/orgs/dental.example/package";
    for (body, identifier) in [
        (json!({ "is_eula_confirmed": true }), "package"),
        (
            json!({ "package": "galaxy", "is_eula_confirmed": true }),
            "package",
        ),
        (
            json!({ "package": "beginner", "is_eula_confirmed": true }),
            "package",
        ),
        (json!({ "package": "advanced" }), "is_eula_confirmed"),
        (
            json!({ "package": "advanced", "is_eula_confirmed": false }),
            "is_eula_confirmed",
        ),
    ] {
        check_error(
            &essentials.send(PARTNER, "PUT", path, body).await,
            422,
            identifier,
        );
    }
    let trial = |field: &str| json!({ "package": "advanced", "is_eula_confirmed": true, field: true });
    let billing = async || essentials.read(PARTNER, "/billing/dental.example").await[0].clone();
    let before = billing().await["trial_end_date"].clone();
    assert_eq!(
        essentials
            .send(PARTNER, "PUT", path, trial("is_trial_extended"))
            .await
            .status,
        204
    );
    let row = billing().await;
    assert!(row["trial_end_date"].as_str() > before.as_str(), "{row}");
    assert_eq!(
        (&row["licensing_package"], &row["trial_package"]),
        (&json!("advanced"), &json!("Advanced"))
    );
    assert_eq!(
        essentials
            .send(PARTNER, "PUT", path, trial("is_activated"))
            .await
            .status,
        204
    );
    assert_eq!(
        essentials.read(PARTNER, "/orgs/dental.example").await["is_on_trial"],
        false
    );
    let answer = essentials
        .send(PARTNER, "PUT", path, trial("is_trial_extended"))
        .await;
    check_error(&answer, 422, "is_trial_extended");
    let features = essentials.read(PARTNER, "/orgs/dental.example/features").await;
    assert_eq!(
        (&features["dlp"], &features["email_archive"]),
        (&json!("true"), &json!("false"))
    );
}

#[tokio::test]
async fn features_keep_their_type() {
    let essentials = Essentials::start().await;
    let path = "/orgs/example.com/features";
    let read = essentials.read(ADMIN, path).await;
    assert_eq!(
        (&read["dlp"], &read["instant_replay"]),
        (&json!("true"), &json!("30"))
    );
    assert_eq!(
        essentials
            .send(
                ADMIN,
                "PUT",
                path,
                json!({ "dlp": "false", "instant_replay": "14" })
            )
            .await
            .status,
        204
    );
    let read = essentials.read(ADMIN, path).await;
    assert_eq!(
        (&read["dlp"], &read["instant_replay"]),
        (&json!("false"), &json!("14"))
    );
    for (body, identifier) in [
        (json!({ "dlp": true }), "dlp"),
        (json!({ "dlp": "maybe" }), "dlp"),
        (json!({ "instant_replay": "true" }), "instant_replay"),
        (json!({ "teleport": "true" }), "teleport"),
    ] {
        check_error(&essentials.send(ADMIN, "PUT", path, body).await, 422, identifier);
    }
    // Not in this package; and nothing of a refused body is applied.
    let body = json!({ "dlp": "true", "email_archive": "true" });
    check_error(
        &essentials.send(ADMIN, "PUT", path, body).await,
        403,
        "email_archive",
    );
    assert_eq!(essentials.read(ADMIN, path).await["dlp"], "false");
    assert_eq!(
        essentials
            .send(ADMIN, "PUT", path, json!({ "email_archive": "false" }))
            .await
            .status,
        204
    );

    essentials.set(|settings| settings.features = FeatureValues::Typed);
    let read = essentials.read(ADMIN, path).await;
    assert_eq!(
        (&read["dlp"], &read["instant_replay"]),
        (&json!(false), &json!(14))
    );
    check_error(
        &essentials
            .send(ADMIN, "PUT", path, json!({ "dlp": "true" }))
            .await,
        422,
        "dlp",
    );
    assert_eq!(
        essentials
            .send(ADMIN, "PUT", path, json!({ "dlp": true }))
            .await
            .status,
        204
    );
    assert_eq!(essentials.read(ADMIN, path).await["dlp"], true);
}
