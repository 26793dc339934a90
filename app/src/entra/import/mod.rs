//! `/entra/import`: importing users and groups, in four steps that work without script.
//!
//! Choosing and giving roles are one form, so that nothing has to be kept between them. Sent, it makes a dry run, which
//! is kept as a job, and only the page of that job has the button of the import.

mod choose;
mod record;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::entra::{ObjectKind, check_available};

pub use self::record::{csv, report};
use super::{IMPORT, page};
use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{LinkButton, Section},
};

/// `/entra/import`
pub async fn import(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ImportFromEntra, Target::portal()).await?;
    let kind = context
        .query_value("what")
        .and_then(|kind| ObjectKind::named(&kind));
    let body = match kind {
        Some(kind) => choose::view(&context, &operation, kind).await,
        None => check_available(&operation).await.map(|()| kinds()),
    };
    page("Import from Entra ID", IMPORT, body)
}

/// The steps, of which some are on the screen.
#[component]
fn Steps(
    /// The first and the last one that are shown, from 1.
    shown: (usize, usize),
) -> impl IntoView {
    let steps = ["Choose", "Roles and identity providers", "Dry run", "Import"];
    let steps = steps.into_iter().enumerate().map(|(at, name)| {
        let is_shown = (shown.0..=shown.1).contains(&(at + 1));
        view! { <li class:shown=is_shown aria-current=is_shown.then_some("step")>{name}</li> }
    });
    view! { <ol class="steps" aria-label="Steps of the import">{steps.collect_view()}</ol> }.into_any()
}

/// Users or groups.
fn kinds() -> AnyView {
    view! {
        <Steps shown=(1, 1)/>
        <Section title="What is to be imported?">
            <ul class="choices">
                <li>
                    <LinkButton label="Users" href=links::entra_import(ObjectKind::Users, None) primary=true/>
                    <p>"Each becomes a user of the cluster, with roles that you choose."</p>
                </li>
                <li>
                    <LinkButton label="Groups" href=links::entra_import(ObjectKind::Groups, None) primary=true/>
                    <p>"Each becomes a group of the cluster; its members become users if you choose so."</p>
                </li>
            </ul>
        </Section>
    }
    .into_any()
}
