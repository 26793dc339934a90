//! The one error that crosses the wire: what happened, to what, what can be done, and the request id.

use gate::{GateError, OperationError};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use operations::Explanation;
use serde::{Deserialize, Serialize};

/// What kind of failure it is. It decides the HTTP status and what the screen offers next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// There is no session.
    SignIn,
    /// The cluster wants the password again; what was typed is kept.
    SignInAgain,
    /// The session has no account at Proofpoint; what was typed is kept.
    Connect,
    /// A permission is missing, or the cluster said 403.
    Forbidden,
    /// What was asked for is not there.
    NotFound,
    /// Something that was typed is not acceptable; see the fields.
    Invalid,
    /// More was sent than the portal takes.
    TooLarge,
    /// The request did not arrive as a whole in time.
    Incomplete,
    /// Tried too often; see `retry_after`.
    TooManyRequests,
    /// The portal has more to do than it takes on at once.
    Busy,
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
    pub const fn status(self) -> u16 {
        match self {
            Self::SignIn | Self::SignInAgain => 401,
            Self::Connect | Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Invalid => 422,
            Self::TooLarge => 413,
            Self::Incomplete => 408,
            Self::TooManyRequests => 429,
            Self::Conflict => 409,
            Self::Cluster => 502,
            Self::Busy | Self::Unreachable => 503,
            Self::Internal => 500,
        }
    }

    /// The same as the server's type.
    pub fn status_code(self) -> http::StatusCode {
        http::StatusCode::from_u16(self.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR)
    }
}

pub use operations::FieldError;

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
    /// In how many seconds a further try makes sense, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
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
            retry_after: None,
        }
    }

    /// With what can be done about it.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With the number of seconds after which a further try makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
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

impl From<OperationError> for PortalError {
    /// The failure in words for the person, logged here once.
    fn from(failed: OperationError) -> Self {
        let Explanation { title, detail } = Explanation::of(&failed);
        let OperationError {
            action,
            request_id,
            error,
        } = &failed;
        let explained = Self {
            request_id: Some(request_id.clone()),
            retry_after: retry_after(error),
            ..Self::new(kind(error), title).with_detail(detail)
        };
        if explained.kind == ErrorKind::Internal {
            tracing::error!(%error, request_id, ?action, "failed");
        } else {
            tracing::info!(%error, request_id, ?action, "refused");
        }
        explained
    }
}

impl From<operations::Error> for PortalError {
    fn from(error: operations::Error) -> Self {
        match error {
            operations::Error::Operation(error) => error.into(),
            operations::Error::Invalid(fields) => Self {
                fields,
                ..Self::new(ErrorKind::Invalid, "Please check what is marked below.")
            },
            operations::Error::NotFound(title) => Self::new(ErrorKind::NotFound, title),
            operations::Error::Refused { title, detail } => {
                Self::new(ErrorKind::Conflict, title).with_detail(detail)
            }
        }
    }
}

/// The seconds, rounded up, after which a further try makes sense.
fn retry_after(error: &GateError) -> Option<u64> {
    match error {
        GateError::TooManySignIns { retry_after } => Some(
            retry_after
                .as_millis()
                .div_ceil(1000)
                .try_into()
                .unwrap_or(u64::MAX),
        ),
        _ => None,
    }
}

/// What the screen offers after this failure.
fn kind(error: &GateError) -> ErrorKind {
    use protegrity::ErrorKind as Upstream;
    match error {
        GateError::NotSignedIn => ErrorKind::SignIn,
        GateError::SignInAgain => ErrorKind::SignInAgain,
        GateError::NotConnected => ErrorKind::Connect,
        GateError::Forbidden { .. } => ErrorKind::Forbidden,
        GateError::TooManySignIns { .. } => ErrorKind::TooManyRequests,
        GateError::Audit(_) | GateError::Store(_) => ErrorKind::Internal,
        GateError::Upstream(error) => match error.kind() {
            Upstream::Unreachable | Upstream::Timeout => ErrorKind::Unreachable,
            Upstream::Forbidden => ErrorKind::Forbidden,
            Upstream::NotFound => ErrorKind::NotFound,
            Upstream::Conflict => ErrorKind::Conflict,
            Upstream::Rejected => ErrorKind::Invalid,
            _ => ErrorKind::Cluster,
        },
    }
}
