//! What a job does to its rows, as it is stored: never a closure, never a secret.

use std::sync::Arc;

use gate::Action;
use protegrity::{GroupId, RoleName, UserId};
use serde::{Deserialize, Serialize};

use super::{CreateRules, Jobs, Row, RowObject, SecretRef};
use crate::{
    deployments::DeployStores,
    entra::ImportRequest,
    import_file::FilePlace,
    mail::users::{BulkMailUsers, ImportMailUsers},
    people::Guide,
    policy::file::ImportPolicy,
    text::{at, counted},
};

/// The label of the step after the dry run over a file of users.
const CREATE_PASSED: &str = "Create the users that passed";

/// What a job does, and to what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// One action on many users.
    BulkUsers(BulkUsers),
    /// Users from a file.
    ImportUsers(ImportUsers),
    /// Users or groups from Entra ID.
    ImportEntra(ImportEntra),
    /// A deployment to data stores.
    Deploy(DeployStores),
    /// A deployment that another person has to approve.
    RequestDeployment(DeployStores),
    /// Rules of a policy.
    CreateRules(CreateRules),
    /// Policy management from a file.
    ImportPolicy(ImportPolicy),
    /// What is done for a person who leaves or starts.
    Guide(Guide),
    /// One action on many users of Proofpoint.
    BulkMailUsers(BulkMailUsers),
    /// Users of Proofpoint from a file.
    ImportMailUsers(ImportMailUsers),
}

/// The job that can follow another when the person says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// The label of its button.
    pub label: String,
    /// What it does with the rows that were done.
    pub command: Command,
}

impl Command {
    /// The action that it is, for which its operation is begun.
    pub fn action(&self) -> Action {
        match self {
            Self::BulkUsers(bulk) => bulk.change.kind().action(),
            Self::ImportUsers(_) => Action::ImportUsers,
            Self::ImportEntra(_) => Action::ImportFromEntra,
            Self::Deploy(_) => Action::Deploy,
            Self::RequestDeployment(_) => Action::RequestDeployment,
            Self::CreateRules(_) => Action::CreateRule,
            Self::ImportPolicy(_) => Action::ImportPolicy,
            Self::Guide(_) => Action::RunGuide,
            Self::BulkMailUsers(bulk) => bulk.action.action(),
            Self::ImportMailUsers(_) => Action::CreateMailUser,
        }
    }

    /// A heading: "Lock 200 users".
    pub fn title(&self) -> String {
        match self {
            Self::BulkUsers(bulk) => bulk.title(),
            Self::ImportUsers(import) => import.title(),
            Self::ImportEntra(import) => import.title(),
            Self::Deploy(deployment) | Self::RequestDeployment(deployment) => deployment.title(),
            Self::CreateRules(creation) => creation.title(),
            Self::ImportPolicy(import) => import.title(),
            Self::Guide(guide) => guide.title(),
            Self::BulkMailUsers(bulk) => bulk.title(),
            Self::ImportMailUsers(import) => import.title(),
        }
    }

    /// What a person has to know beside the rows.
    pub fn note(&self) -> Option<&'static str> {
        match self {
            Self::BulkUsers(bulk) => Some(bulk.change.kind().consequence()),
            Self::ImportUsers(ImportUsers { dry_run, .. })
            | Self::ImportMailUsers(ImportMailUsers { dry_run, .. }) => dry_run
                .then_some("No user has been created yet. Rows that fail here are left out when you go on."),
            Self::ImportEntra(_) => None,
            Self::Deploy(_) => Some(
                "One data store after the other. What is deployed replaces everything that the data store had.",
            ),
            Self::RequestDeployment(_) => Some("Nothing is deployed before another officer approves it."),
            Self::CreateRules(_) => Some(
                "Rules take effect with the next deployment of their policy. A rule that is there is left as it is.",
            ),
            Self::ImportPolicy(import) => Some(import.note()),
            Self::Guide(guide) => Some(guide.note()),
            Self::BulkMailUsers(bulk) => Some(bulk.action.consequence()),
        }
    }

    /// Its rows, none of them started.
    pub fn rows(&self) -> Vec<Row> {
        match self {
            Self::BulkUsers(bulk) => bulk.users.iter().map(UserRef::row).collect(),
            Self::ImportUsers(import) => import.users.iter().map(|row| row.row(import.dry_run)).collect(),
            Self::ImportEntra(import) => import.rows(),
            Self::Deploy(deployment) | Self::RequestDeployment(deployment) => deployment.rows(),
            Self::CreateRules(creation) => creation.rows(),
            Self::ImportPolicy(import) => import.rows(),
            Self::Guide(guide) => guide.rows(),
            Self::BulkMailUsers(bulk) => bulk.rows(),
            Self::ImportMailUsers(import) => import.rows(),
        }
    }

    /// How many rows it has at most.
    pub fn max_rows(&self) -> usize {
        match self {
            Self::ImportPolicy(_) => ImportPolicy::MAX_STEPS,
            Self::BulkUsers(_)
            | Self::ImportUsers(_)
            | Self::ImportEntra(_)
            | Self::Deploy(_)
            | Self::RequestDeployment(_)
            | Self::CreateRules(_)
            | Self::Guide(_)
            | Self::BulkMailUsers(_)
            | Self::ImportMailUsers(_) => Jobs::MAX_ROWS,
        }
    }

    /// Whether it changes nothing, and its next step does.
    pub fn is_dry_run(&self) -> bool {
        match self {
            Self::BulkUsers(_)
            | Self::Deploy(_)
            | Self::CreateRules(_)
            | Self::BulkMailUsers(_)
            | Self::Guide(_) => false,
            Self::RequestDeployment(_) => true,
            Self::ImportUsers(import) => import.dry_run,
            Self::ImportEntra(import) => import.dry_run,
            Self::ImportPolicy(import) => import.dry_run,
            Self::ImportMailUsers(import) => import.dry_run,
        }
    }

    /// What a row that succeeded is: "28 created".
    pub fn done_word(&self) -> &'static str {
        match self {
            Self::ImportUsers(ImportUsers { dry_run: true, .. })
            | Self::ImportMailUsers(ImportMailUsers { dry_run: true, .. }) => "ready",
            Self::ImportUsers(_) | Self::ImportMailUsers(_) => "created",
            Self::Deploy(_) => "deployed",
            Self::RequestDeployment(_) => "approved",
            Self::CreateRules(_) => "added",
            Self::ImportPolicy(import) if import.dry_run => "ready",
            Self::BulkUsers(_)
            | Self::ImportEntra(_)
            | Self::ImportPolicy(_)
            | Self::BulkMailUsers(_)
            | Self::Guide(_) => "done",
        }
    }

    /// Whether rows that wait can be stopped. An import from Entra ID sends its rows together.
    pub fn can_stop(&self) -> bool {
        match self {
            Self::BulkUsers(_)
            | Self::ImportUsers(_)
            | Self::Deploy(_)
            | Self::CreateRules(_)
            | Self::ImportPolicy(_)
            | Self::Guide(_)
            | Self::BulkMailUsers(_)
            | Self::ImportMailUsers(_) => true,
            Self::ImportEntra(_) | Self::RequestDeployment(_) => false,
        }
    }

    /// The same with the rows at these places alone.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> Self {
        match self {
            Self::BulkUsers(bulk) => Self::BulkUsers(BulkUsers {
                change: bulk.change.clone(),
                users: at(&bulk.users, places),
            }),
            Self::ImportUsers(import) => Self::ImportUsers(ImportUsers {
                users: at(&import.users, places),
                dry_run: import.dry_run,
            }),
            Self::ImportEntra(import) => Self::ImportEntra(ImportEntra {
                request: import.request.only(places),
                dry_run: import.dry_run,
            }),
            Self::Deploy(deployment) => Self::Deploy(deployment.only(places)),
            Self::RequestDeployment(deployment) => Self::RequestDeployment(deployment.only(places)),
            Self::CreateRules(creation) => Self::CreateRules(creation.only(places)),
            Self::ImportPolicy(import) => Self::ImportPolicy(import.only(places)),
            Self::Guide(guide) => Self::Guide(guide.only(places)),
            Self::BulkMailUsers(bulk) => Self::BulkMailUsers(bulk.only(places)),
            Self::ImportMailUsers(import) => Self::ImportMailUsers(import.only(places)),
        }
    }

    /// What follows it with the rows that were done, at these places.
    pub fn next(&self, done: &[usize]) -> Option<NextStep> {
        match self {
            Self::ImportUsers(import) if import.dry_run => Some(NextStep {
                label: CREATE_PASSED.to_owned(),
                command: Self::ImportUsers(ImportUsers {
                    users: at(&import.users, done),
                    dry_run: false,
                }),
            }),
            Self::ImportEntra(import) if import.dry_run => {
                let request = import.request.only(done);
                Some(NextStep {
                    label: format!("Import {}", request.counted()),
                    command: Self::ImportEntra(ImportEntra {
                        request,
                        dry_run: false,
                    }),
                })
            }
            Self::ImportPolicy(import) => import.next(done),
            Self::ImportMailUsers(import) if import.dry_run => Some(NextStep {
                label: CREATE_PASSED.to_owned(),
                command: Self::ImportMailUsers(ImportMailUsers {
                    dry_run: false,
                    ..import.only(done)
                }),
            }),
            Self::ImportUsers(_)
            | Self::ImportEntra(_)
            | Self::BulkUsers(_)
            | Self::Deploy(_)
            // The next step is another person's: `approve` takes it.
            | Self::RequestDeployment(_)
            | Self::CreateRules(_)
            | Self::Guide(_)
            | Self::BulkMailUsers(_)
            | Self::ImportMailUsers(_) => None,
        }
    }
}

/// One action on many users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkUsers {
    /// What is done to each.
    pub change: BulkChange,
    /// The users.
    pub users: Vec<UserRef>,
}

/// A user of a bulk job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRef {
    /// The id.
    pub id: UserId,
    /// The user name.
    pub name: String,
}

/// The group of a bulk job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRef {
    /// The id.
    pub id: GroupId,
    /// The name.
    pub name: String,
}

/// What is done to each user of a bulk job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BulkChange {
    /// Lock the account.
    Lock,
    /// Unlock the account with a temporary password.
    Unlock,
    /// Add the user to this group.
    AddToGroup(GroupRef),
    /// Give the user this role beside those held.
    AssignRole(RoleName),
    /// Delete the account.
    Delete,
}

/// The kind of a [`BulkChange`], as it is chosen in the list of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkAction {
    /// See [`BulkChange::Lock`].
    Lock,
    /// See [`BulkChange::Unlock`].
    Unlock,
    /// See [`BulkChange::AddToGroup`].
    AddToGroup,
    /// See [`BulkChange::AssignRole`].
    AssignRole,
    /// See [`BulkChange::Delete`].
    Delete,
}

impl UserRef {
    fn row(&self) -> Row {
        Row::waiting(&self.name, Some(RowObject::User(self.id.clone())))
    }
}

impl BulkUsers {
    fn title(&self) -> String {
        let users = counted(self.users.len(), ("user", "users"));
        match &self.change {
            BulkChange::AddToGroup(group) => format!("Add {users} to {}", group.name),
            BulkChange::AssignRole(role) => format!("Assign {role} to {users}"),
            BulkChange::Lock | BulkChange::Unlock | BulkChange::Delete => {
                format!("{} {users}", self.change.kind().label())
            }
        }
    }
}

impl BulkChange {
    /// Its kind.
    pub const fn kind(&self) -> BulkAction {
        match self {
            Self::Lock => BulkAction::Lock,
            Self::Unlock => BulkAction::Unlock,
            Self::AddToGroup(_) => BulkAction::AddToGroup,
            Self::AssignRole(_) => BulkAction::AssignRole,
            Self::Delete => BulkAction::Delete,
        }
    }
}

impl BulkAction {
    /// All of them, in the order of the buttons.
    pub const ALL: [Self; 5] = [
        Self::Lock,
        Self::Unlock,
        Self::AddToGroup,
        Self::AssignRole,
        Self::Delete,
    ];

    /// The name in addresses and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::AddToGroup => "group",
            Self::AssignRole => "role",
            Self::Delete => "delete",
        }
    }

    /// The bulk action of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// The label of its buttons.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Lock => "Lock",
            Self::Unlock => "Unlock",
            Self::AddToGroup => "Add to a group",
            Self::AssignRole => "Assign a role",
            Self::Delete => "Delete",
        }
    }

    /// The action that it is for each user.
    pub const fn action(self) -> Action {
        match self {
            Self::Lock => Action::LockUser,
            Self::Unlock => Action::UnlockUser,
            Self::AddToGroup => Action::UpdateGroup,
            Self::AssignRole => Action::EditUser,
            Self::Delete => Action::DeleteUser,
        }
    }

    /// Whether it takes something from the users. It is not done to oneself among others.
    pub const fn is_dangerous(self) -> bool {
        matches!(self, Self::Lock | Self::Delete)
    }

    /// What will happen, before it is confirmed.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Lock => "These accounts cannot sign in until they are unlocked, each with a new password.",
            Self::Unlock => {
                "Each account gets a temporary password of its own that meets the cluster's policy. The result shows them to you alone, in this session and for an hour: download it and give each user theirs."
            }
            Self::AddToGroup => "The users get all roles of the group. No member is removed from it.",
            Self::AssignRole => "The users get the role beside those that they have.",
            Self::Delete => {
                "The accounts are gone for good, with their roles, groups and links. This cannot be undone."
            }
        }
    }
}

/// Users from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportUsers {
    /// The users, one a row of the file.
    pub users: Vec<ImportRow>,
    /// Whether the rows are only checked.
    pub dry_run: bool,
}

/// A user as a row of the file describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// The user name.
    pub username: String,
    /// The e-mail address.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The roles. Rows that take those of the form share them: a long list for each would take a hundred times the
    /// memory of the form.
    pub roles: Arc<[String]>,
    /// The groups.
    pub groups: Vec<String>,
    /// Whether the account is open, where the file says so.
    pub enabled: Option<bool>,
    /// The first password, where the file has one.
    pub password: Option<SecretRef>,
    /// Where it is in the file.
    pub at: FilePlace,
}

/// Users or groups from Entra ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportEntra {
    /// What is imported.
    pub request: ImportRequest,
    /// Whether the cluster is only asked what would happen.
    pub dry_run: bool,
}

impl ImportEntra {
    fn title(&self) -> String {
        let objects = self.request.counted();
        if self.dry_run {
            format!("Dry run: import {objects} from Entra ID")
        } else {
            format!("Import {objects} from Entra ID")
        }
    }

    fn rows(&self) -> Vec<Row> {
        let candidates = self.request.candidates.iter();
        candidates
            .map(|candidate| Row::waiting(candidate.name(), None))
            .collect()
    }
}

impl ImportUsers {
    fn title(&self) -> String {
        let users = counted(self.users.len(), ("user", "users"));
        if self.dry_run {
            format!("Dry run: create {users}")
        } else {
            format!("Create {users}")
        }
    }
}

impl ImportRow {
    fn row(&self, dry_run: bool) -> Row {
        if !dry_run {
            let user = RowObject::UserNamed(self.username.clone());
            return Row::waiting(&self.username, Some(user));
        }
        Row::waiting(self.at.named(&self.username), None)
    }
}

#[cfg(test)]
mod tests {
    use protegrity::{EntraUser, pim::NewRule};

    use super::*;
    use crate::{entra::Candidate, jobs::RuleRow};

    fn user(name: &str) -> UserRef {
        UserRef {
            id: format!("id-{name}").into(),
            name: name.to_owned(),
        }
    }

    fn bulk(change: BulkChange) -> Command {
        Command::BulkUsers(BulkUsers {
            change,
            users: vec![user("ana"), user("bo")],
        })
    }

    fn import(dry_run: bool) -> Command {
        let row = |number: usize, name: &str| ImportRow {
            at: FilePlace {
                row: number,
                ..FilePlace::default()
            },
            username: name.to_owned(),
            password: Some(SecretRef::random()),
            ..ImportRow::default()
        };
        Command::ImportUsers(ImportUsers {
            users: vec![row(1, "ana"), row(2, ""), row(3, "cy")],
            dry_run,
        })
    }

    fn entra(dry_run: bool) -> Command {
        let user = |name: &str| {
            Candidate::User(EntraUser {
                user_principal_name: Some(name.to_owned()),
                ..EntraUser::default()
            })
        };
        Command::ImportEntra(ImportEntra {
            request: ImportRequest {
                candidates: ["ana@example.com", "bo@example.com"].map(user).into(),
                ..ImportRequest::default()
            },
            dry_run,
        })
    }

    fn rules() -> Command {
        let row = |role: &str| RuleRow {
            rule: NewRule {
                role: "1".into(),
                data_element: "2".into(),
                mask: Some("3".into()),
                ..NewRule::default()
            },
            role: role.to_owned(),
            element: "DE_NAME".to_owned(),
        };
        Command::CreateRules(CreateRules {
            policy: "1".into(),
            policy_name: "CUSTOMERS".to_owned(),
            rules: vec![row("ETL"), row("SUPPORT")],
        })
    }

    fn mail_users() -> Command {
        let users = ["ana@example.com", "bo@example.com"].map(|email| email.parse().expect("an address"));
        Command::BulkMailUsers(BulkMailUsers {
            organization: "example.com".parse().expect("a domain"),
            action: crate::mail::users::BulkMailAction::MakeFunctional,
            exempt: true,
            users: users.to_vec(),
        })
    }

    fn commands() -> Vec<Command> {
        let group = GroupRef {
            id: "7".into(),
            name: "developers".to_owned(),
        };
        let mut commands: Vec<_> = [
            BulkChange::Lock,
            BulkChange::Unlock,
            BulkChange::AddToGroup(group),
            BulkChange::AssignRole("auditor".into()),
            BulkChange::Delete,
        ]
        .map(bulk)
        .into();
        commands.extend([
            import(true),
            import(false),
            entra(true),
            entra(false),
            rules(),
            mail_users(),
        ]);
        commands
    }

    #[test]
    fn a_title_says_what_is_done_to_how_many() {
        let titles: Vec<_> = commands().iter().map(Command::title).collect();
        assert_eq!(
            titles,
            [
                "Lock 2 users",
                "Unlock 2 users",
                "Add 2 users to developers",
                "Assign auditor to 2 users",
                "Delete 2 users",
                "Dry run: create 3 users",
                "Create 3 users",
                "Dry run: import 2 users from Entra ID",
                "Import 2 users from Entra ID",
                "Add 2 rules to CUSTOMERS",
                "Make 2 users functional at Proofpoint",
            ]
        );
        let names: Vec<_> = rules()
            .only(&[1])
            .rows()
            .into_iter()
            .map(|row| row.name)
            .collect();
        assert_eq!(names, ["SUPPORT, DE_NAME"]);
        assert_eq!(bulk(BulkChange::Lock).only(&[1]).title(), "Lock 1 user");
    }

    #[test]
    fn a_command_is_stored_and_read_again() {
        for command in commands() {
            let stored = serde_json::to_string(&command).expect("JSON");
            assert_eq!(
                serde_json::from_str::<Command>(&stored).expect("a command"),
                command
            );
        }
    }

    #[test]
    fn bulk_actions_have_names() {
        for action in BulkAction::ALL {
            assert_eq!(BulkAction::named(action.name()), Some(action));
        }
        assert_eq!(BulkAction::named("dance"), None);
    }

    #[test]
    fn a_dry_run_is_followed_by_the_creation_of_the_rows_that_passed() {
        let next = import(true).next(&[0, 2]).expect("a next step");
        assert_eq!(next.label, "Create the users that passed");
        let Command::ImportUsers(creation) = &next.command else {
            panic!("another command: {next:?}");
        };
        let numbers: Vec<_> = creation.users.iter().map(|row| row.at.row).collect();
        assert_eq!((numbers, creation.dry_run), (vec![1, 3], false));
        let names: Vec<_> = next.command.rows().into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["ana", "cy"]);
        assert_eq!(next.command.next(&[0]), None);
        assert_eq!(bulk(BulkChange::Lock).next(&[0]), None);
    }

    #[test]
    fn a_dry_run_of_entra_id_is_followed_by_the_import_of_what_was_tried() {
        let next = entra(true).next(&[0, 1]).expect("a next step");
        assert_eq!(
            (next.label.as_str(), &next.command),
            ("Import 2 users", &entra(false))
        );
        assert_eq!(entra(false).next(&[0]), None);
    }

    #[test]
    fn a_row_of_a_file_is_named_with_its_number() {
        let names: Vec<_> = import(true).rows().into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["ana (row 1)", "(no name) (row 2)", "cy (row 3)"]);
    }
}
