//! The server functions of signing in and out.

use gate::{GateError, OperationError};
use leptos::prelude::*;
use protegrity::LoginFailure;
use secrecy::SecretString;

use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    params::check_length,
    redirect,
};

/// The longest user name and password that are sent to the cluster, in characters.
const MAX_LENGTH: usize = 255;

/// Signs a person in, for the first time or again, and leads to the page that they asked for.
#[server(prefix = "/api", endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] user_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let password = SecretString::from(password);
    let user_name = user_name.trim();
    check(user_name, &password)?;
    context
        .gate
        .sign_in(&context.session, user_name, &password, &context.origin)
        .await
        .map_err(explain)?;
    Ok(Done::default().with_next(redirect::safe_local_path(&next)))
}

/// Ends the session, here and at the cluster.
#[server(prefix = "/api", endpoint = "sign-out")]
pub async fn sign_out() -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let ended = context.gate.sign_out(&context.session, &context.origin).await;
    ended.map_err(|error| {
        tracing::error!(%error, "a session could not be ended");
        PortalError::new(ErrorKind::Internal, "The portal could not sign you out.")
            .with_detail("Try again. If it happens again, report the request id.")
    })?;
    if let Some(principal) = &context.principal {
        operations::jobs::forget_secrets(&context.services, principal).await;
    }
    Ok(Done::new("You are signed out.").with_next("/sign-in"))
}

fn check(user_name: &str, password: &SecretString) -> Result<(), PortalError> {
    use secrecy::ExposeSecret;
    if user_name.is_empty() {
        return Err(PortalError::invalid("user_name", "Enter your user name."));
    }
    if password.expose_secret().is_empty() {
        return Err(PortalError::invalid("password", "Enter your password."));
    }
    check_length("user_name", user_name, MAX_LENGTH)?;
    check_length("password", password.expose_secret(), MAX_LENGTH)
}

/// Why the sign-in failed, in words. The cluster answers a wrong password and an account that it
/// locked for a while in the same way (notes on the reference, section 7), so the words cover both.
fn explain(error: OperationError) -> PortalError {
    let GateError::Upstream(cluster) = &error.error else {
        return error.into();
    };
    let failure = LoginFailure::of(cluster);
    let explained = PortalError::from(error);
    let (kind, title, detail) = match failure {
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
            "The cluster accepted the password, but not the token that it gave.",
            "The portal's setting protegrity.login decides this: contact the administrator of the portal.",
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
