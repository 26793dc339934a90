//! The controls of the policy repository.

use crate::helper::Cluster;
use serde_json::{Value, json};
use simulator::{Pim, PimObjects};
use std::{collections::HashSet, time::Instant};

#[tokio::test]
async fn the_repository_is_emptied_and_seeded_again() {
    let cluster = Cluster::start().await;
    let simulator = cluster.running.simulator();
    let admin = cluster.token("admin").await;
    let control = async |method: &str, path: &str, body: Value| {
        cluster
            .call_at("", method, &format!("/_simulator{path}"), body)
            .await
    };
    let seeded = cluster.deployments(&admin).await.text;
    let elements = cluster.rows(&admin, "/dataelements").await;

    simulator.reset_pim(Pim::Empty);
    assert_eq!(cluster.deployments(&admin).await.status, 400);
    assert!(simulator.deployed().is_empty());
    assert_eq!(control("PUT", "/pim", json!("seeded")).await.status, 204);
    assert_eq!(cluster.deployments(&admin).await.text, seeded);
    assert_eq!(cluster.rows(&admin, "/dataelements").await, elements);

    let shown = control("GET", "/deployed", Value::Null).await.json();
    assert_eq!(shown, serde_json::to_value(simulator.deployed()).unwrap());
    let prod = &shown[1];
    assert_eq!(
        json!([
            prod["uid"],
            prod["name"],
            prod["deployments"],
            prod["policies"],
            prod["applications"]
        ]),
        json!(["2", "PROD", 1, ["1", "2"], ["1"]])
    );
    assert_eq!(
        (&shown[0]["deployments"], &shown[0]["content"]),
        (&json!(0), &Value::Null)
    );

    assert_eq!(control("PUT", "/pim", json!("empty")).await.status, 204);
    assert_eq!(cluster.deployments(&admin).await.status, 400);
    assert_eq!(control("PUT", "/pim", json!("full")).await.status, 422);
    simulator.reset();
    let admin = cluster.token("admin").await;
    assert_eq!(cluster.deployments(&admin).await.text, seeded);
}

#[tokio::test]
async fn a_reset_restores_the_repository_of_the_options() {
    let cluster = Cluster::with_empty_pim().await;
    let simulator = cluster.running.simulator();
    simulator.reset_pim(Pim::Seeded);
    assert_eq!(simulator.deployed().len(), 3);
    simulator.reset();
    assert!(simulator.deployed().is_empty());
}

#[tokio::test]
async fn the_settings_select_the_shapes_of_the_answers() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let set = async |answers: &str| {
        let change = json!({ "pim_answers": answers });
        let answer = cluster.call_at("", "PUT", "/_simulator/settings", change).await;
        assert_eq!(answer.json()["pim_answers"], answers);
    };
    let get = async |path: &str| cluster.pim(&officer, "GET", path, Value::Null).await.json();
    let creates = [
        ("/roles", json!({ "name": "NEW", "mode": "MANUAL" })),
        (
            "/roles/1/members",
            json!([{ "name": "new", "source": "1", "type": "USER" }]),
        ),
        (
            "/policies/3/rules",
            json!({
                "role": "1", "dataElement": "1",
                "permission": { "access": { "protect": true, "reProtect": true, "unProtect": true } }
            }),
        ),
    ];
    let lists = [
        "/roles",
        "/roles/1/members",
        "/policies/3/rules",
        "/datastores/2/export/keys",
    ];
    let deployed = get("/deploy").await["dataStores"].clone();

    set("wrapped").await;
    assert_eq!(get("/deploy").await, deployed);
    for path in lists {
        let wrapped = get(path).await;
        set("plain").await;
        assert_eq!(wrapped, json!({ "items": get(path).await }), "{path}");
        set("wrapped").await;
    }
    set("silent").await;
    for (path, body) in creates {
        let before = cluster.rows(&officer, path).await.len();
        let answer = cluster.pim(&officer, "POST", path, body).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{path}");
        assert_eq!(cluster.rows(&officer, path).await.len(), before + 1);
    }
    assert_eq!(get("/deploy").await["dataStores"], deployed);
}

#[tokio::test]
async fn many_objects_are_added_and_listed_fast() {
    let cluster = Cluster::with_empty_pim().await;
    let simulator = cluster.running.simulator();
    let officer = cluster.token("officer").await;
    let started = Instant::now();
    let objects = json!({ "roles": 60, "data_elements": 300, "data_stores": 40, "rules": 2000 });
    let answer = cluster.call_at("", "POST", "/_simulator/pim", objects).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    println!("added in {:?}", started.elapsed());
    let counts = [
        ("/roles", 60),
        ("/dataelements", 300),
        ("/datastores", 40),
        ("/policies", 1),
        ("/policies/1/rules", 2000),
    ];
    for (path, count) in counts {
        let rows = cluster.rows(&officer, path).await;
        let distinct: HashSet<_> = rows.iter().map(Value::to_string).collect();
        assert_eq!((rows.len(), distinct.len()), (count, count), "{path}");
    }
    let all: Vec<_> = (1..=40)
        .map(|uid: u32| json!({ "uid": uid.to_string(), "policies": ["1"], "applications": [] }))
        .collect();
    let body = json!({ "dataStores": all });
    let answer = cluster.pim(&officer, "POST", "/deploy", body).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    println!("added, listed and deployed in {:?}", started.elapsed());

    simulator.add_pim_objects(PimObjects {
        roles: 1,
        data_elements: 1,
        data_stores: 1,
        rules: 1_000_000,
    });
    let roles = cluster.rows(&officer, "/roles").await;
    let names: HashSet<_> = roles.iter().map(|role| role["name"].to_string()).collect();
    assert_eq!(names.len(), 61, "a second call adds other names");
    let pairs = cluster.rows(&officer, "/policies/2/rules").await;
    assert_eq!(pairs.len(), 61 * 301, "one rule for each pair");
    let unknown = json!({ "users": 5 });
    let answer = cluster.call_at("", "POST", "/_simulator/pim", unknown).await;
    assert_eq!(answer.status, 422);
}

#[test]
fn the_names_of_the_options() {
    for pim in Pim::ALL {
        assert_eq!(pim.to_string().parse::<Pim>().unwrap(), pim);
    }
    let error = "full".parse::<Pim>().unwrap_err().to_string();
    assert_eq!(error, "unknown policy repository `full`: use seeded or empty");
}
