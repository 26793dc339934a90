//! Checks whether a password satisfies the cluster's policy. The cluster is not asked: the password stays here.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::passwords::{self, PasswordSubject, Violation};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::{context::RequestContext, error::PortalError, flash::Done, params::check_length};

/// The longest user name or address that is compared, in characters.
const MAX_SUBJECT_LENGTH: usize = 255;

/// The keys of the rules that a password violates.
#[derive(Debug, Serialize)]
struct Answer {
    broken: Vec<&'static str>,
}

/// Reports the rules of the policy that a password violates. A policy that the caller may not read has none.
///
/// A script is answered with JSON; `step=check` is the button, with and without script, and has the result in words.
#[server(prefix = "/api", endpoint = "password/check")]
pub async fn check_password(
    password: String,
    #[server(default)] username: String,
    #[server(default)] email: String,
    #[server(default)] step: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let password = SecretString::from(password);
    check_length(
        "password",
        password.expose_secret(),
        passwords::MAX_PASSWORD_LENGTH,
    )?;
    check_length("username", &username, MAX_SUBJECT_LENGTH)?;
    check_length("email", &email, MAX_SUBJECT_LENGTH)?;
    let operation = context.begin(Action::CheckPassword, Target::portal()).await?;
    let policy = context.services.recent_password_policy(&operation).await;
    let subject = PasswordSubject {
        user_name: username.trim(),
        email: Some(email.trim()).filter(|email| !email.is_empty()),
    };
    if step != "check" {
        let broken = policy.map(|policy| passwords::violations(&policy, password.expose_secret(), subject));
        let broken = broken.into_iter().flatten().map(Violation::key).collect();
        return Ok(Done::answer(&Answer { broken }));
    }
    if password.expose_secret().is_empty() {
        return Err(PortalError::invalid("password", "Enter a password to try."));
    }
    if policy.is_none() {
        let message = "The policy cannot be read, so the portal cannot check the password.";
        return Err(PortalError::invalid("password", message));
    }
    if let Err(message) = passwords::check(policy.as_ref(), &password, subject) {
        return Err(PortalError::invalid("password", message));
    }
    Ok(Done::new("The policy accepts this password.").with_detail(
        "As far as the portal can check: only the cluster knows a user's earlier passwords. Nothing was sent to it.",
    ))
}
