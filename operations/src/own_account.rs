//! The caller's own account: changing the password.

use gate::{EndedSessions, Operation, OperationError};
use protegrity::{ErrorKind, UserId};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Services,
    passwords::{self, MAX_PASSWORD_LENGTH, PasswordSubject},
    refusal, sessions,
    validation::Validation,
};

/// The form's fields.
pub const OLD: &str = "old_password";
/// See [`OLD`].
pub const NEW: &str = "new_password";
/// See [`OLD`].
pub const REPEAT: &str = "repeat_password";

/// The words of the cluster's refusals, with the fields that they are about: what does not name the present one is about the new one.
pub(crate) const REFUSED: &refusal::Words = &[
    ("old password", OLD),
    ("oldpassword", OLD),
    ("current password", OLD),
    ("credential", OLD),
    ("", NEW),
];

/// The passwords of the form.
#[derive(Debug)]
pub struct PasswordChange {
    /// The present password. It is required: the cluster could read an empty one as "not asked for".
    pub old: SecretString,
    /// The new password.
    pub new: SecretString,
    /// The new password again.
    pub repeat: SecretString,
}

/// Changes the caller's password and ends the caller's other sessions, `PUT /users/{user_id}/password` (reference lines 1312-1362; notes, row 30).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn change_password(
    services: &Services,
    operation: &Operation,
    id: &UserId,
    change: &PasswordChange,
) -> Result<(), Error> {
    let mut validation = Validation::default();
    check(change, &mut validation);
    if validation.is_empty() {
        let subject = PasswordSubject {
            user_name: &operation.principal().user_name,
            email: None,
        };
        let policy = services.password_policy(operation).await;
        if let Err(message) = passwords::check(policy.as_ref(), &change.new, subject) {
            validation.add(NEW, message);
        }
    }
    validation.finish()?;
    let changed = operation
        // Once: each wrong old password counts against the cluster's lock-out.
        .perform(|cluster| {
            let (id, old, new) = (id.clone(), change.old.clone(), change.new.clone());
            async move { cluster.change_own_password(&id, &old, &new).await }
        })
        .await;
    let person = operation.principal().as_ref().into();
    sessions::end(services, operation, &person, EndedSessions::Others, &changed).await;
    changed.map_err(at_its_field)
}

/// The problems of the three passwords, apart from the policy.
fn check(change: &PasswordChange, validation: &mut Validation) {
    let [old, new, repeat] = [&change.old, &change.new, &change.repeat].map(ExposeSecret::expose_secret);
    let is_long = |text: &str| text.chars().count() > MAX_PASSWORD_LENGTH;
    let too_long = || format!("This is longer than {MAX_PASSWORD_LENGTH} characters.");
    validation.require(!old.is_empty(), OLD, "Enter your present password.");
    validation.require(!is_long(old), OLD, too_long());
    if new.is_empty() {
        validation.add(NEW, "Enter the new password.");
    } else if is_long(new) {
        validation.add(NEW, too_long());
    } else if new == old {
        validation.add(NEW, "This is your present password.");
    }
    validation.require(new == repeat, REPEAT, "This differs from the new password above.");
}

/// The cluster's refusal at the field that it is about, as far as its words say: for a wrong old password nothing is
/// documented.
fn at_its_field(error: OperationError) -> Error {
    let has_reason = error
        .error
        .upstream()
        .is_some_and(|error| error.upstream_message().is_some());
    match error.kind() {
        Some(ErrorKind::Unauthorized) => Error::at(OLD, "The cluster does not accept this as your password."),
        Some(ErrorKind::Rejected) if !has_reason => {
            Error::at(NEW, "The cluster refused it without a reason.")
        }
        _ => refusal::at_field(error, REFUSED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_are_checked_at_their_fields() {
        let check = |old: &str, new: &str, repeat: &str, expected: &[&str]| {
            let [old, new, repeat] = [old, new, repeat].map(SecretString::from);
            let mut validation = Validation::default();
            super::check(&PasswordChange { old, new, repeat }, &mut validation);
            let problems = match validation.finish() {
                Err(Error::Invalid(problems)) => problems,
                _ => Vec::new(),
            };
            let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
            assert_eq!(fields, expected);
        };
        check("old", "new", "new", &[]);
        check("", "new", "new", &[OLD]);
        check("", "", "", &[OLD, NEW]);
        check("old", "old", "old", &[NEW]);
        check("old", "new", "nwe", &[REPEAT]);
        let long = "x".repeat(256);
        check(&long, &long, &long, &[OLD, NEW]);
    }
}
