//! People, roles and groups at one time, and the access that follows from them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use gate::Access;
use jiff::Timestamp;
use protegrity::{Group, PermissionName, Role, RoleName, User, UserId, permissions as known};

use super::Change;
use crate::directory::full_name;

/// One user with the roles and groups that decide on access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The id at the cluster.
    pub id: UserId,
    /// The user name.
    pub user_name: String,
    /// First and last name, as far as they are known.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether the account is open; it is where the cluster gives no state.
    pub enabled: bool,
    /// The roles held directly.
    pub roles: Vec<RoleName>,
    /// The groups of the user, as the user's own record lists them.
    pub groups: Vec<String>,
}

impl Person {
    /// The person behind this user; `None` where the record has no roles, as in a row of the list.
    pub fn of(user: &User) -> Option<Self> {
        Some(Self {
            id: user.id.clone(),
            user_name: user.username.clone(),
            name: full_name(user),
            email: user.email.clone(),
            enabled: user.enabled.unwrap_or(true),
            roles: user.roles.clone()?,
            groups: user.groups.clone().unwrap_or_default(),
        })
    }
}

/// One path by which a person has a permission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The permission.
    pub permission: PermissionName,
    /// The role that grants it.
    pub role: RoleName,
    /// The group that has the role, where the person does not hold it directly.
    pub via: Option<String>,
}

/// One person of a review, and the answer to the question asked of it.
#[derive(Clone, Debug)]
pub struct AccessRow {
    /// All people of the review.
    people: Arc<Vec<Person>>,
    /// The place of this one.
    place: usize,
    /// The paths to the permission or role that was asked about, or to every role, in words: `role auditor`,
    /// `group developers (role auditor)`.
    pub paths: Vec<String>,
    /// The groups that the person is in, as either record says.
    pub groups: Vec<String>,
}

impl AccessRow {
    /// The person.
    pub fn person(&self) -> &Person {
        &self.people[self.place]
    }
}

/// Who can do what, as far as the asking session sees roles and groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccessReview {
    /// Every user who could be read, by user name.
    pub people: Arc<Vec<Person>>,
    /// The roles.
    pub roles: Arc<Vec<Role>>,
    /// Whether the session may read roles; otherwise there are none here.
    pub roles_visible: bool,
    /// The groups.
    pub groups: Arc<Vec<Group>>,
    /// Whether the session may read groups; otherwise there are none here.
    pub groups_visible: bool,
    /// When the scan began.
    pub as_of: Timestamp,
    /// How many users of the list are missing here: they could not be read, or were created since the scan.
    pub unread: usize,
}

impl AccessReview {
    /// Everything that this person's roles grant, the ones held directly first. A role that is not in the
    /// review grants nothing.
    pub fn grants(&self, person: &Person) -> Vec<Grant> {
        self.paths(|_| true).grants(person)
    }

    /// Every person who can do what this permission allows, with every path to it. What implies it counts, as in
    /// [`gate::Permissions::check`]. Locked accounts are among them.
    pub fn holders(&self, permission: &str) -> Vec<(&Person, Vec<Grant>)> {
        let paths = self.paths(|name| known::implies(name.as_str(), permission));
        let held = self.people.iter().map(|person| (person, paths.grants(person)));
        held.filter(|(_, grants)| !grants.is_empty()).collect()
    }

    /// Every person who has this role, once for each path to it: `None` where it is held directly, or the group that
    /// has it.
    pub fn with_role(&self, role: &str) -> Vec<(&Person, Option<String>)> {
        let paths = self.paths(|_| false);
        let paths_to = |person| {
            let held = paths.held(person).into_iter();
            let held = held.filter(|(name, _)| name.as_str() == role);
            held.map(move |(_, via)| (person, via.map(ToOwned::to_owned)))
        };
        self.people.iter().flat_map(paths_to).collect()
    }

    /// The people who have this permission by this role, each with the paths to it. Where only one of the two is asked
    /// about, those who have that; where neither is, every person with the paths to every role.
    pub fn rows(&self, permission: Option<&str>, role: Option<&str>) -> Vec<AccessRow> {
        let grants = self.paths(|name| permission.is_some_and(|asked| known::implies(name.as_str(), asked)));
        let mut rows = Vec::new();
        for (place, person) in self.people.iter().enumerate() {
            let mut held = grants.held(person);
            held.retain(|(name, _)| role.is_none_or(|role| name.as_str() == role));
            let mut paths: Vec<_> = match permission {
                None => held.iter().map(|(role, via)| in_words(role, *via, "")).collect(),
                Some(permission) => held
                    .iter()
                    .flat_map(|(role, via)| grants.paths_to(permission, role, *via))
                    .collect(),
            };
            paths.dedup();
            if paths.is_empty() && (permission.is_some() || role.is_some()) {
                continue;
            }
            rows.push(AccessRow {
                people: Arc::clone(&self.people),
                place,
                paths,
                groups: grants.group_names(person),
            });
        }
        rows
    }

    /// The number of people of whom it is unknown whether they have this permission: no role in the review grants it to
    /// them, and they have roles or groups that the session cannot see.
    pub fn unknown(&self, permission: &str) -> usize {
        let paths = self.paths(|name| known::implies(name.as_str(), permission));
        // Where the groups are not visible, every person may be in one.
        let is_unknown = |person: &&Person| match paths.access(person) {
            Access::Granted => false,
            Access::Missing => !self.groups_visible,
            Access::Unknown => true,
        };
        self.people.iter().filter(is_unknown).count()
    }

    /// The paths to the permissions that are asked about.
    fn paths(&self, asked: impl Fn(&PermissionName) -> bool) -> GrantPaths<'_> {
        GrantPaths::new(&self.roles, &self.groups, asked)
    }
}

/// One path to a role or to a permission in words.
fn in_words(role: &RoleName, group: Option<&str>, implied: &str) -> String {
    match group {
        Some(group) => format!("group {group} (role {role}{implied})"),
        None => format!("role {role}{implied}"),
    }
}

/// Roles and groups indexed for finding those of a person.
pub(super) struct GrantPaths<'a> {
    /// The permissions asked about that each role grants.
    roles: HashMap<&'a RoleName, Vec<&'a PermissionName>>,
    groups: &'a [Group],
    /// Places of the groups by name.
    by_name: HashMap<&'a str, Vec<usize>>,
    /// The same by the members' user names in lower case.
    by_member: HashMap<String, Vec<usize>>,
}

impl<'a> GrantPaths<'a> {
    pub fn new(roles: &'a [Role], groups: &'a [Group], asked: impl Fn(&PermissionName) -> bool) -> Self {
        let granted = |role: &'a Role| role.permissions.iter().filter(|name| asked(name)).collect();
        let mut by_name = HashMap::<_, Vec<_>>::new();
        let mut by_member = HashMap::<_, Vec<_>>::new();
        for (place, group) in groups.iter().enumerate() {
            by_name.entry(group.name.as_str()).or_default().push(place);
            for member in group.members.iter().flatten() {
                by_member.entry(member.to_lowercase()).or_default().push(place);
            }
        }
        Self {
            roles: roles.iter().map(|role| (&role.name, granted(role))).collect(),
            groups,
            by_name,
            by_member,
        }
    }

    /// The groups that this person is in, as either record says, each once.
    fn groups_of(&self, person: &Person) -> impl Iterator<Item = &'a Group> {
        let as_member = self.by_member.get(&person.user_name.to_lowercase());
        let as_listed = person
            .groups
            .iter()
            .filter_map(|name| self.by_name.get(name.as_str()));
        let places: BTreeSet<usize> = as_listed.chain(as_member).flatten().copied().collect();
        places.into_iter().map(|place| &self.groups[place])
    }

    /// Every role of this person, once for each path to it.
    fn held<'p>(&self, person: &'p Person) -> Vec<(&'p RoleName, Option<&'p str>)>
    where
        'a: 'p,
    {
        let mut held: Vec<(&'p RoleName, Option<&'p str>)> = Vec::new();
        let own = person.roles.iter().map(|role| (role, None));
        let others = self.groups_of(person).flat_map(|group| {
            let roles = group.roles.iter().flatten();
            roles.map(|role| (role, Some(group.name.as_str())))
        });
        for path in own.chain(others) {
            if !held.contains(&path) {
                held.push(path);
            }
        }
        held
    }

    /// The paths to a permission through this role in words, each with the permission that implies it.
    fn paths_to(&self, permission: &str, role: &RoleName, via: Option<&str>) -> Vec<String> {
        let granted = self.roles.get(role).into_iter().flatten();
        let words = granted.map(|name| {
            let is_it = name.as_str() == permission;
            let implied = if is_it {
                String::new()
            } else {
                format!(", by {name}")
            };
            in_words(role, via, &implied)
        });
        words.collect()
    }

    /// The names of all groups of this person, also of those that the session cannot see.
    fn group_names(&self, person: &Person) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let visible = self.groups_of(person).map(|group| &group.name);
        for name in visible.chain(&person.groups) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Whether the change is about this person: the role is theirs, or they are in the group.
    pub fn is_about(&self, person: &Person, change: &Change) -> bool {
        match change {
            Change::SetRolePermissions { name, .. } | Change::DeleteRole(name) => {
                self.held(person).iter().any(|(role, _)| *role == name)
            }
            Change::SetGroupMembership { name, .. }
            | Change::DeleteGroup(name)
            | Change::DeleteGroupAndMembers { name, .. } => {
                self.groups_of(person).any(|group| group.name == *name)
            }
            Change::DeleteUser(id) | Change::SetUserMembership { id, .. } => person.id == *id,
        }
    }

    pub(super) fn grants(&self, person: &Person) -> Vec<Grant> {
        let held = self.held(person).into_iter();
        let grants = held.flat_map(|(role, via)| {
            let granted = self.roles.get(role).into_iter().flatten();
            granted.map(move |permission| Grant {
                permission: PermissionName::clone(permission),
                role: role.clone(),
                via: via.map(ToOwned::to_owned),
            })
        });
        grants.collect()
    }

    /// Whether this person has any of the permissions that are asked about.
    pub fn access(&self, person: &Person) -> Access {
        let held = self.held(person);
        let granted = held.iter().map(|(role, _)| self.roles.get(role));
        if granted.clone().flatten().any(|granted| !granted.is_empty()) {
            return Access::Granted;
        }
        let is_known_group = |name: &String| self.by_name.contains_key(name.as_str());
        let is_all_known = granted.clone().all(|granted| granted.is_some())
            && person.groups.iter().all(is_known_group)
            && self.groups_of(person).all(|group| group.roles.is_some());
        if is_all_known {
            Access::Missing
        } else {
            Access::Unknown
        }
    }

    /// The members of the groups that give the permissions asked about, in lower case.
    pub fn members_who_have(&self) -> impl Iterator<Item = &str> {
        let grants = |place: &usize| {
            let mut roles = self.groups[*place].roles.iter().flatten();
            roles.any(|role| self.roles.get(role).is_some_and(|granted| !granted.is_empty()))
        };
        let members = self.by_member.iter();
        members
            .filter(move |(_, places)| places.iter().any(grants))
            .map(|(name, _)| name.as_str())
    }
}

/// The roles and permissions of one user, as far as the asking session sees roles and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserAccess {
    /// Every role with every path to it: `None` where it is held directly, or the group that has it.
    pub roles: BTreeMap<RoleName, Vec<Option<String>>>,
    /// Every permission with the roles that grant it.
    pub permissions: BTreeMap<PermissionName, BTreeSet<RoleName>>,
    /// The groups that the user is in, as the user or the group says.
    pub groups: Vec<String>,
}

impl UserAccess {
    /// The access of this user. Roles that the cluster does not report are not known to be held directly.
    pub fn of(user: &User, roles: &[Role], groups: &[Group]) -> Self {
        let own = own_groups(user, groups);
        let reported = user.groups.iter().flatten();
        let person = Person {
            id: user.id.clone(),
            user_name: user.username.clone(),
            name: String::new(),
            email: None,
            enabled: true,
            roles: user.roles.clone().unwrap_or_default(),
            groups: own
                .iter()
                .map(|group| &group.name)
                .chain(reported)
                .cloned()
                .collect(),
        };
        let paths = GrantPaths::new(roles, &own, |_| true);
        let mut access = Self {
            groups: paths.group_names(&person),
            ..Self::default()
        };
        for (role, via) in paths.held(&person) {
            let via = via.map(ToOwned::to_owned);
            access.roles.entry(role.clone()).or_default().push(via);
        }
        for grant in paths.grants(&person) {
            let granting = access.permissions.entry(grant.permission).or_default();
            granting.insert(grant.role);
        }
        access
    }
}

/// The groups that this user is in, as the user or the group says, without their members: an index of all members
/// would take longer than everything else on a user's page.
fn own_groups(user: &User, groups: &[Group]) -> Vec<Group> {
    let name = &user.username;
    let is_user = |member: &String| {
        let is_ascii = member.is_ascii() && name.is_ascii();
        member.eq_ignore_ascii_case(name) || !is_ascii && member.to_lowercase() == name.to_lowercase()
    };
    let is_own = |group: &&Group| {
        let mut reported = user.groups.iter().flatten();
        reported.any(|name| *name == group.name) || group.members.iter().flatten().any(is_user)
    };
    let own = groups.iter().filter(is_own).map(|group| Group {
        name: group.name.clone(),
        roles: group.roles.clone(),
        ..Group::default()
    });
    own.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<RoleName> {
        names.iter().map(|name| RoleName::from(*name)).collect()
    }

    fn role(name: &str, permissions: &[&str]) -> Role {
        Role {
            name: name.into(),
            description: None,
            composite: true,
            permissions: permissions.iter().map(|name| (*name).into()).collect(),
        }
    }

    fn group(name: &str, members: &[&str], roles: &[&str]) -> Group {
        Group {
            name: name.to_owned(),
            members: Some(members.iter().map(|name| (*name).to_owned()).collect()),
            roles: Some(names(roles)),
            ..Group::default()
        }
    }

    #[test]
    fn a_role_that_is_held_directly_and_through_groups_has_every_path() {
        let user = User {
            username: "ana".into(),
            roles: Some(names(&["a"])),
            groups: Some(vec!["g".into(), "not-visible".into()]),
            ..User::default()
        };
        let groups = [
            group("g", &[], &["a", "b"]),
            group("h", &["Örn", "Ana"], &["a"]),
            group("other", &["bo"], &["c"]),
        ];
        let access = UserAccess::of(&user, &[], &groups);
        let through = |name: &str| Some(name.to_owned());
        let expected = [
            ("a", vec![None, through("g"), through("h")]),
            ("b", vec![through("g")]),
        ];
        let expected = expected.map(|(role, paths)| (RoleName::from(role), paths));
        assert_eq!(access.roles, BTreeMap::from(expected));
        assert_eq!(access.groups, ["g", "h", "not-visible"]);
    }

    #[test]
    fn permissions_add_up_over_roles() {
        let user = User {
            roles: Some(names(&["a"])),
            groups: Some(vec!["g".into()]),
            ..User::default()
        };
        let roles = [role("a", &["x", "y"]), role("b", &["y"]), role("c", &["z"])];
        let access = UserAccess::of(&user, &roles, &[group("g", &[], &["b"])]);
        let expected = [
            ("x", BTreeSet::from(["a".into()])),
            ("y", BTreeSet::from(["a".into(), "b".into()])),
        ];
        let expected = expected.map(|(permission, roles)| (PermissionName::from(permission), roles));
        assert_eq!(access.permissions, BTreeMap::from(expected));
    }

    #[test]
    fn roles_that_are_not_reported_may_still_come_from_a_group() {
        let user = User {
            groups: Some(vec!["g".into()]),
            ..User::default()
        };
        let access = UserAccess::of(&user, &[], &[group("g", &[], &["a"])]);
        assert_eq!(access.roles[&RoleName::from("a")], [Some("g".to_owned())]);
    }
}
