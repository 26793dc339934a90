//! Relations between users, groups, roles and providers. Each method changes both sides of a relation.

use super::{ClusterState, User};
use crate::refusal::Refusal;
use std::collections::BTreeSet;
use uuid::Uuid;

impl ClusterState {
    /// The ids of the groups of these names.
    pub(crate) fn group_ids(&self, names: &[String]) -> Result<BTreeSet<Uuid>, Refusal> {
        let id = |name: &String| {
            let unknown = || Refusal::detail(400, format!("Group '{name}' not found"));
            self.groups.id_by_name(name).ok_or_else(unknown)
        };
        names.iter().map(id).collect()
    }

    /// The ids of the users of these names.
    pub(crate) fn user_ids(&self, names: &[String]) -> Result<BTreeSet<Uuid>, Refusal> {
        let id = |name: &String| {
            let unknown = || Refusal::detail(400, format!("User '{name}' not found"));
            self.directory
                .id_by_name(&name.trim().to_lowercase())
                .ok_or_else(unknown)
        };
        names.iter().map(id).collect()
    }

    /// The sorted names of a user's groups.
    pub(crate) fn groups_of(&self, user: &User) -> BTreeSet<&str> {
        let groups = user.groups.iter().filter_map(|id| self.groups.get(*id));
        groups.map(|group| group.name.as_str()).collect()
    }

    /// A user's effective roles: the user's own and those of the groups.
    pub(crate) fn roles_of<'a>(&'a self, user: &'a User) -> BTreeSet<&'a str> {
        let groups = user.groups.iter().filter_map(|id| self.groups.get(*id));
        groups
            .flat_map(|group| &group.roles)
            .chain(&user.roles)
            .map(String::as_str)
            .collect()
    }

    pub(crate) fn join(&mut self, user: Uuid, group: Uuid) {
        let Some((user, group)) = self.directory.get_mut(user).zip(self.groups.get_mut(group)) else {
            return;
        };
        if group.members.insert(user.username.clone()) {
            user.groups.push(group.id);
        }
    }

    fn leave(&mut self, user: Uuid, group: Uuid) {
        let Some((user, group)) = self.directory.get_mut(user).zip(self.groups.get_mut(group)) else {
            return;
        };
        group.members.remove(&user.username);
        user.groups.retain(|id| *id != group.id);
    }

    /// Replaces the groups of a user.
    pub(crate) fn set_groups(&mut self, user: Uuid, groups: &BTreeSet<Uuid>) {
        let present: BTreeSet<Uuid> = match self.directory.get(user) {
            Some(user) => user.groups.iter().copied().collect(),
            None => return,
        };
        present
            .difference(groups)
            .for_each(|group| self.leave(user, *group));
        groups
            .difference(&present)
            .for_each(|group| self.join(user, *group));
    }

    /// Replaces the members of a group.
    pub(crate) fn set_members(&mut self, group: Uuid, members: &BTreeSet<Uuid>) {
        let present = self.members(group);
        present
            .difference(members)
            .for_each(|user| self.leave(*user, group));
        members
            .difference(&present)
            .for_each(|user| self.join(*user, group));
    }

    /// Replaces the roles of a group, without duplicates.
    pub(crate) fn set_group_roles(&mut self, group: Uuid, roles: Vec<String>) {
        let mut seen = BTreeSet::new();
        if let Some(group) = self.groups.get_mut(group) {
            group.roles = roles
                .into_iter()
                .filter(|role| seen.insert(role.clone()))
                .collect();
        }
    }

    pub(crate) fn members(&self, group: Uuid) -> BTreeSet<Uuid> {
        let group = self.groups.get(group).into_iter();
        group
            .flat_map(|group| &group.members)
            .filter_map(|name| self.directory.id_by_name(name))
            .collect()
    }

    /// Removes a user, with the memberships and the provider links.
    pub(crate) fn remove_user(&mut self, id: Uuid) {
        self.set_groups(id, &BTreeSet::new());
        self.providers.set_links(id, Vec::new());
        self.directory.remove(id);
    }

    /// Removes a group, and the users that are its members if `with_members` is set (reference, line 1718).
    pub(crate) fn remove_group(&mut self, id: Uuid, with_members: bool) {
        let members = self.members(id);
        self.set_members(id, &BTreeSet::new());
        self.groups.remove(id);
        if with_members {
            for user in members {
                self.remove_user(user);
            }
        }
    }

    /// Removes a role, also from every user and group.
    pub(crate) fn remove_role(&mut self, name: &str) {
        self.roles.retain(|role| role.name != name);
        self.directory.remove_role(name);
        self.groups.remove_role(name);
    }
}
