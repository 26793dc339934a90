//! Approvals: deployments that wait for a second officer, and the decision about them.

mod detail;
mod list;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    deployments::{self, DeploymentForm},
    jobs::{JobId, Requester},
};

pub use self::{detail::detail, list::list};
use crate::{context::RequestContext, error::PortalError, flash::Done, links};

/// The list.
const APPROVALS: &str = "/approvals";

/// Approves a deployment that another person requested, and starts it with the caller's own tokens.
#[server(prefix = "/api", endpoint = "approvals/approve")]
pub async fn approve_deployment(
    id: String,
    #[server(flatten)] form: DeploymentForm,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let id = JobId::from(id.as_str());
    let target = || Target::of("job", &id);
    let approving = context.begin(Action::ApproveDeployment, target()).await?;
    let deploying = context.begin(Action::Deploy, target()).await?;
    let job = deployments::approve(&context.services, &approving, &deploying, &id, &form).await?;
    Ok(Done::default().with_next(links::job(&job)))
}

/// Rejects a deployment that another person requested.
#[server(prefix = "/api", endpoint = "approvals/reject")]
pub async fn reject_deployment(
    id: String,
    #[server(flatten)] form: DeploymentForm,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let id = JobId::from(id.as_str());
    let operation = context
        .begin(Action::RejectDeployment, Target::of("job", &id))
        .await?;
    deployments::reject(&context.services, &operation, &id, &form).await?;
    Ok(Done::new("The request is rejected. Nothing was deployed.").with_next(links::approval(&id)))
}

/// Takes back a request of the caller's own.
#[server(prefix = "/api", endpoint = "approvals/withdraw")]
pub async fn withdraw_deployment(id: String) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let id = JobId::from(id.as_str());
    let operation = context
        .begin(Action::WithdrawDeployment, Target::of("job", &id))
        .await?;
    deployments::withdraw(&context.services, &operation, &id).await?;
    Ok(Done::new("The request is withdrawn. Nothing was deployed.").with_next(links::approval(&id)))
}

/// How many requests this person can decide about, for the navigation.
pub(crate) async fn waiting_for(context: &RequestContext) -> usize {
    let services = &context.services;
    let (true, Some(principal)) = (services.deploy_approval, &context.principal) else {
        return 0;
    };
    if context.denied(Action::ApproveDeployment).is_some() {
        return 0;
    }
    let person = Requester::of(principal);
    let awaiting = services.jobs.awaiting().await.unwrap_or_default();
    let others = awaiting.iter().filter(|job| {
        let approval = job.approval.as_ref();
        approval.is_some_and(|approval| !approval.requested_by.may_be(&person))
    });
    others.count()
}
