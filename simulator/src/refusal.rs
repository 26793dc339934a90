//! Every way the cluster says no, and the one place that gives each its status and body.
//!
//! The reference shows no error body; the shapes are those of the layers that may leak through (notes, section 2).

use crate::world::Broken;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};

/// A refusal.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("no valid token")]
    NotAuthenticated,
    /// The gateway answers before the service does: an empty text.
    #[error("the gateway refused the token")]
    Gateway,
    #[error("missing permission {0}")]
    Forbidden(String),
    /// The envelope of the older product's login.
    #[error("{message}")]
    Esa { status: u16, message: &'static str },
    /// Keycloak's token endpoint.
    #[error("{description}")]
    Grant { status: u16, description: &'static str },
    /// Keycloak's administration.
    #[error("{message}")]
    Keycloak { status: u16, message: String },
    #[error("{}", .0.text)]
    Password(Broken),
    /// FastAPI's plain error.
    #[error("{text}")]
    Detail { status: u16, text: String },
    /// FastAPI's list of what is wrong in a request.
    #[error("the request has {} flaws", .0.len())]
    Invalid(Vec<Flaw>),
}

/// One thing wrong in a request, as Pydantic reports it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Flaw {
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
            Self::Forbidden(wanted) => json!({ "detail": format!("Missing permission: {wanted}") }),
            Self::Esa { status, message } => json!({ "status": status, "messages": [message], "data": null }),
            Self::Grant { description, .. } => {
                json!({ "error": "invalid_grant", "error_description": description })
            }
            Self::Keycloak { message, .. } => json!({ "errorMessage": message }),
            Self::Password(broken) => json!({ "error": broken.code, "error_description": broken.text }),
            Self::Detail { text, .. } => json!({ "detail": text }),
            Self::Invalid(flaws) => json!({ "detail": flaws }),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        if matches!(self, Self::Gateway) {
            return (status, [(header::CONTENT_TYPE, "text/plain")], "").into_response();
        }
        let mut answer = (status, Json(self.body())).into_response();
        if matches!(self, Self::NotAuthenticated) {
            answer
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer
    }
}
