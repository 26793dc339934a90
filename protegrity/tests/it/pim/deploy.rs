//! Deploying, and what is deployed.

use protegrity::{
    ErrorKind,
    pim::{DeployedStore, Deployment, DeploymentInfo, PolicyUid},
};
use serde_json::{Value, json};

use crate::{
    rows::assert_refused,
    support::{Reply, Stub, reply},
};

const ONE: &str = "POST /pty/v2/pim/datastores/1/deploy";
const ALL: &str = "POST /pty/v2/pim/deploy";
const INFO: &str = "GET /pty/v2/pim/deploy";

fn deployment(uid: &str) -> Deployment {
    Deployment {
        data_store: uid.into(),
        policies: vec![uid.into()],
        applications: vec![uid.into()],
    }
}

#[tokio::test]
async fn one_store_is_deployed_as_in_the_sample() {
    for answer in [
        Reply::none(204),
        reply(200, "{}"),
        Reply::text(201, "deployed"),
        reply(202, json!({"status": 0})),
    ] {
        let stub = Stub::start([(ONE, answer)]).await;
        stub.authorized()
            .pim()
            .deploy_one(&deployment("1"))
            .await
            .unwrap();
        stub.check([(ONE, json!({"policies": ["1"], "applications": ["1"]}))]);
    }
    // Empty lists clear the protectors; they are sent as they are.
    let stub = Stub::start([(ONE, Reply::none(204))]).await;
    let clear = Deployment {
        data_store: "1".into(),
        ..Deployment::default()
    };
    stub.authorized().pim().deploy_one(&clear).await.unwrap();
    stub.check([(ONE, json!({"policies": [], "applications": []}))]);
}

#[tokio::test]
async fn several_stores_are_deployed_as_in_the_sample() {
    let stub = Stub::start([(ALL, Reply::none(204))]).await;
    stub.authorized()
        .pim()
        .deploy(&[deployment("1"), deployment("2")])
        .await
        .unwrap();
    stub.check([(
        ALL,
        json!({"dataStores": [
            {"uid": "1", "policies": ["1"], "applications": ["1"]},
            {"uid": "2", "policies": ["2"], "applications": ["2"]},
        ]}),
    )]);
}

#[tokio::test]
async fn a_refused_deployment_has_the_clusters_words() {
    let stub = Stub::start([(ONE, Reply::text(400, "Application 'N' does not exist"))]).await;
    let error = stub
        .authorized()
        .pim()
        .deploy_one(&deployment("1"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.upstream_message(), error.endpoint()),
        (
            ErrorKind::Rejected,
            Some("Application 'N' does not exist"),
            "POST /pim/datastores/{uid}/deploy"
        )
    );
}

#[tokio::test]
async fn a_deployment_that_would_be_another_is_refused_here() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    let pim = caller.pim();
    assert_refused(pim.deploy(&[]).await);
    assert_refused(
        pim.deploy(&[deployment("1"), deployment("2"), deployment("1")])
            .await,
    );
    for odd in [
        deployment(""),
        Deployment {
            policies: vec!["1".into(), " ".into()],
            ..deployment("1")
        },
        Deployment {
            applications: vec!["".into()],
            ..deployment("1")
        },
    ] {
        assert_refused(pim.deploy_one(&odd).await);
        assert_refused(pim.deploy(&[odd]).await);
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
}

async fn info(answer: Reply) -> DeploymentInfo {
    let stub = Stub::start([(INFO, answer)]).await;
    let info = stub.authorized().pim().deployments().await.unwrap();
    stub.check([(INFO, Value::Null)]);
    info
}

#[tokio::test]
async fn what_is_deployed_is_read_in_every_shape() {
    let rows = json!([
        {"uid": 1, "policies": ["1", 2, {"uid": "3", "name": "p"}], "applications": [], "name": "DS"},
        {"dataStoreUid": "2", "policies": null, "applications": ["1", null]},
        {"id": "3"},
    ]);
    for body in [
        rows.clone(),
        json!({"dataStores": rows}),
        json!({"data": rows}),
        json!({"status": 0, "messages": [], "data": {"dataStores": rows}}),
    ] {
        let info = info(reply(200, &body)).await;
        let stores = info.stores().unwrap();
        assert_eq!(
            stores[0].policies,
            Some(["1", "2", "3"].map(PolicyUid::from).to_vec())
        );
        assert_eq!(stores[0].applications, Some(Vec::new()));
        assert_eq!(json!(stores[0].rest), json!({"name": "DS"}));
        // Unknown, and never "none": a list that was cut short would clear what it leaves out.
        assert_eq!(
            (&stores[1].policies, &stores[1].applications, &stores[2].policies),
            (&None, &None, &None)
        );
        let back: Vec<_> = stores.iter().map(DeployedStore::to_deployment).collect();
        assert_eq!(back.iter().flatten().count(), 1);
        assert_eq!(back[0].as_ref().unwrap().data_store.as_str(), "1");
    }
    assert_eq!(info(reply(200, "[]")).await, DeploymentInfo::Stores(Vec::new()));
}

#[tokio::test]
async fn an_answer_of_another_shape_is_shown_and_concludes_nothing() {
    for body in [
        json!({"1": {"policies": ["1"]}}),
        json!({}),
        json!([{"policies": ["1"]}]),
        json!([{"uid": "1"}, "2"]),
        json!("deployed"),
        json!({"dataStores": {"uid": "1"}}),
    ] {
        let info = info(reply(200, &body)).await;
        assert_eq!(info, DeploymentInfo::Unknown(body));
        assert_eq!(info.stores(), None);
    }
    assert_eq!(info(Reply::none(204)).await, DeploymentInfo::Unknown(Value::Null));
    let stub = Stub::start([(INFO, Reply::text(200, "no JSON"))]).await;
    let error = stub.authorized().pim().deployments().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}
