//! Who of those that were chosen is in the cluster.

use gate::{GateError, Passage, UserQuery};
use protegrity::{EntraUser, Group, User};

use super::{super::chosen::Item, order::Order};
use crate::act::below;

/// How many users that mention a name are looked through for the one that has it.
const MENTIONS: usize = 100;

/// Where something is in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub name: String,
    pub id: String,
    /// Its page.
    pub href: String,
    /// How many members a group has, where that was told.
    pub members: Option<usize>,
}

/// Who is there, in the order of the items; `None` when the cluster could not be asked.
pub(super) type There = Option<Vec<Option<Place>>>;

/// Looks every item up, in what the cluster says now.
///
/// # Errors
/// What the cluster says when its users or groups cannot be read.
pub(super) async fn look_up(passage: &Passage, order: &Order) -> Result<Vec<Option<Place>>, GateError> {
    match order.items.first() {
        Some(Item::Group(_)) => groups(passage, &order.items).await,
        _ => users(passage, &order.items).await,
    }
}

async fn users(passage: &Passage, items: &[Item]) -> Result<Vec<Option<Place>>, GateError> {
    // The index is brought up to date once, and looked through for each.
    renew_users(passage).await?;
    let wanted: Vec<String> = items.iter().map(|item| item.name().to_owned()).collect();
    let named = passage.users_named(&wanted).await?;
    let mut places = Vec::with_capacity(items.len());
    for (item, named) in items.iter().zip(named) {
        let found = match (named, item) {
            (None, Item::User(user)) => by_email(passage, user).await?,
            (named, _) => named,
        };
        places.push(found.map(|user| Place::of_user(&user)));
    }
    Ok(places)
}

/// Brings the index of users up to date.
///
/// # Errors
/// What the cluster says when its users cannot be read.
pub(super) async fn renew_users(passage: &Passage) -> Result<(), GateError> {
    let all = UserQuery {
        afresh: true,
        ..UserQuery::default()
    };
    passage.users(&all).await.map(drop)
}

/// The user whose name or e-mail address is this user's e-mail address or principal name, for somebody who
/// is in the cluster under another name.
async fn by_email(passage: &Passage, wanted: &EntraUser) -> Result<Option<User>, GateError> {
    let keys = [&wanted.email, &wanted.user_principal_name];
    for key in keys
        .into_iter()
        .flatten()
        .map(|key| key.trim())
        .filter(|key| !key.is_empty())
    {
        let query = UserQuery {
            text: key.to_owned(),
            take: MENTIONS,
            ..UserQuery::default()
        };
        let mut mentions = passage.users(&query).await?.users.into_iter();
        if let Some(user) = mentions.find(|user| is_same(user, wanted)) {
            return Ok(Some(user));
        }
    }
    Ok(None)
}

/// Whether the cluster's user is this one of Entra ID. The cluster writes names in lower case (notes,
/// section 7), so their case does not count.
fn is_same(user: &User, wanted: &EntraUser) -> bool {
    let lower = |text: Option<&str>| {
        text.map(|text| text.trim().to_lowercase())
            .filter(|text| !text.is_empty())
    };
    let here = [lower(Some(&user.username)), lower(user.email.as_deref())];
    let there = [
        lower(wanted.user_principal_name.as_deref()),
        lower(wanted.email.as_deref()),
    ];
    here.into_iter().flatten().any(|name| there.contains(&Some(name)))
}

async fn groups(passage: &Passage, items: &[Item]) -> Result<Vec<Option<Place>>, GateError> {
    let listing = passage.groups(true).await?;
    let find = |item: &Item| find_group(&listing.groups, item.name()).map(Place::of_group);
    Ok(items.iter().map(find).collect())
}

/// The group of this name: spelled the same, or else the same but for its case.
fn find_group<'a>(groups: &'a [Group], name: &str) -> Option<&'a Group> {
    let name = name.trim();
    let same = groups.iter().find(|group| group.name == name);
    same.or_else(|| {
        groups
            .iter()
            .find(|group| group.name.to_lowercase() == name.to_lowercase())
    })
}

impl Place {
    fn of_user(user: &User) -> Self {
        Self {
            name: user.username.clone(),
            id: user.id.to_string(),
            href: below("/users", user.id.as_str()),
            members: None,
        }
    }

    fn of_group(group: &Group) -> Self {
        Self {
            name: group.name.clone(),
            id: group.id.to_string(),
            href: below("/groups", group.id.as_str()),
            members: group.members.as_ref().map(Vec::len),
        }
    }
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
    fn a_user_is_recognised_by_name_or_address_whatever_the_case() {
        let wanted = EntraUser {
            user_principal_name: Some("Mixed.Case@Example.com".to_owned()),
            email: Some("m.case@example.com".to_owned()),
            ..EntraUser::default()
        };
        let check =
            |name, email, expected| assert_eq!(is_same(&user(name, email), &wanted), expected, "{name}");
        check("mixed.case@example.com", None, true);
        check("m.case@example.com", None, true);
        check("mixed", Some("M.Case@example.com"), true);
        check("mixed", Some("mixed.case@example.com"), true);
        check("mixed.case", Some("case@example.com"), false);
        check("", None, false);
    }

    #[test]
    fn what_is_not_told_is_like_nothing() {
        let nobody = EntraUser {
            email: Some(" ".to_owned()),
            ..EntraUser::default()
        };
        assert!(!is_same(&user("", Some(" ")), &nobody));
    }

    #[test]
    fn a_group_of_the_same_spelling_goes_first() {
        let groups = ["pilot", "Pilot", "Ops"].map(|name| Group {
            name: name.to_owned(),
            ..Group::default()
        });
        assert_eq!(
            find_group(&groups, "Pilot").map(|group| group.name.as_str()),
            Some("Pilot")
        );
        assert_eq!(
            find_group(&groups, "ops").map(|group| group.name.as_str()),
            Some("Ops")
        );
        assert!(find_group(&groups, "Op").is_none());
    }
}
