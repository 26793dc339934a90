//! Findings in organisations of simulated Proofpoint Essentials: what is found, what cannot be checked, and how often
//! Proofpoint is asked.

use std::{collections::BTreeSet, sync::Arc};

use gate::{Action, Clock, GateError, ManualClock, Operation};
use jiff::SignedDuration;
use operations::{
    Error, Services,
    mail::findings::{
        Area, FindingKind as Kind, FindingsReport, Remedy,
        Severity::{self, High, Low, Medium},
        Subject,
    },
};
use proofpoint::{DomainName, EmailAddress, Login};
use protegrity::permissions as known;
use simulator::{FaultRule, ListNames, TokenMode};

use crate::support::{TestServices, password, status};

const ADMIN: &str = "admin@example.com";
const PARTNER: &str = "partner@msp.example";

/// Below the sample organisation.
const ORGANIZATION: &str = "/api/v1/orgs/example.com";

async fn portal() -> TestServices {
    TestServices::in_mode(TokenMode::Claims).await
}

/// An operation of this account of the cluster, connected with that account at Proofpoint.
async fn operation(portal: &TestServices, user: &str, account: &str) -> Operation {
    let (_, principal) = portal.sign_in(user).await;
    let login = Login::new(account.into(), password().into()).expect("an account");
    let connected = portal
        .gate
        .connect_proofpoint(&principal, &testkit::origin(), login)
        .await;
    let connected = connected.expect("the account is accepted");
    portal.begin(&connected, Action::ListMailFindings).await
}

fn organization(name: &str) -> DomainName {
    name.parse().expect("a domain")
}

async fn try_report(
    services: &Services,
    operation: &Operation,
    domain: &str,
    refresh: bool,
) -> Result<Arc<FindingsReport>, Error> {
    let domain = organization(domain);
    services
        .mail_findings
        .report(services, operation, &domain, refresh)
        .await
}

async fn report(portal: &TestServices, operation: &Operation, domain: &str) -> Arc<FindingsReport> {
    let report = try_report(&portal.services, operation, domain, true).await;
    report.expect("the organisation is shown")
}

fn found(report: &FindingsReport) -> Vec<(Severity, Kind, &str)> {
    let found = report.findings.iter();
    found
        .map(|finding| (finding.severity, finding.kind, finding.value.as_str()))
        .collect()
}

fn names(report: &FindingsReport, kind: Kind) -> Vec<String> {
    let findings = report.findings.iter().filter(|finding| finding.kind == kind);
    let name = |subject: &Subject| match subject {
        Subject::Organization => "the organisation".to_owned(),
        Subject::MailUser(email) => email.to_string(),
        Subject::ClusterUser { name, .. } | Subject::Provider(name) => name.clone(),
    };
    findings
        .flat_map(|finding| finding.subjects.iter().map(name))
        .collect()
}

/// The calls to Proofpoint since the last time.
fn calls(portal: &TestServices) -> Vec<String> {
    let calls = portal.proofpoint.simulator().calls();
    portal.proofpoint.simulator().clear_calls();
    calls.into_iter().map(|call| call.path).collect()
}

#[tokio::test]
async fn the_sample_organisation_has_what_is_known_of_it() {
    let portal = portal().await;
    let operation = operation(&portal, "helpdesk", ADMIN).await;
    let report = report(&portal, &operation, "example.org").await;
    assert_eq!(report.unchecked, []);
    assert_eq!(report.checked, Area::ALL);
    assert_eq!(
        (report.domain.as_str(), report.name.as_str()),
        ("example.com", "Example Company")
    );
    let instance = report
        .instance
        .as_ref()
        .map(|instance| instance.host().to_owned());
    assert_eq!(instance.as_deref(), Some("us3.proofpointessentials.com"));
    let kinds: Vec<_> = found(&report)
        .into_iter()
        .map(|(severity, kind, _)| (severity, kind))
        .collect();
    assert_eq!(
        kinds,
        [
            (High, Kind::OwnDomain),
            (Medium, Kind::Wildcard),
            (Medium, Kind::FreeMail),
            (Medium, Kind::AzureSecret),
            (Medium, Kind::Certificate),
            (Medium, Kind::OnlyProtegrity),
            (Low, Kind::Network),
            (Low, Kind::LocalSignIn),
            (Low, Kind::OnlyProofpoint),
        ]
    );
    let entry = &report.findings[0];
    assert_eq!(
        (entry.value.as_str(), &entry.remedy),
        ("*@example.com", &Remedy::Senders)
    );
    let entry = &report.findings[2];
    let alpha = EmailAddress::from("alpha@example.com".to_owned());
    assert_eq!(
        (entry.value.as_str(), &entry.remedy),
        ("*@gmail.com", &Remedy::User(alpha))
    );
    assert_eq!(names(&report, Kind::Certificate), ["Sign-in of example.com"]);

    let only_in_cluster = names(&report, Kind::OnlyProtegrity);
    assert!(
        only_in_cluster.contains(&"auditor (auditor@example.com)".to_owned()),
        "{only_in_cluster:?}"
    );
    let only_at_proofpoint = names(&report, Kind::OnlyProofpoint);
    assert!(
        only_at_proofpoint.contains(&"ana.nunez@example.com".to_owned()),
        "{only_at_proofpoint:?}"
    );
    // In both systems, without a seat, and inactive.
    for other in ["helpdesk@", "layla.haddad@", "journal@", "info@", "zoe.strand@"] {
        let is_there = |names: &[String]| names.iter().any(|name| name.contains(other));
        assert!(
            !is_there(&only_in_cluster) && !is_there(&only_at_proofpoint),
            "{other}"
        );
    }
    for finding in &report.findings {
        assert!(
            !finding.subjects.is_empty() && finding.why.ends_with('.'),
            "{finding:?}"
        );
        assert!(!finding.what.ends_with('.'), "{finding:?}");
    }
}

#[tokio::test]
async fn each_customer_of_a_partner_has_its_own_findings() {
    let portal = portal().await;
    let operation = operation(&portal, "officer", PARTNER).await;
    for (domain, expected) in [
        ("bakery.example", &[][..]),
        ("dental.example", &[(Medium, Kind::Trial)]),
        ("law.example", &[(High, Kind::OwnDomain), (Medium, Kind::Renewal)]),
        ("harbor.example", &[(High, Kind::Seats)]),
        (
            "clinic.example",
            &[(High, Kind::LastSync), (Medium, Kind::AzureSecret)],
        ),
        (
            "school.example",
            &[
                (High, Kind::SecondFactor),
                (Medium, Kind::SyncOff),
                (Low, Kind::Administrators),
            ],
        ),
        (
            "museum.example",
            &[
                (High, Kind::OwnDomain),
                (High, Kind::Wildcard),
                (High, Kind::Wildcard),
                (High, Kind::FreeMail),
                (Medium, Kind::Certificate),
                (Low, Kind::WholeDomain),
            ],
        ),
    ] {
        let report = report(&portal, &operation, domain).await;
        let kinds: Vec<_> = found(&report)
            .into_iter()
            .map(|(severity, kind, _)| (severity, kind))
            .filter(|(_, kind)| *kind != Kind::LocalSignIn)
            .collect();
        assert_eq!(kinds, expected, "{domain}");
    }
    // The same entry of several users is one finding.
    let report = report(&portal, &operation, "museum.example").await;
    assert_eq!(names(&report, Kind::WholeDomain).len(), 4);
    let of_users = report
        .findings
        .iter()
        .find(|finding| finding.kind == Kind::WholeDomain);
    assert_eq!(of_users.map(|finding| &finding.remedy), Some(&Remedy::Users));
}

#[tokio::test]
async fn the_clock_decides_what_is_near_and_what_has_ended() {
    let portal = portal().await;
    let operation = operation(&portal, "helpdesk", ADMIN).await;
    for (days, secret, certificates, renewal) in [
        (0, Some(Medium), vec![Medium], None),
        (15, Some(High), vec![High, Medium], None),
        (22, Some(High), vec![High, Medium], None),
        (100, Some(High), vec![High, High], Some(Low)),
        (130, Some(High), vec![High, High], Some(Medium)),
    ] {
        let clock = ManualClock::starting_now();
        clock.advance(SignedDuration::from_hours(24 * days));
        let services = Services::new(&Clock::from(clock));
        let report = try_report(&services, &operation, "example.com", false).await;
        let report = report.expect("the organisation is shown");
        let severities = |wanted| -> Vec<Severity> {
            let found = found(&report).into_iter().filter(|(_, kind, _)| *kind == wanted);
            found.map(|(severity, ..)| severity).collect()
        };
        assert_eq!(severities(Kind::AzureSecret).first().copied(), secret, "{days}");
        assert_eq!(severities(Kind::Certificate), certificates, "{days}");
        assert_eq!(severities(Kind::Renewal).first().copied(), renewal, "{days}");
    }
}

#[tokio::test]
async fn a_source_that_fails_is_not_checked_and_the_others_are() {
    let portal = portal().await;
    let operation = operation(&portal, "helpdesk", ADMIN).await;
    let simulator = portal.proofpoint.simulator();
    for (path, areas) in [
        ("/licensing", vec![Area::Licensing]),
        ("/settings/azure", vec![Area::Azure]),
        ("/authentication/settings/mfa", vec![Area::SecondFactor]),
        ("/authentication/settings/login", vec![Area::SignIn]),
        ("/authentication/settings/idps", vec![Area::Providers]),
        ("/users", vec![Area::Users, Area::ClusterUsers]),
    ] {
        for (code, why) in [
            (500, "Proofpoint failed"),
            (403, "Proofpoint does not show it to this account."),
        ] {
            let what = format!("{code} at {path}");
            simulator.set_faults(vec![FaultRule::always(
                format!("{ORGANIZATION}{path}"),
                status(code),
            )]);
            let report = report(&portal, &operation, "example.com").await;
            let unchecked: Vec<_> = report.unchecked.iter().map(|one| one.what.as_str()).collect();
            let expected: Vec<_> = areas.iter().map(|area| area.in_words()).collect();
            assert_eq!(unchecked, expected, "{what}");
            assert!(
                report.unchecked[0].why.contains(why),
                "{what}: {:?}",
                report.unchecked
            );
            assert!(
                report.unchecked.iter().all(|one| one.is_passing == (code == 500)),
                "{what}"
            );
            let others = Area::ALL.into_iter().filter(|area| !areas.contains(area));
            assert_eq!(report.checked, others.collect::<Vec<_>>(), "{what}");
            assert!(!report.findings.is_empty(), "{what}");
        }
    }
    simulator.set_faults(Vec::new());
    portal.fail_at("/pty/v1/auth/users", status(500));
    let report = report(&portal, &operation, "example.com").await;
    assert_eq!(report.unchecked[0].what, Area::ClusterUsers.in_words());
    assert!(
        report.unchecked[0].why.contains("cluster"),
        "{:?}",
        report.unchecked
    );
    let of_both = [Kind::OnlyProtegrity, Kind::OnlyProofpoint];
    assert!(found(&report).iter().all(|(_, kind, _)| !of_both.contains(kind)));
}

#[tokio::test]
async fn where_nothing_answers_there_is_no_report() {
    let portal = portal().await;
    let operation = operation(&portal, "helpdesk", ADMIN).await;
    let simulator = portal.proofpoint.simulator();
    simulator.set_faults(vec![FaultRule::always(ORGANIZATION, status(500))]);
    let failed = try_report(&portal.services, &operation, "example.com", false).await;
    let failed = failed.expect_err("Proofpoint fails");
    assert!(
        failed.gate().and_then(GateError::upstream).is_some(),
        "{failed:?}"
    );
    simulator.set_faults(Vec::new());
    let unknown = try_report(&portal.services, &operation, "other.example", false).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");

    let (_, principal) = portal.sign_in("helpdesk").await;
    let unconnected = portal.begin(&principal, Action::ViewProofpoint).await;
    let refused = try_report(&portal.services, &unconnected, "example.com", false).await;
    let refused = refused.expect_err("there is no account");
    assert!(
        matches!(refused.gate(), Some(GateError::NotConnected)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn without_the_permission_people_are_not_compared_and_the_cluster_is_not_asked() {
    let portal = portal().await;
    let operation = operation(&portal, "officer", ADMIN).await;
    portal.simulator().clear_calls();
    let report = report(&portal, &operation, "example.com").await;
    assert_eq!(portal.lines(), [] as [String; 0]);
    let [unchecked] = report.unchecked.as_slice() else {
        panic!("{:?}", report.unchecked);
    };
    assert_eq!(unchecked.what, Area::ClusterUsers.in_words());
    assert!(
        unchecked.why.contains(known::USER_MANAGER_VIEWER),
        "{}",
        unchecked.why
    );
    assert!(!report.checked.contains(&Area::ClusterUsers));
    assert_eq!(names(&report, Kind::OnlyProofpoint), [] as [String; 0]);
}

#[tokio::test]
async fn a_report_serves_its_session_for_a_minute() {
    let portal = portal().await;
    let first = operation(&portal, "officer", ADMIN).await;
    calls(&portal);
    let of = async |operation: &Operation, refresh| {
        let report = try_report(&portal.services, operation, "example.com", refresh).await;
        report.expect("the organisation is shown");
        calls(&portal)
    };
    let cold = of(&first, false).await;
    let expected: BTreeSet<String> = [
        "",
        "/users",
        "/licensing",
        "/settings/azure",
        "/authentication/settings/mfa",
        "/authentication/settings/login",
        "/authentication/settings/idps",
    ]
    .map(|path| format!("{ORGANIZATION}{path}"))
    .into_iter()
    .chain(["/api/v1/endpoints/example.com".to_owned()])
    .collect();
    assert_eq!(cold.iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(cold.len(), expected.len(), "none twice: {cold:?}");
    assert_eq!(of(&first, false).await, [] as [String; 0]);
    assert_eq!(of(&first, true).await.len(), 7, "all but the instance");
    // Another session of the same account shares the list of users, after a call that shows that it may.
    let other = operation(&portal, "officer", ADMIN).await;
    calls(&portal);
    assert_eq!(of(&other, false).await.len(), 7);
    portal.advance(61);
    assert!(
        of(&first, false).await.len() >= 6,
        "a report that is too old is not served"
    );
}

#[tokio::test]
async fn sender_lists_are_found_by_either_name() {
    let portal = portal().await;
    let operation = operation(&portal, "officer", ADMIN).await;
    for names in [ListNames::Old, ListNames::New] {
        portal
            .proofpoint
            .simulator()
            .settings(|settings| settings.list_names = names);
        let report = report(&portal, &operation, "example.com").await;
        let values: Vec<_> = found(&report).into_iter().map(|(.., value)| value).collect();
        for entry in ["*@example.com", "0.0.0.0/0", "*@gmail.com", "192.0.2.0/24"] {
            assert!(values.contains(&entry), "{names:?}: {values:?}");
        }
    }
}
