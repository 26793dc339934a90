//! Which of the selected users and groups the cluster has already.

use gate::{Operation, OperationError, Permission};
use protegrity::{EntraUser, Group, User, permissions as known};
use serde::{Deserialize, Serialize};

use super::{
    request::ImportRequest,
    selection::{Candidate, ObjectKind},
};
use crate::{
    Error, Services,
    characters::{folded, is_same_name},
    directory::UserQuery,
};

/// How many users that mention a name are compared with the one that is wanted.
const MAX_MENTIONS: usize = 100;

/// A user or group of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Its name in the cluster.
    pub name: String,
    /// Its id in the cluster.
    pub id: String,
    /// How many members a group has, where the cluster reports them.
    pub members: Option<usize>,
}

/// What the cluster has of a request, in the order of its candidates.
pub type ExistingMatches = Vec<Option<Match>>;

impl Match {
    fn of_user(user: &User) -> Self {
        Self {
            name: user.username.clone(),
            id: user.id.to_string(),
            members: None,
        }
    }

    fn of_group(group: &Group) -> Self {
        Self {
            name: group.name.clone(),
            id: group.id.to_string(),
            members: group.members.as_ref().map(Vec::len),
        }
    }
}

/// Looks every candidate up in the cluster as it is now.
///
/// # Errors
/// The missing permission, or the cluster's error.
pub(super) async fn existing(
    services: &Services,
    operation: &Operation,
    request: &ImportRequest,
) -> Result<ExistingMatches, Error> {
    let permission = match request.kind {
        ObjectKind::Users => known::USER_MANAGER_VIEWER,
        ObjectKind::Groups => known::GROUP_VIEWER,
    };
    if operation.lacks(Permission::protegrity(permission)) {
        return Err(Error::refused(
            format!("You may not list {}.", request.kind.name()),
            format!("Needs the permission {permission}."),
        ));
    }
    Ok(match request.kind {
        ObjectKind::Users => users(services, operation, &request.candidates).await?,
        ObjectKind::Groups => {
            let listing = services.directory.groups(operation, true).await?;
            let find = |row: &Candidate| find_group(&listing.groups, row.name()).map(Match::of_group);
            request.candidates.iter().map(find).collect()
        }
    })
}

async fn users(
    services: &Services,
    operation: &Operation,
    candidates: &[Candidate],
) -> Result<ExistingMatches, OperationError> {
    // The index is renewed once, and searched for each.
    refresh_users(services, operation).await?;
    let wanted: Vec<String> = candidates.iter().map(|row| row.name().to_owned()).collect();
    let named = services.directory.users_named(operation, &wanted).await?;
    let mut matches = Vec::with_capacity(candidates.len());
    for (candidate, named) in candidates.iter().zip(named) {
        let found = match (named, candidate) {
            (None, Candidate::User(user)) => by_email(services, operation, user).await?,
            (named, _) => named,
        };
        matches.push(found.as_ref().map(Match::of_user));
    }
    Ok(matches)
}

/// Renews the index of users.
pub(super) async fn refresh_users(services: &Services, operation: &Operation) -> Result<(), OperationError> {
    let query = UserQuery {
        refresh: true,
        ..UserQuery::default()
    };
    services.directory.users(operation, &query).await.map(drop)
}

/// The user whose name or e-mail address is this user's e-mail address or principal name: the same person may have
/// another user name in the cluster.
async fn by_email(
    services: &Services,
    operation: &Operation,
    wanted: &EntraUser,
) -> Result<Option<User>, OperationError> {
    let keys = [&wanted.email, &wanted.user_principal_name].into_iter().flatten();
    for key in keys.map(|key| key.trim()).filter(|key| !key.is_empty()) {
        let query = UserQuery {
            text: key.to_owned(),
            take: MAX_MENTIONS,
            ..UserQuery::default()
        };
        let listing = services.directory.users(operation, &query).await?;
        let found = listing
            .users
            .into_iter()
            .find(|user| is_same_person(user, wanted));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Whether the cluster's user is this one of Entra ID. The cluster writes names in lower case (notes, section 7), so
/// their case does not count.
fn is_same_person(user: &User, wanted: &EntraUser) -> bool {
    let lower = |text: Option<&str>| {
        text.map(|text| folded(text.trim()))
            .filter(|text| !text.is_empty())
    };
    let here = [lower(Some(&user.username)), lower(user.email.as_deref())];
    let wanted = [
        lower(wanted.user_principal_name.as_deref()),
        lower(wanted.email.as_deref()),
    ];
    here.into_iter()
        .flatten()
        .any(|name| wanted.contains(&Some(name)))
}

/// The group of this name: spelled the same, or else the same but for its case.
fn find_group<'a>(groups: &'a [Group], name: &str) -> Option<&'a Group> {
    let name = name.trim();
    let same = groups.iter().find(|group| group.name == name);
    same.or_else(|| groups.iter().find(|group| is_same_name(&group.name, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, email: Option<&str>) -> User {
        User {
            username: name.to_owned(),
            email: email.map(str::to_owned),
            ..User::default()
        }
    }

    #[test]
    fn a_user_is_recognised_by_name_or_address_in_any_case() {
        let wanted = EntraUser {
            user_principal_name: Some("Mixed.Case@Example.com".to_owned()),
            email: Some("m.case@example.com".to_owned()),
            ..EntraUser::default()
        };
        let check = |name, email, expected| {
            assert_eq!(is_same_person(&user(name, email), &wanted), expected, "{name}");
        };
        check("mixed.case@example.com", None, true);
        check("m.case@example.com", None, true);
        check("mixed", Some("M.Case@example.com"), true);
        check("mixed", Some("mixed.case@example.com"), true);
        check("mixed.case", Some("case@example.com"), false);
        check("", None, false);
    }

    #[test]
    fn missing_names_match_nothing() {
        let unnamed = EntraUser {
            email: Some(" ".to_owned()),
            ..EntraUser::default()
        };
        assert!(!is_same_person(&user("", Some(" ")), &unnamed));
    }

    #[test]
    fn a_group_of_the_same_spelling_goes_first() {
        let groups = ["pilot", "Pilot", "Ops"].map(|name| Group {
            name: name.to_owned(),
            ..Group::default()
        });
        let find = |name| find_group(&groups, name).map(|group| group.name.as_str());
        assert_eq!(find("Pilot"), Some("Pilot"));
        assert_eq!(find("ops"), Some("Ops"));
        assert_eq!(find("Op"), None);
    }
}
