//! Policies and their rules against a simulated cluster, and who may do what with which data.

use std::{collections::BTreeSet, pin::pin, time::Duration};

use futures::FutureExt;
use gate::Action;
use operations::{
    Error,
    jobs::{self, Command, JobRecord, JobReport, JobState, RowState},
    policy::{
        self, AccessBasis, Deployed, NewPolicyForm, NewRulesForm, PlannedRules, PolicyRules, Sight, name_of,
    },
    read_back::ReadBack,
};
use protegrity::pim::{NewRule, NoAccessOperation, Operations, Permission, PolicyUid};
use simulator::{Fault, FaultRule, PimObjects, TokenMode};

use crate::support::{TestServices, in_time, status};

const POLICIES: &str = "/pty/v2/pim/policies";
const RULES: &str = "/pty/v2/pim/policies/1/rules";

async fn portal() -> TestServices {
    TestServices::in_mode(TokenMode::Claims).await
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn customers() -> PolicyUid {
    "1".into()
}

async fn read(portal: &TestServices) -> PolicyRules {
    let operation = portal.operation("officer", Action::ViewPolicy).await;
    let read = PolicyRules::read(&operation, &customers()).await;
    read.expect("the policy")
}

/// The form for these roles and data elements, by name.
async fn form(portal: &TestServices, roles: &[&str], elements: &[&str], access: &[&str]) -> NewRulesForm {
    let known = read(portal).await;
    let role = |name: &&&str| {
        let role = known.roles.iter().find(|role| role.name == **name);
        role.expect("the role").uid.to_string()
    };
    let element = |name: &&&str| {
        let mut elements = known.data_elements.iter();
        let element = elements.find(|element| element.name == **name);
        element.expect("the data element").uid.to_string()
    };
    NewRulesForm {
        policy: "1".to_owned(),
        roles: roles.iter().map(|name| role(&name)).collect(),
        elements: elements.iter().map(|name| element(&name)).collect(),
        access: strings(access),
        audit_failed: strings(&["protect", "un_protect"]),
        ..NewRulesForm::default()
    }
}

/// The single rule of this form.
async fn one(portal: &TestServices, form: &NewRulesForm) -> NewRule {
    match read(portal).await.plan(form) {
        Ok(PlannedRules::One(row)) => row.rule,
        other => panic!("one rule: {other:?}"),
    }
}

fn fields<T>(result: &Result<T, Error>) -> Vec<&str> {
    match result {
        Err(Error::Invalid(problems)) => problems.iter().map(|problem| problem.field.as_str()).collect(),
        _ => Vec::new(),
    }
}

fn writes(lines: &[String]) -> Vec<&str> {
    let writes = lines.iter().filter(|line| !line.starts_with("GET"));
    writes.map(String::as_str).collect()
}

#[tokio::test]
async fn a_policy_is_created_once() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreatePolicy).await;
    let form = NewPolicyForm {
        name: " MARKETING ".to_owned(),
        description: "Campaigns".to_owned(),
        access: strings(&["un_protect"]),
        audit_failed: strings(&["un_protect"]),
        ..NewPolicyForm::default()
    };
    let saved = policy::create_policy(&portal.services, &operation, &form).await;
    let saved = saved.expect("it is created");
    assert_eq!(
        (saved.name.as_str(), saved.read_back),
        ("MARKETING", ReadBack::AsSent)
    );
    let uid = saved.uid.expect("its uid");
    let now = policy::policy(&operation, &uid).await.expect("it is listed");
    let template = now.template.expect("its template");
    assert!(template.access.un_protect && !template.access.protect);

    let again = NewPolicyForm {
        name: "marketing".to_owned(),
        ..form
    };
    let (again, lines) = portal
        .calls_of(policy::create_policy(&portal.services, &operation, &again))
        .await;
    assert_eq!(fields(&again), ["name"], "{again:?}");
    assert!(writes(&lines).is_empty(), "{lines:?}");
}

#[tokio::test]
async fn a_policy_that_the_cluster_says_exists_is_a_problem_of_the_name() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreatePolicy).await;
    let body = r#"{"message":"Policy 'X' already exists"}"#.to_owned();
    let fault = Fault::Status { status: 409, body };
    let mut rule = FaultRule::always(POLICIES, fault);
    rule.method = Some("POST".to_owned());
    portal.simulator().set_faults(vec![rule]);
    let form = NewPolicyForm {
        name: "X".to_owned(),
        ..NewPolicyForm::default()
    };
    let refused = policy::create_policy(&portal.services, &operation, &form).await;
    assert_eq!(fields(&refused), ["name"], "{refused:?}");
}

#[tokio::test]
async fn a_rule_is_added_once_and_read_back_without_a_uid() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreateRule).await;
    let mut form = form(&portal, &["FRAUD_DESK"], &["DE_SSN"], &["un_protect"]).await;
    form.no_access = "PROTECTED_VALUE".to_owned();
    let rule = one(&portal, &form).await;
    let added = policy::create_rule(&portal.services, &operation, &customers(), &rule).await;
    assert_eq!(added.expect("it is added"), ReadBack::AsSent);
    let known = read(&portal).await;
    let now = known.by_key()[&rule.key()][0].clone();
    assert_eq!(now.uid, None);
    assert_eq!(now.no_access(), NoAccessOperation::ProtectedValue);
    assert!(now.permission.expect("it is known").access.un_protect);

    assert_eq!(fields(&known.plan(&form)), ["elements"]);
    let uid = customers();
    let again = policy::create_rule(&portal.services, &operation, &uid, &rule);
    let (again, lines) = portal.calls_of(again).await;
    assert_eq!(fields(&again), ["elements"], "{again:?}");
    assert!(writes(&lines).is_empty(), "{lines:?}");
}

#[tokio::test]
async fn a_rule_waits_for_a_deployment_of_its_policy() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreateRule).await;
    let form = form(&portal, &["FRAUD_DESK"], &["DE_SSN"], &["un_protect"]).await;
    let rule = one(&portal, &form).await;
    let deploying = portal.services.locks.lock(("policy", "1".to_owned())).await;
    portal.simulator().clear_calls();
    let uid = customers();
    let mut adding = pin!(policy::create_rule(&portal.services, &operation, &uid, &rule));
    assert!(futures::poll!(&mut adding).is_pending());
    assert!(portal.lines().is_empty(), "{:?}", portal.lines());
    drop(deploying);
    assert_eq!(adding.await.expect("it is added"), ReadBack::AsSent);
}

#[tokio::test]
async fn a_job_that_adds_rules_keeps_deployments_of_their_policy_out() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreateRule).await;
    let form = form(&portal, &["FRAUD_DESK", "AUDIT"], &["DE_INCOME"], &["un_protect"]).await;
    let Ok(PlannedRules::Many(command)) = read(&portal).await.plan(&form) else {
        panic!("several rules");
    };
    let mut held = FaultRule::always(RULES, Fault::Hold);
    held.method = Some("POST".to_owned());
    portal.simulator().set_faults(vec![held]);
    let id = jobs::start(&portal.services, &operation, command, Vec::new(), None).await;
    let id = id.expect("a job");
    let deploying = || portal.services.locks.lock(("policy", "1".to_owned()));
    for _ in 0..2 {
        let held = in_time(portal.simulator().wait_for_held(1)).await;
        assert_eq!(held.len(), 1, "one rule of a policy at a time: {held:?}");
        assert!(
            deploying().now_or_never().is_none(),
            "the policy is being changed"
        );
        portal.simulator().release(1).await;
    }
    let job = finished(&portal, &operation, &id).await;
    assert!(job.rows.iter().all(|row| row.state == RowState::Done), "{job:?}");
    assert!(deploying().now_or_never().is_some());
}

#[tokio::test]
async fn a_rule_whose_answer_did_not_come_is_looked_for() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreateRule).await;
    let form = form(&portal, &["FRAUD_DESK"], &["DE_SSN"], &["un_protect"]).await;
    let rule = one(&portal, &form).await;
    let mut lost = FaultRule::always(RULES, Fault::Lose);
    lost.method = Some("POST".to_owned());
    portal.simulator().set_faults(vec![lost]);
    let added = policy::create_rule(&portal.services, &operation, &customers(), &rule).await;
    assert_eq!(added.expect("it is found"), ReadBack::AsSent);
}

#[tokio::test]
async fn what_the_cluster_refuses_of_a_rule_is_told_at_its_field() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreateRule).await;
    let form = form(&portal, &["FRAUD_DESK"], &["DE_NOTES"], &[]).await;
    // Past the portal's own check of data elements in CBC mode.
    let rule = NewRule {
        no_access_operation: Some(NoAccessOperation::ProtectedValue),
        permission: Permission::default(),
        ..one(&portal, &form).await
    };
    let refused = policy::create_rule(&portal.services, &operation, &customers(), &rule).await;
    assert_eq!(fields(&refused), ["no_access"], "{refused:?}");
}

async fn finished(portal: &TestServices, operation: &gate::Operation, id: &jobs::JobId) -> JobRecord {
    let wait = async {
        loop {
            let job = jobs::find(&portal.services, operation, id)
                .await
                .expect("the job")
                .record();
            if job.state.is_over() {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    in_time(wait).await
}

#[tokio::test]
async fn several_rules_are_a_job_that_tells_of_each_and_can_be_tried_again() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreateRule).await;
    // SUPPORT has a rule for the names already.
    let form = form(
        &portal,
        &["FRAUD_DESK", "AUDIT", "SUPPORT"],
        &["DE_NAME", "DE_INCOME"],
        &["un_protect"],
    )
    .await;
    let Ok(PlannedRules::Many(command)) = read(&portal).await.plan(&form) else {
        panic!("several rules");
    };
    let start = |command| jobs::start(&portal.services, &operation, command, Vec::new(), None);
    let id = start(command).await.expect("a job");
    let job = finished(&portal, &operation, &id).await;
    let outcomes: Vec<_> = job
        .rows
        .iter()
        .map(|row| (row.name.as_str(), row.state))
        .collect();
    assert_eq!(outcomes.len(), 6, "{outcomes:?}");
    let failed: Vec<_> = job
        .rows
        .iter()
        .filter(|row| row.state != RowState::Done)
        .collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0].name, "SUPPORT, DE_NAME");
    assert!(failed[0].text.contains("left as it is"), "{failed:?}");
    assert_eq!(job.state, JobState::Done);
    let targets: BTreeSet<_> = portal.audit.targets().into_iter().collect();
    assert_eq!(targets.len(), 5, "each rule has a target of its own: {targets:?}");
    let Some(JobReport::Rules(report)) = &job.report else {
        panic!("{job:?}");
    };
    assert_eq!((report.as_sent, report.others), (5, 0), "{report:?}");
}

#[tokio::test]
async fn a_job_reads_the_rules_that_it_has_added_once() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreateRule).await;
    let form = form(
        &portal,
        &["FRAUD_DESK", "AUDIT"],
        &["DE_NAME", "DE_INCOME"],
        &["un_protect"],
    )
    .await;
    let Ok(PlannedRules::Many(command)) = read(&portal).await.plan(&form) else {
        panic!("several rules");
    };
    portal.simulator().clear_calls();
    let id = jobs::start(&portal.services, &operation, command, Vec::new(), None).await;
    let id = id.expect("a job");
    let job = finished(&portal, &operation, &id).await;
    assert!(job.rows.iter().all(|row| row.state == RowState::Done), "{job:?}");
    let lines = portal.lines();
    let is_read = |line: &&String| line.starts_with("GET ") && line.contains(RULES);
    let reads = lines.iter().filter(is_read);
    assert_eq!(reads.count(), 2, "before the rows and after them");
}

#[tokio::test]
async fn the_rows_that_failed_are_the_rules_of_the_next_try() {
    let portal = portal().await;
    let operation = portal.operation("officer", Action::CreateRule).await;
    let form = form(&portal, &["FRAUD_DESK", "AUDIT"], &["DE_INCOME"], &["un_protect"]).await;
    let Ok(PlannedRules::Many(command)) = read(&portal).await.plan(&form) else {
        panic!("several rules");
    };
    let mut failing = FaultRule::always(RULES, status(400));
    failing.method = Some("POST".to_owned());
    portal.simulator().set_faults(vec![failing]);
    let id = jobs::start(&portal.services, &operation, command, Vec::new(), None).await;
    let id = id.expect("a job");
    let job = finished(&portal, &operation, &id).await;
    assert!(
        job.rows.iter().all(|row| row.state == RowState::Failed),
        "{job:?}"
    );
    portal.simulator().set_faults(Vec::new());
    let Some(Command::CreateRules(rest)) = job.retry() else {
        panic!("the rows that failed");
    };
    assert_eq!(rest.rules.len(), 2);
    let again = jobs::retry(&portal.services, &operation, &id, None)
        .await
        .expect("a job");
    let job = finished(&portal, &operation, &again).await;
    assert!(job.rows.iter().all(|row| row.state == RowState::Done), "{job:?}");
}

/// Role, place, sight of each row about a data element.
async fn about(portal: &TestServices, element: &str) -> Vec<(String, String, Sight)> {
    let operation = portal.operation("auditor", Action::ViewPolicy).await;
    let basis = AccessBasis::read(&operation).await.expect("it is read");
    let rows = policy::access(&basis).into_iter();
    let place = |deployed: &Deployed| match deployed {
        Deployed::On(store) => name_of(&basis.data_stores, store.as_str()),
        Deployed::Nowhere => "nowhere".to_owned(),
        Deployed::Unknown(_) => "unknown".to_owned(),
    };
    let rows = rows.filter(|row| name_of(&basis.data_elements, row.element.as_str()) == element);
    let mut rows: Vec<_> = rows
        .map(|row| {
            let role = name_of(&basis.roles, row.role.as_str());
            (role, place(&row.deployed), row.effective.sight())
        })
        .collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn it_is_told_who_sees_a_data_element_in_clear_and_where() {
    let portal = portal().await;
    let row = |role: &str, place: &str, sight| (role.to_owned(), place.to_owned(), sight);
    assert_eq!(
        about(&portal, "DE_CITY").await,
        [
            row("ANALYST", "PROD", Sight::InClear),
            row("ANALYST", "TEST", Sight::InClear),
            row("ETL", "PROD", Sight::Nothing),
            row("ETL", "TEST", Sight::Nothing),
            row("RESEARCH", "nowhere", Sight::InClear),
            row("SUPPORT", "PROD", Sight::InClear),
            row("SUPPORT", "TEST", Sight::InClear),
        ]
    );
    let ssn = about(&portal, "DE_SSN").await;
    assert!(ssn.contains(&row("SUPPORT", "PROD", Sight::Masked)), "{ssn:?}");
    portal.fail_at("/pty/v2/pim/deploy", status(500));
    let rows = about(&portal, "DE_SSN").await;
    assert!(rows.iter().all(|(_, place, _)| place == "unknown"), "{rows:?}");
}

#[tokio::test]
async fn many_rules_are_read_with_a_call_a_list() {
    let portal = portal().await;
    portal.simulator().add_pim_objects(PimObjects {
        roles: 53,
        data_elements: 280,
        data_stores: 10,
        rules: 2000,
    });
    let operation = portal.operation("auditor", Action::ViewPolicy).await;
    let (basis, lines) = portal.calls_of(AccessBasis::read(&operation)).await;
    let basis = basis.expect("it is read");
    // Roles, masks, data elements, policies, data stores, deployments, and the rules of four policies.
    assert_eq!(lines.len(), 10, "{lines:?}");
    let rows = policy::access(&basis);
    assert!(rows.len() > 2000, "{}", rows.len());
    let unprotects = |access: Option<Operations>| access.is_some_and(|access| access.un_protect);
    assert!(rows.iter().any(|row| unprotects(row.effective.access())));
}
