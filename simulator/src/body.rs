//! [`Fields`]: reads JSON bodies as FastAPI does, which reports every error with its location.

use crate::refusal::{FieldError, Refusal};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const NOT_AN_OBJECT: &str = "Input should be a valid dictionary or object to extract fields from";

/// The fields of a JSON object, and the errors of the fields read so far.
#[derive(Debug)]
pub(crate) struct Fields {
    map: Map<String, Value>,
    /// The location of the object: the body itself, or a value inside it.
    location: Vec<Value>,
    /// The names read. Every other field is unknown to the reference and therefore an error.
    known: BTreeSet<String>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Reads a body. `read` returns defaults for invalid fields; this function then returns the errors in its place.
    pub(crate) fn read<T>(body: &[u8], read: impl FnOnce(&mut Self) -> T) -> Result<T, Refusal> {
        let Value::Object(map) = parse(body)? else {
            return Err(invalid(
                "model_attributes_type",
                vec![json!("body")],
                NOT_AN_OBJECT,
            ));
        };
        let mut fields = Self::at(vec![json!("body")], map);
        let value = read(&mut fields);
        fields.finish(value)
    }

    /// Reads a body that is a list of objects; `read` reads one of them.
    pub(crate) fn read_list<T>(body: &[u8], read: impl Fn(&mut Self) -> T) -> Result<Vec<T>, Refusal> {
        let Value::Array(items) = parse(body)? else {
            let location = vec![json!("body")];
            return Err(invalid("list_type", location, "Input should be a valid list"));
        };
        let mut fields = Self::at(vec![json!("body")], Map::new());
        let items = items.into_iter().enumerate();
        let read = items
            .filter_map(|(index, item)| fields.child(&[json!(index)], item, &read))
            .collect();
        fields.finish(read)
    }

    /// The value read, or the errors in its place.
    fn finish<T>(self, value: T) -> Result<T, Refusal> {
        let errors = self.into_errors();
        if errors.is_empty() {
            Ok(value)
        } else {
            Err(Refusal::Invalid(errors))
        }
    }

    fn at(location: Vec<Value>, map: Map<String, Value>) -> Self {
        Self {
            map,
            location,
            known: BTreeSet::new(),
            errors: Vec::new(),
        }
    }

    /// A mandatory text of at least one character and at most `max`.
    pub(crate) fn limited(&mut self, name: &str, max: usize) -> String {
        let text = self.required(name);
        if text.chars().count() > max {
            let message = format!("String should have at most {max} characters");
            self.reject(name, "string_too_long", &message);
        }
        text
    }

    /// A mandatory text of at least one character.
    pub(crate) fn required(&mut self, name: &str) -> String {
        let text = self.required_value(name, Self::text).unwrap_or_default();
        if text.is_empty() && !self.has_error(name) {
            self.reject(
                name,
                "string_too_short",
                "String should have at least 1 character",
            );
        }
        text
    }

    pub(crate) fn required_value<T>(
        &mut self,
        name: &str,
        read: fn(&mut Self, &str) -> Option<T>,
    ) -> Option<T> {
        self.require(name);
        read(self, name)
    }

    /// Adds an error when a field is absent or null.
    pub(crate) fn require(&mut self, name: &str) {
        if !self.map.contains_key(name) {
            self.reject(name, "missing", "Field required");
        } else if self.map[name].is_null() {
            self.reject(name, "string_type", "Input should not be null");
        }
    }

    /// A mandatory text that may be null.
    pub(crate) fn nullable(&mut self, name: &str) -> Option<String> {
        if !self.map.contains_key(name) {
            self.reject(name, "missing", "Field required");
        }
        self.text(name)
    }

    /// An optional text that must not be null.
    pub(crate) fn absent_or_text(&mut self, name: &str) -> Option<String> {
        if self.map.get(name).is_some_and(Value::is_null) {
            self.reject(name, "string_type", "Input should be a valid string");
        }
        self.text(name)
    }

    /// A mandatory text that is a UUID.
    pub(crate) fn uuid(&mut self, name: &str) -> String {
        let text = self.required(name);
        if !self.has_error(name) && text.parse::<Uuid>().is_err() {
            self.reject(name, "uuid_parsing", "Input should be a valid UUID");
        }
        text
    }

    /// An optional text, which may be null.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.value(name, "string_type", "Input should be a valid string", |value| {
            value.as_str().map(str::to_owned)
        })
    }

    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        self.value(
            name,
            "bool_type",
            "Input should be a valid boolean",
            Value::as_bool,
        )
    }

    /// An integer above 0.
    pub(crate) fn positive(&mut self, name: &str) -> Option<u32> {
        let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        self.value(
            name,
            "int_type",
            "Input should be a valid integer greater than 0",
            |value| number(value).filter(|number| *number > 0),
        )
    }

    /// An integer from 0 on.
    pub(crate) fn count(&mut self, name: &str) -> Option<u32> {
        self.value(
            name,
            "int_type",
            "Input should be a valid integer greater than or equal to 0",
            |value| value.as_u64().and_then(|number| u32::try_from(number).ok()),
        )
    }

    /// One of the names of an enumeration.
    pub(crate) fn choice<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.known.insert(name.to_owned());
        let value = self.map.get(name).filter(|value| !value.is_null())?;
        match T::deserialize(value) {
            Ok(choice) => Some(choice),
            Err(error) => {
                self.reject(name, "enum", &error.to_string());
                None
            }
        }
    }

    /// A mandatory name of an enumeration.
    pub(crate) fn required_choice<T: DeserializeOwned + Default>(&mut self, name: &str) -> T {
        self.require(name);
        self.choice(name).unwrap_or_default()
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.value(
            name,
            "list_type",
            "Input should be a valid list of strings",
            |value| {
                value
                    .as_array()?
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect()
            },
        )
    }

    pub(crate) fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        self.value(name, "dict_type", "Input should be a valid dictionary", |value| {
            value.as_object().cloned()
        })
    }

    /// Whether a field is a list, of any items.
    pub(crate) fn is_list(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(Value::is_array)
    }

    /// An optional object; `read` reads its fields.
    pub(crate) fn nested<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.known.insert(name.to_owned());
        let value = self.map.get(name).filter(|value| !value.is_null())?.clone();
        self.child(&[json!(name)], value, read)
    }

    /// A mandatory object; `read` reads its fields.
    pub(crate) fn required_nested<T: Default>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        self.require(name);
        self.nested(name, read).unwrap_or_default()
    }

    /// The fields as they were sent, without those that are null.
    pub(crate) fn sent(&self) -> Map<String, Value> {
        let sent = self.map.iter().filter(|(_, value)| !value.is_null());
        sent.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// A list of objects; `read` reads one of them.
    pub(crate) fn objects<T>(&mut self, name: &str, read: impl Fn(&mut Self) -> T) -> Option<Vec<T>> {
        let items = self.value(name, "list_type", "Input should be a valid list", |value| {
            value.as_array().cloned()
        })?;
        let items = items.into_iter().enumerate();
        Some(
            items
                .filter_map(|(index, item)| self.child(&[json!(name), json!(index)], item, &read))
                .collect(),
        )
    }

    /// An object of objects; `read` reads one of them.
    pub(crate) fn entries<T>(
        &mut self,
        name: &str,
        read: impl Fn(&mut Self) -> T,
    ) -> Option<Vec<(String, T)>> {
        let entries = self.object(name)?.into_iter();
        Some(
            entries
                .filter_map(|(key, value)| {
                    let read = self.child(&[json!(name), json!(key)], value, &read)?;
                    Some((key, read))
                })
                .collect(),
        )
    }

    fn child<T>(&mut self, location: &[Value], value: Value, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let location = [self.location.as_slice(), location].concat();
        let Value::Object(map) = value else {
            self.errors
                .push(field_error("model_attributes_type", location, NOT_AN_OBJECT));
            return None;
        };
        let mut child = Self::at(location, map);
        let read = read(&mut child);
        self.errors.extend(child.into_errors());
        Some(read)
    }

    fn into_errors(mut self) -> Vec<FieldError> {
        let unknown: Vec<_> = self
            .map
            .keys()
            .filter(|name| !self.known.contains(*name))
            .cloned()
            .collect();
        for name in unknown {
            self.reject(&name, "extra_forbidden", "Extra inputs are not permitted");
        }
        self.errors
    }

    fn value<T>(
        &mut self,
        name: &str,
        kind: &'static str,
        text: &str,
        convert: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        self.known.insert(name.to_owned());
        let value = self.map.get(name).filter(|value| !value.is_null())?;
        let converted = convert(value);
        if converted.is_none() {
            self.reject(name, kind, text);
        }
        converted
    }

    fn has_error(&self, name: &str) -> bool {
        self.errors
            .iter()
            .any(|error| error.loc.last().is_some_and(|last| last == name))
    }

    /// Adds an error of a field.
    pub(crate) fn reject(&mut self, name: &str, kind: &'static str, text: &str) {
        let location = [self.location.as_slice(), &[json!(name)]].concat();
        self.errors.push(field_error(kind, location, text));
    }
}

/// The JSON of a body.
fn parse(bytes: &[u8]) -> Result<Value, Refusal> {
    if bytes.is_empty() {
        return Err(invalid("missing", vec![json!("body")], "Field required"));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let location = vec![json!("body"), json!(error.column())];
        invalid("json_invalid", location, "JSON decode error")
    })
}

fn invalid(kind: &'static str, location: Vec<Value>, text: &str) -> Refusal {
    Refusal::Invalid(vec![field_error(kind, location, text)])
}

pub(crate) fn field_error(kind: &'static str, loc: Vec<Value>, text: impl Into<String>) -> FieldError {
    FieldError {
        kind,
        loc,
        msg: text.into(),
    }
}
