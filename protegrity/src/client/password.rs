//! Passwords: resetting another's, changing one's own, unlocking (reference lines 1312-1456; rows 30 and 33).

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use upstream::{Answer, Call, Endpoint, Error, lenient};

use crate::UserId;

use super::{
    Authorized, endpoint,
    users::{user_path, users_path},
};

/// What an unlocking did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnlockOutcome {
    /// Whether the password must be changed before the user can sign in. The reference says so (line 1455),
    /// so it is taken for true where the answer does not say.
    pub temporary: bool,
}

/// What an administrator's reset did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordOutcome {
    /// Whether the password must be changed before the user can sign in: what the answer says, else what was
    /// asked for.
    pub temporary: bool,
}

/// `PUT /users/password`, by its sample in the reference.
const RESET: Endpoint = endpoint("PUT /users/password");
/// `PUT /users/{user_id}/password`, by its text in the reference.
const CHANGE: Endpoint = endpoint("PUT /users/{user_id}/password");

impl Authorized {
    /// Unlocks the account and gives it this password, which is a temporary one.
    pub async fn unlock_user(&self, id: &UserId, password: &SecretString) -> Result<UnlockOutcome, Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /users/{user_id}/unlock");
        let path = user_path(ENDPOINT, id, "/unlock")?;
        let body = json!({"password": given(ENDPOINT, password)?});
        let answer = self
            .send(with_passwords(ENDPOINT, path, body, &[password]))
            .await?;
        Ok(UnlockOutcome {
            temporary: flag(&answer, "password_temporary").unwrap_or(true),
        })
    }

    /// Gives a user another password. The reference describes one path and samples another; the sample's
    /// answer fits, so that is tried first (row 30).
    ///
    /// Each path gets only fields it is documented with. The other one knows no `temporary`, so it is tried
    /// once, for a password that is to stay: where a temporary one was asked for, one that stays must not
    /// be the result.
    pub async fn reset_password(
        &self,
        id: &UserId,
        password: &SecretString,
        temporary: bool,
    ) -> Result<PasswordOutcome, Error> {
        let path = user_path(CHANGE, id, "/password")?;
        let password_text = given(RESET, password)?;
        let body = json!({"userId": id, "newPassword": password_text, "temporary": temporary});
        let sampled = with_passwords(RESET, users_path("/password"), body, &[password]);
        let answer = match self.send(sampled).await {
            Err(first) if !temporary && is_other_shape(&first) => {
                let body = json!({"newPassword": password_text});
                self.send(with_passwords(CHANGE, path, body, &[password]))
                    .await
                    .map_err(|second| more_specific(first, second))?
            }
            other => other?,
        };
        Ok(PasswordOutcome {
            temporary: flag(&answer, "temporary").unwrap_or(temporary),
        })
    }

    /// Changes one's own password; the old one proves who asks.
    ///
    /// Row 30 has the other path tried where this one is not there, and we do not: `PUT /users/password` is
    /// documented without `oldPassword`. With it we would send what no document has, and without it the
    /// change would go through whether the old password is right or not - also after a 422 that was about
    /// the new one. Who may reset passwords can still do that, in so many words.
    pub async fn change_own_password(
        &self,
        id: &UserId,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), Error> {
        let path = user_path(CHANGE, id, "/password")?;
        let body = json!({"newPassword": given(CHANGE, new)?, "oldPassword": given(CHANGE, old)?});
        // Once: a wrong old password that is sent twice counts twice against the cluster's lock-out.
        let call = with_passwords(CHANGE, path, body, &[old, new]).once();
        self.send(call).await.map(drop)
    }
}

/// A `PUT` whose passwords no answer may repeat.
fn with_passwords<'a>(
    endpoint: Endpoint,
    path: String,
    body: Value,
    passwords: &[&'a SecretString],
) -> Call<'a> {
    Call::new(Method::PUT, endpoint, path)
        .json(body)
        .hiding(passwords.iter().map(|password| password.expose_secret()))
}

/// A password that is there. An empty one is never sent, an empty `oldPassword` least of all: a server might
/// read it as "not asked for".
fn given(endpoint: Endpoint, password: &SecretString) -> Result<&str, Error> {
    match password.expose_secret() {
        "" => Err(Error::refused(endpoint, "the password is empty")),
        password => Ok(password),
    }
}

/// The path is not there, or wants another body.
fn is_other_shape(error: &Error) -> bool {
    matches!(error.status(), Some(404 | 405 | 422))
}

/// Of two failures the one that says more: the first, unless the second path is there and says something of
/// its own.
fn more_specific(first: Error, second: Error) -> Error {
    if is_other_shape(&second) { first } else { second }
}

fn flag(answer: &Answer, key: &str) -> Option<bool> {
    lenient::as_boolean(answer.value_or_null().get(key)?)
}
