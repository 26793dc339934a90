//! Reading JSON bodies the way FastAPI does: every flaw is reported, with its place.

use crate::refusal::{Flaw, Refusal};
use serde_json::{Map, Value, json};

/// The fields of a JSON object, and what has been wrong with those read so far.
#[derive(Debug)]
pub(crate) struct Fields {
    map: Map<String, Value>,
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
            Ok(Value::Object(map)) => Ok(Self {
                map,
                flaws: Vec::new(),
            }),
            Ok(_) => {
                let text = "Input should be a valid dictionary or object to extract fields from";
                Err(Refusal::Invalid(vec![flaw(
                    "model_attributes_type",
                    vec![json!("body")],
                    text,
                )]))
            }
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
        if !self.map.contains_key(name) {
            self.flaw(name, "missing", "Field required");
        } else if self.map[name].is_null() {
            self.flaw(name, "string_type", "Input should not be null");
        }
        read(self, name)
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

    /// The reference says "array" and samples an object (line 986), so either will do.
    pub(crate) fn object_or_list(&mut self, name: &str) {
        let text = "Input should be a valid dictionary or list";
        self.read(name, "dict_type", text, |value| {
            (value.is_object() || value.is_array()).then_some(())
        });
    }

    /// Refuses when anything read was flawed.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.flaws.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Invalid(self.flaws))
        }
    }

    fn read<T>(
        &mut self,
        name: &str,
        kind: &'static str,
        text: &str,
        take: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
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

    fn flaw(&mut self, name: &str, kind: &'static str, text: &str) {
        self.flaws
            .push(flaw(kind, vec![json!("body"), json!(name)], text));
    }
}

pub(crate) fn flaw(kind: &'static str, loc: Vec<Value>, text: impl Into<String>) -> Flaw {
    Flaw {
        kind,
        loc,
        msg: text.into(),
    }
}
