//! Field readers for `#[serde(deserialize_with)]`: a value of another shape than documented is absent, never
//! an error.

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

/// Like [`names`], with an absent value as the empty list.
pub(crate) fn names_or_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    Ok(names(Json::deserialize(deserializer)?).unwrap_or_default())
}

/// A list of names, whether its entries are strings, numbers or objects with a `name`; one string is a list
/// of one.
fn names<T: From<String>>(value: Json) -> Option<Vec<T>> {
    match value {
        Json::List(items) => Some(items.into_iter().filter_map(name).map(T::from).collect()),
        Json::Text(_) => name(value).map(|name| vec![T::from(name)]),
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
