//! Groups: creating them, changing members and roles, deleting them.

use std::collections::HashMap;

use gate::{Operation, OperationError, Permission, Target};
use protegrity::{
    CreatedGroup, Group, GroupId, GroupMembers, GroupUpdate, NewGroup, RoleName, User, permissions as known,
};
use serde::{Deserialize, Serialize};

use crate::{
    CacheUpdate, Error, Services,
    access::Change,
    baseline,
    characters::{described, invisible, is_same_name, nfc},
    checked::{Checked, Ready, lock_checked},
    lockout::{self, CONFIRM_SELF, Confirmations, manages_users},
    merge::{difference, listed, merged},
    read_back::{ReadBack, is_gone, settle},
    refusal,
    roles::fingerprint,
    text::counted,
    users::may_see_groups,
    validation::Validation,
};

/// The longest name, in characters.
pub const MAX_NAME_LENGTH: usize = 255;

/// The longest description, in characters. The reference has no limit; this one keeps forms small.
pub const MAX_DESCRIPTION_LENGTH: usize = 1000;

/// The most members and roles that one form may name.
const MAX_MEMBERS: usize = 2000;
const MAX_ROLES: usize = 1000;

/// The form that creates a group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewGroupForm {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The ticked members, by user name.
    pub members: Vec<String>,
    /// More members by user name, one a line or separated by commas.
    pub names: String,
    /// The roles.
    pub roles: Vec<String>,
}

/// The form that changes a group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EditGroupForm {
    /// The group.
    pub id: String,
    /// The ticked members, by user name.
    pub members: Vec<String>,
    /// More members by user name, one a line or separated by commas.
    pub names: String,
    /// The roles.
    pub roles: Vec<String>,
    /// The [`Shown`] values, encoded.
    pub baseline: String,
    /// The [`GroupChange::fingerprint`] of the change that was reviewed.
    pub reviewed: String,
}

/// The members and roles that the form showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The members by user name; of a large group only those searched for.
    pub members: Vec<String>,
    /// The roles.
    pub roles: Vec<String>,
}

/// The form that deletes a group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteGroupForm {
    /// The group.
    pub id: String,
    /// `true` deletes the members' accounts as well.
    pub delete_members: String,
    /// The group's name, typed out to delete the members as well.
    pub typed: String,
    /// The [`baseline::fingerprint`] of the members that were shown.
    pub baseline: String,
}

/// A group that was created or changed.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// Its id, where the cluster gave one.
    pub id: Option<GroupId>,
    /// The group now beside what was sent; `None` when there was nothing to change.
    pub read_back: Option<ReadBack>,
}

/// The outcome of a form that changes a group.
#[derive(Clone, Debug)]
pub enum Updated {
    /// It was saved, or there was nothing to change.
    Saved(Saved),
    /// The group has members, and its roles change: what that does to them is shown first.
    NeedsReview,
}

/// A change of a group, as it would be made now.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupChange {
    /// The group before.
    pub before: Group,
    update: GroupUpdate,
}

impl GroupChange {
    /// The roles that it gives to the members.
    pub fn added(&self) -> Vec<&RoleName> {
        let before = self.before.roles.as_deref().unwrap_or_default();
        let after = self.update.roles.iter();
        after.filter(|name| !before.contains(name)).collect()
    }

    /// The roles that it takes from the members.
    pub fn removed(&self) -> Vec<&RoleName> {
        let before = self.before.roles.iter().flatten();
        before.filter(|name| !self.update.roles.contains(name)).collect()
    }

    /// The change for the access review.
    pub fn change(&self) -> Change {
        Change::SetGroupMembership {
            name: self.before.name.clone(),
            members: self.update.members.clone(),
            roles: self.update.roles.clone(),
        }
    }

    /// Identifies the roles that it gives and takes: a review counts for exactly these.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.added(), &self.removed())
    }

    fn has_members(&self) -> bool {
        let before = self.before.members.as_deref().unwrap_or_default();
        !before.is_empty() || !self.update.members.is_empty()
    }

    fn changes_roles(&self) -> bool {
        !self.added().is_empty() || !self.removed().is_empty()
    }

    fn changes_members(&self) -> bool {
        self.before.members.as_ref() != Some(&self.update.members)
    }

    /// Whether it removes members, or roles from them, after which an account may no longer manage users.
    fn takes(&self) -> bool {
        let members = self.before.members.iter().flatten();
        let mut members = members.map(|name| has_member(&self.update.members, name));
        !self.removed().is_empty() || members.any(|stays| !stays)
    }
}

/// Creates a group (`POST /groups`).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(services: &Services, operation: &Operation, form: &NewGroupForm) -> Result<Saved, Error> {
    let mut validation = services.validation_of(operation, &form.roles).await;
    // Members are looked up, whatever their names hold.
    validation.accept_existing(form.members.iter().cloned());
    let name = validation.required_line("name", &form.name, MAX_NAME_LENGTH);
    validation.require_no_separator("name", &name);
    let description = validation.lines("description", &form.description, MAX_DESCRIPTION_LENGTH);
    let roles = role_names(validation.names("roles", &form.roles, MAX_ROLES));
    let ticked = validation.names("members", &form.members, MAX_MEMBERS);
    let typed = validation.typed_names("names", &form.names, MAX_MEMBERS);
    let members = new_members(services, operation, &mut validation, ticked, typed).await;
    validation.require(
        !is_taken(services, operation, &name).await,
        "name",
        "The cluster has a group of this name already.",
    );
    validation.finish()?;
    let group = NewGroup {
        name,
        description,
        members,
        roles,
    };
    let operation = operation.on(Target::of("group", &group.name));
    let created = operation
        .perform(|cluster| {
            let group = group.clone();
            async move { cluster.create_group(&group).await }
        })
        .await;
    let created = settle(created, || async {
        let now = named(services, &operation, &group.name).await.ok()??;
        let is_as_sent = compared(&group.members, &group.roles, Some(&now)) == ReadBack::AsSent;
        is_as_sent.then_some(CreatedGroup { id: Some(now.id) })
    })
    .await
    .map_err(|error| refusal::at_field(error, refusal::GROUP))?;
    let now = read_again(services, &operation, created.id.as_ref(), &group.name).await;
    Ok(Saved {
        id: now.as_ref().map(|now| now.id.clone()),
        read_back: Some(compared(&group.members, &group.roles, now.as_ref())),
        name: group.name,
    })
}

/// What this form would change now.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn plan(
    services: &Services,
    operation: &Operation,
    id: &GroupId,
    form: &EditGroupForm,
) -> Result<GroupChange, Error> {
    let wanted = Wanted::read(services, operation, id, form).await?;
    wanted.over(services.group(operation, id).await?)
}

/// The members and roles that a form asks for.
struct Wanted {
    shown: Shown,
    id: GroupId,
    members: Vec<String>,
    roles: Vec<String>,
}

impl Wanted {
    async fn read(
        services: &Services,
        operation: &Operation,
        id: &GroupId,
        form: &EditGroupForm,
    ) -> Result<Self, Error> {
        let shown: Shown = baseline::decode(&form.baseline)?;
        let mut validation = services.validation_of(operation, &form.roles).await;
        validation.accept_existing([shown.roles.clone(), form.members.clone()].concat());
        let ticked = validation.names("members", &form.members, MAX_MEMBERS);
        let typed = validation.typed_names("names", &form.names, MAX_MEMBERS);
        let roles = validation.names("roles", &form.roles, MAX_ROLES);
        let (ticked_anew, still_ticked): (Vec<_>, Vec<_>) = ticked
            .into_iter()
            .partition(|name| !has_member(&shown.members, name));
        let added = new_members(services, operation, &mut validation, ticked_anew, typed).await;
        validation.finish()?;
        Ok(Self {
            shown,
            id: id.clone(),
            members: [still_ticked, added].concat(),
            roles,
        })
    }

    /// What the person changed, over the group as it is now.
    fn over(&self, before: Group) -> Result<GroupChange, Error> {
        let (members_now, roles_now) = reported(&before)?;
        let update = GroupUpdate {
            id: self.id.clone(),
            members: merged(members_now, &self.shown.members, &self.members),
            roles: role_names(merged(&to_strings(roles_now), &self.shown.roles, &self.roles)),
        };
        Ok(GroupChange { before, update })
    }
}

/// Changes the members and roles of a group (`PUT /groups`). The cluster is sent both lists whole: what the person
/// changed, and the rest as it is now. Roles of a group that has members change only after a review.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn update(
    services: &Services,
    operation: &Operation,
    id: &GroupId,
    form: &EditGroupForm,
    confirmations: Confirmations,
) -> Result<Updated, Error> {
    let wanted = Wanted::read(services, operation, id, form).await?;
    let wanted = &wanted;
    let Ready {
        plan: planned,
        lock: _lock,
        ..
    } = lock_checked(
        services,
        ("group", id.to_string()),
        || async move { wanted.over(services.group(operation, id).await?) },
        GroupChange::takes,
        |planned| async move {
            let change = planned.change();
            check_lockout(services, operation, &planned.before, &change, confirmations).await?;
            Ok(Checked::from(()))
        },
    )
    .await?;
    let is_reviewed =
        !planned.changes_roles() || !planned.has_members() || form.reviewed == planned.fingerprint();
    let is_change = planned.changes_roles() || planned.changes_members();
    let GroupChange { before, update } = planned;
    let saved = |read_back| {
        Updated::Saved(Saved {
            name: before.name.clone(),
            id: Some(id.clone()),
            read_back,
        })
    };
    if !is_change {
        return Ok(saved(None));
    }
    if !is_reviewed {
        return Ok(Updated::NeedsReview);
    }
    let written = operation
        .perform(|cluster| {
            let update = update.clone();
            async move { cluster.update_group(&update).await }
        })
        .await;
    settle(written, || async {
        let now = services.group(operation, id).await.ok()?;
        let is_as_sent = compared(&update.members, &update.roles, Some(&now)) == ReadBack::AsSent;
        is_as_sent.then_some(())
    })
    .await
    .map_err(|error| refusal::at_field(error, refusal::GROUP))?;
    let now = read_again(services, operation, Some(id), &before.name).await;
    Ok(saved(Some(compared(
        &update.members,
        &update.roles,
        now.as_ref(),
    ))))
}

/// A group that was deleted.
#[derive(Clone, Debug)]
pub struct Deleted {
    /// Its name.
    pub name: String,
    /// The members whose accounts were deleted with it; `None` when they stay as users.
    pub members: Option<Vec<String>>,
}

/// Deletes a group (`DELETE /groups/{group_id}`), and its members' accounts when that was asked for twice (notes on
/// the reference, row 38). Deleting members requires the permission to delete users, which the caller checks.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn delete(
    services: &Services,
    operation: &Operation,
    id: &GroupId,
    form: &DeleteGroupForm,
    confirmations: Confirmations,
) -> Result<Deleted, Error> {
    let with_members = form.delete_members == "true";
    let Ready {
        plan: group,
        lock: _lock,
        ..
    } = lock_checked(
        services,
        ("group", id.to_string()),
        || async move {
            let group = services.group(operation, id).await?;
            if with_members {
                confirm_members(operation, &group, form, confirmations)?;
            }
            Ok(group)
        },
        |group| with_members || group.roles.iter().flatten().next().is_some(),
        |group| async move {
            let name = group.name.clone();
            if with_members {
                let members = group.members.unwrap_or_default();
                let change = Change::DeleteGroupAndMembers { name, members };
                lockout::check(services, operation, &change, confirmations).await?;
            } else {
                let change = Change::DeleteGroup(name);
                check_lockout(services, operation, &group, &change, confirmations).await?;
            }
            Ok(Checked::from(()))
        },
    )
    .await?;
    let members = group.members.clone().unwrap_or_default();
    let (fate, target) = if with_members {
        let words = format!(
            "{} and its {}: {}",
            group.name,
            counted(members.len(), ("member", "members")),
            listed(&members)
        );
        (GroupMembers::Delete, Target::of("group", id).with_name(words))
    } else {
        (
            GroupMembers::Keep,
            Target::of("group", id).with_name(group.name.clone()),
        )
    };
    let deleted = operation
        .on(target)
        .perform(|cluster| {
            let id = id.clone();
            async move { cluster.delete_group(&id, fate).await }
        })
        .await;
    settle(deleted, || async {
        let is_gone = is_gone(services.group(operation, id).await);
        // Whether the members went with it cannot be seen here.
        (is_gone && !with_members).then_some(())
    })
    .await?;
    services.apply(if with_members {
        CacheUpdate::GroupAndMembersDeleted(id, &members)
    } else {
        CacheUpdate::GroupDeleted(id)
    });
    Ok(Deleted {
        name: group.name,
        members: with_members.then_some(members),
    })
}

/// The members and roles of a group, both of which a change sends whole.
///
/// # Errors
/// When the cluster does not report one of them: it would be lost (notes on the reference, row 36).
pub fn reported(group: &Group) -> Result<(&[String], &[RoleName]), Error> {
    match (&group.members, &group.roles) {
        (Some(members), Some(roles)) => Ok((members, roles)),
        _ => Err(Error::refused(
            "This group cannot be changed here.",
            "The cluster does not report its members or its roles, and a change sends the whole of both: they would be lost.",
        )),
    }
}

/// Whether the list has a member of this name in any case and spelling: the cluster's names are lower-cased.
pub fn has_member(members: &[String], name: &str) -> bool {
    members.iter().any(|member| is_same_name(member, name))
}

/// Whether the cluster has a group of this name in another spelling, as far as the caller may read groups. A name in
/// ASCII has only one, and the cluster compares it itself.
async fn is_taken(services: &Services, operation: &Operation, name: &str) -> bool {
    if name.is_ascii() || !may_see_groups(operation) {
        return false;
    }
    let groups = services.directory.groups(operation, false).await;
    groups
        .inspect_err(|error| tracing::warn!(%error, "the name of a new group could not be looked up"))
        .is_ok_and(|listing| listing.groups.iter().any(|group| nfc(&group.name) == name))
}

/// The users of these names, by the name; `None` where users may not or cannot be read.
pub async fn users_of(
    services: &Services,
    operation: &Operation,
    names: &[String],
) -> Option<HashMap<String, Option<User>>> {
    if operation.lacks(Permission::protegrity(known::USER_MANAGER_VIEWER)) {
        return None;
    }
    match services.directory.users_named(operation, names).await {
        Ok(users) => Some(names.iter().cloned().zip(users).collect()),
        Err(error) => {
            tracing::warn!(%error, "the members of a group could not be looked up");
            None
        }
    }
}

/// Requires what deleting the members as well requires: the typed name, the members that were shown, and a
/// confirmation when the caller is one of them.
fn confirm_members(
    operation: &Operation,
    group: &Group,
    form: &DeleteGroupForm,
    confirmations: Confirmations,
) -> Result<(), Error> {
    require_typed_name(&group.name, &form.typed)?;
    let Some(members) = &group.members else {
        let message = "The cluster does not report who is in this group, so they cannot be deleted with it.";
        return Err(Error::at("delete_members", message));
    };
    if baseline::fingerprint(members) != form.baseline {
        let message = "The members have changed meanwhile. Reload the page and check them first.";
        return Err(Error::at("delete_members", message));
    }
    if has_member(members, &operation.principal().user_name) && !confirmations.of_self {
        let message = "You are a member of this group: your own account would be deleted.";
        return Err(Error::at(CONFIRM_SELF, message));
    }
    Ok(())
}

fn require_typed_name(name: &str, typed: &str) -> Result<(), Error> {
    if nfc(typed.trim()) == nfc(name.trim()) {
        return Ok(());
    }
    let message = format!("Type the name of the group to delete its members too: {name}");
    Err(Error::at("typed", message))
}

/// Requires a confirmation before the members of a group can no longer manage users, where its roles let them, or may
/// let them as far as the caller can see.
async fn check_lockout(
    services: &Services,
    operation: &Operation,
    before: &Group,
    change: &Change,
    confirmations: Confirmations,
) -> Result<(), Error> {
    let roles = if operation.lacks(Permission::protegrity(known::ROLE_VIEWER)) {
        None
    } else {
        services.directory.roles(operation, false).await.ok()
    };
    let may_manage = |name: &RoleName| {
        let mut visible = roles.iter().flat_map(|roles| roles.iter());
        visible.find(|role| role.name == *name).is_none_or(manages_users)
    };
    if before.roles.iter().flatten().any(may_manage) {
        lockout::check(services, operation, change, confirmations).await?;
    }
    Ok(())
}

/// The group after it was written; by its name where the cluster gave no id.
async fn read_again(
    services: &Services,
    operation: &Operation,
    id: Option<&GroupId>,
    name: &str,
) -> Option<Group> {
    let now = match id {
        Some(id) => services.group(operation, id).await.map(Some),
        None => named(services, operation, name).await,
    };
    now.inspect_err(|error| tracing::warn!(%error, "a changed group could not be read back"))
        .ok()
        .flatten()
}

async fn named(
    services: &Services,
    operation: &Operation,
    name: &str,
) -> Result<Option<Group>, OperationError> {
    let listing = services.directory.groups(operation, true).await?;
    Ok(listing.groups.iter().find(|group| group.name == name).cloned())
}

fn compared(members: &[String], roles: &[RoleName], now: Option<&Group>) -> ReadBack {
    let Some(now) = now else {
        return ReadBack::Unread;
    };
    let lower = |names: &[String]| names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    let members_now = now.members.as_deref().map(lower);
    ReadBack::of([
        members_now.and_then(|now| difference("these members", &lower(members), &now)),
        now.roles
            .as_deref()
            .and_then(|now| difference("these roles", roles, now)),
    ])
}

/// New members, in the spelling of the directory. Names that it does not have are reported at their field; where it
/// may not be read the cluster decides.
async fn new_members(
    services: &Services,
    operation: &Operation,
    validation: &mut Validation,
    ticked: Vec<String>,
    typed: Vec<String>,
) -> Vec<String> {
    let names = [ticked.clone(), typed.clone()].concat();
    if names.is_empty() {
        return names;
    }
    let Some(users) = users_of(services, operation, &names).await else {
        if let Some(c) = ticked.iter().find_map(|name| invisible(name)) {
            let what = described(c);
            validation.add(
                "members",
                format!("One of these names holds invisible characters, such as {what}."),
            );
        }
        return names;
    };
    let user = |name: &String| users.get(name).and_then(Option::as_ref);
    for (field, names) in [("members", &ticked), ("names", &typed)] {
        let unknown: Vec<_> = names.iter().filter(|name| user(name).is_none()).collect();
        let message = format!("The cluster has no user of this name: {}.", listed(&unknown));
        validation.require(unknown.is_empty(), field, message);
    }
    let mut found: Vec<_> = names
        .iter()
        .filter_map(user)
        .map(|user| user.username.clone())
        .collect();
    found.sort();
    found.dedup();
    found
}

fn role_names(names: Vec<String>) -> Vec<RoleName> {
    names.into_iter().map(RoleName::from).collect()
}

fn to_strings(names: &[RoleName]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(json: &str) -> Group {
        serde_json::from_str(json).expect("a group")
    }

    #[test]
    fn row_36_what_the_cluster_kept_is_reported() {
        let now = group(r#"{"id":"1","name":"g","members":["alpha","beta"],"roles":[]}"#);
        let check = |members: &[&str], roles: &[&str], expected: ReadBack| {
            let members: Vec<_> = members.iter().map(|name| (*name).to_owned()).collect();
            let roles: Vec<_> = roles.iter().map(|name| RoleName::from(*name)).collect();
            assert_eq!(compared(&members, &roles, Some(&now)), expected);
        };
        check(&["Alpha", "beta"], &[], ReadBack::AsSent);
        let differs = "The cluster kept these members: beta. The cluster did not take these roles: viewer.";
        check(&["alpha"], &["viewer"], ReadBack::Differs(differs.to_owned()));
    }

    #[test]
    fn members_are_deleted_only_when_the_name_is_typed() {
        assert!(require_typed_name("Prüfstelle Süd", " Prüfstelle Süd ").is_ok());
        assert!(require_typed_name("developers", "").is_err());
        assert!(require_typed_name("developers", "Developers").is_err());
    }

    #[test]
    fn a_list_that_is_not_reported_is_not_overwritten() {
        assert!(reported(&group(r#"{"id":"1","name":"g","members":[],"roles":[]}"#)).is_ok());
        assert!(reported(&group(r#"{"id":"1","name":"g","roles":[]}"#)).is_err());
        assert!(reported(&group(r#"{"id":"1","name":"g","members":[]}"#)).is_err());
    }
}
