//! [`PasswordPolicy`] with the keys of the reference (line 2250), and Keycloak's errors for each rule.

use super::{User, password::Password};
use crate::refusal::PolicyViolation;
use serde::{Deserialize, Serialize};

/// The rules that are set. The simulator stores and shows the rules about hashing and ages, but does not apply them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordPolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    force_expired_password_change: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash_algorithm: Option<HashAlgorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash_iterations: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_case: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_auth_age: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_contains_username: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_email: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_username: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_age: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_history: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_codes_warning_threshold: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    regex_pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    special_chars: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_case: Option<u32>,
}

/// Keycloak's algorithms (notes, section 7).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum HashAlgorithm {
    Argon2,
    #[serde(rename = "pbkdf2-sha512")]
    Pbkdf2Sha512,
    #[serde(rename = "pbkdf2-sha256")]
    Pbkdf2Sha256,
    Pbkdf2,
}

impl PasswordPolicy {
    /// The policy of the reference's sample (line 2248).
    pub(crate) fn sampled() -> Self {
        Self {
            digits: Some(1),
            force_expired_password_change: Some(365),
            hash_algorithm: Some(HashAlgorithm::Pbkdf2Sha256),
            hash_iterations: Some(27500),
            length: Some(8),
            lower_case: Some(1),
            max_auth_age: Some(3600),
            max_length: Some(64),
            not_contains_username: Some(true),
            not_email: Some(true),
            not_username: Some(true),
            password_age: Some(365),
            password_history: Some(3),
            recovery_codes_warning_threshold: Some(3),
            regex_pattern: Some(r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).*$".to_owned()),
            special_chars: Some(1),
            upper_case: Some(1),
        }
    }

    /// Corrects the values that [`crate::PolicyUpdate::Clamp`] names.
    pub(crate) fn clamp(&mut self) {
        self.hash_iterations = Some(27500);
        self.length = Some(self.length.unwrap_or(0).max(8));
        self.password_history = self.password_history.map(|last| last.min(24));
    }

    /// Whether the pattern, if any, is a valid regular expression.
    pub(crate) fn has_valid_pattern(&self) -> bool {
        self.regex_pattern
            .as_deref()
            .is_none_or(|pattern| whole_match(pattern).is_some())
    }

    /// Checks a password for this user, and returns the first rule that it violates.
    pub(crate) fn check(&self, user: &User, password: &str) -> Result<(), PolicyViolation> {
        self.check_characters(password)?;
        self.check_person(user, password)?;
        if let Some(pattern) = &self.regex_pattern {
            let matches = whole_match(pattern).is_some_and(|regex| regex.is_match(password).unwrap_or(false));
            refuse_if(!matches, "RegexPattern", || {
                "fails to match regex pattern(s).".to_owned()
            })?;
        }
        let last = self.password_history.unwrap_or(0);
        let hashed = Password::hash(user.id, password);
        let repeated = user
            .passwords
            .iter()
            .take(last as usize)
            .any(|earlier| *earlier == hashed);
        refuse_if(repeated, "History", || {
            format!("must not be equal to any of last {last} passwords.")
        })
    }

    fn check_characters(&self, password: &str) -> Result<(), PolicyViolation> {
        let count = |is_kind: fn(char) -> bool| password.chars().filter(|letter| is_kind(*letter)).count();
        let length = count(|_| true);
        if let Some(least) = self.length {
            refuse_if(length < least as usize, "MinLength", || {
                format!("minimum length {least}.")
            })?;
        }
        if let Some(most) = self.max_length {
            refuse_if(length > most as usize, "MaxLength", || {
                format!("maximum length {most}.")
            })?;
        }
        let kinds = [
            (
                self.digits,
                count(char::is_numeric),
                "MinDigits",
                "numerical digits",
            ),
            (
                self.lower_case,
                count(char::is_lowercase),
                "MinLowerCaseChars",
                "lower case characters",
            ),
            (
                self.upper_case,
                count(char::is_uppercase),
                "MinUpperCaseChars",
                "upper case characters",
            ),
            (
                self.special_chars,
                count(|letter| !letter.is_alphanumeric()),
                "MinSpecialChars",
                "special characters",
            ),
        ];
        for (least, present, code, noun) in kinds {
            let least = least.unwrap_or(0);
            refuse_if(present < least as usize, code, || {
                format!("must contain at least {least} {noun}.")
            })?;
        }
        Ok(())
    }

    fn check_person(&self, user: &User, password: &str) -> Result<(), PolicyViolation> {
        let password = password.to_lowercase();
        let is_on = |rule: Option<bool>| rule == Some(true);
        let equal = is_on(self.not_username) && password == *user.username;
        refuse_if(equal, "NotUsername", || {
            "must not be equal to the username.".to_owned()
        })?;
        let contained = is_on(self.not_contains_username) && password.contains(&*user.username);
        refuse_if(contained, "NotContainsUsername", || {
            "Can not contain the username.".to_owned()
        })?;
        let email = is_on(self.not_email) && user.email.as_deref() == Some(password.as_str());
        refuse_if(email, "NotEmail", || "must not be equal to the email.".to_owned())
    }
}

fn refuse_if(violated: bool, code: &str, text: impl FnOnce() -> String) -> Result<(), PolicyViolation> {
    if !violated {
        return Ok(());
    }
    Err(PolicyViolation {
        code: format!("invalidPassword{code}Message"),
        text: format!("Invalid password: {}", text()),
    })
}

/// The pattern has to match the whole password, as with Java's `matches`. The look-ahead of the sample needs
/// `fancy_regex`.
fn whole_match(pattern: &str) -> Option<fancy_regex::Regex> {
    fancy_regex::Regex::new(&format!("^(?:{pattern})$")).ok()
}
