//! The connection of a session with an account at Proofpoint Essentials.

use std::sync::Arc;

use gate::{
    Access, Action, GateError, Permission, Principal, ProofpointAccount, Session,
    proofpoint_permissions as known,
};
use proofpoint::{DomainName, EmailAddress, Login, Stack, UserUpdate};
use simulator::{Fault, FaultRule, TokenMode};

use crate::support::{TestGate, is_vault_empty, origin, password};

fn login(user: &str, password: &str) -> Login {
    Login::new(user.into(), password.into()).expect("an account")
}

async fn connect(
    portal: &TestGate,
    principal: &Principal,
    user: &str,
    password: &str,
) -> Result<Arc<Principal>, GateError> {
    let connected = portal
        .gate
        .connect_proofpoint(principal, &origin(), login(user, password))
        .await;
    connected.map_err(|error| error.error)
}

/// The account of the session as the next request finds it.
async fn account(portal: &TestGate, session: &Session) -> Option<ProofpointAccount> {
    let principal = portal.gate.principal(session).await.expect("a session");
    principal.expect("a person").proofpoint.clone()
}

fn access(principal: &Principal) -> [Access; 4] {
    [known::READ, known::CHANGE, known::CHILDREN, known::LICENSING]
        .map(|name| principal.permissions.check(Permission::proofpoint(name)))
}

/// One call to the account's own organisation.
async fn one_call(portal: &TestGate, principal: &Arc<Principal>) -> Result<(), GateError> {
    let operation = portal.begin(principal, Action::ViewOwnSession).await?;
    let read = operation.read_at_proofpoint(|mail| async move { mail.me().await });
    read.await.map(drop).map_err(|error| error.error)
}

#[tokio::test]
async fn an_account_is_tried_and_kept_for_the_session() {
    use Access::{Granted, Missing};

    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (session, principal) = portal.sign_in("helpdesk").await;
    assert!(matches!(
        one_call(&portal, &principal).await,
        Err(GateError::NotConnected)
    ));
    assert_eq!(access(&principal), [Access::Unknown; 4]);

    let connected = connect(&portal, &principal, "admin@example.com", password()).await;
    let connected = connected.expect("the account is accepted");
    let account = account(&portal, &session).await.expect("an account");
    assert_eq!(connected.proofpoint.as_ref(), Some(&account));
    assert_eq!(
        (
            account.email.as_str(),
            account.account_type.as_str(),
            account.domain.as_str()
        ),
        ("admin@example.com", "organization_admin", "example.com")
    );
    assert_eq!(account.instance, "us3.proofpointessentials.com");
    assert_eq!(access(&connected), [Granted, Granted, Missing, Missing]);
    // What the cluster permits stays.
    assert_eq!(
        connected.lacks(Permission::protegrity(
            protegrity::permissions::USER_MANAGER_ADMIN
        )),
        principal.lacks(Permission::protegrity(
            protegrity::permissions::USER_MANAGER_ADMIN
        ))
    );
    one_call(&portal, &connected).await.expect("an answer");

    // Another account takes its place.
    let other = connect(&portal, &connected, "reader@example.com", password()).await;
    assert_eq!(
        access(&other.expect("accepted")),
        [Granted, Missing, Missing, Missing]
    );
    let partner = connect(&portal, &connected, "partner@msp.example", password()).await;
    assert_eq!(access(&partner.expect("accepted")), [Granted; 4]);
}

#[tokio::test]
async fn a_wrong_password_leaves_the_session_as_it_was() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (session, principal) = portal.sign_in("helpdesk").await;
    let refused = connect(&portal, &principal, "admin@example.com", "Wrong-Passw0rd").await;
    let refused = refused.expect_err("it is wrong");
    assert_eq!(
        refused.upstream().map(proofpoint::Error::kind),
        Some(proofpoint::ErrorKind::Unauthorized)
    );
    assert_eq!(account(&portal, &session).await, None);
    let shown = format!("{refused:?} {:?} {:?}", portal.vault, portal.audit);
    assert!(!shown.contains("Wrong-Passw0rd"), "{shown}");
}

#[tokio::test]
async fn credentials_go_with_a_disconnect_the_session_and_their_refusal() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (session, principal) = portal.sign_in("helpdesk").await;
    let user = "admin@example.com";
    let connected = connect(&portal, &principal, user, password())
        .await
        .expect("accepted");
    portal
        .gate
        .disconnect_proofpoint(&connected, &origin())
        .await
        .expect("disconnected");
    assert_eq!(account(&portal, &session).await, None);
    assert!(matches!(
        one_call(&portal, &connected).await,
        Err(GateError::NotConnected)
    ));

    // The password is changed in the middle.
    let connected = connect(&portal, &principal, user, password())
        .await
        .expect("accepted");
    portal.proofpoint.simulator().set_faults(vec![FaultRule::always(
        "/api/v1/me",
        Fault::Status {
            status: 401,
            body: String::new(),
        },
    )]);
    assert!(matches!(
        one_call(&portal, &connected).await,
        Err(GateError::NotConnected)
    ));
    assert_eq!(account(&portal, &session).await, None);
    portal.proofpoint.simulator().set_faults(Vec::new());
    portal.proofpoint.simulator().clear_calls();
    assert!(matches!(
        one_call(&portal, &connected).await,
        Err(GateError::NotConnected)
    ));
    assert_eq!(portal.proofpoint.simulator().calls().len(), 0, "nothing is sent");

    let connected = connect(&portal, &principal, user, password())
        .await
        .expect("accepted");
    one_call(&portal, &connected).await.expect("an answer");
    portal
        .gate
        .sign_out(&session, &origin())
        .await
        .expect("signed out");
    assert!(is_vault_empty(&portal));
    assert!(matches!(
        one_call(&portal, &connected).await,
        Err(GateError::NotSignedIn)
    ));
}

#[tokio::test]
async fn a_system_that_fails_does_not_count_against_the_account() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (session, principal) = portal.sign_in("helpdesk").await;
    let connected = connect(&portal, &principal, "admin@example.com", password()).await;
    let connected = connected.expect("accepted");
    for fault in [
        Fault::Drop,
        Fault::Status {
            status: 500,
            body: String::new(),
        },
        Fault::Status {
            status: 403,
            body: String::new(),
        },
    ] {
        portal
            .proofpoint
            .simulator()
            .set_faults(vec![FaultRule::always("/api/v1/me", fault)]);
        let failed = one_call(&portal, &connected).await.expect_err("it fails");
        assert!(failed.upstream().is_some(), "{failed:?}");
        assert!(account(&portal, &session).await.is_some());
    }
}

#[tokio::test]
async fn work_that_began_with_one_account_does_not_go_on_with_another() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (_, principal) = portal.sign_in("helpdesk").await;
    let first = connect(&portal, &principal, "admin@example.com", password()).await;
    let first = first.expect("accepted");
    let operation = portal
        .begin(&first, Action::ViewOwnSession)
        .await
        .expect("permitted");
    let second = connect(&portal, &first, "partner@msp.example", password()).await;
    let second = second.expect("accepted");
    let read = operation.read_at_proofpoint(|mail| async move { mail.me().await });
    let refused = read.await.err().map(|error| error.error);
    assert!(matches!(refused, Some(GateError::NotConnected)), "{refused:?}");
    one_call(&portal, &second)
        .await
        .expect("the second account goes on");
    // The same account again is the same work.
    let again = connect(&portal, &second, "admin@example.com", password()).await;
    again.expect("accepted");
    let read = operation.read_at_proofpoint(|mail| async move { mail.me().await });
    assert_eq!(
        read.await.expect("an answer").primary_email.as_str(),
        "admin@example.com"
    );
}

#[tokio::test]
async fn a_change_is_audited_without_the_credentials() {
    let portal = TestGate::in_mode(TokenMode::Claims).await;
    let (_, principal) = portal.sign_in("helpdesk").await;
    let connected = connect(&portal, &principal, "admin@example.com", password()).await;
    let connected = connected.expect("accepted");
    let operation = portal
        .begin(&connected, Action::LockUser)
        .await
        .expect("permitted");
    let domain = &DomainName::from("example.com".to_owned());
    let read = operation.read_at_proofpoint(|mail| async move {
        mail.at(Stack::Us3)
            .user(domain, &EmailAddress::from("employee@example.com".to_owned()))
            .await
    });
    let record = &read.await.expect("a user");
    let update = &UserUpdate {
        last_name: Some("Changed".to_owned()),
        ..UserUpdate::default()
    };
    let changed = operation
        .perform_at_proofpoint(
            |mail| async move { mail.at(Stack::Us3).update_user(domain, record, update).await },
        )
        .await;
    changed.expect("it is changed");
    let events = format!("{:?}", portal.audit);
    assert!(events.contains("user.lock"), "{events}");
    assert!(events.contains("proofpoint.connect"), "{events}");
    assert!(!events.contains(password()), "{events}");
}
