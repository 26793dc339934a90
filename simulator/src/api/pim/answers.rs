//! The shapes of the answers, which the settings select.

use crate::PimAnswers;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

#[derive(Serialize)]
struct Items<T> {
    items: T,
}

/// The answer of a list.
pub(super) fn listed(answers: PimAnswers, objects: impl Serialize) -> Response {
    match answers {
        PimAnswers::Plain | PimAnswers::Silent => Json(objects).into_response(),
        PimAnswers::Wrapped => Json(Items { items: objects }).into_response(),
    }
}

/// The answer of a create.
pub(super) fn created(answers: PimAnswers, object: impl Serialize) -> Response {
    match answers {
        PimAnswers::Plain | PimAnswers::Wrapped => (StatusCode::CREATED, Json(object)).into_response(),
        PimAnswers::Silent => StatusCode::NO_CONTENT.into_response(),
    }
}
