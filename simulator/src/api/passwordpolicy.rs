//! The password policy (reference, lines 2203-2330).

use crate::{
    PolicyUpdate, Simulator,
    auth::Caller,
    body::{Fields, field_error},
    refusal::Refusal,
    state::PasswordPolicy,
};
use axum::{Json, Router, body::Bytes, routing::get};
use serde::Serialize;
use serde_json::{Map, Value};

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/passwordpolicy", get(fetch).put(update))
}

#[derive(Serialize)]
struct Envelope {
    policy: PasswordPolicy,
}

async fn fetch(caller: Caller) -> Result<Json<Envelope>, Refusal> {
    let state = caller.authorize(&["password_policy_viewer"])?;
    Ok(Json(Envelope {
        policy: state.policy.clone(),
    }))
}

/// Updates the policy and returns all of it. The reference does not say whether a subset merges or replaces (notes,
/// section 6, no. 52), so the settings decide.
async fn update(caller: Caller, body: Bytes) -> Result<Json<Envelope>, Refusal> {
    let mut state = caller.authorize(&["password_policy_admin"])?;
    let changes = Fields::read(&body, |fields| fields.required_value("policy", Fields::object))?;
    let mode = state.settings.policy_update;
    let base = match mode {
        PolicyUpdate::Replace => PasswordPolicy::default(),
        PolicyUpdate::Merge | PolicyUpdate::Clamp => state.policy.clone(),
    };
    let mut policy = merge(&base, changes.unwrap_or_default())?;
    if mode == PolicyUpdate::Clamp {
        policy.clamp();
    }
    if !policy.has_valid_pattern() {
        return Err(Refusal::keycloak(
            400,
            "Invalid config for regexPattern: Invalid regular expression",
        ));
    }
    state.policy = policy.clone();
    Ok(Json(Envelope { policy }))
}

/// Merges the changes key by key, so that an error names the invalid key.
fn merge(policy: &PasswordPolicy, changes: Map<String, Value>) -> Result<PasswordPolicy, Refusal> {
    let mut merged = policy.clone();
    let mut errors = Vec::new();
    for (key, value) in changes {
        match with(&merged, &key, value) {
            Ok(next) => merged = next,
            Err(error) => {
                let location = vec!["body".into(), "policy".into(), key.into()];
                errors.push(field_error("value_error", location, error.to_string()));
            }
        }
    }
    if errors.is_empty() {
        Ok(merged)
    } else {
        Err(Refusal::Invalid(errors))
    }
}

fn with(policy: &PasswordPolicy, key: &str, value: Value) -> Result<PasswordPolicy, serde_json::Error> {
    let mut changed = serde_json::to_value(policy)?;
    changed[key] = value;
    serde_json::from_value(changed)
}
