//! Accounts as a whole: creating, locking, unlocking and deleting one, and giving it a new password.

use gate::{EndedSessions, Operation, OperationError, Permission, Target};
use protegrity::{CreatedUser, ErrorKind, NewUser, User, UserId, permissions as known};
use secrecy::{ExposeSecret, SecretString};

use super::{NewUserForm, target};
use crate::{
    CacheUpdate, Error, Services,
    access::Change,
    lockout::{self, Confirmations},
    passwords::{self, ChosenPassword, PasswordSubject},
    read_back::{is_gone, settle},
    refusal, sessions,
};

/// The user that a form describes. An empty password is none.
///
/// # Errors
/// At the fields.
pub async fn new_user(
    services: &Services,
    operation: &Operation,
    form: &NewUserForm,
    password: SecretString,
) -> Result<NewUser, Error> {
    let policy = if password.expose_secret().is_empty() {
        None
    } else {
        services.password_policy(operation).await
    };
    let mut validation = services.validation_of(operation, form.details.names()).await;
    let user = form.read(password, policy.as_ref(), &mut validation);
    validation.finish()?;
    if is_taken(services, operation, &user.username).await {
        return Err(Error::at("username", NAME_TAKEN));
    }
    Ok(user)
}

/// The refusal of a user name.
pub const NAME_TAKEN: &str = "The cluster has a user of this name already.";

/// Whether the cluster has a user of this name in another spelling, as far as the caller may read users. A name in ASCII
/// has only one, and the cluster compares it itself.
async fn is_taken(services: &Services, operation: &Operation, name: &str) -> bool {
    if name.is_ascii() || operation.lacks(Permission::protegrity(known::USER_MANAGER_VIEWER)) {
        return false;
    }
    let found = services.directory.user_named(operation, name).await;
    found
        .inspect_err(|error| tracing::warn!(%error, "the name of a new user could not be looked up"))
        .is_ok_and(|user| user.is_some())
}

/// Creates a user (`POST /users`). The id is `None` where the cluster gave none.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(
    services: &Services,
    operation: &Operation,
    user: &NewUser,
) -> Result<Option<UserId>, Error> {
    let operation = operation.on(Target::of("user", &user.username));
    let created = operation
        .perform(|cluster| async move { cluster.create_user(user).await })
        .await;
    let created = settle(created, || async {
        let id = Some(as_created(services, &operation, user).await?);
        Some(CreatedUser { id })
    })
    .await
    .map_err(|error| refusal::at_field(error, refusal::USER))?;
    if !user.groups.is_empty() {
        services.apply(CacheUpdate::Memberships);
    }
    if let Some(id) = &created.id
        && let Err(error) = services.user(&operation, id).await
    {
        // The user exists all the same; the list has them after its next load.
        tracing::warn!(%error, "a new user could not be read back");
    }
    Ok(created.id)
}

/// The id of a user of this name who has what was sent, when the list is read again.
async fn as_created(services: &Services, operation: &Operation, sent: &NewUser) -> Option<UserId> {
    let index = services.directory.index(operation, true).await.ok()?;
    let user = index.named(&sent.username)?;
    let is_as_sent = [
        (&user.email, &sent.email),
        (&user.first_name, &sent.first_name),
        (&user.last_name, &sent.last_name),
    ]
    .iter()
    .all(|(now, sent)| now.as_deref().unwrap_or_default() == sent.as_deref().unwrap_or_default());
    is_as_sent.then_some(user.id)
}

/// Locks an account (`PUT /users/{user_id}/lock`).
///
/// # Errors
/// At a confirmation when the account is the caller's own, or the cluster's error.
pub async fn lock(
    services: &Services,
    operation: &Operation,
    user: &User,
    confirmations: Confirmations,
) -> Result<(), Error> {
    confirm_own_account(services, operation, user, confirmations).await?;
    let id = &user.id;
    let locked = operation
        .on(target(user))
        .perform(|cluster| async move { cluster.lock_user(id).await })
        .await;
    let settled = settle(locked, || async {
        let now = services.user(operation, id).await.ok()?;
        (now.enabled == Some(false)).then_some(())
    })
    .await;
    sessions::end(services, operation, &user.into(), EndedSessions::All, &settled).await;
    settled?;
    services.apply(CacheUpdate::Enabled(id, false));
    Ok(())
}

/// Unlocks an account with this password (`PUT /users/{user_id}/unlock`), and returns whether the password is
/// temporary, as it is by the reference ("Unlock user account").
///
/// # Errors
/// At the field `password`, or the cluster's error.
pub async fn unlock(
    services: &Services,
    operation: &Operation,
    user: &User,
    password: &SecretString,
) -> Result<bool, Error> {
    let id = &user.id;
    let unlocked = operation
        .on(target(user))
        .perform(|cluster| async move { cluster.unlock_user(id, password).await })
        .await;
    // An account with another password.
    sessions::end(
        services,
        operation,
        &user.into(),
        EndedSessions::Others,
        &unlocked,
    )
    .await;
    let unlocked = unlocked.map_err(password_refused)?;
    services.apply(CacheUpdate::Enabled(id, true));
    Ok(unlocked.temporary)
}

/// Gives a user another password (`PUT /users/password`), and returns whether the cluster has it as a temporary one.
/// Callers who do it to their own account keep the session in which they see the password.
///
/// # Errors
/// At the field `password`, or the cluster's error.
pub async fn reset_password(
    services: &Services,
    operation: &Operation,
    user: &User,
    password: &SecretString,
    temporary: bool,
) -> Result<bool, Error> {
    let id = &user.id;
    let reset = operation
        .on(target(user))
        .perform(|cluster| async move { cluster.reset_password(id, password, temporary).await })
        .await;
    sessions::end(services, operation, &user.into(), EndedSessions::Others, &reset).await;
    let reset = reset.map_err(password_refused)?;
    Ok(reset.temporary)
}

/// Deletes a user for good (`DELETE /users/{user_id}`).
///
/// # Errors
/// At a confirmation when the account is the caller's own, or the cluster's error.
pub async fn delete(
    services: &Services,
    operation: &Operation,
    user: &User,
    confirmations: Confirmations,
) -> Result<(), Error> {
    confirm_own_account(services, operation, user, confirmations).await?;
    let id = &user.id;
    let deleted = operation
        .on(target(user))
        .perform(|cluster| async move { cluster.delete_user(id).await })
        .await;
    let settled = settle(deleted, || async {
        let now = services.user(operation, id).await;
        is_gone(now).then_some(())
    })
    .await;
    sessions::end(services, operation, &user.into(), EndedSessions::All, &settled).await;
    settled?;
    services.apply(CacheUpdate::UserDeleted(id));
    Ok(())
}

/// The typed password for this user, or a generated one where nothing was typed, by the policy as far as the caller
/// may read it.
///
/// # Errors
/// At the field `password`.
pub async fn choose_password(
    services: &Services,
    operation: &Operation,
    user: &User,
    typed: SecretString,
) -> Result<ChosenPassword, Error> {
    let policy = services.password_policy(operation).await;
    passwords::choose(typed, policy.as_ref(), PasswordSubject::of(user))
}

/// Requires a confirmation before the callers lock or delete their own account. A caller who does it to another one
/// stays, and may manage users.
async fn confirm_own_account(
    services: &Services,
    operation: &Operation,
    user: &User,
    confirmations: Confirmations,
) -> Result<(), Error> {
    if !operation.is_self(user) {
        return Ok(());
    }
    lockout::check(
        services,
        operation,
        &Change::DeleteUser(user.id.clone()),
        confirmations,
    )
    .await
}

/// What the cluster rejects here is about the password: nothing else was entered.
fn password_refused(error: OperationError) -> Error {
    if error.kind() == Some(ErrorKind::Rejected) {
        return refusal::at_field(error, refusal::PASSWORD);
    }
    error.into()
}
