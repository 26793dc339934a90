//! The state of an object after a write, beside what was sent.

use serde::{Deserialize, Serialize};

/// The result of reading an object again after it was written. Whether the cluster replaces its lists by what it is
/// sent or adds to them is not documented (notes on the reference, row 36).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadBack {
    /// It is as it was sent.
    AsSent,
    /// It differs, in sentences.
    Differs(String),
    /// It could not be read again.
    Unread,
}

impl ReadBack {
    /// What these comparisons come to, each a sentence where something differs; see [`crate::merge::difference`].
    pub fn of(differences: impl IntoIterator<Item = Option<String>>) -> Self {
        let sentences: Vec<_> = differences.into_iter().flatten().collect();
        if sentences.is_empty() {
            Self::AsSent
        } else {
            Self::Differs(sentences.join(" "))
        }
    }

    /// What the person has to know, if anything.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::AsSent => None,
            Self::Differs(sentences) => Some(sentences),
            Self::Unread => Some("The result could not be read back from the cluster."),
        }
    }
}

/// One value that was sent, and the cluster's value when it is read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The value's label.
    pub what: String,
    /// The value that was sent.
    pub sent: String,
    /// The cluster's value now.
    pub now: String,
}

impl Compared {
    /// Whether the cluster has the value as it was sent.
    pub fn is_same(&self) -> bool {
        self.sent == self.now
    }
}
