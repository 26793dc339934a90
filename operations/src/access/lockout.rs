//! Lock-out prevention: which accounts could still manage users after a change.
//!
//! An account that cannot sign in cannot manage anything, so what counts is an open account with the permission to
//! manage users and the permission to create a token.

use std::{collections::HashSet, time::Duration};

use futures::{StreamExt, stream};
use gate::{Access, Operation, OperationError};
use protegrity::{ErrorKind, Group, Role, User, UserId, permissions as known};

use super::{
    Change, Person,
    change::PreparedChange,
    review::GrantPaths,
    scan::{AT_ONCE, AccessScanner, read_one},
};
use crate::directory::{Directory, Index};

/// The most users that are read.
const MAX_READS: usize = 500;

/// The longest time that is spent on reading them.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The accounts that could manage users after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemainingAdmins {
    /// The caller, and perhaps others.
    Caller,
    /// Others, and not the caller.
    Others,
    /// None.
    None,
    /// This could not be determined, or not in time.
    Unknown,
}

/// Roles and groups after the change.
pub(super) struct StateAfter<'a> {
    change: &'a Change,
    prepared: PreparedChange<'a>,
    roles: Vec<Role>,
    groups: Vec<Group>,
    /// Whether the groups could be read.
    knows_groups: bool,
    /// The groups before the change.
    groups_before: Vec<Group>,
}

/// The users to read.
struct Candidates {
    ids: Vec<UserId>,
    /// Whether no other account could manage users.
    are_all: bool,
}

/// The accounts that could still manage users after this change.
pub(super) async fn remaining_admins(
    scanner: &AccessScanner,
    operation: &Operation,
    change: &Change,
) -> Result<RemainingAdmins, OperationError> {
    let directory = scanner.directory();
    // Read again: a copy of some minutes ago is not enough here.
    let (roles, groups, me) = futures::try_join!(
        async { readable(directory.roles(operation, true).await) },
        async { readable(directory.groups(operation, true).await) },
        caller(directory, operation),
    )?;
    let Some(roles) = roles else {
        return Ok(RemainingAdmins::Unknown);
    };
    let groups = groups.map(|listing| Vec::clone(&listing.groups));
    let after = StateAfter::new(change, &roles, groups);
    let mine = me.as_ref().map_or(Access::Unknown, |me| after.access(me));
    if mine == Access::Granted {
        return Ok(RemainingAdmins::Caller);
    }
    let Some(index) = readable(directory.index(operation, false).await)? else {
        return Ok(RemainingAdmins::Unknown);
    };
    let candidates = after.candidates(scanner, operation, &index);
    let searched = tokio::time::timeout(TIMEOUT, after.search(operation, &candidates.ids)).await;
    Ok(match searched {
        Ok(Ok(Access::Granted)) => RemainingAdmins::Others,
        Ok(Ok(Access::Missing)) if candidates.are_all && mine == Access::Missing => RemainingAdmins::None,
        Ok(Err(error)) => return Err(error),
        Ok(Ok(_)) | Err(_) => RemainingAdmins::Unknown,
    })
}

/// The value, or `None` where the session may not read it.
pub(super) fn readable<T>(read: Result<T, OperationError>) -> Result<Option<T>, OperationError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if matches!(error.kind(), Some(ErrorKind::Forbidden | ErrorKind::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The caller as the cluster reports them now; `None` where the cluster gives no roles.
async fn caller(directory: &Directory, operation: &Operation) -> Result<Option<Person>, OperationError> {
    let principal = operation.principal();
    let id = match &principal.user_id {
        Some(id) => Some(id.clone()),
        None => readable(directory.user_named(operation, &principal.user_name).await)?
            .flatten()
            .map(|user| user.id),
    };
    let Some(id) = id else { return Ok(None) };
    Ok(readable(read_one(operation.clone(), id).await)?.flatten())
}

/// The requirements for managing users: each of the two permissions may come by another path.
struct AdminRequirements<'a> {
    managing: GrantPaths<'a>,
    signing_in: GrantPaths<'a>,
}

impl<'a> AdminRequirements<'a> {
    fn new(roles: &'a [Role], groups: &'a [Group]) -> Self {
        let to = |permission| {
            GrantPaths::new(roles, groups, move |name| {
                known::implies(name.as_str(), permission)
            })
        };
        Self {
            managing: to(known::USER_MANAGER_ADMIN),
            signing_in: to(known::CAN_CREATE_TOKEN),
        }
    }

    /// Whether this person has both.
    fn access(&self, person: &Person) -> Access {
        match [self.managing.access(person), self.signing_in.access(person)] {
            [Access::Granted, Access::Granted] => Access::Granted,
            [Access::Missing, _] | [_, Access::Missing] => Access::Missing,
            _ => Access::Unknown,
        }
    }
}

impl<'a> StateAfter<'a> {
    /// The groups are `None` where they may not be read.
    pub fn new(change: &'a Change, roles: &[Role], groups: Option<Vec<Group>>) -> Self {
        let knows_groups = groups.is_some();
        let groups_before = groups.unwrap_or_default();
        Self {
            change,
            prepared: PreparedChange::new(change),
            roles: change.roles(roles),
            groups: change.groups(&groups_before, None),
            knows_groups,
            groups_before,
        }
    }

    /// The paths to managing users after the change.
    fn requirements<'s>(&'s self, groups: &'s [Group]) -> AdminRequirements<'s> {
        AdminRequirements::new(&self.roles, groups)
    }

    /// Whether this person, as they are before the change, can manage users after it.
    pub fn access(&self, before: &Person) -> Access {
        // The groups know the user that the change is about by name, which is known only now.
        if self.change.user() == Some(&before.id) {
            let groups = self.change.groups(&self.groups_before, Some(&before.user_name));
            return self.access_of(&self.requirements(&groups), before);
        }
        self.access_of(&self.requirements(&self.groups), before)
    }

    fn access_of(&self, requirements: &AdminRequirements<'_>, before: &Person) -> Access {
        let mut person = before.clone();
        if !self.prepared.apply(&mut person) || !person.enabled {
            return Access::Missing;
        }
        match requirements.access(&person) {
            Access::Missing if !self.knows_groups => Access::Unknown,
            access => access,
        }
    }

    /// The users to read: those who could manage users by the last scan, if it is recent, or else all open accounts,
    /// first the members of groups that suffice.
    fn candidates(&self, scanner: &AccessScanner, operation: &Operation, index: &Index) -> Candidates {
        let requirements = self.requirements(&self.groups);
        if let Some(scan) = scanner.recent_scan() {
            let principal = operation.principal();
            let others = scan.people.iter();
            let others = others.filter(|person| !principal.is_user(&person.id, &person.user_name));
            let outcomes: Vec<_> = others
                .map(|person| (self.access_of(&requirements, person), &person.id))
                .collect();
            let is = |wanted| outcomes.iter().filter(move |(access, _)| *access == wanted);
            let ids: Vec<_> = is(Access::Granted).map(|(_, id)| UserId::clone(id)).collect();
            let is_complete = scan.unreadable.is_empty() && is(Access::Unknown).next().is_none();
            return Candidates {
                are_all: is_complete && ids.len() <= MAX_READS,
                ids,
            };
        }
        let likely: HashSet<_> = requirements.managing.members_who_have().collect();
        let others = index.users().filter(|user| user.enabled.unwrap_or(true));
        let others = others.filter(|user: &User| !operation.is_self(user));
        let (mut first, rest): (Vec<_>, Vec<_>) =
            others.partition(|user| likely.contains(user.username.to_lowercase().as_str()));
        first.extend(rest);
        Candidates {
            are_all: first.len() <= MAX_READS,
            ids: first.into_iter().map(|user| user.id).collect(),
        }
    }

    /// Reads these users until one can manage users after the change. The answer is unknown where some could not be
    /// read, or the cluster does not report their roles.
    async fn search(&self, operation: &Operation, ids: &[UserId]) -> Result<Access, OperationError> {
        let requirements = self.requirements(&self.groups);
        let reads = ids.iter().take(MAX_READS).cloned();
        let reads = reads.map(|id| read_one(operation.clone(), id));
        let mut reads = stream::iter(reads).buffer_unordered(AT_ONCE);
        let mut access = Access::Missing;
        while let Some(read) = reads.next().await {
            let of_one = match read {
                Ok(Some(person)) if self.change.user() == Some(&person.id) => self.access(&person),
                Ok(Some(person)) => self.access_of(&requirements, &person),
                Err(error) if error.kind() == Some(ErrorKind::NotFound) => Access::Missing,
                Ok(None) => Access::Unknown,
                Err(error) if error.kind().is_some() => Access::Unknown,
                Err(error) => return Err(error),
            };
            match of_one {
                Access::Granted => return Ok(Access::Granted),
                Access::Unknown => access = Access::Unknown,
                Access::Missing => {}
            }
        }
        Ok(access)
    }
}
