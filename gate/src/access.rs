//! Who can do what, and through which role or group.
//!
//! The cluster's list of users tells no roles (notes on the reference, row 27), so everybody is read one by
//! one, now and then, by one [`Desk`] for all sessions that may read users. Roles and groups are taken as the
//! asking session sees them, so that nobody is shown more of them than the cluster would.

mod change;
mod left;
mod review;
mod scan;

use std::sync::Arc;

use protegrity::Role;

use self::scan::Reading;
pub use self::{
    change::Change,
    left::Left,
    review::{AccessReview, Grant, Person},
    scan::ScanProgress,
};
pub(crate) use self::{left::who_is_left, scan::Desk};
use crate::{directory::GroupListing, error::GateError, passage::Passage};

/// What there is to show of who can do what.
#[derive(Clone, Debug)]
pub enum AccessState {
    /// Everybody is being read.
    Reading(ScanProgress),
    /// Everybody has been read.
    Ready(Arc<AccessReview>),
}

/// The review for this session, or how far the reading is that it waits for.
pub(crate) async fn access(passage: &Passage, afresh: bool) -> Result<AccessState, GateError> {
    let directory = passage.directory();
    // The index lets this session in, as it would to the list of users.
    let (index, roles, groups) = futures::try_join!(
        directory.index(passage, afresh),
        directory.roles(passage, afresh),
        directory.groups(passage, afresh),
    )?;
    Ok(
        match passage.access_desk().people(passage, &index, afresh).await? {
            Reading::UnderWay(progress) => AccessState::Reading(progress),
            Reading::Over(read) => AccessState::Ready(Arc::new(review(&read, roles, groups))),
        },
    )
}

/// The review for this session if everybody was read lately. Nobody is read for it.
pub(crate) async fn access_if_read(passage: &Passage) -> Result<Option<AccessReview>, GateError> {
    let Some(read) = passage.access_desk().read() else {
        return Ok(None);
    };
    let directory = passage.directory();
    let (_, roles, groups) = futures::try_join!(
        directory.index(passage, false),
        directory.roles(passage, false),
        directory.groups(passage, false),
    )?;
    Ok(Some(review(&read, roles, groups)))
}

/// What was read of everybody, with the roles and groups that a session sees.
fn review(read: &scan::Read, roles: Arc<Vec<Role>>, groups: GroupListing) -> AccessReview {
    AccessReview {
        people: Arc::clone(&read.people),
        roles,
        groups: groups.groups,
        as_of: read.as_of.min(groups.as_of),
        unread: read.unread,
    }
}

#[cfg(test)]
mod tests;
