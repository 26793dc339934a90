//! What follows from people, roles and groups, and from changes of them, without a cluster.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::{prelude::*, sample::subsequence};
use protegrity::{Group, PermissionName, Role, RoleName, User, UserId, permissions as known};

use super::{change::Effect, left::After, review::Ways, *};
use crate::permissions::{Permissions, Source, Verdict};

/// Permissions of which some imply others, and one that nobody has heard of.
const PERMISSIONS: &[&str] = &[
    known::USER_MANAGER_ADMIN,
    known::USER_MANAGER_VIEWER,
    known::WORKBENCH_POLICY_WRITE,
    known::WORKBENCH_POLICY_READ,
    known::CAN_CREATE_TOKEN,
    "brand_new_admin",
];

/// The first three are roles of the review, the last is not.
const ROLES: &[&str] = &["keeper", "reader", "helper", "unheard_of"];
const GROUPS: &[&str] = &["admins", "Helpdesk", "empty"];
const USERS: &[&str] = &["ana", "bo", "Chidi", "dana"];

fn role(name: &str, permissions: &[&str]) -> Role {
    Role {
        name: RoleName::new(name),
        description: None,
        composite: true,
        permissions: permissions
            .iter()
            .map(|name| PermissionName::new(*name))
            .collect(),
    }
}

fn group(name: &str, members: &[&str], roles: &[&str]) -> Group {
    Group {
        id: name.into(),
        name: name.to_owned(),
        members: Some(strings(members)),
        roles: Some(role_names(roles)),
        ..Group::default()
    }
}

fn person(name: &str, roles: &[&str], groups: &[&str]) -> Person {
    Person {
        id: id(name),
        user_name: name.to_owned(),
        name: String::new(),
        email: None,
        enabled: true,
        roles: role_names(roles),
        groups: strings(groups),
    }
}

fn id(name: &str) -> UserId {
    UserId::new(format!("id-{name}"))
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn role_names(names: &[&str]) -> Vec<RoleName> {
    names.iter().map(|name| RoleName::new(*name)).collect()
}

fn review(people: Vec<Person>, roles: Vec<Role>, groups: Vec<Group>) -> AccessReview {
    AccessReview {
        people: Arc::new(people),
        roles: Arc::new(roles),
        roles_told: true,
        groups: Arc::new(groups),
        groups_told: true,
        as_of: Timestamp::UNIX_EPOCH,
        unread: 0,
    }
}

/// The review after this change.
fn after(review: &AccessReview, change: &Change) -> AccessReview {
    let mut people = Vec::clone(&review.people);
    let changed = change
        .user()
        .and_then(|id| people.iter().find(|person| person.id == *id));
    let changed = changed.map(|person| person.user_name.clone());
    let effect = Effect::of(change);
    people.retain_mut(|person| effect.alter(person));
    AccessReview {
        people: Arc::new(people),
        roles: Arc::new(change.roles(&review.roles)),
        groups: Arc::new(change.groups(&review.groups, changed.as_deref())),
        ..*review
    }
}

fn check(review: &AccessReview, person: &Person, permission: &str) -> Verdict {
    let asked = |name: &PermissionName| known::implies(name.as_str(), permission);
    Ways::new(&review.roles, &review.groups, asked).verdict(person)
}

/// Whether a person with an open account can sign in and manage users.
fn manages(review: &AccessReview, person: &Person) -> Verdict {
    let both = [known::USER_MANAGER_ADMIN, known::CAN_CREATE_TOKEN].map(|name| check(review, person, name));
    match both {
        _ if both.contains(&Verdict::Missing) => Verdict::Missing,
        _ if both.contains(&Verdict::Unknown) => Verdict::Unknown,
        _ => Verdict::Granted,
    }
}

/// The review of this test, by hand.
fn by_hand() -> AccessReview {
    review(
        vec![
            person("ana", &["keeper"], &[]),
            person("bo", &[], &["admins"]),
            person("Chidi", &["reader"], &[]),
            person("dana", &["unheard_of"], &[]),
        ],
        vec![
            role("keeper", &[known::USER_MANAGER_ADMIN, known::CAN_CREATE_TOKEN]),
            role("reader", &[known::USER_MANAGER_VIEWER]),
        ],
        vec![
            group("admins", &[], &["keeper"]),
            group("Helpdesk", &["chidi", "bo"], &["reader"]),
        ],
    )
}

fn names<T>(found: Vec<(&Person, T)>) -> Vec<&str> {
    found
        .into_iter()
        .map(|(person, _)| person.user_name.as_str())
        .collect()
}

#[test]
fn a_grant_names_its_role_and_the_group_that_has_it() {
    let review = by_hand();
    let grant = |permission: &str, role: &str, via: Option<&str>| Grant {
        permission: PermissionName::new(permission),
        role: RoleName::new(role),
        via: via.map(ToOwned::to_owned),
    };
    assert_eq!(
        review.grants(&review.people[1]),
        [
            grant(known::USER_MANAGER_ADMIN, "keeper", Some("admins")),
            grant(known::CAN_CREATE_TOKEN, "keeper", Some("admins")),
            grant(known::USER_MANAGER_VIEWER, "reader", Some("Helpdesk")),
        ]
    );
    assert_eq!(
        review.grants(&review.people[2]),
        [
            grant(known::USER_MANAGER_VIEWER, "reader", None),
            grant(known::USER_MANAGER_VIEWER, "reader", Some("Helpdesk")),
        ],
        "every way is named"
    );
    assert!(review.grants(&review.people[3]).is_empty());
}

#[test]
fn holders_have_the_permission_or_what_implies_it() {
    let review = by_hand();
    assert_eq!(names(review.holders(known::USER_MANAGER_ADMIN)), ["ana", "bo"]);
    assert_eq!(
        names(review.holders(known::USER_MANAGER_VIEWER)),
        ["ana", "bo", "Chidi"]
    );
    assert!(review.holders(known::SAML_VIEWER).is_empty());
}

#[test]
fn with_role_tells_every_way_to_it() {
    let review = by_hand();
    let ways = |role| -> Vec<(&str, Option<String>)> {
        let found = review.with_role(role).into_iter();
        found
            .map(|(person, via)| (person.user_name.as_str(), via))
            .collect()
    };
    let via = |name: &str| Some(name.to_owned());
    assert_eq!(ways("keeper"), [("ana", None), ("bo", via("admins"))]);
    let expected = [
        ("bo", via("Helpdesk")),
        ("Chidi", None),
        ("Chidi", via("Helpdesk")),
    ];
    assert_eq!(ways("reader"), expected);
    assert_eq!(
        ways("unheard_of"),
        [("dana", None)],
        "a role that the session cannot see"
    );
}

#[test]
fn everybody_is_told_with_all_that_they_have() {
    let mut review = by_hand();
    Arc::make_mut(&mut review.people).push(person("eve", &[], &["hidden"]));
    let via = |name: &str| Some(name.to_owned());
    let everybody = review.everybody();
    let told: Vec<_> = everybody
        .iter()
        .map(|held| (held.person.user_name.as_str(), &held.roles, &held.groups))
        .collect();
    let direct = |name: &str| vec![(RoleName::new(name), None)];
    let of_bo = vec![
        ("keeper".into(), via("admins")),
        ("reader".into(), via("Helpdesk")),
    ];
    let of_chidi = vec![("reader".into(), None), ("reader".into(), via("Helpdesk"))];
    assert_eq!(
        told,
        [
            ("ana", &direct("keeper"), &strings(&[])),
            ("bo", &of_bo, &strings(&["admins", "Helpdesk"])),
            ("Chidi", &of_chidi, &strings(&["Helpdesk"])),
            ("dana", &direct("unheard_of"), &strings(&[])),
            ("eve", &Vec::new(), &strings(&["hidden"])),
        ]
    );
}

#[test]
fn whoever_may_have_a_permission_is_counted() {
    let review = by_hand();
    assert_eq!(
        review.unknown(known::USER_MANAGER_ADMIN),
        1,
        "whose role is not told"
    );
    let without_groups = AccessReview {
        groups: Arc::default(),
        groups_told: false,
        ..review.clone()
    };
    assert_eq!(
        without_groups.unknown(known::USER_MANAGER_ADMIN),
        3,
        "all but ana"
    );
    let without_roles = AccessReview {
        roles: Arc::default(),
        roles_told: false,
        ..review
    };
    assert_eq!(
        without_roles.unknown(known::USER_MANAGER_ADMIN),
        4,
        "anybody who has a role"
    );
}

#[test]
fn whoever_cannot_sign_in_cannot_manage_users() {
    let roles = [
        role("manager", &[known::USER_MANAGER_ADMIN]),
        role("entrant", &[known::CAN_CREATE_TOKEN]),
    ];
    let groups = vec![group("staff", &["bo"], &["entrant"])];
    let change = Change::GroupGone("none".to_owned());
    let verdict = |person: &Person| After::new(&change, &roles, Some(groups.clone())).verdict(person);
    assert_eq!(
        verdict(&person("ana", &["manager", "entrant"], &[])),
        Verdict::Granted
    );
    assert_eq!(
        verdict(&person("bo", &["manager"], &[])),
        Verdict::Granted,
        "one through a group"
    );
    assert_eq!(verdict(&person("Chidi", &["manager"], &[])), Verdict::Missing);
    assert_eq!(verdict(&person("Chidi", &["entrant"], &[])), Verdict::Missing);
    assert_eq!(
        verdict(&person("Chidi", &["manager", "unheard_of"], &[])),
        Verdict::Unknown
    );
    let locked = Person {
        enabled: false,
        ..person("ana", &["manager", "entrant"], &[])
    };
    assert_eq!(verdict(&locked), Verdict::Missing);
}

#[test]
fn members_vanish_with_their_group_whoever_tells_of_it() {
    let review = by_hand();
    let change = |name: &str, members: &[&str]| Change::GroupAndMembersGone {
        name: name.to_owned(),
        members: strings(members),
    };
    let left = |change: &Change| {
        let review = after(&review, change);
        let people = review.people.iter().map(|person| person.user_name.clone());
        let groups = review
            .groups
            .iter()
            .map(|group| (group.name.clone(), group.members.clone()));
        (people.collect::<Vec<_>>(), groups.collect::<Vec<_>>())
    };
    assert_eq!(
        left(&change("admins", &["CHIDI"])),
        (
            strings(&["ana", "dana"]),
            vec![("Helpdesk".to_owned(), Some(strings(&["bo"])))]
        ),
        "bo tells of being in it, and the group of Chidi"
    );
    assert_eq!(left(&change("Helpdesk", &[])).0.len(), 4, "nobody tells of it");
}

#[test]
fn what_is_not_told_is_unknown_and_not_missing() {
    let review = by_hand();
    let at = |at: usize| check(&review, &review.people[at], known::USER_MANAGER_ADMIN);
    assert_eq!(
        [at(0), at(1), at(2), at(3)],
        [
            Verdict::Granted,
            Verdict::Granted,
            Verdict::Missing,
            Verdict::Unknown,
        ]
    );
    let in_hidden_group = person("eve", &[], &["hidden"]);
    assert_eq!(
        check(&review, &in_hidden_group, known::SAML_ADMIN),
        Verdict::Unknown
    );
    let mut untold = group("untold", &["eve"], &[]);
    untold.roles = None;
    let review = super::tests::review(Vec::new(), Vec::new(), vec![untold]);
    assert_eq!(
        check(&review, &person("eve", &[], &[]), known::SAML_ADMIN),
        Verdict::Unknown
    );
}

#[test]
fn a_person_is_made_of_an_item_and_not_of_a_row() {
    let mut user = User {
        id: id("ana"),
        username: "ana".to_owned(),
        first_name: Some(" Ana".to_owned()),
        last_name: Some(String::new()),
        ..User::default()
    };
    assert_eq!(Person::of(&user), None, "a row tells no roles");
    user.roles = Some(role_names(&["keeper"]));
    let expected = Person {
        name: "Ana".to_owned(),
        ..person("ana", &["keeper"], &[])
    };
    assert_eq!(Person::of(&user), Some(expected));
}

/// Any of these names, and how many of them.
fn some(names: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(names, 0..=names.len())
}

fn any_roles() -> impl Strategy<Value = Vec<Role>> {
    let permissions = proptest::collection::vec(some(PERMISSIONS), 3);
    permissions.prop_map(|permissions| {
        let roles = ROLES.iter().zip(permissions);
        roles
            .map(|(name, permissions)| role(name, &permissions))
            .collect()
    })
}

fn any_groups() -> impl Strategy<Value = Vec<Group>> {
    let content = proptest::collection::vec((some(USERS), some(ROLES)), GROUPS.len());
    content.prop_map(|content| {
        let groups = GROUPS.iter().zip(content);
        groups
            .map(|(name, (members, roles))| group(name, &members, &roles))
            .collect()
    })
}

fn any_people() -> impl Strategy<Value = Vec<Person>> {
    let content = proptest::collection::vec((some(ROLES), some(GROUPS)), USERS.len());
    content.prop_map(|content| {
        let people = USERS.iter().zip(content);
        people
            .map(|(name, (roles, groups))| person(name, &roles, &groups))
            .collect()
    })
}

fn any_review() -> impl Strategy<Value = AccessReview> {
    (any_people(), any_roles(), any_groups())
        .prop_map(|(people, roles, groups)| review(people, roles, groups))
}

fn any_change() -> impl Strategy<Value = Change> {
    let one = |names: &'static [&'static str]| proptest::sample::select(names);
    // Also of a group and a role that do not exist before.
    let group_name = prop_oneof![one(GROUPS), Just("new")];
    prop_oneof![
        one(USERS).prop_map(|name| Change::UserGone(id(name))),
        (one(USERS), some(ROLES), some(GROUPS)).prop_map(|(name, roles, groups)| Change::UserGets {
            id: id(name),
            roles: role_names(&roles),
            groups: strings(&groups),
        }),
        one(ROLES).prop_map(|name| Change::RoleGone(RoleName::new(name))),
        (one(ROLES), some(PERMISSIONS)).prop_map(|(name, permissions)| Change::RoleGrants {
            name: RoleName::new(name),
            permissions: role(name, &permissions).permissions,
        }),
        group_name
            .clone()
            .prop_map(|name| Change::GroupGone(name.to_owned())),
        (group_name.clone(), some(USERS)).prop_map(|(name, members)| Change::GroupAndMembersGone {
            name: name.to_owned(),
            members: strings(&members),
        }),
        (group_name, some(USERS), some(ROLES)).prop_map(|(name, members, roles)| Change::GroupGets {
            name: name.to_owned(),
            members: strings(&members),
            roles: role_names(&roles),
        }),
    ]
}

/// Every grant of everybody, by user name.
fn everything(review: &AccessReview) -> BTreeMap<String, BTreeSet<Grant>> {
    let people = review.people.iter();
    people
        .map(|person| {
            (
                person.user_name.clone(),
                review.grants(person).into_iter().collect(),
            )
        })
        .collect()
}

/// What somebody is granted after a change, told from what they were granted before and had.
fn expected(review: &AccessReview, change: &Change, person: &Person) -> Option<BTreeSet<Grant>> {
    let before = review.grants(person).into_iter();
    let granted_by = |names: &[RoleName], via: Option<&str>| -> Vec<Grant> {
        let lone = Person {
            roles: names.to_vec(),
            groups: Vec::new(),
            user_name: "nobody".to_owned(),
            ..person.clone()
        };
        let grants = review.grants(&lone).into_iter();
        let via = via.map(ToOwned::to_owned);
        grants
            .map(|grant| Grant {
                via: via.clone(),
                ..grant
            })
            .collect()
    };
    Some(match change {
        Change::UserGone(id) if person.id == *id => return None,
        Change::UserGets { id, roles, groups } if person.id == *id => {
            let of_group = |group: &&Group| groups.contains(&group.name);
            let via_groups = review.groups.iter().filter(of_group);
            let via_groups = via_groups.flat_map(|group| {
                granted_by(
                    group.roles.as_deref().unwrap_or_default(),
                    Some(group.name.as_str()),
                )
            });
            granted_by(roles, None).into_iter().chain(via_groups).collect()
        }
        Change::RoleGone(name) => before.filter(|grant| grant.role != *name).collect(),
        Change::RoleGrants { name, permissions } => {
            let ways = review.with_role(name.as_str()).into_iter();
            let ways = ways.filter(|(holder, _)| holder.id == person.id);
            let new = ways.flat_map(|(_, via)| {
                permissions.iter().map(move |permission| Grant {
                    permission: permission.clone(),
                    role: name.clone(),
                    via: via.clone(),
                })
            });
            before.filter(|grant| grant.role != *name).chain(new).collect()
        }
        Change::GroupGone(name) => before.filter(|grant| grant.via.as_ref() != Some(name)).collect(),
        Change::GroupAndMembersGone { name, members } => {
            if members.contains(&person.user_name) || person.groups.contains(name) {
                return None;
            }
            before.filter(|grant| grant.via.as_ref() != Some(name)).collect()
        }
        Change::GroupGets { name, members, roles } => {
            let others = before.filter(|grant| grant.via.as_ref() != Some(name));
            if members.contains(&person.user_name) {
                others.chain(granted_by(roles, Some(name.as_str()))).collect()
            } else {
                others.collect()
            }
        }
        Change::UserGone(_) | Change::UserGets { .. } => before.collect(),
    })
}

proptest! {
    /// The review and the guard of the gate read the same rule.
    #[test]
    fn a_holder_is_whom_the_guard_would_let_through(review in any_review(), asked in proptest::sample::select(known::KNOWN)) {
        let holders: BTreeSet<_> = names(review.holders(asked)).into_iter().map(ToOwned::to_owned).collect();
        for person in review.people.iter() {
            let held = review.grants(person).into_iter().map(|grant| (grant.permission, BTreeSet::from([Source::Token])));
            let verdict = Permissions::known(held.collect()).check(asked);
            prop_assert_eq!(holders.contains(&person.user_name), verdict == Verdict::Granted);
            prop_assert_eq!(check(&review, person, asked) == Verdict::Granted, verdict == Verdict::Granted);
        }
    }

    /// Whether the user or the group tells of a membership makes no difference.
    #[test]
    fn membership_counts_from_either_side(review in any_review()) {
        let is_in = |person: &Person, group: &Group| {
            let members = group.members.as_ref().expect("told");
            person.groups.contains(&group.name) || members.contains(&person.user_name)
        };
        let mut told_by_users = review.clone();
        let mut told_by_groups = review.clone();
        for person in Arc::make_mut(&mut told_by_users.people) {
            let groups = review.groups.iter().filter(|group| is_in(person, group));
            person.groups = groups.map(|group| group.name.clone()).collect();
        }
        for group in Arc::make_mut(&mut told_by_users.groups) {
            group.members = Some(Vec::new());
        }
        for group in Arc::make_mut(&mut told_by_groups.groups) {
            let members = review.people.iter().filter(|person| is_in(person, group));
            group.members = Some(members.map(|person| person.user_name.to_uppercase()).collect());
        }
        for person in Arc::make_mut(&mut told_by_groups.people) {
            person.groups.clear();
        }
        prop_assert_eq!(everything(&told_by_users), everything(&review));
        prop_assert_eq!(everything(&told_by_groups), everything(&review));
    }

    /// Who has a role is who is granted what it grants, in the same ways.
    #[test]
    fn roles_and_grants_agree(review in any_review()) {
        for role in review.roles.iter().filter(|role| !role.permissions.is_empty()) {
            let ways: BTreeSet<_> = review.with_role(role.name.as_str()).into_iter()
                .map(|(person, via)| (person.user_name.clone(), via)).collect();
            let granted: BTreeSet<_> = everything(&review).into_iter()
                .flat_map(|(name, grants)| grants.into_iter().map(move |grant| (name.clone(), grant)))
                .filter(|(_, grant)| grant.role == role.name)
                .map(|(name, grant)| (name, grant.via)).collect();
            prop_assert_eq!(ways, granted);
        }
    }

    /// A change does to each what it says, and nothing else.
    #[test]
    fn after_a_change_everybody_has_what_it_leaves_them(review in any_review(), change in any_change()) {
        let later = everything(&after(&review, &change));
        let expected: BTreeMap<_, _> = review.people.iter()
            .filter_map(|person| Some((person.user_name.clone(), expected(&review, &change, person)?)))
            .collect();
        prop_assert_eq!(later, expected);
    }

    /// Whoever is asked about one at a time is judged as in the review of all.
    #[test]
    fn one_person_is_judged_as_among_all(
        mut review in any_review(),
        open in proptest::collection::vec(any::<bool>(), USERS.len()),
        change in any_change(),
    ) {
        for (person, open) in Arc::make_mut(&mut review.people).iter_mut().zip(open) {
            person.enabled = open;
        }
        let one_by_one = After::new(&change, &review.roles, Some(Vec::clone(&review.groups)));
        let blind = After::new(&change, &review.roles, None);
        let later = after(&review, &change);
        for person in review.people.iter() {
            let still = later.people.iter().find(|still| still.id == person.id && still.enabled);
            let expected = still.map_or(Verdict::Missing, |still| manages(&later, still));
            prop_assert_eq!(one_by_one.verdict(person), expected);
            if still.is_some() {
                prop_assert_ne!(blind.verdict(person), Verdict::Missing, "groups could give it");
            }
        }
    }

    /// Once made, a change that is made again changes nothing.
    #[test]
    fn a_change_made_twice_is_made_once(review in any_review(), change in any_change()) {
        let once = after(&review, &change);
        prop_assert_eq!(after(&once, &change), once);
    }
}
