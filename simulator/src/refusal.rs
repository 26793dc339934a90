//! [`Refusal`]: the error responses of the cluster, with the status and body of each.
//!
//! The reference shows no error body. The bodies are those of the layers behind the API: Keycloak, FastAPI, the gateway
//! (notes, section 2).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};

/// A violated rule: Keycloak's code `invalidPassword…Message`, and the text.
#[derive(Clone, Debug)]
pub(crate) struct PolicyViolation {
    pub(crate) code: String,
    pub(crate) text: String,
}

/// An error response.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("no valid token")]
    NotAuthenticated,
    /// The gateway's 401, which has an empty text.
    #[error("the gateway refused the token")]
    Gateway,
    #[error("missing permission {0}")]
    Forbidden(String),
    /// The login envelope of the older product, the ESA.
    #[error("{message}")]
    Esa { status: u16, message: &'static str },
    /// An error of Keycloak's token endpoint.
    #[error("{description}")]
    Grant { status: u16, description: &'static str },
    /// An error of Keycloak's admin API.
    #[error("{message}")]
    Keycloak { status: u16, message: String },
    #[error("{}", .0.text)]
    Password(PolicyViolation),
    /// FastAPI's plain error.
    #[error("{text}")]
    Detail { status: u16, text: String },
    /// FastAPI's validation errors.
    #[error("the request has {} errors", .0.len())]
    Invalid(Vec<FieldError>),
}

/// A validation error as Pydantic reports it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FieldError {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) loc: Vec<Value>,
    pub(crate) msg: String,
}

impl Refusal {
    pub(crate) const fn esa(status: u16, message: &'static str) -> Self {
        Self::Esa { status, message }
    }

    pub(crate) const fn grant(status: u16, description: &'static str) -> Self {
        Self::Grant { status, description }
    }

    pub(crate) fn keycloak(status: u16, message: impl Into<String>) -> Self {
        Self::Keycloak {
            status,
            message: message.into(),
        }
    }

    pub(crate) fn detail(status: u16, text: impl Into<String>) -> Self {
        Self::Detail {
            status,
            text: text.into(),
        }
    }

    pub(crate) fn user_not_found() -> Self {
        Self::detail(404, "User not found")
    }

    fn status(&self) -> StatusCode {
        let code = match self {
            Self::NotAuthenticated | Self::Gateway => 401,
            Self::Forbidden(_) => 403,
            Self::Esa { status, .. }
            | Self::Grant { status, .. }
            | Self::Keycloak { status, .. }
            | Self::Detail { status, .. } => *status,
            Self::Password(_) => 400,
            Self::Invalid(_) => 422,
        };
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn body(&self) -> Value {
        match self {
            Self::NotAuthenticated => json!({ "detail": "Not authenticated" }),
            Self::Gateway => Value::Null,
            Self::Forbidden(permissions) => json!({ "detail": format!("Missing permission: {permissions}") }),
            Self::Esa { status, message } => json!({ "status": status, "messages": [message], "data": null }),
            Self::Grant { description, .. } => {
                json!({ "error": "invalid_grant", "error_description": description })
            }
            Self::Keycloak { message, .. } => json!({ "errorMessage": message }),
            Self::Password(violation) => {
                json!({ "error": violation.code, "error_description": violation.text })
            }
            Self::Detail { text, .. } => json!({ "detail": text }),
            Self::Invalid(errors) => json!({ "detail": errors }),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        if matches!(self, Self::Gateway) {
            return (status, [(header::CONTENT_TYPE, "text/plain")], "").into_response();
        }
        let mut response = (status, Json(self.body())).into_response();
        if matches!(self, Self::NotAuthenticated) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
