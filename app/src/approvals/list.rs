//! `/approvals`: the deployments that wait for a second officer.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::jobs::{self, Approval, Command, JobRecord, Requester};

use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{Badge, EmptyState, LinkButton, Page, Table, Tone, When},
};

/// `/approvals`
pub async fn list(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ViewApprovals, Target::portal()).await?;
    let requests = jobs::awaiting(&context.services, &operation).await?;
    let person = Requester::of(operation.principal());
    let rows = requests
        .iter()
        .filter_map(|job| row(job, job.approval.as_ref()?, &person));
    let rows = rows.collect::<Vec<_>>();
    let body = if !rows.is_empty() {
        let columns = &["Deployment", "Requested by", "Reason", "Requested", "Lapses"];
        view! { <Table label="Deployments that wait for an approval" columns>{rows}</Table> }.into_any()
    } else if !context.services.deploy_approval {
        let hint = "A deployment needs a second officer where the portal is started with POSTERN_DEPLOY_APPROVAL=true.";
        view! {
            <EmptyState title="Deployments need no approval here" hint>
                <LinkButton label="Deployments" href="/deployments"/>
            </EmptyState>
        }
        .into_any()
    } else {
        let hint = "A deployment that an officer requests is listed here until another one decides about it, for a day.";
        view! {
            <EmptyState title="No deployment waits for an approval" hint>
                <LinkButton label="Deployments" href="/deployments"/>
            </EmptyState>
        }
        .into_any()
    };
    Ok(Page::new("Approvals", body)
        .lead("A deployment that one officer requests is made when another one approves it."))
}

fn row(job: &JobRecord, approval: &Approval, person: &Requester) -> Option<AnyView> {
    let Command::RequestDeployment(deployment) = &*job.command else {
        return None;
    };
    let requester = &approval.requested_by;
    let own = requester
        .may_be(person)
        .then(|| view! { <Badge tone=Tone::Neutral text="Yours"/> });
    let (by, reason) = (requester.user_name.clone(), deployment.reason.clone());
    let (requested, lapses) = (
        job.started_at.as_millisecond(),
        approval.lapses_at.as_millisecond(),
    );
    Some(
        view! {
            <tr>
                <th scope="row"><a href=links::approval(&job.id)>{job.command.title()}</a></th>
                <td><bdi>{by}</bdi>" "{own}</td>
                <td class="wraps">{reason}</td>
                <td><When millis=requested/></td>
                <td><When millis=lapses/></td>
            </tr>
        }
        .into_any(),
    )
}
