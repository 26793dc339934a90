//! The error of an operation: the gate's and the systems' failures, and refusals in words for the person.

use gate::{GateError, OperationError};
use serde::{Deserialize, Serialize};

/// A problem with one field of what the person submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: String,
    /// What to change.
    pub message: String,
}

/// Why an operation was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The gate refused, or a system failed.
    #[error(transparent)]
    Operation(#[from] OperationError),
    /// The person has to change what they submitted.
    #[error("{}", summary(.0))]
    Invalid(Vec<FieldError>),
    /// The object does not exist.
    #[error("{0}")]
    NotFound(String),
    /// The state of the object forbids it.
    #[error("{title}")]
    Refused {
        /// What was refused.
        title: String,
        /// Why, and what can be done.
        detail: String,
    },
}

impl Error {
    /// A problem with one field.
    pub fn at(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.into(),
            message: message.into(),
        }])
    }

    /// A refusal that is about no field.
    pub fn refused(title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Refused {
            title: title.into(),
            detail: detail.into(),
        }
    }

    /// The gate's error, where it is one.
    pub fn gate(&self) -> Option<&GateError> {
        match self {
            Self::Operation(error) => Some(&error.error),
            _ => None,
        }
    }

    /// Whether the session can make no further call until the person signs in again.
    pub fn ends_session(&self) -> bool {
        matches!(self, Self::Operation(error) if error.ends_session())
    }
}

fn summary(fields: &[FieldError]) -> String {
    let messages: Vec<_> = fields.iter().map(|field| field.message.as_str()).collect();
    messages.join(" ")
}
