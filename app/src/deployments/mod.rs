//! Deployments: what each data store has, composing a deployment, its review, and starting it.

mod compose;
mod job;
mod overview;
mod review;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    deployments::{self, DeploymentForm, Unreviewed},
    jobs::FormToken,
};

pub(crate) use self::job::details;
pub use self::{compose::new, overview::overview, review::review};
use crate::{context::RequestContext, error::PortalError, flash::Done, jobs::sent_before, links};

/// The overview.
const DEPLOYMENTS: &str = "/deployments";
/// The form.
const NEW: &str = "/deployments/new";

/// Deploys policies and trusted applications to data stores. What was not reviewed, or has changed since, is shown for
/// review first.
#[server(prefix = "/api", endpoint = "deployments/deploy")]
pub async fn deploy(
    #[server(flatten)] form: DeploymentForm,
    #[server(default)] once: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::Deploy, Target::portal()).await?;
    let once = FormToken::read(&once);
    // Sent twice, it would find what the first has changed.
    if let Some(before) = sent_before(&context, &operation, once.as_ref()).await? {
        return Ok(before);
    }
    let services = &context.services;
    let planned = deployments::plan(services, &operation, &form).await?;
    if let Some(unreviewed) = planned.unreviewed(&form.reviewed) {
        let change = services.reviews.keep(operation.principal(), form.values());
        let review = links::review(DEPLOYMENTS, &change);
        return Ok(Done::default().with_next(match unreviewed {
            Unreviewed::New => review,
            Unreviewed::Changed => format!("{review}&changed=1"),
        }));
    }
    let job = deployments::start(services, &operation, planned, &form, once).await?;
    Ok(Done::default().with_next(links::job(&job)))
}
