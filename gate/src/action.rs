//! The action table: everything a person can do here, what it needs, and how it is put into words.
//!
//! The screen (show, disable with the reason, leave out) and the guard in front of every page and
//! server function read this one table.

use protegrity::permissions as known;

/// What somebody must have before an [`Action`] is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody may, signed in or not.
    Nothing,
    /// Anybody who is signed in may.
    Session,
    /// Whoever holds this permission may; see [`crate::Permissions::check`] for what implies it.
    Permission(&'static str),
}

/// One row of the action table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What it takes.
    pub needs: Needs,
    /// Whether it changes something, here or in a system behind: such actions are audited.
    pub changes: bool,
    /// The action in the infinitive, as the screen and the audit trail name it: "lock a user".
    pub wording: &'static str,
}

/// Everything a person can do in the portal. Every page and every server function names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Give a user name and a password, for the first time or again.
    SignIn,
    /// End the session, here and at the cluster.
    SignOut,
    /// Choose the light, dark or system theme.
    ChooseTheme,
    /// Look at every part of the screen in every state (`/ui`, in demo mode only).
    SeeParts,
    /// See the overview.
    SeeOverview,
    /// See one's own session and permissions.
    SeeOwnSession,
    /// See how the cluster's services are.
    SeeServices,
    /// List and search the cluster's users.
    ListUsers,
    /// See one user.
    SeeUser,
    /// Lock a user's account.
    LockUser,
    /// Unlock a user's account with a temporary password.
    UnlockUser,
    /// Create a user.
    CreateUser,
    /// Change a user's details, roles, groups and identity providers.
    EditUser,
    /// Delete a user for good.
    DeleteUser,
    /// Give a user a new password.
    ResetPassword,
    /// Create users from a CSV file.
    ImportUsers,
    /// Change one's own password; the old one is asked.
    ChangeOwnPassword,
    /// Ask whether a password satisfies the cluster's policy.
    JudgePassword,
    /// Renew one's own tokens now.
    RefreshSession,
    /// See one's own work on many at once.
    SeeBatch,
    /// Stop one's own work on many at once.
    SteerBatch,
    /// See who can do what, and through which role or group.
    SeeAccess,
    /// List and compare the cluster's roles.
    ListRoles,
    /// See one role.
    SeeRole,
    /// Create a role.
    CreateRole,
    /// Change what a role grants.
    UpdateRole,
    /// Delete a role.
    DeleteRole,
    /// List and search the cluster's groups.
    ListGroups,
    /// See one group.
    SeeGroup,
    /// Create a group.
    CreateGroup,
    /// Change a group's members and roles.
    UpdateGroup,
    /// Delete a group, and perhaps its members.
    DeleteGroup,
    /// List the SAML providers.
    ListSamlProviders,
    /// See one SAML provider and its attribute mappers.
    SeeSamlProvider,
    /// Create a SAML provider.
    CreateSamlProvider,
    /// Change, enable or disable a SAML provider.
    UpdateSamlProvider,
    /// Delete a SAML provider.
    DeleteSamlProvider,
    /// Add an attribute mapper to a SAML provider.
    CreateSamlMapper,
    /// Delete an attribute mapper.
    DeleteSamlMapper,
    /// See the cluster's password policy.
    SeePasswordPolicy,
    /// Change the cluster's password policy.
    UpdatePasswordPolicy,
    /// See the Entra ID configuration and search in Entra ID.
    SeeEntra,
    /// Create or change the Entra ID configuration.
    ConfigureEntra,
    /// Delete the Entra ID configuration.
    DeleteEntra,
    /// Test the connection to Entra ID.
    TestEntra,
    /// Import users and groups from Entra ID.
    ImportFromEntra,
    /// Change how long the cluster's access tokens live.
    UpdateTokenLifespan,
}

impl Action {
    /// Every action, in the order in which the screen lists them.
    pub const ALL: &[Self] = &[
        Self::SignIn,
        Self::SignOut,
        Self::ChooseTheme,
        Self::SeeParts,
        Self::SeeOverview,
        Self::SeeOwnSession,
        Self::SeeServices,
        Self::ListUsers,
        Self::SeeUser,
        Self::LockUser,
        Self::UnlockUser,
        Self::CreateUser,
        Self::EditUser,
        Self::DeleteUser,
        Self::ResetPassword,
        Self::ImportUsers,
        Self::ChangeOwnPassword,
        Self::JudgePassword,
        Self::RefreshSession,
        Self::SeeBatch,
        Self::SteerBatch,
        Self::SeeAccess,
        Self::ListRoles,
        Self::SeeRole,
        Self::CreateRole,
        Self::UpdateRole,
        Self::DeleteRole,
        Self::ListGroups,
        Self::SeeGroup,
        Self::CreateGroup,
        Self::UpdateGroup,
        Self::DeleteGroup,
        Self::ListSamlProviders,
        Self::SeeSamlProvider,
        Self::CreateSamlProvider,
        Self::UpdateSamlProvider,
        Self::DeleteSamlProvider,
        Self::CreateSamlMapper,
        Self::DeleteSamlMapper,
        Self::SeePasswordPolicy,
        Self::UpdatePasswordPolicy,
        Self::SeeEntra,
        Self::ConfigureEntra,
        Self::DeleteEntra,
        Self::TestEntra,
        Self::ImportFromEntra,
        Self::UpdateTokenLifespan,
    ];

    /// The row of the table for this action.
    ///
    /// Which permission guards which endpoint is not documented; the mapping is the inference of
    /// the notes on the reference, section 5.
    pub const fn rule(self) -> Rule {
        match self {
            Self::SignIn => open(true, "sign in"),
            Self::SignOut => open(true, "sign out"),
            Self::ChooseTheme => open(false, "choose a theme"),
            Self::SeeParts => open(false, "see the parts of the screen"),
            Self::SeeOverview => session("see the overview"),
            Self::SeeOwnSession => session("see your own session"),
            Self::SeeServices => session("see the health of the services"),
            Self::ListUsers => read(known::USER_MANAGER_VIEWER, "list and search users"),
            Self::SeeUser => read(known::USER_MANAGER_VIEWER, "see a user's details"),
            Self::LockUser => change(known::USER_MANAGER_ADMIN, "lock a user"),
            Self::UnlockUser => change(known::USER_MANAGER_ADMIN, "unlock a user"),
            Self::CreateUser => change(known::USER_MANAGER_ADMIN, "create a user"),
            Self::EditUser => change(known::USER_MANAGER_ADMIN, "edit a user"),
            Self::DeleteUser => change(known::USER_MANAGER_ADMIN, "delete a user"),
            Self::ResetPassword => change(known::USER_MANAGER_ADMIN, "reset a password"),
            Self::ImportUsers => change(known::USER_MANAGER_ADMIN, "create users from a file"),
            Self::ChangeOwnPassword => own("change your own password"),
            Self::JudgePassword => session("check a password"),
            Self::RefreshSession => session("refresh your session"),
            Self::SeeBatch => session("see work on many at once"),
            Self::SteerBatch => session("stop work on many at once"),
            Self::SeeAccess => read(known::USER_MANAGER_VIEWER, "review who can do what"),
            Self::ListRoles => read(known::ROLE_VIEWER, "list roles"),
            Self::SeeRole => read(known::ROLE_VIEWER, "see a role"),
            Self::CreateRole => change(known::ROLE_ADMIN, "create a role"),
            Self::UpdateRole => change(known::ROLE_ADMIN, "update a role"),
            Self::DeleteRole => change(known::ROLE_ADMIN, "delete a role"),
            Self::ListGroups => read(known::GROUP_VIEWER, "list groups"),
            Self::SeeGroup => read(known::GROUP_VIEWER, "see a group"),
            Self::CreateGroup => change(known::GROUP_ADMIN, "create a group"),
            Self::UpdateGroup => change(known::GROUP_ADMIN, "update a group"),
            Self::DeleteGroup => change(known::GROUP_ADMIN, "delete a group"),
            Self::ListSamlProviders => read(known::SAML_VIEWER, "list SAML providers"),
            Self::SeeSamlProvider => read(known::SAML_VIEWER, "see a SAML provider"),
            Self::CreateSamlProvider => change(known::SAML_ADMIN, "create a SAML provider"),
            Self::UpdateSamlProvider => change(known::SAML_ADMIN, "update a SAML provider"),
            Self::DeleteSamlProvider => change(known::SAML_ADMIN, "delete a SAML provider"),
            Self::CreateSamlMapper => change(known::SAML_ADMIN, "add an attribute mapper"),
            Self::DeleteSamlMapper => change(known::SAML_ADMIN, "delete an attribute mapper"),
            Self::SeePasswordPolicy => read(known::PASSWORD_POLICY_VIEWER, "see the password policy"),
            Self::UpdatePasswordPolicy => change(known::PASSWORD_POLICY_ADMIN, "update the password policy"),
            Self::SeeEntra => read(known::USER_MANAGER_VIEWER, "see the Entra ID federation"),
            Self::ConfigureEntra => change(known::USER_MANAGER_ADMIN, "configure Entra ID"),
            Self::DeleteEntra => change(known::USER_MANAGER_ADMIN, "delete the Entra ID configuration"),
            Self::TestEntra => change(known::USER_MANAGER_ADMIN, "test the Entra ID connection"),
            Self::ImportFromEntra => change(known::USER_MANAGER_ADMIN, "import from Entra ID"),
            Self::UpdateTokenLifespan => change(known::WEB_ADMIN, "change the token lifespan"),
        }
    }
}

const fn open(changes: bool, wording: &'static str) -> Rule {
    Rule {
        needs: Needs::Nothing,
        changes,
        wording,
    }
}

const fn session(wording: &'static str) -> Rule {
    Rule {
        needs: Needs::Session,
        changes: false,
        wording,
    }
}

/// Changes something of one's own, so that a session is enough.
const fn own(wording: &'static str) -> Rule {
    Rule {
        needs: Needs::Session,
        changes: true,
        wording,
    }
}

const fn read(permission: &'static str, wording: &'static str) -> Rule {
    Rule {
        needs: Needs::Permission(permission),
        changes: false,
        wording,
    }
}

const fn change(permission: &'static str, wording: &'static str) -> Rule {
    Rule {
        needs: Needs::Permission(permission),
        changes: true,
        wording,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_changes_an_upstream_system_needs_a_permission() {
        for action in Action::ALL {
            let rule = action.rule();
            let about_oneself = matches!(
                action,
                Action::SignIn | Action::SignOut | Action::ChangeOwnPassword
            );
            if rule.changes && !about_oneself {
                assert!(
                    matches!(rule.needs, Needs::Permission(_)),
                    "{action:?} is open to anybody"
                );
            }
        }
    }

    #[test]
    fn every_permission_of_the_table_is_one_the_vendor_documents() {
        for action in Action::ALL {
            if let Needs::Permission(name) = action.rule().needs {
                assert!(
                    known::KNOWN.contains(&name),
                    "{action:?} needs {name}, which nobody can hold"
                );
            }
        }
    }
}
