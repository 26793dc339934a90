//! What holds for the whole cluster: how long tokens live, and what a password must be (reference lines
//! 605-640, 2207-2339).

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};
use upstream::{Call, Endpoint, Error};

use crate::PasswordPolicy;

use super::{Authorized, auth_path, endpoint};

impl Authorized {
    /// Sets for how many seconds access tokens live, `POST /token/lifespan/update` (reference lines
    /// 605-640). The refresh token's life, which is the idle time of the single sign-on, becomes 600
    /// seconds more: there is no field of its own (row 5). The answer is a sentence (row 6).
    ///
    /// Which lifespans are allowed is not documented. 0 is refused here: no sign-in could undo it.
    pub async fn update_token_lifespan(&self, seconds: u32) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("POST /token/lifespan/update");
        if seconds == 0 {
            return Err(Error::refused(ENDPOINT, "the lifespan is 0 seconds"));
        }
        let call = Call::new(Method::POST, ENDPOINT, auth_path("/token/lifespan/update"))
            .json(json!({"accessTokenLifespan": seconds}));
        self.send(call).await.map(drop)
    }

    /// What a new password must be, `GET /passwordpolicy` (reference lines 2211-2270).
    pub async fn password_policy(&self) -> Result<PasswordPolicy, Error> {
        let answer = self
            .get(endpoint("GET /passwordpolicy"), "/passwordpolicy")
            .await?;
        if answer.is_empty() {
            // No rule in force is a policy too.
            return Ok(PasswordPolicy::default());
        }
        let policy: Option<PasswordPolicy> = answer.item("policy")?;
        Ok(policy.unwrap_or_default())
    }

    /// Sets the password policy, `PUT /passwordpolicy` (reference lines 2272-2339). The body is that of the
    /// sample, though the text says "no parameters" (row 50).
    ///
    /// Whether the cluster merges or replaces is not documented (row 52): send what was read, with its
    /// `rest`, after the change. The sample's answer has other values than its request (row 51), so none is
    /// taken from it: read the policy again.
    pub async fn set_password_policy(&self, policy: &PasswordPolicy) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /passwordpolicy");
        let call = Call::new(Method::PUT, ENDPOINT, auth_path("/passwordpolicy"))
            .json(json!({"policy": fields(policy)}));
        self.send(call).await.map(drop)
    }
}

/// All of the policy. `rest` may hold a documented key whose value could not be read; where the field has
/// been set since, the field counts.
fn fields(policy: &PasswordPolicy) -> Value {
    let known = PasswordPolicy {
        rest: BTreeMap::new(),
        ..policy.clone()
    };
    match json!(known) {
        Value::Object(known) => Value::Object(policy.rest.clone().into_iter().chain(known).collect()),
        other => other,
    }
}
