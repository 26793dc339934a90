//! The cluster's password policy as `GET /passwordpolicy` gives it (reference lines 2211-2270).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use upstream::lenient::Fields;

/// What a new password must be. A rule that is absent is not in force.
///
/// The rules bind when a password is set; passwords that are already there keep (notes section 7).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "BTreeMap<String, Value>")]
pub struct PasswordPolicy {
    /// At least so many digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digits: Option<i64>,
    /// A password must be changed after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_expired_password_change: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash_algorithm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash_iterations: Option<i64>,
    /// At least so many characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<i64>,
    /// At least so many lower-case letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower_case: Option<i64>,
    /// Seconds since sign-in after which a password change asks for authentication again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_auth_age: Option<i64>,
    /// At most so many characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_contains_username: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_email: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_username: Option<bool>,
    /// A password is not used again within so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_age: Option<i64>,
    /// None of the last so many passwords.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_history: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_codes_warning_threshold: Option<i64>,
    /// Java syntax, must match the whole password; it uses look-ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex_pattern: Option<String>,
    /// At least so many characters that are neither letters nor digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub special_chars: Option<i64>,
    /// At least so many upper-case letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper_case: Option<i64>,
    /// Keys that are not documented, and documented ones whose value could not be read: nothing is lost.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

impl From<BTreeMap<String, Value>> for PasswordPolicy {
    fn from(fields: BTreeMap<String, Value>) -> Self {
        let mut fields = Fields(fields.into_iter().collect());
        Self {
            digits: fields.integer("digits"),
            force_expired_password_change: fields.integer("forceExpiredPasswordChange"),
            hash_algorithm: fields.text("hashAlgorithm"),
            hash_iterations: fields.integer("hashIterations"),
            length: fields.integer("length"),
            lower_case: fields.integer("lowerCase"),
            max_auth_age: fields.integer("maxAuthAge"),
            max_length: fields.integer("maxLength"),
            not_contains_username: fields.boolean("notContainsUsername"),
            not_email: fields.boolean("notEmail"),
            not_username: fields.boolean("notUsername"),
            password_age: fields.integer("passwordAge"),
            password_history: fields.integer("passwordHistory"),
            recovery_codes_warning_threshold: fields.integer("recoveryCodesWarningThreshold"),
            regex_pattern: fields.text("regexPattern"),
            special_chars: fields.integer("specialChars"),
            upper_case: fields.integer("upperCase"),
            rest: fields.0.into_iter().collect(),
        }
    }
}
