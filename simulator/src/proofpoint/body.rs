//! [`Body`]: reads JSON bodies, and names the field that is wrong. Unknown fields are ignored: the vendor's clients send
//! back what they have read.

use super::failure::Failure;
use serde_json::{Map, Value};

/// The fields of a JSON object. A field that is null counts as absent.
#[derive(Debug)]
pub(super) struct Body(Map<String, Value>);

/// The JSON of a body.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(bytes).map_err(|error| Failure::bad_request(&error.to_string(), "body"))
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Failure> {
        Self::of(parse(bytes)?)
    }

    pub(super) fn of(value: Value) -> Result<Self, Failure> {
        match value {
            Value::Object(map) => Ok(Self(map)),
            _ => Err(Failure::invalid("body", "an object is required")),
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        self.get(name, "a string is required", |value| {
            value.as_str().map(|text| text.trim().to_owned())
        })
    }

    /// A mandatory text that is not empty.
    pub(super) fn required_text(&self, name: &str) -> Result<String, Failure> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| Failure::invalid(name, "a value is required"))
    }

    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Failure> {
        self.get(name, "a boolean is required", Value::as_bool)
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<u32>, Failure> {
        self.get(name, "a number is required", |value| {
            value.as_u64().and_then(|number| u32::try_from(number).ok())
        })
    }

    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Failure> {
        self.get(name, "a list of strings is required", texts)
    }

    /// One of the names of an enumeration.
    pub(super) fn choice(
        &self,
        name: &str,
        choices: &[&'static str],
    ) -> Result<Option<&'static str>, Failure> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let found = choices.iter().find(|choice| **choice == text);
        let message = || Failure::invalid(name, format!("must be one of {}", choices.join(", ")));
        found.copied().map(Some).ok_or_else(message)
    }

    fn get<T>(
        &self,
        name: &str,
        message: &str,
        convert: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        convert(value)
            .map(Some)
            .ok_or_else(|| Failure::invalid(name, message))
    }
}

/// The texts of a list, without the spaces around each.
fn texts(value: &Value) -> Option<Vec<String>> {
    let items = value.as_array()?.iter();
    items.map(|item| Some(item.as_str()?.trim().to_owned())).collect()
}
