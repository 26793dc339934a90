//! The faults, held requests and the call log, which are those of the cluster's simulator.

use super::{ADMIN, Essentials};
use crate::helper::answer;
use serde_json::{Value, json};
use simulator::{Fault, FaultRule, TokenKind};

const USER: &str = "/orgs/example.com/users/alpha@example.com";

fn rule(fault: Fault) -> Vec<FaultRule> {
    vec![FaultRule::always("/api/v1/orgs/*/users", fault)]
}

#[tokio::test]
async fn faults_replace_the_response() {
    let essentials = Essentials::start().await;
    let status = |status| Fault::Status {
        status,
        body: "down".to_owned(),
    };
    for (fault, expected) in [
        (Fault::Busy(3), 429),
        (Fault::Unavailable(3), 503),
        (status(500), 500),
        (Fault::NotJson, 200),
        (Fault::Html, 502),
    ] {
        essentials.simulator().set_faults(rule(fault.clone()));
        let answer = essentials.get(ADMIN, USER).await;
        assert_eq!(answer.status, expected, "{fault:?}");
        assert!(serde_json::from_str::<Value>(&answer.text).is_err());
        assert_eq!(essentials.get(ADMIN, "/orgs/example.com").await.status, 200);
    }
    for fault in [Fault::Drop, Fault::Truncate] {
        essentials.simulator().set_faults(rule(fault));
        let response = essentials.request_as(ADMIN, "GET", USER).send().await;
        assert!(match response {
            Err(_) => true,
            Ok(response) => response.bytes().await.is_err(),
        });
    }
}

#[tokio::test]
async fn a_lost_answer_is_carried_out_and_a_held_request_waits() {
    let essentials = Essentials::start().await;
    let simulator = essentials.simulator();
    let body = json!({ "primary_email": "alpha@example.com", "is_active": false });
    simulator.set_faults(rule(Fault::Lose));
    let lost = essentials.request_as(ADMIN, "PUT", USER).json(&body).send().await;
    assert!(lost.is_err());
    simulator.set_faults(Vec::new());
    assert_eq!(essentials.read(ADMIN, USER).await["is_active"], false);

    simulator.set_faults(rule(Fault::Hold));
    let held = tokio::spawn(answer(essentials.request_as(ADMIN, "GET", USER)));
    assert_eq!(simulator.wait_for_held(1).await[0].path, format!("/api/v1{USER}"));
    simulator.release(1).await;
    assert_eq!(held.await.unwrap().status, 200);
}

#[tokio::test]
async fn the_log_has_every_call_and_no_password() {
    let essentials = Essentials::start().await;
    essentials.get(ADMIN, "/me").await;
    answer(essentials.request("GET", "/me")).await;
    let wrong = essentials
        .request("GET", "/me")
        .header("X-User", ADMIN)
        .header("X-Password", "wr0ng");
    let wrong = answer(wrong.header("X-Correlator", "call-7")).await;
    assert_eq!(wrong.header("x-correlator"), "call-7");
    let calls = essentials.simulator().calls();
    let seen: Vec<_> = calls
        .iter()
        .map(|call| (call.status, call.token, call.host.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (200, TokenKind::Password, "127.0.0.1"),
            (401, TokenKind::None, "127.0.0.1"),
            (401, TokenKind::Unknown, "127.0.0.1"),
        ]
    );
    let log = serde_json::to_string(&calls).unwrap();
    assert!(
        !log.contains("wr0ng") && !log.contains(crate::helper::PASSWORD),
        "{log}"
    );
    let over_http = essentials
        .http
        .get(format!("{}/_simulator/calls", essentials.running.url()));
    assert_eq!(answer(over_http).await.json().as_array().unwrap().len(), 3);
}
