//! What is done to each of many users.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};
use gate::{
    Action, Passage, RowFailure, Target, Work,
    password::{self, Owner},
};
use protegrity::{PasswordPolicy, RoleName, User, UserUpdate};
use secrecy::ExposeSecret;

use super::membership::Membership;
use crate::{
    batches::{failure, row_failure},
    visit::Visit,
};

/// What became of a row.
type Outcome = Result<String, RowFailure>;

/// Work on each of these users; each through a passage of their own, so that the audit trail names them.
fn each<F, T>(visit: &Visit, users: Arc<Vec<User>>, work: F) -> Work
where
    F: Fn(Visit, Passage, User) -> T + Send + Sync + 'static,
    T: Future<Output = Outcome> + Send + 'static,
{
    let visit = visit.clone();
    Arc::new(
        move |passage: Passage, at: usize| -> BoxFuture<'static, Outcome> {
            let Some(user) = users.get(at).cloned() else {
                return async { Err(failure("There is no such row.")) }.boxed();
            };
            let passage = passage.on(Target::user(&user.id));
            work(visit.clone(), passage, user).boxed()
        },
    )
}

/// Whoever does something to many does not do it to themselves by the way.
fn not_oneself(passage: &Passage, user: &User) -> Result<(), RowFailure> {
    if passage.is_self(user) {
        return Err(failure("This is your own account: do that from its own page."));
    }
    Ok(())
}

pub(super) fn lock(visit: &Visit, users: Arc<Vec<User>>) -> Work {
    each(visit, users, |visit, passage, user| async move {
        not_oneself(&passage, &user)?;
        passage
            .call(|cluster| {
                let id = user.id.clone();
                async move { cluster.lock_user(&id).await }
            })
            .await
            .map_err(|error| row_failure(&visit, Action::LockUser, &error))?;
        passage.note_enabled(&user.id, false);
        Ok("Locked.".to_owned())
    })
}

pub(super) fn unlock(visit: &Visit, users: Arc<Vec<User>>, policy: Option<PasswordPolicy>) -> Work {
    let policy = Arc::new(policy);
    each(visit, users, move |visit, passage, user| {
        let policy = Arc::clone(&policy);
        async move {
            let owner = Owner {
                user_name: &user.username,
                email: user.email.as_deref(),
            };
            let password = password::generate(policy.as_ref().as_ref(), owner)
                .ok_or_else(|| failure("No password could be made that satisfies the cluster's policy."))?;
            passage
                .call(|cluster| {
                    let (id, password) = (user.id.clone(), password.clone());
                    async move { cluster.unlock_user(&id, &password).await }
                })
                .await
                .map_err(|error| row_failure(&visit, Action::UnlockUser, &error))?;
            let words = format!("Unlocked. Temporary password: {}", password.expose_secret());
            passage.note_enabled(&user.id, true);
            Ok(words)
        }
    })
}

pub(super) fn delete(visit: &Visit, users: Arc<Vec<User>>) -> Work {
    each(visit, users, |visit, passage, user| async move {
        not_oneself(&passage, &user)?;
        passage
            .call(|cluster| {
                let id = user.id.clone();
                async move { cluster.delete_user(&id).await }
            })
            .await
            .map_err(|error| row_failure(&visit, Action::DeleteUser, &error))?;
        passage.forget_user(&user.id);
        Ok("Deleted.".to_owned())
    })
}

/// The full list of roles is sent, so each user is read first; and again afterwards, to see what the cluster made
/// of it.
pub(super) fn assign(visit: &Visit, users: Arc<Vec<User>>, role: RoleName) -> Work {
    each(visit, users, move |visit, passage, user| {
        let role = role.clone();
        async move {
            let explain = |error| row_failure(&visit, Action::EditUser, &error);
            let before = passage.user(&user.id).await.map_err(explain)?;
            let Some(mut roles) = before.roles.clone() else {
                return Err(failure("The cluster does not say which roles this user has."));
            };
            if roles.contains(&role) {
                return Ok("Had the role already.".to_owned());
            }
            roles.push(role.clone());
            let update = UserUpdate {
                username: Some(before.username.clone()),
                roles: Some(roles),
                ..UserUpdate::new(before.id.clone())
            };
            passage
                .call(|cluster| {
                    let update = update.clone();
                    async move { cluster.update_user(&update).await }
                })
                .await
                .map_err(explain)?;
            let after = passage.user(&user.id).await.map_err(explain)?;
            if after.roles.iter().flatten().any(|held| *held == role) {
                Ok("Assigned.".to_owned())
            } else {
                Err(failure(
                    "The cluster said yes, and the user does not have the role.",
                ))
            }
        }
    })
}

pub(super) fn add(visit: &Visit, users: Arc<Vec<User>>, membership: Membership) -> Work {
    let membership = Arc::new(membership);
    each(visit, users, move |visit, passage, user| {
        let membership = Arc::clone(&membership);
        async move { membership.add(&visit, &passage, &user.username).await }
    })
}
