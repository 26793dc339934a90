//! Deployments against a simulated cluster: the review, the job, and what is read back.

use std::sync::Arc;

use gate::{Action, Clock, Operation};
use operations::{
    Error,
    deployments::{
        self, Access, DeploymentForm, DeploymentReport, Difference, Part, Review, StoreState, Unreviewed,
        choice,
    },
    jobs::{self, Job, JobReport, JobState, RowState},
};
use protegrity::{
    Api, Specification,
    pim::{DataStoreUid, MemberType, NewDataStore, NewMember, NewRule, Operations, Permission},
};
use simulator::{Fault, FaultRule, TokenMode};

use crate::support::{TestServices, in_time, options};

/// What is deployed.
pub const DEPLOY: &str = "/pty/v2/pim/deploy";
/// The deployment of one store.
pub const DEPLOY_ONE: &str = "/pty/v2/pim/datastores/*/deploy";

pub async fn portal() -> (TestServices, Operation) {
    let portal = TestServices::with(options(TokenMode::Claims, 0), Clock::from).await;
    let operation = portal.operation("officer", Action::Deploy).await;
    (portal, operation)
}

/// The form that shows what these stores have now.
pub async fn form(operation: &Operation, stores: &[&str]) -> DeploymentForm {
    let state = deployments::state(operation).await.expect("a state");
    let mut form = DeploymentForm {
        reason: "A test".to_owned(),
        ..DeploymentForm::default()
    };
    for name in stores {
        let store = uid(operation, name).await;
        let has = state.deployed_to(&store);
        let policies = has.policies.iter().flatten();
        form.policies
            .extend(policies.map(|policy| choice(&store, policy)));
        let applications = has.applications.iter().flatten();
        form.applications
            .extend(applications.map(|application| choice(&store, application)));
        form.stores.push(store.to_string());
    }
    form
}

pub async fn uid(operation: &Operation, store: &str) -> DataStoreUid {
    let state = deployments::state(operation).await.expect("a state");
    let found = state.data_stores.into_iter().find(|one| one.name == store);
    found.expect("such a store").uid
}

/// The box of a policy or an application of a store.
pub async fn ticked(operation: &Operation, store: &str, name: &str) -> String {
    let state = deployments::state(operation).await.expect("a state");
    let names = state.names();
    let policy = names.policies.iter().find(|(_, known)| *known == name);
    let application = names.applications.iter().find(|(_, known)| *known == name);
    let store = uid(operation, store).await;
    match (policy, application) {
        (Some((uid, _)), _) => choice(&store, uid),
        (_, Some((uid, _))) => choice(&store, uid),
        _ => panic!("there is no {name}"),
    }
}

pub async fn plan(portal: &TestServices, operation: &Operation, form: &DeploymentForm) -> Review {
    let planned = deployments::plan(&portal.services, operation, form).await;
    planned.expect("it can be deployed")
}

/// Starts a deployment that was reviewed.
async fn try_start(
    portal: &TestServices,
    operation: &Operation,
    form: &DeploymentForm,
) -> Result<Arc<Job>, Error> {
    let planned = plan(portal, operation, form).await;
    let id = deployments::start(&portal.services, operation, planned, form, None).await?;
    jobs::find(&portal.services, operation, &id).await
}

async fn start(portal: &TestServices, operation: &Operation, form: &DeploymentForm) -> Arc<Job> {
    try_start(portal, operation, form).await.expect("it starts")
}

pub async fn finished(job: &Job) -> DeploymentReport {
    let mut changes = job.changes();
    let waiting = async {
        while !job.counts().state.is_over() {
            changes.changed().await.expect("the job is there");
        }
    };
    in_time(waiting).await;
    match job.record().report {
        Some(JobReport::Deployment(report)) => report,
        other => panic!("another report: {other:?}"),
    }
}

pub async fn deployed(
    portal: &TestServices,
    operation: &Operation,
    form: &DeploymentForm,
) -> (Arc<Job>, DeploymentReport) {
    let job = start(portal, operation, form).await;
    let report = finished(&job).await;
    (job, report)
}

fn rows(job: &Job) -> Vec<RowState> {
    job.record().rows.into_iter().map(|row| row.state).collect()
}

fn states(report: &DeploymentReport) -> Vec<StoreState> {
    report.stores.iter().map(|store| store.state).collect()
}

/// How often this store was deployed to, and how many policies and applications it has.
pub fn counts(portal: &TestServices, store: &str) -> (u32, usize, usize) {
    let mut all = portal.simulator().deployed().into_iter();
    let store = all.find(|one| one.name == store).expect("such a store");
    (store.deployments, store.policies.len(), store.applications.len())
}

fn fields(result: Result<Arc<Job>, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
        Err(error) => panic!("another refusal: {error}"),
        Ok(_) => panic!("it started"),
    }
}

fn gained(review: &Review) -> Vec<String> {
    let store = &review.stores[0];
    let Some(Difference::Known { added, .. }) = store.access.as_deref() else {
        panic!("the difference is not known: {:?}", store.access);
    };
    let sentence = |access: &Access| access.gained(&review.names, &store.name);
    added.iter().map(sentence).collect()
}

/// Gives every user the right to read a data element, by a rule of a deployed policy.
pub async fn open_to_everyone(portal: &TestServices) {
    let cluster = portal.as_admin_directly().await;
    let pim = cluster.pim();
    let (roles, elements, policies) =
        futures::try_join!(pim.roles(), pim.data_elements(), pim.policies()).expect("lists");
    let everyone = roles.into_iter().find(|role| role.name == "UNAUTHORIZED");
    let element = elements.into_iter().find(|element| element.name == "DE_COUNTRY");
    let policy = policies.into_iter().find(|policy| policy.name == "CUSTOMER_DATA");
    let rule = NewRule {
        role: everyone.expect("such a role").uid,
        data_element: element.expect("such a data element").uid,
        permission: Permission {
            access: Operations {
                un_protect: true,
                ..Operations::NONE
            },
            audit: None,
        },
        ..NewRule::default()
    };
    pim.create_rule(&policy.expect("such a policy").uid, &rule)
        .await
        .expect("a rule");
}

#[tokio::test]
async fn a_deployment_is_reviewed_made_and_read_back() {
    let (portal, operation) = portal().await;
    let mut form = form(&operation, &["TEST"]).await;
    form.policies.push(ticked(&operation, "TEST", "PAYMENTS").await);
    let planned = plan(&portal, &operation, &form).await;
    assert_eq!(planned.unreviewed(""), Some(Unreviewed::New));
    assert_eq!(planned.unreviewed(planned.fingerprint()), None);
    let gained = gained(&planned);
    assert!(
        gained.contains(&"FRAUD_DESK can read DE_CCN in clear on TEST".to_owned()),
        "{gained:?}"
    );
    assert!(
        gained.contains(&"AUDIT can read DE_CCN with the mask FIRST_6_LAST_4 on TEST".to_owned()),
        "{gained:?}"
    );
    assert_eq!(planned.stores[0].again.len(), 1, "CUSTOMER_DATA stays");
    assert_eq!(planned.stores[0].known_since, None);

    let (job, report) = deployed(&portal, &operation, &form).await;
    assert_eq!(
        (rows(&job), states(&report)),
        (vec![RowState::Done], vec![StoreState::AsWanted])
    );
    assert_eq!(counts(&portal, "TEST"), (2, 2, 0));
    assert_eq!(counts(&portal, "PROD"), (1, 2, 1), "another store stays as it is");
    assert_eq!(
        report.stores[0].policies_before,
        Some(vec!["CUSTOMER_DATA".to_owned()])
    );
    assert_eq!(job.record().command.title(), "Deploy to TEST");

    // The next review knows with which rules it was deployed.
    let again = self::form(&operation, &["TEST"]).await;
    let planned = plan(&portal, &operation, &again).await;
    assert!(planned.stores[0].known_since.is_some());
    assert!(
        planned.stores[0]
            .access
            .as_deref()
            .is_some_and(Difference::is_none)
    );
    open_to_everyone(&portal).await;
    let planned = plan(&portal, &operation, &again).await;
    assert_eq!(
        self::gained(&planned),
        ["UNAUTHORIZED can read DE_COUNTRY in clear on TEST"]
    );
}

#[tokio::test]
async fn a_review_counts_for_the_state_that_it_showed() {
    let (portal, operation) = portal().await;
    let form = form(&operation, &["TEST"]).await;
    let reviewed = plan(&portal, &operation, &form).await.fingerprint().to_owned();
    let planned = plan(&portal, &operation, &form).await;
    assert_eq!(planned.unreviewed(&reviewed), None, "nothing has changed");
    open_to_everyone(&portal).await;
    let by_rule = plan(&portal, &operation, &form).await;
    assert_eq!(
        by_rule.unreviewed(&reviewed),
        Some(Unreviewed::Changed(vec![Part::Rules]))
    );
    // What was planned before the change is not started either.
    let started = deployments::start(&portal.services, &operation, planned, &form, None).await;
    assert!(matches!(started, Err(Error::Refused { .. })), "{started:?}");
    assert_eq!(counts(&portal, "TEST").0, 1);

    let reviewed = by_rule.fingerprint().to_owned();
    let mut other = self::form(&operation, &["DEFAULT"]).await;
    other
        .policies
        .push(ticked(&operation, "DEFAULT", "PAYMENTS").await);
    deployed(&portal, &operation, &other).await;
    let by_deployment = plan(&portal, &operation, &form).await;
    assert_eq!(
        by_deployment.unreviewed(&reviewed),
        Some(Unreviewed::Changed(vec![Part::Deployed]))
    );
}

/// The cluster's specification, with changes of single objects.
async fn specification(portal: &TestServices) -> Specification {
    portal.simulator().settings(|settings| settings.pim_items = true);
    let specification = portal.client().specification(Api::Pim).await;
    specification.expect("a specification")
}

/// Lets a mask of a rule of PAYMENTS hide less.
pub fn change_mask(portal: &TestServices) {
    portal.simulator().change_mask("FIRST_6_LAST_4", 8);
}

/// Adds a member to a role of a rule of PAYMENTS.
pub async fn add_member(portal: &TestServices) {
    let cluster = portal.as_admin_directly().await;
    let (roles, sources) = futures::try_join!(cluster.pim().roles(), cluster.pim().sources()).expect("lists");
    let role = roles.into_iter().find(|role| role.name == "FRAUD_DESK");
    let member = NewMember {
        name: "newcomer".to_owned(),
        source: sources[0].uid.clone(),
        kind: MemberType::User,
    };
    let added = cluster
        .pim()
        .add_members(&role.expect("such a role").uid, &[member])
        .await;
    added.expect("it is added");
}

/// Describes a data element of a rule of PAYMENTS anew.
async fn describe_element(portal: &TestServices) {
    let specification = specification(portal).await;
    let cluster = portal.as_admin_directly().await;
    let elements = cluster.pim().data_elements().await.expect("the data elements");
    let element = elements.into_iter().find(|element| element.name == "DE_CCN");
    let element = element.expect("such a data element");
    let described = cluster
        .pim()
        .describe_data_element(&specification, &element, "Another one")
        .await;
    described.expect("it is described");
}

#[tokio::test]
async fn a_review_counts_for_everything_that_its_rules_name() {
    let (portal, operation) = portal().await;
    // Rules have uids from the start.
    specification(&portal).await;
    let mut form = form(&operation, &["TEST"]).await;
    form.policies.push(ticked(&operation, "TEST", "PAYMENTS").await);
    let check = async |part: Part, words: &str, planned: Review| {
        let reviewed = planned.fingerprint().to_owned();
        let now = plan(&portal, &operation, &form).await;
        assert_eq!(now.unreviewed(&reviewed), Some(Unreviewed::Changed(vec![part])));
        let started = deployments::start(&portal.services, &operation, planned, &form, None).await;
        let refused = started.expect_err("something has changed").to_string();
        assert_eq!(refused, format!("Since the review, {words} has changed."));
        assert_eq!(counts(&portal, "TEST").0, 1, "{words}");
    };
    let planned = plan(&portal, &operation, &form).await;
    change_mask(&portal);
    check(Part::Masks, "a mask", planned).await;
    let planned = plan(&portal, &operation, &form).await;
    add_member(&portal).await;
    check(Part::Members, "the membership of a role", planned).await;
    let planned = plan(&portal, &operation, &form).await;
    describe_element(&portal).await;
    check(Part::DataElements, "a data element", planned).await;
    deployed(&portal, &operation, &form).await;
    assert_eq!(counts(&portal, "TEST").0, 2);
}

#[tokio::test]
async fn a_mask_that_changes_during_a_job_stops_the_stores_that_follow() {
    let (portal, operation) = portal().await;
    let mut form = form(&operation, &["TEST", "PROD"]).await;
    form.policies.push(ticked(&operation, "TEST", "PAYMENTS").await);
    let test = uid(&operation, "TEST").await.to_string();
    portal.audit.hold([test]);
    let job = start(&portal, &operation, &form).await;
    portal.audit.wait_for_waiting(1).await;
    change_mask(&portal);
    portal.audit.release(1);
    finished(&job).await;
    assert_eq!(rows(&job), [RowState::Done, RowState::Failed]);
    let outcome = job.record().rows[1].text.to_string();
    assert_eq!(
        outcome,
        "Not sent: since the review, a mask has changed. Compose the deployment again."
    );
    assert_eq!(counts(&portal, "PROD").0, 1);
}

#[tokio::test]
async fn every_warning_is_confirmed() {
    let (portal, operation) = portal().await;
    let cleared = DeploymentForm {
        policies: Vec::new(),
        ..form(&operation, &["TEST"]).await
    };
    assert_eq!(
        plan(&portal, &operation, &cleared).await.phrase().as_deref(),
        Some("TEST")
    );
    assert_eq!(fields(try_start(&portal, &operation, &cleared).await), ["typed"]);
    let typed = DeploymentForm {
        typed: "TEST".to_owned(),
        ..cleared
    };
    deployed(&portal, &operation, &typed).await;
    assert_eq!(counts(&portal, "TEST"), (2, 0, 0));

    open_to_everyone(&portal).await;
    let prod = form(&operation, &["PROD"]).await;
    let planned = plan(&portal, &operation, &prod).await;
    assert_eq!(planned.everyone.len(), 1);
    assert_eq!(
        fields(try_start(&portal, &operation, &prod).await),
        ["confirm_everyone"]
    );
    let confirmed = DeploymentForm {
        confirm_everyone: "true".to_owned(),
        ..prod
    };
    deployed(&portal, &operation, &confirmed).await;
    assert_eq!(counts(&portal, "PROD").0, 2);
}

#[tokio::test]
async fn an_application_moves_after_its_store_gave_it_up() {
    let (portal, operation) = portal().await;
    let mut form = form(&operation, &["TEST", "PROD"]).await;
    form.applications = vec![ticked(&operation, "TEST", "BILLING").await];
    let planned = plan(&portal, &operation, &form).await;
    assert_eq!(planned.moves.len(), 1);
    let order: Vec<_> = planned.stores.iter().map(|store| store.name.as_str()).collect();
    assert_eq!(order, ["PROD", "TEST"]);
    assert_eq!(
        fields(try_start(&portal, &operation, &form).await),
        ["typed", "confirm_move"]
    );
    form.typed = "PROD".to_owned();
    form.confirm_move = "true".to_owned();
    let (job, report) = deployed(&portal, &operation, &form).await;
    assert_eq!(rows(&job), [RowState::Done; 2]);
    assert_eq!(states(&report), [StoreState::AsWanted; 2]);
    assert_eq!((counts(&portal, "PROD").2, counts(&portal, "TEST").2), (0, 1));
}

#[tokio::test]
async fn a_lost_answer_is_read_back_and_otherwise_unknown() {
    let (portal, operation) = portal().await;
    let same = form(&operation, &["TEST"]).await;
    let mut other = same.clone();
    other.policies.push(ticked(&operation, "TEST", "PAYMENTS").await);
    portal.fail_at(DEPLOY_ONE, Fault::Lose);
    let (job, report) = deployed(&portal, &operation, &other).await;
    assert_eq!(
        (rows(&job), states(&report)),
        (vec![RowState::Done], vec![StoreState::AsWanted])
    );

    // The store has it before and after: nothing shows that the deployment took effect.
    let (job, report) = deployed(&portal, &operation, &other).await;
    assert_eq!(
        (rows(&job), states(&report)),
        (vec![RowState::Unknown], vec![StoreState::Unknown])
    );
    assert_eq!(counts(&portal, "TEST").0, 3);
    let again = jobs::retry(&portal.services, &operation, job.id(), None).await;
    assert!(again.is_err(), "what may have taken effect is not sent twice");
}

#[tokio::test]
async fn what_cannot_be_read_is_not_known() {
    let (portal, operation) = portal().await;
    let form = form(&operation, &["TEST"]).await;
    let unreadable = FaultRule {
        method: Some("GET".to_owned()),
        ..FaultRule::always(DEPLOY, Fault::NotJson)
    };
    portal.simulator().set_faults(vec![unreadable]);
    let planned = plan(&portal, &operation, &form).await;
    let store = &planned.stores[0];
    assert!(matches!(store.policies, Difference::Unknown { .. }));
    assert!(matches!(
        store.access.as_deref(),
        Some(Difference::Unknown { .. })
    ));
    assert_eq!(
        store.clears,
        ["trusted applications"],
        "it is not known to have none"
    );
    let typed = DeploymentForm {
        typed: "TEST".to_owned(),
        ..form
    };
    let (job, report) = deployed(&portal, &operation, &typed).await;
    assert_eq!(
        (rows(&job), states(&report)),
        (vec![RowState::Done], vec![StoreState::Unknown])
    );
}

#[tokio::test]
async fn a_failed_store_is_tried_again_while_the_rest_is_as_it_was_reviewed() {
    let (portal, operation) = portal().await;
    let store = NewDataStore {
        name: "unreachable".to_owned(),
        ..NewDataStore::default()
    };
    let cluster = portal.as_admin_directly().await;
    cluster.pim().create_data_store(&store).await.expect("a store");
    let mut form = form(&operation, &["unreachable", "TEST"]).await;
    for name in ["unreachable", "TEST"] {
        form.policies.push(ticked(&operation, name, "PAYMENTS").await);
    }
    let (job, report) = deployed(&portal, &operation, &form).await;
    assert_eq!(rows(&job), [RowState::Failed, RowState::Done]);
    assert_eq!(states(&report), [StoreState::Unchanged, StoreState::AsWanted]);

    let id = jobs::retry(&portal.services, &operation, job.id(), None).await;
    let second = jobs::find(&portal.services, &operation, &id.expect("it starts")).await;
    let second = second.expect("a job");
    finished(&second).await;
    assert_eq!(rows(&second), [RowState::Failed]);

    open_to_everyone(&portal).await;
    let mut other = self::form(&operation, &["DEFAULT"]).await;
    other
        .policies
        .push(ticked(&operation, "DEFAULT", "PAYMENTS").await);
    deployed(&portal, &operation, &other).await;
    let third = jobs::retry(&portal.services, &operation, second.id(), None).await;
    assert!(matches!(third, Err(Error::Refused { .. })), "{third:?}");
}

#[tokio::test]
async fn a_stopped_deployment_leaves_the_other_stores() {
    let (portal, operation) = portal().await;
    let mut form = form(&operation, &["TEST", "PROD"]).await;
    form.policies.push(ticked(&operation, "TEST", "PAYMENTS").await);
    let test = uid(&operation, "TEST").await.to_string();
    portal.audit.hold([test.clone()]);
    let job = start(&portal, &operation, &form).await;
    portal.audit.wait_for_waiting(1).await;
    job.stop();
    portal.audit.release(1);
    let report = finished(&job).await;
    assert_eq!(rows(&job), [RowState::Done, RowState::Stopped]);
    assert_eq!(job.counts().state, JobState::Stopped);
    assert_eq!(states(&report), [StoreState::AsWanted, StoreState::Unchanged]);
    assert_eq!(counts(&portal, "PROD").0, 1);
    assert_eq!(portal.audit.targets(), [test], "the audit log names the store");
}
