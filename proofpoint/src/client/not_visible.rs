//! What an answer says of something that cannot be read.

use upstream::Error;

/// An organisation, user or domain does not exist, or the account may not see it. The document lists no 404 for them,
/// and the system may answer 400, 403 or 404 to either (notes section 7): the three are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not there, or not visible to this account")]
pub struct NotVisible;

impl NotVisible {
    /// What the error of a call that reads an organisation, a user or a domain means. `None` where it is another
    /// failure, which says nothing about what was asked for.
    pub fn of(error: &Error) -> Option<Self> {
        matches!(error.status(), Some(400 | 403 | 404)).then_some(Self)
    }
}
