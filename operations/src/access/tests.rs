//! The access that follows from people, roles and groups, and from changes of them, without a cluster.

use std::collections::{BTreeMap, BTreeSet};

use gate::{Access, Permission, Permissions, Source, System};
use jiff::Timestamp;
use proptest::{prelude::*, sample::subsequence};
use protegrity::{Group, PermissionName, Role, RoleName, User, UserId, permissions as known};

use super::{change::PreparedChange, lockout::StateAfter, review::GrantPaths, *};

/// Permissions of which some imply others, and one that is not documented.
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
        roles_visible: true,
        groups: Arc::new(groups),
        groups_visible: true,
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
    let prepared = PreparedChange::new(change);
    people.retain_mut(|person| prepared.apply(person));
    AccessReview {
        people: Arc::new(people),
        roles: Arc::new(change.roles(&review.roles)),
        groups: Arc::new(change.groups(&review.groups, changed.as_deref())),
        ..*review
    }
}

fn check(review: &AccessReview, person: &Person, permission: &str) -> Access {
    let asked = |name: &PermissionName| known::implies(name.as_str(), permission);
    GrantPaths::new(&review.roles, &review.groups, asked).access(person)
}

/// Whether a person with an open account can sign in and manage users.
fn manages(review: &AccessReview, person: &Person) -> Access {
    let both = [known::USER_MANAGER_ADMIN, known::CAN_CREATE_TOKEN].map(|name| check(review, person, name));
    match both {
        _ if both.contains(&Access::Missing) => Access::Missing,
        _ if both.contains(&Access::Unknown) => Access::Unknown,
        _ => Access::Granted,
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
        "every path is named"
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
fn with_role_returns_every_path_to_it() {
    let review = by_hand();
    let paths = |role| -> Vec<(&str, Option<String>)> {
        let found = review.with_role(role).into_iter();
        found
            .map(|(person, via)| (person.user_name.as_str(), via))
            .collect()
    };
    let via = |name: &str| Some(name.to_owned());
    assert_eq!(paths("keeper"), [("ana", None), ("bo", via("admins"))]);
    let expected = [
        ("bo", via("Helpdesk")),
        ("Chidi", None),
        ("Chidi", via("Helpdesk")),
    ];
    assert_eq!(paths("reader"), expected);
    assert_eq!(
        paths("unheard_of"),
        [("dana", None)],
        "a role that the session cannot see"
    );
}

/// The rows of a review as user name, paths and groups.
fn check_rows(
    review: &AccessReview,
    permission: Option<&str>,
    role: Option<&str>,
    expected: &[(&str, &[&str], &[&str])],
) {
    let rows = review.rows(permission, role);
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.person().user_name.as_str(),
                row.paths.clone(),
                row.groups.clone(),
            )
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, paths, groups)| (*name, strings(paths), strings(groups)))
        .collect();
    assert_eq!(rows, expected, "{permission:?} {role:?}");
}

#[test]
fn without_a_question_every_person_is_listed_with_all_roles_and_groups() {
    let mut review = by_hand();
    Arc::make_mut(&mut review.people).push(person("eve", &[], &["hidden"]));
    let of_bo = ["group admins (role keeper)", "group Helpdesk (role reader)"];
    check_rows(
        &review,
        None,
        None,
        &[
            ("ana", &["role keeper"], &[]),
            ("bo", &of_bo, &["admins", "Helpdesk"]),
            (
                "Chidi",
                &["role reader", "group Helpdesk (role reader)"],
                &["Helpdesk"],
            ),
            ("dana", &["role unheard_of"], &[]),
            ("eve", &[], &["hidden"]),
        ],
    );
}

#[test]
fn a_question_is_answered_with_the_paths() {
    let review = by_hand();
    let by_admin = |path: &str| path.replace("keeper", "keeper, by user_manager_admin");
    check_rows(
        &review,
        Some(known::USER_MANAGER_VIEWER),
        None,
        &[
            ("ana", &[&by_admin("role keeper")], &[]),
            (
                "bo",
                &[
                    &by_admin("group admins (role keeper)"),
                    "group Helpdesk (role reader)",
                ],
                &["admins", "Helpdesk"],
            ),
            (
                "Chidi",
                &["role reader", "group Helpdesk (role reader)"],
                &["Helpdesk"],
            ),
        ],
    );
    check_rows(
        &review,
        Some(known::USER_MANAGER_VIEWER),
        Some("keeper"),
        &[
            ("ana", &[&by_admin("role keeper")], &[]),
            (
                "bo",
                &[&by_admin("group admins (role keeper)")],
                &["admins", "Helpdesk"],
            ),
        ],
    );
    check_rows(
        &review,
        None,
        Some("keeper"),
        &[
            ("ana", &["role keeper"], &[]),
            ("bo", &["group admins (role keeper)"], &["admins", "Helpdesk"]),
        ],
    );
    check_rows(&review, Some(known::SAML_VIEWER), None, &[]);
}

#[test]
fn people_who_may_have_a_permission_are_counted() {
    let review = by_hand();
    assert_eq!(
        review.unknown(known::USER_MANAGER_ADMIN),
        1,
        "dana, whose role is not visible"
    );
    let without_groups = AccessReview {
        groups: Arc::default(),
        groups_visible: false,
        ..review.clone()
    };
    assert_eq!(
        without_groups.unknown(known::USER_MANAGER_ADMIN),
        3,
        "all but ana"
    );
    let without_roles = AccessReview {
        roles: Arc::default(),
        roles_visible: false,
        ..review
    };
    assert_eq!(
        without_roles.unknown(known::USER_MANAGER_ADMIN),
        4,
        "all who have a role"
    );
}

#[test]
fn an_account_that_cannot_sign_in_cannot_manage_users() {
    let roles = [
        role("manager", &[known::USER_MANAGER_ADMIN]),
        role("entrant", &[known::CAN_CREATE_TOKEN]),
    ];
    let groups = vec![group("staff", &["bo"], &["entrant"])];
    let change = Change::DeleteGroup("none".to_owned());
    let access = |person: &Person| StateAfter::new(&change, &roles, Some(groups.clone())).access(person);
    assert_eq!(
        access(&person("ana", &["manager", "entrant"], &[])),
        Access::Granted
    );
    assert_eq!(
        access(&person("bo", &["manager"], &[])),
        Access::Granted,
        "one through a group"
    );
    assert_eq!(access(&person("Chidi", &["manager"], &[])), Access::Missing);
    assert_eq!(access(&person("Chidi", &["entrant"], &[])), Access::Missing);
    assert_eq!(
        access(&person("Chidi", &["manager", "unheard_of"], &[])),
        Access::Unknown
    );
    let locked = Person {
        enabled: false,
        ..person("ana", &["manager", "entrant"], &[])
    };
    assert_eq!(access(&locked), Access::Missing);
}

#[test]
fn members_are_deleted_with_their_group_whichever_record_lists_them() {
    let review = by_hand();
    let change = |name: &str, members: &[&str]| Change::DeleteGroupAndMembers {
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
        "the record of bo lists the group, and the group lists Chidi"
    );
    assert_eq!(
        left(&change("Helpdesk", &[])).0.len(),
        4,
        "no record lists a member"
    );
}

#[test]
fn what_is_not_visible_is_unknown_and_not_missing() {
    let review = by_hand();
    let at = |at: usize| check(&review, &review.people[at], known::USER_MANAGER_ADMIN);
    assert_eq!(
        [at(0), at(1), at(2), at(3)],
        [Access::Granted, Access::Granted, Access::Missing, Access::Unknown,]
    );
    let in_hidden_group = person("eve", &[], &["hidden"]);
    assert_eq!(
        check(&review, &in_hidden_group, known::SAML_ADMIN),
        Access::Unknown
    );
    let mut unreported = group("unreported", &["eve"], &[]);
    unreported.roles = None;
    let review = super::tests::review(Vec::new(), Vec::new(), vec![unreported]);
    assert_eq!(
        check(&review, &person("eve", &[], &[]), known::SAML_ADMIN),
        Access::Unknown
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
    assert_eq!(Person::of(&user), None, "a row has no roles");
    user.roles = Some(role_names(&["keeper"]));
    let expected = Person {
        name: "Ana".to_owned(),
        ..person("ana", &["keeper"], &[])
    };
    assert_eq!(Person::of(&user), Some(expected));
}

/// Any selection of these names.
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
        one(USERS).prop_map(|name| Change::DeleteUser(id(name))),
        (one(USERS), some(ROLES), some(GROUPS)).prop_map(|(name, roles, groups)| Change::SetUserMembership {
            id: id(name),
            roles: role_names(&roles),
            groups: strings(&groups),
        }),
        one(ROLES).prop_map(|name| Change::DeleteRole(RoleName::new(name))),
        (one(ROLES), some(PERMISSIONS)).prop_map(|(name, permissions)| Change::SetRolePermissions {
            name: RoleName::new(name),
            permissions: role(name, &permissions).permissions,
        }),
        group_name
            .clone()
            .prop_map(|name| Change::DeleteGroup(name.to_owned())),
        (group_name.clone(), some(USERS)).prop_map(|(name, members)| Change::DeleteGroupAndMembers {
            name: name.to_owned(),
            members: strings(&members),
        }),
        (group_name, some(USERS), some(ROLES)).prop_map(|(name, members, roles)| {
            Change::SetGroupMembership {
                name: name.to_owned(),
                members: strings(&members),
                roles: role_names(&roles),
            }
        }),
    ]
}

/// Every grant of every person, by user name.
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

/// The grants of a person after a change, derived from the grants before it.
fn expected(review: &AccessReview, change: &Change, person: &Person) -> Option<BTreeSet<Grant>> {
    let before = review.grants(person).into_iter();
    let granted_by = |names: &[RoleName], via: Option<&str>| -> Vec<Grant> {
        let lone = Person {
            roles: names.to_vec(),
            groups: Vec::new(),
            user_name: "in-no-group".to_owned(),
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
        Change::DeleteUser(id) if person.id == *id => return None,
        Change::SetUserMembership { id, roles, groups } if person.id == *id => {
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
        Change::DeleteRole(name) => before.filter(|grant| grant.role != *name).collect(),
        Change::SetRolePermissions { name, permissions } => {
            let paths = review.with_role(name.as_str()).into_iter();
            let paths = paths.filter(|(holder, _)| holder.id == person.id);
            let new = paths.flat_map(|(_, via)| {
                permissions.iter().map(move |permission| Grant {
                    permission: permission.clone(),
                    role: name.clone(),
                    via: via.clone(),
                })
            });
            before.filter(|grant| grant.role != *name).chain(new).collect()
        }
        Change::DeleteGroup(name) => before.filter(|grant| grant.via.as_ref() != Some(name)).collect(),
        Change::DeleteGroupAndMembers { name, members } => {
            if members.contains(&person.user_name) || person.groups.contains(name) {
                return None;
            }
            before.filter(|grant| grant.via.as_ref() != Some(name)).collect()
        }
        Change::SetGroupMembership { name, members, roles } => {
            let others = before.filter(|grant| grant.via.as_ref() != Some(name));
            if members.contains(&person.user_name) {
                others.chain(granted_by(roles, Some(name.as_str()))).collect()
            } else {
                others.collect()
            }
        }
        Change::DeleteUser(_) | Change::SetUserMembership { .. } => before.collect(),
    })
}

proptest! {
    /// The review and the gate apply the same rule.
    #[test]
    fn a_holder_is_who_passes_the_gate(review in any_review(), asked in proptest::sample::select(known::KNOWN)) {
        let holders: BTreeSet<_> = names(review.holders(asked)).into_iter().map(ToOwned::to_owned).collect();
        for person in review.people.iter() {
            let held = review.grants(person).into_iter().map(|grant| (grant.permission, BTreeSet::from([Source::Token])));
            let access = Permissions::known(System::Protegrity, held.collect()).check(Permission::protegrity(asked));
            prop_assert_eq!(holders.contains(&person.user_name), access == Access::Granted);
            prop_assert_eq!(check(&review, person, asked) == Access::Granted, access == Access::Granted);
        }
    }

    /// Whether the record of the user or of the group lists a membership makes no difference.
    #[test]
    fn membership_counts_from_either_side(review in any_review()) {
        let is_in = |person: &Person, group: &Group| {
            let members = group.members.as_ref().expect("a list");
            person.groups.contains(&group.name) || members.contains(&person.user_name)
        };
        let mut listed_by_users = review.clone();
        let mut listed_by_groups = review.clone();
        for person in Arc::make_mut(&mut listed_by_users.people) {
            let groups = review.groups.iter().filter(|group| is_in(person, group));
            person.groups = groups.map(|group| group.name.clone()).collect();
        }
        for group in Arc::make_mut(&mut listed_by_users.groups) {
            group.members = Some(Vec::new());
        }
        for group in Arc::make_mut(&mut listed_by_groups.groups) {
            let members = review.people.iter().filter(|person| is_in(person, group));
            group.members = Some(members.map(|person| person.user_name.to_uppercase()).collect());
        }
        for person in Arc::make_mut(&mut listed_by_groups.people) {
            person.groups.clear();
        }
        prop_assert_eq!(everything(&listed_by_users), everything(&review));
        prop_assert_eq!(everything(&listed_by_groups), everything(&review));
    }

    /// Those who have a role are those who are granted its permissions, by the same paths.
    #[test]
    fn roles_and_grants_agree(review in any_review()) {
        for role in review.roles.iter().filter(|role| !role.permissions.is_empty()) {
            let paths: BTreeSet<_> = review.with_role(role.name.as_str()).into_iter()
                .map(|(person, via)| (person.user_name.clone(), via)).collect();
            let granted: BTreeSet<_> = everything(&review).into_iter()
                .flat_map(|(name, grants)| grants.into_iter().map(move |grant| (name.clone(), grant)))
                .filter(|(_, grant)| grant.role == role.name)
                .map(|(name, grant)| (name, grant.via)).collect();
            prop_assert_eq!(paths, granted);
        }
    }

    /// A change does to each person what it says, and nothing else.
    #[test]
    fn after_a_change_every_person_has_what_it_leaves(review in any_review(), change in any_change()) {
        let later = everything(&after(&review, &change));
        let expected: BTreeMap<_, _> = review.people.iter()
            .filter_map(|person| Some((person.user_name.clone(), expected(&review, &change, person)?)))
            .collect();
        prop_assert_eq!(later, expected);
    }

    /// One person by itself is judged as in the review of all.
    #[test]
    fn one_person_is_judged_as_among_all(
        mut review in any_review(),
        open in proptest::collection::vec(any::<bool>(), USERS.len()),
        change in any_change(),
    ) {
        for (person, open) in Arc::make_mut(&mut review.people).iter_mut().zip(open) {
            person.enabled = open;
        }
        let one_by_one = StateAfter::new(&change, &review.roles, Some(Vec::clone(&review.groups)));
        let blind = StateAfter::new(&change, &review.roles, None);
        let later = after(&review, &change);
        for person in review.people.iter() {
            let still = later.people.iter().find(|still| still.id == person.id && still.enabled);
            let expected = still.map_or(Access::Missing, |still| manages(&later, still));
            prop_assert_eq!(one_by_one.access(person), expected);
            if still.is_some() {
                prop_assert_ne!(blind.access(person), Access::Missing, "groups could give it");
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
