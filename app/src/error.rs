//! The one error that crosses the wire: what happened, to what, what can be done, and the request id.

use http::StatusCode;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// What kind of failure it is. It decides the HTTP status and what the screen offers next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// Nobody is signed in.
    SignIn,
    /// The cluster wants the password again; what was typed is kept.
    SignInAgain,
    /// A permission is missing, or the cluster said 403.
    Forbidden,
    /// What was asked for is not there.
    NotFound,
    /// Something that was typed is not acceptable; see the fields.
    Invalid,
    /// More was sent than the portal takes.
    TooLarge,
    /// It clashes with what is there.
    Conflict,
    /// The cluster refused or failed.
    Cluster,
    /// The cluster could not be reached, or not in time.
    Unreachable,
    /// The portal itself failed.
    Internal,
}

impl ErrorKind {
    /// The HTTP status of an answer that carries this error.
    pub const fn status_code(self) -> StatusCode {
        match self {
            Self::SignIn | Self::SignInAgain => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Cluster => StatusCode::BAD_GATEWAY,
            Self::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What is the matter with one field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: String,
    /// What is the matter, in one sentence.
    pub message: String,
}

/// A failure in words for the person in front of the screen. It never holds a secret or an upstream
/// address: it is sent to the browser as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalError {
    /// What kind of failure.
    pub kind: ErrorKind,
    /// What happened, in one sentence.
    pub title: String,
    /// What can be done about it, or what the system behind said.
    #[serde(default)]
    pub detail: Option<String>,
    /// The request id, for finding the failure in the log.
    #[serde(default)]
    pub request_id: Option<String>,
    /// What is the matter with each field.
    #[serde(default)]
    pub fields: Vec<FieldError>,
}

impl PortalError {
    /// A failure with its title alone.
    pub fn new(kind: ErrorKind, title: impl Into<String>) -> Self {
        Self {
            kind,
            title: title.into(),
            detail: None,
            request_id: None,
            fields: Vec::new(),
        }
    }

    /// With what can be done about it.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// What was typed into one field is not acceptable.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Invalid, "Please check what is marked below.");
        error.fields.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
        error
    }
}

impl std::fmt::Display for PortalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for PortalError {}

impl FromServerFnError for PortalError {
    type Encoder = JsonEncoding;

    /// Failures of the way itself: the words of the library stay in the log, because they can quote
    /// what was sent.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => {
                Self::new(ErrorKind::Invalid, "The form was incomplete or malformed.")
                    .with_detail("Reload the page and try again.")
            }
            ServerFnErrorErr::Request(_) => {
                Self::new(ErrorKind::Unreachable, "The portal could not be reached.")
                    .with_detail("Check the connection and try again.")
            }
            _ => Self::new(ErrorKind::Internal, "Something went wrong in the portal.")
                .with_detail("Try again. If it happens again, report the request id."),
        }
    }
}
