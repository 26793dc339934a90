//! The password policy (reference, lines 2203-2330).

use crate::{
    PolicyUpdate, Simulator,
    body::{Fields, flaw},
    refusal::Refusal,
    world::{Caller, PasswordPolicy},
};
use axum::{Json, Router, body::Bytes, extract::State, routing::get};
use serde::Serialize;
use serde_json::{Map, Value};

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/passwordpolicy", get(fetch).put(update))
}

#[derive(Serialize)]
struct Envelope {
    policy: PasswordPolicy,
}

async fn fetch(State(simulator): State<Simulator>, caller: Caller) -> Result<Json<Envelope>, Refusal> {
    let world = simulator.world();
    world.require(&caller, &["password_policy_viewer"])?;
    Ok(Json(Envelope {
        policy: world.policy.clone(),
    }))
}

/// Whether a subset merges or replaces is not documented (notes, section 6, no. 52): the settings say. The answer is
/// the whole policy.
async fn update(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Envelope>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, &["password_policy_admin"])?;
    let mut fields = Fields::parse(&body)?;
    let changes = fields.required_value("policy", Fields::object);
    fields.finish()?;
    let mode = world.settings.policy_update;
    let base = match mode {
        PolicyUpdate::Replace => PasswordPolicy::default(),
        PolicyUpdate::Merge | PolicyUpdate::Clamp => world.policy.clone(),
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
    world.policy = policy.clone();
    Ok(Json(Envelope { policy }))
}

/// Key by key, so that a refusal names the one that is wrong.
fn merge(policy: &PasswordPolicy, changes: Map<String, Value>) -> Result<PasswordPolicy, Refusal> {
    let mut merged = policy.clone();
    let mut flaws = Vec::new();
    for (key, value) in changes {
        match with(&merged, &key, value) {
            Ok(next) => merged = next,
            Err(error) => {
                let place = vec!["body".into(), "policy".into(), key.into()];
                flaws.push(flaw("value_error", place, error.to_string()));
            }
        }
    }
    if flaws.is_empty() {
        Ok(merged)
    } else {
        Err(Refusal::Invalid(flaws))
    }
}

fn with(policy: &PasswordPolicy, key: &str, value: Value) -> Result<PasswordPolicy, serde_json::Error> {
    let mut changed = serde_json::to_value(policy)?;
    changed[key] = value;
    serde_json::from_value(changed)
}
