//! Importing users and groups of Entra ID. An answer only counts, so a row either is imported or it is not.

use super::{EntraUser, Group, GroupKind, IdentityLink, NewUser, User, World, is_email};
use crate::clock::now_ms;
use std::collections::HashSet;
use uuid::Uuid;

/// The well-known user whose import fails, although a dry run finds nothing wrong.
const FAILS: &str = "fails@example.com";

/// A user to import (reference, line 2668).
#[derive(Debug, Default)]
pub(crate) struct UserRow {
    pub(crate) user_principal_name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) identity_providers: Vec<String>,
}

/// A group to import (reference, line 2850).
#[derive(Debug)]
pub(crate) struct GroupRow {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) description: Option<String>,
    pub(crate) import_members: bool,
    pub(crate) member_roles: Vec<String>,
    pub(crate) identity_providers: Vec<String>,
}

/// How many groups were imported, and how many members with them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GroupTally {
    pub(crate) groups: usize,
    pub(crate) members: usize,
}

/// Someone who may be created.
struct Newcomer {
    /// Who it is at the providers: the principal name as Entra ID writes it.
    identity: IdentityLink,
    user: NewUser,
    providers: Vec<String>,
}

impl World {
    /// Imports these, or only looks whether it could; how many succeed.
    pub(crate) fn import_users(&mut self, rows: Vec<UserRow>, dry_run: bool) -> usize {
        let mut taken = HashSet::new();
        let mut newcomers: Vec<_> = rows.into_iter().filter_map(|row| self.newcomer(row)).collect();
        newcomers.retain(|newcomer| taken.insert(newcomer.user.username.clone()));
        if dry_run {
            return newcomers.len();
        }
        let admitted = newcomers.into_iter().filter_map(|newcomer| self.admit(newcomer));
        admitted.count()
    }

    /// The user that a row would make: one of the tenant's, who is not here yet, with roles and providers that are.
    fn newcomer(&self, row: UserRow) -> Option<Newcomer> {
        let known = self
            .entra
            .tenant
            .user(row.user_principal_name.as_deref(), row.email.as_deref())?;
        let email = row
            .email
            .or_else(|| known.email.clone())
            .map(|email| email.to_lowercase());
        let is_free = |email: &str| is_email(email) && self.directory.owner_of(email).is_none();
        if self.account_of(known).is_some() || !email.as_deref().is_none_or(is_free) {
            return None;
        }
        self.check_roles(&row.roles).ok()?;
        self.providers.check(&row.identity_providers).ok()?;
        Some(Newcomer {
            identity: IdentityLink::both(&known.user_principal_name),
            user: NewUser {
                username: known.user_principal_name.to_lowercase(),
                email,
                first_name: row.first_name.or_else(|| known.first_name.clone()),
                last_name: row.last_name.or_else(|| known.last_name.clone()),
                enabled: true,
                email_verified: true,
                created: Some(now_ms()),
                roles: row.roles,
            },
            providers: row.identity_providers,
        })
    }

    /// The user here who is this user of Entra ID, by name or by email.
    fn account_of(&self, user: &EntraUser) -> Option<Uuid> {
        let email = || user.email.as_deref().map(str::to_lowercase);
        self.directory
            .id_of(&user.user_principal_name.to_lowercase())
            .or_else(|| self.directory.owner_of(&email()?))
    }

    fn admit(&mut self, newcomer: Newcomer) -> Option<Uuid> {
        let Newcomer {
            identity,
            user,
            providers,
        } = newcomer;
        let email_taken = user
            .email
            .as_deref()
            .and_then(|email| self.directory.owner_of(email));
        if user.username == FAILS || email_taken.is_some() {
            return None;
        }
        let id = self.prng.uuid();
        self.directory.insert(User::new(id, user));
        let links = providers.into_iter().map(|alias| (alias, identity.clone()));
        self.providers.set_links(id, links.collect());
        Some(id)
    }

    /// Imports these, or only looks whether it could.
    pub(crate) fn import_groups(&mut self, rows: Vec<GroupRow>, dry_run: bool) -> GroupTally {
        let mut taken = HashSet::new();
        let mut tally = GroupTally::default();
        for row in rows {
            let Some(members) = self
                .importable(&row)
                .filter(|_| taken.insert(row.display_name.clone()))
            else {
                continue;
            };
            tally.groups += 1;
            tally.members += if dry_run {
                members.len()
            } else {
                self.admit_group(row, &members)
            };
        }
        tally
    }

    /// The members that come with a group, if it can be imported at all.
    fn importable(&self, row: &GroupRow) -> Option<Vec<EntraUser>> {
        let tenant = &self.entra.tenant;
        let group = tenant.group(&row.id).ok()?;
        self.check_roles(&row.member_roles).ok()?;
        self.providers.check(&row.identity_providers).ok()?;
        if self.groups.id_of(&row.display_name).is_some() {
            return None;
        }
        let members = tenant.members(group).filter(|_| row.import_members);
        Some(members.cloned().collect())
    }

    /// Creates the group. A member who is here already joins it and keeps the roles that were there.
    fn admit_group(&mut self, row: GroupRow, members: &[EntraUser]) -> usize {
        let id = self.prng.uuid();
        let description = row.description.unwrap_or_default();
        self.groups
            .insert(Group::new(id, row.display_name, description, GroupKind::Entra));
        let mut joined = 0;
        for member in members {
            let wanted = UserRow {
                user_principal_name: Some(member.user_principal_name.clone()),
                roles: row.member_roles.clone(),
                identity_providers: row.identity_providers.clone(),
                ..UserRow::default()
            };
            let user = self
                .account_of(member)
                .or_else(|| self.newcomer(wanted).and_then(|newcomer| self.admit(newcomer)));
            if let Some(user) = user {
                self.join(user, id);
                joined += 1;
            }
        }
        joined
    }
}
