//! The features of an organisation: switches and numbers, whose types the documents do not agree about.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use upstream::lenient;

/// The features that an organisation's package has, each with its value as it was read.
///
/// The document has texts (`"true"`, `"30"`), and one client works with booleans only (notes section 7): both are read,
/// and a value goes back in the type it came in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features(BTreeMap<String, Value>);

/// The value of a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeatureSetting {
    /// On or off.
    Switch(bool),
    /// A number, like the days of instant replay.
    Number(i64),
    /// Something else, as it came: it is shown and not changed.
    Other(String),
}

/// Why a feature cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeatureError {
    /// The organisation's package does not have it: the system would refuse it.
    #[error("the organisation's package does not have this feature")]
    NotInPackage,
    /// The feature's value is of another kind.
    #[error("the feature's value is of another kind")]
    OtherKind,
}

impl FeatureSetting {
    fn of(value: &Value) -> Self {
        let is_word = |text: &str| text.trim().parse::<i64>().is_err();
        match value {
            Value::Bool(on) => Self::Switch(*on),
            Value::Number(_) => number_or_other(value),
            Value::String(text) if is_word(text) => {
                lenient::as_boolean(value).map_or_else(|| Self::Other(text.clone()), Self::Switch)
            }
            value => number_or_other(value),
        }
    }

    /// This value in the type of another, which is of the same kind.
    fn in_type_of(&self, value: &Value) -> Option<Value> {
        match (self, Self::of(value)) {
            (Self::Switch(on), Self::Switch(_)) if value.is_string() => Some(json!(on.to_string())),
            (Self::Switch(on), Self::Switch(_)) => Some(json!(on)),
            (Self::Number(number), Self::Number(_)) if value.is_string() => Some(json!(number.to_string())),
            (Self::Number(number), Self::Number(_)) => Some(json!(number)),
            _ => None,
        }
    }
}

fn number_or_other(value: &Value) -> FeatureSetting {
    lenient::as_integer(value).map_or_else(
        || FeatureSetting::Other(value.to_string()),
        FeatureSetting::Number,
    )
}

impl fmt::Display for FeatureSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(true) => f.write_str("on"),
            Self::Switch(false) => f.write_str("off"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl Features {
    /// The value of a feature; `None` where the package does not have it.
    pub fn get(&self, name: &str) -> Option<FeatureSetting> {
        self.0.get(name).map(FeatureSetting::of)
    }

    /// Every feature by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, FeatureSetting)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), FeatureSetting::of(value)))
    }

    /// Sets a feature, in the type that it was read in.
    pub fn set(&mut self, name: &str, setting: &FeatureSetting) -> Result<(), FeatureError> {
        let value = self.0.get_mut(name).ok_or(FeatureError::NotInPackage)?;
        *value = setting.in_type_of(value).ok_or(FeatureError::OtherKind)?;
        Ok(())
    }

    pub(crate) fn body(&self) -> Value {
        json!(self.0)
    }
}

/// The object of an answer. Some servers write an empty object as an empty list.
impl<'de> Deserialize<'de> for Features {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = match Value::deserialize(deserializer)? {
            Value::Object(fields) => fields,
            Value::Array(list) if list.is_empty() => Map::new(),
            _ => return Err(serde::de::Error::custom("expected features by name")),
        };
        Ok(Self(fields.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn features(answer: Value) -> Features {
        serde_json::from_value(answer).expect("features")
    }

    #[test]
    fn values_go_back_in_the_type_they_came_in() {
        use FeatureSetting::{Number, Switch};
        let mut all = features(json!({
            "dlp": "true", "url_defense": true, "instant_replay": "30", "days": 7, "word": "beta", "none": null,
        }));
        assert_eq!(all.get("dlp"), Some(Switch(true)));
        assert_eq!(all.get("instant_replay"), Some(Number(30)));
        for (name, setting) in [
            ("dlp", Switch(false)),
            ("url_defense", Switch(false)),
            ("instant_replay", Number(10)),
            ("days", Number(1)),
        ] {
            all.set(name, &setting).expect("set");
        }
        let body = json!({
            "dlp": "false", "url_defense": false, "instant_replay": "10", "days": 1, "word": "beta", "none": null,
        });
        assert_eq!(all.body(), body);
        for (name, setting, expected) in [
            ("archive", Switch(true), FeatureError::NotInPackage),
            ("dlp", Number(1), FeatureError::OtherKind),
            ("instant_replay", Switch(true), FeatureError::OtherKind),
            ("word", Switch(true), FeatureError::OtherKind),
            ("none", Switch(true), FeatureError::OtherKind),
        ] {
            assert_eq!(all.set(name, &setting), Err(expected), "{name}");
        }
        assert_eq!(all.body(), body);
        assert_eq!(features(json!([])), Features::default());
    }

    proptest! {
        /// What is read and sent back unchanged is the same JSON.
        #[test]
        fn what_is_set_to_its_own_value_stays(
            text in "[a-z]{0,5}|-?[0-9]{1,4}|true|false",
            number in any::<i64>(),
            on in any::<bool>(),
        ) {
            let answer = json!({"a": text, "b": number, "c": on});
            let mut all = features(answer.clone());
            let settings: Vec<_> = all.iter().map(|(name, setting)| (name.to_owned(), setting)).collect();
            for (name, setting) in settings {
                // A word is not set at all; `01` is the number 1.
                if !text.starts_with('0') && !text.starts_with("-0") {
                    let _ = all.set(&name, &setting);
                }
            }
            prop_assert_eq!(all.body(), answer);
        }
    }
}
