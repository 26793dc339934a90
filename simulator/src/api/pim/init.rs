//! `POST /init`: creates the policy repository (reference, line 2939).

use super::WRITE;
use crate::{Simulator, auth::Caller, body::Fields, refusal::Refusal};
use axum::{Router, body::Bytes, http::StatusCode, routing::post};

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/init", post(init))
}

/// Takes no body, as the reference samples it, or `{}`, as the vendor's client sends it. Answers 204, or 409 when the
/// repository exists.
async fn init(caller: Caller, body: Bytes) -> Result<StatusCode, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    if !body.is_empty() {
        Fields::read(&body, |_| ())?;
    }
    state.initialize_pim()?;
    Ok(StatusCode::NO_CONTENT)
}
