//! The one error of every call: what went wrong, in words for people, without secrets and without the
//! cluster's address.

use std::fmt;

use http::StatusCode;

/// A call that failed.
///
/// `Display` is a sentence for people. It holds the cluster's own words where it gave some, never a token,
/// password or URL.
#[derive(Clone, Debug)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    endpoint: &'static str,
    correlation_id: String,
    status: Option<StatusCode>,
    message: Option<String>,
    cause: Option<String>,
    token_refused: bool,
}

/// What kind of failure, as far as a caller can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No connection, or it broke before an answer.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// 401: the token is missing, expired or not accepted; at login, the password.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 409.
    Conflict,
    /// Any other 4xx, an envelope with `status != 0`, or an argument that is refused before it is sent.
    Rejected,
    /// 429.
    TooManyRequests,
    /// 5xx.
    Upstream,
    /// The answer is not what is documented, too large, or cut off.
    Unreadable,
    /// 3xx. Redirects are not followed: they could take a token elsewhere.
    Redirected,
    /// There is nothing to refresh with: log in again.
    NoRefreshToken,
}

impl ErrorKind {
    /// For a status that is not 2xx, also for one inside an envelope. Nothing for 1xx, 2xx and what is no
    /// status.
    pub(super) fn of_status(status: u16) -> Option<Self> {
        Some(match status {
            300..=399 => Self::Redirected,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            429 => Self::TooManyRequests,
            400..=499 => Self::Rejected,
            500..=599 => Self::Upstream,
            _ => return None,
        })
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Unreachable => "The Protegrity cluster cannot be reached",
            Self::Timeout => "The Protegrity cluster did not answer in time",
            Self::Unauthorized => "The Protegrity cluster does not accept the sign-in",
            Self::Forbidden => "The Protegrity cluster does not permit this",
            Self::NotFound => "The Protegrity cluster does not have this",
            Self::Conflict => "The Protegrity cluster reports a conflict",
            Self::Rejected => "The Protegrity cluster rejected the request",
            Self::TooManyRequests => "The Protegrity cluster asks for fewer requests",
            Self::Upstream => "The Protegrity cluster failed",
            Self::Unreadable => "The Protegrity cluster's answer cannot be read",
            Self::Redirected => "The Protegrity cluster answered with a redirect, which is not followed",
            Self::NoRefreshToken => "The sign-in cannot be prolonged: there is no refresh token",
        }
    }
}

/// Why a login failed, as far as the cluster tells. A locked account often looks like a wrong password (notes
/// section 7), so [`Self::WrongCredentials`] must not be read as proof that the account is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoginFailure {
    WrongCredentials,
    /// The cluster says in words that the account is disabled or locked.
    AccountLocked,
    /// The password is temporary: it must be changed elsewhere before tokens are given.
    TemporaryPassword,
    /// The password is right, but no role of the user has `can_create_token`.
    NoTokenPermission,
    /// The password is right, but no protected route takes the token of either login path.
    TokenNotAccepted,
    /// Not about the person: unreachable, an internal error, a request the cluster did not understand.
    Other,
}

pub(super) const LOGIN: &str = "POST /login/token";

impl Error {
    pub(super) fn new(kind: ErrorKind, endpoint: &'static str, correlation_id: &str) -> Self {
        let inner = Inner {
            kind,
            endpoint,
            correlation_id: correlation_id.to_owned(),
            status: None,
            message: None,
            cause: None,
            token_refused: false,
        };
        Self {
            inner: Box::new(inner),
        }
    }

    /// An argument that must not be sent; there was no call, so there is no correlation id.
    pub(super) fn refused(endpoint: &'static str, why: impl Into<String>) -> Self {
        Self::new(ErrorKind::Rejected, endpoint, "").with_cause(why)
    }

    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.inner.status = Some(status);
        self
    }

    pub(super) fn with_message(mut self, message: Option<String>) -> Self {
        self.inner.message = message;
        self
    }

    pub(super) fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.inner.cause = Some(cause.into());
        self
    }

    /// The login gave a token that no protected route takes.
    pub(super) fn into_token_refused(mut self) -> Self {
        self.inner.token_refused = true;
        self
    }

    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The HTTP status; `200` where an envelope under it told of a failure.
    pub fn status(&self) -> Option<u16> {
        self.inner.status.map(|status| status.as_u16())
    }

    /// The cluster's own words, at most 300 characters, without markup and control characters.
    pub fn upstream_message(&self) -> Option<&str> {
        self.inner.message.as_deref()
    }

    /// The `x-correlation-id` of the answer, else the one sent. Empty where nothing was sent.
    pub fn correlation_id(&self) -> &str {
        &self.inner.correlation_id
    }

    /// Method and path below the API's, with placeholders: `GET /users/{user_id}`.
    pub fn endpoint(&self) -> &'static str {
        self.inner.endpoint
    }

    /// Technical detail for the log, like `certificate expired`. Holds no secret and no URL.
    pub fn cause(&self) -> Option<&str> {
        self.inner.cause.as_deref()
    }

    /// Whether the same call may succeed later. A write that timed out may have taken effect all the same.
    pub fn can_retry(&self) -> bool {
        match self.kind() {
            ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::TooManyRequests => true,
            // 501 and 505 say that the server cannot do it, and will not later.
            ErrorKind::Upstream => !matches!(self.status(), Some(501 | 505)),
            _ => false,
        }
    }

    /// Why a login failed. [`LoginFailure::Other`] for the error of any other call.
    pub fn login_failure(&self) -> LoginFailure {
        if self.inner.token_refused {
            return LoginFailure::TokenNotAccepted;
        }
        if self.endpoint() != LOGIN {
            return LoginFailure::Other;
        }
        let kind = self.kind();
        if !matches!(
            kind,
            ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Rejected
        ) {
            return LoginFailure::Other;
        }
        if let Some(told) = self.upstream_message().and_then(failure_in_words) {
            return told;
        }
        match kind {
            ErrorKind::Unauthorized => LoginFailure::WrongCredentials,
            ErrorKind::Forbidden => LoginFailure::NoTokenPermission,
            _ => LoginFailure::Other,
        }
    }

    pub(super) fn is_no_such_path(&self) -> bool {
        matches!(self.status(), Some(404 | 405))
    }
}

/// The words of Keycloak, ESA and their likes (notes section 2). Order matters: the first that occurs
/// decides.
fn failure_in_words(message: &str) -> Option<LoginFailure> {
    const WORDS: [(&str, LoginFailure); 12] = [
        ("not fully set up", LoginFailure::TemporaryPassword),
        ("update_password", LoginFailure::TemporaryPassword),
        ("temporary password", LoginFailure::TemporaryPassword),
        ("account disabled", LoginFailure::AccountLocked),
        ("account is disabled", LoginFailure::AccountLocked),
        ("user disabled", LoginFailure::AccountLocked),
        ("locked", LoginFailure::AccountLocked),
        ("temporarily disabled", LoginFailure::AccountLocked),
        ("credential", LoginFailure::WrongCredentials),
        ("invalid_grant", LoginFailure::WrongCredentials),
        ("wrong password", LoginFailure::WrongCredentials),
        ("incorrect password", LoginFailure::WrongCredentials),
    ];
    let message = message.to_ascii_lowercase();
    WORDS
        .into_iter()
        .find(|(words, _)| message.contains(words))
        .map(|(_, failure)| failure)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        if let (ErrorKind::Rejected, None, Some(why)) = (inner.kind, inner.status, &inner.cause) {
            return write!(f, "The request was not sent: {why}");
        }
        f.write_str(inner.kind.sentence())?;
        match (&inner.message, inner.status) {
            (Some(message), _) => write!(f, ": {message}"),
            (None, Some(status)) => write!(f, " ({status})"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
