//! Deployments: what they replace, what they refuse, and their faults.

use super::{detail, unprotect};
use crate::helper::{Cluster, PIM};
use serde_json::{Value, json};
use simulator::{Fault, FaultRule};

async fn deploy(cluster: &Cluster, token: &str, stores: Value) -> crate::helper::Answer {
    cluster
        .pim(token, "POST", "/deploy", json!({ "dataStores": stores }))
        .await
}

fn store(uid: &str, policies: &[&str], applications: &[&str]) -> Value {
    json!({ "uid": uid, "policies": policies, "applications": applications })
}

#[tokio::test]
async fn a_deployment_replaces_what_its_stores_have() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let seeded = json!([
        store("1", &[], &[]),
        store("2", &["1", "2"], &["1"]),
        store("3", &["1"], &[])
    ]);
    cluster
        .deployments(&officer)
        .await
        .check(200, json!({ "dataStores": seeded }));

    let body = json!({ "policies": ["2"], "applications": [] });
    let answer = cluster.pim(&officer, "POST", "/datastores/2/deploy", body).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let several = json!([store("1", &["3"], &["1", "2"]), store("3", &[], &[])]);
    assert_eq!(deploy(&cluster, &officer, several).await.status, 204);
    let expected = json!([
        store("1", &["3"], &["1", "2"]),
        store("2", &["2"], &[]),
        store("3", &[], &[])
    ]);
    cluster
        .deployments(&officer)
        .await
        .check(200, json!({ "dataStores": expected }));
    let counts: Vec<_> = cluster
        .running
        .simulator()
        .deployed()
        .iter()
        .map(|store| (store.name.clone(), store.deployments))
        .collect();
    let expected = [("DEFAULT", 1), ("PROD", 2), ("TEST", 2)].map(|(name, count)| (name.to_owned(), count));
    assert_eq!(counts, expected);
}

/// A refused deployment changes no store.
#[tokio::test]
async fn refused_deployments_change_nothing() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let shell = json!({ "name": "SHELL", "template": unprotect() });
    let shell = cluster.create(&officer, "/policies", shell).await["uid"].clone();
    let shell = shell.as_str().unwrap();
    let before = cluster.deployments(&officer).await.json();
    let cases = [
        (json!([store("9", &[], &[])]), "Data store '9' does not exist"),
        (json!([store("1", &["9"], &[])]), "Policy '9' does not exist"),
        (json!([store("1", &[], &["9"])]), "Application '9' does not exist"),
        (json!([store("1", &[shell], &[])]), "Policy '4' has no rules"),
        (
            json!([store("1", &["1", "1"], &[])]),
            "Policy '1' is listed twice",
        ),
        (
            json!([store("1", &[], &["2", "2"])]),
            "Application '2' is listed twice",
        ),
        (
            json!([store("1", &[], &[]), store("1", &["1"], &[])]),
            "Data store '1' is listed twice",
        ),
        (
            json!([store("3", &[], &[]), store("1", &[], &["1"])]),
            "Application '1' is in use by data store '2'",
        ),
        (
            json!([store("1", &[], &["2"]), store("3", &[], &["2"])]),
            "Application '2' is in use by data store '1'",
        ),
    ];
    for (stores, text) in cases {
        deploy(&cluster, &officer, stores).await.check(400, detail(text));
        cluster.deployments(&officer).await.check(200, before.clone());
    }
    let body = json!({ "policies": [], "applications": ["1"] });
    let answer = cluster.pim(&officer, "POST", "/datastores/1/deploy", body).await;
    answer.check(400, detail("Application '1' is in use by data store '2'"));
}

/// A deployment to the data store of the well-known name fails for all stores of the call.
#[tokio::test]
async fn a_deployment_to_an_unreachable_store_fails() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let before = cluster.deployments(&officer).await.json()["dataStores"].clone();
    let body = json!({ "name": "Unreachable" });
    let created = cluster.create(&officer, "/datastores", body).await;
    assert_eq!(created["uid"], "4");
    let failed = detail("Deployment to data store 'Unreachable' failed");
    let stores = json!([store("1", &["1"], &[]), store("4", &["1"], &[])]);
    deploy(&cluster, &officer, stores)
        .await
        .check(503, failed.clone());
    let body = json!({ "policies": [], "applications": [] });
    let answer = cluster.pim(&officer, "POST", "/datastores/4/deploy", body).await;
    answer.check(503, failed);
    let mut after = cluster.deployments(&officer).await.json()["dataStores"].clone();
    assert_eq!(after.as_array_mut().unwrap().pop(), Some(store("4", &[], &[])));
    assert_eq!(after, before);
}

/// An application moves to another store in one call that takes it from the first.
#[tokio::test]
async fn an_application_moves_in_one_deployment() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    for stores in [
        json!([store("2", &["1"], &[]), store("3", &["1"], &["1"])]),
        json!([store("2", &["1"], &["1"]), store("3", &["1"], &[])]),
    ] {
        assert_eq!(deploy(&cluster, &officer, stores.clone()).await.status, 204);
        let deployed = cluster.deployments(&officer).await.json()["dataStores"].clone();
        assert_eq!(json!([deployed[1], deployed[2]]), stores);
    }
}

/// What changes after a deployment is in none of its packages until the next one.
#[tokio::test]
async fn a_deployment_is_a_snapshot() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let rules = || {
        let stores = cluster.running.simulator().deployed();
        stores[2].content["policies"][0]["rules"]
            .as_array()
            .unwrap()
            .len()
    };
    let before = rules();
    let rule = json!({ "role": "6", "dataElement": "1", "permission": unprotect() });
    cluster.create(&officer, "/policies/1/rules", rule).await;
    assert_eq!(rules(), before);
    assert_eq!(
        deploy(&cluster, &officer, json!([store("3", &["1"], &[])]))
            .await
            .status,
        204
    );
    assert_eq!(rules(), before + 1);
}

/// The answer of a deployment is lost after it took effect; that of a busy cluster before.
#[tokio::test]
async fn faults_apply_to_single_steps() {
    let cluster = Cluster::start().await;
    let simulator = cluster.running.simulator();
    let officer = cluster.token("officer").await;
    let path = format!("{PIM}/datastores/*/deploy");
    let fault = |fault| {
        let rule = FaultRule {
            method: Some("POST".to_owned()),
            times: Some(1),
            ..FaultRule::always(&path, fault)
        };
        simulator.set_faults(vec![rule]);
    };
    let policies = || simulator.deployed()[0].policies.clone();
    let body = |policy: &str| json!({ "policies": [policy], "applications": [] });
    let request = |policy: &str| {
        let request = cluster.request("POST", &format!("{PIM}/datastores/1/deploy"));
        request.bearer_auth(&officer).json(&body(policy))
    };

    fault(Fault::Busy(7));
    let busy = cluster
        .pim(&officer, "POST", "/datastores/1/deploy", body("1"))
        .await;
    assert_eq!((busy.status, busy.header("retry-after").as_str()), (429, "7"));
    assert!(policies().is_empty());

    fault(Fault::Lose);
    assert!(request("1").send().await.is_err());
    assert_eq!(policies(), ["1"]);

    fault(Fault::Hold);
    let held = tokio::spawn(request("2").send());
    let waiting = simulator.wait_for_held(1).await;
    assert_eq!(waiting[0].path, format!("{PIM}/datastores/1/deploy"));
    assert_eq!(policies(), ["1"]);
    simulator.release(1).await;
    assert_eq!(held.await.unwrap().unwrap().status(), 204);
    assert_eq!(policies(), ["2"]);

    let call = simulator.calls().pop().unwrap();
    assert_eq!(
        (call.method.as_str(), call.path, call.status),
        ("POST", format!("{PIM}/datastores/1/deploy"), 204)
    );
}
