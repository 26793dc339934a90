//! Whether a password satisfies the cluster's policy. The cluster is not asked: the password stays here.

use gate::{
    Action, Target,
    password::{self, Owner, Violation},
};
use leptos::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::{act::bounded, error::PortalError, flash::Done, ui::LONGEST_PASSWORD, visit::visit};

/// The longest user name or address that is compared, in characters.
const LONGEST_OWNER: usize = 255;

/// The keys of the rules that a password breaks.
#[derive(Debug, Serialize)]
struct Judgement {
    broken: Vec<&'static str>,
}

/// Says which rules of the policy a password breaks. A policy that the person may not read breaks none.
///
/// A script is answered with JSON; `step=check` is the button that is pressed, with and without script, and
/// has the verdict in words.
#[server(prefix = "/api", endpoint = "password/judge")]
pub async fn judge_password(
    password: String,
    #[server(default)] username: String,
    #[server(default)] email: String,
    #[server(default)] step: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let password = SecretString::from(password);
    bounded("password", password.expose_secret(), LONGEST_PASSWORD as usize)?;
    bounded("username", &username, LONGEST_OWNER)?;
    bounded("email", &email, LONGEST_OWNER)?;
    let passage = visit.open(Action::JudgePassword, Target::portal())?;
    let policy = passage.recent_password_policy().await;
    let owner = Owner {
        user_name: username.trim(),
        email: Some(email.trim()).filter(|email| !email.is_empty()),
    };
    let broken = policy
        .as_ref()
        .map(|policy| password::judge(policy, password.expose_secret(), owner));
    let broken = broken.unwrap_or_default();
    if step != "check" {
        let broken = broken.into_iter().map(Violation::key).collect();
        visit.done(Done::answer(&Judgement { broken }));
        return Ok(());
    }
    if password.expose_secret().is_empty() {
        return Err(PortalError::invalid("password", "Type a password to try."));
    }
    if policy.is_none() {
        return Err(PortalError::invalid(
            "password",
            "The policy cannot be read, so the portal cannot tell.",
        ));
    }
    let rules: Vec<_> = broken.iter().map(Violation::to_string).collect();
    if !rules.is_empty() {
        let message = format!("The policy would refuse it: it asks for {}.", rules.join(", "));
        return Err(PortalError::invalid("password", message));
    }
    let done = Done::new("The policy would take this password.");
    visit.done(done.with_detail("As far as the portal can tell: a user's earlier passwords are known to the cluster alone. Nothing was sent to it."));
    Ok(())
}
