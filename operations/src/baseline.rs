//! The values that a form showed: only what the person changed is sent over what is there now.

use std::fmt::Write as _;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Error, text::is_same, validation::Validation};

/// The values as one hidden field of the form.
pub fn encode(values: &impl Serialize) -> String {
    serde_json::to_string(values).unwrap_or_default()
}

/// The values that the form showed, as its hidden field `baseline` returns them.
///
/// # Errors
/// When the field is missing or altered: without it, a change of another person could be undone.
pub fn decode<T: DeserializeOwned>(field: &str) -> Result<T, Error> {
    serde_json::from_str(field).map_err(|_| missing())
}

/// The refusal of a form that does not say which values it showed.
pub(crate) fn missing() -> Error {
    Error::refused(
        "The form was incomplete.",
        "It does not say which values it showed. Reload the page and try again.",
    )
}

/// The number of characters of a [`fingerprint`]: SHA-256 as hexadecimal digits.
pub(crate) const FINGERPRINT_LENGTH: usize = 64;

/// Identifies a set of names in any order and case: a confirmation counts for exactly these.
pub fn fingerprint(names: &[String]) -> String {
    let mut names: Vec<_> = names.iter().map(|name| name.to_lowercase()).collect();
    names.sort_unstable();
    let mut hash = Sha256::new();
    for name in &names {
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name.as_bytes());
    }
    in_hexadecimal(&hash.finalize())
}

/// Identifies a value exactly.
pub(crate) fn digest(value: &impl Serialize) -> String {
    in_hexadecimal(&Sha256::digest(encode(value)))
}

fn in_hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The value to send for one field: `None` when the person did not change it.
///
/// A field that was changed by the person and meanwhile by another is reported with both values. Space around a value
/// and the kind of its line breaks do not count: forms return them changed.
pub fn changed<'a>(
    validation: &mut Validation,
    field: &str,
    shown: &str,
    submitted: &'a str,
    now: &str,
) -> Option<&'a str> {
    if is_same(submitted, shown) || is_same(submitted, now) {
        return None;
    }
    if !is_same(now, shown) {
        validation.add(field, conflict(now, submitted));
        return None;
    }
    Some(submitted)
}

/// The message at a field that two people changed, with both values.
fn conflict(now: &str, submitted: &str) -> String {
    let theirs = match now {
        "" => "This was emptied meanwhile.".to_owned(),
        now => format!("This was changed meanwhile to “{now}”."),
    };
    let yours = match submitted {
        "" => "You emptied it".to_owned(),
        submitted => format!("You entered “{submitted}”"),
    };
    format!("{theirs} {yours}: reload the page to decide again.")
}

/// A form in which the fields that the person did not change have their present values; see [`changed`]. Fields that
/// begin with `confirm_`, and the baseline itself, are taken as submitted.
pub fn merged<T: Serialize + DeserializeOwned + Clone>(
    validation: &mut Validation,
    shown: &T,
    submitted: &T,
    now: &T,
) -> T {
    let as_json = |form: &T| serde_json::to_value(form).unwrap_or_default();
    let (shown, now, mut form) = (as_json(shown), as_json(now), as_json(submitted));
    for (field, value) in form.as_object_mut().into_iter().flatten() {
        if field == "baseline" || field.starts_with("confirm_") {
            continue;
        }
        let texts = (in_words(&shown[field]), in_words(value), in_words(&now[field]));
        let (Some(shown), Some(submitted), Some(present)) = texts else {
            continue;
        };
        if changed(validation, field, &shown, &submitted, &present).is_none() {
            *value = now[field].clone();
        }
    }
    serde_json::from_value(form).unwrap_or_else(|_| submitted.clone())
}

/// A text, or the texts of a list one after the other.
fn in_words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(texts) => {
            let texts: Vec<_> = texts.iter().filter_map(Value::as_str).collect();
            Some(texts.join(", "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fingerprint_ignores_order_and_case() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(fingerprint(&names(&["a", "B"])), fingerprint(&names(&["b", "A"])));
        assert_ne!(fingerprint(&names(&["ab"])), fingerprint(&names(&["a", "b"])));
    }

    #[test]
    fn a_value_that_the_form_returned_with_other_space_is_not_changed() {
        let check = |shown: &str, submitted: &str, expected: Option<&str>| {
            let mut validation = Validation::default();
            assert_eq!(changed(&mut validation, "f", shown, submitted, shown), expected);
            assert!(validation.is_empty());
        };
        check("Reads ", "Reads", None);
        check("Reads\r\nall", "Reads\nall", None);
        check("Reads", "Reads all", Some("Reads all"));
    }

    #[test]
    fn a_conflict_shows_both_values_also_where_one_is_empty() {
        for (now, submitted, expected) in [
            (
                "b",
                "c",
                "This was changed meanwhile to “b”. You entered “c”: reload the page to decide again.",
            ),
            (
                "",
                "c",
                "This was emptied meanwhile. You entered “c”: reload the page to decide again.",
            ),
            (
                "b",
                "",
                "This was changed meanwhile to “b”. You emptied it: reload the page to decide again.",
            ),
        ] {
            let mut validation = Validation::default();
            changed(&mut validation, "f", "a", submitted, now);
            let error = validation.finish().expect_err("both changed it");
            assert_eq!(error.in_one_line(), expected);
        }
    }

    proptest! {
        #[test]
        fn a_change_of_another_person_is_never_overwritten(shown in "[ab]", submitted in "[ab]", now in "[abc]") {
            let mut validation = Validation::default();
            let sent = changed(&mut validation, "f", &shown, &submitted, &now).map(ToOwned::to_owned);
            if now != shown {
                prop_assert_eq!(sent, None);
            } else if submitted != shown {
                prop_assert_eq!(sent, Some(submitted));
            } else {
                prop_assert_eq!(sent, None);
                prop_assert!(validation.is_empty());
            }
        }
    }
}
