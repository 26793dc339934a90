//! Reads JSON whose values have another shape than documented: such a value is absent, never an error.
//!
//! Three kinds of readers: of one value (`as_…`, `into_…`), of a field for `#[serde(deserialize_with)]`, and of an
//! object whose fields have several spellings ([`Fields`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Number, Value};

/// Beyond this a float no longer counts in ones, so it says nothing exact about a whole number.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The text of a string or of a number; nothing for the rest.
pub fn into_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(digits(&number)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `300` for `300.0` as well: where a text is documented, a number is most likely an identifier.
fn digits(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float.to_string(),
        _ => number.to_string(),
    }
}

/// A whole number, also out of a string (`"300"`) or a float without fraction (`300.0`).
pub fn as_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| text.parse().ok().and_then(whole))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn whole(number: f64) -> Option<i64> {
    if number.fract() != 0.0 || number.abs() > LARGEST_EXACT {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within 53 bits: checked above"
    )]
    let number = number as i64;
    Some(number)
}

/// A truth value, also out of `"true"`, `"no"`, `1` and their like.
pub fn as_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The name of one entry: the entry itself or its `name`. An empty one is none.
pub fn into_name(entry: Value) -> Option<String> {
    let text = match entry {
        Value::Object(mut object) => into_text(object.remove("name")?),
        other => into_text(other),
    };
    text.filter(|text| !text.is_empty())
}

/// A list of names, whether its entries are strings, numbers or objects with a `name`; one string is a list
/// of one. One entry that cannot be read makes the list unknown: a change sends the list back in full, and would
/// take away what was left out here.
pub fn into_names<T: From<String>>(value: Value) -> Option<Vec<T>> {
    let names = entries(value)?.into_iter().map(into_name);
    names.map(|name| name.map(T::from)).collect()
}

fn entries(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items),
        Value::String(_) => Some(vec![value]),
        _ => None,
    }
}

pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(into_text(Value::deserialize(deserializer)?))
}

/// Like [`text`], with an absent value as the empty text.
pub fn text_or_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    Ok(T::from(text(deserializer)?.unwrap_or_default()))
}

/// One of the system's own words, or another text with a type of its own; an empty one is absent.
pub fn word<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    let text = text(deserializer)?.filter(|text| !text.trim().is_empty());
    Ok(text.map(T::from))
}

/// An object or a list that can be read as a whole.
pub fn readable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(as_integer(&Value::deserialize(deserializer)?))
}

pub fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(as_boolean(&Value::deserialize(deserializer)?))
}

/// Like [`boolean`], with an absent value as `false`.
pub fn boolean_or_false<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(boolean(deserializer)?.unwrap_or_default())
}

/// See [`into_names`].
pub fn names<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    Ok(into_names(Value::deserialize(deserializer)?))
}

/// Every name that can be read, for a list that may be partial.
pub fn names_or_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    let value = Value::deserialize(deserializer)?;
    let found = entries(value).into_iter().flatten().filter_map(into_name);
    Ok(found.map(T::from).collect())
}

/// The fields of an object that are not yet taken. For types whose answer spells a field in more than one
/// way: serde's `alias` fails where both spellings come.
pub struct Fields(pub Map<String, Value>);

impl Fields {
    /// Of anything but an object: no fields.
    pub fn of(value: Value) -> Self {
        match value {
            Value::Object(fields) => Self(fields),
            _ => Self(Map::new()),
        }
    }

    /// A field is taken only when its value could be read.
    fn take<T>(&mut self, key: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let value = self.0.get(key)?;
        let taken = read(value);
        if taken.is_some() || value.is_null() {
            self.0.remove(key);
        }
        taken
    }

    pub fn integer(&mut self, key: &str) -> Option<i64> {
        self.take(key, as_integer)
    }

    pub fn boolean(&mut self, key: &str) -> Option<bool> {
        self.take(key, as_boolean)
    }

    pub fn text(&mut self, key: &str) -> Option<String> {
        self.take(key, |value| into_text(value.clone()))
    }

    /// The text of the first of the keys that has one.
    pub fn first_text(&mut self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.text(key))
    }

    /// A text that identifies the object; the empty one where there is none.
    pub fn identity<T: From<String>>(&mut self, keys: &[&str]) -> T {
        T::from(self.first_text(keys).unwrap_or_default())
    }

    /// A list of names, see [`into_names`].
    pub fn names<T: From<String>>(&mut self, key: &str) -> Option<Vec<T>> {
        into_names(self.0.remove(key)?)
    }

    /// An object whose values may be anything; the empty one where there is none.
    pub fn object(&mut self, key: &str) -> BTreeMap<String, Value> {
        match self.0.remove(key) {
            Some(Value::Object(object)) => object.into_iter().collect(),
            _ => BTreeMap::new(),
        }
    }
}
