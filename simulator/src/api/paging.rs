//! [`Paging`]: the query parameters `max` and `first` of a list.

use crate::{body::field_error, refusal::Refusal};
use serde::Deserialize;

/// Keycloak's default for `max` (notes, section 7).
const DEFAULT_MAX: usize = 100;

/// The parameters as texts, so that an invalid number gets FastAPI's error and not axum's.
#[derive(Deserialize)]
pub(crate) struct Paging {
    max: Option<String>,
    first: Option<String>,
}

/// The number of rows to skip, and the most rows to return.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) first: usize,
    pub(crate) max: usize,
}

impl Paging {
    pub(crate) fn page(&self) -> Result<Page, Refusal> {
        Ok(Page {
            first: count("first", self.first.as_deref(), 0)?,
            max: count("max", self.max.as_deref(), DEFAULT_MAX)?,
        })
    }
}

fn count(name: &str, text: Option<&str>, default: usize) -> Result<usize, Refusal> {
    let message = "Input should be a valid integer, unable to parse string as an integer";
    text.map_or(Ok(default), str::parse).map_err(|_| {
        let location = vec!["query".into(), name.into()];
        Refusal::Invalid(vec![field_error("int_parsing", location, message)])
    })
}
