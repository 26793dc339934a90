//! Who signed in and what they may do, put together once at sign-in.
//!
//! The order is that of the notes on the reference, section 1: the token's claims, then the user's
//! roles through `GET /roles`, then unknown. Claims are a hint, never a proof: nothing documents
//! keys to verify them with.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use protegrity::{
    Authorized, Claims, ErrorKind, Login, PermissionName, Role, RoleName, User, UserId, permissions as known,
};
use serde::{Deserialize, Serialize};

use crate::{
    directory,
    permissions::{Permissions, Source},
};

/// How the permissions of a [`Profile`] were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// The access token names roles or permissions.
    Token,
    /// The roles of the user, read from the cluster.
    Roles,
    /// Neither could be read.
    Unknown,
}

/// The signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The user name, as the cluster spells it where it said so.
    pub user_name: String,
    /// The id at the cluster, where known.
    pub user_id: Option<UserId>,
    /// The roles held, as far as they are known.
    pub roles: Vec<RoleName>,
    /// The effective permissions.
    pub permissions: Permissions,
    /// How they were found.
    pub origin: Origin,
    /// The roles that this person could read at sign-in, for saying which one would help. Sessions
    /// that could read the same share them.
    pub catalogue: Arc<Vec<Role>>,
}

impl Profile {
    /// Whether this is the user of this id and name. Either tells it: the token's id may be of another kind than
    /// the cluster's, and a name may be spelled in another case. An empty one tells nothing.
    pub fn is_of(&self, id: &UserId, user_name: &str) -> bool {
        let is_id = !id.as_str().is_empty() && self.user_id.as_ref() == Some(id);
        is_id || !user_name.is_empty() && self.user_name.to_lowercase() == user_name.to_lowercase()
    }

    /// Puts the profile together from a fresh login, with at most three further calls: one when the
    /// token has claims, and none of them can fail the sign-in.
    pub(crate) async fn of(login: &Login, cluster: &Authorized, login_name: &str) -> Self {
        let answer = match &login.roles {
            Some(answer) => answer.clone(),
            None => cluster.roles().await,
        };
        let claims = Claims::of(&login.tokens.access).unwrap_or_default();
        // Roles that could not be read this time leave names of the token without their meaning.
        let is_partial = answer
            .as_ref()
            .is_err_and(|error| error.kind() != ErrorKind::Forbidden)
            && claims.names.iter().any(|name| !known::is_known(name));
        let catalogue = Arc::new(answer.unwrap_or_default());
        let user_name = claims
            .preferred_username
            .clone()
            .unwrap_or_else(|| login_name.to_owned());
        let user_id = claims.sub.clone().map(UserId::from);

        let told = from_claims(&claims, &catalogue).filter(|_| !is_partial);
        if let Some((roles, permissions)) = told {
            return Self {
                user_name,
                user_id,
                roles,
                permissions,
                origin: Origin::Token,
                catalogue,
            };
        }
        match from_roles(user_id.as_ref(), &user_name, cluster, &catalogue).await {
            Some((user, roles, permissions)) => {
                let origin = if permissions.is_known() {
                    Origin::Roles
                } else {
                    Origin::Unknown
                };
                let told = Some(user.username).filter(|name| !name.is_empty());
                Self {
                    user_name: told.unwrap_or(user_name),
                    user_id: Some(user.id),
                    roles,
                    permissions,
                    origin,
                    catalogue,
                }
            }
            None => Self {
                user_name,
                user_id,
                roles: Vec::new(),
                permissions: Permissions::unknown(),
                origin: Origin::Unknown,
                catalogue,
            },
        }
    }
}

/// What the claims say: names that are permissions, and names of roles with what those grant. `None`
/// when they hold neither.
fn from_claims(claims: &Claims, catalogue: &[Role]) -> Option<(Vec<RoleName>, Permissions)> {
    let is_permission = |name: &str| {
        known::KNOWN.contains(&name)
            || catalogue
                .iter()
                .any(|role| role.permissions.iter().any(|granted| granted.as_str() == name))
    };
    let mut held = BTreeMap::<PermissionName, BTreeSet<Source>>::new();
    for name in claims.names.iter().filter(|name| is_permission(name)) {
        held.entry(PermissionName::new(name.as_str()))
            .or_default()
            .insert(Source::Token);
    }
    let roles = catalogue
        .iter()
        .filter(|role| claims.names.contains(role.name.as_str()));
    let roles = grant(roles, &mut held);
    (!held.is_empty()).then(|| (roles, Permissions::known(held)))
}

/// What the user's roles say. The permissions stay unknown when a role is not in the catalogue,
/// because `GET /roles` may be a partial list (reference, lines 663 and 762): better to hide nothing
/// than to refuse what the cluster would allow.
async fn from_roles(
    id: Option<&UserId>,
    user_name: &str,
    cluster: &Authorized,
    catalogue: &[Role],
) -> Option<(User, Vec<RoleName>, Permissions)> {
    let id = match id {
        Some(id) => id.clone(),
        None => directory::find_by_name(cluster, user_name).await?,
    };
    let mut user = cluster.user(&id).await.ok()?;
    let names = user.roles.take()?;
    let in_catalogue = |name: &RoleName| catalogue.iter().any(|role| role.name == *name);
    if !names.iter().all(in_catalogue) {
        return Some((user, names, Permissions::unknown()));
    }
    let mut held = BTreeMap::new();
    grant(
        catalogue.iter().filter(|role| names.contains(&role.name)),
        &mut held,
    );
    Some((user, names, Permissions::known(held)))
}

/// Adds what these roles grant, and returns their names.
fn grant<'a>(
    roles: impl Iterator<Item = &'a Role>,
    held: &mut BTreeMap<PermissionName, BTreeSet<Source>>,
) -> Vec<RoleName> {
    roles
        .map(|role| {
            for permission in &role.permissions {
                held.entry(permission.clone())
                    .or_default()
                    .insert(Source::Role(role.name.clone()));
            }
            role.name.clone()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_of_whoever_has_its_id_or_its_name() {
        let check = |own: (Option<&str>, &str), other: (&str, &str), expected: bool| {
            let profile = Profile {
                user_id: own.0.map(UserId::from),
                user_name: own.1.to_owned(),
                roles: Vec::new(),
                permissions: Permissions::unknown(),
                origin: Origin::Unknown,
                catalogue: Arc::default(),
            };
            let is = profile.is_of(&UserId::from(other.0), other.1);
            assert_eq!(is, expected, "{own:?} and {other:?}");
        };
        check((Some("7"), "ana"), ("7", "bo"), true);
        check((Some("7"), "ana"), ("8", "ANA"), true);
        check((None, "Örn"), ("8", "örn"), true);
        check((Some("7"), "ana"), ("8", "bo"), false);
        check((Some(""), ""), ("", ""), false);
        check((None, "ana"), ("", ""), false);
    }
}
