//! Users of Proofpoint Essentials against a simulated one: how often it is asked, who may read, and what is sent.

use std::sync::Arc;

use futures::future::join_all;
use gate::{Action, GateError, Operation, Principal};
use operations::{
    Error,
    mail::users::{self, MailUsers},
};
use proofpoint::{DomainName, EmailAddress, Login, UserType};
use simulator::{Fault, FaultRule, ListShape, TokenMode, Unknown, WrongInstance};

use crate::support::{TestServices, in_time, password, status};

/// The path of the list.
const LIST: &str = "/api/v1/orgs/example.com/users";

async fn portal() -> TestServices {
    TestServices::in_mode(TokenMode::Claims).await
}

/// A session that is connected with this account.
async fn connected(portal: &TestServices, account: &str) -> Arc<Principal> {
    let (_, principal) = portal.sign_in("helpdesk").await;
    let login = Login::new(account.into(), password().into()).expect("an account");
    let connected = portal
        .gate
        .connect_proofpoint(&principal, &testkit::origin(), login)
        .await;
    connected.expect("the account is accepted")
}

async fn operation(portal: &TestServices, account: &str, action: Action) -> Operation {
    portal.begin(&connected(portal, account).await, action).await
}

async fn reader(portal: &TestServices, account: &str) -> Operation {
    operation(portal, account, Action::ViewMailUsers).await
}

fn organization(name: &str) -> DomainName {
    name.parse().expect("a domain")
}

fn address(text: &str) -> EmailAddress {
    text.parse().expect("an address")
}

async fn list(portal: &TestServices, operation: &Operation, refresh: bool) -> Arc<MailUsers> {
    let users = portal
        .services
        .mail
        .users(operation, &organization("example.com"), refresh)
        .await;
    users.expect("the list is open")
}

/// The calls to Proofpoint since the last time, as method and path.
fn lines(portal: &TestServices) -> Vec<String> {
    let calls = portal.proofpoint.simulator().calls();
    portal.proofpoint.simulator().clear_calls();
    calls
        .iter()
        .map(|call| format!("{} {}", call.method, call.path))
        .collect()
}

/// How many of these calls read the list.
fn reads(lines: &[String]) -> usize {
    lines
        .iter()
        .filter(|line| **line == format!("GET {LIST}"))
        .count()
}

fn fault(path: &str, fault: Fault) -> FaultRule {
    FaultRule {
        times: Some(1),
        ..FaultRule::always(path, fault)
    }
}

#[tokio::test]
async fn one_call_reads_the_list_for_many_searches() {
    let portal = portal().await;
    let operation = reader(&portal, "admin@example.com").await;
    lines(&portal);
    let users = list(&portal, &operation, false).await;
    for text in ["ana", "example.org", "Núñez", "no-such-name"] {
        let found = list(&portal, &operation, false).await.matching(text);
        assert_eq!(found.contains(&true), text != "no-such-name", "{text}");
    }
    assert_eq!(reads(&lines(&portal)), 1);
    let ana = users.by_address(&address("ANA@example.org")).expect("an alias");
    assert_eq!(ana.primary_email, address("ana.nunez@example.com"));
    list(&portal, &operation, true).await;
    assert_eq!(reads(&lines(&portal)), 1, "refreshed");
    portal.advance(601);
    list(&portal, &operation, false).await;
    assert_eq!(reads(&lines(&portal)), 1, "a list that is too old is not served");
}

#[tokio::test]
async fn requests_during_a_load_share_it() {
    let portal = portal().await;
    let operation = reader(&portal, "admin@example.com").await;
    let simulator = portal.proofpoint.simulator();
    simulator.set_faults(vec![fault(LIST, Fault::Hold)]);
    lines(&portal);
    let all = async { join_all((0..8).map(|_| list(&portal, &operation, false))).await };
    let release = async {
        in_time(simulator.wait_for_held(1)).await;
        simulator.release(1).await;
    };
    let (all, ()) = in_time(async { futures::join!(all, release) }).await;
    assert!(all.iter().all(|users| users.users.len() == all[0].users.len()));
    assert_eq!(reads(&lines(&portal)), 1);
}

#[tokio::test]
async fn a_list_is_shared_by_the_sessions_of_one_account_alone() {
    let portal = portal().await;
    let first = reader(&portal, "admin@example.com").await;
    list(&portal, &first, false).await;
    let same = reader(&portal, "Admin@example.com").await;
    lines(&portal);
    list(&portal, &same, false).await;
    let calls = lines(&portal);
    assert_eq!(reads(&calls), 0, "{calls:?}");
    assert!(
        calls.contains(&"GET /api/v1/orgs/example.com".to_owned()),
        "the session is admitted by a small call: {calls:?}"
    );
    list(&portal, &same, false).await;
    assert_eq!(lines(&portal), Vec::<String>::new(), "once a minute");

    let other = reader(&portal, "reader@example.com").await;
    lines(&portal);
    list(&portal, &other, false).await;
    assert_eq!(reads(&lines(&portal)), 1, "another account has a list of its own");

    let (_, principal) = portal.sign_in("helpdesk").await;
    let unconnected = portal.begin(&principal, Action::ViewMailUsers).await;
    lines(&portal);
    let refused = portal
        .services
        .mail
        .users(&unconnected, &organization("example.com"), false)
        .await;
    let error = refused.expect_err("it is not connected");
    assert!(matches!(error.gate(), Some(GateError::NotConnected)), "{error}");
    assert_eq!(lines(&portal), Vec::<String>::new());
}

#[tokio::test]
async fn an_organisation_that_is_not_shown_gives_no_list() {
    let portal = portal().await;
    let operation = reader(&portal, "admin@example.com").await;
    for unknown in [Unknown::NotFound, Unknown::Forbidden, Unknown::BadRequest] {
        portal
            .proofpoint
            .simulator()
            .settings(|settings| settings.unknown = unknown);
        for name in ["nowhere.example", "msp.example"] {
            let users = portal
                .services
                .mail
                .users(&operation, &organization(name), false)
                .await;
            assert!(
                matches!(users, Err(Error::NotFound(_))),
                "{unknown:?} {name}: {users:?}"
            );
        }
        let found = users::find(
            &portal.services,
            &operation,
            &organization("example.com"),
            &address("nobody@example.com"),
        )
        .await;
        assert!(matches!(found, Ok(None)), "{unknown:?}: {found:?}");
    }
}

#[tokio::test]
async fn the_list_is_read_in_every_shape_and_at_its_instance() {
    let portal = portal().await;
    let operation = reader(&portal, "admin@example.com").await;
    let expected = list(&portal, &operation, false).await.users.clone();
    for shape in [ListShape::Envelope, ListShape::Bare] {
        portal.proofpoint.simulator().settings(|settings| {
            settings.lists = shape;
            settings.scalars_as_text = true;
            settings.wrong_instance = WrongInstance::Html;
        });
        assert_eq!(list(&portal, &operation, true).await.users, expected, "{shape:?}");
    }
}

#[tokio::test]
async fn a_failure_of_the_load_is_met_once() {
    let portal = portal().await;
    let operation = reader(&portal, "admin@example.com").await;
    portal
        .proofpoint
        .simulator()
        .set_faults(vec![FaultRule::always(LIST, status(500))]);
    lines(&portal);
    for _ in 0..3 {
        let users = portal
            .services
            .mail
            .users(&operation, &organization("example.com"), false)
            .await;
        assert!(matches!(users, Err(Error::Operation(_))), "{users:?}");
    }
    assert_eq!(reads(&lines(&portal)), 1);
}

#[tokio::test]
async fn what_is_changed_here_is_changed_in_the_list() {
    let portal = portal().await;
    let principal = connected(&portal, "admin@example.com").await;
    let operation = portal.begin(&principal, Action::DeactivateMailUser).await;
    let (services, example) = (&portal.services, organization("example.com"));
    let alpha = address("alpha@example.com");
    let before = list(&portal, &operation, false).await;
    assert_eq!(
        before.by_address(&alpha).and_then(|user| user.is_active),
        Some(true)
    );
    lines(&portal);

    let changed = users::deactivate(services, &operation, &example, &alpha)
        .await
        .expect("done");
    assert_eq!((changed.was_so_already, changed.notice), (false, None));
    let again = users::deactivate(services, &operation, &example, &alpha)
        .await
        .expect("done");
    assert!(again.was_so_already);
    users::activate(services, &operation, &example, &alpha)
        .await
        .expect("done");
    users::make_functional(services, &operation, &example, &alpha, true)
        .await
        .expect("done");
    let user = list(&portal, &operation, false).await;
    let user = user.by_address(&alpha).expect("a user").clone();
    assert_eq!(
        (user.is_active, user.user_type),
        (Some(true), Some(UserType::FunctionalAccount))
    );
    assert_eq!(
        user.senders,
        before.by_address(&alpha).expect("a user").senders,
        "all else stays"
    );
    let exempt = users::exemptions(services, &operation, &example)
        .await
        .expect("an answer");
    assert!(exempt.expect("a list").contains(&alpha));

    users::delete(services, &operation, &example, &alpha)
        .await
        .expect("done");
    let after = list(&portal, &operation, false).await;
    assert!(after.by_address(&alpha).is_none());
    assert_eq!(after.users.len(), before.users.len() - 1);
    let calls = lines(&portal);
    assert_eq!(reads(&calls), 0, "{calls:?}");
    assert_eq!(portal.audit.targets(), vec!["alpha@example.com"; 5]);
}

#[tokio::test]
async fn the_own_account_is_not_taken_away() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::DeleteMailUser).await;
    let (services, example) = (&portal.services, organization("example.com"));
    for own in ["admin@example.com", "ADMIN@example.com"].map(address) {
        let results = [
            users::deactivate(services, &operation, &example, &own).await,
            users::make_functional(services, &operation, &example, &own, true).await,
            users::delete(services, &operation, &example, &own).await,
        ];
        for result in results {
            assert!(matches!(result, Err(Error::Refused { .. })), "{result:?}");
        }
    }
    assert_eq!(portal.audit.targets(), Vec::<String>::new());
}

#[tokio::test]
async fn an_answer_that_did_not_come_is_settled_by_reading() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::DeactivateMailUser).await;
    let (services, example) = (&portal.services, organization("example.com"));
    let alpha = address("alpha@example.com");
    let simulator = portal.proofpoint.simulator();
    let lost = |method: &str, fault: Fault| FaultRule {
        method: Some(method.to_owned()),
        ..FaultRule::always(format!("{LIST}/*"), fault)
    };
    // Not carried out, and no answer: nobody knows, and it is not sent again.
    simulator.set_faults(vec![lost("PUT", Fault::Drop)]);
    lines(&portal);
    let unknown = users::deactivate(services, &operation, &example, &alpha).await;
    let error = unknown.expect_err("it has no outcome");
    assert!(error.gate().is_some_and(GateError::is_unknown_outcome), "{error}");
    let puts = |calls: &[String]| calls.iter().filter(|call| call.starts_with("PUT")).count();
    assert_eq!(puts(&lines(&portal)), 1);

    simulator.set_faults(vec![lost("PUT", Fault::Lose)]);
    users::deactivate(services, &operation, &example, &alpha)
        .await
        .expect("it took effect");
    assert_eq!(puts(&lines(&portal)), 1);
    simulator.set_faults(vec![lost("DELETE", Fault::Lose)]);
    users::delete(services, &operation, &example, &alpha)
        .await
        .expect("it took effect");
}

#[tokio::test]
async fn at_most_four_calls_are_under_way() {
    let portal = portal().await;
    let operation = reader(&portal, "admin@example.com").await;
    let (services, example) = (&portal.services, organization("example.com"));
    list(&portal, &operation, false).await;
    let simulator = portal.proofpoint.simulator();
    simulator.set_faults(vec![FaultRule::always(format!("{LIST}/*"), Fault::Hold)]);
    let alpha = address("alpha@example.com");
    let all = async { join_all((0..9).map(|_| users::find(services, &operation, &example, &alpha))).await };
    let release = async {
        for left in [9_usize, 5, 1] {
            let held = in_time(simulator.wait_for_held(left.min(4))).await;
            assert_eq!(held.len(), left.min(4));
            simulator.release(left.min(4)).await;
        }
    };
    let (all, ()) = in_time(async { futures::join!(all, release) }).await;
    assert!(all.iter().all(Result::is_ok));
}
