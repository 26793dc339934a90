//! The password policy, with the keys of the reference (line 2250), and what Keycloak says when it is broken.

use super::{User, password::Password};
use serde::{Deserialize, Serialize};

/// The rules that are set. Those about hashing and ages are stored and shown; nothing here can observe them.
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

/// A broken rule: the middle of Keycloak's code `invalidPassword…Message`, and the text.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    pub(crate) code: String,
    pub(crate) text: String,
}

impl PasswordPolicy {
    /// The reference's sample answer (line 2248).
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

    /// What a cluster that puts some values right makes of this.
    pub(crate) fn clamp(&mut self) {
        self.hash_iterations = Some(27500);
        self.length = Some(self.length.unwrap_or(0).max(8));
        self.password_history = self.password_history.map(|last| last.min(24));
    }

    /// Whether the pattern, if any, can be used at all.
    pub(crate) fn has_valid_pattern(&self) -> bool {
        self.regex_pattern
            .as_deref()
            .is_none_or(|pattern| whole_match(pattern).is_some())
    }

    /// The first rule that a password for this user breaks.
    pub(crate) fn check(&self, user: &User, password: &str) -> Result<(), Broken> {
        self.check_characters(password)?;
        self.check_person(user, password)?;
        if let Some(pattern) = &self.regex_pattern {
            let fits = whole_match(pattern).is_some_and(|regex| regex.is_match(password).unwrap_or(false));
            refuse(!fits, "RegexPattern", || {
                "fails to match regex pattern(s).".to_owned()
            })?;
        }
        let last = self.password_history.unwrap_or(0);
        let hashed = Password::of(user.id, password);
        let repeated = user
            .passwords
            .iter()
            .take(last as usize)
            .any(|earlier| *earlier == hashed);
        refuse(repeated, "History", || {
            format!("must not be equal to any of last {last} passwords.")
        })
    }

    fn check_characters(&self, password: &str) -> Result<(), Broken> {
        let count = |wanted: fn(char) -> bool| password.chars().filter(|letter| wanted(*letter)).count();
        let length = count(|_| true);
        if let Some(least) = self.length {
            refuse(length < least as usize, "MinLength", || {
                format!("minimum length {least}.")
            })?;
        }
        if let Some(most) = self.max_length {
            refuse(length > most as usize, "MaxLength", || {
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
            refuse(present < least as usize, code, || {
                format!("must contain at least {least} {noun}.")
            })?;
        }
        Ok(())
    }

    fn check_person(&self, user: &User, password: &str) -> Result<(), Broken> {
        let typed = password.to_lowercase();
        let is_on = |rule: Option<bool>| rule == Some(true);
        let equal = is_on(self.not_username) && typed == *user.username;
        refuse(equal, "NotUsername", || {
            "must not be equal to the username.".to_owned()
        })?;
        let contained = is_on(self.not_contains_username) && typed.contains(&*user.username);
        refuse(contained, "NotContainsUsername", || {
            "Can not contain the username.".to_owned()
        })?;
        let email = is_on(self.not_email) && user.email.as_deref() == Some(typed.as_str());
        refuse(email, "NotEmail", || "must not be equal to the email.".to_owned())
    }
}

fn refuse(broken: bool, code: &str, text: impl FnOnce() -> String) -> Result<(), Broken> {
    if !broken {
        return Ok(());
    }
    Err(Broken {
        code: format!("invalidPassword{code}Message"),
        text: format!("Invalid password: {}", text()),
    })
}

/// Java's `matches`: the pattern has to take the whole password. The sample's look-ahead needs `fancy_regex`.
fn whole_match(pattern: &str) -> Option<fancy_regex::Regex> {
    fancy_regex::Regex::new(&format!("^(?:{pattern})$")).ok()
}
