//! Values of addresses and forms: each arrives as text, is bounded, and becomes a type.

use protegrity::UserId;

use crate::error::{ErrorKind, PortalError};

/// The longest id that is accepted, in characters. The cluster's are UUIDs of 36.
const MAX_ID_LENGTH: usize = 128;

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

/// An id of any kind, as an address or a form gives it; `None` when it cannot be one.
pub(crate) fn id(text: &str) -> Option<&str> {
    let text = text.trim();
    is_one_segment(text, MAX_ID_LENGTH).then_some(text)
}

/// Whether this names one thing in an address, with at most so many characters, and does not change the path.
pub(crate) fn is_one_segment(text: &str, most: usize) -> bool {
    let name = text.trim();
    !name.is_empty()
        && text.chars().count() <= most
        && !text.contains(['/', '\\', '?', '#'])
        && !matches!(name, "." | "..")
        && !text.chars().any(char::is_control)
}

/// Refuses text that is longer than a field takes.
///
/// # Errors
/// At the field.
pub(crate) fn check_length(field: &str, text: &str, most: usize) -> Result<(), PortalError> {
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
    fn ids_that_would_change_the_path_are_refused() {
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
}
