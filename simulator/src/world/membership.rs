//! What ties users, groups, roles and providers together. Every change of one side changes the other here.

use super::{User, World};
use crate::refusal::Refusal;
use std::collections::BTreeSet;
use uuid::Uuid;

impl World {
    /// The groups of these names, each once.
    pub(crate) fn group_ids(&self, names: &[String]) -> Result<BTreeSet<Uuid>, Refusal> {
        let id = |name: &String| {
            let unknown = || Refusal::detail(400, format!("Group '{name}' not found"));
            self.groups.id_of(name).ok_or_else(unknown)
        };
        names.iter().map(id).collect()
    }

    /// The users of these names, each once.
    pub(crate) fn user_ids(&self, names: &[String]) -> Result<BTreeSet<Uuid>, Refusal> {
        let id = |name: &String| {
            let unknown = || Refusal::detail(400, format!("User '{name}' not found"));
            self.directory
                .id_of(&name.trim().to_lowercase())
                .ok_or_else(unknown)
        };
        names.iter().map(id).collect()
    }

    /// The names of a user's groups, in their order.
    pub(crate) fn groups_of(&self, user: &User) -> BTreeSet<&str> {
        let groups = user.groups.iter().filter_map(|id| self.groups.get(*id));
        groups.map(|group| group.name.as_str()).collect()
    }

    /// The roles that count for a user: the own ones and those of the groups.
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

    /// Gives a user these groups and no others.
    pub(crate) fn set_groups(&mut self, user: Uuid, wanted: &BTreeSet<Uuid>) {
        let present: BTreeSet<Uuid> = match self.directory.get(user) {
            Some(user) => user.groups.iter().copied().collect(),
            None => return,
        };
        present
            .difference(wanted)
            .for_each(|group| self.leave(user, *group));
        wanted
            .difference(&present)
            .for_each(|group| self.join(user, *group));
    }

    /// Gives a group these members and no others.
    pub(crate) fn set_members(&mut self, group: Uuid, wanted: &BTreeSet<Uuid>) {
        let present = self.members(group);
        present
            .difference(wanted)
            .for_each(|user| self.leave(*user, group));
        wanted
            .difference(&present)
            .for_each(|user| self.join(*user, group));
    }

    /// Gives a group these roles, each once.
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
            .filter_map(|name| self.directory.id_of(name))
            .collect()
    }

    /// Removes a user, from its groups and from its providers too.
    pub(crate) fn remove_user(&mut self, id: Uuid) {
        self.set_groups(id, &BTreeSet::new());
        self.providers.set_links(id, Vec::new());
        self.directory.remove(id);
    }

    /// Removes a group, and its members as well when so wanted (reference, line 1718).
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

    /// Removes a role, from every user and group too.
    pub(crate) fn remove_role(&mut self, name: &str) {
        self.roles.retain(|role| role.name != name);
        self.directory.forget_role(name);
        self.groups.forget_role(name);
    }
}
