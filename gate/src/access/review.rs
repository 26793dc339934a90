//! People, roles and groups at one time, and what follows from them.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use protegrity::{Group, PermissionName, Role, RoleName, User, UserId, permissions as known};

use crate::permissions::Verdict;

/// One user with what decides what they can do.
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
    /// Whether the account is open. One that does not say so is.
    pub enabled: bool,
    /// The roles held directly.
    pub roles: Vec<RoleName>,
    /// The groups that the user is in, as the user's own item says.
    pub groups: Vec<String>,
}

impl Person {
    /// The person that this user is; `None` where the roles are not told, as in a row of the list.
    pub fn of(user: &User) -> Option<Self> {
        let names = [user.first_name.as_deref(), user.last_name.as_deref()];
        let names = names.into_iter().flatten().map(str::trim);
        let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
        Some(Self {
            id: user.id.clone(),
            user_name: user.username.clone(),
            name: names.join(" "),
            email: user.email.clone(),
            enabled: user.enabled.unwrap_or(true),
            roles: user.roles.clone()?,
            groups: user.groups.clone().unwrap_or_default(),
        })
    }
}

/// One way in which a person comes to a permission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// What is granted.
    pub permission: PermissionName,
    /// The role that grants it.
    pub role: RoleName,
    /// The group that has the role, where the person does not hold it directly.
    pub via: Option<String>,
}

/// All that one person has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held<'a> {
    /// Who.
    pub person: &'a Person,
    /// Every role, once for each way to it: `None` where it is held directly, or the group that has it.
    pub roles: Vec<(RoleName, Option<String>)>,
    /// The groups that the person is in, as the person or the group says.
    pub groups: Vec<String>,
}

/// Who can do what, as far as the asking session sees roles and groups.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessReview {
    /// Everybody who could be read, by user name.
    pub people: Arc<Vec<Person>>,
    /// The roles.
    pub roles: Arc<Vec<Role>>,
    /// Whether the session may read roles; otherwise there are none here.
    pub roles_told: bool,
    /// The groups.
    pub groups: Arc<Vec<Group>>,
    /// Whether the session may read groups; otherwise there are none here.
    pub groups_told: bool,
    /// When the reading began.
    pub as_of: Timestamp,
    /// How many users could not be read, of whom nothing is known.
    pub unread: usize,
}

impl AccessReview {
    /// Everything that this person's roles grant, the ones held directly first. A role that is not in the
    /// review grants nothing that is known of.
    pub fn grants(&self, person: &Person) -> Vec<Grant> {
        self.ways(|_| true).grants(person)
    }

    /// Everybody who can do what this permission allows, with every way to it. What implies it counts, as
    /// in [`crate::Permissions::check`]. Locked accounts are among them.
    pub fn holders(&self, permission: &str) -> Vec<(&Person, Vec<Grant>)> {
        let ways = self.ways(|name| known::implies(name.as_str(), permission));
        let held = self.people.iter().map(|person| (person, ways.grants(person)));
        held.filter(|(_, grants)| !grants.is_empty()).collect()
    }

    /// Everybody who has this role, once for each way to it: `None` where it is held directly, or the group
    /// that has it.
    pub fn with_role(&self, role: &str) -> Vec<(&Person, Option<String>)> {
        let ways = self.ways(|_| false);
        let ways_to = |person| {
            let held = ways.held(person).into_iter();
            let held = held.filter(|(name, _)| name.as_str() == role);
            held.map(move |(_, via)| (person, via.map(ToOwned::to_owned)))
        };
        self.people.iter().flat_map(ways_to).collect()
    }

    /// Everybody with all that they have.
    pub fn everybody(&self) -> Vec<Held<'_>> {
        let ways = self.ways(|_| false);
        let held = |person| Held {
            person,
            roles: ways.roles_of(person),
            groups: ways.group_names(person),
        };
        self.people.iter().map(held).collect()
    }

    /// How many people may or may not have this permission: none of the roles in the review grants it to them,
    /// and there are others, or groups, of which it does not tell what they grant.
    pub fn unknown(&self, permission: &str) -> usize {
        let ways = self.ways(|name| known::implies(name.as_str(), permission));
        // Where no groups are told, anybody may be in one.
        let is_unknown = |person: &&Person| match ways.verdict(person) {
            Verdict::Granted => false,
            Verdict::Missing => !self.groups_told,
            Verdict::Unknown => true,
        };
        self.people.iter().filter(is_unknown).count()
    }

    /// The ways to the permissions that are asked about.
    fn ways(&self, asked: impl Fn(&PermissionName) -> bool) -> Ways<'_> {
        Ways::new(&self.roles, &self.groups, asked)
    }
}

/// Roles and groups laid out for finding what a person has of them.
pub(super) struct Ways<'a> {
    /// What each role grants of the permissions that are asked about.
    roles: HashMap<&'a RoleName, Vec<&'a PermissionName>>,
    groups: &'a [Group],
    /// Places of the groups.
    by_name: HashMap<&'a str, Vec<usize>>,
    /// The same by the members' user names in lower case.
    by_member: HashMap<String, Vec<usize>>,
}

impl<'a> Ways<'a> {
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

    /// The groups that this person is in, as the person or the group says, each once.
    fn groups_of(&self, person: &Person) -> impl Iterator<Item = &'a Group> {
        let as_member = self.by_member.get(&person.user_name.to_lowercase());
        let as_told = person
            .groups
            .iter()
            .filter_map(|name| self.by_name.get(name.as_str()));
        let places: BTreeSet<usize> = as_told.chain(as_member).flatten().copied().collect();
        places.into_iter().map(|place| &self.groups[place])
    }

    /// Every role of this person, once for each way to it.
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
        for way in own.chain(others) {
            if !held.contains(&way) {
                held.push(way);
            }
        }
        held
    }

    fn roles_of(&self, person: &Person) -> Vec<(RoleName, Option<String>)> {
        let held = self.held(person).into_iter();
        held.map(|(role, via)| (role.clone(), via.map(ToOwned::to_owned)))
            .collect()
    }

    /// The names of all groups of this person, also of those that are not told of otherwise.
    fn group_names(&self, person: &Person) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let told = self.groups_of(person).map(|group| &group.name);
        for name in told.chain(&person.groups) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    fn grants(&self, person: &Person) -> Vec<Grant> {
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
    pub fn verdict(&self, person: &Person) -> Verdict {
        let held = self.held(person);
        let granted = held.iter().map(|(role, _)| self.roles.get(role));
        if granted.clone().flatten().any(|granted| !granted.is_empty()) {
            return Verdict::Granted;
        }
        let is_known_group = |name: &String| self.by_name.contains_key(name.as_str());
        let is_all_told = granted.clone().all(|granted| granted.is_some())
            && person.groups.iter().all(is_known_group)
            && self.groups_of(person).all(|group| group.roles.is_some());
        if is_all_told {
            Verdict::Missing
        } else {
            Verdict::Unknown
        }
    }

    /// The members of the groups that give the permissions which are asked about, in lower case.
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
