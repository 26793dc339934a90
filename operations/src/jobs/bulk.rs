//! One action on many users: choosing them, and what is done to each.

use gate::Operation;
use protegrity::{PasswordPolicy, RoleName, User};
use serde::{Deserialize, Serialize};

use super::{
    BulkAction, BulkChange, BulkUsers, Command, FailureKind, GroupRef, JobError, Jobs, RowFailure,
    RowOutcome, SecretRef, UserRef, membership::Additions, passwords::keep_secret,
};
use crate::{
    Error, Services,
    lockout::Confirmations,
    passwords::{self, PasswordSubject},
    read_back::ReadBack,
    users::{self, UserChange, UserDetails},
};

/// The form that starts a bulk job.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkUsersForm {
    /// The [`BulkAction`], by name.
    pub bulk_action: String,
    /// The users, by name.
    pub users: Vec<String>,
    /// The group's id, the role's name, or the words that confirm a deletion.
    pub target: String,
}

impl BulkUsersForm {
    /// The bulk action that was chosen.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn action(&self) -> Result<BulkAction, Error> {
        BulkAction::named(&self.bulk_action).ok_or_else(|| Error::at("users", "Unknown bulk action."))
    }
}

/// The users of a bulk job.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The users to whom it is done.
    pub users: Vec<User>,
    /// The names of which there is no user.
    pub unknown: Vec<String>,
    /// The principal's own name, where it is left out.
    pub own: Option<String>,
}

impl Selection {
    /// The words that confirm a deletion.
    #[must_use]
    pub fn phrase(&self) -> String {
        format!("delete {}", self.users.len())
    }
}

/// The users of these names, to whom this may be done.
pub async fn select(
    services: &Services,
    operation: &Operation,
    action: BulkAction,
    names: Vec<String>,
) -> Result<Selection, Error> {
    let found = services.directory.users_named(operation, &names).await?;
    let mut selection = Selection::default();
    for (name, user) in names.into_iter().zip(found) {
        match user {
            Some(user) if action.is_dangerous() && operation.is_self(&user) => {
                selection.own = Some(user.username);
            }
            Some(user) => selection.users.push(user),
            None => selection.unknown.push(name),
        }
    }
    Ok(selection)
}

/// The command of a submitted form.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn plan_bulk(
    services: &Services,
    operation: &Operation,
    form: &BulkUsersForm,
) -> Result<Command, Error> {
    let action = form.action()?;
    let rows = form.users.len();
    let most = Jobs::MAX_ROWS;
    if rows > most {
        return Err(JobError::TooMany { rows, most }.into());
    }
    let selection = select(services, operation, action, form.users.clone()).await?;
    let target = form.target.trim();
    let change = match action {
        BulkAction::Lock => BulkChange::Lock,
        BulkAction::Unlock => BulkChange::Unlock,
        BulkAction::AddToGroup => BulkChange::AddToGroup(group(services, operation, target).await?),
        BulkAction::AssignRole => BulkChange::AssignRole(role(services, operation, target).await?),
        BulkAction::Delete if target.eq_ignore_ascii_case(&selection.phrase()) => BulkChange::Delete,
        BulkAction::Delete => {
            let message = format!("Type “{}” to go on.", selection.phrase());
            return Err(Error::at("target", message));
        }
    };
    let users = selection.users.into_iter().map(|user| UserRef {
        id: user.id,
        name: user.username,
    });
    Ok(Command::BulkUsers(BulkUsers {
        change,
        users: users.collect(),
    }))
}

/// The role of this name, if the cluster lists it.
async fn role(services: &Services, operation: &Operation, name: &str) -> Result<RoleName, Error> {
    let roles = services.directory.roles(operation, false).await?;
    let known = roles
        .iter()
        .find(|role| role.name.as_str() == name && !name.is_empty());
    let name = known.map(|role| role.name.clone());
    name.ok_or_else(|| Error::at("target", "Choose a role."))
}

/// The group with this id, if the cluster lists it.
async fn group(services: &Services, operation: &Operation, id: &str) -> Result<GroupRef, Error> {
    let listing = services.directory.groups(operation, false).await?;
    let known = listing
        .groups
        .iter()
        .find(|group| group.id.as_str() == id && !id.is_empty());
    let group = known.map(|group| GroupRef {
        id: group.id.clone(),
        name: group.name.clone(),
    });
    group.ok_or_else(|| Error::at("target", "Choose a group."))
}

/// One run of a bulk job.
pub(super) struct BulkRun {
    users: Vec<User>,
    change: Change,
}

/// What is done to each user, with what the rows share.
enum Change {
    Lock,
    Unlock(Option<PasswordPolicy>),
    AddToGroup(Additions),
    AssignRole(RoleName),
    Delete,
}

impl BulkRun {
    pub async fn new(services: &Services, operation: &Operation, bulk: &BulkUsers) -> Self {
        let change = match bulk.change.clone() {
            BulkChange::Lock => Change::Lock,
            BulkChange::Unlock => Change::Unlock(services.password_policy(operation).await),
            BulkChange::AddToGroup(group) => Change::AddToGroup(Additions::to(group)),
            BulkChange::AssignRole(role) => Change::AssignRole(role),
            BulkChange::Delete => Change::Delete,
        };
        let users = bulk.users.iter().map(|user| User {
            id: user.id.clone(),
            username: user.name.clone(),
            ..User::default()
        });
        Self {
            users: users.collect(),
            change,
        }
    }

    /// Carries out one row. Its calls name their own target in the audit log.
    pub async fn row(
        &self,
        services: &Services,
        operation: &Operation,
        place: usize,
    ) -> Result<RowOutcome, RowFailure> {
        let user = &self.users[place];
        match &self.change {
            Change::Lock => {
                not_oneself(operation, user)?;
                users::lock(services, operation, user, Confirmations::default()).await?;
                Ok(RowOutcome::new("Locked."))
            }
            Change::Unlock(policy) => {
                unlock_with_made_password(services, operation, policy.as_ref(), user).await
            }
            Change::AddToGroup(additions) => additions.add(services, operation, &user.username).await,
            Change::AssignRole(role) => assign(services, operation, user, role).await,
            Change::Delete => {
                not_oneself(operation, user)?;
                users::delete(services, operation, user, Confirmations::default()).await?;
                Ok(RowOutcome::new("Deleted."))
            }
        }
    }
}

/// The own account is left out when the job is planned; it can be recognised later than that.
fn not_oneself(operation: &Operation, user: &User) -> Result<(), RowFailure> {
    if operation.is_self(user) {
        return Err(RowFailure::new(
            "This is your own account: do that from its own page.",
        ));
    }
    Ok(())
}

async fn unlock_with_made_password(
    services: &Services,
    operation: &Operation,
    policy: Option<&PasswordPolicy>,
    user: &User,
) -> Result<RowOutcome, RowFailure> {
    let subject = PasswordSubject {
        user_name: &user.username,
        // A made password has no `@`: it is no e-mail address.
        email: None,
    };
    let Some(password) = passwords::generate(policy, subject) else {
        let text = "No password could be made that satisfies the cluster's policy.";
        return Err(RowFailure::new(text));
    };
    let secret = SecretRef::random();
    let unlocked = users::unlock(services, operation, user, &password).await;
    let failure = unlocked.err().map(RowFailure::from);
    if let Some(failure) = failure
        .as_ref()
        .filter(|failure| failure.kind != FailureKind::Unknown)
    {
        return Err(failure.clone());
    }
    // Also where the answer did not come: the account may have this password.
    keep_secret(services, operation, secret.clone(), password).await?;
    if let Some(failure) = failure {
        return Err(RowFailure {
            secret: Some(secret),
            ..failure
        });
    }
    Ok(RowOutcome {
        text: "Unlocked.".to_owned(),
        secret: Some(secret),
    })
}

/// Gives a user a role beside those held.
async fn assign(
    services: &Services,
    operation: &Operation,
    user: &User,
    role: &RoleName,
) -> Result<RowOutcome, RowFailure> {
    let change = UserChange {
        wanted: UserDetails {
            roles: vec![role.to_string()],
            ..UserDetails::default()
        },
        ..UserChange::default()
    };
    let saved = users::edit(services, operation, &user.id, &change, Confirmations::default()).await?;
    match saved.read_back {
        None => Ok(RowOutcome::new("Had the role already.")),
        Some(ReadBack::AsSent) => Ok(RowOutcome::new("Assigned.")),
        Some(other) => Err(RowFailure::new(other.detail().unwrap_or_default())),
    }
}
