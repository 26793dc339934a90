//! Tests of Proofpoint Essentials: a served simulator, its accounts, and calls.

mod azure;
mod domains;
mod faults;
mod instances;
mod licensing;
mod organizations;
mod permissions;
mod reports;
mod sender_lists;
mod settings;
mod shapes;
mod users;

use crate::helper::{Answer, PASSWORD, answer, client};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use simulator::{ProofpointOptions, ProofpointSettings, ProofpointSimulator, RunningProofpoint};

pub const ADMIN: &str = "admin@example.com";
pub const READER: &str = "reader@example.com";
pub const EMPLOYEE: &str = "employee@example.com";
pub const PARTNER: &str = "partner@msp.example";

pub struct Essentials {
    running: RunningProofpoint,
    http: Client,
}

impl Essentials {
    pub async fn start() -> Self {
        Self::with_users(0).await
    }

    pub async fn with_users(users: u32) -> Self {
        Self {
            running: RunningProofpoint::start(ProofpointOptions { users }).await,
            http: client().build().unwrap(),
        }
    }

    pub fn simulator(&self) -> &ProofpointSimulator {
        self.running.simulator()
    }

    pub fn set(&self, change: impl FnOnce(&mut ProofpointSettings)) {
        self.simulator().settings(change);
    }

    /// A request below `/api/v1`, without credentials.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}/api/v1{path}", self.running.url());
        self.http.request(method, url)
    }

    /// The same with the credentials of an account.
    pub fn request_as(&self, user: &str, method: &str, path: &str) -> RequestBuilder {
        let request = self.request(method, path);
        request.header("X-User", user).header("X-Password", PASSWORD)
    }

    pub async fn get(&self, user: &str, path: &str) -> Answer {
        answer(self.request_as(user, "GET", path)).await
    }

    pub async fn send(&self, user: &str, method: &str, path: &str, body: Value) -> Answer {
        answer(self.request_as(user, method, path).json(&body)).await
    }

    /// The JSON of a successful `GET`.
    #[track_caller]
    pub fn read(&self, user: &str, path: &str) -> impl Future<Output = Value> {
        let (request, path) = (self.request_as(user, "GET", path), path.to_owned());
        async move {
            let answer = answer(request).await;
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            answer.json()
        }
    }
}

/// Status, message and identifier of an error answer.
#[track_caller]
pub fn check_error(answer: &Answer, status: u16, identifier: &str) {
    let body = answer.json();
    let errors = body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{answer:?}");
    assert_eq!(
        (answer.status, &errors[0]["status"], &errors[0]["identifier"]),
        (status, &json!(status), &json!(identifier)),
        "{answer:?}"
    );
    assert!(errors[0]["error_message"].is_string(), "{answer:?}");
}
