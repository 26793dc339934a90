//! A fault at each call of a deployment: afterwards the outcome of the row, the report and the cluster agree, and what is
//! not known is called unknown. The table has every call that a deployment makes and every way in which a call can fail.

use gate::Operation;
use operations::{
    Error,
    deployments::{self, DeploymentForm, DeploymentReport, Review, StoreReport, StoreState},
    jobs::{self, JobId, RowState},
};
use simulator::{Fault, FaultRule, Pim};
use tokio::task::JoinHandle;

use crate::{
    deployments::{DEPLOY, DEPLOY_ONE, finished, form, plan, portal, ticked, uid},
    jobs::until,
    support::{TestServices, in_time, status},
};

/// The store that gets another policy.
const STORE: &str = "TEST";

/// One call of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Call {
    method: String,
    path: String,
    /// How many times the deployment makes this call before.
    before: usize,
}

/// The part of a deployment that makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Reads again what was reviewed, before there is a job.
    Start,
    /// Reads again what was reviewed of the one store.
    Check,
    /// Deploys.
    Deploy,
    /// Reads back what the stores have.
    Report,
}

impl Call {
    fn part(&self) -> Part {
        match (self.method.as_str(), self.before) {
            ("POST", _) => Part::Deploy,
            (_, 0) => Part::Start,
            (_, 1) => Part::Check,
            _ => Part::Report,
        }
    }

    /// A read that is dropped is made once more, so that it takes two drops to fail.
    fn rule(&self, fault: Fault) -> FaultRule {
        let is_read = self.part() != Part::Deploy;
        FaultRule {
            method: Some(self.method.clone()),
            times: Some(if is_read && fault == Fault::Drop { 2 } else { 1 }),
            ..FaultRule::always(self.path.clone(), fault)
        }
    }
}

/// How a deployment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// There is no job.
    NotStarted,
    /// The row and the store end like this.
    Ended(RowState, StoreState),
}

const DEPLOYED: End = End::Ended(RowState::Done, StoreState::AsWanted);
const NOTHING_DONE: End = End::Ended(RowState::Failed, StoreState::Unchanged);
const UNKNOWN: End = End::Ended(RowState::Unknown, StoreState::Unknown);

fn faults() -> Vec<Fault> {
    let statuses = [401, 403, 404, 409, 500, 503].map(status);
    let others = [
        Fault::Drop,
        Fault::Lose,
        Fault::Truncate,
        Fault::NotJson,
        Fault::Html,
        // Each names a time at which it may be asked again, which has come.
        Fault::Unavailable(0),
        Fault::Busy(0),
    ];
    [statuses.as_slice(), others.as_slice()].concat()
}

/// How a deployment ends with this fault at this call.
fn expected(call: &Call, fault: &Fault) -> End {
    // A token that the cluster does not accept any more is renewed, and the call is made again: nothing was done.
    if *fault == status(401) {
        return DEPLOYED;
    }
    match (call.part(), fault) {
        // A read is made again, and what was deployed is read back: the cluster has it.
        (_, Fault::Lose) => DEPLOYED,
        (Part::Start, _) => End::NotStarted,
        // The job waits until the cluster may be asked again.
        (_, Fault::Busy(_) | Fault::Unavailable(_)) => DEPLOYED,
        // Read back, the cluster has not got it, and it may still come.
        (Part::Deploy, Fault::Drop | Fault::Truncate | Fault::Html) => UNKNOWN,
        // The cluster says that it is done, and the report says that it is not.
        (Part::Deploy, Fault::NotJson) => End::Ended(RowState::Done, StoreState::Unchanged),
        (Part::Check | Part::Deploy, _) => NOTHING_DONE,
        (Part::Report, _) => End::Ended(RowState::Done, StoreState::Unknown),
    }
}

/// A deployment to [`STORE`] that is reviewed, over the seeded cluster.
struct Deployment<'a> {
    portal: &'a TestServices,
    operation: &'a Operation,
    form: DeploymentForm,
    review: Review,
}

impl<'a> Deployment<'a> {
    async fn reviewed(portal: &'a TestServices, operation: &'a Operation) -> Self {
        portal.simulator().set_faults(Vec::new());
        portal.simulator().reset_pim(Pim::Seeded);
        let mut form = form(operation, &[STORE]).await;
        form.policies.push(ticked(operation, STORE, "PAYMENTS").await);
        let review = plan(portal, operation, &form).await;
        portal.simulator().clear_calls();
        Self {
            portal,
            operation,
            form,
            review,
        }
    }

    /// Starts it in a task of its own.
    fn start(&self) -> JoinHandle<Result<JobId, Error>> {
        let services = self.portal.services.clone();
        let (operation, review, form) = (self.operation.clone(), self.review.clone(), self.form.clone());
        tokio::spawn(async move { deployments::start(&services, &operation, review, &form, None).await })
    }

    async fn ended(&self, start: JoinHandle<Result<JobId, Error>>) -> Option<(RowState, DeploymentReport)> {
        let id = in_time(start).await.expect("it does not panic").ok()?;
        let job = jobs::find(&self.portal.services, self.operation, &id).await;
        let job = job.expect("a job");
        let report = finished(&job).await;
        Some((job.record().rows[0].state, report))
    }

    /// The policies that the store has, by name, and how often it was deployed to.
    fn on_cluster(&self) -> (Vec<String>, u32) {
        let mut stores = self.portal.simulator().deployed().into_iter();
        let store = stores.find(|store| store.name == STORE).expect("the store");
        let names = store
            .policies
            .iter()
            .map(|uid| self.review.names.policy(&uid.as_str().into()));
        let mut names: Vec<_> = names.collect();
        names.sort();
        (names, store.deployments)
    }

    /// The deployments that were sent, with the status of their answers; 0 for none.
    fn sent(&self) -> Vec<u16> {
        let calls = self.portal.simulator().calls().into_iter();
        let posts = calls.filter(|call| call.method == "POST" && call.path.ends_with("/deploy"));
        posts.map(|call| call.status).collect()
    }
}

/// Every call that a deployment makes, in the order in which the cluster gets them.
async fn calls(portal: &TestServices, operation: &Operation) -> Vec<Call> {
    let deployment = Deployment::reviewed(portal, operation).await;
    let ended = deployment.ended(deployment.start()).await.expect("it starts");
    assert_eq!(ended.0, RowState::Done);
    let mut calls: Vec<Call> = Vec::new();
    for call in portal.simulator().calls() {
        let before = calls
            .iter()
            .filter(|known| (&known.method, &known.path) == (&call.method, &call.path));
        let before = before.count();
        calls.push(Call {
            method: call.method,
            path: call.path,
            before,
        });
    }
    let parts = |part| calls.iter().filter(|call| call.part() == part).count();
    let counts = [Part::Start, Part::Check, Part::Deploy, Part::Report].map(parts);
    // The members of five roles are read before there is a job.
    assert_eq!(counts, [14, 6, 1, 1], "{calls:?}");
    calls
}

/// Lets the calls before this one pass, and then sets this fault for it. The reads of what is deployed, with which each part
/// begins, are held until the next rule is there, so that no call slips through: a rule is about the paths below its own too.
async fn reach(portal: &TestServices, call: &Call, fault: Fault) {
    let simulator = portal.simulator();
    let begun = usize::from(call.before > 0 && call.path != DEPLOY);
    for _ in 0..call.before + begun {
        let hold = FaultRule {
            method: Some("GET".to_owned()),
            times: Some(1),
            ..FaultRule::always(DEPLOY, Fault::Hold)
        };
        simulator.set_faults(vec![hold]);
        in_time(simulator.wait_for_held(1)).await;
    }
    simulator.set_faults(vec![call.rule(fault)]);
}

/// What is reported is what the cluster has.
fn check_agreement(
    what: &str,
    row: RowState,
    report: &StoreReport,
    (before, deployments_before): &(Vec<String>, u32),
    (now, deployments): &(Vec<String>, u32),
) {
    let wanted = ["CUSTOMER_DATA", "PAYMENTS"].map(str::to_owned).to_vec();
    if let Some(policies) = &report.policies {
        assert_eq!(policies, now, "{what}: the policies of the report");
    }
    assert_eq!(
        report.policies_before.as_ref(),
        Some(before),
        "{what}: the policies before"
    );
    match report.state {
        StoreState::AsWanted => assert_eq!(now, &wanted, "{what}"),
        StoreState::Unchanged => assert_eq!((now, deployments), (before, deployments_before), "{what}"),
        StoreState::Other => assert!(now != &wanted && now != before, "{what}: {now:?}"),
        StoreState::Unknown => {}
    }
    if matches!(row, RowState::Failed) {
        assert_eq!(
            deployments, deployments_before,
            "{what}: a failed row did nothing"
        );
    }
    assert!(deployments - deployments_before <= 1, "{what}: deployed twice");
}

#[tokio::test]
async fn a_fault_at_any_call_leaves_report_and_cluster_in_agreement() {
    let (portal, operation) = portal().await;
    let calls = calls(&portal, &operation).await;
    for call in &calls {
        for fault in faults() {
            let what = format!("{fault:?} at {call:?}");
            let deployment = Deployment::reviewed(&portal, &operation).await;
            let before = deployment.on_cluster();
            if call.before == 0 {
                reach(&portal, call, fault.clone()).await;
            }
            let start = deployment.start();
            if call.before > 0 {
                reach(&portal, call, fault.clone()).await;
            }
            let ended = deployment.ended(start).await;
            let now = deployment.on_cluster();
            let end = match &ended {
                None => {
                    assert_eq!((&now, deployment.sent()), (&before, Vec::new()), "{what}");
                    End::NotStarted
                }
                Some((row, report)) => {
                    check_agreement(&what, *row, &report.stores[0], &before, &now);
                    End::Ended(*row, report.stores[0].state)
                }
            };
            assert_eq!(end, expected(call, &fault), "{what}");
            let refusals: &[u16] = match fault {
                // It says when it can be sent again.
                Fault::Unavailable(_) => &[503],
                _ => &[401, 429],
            };
            let refused = |status: &u16| refusals.contains(status);
            let sent = deployment.sent().iter().filter(|status| !refused(status)).count();
            assert!(sent <= 1, "{what}: sent again though it may have taken effect");
            assert_eq!(
                portal.simulator().faults()[0].times,
                Some(0),
                "{what}: the fault took place"
            );
        }
    }
}

/// Starts a deployment that is held before it is sent, and goes on with these faults.
async fn held_before_it_is_sent(
    deployment: &Deployment<'_>,
    faults: [FaultRule; 2],
) -> JoinHandle<Result<JobId, Error>> {
    let store = uid(deployment.operation, STORE).await.to_string();
    let portal = deployment.portal;
    portal.audit.hold([store]);
    let start = deployment.start();
    portal.audit.wait_for_waiting(1).await;
    portal.simulator().clear_calls();
    portal.simulator().set_faults(faults.into());
    portal.audit.release(1);
    start
}

/// The answer to the deployment is lost, and reading back what it did gets this fault.
fn lost_and_then(fault: Fault, times: Option<u32>) -> [FaultRule; 2] {
    let rule = |method: &str, path: &str, fault: Fault, times| FaultRule {
        method: Some(method.to_owned()),
        times,
        ..FaultRule::always(path, fault)
    };
    [
        rule("POST", DEPLOY_ONE, Fault::Lose, Some(1)),
        rule("GET", DEPLOY, fault, times),
    ]
}

#[tokio::test]
async fn reading_back_waits_and_nothing_is_sent_twice() {
    for fault in [Fault::Busy(0), Fault::Unavailable(0)] {
        let (portal, operation) = portal().await;
        let deployment = Deployment::reviewed(&portal, &operation).await;
        let start = held_before_it_is_sent(&deployment, lost_and_then(fault.clone(), Some(3))).await;
        let (row, report) = deployment.ended(start).await.expect("it starts");
        assert_eq!(End::Ended(row, report.stores[0].state), DEPLOYED, "{fault:?}");
        assert_eq!(deployment.sent().len(), 1, "{fault:?}");
        let left = portal.simulator().faults().into_iter().map(|rule| rule.times);
        assert_eq!(left.collect::<Vec<_>>(), [Some(0), Some(0)], "{fault:?}");
    }
}

#[tokio::test]
async fn a_job_that_is_stopped_while_it_reads_back_does_not_say_that_nothing_was_done() {
    let (portal, operation) = portal().await;
    let deployment = Deployment::reviewed(&portal, &operation).await;
    let start = held_before_it_is_sent(&deployment, lost_and_then(Fault::Busy(100), None)).await;
    let id = in_time(start)
        .await
        .expect("it does not panic")
        .expect("it starts");
    let job = jobs::find(&portal.services, &operation, &id)
        .await
        .expect("a job");
    until(&job, |job| job.counts().is_paused).await;
    job.stop();
    let report = finished(&job).await;
    let row = job.record().rows[0].state;
    assert_eq!(End::Ended(row, report.stores[0].state), UNKNOWN);
    assert_eq!(deployment.sent().len(), 1);
}

#[tokio::test]
async fn a_deployment_that_is_always_refused_for_a_time_ends() {
    let (portal, operation) = portal().await;
    for fault in [Fault::Busy(0), Fault::Unavailable(0)] {
        let deployment = Deployment::reviewed(&portal, &operation).await;
        portal
            .simulator()
            .set_faults(vec![FaultRule::always(DEPLOY_ONE, fault.clone())]);
        let ended = deployment.ended(deployment.start()).await;
        let (row, report) = ended.expect("it starts");
        assert_eq!(End::Ended(row, report.stores[0].state), NOTHING_DONE, "{fault:?}");
        assert_eq!(deployment.sent().len(), 20, "{fault:?}");
    }
}

#[tokio::test]
async fn a_deployment_waits_at_any_call_and_says_that_it_is_not_over() {
    let (portal, operation) = portal().await;
    for call in calls(&portal, &operation).await {
        let deployment = Deployment::reviewed(&portal, &operation).await;
        let (_, deployments) = deployment.on_cluster();
        let start = deployment.start();
        reach(&portal, &call, Fault::Hold).await;
        in_time(portal.simulator().wait_for_held(1)).await;
        let is_done = call.part() == Part::Report;
        assert_eq!(
            deployment.on_cluster().1 - deployments,
            u32::from(is_done),
            "{call:?}"
        );
        let jobs = jobs::list(&portal.services, &operation).await.expect("the jobs");
        let running = jobs.iter().filter(|job| job.finished_at.is_none()).count();
        assert_eq!(running, usize::from(call.part() != Part::Start), "{call:?}");
        portal.simulator().set_faults(Vec::new());
        let (row, report) = deployment.ended(start).await.expect("it starts");
        assert_eq!(End::Ended(row, report.stores[0].state), DEPLOYED, "{call:?}");
        assert_eq!(deployment.on_cluster().1 - deployments, 1, "{call:?}");
    }
}

#[tokio::test]
async fn the_other_stores_are_deployed_whatever_the_fault_of_the_first_is() {
    let (portal, operation) = portal().await;
    for fault in faults() {
        portal.simulator().set_faults(Vec::new());
        portal.simulator().reset_pim(Pim::Seeded);
        let mut form = form(&operation, &[STORE, "DEFAULT"]).await;
        for store in [STORE, "DEFAULT"] {
            form.policies.push(ticked(&operation, store, "PAYMENTS").await);
        }
        let review = plan(&portal, &operation, &form).await;
        let first = Call {
            method: "POST".to_owned(),
            path: format!("/pty/v2/pim/datastores/{}/deploy", review.stores[0].uid),
            before: 0,
        };
        portal.simulator().set_faults(vec![first.rule(fault.clone())]);
        let id = deployments::start(&portal.services, &operation, review, &form, None).await;
        let job = jobs::find(&portal.services, &operation, &id.expect("it starts")).await;
        let job = job.expect("a job");
        let report = finished(&job).await;
        let ends: Vec<_> = job
            .record()
            .rows
            .iter()
            .zip(&report.stores)
            .map(|(row, store)| End::Ended(row.state, store.state))
            .collect();
        assert_eq!(ends, [expected(&first, &fault), DEPLOYED], "{fault:?}");
        let deployed = portal.simulator().deployed();
        let other = deployed
            .iter()
            .find(|store| store.name == "DEFAULT")
            .expect("the store");
        assert_eq!((other.deployments, other.policies.len()), (1, 1), "{fault:?}");
    }
}
