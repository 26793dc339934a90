//! Protection methods: the one object of a data element that says how values are protected (notes section 3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};
use upstream::{lenient::Fields, word_type};

use super::{
    AlphabetUid, MaskUid,
    read::{rest, take_count, take_reference, take_word},
};

/// How a data element protects values, under its key in the data element: `{"alphaNumericToken": {…}}`.
///
/// The keys are those of the reference's sample (line 2989) and of the vendor's own client. The cluster surely has
/// more (decimal, binary, HMAC, AES-128, …), whose keys are not documented: they are kept as they are.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub enum ProtectionMethod {
    Token(TokenKind, TokenOptions),
    Fpe(FpeKind, FpeOptions),
    /// AES-256 in CBC mode, `aes256CbcEnc`, which has no options.
    Aes256Cbc,
    /// The value stays in clear, `noEnc`: for monitoring and masking.
    NoEncryption(NoEncryption),
    Other {
        key: String,
        options: Value,
    },
}

/// The tokens whose keys are known. What each takes is in [`TokenKind::takes`] and [`TokenKind::tokenizers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    Alphabetic,
    AlphaNumeric,
    Numeric,
    UnicodeGen2,
    Email,
    DateTime,
    Integer,
    CreditCard,
}

/// The alphabets of format-preserving encryption (FF1 with AES-256) whose keys are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FpeKind {
    Numeric,
    Alphabetic,
    AlphaNumeric,
    UnicodeBasicLatinAlphabetic,
    UnicodeBasicLatinAlphaNumeric,
}

word_type! {
    /// The lookup tables of a token. The first number is how many, the second how many characters each takes.
    Tokenizer {
        Slt13 = "SLT_1_3",
        Slt16 = "SLT_1_6",
        Slt23 = "SLT_2_3",
        Slt26 = "SLT_2_6",
        SltX1 = "SLT_X_1",
        Slt6Decimal = "SLT_6_DECIMAL",
        /// In the vendor's pages.
        SltDatetime = "SLT_DATETIME",
        /// In the vendor's client, for the same.
        Slt8Datetime = "SLT_8_DATETIME",
    }
}

word_type! {
    /// What happens to a value that is shorter than the method needs. "No, return input as it is" is the vendor's third
    /// choice, whose word in the API is not documented.
    AllowShort {
        Yes = "YES",
        /// It is an error.
        NoWithError = "NOWITHERROR",
    }
}

word_type! {
    /// Which part of a date stays in clear. The vendor's pages have the month besides, whose word is not documented.
    DateInClear {
        Year = "YEAR",
    }
}

word_type! {
    /// How long an integer is. A data element without it has 4 bytes.
    IntegerSize {
        /// 2 bytes.
        Short = "SHORT",
        /// 8 bytes.
        Long = "LONG",
    }
}

word_type! {
    /// Where the tweak of an encryption comes from. The vendor's pages have the API's argument besides, whose word is
    /// not documented.
    TweakMode {
        /// Extracted from the input.
        ExtractedInput = "EXT_INPUT",
    }
}

/// The options of a token. What is `None` is not sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<Tokenizer>,
    /// Characters at the left that stay in clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_left: Option<u32>,
    /// Characters at the right that stay in clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_right: Option<u32>,
    /// Whether a token is as long as its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_preserving: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_short: Option<AllowShort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preserve_case: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preserve_position: Option<bool>,
    #[serde(rename = "alphabetUid", skip_serializing_if = "Option::is_none")]
    pub alphabet: Option<AlphabetUid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_in_clear: Option<DateInClear>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integer_size: Option<IntegerSize>,
    /// Options that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// The options of format-preserving encryption. What is `None` is not sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FpeOptions {
    /// Characters at the left that stay in clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_left: Option<u32>,
    /// Characters at the right that stay in clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_right: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_short: Option<AllowShort>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tweak_mode: Option<TweakMode>,
    /// Options that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// The options of a data element that stays in clear.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct NoEncryption {
    #[serde(rename = "maskUid", skip_serializing_if = "Option::is_none")]
    pub mask: Option<MaskUid>,
    /// Options that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

const AES_256_CBC: &str = "aes256CbcEnc";
const NO_ENCRYPTION: &str = "noEnc";

impl TokenKind {
    pub const ALL: [Self; 8] = [
        Self::Alphabetic,
        Self::AlphaNumeric,
        Self::Numeric,
        Self::UnicodeGen2,
        Self::Email,
        Self::DateTime,
        Self::Integer,
        Self::CreditCard,
    ];

    /// The key of the method in a data element.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Alphabetic => "alphabeticToken",
            Self::AlphaNumeric => "alphaNumericToken",
            Self::Numeric => "numericToken",
            Self::UnicodeGen2 => "unicodeGen2Token",
            Self::Email => "emailToken",
            Self::DateTime => "dateTimeToken",
            Self::Integer => "integerToken",
            Self::CreditCard => "creditCardToken",
        }
    }
}

impl FpeKind {
    pub const ALL: [Self; 5] = [
        Self::Numeric,
        Self::Alphabetic,
        Self::AlphaNumeric,
        Self::UnicodeBasicLatinAlphabetic,
        Self::UnicodeBasicLatinAlphaNumeric,
    ];

    /// The key of the method in a data element.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Numeric => "numericFpe",
            Self::Alphabetic => "alphabeticFpe",
            Self::AlphaNumeric => "alphaNumericFpe",
            Self::UnicodeBasicLatinAlphabetic => "unicodeBasicLatinAlphabeticFpe",
            Self::UnicodeBasicLatinAlphaNumeric => "unicodeBasicLatinAlphaNumericFpe",
        }
    }
}

impl ProtectionMethod {
    /// The method under this key. Options that a known method is not documented to have are kept.
    pub fn new(key: &str, options: Value) -> Self {
        let token = TokenKind::ALL.into_iter().find(|kind| kind.key() == key);
        let fpe = FpeKind::ALL.into_iter().find(|kind| kind.key() == key);
        match (token, fpe, options) {
            (Some(kind), _, Value::Object(options)) => Self::Token(kind, Fields(options).into()),
            (_, Some(kind), Value::Object(options)) => Self::Fpe(kind, Fields(options).into()),
            (_, _, Value::Object(options)) if key == AES_256_CBC && options.is_empty() => Self::Aes256Cbc,
            (_, _, Value::Object(options)) if key == NO_ENCRYPTION => {
                Self::NoEncryption(Fields(options).into())
            }
            (_, _, options) => Self::Other {
                key: key.to_owned(),
                options,
            },
        }
    }

    /// The key of the method in a data element.
    pub fn key(&self) -> &str {
        match self {
            Self::Token(kind, _) => kind.key(),
            Self::Fpe(kind, _) => kind.key(),
            Self::Aes256Cbc => AES_256_CBC,
            Self::NoEncryption(_) => NO_ENCRYPTION,
            Self::Other { key, .. } => key,
        }
    }

    /// The options as they are sent.
    pub fn options(&self) -> Value {
        match self {
            Self::Token(_, options) => json!(options),
            Self::Fpe(_, options) => json!(options),
            Self::Aes256Cbc => json!({}),
            Self::NoEncryption(options) => json!(options),
            Self::Other { options, .. } => options.clone(),
        }
    }

    fn is_known(key: &str) -> bool {
        let tokens = TokenKind::ALL.into_iter().map(TokenKind::key);
        let fpes = FpeKind::ALL.into_iter().map(FpeKind::key);
        tokens
            .chain(fpes)
            .chain([AES_256_CBC, NO_ENCRYPTION])
            .any(|known| known == key)
    }
}

/// Takes the one method of a data element: the field with a key that is known, else the only one that is an object.
pub(super) fn take_method(fields: &mut Fields) -> Option<ProtectionMethod> {
    let known = fields
        .0
        .keys()
        .find(|key| ProtectionMethod::is_known(key))
        .cloned();
    let key = known.or_else(|| {
        let is_method = |(key, value): &(&String, &Value)| value.is_object() && *key != "description";
        let mut objects = fields.0.iter().filter(is_method);
        match (objects.next(), objects.next()) {
            (Some((key, _)), None) => Some(key.clone()),
            _ => None,
        }
    })?;
    let options = fields.0.remove(&key)?;
    Some(ProtectionMethod::new(&key, options))
}

/// One field, named by the method's key.
impl Serialize for ProtectionMethod {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.key(), &self.options())?;
        map.end()
    }
}

impl TryFrom<Value> for ProtectionMethod {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, &'static str> {
        take_method(&mut Fields::of(value)).ok_or("expected an object with one protection method")
    }
}

impl From<Fields> for TokenOptions {
    fn from(mut fields: Fields) -> Self {
        Self {
            tokenizer: take_word(&mut fields, "tokenizer"),
            from_left: take_count(&mut fields, "fromLeft"),
            from_right: take_count(&mut fields, "fromRight"),
            length_preserving: fields.boolean("lengthPreserving"),
            allow_short: take_word(&mut fields, "allowShort"),
            preserve_case: fields.boolean("preserveCase"),
            preserve_position: fields.boolean("preservePosition"),
            alphabet: take_reference(&mut fields, "alphabetUid"),
            date_in_clear: take_word(&mut fields, "dateInClear"),
            integer_size: take_word(&mut fields, "integerSize"),
            rest: rest(fields),
        }
    }
}

impl From<Fields> for FpeOptions {
    fn from(mut fields: Fields) -> Self {
        Self {
            from_left: take_count(&mut fields, "fromLeft"),
            from_right: take_count(&mut fields, "fromRight"),
            allow_short: take_word(&mut fields, "allowShort"),
            min_length: take_count(&mut fields, "minLength"),
            tweak_mode: take_word(&mut fields, "tweakMode"),
            rest: rest(fields),
        }
    }
}

impl From<Fields> for NoEncryption {
    fn from(mut fields: Fields) -> Self {
        Self {
            mask: take_reference(&mut fields, "maskUid"),
            rest: rest(fields),
        }
    }
}
