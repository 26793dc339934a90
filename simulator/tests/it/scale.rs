//! Many users, deterministic seeds, HTTPS, and shutdown.

use crate::helper::{AUTH, Cluster, client};
use reqwest::Certificate;
use serde_json::{Value, json};
use simulator::{Options, Running, Simulator};
use std::{collections::HashSet, time::Instant};

const MANY: u32 = 200_000;

/// Unoptimised code may take five times the two seconds.
const START_SECONDS: u64 = if cfg!(debug_assertions) { 10 } else { 2 };

#[tokio::test]
async fn many_users_start_and_page_fast() {
    let started = Instant::now();
    let running = Running::start(Options {
        users: MANY,
        ..Options::default()
    })
    .await;
    let took = started.elapsed();
    println!("{MANY} users in {took:?}");
    assert!(took.as_secs() < START_SECONDS, "{took:?}");

    let cluster = Cluster {
        running,
        http: client().build().unwrap(),
    };
    let admin = cluster.token("admin").await;
    let started = Instant::now();
    let page = cluster
        .call(&admin, "GET", "/users?first=199990&max=10", Value::Null)
        .await
        .json();
    println!("a page in {:?}", started.elapsed());
    assert_eq!(page.as_array().unwrap().len(), 10);
    let all = cluster
        .call(&admin, "GET", "/users?max=1000000", Value::Null)
        .await
        .json();
    let all = all.as_array().unwrap();
    let different = |key: &str| {
        let values = all.iter().filter_map(|row| row[key].as_str());
        (values.clone().count(), values.collect::<HashSet<_>>().len())
    };
    let (ids, names, emails) = (different("id"), different("username"), different("email"));
    assert_eq!((ids.0, names.0), (all.len(), all.len()));
    assert_eq!((ids.0, names.0, emails.0), (ids.1, names.1, emails.1));
    let locked = all.iter().filter(|row| row["enabled"] == false).count();
    assert!((7_000..9_000).contains(&locked), "{locked}");
    assert!(
        all.iter()
            .filter_map(|row| row["email"].as_str())
            .all(|email| email.ends_with("@example.com"))
    );
}

/// Calls about groups with many members among many users take milliseconds.
#[tokio::test]
async fn membership_is_fast_among_many_users() {
    let cluster = Cluster::with_users(100_000).await;
    let admin = cluster.token("admin").await;
    let call = async |method: &str, path: &str, body: Value| {
        let started = Instant::now();
        let answer = cluster.call(&admin, method, path, body).await;
        let took = started.elapsed();
        println!("{method} {path} in {took:?}");
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(
            took.as_millis() < if cfg!(debug_assertions) { 1500 } else { 300 },
            "{took:?}"
        );
        answer.json()
    };
    let rows = call("GET", "/users?first=500&max=2000", Value::Null).await;
    let names: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["username"].clone())
        .collect();
    let id = rows[0]["id"].as_str().unwrap().to_owned();
    let body = json!({ "name": "many", "members": names, "roles": ["security_viewer"] });
    let group = call("POST", "/groups", body).await["group_id"].clone();
    assert_eq!(
        call("GET", "/groups", Value::Null)
            .await
            .as_array()
            .unwrap()
            .len(),
        7
    );
    let user = call("GET", &format!("/users/{id}"), Value::Null).await;
    assert!(user["groups"].as_array().unwrap().contains(&json!("many")));
    call("PUT", "/users", json!({ "id": id, "groups": [] })).await;
    call("DELETE", &format!("/users/{id}"), Value::Null).await;
    call(
        "PUT",
        "/groups",
        json!({ "group_id": group, "members": &names[1..1000] }),
    )
    .await;
    call("DELETE", "/roles", json!({ "name": "security_viewer" })).await;
    call("DELETE", "/saml/providers/AWS-IDP", Value::Null).await;
    let path = format!("/groups/{}", group.as_str().unwrap());
    call("DELETE", &path, json!({ "deleteMembers": true })).await;
    let left = call("GET", "/users?first=99000&max=100000", Value::Null).await;
    assert_eq!(left.as_array().unwrap().len(), 100_013 - 1000 - 99_000);
}

#[tokio::test]
async fn the_same_options_give_the_same_users() {
    let mut lists = Vec::new();
    for users in [30, 30, 90] {
        let running = Running::start(Options {
            users,
            ..Options::default()
        })
        .await;
        let cluster = Cluster {
            running,
            http: client().build().unwrap(),
        };
        let admin = cluster.token("admin").await;
        let list = cluster
            .call(&admin, "GET", "/users?max=1000", Value::Null)
            .await
            .json();
        lists.push(list.as_array().unwrap().clone());
    }
    assert_eq!(lists[0], lists[1]);
    assert!(
        lists[0].iter().all(|row| lists[2].contains(row)),
        "more users do not change the others"
    );
}

#[tokio::test]
async fn https_with_the_certificate_as_the_only_trust() {
    let (running, pem) = Running::start_tls(Options::default()).await;
    let url = format!("{}{AUTH}/version", running.url());
    assert!(url.starts_with("https://127.0.0.1:"));
    assert!(
        client().build().unwrap().get(&url).send().await.is_err(),
        "the client refuses an unknown certificate"
    );
    let trust = Certificate::from_pem(pem.as_bytes()).unwrap();
    let trusting = client().tls_certs_only([trust]).build().unwrap();
    for url in [&url, &url.replace("127.0.0.1", "localhost")] {
        assert_eq!(trusting.get(url).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn it_stops_on_shutdown_and_when_dropped() {
    let cluster = Cluster::start().await;
    assert_eq!(cluster.call("", "GET", "/version", Value::Null).await.status, 200);
    let (url, http) = (cluster.running.url(), cluster.http.clone());
    drop(cluster);
    let gone = async {
        while http.get(format!("{url}{AUTH}/version")).send().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), gone)
        .await
        .unwrap();

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    Simulator::new(Options::default())
        .serve(listener, async {})
        .await
        .unwrap();
}
