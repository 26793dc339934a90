//! Policy Management.

mod controls;
mod deployments;
mod items;
mod methods;
mod order;
mod refusals;
mod seed;

use crate::helper::{Answer, Cluster};
use serde_json::{Value, json};

/// The error body of Policy Management.
pub fn detail(text: &str) -> Value {
    json!({ "detail": text })
}

/// Rights to all operations, with the audit of the reference's sample (line 3011).
pub fn rights() -> Value {
    let all = json!({ "protect": true, "reProtect": true, "unProtect": true });
    let none = json!({ "protect": false, "reProtect": false, "unProtect": false });
    json!({ "access": all, "audit": { "success": none, "failed": none } })
}

/// Rights to unprotect, without an audit.
pub fn unprotect() -> Value {
    json!({ "access": { "protect": false, "reProtect": false, "unProtect": true } })
}

impl Cluster {
    /// Creates an object and returns the answer's body.
    pub async fn create(&self, token: &str, path: &str, body: Value) -> Value {
        let answer = self.pim(token, "POST", path, body).await;
        assert_eq!(answer.status, 201, "{path}: {answer:?}");
        answer.json()
    }

    /// The rows of a list of Policy Management.
    pub async fn rows(&self, token: &str, path: &str) -> Vec<Value> {
        let answer = self.pim(token, "GET", path, Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json().as_array().unwrap().clone()
    }

    /// The deployment information.
    pub async fn deployments(&self, token: &str) -> Answer {
        self.pim(token, "GET", "/deploy", Value::Null).await
    }
}
