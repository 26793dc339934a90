//! The page of the import: what to import, the form, or the record of a dry run.

use gate::{Action, Target};
use leptos::prelude::*;

use super::{
    super::{
        CONFIG, IMPORT, Tabs,
        chosen::What,
        plan::State,
        trouble::{Trouble, TroubleView},
    },
    choose::ChoosePage,
    report::gone,
    views::{Done, Running, Tried},
};
use crate::{
    error::PortalError,
    shell::{Frame, fail_page},
    ui::{ErrorState, LinkButton, PageHeader, Section},
    visit::{Visit, visit},
};

/// `/entra/import`
#[component]
pub fn EntraImportPage() -> impl IntoView {
    let visit = visit();
    let what = visit.query_value("what").and_then(|what| What::named(&what));
    let content = match (visit.query_value("plan"), what) {
        (Some(id), _) => view! { <RecordPage visit id/> }.into_any(),
        (None, Some(what)) => view! { <ChoosePage visit what/> }.into_any(),
        (None, None) => view! { <WhatPage visit/> }.into_any(),
    };
    view! {
        <Frame area=CONFIG>
            <PageHeader title="Import from Entra ID"/>
            <Tabs here=IMPORT/>
            {content}
        </Frame>
    }
    .into_any()
}

/// The steps, of which some are on the screen.
#[component]
pub(super) fn Steps(
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
#[component]
fn WhatPage(visit: Visit) -> impl IntoView {
    view! {
        {Suspend::new(async move {
            match ready(&visit).await {
                Err(trouble) => view! { <TroubleView visit trouble/> }.into_any(),
                Ok(()) => view! {
                    <Steps shown=(1, 1)/>
                    <Section title="What is to be imported?">
                        <ul class="choices">
                            <li>
                                <LinkButton label="Users" href=format!("{IMPORT}?what=users") primary=true/>
                                <p>"Each becomes a user of the cluster, with roles that you choose."</p>
                            </li>
                            <li>
                                <LinkButton label="Groups" href=format!("{IMPORT}?what=groups") primary=true/>
                                <p>"Each becomes a group of the cluster; its members become users if you say so."</p>
                            </li>
                        </ul>
                    </Section>
                }
                .into_any(),
            }
        })}
    }
    .into_any()
}

/// Whether there is a configuration to import with.
pub(super) async fn ready(visit: &Visit) -> Result<(), Trouble> {
    let passage = visit
        .open(Action::ImportFromEntra, Target::portal())
        .map_err(Trouble::Failed)?;
    match passage
        .read(|cluster| async move { cluster.entra_config().await })
        .await
    {
        Ok(None) => Err(Trouble::NotConfigured),
        Ok(Some(config)) if config.enabled == Some(false) => Err(Trouble::Disabled),
        Ok(Some(_)) => Ok(()),
        Err(error) => Err(Trouble::Failed(visit.explain(Action::SeeEntra, &error))),
    }
}

/// A dry run, or the import that came of it.
#[component]
fn RecordPage(visit: Visit, id: String) -> impl IntoView {
    let found = visit
        .visitor
        .as_ref()
        .and_then(|visitor| visit.plans.look(visitor, &id, visit.gate.now()));
    match found {
        Some((plan, State::Tried(until))) => view! { <Tried visit id plan until/> }.into_any(),
        Some((plan, State::Running)) => view! { <Running visit plan/> }.into_any(),
        Some((plan, State::Done(report))) => view! { <Done id plan report/> }.into_any(),
        None => view! { <Gone visit error=gone()/> }.into_any(),
    }
}

#[component]
fn Gone(visit: Visit, error: PortalError) -> impl IntoView {
    fail_page(&visit, &error);
    view! {
        <ErrorState error/>
        <p><LinkButton label="Begin again" href=IMPORT/></p>
    }
    .into_any()
}
