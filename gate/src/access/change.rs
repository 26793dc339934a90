//! A change of users, roles or groups, and how everything is after it.

use std::collections::HashSet;

use protegrity::{Group, PermissionName, Role, RoleName, UserId};

use super::Person;

/// A change that somebody is about to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The user is deleted. A user who is locked can do as little.
    UserGone(UserId),
    /// The user has these roles and groups, and no others.
    UserGets {
        /// Who.
        id: UserId,
        /// All roles held directly.
        roles: Vec<RoleName>,
        /// All groups, by name.
        groups: Vec<String>,
    },
    /// The role is deleted, and nobody has it any more.
    RoleGone(RoleName),
    /// The role, which may be new, grants these permissions and no others.
    RoleGrants {
        /// Which.
        name: RoleName,
        /// All permissions.
        permissions: Vec<PermissionName>,
    },
    /// The group is deleted. Its members stay as users.
    GroupGone(String),
    /// The group is deleted, and its members' accounts with it.
    GroupAndMembersGone {
        /// Which.
        name: String,
        /// All members, by user name, as the group tells. Somebody who tells of being in it vanishes too.
        members: Vec<String>,
    },
    /// The group, which may be new, has these members and roles, and no others.
    GroupGets {
        /// Which.
        name: String,
        /// All members, by user name.
        members: Vec<String>,
        /// All roles.
        roles: Vec<RoleName>,
    },
}

impl Change {
    /// The user whom this change is about.
    pub(super) fn user(&self) -> Option<&UserId> {
        match self {
            Self::UserGone(id) | Self::UserGets { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The roles after it.
    pub(super) fn roles(&self, roles: &[Role]) -> Vec<Role> {
        let mut roles = roles.to_vec();
        match self {
            Self::RoleGone(name) => roles.retain(|role| role.name != *name),
            Self::RoleGrants { name, permissions } => {
                let before = roles.iter().position(|role| role.name == *name);
                let role = Role {
                    description: before.and_then(|at| roles[at].description.clone()),
                    name: name.clone(),
                    composite: !permissions.is_empty(),
                    permissions: permissions.clone(),
                };
                match before {
                    Some(at) => roles[at] = role,
                    None => roles.push(role),
                }
            }
            _ => {}
        }
        roles
    }

    /// The groups after it. They know the user whom it is about by name alone.
    pub(super) fn groups(&self, groups: &[Group], user: Option<&str>) -> Vec<Group> {
        let mut groups = groups.to_vec();
        let members = groups
            .iter_mut()
            .filter_map(|group| Some((&group.name, group.members.as_mut()?)));
        match (self, user) {
            (Self::UserGone(_), Some(user)) => members.for_each(|(_, members)| put(members, user, false)),
            (Self::UserGets { groups: wanted, .. }, Some(user)) => {
                members.for_each(|(name, members)| put(members, user, wanted.contains(name)));
            }
            (Self::RoleGone(name), _) => {
                let roles = groups.iter_mut().filter_map(|group| group.roles.as_mut());
                roles.for_each(|roles| roles.retain(|role| role != name));
            }
            (Self::GroupGone(name), _) => groups.retain(|group| group.name != *name),
            (Self::GroupAndMembersGone { name, members: gone }, _) => {
                let gone = lower(gone);
                members
                    .for_each(|(_, members)| members.retain(|member| !gone.contains(&member.to_lowercase())));
                groups.retain(|group| group.name != *name);
            }
            (Self::GroupGets { name, members, roles }, _) => {
                if !groups.iter().any(|group| group.name == *name) {
                    groups.push(Group {
                        name: name.clone(),
                        ..Group::default()
                    });
                }
                for group in groups.iter_mut().filter(|group| group.name == *name) {
                    group.members = Some(members.clone());
                    group.roles = Some(roles.clone());
                }
            }
            _ => {}
        }
        groups
    }
}

/// What a change does to people, laid out for going through very many.
pub(super) struct Effect<'a> {
    change: &'a Change,
    /// The members that a group gets, or takes with it, in lower case.
    members: HashSet<String>,
}

impl<'a> Effect<'a> {
    pub fn of(change: &'a Change) -> Self {
        let members = match change {
            Change::GroupGets { members, .. } | Change::GroupAndMembersGone { members, .. } => {
                members.as_slice()
            }
            _ => &[],
        };
        Self {
            change,
            members: lower(members),
        }
    }

    /// Whether this person is not the same after it.
    pub fn touches(&self, person: &Person) -> bool {
        match self.change {
            Change::UserGone(id) | Change::UserGets { id, .. } => person.id == *id,
            Change::RoleGone(name) => person.roles.contains(name),
            Change::RoleGrants { .. } => false,
            Change::GroupGone(name) => person.groups.contains(name),
            // A group may leave its members untold, and then theirs is the only word there is.
            Change::GroupAndMembersGone { name, .. } => {
                person.groups.contains(name) || self.is_member(person)
            }
            Change::GroupGets { name, .. } => person.groups.contains(name) != self.is_member(person),
        }
    }

    fn is_member(&self, person: &Person) -> bool {
        self.members.contains(&person.user_name.to_lowercase())
    }

    /// Changes a person, and says whether they are still there.
    pub fn alter(&self, person: &mut Person) -> bool {
        if !self.touches(person) {
            return true;
        }
        match self.change {
            Change::UserGone(_) | Change::GroupAndMembersGone { .. } => return false,
            Change::UserGets { roles, groups, .. } => {
                person.roles.clone_from(roles);
                person.groups.clone_from(groups);
            }
            Change::RoleGone(name) => person.roles.retain(|role| role != name),
            Change::RoleGrants { .. } => {}
            Change::GroupGets { name, .. } if !person.groups.contains(name) => {
                person.groups.push(name.clone());
            }
            Change::GroupGone(name) | Change::GroupGets { name, .. } => {
                person.groups.retain(|group| group != name);
            }
        }
        true
    }
}

/// These names in lower case.
fn lower(names: &[String]) -> HashSet<String> {
    names.iter().map(|name| name.to_lowercase()).collect()
}

/// Makes a list of members hold this user, or not.
fn put(members: &mut Vec<String>, user: &str, wanted: bool) {
    let name = user.to_lowercase();
    let is_other = |member: &String| member.to_lowercase() != name;
    match (members.iter().all(is_other), wanted) {
        (true, true) => members.push(user.to_owned()),
        (false, false) => members.retain(is_other),
        _ => {}
    }
}
