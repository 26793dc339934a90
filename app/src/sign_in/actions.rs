//! The server functions of signing in and out.

use gate::{Action, GateError};
use leptos::prelude::*;
use protegrity::LoginFailure;
use secrecy::SecretString;

use crate::{
    act::bounded,
    error::{ErrorKind, PortalError},
    flash::Done,
    next,
    visit::{Visit, visit},
};

/// The longest user name and password that are sent to the cluster, in characters.
const LONGEST: usize = 255;

/// Signs somebody in, for the first time or again, and leads to the page they came for.
#[server(prefix = "/api", endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] user_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let password = SecretString::from(password);
    let user_name = user_name.trim();
    check(user_name, &password)?;
    visit
        .gate
        .sign_in(&visit.session, user_name, &password, &visit.caller)
        .await
        .map_err(|error| explain(&visit, &error))?;
    visit.done(Done::default().with_next(next::local(&next)));
    Ok(())
}

/// Ends the session, here and at the cluster.
#[server(prefix = "/api", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), PortalError> {
    let visit = visit();
    visit
        .gate
        .sign_out(&visit.session, &visit.caller)
        .await
        .map_err(|error| visit.explain(Action::SignOut, &error))?;
    visit.done(Done::new("You are signed out.").with_next("/sign-in"));
    Ok(())
}

fn check(user_name: &str, password: &SecretString) -> Result<(), PortalError> {
    use secrecy::ExposeSecret;
    if user_name.is_empty() {
        return Err(PortalError::invalid("user_name", "Enter your user name."));
    }
    if password.expose_secret().is_empty() {
        return Err(PortalError::invalid("password", "Enter your password."));
    }
    bounded("user_name", user_name, LONGEST)?;
    bounded("password", password.expose_secret(), LONGEST)
}

/// Why the sign-in failed, in words. The cluster answers a wrong password and an account that it
/// locked for a while in the same way (notes on the reference, section 7), so the words cover both.
fn explain(visit: &Visit, error: &GateError) -> PortalError {
    let explained = visit.explain(Action::SignIn, error);
    let GateError::Cluster(cluster) = error else {
        return explained;
    };
    let (kind, title, detail) = match LoginFailure::of(cluster) {
        LoginFailure::WrongCredentials => (
            ErrorKind::Invalid,
            "The user name or the password is wrong.",
            "After several wrong tries the cluster may lock the account for a while.",
        ),
        LoginFailure::AccountLocked => (
            ErrorKind::Forbidden,
            "This account is locked.",
            "Ask an administrator or the helpdesk to unlock it.",
        ),
        LoginFailure::TemporaryPassword => (
            ErrorKind::Forbidden,
            "This password is temporary and has to be changed first.",
            "Change it where the cluster asks for it, or ask an administrator to set a password that is not temporary.",
        ),
        LoginFailure::NoTokenPermission => (
            ErrorKind::Forbidden,
            "This account may not sign in here: it has no permission can_create_token.",
            "The password was right. Ask an administrator for a role that grants can_create_token.",
        ),
        LoginFailure::TokenNotAccepted => (
            ErrorKind::Cluster,
            "The cluster took the password, but does not accept the token that it gave.",
            "This is a matter of the portal's setting protegrity.login: tell whoever runs the portal.",
        ),
        LoginFailure::Other => return explained,
    };
    PortalError {
        kind,
        title: title.to_owned(),
        detail: Some(detail.to_owned()),
        ..explained
    }
}
