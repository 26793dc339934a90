//! The people whom a change of a role or a group touches, and what they gain and lose by it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use gate::{Operation, OperationError, Permission};
use protegrity::{PermissionName, permissions as known};

use super::{
    AccessReview, AccessState, Change, Person, ScanProgress, change::PreparedChange, review::GrantPaths,
};
use crate::{Services, directory::UserQuery};

/// The most users that are read without being asked to: the list of users has no roles, so each takes a call (notes on
/// the reference, row 27).
const MAX_READS: usize = 500;

/// How many people of each kind are named.
const MAX_NAMED: usize = 10;

/// Some people: how many, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// How many.
    pub count: usize,
    /// The first by user name.
    pub first: Vec<Person>,
}

impl Affected {
    fn add(&mut self, person: &Person) {
        self.count += 1;
        if self.first.len() < MAX_NAMED {
            self.first.push(person.clone());
        }
    }
}

/// What a change does to people, as far as the asking session sees roles and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impact {
    /// Those who have the role, or are in the group before or after.
    pub people: Affected,
    /// By permission, those who have it before by any path, and by none afterwards.
    pub lost: BTreeMap<PermissionName, Affected>,
    /// By permission, those who have it by none before, and by some path afterwards.
    pub gained: BTreeMap<PermissionName, Affected>,
    /// The open accounts that can sign in before, and not afterwards.
    pub signed_out: Affected,
}

impl AccessReview {
    /// What this change does to the people of the review.
    pub fn impact(&self, change: &Change) -> Impact {
        let roles_after = change.roles(&self.roles);
        let groups_after = change.groups(&self.groups, None);
        let before = GrantPaths::new(&self.roles, &self.groups, |_| true);
        let after = GrantPaths::new(&roles_after, &groups_after, |_| true);
        let prepared = PreparedChange::new(change);
        let mut impact = Impact::default();
        for person in self.people.iter() {
            let mut changed = person.clone();
            let stays = prepared.apply(&mut changed);
            if !before.is_about(person, change) && !after.is_about(&changed, change) {
                continue;
            }
            impact.people.add(person);
            let had = permissions(&before, person);
            let has = if stays {
                permissions(&after, &changed)
            } else {
                BTreeSet::new()
            };
            for name in had.difference(&has) {
                impact.lost.entry(name.clone()).or_default().add(person);
            }
            for name in has.difference(&had) {
                impact.gained.entry(name.clone()).or_default().add(person);
            }
            let can_sign_in = |names: &BTreeSet<PermissionName>| {
                names.iter().any(|name| name.as_str() == known::CAN_CREATE_TOKEN)
            };
            if person.enabled && can_sign_in(&had) && !can_sign_in(&has) {
                impact.signed_out.add(person);
            }
        }
        impact
    }
}

/// Everything that a person may do by any path, with what that implies.
fn permissions(paths: &GrantPaths<'_>, person: &Person) -> BTreeSet<PermissionName> {
    let mut names: BTreeSet<_> = paths
        .grants(person)
        .into_iter()
        .map(|grant| grant.permission)
        .collect();
    let implied = known::KNOWN.iter().filter(|name| {
        let stronger = known::implied_by(name);
        stronger.is_some_and(|stronger| names.contains(&stronger))
    });
    let implied: Vec<PermissionName> = implied.map(|name| (*name).into()).collect();
    names.extend(implied);
    names
}

/// Who has which access, as far as it is known without waiting.
#[derive(Clone, Debug)]
pub enum KnownAccess {
    /// Every user was read.
    Read(Arc<AccessReview>),
    /// The users are being read.
    Scanning(ScanProgress),
    /// The cluster has too many users to be read without being asked to.
    NotCounted,
    /// The session may not read users and groups.
    NotVisible,
}

/// Who has which access. The users of a small cluster are read for it; those of a large one when that was asked for.
///
/// # Errors
/// The cluster's error.
pub async fn known_access(
    services: &Services,
    operation: &Operation,
    is_asked_for: bool,
) -> Result<KnownAccess, OperationError> {
    let required = [known::USER_MANAGER_VIEWER, known::GROUP_VIEWER];
    if required
        .iter()
        .any(|name| operation.lacks(Permission::protegrity(name)))
    {
        return Ok(KnownAccess::NotVisible);
    }
    if let Some(review) = services.access.review_if_scanned(operation).await? {
        return Ok(KnownAccess::Read(Arc::new(review)));
    }
    let listing = services.directory.users(operation, &UserQuery::default()).await?;
    if listing.total > MAX_READS && !is_asked_for {
        return Ok(KnownAccess::NotCounted);
    }
    Ok(match services.access.review(operation, false).await? {
        AccessState::Ready(review) => KnownAccess::Read(review),
        AccessState::Listing(_) => KnownAccess::Scanning(ScanProgress {
            done: 0,
            total: listing.total,
        }),
        AccessState::Scanning(progress) => KnownAccess::Scanning(progress),
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use protegrity::{Group, Role};

    use super::*;

    fn role(name: &str, permissions: &[&str]) -> Role {
        Role {
            name: name.into(),
            description: None,
            composite: true,
            permissions: permissions.iter().map(|name| (*name).into()).collect(),
        }
    }

    fn person(name: &str, roles: &[&str], enabled: bool) -> Person {
        Person {
            id: name.into(),
            user_name: name.to_owned(),
            name: String::new(),
            email: None,
            enabled,
            roles: roles.iter().map(|name| (*name).into()).collect(),
            groups: Vec::new(),
        }
    }

    /// `ana` has the role `entry` directly, `bo` by the group `team` and `spare` as well, `cy` is locked, `di` has
    /// none of it.
    fn review() -> AccessReview {
        let group = Group {
            name: "team".to_owned(),
            members: Some(vec!["bo".to_owned()]),
            roles: Some(vec!["entry".into()]),
            ..Group::default()
        };
        AccessReview {
            people: Arc::new(vec![
                person("ana", &["entry"], true),
                person("bo", &["spare"], true),
                person("cy", &["entry"], false),
                person("di", &["other"], true),
            ]),
            roles: Arc::new(vec![
                role("entry", &["can_create_token", "role_admin"]),
                role("spare", &["can_create_token"]),
                role("other", &["saml_viewer"]),
            ]),
            roles_visible: true,
            groups: Arc::new(vec![group]),
            groups_visible: true,
            as_of: Timestamp::UNIX_EPOCH,
            unread: 0,
        }
    }

    fn names(affected: &Affected) -> Vec<&str> {
        let named = affected.first.iter();
        named.map(|person| person.user_name.as_str()).collect()
    }

    fn by_permission(affected: &BTreeMap<PermissionName, Affected>) -> Vec<(&str, Vec<&str>)> {
        let each = affected.iter();
        each.map(|(name, people)| (name.as_str(), names(people)))
            .collect()
    }

    #[test]
    fn a_permission_is_lost_where_no_other_path_gives_it() {
        let impact = review().impact(&Change::SetRolePermissions {
            name: "entry".into(),
            permissions: vec!["saml_admin".into()],
        });
        assert_eq!(names(&impact.people), ["ana", "bo", "cy"]);
        let all = || vec!["ana", "bo", "cy"];
        assert_eq!(
            by_permission(&impact.lost),
            [
                ("can_create_token", vec!["ana", "cy"]),
                ("role_admin", all()),
                ("role_viewer", all())
            ]
        );
        assert_eq!(
            by_permission(&impact.gained),
            [("saml_admin", all()), ("saml_viewer", all())]
        );
        assert_eq!(
            names(&impact.signed_out),
            ["ana"],
            "a locked account signs in neither way"
        );
    }

    #[test]
    fn a_group_touches_its_members_before_and_after() {
        let impact = review().impact(&Change::SetGroupMembership {
            name: "team".to_owned(),
            members: vec!["di".to_owned()],
            roles: vec!["spare".into()],
        });
        assert_eq!(names(&impact.people), ["bo", "di"]);
        assert_eq!(
            by_permission(&impact.lost),
            [("role_admin", vec!["bo"]), ("role_viewer", vec!["bo"])]
        );
        assert_eq!(by_permission(&impact.gained), [("can_create_token", vec!["di"])]);
        assert_eq!(impact.signed_out.count, 0);
    }

    #[test]
    fn many_people_are_counted_and_the_first_are_named() {
        let mut review = review();
        let many = (0..30).map(|at| person(&format!("user{at:02}"), &["entry"], true));
        review.people = Arc::new(many.collect());
        let impact = review.impact(&Change::SetRolePermissions {
            name: "entry".into(),
            permissions: Vec::new(),
        });
        assert_eq!(
            (impact.signed_out.count, impact.signed_out.first.len()),
            (30, MAX_NAMED)
        );
    }
}
