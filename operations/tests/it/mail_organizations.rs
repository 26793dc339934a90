//! Organisations of Proofpoint Essentials against its simulator.

use std::sync::Arc;

use gate::{Action, Operation, Principal};
use operations::{
    Error,
    mail::organizations::{self, Mismatch, OrganizationParts},
};
use proofpoint::{DomainName, Login};
use simulator::{FaultRule, ProofpointSimulator, TokenMode};
use testkit::origin;

use crate::support::{TestServices, password, status};

/// A portal, and a person in it who is connected with this account.
struct Connected {
    portal: TestServices,
    principal: Arc<Principal>,
}

impl Connected {
    async fn with(email: &str) -> Self {
        let portal = TestServices::in_mode(TokenMode::Claims).await;
        let (_, principal) = portal.sign_in("admin").await;
        let login = Login::new(email.into(), password().into()).expect("an account");
        let principal = portal
            .gate
            .connect_proofpoint(&principal, &origin(), login)
            .await
            .expect("the account is accepted");
        portal.proofpoint.simulator().clear_calls();
        Self { portal, principal }
    }

    async fn begin(&self, action: Action) -> Operation {
        self.portal.begin(&self.principal, action).await
    }

    fn simulator(&self) -> &ProofpointSimulator {
        self.portal.proofpoint.simulator()
    }

    async fn parts(&self, domain: &str) -> Result<OrganizationParts, Error> {
        let operation = self.begin(Action::ViewMailOrganization).await;
        organizations::parts(&self.portal.services, &operation, &name(domain)).await
    }

    /// The calls since the log was last cleared, each with its instance: `us3 GET /api/v1/me`.
    fn calls(&self) -> Vec<String> {
        let calls = self.simulator().calls().into_iter();
        let line = |call: simulator::Call| {
            let instance = call.host.split('.').next().unwrap_or_default().to_owned();
            format!("{instance} {} {}", call.method, call.path)
        };
        calls.map(line).collect()
    }
}

fn name(domain: &str) -> DomainName {
    DomainName::from(domain.to_owned())
}

#[tokio::test]
async fn an_organisation_is_read_with_all_its_parts_at_its_instance() {
    let connected = Connected::with("reader@example.com").await;
    let parts = connected.parts("Example.ORG").await.expect("the organisation");
    let organization = parts.organization.expect("the organisation");
    assert_eq!(organization.name, "Example Company");
    assert_eq!(parts.instance.expect("its instance").to_string(), "us3");
    let billing = parts.billing.expect("its bill").expect("a row");
    assert_eq!(billing.non_billable_users, Some(1));
    assert!(parts.features.expect("its features").iter().count() > 5);
    assert!(parts.users_with_mail.expect("a count").is_some());
    let domains = parts.domains.expect("its domains");
    let codes: Vec<_> = domains
        .iter()
        .map(|state| (state.domain.name.as_str(), state.code.is_some()))
        .collect();
    assert_eq!(
        codes,
        [
            ("example.com", false),
            ("example.org", false),
            ("pending.example.org", true)
        ]
    );
    for (period, report) in parts.reports {
        assert!(report.expect("a report").inbound.is_some(), "{period:?}");
    }
    let mut calls = connected.calls();
    calls.sort();
    let of = |path: &str| format!("us3 GET /api/v1/{path}");
    let mut expected = vec![
        "us1 GET /api/v1/endpoints/Example.ORG".to_owned(),
        of("billing/Example.ORG"),
        of("orgs/Example.ORG"),
        of("orgs/Example.ORG/domains"),
        of("orgs/Example.ORG/domains/pending.example.org/verification-code"),
        of("orgs/Example.ORG/features"),
        of("reporting/Example.ORG/1d"),
        of("reporting/Example.ORG/30d"),
        of("reporting/Example.ORG/7d"),
        of("stats/Example.ORG/partner"),
    ];
    expected.sort();
    assert_eq!(calls, expected);
}

#[tokio::test]
async fn a_part_that_fails_takes_no_other_along() {
    let connected = Connected::with("admin@example.com").await;
    for (path, fails) in [
        ("/api/v1/billing/example.com", [true, false, false, false, false]),
        (
            "/api/v1/orgs/example.com/features",
            [false, true, false, false, false],
        ),
        (
            "/api/v1/orgs/example.com/domains",
            [false, false, true, false, false],
        ),
        (
            "/api/v1/reporting/example.com/7d",
            [false, false, false, true, false],
        ),
        ("/api/v1/stats/example.com", [false, false, false, false, true]),
    ] {
        let rule = FaultRule::always(path, status(500));
        connected.simulator().set_faults(vec![rule]);
        let parts = connected.parts("example.com").await.expect("the others");
        let failed = [
            parts.billing.is_err(),
            parts.features.is_err(),
            parts.domains.is_err(),
            parts.reports.iter().any(|(_, report)| report.is_err()),
            parts.users_with_mail.is_err(),
        ];
        assert_eq!(failed, fails, "{path}");
        assert!(parts.organization.is_ok(), "{path}");
    }
    // A code that is not shown leaves the list of domains.
    let code = "/api/v1/orgs/example.com/domains/pending.example.org/verification-code";
    connected
        .simulator()
        .set_faults(vec![FaultRule::always(code, status(500))]);
    let domains = connected.parts("example.com").await.expect("the parts").domains;
    let domains = domains.expect("the domains");
    assert_eq!(domains.len(), 3);
    assert!(domains.iter().any(|state| matches!(state.code, Some(Err(_)))));
}

#[tokio::test]
async fn what_no_instance_shows_is_not_found_in_every_way_that_proofpoint_says_it() {
    let connected = Connected::with("admin@example.com").await;
    for unknown in [
        simulator::Unknown::NotFound,
        simulator::Unknown::Forbidden,
        simulator::Unknown::BadRequest,
    ] {
        connected
            .simulator()
            .settings(|settings| settings.unknown = unknown);
        for domain in ["nowhere.example", "other.example"] {
            let found = connected.parts(domain).await;
            let Err(Error::NotFound(words)) = found else {
                panic!("{domain} {unknown:?}: {found:?}");
            };
            assert!(words.contains(domain), "{words}");
        }
    }
}

#[tokio::test]
async fn when_the_connection_ends_meanwhile_there_is_nothing_to_show() {
    let connected = Connected::with("admin@example.com").await;
    connected
        .simulator()
        .set_faults(vec![FaultRule::always("/api/v1/orgs", status(401))]);
    let error = connected.parts("example.com").await.expect_err("it is refused");
    assert!(
        matches!(error.gate(), Some(gate::GateError::NotConnected)),
        "{error}"
    );
}

#[tokio::test]
async fn a_partner_sees_its_children_on_every_instance_with_one_call_to_each() {
    let connected = Connected::with("partner@msp.example").await;
    let operation = connected.begin(Action::ListMailOrganizations).await;
    let services = &connected.portal.services;
    let children = organizations::children(services, &operation).await;
    let children = children.expect("the children");
    assert_eq!(
        connected.calls(),
        [
            "us1 GET /api/v1/endpoints/msp.example",
            "us1 GET /api/v1/billing/msp.example/orgs",
            "us3 GET /api/v1/billing/msp.example/orgs",
        ]
    );
    assert_eq!(
        children.own.as_ref().map(|row| row.name.as_str()),
        Some("Sample MSP")
    );
    assert!(children.failed.is_empty());
    let totals = children.totals();
    assert_eq!((totals.organizations, totals.over_licence), (9, 1));
    let seats: i64 = children.rows.iter().filter_map(|row| row.confirmed_users).sum();
    assert_eq!(totals.seats, seats);
    let harbor = children
        .rows
        .iter()
        .find(|row| row.primary_domain == name("harbor.example"))
        .expect("a child");
    let mismatches = organizations::mismatches_of_row(harbor);
    assert!(
        matches!(mismatches[..], [Mismatch::OverLicence(by)] if by > 0),
        "{mismatches:?}"
    );
}

#[tokio::test]
async fn an_instance_that_fails_leaves_the_children_of_the_others() {
    let connected = Connected::with("partner@msp.example").await;
    let operation = connected.begin(Action::ListMailOrganizations).await;
    let services = &connected.portal.services;
    let mut once = FaultRule::always("/api/v1/billing", status(500));
    once.times = Some(1);
    connected.simulator().set_faults(vec![once]);
    let children = organizations::children(services, &operation).await;
    let children = children.expect("those of the other instance");
    assert_eq!(children.failed.len(), 1);
    assert!(!children.rows.is_empty());
    connected
        .simulator()
        .set_faults(vec![FaultRule::always("/api/v1/billing", status(500))]);
    let failed = organizations::children(services, &operation).await;
    assert!(matches!(failed, Err(Error::Operation(_))), "{failed:?}");
}

#[tokio::test]
async fn who_has_no_children_is_refused_before_any_call() {
    let connected = Connected::with("admin@example.com").await;
    let refused = connected
        .portal
        .gate
        .begin(
            Some(&connected.principal),
            &origin(),
            Action::ListMailOrganizations,
            gate::Target::portal(),
        )
        .await;
    assert!(refused.is_err());
    assert!(connected.calls().is_empty());
}
