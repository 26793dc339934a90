//! Imports of users and groups from Entra ID. A response only counts the imported rows, so a row that cannot be
//! imported has no error of its own.

use super::{ClusterState, EntraUser, Group, GroupKind, IdentityLink, NewUser, User, is_email};
use crate::clock::now_ms;
use std::collections::HashSet;
use uuid::Uuid;

/// The well-known user whose import fails after a successful dry run.
const FAILING_USER: &str = "fails@example.com";

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

/// The numbers of imported groups and of their members.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GroupCounts {
    pub(crate) groups: usize,
    pub(crate) members: usize,
}

/// A user that an import can create.
struct Candidate {
    /// The identity at the providers: the principal name as Entra ID writes it.
    identity: IdentityLink,
    user: NewUser,
    providers: Vec<String>,
}

impl ClusterState {
    /// Imports users, or checks the import in a dry run. Returns the number of users that succeed.
    pub(crate) fn import_users(&mut self, rows: Vec<UserRow>, dry_run: bool) -> usize {
        let mut taken = HashSet::new();
        let mut candidates: Vec<_> = rows.into_iter().filter_map(|row| self.candidate(row)).collect();
        candidates.retain(|candidate| taken.insert(candidate.user.username.clone()));
        if dry_run {
            return candidates.len();
        }
        let created = candidates
            .into_iter()
            .filter_map(|candidate| self.create_user(candidate));
        created.count()
    }

    /// The user of a row, if it is in the tenant, has no account in the cluster, and names existing roles and
    /// providers.
    fn candidate(&self, row: UserRow) -> Option<Candidate> {
        let known = self
            .entra
            .tenant
            .user(row.user_principal_name.as_deref(), row.email.as_deref())?;
        let email = row
            .email
            .or_else(|| known.email.clone())
            .map(|email| email.to_lowercase());
        let is_free = |email: &str| is_email(email) && self.directory.id_by_email(email).is_none();
        if self.account_of(known).is_some() || !email.as_deref().is_none_or(is_free) {
            return None;
        }
        self.check_roles(&row.roles).ok()?;
        self.providers.check(&row.identity_providers).ok()?;
        Some(Candidate {
            identity: IdentityLink::with_name(&known.user_principal_name),
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

    /// The cluster's account of an Entra ID user, by name or by email.
    fn account_of(&self, user: &EntraUser) -> Option<Uuid> {
        let email = || user.email.as_deref().map(str::to_lowercase);
        self.directory
            .id_by_name(&user.user_principal_name.to_lowercase())
            .or_else(|| self.directory.id_by_email(&email()?))
    }

    fn create_user(&mut self, candidate: Candidate) -> Option<Uuid> {
        let Candidate {
            identity,
            user,
            providers,
        } = candidate;
        let email_taken = user
            .email
            .as_deref()
            .and_then(|email| self.directory.id_by_email(email));
        if user.username == FAILING_USER || email_taken.is_some() {
            return None;
        }
        let id = self.prng.uuid();
        self.directory.insert(User::new(id, user));
        let links = providers.into_iter().map(|alias| (alias, identity.clone()));
        self.providers.set_links(id, links.collect());
        Some(id)
    }

    /// Imports groups, or checks the import in a dry run.
    pub(crate) fn import_groups(&mut self, rows: Vec<GroupRow>, dry_run: bool) -> GroupCounts {
        let mut taken = HashSet::new();
        let mut counts = GroupCounts::default();
        for row in rows {
            let Some(members) = self
                .importable(&row)
                .filter(|_| taken.insert(row.display_name.clone()))
            else {
                continue;
            };
            counts.groups += 1;
            counts.members += if dry_run {
                members.len()
            } else {
                self.create_group(row, &members)
            };
        }
        counts
    }

    /// The members to import with a group, if the group can be imported.
    fn importable(&self, row: &GroupRow) -> Option<Vec<EntraUser>> {
        let tenant = &self.entra.tenant;
        let group = tenant.group(&row.id).ok()?;
        self.check_roles(&row.member_roles).ok()?;
        self.providers.check(&row.identity_providers).ok()?;
        if self.groups.id_by_name(&row.display_name).is_some() {
            return None;
        }
        let members = tenant.members(group).filter(|_| row.import_members);
        Some(members.cloned().collect())
    }

    /// Creates a group with its members. A member with an account in the cluster joins the group and keeps its roles.
    fn create_group(&mut self, group: GroupRow, members: &[EntraUser]) -> usize {
        let id = self.prng.uuid();
        let description = group.description.unwrap_or_default();
        self.groups
            .insert(Group::new(id, group.display_name, description, GroupKind::Entra));
        let mut joined = 0;
        for member in members {
            let row = UserRow {
                user_principal_name: Some(member.user_principal_name.clone()),
                roles: group.member_roles.clone(),
                identity_providers: group.identity_providers.clone(),
                ..UserRow::default()
            };
            let user = self.account_of(member).or_else(|| {
                self.candidate(row)
                    .and_then(|candidate| self.create_user(candidate))
            });
            if let Some(user) = user {
                self.join(user, id);
                joined += 1;
            }
        }
        joined
    }
}
