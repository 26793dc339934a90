//! The permissions of a principal, and where each comes from.

use std::collections::{BTreeMap, BTreeSet};

use protegrity::{PermissionName, Role, RoleName, permissions as known};
use serde::{Deserialize, Serialize};

use crate::{
    action::{Action, Needs},
    system::{Permission, System},
};

/// Where a permission comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// The access token names it.
    Token,
    /// A role of the principal grants it.
    Role(RoleName),
    /// It follows from what the connected account is.
    Account,
}

/// Whether a principal has a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Held, or implied by one that is.
    Granted,
    /// Not held.
    Missing,
    /// The principal's permissions are not known: the system decides.
    Unknown,
}

/// Why an action is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The permission that is missing.
    pub permission: Permission,
    /// The roles that would grant it, as far as they are known.
    pub roles: Vec<RoleName>,
}

/// The permissions of one system by name, each with its sources.
type HeldGrants = BTreeMap<PermissionName, BTreeSet<Source>>;

/// The effective permissions of a principal: a hint for the screen and a guard in the gate. The systems stay the
/// final judges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// A system is absent when neither the token nor the roles said anything.
    held: BTreeMap<System, HeldGrants>,
}

impl Permissions {
    /// No permission is known: nothing is hidden and nothing is refused here.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// These permissions of this system, from these sources.
    pub fn known(system: System, held: HeldGrants) -> Self {
        Self {
            held: BTreeMap::from([(system, held)]),
        }
    }

    /// These permissions, with those of one system as they are among the others.
    #[must_use]
    pub(crate) fn with(&self, system: System, others: &Self) -> Self {
        let mut held = self.held.clone();
        match others.held.get(&system) {
            Some(of_system) => held.insert(system, of_system.clone()),
            None => held.remove(&system),
        };
        Self { held }
    }

    /// Whether the permissions of this system are known.
    pub fn is_known(&self, system: System) -> bool {
        self.held.contains_key(&system)
    }

    /// Every permission of this system with its sources, by name. Empty when they are not known.
    pub fn of(&self, system: System) -> impl Iterator<Item = (&PermissionName, &BTreeSet<Source>)> {
        self.held.get(&system).into_iter().flatten()
    }

    /// The documented permissions of the cluster that are not held themselves but implied by one that is, with
    /// that one.
    pub fn implied(&self) -> impl Iterator<Item = (&'static str, &PermissionName)> {
        let held = self.held.get(&System::Protegrity).into_iter();
        held.flat_map(|held| {
            known::KNOWN
                .iter()
                .filter(|name| !held.contains_key(**name))
                .filter_map(|name| {
                    let by = held.keys().find(|by| known::implies(by.as_str(), name))?;
                    Some((*name, by))
                })
        })
    }

    /// Whether this permission is known not to be held. Where nothing is known the system is asked.
    pub fn lacks(&self, needed: Permission) -> bool {
        self.check(needed) == Access::Missing
    }

    /// Whether this permission is held. An `_admin` permission implies its `_viewer` one (reference, section 7:
    /// `directory_administrator` has `saml_admin` without `saml_viewer`).
    pub fn check(&self, needed: Permission) -> Access {
        match self.held.get(&needed.system) {
            None => Access::Unknown,
            Some(held) => {
                if held.keys().any(|name| known::implies(name.as_str(), needed.name)) {
                    Access::Granted
                } else {
                    Access::Missing
                }
            }
        }
    }

    /// Whether this permission is missing, and no other leads there. Who may write policies is let through to them:
    /// whether that includes reading is the cluster's to decide (notes on the reference, sections 5 and 9).
    fn bars(&self, needed: Permission) -> bool {
        let is_reader = needed == Permission::protegrity(known::WORKBENCH_POLICY_READ);
        let writes = Permission::protegrity(known::WORKBENCH_POLICY_WRITE);
        self.lacks(needed) && (!is_reader || self.lacks(writes))
    }

    /// Whether these permissions allow the action.
    ///
    /// # Errors
    /// The [`Denial`], with those of `visible_roles` that would grant what is missing.
    pub fn allow(&self, action: Action, visible_roles: &[Role]) -> Result<(), Denial> {
        match action.rule().needs {
            Needs::Permission(permission) if self.bars(permission) => Err(Denial {
                permission,
                roles: roles_granting(permission, visible_roles),
            }),
            Needs::Nothing | Needs::Session | Needs::Permission(_) => Ok(()),
        }
    }
}

/// The roles whose permissions include or imply this one.
fn roles_granting(permission: Permission, roles: &[Role]) -> Vec<RoleName> {
    let grants = |role: &&Role| {
        let mut granted = role.permissions.iter();
        granted.any(|name| known::implies(name.as_str(), permission.name))
    };
    roles
        .iter()
        .filter(grants)
        .map(|role| role.name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holding(names: &[&str]) -> Permissions {
        let token = BTreeSet::from([Source::Token]);
        let held = names
            .iter()
            .map(|name| (PermissionName::new(*name), token.clone()));
        Permissions::known(System::Protegrity, held.collect())
    }

    #[test]
    fn admin_implies_viewer_and_not_the_other_way_round() {
        let admin = holding(&[known::USER_MANAGER_ADMIN]);
        assert_eq!(
            admin.check(Permission::protegrity(known::USER_MANAGER_VIEWER)),
            Access::Granted
        );
        let viewer = holding(&[known::USER_MANAGER_VIEWER]);
        assert_eq!(
            viewer.check(Permission::protegrity(known::USER_MANAGER_ADMIN)),
            Access::Missing
        );
    }

    #[test]
    fn implied_permissions_are_listed_apart_from_held_ones() {
        let permissions = holding(&[known::USER_MANAGER_ADMIN, known::ROLE_VIEWER]);
        let implied: Vec<_> = permissions
            .implied()
            .map(|(name, by)| (name, by.as_str()))
            .collect();
        assert_eq!(implied, [(known::USER_MANAGER_VIEWER, known::USER_MANAGER_ADMIN)]);
    }

    #[test]
    fn unknown_permissions_hide_nothing() {
        for action in Action::ALL {
            assert_eq!(Permissions::unknown().allow(*action, &[]), Ok(()));
        }
    }

    #[test]
    fn a_denial_names_the_roles_that_would_grant_it() {
        let role = |name: &str, permission: &str| Role {
            name: RoleName::new(name),
            description: None,
            composite: true,
            permissions: vec![PermissionName::new(permission)],
        };
        let visible_roles = [
            role("helpdesk_operator", known::USER_MANAGER_ADMIN),
            role("other", known::CAN_CREATE_TOKEN),
        ];
        let denial = holding(&[])
            .allow(Action::ListUsers, &visible_roles)
            .expect_err("no permission is held");
        assert_eq!(denial.permission.name, known::USER_MANAGER_VIEWER);
        assert_eq!(denial.roles, [RoleName::new("helpdesk_operator")]);
    }

    proptest! {
        /// Holding more never opens less.
        #[test]
        fn permissions_are_monotonous(
            held in proptest::sample::subsequence(known::KNOWN, 0..known::KNOWN.len()),
            more in proptest::sample::select(known::KNOWN),
        ) {
            let fewer = holding(&held);
            let mut names = held;
            names.push(more);
            let greater = holding(&names);
            for action in Action::ALL {
                prop_assert!(fewer.allow(*action, &[]).is_err() || greater.allow(*action, &[]).is_ok());
            }
        }

        /// An undocumented permission opens nothing.
        #[test]
        fn made_up_names_open_nothing(name in "[a-z_]{1,30}") {
            prop_assume!(!known::KNOWN.contains(&name.as_str()));
            prop_assert!(holding(&[&name]).allow(Action::LockUser, &[]).is_err());
        }
    }
}
