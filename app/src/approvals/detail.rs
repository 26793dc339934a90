//! `/approvals/{id}`: a deployment that was requested, the difference that it makes, and the decision.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    deployments::{self, MAX_REASON_LENGTH, Request, RequestReview, changed_words},
    jobs::{Decision, DecisionKind, JobId},
};
use server_fn::ServerFn;

use super::{APPROVALS, ApproveDeployment, RejectDeployment, WithdrawDeployment};
use crate::{
    answer::PageResult,
    context::RequestContext,
    deployments::{confirmations, difference_of},
    links,
    ui::{
        Badge, Caution, ConfirmDialog, DescriptionList, Detail, DialogButton, Notice, Page, PostForm,
        Section, SubmitButton, TextField, Tone, When,
    },
};

/// `/approvals/{id}`
pub async fn detail(context: RequestContext) -> PageResult {
    let id = JobId::from(context.param("id"));
    let operation = context
        .begin(Action::ViewApprovals, Target::of("job", &id))
        .await?;
    let services = &context.services;
    let request = deployments::request(services, &operation, &id).await?;
    let body = if request.is_open {
        let planned = request.review(services, &operation).await?;
        let decision = decision(&context, &request, &planned);
        let changed = planned.changed.as_ref().map(|parts| {
            let detail = format!(
                "Since the request, {}. This is the difference as it would be now. It has to be requested again.",
                changed_words(parts)
            );
            let title = "This request can no longer be approved: something has changed.";
            view! { <Notice tone=Tone::Warning standing=true title detail/> }
        });
        view! {
            {changed}
            {facts(&request)}
            {difference_of(&planned.review)}
            {decision}
        }
        .into_any()
    } else {
        view! { {facts(&request)} {outcome(&request)} }.into_any()
    };
    Ok(Page::new(request.record.command.title(), body)
        .crumb("Approvals", APPROVALS)
        .lead("Nothing is deployed before another officer approves it."))
}

fn facts(request: &Request) -> AnyView {
    let (by, reason) = (
        request.approval.requested_by.user_name.clone(),
        request.reason().to_owned(),
    );
    let requested = request.record.started_at.as_millisecond();
    let lapses = request.approval.lapses_at.as_millisecond();
    view! {
        <DescriptionList>
            <Detail label="Requested by"><bdi>{by}</bdi></Detail>
            <Detail label="Reason">{reason}</Detail>
            <Detail label="Requested"><When millis=requested/></Detail>
            <Detail label="Lapses"><When millis=lapses/></Detail>
        </DescriptionList>
    }
    .into_any()
}

/// The decision about a request, or that it has lapsed.
fn outcome(request: &Request) -> AnyView {
    let Some(Decision { kind, by, at, reason }) = request.approval.decision.clone() else {
        return view! {
            <Caution title="This request has lapsed."
                detail="It was not decided within a day. Nothing was deployed: it has to be requested again."/>
        }
        .into_any();
    };
    let (tone, words, job) = match kind {
        DecisionKind::Approved(job) => (Tone::Good, "Approved", Some(job)),
        DecisionKind::Rejected => (Tone::Bad, "Rejected", None),
        DecisionKind::Withdrawn => (Tone::Neutral, "Withdrawn", None),
    };
    let deployment = job.map(|job| {
        let href = links::deployment(&job);
        view! { <p><a href=href>"The deployment"</a>", when it is over."</p> }
    });
    let reason = (!reason.is_empty()).then(|| view! { <Detail label="Reason">{reason}</Detail> });
    view! {
        <Section title="Decision">
            <p><Badge tone text=words/></p>
            <DescriptionList>
                <Detail label="By"><bdi>{by}</bdi></Detail>
                <Detail label="At"><When millis=at.as_millisecond()/></Detail>
                {reason}
            </DescriptionList>
            {deployment}
        </Section>
    }
    .into_any()
}

/// The forms of the person who may decide; for the requester, the one that takes it back.
fn decision(context: &RequestContext, request: &Request, planned: &RequestReview) -> AnyView {
    let hidden = vec![("id", request.record.id.to_string())];
    if request.is_own {
        let fields = context.fields(WithdrawDeployment::url());
        return view! {
            <Section title="Your request">
                <p>"Another officer finds it under Approvals and decides on it. Until then you can withdraw it."</p>
                <DialogButton label="Withdraw" dialog="withdraw"/>
                <ConfirmDialog id="withdraw" title="Withdraw the request?" action=WithdrawDeployment::url()
                    confirm="Withdraw" hidden error=fields.error()>
                    <p>"Nothing is deployed. It can be requested again."</p>
                </ConfirmDialog>
            </Section>
        }
        .into_any();
    }
    if let Some(denied) = context.denied(Action::ApproveDeployment) {
        let detail = denied.reason();
        return view! { <Caution title="You can view this request, but not decide on it." detail/> }
            .into_any();
    }
    let approving = context.fields(ApproveDeployment::url());
    let rejecting = context.fields(RejectDeployment::url());
    let approve = planned.changed.is_none().then(|| {
        let confirmations = confirmations(&planned.review, &approving);
        let (reason, error) = (approving.text("reason", ""), approving.error());
        let (is_clearing, hidden) = (planned.review.phrase().is_some(), hidden.clone());
        view! {
            <Section title="Approve">
                <p>"Approving deploys it at once, with your permissions. The audit log names both of you."</p>
                <PostForm action=ApproveDeployment::url() error=error.clone() class="form page" hidden>
                    {confirmations}
                    <TextField name="reason" label="Reason for the approval" required=true maxlength=MAX_REASON_LENGTH
                        value=reason error/>
                    <div class="form-actions"><SubmitButton label="Approve" danger=is_clearing/></div>
                </PostForm>
            </Section>
        }
    });
    let (reason, error) = (rejecting.text("reason", ""), rejecting.error());
    view! {
        {approve}
        <Section title="Reject">
            <PostForm action=RejectDeployment::url() error=error.clone() class="form page" hidden>
                <TextField name="reason" label="Reason for the rejection" id_prefix="reject-" required=true
                    maxlength=MAX_REASON_LENGTH value=reason error/>
                <div class="form-actions"><SubmitButton label="Reject" quiet=true/></div>
            </PostForm>
        </Section>
    }
    .into_any()
}
