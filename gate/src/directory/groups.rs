//! The cluster's groups at one time, sorted by name.

use std::sync::Arc;

use jiff::Timestamp;
use protegrity::{Group, GroupId};

use super::{
    Directory,
    pages::load_all,
    shared::{Kept, Shared},
};
use crate::{clock::Clock, error::GateError, passage::Passage};

/// All groups, as one reading of the cluster gave them.
#[derive(Clone, Debug)]
pub struct GroupListing {
    /// The groups by name, whatever its case.
    pub groups: Arc<Vec<Group>>,
    /// When the cluster was asked.
    pub as_of: Timestamp,
}

/// What is known of a group now.
pub(super) enum GroupNote {
    /// It is like this.
    Is(Group),
    /// It was deleted.
    Gone(GroupId),
    /// The user of this name was deleted, and so is in no group.
    MemberGone(String),
}

impl GroupListing {
    pub(super) fn of(mut groups: Vec<Group>, as_of: Timestamp) -> Self {
        groups.sort_by_cached_key(|group| (group.name.to_lowercase(), group.id.clone()));
        Self {
            groups: Arc::new(groups),
            as_of,
        }
    }

    /// With this group, in the place of one with the same id.
    fn with(&self, group: &Group) -> Option<Self> {
        if self.groups.contains(group) {
            return None;
        }
        let others = self.groups.iter().filter(|other| other.id != group.id);
        let groups = others.chain([group]).cloned().collect();
        Some(Self::of(groups, self.as_of))
    }

    fn without(&self, id: &GroupId) -> Option<Self> {
        let mut groups = Vec::clone(&self.groups);
        groups.retain(|group| group.id != *id);
        (groups.len() < self.groups.len()).then(|| Self::of(groups, self.as_of))
    }

    fn without_member(&self, name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let is_other = |member: &String| member.to_lowercase() != name;
        let mut members = self.groups.iter().filter_map(|group| group.members.as_ref());
        if members.all(|members| members.iter().all(is_other)) {
            return None;
        }
        let mut groups = Vec::clone(&self.groups);
        for members in groups.iter_mut().filter_map(|group| group.members.as_mut()) {
            members.retain(is_other);
        }
        Some(Self::of(groups, self.as_of))
    }
}

impl Kept for GroupListing {
    type Note = GroupNote;

    fn place(directory: &Directory) -> &Shared<Self> {
        &directory.groups
    }

    async fn load(passage: &Passage, clock: &Clock) -> Result<Self, GateError> {
        let fetch = |first, max| passage.read(move |cluster| async move { cluster.groups(first, max).await });
        // A group without an id still has its name.
        let key = |group: &Group| (group.id.clone(), group.name.clone());
        let groups = load_all(fetch, key, |group| group, |_| false).await?;
        Ok(Self::of(groups, clock.now()))
    }

    async fn ask(passage: &Passage) -> Result<(), GateError> {
        let row = passage.read(|cluster| async move { cluster.groups(0, 1).await });
        row.await.map(drop)
    }

    fn loaded_at(&self) -> Timestamp {
        self.as_of
    }

    fn noting(&self, note: &GroupNote) -> Option<Self> {
        match note {
            GroupNote::Is(group) => self.with(group),
            GroupNote::Gone(id) => self.without(id),
            GroupNote::MemberGone(name) => self.without_member(name),
        }
    }
}
