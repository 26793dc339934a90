//! The protection methods that a form offers, with their words on the screen.

use protegrity::pim::{AllowShort, FpeKind, TokenKind, TokenOption};

/// A method that the form offers: those whose options are documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A token.
    Token(TokenKind),
    /// Format-preserving encryption.
    Fpe(FpeKind),
    /// AES-256 in CBC mode.
    Aes256Cbc,
    /// The value stays in clear.
    NoEncryption,
}

impl Method {
    /// Every method, in the order of the screen.
    pub fn all() -> impl Iterator<Item = Self> {
        let tokens = TokenKind::ALL.into_iter().map(Self::Token);
        let encryptions = FpeKind::ALL.into_iter().map(Self::Fpe);
        tokens
            .chain(encryptions)
            .chain([Self::Aes256Cbc, Self::NoEncryption])
    }

    /// The method of this key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::all().find(|method| method.key() == key)
    }

    /// Its key in a data element.
    pub fn key(self) -> &'static str {
        match self {
            Self::Token(kind) => kind.key(),
            Self::Fpe(kind) => kind.key(),
            Self::Aes256Cbc => "aes256CbcEnc",
            Self::NoEncryption => "noEnc",
        }
    }

    /// Its name on the vendor's screens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token(TokenKind::Alphabetic) => "Alphabetic token",
            Self::Token(TokenKind::AlphaNumeric) => "Alpha-numeric token",
            Self::Token(TokenKind::Numeric) => "Numeric token",
            Self::Token(TokenKind::UnicodeGen2) => "Unicode Gen2 token",
            Self::Token(TokenKind::Email) => "E-mail token",
            Self::Token(TokenKind::DateTime) => "Date and time token",
            Self::Token(TokenKind::Integer) => "Integer token",
            Self::Token(TokenKind::CreditCard) => "Credit card token",
            Self::Fpe(FpeKind::Numeric) => "FPE, numeric",
            Self::Fpe(FpeKind::Alphabetic) => "FPE, alphabetic",
            Self::Fpe(FpeKind::AlphaNumeric) => "FPE, alpha-numeric",
            Self::Fpe(FpeKind::UnicodeBasicLatinAlphabetic) => "FPE, Unicode Basic Latin alphabetic",
            Self::Fpe(FpeKind::UnicodeBasicLatinAlphaNumeric) => "FPE, Unicode Basic Latin alpha-numeric",
            Self::Aes256Cbc => "AES-256 CBC",
            Self::NoEncryption => "No encryption",
        }
    }

    /// The kinds of methods, as they are grouped on the screen.
    pub const fn group(self) -> &'static str {
        match self {
            Self::Token(_) => "Tokenization",
            Self::Fpe(_) => "Format-preserving encryption",
            Self::Aes256Cbc => "Encryption",
            Self::NoEncryption => "No encryption",
        }
    }

    /// What it does with a value, in a sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Token(TokenKind::Alphabetic) => "Letters become other letters.",
            Self::Token(TokenKind::AlphaNumeric) => "Letters and digits become others.",
            Self::Token(TokenKind::Numeric) => "Digits become other digits.",
            Self::Token(TokenKind::UnicodeGen2) => "Characters of an alphabet become others of it.",
            Self::Token(TokenKind::Email) => "The part before the @ becomes a token; the domain stays.",
            Self::Token(TokenKind::DateTime) => "A date becomes another date; the year can stay in clear.",
            Self::Token(TokenKind::Integer) => "A number of 2, 4 or 8 bytes becomes another.",
            Self::Token(TokenKind::CreditCard) => "A card number becomes another number.",
            Self::Fpe(_) => "FF1 with AES-256: the result has the characters and the length of the value.",
            Self::Aes256Cbc => {
                "The result is binary and longer than the value. Users without access cannot get the protected value."
            }
            Self::NoEncryption => "The value stays in clear: for monitoring its use, and for masking it.",
        }
    }

    /// Whether it keeps characters at the ends in clear.
    pub const fn takes_ends(self) -> bool {
        match self {
            Self::Token(kind) => kind.takes(TokenOption::EndsInClear),
            Self::Fpe(_) => true,
            Self::Aes256Cbc | Self::NoEncryption => false,
        }
    }

    /// The choices for values that are too short, beside the cluster's own; none where the method has no choice.
    pub const fn short_choices(self) -> &'static [AllowShort] {
        match self {
            Self::Token(kind) if kind.takes(TokenOption::AllowShort) => AllowShort::KNOWN,
            // The method does not encrypt short values.
            Self::Fpe(kind) if kind.takes_allow_short() => &[AllowShort::NoWithError],
            _ => &[],
        }
    }
}
