//! The access review: which user can do what, and through which role or group.
//!
//! The cluster's list of users has no roles (notes on the reference, row 27), so every user is read one by
//! one, at intervals, by one [`AccessScanner`] for all sessions that may read users. Roles and groups are those that
//! the asking session can see.

mod change;
mod impact;
mod lockout;
mod review;
mod scan;

use std::sync::Arc;

use gate::{Operation, OperationError};
use protegrity::Role;

pub use self::{
    change::Change,
    impact::{Affected, Impact, KnownAccess, known_access},
    lockout::RemainingAdmins,
    review::{AccessReview, AccessRow, Grant, Person, UserAccess},
    scan::{AccessScanner, ScanProgress},
};
use self::{lockout::readable, scan::ScanState};
use crate::directory::{Directory, GroupListing, Index, Loading};

/// The state of the access review.
#[derive(Clone, Debug)]
pub enum AccessState {
    /// The users are being listed; so many have been so far.
    Listing(usize),
    /// The users are being read one by one.
    Scanning(ScanProgress),
    /// Every user has been read.
    Ready(Arc<AccessReview>),
}

impl AccessScanner {
    /// The review. Every user has to be read for it, which is done once for all sessions: a small cluster is answered
    /// at once, and a large one with the progress of the scan.
    ///
    /// # Errors
    /// The cluster's error when users may not be read; without roles or groups the review goes on and says so. A
    /// scan that was given up is reported to the session that began it; then the next request begins another.
    pub async fn review(&self, operation: &Operation, refresh: bool) -> Result<AccessState, OperationError> {
        if let Loading::UnderWay(rows) = self.directory().index_soon(operation, refresh).await? {
            return Ok(AccessState::Listing(rows));
        }
        let (index, visible) = visible_catalog(self.directory(), operation, false).await?;
        Ok(match self.people(operation, &index, refresh).await? {
            ScanState::UnderWay(progress) => AccessState::Scanning(progress),
            ScanState::Over(scan) => {
                let (index, scan) = self.completed(operation, index, scan).await;
                AccessState::Ready(Arc::new(visible.review(&scan, &index)))
            }
        })
    }

    /// The same without reading a user: `None` unless every user was read within the last minutes.
    ///
    /// # Errors
    /// The cluster's error when users may not be read.
    pub async fn review_if_scanned(
        &self,
        operation: &Operation,
    ) -> Result<Option<AccessReview>, OperationError> {
        let Some(scan) = self.recent_scan() else {
            return Ok(None);
        };
        let (index, visible) = visible_catalog(self.directory(), operation, false).await?;
        Ok(Some(visible.review(&scan, &index)))
    }

    /// Whether any account could still manage users after this change, asked before it is made.
    ///
    /// # Errors
    /// When the session has ended, or the cluster does not answer at all. What may not be read makes the answer
    /// [`RemainingAdmins::Unknown`].
    pub async fn remaining_admins(
        &self,
        operation: &Operation,
        change: &Change,
    ) -> Result<RemainingAdmins, OperationError> {
        // Three calls at once and a search make a large future, which no caller should carry in its own.
        Box::pin(lockout::remaining_admins(self, operation, change)).await
    }
}

/// The roles and groups that a session sees; `None` where it may not.
struct VisibleCatalog {
    roles: Option<Arc<Vec<Role>>>,
    groups: Option<GroupListing>,
}

/// Admits this session, as the list of users would, and reads the roles and groups that it sees. A session may
/// read users without either.
async fn visible_catalog(
    directory: &Directory,
    operation: &Operation,
    refresh: bool,
) -> Result<(Arc<Index>, VisibleCatalog), OperationError> {
    let (index, roles, groups) = futures::try_join!(
        directory.index(operation, refresh),
        async { readable(directory.roles(operation, refresh).await) },
        async { readable(directory.groups(operation, refresh).await) },
    )?;
    Ok((index, VisibleCatalog { roles, groups }))
}

impl VisibleCatalog {
    /// The review of this scan with these roles and groups. It counts the same users as the list does: those who were
    /// deleted since the scan are left out, and those whom it does not have are counted.
    fn review(self, scan: &scan::Scan, index: &Index) -> AccessReview {
        let Self { roles, groups } = self;
        let groups_as_of = groups.as_ref().map_or(scan.as_of, |groups| groups.as_of);
        let people = scan.listed(index);
        AccessReview {
            roles_visible: roles.is_some(),
            roles: roles.unwrap_or_default(),
            groups_visible: groups.is_some(),
            groups: groups.map(|listing| listing.groups).unwrap_or_default(),
            as_of: scan.as_of.min(groups_as_of),
            unread: index.len() - people.len(),
            people,
        }
    }
}

#[cfg(test)]
mod tests;
