//! Deployments: what each data store has, composing a deployment, its review, and starting it.

mod compose;
mod detail;
mod difference;
mod job;
mod overview;
mod review;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    deployments::{self, DeploymentForm, Part, Unreviewed},
    jobs::FormToken,
    reviews::values_of,
};

pub use self::{compose::new, detail::detail, overview::overview, review::review};
pub(crate) use self::{
    job::details,
    review::{confirmations, difference_of},
};
use crate::{context::RequestContext, error::PortalError, flash::Done, jobs::sent_before, links};

/// The overview.
const DEPLOYMENTS: &str = "/deployments";
/// The form.
pub(crate) const NEW: &str = "/deployments/new";

/// The way up from the pages below.
const fn crumb() -> (&'static str, &'static str) {
    ("Deployments", DEPLOYMENTS)
}

/// Deploys policies and trusted applications to data stores, or asks another person to approve that: always where the
/// portal is set so, else where the form says it by `approval`. What was not reviewed, or has changed since, is shown for
/// review first.
#[server(prefix = "/api", endpoint = "deployments/deploy")]
pub async fn deploy(
    #[server(flatten)] form: DeploymentForm,
    #[server(default)] once: String,
    #[server(default)] approval: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let services = &context.services;
    let is_request = services.deploy_approval || approval == "true";
    let action = if is_request {
        Action::RequestDeployment
    } else {
        Action::Deploy
    };
    let operation = context.begin(action, Target::portal()).await?;
    let once = FormToken::read(&once);
    // Sent twice, it would find what the first has changed.
    if let Some(before) = sent_before(&context, &operation, once.as_ref()).await? {
        return Ok(before);
    }
    let planned = deployments::plan(services, &operation, &form).await?;
    if let Some(unreviewed) = planned.unreviewed(&form.reviewed) {
        let review = context.keep_for_review(&operation, DEPLOYMENTS, values_of(&form));
        return Ok(Done::default().with_next(match unreviewed {
            Unreviewed::New => review,
            Unreviewed::Changed(parts) => {
                let names: Vec<_> = parts.into_iter().map(Part::name).collect();
                format!("{review}&changed={}", names.join(","))
            }
        }));
    }
    let next = if is_request {
        let id = deployments::request_approval(services, &operation, planned, &form, once).await?;
        links::approval(&id)
    } else {
        let id = deployments::start(services, &operation, planned, &form, once).await?;
        links::job(&id)
    };
    Ok(Done::default().with_next(next))
}
