//! Changing and deleting single objects, while the setting `pim_items` is on.

use super::detail;
use crate::helper::Cluster;
use serde_json::{Value, json};

async fn cluster() -> (Cluster, String) {
    let cluster = Cluster::start().await;
    cluster
        .running
        .simulator()
        .settings(|settings| settings.pim_items = true);
    let officer = cluster.token("officer").await;
    (cluster, officer)
}

async fn document(cluster: &Cluster) -> String {
    let doc = cluster.call_at("", "GET", "/pty/v2/pim/doc", Value::Null).await;
    doc.text
}

#[tokio::test]
async fn the_document_lists_them_while_they_are_offered() {
    let (cluster, _) = cluster().await;
    let doc = document(&cluster).await;
    assert_eq!(doc.matches("\n  /masks/{uid}:\n").count(), 1);
    assert_eq!(doc.matches("\n    delete:\n").count(), 9);
    assert!(doc.contains("\n  /masks:\n"));
    let simulator = cluster.running.simulator();
    simulator.settings(|settings| settings.pim_items = false);
    let doc = document(&cluster).await;
    assert!(!doc.contains("delete:"));
}

#[tokio::test]
async fn what_is_used_is_not_deleted() {
    let (cluster, officer) = cluster().await;
    let cases = [
        ("/sources/1", "Source 'corporate-directory' is used by role '"),
        ("/roles/2", "' is used by policy '"),
        ("/masks/1", "' is used by policy '"),
        ("/dataelements/1", "' is used by policy 'CUSTOMER_DATA'"),
        (
            "/policies/1",
            "Policy 'CUSTOMER_DATA' is used by data store 'PROD'",
        ),
        ("/datastores/2", "Data store 'PROD' is used by policy '1'"),
        (
            "/applications/1",
            "Application 'BILLING' is used by data store 'PROD'",
        ),
    ];
    for (path, words) in cases {
        let before = cluster
            .rows(&officer, path.rsplit_once('/').expect("a path").0)
            .await;
        let answer = cluster.pim(&officer, "DELETE", path, Value::Null).await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(answer.text.contains(words), "{path}: {}", answer.text);
        let after = cluster
            .rows(&officer, path.rsplit_once('/').expect("a path").0)
            .await;
        assert_eq!(before, after, "{path}");
    }
}

#[tokio::test]
async fn a_uid_is_not_given_twice() {
    let (cluster, officer) = cluster().await;
    let store = |name: &str| json!({ "name": name });
    let first = cluster.create(&officer, "/datastores", store("ONE")).await;
    let uid = first["uid"].as_str().expect("a uid");
    let path = format!("/datastores/{uid}");
    let deleted = cluster.pim(&officer, "DELETE", &path, Value::Null).await;
    assert_eq!(deleted.status, 204, "{deleted:?}");
    let again = cluster.pim(&officer, "DELETE", &path, Value::Null).await;
    again.check(404, detail(&format!("Data store '{uid}' does not exist")));
    let second = cluster.create(&officer, "/datastores", store("TWO")).await;
    assert_ne!(second["uid"], first["uid"]);
    let prod = cluster.rows(&officer, "/datastores").await;
    assert!(prod.iter().any(|row| row["name"] == "PROD" && row["uid"] == "2"));
}

#[tokio::test]
async fn only_the_description_of_a_data_element_changes() {
    let (cluster, officer) = cluster().await;
    let mut element = cluster.rows(&officer, "/dataelements").await.remove(0);
    element.as_object_mut().expect("an object").remove("uid");
    element["description"] = json!("Another");
    let path = "/dataelements/1";
    let changed = cluster.pim(&officer, "PUT", path, element.clone()).await;
    assert_eq!(changed.status, 204, "{changed:?}");
    let now = cluster.rows(&officer, "/dataelements").await.remove(0);
    assert_eq!(now["description"], "Another");
    element["name"] = json!("RENAMED");
    let refused = cluster.pim(&officer, "PUT", path, element).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    let other = cluster.pim(&officer, "PUT", "/masks/1", json!({})).await;
    assert!([405, 422].contains(&other.status), "{other:?}");
}

#[tokio::test]
async fn who_may_not_write_deletes_nothing() {
    let (cluster, _) = cluster().await;
    let auditor = cluster.token("auditor").await;
    for path in ["/masks/1", "/applications/2"] {
        let refused = cluster.pim(&auditor, "DELETE", path, Value::Null).await;
        assert_eq!(refused.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_rule_changes_but_for_its_role_and_data_element_and_is_deleted() {
    let (cluster, officer) = cluster().await;
    let rules = "/policies/1/rules";
    let mut rule = cluster.rows(&officer, rules).await.remove(0);
    let uid = rule["uid"].as_str().expect("a uid").to_owned();
    let path = format!("{rules}/{uid}");
    rule.as_object_mut().expect("an object").remove("uid");
    rule["permission"]["access"] = json!({ "protect": true, "reProtect": false, "unProtect": false });
    let changed = cluster.pim(&officer, "PUT", &path, rule.clone()).await;
    assert_eq!(changed.status, 204, "{changed:?}");
    let now = cluster.rows(&officer, rules).await.remove(0);
    assert_eq!(now["permission"]["access"]["unProtect"], false, "{now}");
    rule["dataElement"] = json!("2");
    let refused = cluster.pim(&officer, "PUT", &path, rule).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    let deleted = cluster.pim(&officer, "DELETE", &path, Value::Null).await;
    assert_eq!(deleted.status, 204, "{deleted:?}");
    let again = cluster.pim(&officer, "DELETE", &path, Value::Null).await;
    again.check(404, detail(&format!("Rule '{uid}' does not exist")));
    let simulator = cluster.running.simulator();
    simulator.settings(|settings| settings.pim_items = false);
    let rows = cluster.rows(&officer, rules).await;
    assert!(rows.iter().all(|row| row.get("uid").is_none()));
    let gone = cluster.pim(&officer, "DELETE", &path, Value::Null).await;
    assert_eq!(gone.status, 404, "{gone:?}");
}
