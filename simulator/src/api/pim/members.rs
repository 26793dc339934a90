//! `/roles/{uid}/members`: an array of `{name, source: "<uid>", type: "USER"}` (notes, section 3).

use super::{
    READ, WRITE,
    answers::{created, listed},
};
use crate::{Simulator, auth::Caller, body::Fields, refusal::Refusal, state::pim::Member};
use axum::{Router, body::Bytes, extract::Path, response::Response, routing::get};

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/roles/{uid}/members", get(list).post(add))
}

async fn list(caller: Caller, Path(uid): Path<String>) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    let role = state.pim()?.roles.find(&uid)?;
    Ok(listed(state.settings.pim_answers, &role.object.members))
}

fn read(fields: &mut Fields) -> Member {
    Member {
        name: fields.required("name"),
        source: fields.required("source"),
        kind: fields.required_choice("type"),
    }
}

/// Adds all of the members or none, and answers with all members that the role has now.
async fn add(caller: Caller, Path(uid): Path<String>, body: Bytes) -> Result<Response, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let members = Fields::read_list(&body, read)?;
    let answers = state.settings.pim_answers;
    let role = state.pim_mut()?.add_members(&uid, members)?;
    Ok(created(answers, &role.members))
}
