//! Reading JSON bodies the way FastAPI does: every flaw is reported, with its place.

use crate::refusal::{Flaw, Refusal};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const NO_OBJECT: &str = "Input should be a valid dictionary or object to extract fields from";

/// The fields of a JSON object, and what has been wrong with those read so far.
#[derive(Debug)]
pub(crate) struct Fields {
    map: Map<String, Value>,
    /// Where the object is: the body itself, or something in it.
    place: Vec<Value>,
    /// The names asked for. Any other field is one that the reference does not have, and is refused.
    known: BTreeSet<String>,
    flaws: Vec<Flaw>,
}

impl Fields {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::Invalid(vec![flaw(
                "missing",
                vec![json!("body")],
                "Field required",
            )]));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(map)) => Ok(Self::at(vec![json!("body")], map)),
            Ok(_) => Err(Refusal::Invalid(vec![flaw(
                "model_attributes_type",
                vec![json!("body")],
                NO_OBJECT,
            )])),
            Err(error) => {
                let place = vec![json!("body"), json!(error.column())];
                Err(Refusal::Invalid(vec![flaw(
                    "json_invalid",
                    place,
                    "JSON decode error",
                )]))
            }
        }
    }

    fn at(place: Vec<Value>, map: Map<String, Value>) -> Self {
        Self {
            map,
            place,
            known: BTreeSet::new(),
            flaws: Vec::new(),
        }
    }

    /// The fields as they came.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.map
    }

    /// A text that must be there and not be empty. After a flaw it is empty, and [`Fields::finish`] says so.
    pub(crate) fn required(&mut self, name: &str) -> String {
        let text = self.required_value(name, Self::text).unwrap_or_default();
        if text.is_empty() && !self.is_flawed(name) {
            self.flaw(
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
        self.must_have(name);
        read(self, name)
    }

    /// Says that a field must be there and not be null.
    pub(crate) fn must_have(&mut self, name: &str) {
        if !self.map.contains_key(name) {
            self.flaw(name, "missing", "Field required");
        } else if self.map[name].is_null() {
            self.flaw(name, "string_type", "Input should not be null");
        }
    }

    /// A text that must be there and may be null.
    pub(crate) fn nullable(&mut self, name: &str) -> Option<String> {
        if !self.map.contains_key(name) {
            self.flaw(name, "missing", "Field required");
        }
        self.text(name)
    }

    /// A text that may be absent and must not be null.
    pub(crate) fn absent_or_text(&mut self, name: &str) -> Option<String> {
        if self.map.get(name).is_some_and(Value::is_null) {
            self.flaw(name, "string_type", "Input should be a valid string");
        }
        self.text(name)
    }

    /// A text that must be there and be a UUID.
    pub(crate) fn uuid(&mut self, name: &str) -> String {
        let text = self.required(name);
        if !self.is_flawed(name) && text.parse::<Uuid>().is_err() {
            self.flaw(name, "uuid_parsing", "Input should be a valid UUID");
        }
        text
    }

    /// A text; absent and null are the same.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.read(name, "string_type", "Input should be a valid string", |value| {
            value.as_str().map(str::to_owned)
        })
    }

    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        self.read(
            name,
            "bool_type",
            "Input should be a valid boolean",
            Value::as_bool,
        )
    }

    /// A whole number above 0.
    pub(crate) fn positive(&mut self, name: &str) -> Option<u32> {
        let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        self.read(
            name,
            "int_type",
            "Input should be a valid integer greater than 0",
            |value| number(value).filter(|number| *number > 0),
        )
    }

    /// A list of texts.
    pub(crate) fn names(&mut self, name: &str) -> Option<Vec<String>> {
        self.read(
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
        self.read(name, "dict_type", "Input should be a valid dictionary", |value| {
            value.as_object().cloned()
        })
    }

    /// Whether a field is a list, whatever is in it.
    pub(crate) fn is_list(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(Value::is_array)
    }

    /// A list of objects, each read by itself.
    pub(crate) fn each<T>(&mut self, name: &str, read: impl Fn(&mut Self) -> T) -> Option<Vec<T>> {
        let items = self.read(name, "list_type", "Input should be a valid list", |value| {
            value.as_array().cloned()
        })?;
        let items = items.into_iter().enumerate();
        Some(
            items
                .filter_map(|(index, item)| self.child(&[json!(name), json!(index)], item, &read))
                .collect(),
        )
    }

    /// An object of objects, each read by itself.
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

    fn child<T>(&mut self, place: &[Value; 2], value: Value, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let place = [self.place.as_slice(), place].concat();
        let Value::Object(map) = value else {
            self.flaws.push(flaw("model_attributes_type", place, NO_OBJECT));
            return None;
        };
        let mut child = Self::at(place, map);
        let read = read(&mut child);
        self.flaws.extend(child.into_flaws());
        Some(read)
    }

    /// Refuses when anything read was flawed, or when there was something that nobody asked for.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        let flaws = self.into_flaws();
        if flaws.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Invalid(flaws))
        }
    }

    fn into_flaws(mut self) -> Vec<Flaw> {
        let unknown: Vec<_> = self
            .map
            .keys()
            .filter(|name| !self.known.contains(*name))
            .cloned()
            .collect();
        for name in unknown {
            self.flaw(&name, "extra_forbidden", "Extra inputs are not permitted");
        }
        self.flaws
    }

    fn read<T>(
        &mut self,
        name: &str,
        kind: &'static str,
        text: &str,
        take: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        self.known.insert(name.to_owned());
        let value = self.map.get(name).filter(|value| !value.is_null())?;
        let taken = take(value);
        if taken.is_none() {
            self.flaw(name, kind, text);
        }
        taken
    }

    fn is_flawed(&self, name: &str) -> bool {
        self.flaws
            .iter()
            .any(|flaw| flaw.loc.last().is_some_and(|last| last == name))
    }

    /// Says what is wrong with a field.
    pub(crate) fn flaw(&mut self, name: &str, kind: &'static str, text: &str) {
        let place = [self.place.as_slice(), &[json!(name)]].concat();
        self.flaws.push(flaw(kind, place, text));
    }
}

pub(crate) fn flaw(kind: &'static str, loc: Vec<Value>, text: impl Into<String>) -> Flaw {
    Flaw {
        kind,
        loc,
        msg: text.into(),
    }
}
