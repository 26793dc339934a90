//! The one error of every call: what went wrong, in words for people, without secrets and without the system's
//! address.

use std::{fmt, time::Duration};

use http::StatusCode;

/// Which call of which system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The system's name on screen, like `Protegrity cluster`.
    pub system: &'static str,
    /// Method and path below the API's, with placeholders: `GET /users/{user_id}`.
    pub name: &'static str,
}

/// A call that failed.
///
/// `Display` is a sentence for people. It holds the system's own words where it gave some, never a token,
/// password or URL.
#[derive(Clone, Debug)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    endpoint: Endpoint,
    correlation_id: String,
    status: Option<StatusCode>,
    message: Option<String>,
    cause: Option<String>,
    was_sent: bool,
    retry_after: Option<Duration>,
    is_invalid_grant: bool,
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
    /// The answer names a host to go on with that is not one of those the credentials may be sent to.
    UntrustedHost,
    /// There is nothing to refresh with: log in again.
    NoRefreshToken,
    /// The source of tokens has none for the call.
    NoToken(TokenFailure),
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenFailure {
    /// There is no session, or it has ended.
    NoSession,
    /// There is a session, but the system no longer accepts its tokens.
    SignInAgain,
    /// The tokens could not be read or written. [`Error::cause`] has the store's words.
    Store,
}

impl ErrorKind {
    /// For a status that is not 2xx, also for one inside an envelope. Nothing for 1xx, 2xx and what is no
    /// status.
    pub(crate) fn of_status(status: u16) -> Option<Self> {
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

    /// `system` has its article, see [`with_article`].
    fn sentence(self, system: &str) -> String {
        let sentence = match self {
            Self::Unreachable => format!("{system} cannot be reached"),
            Self::Timeout => format!("{system} did not answer in time"),
            Self::Unauthorized => format!("{system} does not accept the sign-in"),
            Self::Forbidden => format!("{system} does not permit this"),
            Self::NotFound => format!("{system} does not have this"),
            Self::Conflict => format!("{system} reports a conflict"),
            Self::Rejected => format!("{system} rejected the request"),
            Self::TooManyRequests => format!("{system} asks for fewer requests"),
            Self::Upstream => format!("{system} failed"),
            Self::Unreadable => format!("{system}'s answer cannot be read"),
            Self::Redirected => format!("{system} answered with a redirect, which is not followed"),
            Self::UntrustedHost => format!("{system} names a host that the portal does not trust"),
            Self::NoRefreshToken => {
                format!("the sign-in to {system} cannot be prolonged: there is no refresh token")
            }
            Self::NoToken(TokenFailure::NoSession) => format!("there is no session with {system}"),
            Self::NoToken(TokenFailure::SignInAgain) => format!("{system} requires a new sign-in"),
            Self::NoToken(TokenFailure::Store) => {
                format!("the session with {system} could not be read or written")
            }
        };
        capitalized(&sentence)
    }
}

/// The system's name within a sentence: a common noun, like "Protegrity cluster", has an article, and a name that
/// ends in a capitalised word, like "Proofpoint Essentials", has none.
fn with_article(system: &str) -> String {
    let last = system.rsplit(' ').next().unwrap_or_default();
    if last.starts_with(char::is_uppercase) {
        system.to_owned()
    } else {
        format!("the {system}")
    }
}

fn capitalized(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, endpoint: Endpoint, correlation_id: &str) -> Self {
        let inner = Inner {
            kind,
            endpoint,
            correlation_id: correlation_id.to_owned(),
            status: None,
            message: None,
            cause: None,
            was_sent: true,
            retry_after: None,
            is_invalid_grant: false,
        };
        Self {
            inner: Box::new(inner),
        }
    }

    /// A call that was not made.
    pub fn not_sent(kind: ErrorKind, endpoint: Endpoint) -> Self {
        Self::new(kind, endpoint, "").with_was_sent(false)
    }

    /// An argument that must not be sent.
    pub fn refused(endpoint: Endpoint, why: impl Into<String>) -> Self {
        Self::not_sent(ErrorKind::Rejected, endpoint).with_cause(why)
    }

    /// A token that could not be had, for a [`TokenSource`](crate::TokenSource) to return.
    pub fn no_token(system: &'static str, why: TokenFailure) -> Self {
        let endpoint = Endpoint { system, name: "" };
        Self::not_sent(ErrorKind::NoToken(why), endpoint)
    }

    /// Technical detail for the log. It must not hold a secret or a URL.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.inner.cause = Some(cause.into());
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.inner.status = Some(status);
        self
    }

    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.inner.message = message;
        self
    }

    pub(crate) fn with_was_sent(mut self, was_sent: bool) -> Self {
        self.inner.was_sent = was_sent;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.inner.retry_after = retry_after;
        self
    }

    pub(crate) fn with_invalid_grant(mut self, is_invalid_grant: bool) -> Self {
        self.inner.is_invalid_grant = is_invalid_grant;
        self
    }

    /// The same failure of a call that went before the caller's own: that one was not sent.
    #[must_use]
    pub fn before_the_call(mut self) -> Self {
        self.inner.was_sent = false;
        self
    }

    /// The system's name on screen.
    pub fn system(&self) -> &'static str {
        self.inner.endpoint.system
    }

    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The HTTP status; `200` where an envelope under it reported a failure.
    pub fn status(&self) -> Option<u16> {
        self.inner.status.map(|status| status.as_u16())
    }

    /// Whether the request may have reached the system. Without a [`status`](Self::status) the outcome of such a
    /// request is unknown: a write may have taken effect.
    pub fn was_sent(&self) -> bool {
        self.inner.was_sent
    }

    /// How long the system asks to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// Whether the system refused the token that was to be exchanged: OAuth's `invalid_grant` (RFC 6749 section 5.2).
    pub fn is_invalid_grant(&self) -> bool {
        self.inner.is_invalid_grant
    }

    /// The system's own words, at most 300 characters, without markup and control characters.
    pub fn upstream_message(&self) -> Option<&str> {
        self.inner.message.as_deref()
    }

    /// The `x-correlation-id` of the answer, else the one sent. Empty where no call was made.
    pub fn correlation_id(&self) -> &str {
        &self.inner.correlation_id
    }

    /// Method and path below the API's, with placeholders: `GET /users/{user_id}`. Empty where a token was missing.
    pub fn endpoint(&self) -> &'static str {
        self.inner.endpoint.name
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
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        if let (ErrorKind::Rejected, false, Some(why)) = (inner.kind, inner.was_sent, &inner.cause) {
            return write!(f, "The request was not sent: {why}");
        }
        f.write_str(&inner.kind.sentence(&with_article(self.system())))?;
        match (&inner.message, inner.status) {
            (Some(message), _) => write!(f, ": {message}"),
            (None, Some(status)) => write!(f, " ({status})"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_article_and_a_noun_has_one() {
        let check = |system, kind, expected: &str| {
            let error = Error::not_sent(kind, Endpoint { system, name: "" });
            assert_eq!(error.to_string(), expected);
        };
        let (cluster, mail) = ("Protegrity cluster", "Proofpoint Essentials");
        check(cluster, ErrorKind::Upstream, "The Protegrity cluster failed");
        check(mail, ErrorKind::Upstream, "Proofpoint Essentials failed");
        let none = ErrorKind::NoToken(TokenFailure::NoSession);
        check(cluster, none, "There is no session with the Protegrity cluster");
        check(mail, none, "There is no session with Proofpoint Essentials");
    }
}
