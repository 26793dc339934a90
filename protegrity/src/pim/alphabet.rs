//! Alphabets: the characters that a Unicode token is made of (notes section 3).

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    AlphabetUid,
    read::{UID, rest, row, take_identity, take_object},
};

/// A character of an alphabet, written as at least four hexadecimal digits: `00E4`.
///
/// From U+0020 to U+3FFFF without the surrogates: what the Unicode Gen2 token takes (the vendor's page of that token).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodePoint(char);

/// Not the hexadecimal digits of a character that an alphabet can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected four to six hexadecimal digits of a character between U+0020 and U+3FFFF")]
pub struct InvalidCodePoint;

/// Characters that follow each other, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CodePointRange {
    pub from: CodePoint,
    pub to: CodePoint,
}

/// An alphabet as `GET /pim/alphabets` gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct Alphabet {
    /// Empty where the cluster left it out.
    pub uid: AlphabetUid,
    /// What other objects call `name`.
    pub label: String,
    /// `None` means "unknown", never "none", and so it does for `ranges`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_points: Option<Vec<CodePoint>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranges: Option<Vec<CodePointRange>>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// `POST /pim/alphabets`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAlphabet {
    pub label: String,
    /// Not sent where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_points: Vec<CodePoint>,
    #[serde(default)]
    pub ranges: Vec<CodePointRange>,
}

impl CodePoint {
    /// # Errors
    /// Where an alphabet cannot have this character.
    pub fn new(character: char) -> Result<Self, InvalidCodePoint> {
        match character {
            '\u{20}'..='\u{3ffff}' => Ok(Self(character)),
            _ => Err(InvalidCodePoint),
        }
    }

    pub fn character(self) -> char {
        self.0
    }
}

impl NewAlphabet {
    /// Whether it has a character at all, and no range that is the wrong way round.
    pub fn is_usable(&self) -> bool {
        let has_characters = !self.code_points.is_empty() || !self.ranges.is_empty();
        has_characters && self.ranges.iter().all(|range| range.from <= range.to)
    }
}

/// Hexadecimal digits, also after `U+`.
impl FromStr for CodePoint {
    type Err = InvalidCodePoint;

    fn from_str(text: &str) -> Result<Self, InvalidCodePoint> {
        let text = text.trim();
        let digits = text
            .strip_prefix("U+")
            .or_else(|| text.strip_prefix("u+"))
            .unwrap_or(text);
        let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !(4..=6).contains(&digits.len()) || !is_hexadecimal {
            return Err(InvalidCodePoint);
        }
        let scalar = u32::from_str_radix(digits, 16).map_err(|_| InvalidCodePoint)?;
        Self::new(char::from_u32(scalar).ok_or(InvalidCodePoint)?)
    }
}

impl TryFrom<String> for CodePoint {
    type Error = InvalidCodePoint;

    fn try_from(text: String) -> Result<Self, InvalidCodePoint> {
        text.parse()
    }
}

impl From<CodePoint> for String {
    fn from(code_point: CodePoint) -> Self {
        code_point.to_string()
    }
}

impl fmt::Display for CodePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", u32::from(self.0))
    }
}

impl From<Value> for Alphabet {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        Self {
            uid: take_identity(&mut fields, UID),
            label: take_identity(&mut fields, &["label", "name"]),
            code_points: take_object(&mut fields, "codePoints", |value| list(&value, code_point)),
            ranges: take_object(&mut fields, "ranges", |value| list(&value, range)),
            rest: rest(fields),
        }
    }
}

/// One entry that cannot be read makes the list unknown.
fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    match value {
        Value::Array(entries) => entries.iter().map(read).collect(),
        _ => None,
    }
}

/// Only of a text: the number 41 does not say whether its digits are hexadecimal.
fn code_point(value: &Value) -> Option<CodePoint> {
    value.as_str()?.parse().ok()
}

fn range(value: &Value) -> Option<CodePointRange> {
    Some(CodePointRange {
        from: code_point(value.get("from")?)?,
        to: code_point(value.get("to")?)?,
    })
}
