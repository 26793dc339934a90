//! A person across both systems, and the guides: what one system lacks never hides the other, and a step that fails
//! leaves the others as they are.

use std::sync::Arc;

use gate::{Action, GateError, Operation, Principal, System};
use operations::{
    jobs::{self, Job, RowState},
    people::{
        Guide, GuideStep, LeaverForm, Person, StarterForm, Systems, find, leaver_steps, plan_leaver,
        plan_starter, suggest,
    },
    users::{DetailsForm, NewUserForm},
};
use proofpoint::{DomainName, EmailAddress, Login, UserType};
use simulator::{Fault, FaultRule, TokenMode};

use crate::{
    jobs::until,
    support::{TestServices, password, status},
};

const LOCK: &str = "/pty/v1/auth/users/*/lock";
const MAIL_USER: &str = "/api/v1/orgs/example.com/users/*";

async fn portal() -> TestServices {
    TestServices::in_mode(TokenMode::Claims).await
}

/// A session of this demo account, which is connected with this account where one is given.
async fn session(portal: &TestServices, name: &str, account: Option<&str>) -> Arc<Principal> {
    let (_, principal) = portal.sign_in(name).await;
    let Some(account) = account else {
        return principal;
    };
    let login = Login::new(account.into(), password().into()).expect("an account");
    let connected = portal
        .gate
        .connect_proofpoint(&principal, &testkit::origin(), login)
        .await;
    connected.expect("the account is accepted")
}

async fn guide_of(portal: &TestServices, name: &str, account: Option<&str>) -> Operation {
    let principal = session(portal, name, account).await;
    portal.begin(&principal, Action::RunGuide).await
}

fn systems(operation: &Operation) -> Systems {
    Systems {
        cluster: operation.step(Action::ViewUser),
        mail: operation.step(Action::ViewMailUsers),
    }
}

async fn person(portal: &TestServices, operation: &Operation, text: &str) -> Person {
    find(&portal.services, &systems(operation), text).await
}

/// The user name and the address of what was found.
fn both(person: &Person) -> (Option<String>, Option<String>) {
    let account = person.account.as_ref().expect("the cluster answers");
    let mailbox = person.mailbox.as_ref().expect("Proofpoint answers");
    (
        account.as_ref().map(|user| user.username.clone()),
        mailbox
            .as_ref()
            .map(|mailbox| mailbox.user.primary_email.to_string()),
    )
}

#[tokio::test]
async fn a_person_is_found_in_both_systems_by_any_of_their_names() {
    let portal = portal().await;
    let operation = guide_of(&portal, "admin", Some("admin@example.com")).await;
    for text in [
        "layla.haddad",
        "LAYLA.HADDAD@example.com",
        "layla@example.com",
        "  layla.haddad@example.com ",
    ] {
        let found = person(&portal, &operation, text).await;
        let expected = ("layla.haddad".to_owned(), "layla.haddad@example.com".to_owned());
        assert_eq!(both(&found), (Some(expected.0), Some(expected.1)), "{text}");
        assert!(
            found.account.expect("read").expect("a user").groups.is_some(),
            "{text}"
        );
    }
    // Of another domain of the organisation, as an alias.
    let ana = person(&portal, &operation, "ana@example.org").await;
    assert_eq!(both(&ana).1.as_deref(), Some("ana.nunez@example.com"));
    let mailbox_alone = person(&portal, &operation, "info@example.com").await;
    assert_eq!(both(&mailbox_alone), (None, Some("info@example.com".to_owned())));
    let unknown = person(&portal, &operation, "no-such-person@example.com").await;
    assert!(unknown.is_unknown());
    let elsewhere = person(&portal, &operation, "a@no-such-domain.example").await;
    assert!(elsewhere.is_unknown());
}

#[tokio::test]
async fn words_suggest_people_of_both_systems_once() {
    let portal = portal().await;
    let operation = guide_of(&portal, "admin", Some("admin@example.com")).await;
    let suggested = |words: &'static str| {
        let (portal, operation) = (&portal, &operation);
        async move {
            let found = suggest(&portal.services, &systems(operation), words).await;
            found.into_iter().map(|one| one.key).collect::<Vec<_>>()
        }
    };
    assert_eq!(suggested("haddad lay").await, ["layla.haddad@example.com"]);
    assert_eq!(suggested("scanner").await, ["scanner@example.com"]);
    assert!(suggested("  ").await.is_empty());
    assert!(suggested("no-such-word").await.is_empty());
}

#[tokio::test]
async fn what_one_system_lacks_never_hides_the_other() {
    let portal = portal().await;
    // Not connected.
    let operation = guide_of(&portal, "helpdesk", None).await;
    let found = person(&portal, &operation, "layla.haddad@example.com").await;
    assert!(found.account.expect("the cluster answers").is_some());
    let missing = found.mailbox.expect_err("not connected");
    assert!(
        matches!(missing.gate(), Some(GateError::NotConnected)),
        "{missing:?}"
    );

    // Down, and since when.
    let operation = guide_of(&portal, "helpdesk", Some("admin@example.com")).await;
    assert_eq!(portal.gate.failing_since(System::Proofpoint), None);
    let down = FaultRule::always("/api/v1", status(503));
    portal.proofpoint.simulator().set_faults(vec![down]);
    let began = portal.gate.now();
    let found = person(&portal, &operation, "layla.haddad@example.com").await;
    assert!(found.account.expect("the cluster answers").is_some());
    assert!(found.mailbox.is_err());
    assert_eq!(portal.gate.failing_since(System::Proofpoint), Some(began));
    portal.advance(60);
    let again = person(&portal, &operation, "layla.haddad@example.com").await;
    assert!(again.mailbox.is_err());
    assert_eq!(
        portal.gate.failing_since(System::Proofpoint),
        Some(began),
        "the first failure counts"
    );
    portal.proofpoint.simulator().set_faults(Vec::new());
    portal.advance(60);
    let back = person(&portal, &operation, "layla.haddad@example.com").await;
    assert!(back.mailbox.expect("it answers again").is_some());
    assert_eq!(portal.gate.failing_since(System::Proofpoint), None);

    // Neither may be read: each says why, and nothing is asked.
    let officer = guide_of(&portal, "officer", Some("employee@example.com")).await;
    portal.proofpoint.simulator().clear_calls();
    let found = person(&portal, &officer, "layla.haddad@example.com").await;
    for error in [
        found.account.expect_err("refused"),
        found.mailbox.expect_err("refused"),
    ] {
        assert!(
            matches!(error.gate(), Some(GateError::Forbidden { .. })),
            "{error:?}"
        );
    }
    assert_eq!(portal.proofpoint.simulator().calls().len(), 0);
}

async fn leaver(portal: &TestServices, operation: &Operation, steps: &[&str], mailbox: &str) -> Guide {
    let person = person(portal, operation, "layla.haddad@example.com").await;
    let form = LeaverForm {
        steps: steps.iter().map(ToString::to_string).collect(),
        mailbox: mailbox.to_owned(),
        ..LeaverForm::default()
    };
    let name = person.name().expect("a name");
    plan_leaver(leaver_steps(operation, &person), &name, &form).expect("steps")
}

async fn over(portal: &TestServices, operation: &Operation, id: &jobs::JobId) -> Arc<Job> {
    let job = jobs::find(&portal.services, operation, id).await.expect("a job");
    until(&job, |job| job.counts().state.is_over()).await;
    jobs::find(&portal.services, operation, id).await.expect("a job")
}

async fn run(portal: &TestServices, operation: &Operation, guide: Guide) -> Arc<Job> {
    let id = jobs::start(&portal.services, operation, guide.into(), Vec::new(), None).await;
    over(portal, operation, &id.expect("it starts")).await
}

fn states(job: &Job) -> Vec<RowState> {
    job.record().rows.iter().map(|row| row.state).collect()
}

/// Whether the account is open, and its groups.
async fn account(portal: &TestServices, operation: &Operation) -> (Option<bool>, Option<Vec<String>>) {
    let found = person(portal, operation, "layla.haddad").await.account;
    let user = found.expect("the cluster answers").expect("a user");
    (user.enabled, user.groups)
}

async fn mail_user(portal: &TestServices, operation: &Operation) -> proofpoint::User {
    let domain: &DomainName = &"example.com".parse().expect("a domain");
    let email: &EmailAddress = &"layla.haddad@example.com".parse().expect("an address");
    let read = portal
        .services
        .mail
        .read(operation, domain, |proofpoint| async move {
            proofpoint.user(domain, email).await
        });
    read.await.expect("a user").user
}

#[tokio::test]
async fn a_leaver_is_taken_from_both_systems_by_one_job() {
    let portal = portal().await;
    let operation = guide_of(&portal, "admin", Some("admin@example.com")).await;
    let guide = leaver(&portal, &operation, &["lock", "sessions", "groups"], "functional").await;
    let titles: Vec<_> = guide.steps.iter().map(GuideStep::title).collect();
    assert_eq!(titles.len(), 4, "{titles:?}");
    let job = run(&portal, &operation, guide).await;
    assert_eq!(states(&job), [RowState::Done; 4], "{:?}", job.record().rows);
    assert_eq!(
        account(&portal, &operation).await,
        (Some(false), Some(Vec::new()))
    );
    let mailbox = mail_user(&portal, &operation).await;
    assert_eq!(mailbox.user_type, Some(UserType::FunctionalAccount));
    // Each step is in the audit log as what it is.
    let events = format!("{:?}", portal.audit);
    for action in ["user.lock", "user.end_sessions", "user.edit", "mail_user.convert"] {
        assert!(events.contains(action), "{action}");
    }
}

#[tokio::test]
async fn a_step_that_fails_keeps_no_other_from_being_done_and_alone_is_repeated() {
    let all = &["lock", "groups"][..];
    let cases = [
        (all, LOCK, 0),
        (&["groups"], "/pty/v1/auth/users", 0),
        (all, MAIL_USER, 2),
    ];
    for (steps, path, place) in cases {
        let portal = portal().await;
        let operation = guide_of(&portal, "admin", Some("admin@example.com")).await;
        let guide = leaver(&portal, &operation, steps, "deactivate").await;
        let fault = FaultRule {
            method: Some("PUT".to_owned()),
            ..FaultRule::always(path, refused())
        };
        if path == MAIL_USER {
            portal.proofpoint.simulator().set_faults(vec![fault]);
        } else {
            portal.simulator().set_faults(vec![fault]);
        }
        let job = run(&portal, &operation, guide).await;
        let mut expected = vec![RowState::Done; steps.len() + 1];
        expected[place] = RowState::Failed;
        assert_eq!(states(&job), expected, "{path}: {:?}", job.record().rows);

        portal.simulator().set_faults(Vec::new());
        portal.proofpoint.simulator().set_faults(Vec::new());
        portal.simulator().clear_calls();
        portal.proofpoint.simulator().clear_calls();
        let id = jobs::retry(&portal.services, &operation, job.id(), None).await;
        let again = over(&portal, &operation, &id.expect("it starts")).await;
        assert_eq!(
            states(&again),
            [RowState::Done],
            "{path}: {:?}",
            again.record().rows
        );
        let writes = portal.simulator().calls().into_iter();
        let writes = writes.chain(portal.proofpoint.simulator().calls());
        let writes: Vec<_> = writes.filter(|call| call.method == "PUT").collect();
        assert_eq!(writes.len(), 1, "{path}: {writes:?}");
        let (enabled, groups) = account(&portal, &operation).await;
        let is_locked = steps.contains(&"lock");
        assert_eq!((enabled, groups), (Some(!is_locked), Some(Vec::new())), "{path}");
        assert_eq!(mail_user(&portal, &operation).await.is_active, Some(false));
    }
}

fn refused() -> Fault {
    Fault::Status {
        status: 409,
        body: r#"{"error":"not now"}"#.to_owned(),
    }
}

#[tokio::test]
async fn a_helper_cannot_run_a_step_without_its_permission() {
    let portal = portal().await;
    let reader = guide_of(&portal, "auditor", Some("reader@example.com")).await;
    let guide = leaver(&portal, &reader, &["lock"], "deactivate").await;
    portal.simulator().clear_calls();
    let job = run(&portal, &reader, guide).await;
    assert_eq!(states(&job), [RowState::Failed; 2]);
    let user = portal.user("layla.haddad").await;
    assert_eq!(user.enabled, Some(true));
    assert_eq!(mail_user(&portal, &reader).await.is_active, Some(true));
}

#[tokio::test]
async fn nobody_runs_the_leavers_guide_for_themselves() {
    let portal = portal().await;
    let operation = guide_of(&portal, "helpdesk", None).await;
    let own = person(&portal, &operation, "helpdesk").await;
    let steps = leaver_steps(&operation, &own);
    assert!(steps.is_own && steps.account.is_empty());
}

#[tokio::test]
async fn a_starter_gets_an_account_and_a_mailbox() {
    let portal = portal().await;
    let operation = guide_of(&portal, "admin", Some("admin@example.com")).await;
    let form = StarterForm {
        steps: vec!["account".to_owned(), "mailbox".to_owned()],
        organization: "example.com".to_owned(),
        account: NewUserForm {
            username: "new.starter".to_owned(),
            details: DetailsForm {
                email: "new.starter@example.com".to_owned(),
                first_name: "New".to_owned(),
                last_name: "Starter".to_owned(),
                roles: vec!["directory_viewer".to_owned()],
                ..DetailsForm::default()
            },
            ..NewUserForm::default()
        },
        ..StarterForm::default()
    };
    let guide = plan_starter(&portal.services, &operation, &form)
        .await
        .expect("steps");
    assert_eq!(guide.title(), "Starter: New Starter");
    let job = run(&portal, &operation, guide).await;
    let rows = job.record().rows;
    assert_eq!(states(&job), [RowState::Done; 2], "{rows:?}");
    let secret = rows[0].secret.as_ref().expect("a password");
    let made = jobs::secret(&portal.services, &operation, secret)
        .await
        .expect("the store");
    assert!(made.is_some());
    assert_eq!(portal.user("new.starter").await.enabled, Some(true));
    let found = person(&portal, &operation, "new.starter").await;
    assert_eq!(both(&found).1.as_deref(), Some("new.starter@example.com"));

    // What is there already is not created again.
    let guide = plan_starter(&portal.services, &operation, &form)
        .await
        .expect("steps");
    let again = run(&portal, &operation, guide).await;
    assert_eq!(states(&again), [RowState::Failed; 2], "{:?}", again.record().rows);
}
