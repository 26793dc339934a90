//! The query `max` and `first` of a list.

use crate::{body::flaw, refusal::Refusal};
use serde::Deserialize;

/// Keycloak's, when `max` is absent (notes, section 7).
const DEFAULT_MAX: usize = 100;

/// As texts, so that what is no number is told as FastAPI tells it.
#[derive(Deserialize)]
pub(crate) struct Paging {
    max: Option<String>,
    first: Option<String>,
}

/// How many rows to skip, and how many to show at most.
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
        let place = vec!["query".into(), name.into()];
        Refusal::Invalid(vec![flaw("int_parsing", place, message)])
    })
}
