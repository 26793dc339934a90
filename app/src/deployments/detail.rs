//! `/deployments/{id}`: a deployment that is over, what it changed, and the comparison with another.

use std::sync::Arc;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::deployments::{
    self, Access, DeploymentRecord, Difference, History, Moment, Names, State, StoreComparison, StoreState,
    compare,
};

use super::{
    crumb,
    difference::{changes, groups, list, rule_table},
    job::state as state_words,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    policy::names_in_cell,
    ui::{
        Badge, Caution, Choice, DescriptionList, Detail, LinkButton, Page, Section, SelectField, Table, When,
        counted, readable_time,
    },
};

/// `/deployments/{id}`
pub async fn detail(context: RequestContext) -> PageResult {
    let id = context.param("id");
    let operation = context
        .begin(Action::ViewDeployments, Target::of("deployment", id))
        .await?;
    // What the cluster has is read first: it decides who may see what was deployed.
    let state = deployments::state(&operation).await?;
    let history = context.services.deployments.history(&operation).await?;
    let deployment = history.find(id)?;
    let other = context.query_value("with").filter(|with| !with.is_empty());
    let other = other.map(|with| history.find(&with)).transpose()?;
    let denied = context.denied(Action::Deploy);
    let body = view! {
        {facts(deployment)}
        {stores(deployment)}
        {comparison(deployment, other, &state)}
        {chooser(deployment, other, &history)}
    };
    let (label, href) = crumb();
    let again = links::deploy_again(&deployment.id, false);
    let before = links::deploy_again(&deployment.id, true);
    Ok(Page::new(title(deployment), body)
        .crumb(label, href)
        .actions(view! {
            <LinkButton label="Bring back what was there before" href=before denied=denied.clone()/>
            <LinkButton label="Deploy this again" href=again denied/>
        }))
}

/// "Deployment to PROD".
pub(super) fn title(deployment: &DeploymentRecord) -> String {
    match deployment.stores.as_slice() {
        [store] => format!("Deployment to {}", deployment.names.data_store(&store.uid)),
        stores => format!(
            "Deployment to {}",
            counted(stores.len(), ("data store", "data stores"))
        ),
    }
}

/// What came of it, over all of its stores: "2 of 3 as deployed".
pub(super) fn outcome(deployment: &DeploymentRecord) -> String {
    let all = deployment.stores.len();
    let count = |state| {
        deployment
            .stores
            .iter()
            .filter(|store| store.state == state)
            .count()
    };
    let unknown = match count(StoreState::Unknown) {
        0 => String::new(),
        unknown => format!(", {unknown} not known"),
    };
    format!("{} of {all} as deployed{unknown}", count(StoreState::AsWanted))
}

fn facts(deployment: &DeploymentRecord) -> AnyView {
    let DeploymentRecord {
        at,
        by,
        approved,
        reason,
        ..
    } = deployment.clone();
    let Some(approved) = approved else {
        return view! {
            <DescriptionList>
                <Detail label="Ended"><When millis=at.as_millisecond()/></Detail>
                <Detail label="Deployed by"><bdi>{by}</bdi></Detail>
                <Detail label="Reason">{reason}</Detail>
            </DescriptionList>
        }
        .into_any();
    };
    view! {
        <DescriptionList>
            <Detail label="Ended"><When millis=at.as_millisecond()/></Detail>
            <Detail label="Requested by"><bdi>{approved.requested_by.user_name}</bdi></Detail>
            <Detail label="Reason">{reason}</Detail>
            <Detail label="Approved and deployed by"><bdi>{approved.by}</bdi></Detail>
            <Detail label="Approved"><When millis=approved.at.as_millisecond()/></Detail>
            <Detail label="Reason for the approval">{approved.reason}</Detail>
        </DescriptionList>
    }
    .into_any()
}

/// What its stores had before, and have afterwards.
fn stores(deployment: &DeploymentRecord) -> AnyView {
    let names = &deployment.names;
    let cell = |moment: &Moment, uid| {
        let has = moment.deployed_to(uid);
        let policies = has.policies.map(|uids| names.all_policies(&uids));
        let applications = has.applications.map(|uids| names.all_applications(&uids));
        let (policies, applications) = (
            names_in_cell(policies.as_deref()),
            names_in_cell(applications.as_deref()),
        );
        format!("Policies: {policies}. Trusted applications: {applications}.")
    };
    let rows = deployment.stores.iter().map(|store| {
        let (tone, text) = state_words(store.state);
        view! {
            <tr>
                <th scope="row"><bdi>{names.data_store(&store.uid)}</bdi></th>
                <td><Badge tone text/></td>
                <td class="wraps">{cell(&deployment.before, &store.uid)}</td>
                <td class="wraps">{cell(&deployment.after, &store.uid)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let columns = &["Data store", "State", "Before", "Afterwards"];
    view! {
        <Section title="Data stores">
            <Table label="What its data stores had before and afterwards" columns>{rows}</Table>
        </Section>
    }
    .into_any()
}

/// What it changed; or what has changed from one of two deployments to the other, on all data stores.
fn comparison(
    deployment: &Arc<DeploymentRecord>,
    other: Option<&Arc<DeploymentRecord>>,
    state: &State,
) -> AnyView {
    let when = |one: &DeploymentRecord| readable_time(one.at.as_millisecond());
    let (title, before, after, names) = match other {
        None => (
            "What it changed".to_owned(),
            &deployment.before,
            &deployment.after,
            deployment.names.clone(),
        ),
        Some(other) => {
            let (older, newer) = if other.at <= deployment.at {
                (other, deployment)
            } else {
                (deployment, other)
            };
            let title = format!(
                "Changes from the deployment of {} to the deployment of {}",
                when(older),
                when(newer)
            );
            (
                title,
                &older.after,
                &newer.after,
                newer.names.clone().or(&older.names),
            )
        }
    };
    let names = names.or(&state.names());
    let compared = compare(before, after);
    let (same, different): (Vec<_>, Vec<_>) = compared.iter().partition(|store| store.is_same());
    let is_unknown = |store: &&StoreComparison| store.has_same_assignment() && store.access.is_none();
    let (unknown, different): (Vec<_>, Vec<_>) = different.into_iter().partition(is_unknown);
    let said = |words: &str, stores: &[&StoreComparison]| {
        let stores: Vec<_> = stores.iter().map(|store| names.data_store(&store.uid)).collect();
        (!stores.is_empty()).then(|| view! { <p>{format!("{words} {}.", stores.join(", "))}</p> })
    };
    let unknown = said(
        "The policies and trusted applications stay the same, and whether their rules do is not known, on",
        &unknown,
    );
    let same = said("No difference on", &same);
    let nothing = compared
        .is_empty()
        .then(|| view! { <p>"There were no data stores."</p> });
    let access = access(&different, &names);
    let different = different.into_iter().map(|store| store_comparison(store, &names));
    let different = different.collect::<Vec<_>>();
    view! { <Section title>{same}{unknown}{nothing}{access}</Section> {different} }.into_any()
}

/// Who gained and who lost access, where it is known.
fn access(stores: &[&StoreComparison], names: &Names) -> AnyView {
    let stores = stores
        .iter()
        .map(|store| (names.data_store(&store.uid), &store.access));
    let stores: Vec<_> = stores.collect();
    let known = stores.iter().filter_map(|(name, access)| match access {
        Some(Difference::Known { added, removed }) => Some((name.as_str(), added, removed)),
        Some(Difference::Unknown { .. }) | None => None,
    });
    let (gained, lost): (Vec<_>, Vec<_>) = known
        .map(|(name, added, removed)| ((name, added), (name, removed)))
        .unzip();
    let gained = list("Gained", groups(&gained, names, Access::gained));
    let lost = list("Lost", groups(&lost, names, Access::lost));
    view! { {gained} {lost} }.into_any()
}

fn store_comparison(store: &StoreComparison, names: &Names) -> AnyView {
    let name = names.data_store(&store.uid);
    let unknown = |words: &str| {
        let title = format!("Which {words} {name} has afterwards is not known.");
        view! { <Caution title/> }.into_any()
    };
    let policies = match &store.policies {
        Some(policies) => changes("Policies", policies, |uids| names.all_policies(uids)),
        None => unknown("policies"),
    };
    let applications = match &store.applications {
        Some(applications) => changes("Trusted applications", applications, |uids| {
            names.all_applications(uids)
        }),
        None => unknown("trusted applications"),
    };
    let access = store.access.is_none().then(|| view! {
        <p class="muted">
            "Who gained or lost access is not known: the portal knows the deployed rules only of what it deployed itself."
        </p>
    });
    let rules = store.rules.iter().flatten().map(|(policy, changes)| {
        let heading = format!("Rules of {}", names.policy(policy));
        view! { <h3>{heading}</h3> {rule_table(policy, changes, names)} }
    });
    let rules = rules.collect_view();
    view! {
        <Section title=name.clone()>
            {policies}
            {applications}
            {access}
            {rules}
        </Section>
    }
    .into_any()
}

/// The form that chooses the deployment to compare with.
fn chooser(
    deployment: &DeploymentRecord,
    other: Option<&Arc<DeploymentRecord>>,
    history: &History,
) -> Option<AnyView> {
    let others = history.0.iter().filter(|one| one.id != deployment.id).map(|one| {
        let label = format!(
            "{}, {} ({})",
            readable_time(one.at.as_millisecond()),
            title(one),
            one.reason
        );
        Choice::new(one.id.as_str(), label)
    });
    let others: Vec<_> = others.collect();
    if others.is_empty() {
        return None;
    }
    let none = Choice::new("", "What was there before it");
    let choices = std::iter::once(none).chain(others).collect();
    let value = other.map(|other| other.id.to_string()).unwrap_or_default();
    let action = links::deployment(&deployment.id);
    Some(
        view! {
            <Section title="Compare">
                <form class="form" method="get" action=action>
                    <SelectField name="with" label="Compare with" choices value/>
                    <div class="form-actions"><button type="submit" class="button">"Compare"</button></div>
                </form>
            </Section>
        }
        .into_any(),
    )
}
