//! `/policies/{uid}/rules`: `{role: "<uid>", dataElement: "<uid>", mask?: "<uid>", noAccessOperation?, permission:
//! <rights>}` (reference, line 3033; notes, section 9).
//!
//! While the setting `pim_items` is on, a listed rule has a uid too, and `/policies/{uid}/rules/{uid}` changes and deletes
//! it. Its role and data element stay.

use super::{
    READ, WRITE,
    answers::{created, listed},
    items::ItemCaller,
    rights,
};
use crate::{
    Simulator,
    auth::Caller,
    body::Fields,
    refusal::Refusal,
    state::pim::{NO_MASK, Rule},
};
use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{Method, StatusCode},
    response::Response,
    routing::{any, get},
};
use serde::Serialize;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/policies/{uid}/rules", get(list).post(add))
        .route("/policies/{uid}/rules/{rule}", any(item))
}

#[derive(Serialize)]
struct Listed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    #[serde(flatten)]
    rule: &'a Rule,
}

async fn list(caller: Caller, Path(uid): Path<String>) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    let has_uids = state.settings.pim_items;
    let policy = state.pim()?.policies.find(&uid)?;
    let rules = policy.object.rules.iter().map(|rule| Listed {
        uid: has_uids.then(|| rule.uid()),
        rule,
    });
    Ok(listed(state.settings.pim_answers, rules.collect::<Vec<_>>()))
}

/// Changes or deletes a rule.
async fn item(
    method: Method,
    Path((policy, rule)): Path<(String, String)>,
    caller: ItemCaller,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let pim = state.pim_mut()?;
    match method {
        Method::DELETE => pim.policies.find_mut(&policy)?.remove_rule(&rule)?,
        Method::PUT => {
            let to = Fields::read(&body, read)?;
            pim.policies.find_mut(&policy)?.rule_mut(&rule)?;
            if to.uid() != rule {
                return Err(Refusal::detail(
                    400,
                    "The role and the data element of a rule do not change",
                ));
            }
            pim.change_rule(&policy, to)?;
        }
        _ => return Err(Refusal::detail(405, "Method Not Allowed")),
    }
    Ok(StatusCode::NO_CONTENT)
}

fn read(fields: &mut Fields) -> Rule {
    Rule {
        role: fields.required("role"),
        mask: fields.text("mask").unwrap_or_else(|| NO_MASK.to_owned()),
        data_element: fields.required("dataElement"),
        no_access_operation: fields.choice("noAccessOperation"),
        permission: fields.required_nested("permission", rights::read),
    }
}

/// Adds a rule and answers with it. The answer has no uid.
async fn add(caller: Caller, Path(uid): Path<String>, body: Bytes) -> Result<Response, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let rule = Fields::read(&body, read)?;
    state.pim_mut()?.add_rule(&uid, rule.clone())?;
    Ok(created(state.settings.pim_answers, rule))
}
