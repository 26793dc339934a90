//! Why a login failed, as far as the cluster's answer says.

use upstream::{Error, ErrorKind};

use super::login::{LOGIN, PROBE};

/// Why a login failed, as far as the cluster says. A locked account often looks like a wrong password (notes
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

impl LoginFailure {
    /// What the error of [`Client::login`](crate::Client::login) means. [`Self::Other`] for the error of any other
    /// call.
    pub fn of(error: &Error) -> Self {
        match (error.endpoint(), error.kind()) {
            (endpoint, ErrorKind::Unauthorized) if endpoint == PROBE.name => Self::TokenNotAccepted,
            (endpoint, kind) if endpoint == LOGIN.name => Self::of_login(kind, error.upstream_message()),
            _ => Self::Other,
        }
    }

    fn of_login(kind: ErrorKind, message: Option<&str>) -> Self {
        let without_words = match kind {
            ErrorKind::Unauthorized => Self::WrongCredentials,
            ErrorKind::Forbidden => Self::NoTokenPermission,
            ErrorKind::Rejected => Self::Other,
            _ => return Self::Other,
        };
        message.and_then(Self::in_words).unwrap_or(without_words)
    }

    /// The words of Keycloak, ESA and their likes (notes section 2). Order matters: the first that occurs
    /// decides.
    fn in_words(message: &str) -> Option<Self> {
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
}
