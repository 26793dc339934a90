//! `/deployments`: what each data store has now, and the deployments that were made from here.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    deployments::{self, History, State},
    jobs::{self, Command, JobRecord},
};

use super::{
    NEW,
    detail::{outcome, title},
    difference::drift,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    jobs::sentence,
    links,
    policy::names_in_cell,
    ui::{Caution, EmptyState, LinkButton, Page, Section, Table, When},
};

/// `/deployments`
pub async fn overview(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ViewDeployments, Target::portal()).await?;
    // What the cluster has is read first: it decides who may see what was deployed.
    let state = deployments::state(&operation).await?;
    let (history, records) = futures::try_join!(
        context.services.deployments.history(&operation),
        jobs::list(&context.services, &operation),
    )?;
    let drifts = drifts(&state, &history);
    let denied = context.denied(Action::Deploy);
    let body = view! {
        {drifts}
        <Stores state/>
        {under_way(records)}
        {past(&history)}
    };
    Ok(Page::new("Deployments", body)
        .lead("Which policies and trusted applications the protectors of each data store get.")
        .actions(view! { <LinkButton label="Deploy" href=NEW primary=true denied/> }))
}

/// The stores that have something else than this portal deployed.
fn drifts(state: &State, history: &History) -> Vec<AnyView> {
    let drifts = state.data_stores.iter().filter_map(|store| {
        let snapshot = history.drift(&store.uid, &state.deployed_to(&store.uid))?;
        let names = state.names().or(&history.0.first()?.names);
        Some(drift(&store.name, snapshot, &names))
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

/// The deployments of this person that are not over.
fn under_way(records: Vec<JobRecord>) -> Option<AnyView> {
    let running = records.into_iter().filter(|job| !job.state.is_over());
    let rows = running.filter_map(|job| {
        let Command::Deploy(deployment) = &*job.command else {
            return None;
        };
        let reason = deployment.reason.clone();
        Some(view! {
            <tr>
                <th scope="row"><a href=links::job(&job.id)>{job.command.title()}</a></th>
                <td class="wraps">{reason}</td>
                <td>{sentence(&job.command, job.counts())}</td>
                <td><When millis=job.started_at.as_millisecond()/></td>
            </tr>
        })
    });
    let rows = rows.collect::<Vec<_>>();
    let columns = &["Deployment", "Reason", "Progress", "Started"];
    (!rows.is_empty()).then(|| {
        view! {
            <Section title="Under way">
                <Table label="Your deployments that are under way" columns>{rows}</Table>
            </Section>
        }
        .into_any()
    })
}

/// The deployments that were made from here.
fn past(history: &History) -> AnyView {
    let rows = history.0.iter().map(|deployment| {
        let (href, title) = (links::deployment(&deployment.id), title(deployment));
        let by = deployment.by.clone();
        let outcome = outcome(deployment);
        view! {
            <tr>
                <th scope="row"><a href=href>{title}</a></th>
                <td><bdi>{by}</bdi></td>
                <td class="wraps">{deployment.reason.clone()}</td>
                <td>{outcome}</td>
                <td><When millis=deployment.at.as_millisecond()/></td>
            </tr>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let content = if rows.is_empty() {
        let hint =
            "What is deployed from here is kept until the portal is restarted, with what was there before.";
        view! { <EmptyState title="No deployments from this portal" hint/> }.into_any()
    } else {
        let columns = &["Deployment", "By", "Reason", "Data stores", "Ended"];
        view! { <Table label="Deployments from this portal" columns>{rows}</Table> }.into_any()
    };
    view! { <Section title="Deployed from here">{content}</Section> }.into_any()
}
