//! The history of deployments: what was there before and afterwards, comparing, and bringing it back.

use operations::deployments::{self, Assignment, Difference, History, StoreState, compare};
use protegrity::pim::{ApplicationUid, Deployment, PolicyUid};
use simulator::Fault;

use crate::{
    deployments::{DEPLOY_ONE, deployed, form, open_to_everyone, plan, portal, ticked, uid},
    support::TestServices,
};

async fn history(portal: &TestServices, operation: &gate::Operation) -> History {
    let history = portal.services.deployments.history(operation).await;
    history.expect("a history")
}

#[tokio::test]
async fn a_deployment_is_kept_with_what_was_there_before() {
    let (portal, operation) = portal().await;
    assert_eq!(history(&portal, &operation).await.0.len(), 0);
    let mut more = form(&operation, &["TEST"]).await;
    more.policies.push(ticked(&operation, "TEST", "PAYMENTS").await);
    let (job, _) = deployed(&portal, &operation, &more).await;

    let kept = history(&portal, &operation).await;
    let record = kept.find(job.id().as_str()).expect("it is kept");
    assert_eq!(
        (record.by.as_str(), record.reason.as_str()),
        ("officer", "A test")
    );
    let test = uid(&operation, "TEST").await;
    let names = |moment: &deployments::Moment| {
        let policies = moment.deployed_to(&test).policies.expect("they are known");
        record.names.all_policies(&policies)
    };
    assert_eq!(names(&record.before), ["CUSTOMER_DATA"]);
    assert_eq!(names(&record.after).len(), 2);
    assert_eq!(record.stores[0].state, StoreState::AsWanted);
    assert_eq!(record.before.deployed.len(), 3, "all stores are in it");
    assert!(kept.find("another").is_err());

    // On the stores that were not deployed to, nothing differs, and their rules are not known.
    let compared = compare(&record.before, &record.after);
    let of_test = compared.iter().find(|store| store.uid == test).expect("TEST");
    let Some(Difference::Known { added, removed }) = &of_test.policies else {
        panic!("both are known");
    };
    assert_eq!((added.len(), removed.len()), (1, 0));
    assert_eq!(
        of_test.access, None,
        "with which rules it was deployed before is not known"
    );

    // The second time both are.
    let less = form(&operation, &["TEST"]).await;
    open_to_everyone(&portal).await;
    let confirmed = deployments::DeploymentForm {
        confirm_everyone: "true".to_owned(),
        ..less
    };
    let planned = plan(&portal, &operation, &confirmed).await;
    let names = &planned.names;
    let changed = planned.policies.iter().find(|policy| !policy.changes.is_empty());
    let changed = changed.expect("a rule has changed");
    assert_eq!(names.policy(&changed.policy), "CUSTOMER_DATA");
    assert_eq!((changed.since.is_some(), changed.changes.len()), (true, 1));
    assert_eq!(changed.changes[0].before, [], "the rule is new");

    deployed(&portal, &operation, &confirmed).await;
    let kept = history(&portal, &operation).await;
    let compared = compare(&kept.0[0].before, &kept.0[0].after);
    let of_test = compared.iter().find(|store| store.uid == test).expect("TEST");
    let Some(Difference::Known { added, .. }) = &of_test.access else {
        panic!("both are known");
    };
    let gained: Vec<_> = added
        .iter()
        .map(|one| one.gained(&kept.0[0].names, "TEST"))
        .collect();
    assert_eq!(gained, ["UNAUTHORIZED can read DE_COUNTRY in clear on TEST"]);
    assert_eq!(of_test.rules.as_ref().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_another_deployed_is_shown_as_drift() {
    let (portal, operation) = portal().await;
    let same = form(&operation, &["TEST"]).await;
    deployed(&portal, &operation, &same).await;
    let test = uid(&operation, "TEST").await;
    let elsewhere = Deployment {
        data_store: test.clone(),
        policies: Vec::<PolicyUid>::new(),
        applications: Vec::<ApplicationUid>::new(),
    };
    let cluster = portal.as_admin_directly().await;
    cluster
        .pim()
        .deploy_one(&elsewhere)
        .await
        .expect("it is deployed");
    let planned = plan(&portal, &operation, &same).await;
    let drift = planned.stores[0].drift.as_ref().expect("it has drifted");
    assert_eq!(
        (drift.by.as_str(), drift.assignment.policies.len()),
        ("officer", 1)
    );
    let state = deployments::state(&operation).await.expect("a state");
    let kept = history(&portal, &operation).await;
    assert!(kept.drift(&test, &state.deployed_to(&test)).is_some());
}

#[tokio::test]
async fn what_was_there_before_is_brought_back_through_a_review() {
    let (portal, operation) = portal().await;
    let mut more = form(&operation, &["TEST"]).await;
    more.policies.push(ticked(&operation, "TEST", "PAYMENTS").await);
    deployed(&portal, &operation, &more).await;
    open_to_everyone(&portal).await;
    let state = deployments::state(&operation).await.expect("a state");
    let kept = history(&portal, &operation).await;
    let record = &kept.0[0];
    let test = uid(&operation, "TEST").await;
    let before = deployments::earlier(&operation, &state, record, &record.before).await;
    let before = before.expect("what was there");
    let had: Vec<&Assignment> = before.stores.values().collect();
    assert_eq!((had.len(), had[0].policies.len()), (1, 1));
    assert!(before.gone.is_empty() && before.unknown.is_empty());
    assert_eq!(before.unknown_rules.len(), 1, "it was not deployed from here");
    let after = deployments::earlier(&operation, &state, record, &record.after).await;
    let after = after.expect("what was deployed");
    let changed: Vec<_> = after
        .changed
        .iter()
        .map(|(policy, _)| record.names.policy(policy))
        .collect();
    assert_eq!(changed, ["CUSTOMER_DATA"]);

    let back = deployments::DeploymentForm {
        stores: vec![test.to_string()],
        policies: had[0]
            .policies
            .iter()
            .map(|uid| deployments::choice(&test, uid))
            .collect(),
        confirm_everyone: "true".to_owned(),
        reason: "Back".to_owned(),
        ..deployments::DeploymentForm::default()
    };
    let (_, report) = deployed(&portal, &operation, &back).await;
    assert_eq!(report.stores[0].policies, Some(vec!["CUSTOMER_DATA".to_owned()]));
}

#[tokio::test]
async fn what_is_not_known_after_a_deployment_is_kept_as_unknown() {
    let (portal, operation) = portal().await;
    let same = form(&operation, &["TEST"]).await;
    deployed(&portal, &operation, &same).await;
    portal.fail_at(DEPLOY_ONE, Fault::Lose);
    deployed(&portal, &operation, &same).await;
    let kept = history(&portal, &operation).await;
    let states: Vec<_> = kept.0.iter().map(|one| one.stores[0].state).collect();
    assert_eq!(states, [StoreState::Unknown, StoreState::AsWanted]);
    let test = uid(&operation, "TEST").await;
    assert_eq!(
        kept.snapshot(&test),
        None,
        "with which rules it was deployed is not known"
    );
    assert!(kept.0[1].after.rules_of(&test).is_some());
}
