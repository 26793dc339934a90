//! The problems of a file, each with its line.

use std::fmt;

use crate::{
    Error,
    text::{counted, shortened},
};

/// How many problems are shown.
const MAX_SHOWN: usize = 10;

/// The longest text of the file that a problem quotes, in characters.
const MAX_QUOTED: usize = 60;

/// The problems of a file, each at a line.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<(usize, String)>);

impl Problems {
    /// Reports a problem with this key.
    pub fn add(&mut self, line: usize, key: &str, message: impl fmt::Display) {
        let at = if key.is_empty() {
            String::new()
        } else {
            format!(", {}", quoted(key))
        };
        self.0.push((line, format!("Line {line}{at}: {message}")));
    }

    /// Succeeds when there is no problem.
    pub fn finish(mut self) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by_key(|(line, _)| *line);
        let more = self.0.len().saturating_sub(MAX_SHOWN);
        let mut words: Vec<_> = self
            .0
            .into_iter()
            .take(MAX_SHOWN)
            .map(|(_, words)| words)
            .collect();
        if more > 0 {
            words.push(format!(
                "And {}.",
                counted(more, ("more problem", "more problems"))
            ));
        }
        Err(at_file(words.join(" ")))
    }
}

pub(super) fn at_file(message: impl Into<String>) -> Error {
    Error::at("file", message)
}

/// A text of the file as a problem quotes it.
pub(super) fn quoted(text: &str) -> String {
    shortened(text.to_owned(), MAX_QUOTED)
}
