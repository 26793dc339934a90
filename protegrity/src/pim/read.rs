//! What reading the rows of policy management has in common.

use std::collections::BTreeMap;

use serde_json::Value;
use upstream::lenient::{self, Fields};

/// The keys of an object's own identifier: the vendor's client reads `uid`, else `id` (notes section 9).
pub const UID: &[&str] = &["uid", "id"];

/// The fields of a row; a bare text is its name.
pub fn row(value: Value) -> Fields {
    match value {
        name @ Value::String(_) => Fields(serde_json::Map::from_iter([("name".to_owned(), name)])),
        value => Fields::of(value),
    }
}

/// Takes the fields that identify the object; the text of the first that has one.
pub fn take_identity<T: From<String>>(fields: &mut Fields, keys: &[&str]) -> T {
    let identity = fields.identity(keys);
    for key in keys {
        fields.0.remove(*key);
    }
    identity
}

/// The fields that were not taken: nothing that the cluster said is lost when an object is sent back.
pub fn rest(fields: Fields) -> BTreeMap<String, Value> {
    fields.0.into_iter().collect()
}

/// The uid that refers to another object: a text, a number, or the object with its uid.
pub fn reference<T: From<String>>(value: Value) -> Option<T> {
    let uid = match value {
        Value::Object(mut object) => UID
            .iter()
            .find_map(|key| lenient::into_text(object.remove(*key)?)),
        value => lenient::into_text(value),
    };
    uid.filter(|uid| !uid.trim().is_empty()).map(T::from)
}

/// Takes the field if it refers to another object, or to none.
pub fn take_reference<T: From<String>>(fields: &mut Fields, key: &str) -> Option<T> {
    let value = fields.0.get(key)?;
    let is_none = value.is_null() || value.as_str().is_some_and(|uid| uid.trim().is_empty());
    let uid = reference(value.clone());
    if uid.is_some() || is_none {
        fields.0.remove(key);
    }
    uid
}

/// The uids of a list. One entry that cannot be read makes the list unknown: a deployment that was shown without it
/// would say that something is not deployed that is.
pub fn references<T: From<String>>(value: Value) -> Option<Vec<T>> {
    match value {
        Value::Array(entries) => entries.into_iter().map(reference).collect(),
        _ => None,
    }
}

/// Takes the field if it is a count of something.
pub fn take_count(fields: &mut Fields, key: &str) -> Option<u32> {
    let count = u32::try_from(lenient::as_integer(fields.0.get(key)?)?).ok()?;
    fields.0.remove(key);
    Some(count)
}

/// Takes the field if it is one of the cluster's words.
pub fn take_word<T: From<String>>(fields: &mut Fields, key: &str) -> Option<T> {
    let word = fields.text(key)?;
    (!word.trim().is_empty()).then(|| T::from(word))
}

/// Takes the field if it is an object that can be read.
pub fn take_object<T>(fields: &mut Fields, key: &str, read: impl Fn(Value) -> Option<T>) -> Option<T> {
    let object = read(fields.0.get(key)?.clone())?;
    fields.0.remove(key);
    Some(object)
}
