//! [`Failure`]: the error answers.

use super::{Unknown, WrongInstance};
use axum::{
    Json,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde_json::{Value, json};

/// An error answer.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// A status with the vendor's error body.
    Status {
        status: u16,
        message: String,
        /// What the error is about: a domain, an e-mail address, a field.
        identifier: String,
    },
    /// A page in place of JSON.
    Page,
}

impl Failure {
    pub(super) fn new(status: u16, message: impl Into<String>, identifier: impl Into<String>) -> Self {
        Self::Status {
            status,
            message: message.into(),
            identifier: identifier.into(),
        }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, "invalid credentials", "")
    }

    pub(super) fn forbidden(identifier: &str) -> Self {
        Self::new(403, "not authorized", identifier)
    }

    pub(super) fn bad_request(message: &str, identifier: &str) -> Self {
        Self::new(400, message, identifier)
    }

    /// An invalid field.
    pub(super) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(422, message, field)
    }

    /// Turns 422 into 400.
    pub(super) fn into_bad_request(mut self) -> Self {
        if let Self::Status { status, .. } = &mut self
            && *status == 422
        {
            *status = 400;
        }
        self
    }

    pub(super) fn exists(identifier: &str) -> Self {
        Self::new(409, "resource already exists", identifier)
    }

    /// What does not exist, or may not be seen.
    pub(super) fn unknown(mode: Unknown, identifier: &str) -> Self {
        match mode {
            Unknown::NotFound => Self::new(404, "not found", identifier),
            Unknown::Forbidden => Self::forbidden(identifier),
            Unknown::BadRequest => Self::bad_request("bad request", identifier),
        }
    }

    /// An organisation of another instance.
    pub(super) fn elsewhere(mode: WrongInstance, identifier: &str) -> Self {
        match mode {
            WrongInstance::NotFound => Self::new(404, "not found", identifier),
            WrongInstance::Forbidden => Self::forbidden(identifier),
            WrongInstance::Html => Self::Page,
        }
    }

    /// An item of `errors`.
    pub(super) fn item(&self) -> Value {
        match self {
            Self::Status {
                status,
                message,
                identifier,
            } => json!({ "status": status, "error_message": message, "identifier": identifier }),
            Self::Page => Value::Null,
        }
    }
}

const PAGE: &str = "<!DOCTYPE html><html><head><title>Proofpoint Essentials</title></head>\
    <body><form action=\"/app/login.php\"></form></body></html>\n";

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self::Status { status, .. } = self else {
            return Html(PAGE).into_response();
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(json!({ "errors": [self.item()] }))).into_response()
    }
}
