//! The server functions of one user.

use gate::{
    Action, Change, Passage, Target,
    password::{self, Owner},
};
use leptos::prelude::*;
use protegrity::{User, UserId};
use secrecy::{ExposeSecret, SecretString};

use super::new::judged;
use crate::{
    act::user_id,
    error::{ErrorKind, PortalError},
    flash::Done,
    left::{self, Sure},
    visit::{Visit, visit},
};

/// Locks a user's account.
#[server(prefix = "/api", endpoint = "users/lock")]
pub async fn lock_user(
    id: String,
    #[server(default)] sure_self: String,
    #[server(default)] sure_nobody_manages: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let id = user_id(&id)?;
    let passage = visit.open(Action::LockUser, Target::user(&id))?;
    let name = check_gone(&visit, &passage, &id, &sure_self, &sure_nobody_manages).await?;
    let locked = passage.call(|cluster| {
        let id = id.clone();
        async move { cluster.lock_user(&id).await }
    });
    locked
        .await
        .map_err(|error| visit.explain(Action::LockUser, &error))?;
    passage.note_enabled(&id, false);
    visit.done(
        Done::new(format!("{name} is locked."))
            .with_detail("Nobody can sign in with this account until it is unlocked. A token that was given out before stays good until it expires."),
    );
    Ok(())
}

/// Deletes a user for good (`DELETE /users/{user_id}`).
#[server(prefix = "/api", endpoint = "users/delete")]
pub async fn delete_user(
    id: String,
    #[server(default)] sure_self: String,
    #[server(default)] sure_nobody_manages: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let id = user_id(&id)?;
    let passage = visit.open(Action::DeleteUser, Target::user(&id))?;
    let name = check_gone(&visit, &passage, &id, &sure_self, &sure_nobody_manages).await?;
    passage
        .call(|cluster| {
            let id = id.clone();
            async move { cluster.delete_user(&id).await }
        })
        .await
        .map_err(|error| visit.explain(Action::DeleteUser, &error))?;
    passage.forget_user(&id);
    visit.done(Done::new(format!("{name} is deleted.")).with_next("/users"));
    Ok(())
}

/// Asks again before somebody takes their own account away, which is told by the name as well as by the id.
/// Returns the user's name.
async fn check_gone(
    visit: &Visit,
    passage: &Passage,
    id: &UserId,
    sure_self: &str,
    sure_nobody: &str,
) -> Result<String, PortalError> {
    let user = passage
        .user(id)
        .await
        .map_err(|error| visit.explain(passage.action(), &error))?;
    // Whoever does this to somebody else stays, and may manage users.
    if passage.is_self(&user) {
        let sure = Sure {
            of_self: sure_self,
            of_nobody: sure_nobody,
        };
        left::check(visit, passage, &Change::UserGone(id.clone()), sure).await?;
    }
    Ok(user.username)
}

/// Gives a user another password (`PUT /users/password`): the one that was typed, or one that is made here
/// and shown once.
#[server(prefix = "/api", endpoint = "users/reset-password")]
pub async fn reset_password(
    id: String,
    #[server(default)] password: String,
    #[server(default)] temporary: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let id = user_id(&id)?;
    let typed = SecretString::from(password);
    let temporary = temporary == "true";
    let passage = visit.open(Action::ResetPassword, Target::user(&id))?;
    let chosen = Chosen::of(&visit, &passage, &id, typed).await?;
    let outcome = passage
        .call(|cluster| {
            let (id, password) = (id.clone(), chosen.password.clone());
            async move { cluster.reset_password(&id, &password, temporary).await }
        })
        .await
        .map_err(|error| at_the_password(visit.explain(Action::ResetPassword, &error)))?;
    let title = format!("{} has a new password.", chosen.user_name);
    visit.done(chosen.done(title, reset(temporary, outcome.temporary)));
    Ok(())
}

/// Whether the password of a reset lasts, as the cluster has it.
const fn reset(wanted_temporary: bool, is_temporary: bool) -> &'static str {
    match (wanted_temporary, is_temporary) {
        (_, true) => "It is temporary: it has to be changed before it opens anything.",
        (false, false) => "It stays until it is changed.",
        (true, false) => "The cluster did not mark it as temporary: have it changed all the same.",
    }
}

/// Unlocks a user's account with a temporary password: the one that was typed, or one that is made
/// here and shown once.
#[server(prefix = "/api", endpoint = "users/unlock")]
pub async fn unlock_user(id: String, #[server(default)] password: String) -> Result<(), PortalError> {
    let visit = visit();
    let id = user_id(&id)?;
    let typed = SecretString::from(password);
    let passage = visit.open(Action::UnlockUser, Target::user(&id))?;
    let chosen = Chosen::of(&visit, &passage, &id, typed).await?;
    let outcome = passage
        .call(|cluster| {
            let (id, password) = (id.clone(), chosen.password.clone());
            async move { cluster.unlock_user(&id, &password).await }
        })
        .await
        .map_err(|error| at_the_password(visit.explain(Action::UnlockUser, &error)))?;
    let title = format!("{} is unlocked.", name_now(&passage, &id).await);
    visit.done(chosen.done(title, unlocked(outcome.temporary)));
    Ok(())
}

/// Whether the password of an unlock lasts. The cluster sets it as a temporary one (reference, "Unlock user
/// account"), with which nobody can sign in before it is changed.
const fn unlocked(is_temporary: bool) -> &'static str {
    if is_temporary {
        "The password is temporary: it has to be changed before it opens anything."
    } else {
        "The cluster did not mark the password as temporary: have it changed all the same."
    }
}

/// A password for a user: the one that was typed, or one that was made.
struct Chosen {
    user_name: String,
    password: SecretString,
    is_made: bool,
}

impl Chosen {
    async fn of(
        visit: &Visit,
        passage: &Passage,
        id: &UserId,
        typed: SecretString,
    ) -> Result<Self, PortalError> {
        let user = passage
            .user(id)
            .await
            .map_err(|error| visit.explain(passage.action(), &error))?;
        Ok(Self {
            is_made: typed.expose_secret().is_empty(),
            password: choose(passage, &user, typed).await?,
            user_name: user.username,
        })
    }

    /// What the page says once the cluster has it. One that was made is shown this once.
    fn done(self, title: String, lasting: &str) -> Done {
        if !self.is_made {
            return Done::new(title).with_detail(lasting);
        }
        let detail = format!("{lasting} It is shown this once: give it to the user now.");
        Done {
            secret: Some(self.password.expose_secret().to_owned()),
            ..Done::new(title).with_detail(detail)
        }
    }
}

/// The typed password, judged by the policy as far as that may be read, or a new one that satisfies it.
async fn choose(passage: &Passage, user: &User, typed: SecretString) -> Result<SecretString, PortalError> {
    let policy = passage.password_policy().await;
    let owner = Owner {
        user_name: &user.username,
        email: user.email.as_deref(),
    };
    let text = typed.expose_secret();
    if text.is_empty() {
        return password::generate(policy.as_ref(), owner).ok_or_else(|| {
            PortalError::invalid(
                "password",
                "No password could be made that satisfies the cluster's policy: type one.",
            )
        });
    }
    match judged(policy.as_ref(), &typed, owner) {
        Ok(()) => Ok(typed),
        Err(words) => Err(PortalError::invalid("password", words)),
    }
}

/// A refusal by the cluster is about the password when it is about what was sent.
fn at_the_password(error: PortalError) -> PortalError {
    if error.kind != ErrorKind::Invalid {
        return error;
    }
    let message = error.detail.clone().unwrap_or_else(|| error.title.clone());
    PortalError {
        request_id: error.request_id,
        ..PortalError::invalid("password", message)
    }
}

/// The user's name, read back so that the list shows what the cluster has now. The id serves when
/// that fails: what was asked for is done.
async fn name_now(passage: &Passage, id: &UserId) -> String {
    match passage.user(id).await {
        Ok(user) => user.username,
        Err(error) => {
            tracing::warn!(%error, "a changed user could not be read back");
            id.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(is_made: bool) -> Chosen {
        Chosen {
            user_name: "ana".to_owned(),
            password: SecretString::from("Made-Passw0rd"),
            is_made,
        }
    }

    #[test]
    fn a_made_password_is_shown_and_a_typed_one_is_not() {
        let secret = |is_made| {
            chosen(is_made)
                .done("ana is unlocked.".to_owned(), unlocked(true))
                .secret
        };
        assert_eq!(secret(true).as_deref(), Some("Made-Passw0rd"));
        assert_eq!(secret(false), None);
    }

    #[test]
    fn it_says_that_the_password_is_temporary() {
        let done = chosen(false).done("ana is unlocked.".to_owned(), unlocked(true));
        let detail = done.detail.expect("a detail");
        assert!(detail.contains("temporary"), "{detail}");
    }
}
