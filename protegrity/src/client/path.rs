//! Identifiers as parts of a path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Error;

/// All but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The identifier as one segment of a path; `what` names it in the refusal, like "user id". An empty one
/// would make another call of it (`DELETE /users/`; `DELETE` of a mapper would become that of its provider,
/// row 47), and URLs resolve `.` and `..` even when they are encoded: none of these reaches the wire.
pub(super) fn segment(
    endpoint: &'static str,
    what: &'static str,
    id: impl AsRef<str>,
) -> Result<String, Error> {
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

/// A text that must not be empty; `what` names it in the refusal.
pub(super) fn filled(endpoint: &'static str, what: &'static str, text: impl AsRef<str>) -> Result<(), Error> {
    if text.as_ref().trim().is_empty() {
        return Err(Error::refused(endpoint, format!("the {what} is empty")));
    }
    Ok(())
}

/// A list none of whose entries may be empty; `what` names one of them in the refusal.
pub(super) fn all_filled<T: AsRef<str>>(
    endpoint: &'static str,
    what: &'static str,
    texts: &[T],
) -> Result<(), Error> {
    texts.iter().try_for_each(|text| filled(endpoint, what, text))
}
