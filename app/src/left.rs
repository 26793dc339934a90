//! Asks again before a change of a role or a group after which the person, or nobody at all, could manage
//! users.

use gate::{Change, Left, Passage, Verdict};
use protegrity::{Role, permissions as known};

use crate::{error::PortalError, visit::Visit};

/// What was ticked of the boxes `sure_self` and `sure_nobody_manages`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sure<'a> {
    /// That one takes it from oneself.
    pub of_self: &'a str,
    /// That nobody may be left.
    pub of_nobody: &'a str,
}

/// What it takes to manage users: the permission, and getting in at all.
const TAKES: [&str; 2] = [known::USER_MANAGER_ADMIN, known::CAN_CREATE_TOKEN];

fn grants(role: &Role, permission: &str) -> bool {
    let mut granted = role.permissions.iter();
    granted.any(|name| known::implies(name.as_str(), permission))
}

/// Whether a role gives some of what it takes to manage users.
pub(crate) fn manages_users(role: &Role) -> bool {
    TAKES.iter().any(|permission| grants(role, permission))
}

/// Whether a change of a role takes some of that away.
pub(crate) fn manages_users_no_more(before: &Role, after: &Role) -> bool {
    TAKES
        .iter()
        .any(|permission| grants(before, permission) && !grants(after, permission))
}

/// Finds out who could manage users after this change, and asks again where that is nobody, or where the
/// person could before and could not afterwards.
///
/// # Errors
/// At the box that has to be ticked, or what the cluster says.
pub(crate) async fn check(
    visit: &Visit,
    passage: &Passage,
    change: &Change,
    sure: Sure<'_>,
) -> Result<(), PortalError> {
    let left = passage
        .who_is_left(change)
        .await
        .map_err(|error| visit.explain(passage.action(), &error))?;
    let permissions = &passage.visitor().profile.permissions;
    let manages = permissions.check(known::USER_MANAGER_ADMIN) != Verdict::Missing;
    ask(left, manages, sure)
}

fn ask(left: Left, manages: bool, sure: Sure<'_>) -> Result<(), PortalError> {
    let is_sure = |ticked: &str| ticked == "true";
    match left {
        Left::Yourself => Ok(()),
        Left::Others if !manages || is_sure(sure.of_self) => Ok(()),
        Left::Others => Err(PortalError::invalid(
            "sure_self",
            "You could not manage users any more after this. Others could.",
        )),
        Left::Nobody | Left::Unknown if is_sure(sure.of_nobody) => Ok(()),
        Left::Nobody => Err(PortalError::invalid(
            "sure_nobody_manages",
            "Nobody would be left who can manage users: only whoever runs the cluster could undo this.",
        )),
        Left::Unknown => Err(PortalError::invalid(
            "sure_nobody_manages",
            "It could not be found out whether anybody could manage users after this.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(left: Left, manages: bool, of_self: &str, of_nobody: &str) -> Option<String> {
        let error = ask(left, manages, Sure { of_self, of_nobody }).err()?;
        Some(error.fields[0].field.clone())
    }

    #[test]
    fn somebody_has_to_be_left_unless_one_is_sure() {
        let check = |left, manages, expected: Option<&str>| {
            assert_eq!(field(left, manages, "", "").as_deref(), expected, "{left:?}");
        };
        check(Left::Yourself, true, None);
        check(Left::Others, true, Some("sure_self"));
        check(Left::Others, false, None);
        check(Left::Nobody, true, Some("sure_nobody_manages"));
        check(Left::Nobody, false, Some("sure_nobody_manages"));
        check(Left::Unknown, true, Some("sure_nobody_manages"));
    }

    #[test]
    fn a_role_without_which_nobody_gets_in_matters_as_well() {
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
    fn being_sure_of_oneself_is_not_being_sure_of_everybody() {
        assert_eq!(field(Left::Others, true, "true", ""), None);
        assert!(field(Left::Nobody, true, "true", "").is_some());
        assert_eq!(field(Left::Nobody, true, "", "true"), None);
        assert_eq!(field(Left::Unknown, true, "", "true"), None);
    }
}
