//! The cluster's groups at one time, sorted by name.

use std::sync::Arc;

use gate::{Clock, Operation, OperationError};
use jiff::Timestamp;
use protegrity::{Group, GroupId, load_all};
use tokio::sync::watch;

use super::cache::Cacheable;
use crate::characters::{folded, is_same_name};

/// All groups, as one read of the cluster returned them.
#[derive(Clone, Debug)]
pub struct GroupListing {
    /// The groups by name, whatever its case.
    pub groups: Arc<Vec<Group>>,
    /// When the cluster was asked.
    pub as_of: Timestamp,
}

/// A change of one group.
pub(crate) enum GroupUpdate {
    /// It is like this.
    Is(Group),
    /// It was deleted.
    Deleted(GroupId),
    /// The user of this name was deleted, and so is in no group.
    MemberDeleted(String),
}

impl GroupListing {
    pub(super) fn of(mut groups: Vec<Group>, as_of: Timestamp) -> Self {
        groups.sort_by_cached_key(|group| (folded(&group.name), group.id.clone()));
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
        let is_other = |member: &String| !is_same_name(member, name);
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

impl Cacheable for GroupListing {
    type Source = ();
    type Update = GroupUpdate;
    type Error = OperationError;

    async fn load(
        (): &(),
        operation: &Operation,
        clock: &Clock,
        progress: &watch::Sender<Option<usize>>,
    ) -> Result<Self, OperationError> {
        let groups = operation.read(|cluster| async move {
            let fetch = |first, max| {
                progress.send_replace(Some(first as usize));
                cluster.groups(first, max)
            };
            // A group without an id still has its name.
            let key = |group: &Group| (group.id.clone(), group.name.clone());
            load_all(fetch, key, |group| group, |_| false).await
        });
        Ok(Self::of(groups.await?, clock.now()))
    }

    async fn probe((): &(), operation: &Operation) -> Result<(), OperationError> {
        let row = operation.read(|cluster| async move { cluster.groups(0, 1).await });
        row.await.map(drop)
    }

    fn loaded_at(&self) -> Timestamp {
        self.as_of
    }

    fn apply(&self, update: &GroupUpdate) -> Option<Self> {
        match update {
            GroupUpdate::Is(group) => self.with(group),
            GroupUpdate::Deleted(id) => self.without(id),
            GroupUpdate::MemberDeleted(name) => self.without_member(name),
        }
    }
}
