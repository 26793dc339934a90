//! What a person may do, and where each permission comes from.

use std::collections::{BTreeMap, BTreeSet};

use protegrity::{PermissionName, Role, RoleName, permissions as known};
use serde::{Deserialize, Serialize};

use crate::action::{Action, Needs};

/// Where a permission comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// The access token names it.
    Token,
    /// A role that the person holds grants it.
    Role(RoleName),
}

/// What is known about one permission of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Held, or implied by one that is.
    Granted,
    /// Not held.
    Missing,
    /// Nothing is known about this person's permissions: the cluster decides.
    Unknown,
}

/// Why an action is not open to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The permission that is missing.
    pub permission: &'static str,
    /// The roles that would give it, as far as they are known.
    pub roles: Vec<RoleName>,
}

/// The effective permissions of a person: a hint for the screen and a guard in the gate. The
/// cluster stays the final judge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// `None` when neither the token nor the roles told anything.
    held: Option<BTreeMap<PermissionName, BTreeSet<Source>>>,
}

impl Permissions {
    /// Nothing is known: nothing is hidden and nothing is refused here.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// These permissions, from these sources.
    pub fn known(held: BTreeMap<PermissionName, BTreeSet<Source>>) -> Self {
        Self { held: Some(held) }
    }

    /// Whether anything is known at all.
    pub fn is_known(&self) -> bool {
        self.held.is_some()
    }

    /// Every permission held with its sources, by name. Empty when nothing is known.
    pub fn iter(&self) -> impl Iterator<Item = (&PermissionName, &BTreeSet<Source>)> {
        self.held.iter().flatten()
    }

    /// The documented permissions that are not held themselves but implied by one that is, with that one.
    pub fn implied(&self) -> impl Iterator<Item = (&'static str, &PermissionName)> {
        let held = self.held.iter();
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

    /// Whether it is known that this permission is not held. Where nothing is known the cluster is asked.
    pub fn lacks(&self, needed: &str) -> bool {
        self.check(needed) == Verdict::Missing
    }

    /// What is known about this permission. An `_admin` permission implies its `_viewer` one, and
    /// write implies read (reference, section 7: `directory_administrator` has `saml_admin` without
    /// `saml_viewer`).
    pub fn check(&self, needed: &str) -> Verdict {
        match &self.held {
            None => Verdict::Unknown,
            Some(held) if held.keys().any(|name| known::implies(name.as_str(), needed)) => Verdict::Granted,
            Some(_) => Verdict::Missing,
        }
    }

    /// Whether the action is open to whoever holds these permissions; if not, why not.
    ///
    /// # Errors
    /// The [`Denial`], with the roles of `catalogue` that would give what is missing.
    pub fn allow(&self, action: Action, catalogue: &[Role]) -> Result<(), Denial> {
        match action.rule().needs {
            Needs::Permission(permission) if self.lacks(permission) => Err(Denial {
                permission,
                roles: roles_granting(permission, catalogue),
            }),
            Needs::Nothing | Needs::Session | Needs::Permission(_) => Ok(()),
        }
    }
}

/// The roles of the catalogue whose permissions include or imply this one.
fn roles_granting(permission: &str, catalogue: &[Role]) -> Vec<RoleName> {
    catalogue
        .iter()
        .filter(|role| {
            role.permissions
                .iter()
                .any(|name| known::implies(name.as_str(), permission))
        })
        .map(|role| role.name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holding(names: &[&str]) -> Permissions {
        let token = BTreeSet::from([Source::Token]);
        Permissions::known(
            names
                .iter()
                .map(|name| (PermissionName::new(*name), token.clone()))
                .collect(),
        )
    }

    #[test]
    fn admin_implies_viewer_and_not_the_other_way_round() {
        let admin = holding(&[known::USER_MANAGER_ADMIN]);
        assert_eq!(admin.check(known::USER_MANAGER_VIEWER), Verdict::Granted);
        let viewer = holding(&[known::USER_MANAGER_VIEWER]);
        assert_eq!(viewer.check(known::USER_MANAGER_ADMIN), Verdict::Missing);
    }

    #[test]
    fn what_is_implied_is_told_apart_from_what_is_held() {
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
    fn a_denial_names_the_roles_that_would_help() {
        let role = |name: &str, permission: &str| Role {
            name: RoleName::new(name),
            description: None,
            composite: true,
            permissions: vec![PermissionName::new(permission)],
        };
        let catalogue = [
            role("helpdesk_operator", known::USER_MANAGER_ADMIN),
            role("other", known::CAN_CREATE_TOKEN),
        ];
        let denial = holding(&[])
            .allow(Action::ListUsers, &catalogue)
            .expect_err("nothing is held");
        assert_eq!(denial.permission, known::USER_MANAGER_VIEWER);
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

        /// A permission that nobody has heard of opens nothing.
        #[test]
        fn made_up_names_open_nothing(name in "[a-z_]{1,30}") {
            prop_assume!(!known::KNOWN.contains(&name.as_str()));
            prop_assert!(holding(&[&name]).allow(Action::LockUser, &[]).is_err());
        }
    }
}
