//! One's own tokens: when they end, and renewing them now. The tokens themselves are shown to nobody.

use gate::{Action, GateError, TokenTimes};
use islands::{lifespan::span, time::readable};
use leptos::prelude::*;
use server_fn::ServerFn;

use crate::{
    error::{ErrorKind, PortalError},
    flash::Done,
    ui::{DescriptionList, Detail, Notice, PostForm, Section, SubmitButton, Tone, When},
    visit::visit,
};

/// Renews the session's tokens now, `POST /login/token/refresh`.
#[server(prefix = "/api", endpoint = "session/refresh")]
pub async fn refresh_session() -> Result<(), PortalError> {
    let visit = visit();
    let visitor = visit
        .visitor
        .as_ref()
        .ok_or_else(|| visit.explain(Action::RefreshSession, &GateError::NotSignedIn))?;
    let times = visit.gate.refresh_now(visitor, &visit.caller).await;
    let times = times.map_err(|error| {
        if is_not_renewable(&error) {
            return not_renewable();
        }
        visit.explain(Action::RefreshSession, &error)
    })?;
    visit.done(Done::new("Your session is refreshed.").with_detail(format!(
        "The new access token is good until {}.",
        readable(times.access_ends_at.as_millisecond())
    )));
    Ok(())
}

fn is_not_renewable(error: &GateError) -> bool {
    matches!(error, GateError::Cluster(error) if error.kind() == protegrity::ErrorKind::NoRefreshToken)
}

fn not_renewable() -> PortalError {
    PortalError::new(ErrorKind::Conflict, "Your session cannot be refreshed.").with_detail(
        "The cluster gave no refresh token. The access token serves to its end; then sign in again.",
    )
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
                <Notice tone=Tone::Warning title="The cluster no longer takes your tokens."
                    detail="It asks for the password with the next thing that you do."/>
            </Section>
        }
        .into_any();
    };
    let refresh = match (times.is_renewable, times.refresh_ends_at) {
        (true, Some(ends)) => view! { <When millis=ends.as_millisecond()/> }.into_any(),
        (true, None) => "there is one; the cluster does not say until when".into_any(),
        (false, _) => "none: sign in again when the access token ends".into_any(),
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

/// How long the cluster gave the access token for.
pub(super) fn lifespan(times: &TokenTimes) -> String {
    let seconds = u32::try_from(times.lifespan.as_secs()).unwrap_or(u32::MAX);
    format!("{} ({seconds} seconds)", span(seconds))
}
