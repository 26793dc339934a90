//! Fault injection, held requests, the call log, and the other controls.

use crate::helper::{AUTH, Cluster, PASSWORD};
use serde_json::{Value, json};
use simulator::{Fault, FaultRule};
use std::time::{Duration, Instant};

async fn set(cluster: &Cluster, rules: Value) {
    let answer = cluster.call_at("", "PUT", "/_simulator/faults", rules).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn rule(fault: &Value) -> Value {
    json!([{ "path": "/pty/v1/auth/users", "fault": fault }])
}

#[tokio::test]
async fn faults_replace_the_response() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let cases = [
        (
            json!({ "status": 503, "body": "down" }),
            503,
            "text/plain; charset=utf-8",
        ),
        (
            json!({ "status": 500, "body": "{\"detail\":\"boom\"}" }),
            500,
            "application/json",
        ),
        (json!("not_json"), 200, "application/json"),
        (json!("html"), 502, "text/html; charset=utf-8"),
    ];
    for (fault, status, kind) in cases {
        set(&cluster, rule(&fault)).await;
        let answer = cluster.call(&admin, "GET", "/users?max=1", Value::Null).await;
        assert_eq!(
            (answer.status, answer.header("content-type").as_str()),
            (status, kind),
            "{fault}"
        );
        assert_eq!(
            cluster.call(&admin, "GET", "/roles", Value::Null).await.status,
            200
        );
    }
}

#[tokio::test]
async fn faults_break_connections() {
    let cluster = Cluster::start().await;
    set(&cluster, rule(&json!("drop"))).await;
    assert!(cluster.request("GET", "/pty/v1/auth/users").send().await.is_err());
    set(&cluster, rule(&json!("truncate"))).await;
    let response = cluster.request("GET", "/pty/v1/auth/users").send().await.unwrap();
    assert_eq!(response.content_length(), Some(832));
    assert!(response.bytes().await.is_err());
    let statuses: Vec<_> = cluster
        .running
        .simulator()
        .calls()
        .iter()
        .map(|call| call.status)
        .collect();
    assert_eq!(statuses, [0, 200]);
    assert_eq!(cluster.call("", "GET", "/version", Value::Null).await.status, 200);
}

#[tokio::test]
async fn delays_add_up_and_rules_run_out() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let rules = json!([
        { "path": "/pty", "fault": { "delay_ms": 60 }, "times": 1 },
        { "method": "get", "path": "/pty/v1/auth/users/*", "fault": { "delay_ms": 60 } },
        { "method": "PUT", "path": "/pty/v1/auth/users/*/lock", "fault": { "status": 503 }, "times": 2 }
    ]);
    set(&cluster, rules).await;
    let id = cluster.id_of(&admin, "alpha").await;
    for (method, path, status) in [
        ("PUT", "/lock", 503),
        ("PUT", "/lock", 503),
        ("PUT", "/lock", 200),
        ("GET", "", 200),
    ] {
        let answer = cluster
            .call(&admin, method, &format!("/users/{id}{path}"), Value::Null)
            .await;
        assert_eq!(answer.status, status);
    }
    let calls = cluster.running.simulator().calls();
    assert!(calls.iter().rev().take(1).all(|call| call.millis >= 60));
    let left: Vec<_> = cluster
        .running
        .simulator()
        .faults()
        .into_iter()
        .map(|rule| rule.times)
        .collect();
    assert_eq!(left, [Some(0), None, Some(0)]);
    cluster
        .running
        .simulator()
        .set_faults(vec![FaultRule::always("/pty", Fault::Html)]);
    assert_eq!(
        cluster.call(&admin, "GET", "/roles", Value::Null).await.status,
        502
    );
    assert_eq!(
        cluster
            .call_at("", "DELETE", "/_simulator/faults", Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        cluster.call(&admin, "GET", "/roles", Value::Null).await.status,
        200
    );
    for wrong in [
        json!({}),
        json!([{ "path": "/", "fault": "explode" }]),
        json!([{ "paths": "/", "fault": "drop" }]),
    ] {
        assert_eq!(
            cluster
                .call_at("", "PUT", "/_simulator/faults", wrong)
                .await
                .status,
            422
        );
    }
}

#[tokio::test]
async fn well_known_user_names_cause_faults() {
    let cluster = Cluster::start().await;
    cluster
        .running
        .simulator()
        .settings(|settings| settings.slow_ms = 80);
    assert_eq!(cluster.login(AUTH, "fault-503", "any").await.status, 503);
    assert_eq!(cluster.login(AUTH, "fault-html", "any").await.status, 502);
    let started = Instant::now();
    assert_eq!(cluster.login(AUTH, "fault-slow", "any").await.status, 401);
    assert!(started.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn the_call_log_has_no_secrets() {
    let cluster = Cluster::start().await;
    let login = cluster.login(AUTH, "admin", PASSWORD).await;
    let (header, body) = (login.token(), login.data("accessToken"));
    let sent = cluster
        .request("GET", "/pty/v1/auth/users?max=1")
        .bearer_auth(&header);
    let sent = sent
        .header("x-correlation-id", "from-the-caller")
        .send()
        .await
        .unwrap();
    assert_eq!(sent.headers()["x-correlation-id"], "from-the-caller");
    cluster.call(&body, "GET", "/roles", Value::Null).await;
    let unknown = cluster.call("made up", "GET", "/roles", Value::Null).await;
    assert_eq!(unknown.header("x-correlation-id").len(), 36);

    let calls = cluster.call_at("", "GET", "/_simulator/calls", Value::Null).await;
    let actual: Vec<_> = calls
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["token"].clone())
        .collect();
    assert_eq!(actual, ["none", "header", "body", "unknown"]);
    let mut second = calls.json()[1].clone();
    second["millis"] = json!(0);
    let expected = json!({
        "sequence": 2, "method": "GET", "host": "127.0.0.1", "path": "/pty/v1/auth/users", "query": "max=1",
        "status": 200, "millis": 0, "correlation_id": "from-the-caller", "token": "header"
    });
    assert_eq!(second, expected);
    for secret in [PASSWORD, &header, &body] {
        assert!(!calls.text.contains(secret));
    }
    assert_eq!(
        cluster
            .call_at("", "DELETE", "/_simulator/calls", Value::Null)
            .await
            .status,
        204
    );
    assert!(cluster.running.simulator().calls().is_empty());
}

#[tokio::test]
async fn a_reset_restores_the_seeded_state() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let before = cluster.call(&admin, "GET", "/users", Value::Null).await.text;
    cluster.create_user(&admin, "new", "Str0ng-Enough!", &[]).await;
    cluster
        .call(&admin, "POST", "/log", json!({ "level": "debug" }))
        .await;
    cluster
        .running
        .simulator()
        .settings(|settings| settings.access_seconds = 5);
    assert_eq!(
        cluster
            .call_at("", "POST", "/_simulator/reset", Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        cluster.call(&admin, "GET", "/users", Value::Null).await.status,
        401
    );
    let admin = cluster.token("admin").await;
    assert_eq!(
        cluster.call(&admin, "GET", "/users", Value::Null).await.text,
        before
    );
    cluster
        .call(&admin, "GET", "/log", Value::Null)
        .await
        .check(200, json!({ "level": "info" }));
    assert_eq!(cluster.running.simulator().settings(|_| ()).access_seconds, 300);
    let wrong = cluster
        .call_at("", "PUT", "/_simulator/settings", json!({ "colour": "red" }))
        .await;
    assert_eq!(wrong.status, 422);
}

#[tokio::test]
async fn held_requests_wait_for_their_release() {
    let cluster = Cluster::start().await;
    let simulator = cluster.running.simulator();
    let admin = cluster.token("admin").await;
    let id = cluster.id_of(&admin, "alpha").await;
    simulator.clear_calls();
    let rules =
        json!([{ "method": "PUT", "path": "/pty/v1/auth/users/*/lock", "fault": "hold", "times": 3 }]);
    set(&cluster, rules).await;
    let path = format!("/users/{id}/lock");
    let lock = async || cluster.call(&admin, "PUT", &path, Value::Null).await.status;
    let control = async |method: &str, path: &str, body: Value| {
        let path = format!("/_simulator{path}");
        cluster.call_at("", method, &path, body).await
    };
    let is_locked = async || {
        let user = cluster
            .call(&admin, "GET", &format!("/users/{id}"), Value::Null)
            .await;
        user.json()["enabled"] == false
    };

    let released = async {
        let request = json!({ "method": "PUT", "path": format!("{AUTH}{path}") });
        assert_eq!(simulator.wait_for_held(3).await.len(), 3);
        let held = control("GET", "/held", Value::Null).await;
        held.check(200, json!([request, request, request]));
        assert!(!is_locked().await, "no held request reaches the service");
        assert_eq!(lock().await, 200, "the rule applies to three requests");
        cluster
            .call(&admin, "PUT", "/users", json!({ "id": id, "enabled": true }))
            .await;

        assert_eq!(
            control("POST", "/release", json!({ "count": 1 })).await.status,
            204
        );
        let answered = || {
            simulator
                .calls()
                .iter()
                .filter(|call| call.path.ends_with("/lock"))
                .count()
        };
        while answered() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(is_locked().await);
        assert_eq!(
            (simulator.held().len(), answered()),
            (2, 2),
            "two requests are held"
        );
        simulator.set_faults(Vec::new());
    };
    let (first, second, third, ()) = tokio::join!(lock(), lock(), lock(), released);
    assert_eq!([first, second, third], [200; 3]);
    assert_eq!(simulator.held(), []);
    assert_eq!(control("POST", "/release", json!({})).await.status, 422);
}

#[tokio::test]
async fn a_held_request_may_fail_and_its_client_may_leave() {
    let cluster = Cluster::start().await;
    let simulator = cluster.running.simulator();
    let rules = [Fault::Hold, Fault::Html].map(|fault| FaultRule::always("/pty", fault));
    simulator.set_faults(rules.to_vec());
    let call = cluster.call("", "GET", "/version", Value::Null);
    let (answer, ()) = tokio::join!(call, simulator.release(1));
    assert_eq!(answer.status, 502);

    let call = tokio::spawn(cluster.request("GET", "/pty/v1/auth/version").send());
    simulator.wait_for_held(1).await;
    call.abort();
    while !simulator.held().is_empty() {
        tokio::task::yield_now().await;
    }

    let call = tokio::spawn(cluster.request("GET", "/pty/v1/auth/version").send());
    simulator.wait_for_held(1).await;
    simulator.reset();
    assert_eq!(call.await.unwrap().unwrap().status(), 502);
}

#[tokio::test]
async fn a_refusal_can_say_when_to_ask_again() {
    let cluster = Cluster::start().await;
    for (fault, status) in [(json!({ "busy": 7 }), 429), (json!({ "unavailable": 8 }), 503)] {
        let seconds = fault.as_object().unwrap().values().next().unwrap().to_string();
        set(&cluster, rule(&fault)).await;
        let answer = cluster.call("", "GET", "/users", Value::Null).await;
        assert_eq!((answer.status, answer.header("retry-after")), (status, seconds));
    }
}
