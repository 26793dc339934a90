//! Deployments (reference, lines 3059-3127). The writes answer 204: the reference shows no answer of theirs.

use super::{READ, WRITE};
use crate::{PimAnswers, Simulator, auth::Caller, body::Fields, refusal::Refusal, state::pim::Assignment};
use axum::{
    Json, Router,
    body::Bytes,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/datastores/{uid}/deploy", post(deploy_one))
        .route("/deploy", get(information).post(deploy_all))
}

/// The shape of the request, which the answer very probably mirrors (notes, section 4).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Information {
    data_stores: Vec<Assignment>,
}

/// Lists every data store, with empty lists for one that has nothing.
async fn information(caller: Caller) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    let data_stores = state.pim()?.assignments();
    Ok(match state.settings.pim_answers {
        PimAnswers::Plain | PimAnswers::Silent => Json(Information { data_stores }).into_response(),
        PimAnswers::Wrapped => Json(data_stores).into_response(),
    })
}

/// Reads `{policies: ["<uid>"], applications: ["<uid>"]}`, whose lists may be empty.
fn read(fields: &mut Fields, data_store: String) -> Assignment {
    let mut uids = |name| fields.required_value(name, Fields::texts).unwrap_or_default();
    Assignment {
        data_store,
        policies: uids("policies"),
        applications: uids("applications"),
    }
}

/// Replaces what one data store has.
async fn deploy_one(caller: Caller, Path(uid): Path<String>, body: Bytes) -> Result<StatusCode, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let assignment = Fields::read(&body, |fields| read(fields, uid.clone()))?;
    let pim = state.pim_mut()?;
    pim.data_stores.find(&uid)?;
    pim.deploy(vec![assignment])?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces what the data stores of the body have, `{dataStores: [{uid, policies, applications}]}`; the others keep
/// theirs.
async fn deploy_all(caller: Caller, body: Bytes) -> Result<StatusCode, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let assignment = |fields: &mut Fields| {
        let uid = fields.required("uid");
        read(fields, uid)
    };
    let assignments = Fields::read(&body, |fields| {
        fields.require("dataStores");
        fields.objects("dataStores", assignment).unwrap_or_default()
    })?;
    state.pim_mut()?.deploy(assignments)?;
    Ok(StatusCode::NO_CONTENT)
}
