//! One action on many users of an organisation, as a job.

use std::sync::Arc;

use gate::{Action, Operation};
use proofpoint::{DomainName, EmailAddress, User};
use serde::{Deserialize, Serialize};

use super::account::{self, Changed};
use crate::{
    Error, Services,
    jobs::{Command, JobError, Jobs, Row, RowFailure, RowObject, RowOutcome},
    text::{at, counted},
};

/// What is done to each user of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BulkMailAction {
    /// Let the user get mail.
    Activate,
    /// Stop the user's mail.
    Deactivate,
    /// Make the user a functional account.
    MakeFunctional,
    /// Delete the user.
    Delete,
}

/// One action on many users of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkMailUsers {
    /// The organisation.
    pub organization: DomainName,
    /// What is done to each.
    pub action: BulkMailAction,
    /// Whether users that become functional are exempted from the synchronisation with Azure before.
    pub exempt: bool,
    /// The users.
    pub users: Vec<EmailAddress>,
}

/// The form that starts the job.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkMailUsersForm {
    /// The domain of the organisation.
    pub domain: String,
    /// The [`BulkMailAction`], by name.
    pub bulk_action: String,
    /// The users, by address.
    pub users: Vec<String>,
    /// `true` exempts the users from the synchronisation with Azure.
    pub exempt: String,
    /// The words that confirm a deletion.
    pub typed: String,
}

/// The users of a job, before it starts.
#[derive(Clone, Debug, Default)]
pub struct MailSelection {
    /// The users to whom it is done.
    pub users: Vec<Arc<User>>,
    /// The addresses of which there is no user.
    pub unknown: Vec<String>,
    /// The address of the account of the session, where it is left out.
    pub own: Option<EmailAddress>,
}

impl BulkMailAction {
    /// All of them, in the order of the buttons.
    pub const ALL: [Self; 4] = [
        Self::Activate,
        Self::Deactivate,
        Self::MakeFunctional,
        Self::Delete,
    ];

    /// The name in addresses and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::MakeFunctional => "functional",
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
            Self::Activate => "Activate",
            Self::Deactivate => "Deactivate",
            Self::MakeFunctional => "Make functional",
            Self::Delete => "Delete",
        }
    }

    /// The action that it is for each user.
    pub const fn action(self) -> Action {
        match self {
            Self::Activate => Action::ActivateMailUser,
            Self::Deactivate => Action::DeactivateMailUser,
            Self::MakeFunctional => Action::ConvertMailUser,
            Self::Delete => Action::DeleteMailUser,
        }
    }

    /// Whether it takes something from the users. It is not done to the account of the session.
    pub const fn is_dangerous(self) -> bool {
        !matches!(self, Self::Activate)
    }

    /// What will happen, before it is confirmed.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Activate => "Mail for these users is delivered again. Each takes a licence, unless exempt.",
            Self::Deactivate => {
                "Mail for these users and all their aliases stops: it is refused until they are active again."
            }
            Self::MakeFunctional => {
                "Functional accounts keep their mail and take no licence. A synchronisation with Azure deletes them and creates the users again at its next run, unless they are exempt from it."
            }
            Self::Delete => {
                "The users are deleted for good, with their aliases and sender lists, and mail for them is refused. This cannot be undone."
            }
        }
    }

    /// The heading for so many users.
    fn title(self, users: usize) -> String {
        let users = counted(users, ("user", "users"));
        match self {
            Self::MakeFunctional => format!("Make {users} functional"),
            Self::Activate | Self::Deactivate | Self::Delete => format!("{} {users}", self.label()),
        }
    }

    /// The outcome of a row, in a sentence.
    const fn done(self, was_so_already: bool) -> &'static str {
        match (self, was_so_already) {
            (Self::Activate, false) => "Activated.",
            (Self::Activate, true) => "Was active already.",
            (Self::Deactivate, false) => "Deactivated.",
            (Self::Deactivate, true) => "Was inactive already.",
            (Self::MakeFunctional, false) => "Made a functional account.",
            (Self::MakeFunctional, true) => "Was a functional account already.",
            (Self::Delete, _) => "Deleted.",
        }
    }
}

impl BulkMailUsersForm {
    /// The bulk action that was chosen.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn action(&self) -> Result<BulkMailAction, Error> {
        BulkMailAction::named(&self.bulk_action).ok_or_else(|| Error::at("users", "Unknown bulk action."))
    }
}

impl MailSelection {
    /// The words that confirm a deletion.
    #[must_use]
    pub fn phrase(&self) -> String {
        format!("delete {}", self.users.len())
    }

    /// The heading of the page that asks for the confirmation.
    #[must_use]
    pub fn title(&self, action: BulkMailAction) -> String {
        format!("{}?", action.title(self.users.len()))
    }
}

impl BulkMailUsers {
    pub(crate) fn title(&self) -> String {
        format!("{} at Proofpoint", self.action.title(self.users.len()))
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        let users = self.users.iter();
        users
            .map(|email| {
                let object = RowObject::MailUser(self.organization.clone(), email.clone());
                Row::waiting(email.to_string(), Some(object))
            })
            .collect()
    }

    #[must_use]
    pub(crate) fn only(&self, places: &[usize]) -> Self {
        Self {
            users: at(&self.users, places),
            ..self.clone()
        }
    }

    /// Carries out one row. Its calls name their own target in the audit log.
    pub(crate) async fn row(
        &self,
        services: &Services,
        operation: &Operation,
        place: usize,
    ) -> Result<RowOutcome, RowFailure> {
        let (organization, email) = (&self.organization, &self.users[place]);
        let Changed {
            was_so_already,
            notice,
        } = match self.action {
            BulkMailAction::Activate => account::activate(services, operation, organization, email).await?,
            BulkMailAction::Deactivate => {
                account::deactivate(services, operation, organization, email).await?
            }
            BulkMailAction::MakeFunctional => {
                account::make_functional(services, operation, organization, email, self.exempt).await?
            }
            BulkMailAction::Delete => account::delete(services, operation, organization, email).await?,
        };
        let done = self.action.done(was_so_already);
        Ok(RowOutcome::new(match notice {
            Some(notice) => format!("{done} {notice}"),
            None => done.to_owned(),
        }))
    }
}

/// The users of these addresses, to whom this may be done. Addresses that an older copy does not have are looked for in
/// a new one.
///
/// # Errors
/// Proofpoint's error.
pub async fn select(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    action: BulkMailAction,
    addresses: &[String],
) -> Result<MailSelection, Error> {
    let addresses: Vec<_> = addresses.iter().cloned().map(EmailAddress::from).collect();
    let mut list = services.mail.users(operation, organization, false).await?;
    if addresses.iter().any(|address| list.by_address(address).is_none()) {
        list = services.mail.users(operation, organization, true).await?;
    }
    let own = operation.principal().proofpoint.as_ref();
    let own = own.map(|account| EmailAddress::from(account.email.clone()));
    let mut selection = MailSelection::default();
    for address in addresses {
        match list.by_address(&address) {
            Some(user) if action.is_dangerous() && own.as_ref() == Some(&user.primary_email) => {
                selection.own = Some(user.primary_email.clone());
            }
            Some(user) => selection.users.push(Arc::new(user.clone())),
            None => selection.unknown.push(address.to_string()),
        }
    }
    Ok(selection)
}

/// The command of a submitted form.
///
/// # Errors
/// At the fields, or Proofpoint's error.
pub async fn plan_bulk(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    form: &BulkMailUsersForm,
) -> Result<Command, Error> {
    let action = form.action()?;
    let (rows, most) = (form.users.len(), Jobs::MAX_ROWS);
    if rows > most {
        return Err(JobError::TooMany { rows, most }.into());
    }
    let selection = select(services, operation, organization, action, &form.users).await?;
    let phrase = selection.phrase();
    if action == BulkMailAction::Delete && !form.typed.trim().eq_ignore_ascii_case(&phrase) {
        return Err(Error::at("typed", format!("Type “{phrase}” to go on.")));
    }
    Ok(Command::BulkMailUsers(BulkMailUsers {
        organization: organization.clone(),
        action,
        exempt: form.exempt == "true",
        users: selection
            .users
            .iter()
            .map(|user| user.primary_email.clone())
            .collect(),
    }))
}
