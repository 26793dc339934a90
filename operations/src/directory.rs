//! The directory index: the cluster's users and groups in memory, so that a list can be searched,
//! sorted and filtered although the API can only page (reference, "Fetch users": `max` and `first`).
//!
//! Both copies are short-lived and shared by the sessions that the cluster itself let read them: each
//! session has to have had a page of the users, or of the groups, from the cluster lately, or it is
//! asked for one. Roles are each session's own.

pub(crate) mod cache;
mod entry;
mod groups;
pub(crate) mod haystack;
mod index;
mod roles;

use std::sync::Arc;

use gate::{Clock, Operation, OperationError};
use jiff::Timestamp;
use protegrity::{Group, GroupId, Role, User, UserId};

pub(crate) use self::index::Index;
use self::{cache::SharedCache, groups::GroupUpdate, index::UserUpdate, roles::Roles};
pub use self::{
    cache::{LoadProgress, Loading},
    groups::GroupListing,
};

/// By what a list of users can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// By user name.
    #[default]
    UserName,
    /// By last name, then first name.
    Name,
    /// By e-mail address; those without one come last.
    Email,
    /// Locked accounts first.
    State,
    /// By date of creation; those without one come last.
    Created,
}

/// An order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// From the last to the first.
    pub descending: bool,
}

/// What is asked of the list.
#[derive(Clone, Debug, Default)]
pub struct UserQuery {
    /// Words that all have to occur in the user name, the names, the e-mail address or the id.
    pub text: String,
    /// Only accounts that are open (`true`) or locked (`false`).
    pub enabled: Option<bool>,
    /// In which order.
    pub sort: Sort,
    /// How many rows to leave out from the start.
    pub skip: usize,
    /// How many rows at most.
    pub take: usize,
    /// Ask the cluster again, however recent the index is.
    pub refresh: bool,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The rows.
    pub users: Vec<User>,
    /// How many users match the query.
    pub matching: usize,
    /// How many users there are.
    pub total: usize,
    /// When the cluster was asked.
    pub as_of: Timestamp,
}

/// The cluster's users, groups and roles in memory, and which sessions may read them.
pub struct Directory {
    users: Arc<SharedCache<Index>>,
    groups: Arc<SharedCache<GroupListing>>,
    roles: Roles,
}

impl Directory {
    /// An empty directory.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            users: Arc::new(SharedCache::new((), clock.clone())),
            groups: Arc::new(SharedCache::new((), clock.clone())),
            roles: Roles::new(clock),
        }
    }

    /// A page of the list for this session.
    ///
    /// # Errors
    /// The cluster's error when the index has to be loaded or the session admitted.
    pub async fn users(&self, operation: &Operation, query: &UserQuery) -> Result<Listing, OperationError> {
        let index = self.users.get(operation, query.refresh).await?;
        Ok(index.search(query))
    }

    /// The same for a page, which does not wait long for a load: it shows how far that is.
    ///
    /// # Errors
    /// As for [`Self::users`].
    pub async fn users_soon(
        &self,
        operation: &Operation,
        query: &UserQuery,
    ) -> Result<Loading<Listing>, OperationError> {
        let index = self.users.get_soon(operation, query.refresh).await?;
        Ok(index.map(|index| index.search(query)))
    }

    /// How many users the load that is under way has read.
    pub fn users_progress(&self) -> LoadProgress {
        self.users.progress()
    }

    /// The index for a page of this session.
    pub(crate) async fn index_soon(
        &self,
        operation: &Operation,
        refresh: bool,
    ) -> Result<Loading<Arc<Index>>, OperationError> {
        self.users.get_soon(operation, refresh).await
    }

    /// The index for this session.
    pub(crate) async fn index(
        &self,
        operation: &Operation,
        refresh: bool,
    ) -> Result<Arc<Index>, OperationError> {
        self.users.get(operation, refresh).await
    }

    /// The user of exactly this name, in any case.
    pub async fn user_named(
        &self,
        operation: &Operation,
        name: &str,
    ) -> Result<Option<User>, OperationError> {
        let mut found = self.users_named(operation, &[name.to_owned()]).await?;
        Ok(found.pop().flatten())
    }

    /// The users of these names in any case, each in its place. Names that an older index does not have are
    /// looked for in a new one: they may have been created since.
    pub async fn users_named(
        &self,
        operation: &Operation,
        names: &[String],
    ) -> Result<Vec<Option<User>>, OperationError> {
        let find = |index: &Index| names.iter().map(|name| index.named(name)).collect::<Vec<_>>();
        let index = self.users.get(operation, false).await?;
        let found = find(&index);
        if self.users.is_fresh(&index) || found.iter().all(Option::is_some) {
            return Ok(found);
        }
        let index = self.users.get(operation, true).await?;
        Ok(find(&index))
    }

    /// All groups by name, from the copy that admitted sessions share, or read again.
    ///
    /// # Errors
    /// The cluster's error when the copy has to be loaded or the session admitted.
    pub async fn groups(&self, operation: &Operation, refresh: bool) -> Result<GroupListing, OperationError> {
        let groups = self.groups.get(operation, refresh).await?;
        Ok(GroupListing::clone(&groups))
    }

    /// The same for a page, which does not wait long for a load.
    ///
    /// # Errors
    /// As for [`Self::groups`].
    pub async fn groups_soon(
        &self,
        operation: &Operation,
        refresh: bool,
    ) -> Result<Loading<GroupListing>, OperationError> {
        let groups = self.groups.get_soon(operation, refresh).await?;
        Ok(groups.map(|groups| GroupListing::clone(&groups)))
    }

    /// How many groups the load that is under way has read.
    pub fn groups_progress(&self) -> LoadProgress {
        self.groups.progress()
    }

    /// The roles that this session may see, which may not be all (notes on the reference, row 14). Kept for a
    /// minute.
    pub async fn roles(
        &self,
        operation: &Operation,
        refresh: bool,
    ) -> Result<Arc<Vec<Role>>, OperationError> {
        self.roles.get(operation, refresh).await
    }

    /// Makes the index agree with this user.
    pub(crate) fn apply_user(&self, user: &User) {
        self.users.apply(UserUpdate::Is(user.clone()));
    }

    /// Makes the index agree that this account is open, or not.
    pub(crate) fn apply_enabled(&self, id: &UserId, enabled: bool) {
        self.users.apply(UserUpdate::Enabled(id.clone(), enabled));
    }

    /// The group of this id, if the copy has it.
    pub(crate) fn known_group(&self, id: &GroupId) -> Option<Group> {
        let copy = self.groups.copy()?;
        copy.groups.iter().find(|group| group.id == *id).cloned()
    }

    /// Takes a user that was deleted out of the index and out of the groups.
    pub(crate) fn remove_user(&self, id: &UserId) {
        let known = self.users.copy().and_then(|index| index.user(id));
        self.users.apply(UserUpdate::Deleted(id.clone()));
        match known {
            Some(user) => {
                self.groups.apply(GroupUpdate::MemberDeleted(user.username));
            }
            // Groups know their members by name alone.
            None => self.groups.invalidate(),
        }
    }

    /// Takes users that were deleted with their group out of the index and out of the other groups.
    pub(crate) fn remove_members(&self, names: &[String]) {
        let index = self.users.copy();
        for name in names {
            match index.as_ref().and_then(|index| index.named(name)) {
                Some(user) => drop(self.users.apply(UserUpdate::Deleted(user.id))),
                // A load that is under way may be about to bring this user.
                None => self.users.invalidate(),
            }
            self.groups.apply(GroupUpdate::MemberDeleted(name.clone()));
        }
    }

    /// Makes the copy of the groups agree with this one, and returns whether it was news.
    pub(crate) fn apply_group(&self, group: &Group) -> bool {
        self.groups.apply(GroupUpdate::Is(group.clone()))
    }

    /// Takes a group that was deleted out of the copy.
    pub(crate) fn remove_group(&self, id: &GroupId) {
        self.groups.apply(GroupUpdate::Deleted(id.clone()));
    }

    /// Drops the copy of the groups.
    pub(crate) fn invalidate_groups(&self) {
        self.groups.invalidate();
    }

    /// Drops every session's roles.
    pub(crate) fn invalidate_roles(&self) {
        self.roles.invalidate();
    }

    /// Drops what is too old to be served.
    pub(crate) fn sweep(&self) {
        self.users.sweep();
        self.groups.sweep();
        self.roles.sweep();
    }
}

/// First and last name of a user, as far as the cluster has them.
pub fn full_name(user: &User) -> String {
    let names = [user.first_name.as_deref(), user.last_name.as_deref()];
    let names = names.into_iter().flatten().map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether the account is open; it is where the cluster gives no state.
pub fn is_open(user: &User) -> bool {
    user.enabled.unwrap_or(true)
}

#[cfg(test)]
mod tests;
