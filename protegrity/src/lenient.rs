//! Field readers for `#[serde(deserialize_with)]`: a value of another shape than documented is absent, never
//! an error.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::{Json, RoleName};

pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Json::deserialize(deserializer)?.into_text())
}

/// Like [`text`], with an absent value as the empty text.
pub(crate) fn text_or_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    Ok(T::from(text(deserializer)?.unwrap_or_default()))
}

pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(Json::deserialize(deserializer)?.as_integer())
}

pub(crate) fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(Json::deserialize(deserializer)?.as_bool())
}

/// Like [`boolean`], with an absent value as `false`.
pub(crate) fn boolean_or_false<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(boolean(deserializer)?.unwrap_or_default())
}

pub(crate) fn role_names<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<RoleName>>, D::Error> {
    Ok(names(Json::deserialize(deserializer)?))
}

pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    Ok(names(Json::deserialize(deserializer)?))
}

/// Every name that can be read, for a list that may be partial.
pub(crate) fn names_or_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    let value = Json::deserialize(deserializer)?;
    let found = entries(value).into_iter().flatten().filter_map(name);
    Ok(found.map(T::from).collect())
}

/// A list of names, whether its entries are strings, numbers or objects with a `name`; one string is a list
/// of one. One entry that cannot be read makes it "not told": a change sends the list back in full, and would
/// take away what was left out here.
pub(crate) fn names<T: From<String>>(value: Json) -> Option<Vec<T>> {
    let names = entries(value)?.into_iter().map(name);
    names.map(|name| name.map(T::from)).collect()
}

fn entries(value: Json) -> Option<Vec<Json>> {
    match value {
        Json::List(items) => Some(items),
        Json::Text(_) => Some(vec![value]),
        _ => None,
    }
}

/// The name of one entry: the entry itself or its `name`. An empty one is none.
pub(crate) fn name(entry: Json) -> Option<String> {
    let text = match entry {
        Json::Object(mut object) => object.remove("name")?.into_text(),
        other => other.into_text(),
    };
    text.filter(|text| !text.is_empty())
}

/// The fields of an object that are not yet taken. For types whose answer spells a field in more than one
/// way: serde's `alias` fails where both spellings come.
pub(crate) struct Fields(pub(crate) BTreeMap<String, Json>);

impl Fields {
    /// Of anything but an object: no fields.
    pub fn of(value: Json) -> Self {
        match value {
            Json::Object(fields) => Self(fields),
            _ => Self(BTreeMap::new()),
        }
    }

    /// A field is taken only when its value could be read.
    fn take<T>(&mut self, key: &str, read: impl Fn(&Json) -> Option<T>) -> Option<T> {
        let value = self.0.get(key)?;
        let taken = read(value);
        if taken.is_some() || *value == Json::Null {
            self.0.remove(key);
        }
        taken
    }

    pub fn integer(&mut self, key: &str) -> Option<i64> {
        self.take(key, Json::as_integer)
    }

    pub fn boolean(&mut self, key: &str) -> Option<bool> {
        self.take(key, Json::as_bool)
    }

    pub fn text(&mut self, key: &str) -> Option<String> {
        self.take(key, |value| value.clone().into_text())
    }

    /// The text of the first of the keys that has one.
    pub fn first_text(&mut self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.text(key))
    }

    /// A text that tells which thing it is; the empty one where there is none.
    pub fn identity<T: From<String>>(&mut self, keys: &[&str]) -> T {
        T::from(self.first_text(keys).unwrap_or_default())
    }

    /// A list of names, see [`names`].
    pub fn names<T: From<String>>(&mut self, key: &str) -> Option<Vec<T>> {
        names(self.0.remove(key)?)
    }

    /// An object whose values may be anything; the empty one where there is none.
    pub fn object(&mut self, key: &str) -> BTreeMap<String, Json> {
        match self.0.remove(key) {
            Some(Json::Object(object)) => object,
            _ => BTreeMap::new(),
        }
    }
}
