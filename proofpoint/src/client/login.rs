//! An administrator's own name and password, which every call carries (notes section 1.1).

use http::HeaderName;
use secrecy::{ExposeSecret, SecretString};
use upstream::SecretHeaders;

use crate::{DomainName, EmailAddress, NameError};

const USER: HeaderName = HeaderName::from_static("x-user");
const PASSWORD: HeaderName = HeaderName::from_static("x-password");

/// An administrator's e-mail address and password. Both go as headers with every call, and nowhere else: they are
/// overwritten in memory when the last copy goes, and `Debug` shows neither.
#[derive(Clone, Debug)]
pub struct Login {
    user: SecretString,
    password: SecretString,
}

/// Why an account cannot be used. It repeats neither the name nor the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The user is no e-mail address.
    #[error("the user name {0}")]
    User(NameError),
    /// There is no password.
    #[error("the password is empty")]
    NoPassword,
    /// The password could not arrive as it is.
    #[error("the password has a character that cannot be sent: a control character, or a space at an end")]
    Password,
}

impl Login {
    /// # Errors
    /// Where no header can hold the one or the other, before anything is sent.
    pub fn new(user: SecretString, password: SecretString) -> Result<Self, LoginError> {
        let address = EmailAddress::from(user.expose_secret().to_owned());
        address.check().map_err(LoginError::User)?;
        let text = password.expose_secret();
        if text.is_empty() {
            return Err(LoginError::NoPassword);
        }
        // A server takes the blanks around a value away (RFC 9110 section 5.5).
        if text.chars().any(char::is_control) || text.trim_matches(' ') != text {
            return Err(LoginError::Password);
        }
        Ok(Self { user, password })
    }

    /// The e-mail address, for sealing it at rest.
    pub fn user(&self) -> &SecretString {
        &self.user
    }

    /// The password, for sealing it at rest. It must not be logged, shown, or sent anywhere but to the system.
    pub fn password(&self) -> &SecretString {
        &self.password
    }

    /// The domain of the address, by which the account's organisation is found.
    pub fn domain(&self) -> DomainName {
        EmailAddress::from(self.user.expose_secret().to_owned()).domain()
    }

    /// What tells the account from others in any spelling, for limiting how often it is tried. It is the address, so it
    /// must not be logged or kept either.
    pub fn account_key(&self) -> String {
        format!("proofpoint {}", self.user.expose_secret().to_lowercase())
    }

    /// The headers of every call, for a [`HeaderSource`](upstream::HeaderSource).
    pub fn headers(&self) -> SecretHeaders {
        SecretHeaders::new([(USER, self.user.clone()), (PASSWORD, self.password.clone())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(user: &str, password: &str, expected: Result<(), LoginError>) {
        let login = Login::new(user.into(), password.into());
        assert_eq!(login.map(drop), expected, "{user:?} {password:?}");
    }

    #[test]
    fn what_no_header_can_hold_is_refused() {
        let user = "admin@example.com";
        check(user, "Pass word-ü!", Ok(()));
        check("admin", "p", Err(LoginError::User(NameError::NotAnAddress)));
        check(
            "a\r\n@example.com",
            "p",
            Err(LoginError::User(NameError::Character('\r'))),
        );
        check(user, "", Err(LoginError::NoPassword));
        for password in ["a\r\nX-Other: b", "a\0", "a\tb", " a", "a ", "a\u{7f}"] {
            check(user, password, Err(LoginError::Password));
        }
    }

    #[test]
    fn debug_shows_neither() {
        let login = Login::new("admin@example.com".into(), "Secret-1".into()).expect("an account");
        let shown = format!("{login:?} {:?}", login.headers());
        assert!(
            !shown.contains("admin@") && !shown.contains("Secret-1"),
            "{shown}"
        );
    }
}
