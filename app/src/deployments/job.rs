//! What the page of a job shows of a deployment: the reason, and what the data stores have afterwards.

use leptos::prelude::*;
use operations::{
    deployments::{DeploymentReport, StoreReport, StoreState},
    jobs::{Command, JobRecord, JobReport},
};

use crate::{
    links,
    policy::names_in_cell,
    ui::{Badge, DescriptionList, Detail, Section, Table, Tone},
};

/// What a deployment shows besides its rows; nothing for another job.
pub(crate) fn details(record: &JobRecord) -> Option<AnyView> {
    let (Command::Deploy(deployment) | Command::RequestDeployment(deployment)) = &*record.command else {
        return None;
    };
    let stores = match &record.report {
        Some(JobReport::Deployment(report)) => Some(stores(report)),
        _ => None,
    };
    let reason = deployment.reason.clone();
    let kept = stores.is_some().then(|| {
        let href = links::deployment(&record.id);
        view! { <p><a href=href>"What it changed, and how to bring back what was there before"</a></p> }
    });
    Some(
        view! {
            <DescriptionList><Detail label="Reason">{reason}</Detail></DescriptionList>
            {stores}
            {kept}
        }
        .into_any(),
    )
}

/// What each store had and has.
fn stores(report: &DeploymentReport) -> AnyView {
    let rows = report.stores.iter().cloned().map(|store| {
        let (tone, text) = state(store.state);
        let StoreReport {
            name,
            policies_before,
            policies,
            applications_before,
            applications,
            ..
        } = store;
        view! {
            <tr>
                <th scope="row"><bdi>{name}</bdi></th>
                <td><Badge tone text/></td>
                <td class="wraps">{change(policies_before, policies)}</td>
                <td class="wraps">{change(applications_before, applications)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Section title="Read back">
            <Table label="What each data store has afterwards"
                columns=&["Data store", "State", "Policies", "Trusted applications"]>
                {rows}
            </Table>
        </Section>
    }
    .into_any()
}

/// A list before and after.
fn change(before: Option<Vec<String>>, after: Option<Vec<String>>) -> String {
    let is_same = before == after && after.is_some();
    let (before, after) = (names_in_cell(before.as_deref()), names_in_cell(after.as_deref()));
    if is_same {
        return after;
    }
    format!("{after} (before: {before})")
}

pub(super) const fn state(state: StoreState) -> (Tone, &'static str) {
    match state {
        StoreState::AsWanted => (Tone::Good, "As deployed"),
        StoreState::Unchanged => (Tone::Warning, "As before"),
        StoreState::Other => (Tone::Bad, "Something else"),
        StoreState::Unknown => (Tone::Warning, "Not known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_shown_with_what_was_there_before() {
        let names = |name: &str| Some(vec![name.to_owned()]);
        assert_eq!(change(names("A"), names("A")), "A");
        assert_eq!(change(names("A"), Some(Vec::new())), "None (before: A)");
        assert_eq!(change(None, None), "Not known (before: Not known)");
    }
}
