//! Reading what a form sent: every argument arrives as text, is bounded, and becomes a type.

use protegrity::UserId;
use url::form_urlencoded::byte_serialize;

use crate::error::{ErrorKind, PortalError};

/// The longest id that is looked at, in characters. The cluster's are UUIDs of 36.
const LONGEST_ID: usize = 128;

/// A user's id, as an address or a form gives it.
///
/// # Errors
/// When it cannot be one.
pub(crate) fn user_id(text: &str) -> Result<UserId, PortalError> {
    let id = id(text).ok_or_else(|| {
        PortalError::new(ErrorKind::NotFound, "There is no such user.")
            .with_detail("The address does not hold a user's id.")
    })?;
    Ok(UserId::from(id))
}

/// An id of whatever kind, as an address or a form gives it; nothing when it cannot be one.
pub(crate) fn id(text: &str) -> Option<&str> {
    let text = text.trim();
    is_one_segment(text, LONGEST_ID).then_some(text)
}

/// Whether this names one thing in an address, with at most so many characters, and leads nowhere else.
pub(crate) fn is_one_segment(text: &str, most: usize) -> bool {
    let name = text.trim();
    !name.is_empty()
        && text.chars().count() <= most
        && !text.contains(['/', '\\', '?', '#'])
        && !matches!(name, "." | "..")
        && !text.chars().any(char::is_control)
}

/// The address of the page about one thing, which is named by a segment of the path.
pub(crate) fn below(path: &str, name: &str) -> String {
    format!("{path}/{}", segment(name))
}

/// A name as one segment of an address, or as one value in its query.
pub(crate) fn segment(name: &str) -> String {
    // Spaces as `%20`: a `+` means itself in a path.
    byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// Refuses text that is longer than a field takes.
///
/// # Errors
/// At the field.
pub(crate) fn bounded(field: &str, text: &str, most: usize) -> Result<(), PortalError> {
    if text.chars().count() > most {
        return Err(PortalError::invalid(
            field,
            format!("This is longer than {most} characters."),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_would_change_the_way_are_refused() {
        for text in [
            "",
            " ",
            ".",
            "..",
            "a/b",
            "a\\b",
            "a?b",
            "a#b",
            "a\nb",
            &"x".repeat(129),
        ] {
            assert!(user_id(text).is_err(), "{text:?} passed");
        }
        assert_eq!(
            user_id("7636708c-c714").map(|id| id.to_string()),
            Ok("7636708c-c714".to_owned())
        );
    }

    #[test]
    fn a_name_is_one_segment_of_an_address() {
        assert_eq!(below("/roles", "policy_officer"), "/roles/policy_officer");
        assert_eq!(segment("a b+c/d?e#f%2e"), "a%20b%2Bc%2Fd%3Fe%23f%252e");
    }
}
