//! Which options a protection method takes, as the vendor's pages on tokenization and format-preserving encryption say.
//!
//! The cluster decides; these rules let a form say what is wrong before anything is sent. A word or an option that is
//! not documented is never a problem.

use super::{AllowShort, FpeKind, FpeOptions, ProtectionMethod, TokenKind, TokenOptions, Tokenizer};

/// The shortest input of format-preserving encryption that can be asked for, bytes.
pub const MIN_FPE_LENGTH: u32 = 2;

/// The longest of the shortest inputs that can be asked for, bytes.
pub const MAX_FPE_MIN_LENGTH: u32 = 10;

/// An option of a token that only some tokens take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenOption {
    /// Characters in clear at the left or at the right.
    EndsInClear,
    /// The choice of tokens that are not as long as their values.
    LengthPreserving,
    AllowShort,
    /// Preserving case and position.
    PreserveCase,
    Alphabet,
    DateInClear,
    IntegerSize,
}

/// Why a cluster would not take a protection method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum MethodProblem {
    #[error("this method needs a tokenizer")]
    NoTokenizer,
    #[error("this method does not have this tokenizer")]
    WrongTokenizer,
    #[error("this method keeps no characters at the ends in clear")]
    NoEndsInClear,
    #[error("this method always preserves the length")]
    AlwaysPreservesLength,
    #[error("this method has no choice for short values")]
    NoShortChoice,
    #[error("the choice for short values is only for tokens that preserve the length")]
    ShortNeedsLength,
    #[error("case and position are preserved only by alpha-numeric tokens with the tokenizer SLT_2_3")]
    NoCase,
    #[error("this method needs an alphabet")]
    NeedsAlphabet,
    #[error("this method has no alphabet")]
    NoAlphabet,
    #[error("this method keeps no part of a date in clear")]
    NoDate,
    #[error("this method has no integer size")]
    NoIntegerSize,
    #[error("the minimum length must be from 2 to 10")]
    MinLength,
    #[error("format-preserving encryption does not encrypt short values")]
    FpeEncryptsNoShort,
}

impl TokenKind {
    /// The tokenizers that the method can have.
    pub const fn tokenizers(self) -> &'static [Tokenizer] {
        match self {
            Self::Numeric | Self::CreditCard => &[
                Tokenizer::Slt13,
                Tokenizer::Slt16,
                Tokenizer::Slt23,
                Tokenizer::Slt26,
            ],
            Self::Alphabetic | Self::AlphaNumeric | Self::Email => &[Tokenizer::Slt13, Tokenizer::Slt23],
            Self::Integer => &[Tokenizer::Slt13],
            Self::UnicodeGen2 => &[Tokenizer::Slt13, Tokenizer::SltX1],
            Self::DateTime => &[Tokenizer::Slt8Datetime, Tokenizer::SltDatetime],
        }
    }

    /// Whether the method takes this option.
    pub const fn takes(self, option: TokenOption) -> bool {
        match option {
            TokenOption::EndsInClear => !matches!(self, Self::Email | Self::DateTime | Self::Integer),
            TokenOption::LengthPreserving | TokenOption::AllowShort => {
                !matches!(self, Self::DateTime | Self::Integer | Self::CreditCard)
            }
            TokenOption::PreserveCase => matches!(self, Self::AlphaNumeric),
            TokenOption::Alphabet => matches!(self, Self::UnicodeGen2),
            TokenOption::DateInClear => matches!(self, Self::DateTime),
            TokenOption::IntegerSize => matches!(self, Self::Integer),
        }
    }
}

impl FpeKind {
    /// Whether the method has a choice for values that are shorter than its minimum.
    pub const fn takes_allow_short(self) -> bool {
        matches!(self, Self::Numeric | Self::AlphaNumeric)
    }
}

impl ProtectionMethod {
    /// Why a cluster would not take it; nothing for a method that is not documented.
    pub fn problems(&self) -> Vec<MethodProblem> {
        match self {
            Self::Token(kind, options) => of_token(*kind, options),
            Self::Fpe(kind, options) => of_fpe(*kind, options),
            Self::Aes256Cbc | Self::NoEncryption(_) | Self::Other { .. } => Vec::new(),
        }
    }

    /// Whether it is a cipher in CBC mode, whose data elements refuse `PROTECTED_VALUE` (notes section 3).
    pub fn is_cbc(&self) -> bool {
        self.key().contains("Cbc")
    }

    /// Whether what it protects cannot be unprotected: HMAC (notes section 9). Its key is not documented.
    pub fn is_one_way(&self) -> bool {
        self.key().to_ascii_lowercase().starts_with("hmac")
    }
}

fn of_token(kind: TokenKind, options: &TokenOptions) -> Vec<MethodProblem> {
    let takes = |option| kind.takes(option);
    let is_on = |option: Option<bool>| option == Some(true);
    let ends_in_clear = options.from_left.unwrap_or(0) > 0 || options.from_right.unwrap_or(0) > 0;
    let preserves_case = is_on(options.preserve_case) || is_on(options.preserve_position);
    let tokenizer = options.tokenizer.as_ref();
    let wrong_tokenizer = tokenizer.is_some_and(|tokenizer| {
        !matches!(tokenizer, Tokenizer::Other(_)) && !kind.tokenizers().contains(tokenizer)
    });
    let changes_length = options.length_preserving == Some(false);
    let found = [
        (tokenizer.is_none(), MethodProblem::NoTokenizer),
        (wrong_tokenizer, MethodProblem::WrongTokenizer),
        (
            ends_in_clear && !takes(TokenOption::EndsInClear),
            MethodProblem::NoEndsInClear,
        ),
        (
            changes_length && !takes(TokenOption::LengthPreserving),
            MethodProblem::AlwaysPreservesLength,
        ),
        (
            options.allow_short.is_some() && !takes(TokenOption::AllowShort),
            MethodProblem::NoShortChoice,
        ),
        (
            options.allow_short.is_some() && takes(TokenOption::AllowShort) && changes_length,
            MethodProblem::ShortNeedsLength,
        ),
        (
            preserves_case
                && !(takes(TokenOption::PreserveCase)
                    && matches!(tokenizer, Some(Tokenizer::Slt23 | Tokenizer::Other(_)))),
            MethodProblem::NoCase,
        ),
        (
            options.alphabet.is_none() && takes(TokenOption::Alphabet),
            MethodProblem::NeedsAlphabet,
        ),
        (
            options.alphabet.is_some() && !takes(TokenOption::Alphabet),
            MethodProblem::NoAlphabet,
        ),
        (
            options.date_in_clear.is_some() && !takes(TokenOption::DateInClear),
            MethodProblem::NoDate,
        ),
        (
            options.integer_size.is_some() && !takes(TokenOption::IntegerSize),
            MethodProblem::NoIntegerSize,
        ),
    ];
    applying(found)
}

fn of_fpe(kind: FpeKind, options: &FpeOptions) -> Vec<MethodProblem> {
    let in_range = |length| (MIN_FPE_LENGTH..=MAX_FPE_MIN_LENGTH).contains(&length);
    let found = [
        (
            options.allow_short.is_some() && !kind.takes_allow_short(),
            MethodProblem::NoShortChoice,
        ),
        (
            options.allow_short == Some(AllowShort::Yes) && kind.takes_allow_short(),
            MethodProblem::FpeEncryptsNoShort,
        ),
        (
            options.min_length.is_some_and(|length| !in_range(length)),
            MethodProblem::MinLength,
        ),
    ];
    applying(found)
}

fn applying(found: impl IntoIterator<Item = (bool, MethodProblem)>) -> Vec<MethodProblem> {
    let found = found.into_iter();
    found
        .filter_map(|(applies, problem)| applies.then_some(problem))
        .collect()
}
