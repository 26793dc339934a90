//! Asks again before a change of a role or a group after which the person, or nobody at all, could manage
//! users.

use gate::{Change, Left, Passage};
use leptos::prelude::*;
use protegrity::{Role, permissions as known};

use crate::{error::PortalError, ui::SureField, visit::Visit};

/// The names of the boxes in forms.
const OF_SELF: &str = "sure_self";
const OF_NOBODY: &str = "sure_nobody_manages";

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
    ask(left, !passage.lacks(known::USER_MANAGER_ADMIN), sure)
}

/// The boxes that answer the questions of [`check`]; each is shown when it is asked for.
#[component]
pub(crate) fn SureFields(
    /// What one is sure of that is about oneself.
    #[prop(default = "I know that this takes permissions from me")]
    of_self: &'static str,
    /// The form's error, from which they take their messages.
    error: Option<PortalError>,
    /// Begins their ids, to set them apart from those of another form of the page.
    #[prop(optional, into)]
    id_prefix: String,
) -> AnyView {
    let nobody = "I know that nobody could manage users afterwards";
    view! {
        <SureField name=OF_SELF label=of_self error=error.clone() id_prefix=id_prefix.clone()/>
        <SureField name=OF_NOBODY label=nobody error id_prefix/>
    }
    .into_any()
}

fn ask(left: Left, manages: bool, sure: Sure<'_>) -> Result<(), PortalError> {
    let is_sure = |ticked: &str| ticked == "true";
    match left {
        Left::Yourself => Ok(()),
        Left::Others if !manages || is_sure(sure.of_self) => Ok(()),
        Left::Others => Err(PortalError::invalid(
            OF_SELF,
            "You could not manage users any more after this. Others could.",
        )),
        Left::Nobody | Left::Unknown if is_sure(sure.of_nobody) => Ok(()),
        Left::Nobody => Err(PortalError::invalid(
            OF_NOBODY,
            "Nobody would be left who can manage users: only whoever runs the cluster could undo this.",
        )),
        Left::Unknown => Err(PortalError::invalid(
            OF_NOBODY,
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
