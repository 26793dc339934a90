//! Changes that wait for their review: the values of their forms, kept in memory for the account that sent them.

use std::collections::HashMap;

use gate::{Clock, Principal};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use uuid::Uuid;

/// How long a change waits.
const RETENTION: SignedDuration = SignedDuration::from_mins(30);

/// How many changes wait at most for one account. The oldest goes.
const MAX_OF_ONE_ACCOUNT: usize = 8;

/// Names and values of a form's fields: those of a list end in `[]`.
pub type FormValues = Vec<(String, String)>;

/// The fields of a form, for its review and the form after it, without those that answer the review.
pub fn values_of(form: &impl Serialize) -> FormValues {
    let fields = serde_json::to_value(form).unwrap_or_default();
    let mut values = FormValues::new();
    for (name, value) in fields.as_object().into_iter().flatten() {
        match value {
            _ if answers_review(name) => {}
            Value::String(text) => values.push((name.clone(), text.clone())),
            Value::Array(texts) => {
                let texts = texts.iter().filter_map(Value::as_str);
                values.extend(texts.map(|text| (format!("{name}[]"), text.to_owned())));
            }
            _ => {}
        }
    }
    values
}

/// The fields with the answer of the review, which counts for the change of this fingerprint.
pub fn reviewed(values: FormValues, fingerprint: impl Into<String>) -> FormValues {
    let answer = ("reviewed".to_owned(), fingerprint.into());
    [values, vec![answer]].concat()
}

/// Whether a field belongs to the page of the review.
fn answers_review(name: &str) -> bool {
    matches!(name, "reviewed" | "typed") || name.starts_with("confirm_")
}

/// The form with these values.
pub fn form_of<T: DeserializeOwned + Default>(values: &FormValues) -> T {
    let mut fields = Map::new();
    for (name, value) in values {
        let value = Value::String(value.clone());
        let Some(name) = name.strip_suffix("[]") else {
            fields.insert(name.clone(), value);
            continue;
        };
        let list = fields.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(value);
        }
    }
    serde_json::from_value(Value::Object(fields)).unwrap_or_default()
}

/// The changes that wait.
pub struct Reviews {
    changes: Mutex<HashMap<Uuid, Waiting>>,
    clock: Clock,
}

struct Waiting {
    owner: String,
    values: FormValues,
    at: Timestamp,
}

impl Reviews {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            changes: Mutex::default(),
            clock,
        }
    }

    /// Keeps a change of this person, and returns the key that leads to it.
    pub fn keep(&self, principal: &Principal, values: FormValues) -> String {
        self.sweep();
        let owner = &principal.user_name;
        let mut changes = self.changes.lock();
        let own = || changes.iter().filter(|(_, waiting)| waiting.owner == *owner);
        if own().count() >= MAX_OF_ONE_ACCOUNT {
            let oldest = own().min_by_key(|(_, waiting)| waiting.at).map(|(key, _)| *key);
            oldest.and_then(|oldest| changes.remove(&oldest));
        }
        let key = Uuid::new_v4();
        let waiting = Waiting {
            owner: owner.clone(),
            values,
            at: self.clock.now(),
        };
        changes.insert(key, waiting);
        key.simple().to_string()
    }

    /// The change of this key, if it is this person's and has not waited too long.
    pub fn get(&self, principal: &Principal, key: &str) -> Option<FormValues> {
        self.sweep();
        let key = Uuid::try_parse(key).ok()?;
        let changes = self.changes.lock();
        let waiting = changes.get(&key)?;
        (waiting.owner == principal.user_name).then(|| waiting.values.clone())
    }

    /// Drops changes that have waited too long.
    pub(crate) fn sweep(&self) {
        let now = self.clock.now();
        let mut changes = self.changes.lock();
        changes.retain(|_, waiting| now.duration_since(waiting.at) < RETENTION);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Form {
        name: String,
        members: Vec<String>,
        reviewed: String,
        typed: String,
        confirm_move: String,
    }

    proptest! {
        #[test]
        fn a_form_comes_back_without_what_answers_its_review(name: String, members: Vec<String>, answer: String) {
            let form = Form { name, members, ..Form::default() };
            let answered = Form {
                reviewed: answer.clone(),
                typed: answer.clone(),
                confirm_move: answer,
                ..form.clone()
            };
            let values = values_of(&answered);
            prop_assert_eq!(values.len(), 1 + form.members.len());
            prop_assert_eq!(form_of::<Form>(&values), form);
        }
    }
}
