//! Why Entra ID cannot be asked, in words: it is not configured, not enabled, or something failed.

use gate::{Action, GateError, Passage};
use leptos::prelude::*;
use protegrity::ErrorKind as Upstream;

use super::CONFIG;
use crate::{
    error::{ErrorKind, PortalError},
    shell::fail_page,
    ui::{EmptyState, ErrorState, LinkButton},
    visit::Visit,
};

/// Why Entra ID cannot be asked.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    /// There is no configuration.
    NotConfigured,
    /// There is one that is not enabled.
    Disabled,
    /// Something else.
    Failed(PortalError),
}

/// How the cluster says that there is no configuration, or none that is enabled, is not documented. So when
/// it refuses, the configuration is asked for, and tells.
pub(super) async fn trouble(visit: &Visit, passage: &Passage, action: Action, error: &GateError) -> Trouble {
    let is_refusal = |error: &protegrity::Error| {
        matches!(
            error.kind(),
            Upstream::Rejected | Upstream::NotFound | Upstream::Conflict
        )
    };
    let explained = visit.explain(action, error);
    if !matches!(error, GateError::Cluster(error) if is_refusal(error)) {
        return Trouble::Failed(explained);
    }
    match passage
        .read(|cluster| async move { cluster.entra_config().await })
        .await
    {
        Ok(None) => Trouble::NotConfigured,
        Ok(Some(config)) if config.enabled == Some(false) => Trouble::Disabled,
        _ => Trouble::Failed(explained),
    }
}

impl Trouble {
    /// Title and what to do.
    fn words(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::NotConfigured => Some((
                "Entra ID is not configured",
                "Nothing can be searched or imported until the cluster knows the tenant and the application.",
            )),
            Self::Disabled => Some((
                "The Entra ID configuration is not enabled",
                "Nothing can be searched or imported until it is enabled again.",
            )),
            Self::Failed(_) => None,
        }
    }

    /// As a form says it; the way to the configuration stands above every form of the area.
    pub(super) fn into_error(self) -> PortalError {
        match (self.words(), self) {
            (_, Self::Failed(error)) => error,
            (words, _) => {
                let (title, detail) = words.unwrap_or_default();
                PortalError::new(ErrorKind::Conflict, format!("{title}."))
                    .with_detail(format!("{detail} See the tab “Configuration”."))
            }
        }
    }
}

/// In the place of what could not be asked for.
#[component]
pub(super) fn TroubleView(visit: Visit, trouble: Trouble) -> impl IntoView {
    if let Some((title, hint)) = trouble.words() {
        return view! {
            <EmptyState title hint>
                <LinkButton label="To the configuration" href=CONFIG primary=true/>
            </EmptyState>
        }
        .into_any();
    }
    let error = trouble.into_error();
    fail_page(&visit, &error);
    // What Entra ID itself refuses is mended where the connection can be tested.
    let is_refused = error.kind == ErrorKind::Invalid;
    view! {
        <ErrorState error retry=visit.address()/>
        {is_refused.then(|| view! { <p><a href=CONFIG>"Look at the configuration and test the connection"</a></p> })}
    }
    .into_any()
}
