//! Organisations of Proofpoint Essentials against its simulator.

use std::sync::Arc;

use gate::{Action, Operation, Principal};
use operations::{
    Error, baseline,
    mail::{
        domains::{self, DomainForm, DomainValues},
        features::{self, FeaturesForm, FeaturesOutcome, field_of},
        licensing::{self, LicensingOutcome, PackageForm, SeatsForm},
        organizations::{self, Mismatch, OrganizationParts},
    },
    read_back::ReadBack,
};
use proofpoint::{DomainName, FeatureSetting, Login};
use simulator::{Fault, FaultRule, ProofpointSimulator, TokenMode};
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

    /// Lets every `PUT` of this part of example.com fail like this.
    fn fail_writes(&self, part: &str, fault: Fault) {
        let mut rule = FaultRule::always(format!("/api/v1/orgs/example.com/{part}"), fault);
        rule.method = Some("PUT".to_owned());
        self.simulator().set_faults(vec![rule]);
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
    assert!(parts.functional.expect("a count") > 1);
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
        of("orgs/Example.ORG/users"),
        of("reporting/Example.ORG/1d"),
        of("reporting/Example.ORG/30d"),
        of("reporting/Example.ORG/7d"),
        of("stats/Example.ORG/partner"),
    ];
    expected.sort();
    assert_eq!(calls, expected);
}

#[tokio::test]
async fn users_that_cannot_be_listed_leave_their_count_unknown() {
    let connected = Connected::with("admin@example.com").await;
    let list = FaultRule::always("/api/v1/orgs/example.com/users", status(500));
    connected.simulator().set_faults(vec![list]);
    let parts = connected.parts("example.com").await.expect("the others");
    assert!(parts.functional.is_err());
    assert!(parts.organization.is_ok() && parts.billing.is_ok() && parts.users_with_mail.is_ok());
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

fn seats_form(shown: i64, wanted: &str, reviewed: &str) -> SeatsForm {
    SeatsForm {
        organization: "example.com".to_owned(),
        seats: wanted.to_owned(),
        baseline: baseline::encode(&shown.to_string()),
        reviewed: reviewed.to_owned(),
    }
}

/// The calls that change something, as `PUT /api/v1/…`.
fn writes(connected: &Connected) -> Vec<String> {
    let calls = connected.simulator().calls().into_iter();
    let writes = calls.filter(|call| call.method != "GET");
    writes
        .map(|call| format!("{} {}", call.method, call.path))
        .collect()
}

#[tokio::test]
async fn seats_are_changed_after_a_review_and_read_back() {
    let connected = Connected::with("partner@msp.example").await;
    let operation = connected.begin(Action::ChangeMailSeats).await;
    let services = &connected.portal.services;
    // Named by its second domain, it is the same organisation.
    for domain in ["example.org", "example.com"] {
        let form = seats_form(75, "80", "");
        let planned = licensing::plan_seats(services, &operation, &name(domain), &form).await;
        let planned = planned.expect("a change");
        assert_eq!((planned.from.as_str(), planned.to.as_str()), ("75", "80"));
        for reviewed in [String::new(), "0".repeat(64)] {
            let form = seats_form(75, "80", &reviewed);
            let outcome = licensing::set_seats(services, &operation, &name("example.com"), &form).await;
            assert!(
                matches!(outcome, Ok(LicensingOutcome::NeedsReview)),
                "{outcome:?}"
            );
        }
        assert!(writes(&connected).is_empty());
        if domain == "example.org" {
            continue;
        }
        let form = seats_form(75, "80", &planned.fingerprint());
        let outcome = licensing::set_seats(services, &operation, &name("example.org"), &form).await;
        let Ok(LicensingOutcome::Saved(change, read_back)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!((change, read_back), (planned, ReadBack::AsSent));
    }
    assert_eq!(writes(&connected), ["PUT /api/v1/orgs/example.com/licensing"]);
    assert_eq!(connected.portal.audit.targets(), ["example.com"]);
    let now = licensing::read(services, &operation, &name("example.com")).await;
    assert_eq!(now.expect("the licensing").licenses, Some(80));
}

#[tokio::test]
async fn seats_that_another_person_changed_meanwhile_are_not_overwritten() {
    let connected = Connected::with("partner@msp.example").await;
    let operation = connected.begin(Action::ChangeMailSeats).await;
    let services = &connected.portal.services;
    let planned = licensing::plan_seats(
        services,
        &operation,
        &name("example.com"),
        &seats_form(60, "80", ""),
    )
    .await;
    let refused = planned.expect_err("the form showed 60").to_string();
    assert!(refused.contains("changed meanwhile to “75”"), "{refused}");
    assert!(writes(&connected).is_empty());
}

#[tokio::test]
async fn a_change_of_seats_whose_answer_is_lost_is_looked_for_and_not_repeated() {
    let connected = Connected::with("partner@msp.example").await;
    let operation = connected.begin(Action::ChangeMailSeats).await;
    let services = &connected.portal.services;
    let domain = name("example.com");
    let planned = licensing::plan_seats(services, &operation, &domain, &seats_form(75, "80", "")).await;
    let reviewed = planned.expect("a change").fingerprint();
    for (fault, is_done) in [(Fault::Drop, false), (Fault::Lose, true)] {
        connected.fail_writes("licensing", fault);
        connected.simulator().clear_calls();
        let outcome =
            licensing::set_seats(services, &operation, &domain, &seats_form(75, "80", &reviewed)).await;
        assert_eq!(outcome.is_ok(), is_done, "{outcome:?}");
        assert_eq!(writes(&connected).len(), 1);
    }
}

#[tokio::test]
async fn a_package_needs_its_agreement_and_is_read_back() {
    let connected = Connected::with("partner@msp.example").await;
    let operation = connected.begin(Action::ChangeMailPackage).await;
    let services = &connected.portal.services;
    let domain = name("harbor.example");
    let form = |eula: &str, reviewed: &str| PackageForm {
        organization: "harbor.example".to_owned(),
        package: "professional".to_owned(),
        eula: eula.to_owned(),
        baseline: baseline::encode(&"advanced".to_owned()),
        reviewed: reviewed.to_owned(),
    };
    let refused = licensing::plan_package(services, &operation, &domain, &form("", "")).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    let planned = licensing::plan_package(services, &operation, &domain, &form("true", "")).await;
    let planned = planned.expect("a change");
    assert_eq!(
        (planned.from.as_str(), planned.to.as_str()),
        ("Advanced", "Professional")
    );
    let saved = licensing::set_package(
        services,
        &operation,
        &domain,
        &form("true", &planned.fingerprint()),
    )
    .await;
    assert!(
        matches!(&saved, Ok(LicensingOutcome::Saved(_, ReadBack::AsSent))),
        "{saved:?}"
    );
    assert_eq!(writes(&connected), ["PUT /api/v1/orgs/harbor.example/package"]);
}

fn domain_form(name: &str, values: &DomainValues, shown: Option<&DomainValues>) -> DomainForm {
    let DomainValues {
        relay,
        destination,
        failovers,
        active,
    } = values.clone();
    DomainForm {
        organization: "example.com".to_owned(),
        name: name.to_owned(),
        relay,
        destination,
        failovers,
        active,
        baseline: shown.map(baseline::encode).unwrap_or_default(),
    }
}

fn relay(destination: &str) -> DomainValues {
    DomainValues {
        relay: "true".to_owned(),
        destination: destination.to_owned(),
        ..DomainValues::default()
    }
}

#[tokio::test]
async fn a_domain_is_added_once_and_its_name_refused_the_second_time() {
    let connected = Connected::with("admin@example.com").await;
    let operation = connected.begin(Action::AddMailDomain).await;
    let services = &connected.portal.services;
    let form = domain_form("New.example.com", &relay("mail.example.com"), None);
    let added = domains::add(services, &operation, &name("example.org"), &form).await;
    let added = added.expect("it is added");
    assert_eq!(
        (added.organization, added.name, added.read_back),
        (name("example.com"), name("new.example.com"), ReadBack::AsSent)
    );
    assert_eq!(connected.portal.audit.targets(), ["New.example.com"]);
    let again = domains::add(services, &operation, &name("example.com"), &form).await;
    let words = again.expect_err("it is there").to_string();
    assert!(
        words.contains("has the domain New.example.com already"),
        "{words}"
    );
    connected.simulator().clear_calls();
    for form in [
        domain_form("nodot", &relay("mail.example.com"), None),
        domain_form("a/b.example", &relay("mail.example.com"), None),
        domain_form("x.example", &relay(""), None),
    ] {
        let refused = domains::add(services, &operation, &name("example.com"), &form).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    assert!(connected.calls().is_empty());
}

#[tokio::test]
async fn only_what_the_person_changed_of_a_domain_is_changed() {
    let connected = Connected::with("admin@example.com").await;
    let operation = connected.begin(Action::ChangeMailDomain).await;
    let services = &connected.portal.services;
    let (organization, domain) = (name("example.com"), name("example.org"));
    let read = async || domains::read(services, &operation, &organization, &domain).await;
    let change =
        async |form: &DomainForm| domains::change(services, &operation, &organization, &domain, form).await;
    let shown = DomainValues::from(&read().await.expect("the domain"));
    // Another person changes the failovers meanwhile.
    let others = DomainValues {
        failovers: "other.example.org".to_owned(),
        ..shown.clone()
    };
    let saved = change(&domain_form("example.org", &others, Some(&shown))).await;
    assert_eq!(saved.expect("it is saved").read_back, ReadBack::AsSent);
    let own = DomainValues {
        destination: "new.example.org".to_owned(),
        ..shown.clone()
    };
    let saved = change(&domain_form("example.org", &own, Some(&shown))).await;
    assert_eq!(saved.expect("it is saved").read_back, ReadBack::AsSent);
    let now = read().await.expect("the domain");
    assert_eq!(now.destination.as_deref(), Some("new.example.org"));
    assert_eq!(now.failovers, Some(vec!["other.example.org".to_owned()]));
    connected.simulator().clear_calls();
    let later = DomainValues {
        failovers: "third.example.org".to_owned(),
        ..shown.clone()
    };
    let present = DomainValues::from(&now);
    for (form, words) in [
        (
            domain_form("example.org", &later, Some(&shown)),
            "changed meanwhile",
        ),
        (
            domain_form("example.org", &present, Some(&present)),
            "No changes to save",
        ),
    ] {
        let refused = change(&form).await.expect_err("nothing is saved").to_string();
        assert!(refused.contains(words), "{refused}");
    }
    let refused = change(&domain_form("example.org", &own, None)).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    assert!(writes(&connected).is_empty());
}

#[tokio::test]
async fn a_domain_is_deleted_only_with_its_typed_name_and_never_the_primary_one() {
    let connected = Connected::with("admin@example.com").await;
    let operation = connected.begin(Action::DeleteMailDomain).await;
    let services = &connected.portal.services;
    let organization = name("example.com");
    let delete = async |domain: &str, typed: &str| {
        domains::delete(services, &operation, &organization, &name(domain), typed).await
    };
    for (domain, typed) in [
        ("example.org", ""),
        ("example.org", "example.com"),
        ("example.com", "example.com"),
    ] {
        let refused = delete(domain, typed).await;
        assert!(
            matches!(refused, Err(Error::Invalid(_) | Error::Refused { .. })),
            "{refused:?}"
        );
    }
    let missing = delete("nowhere.example", "nowhere.example").await;
    assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    assert!(writes(&connected).is_empty());
    let mut lost = FaultRule::always("/api/v1/orgs/example.com/domains/example.org", Fault::Lose);
    lost.method = Some("DELETE".to_owned());
    connected.simulator().set_faults(vec![lost]);
    let deleted = delete("example.org", " Example.ORG ").await.expect("it is gone");
    assert_eq!(deleted.read_back, ReadBack::AsSent);
    assert_eq!(
        writes(&connected),
        ["DELETE /api/v1/orgs/example.com/domains/example.org"]
    );
}

#[tokio::test]
async fn a_domain_is_verified_where_proofpoint_finds_its_code() {
    let connected = Connected::with("admin@example.com").await;
    let operation = connected.begin(Action::VerifyMailDomain).await;
    let services = &connected.portal.services;
    let organization = name("example.com");
    let form = domain_form("new.example.com", &relay("mail.example.com"), None);
    domains::add(services, &operation, &organization, &form)
        .await
        .expect("it is added");
    let verify = async |domain: &str, method: &str| {
        domains::verify(services, &operation, &organization, &name(domain), method).await
    };
    let verified = verify("new.example.com", "meta")
        .await
        .expect("the code is found");
    assert_eq!(verified.read_back, ReadBack::AsSent);
    let missing = verify("pending.example.org", "txt")
        .await
        .expect_err("no code")
        .in_one_line();
    assert!(
        missing.contains("did not find the code of pending.example.org"),
        "{missing}"
    );
    assert!(missing.contains("TXT record"), "{missing}");
    let unknown = verify("nowhere.example", "txt").await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
    assert!(matches!(
        verify("example.org", "fax").await,
        Err(Error::Invalid(_))
    ));
}

#[tokio::test]
async fn features_are_changed_after_a_review_whole_and_read_back() {
    let connected = Connected::with("admin@example.com").await;
    let operation = connected.begin(Action::ChangeMailFeatures).await;
    let services = &connected.portal.services;
    let domain = name("example.com");
    let now = features::read(services, &operation, &domain)
        .await
        .expect("features");
    let fields = |days: &str| {
        let fields = now.iter().filter_map(|(name, setting)| {
            let field = field_of(name, &setting)?;
            match setting {
                FeatureSetting::Switch(on) => on.then(|| (field, "true".to_owned())),
                _ => Some((field, days.to_owned())),
            }
        });
        fields.collect()
    };
    let form = |reviewed: &str| FeaturesForm {
        organization: "example.com".to_owned(),
        baseline: baseline::encode(&features::shown(&now)),
        reviewed: reviewed.to_owned(),
        features: fields("14"),
    };
    let planned = features::plan(services, &operation, &domain, &form("")).await;
    let planned = planned.expect("a change");
    let rows = planned.rows.clone();
    assert_eq!(
        rows,
        [(
            "instant_replay".to_owned(),
            FeatureSetting::Number(30),
            FeatureSetting::Number(14)
        )]
    );
    for reviewed in [String::new(), "0".repeat(64)] {
        let outcome = features::change(services, &operation, &domain, &form(&reviewed)).await;
        assert!(matches!(outcome, Ok(FeaturesOutcome::NeedsReview)), "{outcome:?}");
    }
    assert!(writes(&connected).is_empty());
    // The answer to a feature that the package does not have.
    let fault = Fault::Status {
        status: 403,
        body: String::new(),
    };
    connected.fail_writes("features", fault);
    let outcome = features::change(services, &operation, &domain, &form(&planned.fingerprint())).await;
    let words = outcome.expect_err("refused").to_string();
    assert!(words.contains("refuses the change of features"), "{words}");
    for (fault, is_done) in [(Fault::Drop, false), (Fault::Lose, true)] {
        connected.fail_writes("features", fault);
        connected.simulator().clear_calls();
        let outcome = features::change(services, &operation, &domain, &form(&planned.fingerprint())).await;
        assert_eq!(outcome.is_ok(), is_done, "{outcome:?}");
        assert_eq!(writes(&connected), ["PUT /api/v1/orgs/example.com/features"]);
    }
    let after = features::read(services, &operation, &domain)
        .await
        .expect("features");
    let mut expected = now.clone();
    expected
        .set("instant_replay", &FeatureSetting::Number(14))
        .expect("a number");
    assert_eq!(after, expected);
}
