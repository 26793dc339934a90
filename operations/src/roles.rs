//! Roles: what each grants and who has it, creating, changing and deleting them.

mod areas;
mod holders;

use std::collections::BTreeSet;

use gate::{Operation, OperationError, Target};
use protegrity::{Authorized, Permission, PermissionName, Role, RoleDraft, RoleName, permissions as known};
use serde::{Deserialize, Serialize};

pub use self::{
    areas::by_area,
    holders::{Holders, UserHolders, holders},
};
use crate::{
    CacheUpdate, Error, Services,
    access::Change,
    baseline,
    characters::nfc,
    checked::{Checked, Ready, lock_checked},
    lockout::{self, Confirmations, manages_users, manages_users_no_more},
    merge::{difference, merged},
    read_back::{ReadBack, settle},
    refusal,
    validation::Validation,
};

/// The longest name, in characters.
pub const MAX_NAME_LENGTH: usize = 255;

/// The longest description, in characters. The reference has no limit; this one keeps forms small.
const MAX_DESCRIPTION_LENGTH: usize = 1000;

/// The most permissions of a role. The product has about thirty.
const MAX_PERMISSIONS: usize = 1000;

/// Names that the addresses below `/roles` need for themselves.
const RESERVED: [&str; 4] = [".", "..", "new", "compare"];

/// The form that creates a role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewRoleForm {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The ticked permissions.
    pub permissions: Vec<String>,
}

/// The form that changes a role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EditRoleForm {
    /// The role.
    pub name: String,
    /// The description.
    pub description: String,
    /// The ticked permissions.
    pub permissions: Vec<String>,
    /// The [`Shown`] values, encoded.
    pub baseline: String,
    /// The [`RoleChange::fingerprint`] of the change that was reviewed.
    pub reviewed: String,
}

/// The description and permissions that the form showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The description.
    pub description: String,
    /// The permissions.
    pub permissions: Vec<String>,
}

impl From<&Role> for Shown {
    fn from(role: &Role) -> Self {
        Self {
            description: role.description.clone().unwrap_or_default(),
            permissions: role.permissions.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The form that deletes a role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteRoleForm {
    /// The role.
    pub name: String,
    /// The role's name, typed out.
    pub typed: String,
}

/// A role that was created or changed.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Its name.
    pub name: RoleName,
    /// Whether it suffices to sign in.
    pub may_sign_in: bool,
    /// The role now beside what was sent; `None` when there was nothing to change.
    pub read_back: Option<ReadBack>,
}

/// The outcome of a form that changes a role.
#[derive(Clone, Debug)]
pub enum Updated {
    /// It was saved, or there was nothing to change.
    Saved(Saved),
    /// People hold the role, and its permissions change: what that does to them is shown first.
    NeedsReview,
}

/// A change of a role, as it would be made now.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleChange {
    /// The role before.
    pub before: Role,
    draft: RoleDraft,
}

impl RoleChange {
    /// The permissions that it gives.
    pub fn added(&self) -> Vec<&PermissionName> {
        let after = self.draft.permissions.iter();
        after
            .filter(|name| !self.before.permissions.contains(name))
            .collect()
    }

    /// The permissions that it takes.
    pub fn removed(&self) -> Vec<&PermissionName> {
        let before = self.before.permissions.iter();
        before
            .filter(|name| !self.draft.permissions.contains(name))
            .collect()
    }

    /// The change for the access review.
    pub fn change(&self) -> Change {
        Change::SetRolePermissions {
            name: self.draft.name.clone(),
            permissions: self.draft.permissions.clone(),
        }
    }

    /// Identifies the permissions that it gives and takes: a review counts for exactly these.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.added(), &self.removed())
    }

    /// The role after it.
    fn after(&self) -> Role {
        Role {
            permissions: self.draft.permissions.clone(),
            ..self.before.clone()
        }
    }

    /// Whether it lets the holders of the role manage users no longer.
    fn takes_administration(&self) -> bool {
        manages_users_no_more(&self.before, &self.after())
    }

    /// Whether it is shown to the person first, where people hold the role.
    fn needs_review(&self, reviewed: &str) -> bool {
        let changes_permissions = !self.added().is_empty() || !self.removed().is_empty();
        changes_permissions && reviewed != self.fingerprint()
    }
}

/// Identifies what is given and what is taken.
pub(crate) fn fingerprint<T: ToString>(given: &[&T], taken: &[&T]) -> String {
    let given = given.iter().map(|name| format!("+{}", name.to_string()));
    let taken = taken.iter().map(|name| format!("-{}", name.to_string()));
    baseline::fingerprint(&given.chain(taken).collect::<Vec<_>>())
}

/// The permissions of the cluster (`GET /permissions`). They cannot be edited (notes on the reference, row 76).
///
/// # Errors
/// The cluster's error.
pub async fn permissions(operation: &Operation) -> Result<Vec<Permission>, OperationError> {
    operation
        .read(|cluster| async move { cluster.permissions().await })
        .await
}

/// The role of this name. A list from a moment ago that lacks it is read again: the role may be newer.
///
/// # Errors
/// When the cluster does not list the role to this session, or the cluster's error.
pub async fn look_up(services: &Services, operation: &Operation, name: &RoleName) -> Result<Role, Error> {
    let roles = services.directory.roles(operation, false).await?;
    match find(&roles, name) {
        Ok(role) => Ok(role.clone()),
        Err(_) => current(services, operation, name).await,
    }
}

/// The role of this name as the cluster has it now.
///
/// # Errors
/// As for [`look_up`].
pub async fn current(services: &Services, operation: &Operation, name: &RoleName) -> Result<Role, Error> {
    let roles = services.directory.roles(operation, true).await?;
    find(&roles, name).cloned()
}

/// The role of this name in a list of the cluster.
///
/// # Errors
/// When the list lacks it. It may exist all the same: the list is the one "available for the logged-in user" (notes
/// on the reference, row 14).
pub fn find<'a>(roles: &'a [Role], name: &RoleName) -> Result<&'a Role, Error> {
    roles.iter().find(|role| role.name == *name).ok_or_else(|| {
        let words = "The cluster does not list this role to you: it was deleted, or you may not see it.";
        Error::NotFound(words.to_owned())
    })
}

/// Creates a role (`POST /roles`).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(services: &Services, operation: &Operation, form: &NewRoleForm) -> Result<Saved, Error> {
    let mut validation = Validation::default();
    let draft = RoleDraft {
        name: new_name(&mut validation, &form.name),
        description: validation.lines("description", &form.description, MAX_DESCRIPTION_LENGTH),
        permissions: permission_names(validation.names("permissions", &form.permissions, MAX_PERMISSIONS)),
    };
    validation.finish()?;
    let operation = operation.on(Target::of("role", &draft.name));

    let _lock = services.locks.lock(("role", draft.name.to_string())).await;
    // The reference does not say how a cluster answers that is asked to create an existing role.
    let roles = services.directory.roles(&operation, true).await;
    let is_same = |role: &Role| nfc(role.name.as_str()) == draft.name.as_str();
    if roles.is_ok_and(|roles| roles.iter().any(is_same)) {
        return Err(Error::at("name", "A role of this name exists already."));
    }
    let written = write(services, &operation, |cluster| {
        let draft = draft.clone();
        async move { cluster.create_role(&draft).await }
    });
    let written = written.await;
    settle(written, || is_as_sent(services, &operation, &draft))
        .await
        .map_err(|error| refusal::at_field(error, refusal::ROLE))?;
    Ok(read_again(services, &operation, draft).await)
}

/// What this form would change now.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn plan(
    services: &Services,
    operation: &Operation,
    name: &RoleName,
    form: &EditRoleForm,
) -> Result<RoleChange, Error> {
    let shown: Shown = baseline::decode(&form.baseline)?;
    let mut validation = Validation::default();
    validation.accept_existing(shown.permissions.iter().cloned());
    let description = validation.changed_lines(
        "description",
        &form.description,
        &shown.description,
        MAX_DESCRIPTION_LENGTH,
    );
    let ticked = validation.names("permissions", &form.permissions, MAX_PERMISSIONS);
    validation.finish()?;

    let before = current(services, operation, name).await?;
    let now = Shown::from(&before);
    let mut validation = Validation::default();
    let changed = baseline::changed(
        &mut validation,
        "description",
        &shown.description,
        &description,
        &now.description,
    );
    let draft = RoleDraft {
        name: name.clone(),
        description: changed.unwrap_or(&now.description).to_owned(),
        permissions: permission_names(merged(&now.permissions, &shown.permissions, &ticked)),
    };
    validation.finish()?;
    Ok(RoleChange { before, draft })
}

/// Changes the permissions and the description of a role (`PUT /roles`). The cluster is sent both whole: what the
/// person changed, and the rest as it is now. Permissions of a role that people hold change only after a review.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn update(
    services: &Services,
    operation: &Operation,
    name: &RoleName,
    form: &EditRoleForm,
    confirmations: Confirmations,
) -> Result<Updated, Error> {
    let Ready {
        plan: RoleChange { before, draft },
        found: needs_review,
        lock: _lock,
    } = lock_checked(
        services,
        ("role", name.to_string()),
        || plan(services, operation, name, form),
        |planned: &RoleChange| planned.takes_administration() || planned.needs_review(&form.reviewed),
        |planned| async move {
            if planned.takes_administration() {
                lockout::check(services, operation, &planned.change(), confirmations).await?;
            }
            let needs_review = planned.needs_review(&form.reviewed)
                && !Box::pin(holders(services, operation, name)).await.are_none();
            Ok(Checked::from(needs_review))
        },
    )
    .await?;
    let description = before.description.as_deref().unwrap_or_default();
    if draft.permissions == before.permissions && draft.description == description {
        return Ok(Updated::Saved(Saved {
            may_sign_in: may_sign_in(&before),
            name: before.name,
            read_back: None,
        }));
    }
    if needs_review == Some(true) {
        return Ok(Updated::NeedsReview);
    }
    let written = write(services, operation, |cluster| {
        let draft = draft.clone();
        async move { cluster.update_role(&draft).await }
    });
    let written = written.await;
    settle(written, || is_as_sent(services, operation, &draft))
        .await
        .map_err(|error| refusal::at_field(error, refusal::ROLE))?;
    Ok(Updated::Saved(read_again(services, operation, draft).await))
}

/// Deletes a role (`DELETE /roles`), and returns whether the cluster still lists it. Its name has to be typed unless it
/// is known that no user and no group has the role.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn delete(
    services: &Services,
    operation: &Operation,
    name: &RoleName,
    form: &DeleteRoleForm,
    confirmations: Confirmations,
) -> Result<bool, Error> {
    let is_confirmed = is_typed(name, &form.typed) || holders(services, operation, name).await.are_none();
    if !is_confirmed {
        let message = format!("Type the name of the role to go on: {name}");
        return Err(Error::at("typed", message));
    }

    let Ready { lock: _lock, .. } = lock_checked(
        services,
        ("role", name.to_string()),
        || current(services, operation, name),
        manages_users,
        |_| async move {
            let change = Change::DeleteRole(name.clone());
            lockout::check(services, operation, &change, confirmations).await?;
            Ok(Checked::from(()))
        },
    )
    .await?;
    let deleted = write(services, operation, |cluster| async move {
        cluster.delete_role(name).await
    });
    let deleted = deleted.await;
    settle(deleted, || async {
        let roles = services.directory.roles(operation, true).await.ok()?;
        find(&roles, name).is_err().then_some(())
    })
    .await
    .map_err(|error| refusal::at_field(error, refusal::ROLE))?;
    Ok(current(services, operation, name).await.is_ok())
}

/// Whether the role grants exactly this permission.
pub fn grants(role: &Role, permission: &str) -> bool {
    role.permissions
        .iter()
        .any(|granted| granted.as_str() == permission)
}

/// Whether the role suffices to sign in: without `can_create_token` the cluster answers the login with 403 (notes on
/// the reference, section 1).
pub fn may_sign_in(role: &Role) -> bool {
    grants(role, known::CAN_CREATE_TOKEN)
}

/// The documented permissions that the role does not grant themselves, and that one of its permissions includes.
pub fn included(role: &Role) -> Vec<&'static str> {
    let is_included = |name: &str| {
        let includes = known::implied_by(name);
        !grants(role, name) && includes.is_some_and(|includes| grants(role, includes.as_str()))
    };
    known::KNOWN
        .iter()
        .copied()
        .filter(|name| is_included(name))
        .collect()
}

/// Which of two roles grants a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantedBy {
    /// The first alone.
    First,
    /// The second alone.
    Second,
    /// Both.
    Both,
}

/// Every permission that one of two roles grants, by name.
pub fn compare<'a>(first: &'a Role, second: &'a Role) -> Vec<(&'a PermissionName, GrantedBy)> {
    let all: BTreeSet<_> = first.permissions.iter().chain(&second.permissions).collect();
    let granted_by = |name| match (
        first.permissions.contains(name),
        second.permissions.contains(name),
    ) {
        (true, true) => GrantedBy::Both,
        (true, false) => GrantedBy::First,
        _ => GrantedBy::Second,
    };
    all.into_iter().map(|name| (name, granted_by(name))).collect()
}

/// A name that the cluster and the portal's addresses can take.
fn new_name(validation: &mut Validation, text: &str) -> RoleName {
    let name = validation.required_line("name", text, MAX_NAME_LENGTH);
    validation.require(!name.contains('/'), "name", "A role's name holds no slash.");
    validation.require_no_separator("name", &name);
    validation.require(
        !RESERVED.contains(&name.as_str()),
        "name",
        "The portal's addresses have no place for a role of this name.",
    );
    name.into()
}

/// Whether the role's name was typed out, in any spelling and with any space around it.
fn is_typed(name: &RoleName, typed: &str) -> bool {
    nfc(typed.trim()) == nfc(name.as_str().trim())
}

fn permission_names(names: Vec<String>) -> Vec<PermissionName> {
    names.into_iter().map(PermissionName::from).collect()
}

/// Makes a call that changes a role. The cached lists are dropped after a failure too: a call without an answer may
/// have taken effect.
async fn write<F>(
    services: &Services,
    operation: &Operation,
    call: impl Fn(Authorized) -> F,
) -> Result<(), OperationError>
where
    F: Future<Output = Result<(), protegrity::Error>>,
{
    let written = operation.perform(call).await;
    services.apply(CacheUpdate::Roles);
    written
}

/// Whether the role has everything that was sent, when it is read again.
async fn is_as_sent(services: &Services, operation: &Operation, draft: &RoleDraft) -> Option<()> {
    let now = current(services, operation, &draft.name).await.ok()?;
    (compared(draft, &now) == ReadBack::AsSent).then_some(())
}

/// The role after it was written.
async fn read_again(services: &Services, operation: &Operation, draft: RoleDraft) -> Saved {
    let (read_back, now) = match current(services, operation, &draft.name).await {
        Ok(role) => (compared(&draft, &role), Some(role)),
        Err(Error::NotFound(_)) => {
            let words = "The cluster does not list it to you: its list may be partial.";
            (ReadBack::Differs(words.to_owned()), None)
        }
        Err(error) => {
            tracing::warn!(%error, "a changed role could not be read back");
            (ReadBack::Unread, None)
        }
    };
    let permissions = now.map_or(draft.permissions, |role| role.permissions);
    Saved {
        name: draft.name,
        may_sign_in: permissions
            .iter()
            .any(|name| name.as_str() == known::CAN_CREATE_TOKEN),
        read_back: Some(read_back),
    }
}

fn compared(draft: &RoleDraft, now: &Role) -> ReadBack {
    let description = now.description.as_deref().unwrap_or_default();
    ReadBack::of([
        difference("these permissions", &draft.permissions, &now.permissions),
        (description != draft.description)
            .then(|| format!("The cluster has another description: “{description}”.")),
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn role(permissions: &[&str]) -> Role {
        Role {
            name: "r".into(),
            description: Some("Reads".to_owned()),
            composite: true,
            permissions: permissions.iter().map(|name| (*name).into()).collect(),
        }
    }

    #[test]
    fn names_are_bounded() {
        let is_accepted = |name: &str| {
            let mut validation = Validation::default();
            new_name(&mut validation, name);
            match validation.finish() {
                Err(Error::Invalid(problems)) => {
                    assert!(problems.iter().all(|problem| problem.field == "name"));
                    false
                }
                result => result.is_ok(),
            }
        };
        for name in [
            "policy_officer",
            "two words",
            "<script>",
            "مدير",
            "🔑",
            "%41",
            "%2e%2e",
            "100%",
            &"x".repeat(255),
        ] {
            assert!(is_accepted(name), "{name}");
        }
        for name in [
            "",
            " ",
            "a/b",
            "a\nb",
            ".",
            "..",
            "new",
            "compare",
            "a,b",
            "a;b",
            "a|b",
            "ops\u{200b}",
            "a\u{a0}b",
            &"x".repeat(256),
        ] {
            assert!(!is_accepted(name), "{name:?} passed");
        }
    }

    #[test]
    fn the_name_is_typed_with_any_space_around_it() {
        let check = |name: &str, typed: &str, expected: bool| {
            assert_eq!(is_typed(&name.into(), typed), expected, "{name:?} {typed:?}");
        };
        check("ops", " ops ", true);
        check("ops ", "ops", true);
        check("jose\u{301}", "jos\u{e9}", true);
        check("%41", "%41", true);
        check("%41", "A", false);
        check("ops", "Ops", false);
        check("ops", "", false);
    }

    #[test]
    fn what_the_cluster_made_of_a_role_is_reported() {
        let draft = RoleDraft {
            name: "r".into(),
            description: "Reads".to_owned(),
            permissions: vec!["role_viewer".into(), "can_create_token".into()],
        };
        let same = role(&["can_create_token", "role_viewer"]);
        assert_eq!(compared(&draft, &same), ReadBack::AsSent);
        let other = Role {
            description: None,
            ..role(&["saml_viewer"])
        };
        let ReadBack::Differs(words) = compared(&draft, &other) else {
            panic!("it differs");
        };
        for expected in [
            "kept these permissions: saml_viewer",
            "did not take these permissions: role_viewer",
            "another description",
        ] {
            assert!(words.contains(expected), "{expected}: {words}");
        }
    }

    #[test]
    fn signing_in_takes_the_permission_to_create_a_token() {
        assert!(may_sign_in(&role(&[known::ROLE_ADMIN, known::CAN_CREATE_TOKEN])));
        assert!(!may_sign_in(&role(&[known::ROLE_ADMIN])));
    }

    #[test]
    fn a_permission_that_is_granted_is_not_listed_as_included() {
        let role = role(&[known::SAML_ADMIN, known::ROLE_ADMIN, known::ROLE_VIEWER]);
        assert_eq!(included(&role), [known::SAML_VIEWER]);
    }

    proptest! {
        #[test]
        fn each_permission_is_compared_once_and_the_other_way_round_it_is_the_other_role(
            a in proptest::collection::btree_set("[a-d]{1,2}", 0..6),
            b in proptest::collection::btree_set("[a-d]{1,2}", 0..6),
        ) {
            let of = |names: &BTreeSet<String>| role(&names.iter().map(String::as_str).collect::<Vec<_>>());
            let (first, second) = (of(&a), of(&b));
            let compared = compare(&first, &second);
            prop_assert_eq!(compared.len(), a.union(&b).count());
            for (name, by) in &compared {
                prop_assert_eq!(*by == GrantedBy::Both, a.contains(name.as_str()) && b.contains(name.as_str()));
                prop_assert_eq!(*by == GrantedBy::First, !b.contains(name.as_str()));
            }
            let mirror = |by| match by {
                GrantedBy::First => GrantedBy::Second,
                GrantedBy::Second => GrantedBy::First,
                GrantedBy::Both => GrantedBy::Both,
            };
            let mirrored: Vec<_> = compare(&second, &first).into_iter().map(|(name, by)| (name, mirror(by))).collect();
            prop_assert_eq!(compared, mirrored);
        }
    }
}
