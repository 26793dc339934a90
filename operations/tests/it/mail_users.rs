//! Users of Proofpoint Essentials against a simulated one: how often it is asked, who may read, and what is sent.

use std::sync::Arc;

use futures::future::join_all;
use gate::{Action, GateError, Operation, Principal};
use operations::{
    Error, Services, baseline,
    jobs::{self, Job, RowState},
    mail::senders::{self, SenderList, SendersOf},
    mail::users::{
        self, BulkMailUsersForm, Changed, Edited, ImportMailUsersForm, MailUserForm, MailUserValues,
        MailUsers,
    },
};
use proofpoint::{DomainName, EmailAddress, Login, UserType};
use simulator::{Fault, FaultRule, ListNames, ListShape, TokenMode, Unknown, UserUpdate, WrongInstance};

use crate::jobs::until;
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

/// The form that changes a user, as it shows them now.
async fn form_of(services: &Services, operation: &Operation, email: &str) -> MailUserForm {
    let record = users::read(services, operation, &organization("example.com"), &address(email)).await;
    let values = MailUserValues::from(&record.expect("a user").user);
    MailUserForm {
        domain: "example.com".to_owned(),
        email: email.to_owned(),
        address: values.email.clone(),
        first_name: values.first_name.clone(),
        last_name: values.last_name.clone(),
        user_type: values.user_type.clone(),
        billable: values.billable.clone(),
        read_only: values.read_only.clone(),
        aliases: values.aliases.join("\n"),
        baseline: baseline::encode(&values),
        reviewed: String::new(),
    }
}

/// Reviews a change, and saves it.
async fn save(
    services: &Services,
    operation: &Operation,
    user: &EmailAddress,
    form: &MailUserForm,
) -> Result<Changed, Error> {
    let example = organization("example.com");
    let change = users::plan_edit(services, operation, &example, user, form).await?;
    let reviewed = MailUserForm {
        reviewed: change.fingerprint(),
        ..form.clone()
    };
    match users::edit(services, operation, &example, user, &reviewed).await? {
        Edited::Saved(changed) => Ok(changed),
        Edited::NeedsReview => panic!("the change was reviewed: {change:?}"),
    }
}

#[tokio::test]
async fn a_change_keeps_what_another_person_changed_meanwhile() {
    for user_update in [UserUpdate::Keep, UserUpdate::Clear] {
        let portal = portal().await;
        portal
            .proofpoint
            .simulator()
            .settings(|settings| settings.user_update = user_update);
        let operation = operation(&portal, "admin@example.com", Action::EditMailUser).await;
        let (services, example) = (&portal.services, organization("example.com"));
        let (email, ana) = ("ana.nunez@example.com", address("ana.nunez@example.com"));
        let before = users::read(services, &operation, &example, &ana)
            .await
            .expect("a user");
        let mut mine = form_of(services, &operation, email).await;
        let mut theirs = mine.clone();
        "Anna".clone_into(&mut theirs.first_name);
        theirs.aliases.push_str("\ntheirs@example.com");
        save(services, &operation, &ana, &theirs).await.expect("saved");

        "Nuñez".clone_into(&mut mine.last_name);
        mine.aliases = "ana@example.com\nmine@example.com".to_owned();
        let changed = save(services, &operation, &ana, &mine).await.expect("saved");
        assert_eq!(
            (changed.was_so_already, changed.notice),
            (false, None),
            "{user_update:?}"
        );
        let now = users::read(services, &operation, &example, &ana)
            .await
            .expect("a user")
            .user;
        assert_eq!(
            (now.first_name.as_deref(), now.last_name.as_deref()),
            (Some("Anna"), Some("Nuñez"))
        );
        let aliases = ["ana@example.com", "theirs@example.com", "mine@example.com"].map(address);
        assert_eq!(now.alias_emails, Some(aliases.to_vec()), "{user_update:?}");
        assert_eq!(
            (now.is_active, now.is_billable),
            (before.user.is_active, before.user.is_billable)
        );
        assert_eq!(now.senders, before.user.senders, "{user_update:?}");

        // The same field: neither is lost in silence.
        "Anita".clone_into(&mut mine.first_name);
        let conflict = users::edit(services, &operation, &example, &ana, &mine).await;
        let Err(Error::Invalid(fields)) = conflict else {
            panic!("no conflict: {conflict:?}");
        };
        assert_eq!(fields.len(), 1);
        assert_eq!(fields[0].field, "first_name");
        assert!(fields[0].message.contains("“Anna”"), "{}", fields[0].message);

        let same = form_of(services, &operation, email).await;
        lines(&portal);
        let unchanged = users::edit(services, &operation, &example, &ana, &same).await;
        assert!(matches!(unchanged, Ok(Edited::Saved(changed)) if changed.was_so_already));
        assert!(lines(&portal).iter().all(|line| line.starts_with("GET")));
    }
}

#[tokio::test]
async fn a_change_is_saved_as_it_was_reviewed_and_not_otherwise() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::EditMailUser).await;
    let (services, example) = (&portal.services, organization("example.com"));
    let alpha = address("alpha@example.com");
    let mut form = form_of(services, &operation, "alpha@example.com").await;
    "alpha.new@example.com".clone_into(&mut form.address);
    "Alf".clone_into(&mut form.first_name);
    lines(&portal);
    for reviewed in ["", "another change"] {
        reviewed.clone_into(&mut form.reviewed);
        let asked = users::edit(services, &operation, &example, &alpha, &form).await;
        assert!(matches!(asked, Ok(Edited::NeedsReview)), "{asked:?}");
    }
    let change = users::plan_edit(services, &operation, &example, &alpha, &form)
        .await
        .expect("a change");
    let values: Vec<_> = change
        .values
        .iter()
        .map(|value| (value.what, value.to.as_str()))
        .collect();
    assert_eq!(
        values,
        [("E-mail address", "alpha.new@example.com"), ("First name", "Alf")]
    );
    assert!(
        lines(&portal).iter().all(|line| line.starts_with("GET")),
        "nothing is sent yet"
    );

    // Another change in the meantime: what was reviewed is not what would be sent.
    let mut theirs = form_of(services, &operation, "alpha@example.com").await;
    "Theirs".clone_into(&mut theirs.last_name);
    save(services, &operation, &alpha, &theirs).await.expect("saved");
    form.reviewed = change.fingerprint();
    let saved = users::edit(services, &operation, &example, &alpha, &form).await;
    assert!(
        matches!(&saved, Ok(Edited::Saved(changed)) if changed.notice.is_none()),
        "{saved:?}"
    );
    let now = users::read(services, &operation, &example, &address("alpha.new@example.com"))
        .await
        .expect("the user has another address")
        .user;
    assert_eq!(
        (now.first_name.as_deref(), now.last_name.as_deref()),
        (Some("Alf"), Some("Theirs"))
    );
    let listed = list(&portal, &operation, false).await;
    assert!(
        listed.by_address(&alpha).is_none(),
        "the list has the new address alone"
    );

    // An address that another user has: refused at its field.
    let mut taken = form_of(services, &operation, "officer@example.com").await;
    "helpdesk@example.com".clone_into(&mut taken.address);
    let refused = save(services, &operation, &address("officer@example.com"), &taken).await;
    assert!(
        matches!(&refused, Err(Error::Invalid(fields)) if fields[0].field == "address"),
        "{refused:?}"
    );
    // The own account stays what it is.
    let mut own = form_of(services, &operation, "admin@example.com").await;
    "true".clone_into(&mut own.read_only);
    let refused = save(services, &operation, &address("admin@example.com"), &own).await;
    assert!(matches!(&refused, Err(Error::Refused { .. })), "{refused:?}");
}

/// The dry run over a file, and the job that follows it.
async fn import(portal: &TestServices, operation: &Operation, file: &str) -> (Arc<Job>, Arc<Job>) {
    let services = &portal.services;
    let form = ImportMailUsersForm {
        file: file.to_owned(),
        ..ImportMailUsersForm::default()
    };
    let command = users::plan_import(&organization("example.com"), &form).expect("a file");
    let id = jobs::start(services, operation, command, Vec::new(), None)
        .await
        .expect("a dry run");
    let dry_run = jobs::find(services, operation, &id).await.expect("the job");
    until(&dry_run, |job| job.counts().state.is_over()).await;
    let id = jobs::start_next(services, operation, dry_run.id(), None)
        .await
        .expect("the creation");
    let creation = jobs::find(services, operation, &id).await.expect("the job");
    (dry_run, creation)
}

/// The outcome of each row of a job that is over.
async fn outcomes(job: &Job) -> Vec<(RowState, String)> {
    until(job, |job| job.counts().state.is_over()).await;
    let rows = job.record().rows;
    rows.iter().map(|row| (row.state, row.text.to_string())).collect()
}

#[tokio::test]
async fn users_of_a_file_are_created_together_and_each_row_has_its_outcome() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::CreateMailUser).await;
    let (services, example) = (&portal.services, organization("example.com"));
    let mut file = "email,first_name,aliases\nalpha@example.com,Taken,\n".to_owned();
    for number in 0..30 {
        // One has the alias of another: Proofpoint refuses that row alone.
        let alias = if number == 7 { "made.3@example.com" } else { "" };
        file.extend([format!("made.{number}@example.com,Made,{alias}\n")]);
    }
    lines(&portal);
    let (dry_run, creation) = import(&portal, &operation, &file).await;
    let checked = outcomes(&dry_run).await;
    assert_eq!(checked[0].0, RowState::Failed, "{checked:?}");
    assert!(
        checked[0].1.contains("a user of this address already"),
        "{checked:?}"
    );
    assert!(
        checked[1..].iter().all(|(state, _)| *state == RowState::Done),
        "{checked:?}"
    );

    let created = outcomes(&creation).await;
    assert_eq!(created.len(), 30);
    for (number, (state, text)) in created.iter().enumerate() {
        if number == 7 {
            assert_eq!(*state, RowState::Failed, "{text}");
            assert!(text.starts_with("Proofpoint said: "), "{text}");
        } else {
            assert_eq!((*state, text.as_str()), (RowState::Done, "Created."), "{number}");
        }
    }
    let calls = lines(&portal);
    let posts = calls.iter().filter(|call| call.starts_with("POST")).count();
    assert_eq!(posts, 2, "30 users in two calls: {calls:?}");
    assert_eq!(
        portal.audit.targets().len(),
        30,
        "each user has an event of their own"
    );
    let listed = list(&portal, &operation, false).await;
    assert!(listed.by_address(&address("made.29@example.com")).is_some());
    assert!(listed.by_address(&address("made.7@example.com")).is_none());
    let (heading, rows) = jobs::unfinished_users(services, &operation, &creation.record())
        .await
        .expect("one row failed");
    assert_eq!(
        (heading[0].as_str(), rows.len(), rows[0][0].as_str()),
        ("email", 1, "made.7@example.com")
    );
    assert!(
        users::find(services, &operation, &example, &address("made.0@example.com"))
            .await
            .is_ok_and(|user| user.is_some())
    );
}

#[tokio::test]
async fn a_batch_whose_answer_does_not_come_is_read_back_and_never_repeated() {
    for (fault, expected) in [
        // The users were created, and the answer was lost.
        (Fault::Lose, RowState::Done),
        // Nothing was created, which looks the same as users that do not show yet.
        (Fault::Drop, RowState::Unknown),
        (status(409), RowState::Failed),
    ] {
        let portal = portal().await;
        let operation = operation(&portal, "admin@example.com", Action::CreateMailUser).await;
        let rule = FaultRule {
            method: Some("POST".to_owned()),
            ..FaultRule::always(LIST.to_owned(), fault.clone())
        };
        portal.proofpoint.simulator().set_faults(vec![rule]);
        let file = "email\none@example.com\ntwo@example.com\n";
        let (_, creation) = import(&portal, &operation, file).await;
        let outcomes = outcomes(&creation).await;
        assert!(
            outcomes.iter().all(|(state, _)| *state == expected),
            "{fault:?}: {outcomes:?}"
        );
        let posts = lines(&portal)
            .iter()
            .filter(|call| call.starts_with("POST"))
            .count();
        assert_eq!(posts, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_batch_waits_while_the_system_is_busy() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::CreateMailUser).await;
    let busy = FaultRule {
        method: Some("POST".to_owned()),
        times: Some(1),
        ..FaultRule::always(LIST.to_owned(), status(429))
    };
    portal.proofpoint.simulator().set_faults(vec![busy]);
    let (_, creation) = import(&portal, &operation, "email\none@example.com\ntwo@example.com\n").await;
    let outcomes = outcomes(&creation).await;
    assert!(
        outcomes.iter().all(|(state, _)| *state == RowState::Done),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn a_user_is_created_once() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::CreateMailUser).await;
    let (services, example) = (&portal.services, organization("example.com"));
    list(&portal, &operation, false).await;
    let mut form = MailUserForm {
        email: " New.Starter@example.com ".to_owned(),
        first_name: "Nia".to_owned(),
        user_type: "end_user".to_owned(),
        billable: "true".to_owned(),
        aliases: "nia@example.com".to_owned(),
        ..MailUserForm::default()
    };
    let simulator = portal.proofpoint.simulator();
    simulator.set_faults(vec![FaultRule {
        method: Some("POST".to_owned()),
        ..fault(LIST, Fault::Lose)
    }]);
    lines(&portal);
    let (email, changed) = users::create(services, &operation, &example, &form)
        .await
        .expect("created");
    assert_eq!(
        (email.as_str(), changed.notice),
        ("New.Starter@example.com", None)
    );
    let posts = lines(&portal);
    assert_eq!(
        posts.iter().filter(|line| line.starts_with("POST")).count(),
        1,
        "{posts:?}"
    );
    let listed = list(&portal, &operation, false).await;
    let user = listed.by_address(&address("NIA@example.com")).expect("a user");
    assert_eq!(
        (user.first_name.as_deref(), user.is_active),
        (Some("Nia"), Some(true))
    );
    assert_eq!(portal.audit.targets(), ["New.Starter@example.com"]);

    let taken = users::create(services, &operation, &example, &form).await;
    assert!(
        matches!(&taken, Err(Error::Invalid(fields)) if fields[0].field == "email"),
        "{taken:?}"
    );
    // An alias of another user: Proofpoint refuses it, at a field.
    "another@example.com".clone_into(&mut form.email);
    let taken = users::create(services, &operation, &example, &form).await;
    let Err(Error::Invalid(fields)) = taken else {
        panic!("accepted: {taken:?}");
    };
    assert!(fields[0].message.starts_with("Proofpoint said: "), "{fields:?}");
    for (email, alias, field) in [
        ("", "", "email"),
        ("a@example.com", "b", "aliases"),
        ("a b@c.d", "", "email"),
    ] {
        email.clone_into(&mut form.email);
        alias.clone_into(&mut form.aliases);
        let refused = users::create(services, &operation, &example, &form).await;
        assert!(
            matches!(&refused, Err(Error::Invalid(fields)) if fields[0].field == field),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn entries_of_the_sender_lists_are_added_and_removed_one_by_one() {
    for names in [ListNames::Both, ListNames::New, ListNames::Old] {
        let portal = portal().await;
        portal
            .proofpoint
            .simulator()
            .settings(|settings| settings.list_names = names);
        let operation = operation(&portal, "admin@example.com", Action::ChangeMailUserSenders).await;
        let (services, example) = (&portal.services, organization("example.com"));
        let alpha = address("alpha@example.com");
        let of = SendersOf::User(alpha.clone());
        let safe = || async {
            let user = users::read(services, &operation, &example, &alpha)
                .await
                .expect("a user")
                .user;
            let list = user.senders.allow.expect("a list");
            list.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let typed = "FRIEND@home.example\nnew.example";
        let added = senders::add(services, &operation, &example, &of, SenderList::Safe, typed).await;
        assert_eq!(added.expect("added").notice, None);
        assert_eq!(
            safe().await,
            ["*@gmail.com", "friend@home.example", "new.example"],
            "{names:?}"
        );
        let again = senders::add(services, &operation, &example, &of, SenderList::Safe, typed).await;
        assert!(again.expect("nothing to add").was_so_already);
        for was_so_already in [false, true] {
            let entry = "Friend@HOME.example".into();
            let removed =
                senders::remove(services, &operation, &example, &of, SenderList::Safe, &entry).await;
            let removed = removed.expect("removed");
            assert_eq!((removed.was_so_already, removed.notice), (was_so_already, None));
        }
        assert_eq!(safe().await, ["*@gmail.com", "new.example"], "{names:?}");
        let refused = senders::add(services, &operation, &example, &of, SenderList::Blocked, "word").await;
        assert!(
            matches!(&refused, Err(Error::Invalid(fields)) if fields[0].field == "entries"),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn entries_of_the_organisation_are_added_and_removed_as_a_users_are() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::ChangeMailSenders).await;
    let (services, example) = (&portal.services, organization("example.org"));
    let (of, list) = (SendersOf::Organization, SenderList::Blocked);
    let blocked = || async {
        let lists = senders::read(services, &operation, &example, &of)
            .await
            .expect("lists");
        let blocked = lists.block.unwrap_or_default();
        blocked.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let before = blocked().await;
    let added = senders::add(services, &operation, &example, &of, list, "spam.example").await;
    assert_eq!(added.expect("added").notice, None);
    assert_eq!(
        blocked().await,
        [before.clone(), vec!["spam.example".to_owned()]].concat()
    );
    // The answer is lost: the list tells.
    portal.proofpoint.simulator().set_faults(vec![FaultRule {
        method: Some("DELETE".to_owned()),
        ..FaultRule::always("/api/v1/orgs/example.com/sender-lists".to_owned(), Fault::Lose)
    }]);
    let entry = "SPAM.example".into();
    let removed = senders::remove(services, &operation, &example, &of, list, &entry).await;
    assert!(removed.is_ok_and(|changed| !changed.was_so_already && changed.notice.is_none()));
    assert_eq!(blocked().await, before);
    assert_eq!(
        portal.audit.targets(),
        ["example.com", "example.com"],
        "by its primary domain"
    );
}

#[tokio::test]
async fn an_exemption_is_added_and_removed_once() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::ExemptMailUser).await;
    let (services, example) = (&portal.services, organization("example.com"));
    let alpha = address("alpha@example.com");
    for exempt in [true, false] {
        for was_so_already in [false, true] {
            let changed = users::set_exempt(services, &operation, &example, &alpha, exempt).await;
            assert_eq!(
                changed.expect("changed").was_so_already,
                was_so_already,
                "{exempt}"
            );
            let exemptions = users::exemptions(services, &operation, &example).await;
            let exemptions = exemptions.expect("exemptions").expect("a synchronisation");
            assert_eq!(exemptions.contains(&alpha), exempt);
        }
    }
    assert_eq!(portal.audit.targets(), ["alpha@example.com", "alpha@example.com"]);
}

/// The states of the rows of a job that is over, in the order of their names.
async fn states(job: &Job) -> Vec<RowState> {
    until(job, |job| job.counts().state.is_over()).await;
    let mut states: Vec<_> = job.record().rows.iter().map(|row| row.state).collect();
    states.sort_by_key(|state| format!("{state:?}"));
    states
}

#[tokio::test]
async fn many_users_are_changed_as_a_job_and_a_retry_repeats_what_failed() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::DeactivateMailUser).await;
    let (services, example) = (&portal.services, organization("example.com"));
    let form = BulkMailUsersForm {
        domain: "example.com".to_owned(),
        bulk_action: "deactivate".to_owned(),
        users: ["alpha", "officer", "helpdesk", "ADMIN", "no-such-user"]
            .map(|name| format!("{name}@example.com"))
            .to_vec(),
        ..BulkMailUsersForm::default()
    };
    let command = users::plan_bulk(services, &operation, &example, &form)
        .await
        .expect("a command");
    let names: Vec<_> = command.rows().into_iter().map(|row| row.name).collect();
    assert_eq!(
        names,
        ["alpha@example.com", "officer@example.com", "helpdesk@example.com"]
    );
    let put = |fault| FaultRule {
        method: Some("PUT".to_owned()),
        times: Some(1),
        ..FaultRule::always(format!("{LIST}/*"), fault)
    };
    let simulator = portal.proofpoint.simulator();
    simulator.set_faults(vec![put(Fault::Drop), put(status(500))]);
    let puts = |calls: &[String]| calls.iter().filter(|call| call.starts_with("PUT")).count();
    lines(&portal);
    let job = jobs::start(services, &operation, command, Vec::new(), None)
        .await
        .expect("a job");
    let job = jobs::find(services, &operation, &job).await.expect("the job");
    assert_eq!(
        states(&job).await,
        [RowState::Done, RowState::Failed, RowState::Unknown]
    );
    assert_eq!(puts(&lines(&portal)), 3);

    let retry = jobs::retry(services, &operation, job.id(), None)
        .await
        .expect("a job");
    let retry = jobs::find(services, &operation, &retry).await.expect("the job");
    assert_eq!(states(&retry).await, [RowState::Done]);
    assert_eq!(puts(&lines(&portal)), 1, "what is unknown is not sent again");
    assert_eq!(portal.audit.targets().len(), 4);
}

#[tokio::test]
async fn a_deletion_of_many_is_confirmed_in_words() {
    let portal = portal().await;
    let operation = operation(&portal, "admin@example.com", Action::DeleteMailUser).await;
    let (services, example) = (&portal.services, organization("example.com"));
    let mut form = BulkMailUsersForm {
        bulk_action: "delete".to_owned(),
        users: vec!["alpha@example.com".to_owned()],
        ..BulkMailUsersForm::default()
    };
    let refused = users::plan_bulk(services, &operation, &example, &form).await;
    assert!(
        matches!(&refused, Err(Error::Invalid(fields)) if fields[0].field == "typed"),
        "{refused:?}"
    );
    "Delete 1".clone_into(&mut form.typed);
    let command = users::plan_bulk(services, &operation, &example, &form)
        .await
        .expect("a command");
    let job = jobs::start(services, &operation, command, Vec::new(), None)
        .await
        .expect("a job");
    let job = jobs::find(services, &operation, &job).await.expect("the job");
    assert_eq!(states(&job).await, [RowState::Done]);
    let gone = users::find(services, &operation, &example, &address("alpha@example.com")).await;
    assert!(matches!(gone, Ok(None)), "{gone:?}");
}
