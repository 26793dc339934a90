//! `/policies/{uid}/rules`: `{role: "<uid>", dataElement: "<uid>", mask?: "<uid>", noAccessOperation?, permission:
//! <rights>}` (reference, line 3033; notes, section 9).

use super::{
    READ, WRITE,
    answers::{created, listed},
    rights,
};
use crate::{
    Simulator,
    auth::Caller,
    body::Fields,
    refusal::Refusal,
    state::pim::{NO_MASK, Rule},
};
use axum::{Router, body::Bytes, extract::Path, response::Response, routing::get};

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/policies/{uid}/rules", get(list).post(add))
}

async fn list(caller: Caller, Path(uid): Path<String>) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    let policy = state.pim()?.policies.find(&uid)?;
    Ok(listed(state.settings.pim_answers, &policy.object.rules))
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
