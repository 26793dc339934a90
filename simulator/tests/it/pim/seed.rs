//! The seeded policy repository.

use crate::helper::Cluster;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn names(rows: &[Value]) -> BTreeSet<&str> {
    let names = rows.iter().map(|row| row.get("name").unwrap_or(&row["label"]));
    names.filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn the_seeded_objects_refer_to_each_other() {
    let cluster = Cluster::start().await;
    let auditor = cluster.token("auditor").await;
    let counts = [
        ("/sources", 2),
        ("/roles", 7),
        ("/masks", 3),
        ("/alphabets", 2),
        ("/dataelements", 13),
        ("/policies", 3),
        ("/datastores", 3),
        ("/applications", 2),
    ];
    for (path, count) in counts {
        let rows = cluster.rows(&auditor, path).await;
        assert_eq!((rows.len(), names(&rows).len()), (count, count), "{path}");
        for (index, row) in rows.iter().enumerate() {
            assert_eq!(row["uid"], json!((index + 1).to_string()), "{path}");
        }
    }
    let stores = cluster.rows(&auditor, "/datastores").await;
    let defaults: Vec<_> = stores.iter().filter(|store| store["default"] == true).collect();
    assert_eq!(
        (defaults.len(), names(&stores)),
        (1, BTreeSet::from(["DEFAULT", "PROD", "TEST"]))
    );

    let uids = async |path: &str| -> BTreeSet<String> {
        let rows = cluster.rows(&auditor, path).await;
        rows.iter()
            .map(|row| row["uid"].as_str().unwrap().to_owned())
            .collect()
    };
    let (owners, elements, sources) = (
        uids("/roles").await,
        uids("/dataelements").await,
        uids("/sources").await,
    );
    let mut masks = uids("/masks").await;
    masks.insert("0".to_owned());
    let has = |uids: &BTreeSet<String>, uid: &Value| uids.contains(uid.as_str().unwrap());
    for policy in uids("/policies").await {
        let rules = cluster.rows(&auditor, &format!("/policies/{policy}/rules")).await;
        let pairs: BTreeSet<_> = rules
            .iter()
            .map(|rule| (rule["role"].to_string(), rule["dataElement"].to_string()))
            .collect();
        assert!(!rules.is_empty() && pairs.len() == rules.len());
        for rule in rules {
            let known = has(&owners, &rule["role"]) && has(&elements, &rule["dataElement"]);
            assert!(known && has(&masks, &rule["mask"]), "{rule}");
        }
    }
    for role in owners {
        for member in cluster.rows(&auditor, &format!("/roles/{role}/members")).await {
            assert!(has(&sources, &member["source"]), "{member}");
        }
    }
    for store in ["2", "3"] {
        assert_eq!(
            cluster
                .rows(&auditor, &format!("/datastores/{store}/export/keys"))
                .await
                .len(),
            1
        );
    }
}

/// Every seeded data element could be created over the API: a copy under another name is taken.
#[tokio::test]
async fn the_seeded_data_elements_are_valid() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    for (path, name) in [
        ("/sources", "name"),
        ("/roles", "name"),
        ("/masks", "name"),
        ("/alphabets", "label"),
        ("/dataelements", "name"),
        ("/policies", "name"),
        ("/applications", "name"),
    ] {
        for mut row in cluster.rows(&officer, path).await {
            row.as_object_mut().unwrap().remove("uid");
            row[name] = json!(format!("{}_COPY", row[name].as_str().unwrap()));
            cluster.create(&officer, path, row).await;
        }
    }
    for policy in ["1", "2", "3"] {
        let copy = json!({
            "name": format!("EMPTY_{policy}"),
            "template": { "access": { "protect": false, "reProtect": false, "unProtect": false } }
        });
        let copy = cluster.create(&officer, "/policies", copy).await["uid"].clone();
        for rule in cluster.rows(&officer, &format!("/policies/{policy}/rules")).await {
            cluster
                .create(
                    &officer,
                    &format!("/policies/{}/rules", copy.as_str().unwrap()),
                    rule,
                )
                .await;
        }
    }
}
