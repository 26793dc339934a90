//! Deployments that a second officer approves.

use std::sync::Arc;

use gate::{Action, Clock, Operation, Principal};
use operations::{
    Error,
    deployments::{self, DeploymentForm, Part, StoreState},
    jobs::{self, DecisionKind, JobId, JobState, Requester},
};
use simulator::TokenMode;

use crate::{
    deployments::{add_member, change_mask, counts, finished, form, open_to_everyone, plan, ticked},
    support::{TestServices, options},
};

struct Officers {
    portal: TestServices,
    one: Arc<Principal>,
    other: Arc<Principal>,
}

impl Officers {
    async fn new(token_mode: TokenMode) -> Self {
        let mut portal = TestServices::with(options(token_mode, 0), Clock::from).await;
        portal.services = portal.services.clone().with_deploy_approval(true);
        let (_, one) = portal.sign_in("officer").await;
        let (_, other) = portal.sign_in("officer2").await;
        Self { portal, one, other }
    }

    async fn begin(&self, person: &Arc<Principal>, action: Action) -> Operation {
        self.portal.begin(person, action).await
    }

    /// A deployment to TEST that the first officer requests.
    async fn request(&self) -> JobId {
        let operation = self.begin(&self.one, Action::RequestDeployment).await;
        let mut form = form(&operation, &["TEST"]).await;
        form.policies.push(ticked(&operation, "TEST", "PAYMENTS").await);
        let planned = plan(&self.portal, &operation, &form).await;
        let services = &self.portal.services;
        let request = deployments::request_approval(services, &operation, planned, &form, None).await;
        request.expect("it waits")
    }

    async fn approve(
        &self,
        person: &Arc<Principal>,
        id: &JobId,
        form: &DeploymentForm,
    ) -> Result<JobId, Error> {
        let approving = self.begin(person, Action::ApproveDeployment).await;
        let deploying = self.begin(person, Action::Deploy).await;
        deployments::approve(&self.portal.services, &approving, &deploying, id, form).await
    }

    async fn reject(&self, person: &Arc<Principal>, id: &JobId) -> Result<(), Error> {
        let operation = self.begin(person, Action::RejectDeployment).await;
        deployments::reject(&self.portal.services, &operation, id, &reasoned()).await
    }

    async fn withdraw(&self, person: &Arc<Principal>, id: &JobId) -> Result<(), Error> {
        let operation = self.begin(person, Action::WithdrawDeployment).await;
        deployments::withdraw(&self.portal.services, &operation, id).await
    }

    async fn waiting(&self) -> usize {
        let operation = self.begin(&self.other, Action::ViewApprovals).await;
        let waiting = jobs::awaiting(&self.portal.services, &operation).await;
        waiting.expect("a list").len()
    }

    /// How many requests each officer can decide about.
    async fn counts(&self) -> [usize; 2] {
        let mut counts = [0; 2];
        for (count, person) in counts.iter_mut().zip([&self.one, &self.other]) {
            let of_others = self
                .portal
                .services
                .jobs
                .count_awaiting(&Requester::of(person))
                .await;
            *count = of_others.expect("a number");
        }
        counts
    }

    async fn see(&self, id: &JobId) -> deployments::Request {
        let operation = self.begin(&self.one, Action::ViewApprovals).await;
        let request = deployments::request(&self.portal.services, &operation, id).await;
        request.expect("it is kept")
    }

    /// How often the data store TEST was deployed to.
    fn deployments(&self) -> u32 {
        counts(&self.portal, "TEST").0
    }
}

fn reasoned() -> DeploymentForm {
    DeploymentForm {
        reason: "Looks right".to_owned(),
        ..DeploymentForm::default()
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Refused { title, .. }) => title,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_deployment_is_made_when_another_officer_approves_it() {
    let officers = Officers::new(TokenMode::Claims).await;
    let id = officers.request().await;
    assert_eq!((officers.deployments(), officers.waiting().await), (1, 1));
    assert!(officers.see(&id).await.is_own && officers.see(&id).await.is_open);
    assert_eq!(
        officers.counts().await,
        [0, 1],
        "one does not decide about one's own"
    );

    let own = officers.approve(&officers.one, &id, &reasoned()).await;
    assert_eq!(refusal(own), "You cannot decide about this request.");
    let unreasoned = officers
        .approve(&officers.other, &id, &DeploymentForm::default())
        .await;
    assert!(matches!(unreasoned, Err(Error::Invalid(_))), "{unreasoned:?}");
    assert_eq!(officers.deployments(), 1);

    let job = officers
        .approve(&officers.other, &id, &reasoned())
        .await
        .expect("it is approved");
    let operation = officers.begin(&officers.other, Action::Deploy).await;
    let job = jobs::find(&officers.portal.services, &operation, &job)
        .await
        .expect("a job");
    let report = finished(&job).await;
    assert_eq!(report.stores[0].state, StoreState::AsWanted);
    assert_eq!((officers.deployments(), officers.waiting().await), (2, 0));
    assert_eq!(officers.counts().await, [0, 0]);
    let request = officers.see(&id).await;
    assert!(!request.is_open);
    let decision = request.approval.decision.expect("a decision");
    assert_eq!(
        (decision.by.as_str(), request.record.state),
        ("officer2", JobState::Done)
    );
    assert_eq!(decision.kind, DecisionKind::Approved(job.id().clone()));
    let history = officers
        .portal
        .services
        .deployments
        .history(&operation)
        .await
        .expect("a history");
    assert_eq!(
        (history.0[0].by.as_str(), history.0[0].reason.as_str()),
        ("officer2", "A test")
    );
    let approved = history.0[0].approved.as_ref().expect("it was approved");
    assert_eq!(
        (
            approved.requested_by.user_name.as_str(),
            approved.by.as_str(),
            approved.reason.as_str()
        ),
        ("officer", "officer2", "Looks right")
    );
    assert_eq!(approved.at, decision.at);

    let again = officers.approve(&officers.other, &id, &reasoned()).await;
    assert_eq!(refusal(again), "This request was decided already.");
    assert_eq!(
        refusal(officers.reject(&officers.other, &id).await),
        "This request was decided already."
    );
    let names: Vec<_> = officers.portal.audit.actions();
    assert!(names.contains(&"deployment.request".to_owned()), "{names:?}");
    assert!(names.contains(&"deployment.approve".to_owned()), "{names:?}");
}

#[tokio::test]
async fn no_other_path_leads_to_a_deployment() {
    let officers = Officers::new(TokenMode::Claims).await;
    let services = &officers.portal.services;
    let operation = officers.begin(&officers.one, Action::Deploy).await;
    let form = form(&operation, &["TEST"]).await;
    let planned = plan(&officers.portal, &operation, &form).await;
    let started = deployments::start(services, &operation, planned, &form, None).await;
    assert_eq!(
        refusal(started),
        "This deployment needs the approval of a second officer."
    );

    let id = officers.request().await;
    for next in [
        jobs::start_next(services, &operation, &id, None).await,
        jobs::retry(services, &operation, &id, None).await,
    ] {
        assert!(matches!(next, Err(Error::Refused { .. })), "{next:?}");
    }
    officers
        .reject(&officers.other, &id)
        .await
        .expect("it is rejected");
    for next in [
        jobs::start_next(services, &operation, &id, None).await,
        jobs::retry(services, &operation, &id, None).await,
    ] {
        assert!(matches!(next, Err(Error::Refused { .. })), "{next:?}");
    }
    assert_eq!(officers.deployments(), 1);
}

#[tokio::test]
async fn a_request_counts_for_the_state_that_the_requester_saw() {
    let officers = Officers::new(TokenMode::Claims).await;
    let id = officers.request().await;
    change_mask(&officers.portal);
    add_member(&officers.portal).await;
    let approved = officers.approve(&officers.other, &id, &reasoned()).await;
    assert_eq!(
        refusal(approved),
        "Since the request, a mask and the membership of a role have changed."
    );
    assert_eq!((officers.deployments(), officers.waiting().await), (1, 1));

    let id = officers.request().await;
    open_to_everyone(&officers.portal).await;
    let operation = officers.begin(&officers.other, Action::ViewApprovals).await;
    let request = officers.see(&id).await;
    let planned = request
        .review(&officers.portal.services, &operation)
        .await
        .expect("a review");
    assert_eq!(planned.changed, Some(vec![Part::Rules]));
    let approved = officers.approve(&officers.other, &id, &reasoned()).await;
    assert_eq!(refusal(approved), "Since the request, a rule has changed.");
    assert_eq!((officers.deployments(), officers.waiting().await), (1, 2));
}

#[tokio::test]
async fn a_request_lapses_after_a_day() {
    let officers = Officers::new(TokenMode::Claims).await;
    let id = officers.request().await;
    officers.portal.advance(23 * 3600);
    let waits = officers.portal.services.jobs.awaiting().await.expect("a list");
    assert_eq!((waits.len(), officers.counts().await), (1, [0, 1]));
    officers.portal.advance(3600);
    assert_eq!(officers.counts().await, [0, 0]);
    officers.portal.services.jobs.sweep().await;
    assert_eq!(
        officers
            .portal
            .services
            .jobs
            .awaiting()
            .await
            .expect("a list")
            .len(),
        0
    );
    let (_, other) = officers.portal.sign_in("officer2").await;
    let approved = officers.approve(&other, &id, &reasoned()).await;
    assert_eq!(refusal(approved), "This request has lapsed.");
    assert_eq!(officers.deployments(), 1);
}

#[tokio::test]
async fn the_requester_takes_a_request_back() {
    let officers = Officers::new(TokenMode::Claims).await;
    let id = officers.request().await;
    let by_another = officers.withdraw(&officers.other, &id).await;
    assert_eq!(refusal(by_another), "You cannot withdraw this request.");
    assert_eq!(
        refusal(officers.reject(&officers.one, &id).await),
        "You cannot decide about this request."
    );
    officers
        .withdraw(&officers.one, &id)
        .await
        .expect("it is withdrawn");
    assert_eq!(officers.waiting().await, 0);
    let approved = officers.approve(&officers.other, &id, &reasoned()).await;
    assert_eq!(refusal(approved), "This request was decided already.");
}

#[tokio::test]
async fn two_decisions_at_once_are_one() {
    let officers = Officers::new(TokenMode::Claims).await;
    let id = officers.request().await;
    let form = reasoned();
    let (one, other) = futures::join!(
        officers.approve(&officers.other, &id, &form),
        officers.approve(&officers.other, &id, &form)
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    let job = one.or(other).expect("one of them");
    let operation = officers.begin(&officers.other, Action::Deploy).await;
    let job = jobs::find(&officers.portal.services, &operation, &job)
        .await
        .expect("a job");
    finished(&job).await;
    assert_eq!(officers.deployments(), 2);
}

#[tokio::test]
async fn another_session_of_the_same_account_does_not_approve() {
    for mode in [TokenMode::Claims, TokenMode::Opaque] {
        let officers = Officers::new(mode).await;
        let id = officers.request().await;
        let (_, same) = officers.portal.sign_in("officer").await;
        let approved = officers.approve(&same, &id, &reasoned()).await;
        assert_eq!(
            refusal(approved),
            "You cannot decide about this request.",
            "{mode:?}"
        );
        assert_eq!(officers.deployments(), 1);
        officers
            .approve(&officers.other, &id, &reasoned())
            .await
            .expect("another does");
    }
}
