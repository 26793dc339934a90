//! Confirmations before a change after which the caller, or no account at all, could manage users.

use gate::{Operation, Permission};
use protegrity::{Role, permissions as known};

use crate::{
    Error, Services,
    access::{Change, RemainingAdmins},
    reviews::FormValues,
};

/// The form fields that confirm: that the caller loses access, and that no administrator may be left.
pub const CONFIRM_SELF: &str = "confirm_self";
/// See [`CONFIRM_SELF`].
pub const CONFIRM_NO_ADMINS: &str = "confirm_no_admins";

/// What the person has confirmed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Confirmations {
    /// That they take access from themselves.
    pub of_self: bool,
    /// That no administrator may be left.
    pub of_no_admins: bool,
}

impl Confirmations {
    /// Reads the two boxes of a form.
    pub fn of_boxes(of_self: &str, of_no_admins: &str) -> Self {
        Self {
            of_self: of_self == "true",
            of_no_admins: of_no_admins == "true",
        }
    }

    /// The boxes that were ticked, as fields of a form.
    pub fn values(self) -> FormValues {
        let boxes = [
            (CONFIRM_SELF, self.of_self),
            (CONFIRM_NO_ADMINS, self.of_no_admins),
        ];
        let ticked = boxes.into_iter().filter(|(_, is_ticked)| *is_ticked);
        ticked
            .map(|(name, _)| (name.to_owned(), "true".to_owned()))
            .collect()
    }
}

/// The permissions that managing users requires: the one to do it, and the one to sign in.
const REQUIRED: [&str; 2] = [known::USER_MANAGER_ADMIN, known::CAN_CREATE_TOKEN];

fn grants(role: &Role, permission: &str) -> bool {
    let mut granted = role.permissions.iter();
    granted.any(|name| known::implies(name.as_str(), permission))
}

/// Whether a role grants one of the permissions that managing users requires.
pub fn manages_users(role: &Role) -> bool {
    REQUIRED.iter().any(|permission| grants(role, permission))
}

/// Whether a change of a role takes one of those permissions away.
pub fn manages_users_no_more(before: &Role, after: &Role) -> bool {
    let is_taken = |permission: &&str| grants(before, permission) && !grants(after, permission);
    REQUIRED.iter().any(is_taken)
}

/// Finds out who could manage users after this change, and requires a confirmation where no account could, or where
/// the caller could before and could not afterwards.
///
/// # Errors
/// At the box that has to be ticked, or the cluster's error.
pub async fn check(
    services: &Services,
    operation: &Operation,
    change: &Change,
    confirmations: Confirmations,
) -> Result<(), Error> {
    let remaining = services.access.remaining_admins(operation, change).await?;
    let manages = !operation.lacks(Permission::protegrity(known::USER_MANAGER_ADMIN));
    require_confirmation(remaining, manages, confirmations)
}

fn require_confirmation(
    remaining: RemainingAdmins,
    manages: bool,
    confirmations: Confirmations,
) -> Result<(), Error> {
    match remaining {
        RemainingAdmins::Caller => Ok(()),
        RemainingAdmins::Others if !manages || confirmations.of_self => Ok(()),
        RemainingAdmins::Others => Err(Error::at(
            CONFIRM_SELF,
            "You could no longer manage users after this. Others could.",
        )),
        RemainingAdmins::None | RemainingAdmins::Unknown if confirmations.of_no_admins => Ok(()),
        RemainingAdmins::None => Err(Error::at(
            CONFIRM_NO_ADMINS,
            "No account would be left that can manage users: only the cluster's administrator could undo this.",
        )),
        RemainingAdmins::Unknown => Err(Error::at(
            CONFIRM_NO_ADMINS,
            "It could not be determined whether an account could manage users after this.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(remaining: RemainingAdmins, manages: bool, of_self: &str, of_no_admins: &str) -> Option<String> {
        let confirmations = Confirmations::of_boxes(of_self, of_no_admins);
        match require_confirmation(remaining, manages, confirmations) {
            Err(Error::Invalid(problems)) => Some(problems[0].field.clone()),
            _ => None,
        }
    }

    #[test]
    fn an_admin_has_to_remain_unless_confirmed() {
        let check = |remaining, manages, expected: Option<&str>| {
            assert_eq!(
                field(remaining, manages, "", "").as_deref(),
                expected,
                "{remaining:?}"
            );
        };
        check(RemainingAdmins::Caller, true, None);
        check(RemainingAdmins::Others, true, Some("confirm_self"));
        check(RemainingAdmins::Others, false, None);
        check(RemainingAdmins::None, true, Some("confirm_no_admins"));
        check(RemainingAdmins::None, false, Some("confirm_no_admins"));
        check(RemainingAdmins::Unknown, true, Some("confirm_no_admins"));
    }

    #[test]
    fn a_role_that_allows_signing_in_counts_as_well() {
        let role = |permissions: &[&str]| Role {
            name: "r".into(),
            description: None,
            composite: true,
            permissions: permissions.iter().map(|name| (*name).into()).collect(),
        };
        let (both, one) = (
            role(&["user_manager_admin", "can_create_token"]),
            role(&["user_manager_admin"]),
        );
        assert!(manages_users_no_more(&both, &one));
        assert!(!manages_users_no_more(&one, &both));
        assert!(manages_users(&role(&["can_create_token"])));
        assert!(!manages_users(&role(&["saml_admin"])));
    }

    #[test]
    fn confirming_for_oneself_does_not_confirm_for_all() {
        assert_eq!(field(RemainingAdmins::Others, true, "true", ""), None);
        assert!(field(RemainingAdmins::None, true, "true", "").is_some());
        assert_eq!(field(RemainingAdmins::None, true, "", "true"), None);
        assert_eq!(field(RemainingAdmins::Unknown, true, "", "true"), None);
    }
}
