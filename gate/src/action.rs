//! The action table: everything a person can do here, the permission it needs, and its words.
//!
//! The screen (show, disable with the reason, leave out), the router's guard and the audit trail read this one
//! table. Which permission guards which endpoint is not documented; the mapping is the inference of the notes on
//! the reference, section 5.

use protegrity::permissions as known;

use crate::{proofpoint_account::permissions as mail, system::Permission};

/// What an [`Action`] requires of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: the action is open without a session.
    Nothing,
    /// A session.
    Session,
    /// A permission of one system; see [`crate::Permissions::check`] for what implies it.
    Permission(Permission),
}

/// One row of the action table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name in the audit trail: `user.lock`. Stored events hold it, so it never changes.
    pub name: &'static str,
    /// What the action requires.
    pub needs: Needs,
    /// Whether it changes something, here or in a system: such actions are audited.
    pub changes: bool,
    /// The action in the infinitive, for the screen: "lock a user".
    pub wording: &'static str,
}

/// Defines [`Action`] from rows of name, audit name, effect, requirement and wording.
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident $name:literal $effect:ident $needs:ident $(($permission:ident))? $wording:literal;)*) => {
        /// Everything a person can do in the portal. Every page and every server function names one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $action,)*
        }

        impl Action {
            /// Every action, in the order in which the screen lists them.
            pub const ALL: &[Self] = &[$(Self::$action),*];

            /// The row of the table for this action.
            pub const fn rule(self) -> Rule {
                match self {
                    $(Self::$action => Rule {
                        name: $name,
                        needs: needs!($needs $(($permission))?),
                        changes: effect!($effect),
                        wording: $wording,
                    },)*
                }
            }
        }
    };
}

macro_rules! needs {
    (Anyone) => {
        Needs::Nothing
    };
    (Session) => {
        Needs::Session
    };
    (Protegrity($permission:ident)) => {
        Needs::Permission(Permission::protegrity(known::$permission))
    };
    (Proofpoint($permission:ident)) => {
        Needs::Permission(Permission::proofpoint(mail::$permission))
    };
}

macro_rules! effect {
    (change) => {
        true
    };
    (read) => {
        false
    };
}

actions! {
    /// Give a user name and a password, for the first time or again.
    SignIn "session.sign_in" change Anyone "sign in";
    /// End the session, here and at the systems.
    SignOut "session.sign_out" change Anyone "sign out";
    /// Choose the light, dark or system theme.
    ChooseTheme "theme.choose" read Anyone "choose a theme";
    /// Look at every part of the screen in every state (`/ui`, in demo mode only).
    ViewGallery "gallery.view" read Anyone "see the parts of the screen";
    /// See the overview.
    ViewOverview "overview.view" read Session "see the overview";
    /// See one's own session and permissions.
    ViewOwnSession "session.view" read Session "see your own session";
    /// See the account at Proofpoint that one's session is connected with.
    ViewProofpoint "proofpoint.view" read Session "see Proofpoint";
    /// Connect one's session with an administrator's account at Proofpoint Essentials.
    ConnectProofpoint "proofpoint.connect" change Session "connect with Proofpoint";
    /// Forget the account that one's session is connected with.
    DisconnectProofpoint "proofpoint.disconnect" change Session "disconnect from Proofpoint";
    /// See an organisation of Proofpoint Essentials, its domains and its licences.
    ViewMailOrganization "mail_organization.view" read Proofpoint(READ) "see an organisation of Proofpoint";
    /// See what deserves attention in an organisation of Proofpoint Essentials.
    ListMailFindings "mail_finding.list" read Proofpoint(READ) "check an organisation of Proofpoint";
    /// List and search the users of an organisation of Proofpoint Essentials, and see one.
    ViewMailUsers "mail_user.view" read Proofpoint(READ) "see the users of an organisation of Proofpoint";
    /// Create a user of Proofpoint Essentials.
    CreateMailUser "mail_user.create" change Proofpoint(CHANGE) "create a user of Proofpoint";
    /// Change a user's names, addresses and type at Proofpoint Essentials.
    EditMailUser "mail_user.edit" change Proofpoint(CHANGE) "edit a user of Proofpoint";
    /// Change whom a user of Proofpoint Essentials gets mail from.
    ChangeMailUserSenders "mail_user.change_senders" change Proofpoint(CHANGE) "change the sender lists of a user";
    /// Turn features of an organisation of Proofpoint Essentials on and off.
    ChangeMailFeatures "mail_organization.change_features" change Proofpoint(CHANGE) "change the features of an organisation";
    /// Change whom every user of an organisation of Proofpoint Essentials gets mail from.
    ChangeMailSenders "mail_organization.change_senders" change Proofpoint(CHANGE) "change the sender lists of an organisation";
    /// Make the synchronisation with Azure leave a user of Proofpoint Essentials alone, or include the user again.
    ExemptMailUser "mail_user.exempt" change Proofpoint(CHANGE) "exempt a user from the synchronisation with Azure";
    /// Make a user of Proofpoint Essentials a functional account, which takes no licence.
    ConvertMailUser "mail_user.convert" change Proofpoint(CHANGE) "make a user of Proofpoint a functional account";
    /// Let a user of Proofpoint Essentials get mail.
    ActivateMailUser "mail_user.activate" change Proofpoint(CHANGE) "activate a user of Proofpoint";
    /// Stop the mail of a user of Proofpoint Essentials.
    DeactivateMailUser "mail_user.deactivate" change Proofpoint(CHANGE) "deactivate a user of Proofpoint";
    /// Delete a user of Proofpoint Essentials for good.
    DeleteMailUser "mail_user.delete" change Proofpoint(CHANGE) "delete a user of Proofpoint";
    /// List the organisations below that of the account at Proofpoint.
    ListMailOrganizations "mail_organization.list" read Proofpoint(CHILDREN) "list the organisations below your own";
    /// Change the number of seats of an organisation.
    ChangeMailSeats "mail_seats.change" change Proofpoint(LICENSING) "change the seats of an organisation";
    /// Give an organisation another package.
    ChangeMailPackage "mail_package.change" change Proofpoint(LICENSING) "change the package of an organisation";
    /// Add a domain to an organisation.
    AddMailDomain "mail_domain.add" change Proofpoint(CHANGE) "add a domain to an organisation";
    /// Change where the mail of a domain goes.
    ChangeMailDomain "mail_domain.change" change Proofpoint(CHANGE) "change a domain of an organisation";
    /// Delete a domain of an organisation.
    DeleteMailDomain "mail_domain.delete" change Proofpoint(CHANGE) "delete a domain of an organisation";
    /// Have Proofpoint look for the code that proves who a domain belongs to.
    VerifyMailDomain "mail_domain.verify" change Proofpoint(CHANGE) "verify a domain of an organisation";
    /// Find a person by name or address, and see what both systems have of them.
    ViewPerson "person.view" read Session "see a person";
    /// Run the steps for a person who leaves or starts; each is an action of its own.
    RunGuide "person.guide" read Session "run the guide for a person";
    /// See how the cluster's services are.
    ViewServices "services.view" read Session "see the health of the services";
    /// List and search the cluster's users.
    ListUsers "user.list" read Protegrity(USER_MANAGER_VIEWER) "list and search users";
    /// See one user.
    ViewUser "user.view" read Protegrity(USER_MANAGER_VIEWER) "see a user's details";
    /// Lock a user's account.
    LockUser "user.lock" change Protegrity(USER_MANAGER_ADMIN) "lock a user";
    /// Unlock a user's account with a temporary password.
    UnlockUser "user.unlock" change Protegrity(USER_MANAGER_ADMIN) "unlock a user";
    /// End a user's sessions in the portal.
    EndUserSessions "user.end_sessions" change Protegrity(USER_MANAGER_ADMIN) "end a user's sessions";
    /// Create a user.
    CreateUser "user.create" change Protegrity(USER_MANAGER_ADMIN) "create a user";
    /// Change a user's details, roles, groups and identity providers.
    EditUser "user.edit" change Protegrity(USER_MANAGER_ADMIN) "edit a user";
    /// Delete a user for good.
    DeleteUser "user.delete" change Protegrity(USER_MANAGER_ADMIN) "delete a user";
    /// Give a user a new password.
    ResetPassword "user.reset_password" change Protegrity(USER_MANAGER_ADMIN) "reset a password";
    /// Create users from a CSV file.
    ImportUsers "user.import" change Protegrity(USER_MANAGER_ADMIN) "create users from a file";
    /// Change one's own password; the old one is asked.
    ChangeOwnPassword "session.change_password" change Session "change your own password";
    /// Ask whether a password satisfies the cluster's policy.
    CheckPassword "password.check" read Session "check a password";
    /// Renew one's own tokens now.
    RefreshSession "session.refresh" read Session "refresh your session";
    /// See one's own jobs.
    ViewJob "job.view" read Session "see your jobs";
    /// Stop, retry or continue one's own job.
    ControlJob "job.control" read Session "control a job";
    /// See who can do what, and through which role or group.
    ViewAccess "access.view" read Protegrity(USER_MANAGER_VIEWER) "review who can do what";
    /// List and compare the cluster's roles.
    ListRoles "role.list" read Protegrity(ROLE_VIEWER) "list roles";
    /// See one role.
    ViewRole "role.view" read Protegrity(ROLE_VIEWER) "see a role";
    /// Create a role.
    CreateRole "role.create" change Protegrity(ROLE_ADMIN) "create a role";
    /// Change what a role grants.
    UpdateRole "role.update" change Protegrity(ROLE_ADMIN) "update a role";
    /// Delete a role.
    DeleteRole "role.delete" change Protegrity(ROLE_ADMIN) "delete a role";
    /// List and search the cluster's groups.
    ListGroups "group.list" read Protegrity(GROUP_VIEWER) "list groups";
    /// See one group.
    ViewGroup "group.view" read Protegrity(GROUP_VIEWER) "see a group";
    /// Create a group.
    CreateGroup "group.create" change Protegrity(GROUP_ADMIN) "create a group";
    /// Change a group's members and roles.
    UpdateGroup "group.update" change Protegrity(GROUP_ADMIN) "update a group";
    /// Delete a group, with or without its members.
    DeleteGroup "group.delete" change Protegrity(GROUP_ADMIN) "delete a group";
    /// List the SAML providers.
    ListSamlProviders "saml_provider.list" read Protegrity(SAML_VIEWER) "list SAML providers";
    /// See one SAML provider and its attribute mappers.
    ViewSamlProvider "saml_provider.view" read Protegrity(SAML_VIEWER) "see a SAML provider";
    /// Create a SAML provider.
    CreateSamlProvider "saml_provider.create" change Protegrity(SAML_ADMIN) "create a SAML provider";
    /// Change, enable or disable a SAML provider.
    UpdateSamlProvider "saml_provider.update" change Protegrity(SAML_ADMIN) "update a SAML provider";
    /// Delete a SAML provider.
    DeleteSamlProvider "saml_provider.delete" change Protegrity(SAML_ADMIN) "delete a SAML provider";
    /// Add an attribute mapper to a SAML provider.
    CreateSamlMapper "saml_mapper.create" change Protegrity(SAML_ADMIN) "add an attribute mapper";
    /// Delete an attribute mapper.
    DeleteSamlMapper "saml_mapper.delete" change Protegrity(SAML_ADMIN) "delete an attribute mapper";
    /// See the cluster's password policy.
    ViewPasswordPolicy "password_policy.view" read Protegrity(PASSWORD_POLICY_VIEWER) "see the password policy";
    /// Change the cluster's password policy.
    UpdatePasswordPolicy "password_policy.update" change Protegrity(PASSWORD_POLICY_ADMIN) "update the password policy";
    /// See the Entra ID configuration and search in Entra ID.
    ViewEntra "entra.view" read Protegrity(USER_MANAGER_VIEWER) "see the Entra ID federation";
    /// Create or change the Entra ID configuration.
    ConfigureEntra "entra.configure" change Protegrity(USER_MANAGER_ADMIN) "configure Entra ID";
    /// Delete the Entra ID configuration.
    DeleteEntra "entra.delete" change Protegrity(USER_MANAGER_ADMIN) "delete the Entra ID configuration";
    /// Test the connection to Entra ID.
    TestEntra "entra.test" change Protegrity(USER_MANAGER_ADMIN) "test the Entra ID connection";
    /// Import users and groups from Entra ID.
    ImportFromEntra "entra.import" change Protegrity(USER_MANAGER_ADMIN) "import from Entra ID";
    /// Change how long the cluster's access tokens live.
    UpdateTokenLifespan "token_lifespan.update" change Protegrity(WEB_ADMIN) "change the token lifespan";
    /// See what policy management has configured and deployed.
    ViewPolicy "policy.view" read Protegrity(WORKBENCH_POLICY_READ) "see policies";
    /// See the export keys of resilient packages.
    ViewPackages "package.view" read Protegrity(WORKBENCH_PACKAGE_EXPORT) "see what resilient packages can be exported";
    /// Export a resilient package.
    ExportPackage "package.export" change Protegrity(WORKBENCH_PACKAGE_EXPORT) "export a resilient package";
    /// Set what a service of the cluster writes into its log.
    SetLogLevel "log_level.set" change Protegrity(WEB_ADMIN) "set the log level of a service";
    /// Create the keys and the repository of policy management.
    InitializePolicy "policy.initialize" change Protegrity(WORKBENCH_POLICY_WRITE) "initialise policy management";
    /// See what each data store has, and one's own deployments.
    ViewDeployments "deployment.view" read Protegrity(WORKBENCH_POLICY_READ) "see deployments";
    /// Deploy policies and trusted applications to data stores.
    Deploy "deployment.deploy" change Protegrity(WORKBENCH_POLICY_WRITE) "deploy policies";
    /// Ask another person to approve a deployment.
    RequestDeployment "deployment.request" change Protegrity(WORKBENCH_POLICY_WRITE) "request a deployment";
    /// Take back one's own request.
    WithdrawDeployment "deployment.withdraw" change Protegrity(WORKBENCH_POLICY_WRITE) "withdraw a request";
    /// Approve a deployment that another person requested.
    ApproveDeployment "deployment.approve" change Protegrity(WORKBENCH_POLICY_WRITE) "approve a deployment";
    /// Reject a deployment that another person requested.
    RejectDeployment "deployment.reject" change Protegrity(WORKBENCH_POLICY_WRITE) "reject a deployment";
    /// See the deployments that wait for an approval.
    ViewApprovals "approval.view" read Protegrity(WORKBENCH_POLICY_READ) "see requests for approval";
    /// Create a member source.
    CreateMemberSource "member_source.create" change Protegrity(WORKBENCH_POLICY_WRITE) "create a member source";
    /// Create a role of policy management.
    CreatePolicyRole "policy_role.create" change Protegrity(WORKBENCH_POLICY_WRITE) "create a role of policies";
    /// Add members to a role of policy management.
    AddPolicyRoleMembers "policy_role.add_members" change Protegrity(WORKBENCH_POLICY_WRITE) "add members to a role of policies";
    /// Create a mask.
    CreateMask "mask.create" change Protegrity(WORKBENCH_POLICY_WRITE) "create a mask";
    /// Create an alphabet.
    CreateAlphabet "alphabet.create" change Protegrity(WORKBENCH_POLICY_WRITE) "create an alphabet";
    /// Create a data element.
    CreateDataElement "data_element.create" change Protegrity(WORKBENCH_POLICY_WRITE) "create a data element";
    /// Create a data store.
    CreateDataStore "data_store.create" change Protegrity(WORKBENCH_POLICY_WRITE) "create a data store";
    /// Add an export key to a data store.
    AddExportKey "export_key.add" change Protegrity(WORKBENCH_POLICY_WRITE) "add an export key";
    /// Create a trusted application.
    CreateApplication "trusted_application.create" change Protegrity(WORKBENCH_POLICY_WRITE) "create a trusted application";
    /// Create a policy.
    CreatePolicy "policy.create" change Protegrity(WORKBENCH_POLICY_WRITE) "create a policy";
    /// Create what a file describes: sources, roles, data elements, policies and the rest.
    ImportPolicy "policy.import" change Protegrity(WORKBENCH_POLICY_WRITE) "import policies from a file";
    /// Add rules to a policy.
    CreateRule "rule.create" change Protegrity(WORKBENCH_POLICY_WRITE) "add a rule to a policy";
    /// Change a rule of a policy.
    ChangeRule "rule.change" change Protegrity(WORKBENCH_POLICY_WRITE) "change a rule of a policy";
    /// Delete a rule of a policy.
    DeleteRule "rule.delete" change Protegrity(WORKBENCH_POLICY_WRITE) "delete a rule of a policy";
    /// Change the description of a data element.
    DescribeDataElement "data_element.describe" change Protegrity(WORKBENCH_POLICY_WRITE) "change the description of a data element";
    /// Delete an object of policy management.
    DeletePolicyObject "policy_object.delete" change Protegrity(WORKBENCH_POLICY_WRITE) "delete an object of policy management";
}

impl Action {
    /// The action of this audit name, as a stored job or event names it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.rule().name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::system::System;

    #[test]
    fn an_action_that_changes_a_system_needs_a_permission() {
        for action in Action::ALL {
            let rule = action.rule();
            let about_oneself = matches!(
                action,
                Action::SignIn
                    | Action::SignOut
                    | Action::ChangeOwnPassword
                    | Action::ConnectProofpoint
                    | Action::DisconnectProofpoint
            );
            if rule.changes && !about_oneself {
                assert!(
                    matches!(rule.needs, Needs::Permission(_)),
                    "{action:?} is open without a permission"
                );
            }
        }
    }

    #[test]
    fn every_permission_of_the_table_can_be_held() {
        for action in Action::ALL {
            if let Needs::Permission(permission) = action.rule().needs {
                let names = match permission.system {
                    System::Protegrity => known::KNOWN,
                    System::Proofpoint => mail::KNOWN,
                };
                assert!(
                    names.contains(&permission.name),
                    "{action:?} needs {}, which cannot be held",
                    permission.name
                );
            }
        }
    }

    #[test]
    fn audit_names_are_unique_and_lead_back() {
        let names: BTreeSet<_> = Action::ALL.iter().map(|action| action.rule().name).collect();
        assert_eq!(names.len(), Action::ALL.len());
        for action in Action::ALL {
            assert_eq!(Action::named(action.rule().name), Some(*action));
        }
    }
}
