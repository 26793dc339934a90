//! Approvals: deployments that wait for a second officer, and the decision about them.

mod detail;
mod list;

use gate::{Action, Principal, Target};
use leptos::prelude::*;
use operations::{
    Services,
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
pub async fn waiting_for(services: &Services, principal: Option<&Principal>) -> usize {
    let Some(principal) = principal.filter(|_| services.deploy_approval) else {
        return 0;
    };
    if principal.allow(Action::ApproveDeployment).is_err() {
        return 0;
    }
    let count = services.jobs.count_awaiting(&Requester::of(principal)).await;
    count.unwrap_or_else(|error| {
        tracing::error!(%error, "the requests that wait could not be counted");
        0
    })
}
