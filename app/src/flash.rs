//! What the next page has to say: kept in the session, shown once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::PortalError;

/// The outcome of a form, on its way to the page that follows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Flash {
    /// It was done.
    Done(Done),
    /// It failed.
    Failed(Failed),
}

/// What was done.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Done {
    /// In one sentence.
    pub title: String,
    /// What follows from it.
    pub detail: Option<String>,
    /// Where to go; the page of the form when absent.
    pub next: Option<String>,
    /// A generated password, shown this once.
    pub secret: Option<String>,
}

/// What failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failed {
    /// The path of the server function whose form it was.
    pub form: String,
    /// Why.
    pub error: PortalError,
    /// What was typed, without passwords, so that nothing has to be typed again.
    pub typed: BTreeMap<String, String>,
}

impl Done {
    /// Done, in one sentence.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// And what follows from it.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// And where to go.
    #[must_use]
    pub fn with_next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}
