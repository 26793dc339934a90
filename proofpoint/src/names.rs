//! Domains and e-mail addresses: what identifies an organisation and a user in a path.
//!
//! They are compared in lower case and shown as they came (notes section 3, point 6). A value of an answer is kept
//! whatever it is; what goes into a path is checked first.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize};
use upstream::lenient;

/// Of a domain, bytes (RFC 1035 section 2.3.4).
const MAX_DOMAIN: usize = 253;

/// Of an e-mail address, bytes (RFC 5321 section 4.5.3.1.3).
const MAX_EMAIL: usize = 254;

/// What would make another path of a segment, whether the server decodes it once or twice (notes section 5.2, rule 8).
const FORBIDDEN: [char; 5] = ['/', '\\', '%', '?', '#'];

/// Why a domain or an e-mail address is refused before anything is sent. Reads on from "the domain".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or blanks.
    #[error("is empty")]
    Empty,
    /// Longer than mail allows.
    #[error("is longer than {0} bytes")]
    TooLong(usize),
    /// A blank, a control character, or a character of a path.
    #[error("contains {0:?}, which is not allowed there")]
    Character(char),
    /// Two dots in a row, or one at an end.
    #[error("has a dot without a name beside it")]
    Dots,
    /// An address without `@`, or with nothing on one side of it.
    #[error("is not an e-mail address, like name@example.com")]
    NotAnAddress,
}

/// A text that is compared without regard to ASCII case.
#[derive(Clone, Default)]
struct Caseless(String);

impl Caseless {
    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for Caseless {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Caseless {}

impl PartialOrd for Caseless {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Caseless {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl Hash for Caseless {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes().for_each(|byte| state.write_u8(byte));
        state.write_u8(0xff);
    }
}

macro_rules! caseless_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Caseless);

        impl $name {
            /// As it came.
            pub fn as_str(&self) -> &str {
                &self.0.0
            }

            /// The system left it out.
            pub fn is_empty(&self) -> bool {
                self.as_str().is_empty()
            }
        }

        /// Kept as it is: [`check`](Self::check) says whether it can be sent.
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Caseless(text))
            }
        }

        /// For what a person typed, without the blanks around it.
        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let name = Self::from(text.trim().to_owned());
                name.check().map(|()| name)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        /// A string; anything else is the empty one.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                lenient::text_or_empty(deserializer)
            }
        }
    };
}

caseless_type! {
    /// A domain. In a path it stands for the organisation that any of its domains belongs to; a partner's organisation
    /// may be addressed by its number instead (notes section 2.1).
    DomainName
}

caseless_type! {
    /// An e-mail address, which identifies a user.
    EmailAddress
}

impl DomainName {
    /// Whether it can be one segment of a path.
    pub fn check(&self) -> Result<(), NameError> {
        check_domain(self.as_str())
    }
}

impl EmailAddress {
    /// Whether it can be one segment of a path.
    pub fn check(&self) -> Result<(), NameError> {
        let address = self.as_str();
        if address.is_empty() {
            return Err(NameError::Empty);
        }
        if address.len() > MAX_EMAIL {
            return Err(NameError::TooLong(MAX_EMAIL));
        }
        let (local, domain) = address.rsplit_once('@').ok_or(NameError::NotAnAddress)?;
        if local.is_empty() || domain.is_empty() || local.contains('@') {
            return Err(NameError::NotAnAddress);
        }
        check_segment(local)?;
        check_domain(domain)
    }

    /// What stands behind the `@`; the empty domain where there is none.
    pub fn domain(&self) -> DomainName {
        let domain = self.as_str().rsplit_once('@').map(|(_, domain)| domain);
        DomainName::from(domain.unwrap_or_default().to_owned())
    }
}

fn check_domain(domain: &str) -> Result<(), NameError> {
    if domain.trim().is_empty() {
        return Err(NameError::Empty);
    }
    if domain.len() > MAX_DOMAIN {
        return Err(NameError::TooLong(MAX_DOMAIN));
    }
    if let Some(c) = domain.chars().find(|c| matches!(c, '@' | ':')) {
        return Err(NameError::Character(c));
    }
    check_segment(domain)?;
    if domain.starts_with('.') || domain.ends_with('.') {
        return Err(NameError::Dots);
    }
    Ok(())
}

fn check_segment(text: &str) -> Result<(), NameError> {
    let is_forbidden = |c: &char| c.is_control() || c.is_whitespace() || FORBIDDEN.contains(c);
    if let Some(c) = text.chars().find(is_forbidden) {
        return Err(NameError::Character(c));
    }
    if text.contains("..") {
        return Err(NameError::Dots);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn check_email(address: &str, expected: Result<(), NameError>) {
        assert_eq!(
            address.parse::<EmailAddress>().map(drop),
            expected,
            "for {address:?}"
        );
    }

    #[test]
    fn addresses() {
        check_email("john.smith@example.com", Ok(()));
        check_email("O'Brien+news@Example.com", Ok(()));
        check_email("john@example", Ok(()));
        check_email("", Err(NameError::Empty));
        check_email("john", Err(NameError::NotAnAddress));
        check_email("@example.com", Err(NameError::NotAnAddress));
        check_email("john@", Err(NameError::NotAnAddress));
        check_email("a@b@example.com", Err(NameError::NotAnAddress));
        check_email("a/b@example.com", Err(NameError::Character('/')));
        check_email("a%2fb@example.com", Err(NameError::Character('%')));
        check_email("a b@example.com", Err(NameError::Character(' ')));
        check_email("a\n@example.com", Err(NameError::Character('\n')));
        check_email("a@example.com/x", Err(NameError::Character('/')));
        check_email("a..b@example.com", Err(NameError::Dots));
        check_email("a@example.com.", Err(NameError::Dots));
        let long = format!("{}@example.com", "a".repeat(250));
        check_email(&long, Err(NameError::TooLong(MAX_EMAIL)));
    }

    fn check_domain_name(domain: &str, expected: Result<(), NameError>) {
        assert_eq!(domain.parse::<DomainName>().map(drop), expected, "for {domain:?}");
    }

    #[test]
    fn domains() {
        for domain in ["example.com", " Example.COM ", "123456", "xn--bcher-kva.example"] {
            check_domain_name(domain, Ok(()));
        }
        for (domain, c) in [
            ("x/../../token/y", '/'),
            ("x\\y", '\\'),
            ("x%2fy", '%'),
            ("x?y", '?'),
            ("x#y", '#'),
            ("x\0y", '\0'),
            ("x\u{7f}y", '\u{7f}'),
            ("john@example.com", '@'),
            ("example.com:443", ':'),
        ] {
            check_domain_name(domain, Err(NameError::Character(c)));
        }
        for domain in ["..", ".", "a..b", ".example.com", "example.com."] {
            check_domain_name(domain, Err(NameError::Dots));
        }
        check_domain_name(" ", Err(NameError::Empty));
    }

    #[test]
    fn case_is_shown_and_not_compared() {
        let [upper, lower] =
            ["John@Example.com", "john@example.COM"].map(|text| EmailAddress::from(text.to_owned()));
        assert_eq!(upper, lower);
        assert_eq!(upper.to_string(), "John@Example.com");
        assert_eq!(HashSet::from([upper, lower.clone()]).len(), 1);
        assert_eq!(lower.domain(), "example.com".parse().expect("a domain"));
        let read: EmailAddress = serde_json::from_value(json!(null)).expect("always read");
        assert!(read.is_empty());
    }

    proptest! {
        /// What is accepted stays one segment, however often a server decodes it.
        #[test]
        fn an_accepted_name_is_one_segment(text in "\\PC{0,20}|[a-z./%2fe@?#\\\\]{0,20}") {
            let names = [
                text.parse::<DomainName>().map(|name| name.to_string()),
                text.parse::<EmailAddress>().map(|name| name.to_string()),
            ];
            for name in names.into_iter().flatten() {
                prop_assert!(!name.is_empty() && name != "." && !name.contains(".."));
                prop_assert!(!name.contains(['/', '\\', '%', '?', '#']), "{}", name);
                prop_assert!(!name.chars().any(char::is_control));
            }
        }

        #[test]
        fn equal_names_hash_and_order_alike(left in "[aAbB@.]{0,4}", right in "[aAbB@.]{0,4}") {
            let [left, right] = [left, right].map(EmailAddress::from);
            prop_assert_eq!(left == right, left.cmp(&right).is_eq());
            if left == right {
                prop_assert_eq!(HashSet::from([left, right]).len(), 1);
            }
        }
    }
}
