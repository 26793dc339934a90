//! `/deployments`: what each data store has now, and the deployments of this person.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    deployments::{self, Deployed, State},
    jobs::{self, Command, JobRecord},
};

use super::{DEPLOYMENTS, NEW};
use crate::{
    answer::PageResult,
    context::RequestContext,
    jobs::sentence,
    links,
    policy::names_in_cell,
    ui::{Caution, EmptyState, LinkButton, Notice, Page, Section, Table, Tone, When, iso_time},
};

/// `/deployments`
pub async fn overview(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ViewDeployments, Target::portal()).await?;
    let (state, records) = futures::try_join!(
        deployments::state(&operation),
        jobs::list(&context.services, &operation),
    )?;
    let is_deployment = |job: &JobRecord| matches!(*job.command, Command::Deploy(_));
    let records = records.into_iter().filter(is_deployment).collect();
    let drifts = drifts(&context, &state);
    let denied = context.denied(Action::Deploy);
    let body = view! {
        {drifts}
        <Stores state/>
        <OwnDeployments records/>
    };
    Ok(Page::new("Deployments", body)
        .lead("Which policies and trusted applications the protectors of each data store get.")
        .actions(view! { <LinkButton label="Deploy" href=NEW primary=true denied/> }))
}

/// The stores that have something else than this portal deployed.
fn drifts(context: &RequestContext, state: &State) -> Vec<AnyView> {
    let names = state.names();
    let drifts = state.data_stores.iter().filter_map(|store| {
        let has = state.deployed_to(&store.uid);
        let snapshot = context.services.deployments.drift(&store.uid, &has)?;
        let deployed = Deployed::from(&snapshot.assignment);
        let then = |words: &str, names: Option<Vec<String>>| format!("{words}: {}", names_in_cell(names.as_deref()));
        let policies = then(
            "policies",
            deployed.policies.map(|uids| names.all_policies(&uids)),
        );
        let applications = then(
            "trusted applications",
            deployed.applications.map(|uids| names.all_applications(&uids)),
        );
        let detail = format!(
            "{} deployed there from this portal at {} – {policies}; {applications}. Since then it was changed by other \
             means.",
            snapshot.by,
            iso_time(Some(snapshot.at.as_millisecond()))
        );
        let title = format!("{} has something else than was deployed from here.", store.name);
        Some(view! { <Notice tone=Tone::Warning title detail standing=true/> }.into_any())
    });
    drifts.collect()
}

#[component]
fn Stores(state: State) -> AnyView {
    let names = state.names();
    if state.data_stores.is_empty() {
        return view! {
            <Section title="Deployed now">
                <EmptyState title="No data stores" hint="A deployment goes to a data store. Make one first.">
                    <LinkButton label="Data stores" href="/policy/data-stores"/>
                </EmptyState>
            </Section>
        }
        .into_any();
    }
    let all = state
        .data_stores
        .iter()
        .map(|store| (store, state.deployed_to(&store.uid)));
    let all: Vec<_> = all.collect();
    let is_unknown = all.iter().any(|(_, has)| has.is_incomplete());
    let rows = all.into_iter().map(|(store, has)| {
        let policies = has.policies.map(|uids| names.all_policies(&uids));
        let applications = has.applications.map(|uids| names.all_applications(&uids));
        view! {
            <tr>
                <th scope="row"><bdi>{store.name.clone()}</bdi></th>
                <td class="wraps">{names_in_cell(policies.as_deref())}</td>
                <td class="wraps">{names_in_cell(applications.as_deref())}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let unknown = is_unknown.then(|| {
        view! {
            <Caution title="What some data stores have is not known."
                detail="The cluster did not answer, or answered in a way that the portal cannot read."/>
        }
    });
    view! {
        <Section title="Deployed now">
            {unknown}
            <Table label="What each data store has" columns=&["Data store", "Policies", "Trusted applications"]>
                {rows}
            </Table>
            <p class="field-hint">
                "As the cluster reports it. Changes that were made in its own screens can be among this and still wait for \
                 their deployment. With which rules a policy was deployed is not reported."
            </p>
        </Section>
    }
    .into_any()
}

#[component]
fn OwnDeployments(records: Vec<JobRecord>) -> AnyView {
    let rows = records.into_iter().map(|job| {
        let Command::Deploy(deployment) = &*job.command else {
            return ().into_any();
        };
        let reason = deployment.reason.clone();
        view! {
            <tr>
                <th scope="row"><a href=links::job(&job.id)>{job.command.title()}</a></th>
                <td class="wraps">{reason}</td>
                <td>{sentence(&job.command, job.counts())}</td>
                <td><When millis=job.started_at.as_millisecond()/></td>
            </tr>
        }
        .into_any()
    });
    let rows = rows.collect::<Vec<_>>();
    let content = if rows.is_empty() {
        let hint = "A deployment is a job. It is listed here for an hour after it ends.";
        view! { <EmptyState title="No deployments of yours" hint/> }.into_any()
    } else {
        let columns = &["Deployment", "Reason", "Progress", "Started"];
        view! { <Table label="Your deployments" columns>{rows}</Table> }.into_any()
    };
    view! { <Section title="Your deployments">{content}</Section> }.into_any()
}

/// The way up from the pages below.
pub(super) const fn crumb() -> (&'static str, &'static str) {
    ("Deployments", DEPLOYMENTS)
}
