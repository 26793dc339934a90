//! `/datastores/{uid}/export/keys`: `{algorithm: "RSA-OAEP-256" | "RSA-OAEP-512", pem, description?}`. Answers have the
//! fingerprint and not the PEM (notes, section 9).

use super::{
    READ, WRITE,
    answers::{created, listed},
};
use crate::{Simulator, auth::Caller, body::Fields, refusal::Refusal, state::pim::ExportKey};
use axum::{Router, body::Bytes, extract::Path, response::Response, routing::get};

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/datastores/{uid}/export/keys", get(list).post(add))
}

async fn list(caller: Caller, Path(uid): Path<String>) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    let store = state.pim()?.data_stores.find(&uid)?;
    Ok(listed(state.settings.pim_answers, &store.object.export_keys))
}

async fn add(caller: Caller, Path(uid): Path<String>, body: Bytes) -> Result<Response, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let (algorithm, pem, description) = Fields::read(&body, |fields| {
        (
            fields.required_choice("algorithm"),
            fields.required("pem"),
            fields.text("description"),
        )
    })?;
    let key = ExportKey::new(algorithm, &pem, description)?;
    let answers = state.settings.pim_answers;
    Ok(created(answers, state.pim_mut()?.add_export_key(&uid, key)?))
}
