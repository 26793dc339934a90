//! How the cluster says that an object exists already.

use upstream::{Error, ErrorKind};

/// Whether the creation was refused because there is such an object: 409, or 400 with words that say so (notes section
/// 2; members of a role are the case that is known to answer 400).
///
/// "does not exist" does not count: a deployment says so of an application.
pub fn already_exists(error: &Error) -> bool {
    const WORDS: [&str; 3] = ["already exist", "must be unique", "duplicate"];
    let in_words = || {
        let message = error.upstream_message().unwrap_or_default().to_lowercase();
        WORDS.iter().any(|words| message.contains(words))
    };
    match error.kind() {
        ErrorKind::Conflict => true,
        ErrorKind::Rejected => error.was_sent() && in_words(),
        _ => false,
    }
}
