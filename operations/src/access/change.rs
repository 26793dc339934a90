//! A change of users, roles or groups, and the state after it.

use std::collections::HashSet;

use protegrity::{Group, PermissionName, Role, RoleName, UserId};

use super::Person;

/// A change that is about to be made, or was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The user is deleted. Locking a user counts as the same: a locked account can do nothing.
    DeleteUser(UserId),
    /// The user has these roles and groups, and no others.
    SetUserMembership {
        /// The user.
        id: UserId,
        /// All roles held directly.
        roles: Vec<RoleName>,
        /// All groups, by name.
        groups: Vec<String>,
    },
    /// The role is deleted, and taken from all who have it.
    DeleteRole(RoleName),
    /// The role, which may be new, grants these permissions and no others.
    SetRolePermissions {
        /// The role.
        name: RoleName,
        /// All permissions.
        permissions: Vec<PermissionName>,
    },
    /// The group is deleted. Its members stay as users.
    DeleteGroup(String),
    /// The group is deleted, and its members' accounts with it.
    DeleteGroupAndMembers {
        /// The group.
        name: String,
        /// All members by user name, as the group lists them. Users whose own record lists the group are deleted too.
        members: Vec<String>,
    },
    /// The group, which may be new, has these members and roles, and no others.
    SetGroupMembership {
        /// The group.
        name: String,
        /// All members, by user name.
        members: Vec<String>,
        /// All roles.
        roles: Vec<RoleName>,
    },
}

impl Change {
    /// The user that this change is about.
    pub(super) fn user(&self) -> Option<&UserId> {
        match self {
            Self::DeleteUser(id) | Self::SetUserMembership { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The roles after the change.
    pub(super) fn roles(&self, roles: &[Role]) -> Vec<Role> {
        let mut roles = roles.to_vec();
        match self {
            Self::DeleteRole(name) => roles.retain(|role| role.name != *name),
            Self::SetRolePermissions { name, permissions } => {
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

    /// The groups after the change. They know the user that it is about by name alone.
    pub(super) fn groups(&self, groups: &[Group], user: Option<&str>) -> Vec<Group> {
        let mut groups = groups.to_vec();
        let members = groups
            .iter_mut()
            .filter_map(|group| Some((&group.name, group.members.as_mut()?)));
        match (self, user) {
            (Self::DeleteUser(_), Some(user)) => {
                members.for_each(|(_, members)| set_member(members, user, false));
            }
            (Self::SetUserMembership { groups: wanted, .. }, Some(user)) => {
                members.for_each(|(name, members)| set_member(members, user, wanted.contains(name)));
            }
            (Self::DeleteRole(name), _) => {
                let roles = groups.iter_mut().filter_map(|group| group.roles.as_mut());
                roles.for_each(|roles| roles.retain(|role| role != name));
            }
            (Self::DeleteGroup(name), _) => groups.retain(|group| group.name != *name),
            (Self::DeleteGroupAndMembers { name, members: gone }, _) => {
                let gone = in_lower_case(gone);
                members
                    .for_each(|(_, members)| members.retain(|member| !gone.contains(&member.to_lowercase())));
                groups.retain(|group| group.name != *name);
            }
            (Self::SetGroupMembership { name, members, roles }, _) => {
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

/// A change prepared for being applied to very many people.
pub(super) struct PreparedChange<'a> {
    change: &'a Change,
    /// The members that the group has afterwards, or that are deleted with it, in lower case.
    members: HashSet<String>,
}

impl<'a> PreparedChange<'a> {
    pub fn new(change: &'a Change) -> Self {
        let members = match change {
            Change::SetGroupMembership { members, .. } | Change::DeleteGroupAndMembers { members, .. } => {
                members.as_slice()
            }
            _ => &[],
        };
        Self {
            change,
            members: in_lower_case(members),
        }
    }

    /// Whether the change affects this person.
    pub fn affects(&self, person: &Person) -> bool {
        match self.change {
            Change::DeleteUser(id) | Change::SetUserMembership { id, .. } => person.id == *id,
            Change::DeleteRole(name) => person.roles.contains(name),
            Change::SetRolePermissions { .. } => false,
            Change::DeleteGroup(name) => person.groups.contains(name),
            // A group may not report its members: then only their own records list it.
            Change::DeleteGroupAndMembers { name, .. } => {
                person.groups.contains(name) || self.is_member(person)
            }
            Change::SetGroupMembership { name, .. } => person.groups.contains(name) != self.is_member(person),
        }
    }

    fn is_member(&self, person: &Person) -> bool {
        self.members.contains(&person.user_name.to_lowercase())
    }

    /// Changes a person, and returns whether the account still exists.
    pub fn apply(&self, person: &mut Person) -> bool {
        if !self.affects(person) {
            return true;
        }
        match self.change {
            Change::DeleteUser(_) | Change::DeleteGroupAndMembers { .. } => return false,
            Change::SetUserMembership { roles, groups, .. } => {
                person.roles.clone_from(roles);
                person.groups.clone_from(groups);
            }
            Change::DeleteRole(name) => person.roles.retain(|role| role != name),
            Change::SetRolePermissions { .. } => {}
            Change::SetGroupMembership { name, .. } if !person.groups.contains(name) => {
                person.groups.push(name.clone());
            }
            Change::DeleteGroup(name) | Change::SetGroupMembership { name, .. } => {
                person.groups.retain(|group| group != name);
            }
        }
        true
    }
}

fn in_lower_case(names: &[String]) -> HashSet<String> {
    names.iter().map(|name| name.to_lowercase()).collect()
}

/// Makes a list of members contain this user, or not.
fn set_member(members: &mut Vec<String>, user: &str, wanted: bool) {
    let name = user.to_lowercase();
    let is_other = |member: &String| member.to_lowercase() != name;
    match (members.iter().all(is_other), wanted) {
        (true, true) => members.push(user.to_owned()),
        (false, false) => members.retain(is_other),
        _ => {}
    }
}
