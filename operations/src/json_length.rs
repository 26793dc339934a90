//! The length of a value as JSON, by which what is kept in memory is bounded.

use std::io;

use serde::Serialize;

/// How many bytes a value takes as JSON, which is not kept; `None` where it cannot be written.
pub(crate) fn json_length(value: &impl Serialize) -> Option<usize> {
    let mut length = Length::default();
    serde_json::to_writer(&mut length, value).ok()?;
    Some(length.0)
}

/// Counts bytes, and keeps none.
#[derive(Default)]
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
