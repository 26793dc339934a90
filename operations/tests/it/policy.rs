//! What policy management has configured, and the workbench that is missing or empty.

use gate::{Action, Operation};
use operations::{
    Error, cluster, packages,
    policy::{self, Workbench},
};
use protegrity::{Api, Initialization};
use simulator::{Fault, FaultRule, Pim, TokenMode};

use crate::support::TestServices;

async fn portal() -> TestServices {
    TestServices::in_mode(TokenMode::Claims).await
}

async fn operation(portal: &TestServices, name: &str, action: Action) -> Operation {
    let (_, principal) = portal.sign_in(name).await;
    portal.begin(&principal, action).await
}

#[tokio::test]
async fn everything_that_is_configured_is_read() {
    let portal = portal().await;
    let operation = operation(&portal, "auditor", Action::ViewPolicy).await;
    let all = policy::configuration(&operation).await.expect("readable");
    assert!(all.data_elements.len() >= 10 && all.roles.len() >= 6, "{all:?}");
    assert!(all.members.values().any(|members| !members.is_empty()));
    assert!(all.rules.values().any(|rules| !rules.is_empty()));
    assert!(all.export_keys.values().any(|keys| !keys.is_empty()));
    assert_eq!(all.members.len(), all.roles.len());
    assert_eq!(all.rules.len(), all.policies.len());
    assert_eq!(all.export_keys.len(), all.data_stores.len());
    assert!(all.deployed.and_then(|info| info.stores().map(<[_]>::len)) >= Some(3));
    assert!(matches!(
        policy::workbench(&operation).await,
        Ok(Workbench::Ready(stores)) if stores.len() == all.data_stores.len()
    ));
}

#[tokio::test]
async fn what_there_is_is_counted_without_reading_the_members_and_rules_of_all() {
    let portal = portal().await;
    let operation = operation(&portal, "auditor", Action::ViewPolicy).await;
    let all = policy::configuration(&operation).await.expect("readable");
    let read = policy::inventory(&operation, &all.data_stores);
    let (inventory, lines) = portal.calls_of(read).await;
    let inventory = inventory.expect("readable");
    assert!(inventory.has_members && inventory.has_rules && inventory.is_deployed);
    assert_eq!(inventory.roles, all.roles.len());
    assert_eq!(inventory.policies, all.policies.len());
    assert_eq!(inventory.data_stores, all.data_stores.len());
    // Seven lists, what is deployed, and the rules of one policy. A role of every user is there, so no members are read.
    assert_eq!(lines.len(), 9, "{lines:?}");
    assert!(all.roles.len() > 2 && all.policies.len() > 2);

    portal.simulator().reset_pim(Pim::Empty);
    let writing = self::operation(&portal, "officer", Action::InitializePolicy).await;
    policy::initialize(&writing).await.expect("initialised");
    let nothing = policy::inventory(&operation, &[]).await.expect("readable");
    assert_eq!(nothing, policy::Inventory::default());
}

#[tokio::test]
async fn an_empty_cluster_is_initialised_once() {
    let portal = portal().await;
    portal.simulator().reset_pim(Pim::Empty);
    let reading = operation(&portal, "officer", Action::ViewPolicy).await;
    assert!(matches!(
        policy::workbench(&reading).await,
        Ok(Workbench::Uninitialized)
    ));
    let refused = policy::roles(&reading).await.expect_err("not initialised");
    assert!(refused.to_string().contains("not initialised"), "{refused}");

    let writing = operation(&portal, "officer", Action::InitializePolicy).await;
    let first = policy::initialize(&writing).await.expect("initialised");
    let second = policy::initialize(&writing).await.expect("initialised before");
    assert_eq!(
        (first, second),
        (Initialization::Done, Initialization::DoneBefore)
    );
    assert!(matches!(policy::workbench(&reading).await, Ok(Workbench::Ready(stores)) if stores.is_empty()));
}

#[tokio::test]
async fn a_cluster_without_the_workbench_says_so() {
    let portal = portal().await;
    let operation = operation(&portal, "officer", Action::ViewPolicy).await;
    for status in [404, 503] {
        let missing = Fault::Status {
            status,
            body: "no route".to_owned(),
        };
        portal
            .simulator()
            .set_faults(vec![FaultRule::always("/pty/v2/pim", missing)]);
        assert!(
            matches!(policy::workbench(&operation).await, Ok(Workbench::Missing)),
            "{status}"
        );
        let refused = policy::masks(&operation).await.expect_err("there is none");
        assert!(
            refused.to_string().contains("no policy management"),
            "{status}: {refused}"
        );
        portal.simulator().set_faults(Vec::new());
    }
}

#[tokio::test]
async fn a_log_level_is_one_of_the_services_own() {
    let portal = portal().await;
    let operation = operation(&portal, "admin", Action::SetLogLevel).await;
    let refused = cluster::set_log_level(&operation, Api::Pim, "debug").await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    for (api, typed, level) in [(Api::Pim, "fine", "FINE"), (Api::Auth, "WARNING", "warning")] {
        let now = cluster::set_log_level(&operation, api, typed)
            .await
            .expect("it is set");
        assert_eq!(now.map(|now| now.level).as_deref(), Some(level), "{api}");
    }
}

#[tokio::test]
async fn the_keys_of_all_stores_are_offered() {
    let portal = portal().await;
    let operation = operation(&portal, "officer", Action::ViewPackages).await;
    let keys = packages::keys(&operation)
        .await
        .expect("readable")
        .expect("may read");
    assert!(
        keys.len() >= 2 && keys.iter().all(|key| key.key.fingerprint.is_some()),
        "{keys:?}"
    );
}
