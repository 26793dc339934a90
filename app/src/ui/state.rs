//! What happened, and what a place looks like when there is nothing, not yet, or not at all.

use std::fmt;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Copyable, Icon, MaybeText, Tone};
use crate::error::PortalError;

/// An outcome or a warning: role `status` when it is done, `alert` when it needs attention.
#[component]
pub fn Notice(
    /// How it is meant.
    tone: Tone,
    /// What happened, in one sentence.
    #[prop(into)]
    title: String,
    /// What can be done about it.
    #[prop(optional, into)]
    detail: MaybeText,
    /// The request id of a failure.
    #[prop(optional, into)]
    request_id: MaybeText,
    /// Whether it is a standing remark and no outcome: a screen reader does not interrupt for it.
    #[prop(optional)]
    standing: bool,
    /// What belongs to it: a link, a secret.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let role = (!standing).then(|| tone.role());
    view! {
        <div class=format!("notice {}", tone.class()) role=role>
            <Icon name=tone.icon()/>
            <div class="notice-text">
                <p class="notice-title">{title}</p>
                {detail.0.map(|detail| view! { <p>{detail}</p> })}
                {children.map(|children| children())}
                {request_id.0.map(|id| view! { <RequestId id/> })}
            </div>
        </div>
    }
    .into_any()
}

/// The id under which the log knows a failure.
#[component]
fn RequestId(id: String) -> AnyView {
    view! {
        <div class="request-id">"Request id " <Copyable text=id label="request id"/></div>
    }
    .into_any()
}

/// Nothing is here, and what to do next.
#[component]
pub fn EmptyState(
    /// What is not here.
    #[prop(into)]
    title: String,
    /// What to do next.
    #[prop(into)]
    hint: String,
    /// The link or button for it.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class="state">
            <p class="state-title">{title}</p>
            <p>{hint}</p>
            {children.map(|children| view! { <div class="state-actions">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// A place whose content failed to load.
#[component]
pub fn ErrorState(
    /// The failure.
    error: PortalError,
    /// Where trying again leads.
    #[prop(optional, into)]
    retry: MaybeText,
) -> AnyView {
    view! {
        <div class="state bad" role="alert">
            <Icon name="error"/>
            <p class="state-title">{error.title}</p>
            {error.detail.map(|detail| view! { <p>{detail}</p> })}
            {retry
                .0
                .map(|retry| {
                    view! {
                        <div class="state-actions">
                            <a class="button" href=retry>
                                <Icon name="refresh"/>
                                "Try again"
                            </a>
                        </div>
                    }
                })}
            {error.request_id.map(|id| view! { <RequestId id/> })}
        </div>
    }
    .into_any()
}

/// A place whose content is on its way.
#[component]
pub fn LoadingState(
    /// What is loading: "Loading users".
    #[prop(into)]
    label: String,
) -> AnyView {
    view! {
        <div class="state loading" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <p>{label}</p>
        </div>
    }
    .into_any()
}

/// The outcome of the action before, kept in the session for one page.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlashMessage {
    /// How it is meant.
    pub tone: Tone,
    /// What happened, in one sentence.
    pub title: String,
    /// What to know about it.
    #[serde(default)]
    pub detail: Option<String>,
    /// Something to be shown once, as a generated password.
    #[serde(default)]
    pub secret: Option<String>,
    /// The request id of a failure.
    #[serde(default)]
    pub request_id: Option<String>,
}

impl fmt::Debug for FlashMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlashMessage")
            .field("tone", &self.tone)
            .field("title", &self.title)
            .field("detail", &self.detail)
            .field("secret", &self.secret.as_ref().map(|_| "[redacted]"))
            .field("request_id", &self.request_id)
            .finish()
    }
}

/// The outcome at the top of the page.
#[component]
pub fn Flash(
    /// The outcome.
    flash: FlashMessage,
) -> AnyView {
    let FlashMessage {
        tone,
        title,
        detail,
        secret,
        request_id,
    } = flash;
    view! {
        <Notice tone title detail request_id>
            {secret
                .map(|secret| {
                    view! {
                        <div class="secret">
                            <Copyable text=secret label="secret"/>
                        </div>
                    }
                })}
        </Notice>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_reach_the_log() {
        let flash = FlashMessage {
            secret: Some("Tulip-4711".into()),
            ..FlashMessage::default()
        };
        assert!(!format!("{flash:?}").contains("4711"));
    }
}
