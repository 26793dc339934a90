//! Masks: which characters of a value are hidden when it is unprotected (notes section 3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    MaskUid,
    read::{UID, rest, row, take_count, take_identity},
};

/// A mask as `GET /pim/masks` gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct Mask {
    /// Empty where the cluster left it out.
    pub uid: MaskUid,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_left: Option<u32>,
    /// Characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_right: Option<u32>,
    /// See [`NewMask::masked`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character: Option<String>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// `POST /pim/masks`. All of it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewMask {
    pub name: String,
    pub description: String,
    /// Characters.
    pub from_left: u32,
    /// Characters.
    pub from_right: u32,
    /// Whether the two ends are masked and the middle is in clear, or the other way round.
    pub masked: bool,
    /// What stands for a character that is masked.
    pub character: char,
}

impl NewMask {
    /// What the mask makes of a value, for an example on screen.
    pub fn apply(&self, value: &str) -> String {
        let length = value.chars().count();
        let (left, right) = (count(self.from_left), count(self.from_right));
        let masked = value.chars().enumerate().map(|(index, character)| {
            let is_end = index < left || index >= length.saturating_sub(right);
            if is_end == self.masked {
                self.character
            } else {
                character
            }
        });
        masked.collect()
    }
}

fn count(characters: u32) -> usize {
    usize::try_from(characters).unwrap_or(usize::MAX)
}

impl From<Value> for Mask {
    fn from(value: Value) -> Self {
        let mut fields = row(value);
        Self {
            uid: take_identity(&mut fields, UID),
            name: take_identity(&mut fields, &["name"]),
            description: fields.text("description"),
            from_left: take_count(&mut fields, "fromLeft"),
            from_right: take_count(&mut fields, "fromRight"),
            masked: fields.boolean("masked"),
            character: fields.text("character"),
            rest: rest(fields),
        }
    }
}
