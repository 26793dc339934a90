//! The fingerprint of an export key, which names a resilient package.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The fingerprint of a data store's export key (reference lines 3176-3192).
///
/// The answer of a new key separates the bytes by colons, the reference's call does not (notes section 9): both
/// spellings are the same fingerprint, kept as lower-case digits without separators. Another text is kept as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Fingerprint(String);

impl Fingerprint {
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let digits: String = text.chars().filter(|c| *c != ':' && !c.is_whitespace()).collect();
        let is_hexadecimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        Self(if is_hexadecimal {
            digits.to_ascii_lowercase()
        } else {
            text.to_owned()
        })
    }

    /// Without separators, as an export is asked for.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has the 64 digits of SHA-256, as those that are documented have.
    pub fn is_sha256(&self) -> bool {
        self.0.len() == 64 && self.0.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// With a colon between the bytes, as the cluster's answer writes it; nothing where it is no sequence of bytes.
    pub fn with_colons(&self) -> Option<String> {
        let digits = self.0.as_bytes();
        let is_bytes =
            !digits.is_empty() && digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
        if !is_bytes {
            return None;
        }
        let mut text = String::with_capacity(digits.len() / 2 * 3);
        for (index, digit) in self.0.chars().enumerate() {
            if index > 0 && index % 2 == 0 {
                text.push(':');
            }
            text.push(digit);
        }
        Some(text)
    }
}

impl From<String> for Fingerprint {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0
    }
}

impl AsRef<str> for Fingerprint {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
