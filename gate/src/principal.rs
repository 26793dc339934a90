//! The signed-in person: identity and permissions, read once at sign-in.
//!
//! The order is that of the notes on the reference, section 1: the token's claims, then the user's
//! roles through `GET /roles`, then unknown. Claims are a hint, never a proof: nothing documents
//! keys to verify them with.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use protegrity::{
    Authorized, Claims, ErrorKind, Login, PermissionName, Role, RoleName, User, UserId, load_all,
    permissions as known,
};
use serde::{Deserialize, Serialize};

use crate::{
    action::Action,
    permissions::{Denial, Permissions, Source},
    proofpoint_account::ProofpointAccount,
    system::{Permission, System},
    vault_key::VaultKey,
};

/// How the permissions of a [`Principal`] were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PermissionOrigin {
    /// The access token names roles or permissions.
    Token,
    /// The roles of the user, read from the cluster.
    Roles,
    /// Neither could be read.
    Unknown,
}

/// The signed-in person of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The session's row in the vault.
    pub(crate) key: VaultKey,
    /// The user name, in the cluster's spelling where it gave one.
    pub user_name: String,
    /// The id at the cluster, where known.
    pub user_id: Option<UserId>,
    /// The roles held, as far as they are known.
    pub roles: Vec<RoleName>,
    /// The effective permissions.
    pub permissions: Permissions,
    /// How they were found.
    pub permission_origin: PermissionOrigin,
    /// The account at Proofpoint that the session is connected with.
    pub proofpoint: Option<ProofpointAccount>,
    /// The roles that the session could list at sign-in, for naming one that would help. Sessions that could
    /// list the same roles share them.
    pub visible_roles: Arc<Vec<Role>>,
    /// When the person signed in.
    pub signed_in_at: Timestamp,
    /// When the session ends, however busy it is.
    pub ends_at: Timestamp,
}

/// The part of a [`Principal`] that a login tells.
pub(crate) struct Identity {
    pub user_name: String,
    pub user_id: Option<UserId>,
    pub roles: Vec<RoleName>,
    pub permissions: Permissions,
    pub permission_origin: PermissionOrigin,
    pub visible_roles: Arc<Vec<Role>>,
}

impl Principal {
    /// Identifies the session, for what is kept by session. It never leaves the server.
    pub fn session_key(&self) -> VaultKey {
        self.key
    }

    /// Whether this is the user of this id or name. Either suffices: the token's id may be of another kind than
    /// the cluster's, and a name may be spelled in another case. An empty one matches nothing.
    pub fn is_user(&self, id: &UserId, user_name: &str) -> bool {
        let is_id = !id.as_str().is_empty() && self.user_id.as_ref() == Some(id);
        is_id || !user_name.is_empty() && self.user_name.to_lowercase() == user_name.to_lowercase()
    }

    /// The same person, connected with this account, or with none.
    pub(crate) fn connected(&self, account: Option<ProofpointAccount>, permissions: &Permissions) -> Self {
        Self {
            permissions: self.permissions.with(System::Proofpoint, permissions),
            proofpoint: account,
            ..self.clone()
        }
    }

    /// Whether the principal is known not to have this permission.
    pub fn lacks(&self, permission: Permission) -> bool {
        self.permissions.lacks(permission)
    }

    /// Whether the action is open to this principal.
    ///
    /// # Errors
    /// The [`Denial`] with the roles that would help.
    pub fn allow(&self, action: Action) -> Result<(), Denial> {
        self.permissions.allow(action, &self.visible_roles)
    }
}

impl Identity {
    /// Reads the identity from a fresh login, with at most three further calls: one when the token has claims,
    /// and none of them can fail the sign-in.
    pub async fn of(login: &Login, cluster: &Authorized, login_name: &str) -> Self {
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
        let visible_roles = Arc::new(answer.unwrap_or_default());
        let user_name = claims
            .preferred_username
            .clone()
            .unwrap_or_else(|| login_name.to_owned());
        let user_id = claims.sub.clone().map(UserId::from);

        let from_token = from_claims(&claims, &visible_roles).filter(|_| !is_partial);
        if let Some((roles, permissions)) = from_token {
            return Self {
                user_name,
                user_id,
                roles,
                permissions,
                permission_origin: PermissionOrigin::Token,
                visible_roles,
            };
        }
        match from_roles(user_id.as_ref(), &user_name, cluster, &visible_roles).await {
            Some((user, roles, permissions)) => {
                let permission_origin = if permissions.is_known(System::Protegrity) {
                    PermissionOrigin::Roles
                } else {
                    PermissionOrigin::Unknown
                };
                let spelled = Some(user.username).filter(|name| !name.is_empty());
                Self {
                    user_name: spelled.unwrap_or(user_name),
                    user_id: Some(user.id),
                    roles,
                    permissions,
                    permission_origin,
                    visible_roles,
                }
            }
            None => Self {
                user_name,
                user_id,
                roles: Vec::new(),
                permissions: Permissions::unknown(),
                permission_origin: PermissionOrigin::Unknown,
                visible_roles,
            },
        }
    }
}

/// The permissions in the claims: names that are permissions, and names of roles with what those grant. `None`
/// when the claims hold neither.
fn from_claims(claims: &Claims, visible_roles: &[Role]) -> Option<(Vec<RoleName>, Permissions)> {
    let is_permission = |name: &str| {
        known::KNOWN.contains(&name)
            || visible_roles
                .iter()
                .any(|role| role.permissions.iter().any(|granted| granted.as_str() == name))
    };
    let mut held = BTreeMap::<PermissionName, BTreeSet<Source>>::new();
    for name in claims.names.iter().filter(|name| is_permission(name)) {
        held.entry(PermissionName::new(name.as_str()))
            .or_default()
            .insert(Source::Token);
    }
    let roles = visible_roles
        .iter()
        .filter(|role| claims.names.contains(role.name.as_str()));
    let roles = grant(roles, &mut held);
    (!held.is_empty()).then(|| (roles, Permissions::known(System::Protegrity, held)))
}

/// The permissions of the user's roles. They stay unknown when a role is not visible, because `GET /roles` may be
/// a partial list (reference, lines 663 and 762): better to hide nothing than to refuse what the
/// cluster would allow.
async fn from_roles(
    id: Option<&UserId>,
    user_name: &str,
    cluster: &Authorized,
    visible_roles: &[Role],
) -> Option<(User, Vec<RoleName>, Permissions)> {
    let id = match id {
        Some(id) => id.clone(),
        None => find_by_name(cluster, user_name).await?,
    };
    let mut user = cluster.user(&id).await.ok()?;
    let names = user.roles.take()?;
    let is_visible = |name: &RoleName| visible_roles.iter().any(|role| role.name == *name);
    if !names.iter().all(is_visible) {
        return Some((user, names, Permissions::unknown()));
    }
    let mut held = BTreeMap::new();
    grant(
        visible_roles.iter().filter(|role| names.contains(&role.name)),
        &mut held,
    );
    Some((user, names, Permissions::known(System::Protegrity, held)))
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

/// The id of the user of this name, searched page by page. `None` where there is none, or where the list may not
/// be read.
async fn find_by_name(cluster: &Authorized, name: &str) -> Option<UserId> {
    let is_wanted = |user: &User| user.username.eq_ignore_ascii_case(name);
    let fetch = |first, max| async move { cluster.users(first, max).await };
    let key = |user: &User| user.id.clone();
    let users = load_all(fetch, key, |user| user, is_wanted).await.ok()?;
    users.into_iter().find(is_wanted).map(|user| user.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_the_user_with_its_id_or_its_name() {
        let check = |own: (Option<&str>, &str), other: (&str, &str), expected: bool| {
            let principal = Principal {
                key: VaultKey::random(),
                user_id: own.0.map(UserId::from),
                user_name: own.1.to_owned(),
                roles: Vec::new(),
                permissions: Permissions::unknown(),
                permission_origin: PermissionOrigin::Unknown,
                proofpoint: None,
                visible_roles: Arc::default(),
                signed_in_at: Timestamp::UNIX_EPOCH,
                ends_at: Timestamp::UNIX_EPOCH,
            };
            let is = principal.is_user(&UserId::from(other.0), other.1);
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
