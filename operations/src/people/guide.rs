//! The guides: what is done for a person who leaves or starts, as the steps of one job.
//!
//! A step is audited as the action that it is, and needs that action's permission. It calls the function that the page of
//! the same action calls.

use gate::{Action, EndedSessions, Operation, Target};
use proofpoint::{DomainName, EmailAddress, UserType};
use protegrity::{IdentityProviders, NewUser, RoleName, User};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Services, jobs,
    jobs::{Row, RowFailure, RowObject, RowOutcome, SecretRef, UserRef},
    lockout::Confirmations,
    mail::{self, users::MailUserForm},
    passwords::{self, PasswordSubject},
    text::{at, counted},
    users::{self, UserChange, UserDetails},
};

/// Which guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GuideKind {
    /// A person leaves.
    Leaver,
    /// A person starts.
    Starter,
}

/// The steps for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// Which guide.
    pub kind: GuideKind,
    /// The person's name on screen.
    pub person: String,
    /// The steps, in their order.
    pub steps: Vec<GuideStep>,
}

/// A user of Proofpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailUserRef {
    /// A domain of the organisation.
    pub organization: String,
    /// The primary address.
    pub email: String,
}

/// An account that a guide creates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    /// The user name.
    pub username: String,
    /// The e-mail address.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The roles.
    pub roles: Vec<String>,
    /// The groups, by name.
    pub groups: Vec<String>,
    /// The links to SAML providers, by alias.
    pub links: IdentityProviders,
}

/// A mailbox that a guide creates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMailbox {
    /// A domain of the organisation.
    pub organization: String,
    /// The primary address.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GuideStep {
    /// Lock the account.
    Lock(UserRef),
    /// End the person's sessions in this portal.
    EndSessions(UserRef),
    /// Remove the account from these groups, those that the review showed.
    RemoveFromGroups {
        /// The account.
        user: UserRef,
        /// The groups.
        groups: Vec<String>,
    },
    /// Take these roles from the account, those that the review showed.
    RemoveRoles {
        /// The account.
        user: UserRef,
        /// The roles.
        roles: Vec<String>,
    },
    /// Make the mailbox a functional account, and let the synchronisation with Azure leave it alone where that is asked
    /// for.
    MakeFunctional {
        /// The mailbox.
        mailbox: MailUserRef,
        /// Whether it is exempted from the synchronisation.
        is_exempt: bool,
    },
    /// Deactivate the mailbox: mail to it is rejected.
    Deactivate(MailUserRef),
    /// Create an account, with a temporary password that is made for it.
    CreateAccount(NewAccount),
    /// Create a mailbox.
    CreateMailbox(NewMailbox),
}

impl MailUserRef {
    fn parts(&self) -> (DomainName, EmailAddress) {
        (self.organization.clone().into(), self.email.clone().into())
    }
}

impl GuideStep {
    /// The action that it is.
    pub const fn action(&self) -> Action {
        match self {
            Self::Lock(_) => Action::LockUser,
            Self::EndSessions(_) => Action::EndUserSessions,
            Self::RemoveFromGroups { .. } | Self::RemoveRoles { .. } => Action::EditUser,
            Self::MakeFunctional { .. } => Action::ConvertMailUser,
            Self::Deactivate(_) => Action::DeactivateMailUser,
            Self::CreateAccount(_) => Action::CreateUser,
            Self::CreateMailbox(_) => Action::CreateMailUser,
        }
    }

    /// What it does to what, in one line.
    pub fn title(&self) -> String {
        match self {
            Self::Lock(user) => format!("Lock the account {}", user.name),
            Self::EndSessions(user) => format!("End the sessions of {} in this portal", user.name),
            Self::RemoveFromGroups { user, groups } => {
                let groups = counted(groups.len(), ("group", "groups"));
                format!("Remove {} from {groups}", user.name)
            }
            Self::RemoveRoles { user, roles } => {
                let roles = counted(roles.len(), ("role", "roles"));
                format!("Take {roles} from {}", user.name)
            }
            Self::MakeFunctional { mailbox, .. } => format!("Make {} a functional account", mailbox.email),
            Self::Deactivate(mailbox) => format!("Deactivate the mailbox {}", mailbox.email),
            Self::CreateAccount(account) => format!("Create the account {}", account.username),
            Self::CreateMailbox(mailbox) => format!("Create the mailbox {}", mailbox.email),
        }
    }

    fn row(&self) -> Row {
        let object = match self {
            Self::Lock(user)
            | Self::EndSessions(user)
            | Self::RemoveFromGroups { user, .. }
            | Self::RemoveRoles { user, .. } => Some(RowObject::User(user.id.clone())),
            Self::CreateAccount(account) => Some(RowObject::UserNamed(account.username.clone())),
            Self::MakeFunctional { .. } | Self::Deactivate(_) | Self::CreateMailbox(_) => None,
        };
        Row::waiting(self.title(), object)
    }
}

impl Guide {
    /// A heading: "Leaver: Anna Berg".
    pub fn title(&self) -> String {
        let kind = match self.kind {
            GuideKind::Leaver => "Leaver",
            GuideKind::Starter => "Starter",
        };
        format!("{kind}: {}", self.person)
    }

    /// What a person has to know beside the rows.
    pub const fn note(&self) -> &'static str {
        match self.kind {
            GuideKind::Leaver => {
                "One step after the other. A step that fails keeps no later one from being tried; “Try again” repeats those \
                 alone that were not done."
            }
            GuideKind::Starter => {
                "One step after the other. The temporary password is shown to you alone, in this session and for an hour."
            }
        }
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.steps.iter().map(GuideStep::row).collect()
    }

    #[must_use]
    pub(crate) fn only(&self, places: &[usize]) -> Self {
        Self {
            kind: self.kind,
            person: self.person.clone(),
            steps: at(&self.steps, places),
        }
    }
}

/// One run of a guide.
pub(crate) struct GuideRun(Vec<GuideStep>);

impl GuideRun {
    pub fn new(guide: &Guide) -> Self {
        Self(guide.steps.clone())
    }

    /// Carries out one step.
    pub async fn row(
        &self,
        services: &Services,
        operation: &Operation,
        place: usize,
    ) -> Result<RowOutcome, RowFailure> {
        let step = &self.0[place];
        let operation = &operation.step(step.action())?;
        match step {
            GuideStep::Lock(user) => {
                not_oneself(operation, user)?;
                users::lock(services, operation, &account(user), Confirmations::default()).await?;
                Ok(RowOutcome::new("Locked."))
            }
            GuideStep::EndSessions(user) => {
                not_oneself(operation, user)?;
                end_sessions(services, operation, user).await
            }
            GuideStep::RemoveFromGroups { user, groups } => {
                let shown = UserDetails {
                    groups: groups.clone(),
                    ..UserDetails::default()
                };
                take(services, operation, user, shown).await
            }
            GuideStep::RemoveRoles { user, roles } => {
                let shown = UserDetails {
                    roles: roles.clone(),
                    ..UserDetails::default()
                };
                take(services, operation, user, shown).await
            }
            GuideStep::MakeFunctional { mailbox, is_exempt } => {
                let (organization, email) = mailbox.parts();
                mail::users::make_functional(services, operation, &organization, &email, *is_exempt).await?;
                Ok(RowOutcome::new("Made a functional account."))
            }
            GuideStep::Deactivate(mailbox) => {
                let (organization, email) = mailbox.parts();
                mail::users::deactivate(services, operation, &organization, &email).await?;
                Ok(RowOutcome::new("Deactivated."))
            }
            GuideStep::CreateAccount(account) => create_account(services, operation, account).await,
            GuideStep::CreateMailbox(mailbox) => {
                let form = MailUserForm {
                    email: mailbox.email.clone(),
                    first_name: mailbox.first_name.clone(),
                    last_name: mailbox.last_name.clone(),
                    user_type: UserType::EndUser.to_string(),
                    billable: "true".to_owned(),
                    ..MailUserForm::default()
                };
                let organization = mailbox.organization.clone().into();
                mail::users::create(services, operation, &organization, &form).await?;
                Ok(RowOutcome::new("Created."))
            }
        }
    }
}

fn account(user: &UserRef) -> User {
    User {
        id: user.id.clone(),
        username: user.name.clone(),
        ..User::default()
    }
}

/// A person does not run the leaver's guide for their own account.
fn not_oneself(operation: &Operation, user: &UserRef) -> Result<(), RowFailure> {
    if operation.is_self(&account(user)) {
        return Err(RowFailure::new(
            "This is your own account: do that from its own page.",
        ));
    }
    Ok(())
}

async fn end_sessions(
    services: &Services,
    operation: &Operation,
    user: &UserRef,
) -> Result<RowOutcome, RowFailure> {
    let target = Target::user(&user.id).with_name(user.name.clone());
    let operation = operation.on(target);
    let person = (&account(user)).into();
    let ended = operation
        .perform_here::<_, Error>(async { Ok(operation.end_sessions(&person, EndedSessions::All).await) });
    let ended = ended.await?;
    for session in &ended {
        jobs::forget_secrets_of(services, *session).await;
    }
    Ok(RowOutcome::new(match ended.len() {
        0 => "There was no session.".to_owned(),
        ended => format!("{} ended.", counted(ended, ("session", "sessions"))),
    }))
}

/// Takes what was shown from an account. What it has got since then stays.
async fn take(
    services: &Services,
    operation: &Operation,
    user: &UserRef,
    shown: UserDetails,
) -> Result<RowOutcome, RowFailure> {
    let change = UserChange {
        shown,
        wanted: UserDetails::default(),
    };
    let saved = users::edit(services, operation, &user.id, &change, Confirmations::default()).await?;
    let Some(read_back) = saved.read_back else {
        return Ok(RowOutcome::new("There was nothing left to remove."));
    };
    match read_back.detail() {
        None => Ok(RowOutcome::new("Removed.")),
        Some(detail) => Err(RowFailure::new(detail)),
    }
}

/// Creates an account with a password that satisfies the policy, which the job shows to its owner.
async fn create_account(
    services: &Services,
    operation: &Operation,
    account: &NewAccount,
) -> Result<RowOutcome, RowFailure> {
    let policy = services.password_policy(operation).await;
    let subject = PasswordSubject {
        user_name: &account.username,
        email: Some(account.email.as_str()).filter(|email| !email.is_empty()),
    };
    let Some(password) = passwords::generate(policy.as_ref(), subject) else {
        let text = "No password could be made that satisfies the cluster's policy.";
        return Err(RowFailure::new(text));
    };
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let user = NewUser {
        username: account.username.clone(),
        email: filled(&account.email),
        first_name: filled(&account.first_name),
        last_name: filled(&account.last_name),
        enabled: true,
        password: Some(password.clone()),
        roles: account.roles.iter().cloned().map(RoleName::from).collect(),
        groups: account.groups.clone(),
        identity_providers: account.links.clone(),
    };
    let secret = SecretRef::random();
    let created = users::create(services, operation, &user).await;
    let is_unknown = matches!(&created, Err(Error::Operation(error)) if error.error.is_unknown_outcome());
    if created.is_ok() || is_unknown {
        // Also where the answer did not come: the account may have this password.
        jobs::keep_secret(services, operation, secret.clone(), password).await?;
    }
    match created {
        Ok(_) => Ok(RowOutcome {
            text: "Created.".to_owned(),
            secret: Some(secret),
        }),
        Err(error) => Err(RowFailure {
            secret: is_unknown.then_some(secret),
            ..error.into()
        }),
    }
}
