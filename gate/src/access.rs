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

pub use self::{
    change::Change,
    left::Left,
    review::{AccessReview, Grant, Held, Person},
    scan::ScanProgress,
};
use self::{left::readable, scan::Reading};
pub(crate) use self::{left::who_is_left, scan::Desk};
use crate::{
    directory::{GroupListing, Index},
    error::GateError,
    passage::Passage,
};

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
    let (index, told) = told(passage, afresh).await?;
    Ok(
        match passage.access_desk().people(passage, &index, afresh).await? {
            Reading::UnderWay(progress) => AccessState::Reading(progress),
            Reading::Over(read) => AccessState::Ready(Arc::new(told.review(&read))),
        },
    )
}

/// The review for this session if everybody was read lately. Nobody is read for it.
pub(crate) async fn access_if_read(passage: &Passage) -> Result<Option<AccessReview>, GateError> {
    let Some(read) = passage.access_desk().read() else {
        return Ok(None);
    };
    let (_, told) = told(passage, false).await?;
    Ok(Some(told.review(&read)))
}

/// The roles and groups that a session sees; `None` where it may not.
struct Told {
    roles: Option<Arc<Vec<Role>>>,
    groups: Option<GroupListing>,
}

/// Lets this session in, as the list of users would, and reads the roles and groups that it sees. One may read
/// users without either.
async fn told(passage: &Passage, afresh: bool) -> Result<(Arc<Index>, Told), GateError> {
    let directory = passage.directory();
    let (index, roles, groups) = futures::try_join!(
        directory.index(passage, afresh),
        async { readable(directory.roles(passage, afresh).await) },
        async { readable(directory.groups(passage, afresh).await) },
    )?;
    Ok((index, Told { roles, groups }))
}

impl Told {
    /// What was read of everybody, with these roles and groups.
    fn review(self, read: &scan::Read) -> AccessReview {
        let Self { roles, groups } = self;
        let groups_as_of = groups.as_ref().map_or(read.as_of, |groups| groups.as_of);
        AccessReview {
            people: Arc::clone(&read.people),
            roles_told: roles.is_some(),
            roles: roles.unwrap_or_default(),
            groups_told: groups.is_some(),
            groups: groups.map(|listing| listing.groups).unwrap_or_default(),
            as_of: read.as_of.min(groups_as_of),
            unread: read.unread,
        }
    }
}

#[cfg(test)]
mod tests;
