//! The directory index: the cluster's users and groups in memory, so that a list can be searched,
//! sorted and filtered although the API can only page (reference, "Fetch users": `max` and `first`).
//!
//! Both copies are short-lived and shared by the sessions that the cluster itself let read them: each
//! session has to have had a page of the users, or of the groups, from the cluster lately, or it is
//! asked for one. Roles are each session's own.

mod groups;
mod index;
mod pages;
mod roles;
mod shared;

use std::sync::Arc;

use jiff::Timestamp;
use protegrity::{Authorized, Group, GroupId, Role, User, UserId};

pub use self::groups::GroupListing;
pub(crate) use self::index::Index;
use self::{groups::GroupNote, index::UserNote, pages::load_all, roles::Roles, shared::Shared};
use crate::{clock::Clock, error::GateError, passage::Passage};

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
    /// Ask the cluster anew, however young the index is.
    pub afresh: bool,
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

/// What is kept of the cluster's users, groups and roles, and who may read it.
pub struct Directory {
    users: Shared<Index>,
    groups: Shared<GroupListing>,
    roles: Roles,
}

impl Directory {
    /// Nothing is kept yet.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            users: Shared::new(clock.clone()),
            groups: Shared::new(clock.clone()),
            roles: Roles::new(clock),
        }
    }

    /// A page of the list for this session.
    pub(crate) async fn list(&self, passage: &Passage, query: &UserQuery) -> Result<Listing, GateError> {
        let index = self.users.get(passage, query.afresh).await?;
        Ok(index.search(query))
    }

    /// The index for this session.
    pub(crate) async fn index(&self, passage: &Passage, afresh: bool) -> Result<Arc<Index>, GateError> {
        self.users.get(passage, afresh).await
    }

    /// The users of these names, whatever their case. Names that an older index does not have are looked
    /// for in a new one: somebody may have been created since.
    pub(crate) async fn named(
        &self,
        passage: &Passage,
        names: &[String],
    ) -> Result<Vec<Option<User>>, GateError> {
        let find = |index: &Index| names.iter().map(|name| index.named(name)).collect::<Vec<_>>();
        let index = self.users.get(passage, false).await?;
        let found = find(&index);
        if self.users.is_fresh(&index) || found.iter().all(Option::is_some) {
            return Ok(found);
        }
        let index = self.users.get(passage, true).await?;
        Ok(find(&index))
    }

    /// All groups, for this session.
    pub(crate) async fn groups(&self, passage: &Passage, afresh: bool) -> Result<GroupListing, GateError> {
        let groups = self.groups.get(passage, afresh).await?;
        Ok(GroupListing::clone(&groups))
    }

    /// The roles that this session may see.
    pub(crate) async fn roles(&self, passage: &Passage, afresh: bool) -> Result<Arc<Vec<Role>>, GateError> {
        self.roles.get(passage, afresh).await
    }

    /// Makes the index say what this user is like now.
    pub(crate) fn note(&self, user: &User) {
        self.users.note(UserNote::Is(user.clone()));
    }

    /// Makes the index say that this account is open now, or not.
    pub(crate) fn note_enabled(&self, id: &UserId, enabled: bool) {
        self.users.note(UserNote::Enabled(id.clone(), enabled));
    }

    /// The group of this id, if the copy has it.
    pub(crate) fn known_group(&self, id: &GroupId) -> Option<Group> {
        let copy = self.groups.copy()?;
        copy.groups.iter().find(|group| group.id == *id).cloned()
    }

    /// Takes a user that was deleted out of the index and out of the groups.
    pub(crate) fn forget_user(&self, id: &UserId) {
        let known = self.users.copy().and_then(|index| index.user(id));
        self.users.note(UserNote::Gone(id.clone()));
        match known {
            Some(user) => {
                self.groups.note(GroupNote::MemberGone(user.username));
            }
            // Groups know their members by name alone.
            None => self.groups.forget(),
        }
    }

    /// Takes users that were deleted with their group out of the index and out of the other groups.
    pub(crate) fn forget_members(&self, names: &[String]) {
        let index = self.users.copy();
        for name in names {
            match index.as_ref().and_then(|index| index.named(name)) {
                Some(user) => drop(self.users.note(UserNote::Gone(user.id))),
                // Somebody whom a load that is under way may be about to bring.
                None => self.users.forget(),
            }
            self.groups.note(GroupNote::MemberGone(name.clone()));
        }
    }

    /// Makes the copy of the groups say what this one is like now, and returns whether that is news.
    pub(crate) fn note_group(&self, group: &Group) -> bool {
        self.groups.note(GroupNote::Is(group.clone()))
    }

    /// Takes a group that was deleted out of the copy.
    pub(crate) fn forget_group(&self, id: &GroupId) {
        self.groups.note(GroupNote::Gone(id.clone()));
    }

    /// Drops the copy of the groups.
    pub(crate) fn forget_groups(&self) {
        self.groups.forget();
    }

    /// Drops every session's roles.
    pub(crate) fn forget_roles(&self) {
        self.roles.forget();
    }

    /// Drops what is too old to be served.
    pub(crate) fn sweep(&self) {
        self.users.sweep();
        self.groups.sweep();
        self.roles.sweep();
    }
}

/// The id of the user of this name, asked for page by page. `None` where there is none, or where
/// the list may not be read.
pub(crate) async fn find_by_name(cluster: &Authorized, name: &str) -> Option<UserId> {
    let is_wanted = |user: &User| user.username.eq_ignore_ascii_case(name);
    let fetch = |first, max| async move { Ok(cluster.users(first, max).await?) };
    let key = |user: &User| user.id.clone();
    let users = load_all(fetch, key, |user| user, is_wanted).await.ok()?;
    users.into_iter().find(is_wanted).map(|user| user.id)
}

#[cfg(test)]
mod tests;
