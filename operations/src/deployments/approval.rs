//! Deployments that a second officer approves.

use gate::{Operation, Principal};

use super::{
    Approved, DeployStores, DeploymentForm, MAX_REASON_LENGTH, Part, Review, changed_words,
    form::Composition, review::review_of, state,
};
use crate::{
    Error, Services,
    jobs::{self, Approval, Command, DecisionKind, FormToken, JobId, JobOwner, JobRecord, Requester},
    validation::Validation,
};

/// A deployment that was requested.
#[derive(Clone, Debug)]
pub struct Request {
    /// The job that waits, or has waited.
    pub record: JobRecord,
    /// Who asks, until when, and what was decided.
    pub approval: Approval,
    /// Whether the principal may be the person who asks.
    pub is_own: bool,
    /// Whether it waits, and can be decided.
    pub is_open: bool,
    deployment: DeployStores,
}

/// A requested deployment, as it would be made now.
#[derive(Clone, Debug)]
pub struct RequestReview {
    /// What it changes.
    pub review: Review,
    /// The parts of the state that are not what the requester saw, where something is not.
    pub changed: Option<Vec<Part>>,
}

/// Asks for the approval of a deployment that was reviewed.
///
/// # Errors
/// At the fields of what is to be confirmed; when too many requests of the principal's wait.
pub async fn request_approval(
    services: &Services,
    operation: &Operation,
    review: Review,
    form: &DeploymentForm,
    once: Option<FormToken>,
) -> Result<JobId, Error> {
    review.check_confirmations(form)?;
    let command = Command::RequestDeployment(review.command);
    let kept = jobs::await_approval(services, operation, command, once);
    operation.perform_here(kept).await
}

/// A request of this id.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn request(services: &Services, operation: &Operation, id: &JobId) -> Result<Request, Error> {
    let (record, approval) = jobs::request(services, operation, id).await?;
    let is_open = jobs::is_open(services, &record);
    of(operation.principal(), record, approval, is_open)
}

/// A request that can still be decided.
async fn open(services: &Services, operation: &Operation, id: &JobId) -> Result<Request, Error> {
    let (record, approval) = jobs::open_request(services, operation, id).await?;
    of(operation.principal(), record, approval, true)
}

fn of(principal: &Principal, record: JobRecord, approval: Approval, is_open: bool) -> Result<Request, Error> {
    let Command::RequestDeployment(deployment) = &*record.command else {
        return Err(Error::NotFound(
            "This request is about something else.".to_owned(),
        ));
    };
    Ok(Request {
        is_own: approval.requested_by.may_be(&Requester::of(principal)),
        is_open,
        deployment: deployment.clone(),
        approval,
        record,
    })
}

impl Request {
    /// Why it is made.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.deployment.reason
    }

    /// The difference that it makes now, for the person who decides.
    ///
    /// # Errors
    /// The cluster's error.
    pub async fn review(&self, services: &Services, operation: &Operation) -> Result<RequestReview, Error> {
        let composition = Composition {
            stores: self.deployment.stores.clone(),
            reason: self.deployment.reason.clone(),
        };
        let state = state(operation).await?;
        let review = review_of(services, operation, &state, composition).await?;
        let has_changed = review.fingerprint() != self.deployment.fingerprint;
        let configured = &review.command.reviewed.configured;
        Ok(RequestReview {
            changed: has_changed.then(|| self.deployment.changed(&state.deployed, configured)),
            review,
        })
    }

    fn check_is_of_another(&self) -> Result<(), Error> {
        if self.is_own {
            return Err(Error::refused(
                "You cannot decide about this request.",
                "It is yours, or the portal cannot tell that it is not. Another officer has to.",
            ));
        }
        Ok(())
    }
}

/// Approves a request, and starts its deployment with the tokens of `deploying`.
///
/// # Errors
/// When it is the principal's own, was decided, has lapsed, or what was reviewed has changed since; at the fields;
/// and as for [`super::start`].
pub async fn approve(
    services: &Services,
    approving: &Operation,
    deploying: &Operation,
    id: &JobId,
    form: &DeploymentForm,
) -> Result<JobId, Error> {
    let request = open(services, approving, id).await?;
    request.check_is_of_another()?;
    let reason = reason(form)?;
    let RequestReview { review, changed } = request.review(services, deploying).await?;
    if let Some(parts) = changed {
        return Err(Error::refused(
            format!("Since the request, {}.", changed_words(&parts)),
            "Nothing was deployed. It has to be requested again.",
        ));
    }
    review.check_confirmations(form)?;
    let command = Command::Deploy(DeployStores {
        approved: Some(Box::new(Approved {
            requested_by: request.approval.requested_by,
            by: approving.principal().user_name.clone(),
            at: services.deployments.now(),
            reason: reason.clone(),
        })),
        ..request.deployment
    });
    let approved = jobs::approve(services, deploying, request.record, command, reason);
    approving.perform_here(approved).await
}

/// Rejects a request.
///
/// # Errors
/// When it is the principal's own, was decided or has lapsed; at the reason.
pub async fn reject(
    services: &Services,
    operation: &Operation,
    id: &JobId,
    form: &DeploymentForm,
) -> Result<(), Error> {
    let request = open(services, operation, id).await?;
    request.check_is_of_another()?;
    let reason = reason(form)?;
    let declined = jobs::decline(
        services,
        operation,
        request.record,
        DecisionKind::Rejected,
        reason,
    );
    operation.perform_here(declined).await
}

/// Takes back a request of the principal's own.
///
/// # Errors
/// When it is another's, was decided or has lapsed.
pub async fn withdraw(services: &Services, operation: &Operation, id: &JobId) -> Result<(), Error> {
    let request = open(services, operation, id).await?;
    if request.record.owner != JobOwner::of(operation.principal()) {
        return Err(Error::refused(
            "You cannot withdraw this request.",
            "Another person made it. You can reject it.",
        ));
    }
    let declined = jobs::decline(
        services,
        operation,
        request.record,
        DecisionKind::Withdrawn,
        String::new(),
    );
    operation.perform_here(declined).await
}

fn reason(form: &DeploymentForm) -> Result<String, Error> {
    let mut validation = Validation::default();
    let reason = validation.required_line("reason", &form.reason, MAX_REASON_LENGTH);
    validation.finish()?;
    Ok(reason)
}

impl DeployStores {
    /// Lets no path lead to a deployment that was not approved by another person, where that is asked for.
    ///
    /// # Errors
    /// When the approval is missing, or the principal may be the person who asked for it.
    pub(super) fn check_approval(&self, is_asked: bool, principal: &Principal) -> Result<(), Error> {
        let requester = self.approved.as_ref().map(|approved| &approved.requested_by);
        match requester {
            None if is_asked => Err(Error::refused(
                "This deployment needs the approval of a second officer.",
                "Review it and request the approval. Another officer finds it under Approvals.",
            )),
            Some(requester) if requester.may_be(&Requester::of(principal)) => Err(Error::refused(
                "This deployment cannot be made by the person who requested it.",
                "Another officer has to approve it.",
            )),
            _ => Ok(()),
        }
    }
}
