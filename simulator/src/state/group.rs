//! [`Groups`]: the groups by id and by name, sorted by name.

use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use uuid::Uuid;

/// A group. [`super::User::groups`] is the other side of its members; only the module `membership` writes either.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) kind: GroupKind,
    /// The roles that every member has through the group.
    pub(crate) roles: Vec<String>,
    /// The user names, which never change.
    pub(super) members: BTreeSet<Arc<str>>,
}

/// The origin of a group: the attribute `groupType` (reference, line 1508).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum GroupKind {
    Local,
    Entra,
}

impl Group {
    /// A group without roles and members.
    pub(crate) fn new(id: Uuid, name: String, description: String, kind: GroupKind) -> Self {
        Self {
            id,
            name,
            description,
            kind,
            roles: Vec::new(),
            members: BTreeSet::new(),
        }
    }

    /// The group as the list and the detail response show it (reference, lines 1504 and 1669).
    pub(crate) fn item(&self) -> impl Serialize + '_ {
        Item {
            id: self.id,
            name: &self.name,
            description: &self.description,
            attributes: Attributes {
                group_type: [self.kind],
            },
            members: &self.members,
            roles: &self.roles,
        }
    }
}

#[derive(Serialize)]
struct Item<'a> {
    id: Uuid,
    name: &'a str,
    description: &'a str,
    attributes: Attributes,
    members: &'a BTreeSet<Arc<str>>,
    roles: &'a [String],
}

#[derive(Serialize)]
struct Attributes {
    #[serde(rename = "groupType")]
    group_type: [GroupKind; 1],
}

#[derive(Debug, Default)]
pub(crate) struct Groups {
    by_id: HashMap<Uuid, Group>,
    names: BTreeMap<String, Uuid>,
}

impl Groups {
    pub(crate) fn get(&self, id: Uuid) -> Option<&Group> {
        self.by_id.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: Uuid) -> Option<&mut Group> {
        self.by_id.get_mut(&id)
    }

    pub(crate) fn id_by_name(&self, name: &str) -> Option<Uuid> {
        self.names.get(name).copied()
    }

    /// Adds a group with an unused name.
    pub(crate) fn insert(&mut self, group: Group) {
        self.names.insert(group.name.clone(), group.id);
        self.by_id.insert(group.id, group);
    }

    pub(super) fn remove(&mut self, id: Uuid) -> Option<Group> {
        let group = self.by_id.remove(&id)?;
        self.names.remove(&group.name);
        Some(group)
    }

    /// At most `max` groups sorted by name, after the `first` ones.
    pub(crate) fn page(&self, first: usize, max: usize) -> impl Iterator<Item = &Group> {
        self.names
            .values()
            .skip(first)
            .take(max)
            .filter_map(|id| self.by_id.get(id))
    }

    /// Removes a role from every group.
    pub(super) fn remove_role(&mut self, name: &str) {
        for group in self.by_id.values_mut() {
            group.roles.retain(|role| role != name);
        }
    }
}
