//! Identifiers as parts of a path, and the arguments that are refused before anything is sent.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Endpoint, Error};

/// All but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The identifier as one segment of a path; `what` names it in the refusal, like "user id".
///
/// # Errors
/// An empty one would make another call of it (`DELETE /users/`), and URLs resolve `.` and `..` even when they are
/// encoded: none of these reaches the wire.
pub fn encode_segment(endpoint: Endpoint, what: &'static str, id: impl AsRef<str>) -> Result<String, Error> {
    let id = id.as_ref();
    match id.trim() {
        "" => Err(Error::refused(endpoint, format!("the {what} is empty"))),
        "." | ".." => Err(Error::refused(
            endpoint,
            format!("the {what} cannot be part of a path"),
        )),
        _ => Ok(utf8_percent_encode(id, SEGMENT).to_string()),
    }
}

/// Refuses a text that is empty; `what` names it in the refusal.
pub fn check_filled(endpoint: Endpoint, what: &'static str, text: impl AsRef<str>) -> Result<(), Error> {
    if text.as_ref().trim().is_empty() {
        return Err(Error::refused(endpoint, format!("the {what} is empty")));
    }
    Ok(())
}

/// Refuses a list with an empty entry; `what` names one entry in the refusal.
pub fn check_all_filled<T: AsRef<str>>(
    endpoint: Endpoint,
    what: &'static str,
    texts: &[T],
) -> Result<(), Error> {
    texts
        .iter()
        .try_for_each(|text| check_filled(endpoint, what, text))
}
