//! The caller's tokens: when they end, and renewing them now. The tokens themselves are never shown.

use gate::{OperationError, TokenTimes};
use islands::{lifespan::span, time::readable};
use leptos::prelude::*;
use protegrity::ErrorKind as Upstream;
use server_fn::ServerFn;

use super::signed_in;
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    ui::{DescriptionList, Detail, Notice, PostForm, Section, SubmitButton, Tone, When},
};

/// Renews the session's tokens now, `POST /login/token/refresh`.
#[server(prefix = "/api", endpoint = "session/refresh")]
pub async fn refresh_session() -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let principal = signed_in(&context)?;
    let times = context
        .gate
        .refresh_now(&principal, &context.origin)
        .await
        .map_err(explain)?;
    Ok(Done::new("Your session is refreshed.").with_detail(format!(
        "The new access token is good until {}.",
        readable(times.access_ends_at.as_millisecond())
    )))
}

fn explain(error: OperationError) -> PortalError {
    if error.kind() == Some(Upstream::NoRefreshToken) {
        return PortalError::new(ErrorKind::Conflict, "Your session cannot be refreshed.").with_detail(
            "The cluster gave no refresh token. The access token serves to its end; then sign in again.",
        );
    }
    error.into()
}

/// The button "Refresh now".
#[component]
pub(super) fn RefreshButton() -> impl IntoView {
    view! {
        <PostForm action=RefreshSession::url() class="actions">
            <SubmitButton label="Refresh now" quiet=true/>
        </PostForm>
    }
}

/// When the tokens end.
#[component]
pub(super) fn TokenFacts(times: Option<TokenTimes>) -> impl IntoView {
    let Some(times) = times else {
        return view! {
            <Section title="Your tokens">
                <Notice tone=Tone::Warning title="The cluster no longer accepts your tokens."
                    detail="It requires the password with your next action."/>
            </Section>
        }
        .into_any();
    };
    let refresh = match (times.is_renewable, times.refresh_ends_at) {
        (true, Some(ends)) => view! { <When millis=ends.as_millisecond()/> }.into_any(),
        (true, None) => "Unknown: the cluster gives no time".into_any(),
        (false, _) => "None: sign in again when the access token ends".into_any(),
    };
    view! {
        <Section title="Your tokens">
            <DescriptionList>
                <Detail label="Access token given"><When millis=times.obtained_at.as_millisecond()/></Detail>
                <Detail label="Access token good until"><When millis=times.access_ends_at.as_millisecond()/></Detail>
                <Detail label="Lifespan">{lifespan(&times)}</Detail>
                <Detail label="Refresh token good until">{refresh}</Detail>
            </DescriptionList>
            <p>"The portal renews them by itself shortly before the access token ends, as long as the session is used. They stay on the server."</p>
        </Section>
    }
    .into_any()
}

/// The lifespan of the access token as the cluster gave it.
pub(super) fn lifespan(times: &TokenTimes) -> String {
    let seconds = u32::try_from(times.lifespan.as_secs()).unwrap_or(u32::MAX);
    format!("{} ({seconds} seconds)", span(seconds))
}
